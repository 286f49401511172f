/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs_dir.c - directories: the names in an index
 *
 * An index is a tree of blocks, sorted by name.  All of its blocks are read one
 * after the other: no order of names is relied on, and no block comes twice.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/fat.h"
#include "fsdrivers/ntfs.h"
#include "src/base/checked.h"

#define BLOCK_MIN 512
#define BLOCK_MAX 65536

/* Blocks of an index that are looked at: 1 GiB of the usual ones. */
#define BLOCKS_MAX 262144
#define NAMES_MAX (2 * FS_DIR_MAX) /* each may have a short one, too */

static const char index_name[] = "$I30";

/* What begins a list of entries; offsets count from here. */
struct list {
	le32 first;
	le32 used;
	le32 allocated;
	le32 flags;
};

struct root {
	le32 type;
	le32 collation;
	le32 block; /* bytes */
	uint8_t clusters;
	uint8_t unused[3];
	struct list list;
};

#define BLOCK_LIST_AT 24 /* in a block */

struct entry {
	le64 file;
	le16 len;
	le16 key_len;
	le16 flags;
	le16 unused;
};

enum { LAST = 2 }; /* flags */

/* The key of an entry */
struct key {
	le64 parent;
	uint8_t unused[56];
	uint8_t name_len; /* units */
	uint8_t space;
};

/* Name spaces: case counts in the first; the other kind of short names */
enum { POSIX = 0, DOS = 2 };

_Static_assert(sizeof(struct key) == 66, "as the format has it");

#define NUMBER_MASK ((UINT64_C(1) << 48) - 1)

struct scan {
	struct ntfs *ntfs;
	const struct fs_node *dir;
	uint32_t size;      /* bytes of a block */
	unsigned int names; /* so far */
	uint64_t next;      /* block to read */
	struct bytes list;  /* entries that are left of this one */
	/* the entry that was found */
	uint64_t file;
	uint8_t space;
	size_t len;
	uint16_t units[UINT8_MAX];
	uint8_t block[BLOCK_MAX];
};

/* Entries of a list, which begins at "at". */
static int set_list(
	struct scan *scan, struct bytes view, size_t at, struct error *err)
{
	const struct list *list = bytes_at(view, at, sizeof(*list));
	uint32_t first = list ? le32_get(list->first) : 0;
	uint32_t used = list ? le32_get(list->used) : 0;

	if (first > used)
		used = first = 0;
	scan->list = bytes_sub(view, at + (size_t)first, used - first);
	if (!list || !scan->list.data)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " bytes of an index", used);
	return 0;
}

/* The entries in the record are copied: another file may take its place. */
static int scan_start(struct scan *scan, struct ntfs *ntfs,
	const struct fs_node *dir, struct error *err)
{
	const struct root *root;
	struct ntfs_attr attr;
	int r;

	scan->next = 0;
	scan->names = 0;
	scan->ntfs = ntfs;
	scan->dir = dir;
	if (ntfs_load(ntfs, dir->id, err) < 0)
		return -1;
	r = ntfs_attr(ntfs, NTFS_INDEX_ROOT, index_name, &attr, err);
	if (r < 0)
		return -1;
	root = (const void *)attr.value;
	if (r == 0 || !root || attr.size < sizeof(*root))
		return error_set(err, ERR_CORRUPT, "it has no index");
	scan->size = le32_get(root->block);
	if (!is_power_of_two(scan->size) || scan->size < BLOCK_MIN ||
		scan->size > BLOCK_MAX)
		return error_set(err, ERR_CORRUPT,
			"an index of blocks of %" PRIu32 " bytes", scan->size);
	/* a record is not larger than the largest block */
	memcpy(scan->block, attr.value, (size_t)attr.size);
	return set_list(scan, (struct bytes){ scan->block, (size_t)attr.size },
		offsetof(struct root, list), err);
}

/* Is that block in use?  1 or 0. */
static int in_use(struct ntfs *ntfs, uint64_t number, struct error *err)
{
	struct ntfs_attr attr;
	uint8_t byte;
	int r = ntfs_attr(ntfs, NTFS_BITMAP, index_name, &attr, err);

	if (r <= 0 || number / 8 >= attr.size)
		return r < 0 ? -1 : 0;
	if (ntfs_attr_read(ntfs, &attr, number / 8, &byte, 1, err) < 0)
		return -1;
	return byte >> number % 8 & 1;
}

/* The next block in use: 1, or 0 behind the last. */
static int next_block(struct scan *scan, struct error *err)
{
	struct ntfs *ntfs = scan->ntfs;
	struct ntfs_attr attr;
	uint64_t number;
	int r;

	if (ntfs_load(ntfs, scan->dir->id, err) < 0)
		return -1;
	do {
		number = scan->next++;
		r = ntfs_attr(ntfs, NTFS_INDEX, index_name, &attr, err);
		if (r <= 0 || number >= attr.size / scan->size)
			return r < 0 ? -1 : 0;
		if (number == BLOCKS_MAX)
			return error_set(err, ERR_LIMIT,
				"an index of more than %d blocks", BLOCKS_MAX);
		r = in_use(ntfs, number, err);
	} while (r == 0);
	if (r > 0)
		r = ntfs_attr(ntfs, NTFS_INDEX, index_name, &attr, err);
	if (r < 0 ||
		ntfs_attr_read(ntfs, &attr, number * scan->size, scan->block,
			scan->size, err) < 0 ||
		ntfs_fix(scan->block, scan->size, "INDX", err) < 0 ||
		set_list(scan, (struct bytes){ scan->block, scan->size },
			BLOCK_LIST_AT, err) < 0)
		return error_in(err, "index block %" PRIu64, number);
	return 1;
}

