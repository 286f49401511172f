/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_dir.c - names: listing a directory and looking one up
 *
 * Listing reads the inode of every name that can be a file, directory or link,
 * because the caller is promised whole nodes.  Looking up reads one inode.
 * Blocks of small directories are kept, since the search for a configuration
 * looks into the same few again and again.
 */
#include "fsdrivers/ext.h"

#include <inttypes.h>
#include <string.h>

/*
 * The size of FS_DIR_MAX names of the longest kind, bytes.  Without an index
 * a directory is read to its end to find a name, or not to find it.
 */
#define DIR_SIZE_MAX (UINT64_C(264) * FS_DIR_MAX)

/* Read at once while all of a directory is looked through, bytes. */
#define CHUNK_SIZE EXT_BLOCK_MAX

struct raw_dirent {
	le32 ino;
	le16 len;
	uint8_t name_len;
	uint8_t type; /* zero without the feature "filetype" */
};

/* The field has 16 bits, too few for an entry that fills a 64 KiB block. */
static size_t entry_len(const struct ext *ext, const struct raw_dirent *raw)
{
	size_t len = le16_get(raw->len);

	if (ext->block_size < 65536)
		return len;
	if (len == 65535 || len == 0)
		return ext->block_size;
	return (len & 65532) | (len & 3) << 16;
}

int ext_dirent_next(const struct ext *ext, struct bytes piece, size_t *pos,
	struct ext_dirent *entry, struct error *err)
{
	const struct raw_dirent *raw;
	size_t len;

	while (*pos < piece.len) {
		raw = bytes_at(piece, *pos, sizeof(*raw));
		len = raw ? entry_len(ext, raw) : 0;
		if (len < sizeof(*raw) || len % 4 != 0 ||
			!bytes_at(piece, *pos, len) ||
			raw->name_len > len - sizeof(*raw))
			return error_set(err, ERR_CORRUPT,
				"the entry at 0x%zx is broken", *pos);
		*pos += len;
		/* deleted, or the node of an index, or the checksum */
		if (le32_get(raw->ino) == 0)
			continue;
		if (raw->name_len == 0)
			return error_set(err, ERR_CORRUPT,
				"the entry at 0x%zx has no name", *pos - len);
		*entry = (struct ext_dirent){
			.ino = le32_get(raw->ino),
			.type = raw->type,
			.len = raw->name_len,
			.name = (const char *)(raw + 1),
		};
		return 1;
	}
	return 0;
}

bool ext_dirent_is(const struct ext *ext, const struct ext_inode *dir,
	const struct ext_dirent *entry, const char *name, size_t len)
{
	if (entry->len == len && memcmp(entry->name, name, len) == 0)
		return true;
	if (!(dir->flags & EXT4_CASEFOLD_FL) || !ext->lib->encoding)
		return false;
	return ext2fs_casefold_cmp(ext->lib->encoding, (const void *)name, len,
		       (const void *)entry->name, entry->len) == 0;
}

int ext_dir_verify(struct ext *ext, const struct ext_inode *dir, uint64_t pblk,
	uint8_t *data, struct error *err)
{
	ext->sum = dir;
	if (ext2fs_dir_block_csum_verify(ext->lib, dir->ino, (void *)data))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"directory block 0x%" PRIx64 ": wrong checksum", pblk);
}

static struct ext_block *find_slot(struct ext *ext, uint64_t pblk)
{
	struct ext_block *slot, *oldest = &ext->dirs[0];

