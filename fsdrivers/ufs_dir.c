/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufs_dir.c - names in UFS
 *
 * A directory is a file of pieces of 512 bytes that no entry crosses.  Entries
 * come in two forms, which no superblock tells apart on all systems: 4.4BSD
 * has a byte for the type and one for the name's length, others a length of 16
 * bits.  No name is longer than 255 bytes, so one of the two bytes is zero in
 * the latter, and where it is not the type's it is that of a length.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/dirents.h"
#include "fsdrivers/ufs.h"

/* The size of FS_DIR_MAX names of the longest kind, bytes */
#define DIR_SIZE_MAX (UINT64_C(264) * FS_DIR_MAX)

/* Read at once, bytes; a multiple of the largest piece, Apple's 1024 */
#define CHUNK_SIZE 8192

struct raw_entry {
	raw32 ino;
	raw16 size;
	uint8_t type; /* or the length of little-endian systems */
	uint8_t len;
};

_Static_assert(sizeof(struct raw_entry) == 8, "as the format has it");

/* The entry at *pos, which moves behind it; its number is 0 if it is free. */
static int next_entry(const struct ufs *ufs, struct bytes chunk, size_t *pos,
	struct dirent *entry, struct error *err)
{
	const struct raw_entry *raw = bytes_at(chunk, *pos, sizeof(*raw));
	size_t size = raw ? raw16_get(raw->size, ufs->big) : 0;

	if (size < sizeof(*raw) || size % 4 != 0 ||
		!bytes_at(chunk, *pos, size))
		return error_set(err, ERR_CORRUPT, "a broken entry");
	*entry = (struct dirent){
		.ino = raw32_get(raw->ino, ufs->big),
		.len = raw->len == 0 && !ufs->big ? raw->type : raw->len,
		.name = (const char *)(raw + 1),
	};
	if (entry->ino != 0 &&
		(entry->len == 0 || entry->len > size - sizeof(*raw)))
		return error_set(err, ERR_CORRUPT,
			"a name of %zu bytes in an entry of %zu", entry->len,
			size);
	*pos += size;
	return 0;
}

/* The part of a directory that begins at off. */
static int scan_chunk(const struct ufs *ufs, struct bytes chunk, uint64_t off,
	dirent_visit *visit, void *ctx, struct error *err)
{
	struct dirent entry;
	size_t pos = 0;
	int r = 0;

	while (pos < chunk.len && r == 0) {
		if (next_entry(ufs, chunk, &pos, &entry, err) < 0)
			return error_in(
				err, "the directory at 0x%" PRIx64, off + pos);
		if (entry.ino != 0 && entry.ino != UFS_WHITEOUT)
			r = visit(ctx, &entry, err);
	}
	return r;
}

static int scan_dir(struct fs *fs, const struct fs_node *node,
	dirent_visit *visit, void *ctx, struct error *err)
{
	struct ufs *ufs = fs->priv;
	uint8_t chunk[CHUNK_SIZE];
	struct ufs_inode dir;
	uint64_t off;
	size_t len;
	int r = 0;

	if (ufs_inode_load(ufs, node, &dir, err) < 0)
		return -1;
	if (dir.size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu64 " bytes",
			DIR_SIZE_MAX);
	for (off = 0; off < dir.size && r == 0; off += len) {
		len = sizeof(chunk);
		if (len > dir.size - off)
			len = (size_t)(dir.size - off);
		if (ufs_copy(ufs, &dir, off, chunk, len, err) < 0)
			return -1;
		r = scan_chunk(ufs, (struct bytes){ chunk, len }, off, visit,
			ctx, err);
	}
	return r;
}

static int node_of(
	struct fs *fs, uint64_t ino, struct fs_node *node, struct error *err)
{
	struct ufs_inode inode;

	if (ufs_inode_read(fs->priv, (uint32_t)ino, &inode, err) < 0)
		return -1;
	*node = ufs_node(&inode);
	return 0;
}

static const struct dirents dirents = { scan_dir, node_of };

int ufs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	return dirents_list(&dirents, fs, dir, visit, ctx, err);
}

int ufs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	return dirents_find(&dirents, fs, dir, name, node, err);
}
