/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs.h - what the files of the ZFS driver know of each other
 *
 * From the bottom up: zfs_nvlist.c (lists of named values), zfs_label.c (which
 * devices are of the pool), zfs_vdev.c and zfs_raidz.c (where bytes of the pool
 * lie on them), zfs_sum.c and zfs_unpack.c (checksums, compression),
 * zfs_block.c (blocks, which a block pointer finds), zfs_dnode.c (objects,
 * which are made of blocks), zfs_zap.c (names in objects), zfs_dataset.c (the
 * tree of datasets), zfs_attr.c (attributes of files), zfs_dir.c and
 * zfs_file.c, and zfs.c, which is the driver.
 *
 * The format is that of Sun's "ZFS On-Disk Specification" (2006) and of OpenZFS
 * since.  Numbers are read as little-endian ones only: Xen has no guests on
 * machines that write others.
 */
#ifndef FSDRIVERS_ZFS_H
#define FSDRIVERS_ZFS_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define ZFS_ASHIFT_MIN 9
#define ZFS_ASHIFT_MAX 16
#define ZFS_NAME_SIZE 256 /* of a pool or a dataset, with NUL */

/* What a pool may be made of; there is no limit in the format. */
#define ZFS_TOPS_MAX 256     /* top-level vdevs */
#define ZFS_CHILDREN_MAX 255 /* of one; raidz has no more */
#define ZFS_VDEV_DEPTH 5     /* raidz, spare, replacing, disk: 4 in practice */
#define ZFS_DEVICES_MAX 1024

#define ZFS_BLOCK_MAX (16U << 20) /* recordsize of OpenZFS 2.2 */
#define ZFS_SECTOR 512
#define ZFS_BP_SIZE 128
#define ZFS_BP_SHIFT 7
#define ZFS_DVAS 3
#define ZFS_DNODE_MIN 512
#define ZFS_DNODE_MAX 16384
#define ZFS_LEVELS_MAX 16 /* of indirect blocks; ZFS makes 6 at most */

/* zfs_nvlist.c ------------------------------------------------------------ */

enum zfs_nvtype {
	ZFS_NV_BOOLEAN = 1,
	ZFS_NV_UINT64 = 8,
	ZFS_NV_STRING = 9,
	ZFS_NV_LIST = 19,
	ZFS_NV_LISTS = 20,
};

/* One named value, in the bytes that it was found in. */
struct zfs_nvpair {
	struct bytes name;
	uint32_t type;
	uint32_t count; /* of values */
	struct bytes value;
};

/* The pairs of the list that begins with the header of its encoding. */
int zfs_nvlist_begin(
	struct bytes packed, struct bytes *pairs, struct error *err);

/* Move the next pair from the rest: 1, or 0 at the list's end. */
int zfs_nvlist_next(
	struct bytes *rest, struct zfs_nvpair *pair, struct error *err);

/* 1 and the value, or 0: there is none of this name and type. */
int zfs_nvlist_u64(struct bytes pairs, const char *name, uint64_t *value,
	struct error *err);
int zfs_nvlist_string(struct bytes pairs, const char *name, char *out,
	size_t size, struct error *err);
int zfs_nvlist_list(struct bytes pairs, const char *name, struct bytes *list,
	struct error *err);

/* As the last, but of so many lists: the first's pairs, or 0. */
int zfs_nvlist_lists(struct bytes pairs, const char *name, struct bytes *rest,
	uint32_t *count, struct error *err);

/* The pairs of a list that stands in front of rest, which is moved behind. */
int zfs_nvlist_take(struct bytes *rest, struct bytes *pairs, struct error *err);

/* zfs_label.c ------------------------------------------------------------- */

#define ZFS_LABEL_SIZE (256U << 10)
#define ZFS_CONFIG_OFF (16U << 10) /* of the list in a label */
#define ZFS_CONFIG_SIZE (112U << 10)
#define ZFS_RING_OFF (128U << 10) /* of the uberblocks in a label */
#define ZFS_RING_SIZE (128U << 10)
#define ZFS_DATA_OFF (4U << 20) /* where offsets in a vdev count from */

