/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs.h - what the files of the XFS driver know of each other
 *
 * xfs.c is the driver, and xfs_log.c tells it whether the log is clean.  Below
 * stand xfs_dir.c (names), with xfs_index.c (names by their hash) and
 * xfs_map.c (blocks of files), and below these xfs_inode.c.
 *
 * A file system is cut into allocation groups of the same size.  Numbers of
 * blocks and inodes have the group in their upper bits, so they are no plain
 * distance from the start: xfs_block_pos() makes one of them.
 *
 * Version 5 has in each piece of metadata its checksum, whose it is, and the
 * UUID of the file system; all three are checked whenever one is read.
 */
#ifndef FSDRIVERS_XFS_H
#define FSDRIVERS_XFS_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/disk/patches.h"
#include "src/fs/fs.h"

#define XFS_BLOCK_MAX 65536 /* of files and of directories */
#define XFS_INODE_MAX 2048
#define XFS_UUID_SIZE 16

/* Where in a piece of metadata stands what is checked, bytes. */
struct xfs_marks {
	unsigned int crc;
	unsigned int uuid;
	unsigned int owner;
};

struct xfs {
	struct volume *vol; /* with what is in the log, if it was replayed */
	const struct patches *patches; /* that, or NULL */
	unsigned int block_log;        /* of bytes: 9 to 16 */
	unsigned int inode_log;        /* of bytes: 8 to 11 */
	unsigned int group_log; /* of blocks that fit in a number: at most 31 */
	uint32_t block_size;    /* bytes */
	uint32_t inode_size;    /* bytes */
	uint32_t dir_size;      /* bytes of a directory's block */
	size_t type_size; /* bytes of a file's type next to its name, or 0 */
	uint32_t groups;
	uint32_t group_blocks;
	uint64_t blocks;      /* in all; their bytes fit in 63 bits */
	bool v5;              /* with checksums */
	bool fold;            /* upper and lower case are the same */
	uint64_t log_block;   /* where the log begins; 0: on another disk */
	uint32_t log_sectors; /* of 512 bytes */
	uint8_t uuid[XFS_UUID_SIZE]; /* as it stands in metadata */
};

/* xfs_inode.c */

enum xfs_format { XFS_LOCAL = 1, XFS_EXTENTS = 2, XFS_BTREE = 3 };

/* An inode, decoded and checked. */
struct xfs_inode {
	uint64_t ino;
	enum fs_type type;
	unsigned int format; /* of data: an xfs_format, or what has none */
	bool realtime;       /* its data are on another device */
	bool shared;         /* with other files, maybe */
	uint64_t size;       /* bytes, at most INT64_MAX */
	int64_t mtime;       /* seconds since 1970 */
	uint64_t extents;    /* how many there are, by the inode */
	uint32_t data_size;  /* bytes of what follows */
	uint8_t data[XFS_INODE_MAX]; /* or where they are */
};

/* Where that many blocks begin in the volume; they have to be of one group. */
int xfs_block_pos(const struct xfs *xfs, uint64_t block, uint64_t count,
	uint64_t *pos, struct error *err);

/* Where an inode begins in the volume. */
int xfs_inode_pos(
	const struct xfs *xfs, uint64_t ino, uint64_t *pos, struct error *err);

/* Does this belong where it was found?  Always, in version 4. */
int xfs_check_marks(const struct xfs *xfs, const uint8_t *data, size_t len,
	const struct xfs_marks *marks, uint64_t owner, struct error *err);

/* Read and check an inode.  Messages begin with "inode <ino>". */
int xfs_inode_read(const struct xfs *xfs, uint64_t ino, struct xfs_inode *inode,
	struct error *err);

struct fs_node xfs_node(const struct xfs_inode *inode);

/* The inode behind a node, which has to be what it was. */
int xfs_inode_again(const struct xfs *xfs, const struct fs_node *node,
	struct xfs_inode *inode, struct error *err);

/* xfs_map.c */

/*
 * Visit the bytes [from, to) of an inode's data in rising order and without a
 * gap, in extents as long as possible.  0, or what visit returned.
 */
int xfs_map(const struct xfs *xfs, const struct xfs_inode *inode, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err);

/* xfs_link.c */

#define XFS_LINK_MAX 1024 /* bytes, as Linux has it */

/* All of a symbolic link's target; to has XFS_LINK_MAX bytes. */
int xfs_link_read(const struct xfs *xfs, const struct xfs_inode *inode,
	uint8_t *to, struct error *err);

/* xfs_dir.c */

/*
 * A directory has three parts, as far apart as the file is long: names, their
 * index, and where there is room for names, which is of no use here.
 */
#define XFS_DIR_INDEX (UINT64_C(1) << 35) /* bytes from the start */
#define XFS_DIR_FREE (UINT64_C(1) << 36)

struct xfs_dirent {
	uint64_t ino;
	uint8_t type; /* 0 if the file system has none */
	uint8_t len;  /* bytes of the name, more than 0 */
	const char *name;
};

int xfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int xfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* A block of a directory that begins at off of it: 1, or 0: it is a hole. */
int xfs_dir_block(const struct xfs *xfs, const struct xfs_inode *dir,
	uint64_t off, uint8_t *block, struct error *err);

/* The names of a block that was read, checked: what lies between them. */
int xfs_dir_names(const struct xfs *xfs, const struct xfs_inode *dir,
	const uint8_t *block, size_t *begin, size_t *end, struct error *err);

/* The entry at *pos: 1, or 0 if there is room; *pos moves behind. */
int xfs_dirent_at(const struct xfs *xfs, const uint8_t *block, size_t end,
	size_t *pos, struct xfs_dirent *entry, struct error *err);

/* How well is this the name? */
enum xfs_match { XFS_OTHER, XFS_FOLDED, XFS_SAME };

enum xfs_match xfs_dirent_is(const struct xfs *xfs,
	const struct xfs_dirent *entry, const char *name, size_t len);

/* As names are compared where cases are not told apart. */
uint8_t xfs_fold(uint8_t byte);

/* xfs_index.c */

enum xfs_answer { XFS_NOT_THERE, XFS_FOUND, XFS_CANNOT_TELL };

/* Look name up by its hash; of what the index cannot tell, err says why. */
enum xfs_answer xfs_index_lookup(const struct xfs *xfs,
	const struct xfs_inode *dir, const char *name, size_t len,
	uint64_t *ino, struct error *err);

/* xfs_log.c */

/* Was everything in the log written to its place, as far as can be seen? */
bool xfs_log_is_clean(const struct xfs *xfs);

/* xfs_replay.c */

/*
 * The volume as it is with all that the log holds in its place, in memory, or
 * NULL.  *pending: changes of several steps that the guest did not finish.
 */
struct patches *xfs_log_replay(const struct xfs *xfs, struct arena *arena,
	size_t *pending, struct error *err);

/* Metadata that came from the log have the checksum of before. */
void xfs_renew_sum(const struct xfs *xfs, uint8_t *data, size_t len);

#endif
