/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fakefs.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/peimage.h"

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

static void *copy(const void *data, size_t len)
{
	char *bytes = must(malloc(len + 1));

	if (len > 0)
		memcpy(bytes, data, len);
	bytes[len] = '\0';
	return bytes;
}

static size_t add_node(struct fakefs *files, size_t parent, const char *name,
	size_t len, enum fs_type type)
{
	size_t id = files->count++;

	/* what is read gets no new files, and may have been learnt by heart */
	if (files->fs)
		files->fs->absent = (struct fs_absent){ 0 };

	files->nodes = must(
		realloc(files->nodes, files->count * sizeof(*files->nodes)));
	files->nodes[id] = (struct fakefs_node){
		.parent = parent,
		.name = copy(name, len),
		.type = type,
		.data = copy("", 0),
	};
	return id;
}

/* The child of that name; 0, which is nobody's child, if there is none. */
static size_t find_child(
	const struct fakefs *files, size_t dir, const char *name, size_t len)
{
	size_t i;

	for (i = 1; i < files->count; i++)
		if (files->nodes[i].parent == dir &&
			strlen(files->nodes[i].name) == len &&
			memcmp(files->nodes[i].name, name, len) == 0)
			return i;
	return 0;
}

/* The node of a path, made if it is not there, as are those above it. */
static size_t make_node(
	struct fakefs *files, const char *path, enum fs_type type)
{
	size_t len, next, dir = 0;

	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		len = strcspn(path, "/");
		next = find_child(files, dir, path, len);
		if (next == 0)
			next = add_node(files, dir, path, len,
				path[len] ? FS_DIR : type);
		dir = next;
		path += len;
	}
	if (files->nodes[dir].type != type)
		abort();
	return dir;
}

static size_t must_find(const struct fakefs *files, const char *path)
{
	size_t len, dir = 0;

	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		len = strcspn(path, "/");
		dir = find_child(files, dir, path, len);
		if (dir == 0)
			abort();
		path += len;
	}
	return dir;
}

static void set_data(
	struct fakefs *files, size_t id, const void *data, size_t len)
{
	free(files->nodes[id].data);
	files->nodes[id].data = copy(data, len);
	files->nodes[id].len = len;
}

static int read_blocks(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct fakefs *files = vol->priv;

	if (off > files->blocks_len || len > files->blocks_len - off)
		return error_set(
			err, ERR_IO, "a file system of files has no blocks");
	memcpy(buf, files->blocks + off, len);
	return 0;
}

void fakefs_blocks(
	struct fakefs *files, size_t off, const void *data, size_t len)
{
	char *blocks = files->blocks;

	if (off + len > files->blocks_len) {
		blocks = must(realloc(blocks, off + len));
		memset(blocks + files->blocks_len, 0,
			off + len - files->blocks_len);
		files->blocks_len = off + len;
	}
	memcpy(blocks + off, data, len);
	files->blocks = blocks;
}

void fakefs_init(struct fakefs *files, const char *uuid, const char *label)
{
	*files = (struct fakefs){
		.vol = { .size = 1 << 20, .priv = files, .read = read_blocks },
		.uuid = uuid,
		.label = label,
	};
	add_node(files, 0, "", 0, FS_DIR);
}

void fakefs_free(struct fakefs *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		free(files->nodes[i].name);
		free(files->nodes[i].data);
	}
	free(files->nodes);
	free(files->blocks);
	*files = (struct fakefs){ 0 };
}

void fakefs_put(
	struct fakefs *files, const char *path, const void *data, size_t len)
{
	set_data(files, make_node(files, path, FS_FILE), data, len);
}

void fakefs_text(struct fakefs *files, const char *path, const char *text)
{
	fakefs_put(files, path, text, strlen(text));
}

void fakefs_link(struct fakefs *files, const char *path, const char *target)
{
	set_data(files, make_node(files, path, FS_SYMLINK), target,
		strlen(target));
}

void fakefs_dir(struct fakefs *files, const char *path)
{
	make_node(files, path, FS_DIR);
}

/* What an image begins with; which one, as bytes, is behind it. */
static const char image_magic[16] = "an image of...";

void fakefs_image(
	struct fakefs *files, const char *path, const struct fakefs *inner)
{
	char image[sizeof(image_magic) + sizeof(inner)];

	memcpy(image, image_magic, sizeof(image_magic));
	memcpy(image + sizeof(image_magic), &inner, sizeof(inner));
	fakefs_put(files, path, image, sizeof(image));
}

void fakefs_other(struct fakefs *files, const char *path)
{
	make_node(files, path, FS_OTHER);
}

void fakefs_break(struct fakefs *files, const char *path)
{
	files->nodes[must_find(files, path)].broken = true;
}

void fakefs_touch(struct fakefs *files, const char *path, int64_t mtime)
{
	files->nodes[must_find(files, path)].mtime = mtime;
}

/* The bytes of a host file that stat says has size bytes. */
static int load_file(struct fakefs *files, const char *host, const char *path,
	const struct stat *st)
{
	size_t len = (size_t)st->st_size;
	FILE *file = fopen(host, "rb");
	char *buf;
	int r = -1;

	if (!file)
		return -1;
	buf = must(malloc(len + 1));
	if (fread(buf, 1, len, file) == len) {
		fakefs_put(files, path, buf, len);
		fakefs_touch(files, path, st->st_mtime);
		r = 0;
	}
	free(buf);
	fclose(file);
	return r;
}

