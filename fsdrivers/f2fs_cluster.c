/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs_cluster.c - contents of compressed files
 *
 * 4 to 256 blocks of a file are a cluster.  If it is compressed, the first of
 * its addresses says so, and the next ones are of the blocks with what is
 * packed, behind a header.  The cluster that was decompressed last is kept.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/f2fs.h"
#include "fsdrivers/unpack.h"
#include "src/base/length.h"

#define CLUSTER_MAX ((size_t)256 * F2FS_BLOCK)

struct header {
	le32 size; /* bytes that are packed */
	le32 checksum;
	le32 reserved[4];
};

static int set_method(
	unsigned int number, enum unpack_method *method, struct error *err)
{
	static const enum unpack_method methods[] = { UNPACK_LZO, UNPACK_LZ4,
		UNPACK_ZSTD };

	if (number == 3)
		return error_set(err, ERR_UNSUPPORTED,
			"compressed by LZO-RLE, which cannot be read");
	if (number >= LENGTH(methods))
		return error_set(
			err, ERR_UNSUPPORTED, "unknown compression %u", number);
	*method = methods[number];
	return 0;
}

static int allocate(struct f2fs *f2fs, struct error *err)
{
	if (!f2fs->packed)
		f2fs->packed = arena_alloc(f2fs->arena, CLUSTER_MAX, err);
	if (f2fs->packed && !f2fs->cluster)
		f2fs->cluster = arena_alloc(f2fs->arena, CLUSTER_MAX, err);
	return f2fs->cluster ? 0 : -1;
}

/* Read the packed blocks of the cluster that begins with block "first". */
static int read_packed(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t first, struct bytes *packed, struct error *err)
{
	uint64_t blocks = (UINT64_C(1) << inode->cluster_bits) - 1, have = 0;
	struct f2fs_run run;

	for (; have < blocks; have += run.count) {
		if (f2fs_run_find(f2fs, inode, first + 1 + have, &run, err) < 0)
			return -1;
		if (run.address == F2FS_HOLE || run.address == F2FS_NEW)
			break;
		if (run.address < f2fs->main || run.address == F2FS_COMPRESSED)
			return error_set(err, ERR_CORRUPT,
				"block 0x%" PRIx32 " is none of data",
				run.address);
		if (run.count > blocks - have)
			run.count = blocks - have;
		if (volume_read(f2fs->vol,
			    (uint64_t)run.address << F2FS_BLOCK_BITS,
			    f2fs->packed + have * F2FS_BLOCK,
			    (size_t)run.count * F2FS_BLOCK, err) < 0)
			return -1;
	}
	*packed = (struct bytes){ f2fs->packed, (size_t)have * F2FS_BLOCK };
	return 0;
}

static int decompress(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t first, struct error *err)
{
	size_t size = (size_t)F2FS_BLOCK << inode->cluster_bits, len;
	const struct header *header;
	enum unpack_method method;
	struct bytes packed;

	f2fs->cluster_ino = 0;
	if (set_method(inode->method, &method, err) < 0 ||
		allocate(f2fs, err) < 0 ||
		read_packed(f2fs, inode, first, &packed, err) < 0)
		return -1;
	header = bytes_at(packed, 0, sizeof(*header));
	if (header)
		packed = bytes_sub(
			packed, sizeof(*header), le32_get(header->size));
	if (!header || !packed.data)
		return error_set(
			err, ERR_CORRUPT, "more bytes packed than there are");
	if (unpack(method, packed, f2fs->cluster, size, &len, err) < 0)
		return -1;
	if (len != size)
		return error_set(err, ERR_CORRUPT,
			"%zu bytes came of it, not %zu", len, size);
	f2fs->cluster_ino = inode->ino;
	f2fs->cluster_at = first;
	return 0;
}

/* A block of a cluster that is not compressed. */
static int read_block(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, uint8_t *buf, size_t *len, struct error *err)
{
	uint64_t skip = off % F2FS_BLOCK;
	struct f2fs_run run;

	if (f2fs_run_find(f2fs, inode, off / F2FS_BLOCK, &run, err) < 0)
		return -1;
	if (*len > F2FS_BLOCK - skip)
		*len = (size_t)(F2FS_BLOCK - skip);
	if (run.address == F2FS_HOLE || run.address == F2FS_NEW) {
		memset(buf, 0, *len);
		return 0;
	}
	if (run.address < f2fs->main || run.address == F2FS_COMPRESSED)
		return error_set(err, ERR_CORRUPT,
			"its block 0x%" PRIx32 " is none of data", run.address);
	return volume_read(f2fs->vol,
		((uint64_t)run.address << F2FS_BLOCK_BITS) + skip, buf, *len,
		err);
}

int f2fs_cluster_read(struct f2fs *f2fs, const struct f2fs_inode *inode,
	uint64_t off, uint8_t *buf, size_t *len, struct error *err)
{
	uint64_t size = (uint64_t)F2FS_BLOCK << inode->cluster_bits;
	uint64_t first = off / size << inode->cluster_bits, skip = off % size;
	struct f2fs_run run;

	if (f2fs->cluster_ino != inode->ino || f2fs->cluster_at != first) {
		if (f2fs_run_find(f2fs, inode, first, &run, err) < 0)
			return -1;
		if (run.address != F2FS_COMPRESSED)
			return read_block(f2fs, inode, off, buf, len, err);
		if (decompress(f2fs, inode, first, err) < 0)
			return error_in(
				err, "cluster at block %" PRIu64, first);
	}
	if (*len > size - skip)
		*len = (size_t)(size - skip);
	memcpy(buf, f2fs->cluster + skip, *len);
	return 0;
}
