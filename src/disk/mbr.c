/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/mbr.h"

#include "src/disk/slices.h"

/* Linux numbers no more; and a chain in a circle ends here. */
#define LOGICALS_MAX 60

bool mbr_is_extended(unsigned int type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static int read_table(struct partition_list *list, uint64_t sector,
	struct mbr *mbr, struct error *err)
{
	struct disk *disk = list->disk;

	/* both factors have at most 33 bits */
	if (disk_read(disk, sector * disk->sector_size, mbr, sizeof(*mbr),
		    err) < 0)
		return -1;
	return le16_get(mbr->magic) == 0xaa55;
}

static int add(struct partition_list *list, const struct mbr_entry *entry,
	uint64_t from, unsigned int number, struct error *err)
{
	struct partition part = {
		.scheme = SCHEME_MSDOS,
		.number = number,
		.active = entry->flag == 0x80,
		.type = entry->type,
	};

	if (le32_get(entry->size) == 0 || entry->type == 0 ||
		entry->type == MBR_TYPE_GPT ||
		!partition_list_place(list, &part,
			from + le32_get(entry->start), le32_get(entry->size)))
		return 0;
	if (partition_list_add(list, &part, err) < 0)
		return -1;
	return slices_list(list, &part, err);
}

/* Each table of the chain has a partition, and where the next table is. */
static int list_logicals(
	struct partition_list *list, uint64_t first, struct error *err)
{
	uint64_t at = first;
	const struct mbr_entry *next;
	struct error ignored;
	unsigned int i, number;
	struct mbr mbr;

	for (number = 5; number < 5 + LOGICALS_MAX; number++) {
		if (read_table(list, at, &mbr, &ignored) <= 0) {
			partition_list_damage(list,
				"the chain of logical partitions is broken");
			return 0;
		}
		next = NULL;
		for (i = 0; i < 4; i++)
			if (mbr_is_extended(mbr.entry[i].type))
				next = next ? next : &mbr.entry[i];
			else if (add(list, &mbr.entry[i], at, number, err) < 0)
				return -1;
		if (!next)
			return 0;
		at = first + le32_get(next->start);
	}
	partition_list_damage(
		list, "partitions beyond number %u are left out", number - 1);
	return 0;
}

int mbr_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err)
{
	struct mbr mbr;
	unsigned int i;
	int r = read_table(list, 0, &mbr, err);

	if (r <= 0)
		return r;
	*kind = FDISK_MBR;
	for (i = 0; i < 4; i++)
		if (!mbr_is_extended(mbr.entry[i].type) &&
			add(list, &mbr.entry[i], 0, i + 1, err) < 0)
			return -1;
	for (i = 0; i < 4; i++)
		if (mbr_is_extended(mbr.entry[i].type))
			return list_logicals(
				list, le32_get(mbr.entry[i].start), err);
	return 0;
}
