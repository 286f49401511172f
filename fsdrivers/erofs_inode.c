/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "fsdrivers/erofs.h"

#define NID_SHIFT 5 /* inodes are counted in 32 bytes */
#define FORMAT_LONG 1
#define FORMAT_LAYOUT_SHIFT 1
#define FORMAT_KNOWN 0x0f

/* How every inode begins. */
struct head {
	le16 format;
	le16 xattr_count; /* 0: none; else 12 bytes, and 4 for each but one */
	le16 mode;
	le16 links;
};

struct short_inode {
	struct head head;
	le32 size;
	le32 mtime; /* behind that of the superblock, in seconds */
	le32 raw;
	le32 number;
	le16 uid;
	le16 gid;
	le32 reserved;
};

struct long_inode {
	struct head head;
	le64 size;
	le32 raw;
	le32 number;
	le32 uid;
	le32 gid;
	le64 mtime;
	le32 mtime_fine;
	le32 links;
	uint8_t reserved[16];
};

_Static_assert(sizeof(struct short_inode) == 32, "as the format has it");
_Static_assert(sizeof(struct long_inode) == 64, "as the format has it");

union raw_inode {
	struct head head;
	struct short_inode brief;
	struct long_inode full;
};

static int decode(const struct erofs *erofs, const union raw_inode *raw,
	struct erofs_inode *inode, struct error *err)
{
	unsigned int format = le16_get(raw->head.format);
	unsigned int layout = (format & FORMAT_KNOWN) >> FORMAT_LAYOUT_SHIFT;
	uint64_t attributes = le16_get(raw->head.xattr_count);

	if ((format & ~(unsigned int)FORMAT_KNOWN) || layout > EROFS_CHUNKS)
		return error_set(
			err, ERR_UNSUPPORTED, "unknown format 0x%04x", format);
	inode->layout = (enum erofs_layout)layout;
	inode->type = fs_type_of_mode(le16_get(raw->head.mode));
	if (attributes > 0)
		inode->rest += 12 + 4 * (attributes - 1);
	if (format & FORMAT_LONG) {
		inode->rest += sizeof(raw->full);
		inode->size = le64_get(raw->full.size);
		inode->mtime = (int64_t)le64_get(raw->full.mtime);
		inode->raw = le32_get(raw->full.raw);
	} else {
		inode->rest += sizeof(raw->brief);
		inode->size = le32_get(raw->brief.size);
		inode->mtime = (int64_t)((uint64_t)erofs->built +
			le32_get(raw->brief.mtime));
		inode->raw = le32_get(raw->brief.raw);
	}
	if (inode->size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	if (inode->type == FS_OTHER)
		inode->size = 0;
	return 0;
}

static int read_inode(struct erofs *erofs, uint64_t nid,
	struct erofs_inode *inode, struct error *err)
{
	struct erofs_inode got = { .nid = nid };
	union raw_inode raw;

	/* then nothing below overflows: the superblock has 32-bit blocks */
	if (nid > erofs->vol->size >> NID_SHIFT)
		return error_set(err, ERR_CORRUPT,
			"it would lie beyond the volume's end (0x%" PRIx64 ")",
			erofs->vol->size);
	got.rest = erofs->meta + (nid << NID_SHIFT);
	if (volume_read(erofs->vol, got.rest, &raw.brief, sizeof(raw.brief),
		    err) < 0)
		return -1;
	if ((le16_get(raw.head.format) & FORMAT_LONG) &&
		volume_read(erofs->vol, got.rest, &raw.full, sizeof(raw.full),
			err) < 0)
		return -1;
	if (decode(erofs, &raw, &got, err) < 0)
		return -1;
	*inode = got;
	return 0;
}

int erofs_inode_read(struct erofs *erofs, uint64_t nid,
	struct erofs_inode *inode, struct error *err)
{
	if (read_inode(erofs, nid, inode, err) < 0)
		return error_in(err, "inode %" PRIu64, nid);
	return 0;
}

struct fs_node erofs_node(const struct erofs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->nid,
	};
}
