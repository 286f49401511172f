/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660_dir.c - directories: listing one and looking a name up
 *
 * A name is, in this order, that of Rock Ridge, that of Joliet, or the plain
 * one, which is shown as GRUB and Linux show it: in lower case, without the
 * version and without a dot at its end.  Names of Rock Ridge are looked up as
 * they are, plain ones without regard to case: so do GRUB 2.06 and isolinux
 * 6.04.  In those of Joliet case does not matter either, as in Linux; GRUB
 * would have it matter, and isolinux reads the plain names behind them.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/iso9660.h"
#include "src/base/text.h"

/*
 * The size of FS_DIR_MAX names of the longest kind, bytes: the end of reading
 * also in a directory that has none.
 */
#define DIR_SIZE_MAX ((uint64_t)ISO_RECORD_MAX * FS_DIR_MAX)

#define JOLIET_UNITS_MAX (ISO_RECORD_MAX / 2)

struct scan {
	struct iso9660 *iso;
	uint64_t next; /* where the next record may be, in the volume */
	uint64_t end;
};

/* A file or directory: its first record, and what all of them say. */
struct entry {
	struct iso_record record;
	uint64_t size; /* bytes */
	enum iso_kind kind;
	struct iso_rock rock; /* if there is Rock Ridge */
	bool broken;          /* it could not be read to its end... */
	struct error why;     /* ...because of this */
	char name[FS_NAME_MAX + 1];
	bool exact; /* case matters */
};

static int scan_start(struct scan *scan, struct iso9660 *iso,
	const struct fs_node *dir, struct error *err)
{
	if (dir->size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of %" PRIu64
			" bytes, the limit is %" PRIu64,
			dir->size, DIR_SIZE_MAX);
	if (iso_kind(dir) != ISO_PLAIN)
		return error_set(err, ERR_CORRUPT,
			"a directory whose records are not in one piece");
	scan->iso = iso;
	scan->next = iso_data(dir);
	scan->end = scan->next + dir->size;
	return 0;
}

static int next_record(
	struct scan *scan, struct iso_record *record, struct error *err)
{
	int r = iso_record_next(scan->iso, scan->next, scan->end, record, err);

	if (r > 0)
		scan->next = record->at + iso_dirent(record)->len;
	return r;
}

static bool is_interleaved(const struct iso_dirent *dirent)
{
	return dirent->unit != 0 || dirent->gap != 0;
}

/* The sizes of all parts: 4 GiB each, and each has a record: 63 bits are many
 */
static int add_parts(struct scan *scan, struct entry *entry, struct error *err)
{
	const struct iso_dirent *dirent = iso_dirent(&entry->record);
	struct iso_record part;
	int r;

	entry->size = iso_get(scan->iso, &dirent->size);
	entry->kind = is_interleaved(dirent) ? ISO_INTERLEAVED : ISO_PLAIN;
	while (dirent->flags & ISO_CONTINUES) {
		r = next_record(scan, &part, err);
		if (r < 0)
			return -1;
		if (r == 0)
			return error_set(err, ERR_CORRUPT,
				"directory record at 0x%" PRIx64
				": the directory ends before the file does",
				entry->record.at);
		dirent = iso_dirent(&part);
		entry->size += iso_get(scan->iso, &dirent->size);
		if (entry->kind == ISO_PLAIN)
			entry->kind = ISO_IN_PARTS;
		if (is_interleaved(dirent))
			entry->kind = ISO_INTERLEAVED;
	}
	return 0;
}

/* What GRUB shows: nothing from the last semicolon on. */
static size_t without_version(const char *name, size_t len)
{
	const char *version = memrchr(name, ';', len);

	return version ? (size_t)(version - name) : len;
}

static bool joliet_name(
	const struct iso_record *record, char name[FS_NAME_MAX + 1])
{
	const be16 *raw = (const void *)iso_name(record);
	size_t len = iso_dirent(record)->name_len / 2, i;
	uint16_t units[JOLIET_UNITS_MAX];

	for (i = 0; i < len; i++)
		units[i] = be16_get(raw[i]);
	if (!fs_name_of_utf16(units, len, name))
		return false;
	len = without_version(name, strlen(name));
	name[len] = '\0';
	return fs_name_valid(name, len);
}

static bool plain_name(
	const struct iso_record *record, char name[FS_NAME_MAX + 1])
{
	const char *raw = (const char *)iso_name(record);
	size_t len = without_version(raw, iso_dirent(record)->name_len), i;

	if (len > 0 && raw[len - 1] == '.')
		len--;
	for (i = 0; i < len; i++) {
		name[i] = raw[i];
		if (raw[i] >= 'A' && raw[i] <= 'Z')
			name[i] = (char)(raw[i] + 'a' - 'A');
		else if (raw[i] == '/') /* as Linux; seen on discs of Acorn's */
			name[i] = '.';
	}
	name[len] = '\0';
	return fs_name_valid(name, len);
}

/* false: it is none that may be shown. */
static bool set_name(const struct iso9660 *iso, struct entry *entry)
{
	entry->exact = iso->rock && entry->rock.name_len > 0 &&
		!(entry->broken && entry->rock.name_goes_on);
	if (entry->exact) {
		memcpy(entry->name, entry->rock.name, entry->rock.name_len + 1);
		return fs_name_valid(entry->name, entry->rock.name_len);
	}
	return iso->joliet ? joliet_name(&entry->record, entry->name)
			   : plain_name(&entry->record, entry->name);
}

