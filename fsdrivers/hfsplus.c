/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hfsplus.c - HFS+ and HFSX, also in the wrapper that old Macs need
 *
 * Format: Apple's Technical Note 1150, and fs/hfsplus/hfsplus_raw.h of Linux.
 * Names are given as the disk has them, characters taken apart.  The journal is
 * not replayed; compressed files are refused by name.
 */
#include "fsdrivers/hfsplus.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "fsdrivers/drivers.h"
#include "src/base/checked.h"

#define HEADER_OFFSET 1024

#define SIGNATURE 0x482b         /* "H+" */
#define SIGNATURE_X 0x4858       /* "HX" */
#define SIGNATURE_WRAPPER 0x4244 /* "BD": HFS */

#define ATTRIBUTE_UNMOUNTED 0x100
#define ATTRIBUTE_INCONSISTENT 0x800

#define COMPARE_BINARY 0xbc /* of a catalogue's keys; 0xcf: in lower case */

static const char unclean_notice[] =
	"it was not unmounted, or its journal is still needed: files changed "
	"just before may be missing or old";

struct header {
	be16 signature;
	be16 version;
	be32 attributes;
	uint8_t unused1[32];
	be32 block_size;
	be32 blocks;
	uint8_t unused2[56];
	be32 id[2];
	struct hfsplus_raw_fork allocation;
	struct hfsplus_raw_fork extents;
	struct hfsplus_raw_fork catalog;
	struct hfsplus_raw_fork attribute_file;
	struct hfsplus_raw_fork startup;
};

_Static_assert(sizeof(struct header) == 512, "as the format has it");
_Static_assert(offsetof(struct header, id) == 104, "as it has it");

/* The same place in HFS, for which we only look into the wrapper. */
struct wrapper {
	be16 signature;
	uint8_t unused1[18];
	be32 block_size;
	uint8_t unused2[4];
	be16 first_block; /* sectors of 512 bytes */
	uint8_t unused3[94];
	be16 inner; /* signature of what is inside */
	be16 start; /* blocks */
	be16 count;
};

_Static_assert(offsetof(struct wrapper, inner) == 124, "as the format has it");

static bool is_signature(be16 signature)
{
	return be16_get(signature) == SIGNATURE ||
		be16_get(signature) == SIGNATURE_X;
}

/* 1: the volume header, and *start where the volume begins; 0: there is none */
static int find_header(struct volume *vol, struct header *header,
	uint64_t *start, struct error *err)
{
	const struct wrapper *wrapper = (const void *)header;

	*start = 0;
	if (vol->size < HEADER_OFFSET + sizeof(*header))
		return 0;
	if (volume_read(vol, HEADER_OFFSET, header, sizeof(*header), err) < 0)
		return -1;
	if (be16_get(header->signature) == SIGNATURE_WRAPPER &&
		is_signature(wrapper->inner)) {
		/* of 16 and 32 bits: nothing overflows */
		*start = be16_get(wrapper->first_block) * UINT64_C(512) +
			(uint64_t)be16_get(wrapper->start) *
				be32_get(wrapper->block_size);
		if (!range_inside(
			    *start, HEADER_OFFSET + sizeof(*header), vol->size))
			return 0;
		if (volume_read(vol, *start + HEADER_OFFSET, header,
			    sizeof(*header), err) < 0)
			return -1;
	}
	return is_signature(header->signature);
}

static int hfsplus_probe(struct volume *vol, struct error *err)
{
	struct header header;
	uint64_t start;

	return find_header(vol, &header, &start, err);
}

static int open_trees(
	struct hfsplus *hfs, const struct header *header, struct error *err)
{
	hfs->extents.name = "extents";
	hfs->extents.extents = true;
	hfs->catalog.name = "catalogue";
	if (hfsplus_fork_take(hfs, &hfs->extents.fork, HFSPLUS_EXTENTS_FILE,
		    &header->extents, err) < 0 ||
		hfsplus_tree_open(hfs, &hfs->extents, err) < 0 ||
		hfsplus_fork_take(hfs, &hfs->catalog.fork, HFSPLUS_CATALOG_FILE,
			&header->catalog, err) < 0 ||
		hfsplus_tree_open(hfs, &hfs->catalog, err) < 0)
		return -1;
	hfs->binary = be16_get(header->signature) == SIGNATURE_X &&
		hfs->catalog.compare == COMPARE_BINARY;
	return 0;
}

static int set_sizes(
	struct hfsplus *hfs, const struct header *header, struct error *err)
{
	uint64_t bytes;

	hfs->block_size = be32_get(header->block_size);
	hfs->blocks = be32_get(header->blocks);
	/* of 32 bits each */
	bytes = hfs->blocks * hfs->block_size;
	if (!is_power_of_two(hfs->block_size) || hfs->block_size < 512 ||
		bytes > INT64_MAX - hfs->start)
		return error_set(err, ERR_CORRUPT,
			"volume header: %" PRIu64 " blocks of %" PRIu32
			" bytes",
			hfs->blocks, hfs->block_size);
	return 0;
}

static int hfsplus_open(struct fs *fs, struct error *err)
{
	struct hfsplus *hfs = arena_alloc(fs->arena, sizeof(*hfs), err);
	uint32_t attributes;
	struct header header;
	int found;

	if (!hfs)
		return -1;
	hfs->vol = fs->vol;
	found = find_header(fs->vol, &header, &hfs->start, err);
	if (found == 0)
		error_set(err, ERR_CORRUPT, "changed while it was read");
	if (found <= 0)
		return error_in(err, "volume header");
	if (be16_get(header.signature) == SIGNATURE_X)
		snprintf(fs->type, sizeof(fs->type), "hfsx");
	if (set_sizes(hfs, &header, err) < 0 ||
		open_trees(hfs, &header, err) < 0 ||
		hfsplus_root(fs, hfs, err) < 0)
		return -1;
	snprintf(fs->uuid, sizeof(fs->uuid), "%08" PRIx32 "%08" PRIx32,
		be32_get(header.id[0]), be32_get(header.id[1]));
	attributes = be32_get(header.attributes);
	if (!(attributes & ATTRIBUTE_UNMOUNTED) ||
		attributes & ATTRIBUTE_INCONSISTENT)
		fs->notice = unclean_notice;
	fs->priv = hfs;
	return 0;
}

static int hfsplus_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct hfsplus_fork fork;

	if (hfsplus_load(fs->priv, node, &fork, err) < 0)
		return -1;
	return hfsplus_fork_read(fs->priv, &fork, off, buf, len, err);
}

static int hfsplus_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct hfsplus_fork fork;

	if (hfsplus_load(fs->priv, node, &fork, err) < 0)
		return -1;
	return hfsplus_fork_map(fs->priv, &fork, 0, fork.size, visit, ctx, err);
}

const struct fs_driver hfsplus_driver = {
	.name = "hfsplus",
	.data_in_place = true,
	.probe = hfsplus_probe,
	.open = hfsplus_open,
	.readdir = hfsplus_readdir,
	.lookup = hfsplus_lookup,
	.read = hfsplus_read,
	.map = hfsplus_map,
};
