/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exfat_dir.c - directories: listing one and looking a name up
 *
 * A file is a set of entries: the primary one, one that says where the contents
 * are, and the name in pieces.  Sets that were begun and not finished are
 * passed over, as Linux does.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/exfat.h"
#include "src/base/utf8.h"

#define DIR_SIZE_MAX (256U << 20) /* bytes, section 7.4 */

/* The kinds of entry, with the bit that says that it is in use. */
enum {
	END = 0x00,
	UPCASE = 0x82,
	LABEL = 0x83,
	FILE_SET = 0x85,
	IN_USE = 0x80,
	SECONDARY = 0x40,
	STREAM = 0xc0,
	NAME = 0xc1,
};

#define LABEL_UNITS 11
#define NAME_UNITS 15 /* in one entry */
#define NAME_UNITS_MAX 255
#define NO_TABLE 2 /* of flags: the clusters follow each other */

struct file_entry {
	uint8_t kind;
	uint8_t secondary; /* entries that belong to it, behind it */
	le16 checksum;
	le16 attributes; /* as in FAT */
	le16 reserved;
	le32 created;
	le32 modified; /* date and time as in FAT */
	le32 accessed;
	uint8_t created_fine;
	uint8_t modified_fine; /* 1/100 s, up to 199 */
	uint8_t created_zone;
	uint8_t modified_zone; /* 0x80: valid, and quarters of an hour */
	uint8_t accessed_zone;
	uint8_t unused[7];
};

struct stream_entry {
	uint8_t kind;
	uint8_t flags;
	uint8_t unused;
	uint8_t name_len; /* units */
	le16 name_hash;
	le16 unused2;
	le64 written; /* bytes; zeros are behind them */
	le32 unused3;
	le32 cluster;
	le64 size;
};

struct name_entry {
	uint8_t kind;
	uint8_t flags;
	le16 units[NAME_UNITS];
};

struct label_entry {
	uint8_t kind;
	uint8_t len;
	le16 units[LABEL_UNITS];
	uint8_t unused[8];
};

struct upcase_entry {
	uint8_t kind;
	uint8_t unused[3];
	le32 checksum;
	uint8_t unused2[12];
	le32 cluster;
	le64 size;
};

_Static_assert(sizeof(struct file_entry) == FAT_ENTRY_SIZE, "as specified");
_Static_assert(sizeof(struct stream_entry) == FAT_ENTRY_SIZE, "as specified");
_Static_assert(sizeof(struct name_entry) == FAT_ENTRY_SIZE, "as specified");
_Static_assert(sizeof(struct label_entry) == FAT_ENTRY_SIZE, "as specified");
_Static_assert(sizeof(struct upcase_entry) == FAT_ENTRY_SIZE, "as specified");

/* A directory being read, and the set of entries that was complete last. */
struct scan {
	struct fat_entries entries;
	uint64_t at; /* of its primary entry in the volume, bytes */
	struct file_entry file;
	struct stream_entry stream;
	bool has_stream;
	unsigned int left; /* entries of the set to come; 0: none is begun */
	uint16_t checksum;
	size_t len; /* units so far */
	uint16_t units[NAME_UNITS_MAX + NAME_UNITS];
};

static void scan_start(
	struct scan *scan, struct fat *fat, const struct fs_node *dir)
{
	const struct fat_chain chain = fat_chain_of(fat, dir);

	fat_entries_start(&scan->entries, fat, &chain, DIR_SIZE_MAX);
	scan->left = 0;
}

static uint16_t add_checksum(
	uint16_t sum, const uint8_t entry[FAT_ENTRY_SIZE], bool primary)
{
	size_t i;

	for (i = 0; i < FAT_ENTRY_SIZE; i++) {
		if (primary && (i == 2 || i == 3)) /* itself */
			continue;
		sum = (uint16_t)(sum << 15 | sum >> 1);
		sum = (uint16_t)(sum + entry[i]);
	}
	return sum;
}

static void begin_set(struct scan *scan, const void *entry)
{
	memcpy(&scan->file, entry, sizeof(scan->file));
	scan->at = fat_entries_at(&scan->entries);
	scan->left = scan->file.secondary;
	scan->checksum = add_checksum(0, entry, true);
	scan->has_stream = false;
	scan->len = 0;
}

/* Another entry of the set; those of makers that we do not know are skipped. */
static void add_entry(struct scan *scan, const void *entry)
{
	const struct name_entry *name = entry;
	size_t i;

	scan->left--;
	scan->checksum = add_checksum(scan->checksum, entry, false);
	if (name->kind == STREAM && !scan->has_stream) {
		memcpy(&scan->stream, entry, sizeof(scan->stream));
		scan->has_stream = true;
	} else if (name->kind == NAME && scan->len < NAME_UNITS_MAX) {
		for (i = 0; i < NAME_UNITS; i++)
			scan->units[scan->len++] = le16_get(name->units[i]);
	}
}

