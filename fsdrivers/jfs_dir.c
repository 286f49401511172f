/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jfs_dir.c - directories: listing one and looking a name up
 *
 * A directory is a tree of names whose root is in the inode.  The pages of its
 * lowest level lead to each other, so after the first nothing else is needed.
 * A page is cut into pieces of 32 bytes, a name takes as many as it needs, and
 * a table says in which order they begin.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "fsdrivers/jfs.h"
#include "src/base/utf8.h"

#define SLOT 32       /* bytes of a piece */
#define LEVELS_MAX 8  /* as Linux's MAXTREEHEIGHT */
#define UNITS_MAX 255 /* of a name, UTF-16 */
#define NO_SLOT 0xff
#define FLAG_LEAF 2

/* The first piece of the part in the inode. */
struct root_head {
	uint8_t unused1[16];
	uint8_t flags;
	uint8_t count; /* of names */
	uint8_t unused2[2];
	le32 parent;
	uint8_t order[8]; /* pieces in which names begin */
};

/* And of a page. */
struct page_head {
	le64 next; /* block of the page to the right, or 0 */
	le64 prev;
	uint8_t flags;
	uint8_t count;
	uint8_t free[2];
	uint8_t slots; /* pieces of the page */
	uint8_t order; /* the piece with which the table begins */
	uint8_t unused[10];
};

/* How a name begins in a leaf; elsewhere the inode is a page's place. */
struct entry {
	le32 inode;
	uint8_t next; /* piece with more of the name, or NO_SLOT */
	uint8_t len;  /* of the name, units */
	le16 name[11];
	le32 index; /* or two more units, if the file system has none */
};

struct inner_entry {
	struct jfs_pxd page;
	uint8_t unused[24];
};

struct more {
	uint8_t next;
	uint8_t len;
	le16 name[15];
};

static_assert(sizeof(struct root_head) == SLOT, "as in the format");
static_assert(sizeof(struct page_head) == SLOT, "as in the format");
static_assert(sizeof(struct entry) == SLOT, "as in the format");
static_assert(sizeof(struct inner_entry) == SLOT, "as in the format");
static_assert(sizeof(struct more) == SLOT, "as in the format");

/* A part of the tree of names; a copy, so that nothing can take it away. */
struct part {
	uint8_t data[JFS_PAGE];
	unsigned int slots;
	unsigned int count; /* of names */
	const uint8_t *order;
	uint8_t flags;
	uint64_t next;
};

/* A listing in progress. */
struct scan {
	struct jfs *jfs;
	struct part part;
	unsigned int index;
	uint32_t inode; /* of the last name */
	char name[FS_NAME_MAX + 1];
};

static int start_root(
	struct part *part, const struct jfs_inode *dir, struct error *err)
{
	const struct root_head *head = (const void *)part->data;

	memcpy(part->data, dir->raw + JFS_TREE_AT, JFS_TREE_SIZE);
	part->slots = JFS_TREE_SIZE / SLOT;
	part->count = head->count;
	part->order = head->order;
	part->flags = head->flags;
	part->next = 0;
	if (part->count > sizeof(head->order))
		return error_set(
			err, ERR_CORRUPT, "%u names in the inode", part->count);
	return 0;
}

static int start_page(
	struct jfs *jfs, struct part *part, uint64_t block, struct error *err)
{
	const struct page_head *head = (const void *)part->data;
	const uint8_t *page;

	if (block >> 40)
		return error_set(
			err, ERR_CORRUPT, "page at block 0x%" PRIx64, block);
	page = jfs_page(jfs, block, err);
	if (!page)
		return -1;
	memcpy(part->data, page, JFS_PAGE);
	part->slots = JFS_PAGE / SLOT;
	part->count = head->count;
	part->flags = head->flags;
	part->next = le64_get(head->next);
	/* a page without names would be a chain that nothing ends */
	if (part->count == 0 || head->order == 0 ||
		(size_t)head->order * SLOT + part->count > JFS_PAGE)
		return error_set(err, ERR_CORRUPT,
			"page at block 0x%" PRIx64 ": %u names, in the order "
			"of piece %u",
			block, part->count, head->order);
	part->order = part->data + (size_t)head->order * SLOT;
	return 0;
}

/* The piece of that number, or NULL. */
static const void *slot_of(const struct part *part, unsigned int number)
{
	if (number == 0 || number >= part->slots)
		return NULL;
	return part->data + (size_t)number * SLOT;
}

static int bad_piece(unsigned int number, struct error *err)
{
	return error_set(err, ERR_CORRUPT, "an entry in piece %u", number);
}

