/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_inode.c - group descriptors, inodes, and data kept inside an inode
 *
 * libext2fs could read these too, but would hold the descriptors of all groups
 * or, opened without them, follow a NULL pointer when one cannot be read.
 */
#include "fsdrivers/ext.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/checked.h"

struct raw_group {
	le32 block_bitmap;
	le32 inode_bitmap;
	le32 inode_table;
	uint8_t unused[18];
	le16 checksum;
	le32 block_bitmap_high; /* from here on only with 64bit */
	le32 inode_bitmap_high;
	le32 inode_table_high;
};

static_assert(sizeof(struct raw_group) == 44, "as in the format");

#define GROUP_MAX 1024 /* largest descriptor, EXT2_MAX_DESC_SIZE */

struct raw_inode {
	le16 mode;
	le16 uid;
	le32 size;
	le32 atime;
	le32 ctime;
	le32 mtime;
	uint8_t unused1[12];
	le32 flags;
	uint8_t unused2[4];
	uint8_t block[60];
	le32 generation;
	le32 attributes;
	le32 size_high;
	uint8_t unused3[16];
	le16 extra_size; /* from here on only in inodes of 256 bytes and more */
	le16 checksum_high;
	le32 ctime_extra;
	le32 mtime_extra;
};

static_assert(sizeof(struct raw_inode) == 140, "as in the format");

#define OLD_INODE_SIZE 128 /* up to and without extra_size */

/* Attributes inside the inode, behind its last field. */
#define ATTRIBUTES_MAGIC 0xea020000
#define ATTRIBUTE_SYSTEM 7 /* prefix "system." */

struct raw_attribute {
	uint8_t name_len;
	uint8_t prefix;
	le16 value_off; /* from the first attribute */
	le32 value_inode;
	le32 value_size;
	le32 hash;
};

static_assert(sizeof(struct raw_attribute) == 16, "as in the format");

/* CRC-16 with the polynomial 0x8005, bits reflected: of descriptors only. */
static uint16_t crc16(uint16_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;
	int bit;

	for (; len > 0; len--) {
		crc = (uint16_t)(crc ^ *p++);
		for (bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc >> 1 ^ (crc & 1 ? 0xa001 : 0));
	}
	return crc;
}

static bool group_sum_fits(
	const struct ext *ext, uint32_t group, const uint8_t *raw, size_t size)
{
	const struct raw_group *desc = (const void *)raw;
	const size_t at = offsetof(struct raw_group, checksum), next = at + 2;
	const uint8_t zero[2] = { 0, 0 };
	uint8_t number[4] = { (uint8_t)group, (uint8_t)(group >> 8),
		(uint8_t)(group >> 16), (uint8_t)(group >> 24) };
	uint32_t sum;

	if (ext2fs_has_feature_metadata_csum(ext->lib->super)) {
		sum = ext2fs_crc32c_le(ext->lib->csum_seed, number, 4);
		sum = ext2fs_crc32c_le(sum, raw, at);
		sum = ext2fs_crc32c_le(sum, zero, sizeof(zero));
		sum = ext2fs_crc32c_le(sum, raw + next, size - next);
	} else if (ext2fs_has_feature_gdt_csum(ext->lib->super)) {
		sum = crc16(0xffff, ext->lib->super->s_uuid, 16);
		sum = crc16((uint16_t)sum, number, 4);
		sum = crc16((uint16_t)sum, raw, at);
		sum = crc16((uint16_t)sum, raw + next, size - next);
	} else {
		return true;
	}
	return (uint16_t)sum == le16_get(desc->checksum);
}

static uint32_t groups_per_block(const struct ext *ext)
{
	return ext->block_size / EXT2_DESC_SIZE(ext->lib->super);
}

