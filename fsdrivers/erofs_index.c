/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs_index.c - which compressed blocks hold which bytes of a file
 *
 * The file is cut into clusters of 2^n bytes, and for each the index says: a
 * piece begins here, at that byte, and lies in that block (a head); or, it
 * belongs to the piece that began so many clusters ago.  There are two forms: 8
 * bytes a cluster, or packs of 2 or 16 clusters in 8 or 32 bytes, which have
 * the address of one block for all their heads.
 */
#include <inttypes.h>

#include "fsdrivers/erofs.h"

/* What stands in front of the index. */
struct header {
	union {
		le32 shared; /* where the end is in the packed inode, bytes */
		struct {
			le16 reserved;
			le16 tail_size;
		} u;
	} u;
	le16 advise;
	uint8_t methods;
	uint8_t cluster_bits; /* and WHOLE_SHARED */
};

_Static_assert(sizeof(struct header) == 8, "as the format has it");

#define WHOLE_SHARED 0x80 /* then all else is where it is, 63 bits */
#define CLUSTER_BITS 0x07 /* 2^so many blocks in a cluster */

enum { /* advise */
	PACKS_OF_16 = 0x01,
	BIG_1 = 0x02, /* heads of the first kind may have many blocks */
	BIG_2 = 0x04,
	TAIL = 0x08, /* the last piece is behind the index */
	ROTATED = 0x10,
	END_SHARED = 0x20,
};

enum { PLAIN, HEAD_1, NOT_HEAD, HEAD_2 };

#define COUNTS_BLOCKS 0x800 /* of a distance: it is a count of blocks */

/* A cluster of a full index. */
struct full_entry {
	le16 advise; /* its kind in the first two bits */
	le16 off;    /* of a head: where the piece begins in the cluster */
	union {
		le32 block;
		le16 distance[2]; /* to the head before, and the next one */
	} u;
};

_Static_assert(sizeof(struct full_entry) == 8, "as the format has it");

/* A cluster as the index describes it. */
struct cluster {
	uint64_t number;
	unsigned int kind;
	uint32_t off;    /* of a head, bytes */
	uint64_t block;  /* of a head */
	uint32_t back;   /* of another: clusters to its head */
	uint32_t blocks; /* of another: how many the piece has, if not 0 */
	uint64_t next;   /* where the index goes on behind it, bytes */
};

static int broken(uint64_t number, const char *what, struct error *err)
{
	return error_set(err, ERR_CORRUPT, "index: cluster %" PRIu64 ": %s",
		number, what);
}

static void set_distance(struct cluster *cluster, unsigned int distance)
{
	cluster->back = distance;
	if (!(distance & COUNTS_BLOCKS))
		return;
	cluster->back = 1;
	cluster->blocks = distance & ~(unsigned int)COUNTS_BLOCKS;
}

static int load_full(struct erofs *erofs, const struct erofs_packed *packed,
	struct cluster *cluster, struct error *err)
{
	struct full_entry entry;
	/* 8 bytes of the header's kind are left out */
	uint64_t at = packed->index + 8 + cluster->number * sizeof(entry);

	if (volume_read(erofs->vol, at, &entry, sizeof(entry), err) < 0)
		return error_in(err, "index");
	cluster->next = at + sizeof(entry);
	cluster->kind = le16_get(entry.advise) & 3;
	if (cluster->kind == NOT_HEAD) {
		set_distance(cluster, le16_get(entry.u.distance[0]));
		return 0;
	}
	cluster->off = le16_get(entry.off);
	cluster->block = le32_get(entry.u.block);
	return 0;
}

/* A pack of a compact index. */
struct pack {
	uint8_t raw[32];
	unsigned int count;  /* clusters, 2 or 16 */
	unsigned int width;  /* bits of each */
	unsigned int number; /* bits of them that are an offset or a distance */
};

