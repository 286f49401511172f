/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf.c - UDF 1.02 to 2.60, on disks and as it is burnt
 *
 * Format: ECMA-167, third edition, and OSTA's UDF 2.60.  Streams and extended
 * attributes are passed over.
 *
 * A disc may have ISO 9660, too.  With Rock Ridge that is the same files, and
 * what GRUB and live systems mount, so it is left to its driver.  Without, it
 * is often no more than a note that says to read UDF (Windows' discs), and
 * never has more than UDF.
 */
#include "fsdrivers/udf.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/iso9660.h"
#include "src/base/length.h"

#define RECOGNITION_AT 32768
#define RECOGNITION_SIZE 2048 /* or a sector's, if that is larger */
#define RECOGNITION_MAX 100   /* some of ISO 9660's come first */

static const char open_notice[] =
	"it was not unmounted: files changed just before may be incomplete";

/* Section 2/9.1 */
struct recognition {
	uint8_t type;
	char id[5];
	uint8_t version;
};

static bool is_known(const char id[5])
{
	static const char ids[][6] = { "BEA01", "BOOT2", "CD001", "CDW02",
		"TEA01" };
	size_t i;

	for (i = 0; i < LENGTH(ids); i++)
		if (memcmp(id, ids[i], 5) == 0)
			return true;
	return false;
}

/* Does the sequence of descriptors, so far apart, name UDF?  Or ISO 9660? */
static int recognize(
	struct volume *vol, uint32_t step, bool *iso, struct error *err)
{
	uint64_t at = RECOGNITION_AT;
	struct recognition desc;
	int i;

	for (i = 0; i < RECOGNITION_MAX && at + sizeof(desc) <= vol->size;
		i++, at += step) {
		if (volume_read(vol, at, &desc, sizeof(desc), err) < 0)
			return -1;
		if (memcmp(desc.id, "NSR02", 5) == 0 ||
			memcmp(desc.id, "NSR03", 5) == 0)
			return 1;
		if (!is_known(desc.id))
			break;
		if (memcmp(desc.id, "CD001", 5) == 0)
			*iso = true;
	}
	return 0;
}

static int udf_probe(struct volume *vol, struct error *err)
{
	uint32_t step = RECOGNITION_SIZE, sector;
	bool iso = false;
	int r = 0;

	for (; r == 0 && step <= UDF_SECTOR_MAX; step *= 2)
		r = recognize(vol, step, &iso, err);
	if (r <= 0)
		return r;
	r = udf_volume_probe(vol, &sector, err);
	if (r <= 0 || !iso)
		return r;
	r = iso_has_rock(vol, err);
	return r < 0 ? -1 : !r;
}

/*
 * The first sixteen characters of the volume set's name are to be digits; if
 * they are not, half of that, or all, is made of the bytes of the characters,
 * as by libblkid and GRUB.
 */
static void set_uuid(struct fs *fs, const struct udf_primary *primary)
{
	char name[FS_NAME_MAX + 1 + 16] = "";
	size_t digits = 0, i;

	if (!udf_dstring(primary->set, sizeof(primary->set), name) ||
		strlen(name) < 8)
		return;
	while (digits < 16 && isxdigit((unsigned char)name[digits]))
		digits++;
	/* what of it stays as it is */
	digits = digits < 8 ? 0 : digits < 16 ? 8 : 16;
	for (i = 0; i < digits; i++)
		fs->uuid[i] = (char)tolower((unsigned char)name[i]);
	for (; digits < 16; digits += 2, i++)
		snprintf(fs->uuid + digits, 3, "%02x", (unsigned char)name[i]);
}

static int open_root(struct fs *fs, struct udf *udf,
	const struct udf_long_extent *place, struct error *err)
{
	struct {
		uint8_t unused[400];
		struct udf_long_extent root;
	} * set;
	const struct udf_part *part = udf_part(udf, le16_get(place->part), err);

	set = arena_alloc(udf->arena, udf->block_size, err);
	if (!set || !part ||
		udf_read_tagged(udf, part, le32_get(place->block), UDF_FILE_SET,
			(uint8_t *)set, err) < 0)
		return error_in(err, "file set");
	if (udf_node(udf, &set->root, &fs->root, err) < 0)
		return error_in(err, "root directory");
	if (fs->root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "root directory: it is none");
	return 0;
}

static int open_volume(struct fs *fs, struct udf *udf,
	const struct udf_volume *found, struct error *err)
{
	const struct udf_logical *logical = (const void *)found->logical;

	udf->vol = fs->vol;
	udf->arena = fs->arena;
	udf->block_size = found->sector;
	if (le32_get(logical->block_size) != found->sector)
		return error_set(err, ERR_UNSUPPORTED,
			"blocks of %" PRIu32 " bytes in sectors of %" PRIu32,
			le32_get(logical->block_size), found->sector);
	udf->file = udf_file_new(udf, err);
	if (!udf->file || udf_maps(udf, found, err) < 0 ||
		open_root(fs, udf, &logical->file_set, err) < 0)
		return -1;
	udf_dstring(logical->label, sizeof(logical->label), fs->label);
	set_uuid(fs, &found->primary);
	if (udf_volume_is_open(fs->vol, found))
		fs->notice = open_notice;
	fs->priv = udf;
	return 0;
}

static int udf_open(struct fs *fs, struct error *err)
{
	struct udf *udf = arena_alloc(fs->arena, sizeof(*udf), err);
	struct udf_volume *found = arena_alloc(fs->arena, sizeof(*found), err);

	if (!udf || !found || udf_volume_find(fs->vol, found, err) < 0)
		return -1;
	return open_volume(fs, udf, found, err);
}

static int udf_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct udf *udf = fs->priv;

	if (node->type == FS_SYMLINK)
		return udf_link_read(udf, node, off, buf, len, err);
	if (udf_load(udf, node, err) < 0)
		return -1;
	return udf_file_read(udf, udf->file, off, buf, len, err);
}

static int udf_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct udf *udf = fs->priv;

	if (node->type == FS_SYMLINK)
		return 1;
	if (udf_load(udf, node, err) < 0)
		return -1;
	if (udf_file_inside(udf->file))
		return 1;
	return udf_file_map(udf, udf->file, 0, node->size, visit, ctx, err);
}

const struct fs_driver udf_driver = {
	.name = "udf",
	.data_in_place = true,
	.probe = udf_probe,
	.open = udf_open,
	.readdir = udf_readdir,
	.lookup = udf_lookup,
	.read = udf_read,
	.map = udf_map,
};