/* What a device's labels say. */
struct zfs_label {
	uint8_t *config; /* ZFS_CONFIG_SIZE bytes; pairs points into it */
	struct bytes pairs;
	uint64_t txg;
	uint64_t version;
	uint64_t state;
	uint64_t pool; /* GUIDs */
	uint64_t top;
	uint64_t device;
	char name[ZFS_NAME_SIZE];
};

struct zfs_bp {
	le64 word[ZFS_BP_SIZE / 8];
};

struct zfs_uberblock {
	uint64_t txg;
	uint64_t timestamp;
	uint64_t version;
	struct zfs_bp root;
};

/* Does one of the first two labels begin as one does?  1 yes, 0 no. */
int zfs_label_probe(struct volume *vol, struct error *err);

/* The first sound label; label->config is given by the caller. */
int zfs_label_read(
	struct volume *vol, struct zfs_label *label, struct error *err);

/*
 * The newest uberblock of the first label with a sound one; sectors are of
 * 1 << ashift bytes.  buf has room for ZFS_RING_SIZE bytes.
 */
int zfs_uberblock_read(struct volume *vol, uint64_t ashift, uint8_t *buf,
	struct zfs_uberblock *best, struct error *err);

/* zfs_vdev.c, zfs_raidz.c ------------------------------------------------- */

enum zfs_vdev_kind { ZFS_VDEV_DEVICE, ZFS_VDEV_MIRROR, ZFS_VDEV_RAIDZ };

struct zfs_vdev {
	enum zfs_vdev_kind kind;
	uint64_t guid;
	struct volume *vol; /* of a device; NULL: it is not there */
	struct zfs_vdev *children;
	unsigned int count;
	unsigned int parity; /* of raidz: 1 to 3 */
	unsigned int ashift; /* of a top-level vdev, and of raidz */
	unsigned int ways;   /* to read: mirrors, or columns distrusted */
};

struct zfs_device {
	uint64_t guid;
	struct volume *vol;
};

struct zfs_devices {
	struct zfs_device *list;
	size_t count;
	size_t capacity;
};

/* What a "vdev_tree" says; devices are looked up by their GUIDs. */
int zfs_vdev_parse(struct zfs_vdev *vdev, struct bytes pairs,
	const struct zfs_devices *devices, struct arena *arena,
	struct error *err);

/* What reading wants beyond the caller's buffer; grows and is kept. */
struct zfs_buffer {
	uint8_t *data;
	size_t size;
};

int zfs_buffer_grow(struct zfs_buffer *buffer, size_t size, struct arena *arena,
	struct error *err);

/*
 * Read size bytes at off, as offsets in a vdev count.  way is below
 * vdev->ways; buf has room for a whole number of sectors.
 */
struct zfs_pool;
int zfs_vdev_read(struct zfs_pool *pool, const struct zfs_vdev *vdev,
	uint64_t off, uint8_t *buf, size_t size, unsigned int way,
	struct error *err);
int zfs_raidz_read(struct zfs_pool *pool, const struct zfs_vdev *vdev,
	uint64_t off, uint8_t *buf, size_t size, unsigned int way,
	struct error *err);

/* zfs_sum.c, zfs_unpack.c -------------------------------------------------- */

struct zfs_sum {
	uint64_t word[4];
};

void zfs_fletcher2(struct bytes data, struct zfs_sum *sum);
void zfs_fletcher4(struct bytes data, struct zfs_sum *sum);
void zfs_sha256(struct bytes data, struct zfs_sum *sum);

/*
 * Does a block that ends with a checksum of itself, which counts in a number
 * for where it should be, say what it should?
 */
bool zfs_self_sum_ok(uint8_t *data, size_t len, const struct zfs_sum *where);

/* Of the block pointer's kind, which may be one that is not checked: true. */
bool zfs_sum_ok(
	unsigned int kind, struct bytes data, const struct zfs_sum *wanted);

/*
 * Decompress packed into out, which then has exactly len bytes of the block.
 * packed is changed.
 */
int zfs_unpack(unsigned int kind, uint8_t *packed, size_t packed_len,
	uint8_t *out, size_t len, struct error *err);

/* zfs_block.c -------------------------------------------------------------- */

