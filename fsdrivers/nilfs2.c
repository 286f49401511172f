/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nilfs2.c - NILFS2, the log-structured file system of Linux
 *
 * Format: include/uapi/linux/nilfs2_ondisk.h of Linux.  What was written behind
 * the latest checkpoint, by fsync() alone, is not read: fs->notice says so
 * where it matters.
 */
#include "fsdrivers/nilfs2.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "fsdrivers/drivers.h"
#include "src/base/checked.h"

#define SUPER_AT 1024
#define SUPER_SIZE 1024
#define MAGIC 0x3434
#define REVISION 2

#define STATE_CLEAN 1
#define STATE_ERRORS 2

#define DAT_ENTRY_MIN 32 /* bytes that are known */
#define CHECKPOINT_MIN 192

static const char unclean_notice[] =
	"was not unmounted, or has errors: what was written last may be "
	"missing";

struct super {
	le32 revision;
	le16 minor_revision;
	le16 magic;
	le16 size; /* bytes that the sum is of */
	le16 flags;
	le32 seed;
	le32 sum;
	le32 block_shift; /* above 10 */
	le64 segments;
	le64 device_size;
	le64 first_block;
	le32 segment_blocks;
	le32 reserved;
	le64 last_checkpoint;
	le64 last_log;
	le64 last_sequence;
	le64 free_blocks;
	le64 created;
	le64 mounted;
	le64 written;
	le16 mount_count;
	le16 mount_max;
	le16 state;
	le16 errors;
	le64 checked;
	le32 check_interval;
	le32 creator;
	le16 uid;
	le16 gid;
	le32 first_inode;
	le16 inode_size;
	le16 dat_entry_size;
	le16 checkpoint_size;
	le16 usage_size;
	uint8_t uuid[16];
	char label[80];
	le32 interval;
	le32 block_max;
	le64 compatible;
	le64 compatible_to_read;
	le64 incompatible;
	uint8_t unused[SUPER_SIZE - 280];
};

static_assert(sizeof(struct super) == SUPER_SIZE, "as in the format");

uint32_t nilfs2_crc(uint32_t crc, const void *data, size_t len)
{
	/* what zlib inverts is not inverted here */
	return ~(uint32_t)crc32(~crc, data, (uInt)len);
}

static bool is_valid(const struct super *super)
{
	static const le32 zero;
	size_t size = le16_get(super->size), at = offsetof(struct super, sum);
	uint32_t crc = le32_get(super->seed);

	if (le16_get(super->magic) != MAGIC || size < at + sizeof(zero) ||
		size > sizeof(*super))
		return false;
	crc = nilfs2_crc(crc, super, at);
	crc = nilfs2_crc(crc, &zero, sizeof(zero));
	crc = nilfs2_crc(crc, (const uint8_t *)super + at + sizeof(zero),
		size - at - sizeof(zero));
	return nilfs2_sum_is(crc, super->sum);
}

/* The last 4 KiB of the volume begin with a copy. */
static int read_copy(struct volume *vol, struct super *copy, struct error *err)
{
	*copy = (struct super){ 0 };
	if (vol->size < SUPER_AT + SUPER_SIZE + 4096)
		return 0;
	return volume_read(
		vol, (vol->size >> 12 << 12) - 4096, copy, sizeof(*copy), err);
}

/*
 * The newer of the two that are sound: 1; 0: the first is none of ours, or both
 * are damaged.  The copy alone counts for nothing: mkfs of others leaves it.
 */
static int read_super(
	struct volume *vol, struct super *super, struct error *err)
{
	struct super copy;
	bool first;

	if (vol->size < SUPER_AT + sizeof(*super))
		return 0;
	if (volume_read(vol, SUPER_AT, super, sizeof(*super), err) < 0)
		return -1;
	if (le16_get(super->magic) != MAGIC)
		return 0;
	if (read_copy(vol, &copy, err) < 0)
		return -1;
	first = is_valid(super);
	if (is_valid(&copy) &&
		(!first ||
			le64_get(copy.last_checkpoint) >
				le64_get(super->last_checkpoint))) {
		*super = copy;
		return 1;
	}
	return first;
}

static int nilfs2_probe(struct volume *vol, struct error *err)
{
	struct super super;

	return read_super(vol, &super, err);
}

static int check_features(const struct super *super, struct error *err)
{
	if (le32_get(super->revision) != REVISION)
		return error_set(err, ERR_UNSUPPORTED,
			"revision %" PRIu32 " of the format",
			le32_get(super->revision));
	if (le64_get(super->incompatible) != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"unknown features 0x%" PRIx64,
			le64_get(super->incompatible));
	return 0;
}

static bool size_fits(uint32_t size, uint32_t min, uint32_t max)
{
	return size >= min && size <= max;
}

