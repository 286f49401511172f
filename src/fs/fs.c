/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/fs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/utf8.h"

/* A walk in progress: what is still to go, and the directories on the way. */
struct walk {
	struct fs *fs;
	char rest[FS_PATH_MAX];
	struct fs_node trail[FS_DEPTH_MAX + 1]; /* from the root on */
	unsigned int depth;                     /* trail[depth]: we are here */
	unsigned int links;                     /* followed so far */
	bool at_root;                           /* trail[0] is the root */
	bool follow_last;                       /* if the path ends at one */
};

int fs_node_check(const struct fs_node *node, enum fs_type type, uint64_t size,
	struct error *err)
{
	if (node->type == type && node->size == size)
		return 0;
	return error_set(err, ERR_CORRUPT,
		"inode %" PRIu64 " changed while it was read", node->id);
}

enum fs_type fs_type_of_mode(unsigned int mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return FS_FILE;
	case S_IFDIR:
		return FS_DIR;
	case S_IFLNK:
		return FS_SYMLINK;
	default:
		return FS_OTHER;
	}
}

bool fs_name_valid(const char *name, size_t len)
{
	if (len == 0 || len > FS_NAME_MAX || memchr(name, '/', len) ||
		memchr(name, '\0', len))
		return false;
	return !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

bool fs_name_of_utf16(
	const uint16_t *units, size_t len, char out[FS_NAME_MAX + 1])
{
	size_t used = utf8_of_utf16(units, len, out, FS_NAME_MAX + 1);

	return used != SIZE_MAX && fs_name_valid(out, used);
}

void fs_set_uuid(struct fs *fs, const uint8_t uuid[16])
{
	static const char digits[] = "0123456789abcdef";
	char *to = fs->uuid;
	size_t i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = digits[uuid[i] >> 4];
		*to++ = digits[uuid[i] & 15];
	}
	*to = '\0';
}

int fs_open(struct fs *fs, struct volume *vol, const struct volume_set *around,
	struct arena *arena, const struct fs_driver *const *drivers,
	struct error *err)
{
	int ours;

	for (; *drivers; drivers++) {
		ours = (*drivers)->probe(vol, err);
		if (ours < 0)
			return error_in(err, "%s", (*drivers)->name);
		if (ours)
			break;
	}
	if (!*drivers)
		return error_set(err, ERR_NOT_FOUND, "no known file system");
	*fs = (struct fs){
		.driver = *drivers,
		.vol = vol,
		.around = around,
		.arena = arena,
	};
	snprintf(fs->type, sizeof(fs->type), "%s", fs->driver->name);
	if (fs->driver->open(fs, err) < 0)
		return error_in(err, "%s", fs->type);
	fs->start = fs->usual_start;
	return 0;
}

void fs_close(struct fs *fs)
{
	if (fs->driver->close)
		fs->driver->close(fs);
}

struct wanted {
	const char *name;
	struct fs_node *node;
};

static int compare_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct wanted *wanted = ctx;

	(void)err;
	if (strcmp(name, wanted->name) != 0)
		return 0;
	*wanted->node = *node;
	return 1;
}

static int look_up(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct wanted wanted = { name, node };

	if (fs->driver->lookup)
		return fs->driver->lookup(fs, dir, name, node, err);
	return fs_readdir(fs, dir, compare_name, &wanted, err);
}

static bool is_absent(const struct fs_absent *absent, const char *name)
{
	size_t i;

	for (i = 0; i < FS_ABSENT; i++)
		if (absent->names[i][0] == name[0] &&
			strcmp(absent->names[i], name) == 0)
			return true;
	return false;
}

static void set_absent(struct fs_absent *absent, const char *name)
{
	size_t len = strlen(name);

	if (len < sizeof(absent->names[0]))
		memcpy(absent->names[absent->next++ % FS_ABSENT], name,
			len + 1);
}

/* Put a link's target in front of what is left of the path. */
static int follow(
	struct walk *walk, const struct fs_node *link, struct error *err)
{
	size_t left = strlen(walk->rest), len;

