/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_dir.c - names: listing a directory and looking one up
 *
 * Few names stand in the inode.  More of them have blocks, which hold entries
 * and room between them; if there is only one block, its index is at its end,
 * and otherwise in blocks of its own, far behind.
 */
#include "fsdrivers/xfs.h"

#include <inttypes.h>
#include <string.h>

#include "src/fs/filemap.h"

/*
 * The size of FS_DIR_MAX names of the longest kind, bytes: a directory is read
 * to its end to find a name where there is no index, or a damaged one.
 */
#define DIR_SIZE_MAX (UINT64_C(272) * FS_DIR_MAX)

/* Magic numbers: a block of several, and one that is alone */
#define NAMES_MAGIC 0x58443244     /* "XD2D" */
#define NAMES_MAGIC_V5 0x58444433  /* "XDD3" */
#define SINGLE_MAGIC 0x58443242    /* "XD2B" */
#define SINGLE_MAGIC_V5 0x58444233 /* "XDB3" */

#define HEAD_SIZE 16
#define HEAD_SIZE_V5 64

static const struct xfs_marks names_marks = { 4, 24, 40 };

/* At the end of a block that is alone, behind its index. */
struct single_tail {
	be32 count; /* of 8 bytes each */
	be32 stale;
};

struct entry {
	be64 ino;
	uint8_t len;
	/* the name, its type if there are types, and up to a multiple of 8: */
};

#define ENTRY_FIXED 9 /* bytes of it */
#define ENTRY_TAG 2   /* bytes at its end: where it begins in the block */
#define ENTRY_ALIGN 8

struct room {
	be16 mark; /* ROOM_MARK, and so the start of no inode's number */
	be16 len;
};

#define ROOM_MARK 0xffff

/* Directories in the inode; the numbers of inodes have 4 bytes, or all 8. */
struct short_head {
	uint8_t count;
	uint8_t long_count; /* 0: all numbers are short */
	uint8_t parent[4];  /* or 8 */
};

#define SHORT_FIXED 3 /* bytes of an entry before its name: length, place */

uint8_t xfs_fold(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

enum xfs_match xfs_dirent_is(const struct xfs *xfs,
	const struct xfs_dirent *entry, const char *name, size_t len)
{
	size_t i;

	if (entry->len != len)
		return XFS_OTHER;
	if (memcmp(entry->name, name, len) == 0)
		return XFS_SAME;
	for (i = 0; xfs->fold && i < len; i++)
		if (xfs_fold((uint8_t)entry->name[i]) !=
			xfs_fold((uint8_t)name[i]))
			return XFS_OTHER;
	return xfs->fold ? XFS_FOLDED : XFS_OTHER;
}

/* Copies what is there of a block, and counts it. */
struct copied {
	struct filemap_copy copy;
	uint64_t bytes;
	const struct patches *patches; /* or NULL */
	bool patched;
};

static int copy_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct copied *copied = ctx;

	if (extent->vol != FS_HOLE) {
		copied->bytes += extent->len;
		copied->patched |= copied->patches &&
			patches_cover(
				copied->patches, extent->vol, extent->len);
	}
	return filemap_copy(&copied->copy, extent, err);
}

int xfs_dir_block(const struct xfs *xfs, const struct xfs_inode *dir,
	uint64_t off, uint8_t *block, struct error *err)
{
	struct copied copied = {
		.copy = { xfs->vol, off, block },
		.patches = xfs->patches,
	};

	if (xfs_map(xfs, dir, off, off + xfs->dir_size, copy_extent, &copied,
		    err) < 0)
		return -1;
	if (copied.bytes == 0)
		return 0;
	if (copied.bytes != xfs->dir_size)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 ": directory block at 0x%" PRIx64
			": a part of it is missing",
			dir->ino, off);
	if (copied.patched)
		xfs_renew_sum(xfs, block, xfs->dir_size);
	return 1;
}

/* Where the names of a block that is alone end, and its index begins. */
static int end_of_single(const struct xfs *xfs, const uint8_t *block,
	size_t begin, size_t *end, struct error *err)
{
	size_t tail_at = xfs->dir_size - sizeof(struct single_tail);
	const struct single_tail *tail = (const void *)(block + tail_at);
	uint32_t count = be32_get(tail->count);

	if (count > (tail_at - begin) / 8)
		return error_set(err, ERR_CORRUPT,
			"an index of %" PRIu32 " names", count);
	*end = tail_at - count * (size_t)8;
	return 0;
}

