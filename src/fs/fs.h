/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fs.h - read-only file systems: what callers use, what a driver provides
 *
 * A driver knows nodes, not paths.  The walk along a path, symbolic links,
 * "..", and every limit are in fs.c, once for all file systems.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/disk/volume.h"

#define FS_NAME_MAX 255  /* bytes; NAME_MAX of every system */
#define FS_PATH_MAX 4096 /* bytes with NUL; PATH_MAX of Linux */
#define FS_LINKS_MAX 40  /* links followed in one walk, as Linux does */
#define FS_DEPTH_MAX 128 /* directories below the root in one walk */

/* A directory with more names is not read to its end (promise P5). */
#define FS_DIR_MAX 1000000

enum fs_type { FS_FILE, FS_DIR, FS_SYMLINK, FS_OTHER };

/* By the mode of an inode, whose upper bits all of Unix numbers alike. */
enum fs_type fs_type_of_mode(unsigned int mode);

/*
 * May a directory have a file of this name?  Not if it is empty, "." or "..",
 * has a slash or a NUL in it, or more than FS_NAME_MAX bytes.
 */
bool fs_name_valid(const char *name, size_t len);

/* A name in UTF-8, terminated; false if it is broken UTF-16 or not valid. */
bool fs_name_of_utf16(
	const uint16_t *units, size_t len, char out[FS_NAME_MAX + 1]);

/* A value, not a resource: copy it, forget it, there is nothing to release. */
struct fs_node {
	enum fs_type type;
	bool shared;     /* bytes of other files may lie where its bytes do */
	uint64_t size;   /* bytes of a file, or of a link's target */
	int64_t mtime;   /* seconds since 1970, 0 if the format has none */
	uint64_t id;     /* the driver's own, unique in the file system */
	uint64_t aux[2]; /* the driver's own */
};

/*
 * The node's inode was read again, and is of this type and size: is it what the
 * node was made of (promise P14)?  0, or -1.
 */
int fs_node_check(const struct fs_node *node, enum fs_type type, uint64_t size,
	struct error *err);

/*
 * Directories that a path began with and that the root does not have.  Who
 * looks for a boot configuration tries forty paths, of which most begin alike.
 */
#define FS_ABSENT 8
struct fs_absent {
	char names[FS_ABSENT][16]; /* longer ones are not kept */
	unsigned int next;         /* where the next one goes */
};

struct fs {
	const struct fs_driver *driver;
	/* What map() speaks of; open() may put another for that one here. */
	struct volume *vol;
	const struct volume_set *around; /* or NULL; vol is among them */
	struct arena *arena; /* what open() allocates from; outlives the fs */
	void *priv;          /* the driver's own, set by open() */
	struct fs_node root; /* set by open() */
	char type[16];       /* for people: "ext4"; open() may refine it */
	char label[FS_NAME_MAX + 1];
	char uuid[40]; /* as GRUB's "search --fs-uuid" spells it */
	bool dirty;    /* in use, or was when its guest crashed: do not write */
	const char *notice; /* what may make the contents wrong, or NULL */
	/*
	 * Directories, by their paths from the root, that may be the root to
	 * the guest: its file system is a subvolume.  NULL-terminated, the best
	 * first; or NULL.
	 */
	const char *const *roots;
	/*
	 * One of them: where a path begins if it leads nowhere from the root,
	 * or NULL.  open() says which if nothing else does (usual_start).
	 */
	const char *start;
	const char *usual_start;
	/* What a Solaris kernel is told of its root, without -B; or NULL */
	const char *boot_string;
	struct fs_absent absent; /* fs.c's own */
};

/* Let a file system's uuid be these bytes: hexadecimal, with dashes. */
void fs_set_uuid(struct fs *fs, const uint8_t uuid[16]);

/* Called per name; 0 goes on, anything else stops and is returned. */
typedef int fs_visit(void *ctx, const char *name, const struct fs_node *node,
	struct error *err);

