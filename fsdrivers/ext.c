/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext.c - ext2, ext3 and ext4
 *
 * Format: Documentation/filesystems/ext4 of the Linux kernel.  A journal that
 * is pending is replayed in memory; where that cannot be, fs->notice says so.
 * Encrypted files cannot be read; everything else that e2fsprogs 1.47 makes
 * can.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/ext.h"
#include "fsdrivers/ext_journal.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define SUPER_OFFSET 1024
#define MAGIC_OFFSET (SUPER_OFFSET + 56)

#define JOURNAL_NOTICE                                                         \
	"the journal was not replayed: %s: files changed just before a crash " \
	"may be missing or old"

/* What ext3 may have; more makes an ext4, as the kernel sees it. */
#define EXT3_INCOMPAT                                                          \
	(EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_RECOVER |      \
		EXT2_FEATURE_INCOMPAT_META_BG)
#define EXT3_RO_COMPAT                                                         \
	(EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER |                                 \
		EXT2_FEATURE_RO_COMPAT_LARGE_FILE)

static int ext_probe(struct volume *vol, struct error *err)
{
	le16 magic;

	if (vol->size < SUPER_OFFSET + SUPERBLOCK_SIZE)
		return 0;
	if (volume_read(vol, MAGIC_OFFSET, &magic, sizeof(magic), err) < 0)
		return -1;
	return le16_get(magic) == EXT2_SUPER_MAGIC;
}

static const char *type_of(struct ext2_super_block *super)
{
	if ((super->s_feature_incompat & ~(uint32_t)EXT3_INCOMPAT) ||
		(super->s_feature_ro_compat & ~(uint32_t)EXT3_RO_COMPAT))
		return "ext4";
	return ext2fs_has_feature_journal(super) ? "ext3" : "ext2";
}

/* Bits of s_feature_incompat that have a name and no code behind it. */
static const struct {
	uint32_t bit;
	const char *name;
} strange_features[] = {
	{ EXT2_FEATURE_INCOMPAT_COMPRESSION, "compression" },
	{ EXT3_FEATURE_INCOMPAT_JOURNAL_DEV,
		"journal_dev: it is the journal of another" },
	{ EXT4_FEATURE_INCOMPAT_DIRDATA, "dirdata" },
};

static int refuse_feature(struct ext2_super_block *super, struct error *err)
{
	uint32_t bits = super->s_feature_incompat;
	size_t i;

	for (i = 0; i < LENGTH(strange_features); i++)
		if (bits & strange_features[i].bit)
			return error_set(err, ERR_UNSUPPORTED, "feature %s",
				strange_features[i].name);
	return error_set(err, ERR_UNSUPPORTED, "unknown feature 0x%" PRIx32,
		bits & ~(uint32_t)EXT2_LIB_FEATURE_INCOMPAT_SUPP);
}

/* The library asks for the inode whose generation goes into a checksum. */
static errcode_t give_inode(
	ext2_filsys lib, ext2_ino_t ino, struct ext2_inode *inode)
{
	const struct ext *ext = lib->priv_data;

	if (!ext->sum || ext->sum->ino != ino)
		return EXT2_ET_BAD_INODE_NUM;
	*inode = (struct ext2_inode){ .i_generation = ext->sum->generation };
	return 0;
}

static int set_geometry(struct ext *ext, struct error *err)
{
	uint64_t size;

	ext->block_size = ext->lib->blocksize;
	ext->inode_size = EXT2_INODE_SIZE(ext->lib->super);
	ext->blocks = ext2fs_blocks_count(ext->lib->super);
	/* from here on no offset of a block can overflow */
	if (!mul_u64(ext->blocks, ext->block_size, &size) || size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu64 " blocks of %" PRIu32 " bytes",
			ext->blocks, ext->block_size);
	return 0;
}

static void set_names(struct fs *fs, const struct ext2_super_block *super)
{
	snprintf(fs->label, sizeof(fs->label), "%.*s",
		(int)sizeof(super->s_volume_name),
		(const char *)super->s_volume_name);
	fs_set_uuid(fs, super->s_uuid);
}

