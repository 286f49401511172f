/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/identify.h"

#include <blkid/blkid.h>
#include <stdio.h>
#include <unistd.h>

static void copy_type(blkid_probe probe, char *out, size_t out_size)
{
	const char *type;

	if (blkid_do_safeprobe(probe) == 0 &&
		blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0)
		snprintf(out, out_size, "%s", type);
}

void identify(struct volume *vol, char *out, size_t out_size)
{
	struct volume_run run;
	struct error ignored;
	blkid_probe probe;
	off_t end;

	out[0] = '\0';
	/* what lies in one piece on a disk, as far as the disk goes */
	if (volume_locate(vol, 0, 1, &run, &ignored) <= 0 || run.fd < 0)
		return;
	if (volume_locate(vol, 0, vol->size, &run, &ignored) < 0) {
		end = lseek(run.fd, 0, SEEK_END);
		if (end < 0 || (uint64_t)end <= run.pos)
			return;
		run.len = (uint64_t)end - run.pos;
	}
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
