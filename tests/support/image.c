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

/* Has IMAGE_SURVIVE_EACH left out this use of a path? */
static bool is_left_out(void)
{
	static unsigned long uses;
	const char *each = getenv("IMAGE_SURVIVE_EACH");

	return each && uses++ % strtoul(each, NULL, 10) != 0;
}

/* Damage that nothing suffers from shows as little as what destroys all. */
static void some_went_well(unsigned int used, unsigned int uses)
{
	EXPECT((used > 0 && used < uses) || getenv("IMAGE_SURVIVE_EACH"),
		"%u of %u uses went well", used, uses);
}

/* A call failed: it has to have said why. */
static void has_reason(struct image *image, int r, const char *what)
{
	if (r < 0)
		EXPECT(image->err.code != ERR_NONE && image->err.text[0],
			"%s failed without a reason", what);
	error_clear(&image->err);
}

unsigned int image_survive(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count)
{
	struct fs_node node;
	unsigned int used = 0;
	size_t i;
	int r;

	for (i = 0; i < count; i++) {
		if (is_left_out())
			continue;
		image->mounted = false;
		r = image_use(image, driver, paths[i]);
		used += r == 0;
		has_reason(image, r, paths[i]);
		if (!image->mounted)
			continue;
		r = fs_find(&image->fs, paths[i], &node, &image->err);
		has_reason(image, r, "fs_find()");
		if (r == 0 && node.type == FS_FILE)
			has_reason(image, image_map(image, &node), "fs_map()");
		has_reason(image, image_list(image, &image->fs.root),
			"fs_readdir()");
		fs_close(&image->fs);
		arena_free(&image->arena);
		image->mounted = false;
	}
	return used;
}

void image_survive_lengths(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count, uint64_t end, unsigned int fine,
	unsigned int coarse)
{
	unsigned int whole = image_survive(image, driver, paths, count);
	unsigned int used = 0, uses = 0;
	uint64_t size;

	for (size = 0; size < end; size += size < 4096 ? fine : coarse) {
		image->vol.size = size;
		used += image_survive(image, driver, paths, count);
		uses += whole;
	}
	some_went_well(used, uses);
}

void image_survive_changes(struct image *image, const struct fs_driver *driver,
	const char *const *paths, size_t count, uint64_t super, uint64_t len,
	uint64_t end)
{
	unsigned int whole = image_survive(image, driver, paths, count);
	unsigned int seed = 7, used = 0, i;
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
		used += image_survive(image, driver, paths, count);
	}
	some_went_well(used, 2000 * whole);
}
