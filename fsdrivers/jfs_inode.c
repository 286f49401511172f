/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jfs_inode.c - where inodes are, and where the bytes of a file
 *
 * A file is a tree of extents whose root is in the inode.  Inodes come in
 * extents of 32; where these are is said by pages of a file, one for 4,096
 * inodes, behind a first page that is about something else.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/jfs.h"
#include "src/base/checked.h"

#define MAP_AT 0xd000 /* the inode of the map: bytes, in every JFS */
#define MAP_INODE 16

#define INODES_PER_PAGE 4096
#define INODES_PER_EXTENT 32
#define PAGE_EXTENTS_AT 3072 /* where in its page the extents are said */

struct raw_inode {
	le32 stamp;
	le32 fileset;
	le32 number;
	le32 generation;
	struct jfs_pxd extent;
	le64 size;
	le64 blocks;
	le32 links;
	le32 uid;
	le32 gid;
	le32 mode;
	le32 atime[2];
	le32 ctime[2];
	le32 mtime[2];
};

/* Before the entries of a tree, in the room of two. */
struct tree_head {
	le64 next;
	le64 prev;
	uint8_t flags;
	uint8_t unused1;
	le16 end; /* number of the entry behind the last */
	uint8_t unused2[12];
};

struct tree_entry {
	uint8_t flags;
	uint8_t unused[2];
	uint8_t off_high;
	le32 off; /* in the file, blocks */
	struct jfs_pxd at;
};

static_assert(sizeof(struct jfs_pxd) == 8, "as in the format");
static_assert(sizeof(struct raw_inode) == 80, "as in the format");
static_assert(sizeof(struct tree_head) == 32, "as in the format");
static_assert(sizeof(struct tree_entry) == 16, "as in the format");

#define TREE_LEAF 2
#define TREE_FIRST 2  /* number of the first entry */
#define TREE_LEVELS 8 /* 254^7 is more than 2^40 blocks */
#define ENTRY_UNWRITTEN 8

#define OFF_NONE UINT64_MAX

const uint8_t *jfs_page(struct jfs *jfs, uint64_t block, struct error *err)
{
	/* 40 bits of blocks, of at most 4096 bytes: no overflow */
	const uint8_t *page =
		blockcache_get(&jfs->cache, block * jfs->block_size, err);

	if (!page)
		error_in(err, "page at block 0x%" PRIx64, block);
	return page;
}

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

static int decode(struct jfs_inode *inode, struct error *err)
{
	const struct raw_inode *raw = (const void *)inode->raw;

	if (le32_get(raw->number) != (uint32_t)inode->number)
		return error_set(err, ERR_CORRUPT, "is inode %" PRIu32,
			le32_get(raw->number));
	if (decode_type(le32_get(raw->mode), &inode->type) < 0)
		return error_set(err, ERR_CORRUPT, "not in use (mode 0%o)",
			(unsigned int)le32_get(raw->mode));
	inode->size = le64_get(raw->size);
	inode->mtime = (int32_t)le32_get(raw->mtime[0]);
	/* what can be said in 40 bits of blocks */
	if (inode->size > UINT64_C(1) << 52)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	return 0;
}

int jfs_map_open(struct jfs *jfs, struct error *err)
{
	jfs->map.number = MAP_INODE;
	if (volume_read(jfs->vol, MAP_AT, jfs->map.raw, JFS_INODE, err) < 0 ||
		decode(&jfs->map, err) < 0)
		return error_in(err, "map of inodes");
	return 0;
}

/* Where an inode is, bytes. */
static int find_inode(
	struct jfs *jfs, uint64_t number, uint64_t *at, struct error *err)
{
	uint64_t page = number / INODES_PER_PAGE + 1;
	uint32_t index = (uint32_t)(number % INODES_PER_PAGE);
	struct jfs_extent map;
	struct jfs_pxd extent;