/* The block with the index-th part of the descriptors. */
static uint64_t descriptor_block(const struct ext *ext, uint32_t index)
{
	struct ext2_super_block *super = ext->lib->super;
	uint64_t block = super->s_first_data_block;
	uint32_t group;

	/* the superblock itself is block 1 then, whatever block is first */
	if (block == 0 && ext->block_size == 1024)
		block = 1;
	if (!ext2fs_has_feature_meta_bg(super) ||
		index < super->s_first_meta_bg)
		return block + 1 + index;
	group = index * groups_per_block(ext); /* exists, so it fits */
	if (group > 0)
		block = ext2fs_group_first_block2(ext->lib, group);
	return block + (ext2fs_bg_has_super(ext->lib, group) ? 1 : 0);
}

/* Make ext->inode_table that of group. */
static int load_group(struct ext *ext, uint32_t group, struct error *err)
{
	struct ext2_super_block *super = ext->lib->super;
	uint32_t per_block = groups_per_block(ext);
	uint32_t size = EXT2_DESC_SIZE(super);
	const struct raw_group *desc;
	uint8_t raw[GROUP_MAX];
	uint64_t table, off;

	if (ext->inode_table && ext->group == group)
		return 0;
	off = descriptor_block(ext, group / per_block) * ext->block_size +
		group % per_block * (uint64_t)size;
	if (volume_read(ext->vol, off, raw, size, err) < 0)
		return -1;
	if (!group_sum_fits(ext, group, raw, size))
		return error_set(err, ERR_CORRUPT, "wrong checksum");
	desc = (const void *)raw;
	table = le32_get(desc->inode_table);
	if (size >= sizeof(*desc))
		table |= (uint64_t)le32_get(desc->inode_table_high) << 32;
	if (table <= super->s_first_data_block ||
		!range_inside(
			table, ext->lib->inode_blocks_per_group, ext->blocks))
		return error_set(err, ERR_CORRUPT,
			"the inode table lies outside the file system "
			"(block 0x%" PRIx64 ")",
			table);
	ext->group = group;
	ext->inode_table = table;
	return 0;
}

/* Read an inode's bytes, all of them, and verify their sum. */
static int read_raw(
	struct ext *ext, uint32_t ino, uint8_t *raw, struct error *err)
{
	struct ext2_super_block *super = ext->lib->super;
	uint32_t group, index;
	uint64_t off;

	if (ino == 0 || ino > super->s_inodes_count)
		return error_set(err, ERR_CORRUPT, "does not exist");
	group = (ino - 1) / super->s_inodes_per_group;
	index = (ino - 1) % super->s_inodes_per_group;
	if (load_group(ext, group, err) < 0)
		return error_in(err, "descriptor of group %" PRIu32, group);
	off = ext->inode_table * ext->block_size +
		index * (uint64_t)ext->inode_size;
	if (volume_read(ext->vol, off, raw, ext->inode_size, err) < 0)
		return -1;
	if (!ext2fs_inode_csum_verify(ext->lib, ino, (void *)raw))
		return error_set(err, ERR_CORRUPT, "wrong checksum");
	return 0;
}

/* Does the inode reach as far as the field that ends at end? */
static bool has_extra(
	const struct ext *ext, const struct raw_inode *raw, size_t end)
{
	return ext->inode_size > OLD_INODE_SIZE &&
		le16_get(raw->extra_size) >= end - OLD_INODE_SIZE;
}

static int64_t decode_mtime(const struct ext *ext, const struct raw_inode *raw)
{
	int64_t mtime = (int32_t)le32_get(raw->mtime);

	/* two more bits above the 32, above them nanoseconds */
	if (has_extra(ext, raw, sizeof(*raw)))
		mtime += (int64_t)(le32_get(raw->mtime_extra) & 3) << 32;
	return mtime;
}

