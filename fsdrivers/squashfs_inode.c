/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stddef.h>

#include "fsdrivers/squashfs.h"

/* Basic kinds, with fields as short as may be; plus 7: the extended one. */
enum {
	KIND_DIR = 1,
	KIND_FILE,
	KIND_SYMLINK,
	KIND_SOCKET = 7,
	KIND_LONG_DIR,
	KIND_LONG_FILE,
	KIND_LONG_SYMLINK,
	KIND_LONG_SOCKET = 14,
};

/* Bytes of a listing's size that nothing stands for: "." and "..", and one. */
#define LISTING_EXTRA 3

/* How every inode begins. */
struct head {
	le16 kind;
	le16 mode;
	le16 uid; /* place in a table */
	le16 gid;
	le32 mtime;
	le32 number;
};

struct dir {
	le32 block; /* of the listing, as the table counts */
	le32 links;
	le16 size;
	le16 off;
	le32 parent;
};

struct long_dir {
	le32 links;
	le32 size;
	le32 block;
	le32 parent;
	le16 index_count;
	le16 off;
	le32 xattr;
};

struct file {
	le32 start;
	le32 fragment;
	le32 fragment_offset;
	le32 size;
};

struct long_file {
	le64 start;
	le64 size;
	le64 sparse; /* bytes of it that are holes */
	le32 links;
	le32 fragment;
	le32 fragment_offset;
	le32 xattr;
};

struct symlink {
	le32 links;
	le32 size;
};

_Static_assert(sizeof(struct head) == 16, "as the format has it");
_Static_assert(sizeof(struct dir) == 16, "as the format has it");
_Static_assert(sizeof(struct long_dir) == 24, "as the format has it");
_Static_assert(sizeof(struct file) == 16, "as the format has it");
_Static_assert(sizeof(struct long_file) == 40, "as the format has it");
_Static_assert(sizeof(struct symlink) == 8, "as the format has it");

/* What follows the head; which of them is said by the kind. */
union body {
	struct dir dir;
	struct long_dir long_dir;
	struct file file;
	struct long_file long_file;
	struct symlink symlink;
};

static void decode_dir(const struct squashfs *sq, struct squashfs_inode *inode,
	const union body *body)
{
	inode->type = FS_DIR;
	inode->size = le16_get(body->dir.size);
	inode->listing.block = sq->directories + le32_get(body->dir.block);
	inode->listing.off = le16_get(body->dir.off);
}

static void decode_long_dir(const struct squashfs *sq,
	struct squashfs_inode *inode, const union body *body)
{
	inode->type = FS_DIR;
	inode->size = le32_get(body->long_dir.size);
	inode->listing.block = sq->directories + le32_get(body->long_dir.block);
	inode->listing.off = le16_get(body->long_dir.off);
	inode->index_count = le16_get(body->long_dir.index_count);
}

static void decode_file(const struct squashfs *sq, struct squashfs_inode *inode,
	const union body *body)
{
	(void)sq;
	inode->type = FS_FILE;
	inode->size = le32_get(body->file.size);
	inode->start = le32_get(body->file.start);
	inode->fragment = le32_get(body->file.fragment);
	inode->fragment_offset = le32_get(body->file.fragment_offset);
}

static void decode_long_file(const struct squashfs *sq,
	struct squashfs_inode *inode, const union body *body)
{
	(void)sq;
	inode->type = FS_FILE;
	inode->size = le64_get(body->long_file.size);
	inode->start = le64_get(body->long_file.start);
	inode->fragment = le32_get(body->long_file.fragment);
	inode->fragment_offset = le32_get(body->long_file.fragment_offset);
}

static void decode_symlink(const struct squashfs *sq,
	struct squashfs_inode *inode, const union body *body)
{
	(void)sq;
	inode->type = FS_SYMLINK;
	inode->size = le32_get(body->symlink.size);
}

static const struct {
	size_t size;
	void (*decode)(const struct squashfs *sq, struct squashfs_inode *inode,
		const union body *body);
} kinds[] = {
	[KIND_DIR] = { sizeof(struct dir), decode_dir },
	[KIND_FILE] = { sizeof(struct file), decode_file },
	[KIND_SYMLINK] = { sizeof(struct symlink), decode_symlink },
	/* devices, FIFOs and sockets: nothing behind the head is of use */
	[KIND_LONG_DIR] = { sizeof(struct long_dir), decode_long_dir },
	[KIND_LONG_FILE] = { sizeof(struct long_file), decode_long_file },
	[KIND_LONG_SYMLINK] = { sizeof(struct symlink), decode_symlink },
	[KIND_LONG_SOCKET] = { 0, NULL },
};

static int read_inode(struct squashfs *sq, uint64_t id,
	struct squashfs_inode *inode, struct error *err)
{
	struct squashfs_inode got = { .type = FS_OTHER };
	unsigned int kind;
	union body body;
	struct head head;

	/* 48 bits cannot overflow: the table begins inside the volume */
	got.rest.block = sq->inodes + (id >> 16);
	got.rest.off = id & 0xffff;
	if (squashfs_table_read(sq, &got.rest, sq->directories, &head,
		    sizeof(head), err) < 0)
		return -1;
	kind = le16_get(head.kind);
	if (kind < KIND_DIR || kind > KIND_LONG_SOCKET)
		return error_set(err, ERR_CORRUPT, "unknown kind %u", kind);
	got.mtime = le32_get(head.mtime);
	if (kinds[kind].decode) {
		if (squashfs_table_read(sq, &got.rest, sq->directories, &body,
			    kinds[kind].size, err) < 0)
			return -1;
		kinds[kind].decode(sq, &got, &body);
	}
	if (got.size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", got.size);
	if (got.type == FS_DIR)
		got.size =
			got.size > LISTING_EXTRA ? got.size - LISTING_EXTRA : 0;
	*inode = got;
	return 0;
}

int squashfs_inode_read(struct squashfs *sq, uint64_t id,
	struct squashfs_inode *inode, struct error *err)
{
	if (read_inode(sq, id, inode, err) < 0)
		return error_in(err, "inode 0x%" PRIx64, id);
	return 0;
}

struct fs_node squashfs_node(uint64_t id, const struct squashfs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = id,
	};
}

int squashfs_inode_again(struct squashfs *sq, const struct fs_node *node,
	struct squashfs_inode *inode, struct error *err)
{
	if (squashfs_inode_read(sq, node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}
