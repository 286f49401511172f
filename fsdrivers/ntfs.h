/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs.h - what the files of the NTFS driver know of each other
 *
 * ntfs.c is the driver; below it stand ntfs_dir.c (directories), ntfs_link.c
 * (reparse points and links), ntfs_data.c (where an attribute's bytes lie, and
 * packed ones) and ntfs_record.c (the records of the MFT and their attributes).
 */
#ifndef FSDRIVERS_NTFS_H
#define FSDRIVERS_NTFS_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define NTFS_RECORD_MAX 65536 /* bytes; 1024 or 4096 in practice */
#define NTFS_UPCASE_UNITS 65536

/* Records of the MFT */
enum {
	NTFS_MFT = 0,
	NTFS_VOLUME = 3,
	NTFS_ROOT = 5,
	NTFS_UPCASE = 10,
	NTFS_FIRST_FILE = 16, /* what is before is the system's own */
};

enum ntfs_type {
	NTFS_INFORMATION = 0x10,
	NTFS_LIST = 0x20,
	NTFS_VOLUME_NAME = 0x60,
	NTFS_VOLUME_FLAGS = 0x70,
	NTFS_DATA = 0x80,
	NTFS_INDEX_ROOT = 0x90,
	NTFS_INDEX = 0xa0,
	NTFS_BITMAP = 0xb0,
	NTFS_REPARSE = 0xc0,
	NTFS_END = -1,
};

/* Flags of an attribute */
enum { NTFS_PACKED = 0x00ff, NTFS_ENCRYPTED = 0x4000 };

/* The header of a record, and of a block of an index up to sequence */
struct ntfs_header {
	char magic[4];
	le16 fixups; /* where they are; and how many, with the mark itself */
	le16 fixup_count;
	le64 log;
	le16 sequence;
	le16 links;
	le16 attributes;
	le16 flags;
	le32 used;
	le32 allocated;
	le64 base; /* 0: this is the first record of a file */
};

enum { NTFS_IN_USE = 1, NTFS_IS_DIR = 2 }; /* flags */

/* A piece of the MFT. */
struct ntfs_run {
	uint64_t off; /* in the MFT, bytes */
	uint64_t vol;
	uint64_t len;
};

struct ntfs {
	struct volume *vol;
	struct arena *arena;
	uint32_t cluster; /* bytes */
	uint64_t clusters;
	uint32_t record; /* bytes */
	uint64_t mirror; /* of the first records, in the volume */
	struct ntfs_run *mft;
	size_t mft_count, mft_capacity;
	/* the file that was used last */
	bool loaded;
	uint64_t number;
	uint8_t *base; /* its first record */
	uint8_t *list; /* the list of its attributes, */
	size_t list_len;
	size_t list_room; /* bytes that were allocated for one */
	uint8_t *more;    /* a further record of it */
	/* a unit of a packed file */
	uint8_t *packed, *unit;
	uint64_t unit_file, unit_at; /* UINT64_MAX: none */
	uint16_t *upper;
	bool upper_read;
};

/* An attribute of the file that was used last. */
struct ntfs_attr {
	enum ntfs_type type;
	const char *name; /* ASCII; "" of most */
	uint16_t flags;
	const uint8_t *value; /* in the record; NULL: it is in clusters */
	uint64_t size;        /* bytes */
	uint64_t written;     /* behind that are zeros */
	uint8_t unit;         /* 2^unit clusters are packed at once */
};

/* ntfs_record.c */

/* Undo what protects a record or block against being written by half. */
int ntfs_fix(uint8_t *block, size_t size, const char *magic, struct error *err);

/* Find the MFT, whose first record is at off of the volume. */
int ntfs_find_mft(struct ntfs *ntfs, uint64_t off, struct error *err);

/* Make that file the one that was used last. */
int ntfs_load(struct ntfs *ntfs, uint64_t number, struct error *err);

/*
 * Its attribute: 1, 0 if it has none.  The value is there until the next
 * attribute, or file, is looked for.
 */
int ntfs_attr(struct ntfs *ntfs, enum ntfs_type type, const char *name,
	struct ntfs_attr *attr, struct error *err);

/*
 * The pieces that describe one, in rising order; *at starts at 0.  1 and the
 * bytes of the attribute with its header, 0 behind the last.
 */
int ntfs_attr_piece(struct ntfs *ntfs, const struct ntfs_attr *attr, size_t *at,
	struct bytes *piece, struct error *err);

/* ntfs_data.c */

/* The runs of a piece: one is taken from *runs.  1, 0 at the end. */
struct ntfs_walk {
	struct bytes pairs;
	uint64_t next; /* cluster of the attribute */
	int64_t cluster;
};

struct ntfs_clusters {
	uint64_t at;    /* in the attribute, clusters */
	uint64_t count; /* more than 0 */
	uint64_t first; /* in the volume; or FS_HOLE */
};

int ntfs_walk_start(
	struct ntfs_walk *walk, struct bytes piece, struct error *err);
int ntfs_walk_next(const struct ntfs *ntfs, struct ntfs_walk *walk,
	struct ntfs_clusters *run, struct error *err);

int ntfs_attr_map(struct ntfs *ntfs, const struct ntfs_attr *attr,
	fs_visit_extent *visit, void *ctx, struct error *err);

/* len bytes, which it had when somebody looked. */
int ntfs_attr_read(struct ntfs *ntfs, const struct ntfs_attr *attr,
	uint64_t off, void *buf, size_t len, struct error *err);

/* ntfs_lznt1.c */

/* Unpack into size bytes; what is missing is zeros. */
int ntfs_unpack(
	struct bytes packed, uint8_t *out, size_t size, struct error *err);

/* ntfs_link.c */

enum ntfs_kind {
	NTFS_PLAIN,
	NTFS_REFUSED, /* its contents are kept by a filter of Windows */
};

/* What the file that was used last is; and a link's target. */
int ntfs_node(struct ntfs *ntfs, struct fs_node *node, struct error *err);
int ntfs_link_read(struct ntfs *ntfs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);

/* May it be read?  -1 with the reason if not. */
int ntfs_check_kind(const struct fs_node *node, struct error *err);

/* ntfs_dir.c */

int ntfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int ntfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
