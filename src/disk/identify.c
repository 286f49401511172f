/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/identify.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/*
 * What is copied for libblkid: beyond it lies no magic that names what we
 * cannot read, but for those at the end of a volume.
 */
#define SCRATCH_SIZE (256U << 10)

static void copy_type(blkid_probe probe, char *out, size_t out_size)
{
	const char *type;

	if (blkid_do_safeprobe(probe) == 0 &&
		blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0)
		snprintf(out, out_size, "%s", type);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = write(fd, data, len);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n < 0)
			n = 0;
	}
	return 0;
}

/* Whatever lay in the file before is overwritten, or not looked at. */
static bool copy_to_scratch(
	struct volume *vol, int scratch, struct volume_run *run)
{
	uint8_t block[DISK_BLOCK_SIZE];
	struct error ignored;
	uint64_t at;
	size_t len;

	run->fd = scratch;
	run->pos = 0;
	run->len = vol->size < SCRATCH_SIZE ? vol->size : SCRATCH_SIZE;
	if (scratch <= 0 || lseek(scratch, 0, SEEK_SET) < 0)
		return false;
	for (at = 0; at < run->len; at += len) {
		len = sizeof(block);
		if (len > run->len - at)
			len = (size_t)(run->len - at);
		if (volume_read(vol, at, block, len, &ignored) < 0 ||
			write_all(scratch, block, len) < 0)
			return false;
	}
	return true;
}

/* What lies in one piece on a disk, as far as the disk goes. */
static bool find_run(struct volume *vol, struct volume_run *run)
{
	struct error ignored;
	off_t end;

	if (volume_locate(vol, 0, 1, run, &ignored) <= 0 || run->fd < 0)
		return false;
	if (volume_locate(vol, 0, vol->size, run, &ignored) < 0) {
		end = lseek(run->fd, 0, SEEK_END);
		if (end < 0 || (uint64_t)end <= run->pos)
			return false;
		run->len = (uint64_t)end - run->pos;
	}
	return true;
}

void identify(struct volume *vol, int scratch, char *out, size_t out_size)
{
	struct volume_run run;
	blkid_probe probe;

	out[0] = '\0';
	if (!find_run(vol, &run) && !copy_to_scratch(vol, scratch, &run))
		return;
	probe = blkid_new_probe();
	if (!probe)
		return;
	if (blkid_probe_set_device(probe, run.fd, (blkid_loff_t)run.pos,
		    (blkid_loff_t)run.len) == 0) {
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
		copy_type(probe, out, out_size);
	}
	blkid_free_probe(probe);
}
