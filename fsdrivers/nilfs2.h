/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nilfs2.h - what the files of the NILFS2 driver know of each other
 *
 * nilfs2.c is the driver, with its superblocks; nilfs2_log.c finds the latest
 * log, and with it everything else.  Below stand nilfs2_dir.c (names) and
 * nilfs2_inode.c (inodes, in a file too), and below these nilfs2_map.c, which
 * finds the blocks of any file.
 *
 * Everything but the superblocks is files: the DAT, which says where blocks
 * are, the cpfile with the checkpoints, and in each checkpoint an ifile with
 * the inodes of that time.
 */
#ifndef FSDRIVERS_NILFS2_H
#define FSDRIVERS_NILFS2_H

#include <stdbool.h>

#include "fsdrivers/blockcache.h"
#include "src/base/bytes.h"
#include "src/fs/filemap.h"

#define NILFS2_ROOT 2 /* inode of the root directory */

#define NILFS2_BLOCK_MAX 65536 /* bytes; NILFS_MAX_BLOCK_SIZE of Linux */

/* Pointers of a file in its inode: bytes. */
#define NILFS2_MAP_SIZE 56

/* An inode as it is in files, in the super root and in checkpoints. */
struct nilfs2_raw_inode {
	le64 blocks;
	le64 size;
	le64 ctime;
	le64 mtime;
	le32 ctime_nsec;
	le32 mtime_nsec;
	le32 uid;
	le32 gid;
	le16 mode;
	le16 links;
	le32 flags;
	uint8_t map[NILFS2_MAP_SIZE];
	le64 attributes;
	le32 generation;
	le32 unused;
};

/* Any of the files: where its blocks are. */
struct nilfs2_file {
	bool physical; /* the DAT: its pointers are blocks of the volume */
	uint8_t map[NILFS2_MAP_SIZE];
};

struct nilfs2_inode {
	uint64_t number;
	enum fs_type type;
	uint64_t size;
	int64_t mtime;
	struct nilfs2_file file;
};

/* A file of entries of one size, in groups that begin with a bitmap. */
struct nilfs2_table {
	struct nilfs2_file file;
	uint32_t entry_size; /* bytes, at most a block */
};

struct nilfs2 {
	struct volume *vol;
	uint32_t block_size; /* bytes, 1024 to NILFS2_BLOCK_MAX */
	uint32_t seed;       /* what checksums of this volume begin with */
	struct nilfs2_table dat;
	struct nilfs2_table inodes;
	/* That the DAT's blocks do not drive out those that led to it. */
	struct blockcache dat_blocks;
	struct blockcache blocks;
	/* The block of the DAT asked for last: in the file, in the volume. */
	uint64_t dat_block, dat_at;
};

/* What the superblock says of the log. */
struct nilfs2_super {
	uint64_t segments;
	uint64_t first_block;    /* of segment 0 */
	uint32_t segment_blocks; /* of a segment */
	uint64_t log;            /* block where the last one known begins */
	uint64_t sequence;       /* of its segment */
	uint32_t inode_size;     /* bytes */
	uint32_t checkpoint_size;
};

/* nilfs2.c: go on from crc, which the format does not invert. */
uint32_t nilfs2_crc(uint32_t crc, const void *data, size_t len);

/* Is that what the sum has to be? */
static inline bool nilfs2_sum_is(uint32_t crc, le32 sum)
{
	return crc == le32_get(sum);
}

/* nilfs2_log.c: the DAT and the ifile of the latest checkpoint. */
int nilfs2_log_open(struct nilfs2 *nilfs, const struct nilfs2_super *super,
	struct error *err);

/* nilfs2_map.c */

/* A block of a file, valid until some others were asked for; or NULL. */
const uint8_t *nilfs2_file_block(struct nilfs2 *nilfs,
	const struct nilfs2_file *file, uint64_t block, struct error *err);

/* An entry of a table; valid as long as a block. */
const void *nilfs2_table_entry(struct nilfs2 *nilfs,
	const struct nilfs2_table *table, uint64_t number, struct error *err);

/* Give map what of its range there is, and end it. */
int nilfs2_file_map(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	struct filemap *map, struct error *err);

/* nilfs2_inode.c */

/* Messages begin with "inode <number>". */
int nilfs2_inode_read(struct nilfs2 *nilfs, uint64_t number,
	struct nilfs2_inode *inode, struct error *err);

/* The inode behind a node, which has to be what it was. */
int nilfs2_inode_again(struct nilfs2 *nilfs, const struct fs_node *node,
	struct nilfs2_inode *inode, struct error *err);

struct fs_node nilfs2_node(const struct nilfs2_inode *inode);

int nilfs2_copy(struct nilfs2 *nilfs, const struct nilfs2_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err);
int nilfs2_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int nilfs2_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err);

/* nilfs2_dir.c */

int nilfs2_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int nilfs2_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
