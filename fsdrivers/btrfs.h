/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs.h - what the files of the btrfs driver know of each other
 *
 * btrfs.c is the driver; below it stand btrfs_dir.c (names and subvolumes) and
 * btrfs_data.c (contents of files), below these btrfs_tree.c, which finds items
 * in trees, and at the bottom btrfs_chunk.c and btrfs_device.c, which know
 * where in which devices a logical address is.
 *
 * All is items: a key and some bytes, in trees ordered by key.  An address in a
 * tree is logical: chunks say in which devices it is, and how often.
 */
#ifndef FSDRIVERS_BTRFS_H
#define FSDRIVERS_BTRFS_H

#include <stdbool.h>

#include "fsdrivers/unpack.h"
#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define BTRFS_UUID_SIZE 16
#define BTRFS_NODE_MIN 4096
#define BTRFS_NODE_MAX 65536
#define BTRFS_LEVELS 8 /* of a tree, leaves included */
#define BTRFS_SYSTEM_SIZE 2048

/* Nodes that are kept: so many bytes of them, but not fewer than a path has. */
#define BTRFS_KEPT_SIZE (256U << 10)
#define BTRFS_KEPT_MIN 6
#define BTRFS_KEPT_MAX 32

#define BTRFS_CHUNKS_KEPT 8
#define BTRFS_STRIPES_MAX 64 /* devices that a chunk lies on */
#define BTRFS_DEVICES_MAX 64

/* What the kernel compresses at once is never more. */
#define BTRFS_EXTENT_UNPACKED (128U << 10)

/* Trees that have a number of their own; subvolumes come from 256 on. */
#define BTRFS_ROOT_TREE 1
#define BTRFS_CHUNK_TREE 3
#define BTRFS_TOP_LEVEL 5
#define BTRFS_FIRST_FREE 256 /* also the inode of a subvolume's root */

enum btrfs_item_type {
	BTRFS_INODE_ITEM = 1,
	BTRFS_INODE_REF = 12,
	BTRFS_DIR_ITEM = 84,
	BTRFS_DIR_INDEX = 96,
	BTRFS_EXTENT_DATA = 108,
	BTRFS_ROOT_ITEM = 132,
	BTRFS_ROOT_BACKREF = 144,
	BTRFS_ROOT_REF = 156,
	BTRFS_CHUNK_ITEM = 228,
};

enum btrfs_checksum {
	BTRFS_CRC32C,
	BTRFS_XXHASH64,
	BTRFS_SHA256,
	BTRFS_BLAKE2B,
};

struct btrfs_key {
	uint64_t id;
	uint8_t type;
	uint64_t offset;
};

struct btrfs_disk_key {
	le64 id;
	uint8_t type;
	le64 offset;
};

_Static_assert(sizeof(struct btrfs_disk_key) == 17, "as the format has it");

static inline struct btrfs_key btrfs_key_of(const struct btrfs_disk_key *disk)
{
	return (struct btrfs_key){ le64_get(disk->id), disk->type,
		le64_get(disk->offset) };
}

/* What the superblock says of the device it is on. */
struct btrfs_dev_item {
	le64 id;
	le64 total_bytes;
	le64 bytes_used;
	le32 io_align;
	le32 io_width;
	le32 sector_size;
	le64 type;
	le64 generation;
	le64 start_offset;
	le32 group;
	uint8_t seek_speed;
	uint8_t bandwidth;
	uint8_t uuid[BTRFS_UUID_SIZE];
	uint8_t fsid[BTRFS_UUID_SIZE];
};

