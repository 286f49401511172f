/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix.c - the file systems of Minix 1, 2 and 3, in either byte order
 *
 * Format: include/uapi/linux/minix_fs.h of Linux, and "Operating Systems:
 * Design and Implementation" of Tanenbaum and Woodhull.  Zones of more than one
 * block, which only Minix itself ever had, cannot be read, nor does Linux.
 */
#include "fsdrivers/minix.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/indirect.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define SUPER_OFFSET 1024
#define ROOT 1 /* its inode */
#define DIRECT 7

#define STATE_CLEAN 1
#define STATE_ERRORS 2

static const char unclean_notice[] =
	"it was not unmounted, or has errors: files changed just before may be "
	"missing or old";

struct super {
	raw16 inodes;
	raw16 zones;
	raw16 inode_map; /* blocks */
	raw16 zone_map;  /* blocks */
	raw16 first_zone;
	raw16 zone_log; /* blocks of a zone */
	raw32 file_max;
	raw16 magic;
	raw16 state;
	raw32 zones2; /* of version 2 */
};

struct super3 {
	raw32 inodes;
	raw16 unused1;
	raw16 inode_map;
	raw16 zone_map;
	raw16 first_zone;
	raw16 zone_log;
	raw16 unused2;
	raw32 file_max;
	raw32 zones;
	raw16 magic;
	raw16 unused3;
	raw16 block_size;
	uint8_t revision;
	uint8_t unused4;
};

_Static_assert(sizeof(struct super) == 24, "as the format has it");
_Static_assert(sizeof(struct super3) == 32, "as the format has it");

union super_any {
	struct super old;
	struct super3 third;
};

struct inode1 {
	raw16 mode;
	raw16 owner;
	raw32 size;
	raw32 mtime;
	uint8_t group;
	uint8_t links;
	uint8_t pointers[18];
};

struct inode2 {
	raw16 mode;
	raw16 links;
	raw16 owner;
	raw16 group;
	raw32 size;
	raw32 atime;
	raw32 mtime;
	raw32 ctime;
	uint8_t pointers[40];
};

_Static_assert(sizeof(struct inode1) == 32, "as the format has it");
_Static_assert(sizeof(struct inode2) == 64, "as the format has it");

static uint32_t inode_size(const struct minix *minix)
{
	return minix->version == 1 ? sizeof(struct inode1)
				   : sizeof(struct inode2);
}

/* The superblock */

static const struct {
	uint16_t magic;
	unsigned int version;
	unsigned int name_size;
} magics[] = {
	{ 0x137f, 1, 14 },
	{ 0x138f, 1, 30 },
	{ 0x2468, 2, 14 },
	{ 0x2478, 2, 30 },
};

#define MAGIC3 0x4d5a

static bool take_magic(struct minix *minix, const union super_any *super)
{
	size_t i;

	if (raw16_get(super->third.magic, minix->big) == MAGIC3) {
		minix->version = 3;
		minix->name_size = MINIX_NAME_MAX;
		return true;
	}
	for (i = 0; i < LENGTH(magics); i++)
		if (raw16_get(super->old.magic, minix->big) ==
			magics[i].magic) {
			minix->version = magics[i].version;
			minix->name_size = magics[i].name_size;
			return true;
		}
	return false;
}

/* What version 3 has larger; the shift of zones. */
struct numbers {
	uint64_t zones;
	uint32_t inode_map, zone_map, zone_log;
};

static struct numbers numbers_of(
	struct minix *minix, const union super_any *super)
{
	const struct super *old = &super->old;
	const struct super3 *third = &super->third;
	bool big = minix->big;

	if (minix->version == 3) {
		minix->inodes = raw32_get(third->inodes, big);
		minix->block_size = raw16_get(third->block_size, big);
		return (struct numbers){ raw32_get(third->zones, big),
			raw16_get(third->inode_map, big),
			raw16_get(third->zone_map, big),
			raw16_get(third->zone_log, big) };
	}
	minix->inodes = raw16_get(old->inodes, big);
	minix->block_size = 1024;
	return (struct numbers){ minix->version == 1
			? raw16_get(old->zones, big)
			: raw32_get(old->zones2, big),
		raw16_get(old->inode_map, big), raw16_get(old->zone_map, big),
		raw16_get(old->zone_log, big) };
}

/*
 * A magic number of 16 bits says little: what it stands among has to make
 * sense, too.  The maps have a bit each for inodes and zones, and one more.
 */
static bool set_geometry(struct minix *minix, const struct numbers *super)
{
	uint64_t size = minix->block_size, bits = size * 8, table;

	if (!is_power_of_two(size) || size < 1024 || minix->inodes == 0 ||
		super->inode_map < (minix->inodes + bits) / bits)
		return false;
	/* none of these can overflow: 2^16 blocks of 2^15 bytes, 2^32 inodes */
	minix->table = (2 + super->inode_map + super->zone_map) * size;
	table = (uint64_t)minix->inodes * inode_size(minix);
	minix->start = minix->table + (table + size - 1) / size * size;
	minix->size = super->zones * size;
	return minix->start < minix->size &&
		super->zone_map >=
		((minix->size - minix->start) / size + bits) / bits;
}

/* 1 if there is one that makes sense, and minix is set. */
static int read_super(struct minix *minix, union super_any *super,
	struct numbers *numbers, struct error *err)
{
	int order;

