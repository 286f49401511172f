/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - file systems made by their own tools in a directory of the test,
 * and a look at them through the drivers
 *
 * Everything is made below one temporary directory, which is the working
 * directory of the commands.  A tool that is missing or fails aborts the test,
 * with its output: a comparison that did not happen must not pass.
 */
#ifndef TESTS_IMAGE_H
#define TESTS_IMAGE_H

#include <check.h>

#include "src/disk/volume.h"
#include "src/fs/fs.h"

/*
 * Check writes to a file at each assertion, also where it holds: too slow for
 * every name and every piece of a file.
 */
#define EXPECT(condition, ...)                                                 \
	do {                                                                   \
		if (!(condition))                                              \
			ck_abort_msg(__VA_ARGS__);                             \
	} while (0)

/* The temporary directory; made by the first call. */
const char *image_directory(void);

/* Remove it, if the calling process made it. */
void image_cleanup(void);

/*
 * Run a shell command in the directory.  It unmounts with "unmount mnt".
 */
void image_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Let the kernel mount an image of the directory on mnt there, through a loop
 * device.  Other processes look for a free one at the same time: then it is
 * tried again.  false: this host cannot (no root, no device, no such driver).
 */
bool image_loop_mount(const char *name, const char *options);

/* A file of the directory, made or replaced; len bytes of noise if !data. */
void image_file(const char *name, const void *data, size_t len);

/* Unpack testimages/stored/<name>.xz as <name>. */
void image_stored(const char *name);

/* What testimages/tree.sh makes, as the directory "tree". */
void image_tree(const char *options);

/* Overwrite bytes of a file of the directory. */
void image_write(const char *name, uint64_t off, const void *data, size_t len);

/* Bytes changed while they are read: the image itself stays as it is. */
struct image_patch {
	uint64_t off;
	uint8_t value;
};

struct image {
	struct disk disk;
	struct disk_range range;
	struct volume vol; /* set vol.size to cut the image short */
	struct volume below;
	const struct volume_set *around; /* what fs_open() is told of */
	struct image_patch patch;
	bool patched;
	unsigned int steady; /* so many reads of that byte are not patched */
	unsigned int reads;  /* so far, and how many bytes */
	uint64_t bytes;
	struct arena arena;
	struct fs fs;
	bool mounted;
	struct error err;
};

/* Describe an image of the directory; then open the file system on it. */
void image_open(struct image *image, const char *name);
int image_mount(struct image *image, const struct fs_driver *driver);

/* Both; it has to work. */
void image_must_mount(
	struct image *image, const char *name, const struct fs_driver *driver);
void image_close(struct image *image);

/* Find a path, which has to be there. */
void image_find(struct image *image, const char *path, struct fs_node *node);

/* Which of the drivers' file systems is that image? */
void image_is_taken_for(const char *name,
	const struct fs_driver *const *drivers, const char *type);

/* Where all of a file lies; every name of a directory: as fs_map() and so on */
int image_map(struct image *image, const struct fs_node *node);
int image_list(struct image *image, const struct fs_node *node);

/* In how many pieces a file lies, or -1: there is no map, and no fault. */
int image_count_extents(struct image *image, const struct fs_node *node);

/* Read a file to its end, in pieces of step bytes (at most 65,536). */
int image_read_all(
	struct image *image, const struct fs_node *node, size_t step);

/*
 * Read a file back and forth, at most step bytes at once, so many times, with
 * reads from the start of another between: always the same bytes.
 */
void image_read_anywhere(struct image *image, const struct fs_node *node,
	const struct fs_node *other, size_t step, unsigned int times);

/*
 * Mount, find a path, and list or read all of it.  -1: the first fault is in
 * image->err.
 */
int image_use(
	struct image *image, const struct fs_driver *driver, const char *path);

/*
 * Use each of the paths on a fresh mount, and its map and the root too.
 * Whatever the answer, it comes and has a reason.  Returns how many of the
 * paths could be used: the caller sees to it that some can and some cannot.
 * With IMAGE_SURVIVE_EACH=N in the environment, only one path in N is tried,
 * and nobody sees to that.
 */
unsigned int image_survive(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count);

/*
 * The same with the image cut short: to each fine bytes below 4096, and each
 * coarse ones below end.  Some lengths have to be too short, and some not.
 */
void image_survive_lengths(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count, uint64_t end, unsigned int fine,
	unsigned int coarse);

/*
 * The same with one byte changed: 500 times in the first bytes of the
 * superblock, from super on, and 1,500 times where there is something below
 * end.  Some of that has to matter, and some not.
 */
void image_survive_changes(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count, uint64_t super, uint64_t len,
	uint64_t end);

/*
 * Compare everything with a directory of the host, as the fs gives it by
 * listing, by looking up, by read() and by map(): names, types, sizes, times of
 * files (if times), contents, targets of links.  Aborts the test at the first
 * difference.  except is a name of the top level that the host has not.
 */
void image_compare(
	struct image *image, const char *host, const char *except, bool times);

/*
 * The same for an image that lies in a disk, 1 MiB from its start, with a
 * directory next to the image.
 */
void image_compare_in_disk(
	const char *name, const struct fs_driver *driver, const char *tree);

#endif
