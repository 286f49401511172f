/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs.h - what the files of the F2FS driver know of each other
 *
 * f2fs.c is the driver; below it stand f2fs_dir.c (names) and f2fs_data.c
 * (contents of files), below these f2fs_node.c (the table of nodes, inodes) and
 * at the bottom f2fs_checkpoint.c.
 */
#ifndef FSDRIVERS_F2FS_H
#define FSDRIVERS_F2FS_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define F2FS_BLOCK_BITS 12
#define F2FS_BLOCK 4096
#define F2FS_MAGIC 0xf2f52010
#define F2FS_NODES_KEPT 4   /* an inode and the nodes on the way to a block */
#define F2FS_JOURNAL_MAX 38 /* entries; more do not fit there */

enum { /* features */
	F2FS_INODE_CHECKSUM = 0x20,
	F2FS_FLEXIBLE_XATTR = 0x40,
	F2FS_SUPER_CHECKSUM = 0x800,
	F2FS_COMPRESSION = 0x2000,
};

/* Where a node is: it is said in the table, and newer in the journal. */
struct f2fs_nat {
	uint32_t nid;
	uint32_t block;
};

struct f2fs_slot {
	uint32_t nid; /* 0: the slot is empty */
	uint32_t used;
	uint8_t data[F2FS_BLOCK];
};

struct f2fs {
	struct volume *vol;
	struct arena *arena;
	uint32_t features;
	bool many_devices;
	unsigned int segment_bits; /* 2^so many blocks in a segment */
	uint64_t checkpoint;       /* block, of the one that counts */
	uint64_t nat;              /* block */
	uint64_t nat_blocks;       /* of one of both copies */
	uint64_t nat_bitmap; /* bytes; says which copy of a block counts */
	uint32_t main;       /* the first block of data and nodes */
	uint32_t checksum_seed;
	unsigned int journal_count;
	struct f2fs_nat journal[F2FS_JOURNAL_MAX];
	uint32_t clock;
	struct f2fs_slot nodes[F2FS_NODES_KEPT];
	uint32_t cluster_ino; /* whose cluster is decompressed; 0: none */
	uint64_t cluster_at;  /* its first block in the file */
	uint8_t *cluster;     /* NULL, or room for the largest, */
	uint8_t *packed;      /* as here */
};

/* f2fs_checkpoint.c */

/* CRC-32 of zlib's polynomial, without inversion, as F2FS has it everywhere. */
uint32_t f2fs_crc(uint32_t seed, const void *data, size_t len);

/* What the superblock says of checkpoints, all in blocks. */
struct f2fs_layout {
	uint64_t checkpoints;
	uint32_t payload; /* blocks behind the first of each */
};

/* Find the newest sound checkpoint; *clean: it was made in unmounting. */
int f2fs_checkpoint_read(struct f2fs *f2fs, const struct f2fs_layout *layout,
	bool *clean, struct error *err);

/* f2fs_node.c */

/* The block of a node of that inode, valid until F2FS_NODES_KEPT other calls.
 */
const uint8_t *f2fs_node_get(
	struct f2fs *f2fs, uint32_t nid, uint32_t ino, struct error *err);

/* An inode, decoded and checked. */
struct f2fs_inode {
	uint32_t ino;
	enum fs_type type;
	uint64_t size; /* bytes */
	int64_t mtime; /* seconds since 1970 */
	bool encrypted;
	bool inline_data;
	bool inline_names;
	bool written;             /* there are inline data */
	unsigned int inline_at;   /* in the node, bytes */
	unsigned int inline_size; /* bytes */
	unsigned int addrs_at;    /* addresses of the first blocks: */
	unsigned int addrs;       /* how many */
	unsigned int addrs_node;  /* and how many in every other node */
	uint32_t nids[5];         /* nodes with more */
	bool compressed;
	unsigned int method;
	unsigned int cluster_bits; /* 2^so many blocks */
};

/* Messages begin with "inode <ino>". */
int f2fs_inode_read(struct f2fs *f2fs, uint64_t ino, struct f2fs_inode *inode,
	struct error *err);

struct fs_node f2fs_node_of(const struct f2fs_inode *inode);

/* f2fs_data.c */

/* Bytes that are inside of the file. */
int f2fs_inode_data(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err);

int f2fs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int f2fs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

/* Addresses that are none: of zeros, and of a cluster that is compressed. */
#define F2FS_HOLE 0U
#define F2FS_NEW 0xffffffffU
#define F2FS_COMPRESSED 0xfffffffeU

/* What stands for block "index" of a file, and for how many it holds so. */
struct f2fs_run {
	uint32_t address; /* of the first */
	uint64_t count;   /* blocks that follow, or that are the same */
};

int f2fs_run_find(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t index, struct f2fs_run *run, struct error *err);

/* f2fs_cluster.c */

/* At most *len bytes of a compressed file; *len is then how many. */
int f2fs_cluster_read(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, uint8_t *buf, size_t *len, struct error *err);

/* f2fs_dir.c */

int f2fs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int f2fs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