	if (++walk->links > FS_LINKS_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d symbolic links in one path",
			FS_LINKS_MAX);
	/* and not the root, which is where nothing and a slash would lead */
	if (link->size == 0)
		return error_set(err, ERR_NOT_FOUND, "an empty symbolic link");
	/* the target, a slash, the rest and its NUL */
	if (link->size >= sizeof(walk->rest) - left - 1)
		return error_set(err, ERR_LIMIT,
			"a symbolic link makes the path longer than %d bytes",
			FS_PATH_MAX);
	len = (size_t)link->size;
	memmove(walk->rest + len + 1, walk->rest, left + 1);
	walk->rest[len] = '/';
	if (walk->fs->driver->read(walk->fs, link, 0, walk->rest, len, err) < 0)
		return error_in(err, "symbolic link");
	if (memchr(walk->rest, '\0', len))
		return error_set(err, ERR_CORRUPT, "NUL in a symbolic link");
	if (walk->rest[0] == '/')
		walk->depth = 0;
	return 0;
}

/* Cut the next name off the path: 1, or 0 when nothing is left. */
static int next_name(
	struct walk *walk, char name[FS_NAME_MAX + 1], struct error *err)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(start, "/");

	if (len > FS_NAME_MAX)
		return error_set(err, ERR_NOT_FOUND,
			"a name of more than %d bytes", FS_NAME_MAX);
	memcpy(name, start, len);
	name[len] = '\0';
	memmove(walk->rest, start + len, strlen(start + len) + 1);
	return len > 0;
}

/* Nothing is left of the path, but maybe slashes. */
static bool is_last(const struct walk *walk)
{
	return walk->rest[strspn(walk->rest, "/")] == '\0';
}

/* The child called name of where the walk stands: 1 found, 0 not. */
static int find_child(struct walk *walk, const char *name, struct fs_node *node,
	struct error *err)
{
	struct fs_absent *absent = &walk->fs->absent;
	bool in_root = walk->at_root && walk->depth == 0;
	int found;

	if (in_root && is_absent(absent, name))
		return 0;
	found = look_up(walk->fs, &walk->trail[walk->depth], name, node, err);
	if (found == 0 && in_root && !is_last(walk))
		set_absent(absent, name);
	return found;
}

/* Go to the child called name; *node is then where the walk stands. */
static int descend(struct walk *walk, const char *name, struct fs_node *node,
	struct error *err)
{
	int found = find_child(walk, name, node, err);

	if (found < 0)
		return -1;
	if (!found)
		return error_set(err, ERR_NOT_FOUND, "no such file");
	if (node->type == FS_SYMLINK) {
		if (!walk->follow_last && is_last(walk))
			return 0;
		if (follow(walk, node, err) < 0)
			return -1;
		*node = walk->trail[walk->depth];
	} else if (node->type == FS_DIR) {
		if (walk->depth == FS_DEPTH_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d directories deep", FS_DEPTH_MAX);
		walk->trail[++walk->depth] = *node;
	}
	return 0;
}

static int step(struct walk *walk, const char *name, struct fs_node *node,
	struct error *err)
{
	if (node->type != FS_DIR)
		return error_set(err, ERR_NOT_FOUND, "not a directory");
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		if (walk->depth > 0)
			walk->depth--;
		*node = walk->trail[walk->depth];
		return 0;
	}
	return descend(walk, name, node, err);
}

/* Each turn consumes a name; only a link adds some, and links are counted. */
static int walk_on(struct walk *walk, struct fs_node *node, struct error *err)
{
	char name[FS_NAME_MAX + 1];
	int more;

	while ((more = next_name(walk, name, err)) > 0)
		if (step(walk, name, node, err) < 0)
			return -1;
	return more;
}

static int find_from(struct fs *fs, const struct fs_node *top, const char *path,
	bool follow_last, struct fs_node *node, struct error *err)
{
	struct walk walk;

	walk.fs = fs;
	walk.at_root = top == &fs->root;
	walk.follow_last = follow_last;
	walk.depth = 0;
	walk.links = 0;
	walk.trail[0] = *top;
	if (strlen(path) >= sizeof(walk.rest))
		return error_set(err, ERR_LIMIT, "a path of more than %d bytes",
			FS_PATH_MAX - 1);
	strcpy(walk.rest, path);
	*node = *top;
	if (walk_on(&walk, node, err) < 0)
		return error_in(err, "%s", path);
	return 0;
}

