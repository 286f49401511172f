/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair_fs.c - checksums of file systems whose structures have magic numbers
 *
 * Where the fields are is said in the drivers, fsdrivers/<name>*.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zlib.h>

#include "src/base/crc32c.h"
#include "tests/fuzz/repair.h"

/* The sum of all with zeros in its place */
static void repair_crc32c(uint8_t *data, size_t len, size_t at)
{
	put_le(data + at, 4, 0);
	put_le(data + at, 4, ~crc32c(~0U, data, len));
}

struct xfs_place {
	unsigned int magic_at, magic_len;
	uint32_t magic;
	unsigned int crc;
	enum { SECTOR, INODE, BLOCK, DIR_BLOCK } len;
};

static const struct xfs_place xfs_places[] = {
	{ 0, 4, 0x58465342, 224, SECTOR },  /* XFSB */
	{ 0, 2, 0x494e, 100, INODE },       /* IN */
	{ 0, 4, 0x58444433, 4, DIR_BLOCK }, /* XDD3 */
	{ 0, 4, 0x58444233, 4, DIR_BLOCK }, /* XDB3 */
	{ 8, 2, 0x3df1, 12, DIR_BLOCK },    /* an index, of one leaf */
	{ 8, 2, 0x3dff, 12, DIR_BLOCK },    /* of several */
	{ 8, 2, 0x3ebe, 12, DIR_BLOCK },    /* what is above these */
	{ 0, 4, 0x424d4133, 64, BLOCK },    /* BMA3 */
	{ 0, 4, 0x58534c4d, 12, BLOCK },    /* XSLM */
};

/*
 * A record of the log: its header as machines of 64 bits have it, the others'
 * first words, and what is behind them.  0 means that there is no sum.
 */
static void repair_record(
	const struct flat *flat, uint64_t off, uint8_t *record)
{
	uint64_t len = get_be(record + 12, 4), heads = 1, i;
	uint32_t crc;

	if (get_be(record + 8, 4) == 2 && get_be(record + 320, 4) > 32768)
		heads = (get_be(record + 320, 4) + 32767) / 32768;
	if (get_le(record + 32, 4) == 0 || heads > 8 || len > 8 * 32768 ||
		!flat_at(flat, off, heads * REPAIR_SECTOR + len))
		return;
	put_le(record + 32, 4, 0);
	crc = crc32c(~0U, record, 328);
	for (i = 1; i * 32768 < len; i++)
		crc = crc32c(crc, record + i * REPAIR_SECTOR, 260);
	put_le(record + 32, 4,
		~crc32c(crc, record + heads * REPAIR_SECTOR, len));
}

void repair_xfs(const struct flat *flat, uint64_t off)
{
	const uint8_t *super = flat_at(flat, 0, REPAIR_SECTOR);
	uint8_t *data = flat_at(flat, off, REPAIR_SECTOR);
	size_t lens[4], i;

	if (!super || !data || memcmp(super, "XFSB", 4) != 0)
		return;
	if (get_be(data, 4) == 0xfeedbabe)
		repair_record(flat, off, data);
	if ((get_be(super + 100, 2) & 15) != 5)
		return;
	lens[SECTOR] = (size_t)1 << (super[121] & 15);
	lens[INODE] = (size_t)1 << (super[122] & 15);
	lens[BLOCK] = (size_t)1 << (super[120] & 31);
	lens[DIR_BLOCK] = lens[BLOCK] << (super[192] & 7);
	for (i = 0; i < sizeof(xfs_places) / sizeof(xfs_places[0]); i++) {
		const struct xfs_place *place = &xfs_places[i];
		size_t len = lens[place->len];

		if (get_be(data + place->magic_at, (int)place->magic_len) !=
				place->magic ||
			len < 256 || len > 65536 || !flat_at(flat, off, len))
			continue;
		if (place->len != INODE || (data[4] == 3 && len >= 512))
			repair_crc32c(data, len, place->crc);
	}
}

#define BTRFS_SUPER 65536

static void repair_btrfs_block(uint8_t *block, size_t len, uint64_t kind)
{
	if (kind == 0)
		put_le(block, 4, ~crc32c(~0U, block + 32, len - 32));
	else if (kind == 1)
		put_le(block, 8, XXH64(block + 32, len - 32, 0));
}