static unsigned int pack_get(
	const struct pack *pack, unsigned int i, unsigned int *kind)
{
	unsigned int bit = i * pack->width, value = 0, j;

	/* at most 16 bits, which reach into three bytes */
	for (j = 0; j < 3; j++)
		value |= (unsigned int)pack->raw[bit / 8 + j] << 8 * j;
	value >>= bit % 8;
	*kind = value >> pack->number & 3;
	return value & ((1U << pack->number) - 1);
}

/* Blocks of the pack's pieces that begin before cluster i, without big ones. */
static unsigned int count_single(const struct pack *pack, unsigned int i)
{
	unsigned int blocks = 1, kind, distance;
	int at = (int)i;

	while (at > 0) {
		distance = pack_get(pack, (unsigned int)--at, &kind);
		if (kind == NOT_HEAD)
			at -= (int)distance;
		if (at >= 0)
			blocks++;
	}
	return blocks;
}

/* The same where a piece may have many; -1: this cannot be. */
static long count_big(const struct pack *pack, unsigned int i)
{
	unsigned int kind, distance;
	long blocks = 0;
	int at = (int)i;

	while (at > 0) {
		distance = pack_get(pack, (unsigned int)--at, &kind);
		if (kind != NOT_HEAD) {
			blocks++;
		} else if (distance & COUNTS_BLOCKS) {
			at--;
			blocks += distance & ~(unsigned int)COUNTS_BLOCKS;
		} else if (distance <= 1) {
			return -1;
		} else {
			at -= (int)distance - 2;
		}
	}
	return blocks;
}

/*
 * Where cluster number lies in a compact index: packs of two fill up to a
 * multiple of 32 bytes, then come those of 16, and of two again for the rest.
 */
static uint64_t compact_place(const struct erofs *erofs,
	const struct erofs_packed *packed, uint64_t number, unsigned int *bytes)
{
	uint64_t size = packed->inode.size, at = packed->index;
	uint64_t first = (32 - at % 32) / 4 % 8, wide = 0;
	uint64_t total = ((size - 1) >> erofs->block_bits) + 1;

	*bytes = 4;
	if (number < first)
		return at + number * 4;
	at += first * 4;
	number -= first;
	if ((packed->advise & PACKS_OF_16) && first < total)
		wide = (total - first) / 16 * 16;
	if (number < wide) {
		*bytes = 2;
		return at + number * 2;
	}
	return at + wide * 2 + (number - wide) * 4;
}

static int read_pack(struct erofs *erofs, const struct erofs_packed *packed,
	struct cluster *cluster, struct pack *pack, unsigned int *i,
	struct error *err)
{
	unsigned int bytes, size, bits = packed->cluster_bits;
	uint64_t at = compact_place(erofs, packed, cluster->number, &bytes);

	pack->count = bytes == 4 ? 2 : 16;
	pack->number = bits < 12 ? 12 : bits;
	if (bits > (bytes == 4 ? 14U : 12U))
		return error_set(err, ERR_UNSUPPORTED,
			"index: a compact one of clusters of 2^%u bytes", bits);
	size = pack->count * bytes;
	pack->width = (size - 4) * 8 / pack->count;
	*i = (unsigned int)(at % size / bytes);
	at -= at % size;
	cluster->next = at + size;
	if (volume_read(erofs->vol, at, pack->raw, size, err) < 0)
		return error_in(err, "index");
	return 0;
}

static int load_compact(struct erofs *erofs, const struct erofs_packed *packed,
	struct cluster *cluster, struct error *err)
{
	unsigned int i, value, kind;
	struct pack pack;
	long blocks;

