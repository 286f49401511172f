/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_compare.c - a file system as our driver and as the host reads it
 */
#include "tests/support/image.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COPY_SIZE 100003 /* no multiple of any block */
#define LOOKUPS 500 /* of names in one directory; more would only take time */

static void same(struct image *image, const char *path, int host, uint64_t off,
	const uint8_t *ours, size_t len)
{
	static uint8_t theirs[COPY_SIZE];
	size_t n;

	(void)image;
	for (; len > 0; len -= n, ours += n, off += n) {
		n = len < sizeof(theirs) ? len : sizeof(theirs);
		EXPECT(pread(host, theirs, n, (off_t)off) == (ssize_t)n,
			"%s is shorter", path);
		EXPECT(memcmp(ours, theirs, n) == 0, "%s differs behind 0x%lx",
			path, (unsigned long)off);
	}
}

static void compare_read(struct image *image, const char *path, int host,
	const struct fs_node *node)
{
	static uint8_t buf[COPY_SIZE];
	uint64_t off = 0;
	size_t got;

	do {
		EXPECT(fs_read(&image->fs, node, off, buf, sizeof(buf), &got,
			       &image->err) == 0,
			"%s: %s", path, image->err.text);
		same(image, path, host, off, buf, got);
		off += got;
	} while (got > 0);
	EXPECT(off == node->size, "%s ends at %lu", path, (unsigned long)off);
}

struct compared {
	struct image *image;
	const char *path;
	int host;
	uint64_t covered;
};

static int compare_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	static uint8_t buf[COPY_SIZE];
	struct compared *with = ctx;
	uint64_t done;
	size_t n;

	for (done = 0; done < extent->len; done += n) {
		n = sizeof(buf);
		if (n > extent->len - done)
			n = (size_t)(extent->len - done);
		memset(buf, 0, n);
		if (extent->vol != FS_HOLE &&
			volume_read(with->image->fs.vol, extent->vol + done,
				buf, n, err) < 0)
			return -1;
		same(with->image, with->path, with->host, extent->file + done,
			buf, n);
	}
	with->covered += extent->len;
	return 0;
}

static void compare_file(struct image *image, const char *path,
	const char *host, const struct fs_node *node)
{
	struct compared with = { image, path, open(host, O_RDONLY), 0 };
	int r;

	EXPECT(with.host >= 0, "%s cannot be opened", host);
	compare_read(image, path, with.host, node);
	r = fs_map(&image->fs, node, compare_extent, &with, &image->err);
	EXPECT(r >= 0, "%s: %s", path, image->err.text);
	EXPECT(with.covered == (r == 0 ? node->size : 0), "%s is mapped to %lu",
		path, (unsigned long)with.covered);
	close(with.host);
}

static void compare_link(struct image *image, const char *path,
	const char *host, const struct fs_node *node)
{
	char ours[FS_PATH_MAX], theirs[FS_PATH_MAX];
	ssize_t len = readlink(host, theirs, sizeof(theirs));
	size_t got;

	EXPECT(len > 0, "%s cannot be read", host);
	EXPECT(fs_read(&image->fs, node, 0, ours, sizeof(ours), &got,
		       &image->err) == 0,
		"%s: %s", path, image->err.text);
	EXPECT(got == (size_t)len && memcmp(ours, theirs, got) == 0,
		"%s leads elsewhere", path);
}

static enum fs_type type_of(mode_t mode)
{
	return S_ISREG(mode)    ? FS_FILE
		: S_ISDIR(mode) ? FS_DIR
		: S_ISLNK(mode) ? FS_SYMLINK
				: FS_OTHER;
}

struct listing {
	struct image *image;
	const char *path;   /* of the directory; "" for the root */
	const char *host;   /* the same on the host */
	const char *except; /* or NULL */
	bool times;
	size_t count;
};

static void compare_dir(struct listing *list, const struct fs_node *dir);

static void compare_contents(struct listing *list, const char *path,
	const char *host, const struct fs_node *node)
{
	struct listing below = { list->image, path, host, NULL, list->times,
		0 };

	if (node->type == FS_FILE)
		compare_file(list->image, path, host, node);
	else if (node->type == FS_SYMLINK)
		compare_link(list->image, path, host, node);
	else if (node->type == FS_DIR)
		compare_dir(&below, node);
}

static int compare_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct listing *list = ctx;
	char path[FS_PATH_MAX], host[FS_PATH_MAX];
	struct fs_node found;
	struct stat st;

	if (list->except && strcmp(name, list->except) == 0)
		return 0;
	list->count++;
	snprintf(path, sizeof(path), "%s/%s", list->path, name);
	snprintf(host, sizeof(host), "%s/%s", list->host, name);
	EXPECT(lstat(host, &st) == 0, "%s is not there", host);
	EXPECT(node->type == type_of(st.st_mode), "type of %s", path);
	if (node->type == FS_FILE || node->type == FS_SYMLINK)
		EXPECT(node->size == (uint64_t)st.st_size, "%s: %lu bytes",
			path, (unsigned long)node->size);
	if (list->times && node->type == FS_FILE)
		EXPECT(node->mtime == st.st_mtime, "%s: time %ld", path,
			(long)node->mtime);
	if (node->type != FS_SYMLINK &&
		(list->count < LOOKUPS || list->count % 31 == 0)) {
		EXPECT(fs_find(&list->image->fs, path, &found, err) == 0, "%s",
			err->text);
		EXPECT(found.id == node->id && found.type == node->type,
			"%s is another one", path);
	}
	compare_contents(list, path, host, node);
	return 0;
}

static size_t count_host(const char *host)
{
	DIR *dir = opendir(host);
	struct dirent *entry;
	size_t count = 0;

	EXPECT(dir != NULL, "%s cannot be listed", host);
	/* not every kernel's file system gives both "." and ".." */
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

static void compare_dir(struct listing *list, const struct fs_node *dir)
{
	struct error *err = &list->image->err;

	EXPECT(fs_readdir(&list->image->fs, dir, compare_name, list, err) == 0,
		"%s: %s", list->path, err->text);
	EXPECT(list->count == count_host(list->host),
		"%s: %zu names, %zu on the host", list->path, list->count,
		count_host(list->host));
}

void image_compare(
	struct image *image, const char *host, const char *except, bool times)
{
	struct listing list = { image, "", host, except, times, 0 };

	compare_dir(&list, &image->fs.root);
}

void image_compare_in_disk(
	const char *name, const struct fs_driver *driver, const char *tree)
{
	struct image image;
	char host[128];

	image_run("rm -f disk.img && dd if=%s of=disk.img bs=1M seek=1 "
		  "conv=sparse && truncate -s +1M disk.img",
		name);
	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	image_open(&image, "disk.img");
	ck_assert_int_eq(image_mount(&image, driver), -1);
	image.range.start = 1 << 20;
	image.vol.size = image.below.size = image.disk.size - (2 << 20);
	ck_assert_msg(image_mount(&image, driver) == 0, "%s", image.err.text);
	image_compare(&image, host, NULL, true);
	image_close(&image);
	image_run("rm disk.img");
}
