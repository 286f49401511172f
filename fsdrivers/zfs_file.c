/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_file.c - contents of files and targets of links
 *
 * There is no map(): nearly all is compressed, and what is read here has had
 * its checksum looked at.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"

/* A target that does not fit where short ones are is in the object's blocks. */
static int read_link(struct zfs_pool *pool, struct zfs_objset *set,
	const struct zfs_dnode *dnode, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct bytes target;
	int found = zfs_link_target(pool, set, dnode, &target, err);

	if (found < 0)
		return -1;
	if (!found || target.len < node->size)
		return zfs_object_read(pool, &dnode->data, off, buf, len, err);
	memcpy(buf, target.data + off, len);
	return 0;
}

int zfs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	struct zfs_pool *pool = fs->priv;
	struct zfs_objset *set = pool->sets[zfs_id_set(node->id)];
	struct zfs_dnode dnode;

	if (zfs_dnode_read(pool, set, zfs_id_object(node->id), &dnode, err) < 0)
		return -1;
	if (node->type == FS_SYMLINK)
		return read_link(pool, set, &dnode, node, off, buf, len, err);
	return zfs_object_read(pool, &dnode.data, off, buf, len, err);
}
