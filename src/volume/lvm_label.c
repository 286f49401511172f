/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lvm_label.c - from a physical volume's label to the text
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/volume/lvm.h"

#define LABEL_SECTORS 4
#define CRC_START 0xf597a6cf /* LVM's own, for CRC-32 without inversion */

struct label {
	uint8_t magic[8]; /* LABELONE */
	le64 sector;
	le32 crc; /* of the sector from here on */
	le32 offset;
	uint8_t type[8]; /* "LVM2 001" */
};

struct pv_header {
	uint8_t id[LVM_ID_LEN];
	le64 size;
};

/* Data areas up to a zero one, then metadata areas up to one. */
struct area {
	le64 off;
	le64 size;
};

struct text_place {
	le64 off; /* in the area */
	le64 size;
	le32 crc;
	le32 flags;
};

struct area_header {
	le32 crc; /* of the sector from here on */
	uint8_t magic[16];
	le32 version;
	le64 start;
	le64 size;
	struct text_place text[4]; /* the first is what counts */
	uint8_t rest[LVM_SECTOR - 136];
};
static_assert(sizeof(struct area_header) == LVM_SECTOR, "one sector");

static const char area_magic[16] = " LVM2 x[5A%r0N*>";

#define PLACE_IGNORED 1

/* A text read before: the other physical volumes have the same. */
struct lvm_read {
	uint64_t size;
	uint32_t crc;
	struct lvm_read *next;
};

/* Is that the sum of these bytes? */
static bool has_crc(const void *start, size_t len, le32 wanted)
{
	const uint8_t *data = start;
	uint32_t crc = CRC_START;
	int bit;

	while (len-- > 0) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc == le32_get(wanted);
}

/* LVM writes 6-4-4-4-4-4-6 characters. */
static void write_id(const uint8_t *id, char out[LVM_ID_TEXT_LEN + 1])
{
	size_t i, used = 0;

	for (i = 0; i < LVM_ID_LEN; i++) {
		if (i >= 6 && i <= 26 && (i - 6) % 4 == 0)
			out[used++] = '-';
		out[used++] = (char)id[i];
	}
	out[used] = '\0';
}

static bool is_known(
	const struct lvm_groups *groups, uint64_t size, uint32_t crc)
{
	const struct lvm_read *read;

	for (read = groups->read; read; read = read->next)
		if (read->size == size && read->crc == crc)
			return true;
	return false;
}

static int remember(struct assembler *assembly, uint64_t size, uint32_t crc,
	struct error *err)
{
	struct lvm_groups *groups = assembly->groups;
	struct lvm_read *read =
		arena_alloc(assembly->arena, sizeof(*read), err);

	if (!read)
		return -1;
	*read = (struct lvm_read){ size, crc, groups->read };
	groups->read = read;
	return 0;
}

static int check_size(
	const struct lvm_groups *groups, uint64_t size, struct error *err)
{
	if (size > LVM_TEXT_MAX)
		return error_set(err, ERR_LIMIT,
			"%" PRIu64 " bytes of text are more than %u", size,
			LVM_TEXT_MAX);
	if (groups->bytes + size > LVM_TEXTS_MAX)
		return error_set(err, ERR_LIMIT,
			"all descriptions together have more than %u bytes",
			LVM_TEXTS_MAX);
	return 0;
}

/* The text of an area, which may go on at the area's beginning. */
static int read_text(struct assembler *assembly, struct volume *vol,
	const struct area_header *header, uint64_t area, struct text *text,
	struct error *err)
{
	uint64_t off = le64_get(header->text[0].off), first;
	uint64_t len = le64_get(header->text[0].size);
	uint64_t size = le64_get(header->size), start;
	uint32_t crc = le32_get(header->text[0].crc);
	char *data;

