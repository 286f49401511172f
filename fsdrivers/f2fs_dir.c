/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs_dir.c - directories: listing one and looking a name up
 *
 * A block has 214 slots: bits that say which are in use, an entry for each, and
 * eight bytes of name for each; a longer name goes on in the slots behind.  A
 * small directory has the same in its inode, with as many slots as have room.
 * The hashes, by which Linux picks blocks, are not needed to read them all.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/f2fs.h"

#define BLOCK_SLOTS 214
#define SLOT_NAME 8

struct dirent {
	le32 hash;
	le32 ino;
	le16 len;
	uint8_t type;
};

_Static_assert(sizeof(struct dirent) == 11, "as the format has it");

/* Slots, and where their parts are. */
struct slots {
	const uint8_t *bits;
	const struct dirent *entries;
	const uint8_t *names;
	unsigned int count;
};

/* Of size bytes; in front of the entries is what does not divide up. */
static struct slots slots_of(
	const uint8_t *data, unsigned int size, unsigned int count)
{
	unsigned int names = count * SLOT_NAME;
	unsigned int entries = count * (unsigned int)sizeof(struct dirent);

	return (struct slots){
		.bits = data,
		.entries = (const void *)(data + size - names - entries),
		.names = data + size - names,
		.count = count,
	};
}

typedef int each_name(
	void *ctx, const char *name, uint32_t ino, struct error *err);

static int walk_slots(const struct slots *slots, each_name *each, void *ctx,
	struct error *err)
{
	char name[FS_NAME_MAX + 1];
	unsigned int i, len, taken;
	int r;

	for (i = 0; i < slots->count; i += taken) {
		taken = 1;
		if (!(slots->bits[i / 8] >> i % 8 & 1))
			continue;
		len = le16_get(slots->entries[i].len);
		taken = (len + SLOT_NAME - 1) / SLOT_NAME;
		if (len == 0 || len > FS_NAME_MAX || taken > slots->count - i)
			return error_set(err, ERR_CORRUPT,
				"slot %u: a name of %u bytes", i, len);
		memcpy(name, slots->names + (size_t)i * SLOT_NAME, len);
		name[len] = '\0';
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (!fs_name_valid(name, len))
			return error_set(err, ERR_CORRUPT,
				"an entry with a name that is none");
		r = each(ctx, name, le32_get(slots->entries[i].ino), err);
		if (r != 0)
			return r;
	}
	return 0;
}

static int walk_inline(struct f2fs *f2fs, const struct f2fs_inode *dir,
	each_name *each, void *ctx, struct error *err)
{
	/* so many slots of 19 bytes and one bit */
	unsigned int count = dir->inline_size * 8 / (19 * 8 + 1);
	uint8_t data[F2FS_BLOCK];
	struct slots slots;
	const uint8_t *node = f2fs_node_get(f2fs, dir->ino, dir->ino, err);

	if (!node)
		return -1;
	memcpy(data, node + dir->inline_at, dir->inline_size);
	slots = slots_of(data, dir->inline_size, count);
	return walk_slots(&slots, each, ctx, err);
}

/* Most of a large directory may be holes; each run of them counts, too. */
static int walk(struct f2fs *f2fs, const struct f2fs_inode *dir,
	each_name *each, void *ctx, struct error *err)
{
	uint64_t blocks = dir->size / F2FS_BLOCK, index = 0, runs = 0;
	uint8_t data[F2FS_BLOCK];
	struct slots slots;
	struct f2fs_run run;
	int r;

	if (dir->encrypted)
		return error_set(
			err, ERR_UNSUPPORTED, "its names are encrypted");
	if (dir->inline_names)
		return walk_inline(f2fs, dir, each, ctx, err);
	while (index < blocks) {
		if (++runs > FS_DIR_MAX)
			return error_set(err, ERR_LIMIT,
				"a directory of more than %d blocks",
				FS_DIR_MAX);
		if (f2fs_run_find(f2fs, dir, index, &run, err) < 0)
			return -1;
		if (run.address == F2FS_HOLE || run.address == F2FS_NEW) {
			index += run.count;
			continue;
		}
		if (f2fs_inode_data(f2fs, dir, index * F2FS_BLOCK, data,
			    sizeof(data), err) < 0)
			return -1;
		slots = slots_of(data, F2FS_BLOCK, BLOCK_SLOTS);
		r = walk_slots(&slots, each, ctx, err);
		if (r != 0)
			return r;
		index++;
	}
	return 0;
}

/* A walk that gives nodes. */
struct listing {
	struct f2fs *f2fs;
	fs_visit *visit;
	void *ctx;
};

static int list_name(
	void *ctx, const char *name, uint32_t ino, struct error *err)
{
	const struct listing *listing = ctx;
	struct f2fs_inode inode;
	struct fs_node node;

	if (f2fs_inode_read(listing->f2fs, ino, &inode, err) < 0)
		return error_in(err, "\"%s\"", name);
	node = f2fs_node_of(&inode);
	return listing->visit(listing->ctx, name, &node, err);
}

static int open_dir(struct f2fs *f2fs, const struct fs_node *dir,
	struct f2fs_inode *inode, struct error *err)
{
	if (f2fs_inode_read(f2fs, dir->id, inode, err) < 0)
		return -1;
	if (inode->type != FS_DIR)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 " changed while it was read", dir->id);
	return 0;
}

int f2fs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct listing listing = { fs->priv, visit, ctx };
	struct f2fs_inode inode;

	if (open_dir(fs->priv, dir, &inode, err) < 0)
		return -1;
	return walk(fs->priv, &inode, list_name, &listing, err);
}

/* A walk that looks for one name. */
struct search {
	const char *name;
	uint32_t ino;
};

static int compare_name(
	void *ctx, const char *name, uint32_t ino, struct error *err)
{
	struct search *search = ctx;

	(void)err;
	if (strcmp(name, search->name) != 0)
		return 0;
	search->ino = ino;
	return 1;
}

int f2fs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct search search = { name, 0 };
	struct f2fs_inode inode;
	int r;

	if (open_dir(fs->priv, dir, &inode, err) < 0)
		return -1;
	r = walk(fs->priv, &inode, compare_name, &search, err);
	if (r <= 0)
		return r;
	if (f2fs_inode_read(fs->priv, search.ino, &inode, err) < 0)
		return -1;
	*node = f2fs_node_of(&inode);
	return 1;
}
