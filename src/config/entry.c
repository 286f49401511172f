/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/entry.h"

#include <inttypes.h>

#include "src/base/checked.h"

/* The caller's fault, not the guest's: nothing can be described like this. */
static int check_part(const struct boot_file *file, struct error *err)
{
	if (file->bytes && (file->offset > 0 || file->length == 0))
		return error_set(err, ERR_SYSTEM,
			"bytes with an offset or without a length");
	if (file->offset > 0 && file->length == 0)
		return error_set(err, ERR_SYSTEM, "an offset without a length");
	return 0;
}

static int check_range(const struct boot_file *file, const struct fs_node *node,
	struct error *err)
{
	if (range_inside(file->offset, file->length, node->size))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"%" PRIu64 " bytes at %" PRIu64
		" lie beyond the file's end (%" PRIu64 ")",
		file->length, file->offset, node->size);
}

int boot_file_find(struct devices *devices, const struct boot_file *file,
	struct fs **fs, struct fs_node *node, uint64_t *length,
	struct error *err)
{
	if (check_part(file, err) < 0)
		return error_in(err, "%s", file->path);
	*length = file->length;
	if (file->bytes)
		return 0;
	*fs = device_file(devices, file->dev, file->path, node, err);
	if (!*fs)
		return -1;
	if (check_range(file, node, err) < 0) {
		error_in(err, "%s", file->path);
		return error_in(err, "%s", (*fs)->type);
	}
	if (*length == 0)
		*length = node->size;
	return 1;
}