	if (read_pack(erofs, packed, cluster, &pack, &i, err) < 0)
		return -1;
	value = pack_get(&pack, i, &cluster->kind);
	if (cluster->kind == NOT_HEAD) {
		/* the last one tells how far the next head is */
		if (i + 1 == pack.count && !(value & COUNTS_BLOCKS)) {
			value = pack_get(&pack, i - 1, &kind);
			if (kind != NOT_HEAD)
				value = 0;
			else if (value & COUNTS_BLOCKS)
				value = 1;
			value++;
		}
		set_distance(cluster, value);
		return 0;
	}
	cluster->off = value;
	blocks = packed->advise & BIG_1 ? count_big(&pack, i)
					: (long)count_single(&pack, i);
	if (blocks < 0)
		return broken(cluster->number, "a wrong distance", err);
	i = pack.count * pack.width / 8; /* behind the clusters */
	cluster->block = (uint64_t)le32_get(
				 *(const le32 *)(const void *)(pack.raw + i)) +
		(unsigned long)blocks;
	return 0;
}

static int load(struct erofs *erofs, const struct erofs_packed *packed,
	uint64_t number, struct cluster *cluster, struct error *err)
{
	int r;

	*cluster = (struct cluster){ .number = number };
	if (packed->inode.layout == EROFS_PACKED_FULL)
		r = load_full(erofs, packed, cluster, err);
	else
		r = load_compact(erofs, packed, cluster, err);
	if (r < 0)
		return -1;
	if (cluster->kind == NOT_HEAD && cluster->blocks > 0 &&
		!(packed->advise & (BIG_1 | BIG_2)))
		return broken(number, "a count of blocks", err);
	if (cluster->kind != NOT_HEAD &&
		cluster->off >= UINT32_C(1) << packed->cluster_bits)
		return broken(number, "a piece that begins outside", err);
	return 0;
}

/* Clusters that one piece can touch. */
static uint64_t clusters_max(const struct erofs_packed *packed)
{
	return (EROFS_UNPACKED_MAX >> packed->cluster_bits) + 2;
}

/* The head of the piece that the byte at off belongs to. */
static int find_head(struct erofs *erofs, const struct erofs_packed *packed,
	uint64_t off, struct cluster *head, struct error *err)
{
	uint64_t number = off >> packed->cluster_bits, first = number;
	uint32_t in =
		(uint32_t)(off & ((UINT64_C(1) << packed->cluster_bits) - 1));
	uint32_t back;

	for (;;) {
		if (load(erofs, packed, number, head, err) < 0)
			return -1;
		if (head->kind != NOT_HEAD &&
			(number < first || in >= head->off))
			return 0;
		back = head->kind == NOT_HEAD ? head->back : 1;
		if (back == 0 || back > number)
			return broken(number, "its piece begins nowhere", err);
		number -= back;
		if (first - number > clusters_max(packed))
			return error_set(err, ERR_LIMIT,
				"index: a piece of more than %u bytes",
				EROFS_UNPACKED_MAX);
	}
}

/* Where the piece of a head ends in the file, and how many blocks it has. */
static int find_end(struct erofs *erofs, const struct erofs_packed *packed,
	const struct cluster *head, uint64_t *end, uint32_t *blocks,
	struct error *err)
{
	unsigned int bits = packed->cluster_bits;
	uint64_t number = head->number;
	struct cluster cluster;

	*blocks = UINT32_C(1) << (bits - erofs->block_bits);
	for (;;) {
		number++;
		*end = packed->inode.size;
		if (number << bits >= packed->inode.size)
			return 0;
		if (number - head->number > clusters_max(packed))
			return error_set(err, ERR_LIMIT,
				"index: a piece of more than %u bytes",
				EROFS_UNPACKED_MAX);
		if (load(erofs, packed, number, &cluster, err) < 0)
			return -1;
		if (cluster.kind != NOT_HEAD)
			break;
		if (number == head->number + 1 && cluster.blocks > 0)
			*blocks = cluster.blocks;
	}
	*end = (number << bits) + cluster.off;
	if (*end > packed->inode.size)
		*end = packed->inode.size;
	return 0;
}

/* The last piece may be somewhere else: which cluster does it begin in? */
static int find_tail(
	struct erofs *erofs, struct erofs_packed *packed, struct error *err)
{
	uint64_t last = packed->inode.size - 1;
	struct cluster cluster;