/* Nodes have the file system's id where it has it itself. */
void repair_btrfs(const struct flat *flat, uint64_t off)
{
	const uint8_t *super = flat_at(flat, BTRFS_SUPER, 4096);
	uint8_t *block = flat_at(flat, off, 4096);
	uint64_t node_size, kind;

	if (!super || !block || off % 4096 != 0 ||
		memcmp(super + 64, "_BHRfS_M", 8) != 0)
		return;
	node_size = get_le(super + 148, 4);
	kind = get_le(super + 196, 2);
	if (memcmp(block + 64, "_BHRfS_M", 8) == 0)
		repair_btrfs_block(block, 4096, kind);
	else if (memcmp(block + 32, super + 32, 16) == 0 && node_size >= 4096 &&
		node_size <= 65536 && flat_at(flat, off, node_size))
		repair_btrfs_block(block, node_size, kind);
}

#define F2FS_MAGIC 0xf2f52010
#define F2FS_BLOCK 4096
#define F2FS_SUPER_SUM 3068
#define F2FS_INODE_SUM 368

/* Neither inverted before nor after: what zlib inverts is inverted back. */
static uint32_t plain_crc32(uint32_t crc, const uint8_t *data, size_t len)
{
	return ~(uint32_t)crc32(~crc, data, (uInt)len);
}

static void repair_f2fs_checkpoint(uint8_t *block)
{
	uint64_t at = get_le(block + 164, 4);
	uint32_t crc;

	if (at > F2FS_BLOCK - 4)
		return;
	crc = plain_crc32(F2FS_MAGIC, block, at);
	put_le(block + at, 4,
		plain_crc32(crc, block + at + 4, F2FS_BLOCK - at - 4));
}

static void repair_f2fs_inode(const uint8_t *super, uint8_t *block)
{
	uint32_t crc = plain_crc32(UINT32_MAX, super + 108, 16);

	crc = plain_crc32(crc, block + F2FS_BLOCK - 20, 4);
	crc = plain_crc32(crc, block + 68, 4);
	put_le(block + F2FS_INODE_SUM, 4, 0);
	put_le(block + F2FS_INODE_SUM, 4, plain_crc32(crc, block, F2FS_BLOCK));
}

/* An inode's footer names it twice, which other nodes' do not. */
void repair_f2fs(const struct flat *flat, uint64_t off)
{
	uint8_t *super = flat_at(flat, 1024, 3072);
	uint8_t *block = flat_at(flat, off, F2FS_BLOCK);
	uint64_t number = off / F2FS_BLOCK, first, segment;

	if (!super || !block || off % F2FS_BLOCK != 0 ||
		get_le(super, 4) != F2FS_MAGIC)
		return;
	first = get_le(super + 76, 4);
	segment = UINT64_C(1) << (super[20] & 15);
	if (number < 2) {
		if (get_le(block + 1024, 4) == F2FS_MAGIC)
			put_le(block + 1024 + F2FS_SUPER_SUM, 4,
				plain_crc32(F2FS_MAGIC, block + 1024,
					F2FS_SUPER_SUM));
	} else if (number >= first && number < first + 2 * segment) {
		/* its first and its last block are the same kind */
		if (get_le(block + 164, 4) >= 192)
			repair_f2fs_checkpoint(block);
	} else if ((get_le(super + 2180, 4) & 0x20) && (block[3] & 0x20) &&
		get_le(block + 360, 2) >= 12 && get_le(block + 4072, 4) > 0 &&
		get_le(block + 4072, 4) == get_le(block + 4076, 4)) {
		repair_f2fs_inode(super, block);
	}
}

static void repair_nilfs2_super(uint8_t *super)
{
	uint64_t len = get_le(super + 8, 2);

	if (get_le(super + 6, 2) != 0x3434 || len < 20 || len > 1024)
		return;
	put_le(super + 16, 4, 0);
	put_le(super + 16, 4,
		plain_crc32((uint32_t)get_le(super + 12, 4), super, len));
}

