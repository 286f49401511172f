/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/slices.h"

#include <assert.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"

/* Types of MBR partitions */
enum {
	TYPE_SOLARIS_OLD = 0x82, /* also Linux swap, and whatever swap became */
	TYPE_SOLARIS = 0xbf,
	TYPE_FREEBSD = 0xa5,
	TYPE_OPENBSD = 0xa6,
	TYPE_NETBSD = 0xa9,
};

#define BSD_MAGIC 0x82564557
#define BSD_SLICES 22 /* as many as fit into the sector */
#define BSD_RAW 2     /* slice c: all of the partition */

struct bsd_slice {
	le32 size;   /* sectors */
	le32 offset; /* sectors */
	le32 fragment_size;
	uint8_t type; /* 0: unused */
	uint8_t fragments;
	le16 cylinders;
};

struct bsd_label {
	le32 magic;
	uint8_t geometry[128];
	le32 magic2;
	le16 checksum;
	le16 slices;
	le32 boot_size;
	le32 super_size;
	struct bsd_slice slice[BSD_SLICES];
	uint8_t rest[12];
};
static_assert(sizeof(struct bsd_label) == 512, "one sector");

#define SOLARIS_MAGIC 0xdabe
#define SOLARIS_SLICES 16
#define SOLARIS_TAG_BACKUP 5 /* all of the partition */

struct solaris_slice {
	le16 tag;
	le16 flag;
	le32 start; /* sectors, from the start of the partition */
	le32 size;  /* sectors */
};

struct solaris_label {
	uint8_t boot[12];
	le32 sanity;
	le32 version;
	uint8_t volume[8];
	le16 sector_size;
	le16 slices;
	uint8_t reserved[40];
	struct solaris_slice slice[SOLARIS_SLICES];
	uint8_t rest[244];
	le16 magic;
	le16 checksum;
};
static_assert(sizeof(struct solaris_label) == 512, "one sector");
static_assert(offsetof(struct solaris_label, magic) == 508, "as on the disk");

/* Both labels are in the second sector; a cut-off partition has none. */
static bool read_label(struct partition_list *list, uint64_t start, void *label)
{
	struct error ignored;
	uint64_t off;

	return add_u64(start, list->disk->sector_size, &off) &&
		range_inside(off, 512, list->disk->size) &&
		disk_read(list->disk, off, label, 512, &ignored) == 0;
}

/* A slice of sectors from start bytes, itself inside 64 bits. */
static int add_slice(struct partition_list *list, struct partition *part,
	uint64_t start, uint64_t sectors, struct error *err)
{
	uint64_t end;

	/* 32 bits of sectors times at most 4096 bytes */
	part->size = sectors * list->disk->sector_size;
	part->start = start;
	if (!add_u64(part->start, part->size, &end))
		return 0;
	return partition_list_add(list, part, err);
}

/*
 * Where a BSD slice begins, or false if that is outside its partition: NetBSD
 * and OpenBSD list the other partitions of the disk in their labels, too.
 * Theirs count from the start of the disk.  FreeBSD's count from wherever
 * slice c begins, which is 0 or the start of the partition.
 */
static bool bsd_start(struct partition_list *list,
	const struct bsd_label *label, unsigned int slice,
	const struct partition *parent, uint64_t *start)
{
	uint64_t sector = list->disk->sector_size;
	uint64_t base = 0;
	uint64_t at = le32_get(label->slice[slice].offset) * sector;

	if (parent->type == TYPE_FREEBSD) {
		base = le32_get(label->slice[BSD_RAW].offset) * sector;
		if (at < base || !add_u64(at - base, parent->start, &at))
			return false;
	}
	if (at < parent->start || at - parent->start >= parent->size)
		return false;
	*start = at;
	return true;
}

static bool is_bsd_label(const struct bsd_label *label)
{
	return le32_get(label->magic) == BSD_MAGIC &&
		le32_get(label->magic2) == BSD_MAGIC;
}

static int list_bsd(struct partition_list *list, const struct bsd_label *label,
	const struct partition *parent, struct error *err)
{
	unsigned int i, slices = le16_get(label->slices);

	if (slices > BSD_SLICES) {
		partition_list_damage(list,
			"BSD label claims %u slices, %d were read", slices,
			BSD_SLICES);
		slices = BSD_SLICES;
	}
	for (i = 0; i < slices; i++) {
		const struct bsd_slice *slice = &label->slice[i];
		struct partition part = {
			.scheme = SCHEME_BSD,
			.number = i + 1,
			.within = parent->number,
			.active = parent->active,
		};
		uint64_t start;

		if (slice->type == 0 || le32_get(slice->size) == 0 ||
			!bsd_start(list, label, i, parent, &start))
			continue;
		if (add_slice(list, &part, start, le32_get(slice->size), err) <
			0)
			return -1;
	}
	return 0;
}

static int list_solaris(struct partition_list *list,
	const struct solaris_label *label, const struct partition *parent,
	struct error *err)
{
	unsigned int i, slices = le16_get(label->slices);

	for (i = 0; i < slices && i < SOLARIS_SLICES; i++) {
		const struct solaris_slice *slice = &label->slice[i];
		struct partition part = {
			.scheme = SCHEME_SOLARIS,
			.number = i + 1,
			.within = parent->number,
			.active = parent->active,
		};
		uint64_t start, sector = list->disk->sector_size;

		if (le32_get(slice->size) == 0 ||
			le16_get(slice->tag) == SOLARIS_TAG_BACKUP ||
			!add_u64(parent->start, le32_get(slice->start) * sector,
				&start))
			continue;
		if (add_slice(list, &part, start, le32_get(slice->size), err) <
			0)
			return -1;
	}
	return 0;
}

int slices_list(struct partition_list *list, const struct partition *parent,
	struct error *err)
{
	struct solaris_label solaris;
	struct bsd_label bsd;

	switch (parent->type) {
	case TYPE_SOLARIS_OLD:
	case TYPE_SOLARIS:
		if (!read_label(list, parent->start, &solaris) ||
			le16_get(solaris.magic) != SOLARIS_MAGIC)
			return 0;
		return list_solaris(list, &solaris, parent, err);
	case TYPE_FREEBSD:
	case TYPE_OPENBSD:
	case TYPE_NETBSD:
		if (!read_label(list, parent->start, &bsd) ||
			!is_bsd_label(&bsd))
			return 0;
		return list_bsd(list, &bsd, parent, err);
	default:
		return 0;
	}
}

int slices_list_bsd_disk(struct partition_list *list, struct error *err)
{
	const struct partition disk = { .size = list->disk->size };
	struct bsd_label label;

	if (!read_label(list, 0, &label) || !is_bsd_label(&label))
		return 0;
	return list_bsd(list, &label, &disk, err) < 0 ? -1 : 1;
}