	if (jfs_extent_at(jfs, &jfs->map, page * JFS_PAGE, &map, err) < 0)
		return -1;
	if (map.vol == FS_HOLE || (page + 1) * JFS_PAGE > jfs->map.size)
		return error_set(err, ERR_CORRUPT, "does not exist");
	map.vol += PAGE_EXTENTS_AT +
		index / INODES_PER_EXTENT * sizeof(struct jfs_pxd);
	if (volume_read(jfs->vol, map.vol, &extent, sizeof(extent), err) < 0)
		return -1;
	if (jfs_pxd_block(&extent) == 0)
		return error_set(err, ERR_CORRUPT, "does not exist");
	*at = jfs_pxd_block(&extent) * jfs->block_size +
		index % INODES_PER_EXTENT * (uint64_t)JFS_INODE;
	return 0;
}

int jfs_inode_read(struct jfs *jfs, uint64_t number, struct jfs_inode *inode,
	struct error *err)
{
	uint64_t at;

	inode->number = number;
	if (find_inode(jfs, number, &at, err) < 0 ||
		volume_read(jfs->vol, at, inode->raw, JFS_INODE, err) < 0 ||
		decode(inode, err) < 0)
		return error_in(err, "inode %" PRIu64, number);
	return 0;
}

int jfs_inode_again(struct jfs *jfs, const struct fs_node *node,
	struct jfs_inode *inode, struct error *err)
{
	if (jfs_inode_read(jfs, node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}

struct fs_node jfs_node(const struct jfs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->number,
	};
}

static uint64_t entry_off(const struct tree_entry *entry)
{
	return (uint64_t)entry->off_high << 32 | le32_get(entry->off);
}

/*
 * The last of the entries that does not begin behind a block of the file: its
 * number, or TREE_FIRST - 1.  *next is where the one behind it begins, if any.
 */
static unsigned int choose(const struct tree_entry *entries, unsigned int end,
	uint64_t block, uint64_t *next)
{
	unsigned int low = TREE_FIRST, high = end, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (entry_off(&entries[middle]) <= block)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < end)
		*next = entry_off(&entries[low]);
	return low - 1;
}

/* The entry of a leaf that a block of the file is behind, or NULL. */
static int find_entry(struct jfs *jfs, const struct jfs_inode *inode,
	uint64_t block, const struct tree_entry **entry, uint64_t *next,
	struct error *err)
{
	const uint8_t *node = inode->raw + JFS_TREE_AT;
	size_t room = JFS_TREE_SIZE;
	const struct tree_entry *entries;
	const struct tree_head *head;
	unsigned int level, end, i;

	*entry = NULL;
	for (level = 0; level < TREE_LEVELS; level++) {
		head = (const void *)node;
		entries = (const void *)node;
		end = le16_get(head->end);
		if (end < TREE_FIRST || end > room / sizeof(*entries))
			return error_set(err, ERR_CORRUPT,
				"tree of extents: %u entries", end);
		i = choose(entries, end, block, next);
		if (i < TREE_FIRST)
			return 0;
		if (head->flags & TREE_LEAF) {
			*entry = &entries[i];
			return 0;
		}
		node = jfs_page(jfs, jfs_pxd_block(&entries[i].at), err);
		if (!node)
			return error_in(err, "tree of extents");
		room = JFS_PAGE;
	}
	return error_set(err, ERR_CORRUPT, "tree of extents: no leaf in it");
}

int jfs_extent_at(struct jfs *jfs, const struct jfs_inode *inode, uint64_t off,
	struct jfs_extent *extent, struct error *err)
{
	uint64_t block = off / jfs->block_size, next = OFF_NONE, skip;
	const struct tree_entry *entry;

	if (find_entry(jfs, inode, block, &entry, &next, err) < 0)
		return -1;
	skip = entry ? block - entry_off(entry) : 0;
	*extent = (struct jfs_extent){ .end = next, .vol = FS_HOLE };
	if (entry && skip < jfs_pxd_len(&entry->at)) {
		if (entry_off(entry) + jfs_pxd_len(&entry->at) < next)
			extent->end =
				entry_off(entry) + jfs_pxd_len(&entry->at);
		if (!(entry->flags & ENTRY_UNWRITTEN))
			extent->vol = (jfs_pxd_block(&entry->at) + skip) *
					jfs->block_size +
				off % jfs->block_size;
	}
	/* keys out of order: nothing may be given that is not behind */
	if (extent->end <= block)
		return error_set(
			err, ERR_CORRUPT, "tree of extents: is not in order");
	if (!mul_u64(extent->end, jfs->block_size, &extent->end))
		extent->end = OFF_NONE;
	return 0;
}
