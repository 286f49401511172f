/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/identify.h"

#include <blkid/blkid.h>
#include <stdio.h>

static void copy_type(blkid_probe probe, char *out, size_t out_size)
{
	const char *type;

	if (blkid_do_safeprobe(probe) == 0 &&
		blkid_probe_lookup_value(probe, "TYPE", &type, NULL) == 0)
		snprintf(out, out_size, "%s", type);
}

void identify(const struct disk_range *range, uint64_t size, char *out,
	size_t out_size)
{
	blkid_probe probe;

	out[0] = '\0';
	if (range->start >= range->disk->size)
		return;
	if (size > range->disk->size - range->start)
		size = range->disk->size - range->start;
	probe = blkid_new_probe();
	if (!probe)
		return;
	if (blkid_probe_set_device(probe, range->disk->fd,
		    (blkid_loff_t)range->start, (blkid_loff_t)size) == 0) {
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
		copy_type(probe, out, out_size);
	}
	blkid_free_probe(probe);
}