int xfs_dir_names(const struct xfs *xfs, const struct xfs_inode *dir,
	const uint8_t *block, size_t *begin, size_t *end, struct error *err)
{
	uint32_t magic = be32_get(*(const be32 *)(const void *)block);

	*begin = xfs->v5 ? HEAD_SIZE_V5 : HEAD_SIZE;
	*end = xfs->dir_size;
	if (magic != (xfs->v5 ? NAMES_MAGIC_V5 : NAMES_MAGIC) &&
		magic != (xfs->v5 ? SINGLE_MAGIC_V5 : SINGLE_MAGIC))
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (xfs_check_marks(
		    xfs, block, xfs->dir_size, &names_marks, dir->ino, err) < 0)
		return -1;
	if (magic == SINGLE_MAGIC || magic == SINGLE_MAGIC_V5)
		return end_of_single(xfs, block, *begin, end, err);
	return 0;
}

static int room_at(
	const uint8_t *block, size_t end, size_t *pos, struct error *err)
{
	const struct room *room = (const void *)(block + *pos);
	size_t len = be16_get(room->len);

	if (len == 0 || len % ENTRY_ALIGN != 0 || len > end - *pos)
		return error_set(err, ERR_CORRUPT, "room of %zu bytes at 0x%zx",
			len, *pos);
	*pos += len;
	return 0;
}

int xfs_dirent_at(const struct xfs *xfs, const uint8_t *block, size_t end,
	size_t *pos, struct xfs_dirent *entry, struct error *err)
{
	const struct entry *raw = (const void *)(block + *pos);
	const struct room *room = (const void *)raw;
	const be16 *tag;
	size_t len, size;

	if (end - *pos >= sizeof(*room) && be16_get(room->mark) == ROOM_MARK)
		return room_at(block, end, pos, err);
	len = end - *pos > ENTRY_FIXED ? raw->len : 0;
	size = len + ENTRY_FIXED + xfs->type_size + ENTRY_TAG;
	size = (size + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
	tag = len > 0 && size <= end - *pos
		? (const void *)(block + *pos + size - ENTRY_TAG)
		: NULL;
	if (!tag || be16_get(*tag) != *pos)
		return error_set(
			err, ERR_CORRUPT, "the entry at 0x%zx is broken", *pos);
	*entry = (struct xfs_dirent){
		.ino = be64_get(raw->ino),
		.len = (uint8_t)len,
		.name = (const char *)raw + ENTRY_FIXED,
	};
	if (xfs->type_size)
		entry->type = (uint8_t)entry->name[len];
	*pos += size;
	return 1;
}

/* Called per name but "." and ".."; 0 goes on, anything else stops. */
typedef int visit_entry(
	void *ctx, const struct xfs_dirent *entry, struct error *err);

struct scan {
	const struct xfs *xfs;
	const struct xfs_inode *dir;
	visit_entry *visit;
	void *ctx;
	bool stopped; /* by visit */
};

static bool is_dot(const struct xfs_dirent *entry)
{
	return entry->name[0] == '.' &&
		(entry->len == 1 || (entry->len == 2 && entry->name[1] == '.'));
}

static int scan_entry(
	struct scan *scan, const struct xfs_dirent *entry, struct error *err)
{
	int r = is_dot(entry) ? 0 : scan->visit(scan->ctx, entry, err);

	scan->stopped = r != 0;
	return r;
}

static uint64_t short_ino(const uint8_t *at, size_t size)
{
	uint64_t ino = 0;

	while (size-- > 0)
		ino = ino << 8 | *at++;
	return ino;
}

static int scan_short(struct scan *scan, struct error *err)
{
	const struct xfs_inode *dir = scan->dir;
	struct bytes all = { dir->data, dir->data_size };
	const struct short_head *head = bytes_at(all, 0, sizeof(*head));
	size_t size = head && head->long_count ? 8 : 4, pos = 2 + size, behind;
	struct xfs_dirent entry;
	unsigned int i;
	const uint8_t *raw;
	int r = 0;

	for (i = 0; head && i < head->count && r == 0; i++) {
		raw = bytes_at(all, pos, SHORT_FIXED);
		entry.len = raw ? *raw : 0;
		behind = pos + SHORT_FIXED + entry.len;
		raw = bytes_at(all, pos,
			SHORT_FIXED + entry.len + scan->xfs->type_size + size);
		if (!raw || entry.len == 0)
			return error_set(err, ERR_CORRUPT,
				"entry %u of %u is broken", i, head->count);
		entry.name = (const char *)raw + SHORT_FIXED;
		entry.type = scan->xfs->type_size ? all.data[behind] : 0;
		behind += scan->xfs->type_size;
		entry.ino = short_ino(all.data + behind, size);
		pos = behind + size;
		r = scan_entry(scan, &entry, err);
	}
	return r;
}

static int scan_block(struct scan *scan, uint64_t off, struct error *err)
{
	const struct xfs *xfs = scan->xfs;
	uint8_t block[XFS_BLOCK_MAX];
	struct xfs_dirent entry;
	size_t pos, end;
	int r = xfs_dir_block(xfs, scan->dir, off, block, err);

	if (r <= 0)
		return r;
	r = xfs_dir_names(xfs, scan->dir, block, &pos, &end, err);
	while (r == 0 && pos < end) {
		r = xfs_dirent_at(xfs, block, end, &pos, &entry, err);
		if (r > 0)
			r = scan_entry(scan, &entry, err);
	}
	if (r < 0 && !scan->stopped)
		return error_in(err, "directory block at 0x%" PRIx64, off);
	return r;
}

static int scan_blocks(struct scan *scan, struct error *err)
{
	const struct xfs_inode *dir = scan->dir;
	uint64_t off;
	int r = 0;

	if (dir->size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu64 " bytes",
			DIR_SIZE_MAX);
	for (off = 0; off < dir->size && r == 0; off += scan->xfs->dir_size)
		r = scan_block(scan, off, err);
	return r;
}

static int scan_dir(struct scan *scan, struct error *err)
{
	int r = scan->dir->format == XFS_LOCAL ? scan_short(scan, err)
					       : scan_blocks(scan, err);

	if (r < 0 && !scan->stopped)
		return error_in(err, "inode %" PRIu64, scan->dir->ino);
	return r;
}

static int load_dir(const struct xfs *xfs, const struct fs_node *node,
	struct xfs_inode *dir, struct error *err)
{
	if (xfs_inode_read(xfs, node->id, dir, err) < 0)
		return -1;
	if (dir->type != FS_DIR)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 " is no longer a directory", dir->ino);
	return 0;
}

