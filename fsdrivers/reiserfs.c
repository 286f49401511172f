/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs.c - ReiserFS 3.5 and 3.6
 *
 * Format: https://www.reiserfs.org (as in the Internet Archive: "ReiserFS
 * On-Disk Format", F. Buchholz, "The structure of the Reiser file system").
 * Extended attributes are files in a directory .reiserfs_priv of the root,
 * which is listed like any other.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/reiserfs.h"
#include "src/base/checked.h"

#define SUPER_AT 65536
#define OLD_SUPER_AT 8192 /* before Linux 2.4 and 3.5.10 */

struct super {
	le32 blocks;
	le32 free;
	le32 root;
	le32 journal_first;
	le32 journal_device; /* 0: this one */
	le32 journal_size;
	uint8_t unused1[20];
	le16 block_size;
	uint8_t unused2[4];
	le16 state; /* 1: was unmounted */
	char magic[10];
	le16 fsck_state;
	le32 hash;
	le16 height;
	le16 bitmaps;
	le16 version; /* 0: 3.5; from here on what is said is of 3.6 */
	uint8_t unused3[10];
	uint8_t uuid[16];
	char label[16];
};

static_assert(sizeof(struct super) == 116, "as in the format");

#define STATE_UNMOUNTED 1
#define ROOT_REBUILT                                                           \
	UINT32_MAX /* reiserfsck --rebuild-tree was interrupted                \
		    */

/* The key of the root directory. */
#define ROOT_DIR 1
#define ROOT_OBJECT 2

static const char old_magic[] = "ReIsErFs";
static const char new_magic[] = "ReIsEr2Fs";
static const char journal_magic[] = "ReIsEr3Fs"; /* not where it always is */

static const char journal_notice[] =
	"was not unmounted, and its journal cannot be read: what was written "
	"last may be missing";

static bool is_magic(const char *magic, const char *wanted)
{
	return memcmp(magic, wanted, strlen(wanted)) == 0;
}

/* Where a superblock is: 1, or 0 if there is none.  Linux looks so, too. */
static int find_super(struct volume *vol, uint64_t *at, struct error *err)
{
	struct super super;

	if (vol->size < OLD_SUPER_AT + sizeof(super))
		return 0;
	*at = OLD_SUPER_AT;
	if (volume_read(vol, *at, &super, sizeof(super), err) < 0)
		return -1;
	if (is_magic(super.magic, old_magic))
		return 1;
	if (vol->size < SUPER_AT + sizeof(super))
		return 0;
	*at = SUPER_AT;
	if (volume_read(vol, *at, &super, sizeof(super), err) < 0)
		return -1;
	return is_magic(super.magic, old_magic) ||
		is_magic(super.magic, new_magic) ||
		is_magic(super.magic, journal_magic);
}

static int reiserfs_probe(struct volume *vol, struct error *err)
{
	uint64_t at;

	return find_super(vol, &at, err);
}

static int set_sizes(
	struct reiserfs *rs, const struct super *super, struct error *err)
{
	rs->block_size = le16_get(super->block_size);
	rs->blocks = le32_get(super->blocks);
	rs->root = le32_get(super->root);
	if (!is_power_of_two(rs->block_size) ||
		rs->block_size < REISERFS_BLOCK_MIN)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of %" PRIu32 " bytes",
			rs->block_size);
	if (rs->root == ROOT_REBUILT)
		return error_set(err, ERR_CORRUPT,
			"superblock: reiserfsck --rebuild-tree was not "
			"finished");
	return 0;
}

/* The journal, and then the superblock again, which may be in it. */
static int load_journal(struct fs *fs, struct reiserfs *rs, uint64_t at,
	struct super *super, struct error *err)
{
	uint32_t block = (uint32_t)(at / rs->block_size);
	struct error why;

	if (le32_get(super->journal_device) != 0) {
		if (le16_get(super->state) != STATE_UNMOUNTED)
			fs->notice = journal_notice;
		return 0;
	}
	if (reiserfs_journal_load(rs, le32_get(super->journal_first),
		    le32_get(super->journal_size), &why) < 0) {
		fs->notice = journal_notice;
		return 0;
	}
	at = reiserfs_block_at(rs, block) + at % rs->block_size;
	if (volume_read(rs->vol, at, super, sizeof(*super), err) < 0)
		return -1;
	if (le16_get(super->block_size) != rs->block_size)
		return error_set(err, ERR_CORRUPT,
			"journal: another superblock is in it");
	return set_sizes(rs, super, err);
}

static int read_super(struct fs *fs, struct reiserfs *rs, struct super *super,
	struct error *err)
{
	uint64_t at;
	int found = find_super(fs->vol, &at, err);

	if (found < 0)
		return -1;
	if (!found)
		return error_set(err, ERR_CORRUPT, "changed while it was read");
	if (volume_read(fs->vol, at, super, sizeof(*super), err) < 0 ||
		set_sizes(rs, super, err) < 0)
		return -1;
	return load_journal(fs, rs, at, super, err);
}

/* What 3.5 knows neither of is filled with zeros. */
static void set_names(struct fs *fs, const struct super *super)
{
	static const uint8_t none[sizeof(super->uuid)];

	snprintf(fs->label, sizeof(fs->label), "%.*s",
		(int)sizeof(super->label), super->label);
	if (memcmp(super->uuid, none, sizeof(none)) != 0)
		fs_set_uuid(fs, super->uuid);
}

static int reiserfs_open(struct fs *fs, struct error *err)
{
	struct reiserfs *rs = arena_alloc(fs->arena, sizeof(*rs), err);
	struct super super;

	if (!rs)
		return -1;
	rs->vol = fs->vol;
	rs->arena = fs->arena;
	if (read_super(fs, rs, &super, err) < 0)
		return -1;
	rs->cache.vol = rs->vol;
	rs->cache.arena = rs->arena;
	rs->cache.size = rs->block_size;
	if (reiserfs_stat(rs, ROOT_DIR, ROOT_OBJECT, &fs->root, err) < 0)
		return error_in(err, "root directory");
	if (fs->root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	set_names(fs, &super);
	fs->priv = rs;
	return 0;
}

const struct fs_driver reiserfs_driver = {
	.name = "reiserfs",
	.data_in_place = true,
	.probe = reiserfs_probe,
	.open = reiserfs_open,
	.readdir = reiserfs_readdir,
	.lookup = reiserfs_lookup,
	.read = reiserfs_read,
	.map = reiserfs_map,
};