#define FS_HOLE UINT64_MAX

/* A piece of a file: len bytes at file lie at vol of the volume. */
struct fs_extent {
	uint64_t file; /* offset in the file, bytes */
	uint64_t vol;  /* offset in the volume, bytes, or FS_HOLE: zeros */
	uint64_t len;  /* bytes, more than 0 */
};

/* Called per extent; 0 goes on, anything else stops and is returned. */
typedef int fs_visit_extent(
	void *ctx, const struct fs_extent *extent, struct error *err);

/*
 * A driver is never given a path, a range beyond node->size, or a name longer
 * than FS_NAME_MAX.  It bounds every loop that the guest's data can lengthen.
 * Functions return -1 with err filled on failure.
 */
struct fs_driver {
	const char *name;

	/*
	 * May bytes of a file be changed where map() says they lie?  Not in
	 * what is compressed, checksummed or shared with snapshots; and of no
	 * node that is shared.
	 */
	bool data_in_place;

	/* Is this ours?  1 yes, 0 no.  One small read, nothing kept. */
	int (*probe)(struct volume *vol, struct error *err);

	/* Check the superblock; set priv, root, and what else there is. */
	int (*open)(struct fs *fs, struct error *err);

	/* Every name in dir but "." and "..". */
	int (*readdir)(struct fs *fs, const struct fs_node *dir,
		fs_visit *visit, void *ctx, struct error *err);

	/* Optional, where the format has a faster way: 1 found, 0 not. */
	int (*lookup)(struct fs *fs, const struct fs_node *dir,
		const char *name, struct fs_node *node, struct error *err);

	/* Exactly len bytes of a file, or of a link's target, from off. */
	int (*read)(struct fs *fs, const struct fs_node *node, uint64_t off,
		void *buf, size_t len, struct error *err);

	/*
	 * Optional: where the file's bytes lie, in rising order, without a
	 * gap, to the end of the file: 0, or what visit returned.  May answer
	 * 1 before the first visit: "not this file, use read()" (inline data,
	 * compression).
	 */
	int (*map)(struct fs *fs, const struct fs_node *node,
		fs_visit_extent *visit, void *ctx, struct error *err);

	/* Optional: release what is not in the arena. */
	void (*close)(struct fs *fs);
};

/*
 * Open the file system on vol with the first driver of a NULL-terminated
 * table that knows it; around is where other parts of it may be, or NULL: only
 * vol is read.  ERR_NOT_FOUND: none does.  Messages begin with the type of the
 * file system.
 */
int fs_open(struct fs *fs, struct volume *vol, const struct volume_set *around,
	struct arena *arena, const struct fs_driver *const *drivers,
	struct error *err);
void fs_close(struct fs *fs);

/*
 * Walk a path from the root to a node, or if nothing is there from fs->start.
 * Symbolic links are followed, a leading "/" may be missing, "//", "." and ".."
 * mean what they do on Unix.  Messages begin with the path.  ERR_NOT_FOUND:
 * something on the way is not there.
 */
int fs_find(struct fs *fs, const char *path, struct fs_node *node,
	struct error *err);

/* The same, but a link that the path ends at is what is found. */
int fs_find_link(struct fs *fs, const char *path, struct fs_node *node,
	struct error *err);

/*
 * Is it known, from what was looked for before, that nothing is there?  It
 * costs nothing to ask, and saves fs_find() the message that it would make.
 */
bool fs_lacks(const struct fs *fs, const char *path);

/* Every name in a directory but "." and "..", at most FS_DIR_MAX of them. */
int fs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);

/* At most len bytes from off; *got is less only at the end of the file. */
int fs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, size_t *got, struct error *err);

/*
 * Where a file's data lie, checked: extents rise without a gap and cover the
 * file.  1, with no visit made, if the driver has no map for it.
 */
int fs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

#endif
