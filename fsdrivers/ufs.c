/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufs.c - UFS1 and UFS2 (FFS) of the BSDs and of Solaris, in either byte order
 *
 * Format: sys/ufs/ffs/fs.h and sys/ufs/ufs/dinode.h of FreeBSD, the same of
 * NetBSD, sys/fs/ufs_fs.h of illumos.  Journals (SU+J,
 * WAPBL, the log of Solaris) are not replayed: fs->notice says so.
 */
#include <inttypes.h>
#include <stdio.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/ufs.h"

#define CLEAN 1 /* what every system leaves behind when it unmounts */

static const char unclean_notice[] =
	"it was not unmounted, or its log is still needed: files changed just "
	"before may be missing or old";

static int ufs_probe(struct volume *vol, struct error *err)
{
	struct ufs_super super;
	bool big, second;
	uint64_t place;

	return ufs_super_find(vol, &super, &place, &big, &second, err);
}

static void set_names(
	struct fs *fs, const struct ufs *ufs, const struct ufs_super *super)
{
	uint32_t high = raw32_get(super->id[0], ufs->big);

	snprintf(fs->label, sizeof(fs->label), "%.*s",
		(int)sizeof(super->label), super->label);
	if (high != 0)
		snprintf(fs->uuid, sizeof(fs->uuid), "%08" PRIx32 "%08" PRIx32,
			high, raw32_get(super->id[1], ufs->big));
	snprintf(fs->type, sizeof(fs->type), "ufs%d", ufs->second ? 2 : 1);
}

static int set_root(struct fs *fs, struct ufs *ufs, struct error *err)
{
	struct ufs_inode root;

	if (ufs_inode_read(ufs, UFS_ROOT, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = ufs_node(&root);
	return 0;
}

static int ufs_open(struct fs *fs, struct error *err)
{
	struct ufs *ufs = arena_alloc(fs->arena, sizeof(*ufs), err);
	struct ufs_super super;
	uint64_t place;
	int found;

	if (!ufs)
		return -1;
	ufs->vol = fs->vol;
	found = ufs_super_find(
		fs->vol, &super, &place, &ufs->big, &ufs->second, err);
	if (found < 0)
		return error_in(err, "superblock");
	if (found == 0)
		return error_set(err, ERR_CORRUPT,
			"superblock: changed while it was read");
	set_names(fs, ufs, &super);
	if (ufs_super_read(ufs, &super, place, err) < 0 ||
		set_root(fs, ufs, err) < 0)
		return -1;
	if (super.clean != CLEAN)
		fs->notice = unclean_notice;
	fs->priv = ufs;
	return 0;
}

static int ufs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct ufs_inode inode;

	if (ufs_inode_load(fs->priv, node, &inode, err) < 0)
		return -1;
	return ufs_copy(fs->priv, &inode, off, buf, len, err);
}

static int ufs_map_file(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct ufs_inode inode;

	if (ufs_inode_load(fs->priv, node, &inode, err) < 0)
		return -1;
	if (inode.short_link)
		return 1;
	return ufs_map(fs->priv, &inode, 0, inode.size, visit, ctx, err);
}

const struct fs_driver ufs_driver = {
	.name = "ufs",
	.data_in_place = true,
	.probe = ufs_probe,
	.open = ufs_open,
	.readdir = ufs_readdir,
	.lookup = ufs_lookup,
	.read = ufs_read,
	.map = ufs_map_file,
};
