/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_dataset.c - the pool's own objects: datasets, in directories of them
 *
 * A directory has a dataset (its head), which may have snapshots, and others
 * below it.  All are objects of one set, the pool's meta objects (MOS).
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/length.h"

#define MOS_TYPE 1
#define FILES_TYPE 2
#define DIRECTORY_OBJECT 1 /* in the MOS */
#define MASTER_OBJECT 1    /* in a set of files */
#define FEATURES_VERSION 5000
#define VERSION_MAX 28 /* the last that has a number of its own */
#define FILES_VERSION_MAX 5
#define ATTRS_VERSION 5

/* Datasets that are open: a path leads into one, a script looks at more. */
#define DATASETS_MAX 4096

_Static_assert(DATASETS_MAX < ZFS_NO_SET, "a node has room for its number");

/* Datasets that are looked into for something to boot by. */
#define CANDIDATES_MAX 64

struct dir {
	le64 created;
	le64 head;
	le64 parent;
	le64 origin;
	le64 children;
};

struct dataset {
	le64 dir;
	le64 previous[2];
	le64 next;
	le64 snapshots; /* a ZAP of them; 0: none */
	uint8_t unused[88];
	struct zfs_bp bp;
};

_Static_assert(sizeof(struct dataset) == 256, "the format has more behind");

/*
 * Features without which a pool cannot be read, and with which we can.  Those
 * that only writing needs are not asked for.
 */
static const char *const features[] = {
	"com.datto:bookmark_v2",
	"com.datto:encryption", /* each encrypted dataset is refused */
	"com.delphix:bookmark_written",
	"com.delphix:embedded_data",
	"com.delphix:extensible_dataset",
	"com.delphix:head_errlog",
	"com.delphix:hole_birth",
	"com.delphix:redacted_datasets", /* each redacted block */
	"com.delphix:redaction_bookmarks",
	"com.joyent:multi_vdev_crash_dump",
	"com.klarasystems:vdev_zaps_v2",
	"org.freebsd:zstd_compress",
	"org.illumos:edonr",
	"org.illumos:lz4_compress",
	"org.illumos:sha512",
	"org.illumos:skein",
	"org.open-zfs:large_blocks",
	"org.openzfs:blake3",
	"org.zfsonlinux:large_dnode",
};

static int check_feature(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	size_t i;

	(void)ctx;
	/* how many datasets make use of it */
	if (entry->count < 1 || entry->value[0] == 0)
		return 0;
	for (i = 0; i < LENGTH(features); i++)
		if (strcmp(features[i], entry->name) == 0)
			return 0;
	return error_set(err, ERR_UNSUPPORTED,
		"the pool's feature %s is not known", entry->name);
}

static int check_features(struct zfs_pool *pool, struct error *err)
{
	struct zfs_dnode dnode;
	uint64_t object;
	int found = zfs_zap_number(pool, pool->mos, DIRECTORY_OBJECT,
		"features_for_read", &object, err);

	if (found <= 0)
		return found;
	if (zfs_dnode_read(pool, pool->mos, object, &dnode, err) < 0)
		return -1;
	return zfs_zap_each(pool, &dnode.data, check_feature, NULL, err);
}

/* What has to be in an object's bonus. */
static int read_bonus(struct zfs_pool *pool, uint64_t object, void *out,
	size_t size, struct error *err)
{
	struct zfs_dnode dnode;
	const void *data;

	if (zfs_dnode_read(pool, pool->mos, object, &dnode, err) < 0)
		return -1;
	data = bytes_at(dnode.bonus, 0, size);
	if (!data)
		return error_set(err, ERR_CORRUPT,
			"object %" PRIu64
			": no dataset and no directory of any",
			object);
	memcpy(out, data, size);
	return 0;
}

int zfs_dir_read(struct zfs_pool *pool, uint64_t object, struct zfs_dir *dir,
	struct error *err)
{
	struct dir raw;

	if (read_bonus(pool, object, &raw, sizeof(raw), err) < 0)
		return -1;
	dir->head = le64_get(raw.head);
	dir->children = le64_get(raw.children);
	dir->parent = le64_get(raw.parent);
	return 0;
}

int zfs_dir_child(struct zfs_pool *pool, uint64_t dir, const char *name,
	uint64_t *child, struct error *err)
{
	struct zfs_dir read;

	if (zfs_dir_read(pool, dir, &read, err) < 0)
		return -1;
	return read.children ? zfs_zap_number(pool, pool->mos, read.children,
				       name, child, err)
			     : 0;
}

int zfs_snapshot(struct zfs_pool *pool, uint64_t dataset, const char *name,
	uint64_t *snapshot, struct error *err)
{
	struct dataset raw;

	if (read_bonus(pool, dataset, &raw, sizeof(raw), err) < 0)
		return -1;
	return le64_get(raw.snapshots)
		? zfs_zap_number(pool, pool->mos, le64_get(raw.snapshots), name,
			  snapshot, err)
		: 0;
}

int zfs_snapshots(struct zfs_pool *pool, uint64_t dataset, zfs_zap_visit *visit,
	void *ctx, struct error *err)
{
	struct zfs_dnode dnode;
	struct dataset raw;

	if (read_bonus(pool, dataset, &raw, sizeof(raw), err) < 0)
		return -1;
	if (le64_get(raw.snapshots) == 0)
		return 0;
	if (zfs_dnode_read(
		    pool, pool->mos, le64_get(raw.snapshots), &dnode, err) < 0)
		return -1;
	return zfs_zap_each(pool, &dnode.data, visit, ctx, err);
}

