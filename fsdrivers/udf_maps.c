/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_maps.c - what partitions a volume has, and what they need to be read
 *
 * The logical volume's partition maps: section 3/10.7, and UDF 2.2.8 to 2.2.11.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/udf.h"
#include "src/base/checked.h"

#define SPARING_TABLES 4
#define PACKET_NONE 0xfffffff0U /* from here on: not in use, or broken */
#define TABLE_SEARCH                                                           \
	512 /* sectors from the end: behind it are run-out blocks */

/* The first bytes of each map, and those of the first type */
struct map {
	uint8_t type;
	uint8_t len;
	le16 volume;
	le16 number;
};

struct map2 {
	uint8_t type;
	uint8_t len;
	le16 reserved;
	uint8_t id_flags;
	char id[23];
	uint8_t suffix[8];
	le16 volume;
	le16 number;
	union {
		struct {
			le16 packet; /* blocks */
			uint8_t count;
			uint8_t reserved;
			le32 size; /* bytes of each table */
			le32 tables[SPARING_TABLES];
		} sparable;
		struct {
			le32 file;
			le32 mirror;
		} metadata;
		uint8_t unused[24];
	} u;
};

_Static_assert(sizeof(struct map2) == 64, "as the format has it");

/* UDF 2.2.12 */
struct sparing_table {
	struct udf_tag tag;
	uint8_t flags;
	char id[31];
	le16 count;
	le16 reserved;
	le32 sequence;
};

struct sparing_entry {
	le32 packet;
	le32 block;
};

_Static_assert(sizeof(struct sparing_table) == 56, "as the format has it");

/* UDF 2.2.11: the table of version 2.00 begins with this */
struct table_header {
	le16 len; /* of all in front of the entries */
	uint8_t unused[150];
};

#define OLD_TABLE_END 36 /* bytes behind the entries of version 1.50 */

static bool is_named(const struct map2 *map, const char *name)
{
	return strncmp(map->id, name, sizeof(map->id)) == 0;
}

/* Sparing tables */

static int read_table(struct udf *udf, struct udf_part *part, uint32_t block,
	struct error *err)
{
	uint64_t at = (uint64_t)block * udf->block_size;
	struct sparing_table table;
	struct sparing_entry entry;
	struct udf_spare *spares;
	size_t count, i, used = 0;

	if (volume_read(udf->vol, at, &table, sizeof(table), err) < 0)
		return -1;
	if (udf_tag_check(&table, sizeof(table.tag), block, err) < 0)
		return -1;
	if (strncmp(table.id, "*UDF Sparing Table", 23) != 0)
		return error_set(err, ERR_CORRUPT, "it is none");
	count = le16_get(table.count);
	spares = arena_array(udf->arena, count + 1, sizeof(*spares), err);
	if (!spares)
		return -1;
	at += sizeof(table);
	for (i = 0; i < count; i++, at += sizeof(entry)) {
		if (volume_read(udf->vol, at, &entry, sizeof(entry), err) < 0)
			return -1;
		if (le32_get(entry.packet) < PACKET_NONE)
			spares[used++] =
				(struct udf_spare){ le32_get(entry.packet),
					le32_get(entry.block) };
	}
	part->spares = spares;
	part->spare_count = used;
	return 0;
}

static int set_sparable(struct udf *udf, struct udf_part *part,
	const struct map2 *map, struct error *err)
{
	unsigned int count = map->u.sparable.count, i;

	part->kind = UDF_SPARABLE;
	part->packet = le16_get(map->u.sparable.packet);
	if (!is_power_of_two(part->packet) || count < 1 ||
		count > SPARING_TABLES)
		return error_set(err, ERR_CORRUPT,
			"%u sparing tables for packets of %" PRIu32 " blocks",
			count, part->packet);
	for (i = 0; i < count; i++)
		if (read_table(udf, part, le32_get(map->u.sparable.tables[i]),
			    err) == 0)
			return 0;
	return error_in(err, "sparing table");
}

/* Virtual allocation tables */

/* A file entry in that sector that is such a table's: 1 or 0. */
static int is_table(struct udf *udf, struct udf_part *part, uint64_t sector)
{
	struct udf_file *file = part->file;
	struct error why;

	if (sector < part->below->start ||
		sector - part->below->start > UINT32_MAX)
		return 0;
	return udf_file_load(udf, file, part->below,
		       (uint32_t)(sector - part->below->start), &why) == 0 &&
		(file->type == UDF_TYPE_NONE || file->type == UDF_TYPE_TABLE);
}

/* It is in the last sector that was written (UDF 2.2.11). */
static int find_table(struct udf *udf, struct udf_part *part, struct error *err)
{
	uint64_t count = udf->vol->size / udf->block_size, i;

	for (i = 1; i <= TABLE_SEARCH && i <= count; i++)
		if (is_table(udf, part, count - i))
			return 0;
	return error_set(err, ERR_CORRUPT,
		"there is no virtual allocation table in the last %d sectors",
		TABLE_SEARCH);
}

static int set_virtual(
	struct udf *udf, struct udf_part *part, struct error *err)
{
	struct table_header header;
	struct udf_file *file = udf_file_new(udf, err);
	uint64_t end;

