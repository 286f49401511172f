/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hfsplus_catalog.c - names and files of HFS+
 *
 * A folder's names follow each other in the catalogue, sorted by rules of which
 * there are three.  They are looked through from the first on: which two are
 * equal is enough to know then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/hfsplus.h"
#include "src/base/utf8.h"

#define EPOCH INT64_C(2082844800) /* 1904 to 1970, seconds */

enum { FOLDER = 1, FILE_RECORD = 2 };

/* Finder's types and creators */
#define TYPE_LINK 0x686c6e6b    /* "hlnk": an entry of one file of many names */
#define CREATOR_LINK 0x6866732b /* "hfs+" */
#define TYPE_FOLDER_LINK 0x66647270    /* "fdrp" */
#define CREATOR_FOLDER_LINK 0x4d414353 /* "MACS" */
#define TYPE_SYMLINK 0x736c6e6b        /* "slnk" */

#define FLAG_COMPRESSED 0x20 /* of the owner: the data are an attribute */

/* Folder and file, the latter with two forks behind it. */
struct raw_entry {
	be16 kind;
	be16 flags;
	be32 valence;
	be32 id;
	be32 created;
	be32 modified;
	be32 unused1[3];
	be32 owner;
	be32 group;
	uint8_t admin_flags;
	uint8_t owner_flags;
	be16 mode;
	be32 special; /* number of what a link is for */
	be32 type;
	be32 creator;
	uint8_t unused2[32];
};

struct raw_file {
	struct raw_entry entry;
	struct hfsplus_raw_fork data;
	struct hfsplus_raw_fork resources;
};

_Static_assert(sizeof(struct raw_entry) == 88, "as the format has it");
_Static_assert(sizeof(struct raw_file) == 248, "as the format has it");

/* A record of a folder's. */
struct entry {
	struct raw_file raw; /* of a folder only the first part */
	uint64_t place;
	char name[FS_NAME_MAX + 1]; /* "": too long for one, or no UTF-16 */
};

/* Called per entry; as hfsplus_visit. */
typedef int visit_entry(
	void *ctx, const struct entry *entry, struct error *err);

struct scan {
	uint32_t folder;
	visit_entry *visit;
	void *ctx;
	bool ended; /* what comes is another folder's */
};

/*
 * What is a slash here is a colon to Unix, and the other way round; Linux shows
 * a NUL as U+2400.
 */
static void take_name(const struct hfsplus_record *record, struct entry *entry)
{
	const be16 *raw = (const void *)(record->raw.data + 4);
	uint16_t units[HFSPLUS_NAME_MAX];
	size_t len = be16_get(raw[0]), i;

	entry->name[0] = '\0';
	if (len > HFSPLUS_NAME_MAX || 6 + 2 * len > record->raw.len)
		return;
	for (i = 0; i < len; i++) {
		units[i] = be16_get(raw[1 + i]);
		if (units[i] == '/')
			units[i] = ':';
		else if (units[i] == 0)
			units[i] = 0x2400;
	}
	if (!fs_name_of_utf16(units, len, entry->name))
		entry->name[0] = '\0';
}

static int scan_record(
	void *ctx, const struct hfsplus_record *record, struct error *err)
{
	struct scan *scan = ctx;
	struct entry entry;
	unsigned int kind;
	size_t size;

	scan->ended = record->key.first != scan->folder;
	if (scan->ended)
		return 1;
	kind = be16_get(*(const be16 *)(const void *)record->data.data);
	if (kind != FOLDER && kind != FILE_RECORD)
		return 0; /* who is above this folder, or a file's thread */
	size = kind == FOLDER ? sizeof(entry.raw.entry) : sizeof(entry.raw);
	if (record->data.len < size)
		return error_set(err, ERR_CORRUPT,
			"a record of %zu bytes in the catalogue",
			record->data.len);
	memset(&entry.raw, 0, sizeof(entry.raw));
	memcpy(&entry.raw, record->data.data, size);
	entry.place = record->place;
	take_name(record, &entry);
	return scan->visit(scan->ctx, &entry, err);
}