static int load_link(struct fakefs *files, const char *host, const char *path)
{
	char target[PATH_MAX];
	ssize_t len = readlink(host, target, sizeof(target) - 1);

	if (len < 0)
		return -1;
	target[len] = '\0';
	fakefs_link(files, path, target);
	return 0;
}

/* Is this directory a description of a PE image? */
static bool is_pe(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && strcmp(path + len - 3, ".pe") == 0;
}

static void load_pe(struct fakefs *files, const char *host, const char *path)
{
	size_t len;
	uint8_t *image = peimage_load(host, &len);
	char *name = copy(path, strlen(path) - 3);

	fakefs_put(files, name, image, len);
	free(name);
	free(image);
}

static int load_dir(struct fakefs *files, const char *host, const char *path,
	const char *const *skip);

static int load_node(struct fakefs *files, const char *host, const char *path)
{
	static const char *const nothing[] = { NULL };
	struct stat st;

	if (lstat(host, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return load_link(files, host, path);
	if (S_ISREG(st.st_mode))
		return load_file(files, host, path, &st);
	if (!S_ISDIR(st.st_mode))
		return fakefs_other(files, path), 0;
	if (is_pe(path))
		return load_pe(files, host, path), 0;
	return load_dir(files, host, path, nothing);
}

static int no_dots(const struct dirent *ent)
{
	return strcmp(ent->d_name, ".") != 0 && strcmp(ent->d_name, "..") != 0;
}

static bool skipped(const char *name, const char *const *skip)
{
	for (; *skip; skip++)
		if (strcmp(name, *skip) == 0)
			return true;
	return false;
}

/* In the order of the names, so that every machine gives the same tree. */
static int load_dir(struct fakefs *files, const char *host, const char *path,
	const char *const *skip)
{
	char inner_host[PATH_MAX], inner[PATH_MAX];
	struct dirent **names;
	int i, r = 0, count = scandir(host, &names, no_dots, alphasort);

	if (count < 0)
		return -1;
	fakefs_dir(files, path);
	for (i = 0; i < count; i++) {
		snprintf(inner_host, sizeof(inner_host), "%s/%s", host,
			names[i]->d_name);
		snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
		if (r == 0 && !skipped(names[i]->d_name, skip))
			r = load_node(files, inner_host, inner);
		free(names[i]);
	}
	free(names);
	return r;
}

int fakefs_load(struct fakefs *files, const char *host_directory,
	const char *const *skip)
{
	return load_dir(files, host_directory, "", skip);
}

/* The driver.  A node's id is its index and 1, for 0 is no inode's number. */

static struct fakefs *files_of(const struct fs *fs)
{
	return fs->priv;
}

static struct fs_node make_fs_node(const struct fakefs *files, size_t id)
{
	const struct fakefs_node *node = &files->nodes[id];

	return (struct fs_node){
		.type = node->type,
		.size = node->len,
		.mtime = node->mtime,
		.id = id + 1,
	};
}

static int fakefs_probe(struct volume *vol, struct error *err)
{
	char magic[sizeof(image_magic)];

	if (vol->read == read_blocks)
		return 1;
	return volume_read(vol, 0, magic, sizeof(magic), err) == 0 &&
		memcmp(magic, image_magic, sizeof(magic)) == 0;
}

static int fakefs_open(struct fs *fs, struct error *err)
{
	struct fakefs *files = fs->vol->priv;

	if (fs->vol->read != read_blocks &&
		volume_read(fs->vol, sizeof(image_magic), &files, sizeof(files),
			err) < 0)
		return -1;
	fs->priv = files;
	files->fs = fs;
	snprintf(fs->uuid, sizeof(fs->uuid), "%s", files->uuid);
	snprintf(fs->label, sizeof(fs->label), "%s", files->label);
	fs->root = make_fs_node(files, 0);
	return 0;
}

static int fakefs_readdir(struct fs *fs, const struct fs_node *dir,
	fs_visit *visit, void *ctx, struct error *err)
{
	struct fakefs *files = files_of(fs);
	struct fs_node node;
	size_t i;
	int r = 0;

	for (i = 1; i < files->count && r == 0; i++) {
		if (files->nodes[i].parent != dir->id - 1)
			continue;
		node = make_fs_node(files, i);
		r = visit(ctx, files->nodes[i].name, &node, err);
	}
	return r;
}

static int fakefs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	const struct fakefs_node *file = &files_of(fs)->nodes[node->id - 1];

	if (file->broken)
		return error_set(err, ERR_IO, "the test broke this file");
	memcpy(buf, file->data + off, len);
	return 0;
}

const struct fs_driver fakefs_driver = {
	.name = "fakefs",
	.probe = fakefs_probe,
	.open = fakefs_open,
	.readdir = fakefs_readdir,
	.read = fakefs_read,
};

const struct fs_driver *const fakefs_drivers[] = { &fakefs_driver, NULL };