/* What the first object of a file system says. */
static int read_master(
	struct zfs_pool *pool, struct zfs_objset *set, struct error *err)
{
	uint64_t version = 0, attrs = 0, form = 0, fold = 0;
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "VERSION", &version },
		{ "ROOT", &set->root },
		{ "SA_ATTRS", &attrs },
		{ "normalization", &form },
		{ "casesensitivity", &fold },
	};
	size_t i;

	for (i = 0; i < LENGTH(numbers); i++)
		if (zfs_zap_number(pool, set, MASTER_OBJECT, numbers[i].name,
			    numbers[i].value, err) < 0)
			return -1;
	if (version < 1 || version > FILES_VERSION_MAX)
		return error_set(err, ERR_UNSUPPORTED,
			"version %" PRIu64 " of file systems", version);
	set->compare = form || fold;
	set->fold_case = fold == 1;
	set->has_attrs = version >= ATTRS_VERSION && attrs;
	return set->has_attrs ? zfs_attr_open(pool, set, attrs, err) : 0;
}

static int open_dataset(struct zfs_pool *pool, struct zfs_objset *set,
	uint64_t dataset, struct error *err)
{
	struct dataset raw;

	if (read_bonus(pool, dataset, &raw, sizeof(raw), err) < 0 ||
		zfs_objset_read(pool, &raw.bp, FILES_TYPE, set, err) < 0 ||
		read_master(pool, set, err) < 0)
		return error_in(err, "dataset %" PRIu64, dataset);
	set->id = dataset;
	return 0;
}

int zfs_dataset_open(struct zfs_pool *pool, uint64_t dataset, size_t *number,
	struct error *err)
{
	struct zfs_objset *set, **sets;
	size_t i;

	for (i = 0; i < pool->set_count; i++)
		if (pool->sets[i]->id == dataset) {
			*number = i;
			return 0;
		}
	if (i == DATASETS_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d datasets are asked for", DATASETS_MAX);
	set = arena_alloc(pool->fs->arena, sizeof(*set), err);
	if (!set || open_dataset(pool, set, dataset, err) < 0)
		return -1;
	sets = arena_grow(pool->fs->arena, pool->sets, pool->set_count,
		&pool->set_capacity, sizeof(sets[0]), err);
	if (!sets)
		return -1;
	pool->sets = sets;
	pool->sets[pool->set_count] = set;
	*number = pool->set_count++;
	return 0;
}

int zfs_pool_open(struct zfs_pool *pool, const struct zfs_uberblock *uber,
	uint64_t *root, struct error *err)
{
	int found;

	if (uber->version > VERSION_MAX && uber->version != FEATURES_VERSION)
		return error_set(err, ERR_UNSUPPORTED,
			"version %" PRIu64 " of pools", uber->version);
	pool->mos = arena_alloc(pool->fs->arena, sizeof(*pool->mos), err);
	if (!pool->mos ||
		zfs_objset_read(pool, &uber->root, MOS_TYPE, pool->mos, err) <
			0 ||
		check_features(pool, err) < 0)
		return -1;
	found = zfs_zap_number(
		pool, pool->mos, DIRECTORY_OBJECT, "root_dataset", root, err);
	if (found < 0)
		return -1;
	return found ? 0
		     : error_set(err, ERR_CORRUPT, "the pool has no datasets");
}

/* Has a dataset something that a boot loader would look for? */
static bool is_bootable(struct zfs_pool *pool, uint64_t dataset)
{
	static const char *const names[] = { "boot", "grub", "grub2", "loader",
		"platform" };
	const struct zfs_objset *set;
	struct error ignored;
	uint64_t value;
	size_t number, i;

	if (dataset == 0 ||
		zfs_dataset_open(pool, dataset, &number, &ignored) < 0)
		return false;
	set = pool->sets[number];
	for (i = 0; i < LENGTH(names); i++)
		if (zfs_zap_number(pool, set, set->root, names[i], &value,
			    &ignored) > 0)
			return true;
	return false;
}

/* Directories of datasets, those above before those below. */
struct candidates {
	uint64_t dir[CANDIDATES_MAX];
	size_t count;
};

static int add_candidate(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	struct candidates *candidates = ctx;

	(void)err;
	/* $MOS, $FREE, $ORIGIN are ZFS's own */
	if (entry->count > 0 && entry->name[0] != '$' &&
		candidates->count < CANDIDATES_MAX)
		candidates->dir[candidates->count++] = entry->value[0];
	return 0;
}

static int search(struct zfs_pool *pool, uint64_t root, uint64_t *dataset,
	struct error *err)
{
	struct candidates candidates = { { root }, 1 };
	struct zfs_dnode dnode;
	struct zfs_dir dir;
	size_t i;

	*dataset = 0;
	for (i = 0; i < candidates.count; i++) {
		if (zfs_dir_read(pool, candidates.dir[i], &dir, err) < 0)
			return -1;
		if (i == 0)
			*dataset = dir.head;
		if (is_bootable(pool, dir.head)) {
			*dataset = dir.head;
			return 0;
		}
		if (dir.children == 0)
			continue;
		if (zfs_dnode_read(pool, pool->mos, dir.children, &dnode, err) <
				0 ||
			zfs_zap_each(pool, &dnode.data, add_candidate,
				&candidates, err) < 0)
			return -1;
	}
	return 0;
}

int zfs_default_dataset(struct zfs_pool *pool, uint64_t root, uint64_t *dataset,
	struct error *err)
{
	uint64_t props, bootfs = 0;
	int found = zfs_zap_number(
		pool, pool->mos, DIRECTORY_OBJECT, "pool_props", &props, err);

	if (found > 0)
		found = zfs_zap_number(
			pool, pool->mos, props, "bootfs", &bootfs, err);
	if (found < 0)
		return -1;
	if (bootfs == 0)
		return search(pool, root, dataset, err);
	*dataset = bootfs;
	return 0;
}
