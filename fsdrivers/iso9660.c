/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660.c - ISO 9660 with Rock Ridge or Joliet
 *
 * Format: ECMA-119; Joliet: "Joliet Specification" of Microsoft, 1995.  Of
 * several trees on a disc, that is read which GRUB and Linux read: the primary
 * one if it has Rock Ridge, else that of Joliet, else the primary one.  Data
 * that neither reads are refused by name: interleaved files, and those in Rock
 * Ridge's sparse form.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/iso9660.h"
#include "src/base/checked.h"
#include "src/base/length.h"
#include "src/base/utf8.h"

#define DESCRIPTORS_AT ((uint64_t)16 * ISO_SECTOR)
#define DESCRIPTORS_MAX 84 /* as Linux */

#define MAGIC "CD001"
#define LABEL_SIZE 32

/* What a descriptor describes */
enum { PRIMARY = 1, SUPPLEMENTARY = 2, TERMINATOR = 255 };

/* Sixteen digits: year, month, day, hour, minute, second, hundredths. */
struct date {
	char digits[16];
	int8_t zone;
};

struct descriptor {
	uint8_t type;
	uint8_t magic[5];
	uint8_t version;
	uint8_t flags;
	uint8_t system[32];
	uint8_t label[LABEL_SIZE]; /* filled up with blanks */
	uint8_t unused[8];
	struct iso_both32 blocks;
	uint8_t escapes[32]; /* SUPPLEMENTARY: names the character set */
	struct iso_both16 set_size;
	struct iso_both16 set_number;
	struct iso_both16 block_size;
	struct iso_both32 path_table_size;
	le32 path_tables[2];
	be32 path_tables_be[2];
	struct iso_dirent root;
	uint8_t root_name;
	uint8_t people[623]; /* who made it, with what, for whom */
	struct date created;
	struct date modified;
};

_Static_assert(sizeof(struct descriptor) == 847, "as the format has it");

/*
 * Mastering programs exist that write the big-endian numbers wrong, and what
 * they make boots: so that is told, and no more.
 */
static const char orders_notice[] =
	"numbers differ between their two byte orders; the little-endian ones "
	"are used, as GRUB and Linux do";

static int iso_probe(struct volume *vol, struct error *err)
{
	char magic[5];

	if (vol->size < DESCRIPTORS_AT + ISO_SECTOR)
		return 0;
	if (volume_read(vol,
		    DESCRIPTORS_AT + offsetof(struct descriptor, magic), magic,
		    sizeof(magic), err) < 0)
		return -1;
	return memcmp(magic, MAGIC, sizeof(magic)) == 0;
}

/* The three levels of UCS-2 that Joliet knows */
static bool is_joliet(const struct descriptor *desc)
{
	return desc->type == SUPPLEMENTARY &&
		memcmp(desc->escapes, "%/", 2) == 0 &&
		(desc->escapes[2] == '@' || desc->escapes[2] == 'C' ||
			desc->escapes[2] == 'E');
}

/* The first descriptor of each kind; its type is 0 where there is none. */
struct found {
	struct descriptor primary;
	struct descriptor joliet;
	uint64_t primary_at; /* bytes */
	uint64_t joliet_at;
};

static int find_descriptors(
	struct volume *vol, struct found *found, struct error *err)
{
	struct descriptor desc;
	uint64_t at = DESCRIPTORS_AT;
	int i;

	for (i = 0; i < DESCRIPTORS_MAX; i++, at += ISO_SECTOR) {
		if (volume_read(vol, at, &desc, sizeof(desc), err) < 0)
			return error_in(err, "volume descriptor %d", i + 1);
		if (memcmp(desc.magic, MAGIC, sizeof(desc.magic)) != 0 ||
			desc.type == TERMINATOR)
			break;
		if (desc.type == PRIMARY && found->primary.type == 0) {
			found->primary = desc;
			found->primary_at = at;
		} else if (is_joliet(&desc) && found->joliet.type == 0) {
			found->joliet = desc;
			found->joliet_at = at;
		}
	}
	if (found->primary.type == 0)
		return error_set(
			err, ERR_CORRUPT, "there is no primary descriptor");
	return 0;
}

