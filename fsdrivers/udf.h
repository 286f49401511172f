/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf.h - what the files of the UDF driver know of each other
 *
 * udf.c is the driver; below it stand udf_dir.c (directories, names, links),
 * udf_maps.c (what partitions a volume has), udf_file.c (where files lie),
 * udf_part.c (where partitions lie), udf_volume.c (the volume's descriptors)
 * and udf_tag.c (what all descriptors begin with).
 *
 * Sections are those of ECMA-167, third edition, or OSTA's UDF 2.60.
 */
#ifndef FSDRIVERS_UDF_H
#define FSDRIVERS_UDF_H

#include <stdbool.h>

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define UDF_SECTOR_MIN 512
#define UDF_SECTOR_MAX 32768

#define UDF_PARTS_MAX 8 /* as partition maps; UDF 2.60 needs at most 3 */

/* udf_tag.c */

enum udf_tag_id {
	UDF_PRIMARY = 1,
	UDF_ANCHOR = 2,
	UDF_POINTER = 3, /* to the next extent of descriptors */
	UDF_PARTITION = 5,
	UDF_LOGICAL = 6,
	UDF_TERMINATOR = 8,
	UDF_INTEGRITY = 9,
	UDF_FILE_SET = 256,
	UDF_NAME = 257,
	UDF_ALLOCATION = 258,
	UDF_INDIRECT = 259,
	UDF_FILE = 261,
	UDF_EXTENDED_FILE = 266,
};

/* Section 3/7.2 */
struct udf_tag {
	le16 id;
	le16 version;
	uint8_t checksum;
	uint8_t reserved;
	le16 serial;
	le16 crc;
	le16 crc_len; /* bytes behind the tag that it covers */
	le32 location;
};

_Static_assert(sizeof(struct udf_tag) == 16, "as the format has it");

/* A piece of the disk, or of a partition; and one with its partition. */
struct udf_extent {
	le32 len;
	le32 block;
};

struct udf_long_extent {
	le32 len; /* bytes, and what kind in the upper two bits */
	le32 block;
	le16 part;
	uint8_t unused[6];
};

/* Section 1/7.3 */
struct udf_time {
	le16 zone; /* twelve bits: minutes from UTC */
	le16 year;
	uint8_t month;
	uint8_t day;
	uint8_t hour;
	uint8_t minute;
	uint8_t second;
	uint8_t fractions[3];
};

/* Is this a sound descriptor?  Of any kind, in that place, in len bytes */
int udf_tag_check(
	const void *block, size_t len, uint32_t location, struct error *err);

/* Names in the compressed Unicode of OSTA; false if it is broken or too long */
bool udf_name(struct bytes raw, char out[FS_NAME_MAX + 1]);

/* The same in a field of fixed length, whose last byte is how much is used. */
bool udf_dstring(const uint8_t *field, size_t size, char out[FS_NAME_MAX + 1]);

int64_t udf_seconds(const struct udf_time *time);

/* udf_part.c */

enum udf_part_kind { UDF_PHYSICAL, UDF_SPARABLE, UDF_VIRTUAL, UDF_METADATA };

/* A packet that is elsewhere. */
struct udf_spare {
	uint32_t packet; /* first block in the partition */
	uint32_t block;  /* of the volume */
};

struct udf_part {
	enum udf_part_kind kind;
	uint16_t number;
	uint64_t start;          /* in the volume, blocks */
	uint64_t blocks;         /* the range in the volume */
	struct udf_part *below;  /* what a virtual one and metadata lie in */
	struct udf_file *file;   /* with the table, or the metadata */
	struct udf_file *mirror; /* of the metadata, or NULL */
	uint64_t table;          /* virtual: where it begins in the file */
	uint64_t entries;
	uint32_t packet; /* sparable: blocks, a power of two */
	struct udf_spare *spares;
	size_t spare_count;
};

struct udf {
	struct volume *vol;
	struct arena *arena;
	uint32_t block_size; /* bytes, a power of two; also a sector's */
	struct udf_part parts[UDF_PARTS_MAX];
	size_t part_count;
	struct udf_file *file; /* the one that was used last */
};

/*
 * Where the byte at off of a partition lies in the volume (*at), and how many
 * of len bytes, more than 0, follow it there (*run).
 */
int udf_locate(struct udf *udf, const struct udf_part *part, uint64_t off,
	uint64_t len, uint64_t *at, uint64_t *run, struct error *err);

int udf_part_read(struct udf *udf, const struct udf_part *part, uint64_t off,
	void *buf, size_t len, struct error *err);

/* A block of a partition, checked: of the kind that is wanted, or (0) of any */
int udf_read_tagged(struct udf *udf, const struct udf_part *part,
	uint32_t block, uint16_t wanted, uint8_t *buf, struct error *err);

/* The partition of that index; NULL with err filled if there is none. */
const struct udf_part *udf_part(
	const struct udf *udf, uint16_t index, struct error *err);

/* udf_file.c */

enum udf_file_type {
	UDF_TYPE_NONE = 0, /* also the table of a virtual partition, in 1.50 */
	UDF_TYPE_DIR = 4,
	UDF_TYPE_FILE = 5,
	UDF_TYPE_LINK = 12,
	UDF_TYPE_TABLE = 248,
	UDF_TYPE_REALTIME = 249,
	UDF_TYPE_METADATA = 250,
	UDF_TYPE_MIRROR = 251,
};

/* A file entry that was read. */
struct udf_file {
	bool loaded;
	const struct udf_part *from; /* where its first entry is */
	uint32_t block;
	const struct udf_part *part; /* where the one that counts is */
	bool below; /* of a partition: may itself not lie in such a one */
	uint8_t type;
	uint8_t how; /* its data are described: the kind of descriptors */
	uint64_t size;
	int64_t mtime;
	uint8_t *entry; /* a block */
	size_t descs;   /* where the descriptors are in it, or the data */
	size_t descs_len;
	uint8_t *more; /* a block with further descriptors */
};

struct udf_file *udf_file_new(struct udf *udf, struct error *err);

/* Read the entry at that place, unless it is the one that is there. */
int udf_file_load(struct udf *udf, struct udf_file *file,
	const struct udf_part *part, uint32_t block, struct error *err);

/* Are the data in the entry itself? */
bool udf_file_inside(const struct udf_file *file);

/* Where bytes [from, to) lie, of a file that has them not inside. */
int udf_file_map(struct udf *udf, struct udf_file *file, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err);

/* len bytes, which the file has. */
int udf_file_read(struct udf *udf, struct udf_file *file, uint64_t off,
	void *buf, size_t len, struct error *err);

/* udf_volume.c */

/* Section 3/10.1 */
struct udf_primary {
	struct udf_tag tag;
	uint8_t unused[56];
	uint8_t set[128]; /* the identifier of the volume set */
	uint8_t unused2[312];
};

_Static_assert(sizeof(struct udf_primary) == 512, "as the format has it");

/* Section 3/10.6, up to the partition maps */
struct udf_logical {
	struct udf_tag tag;
	uint8_t unused[68];
	uint8_t label[128];
	le32 block_size;
	uint8_t unused2[32];
	struct udf_long_extent file_set;
	le32 maps_len;
	le32 map_count;
	uint8_t unused3[160];
	struct udf_extent integrity;
};

_Static_assert(sizeof(struct udf_logical) == 440, "as the format has it");

struct udf_found_part {
	uint32_t sequence; /* of the descriptor; the highest counts */
	uint16_t number;
	uint32_t start; /* blocks of the volume */
	uint32_t blocks;
};

/* The descriptors that prevail. */
struct udf_volume {
	uint32_t sector; /* bytes */
	bool has_primary, has_logical;
	uint32_t primary_sequence, logical_sequence;
	struct udf_primary primary;
	uint8_t logical[UDF_SECTOR_MAX]; /* a struct udf_logical, and the maps
					  */
	struct udf_found_part parts[UDF_PARTS_MAX];
	size_t part_count;
};

/* Is there an anchor?  1 or 0, and how large sectors are. */
int udf_volume_probe(struct volume *vol, uint32_t *sector, struct error *err);

int udf_volume_find(
	struct volume *vol, struct udf_volume *found, struct error *err);

/* Was the volume left open?  A chain that cannot be read is no reason to. */
bool udf_volume_is_open(struct volume *vol, const struct udf_volume *found);

/* udf_maps.c */

/* Set the partitions of udf. */
int udf_maps(
	struct udf *udf, const struct udf_volume *found, struct error *err);

/* udf_dir.c */

/* The node at a place. */
int udf_node(struct udf *udf, const struct udf_long_extent *icb,
	struct fs_node *node, struct error *err);

/* The entry of a node, which has to be what it was, in udf->file. */
int udf_load(struct udf *udf, const struct fs_node *node, struct error *err);

int udf_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int udf_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* Of a symbolic link's target. */
int udf_link_read(struct udf *udf, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);

#endif