struct btrfs_super {
	uint8_t checksum[32];
	uint8_t fsid[BTRFS_UUID_SIZE];
	le64 pos; /* of this copy in the device */
	le64 flags;
	uint8_t magic[8];
	le64 generation;
	le64 root;
	le64 chunk_root;
	le64 log_root;
	le64 log_root_generation;
	le64 total_bytes;
	le64 bytes_used;
	le64 root_dir; /* inode in the root tree */
	le64 devices;
	le32 sector_size;
	le32 node_size;
	le32 leaf_size;
	le32 stripe_size;
	le32 system_size; /* bytes of system_chunks that are used */
	le64 chunk_root_generation;
	le64 compat;
	le64 compat_ro;
	le64 incompat;
	le16 checksum_type;
	uint8_t root_level;
	uint8_t chunk_root_level;
	uint8_t log_root_level;
	struct btrfs_dev_item device;
	char label[256];
	le64 cache_generation;
	le64 uuid_tree_generation;
	uint8_t metadata_uuid[BTRFS_UUID_SIZE];
	le64 reserved[28];
	uint8_t system_chunks[BTRFS_SYSTEM_SIZE];
	uint8_t backups[672];
	uint8_t unused[565];
};

_Static_assert(sizeof(struct btrfs_super) == 4096, "as the format has it");

/* Where a subvolume is: in which directory, and under which name. */
struct btrfs_root_ref {
	le64 dir; /* inode in the tree above */
	le64 index;
	le16 name_len;
	/* the name follows */
};

_Static_assert(sizeof(struct btrfs_root_ref) == 18, "as the format has it");

/* A tree: which, and where its topmost node is. */
struct btrfs_tree {
	uint64_t id;
	uint64_t root; /* logical address */
	uint64_t generation;
	uint8_t level;
};

/* A device of the file system that was found. */
struct btrfs_device {
	uint64_t id;
	uint8_t uuid[BTRFS_UUID_SIZE];
	uint8_t fsid[BTRFS_UUID_SIZE];
	uint64_t generation;
	struct volume *vol;
};

struct btrfs_stripe {
	le64 device;
	le64 pos; /* in the device, bytes */
	uint8_t uuid[BTRFS_UUID_SIZE];
};

/* Decoded and checked: no sum or quotient of its numbers can go wrong. */
struct btrfs_chunk {
	uint64_t start; /* logical */
	uint64_t len;   /* bytes; 0: the slot is empty */
	uint64_t type;
	uint64_t stripe_len; /* a power of two */
	unsigned int stripes;
	unsigned int parity;  /* stripes of a row that hold it */
	unsigned int copies;  /* of each byte */
	unsigned int columns; /* stripes of a row that hold different data */
	struct btrfs_stripe stripe[BTRFS_STRIPES_MAX];
};

/* A node of a tree, with a sound header. */
struct btrfs_node {
	uint64_t at; /* logical address */
	uint64_t generation;
	uint64_t used; /* when it was last asked for; 0: the slot is empty */
	uint32_t items;
	uint8_t level;
	uint8_t *data; /* node_size bytes, or NULL */
};

/* An extent that was decompressed last. */
struct btrfs_unpacked {
	uint64_t at; /* logical address of what was compressed */
	uint64_t packed_len;
	uint32_t len;    /* bytes of data; 0: there is none */
	uint8_t *data;   /* BTRFS_EXTENT_UNPACKED bytes, or NULL */
	uint8_t *packed; /* the same */
};

struct btrfs {
	struct fs *fs;
	struct arena *arena;
	struct volume *own;    /* where the superblock was found */
	struct volume logical; /* what lies at logical addresses */
	uint8_t fsid[BTRFS_UUID_SIZE];
	uint64_t generation;
	uint32_t sector_size;
	uint32_t node_size;
	enum btrfs_checksum checksum;
	uint64_t root_dir;
	uint64_t device_count; /* that the superblock says there are */
	struct btrfs_device devices[BTRFS_DEVICES_MAX];
	size_t devices_found;
	bool in_chunk_tree; /* an item of it is being looked for */

	uint32_t system_size;
	uint8_t system_chunks[BTRFS_SYSTEM_SIZE];
	struct btrfs_chunk chunks[BTRFS_CHUNKS_KEPT];
	unsigned int next_chunk; /* slot that is filled next */