/* What is at the root counts; only if nothing is there, what is at fs->start */
static int find(struct fs *fs, const char *path, bool follow_last,
	struct fs_node *node, struct error *err)
{
	struct fs_node start;
	struct error later;

	if (find_from(fs, &fs->root, path, follow_last, node, err) == 0)
		return 0;
	if (err->code != ERR_NOT_FOUND || !fs->start ||
		find_from(fs, &fs->root, fs->start, true, &start, &later) < 0 ||
		start.type != FS_DIR)
		return -1;
	if (find_from(fs, &start, path, follow_last, node, &later) == 0)
		return 0;
	if (later.code == ERR_NOT_FOUND)
		return -1;
	*err = later;
	return error_in(err, "%s", fs->start);
}

int fs_find(struct fs *fs, const char *path, struct fs_node *node,
	struct error *err)
{
	return find(fs, path, true, node, err);
}

int fs_find_link(struct fs *fs, const char *path, struct fs_node *node,
	struct error *err)
{
	return find(fs, path, false, node, err);
}

bool fs_lacks(const struct fs *fs, const char *path)
{
	const char *name = path + strspn(path, "/");
	size_t len = strcspn(name, "/");
	char top[sizeof(fs->absent.names[0])];

	/* kept are those that something was to be below */
	if (fs->start || len == 0 || len >= sizeof(top) || !name[len])
		return false;
	memcpy(top, name, len);
	top[len] = '\0';
	return is_absent(&fs->absent, top);
}

struct counted {
	fs_visit *visit;
	void *ctx;
	unsigned int left;
};

static int count_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct counted *counted = ctx;

	if (counted->left-- == 0)
		return error_set(err, ERR_LIMIT,
			"a directory with more than %d names", FS_DIR_MAX);
	return counted->visit(counted->ctx, name, node, err);
}

int fs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct counted counted = { visit, ctx, FS_DIR_MAX };

	if (dir->type != FS_DIR)
		return error_set(err, ERR_NOT_FOUND, "not a directory");
	return fs->driver->readdir(fs, dir, count_name, &counted, err);
}

/* Directories and devices have a size too, but no contents for callers. */
static int check_readable(const struct fs_node *node, struct error *err)
{
	if (node->type == FS_FILE || node->type == FS_SYMLINK)
		return 0;
	return error_set(err, ERR_NOT_FOUND, "is not a regular file");
}

int fs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, size_t *got, struct error *err)
{
	*got = 0;
	if (check_readable(node, err) < 0)
		return -1;
	if (off >= node->size || len == 0)
		return 0;
	if (len > node->size - off)
		len = (size_t)(node->size - off);
	if (fs->driver->read(fs, node, off, buf, len, err) < 0)
		return -1;
	*got = len;
	return 0;
}

/* Checks what a driver says before anybody copies by it. */
struct mapping {
	const struct fs_node *node;
	const struct fs *fs;
	uint64_t next; /* where in the file the next extent has to begin */
	int answer;    /* of the last visit */
	fs_visit_extent *visit;
	void *ctx;
};

static int check_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct mapping *map = ctx;

	if (extent->file != map->next || extent->len == 0 ||
		extent->len > map->node->size - map->next)
		return error_set(
			err, ERR_CORRUPT, "extents do not follow each other");
	if (extent->vol != FS_HOLE &&
		(extent->vol > map->fs->vol->size ||
			extent->len > map->fs->vol->size - extent->vol))
		return error_set(err, ERR_CORRUPT,
			"an extent lies beyond the volume's end");
	map->next += extent->len;
	map->answer = map->visit(map->ctx, extent, err);
	return map->answer;
}

int fs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct mapping map = { node, fs, 0, 0, visit, ctx };
	int r;

	if (check_readable(node, err) < 0)
		return -1;
	if (!fs->driver->map)
		return 1;
	r = fs->driver->map(fs, node, check_extent, &map, err);
	/* no map, and some of it was taken: as on a disk that changes */
	if (r > 0 && map.next > 0 && map.answer == 0)
		return error_set(err, ERR_CORRUPT, "changed while it was read");
	if (r == 0 && map.next != node->size)
		return error_set(err, ERR_CORRUPT,
			"the extents end before the file does");
	return r;
}
