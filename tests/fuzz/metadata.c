/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metadata.c - of an image of a file system what its driver reads to list it
 *
 *	metadata IMAGE DIRECTORY NAME ENTRIES
 *
 * writes to DIRECTORY/<driver>/NAME the sectors of the superblock, of inodes,
 * directories, links and maps, and zeros in between: an image of 64 MiB makes a
 * seed of the fuzzer that is small enough.  Files have none of their contents,
 * but where there is no map their two ends.  Of each directory that many
 *entries are looked at.  Exits 3 if no driver knows it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/fuzz/pieces.h"

#define SECTOR 512
#define MEMORY_MAX (64U << 20)
#define DEPTH_MAX 64
#define END_SIZE 4096 /* of a file without a map, bytes */

static struct disk disk;
static struct pieces below, noted; /* and the same with what is read noted */
static uint8_t *used;              /* sectors that were read */
static struct fs fs;
static unsigned int depth;
static unsigned long entries_max;

static void must(int r, const struct error *err)
{
	if (r >= 0)
		return;
	fprintf(stderr, "metadata: %s\n", err->text);
	exit(1);
}

static int note_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	size_t i = (size_t)(vol - noted.vol);
	uint64_t at = below.range[i].start + off, sector;

	for (sector = at / SECTOR; sector * SECTOR < at + len; sector++)
		used[sector] = 1;
	return volume_read(&below.vol[i], off, buf, len, err);
}

static int ignore_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)ctx, (void)extent, (void)err;
	return 0;
}

static void read_piece(const struct fs_node *node, uint64_t off)
{
	uint8_t piece[END_SIZE];
	struct error ignored;
	size_t got;

	(void)!fs_read(&fs, node, off, piece, sizeof(piece), &got, &ignored);
}

struct visit {
	const struct fs_node *dir;
	unsigned long left; /* entries */
};

/* What cannot be read, as it is on a disk that is missing, is left out. */
static int look(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct visit *above = ctx, inside = { node, entries_max };
	struct error ignored;
	struct fs_node found;
	int mapped;

	(void)err;
	if (above->left-- == 0)
		return 1;
	if (above->dir && fs.driver->lookup)
		(void)!fs.driver->lookup(
			&fs, above->dir, name, &found, &ignored);
	if (node->type == FS_DIR && depth < DEPTH_MAX) {
		depth++;
		(void)!fs_readdir(&fs, node, look, &inside, &ignored);
		depth--;
	}
	if (node->type != FS_FILE && node->type != FS_SYMLINK)
		return 0;
	mapped = fs_map(&fs, node, ignore_extent, NULL, &ignored);
	if (mapped == 0 && node->type == FS_FILE)
		return 0;
	read_piece(node, 0);
	if (node->size > END_SIZE)
		read_piece(node, node->size - END_SIZE);
	return 0;
}

static void write_used(const char *path)
{
	uint64_t sector, sectors = disk.size / SECTOR;
	uint8_t data[SECTOR];
	struct error err;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0 || ftruncate(fd, (off_t)disk.size) < 0) {
		perror(path);
		exit(1);
	}
	for (sector = 0; sector < sectors; sector++) {
		if (!used[sector])
			continue;
		must(disk_read(&disk, sector * SECTOR, data, SECTOR, &err),
			&err);
		if (pwrite(fd, data, SECTOR, (off_t)(sector * SECTOR)) !=
			SECTOR) {
			perror(path);
			exit(1);
		}
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct error err;
	struct arena arena;
	struct visit root = { NULL, 1 };
	char path[4096];
	size_t i;
	int fd;

	if (argc != 5) {
		fprintf(stderr,
			"usage: metadata IMAGE DIRECTORY NAME ENTRIES\n");
		return 2;
	}
	entries_max = strtoul(argv[4], NULL, 10);
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	must(disk_open(&disk, fd, argv[1], 0, &err), &err);
	pieces_of_disk(&below, &disk);
	pieces_of_disk(&noted, &disk);
	for (i = 0; i < noted.set.count; i++)
		noted.vol[i] = (struct volume){ .size = below.vol[i].size,
			.read = note_read };
	used = calloc(disk.size / SECTOR + 1, 1);
	arena_init(&arena, MEMORY_MAX);
	if (!used ||
		fs_open(&fs, &noted.vol[0], &noted.set, &arena, fs_drivers,
			&err) < 0) {
		arena_free(&arena);
		disk_close(&disk);
		free(used);
		return 3;
	}
	look(&root, "", &fs.root, &err);
	snprintf(path, sizeof(path), "%s/%s/%s", argv[2], fs.driver->name,
		argv[3]);
	write_used(path);
	fs_close(&fs);
	arena_free(&arena);
	disk_close(&disk);
	free(used);
	close(fd);
	return 0;
}
