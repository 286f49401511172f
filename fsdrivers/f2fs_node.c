/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs_node.c - nodes: inodes, and blocks with addresses of more
 *
 * A node has a number, and a table says in which block it is now.  Each block
 * of the table has two places, of which one is valid.
 */
#include <inttypes.h>
#include <stddef.h>

#include "fsdrivers/f2fs.h"

#define ENTRIES 455 /* of the table in a block */
#define ADDRS_INODE 923
#define ADDRS_NODE 1018
#define NIDS_NODE 1018
#define XATTR_ADDRS 50 /* kept for attributes where nothing else is said */

struct nat_entry {
	uint8_t version;
	le32 ino;
	le32 block;
};

_Static_assert(sizeof(struct nat_entry) == 9, "as the format has it");

struct footer {
	le32 nid;
	le32 ino;
	le32 flag;
	le64 version;
	le32 next;
};

struct raw_inode {
	le16 mode;
	uint8_t advise;
	uint8_t inlined;
	le32 uid;
	le32 gid;
	le32 links;
	le64 size;
	le64 blocks;
	le64 atime;
	le64 ctime;
	le64 mtime;
	le32 fine[3];
	le32 generation;
	le32 depth;
	le32 xattr_nid;
	le32 flags;
	le32 parent;
	le32 name_len;
	uint8_t name[255];
	uint8_t dir_level;
	le32 extent[3];
	union {
		le32 addrs[ADDRS_INODE];
		struct {
			le16 size; /* of what follows, and these */
			le16 xattr_addrs;
			le32 project;
			le32 checksum;
			le64 created;
			le32 created_fine;
			le64 compressed_blocks;
			uint8_t method;
			uint8_t cluster_bits;
			le16 compress_flags;
		} extra;
	} u;
	le32 nids[5];
	struct footer footer;
};

_Static_assert(sizeof(struct raw_inode) == F2FS_BLOCK, "one block");

enum { ADVISE_ENCRYPTED = 0x04 };
enum {
	INLINE_XATTR = 0x01,
	INLINE_DATA = 0x02,
	INLINE_NAMES = 0x04,
	DATA_EXIST = 0x08,
	EXTRA = 0x20
};
enum { FLAG_COMPRESSED = 0x04 };

#define EXTRA_COMPRESSION 36 /* bytes of it that reach to its fields */
#define EXTRA_CHECKSUM 12

/* Which of its two places a block of the table has: 0 or 1. */
static int which_copy(struct f2fs *f2fs, uint32_t block, struct error *err)
{
	uint8_t bits;

	if (volume_read(
		    f2fs->vol, f2fs->nat_bitmap + block / 8, &bits, 1, err) < 0)
		return -1;
	return bits >> (7 - block % 8) & 1;
}

static int find_node(
	struct f2fs *f2fs, uint32_t nid, uint32_t *block, struct error *err)
{
	uint32_t number = nid / ENTRIES, in_segment;
	struct nat_entry entry;
	uint64_t at;
	unsigned int i;
	int copy;

	for (i = 0; i < f2fs->journal_count; i++) {
		if (f2fs->journal[i].nid != nid)
			continue;
		*block = f2fs->journal[i].block;
		return 0;
	}
	if (number >= f2fs->nat_blocks)
		return error_set(
			err, ERR_CORRUPT, "its number is beyond the table");
	copy = which_copy(f2fs, number, err);
	if (copy < 0)
		return -1;
	in_segment = number & ((UINT32_C(1) << f2fs->segment_bits) - 1);
	at = f2fs->nat + (uint64_t)number * 2 - in_segment +
		((uint64_t)copy << f2fs->segment_bits);
	if (volume_read(f2fs->vol,
		    (at << F2FS_BLOCK_BITS) + nid % ENTRIES * sizeof(entry),
		    &entry, sizeof(entry), err) < 0)
		return -1;
	*block = le32_get(entry.block);
	return 0;
}

static struct f2fs_slot *find_slot(struct f2fs *f2fs, uint32_t nid)
{
	struct f2fs_slot *slot, *oldest = f2fs->nodes;
	unsigned int i;

	for (i = 0; i < F2FS_NODES_KEPT; i++) {
		slot = &f2fs->nodes[i];
		if (slot->nid == nid)
			break;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	if (i == F2FS_NODES_KEPT)
		slot = oldest;
	slot->used = ++f2fs->clock;
	return slot;
}

static const struct footer *footer_of(const struct f2fs_slot *slot)
{
	return (const void *)(slot->data + F2FS_BLOCK - sizeof(struct footer));
}

static int load(struct f2fs *f2fs, struct f2fs_slot *slot, uint32_t nid,
	struct error *err)
{
	uint32_t block;

	slot->nid = 0;
	if (find_node(f2fs, nid, &block, err) < 0)
		return -1;
	if (block < f2fs->main || block >= UINT32_MAX - 1)
		return error_set(err, ERR_CORRUPT, "it is in no block");
	if (volume_read(f2fs->vol, (uint64_t)block << F2FS_BLOCK_BITS,
		    slot->data, F2FS_BLOCK, err) < 0)
		return -1;
	if (le32_get(footer_of(slot)->nid) != nid)
		return error_set(err, ERR_CORRUPT,
			"its block 0x%" PRIx32 " is that of node %" PRIu32,
			block, le32_get(footer_of(slot)->nid));
	slot->nid = nid;
	return 0;
}

const uint8_t *f2fs_node_get(
	struct f2fs *f2fs, uint32_t nid, uint32_t ino, struct error *err)
{
	struct f2fs_slot *slot = find_slot(f2fs, nid);

