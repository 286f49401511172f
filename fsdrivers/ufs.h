/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufs.h - what the files of the UFS driver know of each other
 *
 * ufs.c is the driver; below it stand ufs_dir.c (names) and ufs_inode.c
 * (inodes and where files lie), and below these ufs_super.c.
 */
#ifndef FSDRIVERS_UFS_H
#define FSDRIVERS_UFS_H

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define UFS_ROOT 2     /* its inode */
#define UFS_WHITEOUT 1 /* of names that only hide those of another system */

#define UFS_DIRECT 12 /* pointers to blocks, and then levels of pointers */
#define UFS_LEVELS 3

/* A superblock, decoded and checked. */
struct ufs {
	struct volume *vol;
	bool big;            /* the first byte of a number counts most */
	bool second;         /* UFS2: inodes and pointers are twice as large */
	bool inode_sums;     /* inodes have checksums */
	uint32_t block_size; /* bytes, UFS_BLOCK_MIN to UFS_BLOCK_MAX */
	uint32_t fragment_size; /* bytes; what block numbers count */
	uint64_t fragments;     /* of the file system; bytes fit in 63 bits */
	uint32_t groups;
	uint32_t group_inodes; /* per group; together they fit in 32 bits */
	uint64_t group_size;   /* fragments per group */
	uint64_t inode_table; /* fragments from where a group's start is kept */
	uint32_t shift;       /* UFS1: that start moves on by so many ... */
	uint32_t shift_mask;  /* ... times these bits of its number */
	uint32_t short_link;  /* bytes of targets that stand in the inode */
};

#define UFS_BLOCK_MIN 4096
#define UFS_BLOCK_MAX 65536

/* What of a superblock is of use; the same place in all kinds. */
struct ufs_super {
	uint8_t unused1[8];
	raw32 super;
	raw32 group;
	raw32 inode_table;
	raw32 data;
	raw32 shift;
	raw32 shift_mask;
	raw32 old_time;
	raw32 old_fragments;
	raw32 old_data;
	raw32 groups;
	raw32 block_size;
	raw32 fragment_size;
	raw32 per_block; /* fragments */
	uint8_t unused2[44];
	raw32 super_size;
	uint8_t unused3[36];
	raw32 id[2];
	uint8_t unused4[32];
	raw32 group_inodes;
	raw32 group_size;
	uint8_t unused5[16];
	uint8_t modified;
	uint8_t clean;
	uint8_t read_only;
	uint8_t old_flags;
	char mounted_on[468];
	char label[32];
	uint8_t unused6[288];
	raw64 place; /* UFS2: where it is itself, bytes */
	uint8_t unused7[72];
	raw64 fragments;
	uint8_t unused8[216];
	raw32 sum;
	raw32 sums;
	raw32 flags;
	uint8_t unused9[4];
	raw32 short_link;
	raw32 inode_format;
	uint8_t unused10[44];
	raw32 magic;
};

_Static_assert(sizeof(struct ufs_super) == 1376, "as the format has it");

/* ufs_super.c */

/*
 * Find the superblock: 1 and all of it in super, *big and *second set, 0 if
 * there is none.
 */
int ufs_super_find(struct volume *vol, struct ufs_super *super, uint64_t *place,
	bool *big, bool *second, struct error *err);

/* Check the superblock, found at place, into ufs. */
int ufs_super_read(struct ufs *ufs, const struct ufs_super *super,
	uint64_t place, struct error *err);

/* ufs_inode.c */

struct ufs_inode {
	uint32_t ino;
	enum fs_type type;
	uint64_t size;         /* bytes, at most INT64_MAX */
	int64_t mtime;         /* seconds since 1970 */
	bool short_link;       /* the target stands in place of the pointers */
	uint8_t pointers[120]; /* of UFS1 the first half */
};

int ufs_inode_read(struct ufs *ufs, uint32_t ino, struct ufs_inode *inode,
	struct error *err);

/* The inode behind a node, which has to be what it was. */
int ufs_inode_load(struct ufs *ufs, const struct fs_node *node,
	struct ufs_inode *inode, struct error *err);

struct fs_node ufs_node(const struct ufs_inode *inode);

/* Where bytes [from, to) of an inode lie, in rising order without a gap. */
int ufs_map(struct ufs *ufs, const struct ufs_inode *inode, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err);

/* len bytes from off, which are inside. */
int ufs_copy(struct ufs *ufs, const struct ufs_inode *inode, uint64_t off,
	void *buf, size_t len, struct error *err);

/* ufs_dir.c */

int ufs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int ufs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