/* As Linux and GRUB do, Joliet's own descriptor is not asked. */
static int set_block_size(struct iso9660 *iso, const struct descriptor *desc,
	uint64_t at, struct error *err)
{
	uint32_t size = iso_get16(iso, &desc->block_size);

	if (!is_power_of_two(size) || size < 512 || size > 4096)
		return error_set(err, ERR_CORRUPT,
			"volume descriptor at 0x%" PRIx64
			": logical blocks of %" PRIu32 " bytes",
			at, size);
	iso->block_size = size;
	iso->sector = size > ISO_SECTOR ? size : ISO_SECTOR;
	return 0;
}

/* The root of the tree that a descriptor at that place describes. */
static void set_root(struct fs *fs, struct iso9660 *iso,
	const struct descriptor *desc, uint64_t at)
{
	struct iso_record root = { .at = at +
			offsetof(struct descriptor, root) };

	memcpy(root.raw, &desc->root, sizeof(desc->root));
	fs->root = (struct fs_node){
		.type = FS_DIR,
		.size = iso_get(iso, &desc->root.size),
		.mtime = iso_seconds(&desc->root.time),
		.id = root.at,
		.aux = { iso_record_data(iso, &root) },
	};
}

/* The root's own record says whether there is Rock Ridge. */
static int look_for_rock(struct fs *fs, struct iso9660 *iso, struct error *err)
{
	uint64_t at = iso_data(&fs->root);
	struct iso_record self;
	int r = iso_record_next(iso, at, at + fs->root.size, &self, err);

	if (r < 0)
		return -1;
	if (r == 0 || !iso_record_is_self(&self))
		return error_set(
			err, ERR_CORRUPT, "there is none at 0x%" PRIx64, at);
	return iso_rock_find(iso, &self, err);
}

int iso_has_rock(struct volume *vol, struct error *err)
{
	struct found found = { .primary.type = 0 };
	struct iso9660 iso = { .vol = vol };
	struct fs fs = { .vol = vol };
	struct error why;

	if (find_descriptors(vol, &found, &why) == 0 &&
		set_block_size(&iso, &found.primary, found.primary_at, &why) ==
			0) {
		set_root(&fs, &iso, &found.primary, found.primary_at);
		if (look_for_rock(&fs, &iso, &why) == 0)
			return iso.rock;
	}
	if (why.code != ERR_IO && why.code != ERR_SYSTEM)
		return 0;
	*err = why;
	return -1;
}

static void set_plain_label(struct fs *fs, const struct descriptor *desc)
{
	size_t len = strnlen((const char *)desc->label, LABEL_SIZE);

	memcpy(fs->label, desc->label, len);
	while (len > 0 && fs->label[len - 1] == ' ')
		len--;
	fs->label[len] = '\0';
}

static void set_joliet_label(struct fs *fs, const struct descriptor *desc)
{
	const be16 *raw = (const void *)desc->label;
	uint16_t units[LABEL_SIZE / 2];
	size_t len = 0, i;

	for (i = 0; i < LABEL_SIZE / 2 && be16_get(raw[i]) != 0; i++) {
		units[i] = be16_get(raw[i]);
		if (units[i] != ' ')
			len = i + 1;
	}
	if (utf8_of_utf16(units, len, fs->label, sizeof(fs->label)) == SIZE_MAX)
		fs->label[0] = '\0';
}

static bool is_set(const struct date *date)
{
	static const struct date zeros;

	return memcmp(date->digits, "0000000000000000", 16) != 0 &&
		memcmp(date->digits, zeros.digits, 16) != 0;
}

/* GRUB's comes from the modification; where there is none, libblkid's. */
static void set_uuid(struct fs *fs, const struct descriptor *desc)
{
	const struct date *date = &desc->modified;
	const char *d;

	if (!is_set(date))
		date = &desc->created;
	if (!is_set(date))
		return;
	d = date->digits;
	snprintf(fs->uuid, sizeof(fs->uuid),
		"%.4s-%.2s-%.2s-%.2s-%.2s-%.2s-%.2s", d, d + 4, d + 6, d + 8,
		d + 10, d + 12, d + 14);
}

static int open_volume(struct fs *fs, struct iso9660 *iso, struct error *err)
{
	struct found found = { .primary.type = 0 };
	const struct descriptor *desc = &found.primary;

	if (find_descriptors(iso->vol, &found, err) < 0 ||
		set_block_size(iso, desc, found.primary_at, err) < 0)
		return -1;
	set_root(fs, iso, desc, found.primary_at);
	if (look_for_rock(fs, iso, err) < 0)
		return error_in(err, "root directory");
	if (!iso->rock && found.joliet.type != 0) {
		desc = &found.joliet;
		iso->joliet = true;
		set_root(fs, iso, desc, found.joliet_at);
	}
	if (iso->joliet)
		set_joliet_label(fs, desc);
	else
		set_plain_label(fs, desc);
	set_uuid(fs, desc);
	/* who writes numbers wrong does so in all places, also in these */
	if (iso->orders_differ)
		fs->notice = orders_notice;
	return 0;
}