/* So many blocks of at most ZFS_SMALL, and so many larger ones, are kept. */
#define ZFS_SMALL (128U << 10)
#define ZFS_SMALL_KEPT 24
#define ZFS_KEPT (ZFS_SMALL_KEPT + 1)

struct zfs_kept {
	struct zfs_bp bp;
	struct zfs_buffer buffer;
	size_t len;         /* 0: the slot is empty */
	unsigned int stamp; /* when it was last asked for */
};

struct zfs_objset;

struct zfs_pool {
	struct fs *fs;
	uint64_t guid;
	struct zfs_devices devices;
	struct zfs_vdev *tops; /* by their numbers in block pointers */
	unsigned int top_count;
	struct zfs_buffer packed; /* a block as it lies on the devices */
	struct zfs_buffer parity;
	struct zfs_kept kept[ZFS_KEPT];
	unsigned int clock;
	struct zfs_objset *mos;
	struct zfs_objset **sets; /* datasets that were opened */
	size_t set_count;
	size_t set_capacity;
};

bool zfs_bp_is_hole(const struct zfs_bp *bp);
bool zfs_bp_is_encrypted(const struct zfs_bp *bp);
unsigned int zfs_bp_level(const struct zfs_bp *bp);

/* What a block pointer finds, until the next block is asked for. */
int zfs_block(struct zfs_pool *pool, const struct zfs_bp *bp,
	struct bytes *block, struct error *err);

/* zfs_dnode.c -------------------------------------------------------------- */

/* Where the blocks of an object are. */
struct zfs_object {
	unsigned int type;
	unsigned int levels;       /* of pointers, with the lowest: 1 or more */
	unsigned int indirect_log; /* pointers in an indirect block, log2 */
	unsigned int pointers;     /* in bp: 1 to 3 */
	uint32_t block_size;
	uint64_t blocks;
	struct zfs_bp bp[3];
};

struct zfs_dnode {
	struct zfs_object data;
	unsigned int bonus_type;
	struct bytes bonus; /* in raw */
	bool has_spill;
	struct zfs_bp spill;
	uint8_t raw[ZFS_DNODE_MAX];
};

/* System attributes that the driver looks at. */
enum zfs_attr { ZFS_MODE, ZFS_SIZE, ZFS_MTIME, ZFS_SYMLINK, ZFS_ATTRS };

#define ZFS_REGISTRY_MAX 256 /* attributes; ZFS has 22 */
#define ZFS_LAYOUT_MAX 64    /* attributes of a file */

struct zfs_layout {
	unsigned int number;
	unsigned int count; /* 0: none was read yet */
	uint16_t attr[ZFS_LAYOUT_MAX];
};

struct zfs_objset {
	uint64_t id; /* of the dataset in the pool's meta objects; 0: these */
	struct zfs_object dnodes;
	uint64_t root; /* directory, object */
	bool compare;  /* names match otherwise than byte for byte */
	bool fold_case;
	bool has_attrs;   /* version 5 */
	uint64_t layouts; /* object with them */
	uint16_t attr_number[ZFS_ATTRS];
	bool attr_known[ZFS_ATTRS];
	uint16_t attr_len[ZFS_REGISTRY_MAX]; /* bytes; 0: it varies */
	struct zfs_layout layout;            /* the last that was used */
};

int zfs_objset_read(struct zfs_pool *pool, const struct zfs_bp *bp,
	unsigned int type, struct zfs_objset *set, struct error *err);

/* An object of a set that is in use. */
int zfs_dnode_read(struct zfs_pool *pool, const struct zfs_objset *set,
	uint64_t number, struct zfs_dnode *dnode, struct error *err);

/* A block of an object: 1, or 0 for a hole.  As zfs_block(). */
int zfs_object_block(struct zfs_pool *pool, const struct zfs_object *object,
	uint64_t index, struct bytes *block, struct error *err);

/* Bytes of an object, zeros where there is a hole. */
int zfs_object_read(struct zfs_pool *pool, const struct zfs_object *object,
	uint64_t off, void *buf, size_t len, struct error *err);

/* zfs_zap.c ---------------------------------------------------------------- */