	for (slot = ext->dirs; slot < ext->dirs + EXT_BLOCKS_KEPT; slot++) {
		if (slot->used && slot->number == pblk)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	return oldest;
}

const uint8_t *ext_dir_block(struct ext *ext, const struct ext_inode *dir,
	uint64_t pblk, struct error *err)
{
	struct ext_block *slot = find_slot(ext, pblk);

	if (!slot->used || slot->number != pblk) {
		slot->used = 0;
		if (!slot->data)
			slot->data =
				arena_alloc(ext->arena, ext->block_size, err);
		if (!slot->data ||
			volume_read(ext->vol, pblk * ext->block_size,
				slot->data, ext->block_size, err) < 0 ||
			ext_dir_verify(ext, dir, pblk, slot->data, err) < 0)
			return NULL;
		slot->number = pblk;
	}
	slot->used = ++ext->clock;
	return slot->data;
}

/* Called per piece of a directory; 0 goes on, anything else stops. */
typedef int visit_piece(void *ctx, struct bytes piece, struct error *err);

struct scan {
	struct ext *ext;
	const struct ext_inode *dir;
	bool keep; /* use the kept blocks, which visit does not disturb then */
	visit_piece *visit;
	void *ctx;
};

/* Several blocks that follow each other on the disk. */
static int scan_chunk(
	struct scan *scan, uint64_t pblk, uint64_t count, struct error *err)
{
	struct ext *ext = scan->ext;
	_Alignas(8) uint8_t chunk[CHUNK_SIZE]; /* for the library */
	size_t size = ext->block_size, i;
	int r = 0;

	if (volume_read(ext->vol, pblk * size, chunk, count * size, err) < 0)
		return -1;
	for (i = 0; i < count && r == 0; i++) {
		uint8_t *block = chunk + i * size;

		if (ext_dir_verify(ext, scan->dir, pblk + i, block, err) < 0)
			return -1;
		r = scan->visit(scan->ctx, (struct bytes){ block, size }, err);
	}
	return r;
}

static int scan_run(void *ctx, const struct ext_run *run, struct error *err)
{
	struct scan *scan = ctx;
	struct ext *ext = scan->ext;
	uint64_t i, step, most = scan->keep ? 1 : CHUNK_SIZE / ext->block_size;
	const uint8_t *kept;
	int r = 0;

	if (run->pblk == FS_HOLE)
		return 0;
	for (i = 0; i < run->count && r == 0; i += step) {
		step = run->count - i < most ? run->count - i : most;
		if (!scan->keep) {
			r = scan_chunk(scan, run->pblk + i, step, err);
			continue;
		}
		kept = ext_dir_block(ext, scan->dir, run->pblk + i, err);
		if (!kept)
			return -1;
		r = scan->visit(scan->ctx,
			(struct bytes){ kept, ext->block_size }, err);
	}
	return r;
}

/* Kept in the inode: the parent's number, entries; more in the attribute. */
static int scan_inline(struct scan *scan, struct error *err)
{
	struct ext_inline data;
	int r;

	if (ext_inline_read(scan->ext, scan->dir->ino, &data, err) < 0)
		return -1;
	data.head = bytes_sub(data.head, 4, data.head.len - 4);
	r = scan->visit(scan->ctx, data.head, err);
	if (r == 0)
		r = scan->visit(scan->ctx, data.tail, err);
	return r;
}

static int scan_dir(struct scan *scan, struct error *err)
{
	const struct ext_inode *dir = scan->dir;
	uint64_t size = scan->ext->block_size;

	if (dir->flags & EXT4_INLINE_DATA_FL)
		return scan_inline(scan, err);
	if (dir->size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu64 " bytes",
			DIR_SIZE_MAX);
	return ext_map(scan->ext, dir, 0, (dir->size + size - 1) / size,
		scan_run, scan, err);
}

static int load_dir(struct ext *ext, const struct fs_node *node,
	struct ext_inode *dir, struct error *err)
{
	if (ext_inode_read(ext, (uint32_t)node->id, dir, err) < 0)
		return -1;
	if (dir->type != FS_DIR)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu32 " is no longer a directory", dir->ino);
	if (dir->flags & EXT4_ENCRYPT_FL)
		return error_set(err, ERR_UNSUPPORTED,
			"the directory is encrypted (inode %" PRIu32 ")",
			dir->ino);
	return 0;
}

