/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/jfs.h"
#include "src/fs/filemap.h"

/* Extents and holes of a file: each costs a walk down its tree. */
#define EXTENTS_MAX (1 << 20)

static int add_all(struct jfs *jfs, const struct jfs_inode *inode,
	struct filemap *map, struct error *err)
{
	uint64_t off = map->next, count = 0, len;
	struct jfs_extent extent;
	int r = 0;

	while (r == 0 && off < map->to) {
		if (++count > EXTENTS_MAX)
			return error_set(err, ERR_LIMIT, "more than %d extents",
				EXTENTS_MAX);
		if (jfs_extent_at(jfs, inode, off, &extent, err) < 0)
			return -1;
		if (extent.end > map->to)
			extent.end = map->to;
		len = extent.end - off;
		if (extent.vol != FS_HOLE && extent.vol > UINT64_MAX - len)
			return error_set(err, ERR_CORRUPT,
				"byte %" PRIu64 " lies beyond any disk", off);
		r = filemap_add(map, off, extent.vol, len, err);
		off = extent.end;
	}
	return r ? r : filemap_end(map, err);
}

static int map_range(struct jfs *jfs, const struct jfs_inode *inode,
	struct filemap *map, struct error *err)
{
	int r = add_all(jfs, inode, map, err);

	if (r < 0 && !map->stopped)
		error_in(err, "inode %" PRIu64, inode->number);
	return r;
}

static bool is_inline(const struct jfs_inode *inode)
{
	return inode->type == FS_SYMLINK && inode->size < JFS_INLINE_MAX;
}

int jfs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	struct filemap_copy copy = { fs->vol, off, buf };
	struct jfs_inode inode;
	struct filemap map;

	if (jfs_inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	if (is_inline(&inode)) {
		memcpy(buf, inode.raw + JFS_INLINE_AT + off, len);
		return 0;
	}
	filemap_start(&map, off, off + len, filemap_copy, &copy);
	return map_range(fs->priv, &inode, &map, err);
}

int jfs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct jfs_inode inode;
	struct filemap map;

	if (jfs_inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	if (is_inline(&inode))
		return 1;
	filemap_start(&map, 0, node->size, visit, ctx);
	return map_range(fs->priv, &inode, &map, err);
}
