/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/nilfs2.h"

static_assert(sizeof(struct nilfs2_raw_inode) == 128, "as in the format");

static int decode_type(unsigned int mode, enum fs_type *type)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		*type = FS_FILE;
		return 0;
	case S_IFDIR:
		*type = FS_DIR;
		return 0;
	case S_IFLNK:
		*type = FS_SYMLINK;
		return 0;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		*type = FS_OTHER;
		return 0;
	default:
		return -1;
	}
}

static int read_inode(struct nilfs2 *nilfs, uint64_t number,
	struct nilfs2_inode *inode, struct error *err)
{
	const struct nilfs2_raw_inode *raw =
		nilfs2_table_entry(nilfs, &nilfs->inodes, number, err);

	if (!raw)
		return -1;
	*inode = (struct nilfs2_inode){
		.number = number,
		.size = le64_get(raw->size),
		.mtime = (int64_t)le64_get(raw->mtime),
	};
	memcpy(inode->file.map, raw->map, sizeof(raw->map));
	if (decode_type(le16_get(raw->mode), &inode->type) < 0)
		return error_set(err, ERR_CORRUPT, "not in use (mode 0%o)",
			(unsigned int)le16_get(raw->mode));
	if (inode->size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	return 0;
}

int nilfs2_inode_read(struct nilfs2 *nilfs, uint64_t number,
	struct nilfs2_inode *inode, struct error *err)
{
	if (read_inode(nilfs, number, inode, err) < 0)
		return error_in(err, "inode %" PRIu64, number);
	return 0;
}

int nilfs2_inode_again(struct nilfs2 *nilfs, const struct fs_node *node,
	struct nilfs2_inode *inode, struct error *err)
{
	if (nilfs2_inode_read(nilfs, node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}

struct fs_node nilfs2_node(const struct nilfs2_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->number,
	};
}

static int map_range(struct nilfs2 *nilfs, const struct nilfs2_inode *inode,
	struct filemap *map, struct error *err)
{
	int r = nilfs2_file_map(nilfs, &inode->file, map, err);

	if (r < 0 && !map->stopped)
		error_in(err, "inode %" PRIu64, inode->number);
	return r;
}

int nilfs2_copy(struct nilfs2 *nilfs, const struct nilfs2_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { nilfs->vol, off, buf };
	struct filemap map;

	filemap_start(&map, off, off + len, filemap_copy, &copy);
	return map_range(nilfs, inode, &map, err);
}

int nilfs2_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct nilfs2_inode inode;

	if (nilfs2_inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	return nilfs2_copy(fs->priv, &inode, off, buf, len, err);
}

int nilfs2_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct nilfs2_inode inode;
	struct filemap map;

	if (nilfs2_inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	filemap_start(&map, 0, inode.size, visit, ctx);
	return map_range(fs->priv, &inode, &map, err);
}
