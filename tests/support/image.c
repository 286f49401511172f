/* SPDX-License-Identifier: GPL-2.0-or-later */
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

#define ARENA_LIMIT (64U << 20) /* as the program has */
#define COPY_SIZE 100003        /* no multiple of any block */

/*
 * Check writes to a file at each assertion, also where it holds: too slow for
 * every name and every piece of a file.
 */
#define EXPECT(condition, ...)                                                 \
	do {                                                                   \
		if (!(condition))                                              \
			ck_abort_msg(__VA_ARGS__);                             \
	} while (0)
#define LOOKUPS 500 /* of names in one directory; more would only take time */

static char directory[64];
static pid_t maker;

const char *image_directory(void)
{
	if (!directory[0]) {
		/* the tools sync what they make: memory spares the wait */
		strcpy(directory,
			access("/dev/shm", W_OK) == 0
				? "/dev/shm/hostgrub-test-XXXXXX"
				: "/tmp/hostgrub-test-XXXXXX");
		if (!mkdtemp(directory))
			abort();
		maker = getpid();
	}
	return directory;
}

/*
 * unmount: umount, and no way of the kernel's writes the image any more.  A
 * process that was given a mount namespace of its own while something was
 * mounted keeps that mounted, and other tests start some.
 */
static const char unmount[] =
	"unmount() { umount \"$1\" && for i in $(seq 200); do "
	"losetup -l -n -O BACK-FILE | grep -qF \"$directory/\" || return 0; "
	"sleep 0.1; done; echo \"$1 stays mounted\"; return 1; }";

void image_run(const char *fmt, ...)
{
	char command[4096], whole[8192];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	snprintf(whole, sizeof(whole),
		"cd %s && directory=$PWD PATH=$PATH:/usr/sbin:/sbin && %s && "
		"{ %s ; } >log 2>&1 || { cat log >&2; exit 1; }",
		image_directory(), unmount, command);
	status = system(whole);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"failed: %s", command);
}

bool image_loop_mount(const char *name, const char *options)
{
	char path[128];

	image_run("mkdir -p mnt; rm -f no-mount; n=0; "
		  "until mount -o loop,%s %s mnt 2>why; do n=$((n + 1)); "
		  "if [ $n -lt 40 ] && grep -q busy why; then sleep 0.25; "
		  "else touch no-mount; break; fi; done",
		options, name);
	snprintf(path, sizeof(path), "%s/no-mount", image_directory());
	return access(path, F_OK) != 0;
}

void image_cleanup(void)
{
	char command[128];

	if (!directory[0] || maker != getpid())
		return;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	if (system(command) != 0)
		abort();
	directory[0] = '\0';
}

void image_stored(const char *name)
{
	/* to a file, xz leaves holes where zeros are */
	image_run("xz -dc " TESTIMAGES "/stored/%s.xz >%s", name, name);
}

void image_tree(const char *options)
{
	image_run(TESTIMAGES "/tree.sh tree %s", options);
}

static void path_of(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", image_directory(), name);
}

void image_file(const char *name, const void *data, size_t len)
{
	unsigned int seed = 1, i;
	char path[4096];
	FILE *file;

	path_of(path, sizeof(path), name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	if (data)
		ck_assert_uint_eq(fwrite(data, 1, len, file), len);
	for (i = 0; !data && i < len; i++) {
		seed = seed * 1103515245 + 12345;
		putc((int)(seed >> 16 & 0xff), file);
	}
	ck_assert_int_eq(fclose(file), 0);
}

void image_write(const char *name, uint64_t off, const void *data, size_t len)
{
	char path[4096];
	int fd;

	path_of(path, sizeof(path), name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, data, len, (off_t)off), (ssize_t)len);
	close(fd);
}

static int patched_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct image *image = vol->priv;
	uint64_t at = image->patch.off;

	if (volume_read(&image->below, off, buf, len, err) < 0)
		return -1;
	image->reads++;
	image->bytes += len;
	if (!image->patched || at < off || at - off >= len)
		return 0;
	if (image->steady > 0)
		image->steady--;
	else
		((uint8_t *)buf)[at - off] = image->patch.value;
	return 0;
}

void image_open(struct image *image, const char *name)
{
	char path[4096];
	int fd;

	memset(image, 0, sizeof(*image));
	path_of(path, sizeof(path), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(disk_open(&image->disk, fd, name, 0, &image->err), 0);
	image->range.disk = &image->disk;
	volume_of_disk(&image->below, &image->range, image->disk.size);
	image->vol = (struct volume){
		.size = image->disk.size,
		.priv = image,
		.read = patched_read,
	};
}

static int mount_any(
	struct image *image, const struct fs_driver *const *drivers)
{
	arena_init(&image->arena, ARENA_LIMIT);
	error_clear(&image->err);
	image->mounted = fs_open(&image->fs, &image->vol, image->around,
				 &image->arena, drivers, &image->err) == 0;
	if (!image->mounted)
		arena_free(&image->arena);
	return image->mounted ? 0 : -1;
}

int image_mount(struct image *image, const struct fs_driver *driver)
{
	const struct fs_driver *const table[] = { driver, NULL };

	return mount_any(image, table);
}

void image_must_mount(
	struct image *image, const char *name, const struct fs_driver *driver)
{
	image_open(image, name);
	ck_assert_msg(image_mount(image, driver) == 0, "%s", image->err.text);
}

void image_close(struct image *image)
{
	if (image->mounted) {
		fs_close(&image->fs);
		arena_free(&image->arena);
	}
	disk_close(&image->disk);
	close(image->disk.fd);
}

void image_is_taken_for(const char *name,
	const struct fs_driver *const *drivers, const char *type)
{
	struct image image;

	image_open(&image, name);
	ck_assert_msg(mount_any(&image, drivers) == 0, "%s", image.err.text);
	ck_assert_str_eq(image.fs.type, type);
	image_close(&image);
}

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

void image_find(struct image *image, const char *path, struct fs_node *node)
{
	ck_assert_msg(fs_find(&image->fs, path, node, &image->err) == 0, "%s",
		image->err.text);
}

static int ignore_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)ctx, (void)extent, (void)err;
	return 0;
}