static int make_node(
	struct ext *ext, uint32_t ino, struct fs_node *node, struct error *err)
{
	struct ext_inode inode;

	if (ext_inode_read(ext, ino, &inode, err) < 0)
		return -1;
	*node = (struct fs_node){
		.type = inode.type,
		.size = inode.size,
		.mtime = inode.mtime,
		.id = ino,
	};
	return 0;
}

struct listing {
	struct ext *ext;
	fs_visit *visit;
	void *ctx;
};

static bool is_dot(const struct ext_dirent *entry)
{
	return entry->name[0] == '.' &&
		(entry->len == 1 || (entry->len == 2 && entry->name[1] == '.'));
}

static int list_entry(
	struct listing *list, const struct ext_dirent *entry, struct error *err)
{
	struct fs_node node = { .type = FS_OTHER, .id = entry->ino };
	char name[FS_NAME_MAX + 1];

	memcpy(name, entry->name, entry->len);
	name[entry->len] = '\0';
	if (memchr(name, '\0', entry->len) || strchr(name, '/'))
		return error_set(err, ERR_CORRUPT, "a name with NUL or slash");
	/* of devices, FIFOs and sockets nobody wants to know more */
	if ((entry->type < EXT2_FT_CHRDEV || entry->type > EXT2_FT_SOCK) &&
		make_node(list->ext, entry->ino, &node, err) < 0)
		return error_in(err, "%s", name);
	return list->visit(list->ctx, name, &node, err);
}

static int list_piece(void *ctx, struct bytes piece, struct error *err)
{
	struct listing *list = ctx;
	struct ext_dirent entry;
	size_t pos = 0;
	int r;

	while ((r = ext_dirent_next(list->ext, piece, &pos, &entry, err)) > 0) {
		if (is_dot(&entry))
			continue;
		r = list_entry(list, &entry, err);
		if (r != 0)
			return r;
	}
	return r;
}

int ext_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct listing list = { fs->priv, visit, ctx };
	struct ext_inode inode;
	struct scan scan = {
		.ext = fs->priv,
		.dir = &inode,
		.visit = list_piece,
		.ctx = &list,
	};

	if (load_dir(fs->priv, dir, &inode, err) < 0)
		return -1;
	return scan_dir(&scan, err);
}

struct search {
	struct ext *ext;
	const struct ext_inode *dir;
	const char *name;
	size_t len;
	uint32_t ino; /* once found */
};

static int search_piece(void *ctx, struct bytes piece, struct error *err)
{
	struct search *search = ctx;
	struct ext_dirent entry;
	size_t pos = 0;
	int r;

	while ((r = ext_dirent_next(search->ext, piece, &pos, &entry, err)) > 0)
		if (ext_dirent_is(search->ext, search->dir, &entry,
			    search->name, search->len)) {
			search->ino = entry.ino;
			return 1;
		}
	return r;
}

/* Large directories have an index, as a rule. */
static int search_dir(struct search *search, struct error *err)
{
	struct ext *ext = search->ext;
	struct scan scan = {
		.ext = ext,
		.dir = search->dir,
		.keep = search->dir->size <= 2ULL * ext->block_size,
		.visit = search_piece,
		.ctx = search,
	};
	int found = 2;

	if (!scan.keep)
		found = ext_htree_lookup(ext, search->dir, search->name,
			search->len, &search->ino, err);
	return found == 2 ? scan_dir(&scan, err) : found;
}

int ext_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct ext_inode inode;
	struct search search = {
		.ext = fs->priv,
		.dir = &inode,
		.name = name,
		.len = strlen(name),
	};
	int found;

	if (load_dir(fs->priv, dir, &inode, err) < 0)
		return -1;
	found = search_dir(&search, err);
	if (found > 0 && make_node(fs->priv, search.ino, node, err) < 0)
		return -1;
	return found;
}