/* Is it the disk or the host that fails, and not one file that is broken? */
static bool is_fatal(const struct error *err)
{
	return err->code == ERR_IO || err->code == ERR_SYSTEM;
}

/*
 * genisoimage breaks what it writes of links with long targets.  All other
 * files of the directory can be had nevertheless, as in Linux.
 */
static int read_rock(
	struct iso9660 *iso, struct entry *entry, struct error *err)
{
	entry->broken =
		iso_rock_read(iso, &entry->record, &entry->rock, err) < 0;
	if (!entry->broken)
		return 0;
	if (is_fatal(err))
		return -1;
	entry->why = *err;
	return 0;
}

/* The next file or directory: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct entry *entry, struct error *err)
{
	struct iso9660 *iso = scan->iso;
	int r;

	while ((r = next_record(scan, &entry->record, err)) > 0) {
		if (iso_record_is_self(&entry->record) ||
			iso_record_is_parent(&entry->record) ||
			iso_dirent(&entry->record)->flags & ISO_ASSOCIATED)
			continue;
		if (add_parts(scan, entry, err) < 0)
			return -1;
		entry->broken = false;
		if (!iso->rock)
			return 1;
		if (read_rock(iso, entry, err) < 0)
			return -1;
		if (!entry->rock.relocated)
			return 1;
	}
	return r;
}

static enum fs_type type_of(
	const struct entry *entry, const struct iso9660 *iso)
{
	bool is_dir = iso_dirent(&entry->record)->flags & ISO_DIRECTORY;
	uint32_t mode = iso->rock ? entry->rock.mode & S_IFMT : 0;

	if (mode == 0)
		return is_dir ? FS_DIR : FS_FILE;
	return fs_type_of_mode(mode);
}

/* A directory kept elsewhere, whose size only its own first record has. */
static int set_child(struct iso9660 *iso, uint32_t block, struct fs_node *node,
	struct error *err)
{
	uint64_t at = iso_block_at(iso, block);
	struct iso_record self;
	int r = iso_record_next(iso, at, at + iso->sector, &self, err);

	if (r > 0 && (self.at != at || !iso_record_is_self(&self)))
		r = 0;
	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"no relocated directory at 0x%" PRIx64, at);
	if (r < 0)
		return error_in(err, "relocated directory");
	node->type = FS_DIR;
	node->size = iso_get(iso, &iso_dirent(&self)->size);
	node->aux[0] = at;
	return 0;
}

static int set_rock(struct iso9660 *iso, const struct iso_rock *rock,
	struct fs_node *node, enum iso_kind *kind, struct error *err)
{
	if (rock->has_time)
		node->mtime = rock->mtime;
	if (rock->has_child)
		return set_child(iso, rock->child, node, err);
	if (node->type == FS_SYMLINK)
		node->size = rock->target_len;
	if (node->type != FS_FILE)
		return 0;
	if (rock->sparse)
		*kind = ISO_SPARSE;
	if (rock->packed != ISO_PLAIN) {
		*kind = *kind == ISO_PLAIN ? rock->packed : ISO_ZISOFS2;
		node->size = rock->unpacked;
	}
	return 0;
}

/* On failure the node has at least an id. */
static int set_node(const struct scan *scan, const struct entry *entry,
	struct fs_node *node, struct error *err)
{
	struct iso9660 *iso = scan->iso;
	enum iso_kind kind = entry->kind;
	int r = 0;

	*node = (struct fs_node){
		.type = type_of(entry, iso),
		.size = entry->size,
		.mtime = iso_seconds(&iso_dirent(&entry->record)->time),
		.id = entry->record.at,
		.aux = { iso_record_data(iso, &entry->record) },
	};
	if (entry->broken) {
		*err = entry->why;
		r = -1;
	} else if (iso->rock) {
		r = set_rock(iso, &entry->rock, node, &kind, err);
	}
	if (r < 0)
		return error_in(err, "directory record at 0x%" PRIx64,
			entry->record.at);
	node->aux[1] = (uint64_t)kind | scan->end << 8;
	return 0;
}

int iso_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct fs_node node;
	struct entry entry;
	struct scan scan;
	int r;

	if (scan_start(&scan, fs->priv, dir, err) < 0)
		return -1;
	while ((r = scan_next(&scan, &entry, err)) > 0) {
		if (!set_name(scan.iso, &entry))
			return error_set(err, ERR_CORRUPT,
				"directory record at 0x%" PRIx64
				": has no name that can be one",
				entry.record.at);
		if (set_node(&scan, &entry, &node, err) < 0) {
			if (is_fatal(err))
				return -1;
			/* who looks it up is told why */
			node.type = FS_OTHER;
		}
		r = visit(ctx, entry.name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

/* Joliet may have both names: then the one that is the same to the letter. */
int iso_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct entry entry;
	bool found = false;
	struct scan scan;
	int r;

	if (scan_start(&scan, fs->priv, dir, err) < 0)
		return -1;
	while ((r = scan_next(&scan, &entry, err)) > 0) {
		bool same;

		if (!set_name(scan.iso, &entry))
			continue;
		same = strcmp(entry.name, name) == 0;
		if (!same &&
			(entry.exact || found ||
				!text_is_nocase(text_of(entry.name), name)))
			continue;
		if (set_node(&scan, &entry, node, err) < 0)
			return -1;
		if (same)
			return 1;
		found = true;
	}
	return r < 0 ? -1 : found;
}
