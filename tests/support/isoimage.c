/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/isoimage.h"

#include <check.h>
#include <string.h>

#include "fsdrivers/drivers.h"

#define SECTOR 2048
#define TERMINATOR 255

static const uint8_t date[7] = { 123, 11, 14, 22, 13, 22, 0 };

/* The directory has to be the parent's, not that of each test's process. */
void isoimage_setup(void)
{
	image_directory();
}

void isoimage_both16(uint8_t *to, uint16_t value)
{
	to[0] = to[3] = (uint8_t)value;
	to[1] = to[2] = (uint8_t)(value >> 8);
}

void isoimage_both32(uint8_t *to, uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		to[i] = to[7 - i] = (uint8_t)(value >> (8 * i));
}

uint8_t isoimage_noise(size_t at)
{
	return (uint8_t)(at * 2654435761U >> 13);
}

/* A record up to its name: how long it is. */
static size_t put_record(const struct isoimage *iso, uint8_t *to,
	const struct isoimage_record *record)
{
	size_t name_len =
		record->name_len ? record->name_len : strlen(record->name);
	size_t len = (33 + name_len + 1) & ~(size_t)1;

	ck_assert_uint_le(len, 255);
	ck_assert_uint_eq(record->at % iso->block_size, 0);
	to[0] = (uint8_t)len;
	to[1] = record->attribute_blocks;
	isoimage_both32(to + 2, record->at / iso->block_size);
	isoimage_both32(to + 10, record->size);
	memcpy(to + 18, date, sizeof(date));
	to[25] = record->flags;
	to[26] = record->unit;
	to[27] = record->gap;
	isoimage_both16(to + 28, 1);
	to[32] = (uint8_t)name_len;
	memcpy(to + 33, record->name, name_len);
	return len;
}

void isoimage_descriptor(struct isoimage *iso, uint32_t place, uint8_t type,
	uint32_t root, uint32_t root_size)
{
	uint8_t *to = iso->data + place;

	memset(to, 0, SECTOR);
	to[0] = type;
	memcpy(to + 1, "CD001\1", 6);
	memset(to + 40, ' ', 32);
	memcpy(to + 40, "LABEL", 5);
	isoimage_both32(to + 80, ISOIMAGE_SIZE / iso->block_size);
	isoimage_both16(to + 128, (uint16_t)iso->block_size);
	put_record(iso, to + 156,
		&(struct isoimage_record){ .name = "",
			.name_len = 1,
			.at = root,
			.size = root_size,
			.flags = 2 });
	memcpy(to + 813, "2020010203040506", 16);
	memcpy(to + 830, "2021020304050607", 16);
}

size_t isoimage_add(struct isoimage *iso, const struct isoimage_record *record)
{
	ck_assert_uint_le(iso->next + 255, ISOIMAGE_SIZE);
	iso->record = iso->next;
	iso->next += put_record(iso, iso->data + iso->record, record);
	iso->end = iso->next;
	return iso->record;
}

void isoimage_next_sector(struct isoimage *iso)
{
	iso->next += SECTOR - iso->next % SECTOR;
}

/* The records of a directory itself and of the one above it. */
static void add_special(
	struct isoimage *iso, const char *name, uint32_t at, uint32_t size)
{
	isoimage_add(iso,
		&(struct isoimage_record){ .name = name,
			.name_len = 1,
			.at = at,
			.size = size,
			.flags = 2 });
}

void isoimage_directory(
	struct isoimage *iso, uint32_t at, uint32_t size, uint32_t parent)
{
	iso->next = at;
	add_special(iso, "", at, size);
	add_special(iso, "\1", parent, size);
}

void isoimage_field(
	struct isoimage *iso, const char *name, const void *body, size_t len)
{
	uint8_t *to = iso->data + iso->end;
	size_t record_len;

	ck_assert_uint_le(len + 4, 255);
	memcpy(to, name, 2);
	to[2] = (uint8_t)(len + 4);
	to[3] = 1;
	if (len > 0)
		memcpy(to + 4, body, len);
	iso->end += len + 4;
	if (iso->record == 0) {
		uint8_t *area_len = iso->data + iso->area_len;

		isoimage_both32(area_len,
			(uint32_t)(area_len[0] | area_len[1] << 8) +
				(uint32_t)len + 4);
		return;
	}
	/* records have even lengths */
	record_len = (iso->end - iso->record + 1) & ~(size_t)1;
	ck_assert_uint_le(record_len, 255);
	iso->data[iso->record] = (uint8_t)record_len;
	iso->next = iso->record + record_len;
}

void isoimage_mode(struct isoimage *iso, uint32_t mode)
{
	uint8_t body[32] = { 0 };

	isoimage_both32(body, mode);
	isoimage_field(iso, "PX", body, sizeof(body));
}

void isoimage_number(struct isoimage *iso, const char *name, uint32_t number)
{
	uint8_t body[8];

	isoimage_both32(body, number);
	isoimage_field(iso, name, body, sizeof(body));
}

void isoimage_go_on(struct isoimage *iso, uint32_t at)
{
	uint8_t body[24];

	isoimage_both32(body, at / iso->block_size);
	isoimage_both32(body + 8, at % iso->block_size);
	isoimage_both32(body + 16, 0);
	isoimage_field(iso, "CE", body, sizeof(body));
	iso->area_len = iso->end - 8;
	iso->record = 0;
	iso->end = at;
}

void isoimage_start(struct isoimage *iso, uint32_t block_size, bool rock)
{
	size_t i;

	memset(iso->data, 0, sizeof(iso->data));
	for (i = ISOIMAGE_DATA; i < ISOIMAGE_SIZE; i++)
		iso->data[i] = isoimage_noise(i);
	iso->block_size = block_size;
	isoimage_descriptor(
		iso, ISOIMAGE_PRIMARY, 1, ISOIMAGE_ROOT, ISOIMAGE_ROOT_SIZE);
	iso->data[ISOIMAGE_SECOND] = TERMINATOR;
	memcpy(iso->data + ISOIMAGE_SECOND + 1, "CD001\1", 6);
	iso->next = ISOIMAGE_ROOT;
	add_special(iso, "", ISOIMAGE_ROOT, ISOIMAGE_ROOT_SIZE);
	if (rock) {
		isoimage_field(iso, "SP", "\xbe\xef\0", 3);
		isoimage_field(iso, "ER", "\x0a\0\0\1RRIP_1991A", 14);
	}
	add_special(iso, "\1", ISOIMAGE_ROOT, ISOIMAGE_ROOT_SIZE);
}

int isoimage_open(struct isoimage *iso, struct image *image)
{
	image_file("made.img", iso->data, sizeof(iso->data));
	image_open(image, "made.img");
	return image_mount(image, &iso9660_driver);
}

void isoimage_mount(struct isoimage *iso, struct image *image)
{
	ck_assert_msg(isoimage_open(iso, image) == 0, "%s", image->err.text);
}

void isoimage_has(struct image *image, const char *path, uint64_t size)
{
	struct fs_node node;

	image_find(image, path, &node);
	ck_assert_int_eq(node.type, FS_FILE);
	ck_assert_msg(node.size == size, "%s: %lu bytes", path,
		(unsigned long)node.size);
}

void isoimage_has_not(struct image *image, const char *path)
{
	struct fs_node node;

	ck_assert_msg(fs_find(&image->fs, path, &node, &image->err) == -1,
		"%s is there", path);
	ck_assert_int_eq(image->err.code, ERR_NOT_FOUND);
}