/* Has the set, which is complete, a name? */
static bool is_named(struct scan *scan)
{
	if (!scan->has_stream || scan->stream.name_len > scan->len)
		return false;
	scan->len = scan->stream.name_len;
	return scan->len > 0;
}

/* The next file: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	const void *entry;
	uint8_t kind;
	int r;

	while ((r = fat_entries_next(&scan->entries, &entry, err)) > 0) {
		kind = *(const uint8_t *)entry;
		if (kind == END)
			return 0;
		if (kind == FILE_SET) {
			begin_set(scan, entry);
		} else if (scan->left > 0 && (kind & IN_USE) &&
			(kind & SECONDARY)) {
			add_entry(scan, entry);
			if (scan->left == 0 && is_named(scan))
				return 1;
		} else {
			scan->left = 0;
		}
	}
	return r;
}

static int64_t time_of(const struct file_entry *file)
{
	uint32_t modified = le32_get(file->modified);
	int64_t seconds = fat_time(modified >> 16, modified & 0xffff);
	int64_t quarters = file->modified_zone & 0x7f;

	if (!(file->modified_zone & 0x80))
		quarters = 0;
	if (quarters >= 64)
		quarters -= 128;
	return seconds + file->modified_fine / 100 - quarters * 15 * 60;
}

/* The node of the set, if that is sound. */
static int make_node(
	const struct scan *scan, struct fs_node *node, struct error *err)
{
	const struct fat *fat = scan->entries.fat;
	const struct stream_entry *stream = &scan->stream;
	uint64_t size = le64_get(stream->size);
	uint64_t written = le64_get(stream->written);
	bool is_dir = le16_get(scan->file.attributes) & FAT_DIRECTORY;

	if (scan->checksum != le16_get(scan->file.checksum))
		return error_set(err, ERR_CORRUPT,
			"the entries at 0x%" PRIx64 " have a wrong checksum",
			scan->at);
	if (size > (uint64_t)fat->clusters * fat->cluster_size)
		return error_set(err, ERR_CORRUPT,
			"the entries at 0x%" PRIx64 ": %" PRIu64
			" bytes are more than there are clusters for",
			scan->at, size);
	if (written > size)
		return error_set(err, ERR_CORRUPT,
			"the entries at 0x%" PRIx64 ": %" PRIu64
			" bytes written of %" PRIu64,
			scan->at, written, size);
	*node = (struct fs_node){
		.type = is_dir ? FS_DIR : FS_FILE,
		.size = size,
		.mtime = time_of(&scan->file),
		.id = scan->at,
		.aux = { le32_get(stream->cluster), written },
	};
	if (stream->flags & NO_TABLE)
		node->aux[0] |= FAT_TOGETHER;
	return 0;
}

/* A name that no path can spell is not listed: a longer one than FS_NAME_MAX */
int exfat_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	char name[FS_NAME_MAX + 1];
	struct fs_node node;
	struct scan scan;
	int r;

	scan_start(&scan, fs->priv, dir);
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

int exfat_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	const uint16_t *upper;
	struct fat_wanted wanted;
	struct scan scan;
	int r;

	if (exfat_upper(fs, name, &upper, err) < 0)
		return -1;
	if (!fat_wanted_set(&wanted, name, upper))
		return 0;
	scan_start(&scan, fs->priv, dir);
	while ((r = scan_next(&scan, err)) > 0)
		if (fat_wanted_is(&wanted, scan.units, scan.len))
			return make_node(&scan, node, err) < 0 ? -1 : 1;
	return r;
}

static void set_label(struct fs *fs, const struct label_entry *label)
{
	uint16_t units[LABEL_UNITS];
	size_t i;

	for (i = 0; i < LABEL_UNITS; i++)
		units[i] = le16_get(label->units[i]);
	if (label->len > LABEL_UNITS ||
		utf8_of_utf16(units, label->len, fs->label,
			sizeof(fs->label)) == SIZE_MAX)
		fs->label[0] = '\0';
}

int exfat_root(struct fs *fs, struct error *err)
{
	struct exfat *exfat = fs->priv;
	const struct upcase_entry *upcase;
	bool label = false, table = false;
	struct scan scan;
	const void *entry;
	uint8_t kind;
	int r;

	scan_start(&scan, fs->priv, &fs->root);
	while (!(label && table)) {
		r = fat_entries_next(&scan.entries, &entry, err);
		if (r <= 0)
			return r;
		kind = *(const uint8_t *)entry;
		if (kind == END)
			break;
		if (kind == LABEL && !label) {
			set_label(fs, entry);
			label = true;
		} else if (kind == UPCASE && !table) {
			upcase = entry;
			exfat->upcase.checksum = le32_get(upcase->checksum);
			exfat->upcase.cluster = le32_get(upcase->cluster);
			exfat->upcase.size = le64_get(upcase->size);
			table = true;
		}
	}
	return 0;
}
