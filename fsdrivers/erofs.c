/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs.c - EROFS, with every compression and layout up to Linux 6.14
 *
 * Format: https://erofs.docs.kernel.org (Core and Compressed on-disk formats).
 * Extended attributes are of no use here and never looked at.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/erofs.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"
#include "src/base/length.h"

#define SUPER_AT 1024
#define MAGIC 0xe0f5e1e2
#define DEVICE_SIZE 128 /* bytes of an entry of the table */

struct super {
	le32 magic;
	le32 checksum;
	le32 compat;
	uint8_t block_bits;
	uint8_t slots; /* of 16 bytes behind it */
	le16 root;
	le64 inodes;
	le64 built;
	le32 built_fine;
	le32 blocks;
	le32 meta; /* block */
	le32 xattrs;
	uint8_t uuid[16];
	uint8_t label[16];
	le32 incompat;
	le16 methods;
	le16 devices; /* besides this one */
	le16 device_table;
	uint8_t dir_block_bits;
	uint8_t prefix_count;
	le32 prefixes;
	le64 packed; /* inode with the ends of files */
	uint8_t filter;
	uint8_t reserved[23];
};

_Static_assert(sizeof(struct super) == 128, "as the format has it");

enum { COMPAT_CHECKSUM = 1 };

enum {
	PADDED = 0x01,
	DEVICES = 0x08,
	SHARES = 0x20,
	KNOWN = 0x7f, /* the others of these need no care here */
};

/* Features that Linux 6.15 and later have; what is behind is unknown. */
static const char *const unknown_features[] = {
	[7] = "48-bit block addresses",
	[8] = "a metabox",
};

static int erofs_probe(struct volume *vol, struct error *err)
{
	le32 magic;

	if (vol->size < SUPER_AT + sizeof(struct super))
		return 0;
	if (volume_read(vol, SUPER_AT, &magic, sizeof(magic), err) < 0)
		return -1;
	return le32_get(magic) == MAGIC;
}

static int check_features(const struct super *super, struct error *err)
{
	uint32_t more = le32_get(super->incompat) & ~(uint32_t)KNOWN;
	unsigned int i;

	for (i = 0; more != 0; i++, more >>= 1) {
		if (!(more & 1))
			continue;
		if (i < LENGTH(unknown_features))
			return error_set(err, ERR_UNSUPPORTED,
				"superblock: made with %s, which cannot be "
				"read",
				unknown_features[i]);
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: unknown feature %u", i);
	}
	if (super->dir_block_bits != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: directories in 2^%u blocks",
			super->dir_block_bits);
	return 0;
}

/* Over the rest of the block that the superblock is in. */
static int check_sum(
	struct volume *vol, const struct super *super, struct error *err)
{
	uint32_t crc = ~UINT32_C(0), left = UINT32_C(1) << super->block_bits;
	uint64_t at = SUPER_AT + sizeof(*super);
	struct super zeroed = *super;
	uint8_t piece[4096];
	uint32_t n;

	if (!(le32_get(super->compat) & COMPAT_CHECKSUM))
		return 0;
	if (left > SUPER_AT)
		left -= SUPER_AT;
	memset(&zeroed.checksum, 0, sizeof(zeroed.checksum));
	crc = crc32c(crc, &zeroed, sizeof(zeroed));
	for (left -= (uint32_t)sizeof(zeroed); left > 0; left -= n, at += n) {
		n = left < sizeof(piece) ? left : (uint32_t)sizeof(piece);
		if (volume_read(vol, at, piece, n, err) < 0)
			return error_in(err, "superblock");
		crc = crc32c(crc, piece, n);
	}
	if (crc != le32_get(super->checksum))
		return error_set(err, ERR_CORRUPT,
			"superblock: a checksum of 0x%08" PRIx32
			", it should be 0x%08" PRIx32,
			le32_get(super->checksum), crc);
	return 0;
}

static int read_super(
	struct volume *vol, struct super *super, struct error *err)
{
	if (volume_read(vol, SUPER_AT, super, sizeof(*super), err) < 0)
		return error_in(err, "superblock");
	if (le32_get(super->magic) != MAGIC)
		return error_set(err, ERR_CORRUPT,
			"superblock: changed while it was read");
	if (super->block_bits < EROFS_BLOCK_BITS_MIN ||
		super->block_bits > EROFS_BLOCK_BITS_MAX)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of 2^%u bytes", super->block_bits);
	if (check_features(super, err) < 0)
		return -1;
	return check_sum(vol, super, err);
}

static void set_names(struct fs *fs, const struct super *super)
{
	const uint8_t *u = super->uuid;

	snprintf(fs->uuid, sizeof(fs->uuid),
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		"%02x%02x%02x%02x%02x%02x",
		u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9],
		u[10], u[11], u[12], u[13], u[14], u[15]);
	snprintf(fs->label, sizeof(fs->label), "%.*s",
		(int)sizeof(super->label), (const char *)super->label);
}

static void set_fields(struct erofs *erofs, const struct super *super)
{
	uint32_t features = le32_get(super->incompat);

	erofs->block_bits = super->block_bits;
	erofs->meta = (uint64_t)le32_get(super->meta) << super->block_bits;
	erofs->blocks = le32_get(super->blocks);
	erofs->padded = features & PADDED;
	erofs->shares = (features & SHARES) && le64_get(super->packed) > 0;
	erofs->shared = le64_get(super->packed);
	erofs->built = (int64_t)le64_get(super->built);
	if (features & DEVICES)
		erofs->devices = le16_get(super->devices);
	erofs->device_table =
		(uint64_t)le16_get(super->device_table) * DEVICE_SIZE;
}

static int erofs_open(struct fs *fs, struct error *err)
{
	struct erofs *erofs = arena_alloc(fs->arena, sizeof(*erofs), err);
	struct erofs_inode inode;
	struct super super;

	if (!erofs || read_super(fs->vol, &super, err) < 0)
		return -1;
	erofs->vol = fs->vol;
	erofs->arena = fs->arena;
	set_fields(erofs, &super);
	set_names(fs, &super);
	if (erofs_inode_read(erofs, le16_get(super.root), &inode, err) < 0)
		return error_in(err, "root directory");
	if (inode.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = erofs_node(&inode);
	fs->priv = erofs;
	return 0;
}

const struct fs_driver erofs_driver = {
	.name = "erofs",
	.probe = erofs_probe,
	.open = erofs_open,
	.readdir = erofs_readdir,
	.lookup = erofs_lookup,
	.read = erofs_read,
	.map = erofs_map,
};