static int make_node(const struct xfs *xfs, uint64_t ino, struct fs_node *node,
	struct error *err)
{
	struct xfs_inode inode;

	if (xfs_inode_read(xfs, ino, &inode, err) < 0)
		return -1;
	*node = xfs_node(&inode);
	return 0;
}

struct listing {
	const struct xfs *xfs;
	fs_visit *visit;
	void *ctx;
};

/* Types next to names, as the format has them */
enum { TYPE_UNKNOWN, TYPE_DEVICE = 3, TYPE_SOCKET = 6 };

static int list_entry(
	void *ctx, const struct xfs_dirent *entry, struct error *err)
{
	const struct listing *list = ctx;
	struct fs_node node = { .type = FS_OTHER, .id = entry->ino };
	char name[FS_NAME_MAX + 1];

	if (!fs_name_valid(entry->name, entry->len))
		return error_set(err, ERR_CORRUPT, "a name with NUL or slash");
	memcpy(name, entry->name, entry->len);
	name[entry->len] = '\0';
	/* of devices, FIFOs and sockets nobody wants to know more */
	if ((entry->type < TYPE_DEVICE || entry->type > TYPE_SOCKET) &&
		make_node(list->xfs, entry->ino, &node, err) < 0)
		return error_in(err, "%s", name);
	return list->visit(list->ctx, name, &node, err);
}

int xfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct listing list = { fs->priv, visit, ctx };
	struct xfs_inode inode;
	struct scan scan = {
		.xfs = fs->priv,
		.dir = &inode,
		.visit = list_entry,
		.ctx = &list,
	};

	if (load_dir(fs->priv, dir, &inode, err) < 0)
		return -1;
	return scan_dir(&scan, err);
}

struct search {
	const struct xfs *xfs;
	const char *name;
	size_t len;
	enum xfs_match match; /* the best so far */
	uint64_t ino;
};

static int search_entry(
	void *ctx, const struct xfs_dirent *entry, struct error *err)
{
	struct search *search = ctx;
	enum xfs_match match =
		xfs_dirent_is(search->xfs, entry, search->name, search->len);

	(void)err;
	if (match > search->match) {
		search->match = match;
		search->ino = entry->ino;
	}
	return match == XFS_SAME;
}

/* From the first name to the last; in one block an index saves nothing. */
static int search_all(const struct xfs *xfs, const struct xfs_inode *dir,
	const char *name, uint64_t *ino, struct error *err)
{
	struct search search = { xfs, name, strlen(name), XFS_OTHER, 0 };
	struct scan scan = {
		.xfs = xfs,
		.dir = dir,
		.visit = search_entry,
		.ctx = &search,
	};

	if (scan_dir(&scan, err) < 0)
		return -1;
	*ino = search.ino;
	return search.match != XFS_OTHER;
}

int xfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	const struct xfs *xfs = fs->priv;
	enum xfs_answer answer = XFS_CANNOT_TELL;
	struct xfs_inode inode;
	uint64_t ino;
	int found;

	if (load_dir(xfs, dir, &inode, err) < 0)
		return -1;
	if (inode.format != XFS_LOCAL && inode.size > xfs->dir_size)
		answer = xfs_index_lookup(
			xfs, &inode, name, strlen(name), &ino, err);
	found = answer == XFS_CANNOT_TELL
		? search_all(xfs, &inode, name, &ino, err)
		: answer == XFS_FOUND;
	if (found > 0 && make_node(xfs, ino, node, err) < 0)
		return -1;
	return found;
}
