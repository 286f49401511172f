/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs_data.c - contents of files, and where they are
 *
 * The inode has the addresses of the first blocks, then numbers of two nodes
 * with more, of two with numbers of such, and of one that is a level higher.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/f2fs.h"
#include "src/fs/filemap.h"

#define NIDS_NODE 1018
#define EXTENTS_MAX (1 << 20) /* of a file: 4 GiB of single blocks */

static const le32 *words(const uint8_t *node, unsigned int at)
{
	return (const le32 *)(const void *)(node + at);
}

/* The run that begins with address i of so many in a node. */
static void count_run(
	const le32 *addrs, uint64_t i, uint64_t end, struct f2fs_run *run)
{
	uint32_t step = 1, next = le32_get(addrs[i]);

	run->address = next;
	if (next == F2FS_HOLE || next == F2FS_NEW || next == F2FS_COMPRESSED)
		step = 0;
	for (run->count = 1; ++i < end; run->count++) {
		next += step;
		if (le32_get(addrs[i]) != next)
			break;
	}
}

/* From one of the inode's five numbers down to a node with addresses. */
static int descend(struct f2fs *f2fs, const struct f2fs_inode *inode,
	unsigned int which, uint64_t span, uint64_t index, struct f2fs_run *run,
	struct error *err)
{
	uint32_t nid = inode->nids[which];
	const uint8_t *node;

	for (;; span /= NIDS_NODE) {
		if (nid == 0) {
			*run = (struct f2fs_run){ F2FS_HOLE, span - index };
			return 0;
		}
		node = f2fs_node_get(f2fs, nid, inode->ino, err);
		if (!node)
			return -1;
		if (span == inode->addrs_node)
			break;
		nid = le32_get(words(node, 0)[index / (span / NIDS_NODE)]);
		index %= span / NIDS_NODE;
	}
	count_run(words(node, 0), index, span, run);
	return 0;
}

int f2fs_run_find(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t index, struct f2fs_run *run, struct error *err)
{
	uint64_t span = inode->addrs_node, left;
	const uint8_t *node;
	unsigned int i;

	if (index < inode->addrs) {
		node = f2fs_node_get(f2fs, inode->ino, inode->ino, err);
		if (!node)
			return -1;
		count_run(
			words(node, inode->addrs_at), index, inode->addrs, run);
		return 0;
	}
	left = index - inode->addrs;
	for (i = 0; i < 5; i++) {
		if (i == 2 || i == 4)
			span *= NIDS_NODE;
		if (left < span)
			return descend(f2fs, inode, i, span, left, run, err);
		left -= span;
	}
	return error_set(err, ERR_CORRUPT,
		"block %" PRIu64 " of inode %" PRIu32
		" is more than one can have",
		index, inode->ino);
}

/* Where a run lies, bytes, or FS_HOLE. */
static int place_of(const struct f2fs *f2fs, const struct f2fs_run *run,
	uint64_t *at, struct error *err)
{
	*at = FS_HOLE;
	if (run->address == F2FS_HOLE || run->address == F2FS_NEW)
		return 0;
	*at = (uint64_t)run->address << F2FS_BLOCK_BITS;
	if (run->address < f2fs->main || run->address == F2FS_COMPRESSED)
		return error_set(err, ERR_CORRUPT,
			"its block 0x%" PRIx32 " is none of data",
			run->address);
	if (f2fs->many_devices && *at >= f2fs->vol->size)
		return error_set(err, ERR_UNSUPPORTED,
			"its block 0x%" PRIx32 " is on another device",
			run->address);
	return 0;
}

/* The extent that begins at off, of a file in blocks. */
static int find_extent(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, struct fs_extent *extent, struct error *err)
{
	uint64_t skip = off % F2FS_BLOCK;
	struct f2fs_run run;

	if (f2fs_run_find(f2fs, inode, off / F2FS_BLOCK, &run, err) < 0 ||
		place_of(f2fs, &run, &extent->vol, err) < 0)
		return -1;
	extent->file = off;
	extent->len = run.count * F2FS_BLOCK - skip;
	if (extent->len > inode->size - off)
		extent->len = inode->size - off;
	if (extent->vol != FS_HOLE)
		extent->vol += skip;
	return 0;
}

static int read_inline(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	const uint8_t *node;

	if (inode->size > inode->inline_size)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu32 ": %" PRIu64
			" bytes where %u have room",
			inode->ino, inode->size, inode->inline_size);
	if (!inode->written) {
		memset(buf, 0, len);
		return 0;
	}
	node = f2fs_node_get(f2fs, inode->ino, inode->ino, err);
	if (!node)
		return -1;
	memcpy(buf, node + inode->inline_at + off, len);
	return 0;
}

int f2fs_inode_data(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct fs_extent extent;
	uint8_t *to = buf;
	size_t n;

	if (inode->inline_data)
		return read_inline(f2fs, inode, off, buf, len, err);
	for (; len > 0; off += n, to += n, len -= n) {
		n = len;
		if (inode->compressed) {
			if (f2fs_cluster_read(f2fs, inode, off, to, &n, err) <
				0)
				return -1;
			continue;
		}
		if (find_extent(f2fs, inode, off, &extent, err) < 0)
			return -1;
		if (n > extent.len)
			n = (size_t)extent.len;
		if (extent.vol == FS_HOLE)
			memset(to, 0, n);
		else if (volume_read(f2fs->vol, extent.vol, to, n, err) < 0)
			return -1;
	}
	return 0;
}

static int inode_again(struct f2fs *f2fs, const struct fs_node *node,
	struct f2fs_inode *inode, struct error *err)
{
	if (f2fs_inode_read(f2fs, node->id, inode, err) < 0)
		return -1;
	if (fs_node_check(node, inode->type, inode->size, err) < 0)
		return -1;
	if (inode->encrypted)
		return error_set(err, ERR_UNSUPPORTED, "it is encrypted");
	return 0;
}

int f2fs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct f2fs_inode inode;

	if (len == 0)
		return 0;
	if (inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	return f2fs_inode_data(fs->priv, &inode, off, buf, len, err);
}

int f2fs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct f2fs_inode inode;
	struct fs_extent extent;
	struct filemap map;
	unsigned int left = EXTENTS_MAX;
	uint64_t off;
	int r;

	if (inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	if (inode.inline_data || inode.compressed)
		return 1;
	filemap_start(&map, 0, inode.size, visit, ctx);
	for (off = 0; off < inode.size; off += extent.len) {
		if (left-- == 0)
			return error_set(err, ERR_LIMIT,
				"a file of more than %d extents", EXTENTS_MAX);
		if (find_extent(fs->priv, &inode, off, &extent, err) < 0)
			return -1;
		r = filemap_add(&map, off, extent.vol, extent.len, err);
		if (r != 0)
			return r;
	}
	return filemap_end(&map, err);
}