static int set_sizes(
	struct nilfs2 *nilfs, const struct super *super, struct error *err)
{
	uint32_t shift = le32_get(super->block_shift);

	if (shift > 6)
		return error_set(err, ERR_CORRUPT,
			"blocks of 2^%" PRIu64 " bytes", (uint64_t)shift + 10);
	nilfs->block_size = UINT32_C(1024) << shift;
	nilfs->seed = le32_get(super->seed);
	nilfs->dat.entry_size = le16_get(super->dat_entry_size);
	nilfs->inodes.entry_size = le16_get(super->inode_size);
	nilfs->dat_at = FS_HOLE;
	/* a super root has three inodes in one block */
	if (!size_fits(
		    nilfs->dat.entry_size, DAT_ENTRY_MIN, nilfs->block_size) ||
		!size_fits(nilfs->inodes.entry_size,
			sizeof(struct nilfs2_raw_inode),
			(nilfs->block_size - 16) / 3) ||
		!size_fits(le16_get(super->checkpoint_size), CHECKPOINT_MIN,
			nilfs->block_size))
		return error_set(err, ERR_CORRUPT,
			"inodes of %" PRIu32 ", entries of %" PRIu32
			", checkpoints of %u bytes",
			nilfs->inodes.entry_size, nilfs->dat.entry_size,
			(unsigned int)le16_get(super->checkpoint_size));
	return 0;
}

static int set_segments(const struct nilfs2 *nilfs, const struct super *super,
	struct nilfs2_super *log, struct error *err)
{
	uint64_t bytes;

	*log = (struct nilfs2_super){
		.segments = le64_get(super->segments),
		.first_block = le64_get(super->first_block),
		.segment_blocks = le32_get(super->segment_blocks),
		.log = le64_get(super->last_log),
		.sequence = le64_get(super->last_sequence),
		.inode_size = nilfs->inodes.entry_size,
		.checkpoint_size = le16_get(super->checkpoint_size),
	};
	/* none is cut short */
	if (log->first_block >= log->segment_blocks ||
		!mul_u64(log->segments, log->segment_blocks, &bytes) ||
		log->log >= bytes || log->log < log->first_block ||
		!mul_u64(bytes, nilfs->block_size, &bytes) || bytes > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " segments of %" PRIu32
			" blocks, the last log at block 0x%" PRIx64,
			log->segments, log->segment_blocks, log->log);
	return 0;
}

static int set_root(struct fs *fs, struct nilfs2 *nilfs, struct error *err)
{
	struct nilfs2_inode root;

	if (nilfs2_inode_read(nilfs, NILFS2_ROOT, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = nilfs2_node(&root);
	return 0;
}

static int open_volume(struct fs *fs, struct nilfs2 *nilfs, struct error *err)
{
	struct nilfs2_super log;
	struct super super;
	int found = read_super(fs->vol, &super, err);
	unsigned int state;

	if (found == 0)
		error_set(err, ERR_CORRUPT, "changed while it was read");
	if (found <= 0 || check_features(&super, err) < 0 ||
		set_sizes(nilfs, &super, err) < 0 ||
		set_segments(nilfs, &super, &log, err) < 0)
		return error_in(err, "superblock");
	nilfs->blocks.size = nilfs->block_size;
	nilfs->dat_blocks.size = nilfs->block_size;
	if (nilfs2_log_open(nilfs, &log, err) < 0 ||
		set_root(fs, nilfs, err) < 0)
		return -1;
	snprintf(fs->label, sizeof(fs->label), "%.*s", (int)sizeof(super.label),
		super.label);
	fs_set_uuid(fs, super.uuid);
	state = le16_get(super.state);
	if (!(state & STATE_CLEAN) || state & STATE_ERRORS)
		fs->notice = unclean_notice;
	return 0;
}

static int nilfs2_open(struct fs *fs, struct error *err)
{
	struct nilfs2 *nilfs = arena_alloc(fs->arena, sizeof(*nilfs), err);

	if (!nilfs)
		return -1;
	nilfs->vol = fs->vol;
	nilfs->blocks.vol = fs->vol;
	nilfs->blocks.arena = fs->arena;
	nilfs->dat_blocks = nilfs->blocks;
	if (open_volume(fs, nilfs, err) < 0)
		return -1;
	fs->priv = nilfs;
	return 0;
}

/* Checkpoints share blocks, so none may be changed in place. */
const struct fs_driver nilfs2_driver = {
	.name = "nilfs2",
	.probe = nilfs2_probe,
	.open = nilfs2_open,
	.readdir = nilfs2_readdir,
	.lookup = nilfs2_lookup,
	.read = nilfs2_read,
	.map = nilfs2_map,
};