	if (is_known(assembly->groups, len, crc))
		return 0;
	if (check_size(assembly->groups, len, err) < 0)
		return -1;
	if (size <= LVM_SECTOR || off < LVM_SECTOR || off >= size ||
		len > size - LVM_SECTOR || !add_u64(area, off, &start))
		return error_set(
			err, ERR_CORRUPT, "the text lies outside its area");
	/* also of a text that turns out to be none */
	assembly->groups->bytes += (size_t)len;
	data = arena_alloc(assembly->arena, (size_t)len + 1, err);
	if (!data)
		return -1;
	first = len < size - off ? len : size - off;
	if (volume_read(vol, start, data, (size_t)first, err) < 0 ||
		volume_read(vol, area + LVM_SECTOR, data + first,
			(size_t)(len - first), err) < 0)
		return -1;
	if (!has_crc(data, (size_t)len, header->text[0].crc))
		return error_set(
			err, ERR_CORRUPT, "the text's checksum is wrong");
	*text = (struct text){ data, strnlen(data, (size_t)len) };
	return remember(assembly, len, crc, err);
}

static int read_area(struct assembler *assembly, struct volume *vol,
	uint64_t area, struct text *text, struct error *err)
{
	struct area_header header;

	if (volume_read(vol, area, &header, sizeof(header), err) < 0)
		return -1;
	if (memcmp(header.magic, area_magic, sizeof(area_magic)) != 0 ||
		le32_get(header.version) != 1 ||
		le64_get(header.start) != area ||
		!has_crc(header.magic, sizeof(header) - 4, header.crc))
		return error_set(err, ERR_CORRUPT,
			"the metadata area at 0x%" PRIx64 " is damaged", area);
	if (le64_get(header.text[0].size) == 0 ||
		le32_get(header.text[0].flags) & PLACE_IGNORED)
		return 0;
	return read_text(assembly, vol, &header, area, text, err);
}

/* The areas of a label's list, until one has a text; the last fault stays. */
static int read_areas(struct assembler *assembly, struct volume *vol,
	struct bytes list, struct text *text, struct error *err)
{
	const struct area *area;
	bool metadata = false;
	uint64_t at;
	int r = 0;

	for (at = 0; (area = bytes_at(list, at, sizeof(*area))) != NULL;
		at += sizeof(*area)) {
		if (le64_get(area->off) == 0) {
			if (metadata)
				return r;
			metadata = true;
		} else if (metadata) {
			r = read_area(
				assembly, vol, le64_get(area->off), text, err);
			if (r == 0 && text->len > 0)
				return 0;
		}
	}
	return error_set(err, ERR_CORRUPT, "the label's list does not end");
}

static bool is_label(const uint8_t *sector, unsigned int number)
{
	const struct label *label = (const struct label *)sector;

	return memcmp(label->magic, "LABELONE", 8) == 0 &&
		memcmp(label->type, "LVM2 001", 8) == 0 &&
		le64_get(label->sector) == number &&
		has_crc(sector + 20, LVM_SECTOR - 20, label->crc);
}

int lvm_read_label(struct assembler *assembly, struct volume *vol,
	struct lvm_pv *pv, struct text *text, struct error *err)
{
	uint8_t sectors[LABEL_SECTORS * LVM_SECTOR];
	const struct label *label;
	const struct pv_header *header;
	struct bytes sector;
	unsigned int i;

	*text = text_of("");
	if (vol->size < sizeof(sectors))
		return 0;
	if (volume_read(vol, 0, sectors, sizeof(sectors), err) < 0)
		return -1;
	for (i = 0; i < LABEL_SECTORS; i++)
		if (is_label(sectors + (size_t)i * LVM_SECTOR, i))
			break;
	if (i == LABEL_SECTORS)
		return 0;
	sector = (struct bytes){ sectors + (size_t)i * LVM_SECTOR, LVM_SECTOR };
	label = (const struct label *)sector.data;
	header = bytes_at(sector, le32_get(label->offset), sizeof(*header));
	if (!header)
		return error_set(err, ERR_CORRUPT, "LVM: the label is damaged");
	write_id(header->id, pv->id);
	pv->vol = vol;
	i = le32_get(label->offset) + (unsigned int)sizeof(*header);
	sector = bytes_sub(sector, i, LVM_SECTOR - i);
	if (read_areas(assembly, vol, sector, text, err) < 0) {
		error_in(err, "LVM: metadata");
		return 2;
	}
	return 1;
}
