/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs.h - what the files of the EROFS driver know of each other
 *
 * erofs.c is the driver; below it stand erofs_dir.c (names) and erofs_data.c
 * (contents of files); below that erofs_packed.c, which decompresses, and
 * erofs_index.c, which finds what; at the bottom erofs_inode.c.
 *
 * An inode's number says where it lies.  What belongs to an inode (the end of
 * its data, a list of chunks, the index of compressed data) begins behind it.
 */
#ifndef FSDRIVERS_EROFS_H
#define FSDRIVERS_EROFS_H

#include <stdbool.h>

#include "fsdrivers/unpack.h"
#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define EROFS_BLOCK_BITS_MIN 9
#define EROFS_BLOCK_BITS_MAX 16 /* the largest page of any machine */

/* What Linux takes: of compressed data at once, and of what comes of them. */
#define EROFS_PACKED_MAX (1U << 20)
#define EROFS_UNPACKED_MAX (12U << 20)

enum erofs_layout {
	EROFS_PLAIN,
	EROFS_PACKED_FULL,
	EROFS_INLINE, /* plain, but the end is behind the inode */
	EROFS_PACKED_COMPACT,
	EROFS_CHUNKS,
};

struct erofs_inode {
	uint64_t nid;
	enum fs_type type;
	enum erofs_layout layout;
	uint64_t size; /* bytes */
	int64_t mtime; /* seconds since 1970 */
	uint32_t raw;  /* the first block, or how the chunks are listed */
	uint64_t rest; /* behind it and its attributes, bytes of the volume */
};

/* The index of a compressed file. */
struct erofs_packed {
	struct erofs_inode inode;
	uint64_t index; /* where it begins in the volume, bytes */
	unsigned int cluster_bits;
	unsigned int advise;
	unsigned int methods[2];
	bool all_shared;     /* the whole file is in the packed inode */
	uint64_t shared;     /* where its end, or all of it, is there */
	uint32_t tail_size;  /* of the end that is behind the index, bytes */
	uint64_t tail_at;    /* in the volume */
	uint64_t tail_first; /* cluster where that end begins; or UINT64_MAX */
};

enum erofs_piece_kind {
	EROFS_COMPRESSED,
	EROFS_SHIFTED, /* as it is, from the first byte of the block on */
	EROFS_ROTATED, /* as it is, each byte at its own place of a block */
	EROFS_SHARED,  /* in the packed inode */
};

/* Bytes of a file that are compressed, or not, together. */
struct erofs_piece {
	enum erofs_piece_kind kind;
	uint64_t file;   /* offset in the file, bytes */
	uint64_t len;    /* bytes of the file; 0: this is no piece */
	uint64_t pos;    /* in the volume, or in the packed inode, bytes */
	uint32_t packed; /* bytes there */
	unsigned int method;
};

/* Something decompressed. */
struct erofs_kept {
	uint64_t pos;  /* of what came of it in the volume */
	uint64_t len;  /* bytes of data; 0: the slot is empty */
	uint32_t used; /* when it was last asked for */
	uint8_t *data;
	size_t room;
};

/* A compressed file being read; the packed inode is read at the same time. */
struct erofs_open {
	bool valid;
	struct erofs_packed packed;
	struct erofs_piece piece; /* that was found last */
	struct erofs_kept kept;
};

struct erofs {
	struct volume *vol;
	struct arena *arena;
	unsigned int block_bits;
	uint64_t meta; /* where inode 0 would be, bytes */
	bool padded;   /* zeros are in front of what lz4 packed */
	bool shares;   /* there is a packed inode */
	uint64_t shared;
	uint64_t blocks;
	unsigned int devices;  /* others that it is on */
	uint64_t device_table; /* bytes */
	int64_t built;         /* seconds since 1970 */
	uint8_t *input; /* EROFS_PACKED_MAX bytes, once some were needed */
	struct erofs_open open[2]; /* the second: the packed inode */
};

/* erofs_inode.c */

/* Read and check an inode.  Messages begin with "inode <nid>". */
int erofs_inode_read(struct erofs *erofs, uint64_t nid,
	struct erofs_inode *inode, struct error *err);

struct fs_node erofs_node(const struct erofs_inode *inode);

/* erofs_index.c */

/* Read what stands in front of the index. */
int erofs_packed_open(struct erofs *erofs, const struct erofs_inode *inode,
	struct erofs_packed *packed, struct error *err);

/* The piece with the byte of the file at off, which is inside. */
int erofs_packed_find(struct erofs *erofs, const struct erofs_packed *packed,
	uint64_t off, struct erofs_piece *piece, struct error *err);

/* erofs_packed.c */

int erofs_packed_read(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, uint8_t *buf, size_t len, struct error *err);

/* erofs_data.c */

/* Bytes that are inside of the file. */
int erofs_inode_data(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err);

int erofs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int erofs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

/* erofs_dir.c */

int erofs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int erofs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