int image_map(struct image *image, const struct fs_node *node)
{
	return fs_map(&image->fs, node, ignore_extent, NULL, &image->err);
}

static int count_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)extent, (void)err;
	++*(int *)ctx;
	return 0;
}

int image_count_extents(struct image *image, const struct fs_node *node)
{
	int extents = 0;
	int r = fs_map(&image->fs, node, count_extent, &extents, &image->err);

	ck_assert_msg(r >= 0, "%s", image->err.text);
	return r == 0 ? extents : -1;
}

static int ignore_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	(void)ctx, (void)name, (void)node, (void)err;
	return 0;
}

int image_list(struct image *image, const struct fs_node *node)
{
	return fs_readdir(&image->fs, node, ignore_name, NULL, &image->err);
}

int image_read_all(struct image *image, const struct fs_node *node, size_t step)
{
	static char buf[65536];
	uint64_t off = 0;
	size_t got;

	ck_assert_uint_le(step, sizeof(buf));
	do {
		if (fs_read(&image->fs, node, off, buf, step, &got,
			    &image->err) < 0)
			return -1;
		off += got;
	} while (got > 0);
	return 0;
}

/* All of a file, or as much as there is room for; to be freed. */
static uint8_t *read_start(
	struct image *image, const struct fs_node *node, size_t size)
{
	uint8_t *data = malloc(size);
	size_t got;

	ck_assert_ptr_nonnull(data);
	ck_assert_msg(fs_read(&image->fs, node, 0, data, size, &got,
			      &image->err) == 0,
		"%s", image->err.text);
	ck_assert_uint_eq(got, size);
	return data;
}

void image_read_anywhere(struct image *image, const struct fs_node *node,
	const struct fs_node *other, size_t step, unsigned int times)
{
	uint8_t *whole = read_start(image, node, (size_t)node->size);
	size_t off, got, len = other->size < 100 ? (size_t)other->size : 100;
	uint8_t *start = read_start(image, other, len);
	unsigned int seed = 3, i;
	uint8_t *buf = malloc(step);

	ck_assert_ptr_nonnull(buf);
	for (i = 0; i < times; i++) {
		seed = seed * 1103515245 + 12345;
		off = (seed >> 8) % (size_t)node->size;
		EXPECT(fs_read(&image->fs, node, off, buf, (seed >> 4) % step,
			       &got, &image->err) == 0,
			"%s", image->err.text);
		EXPECT(memcmp(buf, whole + off, got) == 0,
			"other bytes at 0x%zx", off);
		if (i % 7)
			continue;
		EXPECT(fs_read(&image->fs, other, 0, buf, len, &got,
			       &image->err) == 0,
			"%s", image->err.text);
		EXPECT(memcmp(buf, start, len) == 0, "other bytes");
	}
	free(buf);
	free(start);
	free(whole);
}

int image_use(
	struct image *image, const struct fs_driver *driver, const char *path)
{
	struct fs_node node;

	if (image_mount(image, driver) < 0 ||
		fs_find(&image->fs, path, &node, &image->err) < 0)
		return -1;
	if (node.type == FS_DIR)
		return image_list(image, &node);
	return image_read_all(image, &node, 65536);
}

void image_survive(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count)
{
	struct fs_node node;
	size_t i;

	for (i = 0; i < count; i++) {
		image->mounted = false;
		error_clear(&image->err);
		if (image_use(image, driver, paths[i]) < 0)
			EXPECT(image->err.code != ERR_NONE, "no reason");
		if (!image->mounted)
			continue;
		if (fs_find(&image->fs, paths[i], &node, &image->err) == 0 &&
			node.type == FS_FILE)
			image_map(image, &node);
		image_list(image, &image->fs.root);
		fs_close(&image->fs);
		arena_free(&image->arena);
		image->mounted = false;
	}
}

void image_survive_changes(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count, uint64_t super, uint64_t len,
	uint64_t end)
{
	unsigned int seed = 7, i;
	uint8_t old;

	for (i = 0; i < 2000; i++) {
		do {
			seed = seed * 1103515245 + 12345;
			image->patch.off = i < 500 ? super + i * len / 500
						   : (seed >> 8) % end;
			EXPECT(volume_read(&image->below, image->patch.off,
				       &old, 1, &image->err) == 0,
				"%s", image->err.text);
		} while (i >= 500 && old == 0);
		image->patch.value =
			i % 3 ? (uint8_t)(seed >> 16) : (uint8_t)~old;
		image->patched = true;
		image_survive(image, driver, paths, count);
	}
}

void image_compare_in_disk(
	const char *name, const struct fs_driver *driver, const char *tree)
{
	struct image image;
	char host[128];

	image_run("rm -f disk.img && dd if=%s of=disk.img bs=1M seek=1 "
		  "conv=sparse && truncate -s +1M disk.img",
		name);
	path_of(host, sizeof(host), tree);
	image_open(&image, "disk.img");
	ck_assert_int_eq(image_mount(&image, driver), -1);
	image.range.start = 1 << 20;
	image.vol.size = image.below.size = image.disk.size - (2 << 20);
	ck_assert_msg(image_mount(&image, driver) == 0, "%s", image.err.text);
	image_compare(&image, host, NULL, true);
	image_close(&image);
	image_run("rm disk.img");
}