static void repair_nilfs2_log(
	uint8_t *log, uint64_t blocks, size_t block_size, uint32_t seed)
{
	uint8_t *root = log + (blocks - 1) * block_size;
	uint64_t len = get_le(root + 4, 2);

	if (get_le(log + 14, 2) & 4 && len > 4 && len <= block_size)
		put_le(root, 4, plain_crc32(seed, root + 4, len - 4));
	len = get_le(log + 48, 4);
	if (len > 8 && len <= blocks * block_size)
		put_le(log + 4, 4, plain_crc32(seed, log + 8, len - 8));
	put_le(log, 4, plain_crc32(seed, log + 4, blocks * block_size - 4));
}

void repair_nilfs2(const struct flat *flat, uint64_t off)
{
	uint8_t *super = flat_at(flat, 1024, 1024), *log;
	uint64_t blocks;
	size_t size;

	if (!super || get_le(super + 6, 2) != 0x3434 ||
		get_le(super + 20, 4) > 6)
		return;
	if (off == 1024 || off == flat->size / 4096 * 4096 - 4096) {
		log = flat_at(flat, off, 1024);
		if (log)
			repair_nilfs2_super(log);
		return;
	}
	size = (size_t)1024 << super[20];
	log = flat_at(flat, off, 64);
	if (!log || get_le(log + 8, 4) != 0x1eaffa11)
		return;
	blocks = get_le(log + 40, 4);
	if (blocks > 0 && blocks < 8192 && flat_at(flat, off, blocks * size))
		repair_nilfs2_log(
			log, blocks, size, (uint32_t)get_le(super + 12, 4));
}

/* CRC-16 of the polynomial 0x1021, from 0 */
static uint16_t udf_crc(const uint8_t *data, size_t len)
{
	uint16_t crc = 0;
	int bit;

	for (; len > 0; len--) {
		crc = (uint16_t)(crc ^ *data++ << 8);
		for (bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc << 1 ^
				(crc & 0x8000 ? 0x1021 : 0));
	}
	return crc;
}

static void repair_tag(const struct flat *flat, uint64_t off)
{
	uint8_t *tag = flat_at(flat, off, 16), sum = 0;
	uint64_t len;
	int i;

	if (!flat_holds(flat, off, 16))
		return;
	len = get_le(tag + 10, 2);
	if (flat_holds(flat, off + 16, len))
		put_le(tag + 8, 2, udf_crc(tag + 16, len));
	for (i = 0; i < 16; i++)
		sum = (uint8_t)(sum + (i == 4 ? 0 : tag[i]));
	tag[4] = sum;
}

/* Each is the first of a sector, but for what is in directories. */
void repair_udf(const struct flat *flat, uint64_t off)
{
	const uint8_t *data = flat_at(flat, off, REPAIR_SECTOR), *tag;
	const uint8_t *recognised = flat_at(flat, 32768, 8192);
	size_t at;

	if (!data || !recognised ||
		(memcmp(recognised + 2049, "NSR0", 4) != 0 &&
			memcmp(recognised + 4097, "NSR0", 4) != 0))
		return;
	for (at = 0; at < REPAIR_SECTOR; at += 4) {
		uint64_t id = get_le(data + at, 2);

		tag = data + at;
		if ((tag[2] != 2 && tag[2] != 3) || tag[3] != 0 || tag[5] != 0)
			continue;
		if (id == 257 ||
			(at == 0 && ((id > 0 && id < 10) || id >> 4 == 16)))
			repair_tag(flat, off + at);
	}
}

/* What a sector ends with is the same in all of a record. */
void repair_ntfs(const struct flat *flat, uint64_t off)
{
	uint8_t *record = flat_at(flat, off, REPAIR_SECTOR), *end;
	uint64_t fixups, count, i;

	if (!record ||
		(memcmp(record, "FILE", 4) != 0 &&
			memcmp(record, "INDX", 4) != 0))
		return;
	fixups = get_le(record + 4, 2);
	count = get_le(record + 6, 2);
	if (fixups > REPAIR_SECTOR - 2)
		return;
	for (i = 1; i < count && i <= 128; i++) {
		end = flat_at(flat, off + i * REPAIR_SECTOR - 2, 2);
		if (end)
			memcpy(end, record + fixups, 2);
	}
}
