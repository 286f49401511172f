/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat.h - what the files of the FAT and exFAT drivers know of each other
 *
 * fat.c and exfat.c are the drivers; below stand fat_dir.c and exfat_dir.c
 * (directories), fat_names.c (long and short names), fat_entries.c (a directory
 * as a row of entries), fat_data.c (contents of files) and fat_chain.c (the
 * table and its chains).
 */
#ifndef FSDRIVERS_FAT_H
#define FSDRIVERS_FAT_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/fs/fs.h"

/* Entries of the table read at once; of 12 bits two share three bytes. */
#define FAT_PIECE_ENTRIES_12 4096
#define FAT_PIECE_MAX (FAT_PIECE_ENTRIES_12 * 3 / 2) /* bytes; wider: 4096 */

/* A walk along a chain of clusters; begins as { .first = cluster }. */
struct fat_chain {
	uint32_t first;
	uint32_t together; /* so many follow it, without the table; or 0 */
	uint32_t last;  /* whose successor comes next; 0: none was seen yet */
	uint32_t mark;  /* passed earlier: to come here again is a loop */
	uint32_t jumps; /* since mark was set */
	uint32_t mark_after; /* as many jumps it is set anew */
	uint32_t seen;       /* clusters so far */
};

/* Clusters that follow each other on the disk. */
struct fat_run {
	uint32_t cluster;
	uint32_t index; /* of the first of them in the chain */
	uint32_t count;
};

/* Where a read ended, so that the next one need not begin at the start. */
struct fat_place {
	uint64_t id; /* of the node; 0: of none */
	struct fat_chain chain;
	struct fat_run run;
};

struct fat {
	struct volume *vol;
	struct arena *arena;
	unsigned int bits;     /* of an entry: 12, 16 or 32 */
	uint32_t mask;         /* those of 32 that count */
	uint32_t end;          /* larger entries, and this, end a chain */
	uint32_t clusters;     /* 2 .. clusters + 1 exist */
	uint32_t cluster_size; /* bytes, 512 to 128 * 4096, exFAT: to 32 MiB */
	uint64_t data;         /* where cluster 2 begins in the volume, bytes */
	uint64_t table;        /* where the table begins, bytes */
	uint64_t root_at;      /* the fixed root directory of FAT12 and FAT16 */
	uint32_t root_size;    /* bytes */
	struct fat_place place;

	uint32_t piece_first; /* the entry with which piece begins */
	uint32_t piece_count; /* entries in it; 0: it holds nothing */
	uint8_t *piece;       /* FAT_PIECE_MAX bytes, once some were read */
};

/* fat_chain.c */

/*
 * The next clusters of a chain that follow each other, at most "most" of them
 * (more than 0): 1, or 0 at the end of the chain.  A chain that comes back to
 * itself, or leaves the file system, is ERR_CORRUPT.
 */
int fat_chain_next(struct fat *fat, struct fat_chain *chain, uint32_t most,
	struct fat_run *run, struct error *err);

/* Does the rest of a chain end? */
int fat_chain_finish(
	struct fat *fat, const struct fat_chain *chain, struct error *err);

/* Clusters of the first "bytes" bytes, more than 0. */
static inline uint32_t fat_clusters_to(const struct fat *fat, uint64_t bytes)
{
	return (uint32_t)((bytes - 1) / fat->cluster_size + 1);
}

/* Where a cluster that exists begins in the volume, bytes. */
static inline uint64_t fat_cluster_at(const struct fat *fat, uint32_t cluster)
{
	return fat->data + (uint64_t)(cluster - 2) * fat->cluster_size;
}

/* fat_data.c */

/*
 * In aux of a file or directory: its first cluster, and whether its clusters
 * follow each other, of which the table need not know then; of a file, how many
 * of its bytes were ever written (zeros are behind them).
 */
#define FAT_TOGETHER (UINT64_C(1) << 32)

struct fat_chain fat_chain_of(
	const struct fat *fat, const struct fs_node *node);

int fat_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err);
int fat_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

/* fat_entries.c */

#define FAT_ENTRY_SIZE 32      /* bytes, whatever is in it */
#define FAT_ENTRIES_PIECE 4096 /* read at once; what the disk's cache holds */

