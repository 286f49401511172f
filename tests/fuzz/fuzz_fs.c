/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz_fs.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/pieces.h"

#define MEMORY_MAX (16U << 20)
#define NODES_MAX 400           /* looked at for one input */
#define DEPTH_MAX 8             /* directories may contain themselves */
#define EXTENTS_MAX 4096        /* of one file */
#define COMPARE_MAX (64U << 10) /* bytes of a file, from either end */

struct tour {
	struct fs *fs;
	const struct fs_node *dir; /* whose names are visited */
	unsigned int nodes_left;
	unsigned int depth;
};

/* Bytes [0, len) of a file, put together from its extents. */
struct assembly {
	struct volume *vol;
	uint8_t *buf;
	uint64_t len;
	uint64_t extents;
};

static int assemble(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct assembly *assembly = ctx;
	uint64_t len = extent->len;

	if (extent->file >= assembly->len || ++assembly->extents > EXTENTS_MAX)
		return 1;
	if (len > assembly->len - extent->file)
		len = assembly->len - extent->file;
	if (extent->vol == FS_HOLE)
		memset(assembly->buf + extent->file, 0, len);
	else
		MUST_WORK(volume_read(assembly->vol, extent->vol,
				  assembly->buf + extent->file, len, err),
			err);
	return 0;
}

static void compare(struct fs *fs, const struct fs_node *node)
{
	static uint8_t read[COMPARE_MAX], mapped[COMPARE_MAX];
	uint64_t len = node->size < COMPARE_MAX ? node->size : COMPARE_MAX;
	struct assembly assembly = { fs->vol, mapped, len, 0 };
	struct error read_err = { 0 }, map_err = { 0 };
	size_t got;
	int did_read, did_map;

	did_read = fs_read(fs, node, 0, read, len, &got, &read_err);
	did_map = fs_map(fs, node, assemble, &assembly, &map_err);
	if (did_read < 0)
		MUST_SAY(&read_err);
	else
		MUST(got == len);
	if (did_map < 0)
		MUST_SAY(&map_err);
	if (did_map == 1 && assembly.extents == 0)
		return; /* inline data: has no map */
	if (did_map < 0 || assembly.extents > EXTENTS_MAX)
		return;
	MUST_WORK(did_read, &read_err);
	MUST(memcmp(read, mapped, len) == 0);
}

/* The other end, where the sizes overflow if any do. */
static void read_end(struct fs *fs, const struct fs_node *node)
{
	uint8_t buf[4097];
	struct error err = { 0 };
	size_t got;
	uint64_t from = node->size > 4000 ? node->size - 4000 : 0;

	if (fs_read(fs, node, from, buf, sizeof(buf), &got, &err) < 0)
		MUST_SAY(&err);
	else
		MUST(got == node->size - from);
}

static int visit(void *ctx, const char *name, const struct fs_node *node,
	struct error *err);

static void look_at(struct tour *tour, const struct fs_node *node)
{
	const struct fs_node *above = tour->dir;
	struct error err = { 0 };

	if (node->type == FS_FILE || node->type == FS_SYMLINK) {
		compare(tour->fs, node);
		read_end(tour->fs, node);
	} else if (node->type == FS_DIR && tour->depth < DEPTH_MAX) {
		tour->depth++;
		tour->dir = node;
		if (fs_readdir(tour->fs, node, visit, tour, &err) < 0)
			MUST_SAY(&err);
		tour->dir = above;
		tour->depth--;
	}
}

static int visit(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct tour *tour = ctx;
	struct fs_node found;
	struct error why = { 0 };

	(void)err;
	MUST(strlen(name) > 0 && strlen(name) <= FS_NAME_MAX);
	MUST(!strchr(name, '/'));
	MUST(node->type <= FS_OTHER);
	if (tour->nodes_left-- == 0)
		return 1;
	if (tour->fs->driver->lookup &&
		tour->fs->driver->lookup(
			tour->fs, tour->dir, name, &found, &why) < 0)
		MUST_SAY(&why);
	look_at(tour, node);
	return tour->nodes_left == 0;
}

/* Names that are there in the seeds, reached as the program reaches them. */
static void find_some(struct fs *fs)
{
	static const char *const paths[] = { "/boot/grub/grub.cfg", "/link",
		"/loop", "/dir/../dir/./link/", "/many/file0999",
		"/many/file-which-is-not-there", "/",
		/* ASCII, one that is taken apart, a syllable, no Unicode */
		"/many/f\xc3\xafle\xed\x95\x9c\xf0\x9f\x98\x80", "/\xff" };
	struct fs_node node;
	struct error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (fs_find(fs, paths[i], &node, &err) < 0)
			MUST_SAY(&err);
}

void fuzz_fs(const struct fs_driver *driver, const uint8_t *data, size_t size)
{
	const struct fs_driver *const drivers[] = { driver, NULL };
	struct error err = { 0 };
	struct pieces pieces;
	struct arena arena;
	struct disk disk;
	struct fs fs;

	if (!fuzz_sparse_disk(&disk, data, size))
		return;
	pieces_of_disk(&pieces, &disk);
	arena_init(&arena, MEMORY_MAX);
	if (fs_open(&fs, &pieces.vol[0], &pieces.set, &arena, drivers, &err) <
		0) {
		MUST_SAY(&err);
	} else {
		struct tour tour = { &fs, NULL, NODES_MAX, 0 };

		MUST(memchr(fs.label, '\0', sizeof(fs.label)));
		look_at(&tour, &fs.root);
		find_some(&fs);
		fs_close(&fs);
	}
	arena_free(&arena);
	disk_close(&disk);
}
