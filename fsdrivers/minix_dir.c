/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix_dir.c - names in Minix: entries of one size, an inode's number and a
 * name that zeros fill up
 */
#include <string.h>

#include "fsdrivers/minix.h"

#define CHUNK_SIZE 4096 /* read at once, bytes; a multiple of each size */

/* The size of FS_DIR_MAX names, bytes */
#define DIR_SIZE_MAX (FS_DIR_MAX * (4 + MINIX_NAME_MAX))

struct entry {
	uint32_t ino;
	size_t len;
	const char *name; /* not terminated */
};

/* Called per entry; 0 goes on, anything else stops and is returned. */
typedef int visit_entry(
	void *ctx, const struct entry *entry, struct error *err);

static struct entry decode(const struct minix *minix, const uint8_t *raw)
{
	bool third = minix->version == 3;
	const char *name = (const char *)raw + (third ? 4 : 2);
	const void *ino = raw;

	return (struct entry){
		third ? raw32_get(*(const raw32 *)ino, minix->big)
		      : raw16_get(*(const raw16 *)ino, minix->big),
		strnlen(name, minix->name_size),
		name,
	};
}

static bool is_dot(const struct entry *entry)
{
	return entry->name[0] == '.' &&
		(entry->len == 1 || (entry->len == 2 && entry->name[1] == '.'));
}

static int scan_dir(struct minix *minix, const struct fs_node *node,
	visit_entry *visit, void *ctx, struct error *err)
{
	size_t size = minix->name_size + (minix->version == 3 ? 4 : 2), at;
	uint8_t chunk[CHUNK_SIZE];
	struct minix_inode dir;
	struct entry entry;
	uint64_t off, len;
	int r = 0;

	if (minix_inode_load(minix, node, &dir, err) < 0)
		return -1;
	if (dir.size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %d bytes", DIR_SIZE_MAX);
	for (off = 0; off < dir.size && r == 0; off += len) {
		len = dir.size - off < CHUNK_SIZE ? dir.size - off : CHUNK_SIZE;
		if (minix_copy(minix, &dir, off, chunk, len, err) < 0)
			return -1;
		for (at = 0; at + size <= len && r == 0; at += size) {
			entry = decode(minix, chunk + at);
			if (entry.ino != 0 && !is_dot(&entry))
				r = visit(ctx, &entry, err);
		}
	}
	return r;
}

struct listing {
	struct minix *minix;
	fs_visit *visit;
	void *ctx;
};

static int list_entry(void *ctx, const struct entry *entry, struct error *err)
{
	struct listing *list = ctx;
	char name[MINIX_NAME_MAX + 1];
	struct minix_inode inode;
	struct fs_node node;

	if (!fs_name_valid(entry->name, entry->len))
		return error_set(err, ERR_CORRUPT,
			"a name that is empty or has a slash");
	memcpy(name, entry->name, entry->len);
	name[entry->len] = '\0';
	if (minix_inode_read(list->minix, entry->ino, &inode, err) < 0)
		return error_in(err, "%s", name);
	node = minix_node(&inode);
	return list->visit(list->ctx, name, &node, err);
}

int minix_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct listing list = { fs->priv, visit, ctx };

	return scan_dir(fs->priv, dir, list_entry, &list, err);
}

struct search {
	const char *name;
	size_t len;
	uint32_t ino; /* once found */
};

static int compare_entry(
	void *ctx, const struct entry *entry, struct error *err)
{
	struct search *search = ctx;

	(void)err;
	if (entry->len != search->len ||
		memcmp(entry->name, search->name, entry->len) != 0)
		return 0;
	search->ino = entry->ino;
	return 1;
}

int minix_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct search search = { name, strlen(name), 0 };
	struct minix_inode inode;
	int found;

	found = scan_dir(fs->priv, dir, compare_entry, &search, err);
	if (found <= 0)
		return found;
	if (minix_inode_read(fs->priv, search.ino, &inode, err) < 0)
		return -1;
	*node = minix_node(&inode);
	return 1;
}