/* Every name of a folder: 0, or what visit returned. */
static int scan_folder(struct hfsplus *hfs, uint32_t folder, visit_entry *visit,
	void *ctx, struct error *err)
{
	struct scan scan = { folder, visit, ctx, false };
	int r = hfsplus_tree_walk(hfs, &hfs->catalog,
		(struct hfsplus_key){ folder, 0 }, scan_record, &scan, err);

	return scan.ended ? 0 : r;
}

/* Files and folders of several names */

#define NUL4 "\xe2\x90\x80\xe2\x90\x80\xe2\x90\x80\xe2\x90\x80"
#define LINKS_FOLDER NUL4 "HFS+ Private Data"
#define FOLDER_LINKS_FOLDER ".HFS+ Private Directory Data\r"

struct wanted {
	const char *name;
	struct entry *entry;
	bool found;
};

static int compare_plain(
	void *ctx, const struct entry *entry, struct error *err)
{
	struct wanted *wanted = ctx;

	(void)err;
	wanted->found = strcmp(entry->name, wanted->name) == 0;
	if (wanted->found)
		*wanted->entry = *entry;
	return wanted->found;
}

/* Exactly that name: 1 and the entry, 0 if it is not there. */
static int find_plain(struct hfsplus *hfs, uint32_t folder, const char *name,
	struct entry *entry, struct error *err)
{
	struct wanted wanted = { name, entry, false };

	if (scan_folder(hfs, folder, compare_plain, &wanted, err) < 0)
		return -1;
	return wanted.found;
}

/*
 * A file of many names is kept once, with a number for its name, in a folder of
 * the root that nobody sees; so are folders.
 */
static int follow_link(struct hfsplus *hfs, struct entry *entry,
	const char *folder, const char *kind, struct error *err)
{
	uint32_t number = be32_get(entry->raw.entry.special);
	struct entry found;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "%s%" PRIu32, kind, number);
	r = find_plain(hfs, HFSPLUS_ROOT, folder, &found, err);
	if (r > 0)
		r = find_plain(
			hfs, be32_get(found.raw.entry.id), name, &found, err);
	if (r < 0)
		return -1;
	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"a link to %s, which is not there", name);
	entry->raw = found.raw;
	entry->place = found.place;
	return 0;
}

static int resolve(struct hfsplus *hfs, struct entry *entry, struct error *err)
{
	uint32_t type = be32_get(entry->raw.entry.type);
	uint32_t creator = be32_get(entry->raw.entry.creator);

	if (be16_get(entry->raw.entry.kind) != FILE_RECORD)
		return 0;
	if (type == TYPE_LINK && creator == CREATOR_LINK)
		return follow_link(hfs, entry, LINKS_FOLDER, "iNode", err);
	if (type == TYPE_FOLDER_LINK && creator == CREATOR_FOLDER_LINK)
		return follow_link(
			hfs, entry, FOLDER_LINKS_FOLDER, "dir_", err);
	return 0;
}

/* Nodes */

static enum fs_type type_of(const struct raw_entry *raw)
{
	if (be16_get(raw->kind) == FOLDER)
		return FS_DIR;
	switch (be16_get(raw->mode) & S_IFMT) {
	case 0: /* Mac OS before X had no modes */
		return be32_get(raw->type) == TYPE_SYMLINK ? FS_SYMLINK
							   : FS_FILE;
	case S_IFREG:
		return FS_FILE;
	case S_IFLNK:
		return FS_SYMLINK;
	default:
		return FS_OTHER;
	}
}

static struct fs_node node_of(const struct entry *entry)
{
	const struct raw_entry *raw = &entry->raw.entry;
	struct fs_node node = {
		.type = type_of(raw),
		.mtime = be32_get(raw->modified) - EPOCH,
		.id = be32_get(raw->id),
		.aux = { entry->place },
	};

	if (node.type != FS_DIR)
		node.size = be64_get(entry->raw.data.size);
	return node;
}

