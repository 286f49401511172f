/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/mbr.h"

#include "src/base/checked.h"
#include "src/disk/slices.h"

/*
 * May this logical partition be listed?  A chain whose link points backwards
 * repeats what it said, and one that leads into file data says nonsense.
 */
static bool logical_is_sane(struct partition_list *list,
	struct mbr_chain *chain, const struct partition *part, uint64_t first)
{
	const struct partition_table *table = list->table;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (table->list[i].within || table->list[i].number <= 4 ||
			table->list[i].start != part->start)
			continue;
		partition_list_damage(list,
			"the chain of logical partitions runs in a circle");
		chain->ended = true;
		return false;
	}
	if (first < chain->first || first - chain->first >= chain->size) {
		partition_list_damage(list,
			"partition %u lies outside the extended partition",
			part->number);
		return false;
	}
	return true;
}

static bool is_extended(unsigned int type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

int mbr_add(struct partition_list *list, struct mbr_chain *chain,
	struct partition *part, uint64_t first, uint64_t size,
	struct error *err)
{
	if (is_extended(part->type)) {
		if (part->number <= 4 && chain->size == 0)
			*chain = (struct mbr_chain){
				.first = first,
				.size = size,
			};
		return 0;
	}
	/* 0xee stands for the GPT, which has been looked for */
	if (size == 0 || part->type == MBR_TYPE_GPT ||
		!partition_list_place(list, part, first, size))
		return 0;
	if (part->number > 4 && !logical_is_sane(list, chain, part, first))
		return 0;
	if (partition_list_add(list, part, err) < 0)
		return -1;
	return slices_list(list, part, err);
}

static int add_entry(struct partition_list *list, struct mbr_chain *chain,
	const struct mbr_entry *entry, unsigned int number, uint64_t base,
	struct error *err)
{
	struct partition part = {
		.scheme = SCHEME_MSDOS,
		.number = number,
		.active = entry->flag == 0x80,
		.type = entry->type,
	};

	/* a sum of numbers of 32 bits */
	return mbr_add(list, chain, &part, base + le32_get(entry->start),
		le32_get(entry->size), err);
}

/*
 * The table of logical partitions in that sector.  false: there is none, which
 * ends the chain and hides nothing in front of it.  As libfdisk does, no magic
 * is asked for: whoever wrote a wrong one still booted.
 */
static bool read_link(
	struct partition_list *list, uint64_t sector, struct mbr *link)
{
	struct error ignored;
	uint64_t off;

	return mul_u64(sector, list->disk->sector_size, &off) &&
		disk_read(list->disk, off, link, sizeof(*link), &ignored) == 0;
}

/* Of a link: the first partition, and the first that leads on; or NULL. */
static const struct mbr_entry *find_entry(const struct mbr *link, bool leads_on)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (le32_get(link->entry[i].size) > 0 &&
			is_extended(link->entry[i].type) == leads_on)
			return &link->entry[i];
	return NULL;
}

/*
 * Each link counts from itself for its partition, and from the beginning of
 * the extended partition for the next link.  An empty one has no number.
 */
static int list_chain(
	struct partition_list *list, struct mbr_chain *chain, struct error *err)
{
	uint64_t sector = chain->first;
	const struct mbr_entry *entry;
	unsigned int links, number = 5;
	struct mbr link;

	/* twice as many: every other one may be empty */
	for (links = 0; links < 2 * MBR_PARTITIONS_MAX && !chain->ended;
		links++) {
		if (!read_link(list, sector, &link))
			return 0;
		entry = find_entry(&link, false);
		if (entry && number > MBR_PARTITIONS_MAX)
			break;
		if (entry &&
			add_entry(list, chain, entry, number++, sector, err) <
				0)
			return -1;
		entry = find_entry(&link, true);
		if (!entry)
			return 0;
		sector = chain->first + le32_get(entry->start);
	}
	if (!chain->ended)
		partition_list_damage(list,
			"partitions beyond number %d are left out",
			MBR_PARTITIONS_MAX);
	return 0;
}

int mbr_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err)
{
	struct mbr_chain chain = { 0 };
	struct mbr mbr;
	unsigned int i;

	if (disk_read(list->disk, 0, &mbr, sizeof(mbr), err) < 0)
		return -1;
	if (le16_get(mbr.magic) != 0xaa55)
		return 0;
	*kind = FDISK_MBR;
	for (i = 0; i < 4; i++)
		if (add_entry(list, &chain, &mbr.entry[i], i + 1, 0, err) < 0)
			return -1;
	return chain.size > 0 ? list_chain(list, &chain, err) : 0;
}