static int iso_open(struct fs *fs, struct error *err)
{
	struct iso9660 *iso = arena_alloc(fs->arena, sizeof(*iso), err);

	if (!iso)
		return -1;
	iso->vol = fs->vol;
	fs->priv = iso;
	return open_volume(fs, iso, err);
}

static int check_kind(const struct fs_node *node, struct error *err)
{
	static const char *const refused[] = {
		[ISO_INTERLEAVED] = "is interleaved with another file",
		[ISO_SPARSE] = "is in the sparse form of Rock Ridge",
		[ISO_ZISOFS2] = "is packed by an unknown kind of zisofs",
	};
	size_t kind = iso_kind(node);

	if (kind >= LENGTH(refused) || !refused[kind])
		return 0;
	return error_set(err, ERR_UNSUPPORTED, "%s", refused[kind]);
}

static int read_target(struct iso9660 *iso, const struct fs_node *node,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct iso_record record;
	struct iso_rock rock;
	int r = iso_record_next(
		iso, node->id, iso_directory_end(node), &record, err);

	if (r < 0 || (r > 0 && iso_rock_read(iso, &record, &rock, err) < 0))
		return -1;
	if (r == 0 || rock.target_len != node->size)
		return iso_changed(node, err);
	memcpy(buf, rock.target + off, len);
	return 0;
}

/* The part in front of the first one. */
static struct iso_part before(const struct fs_node *node)
{
	return (struct iso_part){ .behind = node->id };
}

static int next_part(struct iso9660 *iso, const struct fs_node *node,
	struct iso_part *part, struct error *err)
{
	struct iso_record record;
	int r;

	part->file += part->len;
	if (iso_kind(node) == ISO_PLAIN) {
		part->vol = iso_data(node);
		part->len = node->size;
		return 0;
	}
	r = iso_record_next(
		iso, part->behind, iso_directory_end(node), &record, err);
	if (r <= 0)
		return r < 0 ? -1 : iso_changed(node, err);
	part->vol = iso_record_data(iso, &record);
	part->len = iso_get(iso, &iso_dirent(&record)->size);
	part->behind = record.at + iso_dirent(&record)->len;
	return 0;
}

static int read_file(struct iso9660 *iso, const struct fs_node *node,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	struct iso_part part = iso->part;
	uint64_t skip;
	size_t n;

	if (iso->part_id != node->id || off < part.file)
		part = before(node);
	for (; len > 0; off += n, buf += n, len -= n) {
		while (off - part.file >= part.len)
			if (next_part(iso, node, &part, err) < 0)
				return -1;
		skip = off - part.file;
		n = len;
		if (n > part.len - skip)
			n = (size_t)(part.len - skip);
		if (volume_read(iso->vol, part.vol + skip, buf, n, err) < 0)
			return -1;
	}
	iso->part_id = node->id;
	iso->part = part;
	return 0;
}

static int iso_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	if (node->type == FS_SYMLINK)
		return read_target(fs->priv, node, off, buf, len, err);
	if (check_kind(node, err) < 0)
		return -1;
	if (iso_kind(node) == ISO_ZISOFS)
		return iso_zisofs_read(fs, node, off, buf, len, err);
	return read_file(fs->priv, node, off, buf, len, err);
}

static int iso_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct iso_part part = before(node);
	struct fs_extent extent;
	int r;

	if (node->type == FS_SYMLINK || iso_kind(node) == ISO_ZISOFS)
		return 1;
	if (check_kind(node, err) < 0)
		return -1;
	while (part.file + part.len < node->size) {
		if (next_part(fs->priv, node, &part, err) < 0)
			return -1;
		if (part.len == 0)
			continue;
		extent = (struct fs_extent){ part.file, part.vol, part.len };
		r = visit(ctx, &extent, err);
		if (r != 0)
			return r;
	}
	return 0;
}

const struct fs_driver iso9660_driver = {
	.name = "iso9660",
	.probe = iso_probe,
	.open = iso_open,
	.readdir = iso_readdir,
	.lookup = iso_lookup,
	.read = iso_read,
	.map = iso_map,
};