struct listing {
	struct hfsplus *hfs;
	bool root;
	fs_visit *visit;
	void *ctx;
};

static bool is_hidden(const struct listing *list, const char *name)
{
	return list->root &&
		(strcmp(name, LINKS_FOLDER) == 0 ||
			strcmp(name, FOLDER_LINKS_FOLDER) == 0);
}

static int list_entry(void *ctx, const struct entry *entry, struct error *err)
{
	struct listing *list = ctx;
	struct entry real = *entry;
	struct fs_node node;

	if (entry->name[0] == '\0' || is_hidden(list, entry->name))
		return 0;
	if (resolve(list->hfs, &real, err) < 0)
		return error_in(err, "%s", entry->name);
	node = node_of(&real);
	return list->visit(list->ctx, entry->name, &node, err);
}

int hfsplus_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct listing list = { fs->priv, dir->id == HFSPLUS_ROOT, visit, ctx };

	return scan_folder(fs->priv, (uint32_t)dir->id, list_entry, &list, err);
}

struct search {
	struct hfsplus *hfs;
	struct hfsplus_name name;
	struct entry entry;
	bool found;
};

static int compare_entry(
	void *ctx, const struct entry *entry, struct error *err)
{
	struct search *search = ctx;
	struct hfsplus_name name;

	(void)err;
	search->found =
		hfsplus_name_fold(entry->name, search->hfs->binary, &name) &&
		name.len == search->name.len &&
		memcmp(name.units, search->name.units,
			name.len * sizeof(name.units[0])) == 0;
	if (search->found)
		search->entry = *entry;
	return search->found;
}

int hfsplus_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct search search = { .hfs = fs->priv };

	if (!hfsplus_name_fold(name, search.hfs->binary, &search.name))
		return 0;
	if (scan_folder(search.hfs, (uint32_t)dir->id, compare_entry, &search,
		    err) < 0)
		return -1;
	if (!search.found)
		return 0;
	if (resolve(search.hfs, &search.entry, err) < 0)
		return -1;
	*node = node_of(&search.entry);
	return 1;
}

int hfsplus_load(struct hfsplus *hfs, const struct fs_node *node,
	struct hfsplus_fork *fork, struct error *err)
{
	uint8_t raw[HFSPLUS_NODE_MAX];
	const struct raw_file *file;
	struct hfsplus_record record;

	if (hfsplus_tree_record(
		    hfs, &hfs->catalog, node->aux[0], raw, &record, err) < 0)
		return -1;
	file = bytes_at(record.data, 0, sizeof(*file));
	if (!file || be16_get(file->entry.kind) != FILE_RECORD ||
		be32_get(file->entry.id) != node->id ||
		be64_get(file->data.size) != node->size)
		return error_set(err, ERR_CORRUPT,
			"file %" PRIu64 ": changed while it was read",
			node->id);
	if (file->entry.owner_flags & FLAG_COMPRESSED)
		return error_set(err, ERR_UNSUPPORTED,
			"is compressed (file %" PRIu64 ")", node->id);
	return hfsplus_fork_take(
		hfs, fork, (uint32_t)node->id, &file->data, err);
}

static int take_root(void *ctx, const struct entry *entry, struct error *err)
{
	struct entry *root = ctx;

	(void)err;
	if (be32_get(entry->raw.entry.id) != HFSPLUS_ROOT)
		return 0;
	*root = *entry;
	return 1;
}

int hfsplus_root(struct fs *fs, struct hfsplus *hfs, struct error *err)
{
	struct entry root = { .place = UINT64_MAX };

	if (scan_folder(hfs, HFSPLUS_ABOVE_ROOT, take_root, &root, err) < 0)
		return -1;
	fs->root = node_of(&root);
	if (root.place == UINT64_MAX || fs->root.type != FS_DIR)
		return error_set(err, ERR_CORRUPT, "there is no root folder");
	snprintf(fs->label, sizeof(fs->label), "%s", root.name);
	return 0;
}
