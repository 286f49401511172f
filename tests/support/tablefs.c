/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/tablefs.h"

#include <string.h>

const struct tablefs_file *tablefs_files;
unsigned int tablefs_maps;

static int probe(struct volume *vol, struct error *err)
{
	(void)vol, (void)err;
	return 1;
}

static int open_fs(struct fs *fs, struct error *err)
{
	(void)err;
	fs->root.type = FS_DIR;
	return 0;
}

static int lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	const struct tablefs_file *file;

	(void)fs, (void)dir, (void)err;
	for (file = tablefs_files; file->name; file++) {
		if (strcmp(name, file->name) != 0)
			continue;
		*node = (struct fs_node){
			.type = file->type,
			.size = file->size,
			.id = (uint64_t)(file - tablefs_files),
		};
		return 1;
	}
	return 0;
}

static int read_file(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	return volume_read(fs->vol,
		tablefs_files[node->id].extents[0].vol + off, buf, len, err);
}

int tablefs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	const struct tablefs_file *file = &tablefs_files[node->id];
	int r = 0;

	(void)fs;
	tablefs_maps++;
	if (!file->mapped)
		return 1;
	for (size_t i = 0; i < 4 && file->extents[i].len > 0 && r == 0; i++)
		r = visit(ctx, &file->extents[i], err);
	return r;
}

const struct fs_driver tablefs_driver = {
	.name = "table",
	.probe = probe,
	.open = open_fs,
	.lookup = lookup,
	.read = read_file,
	.map = tablefs_map,
};

void tablefs_noise(uint8_t *bytes, size_t len)
{
	uint32_t state = 1;

	for (size_t i = 0; i < len; i++) {
		state = state * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(state >> 24);
	}
}