/* A directory being read, entry by entry. */
struct fat_entries {
	struct fat *fat;
	struct fat_chain chain; /* unless it is the fixed root */
	bool fixed;
	uint32_t most; /* bytes that a directory may have */
	uint64_t next; /* where the run goes on in the volume, bytes */
	uint32_t left; /* bytes of the run from there */
	uint32_t read; /* bytes of the directory so far */
	uint64_t at;   /* where piece lies in the volume */
	size_t pos;    /* in piece, behind the entry that was given last */
	size_t len;    /* of piece */
	uint8_t piece[FAT_ENTRIES_PIECE];
};

/* Of a directory with that chain; it is an error if it has more than most. */
void fat_entries_start(struct fat_entries *entries, struct fat *fat,
	const struct fat_chain *chain, uint32_t most);

/* The next entry, valid until the next call: 1, or 0 behind the last one. */
int fat_entries_next(
	struct fat_entries *entries, const void **entry, struct error *err);

/* Where that entry lies in the volume, bytes: no two files share it. */
static inline uint64_t fat_entries_at(const struct fat_entries *entries)
{
	return entries->at + entries->pos - FAT_ENTRY_SIZE;
}

/* The disk has local time and no zone; it is taken for UTC, as GRUB does. */
int64_t fat_time(unsigned int date, unsigned int time);

/* fat_names.c */

enum {
	FAT_READ_ONLY = 0x01,
	FAT_HIDDEN = 0x02,
	FAT_SYSTEM = 0x04,
	FAT_LABEL = 0x08,
	FAT_DIRECTORY = 0x10,
	FAT_LONG = 0x0f, /* all of the first four: a part of a long name */
	FAT_LONG_MASK = 0x3f,
};

/* An entry of a directory as it is on the disk. */
struct fat_dirent {
	uint8_t name[11]; /* eight and three bytes, filled up with blanks */
	uint8_t attributes;
	uint8_t lower_case; /* bit 3: the eight are shown so, 4: the three */
	uint8_t ctime_fine;
	le16 ctime;
	le16 cdate;
	le16 adate;
	le16 cluster_high; /* FAT12 and FAT16 know it not */
	le16 mtime;
	le16 mdate;
	le16 cluster_low;
	le32 size; /* bytes; 0 for directories */
};

#define FAT_PART_UNITS 13
#define FAT_PARTS_MAX 20
#define FAT_UNITS_MAX 255 /* of a long name, UTF-16 */
#define FAT_SHORT_MAX 12  /* eight, the dot, three */

/* A long name as it is put together from the entries before the short one. */
struct fat_long {
	uint8_t next;     /* number of the part that has to follow; 0: none */
	uint8_t checksum; /* of the short name that it belongs to */
	size_t len;       /* units; 0: there is no sound long name */
	uint16_t units[FAT_PARTS_MAX * FAT_PART_UNITS];
};

/* Take the next part, an entry whose attributes are FAT_LONG. */
void fat_long_add(struct fat_long *name, const struct fat_dirent *part);

/*
 * Was the name complete when its short name came?  If not, or if it belongs to
 * another, len is 0 from now on.
 */
void fat_long_end(struct fat_long *name, const struct fat_dirent *entry);

/* The short name in the case it is shown in; its length in units, or 0. */
size_t fat_short_name(
	const struct fat_dirent *entry, uint16_t units[FAT_SHORT_MAX]);

/* Eleven bytes of a label, without the blanks behind it. */
void fat_label(const uint8_t raw[11], char *out, size_t size);

/* A name that is looked for, in UTF-16 without case. */
struct fat_wanted {
	const uint16_t *upper; /* of all 65,536 units; NULL: FAT's rule */
	size_t len;
	uint16_t units[FS_NAME_MAX];
};

/* False if no name on the disk can be the same: it is not UTF-8. */
bool fat_wanted_set(
	struct fat_wanted *wanted, const char *name, const uint16_t *upper);
bool fat_wanted_is(
	const struct fat_wanted *wanted, const uint16_t *units, size_t len);

/* fat.c */

/* fs->notice of what was not unmounted. */
extern const char fat_dirty_notice[];

/* fat_dir.c */

int fat_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int fat_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* The root's volume label into out: 1, or 0 if it has none. */
int fat_root_label(struct fs *fs, char *out, size_t size, struct error *err);

#endif