	if (nid == 0 || (slot->nid != nid && load(f2fs, slot, nid, err) < 0)) {
		if (nid == 0)
			error_set(err, ERR_CORRUPT, "there is none");
		error_in(err, "node %" PRIu32, nid);
		return NULL;
	}
	if (le32_get(footer_of(slot)->ino) != ino) {
		error_set(err, ERR_CORRUPT,
			"node %" PRIu32 " is one of inode %" PRIu32, nid,
			le32_get(footer_of(slot)->ino));
		return NULL;
	}
	return slot->data;
}

static int check_sum(const struct f2fs *f2fs, const struct raw_inode *raw,
	unsigned int extra, struct error *err)
{
	const size_t at = offsetof(struct raw_inode, u.extra.checksum);
	const le32 zero = { { 0 } };
	uint32_t crc;

	if (!(f2fs->features & F2FS_INODE_CHECKSUM) || extra < EXTRA_CHECKSUM)
		return 0;
	crc = f2fs_crc(f2fs->checksum_seed, &raw->footer.ino, sizeof(le32));
	crc = f2fs_crc(crc, &raw->generation, sizeof(le32));
	crc = f2fs_crc(crc, raw, at);
	crc = f2fs_crc(crc, &zero, sizeof(zero));
	crc = f2fs_crc(crc, (const uint8_t *)raw + at + sizeof(zero),
		sizeof(*raw) - at - sizeof(zero));
	if (crc != le32_get(raw->u.extra.checksum))
		return error_set(err, ERR_CORRUPT,
			"a checksum of 0x%08" PRIx32
			", it should be 0x%08" PRIx32,
			le32_get(raw->u.extra.checksum), crc);
	return 0;
}

/* Of the inode's addresses some may be taken by other things. */
static int set_places(const struct f2fs *f2fs, const struct raw_inode *raw,
	unsigned int extra, struct f2fs_inode *inode, struct error *err)
{
	unsigned int xattr = 0, taken;

	if (f2fs->features & F2FS_FLEXIBLE_XATTR) {
		if (extra >= 4)
			xattr = le16_get(raw->u.extra.xattr_addrs);
	} else if (raw->inlined & (INLINE_XATTR | INLINE_NAMES)) {
		xattr = XATTR_ADDRS;
	}
	taken = extra / 4 + xattr + 1;
	if (extra % 4 != 0 || taken >= ADDRS_INODE)
		return error_set(err, ERR_CORRUPT,
			"%u bytes of more fields and %u of attributes", extra,
			xattr * 4);
	inode->inline_at =
		(unsigned int)offsetof(struct raw_inode, u) + extra + 4;
	inode->inline_size = (ADDRS_INODE - taken) * 4;
	inode->addrs_at = inode->inline_at - 4;
	inode->addrs = ADDRS_INODE - taken + 1;
	inode->addrs_node = ADDRS_NODE;
	return 0;
}

/* All that five numbers of nodes can lead to. */
static int check_size(const struct f2fs_inode *inode, struct error *err)
{
	uint64_t node = inode->addrs_node;
	uint64_t most = inode->addrs +
		node * (2 + NIDS_NODE * (2 + UINT64_C(1) * NIDS_NODE));

	if (inode->size > most * F2FS_BLOCK)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	return 0;
}

static int set_compression(const struct f2fs *f2fs, const struct raw_inode *raw,
	unsigned int extra, struct f2fs_inode *inode, struct error *err)
{
	unsigned int whole;

	if (!(f2fs->features & F2FS_COMPRESSION) ||
		!(le32_get(raw->flags) & FLAG_COMPRESSED) ||
		inode->type != FS_FILE || extra < EXTRA_COMPRESSION)
		return 0;
	inode->compressed = true;
	inode->method = raw->u.extra.method;
	inode->cluster_bits = raw->u.extra.cluster_bits;
	if (inode->cluster_bits < 2 || inode->cluster_bits > 8)
		return error_set(err, ERR_CORRUPT,
			"2^%u blocks compressed together", inode->cluster_bits);
	/* a cluster's addresses are in one node */
	whole = ~0U << inode->cluster_bits;
	inode->addrs &= whole;
	inode->addrs_node &= whole;
	return 0;
}

static int decode(const struct f2fs *f2fs, const struct raw_inode *raw,
	struct f2fs_inode *inode, struct error *err)
{
	unsigned int extra = 0, i;

	if (raw->inlined & EXTRA)
		extra = le16_get(raw->u.extra.size);
	inode->type = fs_type_of_mode(le16_get(raw->mode));
	inode->size = inode->type == FS_OTHER ? 0 : le64_get(raw->size);
	inode->mtime = (int64_t)le64_get(raw->mtime);
	inode->encrypted = raw->advise & ADVISE_ENCRYPTED;
	inode->inline_data = raw->inlined & INLINE_DATA;
	inode->inline_names = raw->inlined & INLINE_NAMES;
	inode->written = raw->inlined & DATA_EXIST;
	for (i = 0; i < 5; i++)
		inode->nids[i] = le32_get(raw->nids[i]);
	if (set_places(f2fs, raw, extra, inode, err) < 0 ||
		check_size(inode, err) < 0 ||
		check_sum(f2fs, raw, extra, err) < 0)
		return -1;
	return set_compression(f2fs, raw, extra, inode, err);
}

int f2fs_inode_read(struct f2fs *f2fs, uint64_t ino, struct f2fs_inode *inode,
	struct error *err)
{
	struct f2fs_inode got = { .ino = (uint32_t)ino };
	const uint8_t *raw = f2fs_node_get(f2fs, got.ino, got.ino, err);

	if (!raw)
		return -1;
	if (decode(f2fs, (const void *)raw, &got, err) < 0)
		return error_in(err, "inode %" PRIu64, ino);
	*inode = got;
	return 0;
}

struct fs_node f2fs_node_of(const struct f2fs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->ino,
	};
}