static int set_root(struct fs *fs, struct ext *ext, struct error *err)
{
	struct ext_inode root;

	if (ext_inode_read(ext, EXT2_ROOT_INO, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = (struct fs_node){
		.type = FS_DIR,
		.size = root.size,
		.mtime = root.mtime,
		.id = root.ino,
	};
	return 0;
}

static int open_super(struct fs *fs, struct ext *ext, struct error *err)
{
	errcode_t code = ext_io_open(&ext->io, ext->vol, &ext->lib);
	struct ext2_super_block *super = ext->lib ? ext->lib->super : NULL;

	/* it failed before it had read one */
	if (!super)
		return ext_io_error(&ext->io, code, err);
	snprintf(fs->type, sizeof(fs->type), "%s", type_of(super));
	if (code == EXT2_ET_UNSUPP_FEATURE)
		return refuse_feature(super, err);
	if (code)
		return ext_io_error(&ext->io, code, err);
	ext->lib->priv_data = ext;
	ext->lib->read_inode = give_inode;
	if (set_geometry(ext, err) < 0 || set_root(fs, ext, err) < 0)
		return -1;
	set_names(fs, super);
	return 0;
}

static int give_notice(struct fs *fs, const char *why, struct error *err)
{
	fs->notice = arena_printf(fs->arena, err, JOURNAL_NOTICE, why);
	return fs->notice ? 0 : -1;
}

/*
 * Open the file system once more as it is with the journal's blocks in their
 * places: also the superblock may be among them.  A journal that cannot be
 * used is no reason to give up.
 */
static int open_replayed(struct fs *fs, struct ext *ext, struct error *err)
{
	struct error why = { 0 };
	struct overlay *overlay;
	bool fast = false;

	fs->dirty = true;
	if (ext->lib->super->s_journal_inum == 0)
		return give_notice(fs, "it is on another device", err);
	overlay = ext_journal_replay(ext, &fast, &why);
	if (!overlay)
		return give_notice(fs, why.text, err);
	ext2fs_free(ext->lib);
	*ext = (struct ext){
		.vol = &overlay->vol,
		.overlay = overlay,
		.arena = fs->arena,
	};
	if (open_super(fs, ext, err) < 0)
		return error_in(err, "journal");
	return fast ? give_notice(fs, "fast commits", err) : 0;
}

static int ext_open(struct fs *fs, struct error *err)
{
	struct ext *ext = arena_alloc(fs->arena, sizeof(*ext), err);

	if (!ext)
		return -1;
	ext->vol = fs->vol;
	ext->arena = fs->arena;
	if (open_super(fs, ext, err) < 0 ||
		(ext2fs_has_feature_journal_needs_recovery(ext->lib->super) &&
			open_replayed(fs, ext, err) < 0)) {
		ext2fs_free(ext->lib);
		return -1;
	}
	fs->priv = ext;
	return 0;
}

static void ext_close(struct fs *fs)
{
	struct ext *ext = fs->priv;

	ext2fs_free(ext->lib);
}

/* The inode behind a node, which has to be what it was. */
static int load(struct ext *ext, const struct fs_node *node,
	struct ext_inode *inode, struct error *err)
{
	if (ext_inode_read(ext, (uint32_t)node->id, inode, err) < 0)
		return -1;
	if (fs_node_check(node, inode->type, inode->size, err) < 0)
		return -1;
	if (inode->flags & EXT4_ENCRYPT_FL)
		return error_set(err, ERR_UNSUPPORTED,
			"is encrypted (inode %" PRIu32 ")", inode->ino);
	if (inode->flags & EXT2_COMPRBLK_FL)
		return error_set(err, ERR_UNSUPPORTED,
			"is compressed (inode %" PRIu32 ")", inode->ino);
	return 0;
}

/* A link whose target stands where else the block numbers do. */
static bool is_fast_symlink(const struct ext_inode *inode)
{
	return inode->type == FS_SYMLINK &&
		inode->size < sizeof(inode->block) &&
		!(inode->flags & (EXT4_EXTENTS_FL | EXT4_INLINE_DATA_FL));
}

static int read_inline(struct ext *ext, uint32_t ino, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	struct ext_inline data;
	const uint8_t *part;
	size_t n;

	if (ext_inline_read(ext, ino, &data, err) < 0)
		return -1;
	if (!range_inside(off, len, data.head.len + data.tail.len))
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu32 ": inline data end at %zu bytes", ino,
			data.head.len + data.tail.len);
	if (off < data.head.len) {
		n = data.head.len - off < len ? data.head.len - off : len;
		memcpy(buf, data.head.data + off, n);
		buf = (uint8_t *)buf + n;
		len -= n;
		off += n;
	}
	part = bytes_at(data.tail, off - data.head.len, len);
	if (part && len > 0)
		memcpy(buf, part, len);
	return 0;
}

/* A copy in progress: bytes [off, off + len) of the file to buf. */
struct copy {
	struct ext *ext;
	uint64_t off;
	uint8_t *buf;
	size_t len;
};

static int copy_run(void *ctx, const struct ext_run *run, struct error *err)
{
	struct copy *copy = ctx;
	uint64_t size = copy->ext->block_size;
	uint64_t skip = copy->off - run->first * size;
	uint64_t left = run->count * size - skip;
	size_t n = left < copy->len ? (size_t)left : copy->len;

	if (run->pblk == FS_HOLE)
		memset(copy->buf, 0, n);
	else if (volume_read(copy->ext->vol, run->pblk * size + skip, copy->buf,
			 n, err) < 0)
		return -1;
	copy->off += n;
	copy->buf += n;
	copy->len -= n;
	return 0;
}

static int ext_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct ext *ext = fs->priv;
	struct copy copy = { ext, off, buf, len };
	uint64_t size = ext->block_size;
	struct ext_inode inode;

	if (load(ext, node, &inode, err) < 0)
		return -1;
	if (len == 0)
		return 0;
	if (inode.flags & EXT4_INLINE_DATA_FL)
		return read_inline(ext, inode.ino, off, buf, len, err);
	if (is_fast_symlink(&inode)) {
		memcpy(buf, inode.block + off, len);
		return 0;
	}
	return ext_map(ext, &inode, off / size, (off + len - 1) / size + 1,
		copy_run, &copy, err);
}

