/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/fdisk.h"

#include <errno.h>
#include <libfdisk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/disk/mbr.h"

#define ATTR_LEGACY_BOOT 2

static void copy_lower(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text && text[i] && i + 1 < size; i++)
		out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z'
				? text[i] - 'A' + 'a'
				: text[i]);
	out[i] = '\0';
}

/* libfdisk makes three bytes of half a surrogate pair: no UTF-8. */
static void copy_name(char *out, size_t size, const char *name)
{
	size_t len = name ? strlen(name) : 0, at = 0, n;
	uint32_t point;

	while (len > 0) {
		n = utf8_decode(name, len, &point);
		if (at + (n ? n : 1) >= size)
			break;
		if (n > 0)
			memcpy(out + at, name, n);
		else
			out[at] = '?';
		at += n ? n : 1;
		if (n == 0)
			n = len < 3 ? len : 3;
		name += n;
		len -= n;
	}
	out[at] = '\0';
}

static int list_gpt_row(struct partition_list *list, struct fdisk_context *cxt,
	size_t row, struct fdisk_partition *pa, struct error *err)
{
	static const char unused[] = "00000000-0000-0000-0000-000000000000";
	struct fdisk_parttype *type = fdisk_partition_get_type(pa);
	struct partition part = {
		.scheme = SCHEME_GPT,
		.number = (unsigned int)row + 1,
	};

	copy_lower(part.type_guid, sizeof(part.type_guid),
		type ? fdisk_parttype_get_string(type) : NULL);
	if (!part.type_guid[0] || strcmp(part.type_guid, unused) == 0)
		return 0;
	if (!fdisk_partition_has_size(pa) || !fdisk_partition_get_size(pa)) {
		partition_list_damage(list,
			"partition %u ends before it begins", part.number);
		return 0;
	}
	if (!partition_list_place(list, &part, fdisk_partition_get_start(pa),
		    fdisk_partition_get_size(pa)))
		return 0;
	copy_lower(part.guid, sizeof(part.guid), fdisk_partition_get_uuid(pa));
	copy_name(part.name, sizeof(part.name), fdisk_partition_get_name(pa));
	if (fdisk_gpt_get_partition_attrs(cxt, row, &part.attributes) == 0)
		part.active = part.attributes >> ATTR_LEGACY_BOOT & 1;
	return partition_list_add(list, &part, err);
}

static int list_mbr_row(struct partition_list *list, struct mbr_chain *chain,
	size_t row, struct fdisk_partition *pa, struct error *err)
{
	struct fdisk_parttype *type = fdisk_partition_get_type(pa);
	struct partition part = {
		.scheme = SCHEME_MSDOS,
		.number = (unsigned int)row + 1,
		.active = fdisk_partition_is_bootable(pa) == 1,
		.type = (uint8_t)(type ? fdisk_parttype_get_code(type) : 0),
	};

	return mbr_add(list, chain, &part, fdisk_partition_get_start(pa),
		fdisk_partition_get_size(pa), err);
}

static int list_rows(struct partition_list *list, struct fdisk_context *cxt,
	enum fdisk_label_kind kind, struct error *err)
{
	size_t row, rows = fdisk_get_npartitions(cxt);
	struct mbr_chain chain = { 0 };
	int ret = 0;

	for (row = 0; row < rows && ret == 0 && !chain.ended; row++) {
		struct fdisk_partition *pa = NULL;

		if (row == PARTITIONS_MAX)
			return error_set(err, ERR_LIMIT,
				"partition table: %zu entries, more than %d",
				rows, PARTITIONS_MAX);
		if (!fdisk_is_partition_used(cxt, row) ||
			fdisk_get_partition(cxt, row, &pa) != 0)
			continue;
		if (kind == FDISK_GPT)
			ret = list_gpt_row(list, cxt, row, pa, err);
		else
			ret = list_mbr_row(list, &chain, row, pa, err);
		fdisk_unref_partition(pa);
	}
	if (kind == FDISK_MBR && rows >= MBR_PARTITIONS_MAX)
		partition_list_damage(list,
			"partitions beyond number %d are left out",
			MBR_PARTITIONS_MAX);
	return ret;
}

static void note_disk_guid(
	struct partition_list *list, struct fdisk_context *cxt)
{
	char *id = NULL;

	if (fdisk_get_disklabel_id(cxt, &id) == 0)
		copy_lower(list->table->guid, sizeof(list->table->guid), id);
	free(id);
}

static int list_context(struct partition_list *list, struct fdisk_context *cxt,
	enum fdisk_label_kind *kind, struct error *err)
{
	const struct disk *disk = list->disk;
	int ret;

	/* List-only skips the search for file systems, which reads a lot. */
	fdisk_enable_listonly(cxt, 1);
	fdisk_save_user_sector_size(cxt, disk->sector_size, disk->sector_size);
	ret = fdisk_assign_device_by_fd(cxt, disk->fd, "disk", 1);
	if (ret < 0)
		return error_set(err, ret == -ENOMEM ? ERR_LIMIT : ERR_IO,
			"partition table: %s", strerror(-ret));
	if (fdisk_is_labeltype(cxt, FDISK_DISKLABEL_GPT))
		*kind = FDISK_GPT;
	else if (fdisk_is_labeltype(cxt, FDISK_DISKLABEL_DOS))
		*kind = FDISK_MBR;
	else
		return 0;
	if (*kind == FDISK_GPT)
		note_disk_guid(list, cxt);
	return list_rows(list, cxt, *kind, err);
}

int fdisk_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err)
{
	struct fdisk_context *cxt;
	int ret;

	*kind = FDISK_NO_LABEL;
	if (list->disk->over) /* libfdisk wants a descriptor */
		return mbr_list(list, kind, err);
	cxt = fdisk_new_context();
	if (!cxt)
		return error_set(err, ERR_LIMIT, "out of memory");
	ret = list_context(list, cxt, kind, err);
	/* Not deassigned: that would fsync the guest's disk (promise P6). */
	fdisk_unref_context(cxt);
	return ret;
}
