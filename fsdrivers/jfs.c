/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jfs.c - JFS of Linux and of OS/2
 *
 * Format: "JFS Layout" by S. Best and D. Kleikamp (IBM, 2000).  The log is not
 * replayed: fs->notice says so where it matters.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/jfs.h"
#include "src/base/checked.h"

#define SUPER_AT 0x8000

struct super {
	char magic[4];
	le32 version;
	le64 size;
	le32 block_size;
	uint8_t unused1[16];
	le32 flags;
	le32 state;
	uint8_t unused2[57];
	char old_label[11]; /* version 1, filled with blanks */
	uint8_t unused3[24];
	uint8_t uuid[16];
	char label[16];
};

static_assert(sizeof(struct super) == 168, "as in the format");

#define FLAG_OS2 UINT32_C(0x40000000)
#define FLAG_INDEX UINT32_C(0x00200000)

static const char magic[4] = "JFS1";

static const char log_notice[] =
	"was not unmounted: what was written last may be missing";

static int jfs_probe(struct volume *vol, struct error *err)
{
	struct super super;

	if (vol->size < SUPER_AT + sizeof(super))
		return 0;
	if (volume_read(vol, SUPER_AT, &super, sizeof(super), err) < 0)
		return -1;
	return memcmp(super.magic, magic, sizeof(magic)) == 0;
}

static int set_sizes(
	struct jfs *jfs, const struct super *super, struct error *err)
{
	uint32_t version = le32_get(super->version);

	if (memcmp(super->magic, magic, sizeof(magic)) != 0)
		return error_set(err, ERR_CORRUPT,
			"superblock: changed while it was read");
	if (version < 1 || version > 2)
		return error_set(err, ERR_UNSUPPORTED,
			"version %" PRIu32 " of the format", version);
	jfs->block_size = le32_get(super->block_size);
	if (!is_power_of_two(jfs->block_size) || jfs->block_size < 512 ||
		jfs->block_size > JFS_PAGE)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of %" PRIu32 " bytes",
			jfs->block_size);
	jfs->indexed = le32_get(super->flags) & FLAG_INDEX;
	jfs->fold = le32_get(super->flags) & FLAG_OS2;
	return 0;
}

/* Without the blanks behind it. */
static void set_label(struct fs *fs, const char *label, size_t size)
{
	size_t len = strnlen(label, size);

	while (len > 0 && label[len - 1] == ' ')
		len--;
	snprintf(fs->label, sizeof(fs->label), "%.*s", (int)len, label);
}

static void set_names(struct fs *fs, const struct super *super)
{
	/* as GRUB finds out which of the two it is */
	if ((uint8_t)super->label[0] < ' ')
		set_label(fs, super->old_label, sizeof(super->old_label));
	else
		set_label(fs, super->label, sizeof(super->label));
	fs_set_uuid(fs, super->uuid);
}

static int open_volume(struct fs *fs, struct jfs *jfs, struct error *err)
{
	struct jfs_inode root;
	struct super super;

	if (volume_read(fs->vol, SUPER_AT, &super, sizeof(super), err) < 0)
		return error_in(err, "superblock");
	if (set_sizes(jfs, &super, err) < 0 || jfs_map_open(jfs, err) < 0)
		return -1;
	if (jfs_inode_read(jfs, JFS_ROOT, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = jfs_node(&root);
	set_names(fs, &super);
	if (le32_get(super.state) != 0)
		fs->notice = log_notice;
	return 0;
}

static int jfs_open(struct fs *fs, struct error *err)
{
	struct jfs *jfs = arena_alloc(fs->arena, sizeof(*jfs), err);

	if (!jfs)
		return -1;
	jfs->vol = fs->vol;
	jfs->cache.vol = fs->vol;
	jfs->cache.arena = fs->arena;
	jfs->cache.size = JFS_PAGE;
	if (open_volume(fs, jfs, err) < 0)
		return -1;
	fs->priv = jfs;
	return 0;
}

const struct fs_driver jfs_driver = {
	.name = "jfs",
	.data_in_place = true,
	.probe = jfs_probe,
	.open = jfs_open,
	.readdir = jfs_readdir,
	.lookup = jfs_lookup,
	.read = jfs_read,
	.map = jfs_map,
};