	part->kind = UDF_VIRTUAL;
	part->file = file;
	if (!file)
		return -1;
	file->below = true;
	if (find_table(udf, part, err) < 0)
		return -1;
	end = file->size;
	if (file->type == UDF_TYPE_NONE) {
		end -= end < OLD_TABLE_END ? end : OLD_TABLE_END;
	} else if (end >= sizeof(header)) {
		if (udf_file_read(udf, file, 0, &header, sizeof(header), err) <
			0)
			return -1;
		part->table = le16_get(header.len);
	}
	if (part->table > end || end == 0)
		return error_set(err, ERR_CORRUPT,
			"a virtual allocation table of %" PRIu64 " bytes",
			file->size);
	part->entries = (end - part->table) / 4;
	return 0;
}

/* Metadata partitions */

/* A file with metadata; NULL with err filled if it cannot be read. */
static struct udf_file *load_metadata(struct udf *udf, struct udf_part *part,
	uint32_t block, struct error *err)
{
	struct udf_file *file = udf_file_new(udf, err);

	if (!file)
		return NULL;
	file->below = true;
	return udf_file_load(udf, file, part->below, block, err) < 0 ? NULL
								     : file;
}

/* Either of both files is enough. */
static int set_metadata(struct udf *udf, struct udf_part *part,
	const struct map2 *map, struct error *err)
{
	struct error why;

	part->kind = UDF_METADATA;
	part->file =
		load_metadata(udf, part, le32_get(map->u.metadata.file), err);
	part->mirror = load_metadata(
		udf, part, le32_get(map->u.metadata.mirror), &why);
	if (!part->file)
		part->file = part->mirror;
	return part->file ? 0 : error_in(err, "metadata");
}

/* Maps */

/* The range of the partition of that number. */
static int set_range(const struct udf_volume *found, struct udf_part *part,
	uint16_t number, struct error *err)
{
	size_t i;

	part->number = number;
	for (i = 0; i < found->part_count; i++) {
		if (found->parts[i].number != number)
			continue;
		part->start = found->parts[i].start;
		part->blocks = found->parts[i].blocks;
		return 0;
	}
	return error_set(
		err, ERR_CORRUPT, "there is no partition of number %u", number);
}

/* The partition in which what has the same number lies. */
static int set_below(struct udf *udf, struct udf_part *part, struct error *err)
{
	size_t i;

	for (i = 0; i < udf->part_count; i++) {
		part->below = &udf->parts[i];
		if (part->below->number == part->number &&
			(part->below->kind == UDF_PHYSICAL ||
				part->below->kind == UDF_SPARABLE))
			return 0;
	}
	return error_set(err, ERR_CORRUPT,
		"there is no partition of number %u to lie in", part->number);
}

/* What lies in the volume is set first (pass 0), what lies in that then. */
static int set_part(struct udf *udf, struct udf_part *part,
	const struct map2 *map, unsigned int pass, struct error *err)
{
	bool sparable = is_named(map, "*UDF Sparable Partition");
	bool virtual = is_named(map, "*UDF Virtual Partition");

	if (sparable)
		return pass == 0 ? set_sparable(udf, part, map, err) : 0;
	if (!virtual && !is_named(map, "*UDF Metadata Partition"))
		return error_set(err, ERR_UNSUPPORTED,
			"a partition of an unknown type \"%.23s\"", map->id);
	part->kind = virtual ? UDF_VIRTUAL : UDF_METADATA;
	if (pass == 0)
		return 0;
	if (set_below(udf, part, err) < 0)
		return -1;
	return virtual ? set_virtual(udf, part, err)
		       : set_metadata(udf, part, map, err);
}

static int set_map(struct udf *udf, const struct udf_volume *found,
	struct udf_part *part, struct bytes raw, unsigned int pass,
	struct error *err)
{
	const struct map *map = bytes_at(raw, 0, sizeof(*map));
	const struct map2 *map2 = bytes_at(raw, 0, sizeof(*map2));

	if (map && map->type == 1)
		return set_range(found, part, le16_get(map->number), err);
	if (!map2 || map2->type != 2)
		return error_set(err, ERR_CORRUPT, "it is of type %u",
			map ? map->type : 0);
	if (set_range(found, part, le16_get(map2->number), err) < 0)
		return -1;
	return set_part(udf, part, map2, pass, err);
}

/* The map at *at, which moves behind it. */
static int take_map(struct udf *udf, const struct udf_volume *found,
	struct udf_part *part, struct bytes *maps, unsigned int pass,
	struct error *err)
{
	const struct map *map = bytes_at(*maps, 0, sizeof(*map));

	if (!map || map->len < sizeof(*map) || map->len > maps->len)
		return error_set(err, ERR_CORRUPT, "it is cut short");
	if (set_map(udf, found, part, bytes_sub(*maps, 0, map->len), pass,
		    err) < 0)
		return -1;
	*maps = bytes_sub(*maps, map->len, maps->len - map->len);
	return 0;
}

int udf_maps(struct udf *udf, const struct udf_volume *found, struct error *err)
{
	const struct udf_logical *logical = (const void *)found->logical;
	uint32_t count = le32_get(logical->map_count), i;
	unsigned int pass;
	struct bytes maps;

	if (count > UDF_PARTS_MAX)
		return error_set(err, ERR_LIMIT,
			"%" PRIu32 " partition maps, at most %d are read",
			count, UDF_PARTS_MAX);
	udf->part_count = count;
	for (pass = 0; pass < 2; pass++) {
		maps.data = found->logical + sizeof(*logical);
		maps.len = found->sector - sizeof(*logical);
		for (i = 0; i < count; i++)
			if (take_map(udf, found, &udf->parts[i], &maps, pass,
				    err) < 0)
				return error_in(
					err, "partition map %" PRIu32, i + 1);
	}
	return 0;
}
