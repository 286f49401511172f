/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660.h - what the files of the ISO 9660 driver know of each other
 *
 * iso9660.c is the driver; below it stand iso9660_dir.c (directories and plain
 * names), iso9660_rock.c (Rock Ridge), iso9660_susp.c (the areas that Rock
 * Ridge is kept in), iso9660_zisofs.c (packed files) and iso9660_record.c
 * (directory records).
 */
#ifndef FSDRIVERS_ISO9660_H
#define FSDRIVERS_ISO9660_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/base/calendar.h"
#include "src/fs/fs.h"

/* Descriptors, and steps that no directory record crosses; bytes. */
#define ISO_SECTOR 2048

#define ISO_RECORD_MAX 255 /* its length is a byte */

/* A number in both byte orders. */
struct iso_both16 {
	le16 le;
	be16 be;
};

struct iso_both32 {
	le32 le;
	be32 be;
};

/* When something was recorded: years since 1900, quarters of an hour. */
struct iso_time {
	uint8_t year;
	uint8_t month;
	uint8_t day;
	uint8_t hour;
	uint8_t minute;
	uint8_t second;
	int8_t zone;
};

enum {
	ISO_DIRECTORY = 0x02,
	ISO_ASSOCIATED = 0x04, /* belongs to a file of the same name */
	ISO_CONTINUES = 0x80,  /* the next record is a further part */
};

/* A directory record up to its name; behind that is the system use area. */
struct iso_dirent {
	uint8_t len;
	uint8_t attribute_blocks; /* in front of the data */
	struct iso_both32 block;
	struct iso_both32 size; /* bytes, without the attributes */
	struct iso_time time;
	uint8_t flags;
	uint8_t unit; /* of interleaving; 0: the data are in one piece */
	uint8_t gap;
	struct iso_both16 volume;
	uint8_t name_len;
};

_Static_assert(sizeof(struct iso_dirent) == 33, "as the format has it");

/* A copy of a directory record that was checked. */
struct iso_record {
	uint64_t at; /* in the volume, bytes */
	uint8_t raw[ISO_RECORD_MAX];
};

/* How the data of a file are kept. */
enum iso_kind {
	ISO_PLAIN,
	ISO_IN_PARTS, /* of as many records */
	ISO_INTERLEAVED,
	ISO_SPARSE,
	ISO_ZISOFS,
	ISO_ZISOFS2,
};

/* A part of a file. */
struct iso_part {
	uint64_t file; /* offset in the file, bytes */
	uint64_t vol;  /* offset in the volume, bytes */
	uint64_t len;
	uint64_t behind; /* its record, in the volume: where the next may be */
};

struct iso9660 {
	struct volume *vol;
	uint32_t block_size; /* bytes, 512 to 4096 */
	uint32_t sector;     /* bytes that no record crosses the end of */
	bool joliet;
	bool rock;
	uint8_t skip; /* bytes in front of each record's system use fields */
	bool orders_differ; /* a number is not the same in both byte orders */

	uint64_t part_id; /* of the node that part belongs to; 0: of none */
	struct iso_part part;

	struct iso_block *block; /* iso9660_zisofs.c's, once it was needed */
};

/* What nodes keep: where the data begin, and how to read them. */
static inline uint64_t iso_data(const struct fs_node *node)
{
	return node->aux[0];
}

static inline enum iso_kind iso_kind(const struct fs_node *node)
{
	return (enum iso_kind)(node->aux[1] & 0xff);
}

/* The end of the directory that a file in parts is in, in the volume. */
static inline uint64_t iso_directory_end(const struct fs_node *node)
{
	return node->aux[1] >> 8;
}

/* iso9660.c */

/* Is there ISO 9660 with Rock Ridge?  1 or 0; what is broken has none. */
int iso_has_rock(struct volume *vol, struct error *err);

/* iso9660_record.c */

static inline const struct iso_dirent *iso_dirent(
	const struct iso_record *record)
{
	return (const void *)record->raw;
}

static inline const uint8_t *iso_name(const struct iso_record *record)
{
	return record->raw + sizeof(struct iso_dirent);
}

/*
 * The number in little-endian order; sets iso->orders_differ if the other one
 * is another.
 */
