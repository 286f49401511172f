/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs.c - NTFS 1.2 to 3.1
 *
 * Format: the structures of Linux' fs/ntfs3/ntfs.h and of ntfs-3g's layout.h,
 * and Microsoft's [MS-FSCC] and [MS-XCA].  The journal is not replayed; streams
 * beside a file's contents are passed over.
 */
#include "fsdrivers/ntfs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/checked.h"
#include "src/base/utf8.h"

#define SECTOR_MIN 256
#define SECTOR_MAX 4096
#define CLUSTER_MAX (2U << 20) /* bytes; Windows' limit */
#define RECORD_MIN 512

#define LABEL_UNITS 128
#define DIRTY 1

static const char dirty_notice[] =
	"it was not unmounted: files changed just before may be incomplete";
static const char hibernated_notice[] =
	"Windows is hibernated: what it had not written is missing";

struct boot {
	uint8_t jump[3];
	char name[8];
	le16 sector;     /* bytes */
	uint8_t cluster; /* sectors; above 128: 2^(256 - cluster) */
	uint8_t unused[26];
	le64 sectors;
	le64 mft; /* clusters */
	le64 mirror;
	int8_t record; /* clusters, or 2^-record bytes */
	uint8_t unused2[7];
	le64 serial;
};

_Static_assert(sizeof(struct boot) == 80, "as the format has it");

static int read_boot(struct volume *vol, struct boot *boot, struct error *err)
{
	if (vol->size < sizeof(*boot))
		return 0;
	if (volume_read(vol, 0, boot, sizeof(*boot), err) < 0)
		return -1;
	return memcmp(boot->name, "NTFS    ", sizeof(boot->name)) == 0;
}

static int ntfs_probe(struct volume *vol, struct error *err)
{
	struct boot boot;

	return read_boot(vol, &boot, err);
}

static int set_sizes(
	struct ntfs *ntfs, const struct boot *boot, struct error *err)
{
	uint32_t sector = le16_get(boot->sector);
	uint64_t sectors = boot->cluster, cluster, record = 0;

	if (sectors > 128 && 256 - sectors < 32)
		sectors = UINT64_C(1) << (256 - sectors);
	cluster = sectors * sector;
	if (!is_power_of_two(sector) || sector < SECTOR_MIN ||
		sector > SECTOR_MAX || !is_power_of_two(cluster) ||
		cluster > CLUSTER_MAX)
		return error_set(err, ERR_CORRUPT,
			"sectors of %" PRIu32 " bytes, clusters of %" PRIu64,
			sector, cluster);
	if (boot->record > 0)
		record = (uint64_t)boot->record * cluster;
	else if (boot->record > -32)
		record = UINT64_C(1) << -boot->record;
	if (!is_power_of_two(record) || record < RECORD_MIN ||
		record > NTFS_RECORD_MAX)
		return error_set(err, ERR_CORRUPT,
			"records of %" PRIu64 " bytes", record);
	ntfs->cluster = (uint32_t)cluster;
	ntfs->record = (uint32_t)record;
	ntfs->clusters = le64_get(boot->sectors) / sectors;
	if (ntfs->clusters > INT64_MAX / cluster)
		return error_set(err, ERR_CORRUPT, "%" PRIu64 " sectors",
			le64_get(boot->sectors));
	return 0;
}

static int open_mft(
	struct ntfs *ntfs, const struct boot *boot, struct error *err)
{
	uint64_t mft = le64_get(boot->mft), mirror = le64_get(boot->mirror);

	if (set_sizes(ntfs, boot, err) < 0)
		return error_in(err, "boot sector");
	if (mft >= ntfs->clusters || mirror >= ntfs->clusters)
		return error_set(err, ERR_CORRUPT,
			"boot sector: the MFT in cluster %" PRIu64
			" and %" PRIu64 " of %" PRIu64,
			mft, mirror, ntfs->clusters);
	ntfs->mirror = mirror * ntfs->cluster;
	if (ntfs_find_mft(ntfs, mft * ntfs->cluster, err) < 0)
		return error_in(err, "MFT");
	return 0;
}

