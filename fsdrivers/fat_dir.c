/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat_dir.c - directories: listing one and looking a name up
 *
 * A directory is a row of entries of 32 bytes, up to the first that was never
 * used.  Before the entry of a file with a long name stand the parts of that
 * name.  Where a long name is broken, or cannot be shown, the short name stands
 * for it; in looking up both will do, and case does not matter.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/fat.h"

/*
 * 65,536 entries: fatgen103 counts them with 16 bits, and neither Linux nor
 * Windows lets a directory grow beyond.
 */
#define DIR_SIZE_MAX (65536U * FAT_ENTRY_SIZE)

#define NEVER_USED 0x00 /* as first byte of a name: nothing comes behind */
#define DELETED 0xe5

_Static_assert(
	sizeof(struct fat_dirent) == FAT_ENTRY_SIZE, "as fatgen103 has it");

/* A directory being read. */
struct scan {
	const struct fat_dirent *entry;
	struct fat_long name; /* of entry */
	struct fat_entries entries;
};

static void scan_start(
	struct scan *scan, struct fat *fat, const struct fs_node *dir)
{
	const struct fat_chain chain = fat_chain_of(fat, dir);

	scan->name.next = 0;
	scan->name.len = 0;
	fat_entries_start(&scan->entries, fat, &chain, DIR_SIZE_MAX);
	if (fat->bits != 32 && dir->id == 0) {
		scan->entries.fixed = true;
		scan->entries.next = fat->root_at;
		scan->entries.left = fat->root_size;
	}
}

/* The next entry that is no part of a name: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	const struct fat_dirent *entry;
	const void *raw;
	int r;

	scan->name.len = 0;
	for (;;) {
		r = fat_entries_next(&scan->entries, &raw, err);
		if (r <= 0)
			return r;
		entry = raw;
		if (entry->name[0] == NEVER_USED)
			return 0;
		if (entry->name[0] == DELETED) {
			scan->name.next = 0;
			scan->name.len = 0;
		} else if ((entry->attributes & FAT_LONG_MASK) == FAT_LONG) {
			fat_long_add(&scan->name, entry);
		} else {
			fat_long_end(&scan->name, entry);
			scan->entry = entry;
			return 1;
		}
	}
}

/* A label, or one of the two that Unix has too and fs.c needs not. */
static bool is_no_file(const struct fat_dirent *entry)
{
	return (entry->attributes & FAT_LABEL) ||
		memcmp(entry->name, ".          ", 11) == 0 ||
		memcmp(entry->name, "..         ", 11) == 0;
}

/* The entry's own place is what no two files share; a cluster may be 0. */
static struct fs_node node_of(const struct scan *scan)
{
	const struct fat_dirent *entry = scan->entry;
	bool is_dir = entry->attributes & FAT_DIRECTORY;
	uint32_t cluster = le16_get(entry->cluster_low);
	uint32_t size = is_dir ? 0 : le32_get(entry->size);

	if (scan->entries.fat->bits == 32)
		cluster |= (uint32_t)le16_get(entry->cluster_high) << 16;
	return (struct fs_node){
		.type = is_dir ? FS_DIR : FS_FILE,
		.size = size,
		.mtime = fat_time(
			le16_get(entry->mdate), le16_get(entry->mtime)),
		.id = fat_entries_at(&scan->entries),
		.aux = { cluster, size },
	};
}

static int show_name(
	const struct scan *scan, char name[FS_NAME_MAX + 1], struct error *err)
{
	uint16_t units[FAT_SHORT_MAX];
	size_t len;

	if (fs_name_of_utf16(scan->name.units, scan->name.len, name))
		return 0;
	len = fat_short_name(scan->entry, units);
	if (fs_name_of_utf16(units, len, name))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"the entry at 0x%" PRIx64 " has no name that can be one",
		fat_entries_at(&scan->entries));
}

int fat_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	char name[FS_NAME_MAX + 1];
	struct fs_node node;
	struct scan scan;
	int r;

	scan_start(&scan, fs->priv, dir);
	while ((r = scan_next(&scan, err)) > 0) {
		if (is_no_file(scan.entry))
			continue;
		if (show_name(&scan, name, err) < 0)
			return -1;
		node = node_of(&scan);
		r = visit(ctx, name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

int fat_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	uint16_t units[FAT_SHORT_MAX];
	struct fat_wanted wanted;
	struct scan scan;
	int r;

	if (!fat_wanted_set(&wanted, name, NULL))
		return 0;
	scan_start(&scan, fs->priv, dir);
	while ((r = scan_next(&scan, err)) > 0) {
		if (is_no_file(scan.entry))
			continue;
		if (!fat_wanted_is(&wanted, scan.name.units, scan.name.len) &&
			!fat_wanted_is(&wanted, units,
				fat_short_name(scan.entry, units)))
			continue;
		*node = node_of(&scan);
		return 1;
	}
	return r;
}

int fat_root_label(struct fs *fs, char *out, size_t size, struct error *err)
{
	struct scan scan;
	int r;

	scan_start(&scan, fs->priv, &fs->root);
	while ((r = scan_next(&scan, err)) > 0) {
		if (!(scan.entry->attributes & FAT_LABEL))
			continue;
		fat_label(scan.entry->name, out, size);
		return 1;
	}
	return r;
}
