/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/fat.h"

struct fat_chain fat_chain_of(const struct fat *fat, const struct fs_node *node)
{
	struct fat_chain chain = { .first = (uint32_t)node->aux[0] };

	if ((node->aux[0] & FAT_TOGETHER) && node->size > 0)
		chain.together = fat_clusters_to(fat, node->size);
	return chain;
}

/* A piece of a file: bytes [off, off + len) of it lie in run. */
static int read_run(struct fat *fat, const struct fat_run *run, uint64_t off,
	uint8_t *buf, size_t *len, struct error *err)
{
	uint64_t skip = off - (uint64_t)run->index * fat->cluster_size;
	uint64_t left = (uint64_t)run->count * fat->cluster_size - skip;

	if (*len > left)
		*len = (size_t)left;
	return volume_read(fat->vol, fat_cluster_at(fat, run->cluster) + skip,
		buf, *len, err);
}

/* The next run of a file of which "to" clusters are needed. */
static int next_run(struct fat *fat, struct fat_place *place,
	const struct fs_node *node, uint32_t to, struct error *err)
{
	uint32_t seen = place->chain.seen;
	int r;

	r = fat_chain_next(fat, &place->chain, to - seen, &place->run, err);
	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"its chain has %" PRIu32
			" clusters, too few for %" PRIu64 " bytes",
			seen, node->size);
	/* a loop may be longer than the file, which repeats itself then */
	if (r > 0 && place->chain.seen == fat_clusters_to(fat, node->aux[1]))
		return fat_chain_finish(fat, &place->chain, err);
	return r < 0 ? -1 : 0;
}

/* Bytes behind what was ever written are zeros; *len: those before. */
static void read_unwritten(
	const struct fs_node *node, uint64_t off, uint8_t *buf, size_t *len)
{
	uint64_t written = node->aux[1] > off ? node->aux[1] - off : 0;

	if (*len <= written)
		return;
	memset(buf + written, 0, *len - (size_t)written);
	*len = (size_t)written;
}

int fat_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	struct fat *fat = fs->priv;
	struct fat_place place = fat->place;
	uint8_t *to = buf;
	size_t n;

	read_unwritten(node, off, buf, &len);
	if (len == 0)
		return 0;
	if (place.id != node->id || off / fat->cluster_size < place.run.index)
		place = (struct fat_place){ .id = node->id,
			.chain = fat_chain_of(fat, node) };
	for (; len > 0; off += n, to += n, len -= n) {
		while (place.chain.seen <= off / fat->cluster_size)
			if (next_run(fat, &place, node,
				    fat_clusters_to(fat, off + len), err) < 0)
				return -1;
		n = len;
		if (read_run(fat, &place.run, off, to, &n, err) < 0)
			return -1;
	}
	fat->place = place;
	return 0;
}

int fat_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct fat *fat = fs->priv;
	struct fat_place place = { .chain = fat_chain_of(fat, node) };
	struct fs_extent extent = { 0 };
	uint64_t written = node->aux[1];
	int r;

	for (; extent.file < written; extent.file += extent.len) {
		if (next_run(fat, &place, node, fat_clusters_to(fat, written),
			    err) < 0)
			return -1;
		extent.vol = fat_cluster_at(fat, place.run.cluster);
		extent.len = (uint64_t)place.run.count * fat->cluster_size;
		if (extent.len > written - extent.file)
			extent.len = written - extent.file;
		r = visit(ctx, &extent, err);
		if (r != 0)
			return r;
	}
	if (extent.file == node->size)
		return 0;
	extent.vol = FS_HOLE;
	extent.len = node->size - extent.file;
	return visit(ctx, &extent, err);
}