uint16_t iso_get16(struct iso9660 *iso, const struct iso_both16 *number);
uint32_t iso_get(struct iso9660 *iso, const struct iso_both32 *number);

/* Where a block begins in the volume, bytes; less than 2^45. */
static inline uint64_t iso_block_at(const struct iso9660 *iso, uint32_t block)
{
	return (uint64_t)block * iso->block_size;
}

/* Where the data of a record begin in the volume, bytes. */
uint64_t iso_record_data(struct iso9660 *iso, const struct iso_record *record);

/* Does a record stand for its directory, or for the one above? */
bool iso_record_is_self(const struct iso_record *record);
bool iso_record_is_parent(const struct iso_record *record);

/*
 * Read the next record from at on, which ends at or before end: 1, or 0 if
 * there is none.  The record behind it begins at record->at + its length.
 */
int iso_record_next(struct iso9660 *iso, uint64_t at, uint64_t end,
	struct iso_record *record, struct error *err);

/* The record of a node is not what it was.  Always -1. */
int iso_changed(const struct fs_node *node, struct error *err);

/* Seconds since 1970, or 0 if the date is none. */
int64_t iso_seconds(const struct iso_time *time);

/* The same for a date in a time zone, quarters of an hour to the east. */
int64_t iso_zone_seconds(const struct calendar *date, int8_t zone);

/* iso9660_susp.c */

/* A system use field: two letters, its length, a version, and the rest. */
struct iso_field {
	uint8_t name[2];
	uint8_t len;
	uint8_t version;
};

/* A walk along the system use fields of a record. */
struct iso_susp {
	struct iso9660 *iso;
	struct bytes record; /* those in the record that are still to come */
	uint64_t at;        /* of those in a continuation area, in the volume */
	uint32_t left;      /* bytes of them */
	uint64_t next_at;   /* the continuation area that follows... */
	uint32_t next_len;  /* ...if it is not empty */
	unsigned int areas; /* seen */
	uint32_t bytes;     /* of these areas */
	uint8_t raw[ISO_RECORD_MAX];
};

/* Begin behind so many bytes of the record's system use area. */
void iso_susp_start(struct iso_susp *walk, struct iso9660 *iso,
	const struct iso_record *record, size_t skip);

/*
 * The next field, whole, which stays as it is until the next call: 1, or 0 at
 * the end.  Fields that say where fields are do not appear.
 */
int iso_susp_next(
	struct iso_susp *walk, struct bytes *field, struct error *err);

bool iso_field_is(struct bytes field, const char *name);

/* The body of a field that has at least len bytes of it, or NULL with err. */
const void *iso_field_body(struct bytes field, size_t len, struct error *err);

/* iso9660_rock.c */

/* What Rock Ridge says of a file. */
struct iso_rock {
	uint32_t mode; /* as in struct stat; 0: not said */
	bool has_time;
	int64_t mtime;
	bool relocated; /* it shows elsewhere, by a record with a child */
	bool has_child;
	uint32_t child; /* block of a directory that is kept elsewhere */
	bool sparse;
	enum iso_kind packed; /* ISO_ZISOFS, ISO_ZISOFS2 or ISO_PLAIN */
	uint32_t unpacked;    /* bytes of a packed file */
	size_t name_len;      /* 0: it has only the plain name */
	bool name_goes_on;    /* in the next field */
	size_t target_len;    /* of a symbolic link */
	bool needs_slash;     /* in front of the next part of the target */
	char name[FS_NAME_MAX + 1];
	char target[FS_PATH_MAX]; /* not terminated */
};

/*
 * Look for Rock Ridge in the root directory's own record; sets iso->rock and
 * iso->skip.
 */
int iso_rock_find(
	struct iso9660 *iso, const struct iso_record *root, struct error *err);

/*
 * All that Rock Ridge says of a record; after a fault, what it said in front
 * of that.
 */
int iso_rock_read(struct iso9660 *iso, const struct iso_record *record,
	struct iso_rock *rock, struct error *err);

/* iso9660_zisofs.c */

/* As the driver's read(), for a file of ISO_ZISOFS. */
int iso_zisofs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);

/* iso9660_dir.c */

int iso_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int iso_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