struct zfs_zap_entry {
	const char *name;
	unsigned int
		count; /* of numbers; at most ZFS_LAYOUT_MAX are in value */
	uint64_t value[ZFS_LAYOUT_MAX];
};

/* 0 goes on, anything else stops and is returned. */
typedef int zfs_zap_visit(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err);

/* Every name that fits into FS_NAME_MAX bytes; others are left out. */
int zfs_zap_each(struct zfs_pool *pool, const struct zfs_object *zap,
	zfs_zap_visit *visit, void *ctx, struct error *err);

/* 1 and the entry without its name, or 0. */
int zfs_zap_find(struct zfs_pool *pool, const struct zfs_object *zap,
	const char *name, struct zfs_zap_entry *entry, struct error *err);

/* The same of an object of a set, for one number. */
int zfs_zap_number(struct zfs_pool *pool, const struct zfs_objset *set,
	uint64_t object, const char *name, uint64_t *number, struct error *err);

/* zfs_dataset.c ------------------------------------------------------------ */

/* A directory of datasets. */
struct zfs_dir {
	uint64_t head;     /* its dataset; 0: none */
	uint64_t children; /* a ZAP of the directories in it; 0: none */
	uint64_t parent;
};

int zfs_dir_read(struct zfs_pool *pool, uint64_t object, struct zfs_dir *dir,
	struct error *err);

/* The directory called name in dir: 1, or 0. */
int zfs_dir_child(struct zfs_pool *pool, uint64_t dir, const char *name,
	uint64_t *child, struct error *err);

/* A dataset's snapshot: 1, or 0. */
int zfs_snapshot(struct zfs_pool *pool, uint64_t dataset, const char *name,
	uint64_t *snapshot, struct error *err);

/* Its snapshots' names, in order of the ZAP. */
int zfs_snapshots(struct zfs_pool *pool, uint64_t dataset, zfs_zap_visit *visit,
	void *ctx, struct error *err);

/*
 * The file system in a dataset, opened if it was not; its number is the index
 * in pool->sets.
 */
int zfs_dataset_open(struct zfs_pool *pool, uint64_t dataset, size_t *number,
	struct error *err);

/*
 * Read the pool's meta objects, and refuse features that are not known; then
 * the root directory of datasets.
 */
int zfs_pool_open(struct zfs_pool *pool, const struct zfs_uberblock *uber,
	uint64_t *root, struct error *err);

/*
 * The file system whose paths may go without a dataset in front: of the pool's
 * property "bootfs", or else the first that has something to boot by.  0: none.
 */
int zfs_default_dataset(struct zfs_pool *pool, uint64_t root, uint64_t *dataset,
	struct error *err);

/* zfs_attr.c, zfs_dir.c, zfs_file.c -----------------------------------------
 */

/* Read what says where attributes are. */
int zfs_attr_open(struct zfs_pool *pool, struct zfs_objset *set,
	uint64_t master, struct error *err);

/* What is known of a file by its dnode. */
int zfs_file_node(struct zfs_pool *pool, size_t set, uint64_t object,
	struct fs_node *node, struct error *err);

/* Where a link's target begins: 1 and the bytes, or 0: in the object's. */
int zfs_link_target(struct zfs_pool *pool, struct zfs_objset *set,
	const struct zfs_dnode *dnode, struct bytes *target, struct error *err);

/*
 * A node is of a file in a dataset, or of a directory of datasets, or both:
 * directory of files first.  id is the number of the set and the object in it,
 * aux[0] the directory of datasets' object or 0.
 */
#define ZFS_NO_SET 0xffff
#define ZFS_OBJECT_BITS 48

static inline uint64_t zfs_id(size_t set, uint64_t object)
{
	return (uint64_t)set << ZFS_OBJECT_BITS | object;
}

static inline size_t zfs_id_set(uint64_t id)
{
	return (size_t)(id >> ZFS_OBJECT_BITS);
}

static inline uint64_t zfs_id_object(uint64_t id)
{
	return id & ((UINT64_C(1) << ZFS_OBJECT_BITS) - 1);
}

int zfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int zfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);
int zfs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err);

#endif