	struct btrfs_tree root_tree;
	struct btrfs_tree chunk_tree;
	struct btrfs_tree last; /* subvolume that was opened last */

	uint64_t clock; /* counts uses of nodes */
	unsigned int kept;
	struct btrfs_node nodes[BTRFS_KEPT_MAX];
	struct btrfs_unpacked unpacked;
};

/* btrfs_super.c */

/*
 * The superblock of a volume: 1, or 0 if it has none.  The first copy counts,
 * and if it is damaged the newest of the others that is not.
 */
int btrfs_super_read(
	struct volume *vol, struct btrfs_super *super, struct error *err);

/* Does that begin with its checksum?  Also if it is of an unknown kind. */
bool btrfs_is_sound(enum btrfs_checksum kind, const void *block, size_t len);

/* btrfs_device.c */

/*
 * Find the devices, beginning with the one that *super was read from.  *super
 * becomes the newest of the file system's.
 */
void btrfs_find_devices(struct btrfs *b, struct btrfs_super *super);

/* The device that a stripe lies on, or NULL. */
const struct btrfs_device *btrfs_device_of(
	const struct btrfs *b, const struct btrfs_stripe *stripe);

/* Was it away while the others were written? */
bool btrfs_is_stale(const struct btrfs *b, const struct btrfs_device *dev);

/* btrfs_chunk.c */

/* How many ways there are to read what lies at an address; 0 with err filled */
unsigned int btrfs_copies(struct btrfs *b, uint64_t logical, struct error *err);

/* Read in one of these ways; -1 also if a device is missing. */
int btrfs_read_copy(struct btrfs *b, uint64_t logical, unsigned int copy,
	void *buf, size_t len, struct error *err);

/*
 * Do len bytes (more than 0) lie in devices as they are?  1, or 0: they have to
 * be read, by which they are made of others or it is said what is missing.
 */
int btrfs_is_in_place(
	struct btrfs *b, uint64_t logical, uint64_t len, struct error *err);

/* Make b->logical. */
void btrfs_logical_volume(struct btrfs *b);

/* btrfs_tree.c */

/* An item; its data are valid until a tree is asked again. */
struct btrfs_item {
	struct btrfs_key key;
	struct bytes data;
};

int btrfs_compare_keys(const struct btrfs_key *a, const struct btrfs_key *b);

/*
 * The first item whose key is not less than key (next), or the last whose key
 * is not greater (before): 1, 0 if there is none, or -1.
 */
int btrfs_next(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, struct btrfs_item *item,
	struct error *err);
int btrfs_before(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, struct btrfs_item *item,
	struct error *err);

/* The item with that key, of at least size bytes: 1, 0 if it is not there. */
int btrfs_item(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, size_t size, struct btrfs_item *item,
	struct error *err);

/* btrfs_dir.c */

/* The subvolume with that number: 1, 0 if there is none or it is deleted. */
int btrfs_subvolume(struct btrfs *b, uint64_t id, struct btrfs_tree *tree,
	struct error *err);

/* The node of an inode of a subvolume. */
int btrfs_inode(struct btrfs *b, const struct btrfs_tree *tree, uint64_t inode,
	struct fs_node *node, struct error *err);

/* The subvolume that a node is of, and the number of its inode there. */
int btrfs_tree_of(struct btrfs *b, const struct fs_node *node,
	struct btrfs_tree *tree, struct error *err);

/* The subvolume that is mounted if none is named; it need not be there. */
uint64_t btrfs_default_subvolume(struct btrfs *b);

int btrfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int btrfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* btrfs_data.c */

int btrfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int btrfs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

/* btrfs_roots.c */

/* Set fs->roots and fs->usual_start. */
int btrfs_set_roots(struct btrfs *b, struct error *err);

#endif