/* Turns runs of blocks into extents of bytes that end with the file. */
struct mapping {
	uint64_t block_size;
	uint64_t file_size;
	fs_visit_extent *visit;
	void *ctx;
};

static int map_run(void *ctx, const struct ext_run *run, struct error *err)
{
	struct mapping *map = ctx;
	struct fs_extent extent = {
		.file = run->first * map->block_size,
		.vol = run->pblk == FS_HOLE ? FS_HOLE
					    : run->pblk * map->block_size,
		.len = run->count * map->block_size,
	};

	if (extent.len > map->file_size - extent.file)
		extent.len = map->file_size - extent.file;
	return map->visit(map->ctx, &extent, err);
}

/* 1 if some of it is in the journal, and not where it belongs. */
static int find_replayed(
	void *ctx, const struct ext_run *run, struct error *err)
{
	const struct ext *ext = ctx;
	uint64_t size = ext->block_size;

	(void)err;
	return run->pblk != FS_HOLE &&
		overlay_covers(
			ext->overlay, run->pblk * size, run->count * size);
}

static int ext_map_file(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct ext *ext = fs->priv;
	struct mapping map = { ext->block_size, node->size, visit, ctx };
	struct ext_inode inode;
	uint64_t blocks;
	int r = 0;

	if (load(ext, node, &inode, err) < 0)
		return -1;
	if (inode.flags & EXT4_INLINE_DATA_FL || is_fast_symlink(&inode))
		return 1;
	if (inode.size == 0)
		return 0;
	blocks = (inode.size - 1) / ext->block_size + 1;
	if (ext->overlay)
		r = ext_map(ext, &inode, 0, blocks, find_replayed, ext, err);
	return r ? r : ext_map(ext, &inode, 0, blocks, map_run, &map, err);
}

const struct fs_driver ext_driver = {
	.name = "ext",
	.data_in_place = true,
	.probe = ext_probe,
	.open = ext_open,
	.readdir = ext_readdir,
	.lookup = ext_lookup,
	.read = ext_read,
	.map = ext_map_file,
	.close = ext_close,
};