	if (!(packed->advise & (TAIL | END_SHARED)))
		return 0;
	if (load(erofs, packed, last >> packed->cluster_bits, &cluster, err) <
		0)
		return -1;
	packed->tail_at = cluster.next;
	if (find_head(erofs, packed, last, &cluster, err) < 0)
		return -1;
	packed->tail_first = cluster.number;
	if ((packed->advise & END_SHARED) &&
		packed->inode.layout == EROFS_PACKED_FULL)
		packed->shared |= cluster.block << 32;
	return 0;
}

int erofs_packed_open(struct erofs *erofs, const struct erofs_inode *inode,
	struct erofs_packed *packed, struct error *err)
{
	struct header header;
	uint64_t at = (inode->rest + 7) & ~UINT64_C(7), whole;

	if (volume_read(erofs->vol, at, &header, sizeof(header), err) < 0)
		return error_in(err, "index");
	*packed = (struct erofs_packed){ .inode = *inode,
		.index = at + sizeof(header),
		.tail_first = UINT64_MAX };
	if (header.cluster_bits & WHOLE_SHARED) {
		whole = le64_get(*(const le64 *)(const void *)&header);
		packed->all_shared = true;
		packed->shared = whole & ~(UINT64_C(1) << 63);
		return 0;
	}
	packed->cluster_bits =
		erofs->block_bits + (header.cluster_bits & CLUSTER_BITS);
	packed->advise = le16_get(header.advise);
	packed->methods[0] = header.methods & 15;
	packed->methods[1] = header.methods >> 4;
	packed->shared = le32_get(header.u.shared);
	packed->tail_size = le16_get(header.u.u.tail_size);
	if ((packed->advise & TAIL) && (packed->advise & END_SHARED))
		return error_set(
			err, ERR_CORRUPT, "index: the end is in two places");
	return find_tail(erofs, packed, err);
}

static void set_kind(const struct erofs_packed *packed, unsigned int kind,
	struct erofs_piece *piece)
{
	piece->kind = EROFS_COMPRESSED;
	piece->method = packed->methods[kind == HEAD_2];
	if (kind == PLAIN)
		piece->kind = packed->advise & ROTATED ? EROFS_ROTATED
						       : EROFS_SHIFTED;
}

static int find_piece(struct erofs *erofs, const struct erofs_packed *packed,
	uint64_t off, struct erofs_piece *piece, struct error *err)
{
	struct cluster head;
	uint64_t end, begin;
	uint32_t blocks;

	if (find_head(erofs, packed, off, &head, err) < 0 ||
		find_end(erofs, packed, &head, &end, &blocks, err) < 0)
		return -1;
	begin = (head.number << packed->cluster_bits) + head.off;
	if (begin > off || end <= off)
		return broken(head.number, "pieces that overlap", err);
	set_kind(packed, head.kind, piece);
	piece->file = begin;
	piece->len = end - begin;
	if (head.number == packed->tail_first &&
		(packed->advise & END_SHARED)) {
		piece->kind = EROFS_SHARED;
		piece->pos = packed->shared;
		return 0;
	}
	piece->pos = head.block << erofs->block_bits;
	if (blocks > EROFS_PACKED_MAX >> erofs->block_bits)
		return error_set(err, ERR_LIMIT,
			"index: more than %u compressed bytes in one piece",
			EROFS_PACKED_MAX);
	piece->packed = blocks << erofs->block_bits;
	if (head.number == packed->tail_first) {
		piece->pos = packed->tail_at;
		piece->packed = packed->tail_size;
	}
	return 0;
}

int erofs_packed_find(struct erofs *erofs, const struct erofs_packed *packed,
	uint64_t off, struct erofs_piece *piece, struct error *err)
{
	*piece = (struct erofs_piece){ 0 };
	if (!packed->all_shared)
		return find_piece(erofs, packed, off, piece, err);
	piece->kind = EROFS_SHARED;
	piece->len = packed->inode.size;
	piece->pos = packed->shared;
	return 0;
}
