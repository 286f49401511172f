/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs_data.c - contents of files, and where they are
 *
 * Items with numbers of blocks, and for what is left over at the end items with
 * the bytes themselves.  What no item covers is a hole.
 */
#include <inttypes.h>

#include "fsdrivers/reiserfs.h"
#include "src/fs/filemap.h"

/* Add the blocks of an item, from byte "from" of the file on. */
static int add_blocks(const struct reiserfs *rs,
	const struct reiserfs_item *item, uint64_t from, struct filemap *map,
	struct error *err)
{
	const le32 *numbers = (const void *)item->body.data;
	size_t count = item->body.len / sizeof(*numbers), i;
	uint64_t file = item->key.off - 1, vol;
	uint32_t block;
	int r = 0;

	i = from > file ? (size_t)((from - file) / rs->block_size) : 0;
	file += i * (uint64_t)rs->block_size;
	for (; i < count && file < map->to && r == 0; i++) {
		block = le32_get(numbers[i]);
		if (block >= rs->blocks)
			return error_set(err, ERR_CORRUPT,
				"the block for byte %" PRIu64
				" lies outside the file system (block 0x%" PRIx32
				")",
				file, block);
		vol = block == 0 ? FS_HOLE : reiserfs_block_at(rs, block);
		r = filemap_add(map, file, vol, rs->block_size, err);
		file += rs->block_size;
	}
	return r;
}

/* Bytes of the file that an item covers; 0: it is no piece of the file. */
static uint64_t covers(const struct reiserfs *rs,
	const struct reiserfs_item *item, const struct reiserfs_key *key)
{
	/* offsets count from 1 */
	if (!reiserfs_is_of(item, key) || item->key.off == 0)
		return 0;
	if (item->key.kind == REISERFS_DIRECT)
		return item->body.len;
	if (item->key.kind == REISERFS_INDIRECT)
		return (uint64_t)(item->body.len / sizeof(le32)) *
			rs->block_size;
	return 0;
}

/*
 * Add what the item that covers byte *off has of the file: 1, and *off is
 * behind it; or 0 if there is no such item.
 */
static int add_item(struct reiserfs *rs, const struct fs_node *node,
	uint64_t *off, struct filemap *map, struct error *err)
{
	const struct reiserfs_key key = reiserfs_key_of(node, *off + 1);
	struct reiserfs_item item;
	uint64_t end;
	int r = reiserfs_find(rs, &key, &item, err);

	if (r <= 0)
		return r;
	/* 60 bits, and 32 * 2^15: no overflow */
	end = item.key.off - 1 + covers(rs, &item, &key);
	if (covers(rs, &item, &key) == 0 || end <= *off)
		return 0;
	if (item.key.kind == REISERFS_DIRECT)
		r = filemap_add(
			map, item.key.off - 1, item.at, item.body.len, err);
	else
		r = add_blocks(rs, &item, *off, map, err);
	*off = end;
	return r != 0 ? r : 1;
}

/* Move *off to the next item of the file: 1, or 0 if there is none. */
static int skip_hole(struct reiserfs *rs, const struct fs_node *node,
	uint64_t *off, struct error *err)
{
	const struct reiserfs_key key = reiserfs_key_of(node, *off + 1);
	struct reiserfs_item item;
	int r = reiserfs_next(rs, &key, &item, err);

	if (r <= 0)
		return r;
	if (covers(rs, &item, &key) == 0)
		return 0;
	*off = item.key.off - 1; /* is behind it, so this ends */
	return 1;
}

/* 0; -1 also if the visitor stopped, as map->stopped says. */
static int add_all(struct reiserfs *rs, const struct fs_node *node,
	struct filemap *map, struct error *err)
{
	uint64_t off = map->next;
	int r = 1;

	while (r > 0 && off < map->to) {
		r = add_item(rs, node, &off, map, err);
		if (map->stopped)
			return r;
		if (r == 0)
			r = skip_hole(rs, node, &off, err);
	}
	return r < 0 ? -1 : filemap_end(map, err);
}

static int map_range(struct reiserfs *rs, const struct fs_node *node,
	struct filemap *map, struct error *err)
{
	int r = add_all(rs, node, map, err);

	if (r < 0 && !map->stopped)
		error_in(err, "object %" PRIu32 " %" PRIu32,
			(uint32_t)(node->id >> 32), (uint32_t)node->id);
	return r;
}

int reiserfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { fs->vol, off, buf };
	struct filemap map;

	filemap_start(&map, off, off + len, filemap_copy, &copy);
	return map_range(fs->priv, node, &map, err);
}

int reiserfs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct filemap map;

	filemap_start(&map, 0, node->size, visit, ctx);
	return map_range(fs->priv, node, &map, err);
}
