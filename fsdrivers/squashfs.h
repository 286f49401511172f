/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs.h - what the files of the squashfs driver know of each other
 *
 * squashfs.c is the driver; below it stand squashfs_dir.c (names) and
 * squashfs_data.c (contents of files), below these squashfs_inode.c, and at the
 * bottom squashfs_block.c, which decompresses, and keeps what was decompressed
 * last.
 *
 * Inodes and directories lie in two tables, each a chain of metadata blocks: a
 * header of two bytes and at most 8 KiB, which decompressed and put one behind
 * the other make the table.  A place in it is the block's and an offset there.
 */
#ifndef FSDRIVERS_SQUASHFS_H
#define FSDRIVERS_SQUASHFS_H

#include <stdbool.h>

#include "fsdrivers/unpack.h"
#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define SQUASHFS_METADATA_SIZE 8192      /* of a metadata block, decompressed */
#define SQUASHFS_FRAGMENTS_PER_BLOCK 512 /* metadata block of their table */
#define SQUASHFS_BLOCK_MIN 4096
#define SQUASHFS_BLOCK_MAX (1 << 20)

/* So much is kept: inodes far apart, a directory; a block and a tail's. */
#define SQUASHFS_METADATA_KEPT 8
#define SQUASHFS_BLOCKS_KEPT 2

/* A place in a table, or in the listing of a directory. */
struct squashfs_at {
	uint64_t block; /* where its metadata block begins in the volume */
	uint64_t off;   /* in what comes of it, bytes; may be behind its end */
};

/* A block as it is stored: of a file, or one that many files' tails share. */
struct squashfs_stored {
	uint64_t pos; /* in the volume, bytes */
	uint32_t raw; /* its size, and SQUASHFS_AS_IS; 0: it is all zeros */
};

#define SQUASHFS_AS_IS (UINT32_C(1) << 24) /* not compressed */
#define SQUASHFS_SIZE_MASK (SQUASHFS_AS_IS - 1)

/* Something decompressed. */
struct squashfs_kept {
	struct squashfs_stored from;
	uint64_t next; /* of a metadata block: where the one behind it begins */
	uint32_t len;  /* bytes of data; 0: the slot is empty */
	uint32_t used; /* when it was last asked for */
	uint8_t *data; /* NULL, or room for the largest of the kind */
};

/* Where a read was, so that the next one need not begin at the start. */
struct squashfs_place {
	uint64_t id;    /* of the node; UINT64_MAX: of none */
	uint64_t index; /* of the block in the file */
	struct squashfs_stored block;
	struct squashfs_at next; /* where the size of the next block stands */
};

struct squashfs {
	struct volume *vol;
	struct arena *arena;
	enum unpack_method method;
	uint32_t block_size;  /* bytes, a power of two */
	uint32_t fragments;   /* blocks of tails */
	uint64_t size;        /* bytes of the file system, all in the volume */
	uint64_t inodes;      /* where its tables begin, bytes */
	uint64_t directories; /* and where the inodes end */
	uint64_t fragment_index;
	struct squashfs_place place;

	uint32_t clock;  /* counts uses of what is kept */
	uint8_t *packed; /* block_size bytes, once a block was decompressed */
	struct squashfs_kept metadata[SQUASHFS_METADATA_KEPT];
	struct squashfs_kept blocks[SQUASHFS_BLOCKS_KEPT];
};

/* squashfs_block.c */

/*
 * The next len bytes of a table that ends at "end" in the volume; *at moves
 * behind them.  buf may be NULL: they are passed over.
 */
int squashfs_table_read(struct squashfs *sq, struct squashfs_at *at,
	uint64_t end, void *buf, uint64_t len, struct error *err);

/* A block that is compressed, valid until the next call; or NULL. */
const struct squashfs_kept *squashfs_block(struct squashfs *sq,
	const struct squashfs_stored *stored, struct error *err);

/* squashfs_inode.c */

#define SQUASHFS_NO_FRAGMENT UINT32_MAX

/* An inode, decoded and checked. */
struct squashfs_inode {
	enum fs_type type;
	uint64_t size; /* bytes; of a directory: of its listing */
	int64_t mtime; /* seconds since 1970 */

	/*
	 * What stands behind the inode: sizes of a file's blocks, a link's
	 * target, a directory's index.
	 */
	struct squashfs_at rest;

	struct squashfs_at listing; /* of a directory */
	uint32_t index_count;       /* entries of its index */

	uint64_t start;           /* of a file: where its first block begins */
	uint32_t fragment;        /* block with its tail */
	uint32_t fragment_offset; /* of the tail there, bytes */
};

/*
 * Read and check the inode with that reference, which has the metadata block in
 * the upper 48 bits, as the table counts, and in the lower 16 the offset.
 * Messages begin with "inode <id>".
 */
int squashfs_inode_read(struct squashfs *sq, uint64_t id,
	struct squashfs_inode *inode, struct error *err);

struct fs_node squashfs_node(uint64_t id, const struct squashfs_inode *inode);

/* The inode behind a node, which has to be what it was. */
int squashfs_inode_again(struct squashfs *sq, const struct fs_node *node,
	struct squashfs_inode *inode, struct error *err);

/* squashfs_dir.c */

int squashfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int squashfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* squashfs_data.c */

int squashfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int squashfs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err);

#endif
