/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs_data.c - contents of files, and where they are if not compressed
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/erofs.h"
#include "src/base/checked.h"
#include "src/fs/filemap.h"

#define NO_BLOCK UINT32_MAX /* a hole */

/* How chunks are listed: in raw of the inode. */
#define CHUNK_BITS 0x1f    /* 2^so many blocks each */
#define CHUNK_INDEXES 0x20 /* eight bytes each, with a device; else four */
#define CHUNK_KNOWN 0x3f

struct chunk_index {
	le16 advise;
	le16 device;
	le32 block;
};

/* What the table says of another device. */
struct device_slot {
	uint8_t tag[64];
	le32 blocks;
	le32 mapped; /* where its blocks begin in the numbers of all */
	uint8_t reserved[56];
};

_Static_assert(sizeof(struct chunk_index) == 8, "as the format has it");
_Static_assert(sizeof(struct device_slot) == 128, "as the format has it");

static int elsewhere(unsigned int device, struct error *err)
{
	return error_set(err, ERR_UNSUPPORTED,
		"its contents are on another device (number %u of those of "
		"the file system)",
		device);
}

/* Where a block of another device is on this one, if all were put together. */
static int find_device(struct erofs *erofs, unsigned int device,
	uint64_t *block, struct error *err)
{
	struct device_slot slot;
	uint64_t mapped;

	if (device > erofs->devices)
		return error_set(err, ERR_CORRUPT,
			"its contents are on device %u of %u", device,
			erofs->devices);
	if (volume_read(erofs->vol,
		    erofs->device_table + (device - 1) * sizeof(slot), &slot,
		    sizeof(slot), err) < 0)
		return error_in(err, "table of devices");
	mapped = le32_get(slot.mapped);
	*block += mapped;
	if (mapped == 0 || *block >= erofs->vol->size >> erofs->block_bits)
		return elsewhere(device, err);
	return 0;
}

/* Where a chunk of the file begins, bytes, or FS_HOLE. */
static int find_chunk(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t number, uint64_t *at, struct error *err)
{
	bool indexes = inode->raw & CHUNK_INDEXES;
	uint64_t unit = indexes ? sizeof(struct chunk_index) : sizeof(le32);
	uint64_t from = (inode->rest + unit - 1) / unit * unit, block;
	struct chunk_index index = { 0 };
	void *to = indexes ? (void *)&index : (void *)&index.block;
	unsigned int device;

	/* chunks are fewer than 2^54, and rest lies near the volume */
	if (volume_read(erofs->vol, from + number * unit, to, (size_t)unit,
		    err) < 0)
		return error_in(err, "list of chunks");
	*at = FS_HOLE;
	block = le32_get(index.block);
	if (block == NO_BLOCK)
		return 0;
	device = le16_get(index.device);
	if (device > 0 && find_device(erofs, device, &block, err) < 0)
		return -1;
	if (device == 0 && erofs->devices > 0 && block >= erofs->blocks &&
		block >= erofs->vol->size >> erofs->block_bits)
		return elsewhere(1, err);
	*at = block << erofs->block_bits;
	return 0;
}

static int map_chunk(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, struct fs_extent *extent, struct error *err)
{
	unsigned int bits = erofs->block_bits + (inode->raw & CHUNK_BITS);
	uint64_t skip = off & ((UINT64_C(1) << bits) - 1), at;

	if ((inode->raw & 0xffff) & ~(uint32_t)CHUNK_KNOWN)
		return error_set(err, ERR_UNSUPPORTED,
			"unknown format of chunks 0x%04x",
			(unsigned int)(inode->raw & 0xffff));
	if (find_chunk(erofs, inode, off >> bits, &at, err) < 0)
		return -1;
	extent->vol = at == FS_HOLE ? FS_HOLE : at + skip;
	extent->len = (UINT64_C(1) << bits) - skip;
	return 0;
}

/* All blocks follow each other, but the last one may be behind the inode. */
static int map_flat(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, struct fs_extent *extent, struct error *err)
{
	uint64_t size = UINT64_C(1) << erofs->block_bits, end = inode->size;

	if (inode->layout == EROFS_INLINE)
		end = (inode->size - 1) & ~(size - 1);
	if (off < end) {
		extent->vol = inode->raw == NO_BLOCK
			? FS_HOLE
			: ((uint64_t)inode->raw << erofs->block_bits) + off;
		extent->len = end - off;
		return 0;
	}
	if ((inode->rest & (size - 1)) + (inode->size - end) > size)
		return error_set(err, ERR_CORRUPT,
			"the last %" PRIu64 " bytes of inode %" PRIu64
			" do not fit into its block",
			inode->size - end, inode->nid);
	extent->vol = inode->rest + (off - end);
	extent->len = inode->size - off;
	return 0;
}

/* The extent that begins at off, of a file that is not compressed. */
static int find_extent(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, struct fs_extent *extent, struct error *err)
{
	int r;

	extent->file = off;
	if (inode->layout == EROFS_CHUNKS)
		r = map_chunk(erofs, inode, off, extent, err);
	else
		r = map_flat(erofs, inode, off, extent, err);
	if (r == 0 && extent->len > inode->size - off)
		extent->len = inode->size - off;
	return r;
}

static bool is_packed(const struct erofs_inode *inode)
{
	return inode->layout == EROFS_PACKED_FULL ||
		inode->layout == EROFS_PACKED_COMPACT;
}

int erofs_inode_data(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct fs_extent extent;
	uint8_t *to = buf;
	size_t n;

	if (is_packed(inode))
		return erofs_packed_read(erofs, inode, off, buf, len, err);
	for (; len > 0; off += n, to += n, len -= n) {
		if (find_extent(erofs, inode, off, &extent, err) < 0)
			return -1;
		n = len < extent.len ? len : (size_t)extent.len;
		if (extent.vol == FS_HOLE)
			memset(to, 0, n);
		else if (volume_read(erofs->vol, extent.vol, to, n, err) < 0)
			return -1;
	}
	return 0;
}

static int inode_again(struct erofs *erofs, const struct fs_node *node,
	struct erofs_inode *inode, struct error *err)
{
	if (erofs_inode_read(erofs, node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}

int erofs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct erofs_inode inode;

	if (len == 0)
		return 0;
	if (inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	return erofs_inode_data(fs->priv, &inode, off, buf, len, err);
}

int erofs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct erofs_inode inode;
	struct fs_extent extent;
	struct filemap map;
	uint64_t off;
	int r;

	if (inode_again(fs->priv, node, &inode, err) < 0)
		return -1;
	if (is_packed(&inode))
		return 1;
	filemap_start(&map, 0, inode.size, visit, ctx);
	for (off = 0; off < inode.size; off += extent.len) {
		if (find_extent(fs->priv, &inode, off, &extent, err) < 0)
			return -1;
		r = filemap_add(&map, off, extent.vol, extent.len, err);
		if (r != 0)
			return r;
	}
	return filemap_end(&map, err);
}