/* What is wrong with label and flags is no reason not to read the files. */
static void read_volume(struct fs *fs, struct ntfs *ntfs)
{
	uint16_t units[LABEL_UNITS];
	struct ntfs_attr attr;
	struct error why;
	size_t i;

	if (ntfs_load(ntfs, NTFS_VOLUME, &why) < 0)
		return;
	if (ntfs_attr(ntfs, NTFS_VOLUME_NAME, "", &attr, &why) > 0 &&
		attr.value && attr.size <= sizeof(units)) {
		for (i = 0; i < attr.size / 2; i++)
			units[i] = le16_get(((const le16 *)attr.value)[i]);
		if (utf8_of_utf16(units, i, fs->label, sizeof(fs->label)) ==
			SIZE_MAX)
			fs->label[0] = '\0';
	}
	if (ntfs_attr(ntfs, NTFS_VOLUME_FLAGS, "", &attr, &why) > 0 &&
		attr.value && attr.size >= 12 && (attr.value[10] & DIRTY))
		fs->notice = dirty_notice;
}

/* Windows' memory image says whether it is one to wake up from. */
static bool is_hibernated(struct fs *fs, struct ntfs *ntfs)
{
	struct ntfs_attr attr;
	struct fs_node node;
	struct error why;
	char magic[4];

	return ntfs_lookup(fs, &fs->root, "hiberfil.sys", &node, &why) > 0 &&
		node.type == FS_FILE && node.size >= sizeof(magic) &&
		ntfs_attr(ntfs, NTFS_DATA, "", &attr, &why) > 0 &&
		ntfs_attr_read(ntfs, &attr, 0, magic, sizeof(magic), &why) ==
		0 &&
		(memcmp(magic, "hibr", 4) == 0 ||
			memcmp(magic, "HIBR", 4) == 0);
}

static int ntfs_open(struct fs *fs, struct error *err)
{
	struct ntfs *ntfs = arena_alloc(fs->arena, sizeof(*ntfs), err);
	struct boot boot;
	int r;

	if (!ntfs)
		return -1;
	ntfs->vol = fs->vol;
	ntfs->arena = fs->arena;
	r = read_boot(fs->vol, &boot, err);
	if (r == 0)
		error_set(err, ERR_CORRUPT, "changed while it was read");
	if (r <= 0 || open_mft(ntfs, &boot, err) < 0)
		return -1;
	fs->priv = ntfs;
	if (ntfs_load(ntfs, NTFS_ROOT, err) < 0 ||
		ntfs_node(ntfs, &fs->root, err) < 0)
		return error_in(err, "root directory");
	if (fs->root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "root directory: it is none");
	snprintf(fs->uuid, sizeof(fs->uuid), "%016" PRIX64,
		le64_get(boot.serial));
	read_volume(fs, ntfs);
	if (is_hibernated(fs, ntfs))
		fs->notice = hibernated_notice;
	return 0;
}

/* The contents of a file that can be read. */
static int find_data(struct ntfs *ntfs, const struct fs_node *node,
	struct ntfs_attr *attr, struct error *err)
{
	int r;

	if (ntfs_check_kind(node, err) < 0 ||
		ntfs_load(ntfs, node->id, err) < 0)
		return -1;
	r = ntfs_attr(ntfs, NTFS_DATA, "", attr, err);
	if (r < 0)
		return -1;
	if ((r > 0 ? attr->size : 0) != node->size)
		return error_set(
			err, ERR_CORRUPT, "it changed while it was read");
	if (attr->flags & NTFS_ENCRYPTED)
		return error_set(err, ERR_UNSUPPORTED, "is encrypted");
	return 0;
}

static int ntfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct ntfs_attr attr;

	if (node->type == FS_SYMLINK)
		return ntfs_link_read(fs->priv, node, off, buf, len, err);
	if (find_data(fs->priv, node, &attr, err) < 0)
		return -1;
	return ntfs_attr_read(fs->priv, &attr, off, buf, len, err);
}

static int ntfs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct ntfs_attr attr;

	if (node->type == FS_SYMLINK)
		return 1;
	if (find_data(fs->priv, node, &attr, err) < 0)
		return -1;
	if (attr.value || (attr.flags & NTFS_PACKED))
		return 1;
	return ntfs_attr_map(fs->priv, &attr, visit, ctx, err);
}

const struct fs_driver ntfs_driver = {
	.name = "ntfs",
	.data_in_place = true,
	.probe = ntfs_probe,
	.open = ntfs_open,
	.readdir = ntfs_readdir,
	.lookup = ntfs_lookup,
	.read = ntfs_read,
	.map = ntfs_map,
};