static int decode_type(const struct raw_inode *raw, enum fs_type *type)
{
	switch (le16_get(raw->mode) & S_IFMT) {
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

static int decode(const struct ext *ext, uint32_t ino,
	const struct raw_inode *raw, struct ext_inode *inode, struct error *err)
{
	enum fs_type type;
	uint64_t size = le32_get(raw->size);

	if (decode_type(raw, &type) < 0)
		return error_set(err, ERR_CORRUPT, "not in use (mode 0%o)",
			le16_get(raw->mode));
	/* of old directories the high half is an access control list */
	if (type == FS_FILE ||
		(type == FS_DIR &&
			ext2fs_has_feature_largedir(ext->lib->super)))
		size |= (uint64_t)le32_get(raw->size_high) << 32;
	if (size > INT64_MAX)
		return error_set(
			err, ERR_CORRUPT, "a size of %" PRIu64 " bytes", size);
	*inode = (struct ext_inode){
		.ino = ino,
		.flags = le32_get(raw->flags),
		.generation = le32_get(raw->generation),
		.type = type,
		.size = size,
		.mtime = decode_mtime(ext, raw),
	};
	memcpy(inode->block, raw->block, sizeof(inode->block));
	return 0;
}

int ext_inode_read(struct ext *ext, uint32_t ino, struct ext_inode *inode,
	struct error *err)
{
	struct ext_inode *kept = &ext->inodes[ino % EXT_INODES_KEPT];
	_Alignas(8) uint8_t raw[EXT_INODE_MAX]; /* for the library */

	if (kept->ino != ino || ino == 0) {
		if (read_raw(ext, ino, raw, err) < 0 ||
			decode(ext, ino, (void *)raw, inode, err) < 0)
			return error_in(err, "inode %" PRIu32, ino);
		*kept = *inode;
	}
	*inode = *kept;
	return 0;
}

static bool is_system_data(const struct raw_attribute *attr, const void *name)
{
	return attr->prefix == ATTRIBUTE_SYSTEM && attr->name_len == 4 &&
		memcmp(name, "data", 4) == 0;
}

/* The value of system.data among the attributes, which lie in view. */
static int find_system_data(
	struct bytes view, struct bytes *value, struct error *err)
{
	const struct raw_attribute *attr;
	const void *name;
	size_t at = 0, size;

	*value = (struct bytes){ NULL, 0 };
	while ((attr = bytes_at(view, at, sizeof(*attr)))) {
		/* four zero bytes are the end of the list */
		if (attr->name_len == 0 && attr->prefix == 0)
			return 0;
		name = bytes_at(view, at + sizeof(*attr), attr->name_len);
		size = le32_get(attr->value_size);
		if (name && is_system_data(attr, name)) {
			*value = bytes_sub(
				view, le16_get(attr->value_off), size);
			if (!value->data || le32_get(attr->value_inode) != 0)
				return error_set(err, ERR_CORRUPT,
					"inline data leave the inode");
			return 0;
		}
		/* rises by at least 16 */
		at += sizeof(*attr) + (((size_t)attr->name_len + 3) & ~3UL);
	}
	return 0;
}

static int find_tail(
	const struct ext *ext, struct ext_inline *data, struct error *err)
{
	const struct raw_inode *raw = (const void *)data->raw;
	struct bytes all = { data->raw, ext->inode_size };
	const le32 *magic;
	size_t at;

	data->tail = (struct bytes){ NULL, 0 };
	if (ext->inode_size == OLD_INODE_SIZE)
		return 0;
	at = (size_t)OLD_INODE_SIZE + le16_get(raw->extra_size);
	magic = bytes_at(all, at, sizeof(*magic));
	if (!magic || le32_get(*magic) != ATTRIBUTES_MAGIC)
		return 0;
	at += sizeof(*magic);
	return find_system_data(
		bytes_sub(all, at, all.len - at), &data->tail, err);
}

int ext_inline_read(struct ext *ext, uint32_t ino, struct ext_inline *data,
	struct error *err)
{
	const struct raw_inode *raw = (const void *)data->raw;

	if (read_raw(ext, ino, data->raw, err) < 0 ||
		decode(ext, ino, raw, &data->inode, err) < 0 ||
		find_tail(ext, data, err) < 0)
		return error_in(err, "inode %" PRIu32, ino);
	data->head = (struct bytes){ raw->block, sizeof(raw->block) };
	return 0;
}
