/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660_zisofs.c - files that zisofs packed, in blocks that stand alone
 *
 * Format: doc/zisofs_format.txt of libisofs, version 1.  The data of the file
 * begin with a header and a table: where each block's packed bytes begin, and
 * where the last one's end.  A block without any is all zeros.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/iso9660.h"
#include "fsdrivers/unpack.h"
#include "src/base/checked.h"

#define BLOCK_LOG_MIN 15
#define BLOCK_LOG_MAX 17
#define BLOCK_MAX (1 << BLOCK_LOG_MAX)
#define PACKED_MAX                                                             \
	((size_t)2 * BLOCK_MAX) /* what cannot be packed gains less */

static const uint8_t magic[8] = { 0x37, 0xe4, 0x53, 0x96, 0xc9, 0xdb, 0xd6,
	0x07 };

struct header {
	uint8_t magic[8];
	le32 size; /* bytes, unpacked */
	uint8_t words;
	uint8_t block_log;
	uint8_t reserved[2];
};

_Static_assert(sizeof(struct header) == 16, "as the format has it");

/* A packed file. */
struct packed {
	uint64_t at;         /* in the volume, bytes */
	uint64_t size;       /* bytes */
	uint64_t table;      /* from at, bytes */
	uint32_t block_size; /* bytes, unpacked */
};

/* The block that was unpacked last. */
struct iso_block {
	uint64_t id; /* of the node; 0: of none */
	uint64_t number;
	size_t len; /* bytes */
	uint8_t data[BLOCK_MAX];
	uint8_t packed[PACKED_MAX];
};

static int read_header(struct iso9660 *iso, const struct fs_node *node,
	struct packed *packed, struct error *err)
{
	struct header head;

	if (packed->size < sizeof(head))
		return error_set(err, ERR_CORRUPT, "no room for a header");
	if (volume_read(iso->vol, packed->at, &head, sizeof(head), err) < 0)
		return -1;
	if (memcmp(head.magic, magic, sizeof(magic)) != 0)
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (le32_get(head.size) != node->size)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " bytes in the header, %" PRIu64
			" in the directory",
			le32_get(head.size), node->size);
	if (head.words * 4 < (int)sizeof(head) ||
		head.block_log < BLOCK_LOG_MIN ||
		head.block_log > BLOCK_LOG_MAX)
		return error_set(err, ERR_CORRUPT,
			"a header of %d bytes, blocks of 2^%u", head.words * 4,
			head.block_log);
	packed->table = head.words * UINT64_C(4);
	packed->block_size = UINT32_C(1) << head.block_log;
	return 0;
}

/* Where a block's packed bytes are: *at in the file, *len of them. */
static int find_block(struct iso9660 *iso, const struct packed *packed,
	uint64_t number, uint64_t *at, size_t *len, struct error *err)
{
	uint64_t entry = packed->table + number * sizeof(le32);
	uint64_t from, to;
	le32 ends[2];

	if (!range_inside(entry, sizeof(ends), packed->size))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 ": the file ends before its table",
			number);
	if (volume_read(iso->vol, packed->at + entry, ends, sizeof(ends), err) <
		0)
		return -1;
	from = le32_get(ends[0]);
	to = le32_get(ends[1]);
	if (from > to || to > packed->size || to - from > PACKED_MAX)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 ": lies from %" PRIu64 " to %" PRIu64
			" of %" PRIu64 " bytes",
			number, from, to, packed->size);
	*at = from;
	*len = (size_t)(to - from);
	return 0;
}

/* block->data becomes the len bytes of a block. */
static int unpack_block(struct iso9660 *iso, const struct packed *packed,
	uint64_t number, size_t len, struct error *err)
{
	struct iso_block *block = iso->block;
	size_t packed_len, got = 0;
	uint64_t at;

	if (find_block(iso, packed, number, &at, &packed_len, err) < 0)
		return -1;
	if (packed_len == 0) {
		memset(block->data, 0, len);
		return 0;
	}
	if (volume_read(iso->vol, packed->at + at, block->packed, packed_len,
		    err) < 0)
		return -1;
	if (unpack(UNPACK_ZLIB, (struct bytes){ block->packed, packed_len },
		    block->data, len, &got, err) < 0)
		return error_in(err, "block %" PRIu64, number);
	if (got != len)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 ": has %zu bytes, not %zu", number,
			got, len);
	return 0;
}

/* The block that a byte of the file is in, kept from the last time or not. */
static int get_block(struct iso9660 *iso, const struct fs_node *node,
	const struct packed *packed, uint64_t off, struct error *err)
{
	uint64_t number = off / packed->block_size;
	uint64_t left = node->size - number * packed->block_size;
	struct iso_block *block = iso->block;
	size_t len = packed->block_size;

	if (len > left)
		len = (size_t)left;
	/* as long: the header, which is read each time, may have changed */
	if (block->id == node->id && block->number == number &&
		block->len == len)
		return 0;
	block->id = 0;
	if (unpack_block(iso, packed, number, len, err) < 0)
		return -1;
	block->id = node->id;
	block->number = number;
	block->len = len;
	return 0;
}

/* The first part is all of it: more than 4 GiB there are only in version 2. */
static int find_packed(struct iso9660 *iso, const struct fs_node *node,
	struct packed *packed, struct error *err)
{
	struct iso_record record;
	int r = iso_record_next(
		iso, node->id, iso_directory_end(node), &record, err);

	if (r < 0)
		return -1;
	if (r == 0 || record.at != node->id) {
		iso_changed(node, err);
		return -1; /* seen here, too: no block has a size now */
	}
	packed->at = iso_record_data(iso, &record);
	packed->size = iso_get(iso, &iso_dirent(&record)->size);
	return read_header(iso, node, packed, err);
}

static int read_packed(struct iso9660 *iso, const struct fs_node *node,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	struct packed packed = { 0 };
	size_t skip, n;

	if (find_packed(iso, node, &packed, err) < 0)
		return -1;
	for (; len > 0; off += n, buf += n, len -= n) {
		if (get_block(iso, node, &packed, off, err) < 0)
			return -1;
		skip = (size_t)(off % packed.block_size);
		n = iso->block->len - skip;
		if (n > len)
			n = len;
		memcpy(buf, iso->block->data + skip, n);
	}
	return 0;
}

int iso_zisofs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct iso9660 *iso = fs->priv;

	if (!iso->block)
		iso->block = arena_alloc(fs->arena, sizeof(*iso->block), err);
	if (!iso->block)
		return -1;
	if (read_packed(iso, node, off, buf, len, err) < 0)
		return error_in(err, "zisofs");
	return 0;
}
