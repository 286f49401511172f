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
#include "src/base/calendar.h"

/*
 * 65,536 entries: fatgen103 counts them with 16 bits, and neither Linux nor
 * Windows lets a directory grow beyond.
 */
#define DIR_SIZE_MAX (65536 * (uint32_t)sizeof(struct fat_dirent))

#define PIECE_SIZE 4096 /* read at once; what the disk's cache holds */

#define NEVER_USED 0x00 /* as first byte of a name: nothing comes behind */
#define DELETED 0xe5

/* A directory being read. */
struct scan {
	struct fat *fat;
	struct fat_chain chain; /* unless it is the fixed root */
	bool fixed;
	uint64_t next; /* where the run goes on in the volume, bytes */
	uint32_t left; /* bytes of the run from there */
	uint32_t read; /* bytes of the directory so far */
	uint64_t at;   /* where piece lies in the volume */
	size_t pos;    /* in piece, behind entry */
	size_t len;    /* of piece */
	const struct fat_dirent *entry;
	struct fat_long name; /* of entry */
	uint8_t piece[PIECE_SIZE];
};

/* piece need not be cleared, and that would cost more than the search. */
static void scan_start(
	struct scan *scan, struct fat *fat, const struct fs_node *dir)
{
	memset(scan, 0, offsetof(struct scan, name));
	scan->name.next = 0;
	scan->name.len = 0;
	scan->fat = fat;
	scan->chain.first = (uint32_t)dir->aux[0];
	if (fat->bits != 32 && dir->id == 0) {
		scan->fixed = true;
		scan->next = fat->root_at;
		scan->left = fat->root_size;
	}
}

static int next_run(struct scan *scan, struct error *err)
{
	uint32_t size = scan->fat->cluster_size;
	struct fat_run run;
	int r;

	if (scan->fixed)
		return 0;
	r = fat_chain_next(scan->fat, &scan->chain,
		size < PIECE_SIZE ? PIECE_SIZE / size : 1, &run, err);
	if (r <= 0)
		return r;
	scan->next = fat_cluster_at(scan->fat, run.cluster);
	scan->left = run.count * size;
	return 1;
}

/* Read on: 1, or 0 at the end of the directory. */
static int next_piece(struct scan *scan, struct error *err)
{
	uint32_t len = PIECE_SIZE;
	int r;

	if (scan->left == 0) {
		r = next_run(scan, err);
		if (r <= 0)
			return r;
	}
	if (scan->read >= DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu32 " bytes",
			DIR_SIZE_MAX);
	if (len > scan->left)
		len = scan->left;
	if (volume_read(scan->fat->vol, scan->next, scan->piece, len, err) < 0)
		return -1;
	scan->at = scan->next;
	scan->pos = 0;
	scan->len = len;
	scan->next += len;
	scan->left -= len;
	scan->read += len;
	return 1;
}

/* The next entry that is no part of a name: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	const struct fat_dirent *entry;
	int r;

	scan->name.len = 0;
	for (;;) {
		if (scan->pos == scan->len) {
			r = next_piece(scan, err);
			if (r <= 0)
				return r;
		}
		entry = (const void *)(scan->piece + scan->pos);
		if (entry->name[0] == NEVER_USED)
			return 0;
		scan->pos += sizeof(*entry);
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

/* The disk has local time and no zone; it is taken for UTC, as GRUB does. */
static int64_t time_of(const struct fat_dirent *entry)
{
	unsigned int date = le16_get(entry->mdate);
	unsigned int time = le16_get(entry->mtime);
	const struct calendar when = {
		.year = 1980 + (date >> 9),
		.month = date >> 5 & 15,
		.day = date & 31,
		.hour = time >> 11,
		.minute = time >> 5 & 63,
		.second = (time & 31) * 2,
	};

	return calendar_seconds(&when);
}

/* The entry's own place is what no two files share; a cluster may be 0. */
static struct fs_node node_of(const struct scan *scan)
{
	const struct fat_dirent *entry = scan->entry;
	bool is_dir = entry->attributes & FAT_DIRECTORY;
	uint32_t cluster = le16_get(entry->cluster_low);

	if (scan->fat->bits == 32)
		cluster |= (uint32_t)le16_get(entry->cluster_high) << 16;
	return (struct fs_node){
		.type = is_dir ? FS_DIR : FS_FILE,
		.size = is_dir ? 0 : le32_get(entry->size),
		.mtime = time_of(entry),
		.id = scan->at + scan->pos - sizeof(*entry),
		.aux = { cluster },
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
		scan->at + scan->pos - sizeof(*scan->entry));
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

	if (!fat_wanted_set(&wanted, name))
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
