/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext.h - what the files of the ext2/3/4 driver know of each other
 *
 * libext2fs checks superblocks, checksums and hashes names.  Descriptors,
 * inodes, extents and directories are read here, each block once into a copy
 * that is then checked (promise P14), with a bound on every loop and an error
 * that says where.  ext.c is the driver; below it stand ext_dir.c (names) and
 * ext_map.c (blocks of files), and below these ext_inode.c.
 */
#ifndef FSDRIVERS_EXT_H
#define FSDRIVERS_EXT_H

#include <stdbool.h>

#include "fsdrivers/ext_io.h"
#include "src/base/bytes.h"
#include "src/disk/overlay.h"
#include "src/fs/fs.h"

#define EXT_BLOCK_MAX 65536 /* largest block, EXT2_MAX_BLOCK_SIZE */
#define EXT_INODE_MAX 32768 /* largest power of two in s_inode_size */
#define EXT_INODES_KEPT 8
#define EXT_BLOCKS_KEPT 4

/* An inode, decoded and checked. */
struct ext_inode {
	uint32_t ino; /* 0: none */
	uint32_t flags;
	uint32_t generation;
	enum fs_type type;
	uint64_t size; /* bytes, at most INT64_MAX */
	int64_t mtime; /* seconds since 1970 */
	uint8_t block[60];
};

/* A directory block whose checksum was right. */
struct ext_block {
	uint64_t number;
	uint32_t used; /* when it was last asked for; 0: the slot is empty */
	uint8_t *data;
};

struct ext {
	ext2_filsys lib;
	struct ext_io io;
	struct volume *vol;
	struct overlay *overlay; /* what a replayed journal holds, or NULL */
	struct arena *arena;
	uint32_t block_size; /* bytes, 1024 to EXT_BLOCK_MAX */
	uint32_t inode_size; /* bytes, 128 to EXT_INODE_MAX */
	uint64_t blocks;     /* blocks * block_size fits in 63 bits */

	uint32_t group;       /* whose inode table is known */
	uint64_t inode_table; /* its first block; 0: of no group */
	struct ext_inode inodes[EXT_INODES_KEPT];
	struct ext_block dirs[EXT_BLOCKS_KEPT];
	uint32_t clock;              /* counts uses, for dirs */
	const struct ext_inode *sum; /* whose block is being summed */
};

/* ext_inode.c */

/* Read and check an inode.  Messages begin with "inode <ino>". */
int ext_inode_read(struct ext *ext, uint32_t ino, struct ext_inode *inode,
	struct error *err);

/* An inode with the bytes kept inside it, behind which raw stays in use. */
struct ext_inline {
	struct ext_inode inode;
	struct bytes head; /* in i_block */
	struct bytes tail; /* in the attribute system.data, or empty */
	_Alignas(8) uint8_t raw[EXT_INODE_MAX];
};

/* Fill data for an inode with EXT4_INLINE_DATA_FL. */
int ext_inline_read(struct ext *ext, uint32_t ino, struct ext_inline *data,
	struct error *err);

/* ext_map.c */

/* count blocks of the file, or directory, from first lie at pblk. */
struct ext_run {
	uint64_t first;
	uint64_t pblk; /* block of the file system, or FS_HOLE */
	uint64_t count;
};

typedef int ext_visit_run(
	void *ctx, const struct ext_run *run, struct error *err);

/*
 * Visit the blocks [from, to) of an inode in rising order and without a gap,
 * in runs as long as possible.  0, or what visit returned.
 */
int ext_map(struct ext *ext, const struct ext_inode *inode, uint64_t from,
	uint64_t to, ext_visit_run *visit, void *ctx, struct error *err);

/* ext_dir.c, and ext_htree.c for large directories */

struct ext_dirent {
	uint32_t ino;
	uint8_t type;     /* EXT2_FT_..., 0 if the file system has none */
	uint8_t len;      /* bytes of the name, more than 0 */
	const char *name; /* not terminated */
};

int ext_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int ext_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/*
 * The next name at or behind *pos of a piece of a directory: 1, 0 at its end.
 * *pos only rises.
 */
int ext_dirent_next(const struct ext *ext, struct bytes piece, size_t *pos,
	struct ext_dirent *entry, struct error *err);

/* Is this the name?  As the directory compares, which may fold cases. */
bool ext_dirent_is(const struct ext *ext, const struct ext_inode *dir,
	const struct ext_dirent *entry, const char *name, size_t len);

/* Does the checksum of a directory's block fit? */
int ext_dir_verify(struct ext *ext, const struct ext_inode *dir, uint64_t pblk,
	uint8_t *data, struct error *err);

/* A checked block of a directory, valid until the next call; or NULL. */
const uint8_t *ext_dir_block(struct ext *ext, const struct ext_inode *dir,
	uint64_t pblk, struct error *err);

/*
 * Look name up in the hash tree of a directory: 1 found and *ino set, 0 not
 * there, 2 if the tree cannot tell and all blocks have to be looked through.
 */
int ext_htree_lookup(struct ext *ext, const struct ext_inode *dir,
	const char *name, size_t len, uint32_t *ino, struct error *err);

#endif