	if (minix->vol->size < SUPER_OFFSET + sizeof(*super))
		return 0;
	if (volume_read(minix->vol, SUPER_OFFSET, super, sizeof(*super), err) <
		0)
		return -1;
	for (order = 0; order < 2; order++) {
		minix->big = order == 1;
		if (!take_magic(minix, super))
			continue;
		*numbers = numbers_of(minix, super);
		if (set_geometry(minix, numbers))
			return 1;
	}
	return 0;
}

static int minix_probe(struct volume *vol, struct error *err)
{
	struct minix minix = { .vol = vol };
	struct numbers numbers;
	union super_any super;

	return read_super(&minix, &super, &numbers, err);
}

/* Inodes */

static unsigned int decode(
	const struct minix *minix, const void *raw, struct minix_inode *inode)
{
	const struct inode1 *first = raw;
	const struct inode2 *second = raw;

	if (minix->version == 1) {
		inode->size = raw32_get(first->size, minix->big);
		inode->mtime = raw32_get(first->mtime, minix->big);
		memcpy(inode->pointers, first->pointers,
			sizeof(first->pointers));
		return raw16_get(first->mode, minix->big);
	}
	inode->size = raw32_get(second->size, minix->big);
	inode->mtime = raw32_get(second->mtime, minix->big);
	memcpy(inode->pointers, second->pointers, sizeof(second->pointers));
	return raw16_get(second->mode, minix->big);
}

static int read_inode(struct minix *minix, uint32_t ino,
	struct minix_inode *inode, struct error *err)
{
	uint32_t size = inode_size(minix);
	uint8_t raw[sizeof(struct inode2)];
	unsigned int mode;

	*inode = (struct minix_inode){ .ino = ino };
	if (ino < ROOT || ino > minix->inodes)
		return error_set(err, ERR_CORRUPT, "there is no such inode");
	if (volume_read(minix->vol, minix->table + (ino - 1) * (uint64_t)size,
		    raw, size, err) < 0)
		return -1;
	mode = decode(minix, raw, inode);
	inode->type = fs_type_of_mode(mode);
	if ((mode & S_IFMT) == 0)
		return error_set(
			err, ERR_CORRUPT, "not in use (mode 0%o)", mode);
	return 0;
}

int minix_inode_read(struct minix *minix, uint32_t ino,
	struct minix_inode *inode, struct error *err)
{
	if (read_inode(minix, ino, inode, err) < 0)
		return error_in(err, "inode %" PRIu32, ino);
	return 0;
}

int minix_inode_load(struct minix *minix, const struct fs_node *node,
	struct minix_inode *inode, struct error *err)
{
	if (minix_inode_read(minix, (uint32_t)node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}

struct fs_node minix_node(const struct minix_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->ino,
	};
}

/* Files */

static int map_range(struct minix *minix, const struct minix_inode *inode,
	uint64_t from, uint64_t to, fs_visit_extent *visit, void *ctx,
	struct error *err)
{
	const struct indirect form = {
		.vol = minix->vol,
		.start = minix->start,
		.size = minix->size,
		.block_size = minix->block_size,
		.unit = minix->block_size,
		.width = minix->version == 1 ? 2 : 4,
		.big = minix->big,
	};
	struct filemap map;
	int r;

	filemap_start(&map, from, to, visit, ctx);
	r = indirect_map(&form, inode->pointers, DIRECT,
		minix->version == 1 ? 2 : 3, inode->size, &map, err);
	if (r < 0 && !map.stopped)
		return error_in(err, "inode %" PRIu32, inode->ino);
	return r;
}

int minix_copy(struct minix *minix, const struct minix_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { minix->vol, off, buf };

	return map_range(
		minix, inode, off, off + len, filemap_copy, &copy, err);
}

static int minix_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct minix_inode inode;

	if (minix_inode_load(fs->priv, node, &inode, err) < 0)
		return -1;
	return minix_copy(fs->priv, &inode, off, buf, len, err);
}

static int minix_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct minix_inode inode;

	if (minix_inode_load(fs->priv, node, &inode, err) < 0)
		return -1;
	return map_range(fs->priv, &inode, 0, inode.size, visit, ctx, err);
}

static int set_root(struct fs *fs, struct minix *minix, struct error *err)
{
	struct minix_inode root;

	if (minix_inode_read(minix, ROOT, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = minix_node(&root);
	return 0;
}

/* There is neither a label nor a UUID. */
static int minix_open(struct fs *fs, struct error *err)
{
	struct minix *minix = arena_alloc(fs->arena, sizeof(*minix), err);
	struct numbers numbers;
	union super_any super;
	unsigned int state;
	int found;

	if (!minix)
		return -1;
	minix->vol = fs->vol;
	found = read_super(minix, &super, &numbers, err);
	if (found == 0)
		error_set(err, ERR_CORRUPT, "changed while it was read");
	if (found <= 0)
		return error_in(err, "superblock");
	if (numbers.zone_log != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: zones of 2^%" PRIu32 " blocks",
			numbers.zone_log);
	if (set_root(fs, minix, err) < 0)
		return -1;
	state = raw16_get(super.old.state, minix->big);
	if (minix->version != 3 &&
		(!(state & STATE_CLEAN) || state & STATE_ERRORS))
		fs->notice = unclean_notice;
	fs->priv = minix;
	return 0;
}

const struct fs_driver minix_driver = {
	.name = "minix",
	.data_in_place = true,
	.probe = minix_probe,
	.open = minix_open,
	.readdir = minix_readdir,
	.lookup = minix_lookup,
	.read = minix_read,
	.map = minix_map,
};