/* Go to the leftmost leaf. */
static int scan_start(struct scan *scan, struct jfs *jfs,
	const struct jfs_inode *dir, struct error *err)
{
	const struct inner_entry *first;
	struct part *part = &scan->part;
	unsigned int level;

	scan->jfs = jfs;
	scan->index = 0;
	if (start_root(part, dir, err) < 0)
		return -1;
	for (level = 0; !(part->flags & FLAG_LEAF); level++) {
		if (level == LEVELS_MAX || part->count == 0)
			return error_set(
				err, ERR_CORRUPT, "no leaf in the tree");
		first = slot_of(part, part->order[0]);
		if (!first)
			return bad_piece(part->order[0], err);
		if (start_page(jfs, part, jfs_pxd_block(&first->page), err) < 0)
			return -1;
	}
	return 0;
}

/* At most count units of a piece to those that are left. */
static size_t take_units(
	const le16 *from, size_t count, uint16_t *to, size_t left)
{
	size_t i;

	for (i = 0; i < count && i < left; i++)
		to[i] = le16_get(from[i]);
	return i;
}

/* All units of a name: how many, or 0 if its pieces lead nowhere. */
static size_t collect(const struct scan *scan, const struct entry *entry,
	uint16_t units[UNITS_MAX])
{
	/* without the index the name goes on in its place */
	size_t first = scan->jfs->indexed ? 11 : 13;
	size_t len = entry->len, done;
	const struct more *more;
	unsigned int next = entry->next;

	done = take_units(
		(const void *)((const uint8_t *)entry + 6), first, units, len);
	while (done < len) {
		more = slot_of(&scan->part, next);
		if (!more)
			return 0;
		done += take_units(more->name, 15, units + done, len - done);
		next = more->next;
	}
	return len;
}

/*
 * Linux by default makes a unit of every byte of a name: what is then UTF-8 is
 * a name, and otherwise the units are UTF-16.
 */
static bool name_of_bytes(
	const uint16_t *units, size_t len, char name[FS_NAME_MAX + 1])
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (units[i] > 0xff)
			return false;
		name[i] = (char)units[i];
	}
	name[len] = '\0';
	return utf8_valid(name, len) && fs_name_valid(name, len);
}

/* The next name: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	struct part *part = &scan->part;
	uint16_t units[UNITS_MAX];
	const struct entry *entry;
	unsigned int piece;
	size_t len;

	if (scan->index == part->count) {
		if (part->next == 0)
			return 0;
		if (start_page(scan->jfs, part, part->next, err) < 0)
			return -1;
		scan->index = 0;
	}
	piece = part->order[scan->index++];
	entry = slot_of(part, piece);
	if (!entry)
		return bad_piece(piece, err);
	len = collect(scan, entry, units);
	if (len == 0 ||
		(!name_of_bytes(units, len, scan->name) &&
			!fs_name_of_utf16(units, len, scan->name)))
		return error_set(
			err, ERR_CORRUPT, "an entry with a name that is none");
	scan->inode = le32_get(entry->inode);
	return 1;
}

int jfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct jfs *jfs = fs->priv;
	struct jfs_inode inode;
	struct fs_node node;
	struct scan scan;
	int r;

	if (jfs_inode_again(jfs, dir, &inode, err) < 0 ||
		scan_start(&scan, jfs, &inode, err) < 0)
		return -1;
	while ((r = scan_next(&scan, err)) > 0) {
		if (jfs_inode_read(jfs, scan.inode, &inode, err) < 0)
			return error_in(err, "\"%s\"", scan.name);
		node = jfs_node(&inode);
		r = visit(ctx, scan.name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

static bool is_same(const struct jfs *jfs, const char *a, const char *b)
{
	return (jfs->fold ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

int jfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct jfs *jfs = fs->priv;
	unsigned int count = 0;
	struct jfs_inode inode;
	struct scan scan;
	int r;

	if (jfs_inode_again(jfs, dir, &inode, err) < 0 ||
		scan_start(&scan, jfs, &inode, err) < 0)
		return -1;
	while ((r = scan_next(&scan, err)) > 0) {
		if (is_same(jfs, scan.name, name))
			break;
		if (++count == FS_DIR_MAX)
			return error_set(err, ERR_LIMIT,
				"a directory with more than %d names",
				FS_DIR_MAX);
	}
	if (r <= 0)
		return r;
	if (jfs_inode_read(jfs, scan.inode, &inode, err) < 0)
		return -1;
	*node = jfs_node(&inode);
	return 1;
}