/* The next entry of the list: 1, or 0 at its end. */
static int next_entry(struct scan *scan, struct error *err)
{
	const struct entry *entry = bytes_at(scan->list, 0, sizeof(*entry));
	const struct key *key;
	const le16 *units;
	size_t len, i;

	if (!entry || (le16_get(entry->flags) & LAST))
		return 0;
	if (++scan->names > NAMES_MAX)
		return error_set(err, ERR_LIMIT,
			"an index of more than %d names", NAMES_MAX);
	len = le16_get(entry->len);
	key = bytes_at(scan->list, sizeof(*entry), sizeof(*key));
	units = key ? bytes_at(scan->list, sizeof(*entry) + sizeof(*key),
			      key->name_len * sizeof(*units))
		    : NULL;
	if (len < sizeof(*entry) || len > scan->list.len || !units)
		return error_set(err, ERR_CORRUPT,
			"an entry of %zu bytes in its index", len);
	scan->file = le64_get(entry->file) & NUMBER_MASK;
	scan->space = key->space;
	scan->len = key->name_len;
	for (i = 0; i < scan->len; i++)
		scan->units[i] = le16_get(units[i]);
	scan->list = bytes_sub(scan->list, len, scan->list.len - len);
	return 1;
}

/* The next name but short ones and those of the system's files. */
static int scan_next(struct scan *scan, struct error *err)
{
	int r;

	for (;;) {
		r = next_entry(scan, err);
		if (r < 0)
			return -1;
		if (r == 0) {
			r = next_block(scan, err);
			if (r <= 0)
				return r;
			continue;
		}
		if (scan->space != DOS && scan->file >= NTFS_FIRST_FILE)
			return 1;
	}
}

static int make_node(struct scan *scan, struct fs_node *node, struct error *err)
{
	if (ntfs_load(scan->ntfs, scan->file, err) < 0)
		return -1;
	return ntfs_node(scan->ntfs, node, err);
}

int ntfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	char name[FS_NAME_MAX + 1];
	struct fs_node node;
	struct scan scan;
	int r;

	if (scan_start(&scan, fs->priv, dir, err) < 0)
		return -1;
	while ((r = scan_next(&scan, err)) > 0) {
		if (!fs_name_of_utf16(scan.units, scan.len, name))
			continue;
		if (make_node(&scan, &node, err) < 0)
			return error_in(err, "\"%s\"", name);
		r = visit(ctx, name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

/* The table of upper case; without it, FAT's rule stands in.  -1: no memory. */
static int load_upper(struct ntfs *ntfs, struct error *err)
{
	const size_t size = NTFS_UPCASE_UNITS * sizeof(*ntfs->upper);
	struct ntfs_attr attr;
	struct error why;
	le16 *raw;
	size_t i;

	if (ntfs->upper_read)
		return 0;
	ntfs->upper_read = true;
	if (ntfs_load(ntfs, NTFS_UPCASE, &why) < 0 ||
		ntfs_attr(ntfs, NTFS_DATA, "", &attr, &why) <= 0 ||
		attr.size != size)
		return 0;
	raw = arena_alloc(ntfs->arena, size, err);
	if (!raw)
		return -1;
	if (ntfs_attr_read(ntfs, &attr, 0, raw, size, &why) < 0)
		return 0;
	/* in its own place: a unit is as long as what it is made of */
	ntfs->upper = (uint16_t *)raw;
	for (i = 0; i < NTFS_UPCASE_UNITS; i++)
		ntfs->upper[i] = le16_get(raw[i]);
	return 0;
}

static bool is_ascii(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

/* How close is the name that was found: 2 the same, 1 but for case, 0 not? */
static int compare(const struct scan *scan, const struct fat_wanted *wanted,
	const char *name)
{
	char found[FS_NAME_MAX + 1];

	if (!fat_wanted_is(wanted, scan->units, scan->len))
		return 0;
	if (fs_name_of_utf16(scan->units, scan->len, found) &&
		strcmp(found, name) == 0)
		return 2;
	return scan->space != POSIX;
}

int ntfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct ntfs *ntfs = fs->priv;
	struct fat_wanted wanted;
	uint64_t found = 0;
	struct scan scan;
	int r, close, best = 0;

	/* in ASCII all tables are the same */
	if (!is_ascii(name) && load_upper(ntfs, err) < 0)
		return -1;
	if (!fat_wanted_set(&wanted, name, ntfs->upper))
		return 0;
	if (scan_start(&scan, ntfs, dir, err) < 0)
		return -1;
	while (best < 2 && (r = scan_next(&scan, err)) != 0) {
		if (r < 0)
			return -1;
		close = compare(&scan, &wanted, name);
		if (close > best) {
			best = close;
			found = scan.file;
		}
	}
	scan.file = found;
	if (best > 0 && make_node(&scan, node, err) < 0)
		return -1;
	return best > 0;
}
