/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/gpt.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"

/* UEFI 2.10, 5.3.2: the header ends here, unless it says more. */
#define HEADER_SIZE 92
/* UEFI 2.10, 5.3.3: 128 * 2^n; nobody makes more than one page of it. */
#define ENTRY_SIZE 128
#define ENTRY_SIZE_MAX 4096

#define NAME_UNITS 36
#define ATTR_LEGACY_BOOT 2

struct disk_header {
	uint8_t signature[8];
	le32 revision;
	le32 size;
	le32 crc; /* of size bytes, this field taken as 0 */
	le32 reserved;
	le64 self;
	le64 other;
	le64 first_usable;
	le64 last_usable;
	uint8_t guid[16];
	le64 array;
	le32 entries;
	le32 entry_size;
	le32 array_crc;
};
static_assert(sizeof(struct disk_header) == HEADER_SIZE, "UEFI 2.10, 5.3.2");

struct disk_entry {
	uint8_t type[16];
	uint8_t guid[16];
	le64 first;
	le64 last; /* inclusive */
	le64 attrs;
	le16 name[NAME_UNITS];
};
static_assert(sizeof(struct disk_entry) == ENTRY_SIZE, "UEFI 2.10, 5.3.3");

/* Row n of the table: what a byte does to the checksum n bytes further on. */
static void crc32_table(uint32_t table[4][256])
{
	uint32_t crc = 1, bit, i, n;

	table[0][0] = 0;
	/* The checksum is linear: eight of the values give all the others. */
	for (bit = 128; bit > 0; bit >>= 1) {
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
		for (i = 0; i < 256; i += 2 * bit)
			table[0][i + bit] = table[0][i] ^ crc;
	}
	for (n = 1; n < 4; n++)
		for (i = 0; i < 256; i++)
			table[n][i] = table[n - 1][i] >> 8 ^
				table[0][table[n - 1][i] & 0xff];
}

/* The CRC-32 of Ethernet and zip, four bytes at a time */
static uint32_t crc32(const uint8_t *data, size_t len)
{
	uint32_t table[4][256];
	uint32_t crc = UINT32_MAX;
	le32 word;

	crc32_table(table);
	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		data += sizeof(word);
		crc ^= le32_get(word);
		crc = table[3][crc & 0xff] ^ table[2][crc >> 8 & 0xff] ^
			table[1][crc >> 16 & 0xff] ^ table[0][crc >> 24];
	}
	for (; len > 0; len--)
		crc = crc >> 8 ^ table[0][(crc ^ *data++) & 0xff];
	return ~crc;
}

/* disk_read() of something that may well be missing: no message then. */
static bool try_read(struct disk *disk, uint64_t lba, uint64_t sector_size,
	void *buf, size_t len)
{
	struct error ignored;
	uint64_t off;

	return mul_u64(lba, sector_size, &off) &&
		range_inside(off, len, disk->size) &&
		disk_read(disk, off, buf, len, &ignored) == 0;
}

static bool signature_at(struct disk *disk, uint64_t lba, uint64_t sector_size)
{
	uint8_t signature[8];

	return try_read(disk, lba, sector_size, signature, sizeof(signature)) &&
		memcmp(signature, "EFI PART", sizeof(signature)) == 0;
}

bool gpt_find(struct disk *disk, bool at_end)
{
	const uint32_t sizes[2] = { disk->sector_size,
		disk->sector_size == 512 ? 4096 : 512 };
	unsigned int i;

	/* A primary of either size is better than a backup. */
	for (i = 0; i < 4; i++) {
		uint32_t size = sizes[i % 2];
		uint64_t lba = i < 2 ? 1 : disk->size / size - 1;

		if (i >= 2 && (!at_end || disk->size < size))
			break;
		if (signature_at(disk, lba, size)) {
			disk->sector_size = size;
			return true;
		}
	}
	return false;
}

/* sector is a copy of ours, in which the checksum may be blanked */
static bool header_sum_right(uint8_t *sector, size_t sector_size)
{
	struct disk_header header;
	uint32_t size;

	memcpy(&header, sector, sizeof(header));
	size = le32_get(header.size);
	if (size < HEADER_SIZE || size > sector_size)
		return false;
	memset(sector + offsetof(struct disk_header, crc), 0, sizeof(le32));
	return crc32(sector, size) == le32_get(header.crc);
}

static bool header_fits(
	const struct disk *disk, const struct gpt_header *header)
{
	uint64_t off;

	/* The limits first: they keep the product below small. */
	return header->entries <= PARTITIONS_MAX &&
		header->entry_size >= ENTRY_SIZE &&
		header->entry_size <= ENTRY_SIZE_MAX &&
		header->entry_size % ENTRY_SIZE == 0 &&
		mul_u64(header->array, disk->sector_size, &off) &&
		range_inside(off,
			(uint64_t)header->entries * header->entry_size,
			disk->size);
}

static void read_header(
	struct disk *disk, uint64_t lba, struct gpt_header *header)
{
	uint8_t sector[4096]; /* disk->sector_size is 512 or 4096 */
	struct disk_header raw;

	*header = (struct gpt_header){ 0 };
	if (!try_read(disk, lba, disk->sector_size, sector, disk->sector_size))
		return;
	memcpy(&raw, sector, sizeof(raw));
	if (memcmp(raw.signature, "EFI PART", sizeof(raw.signature)) != 0)
		return;
	header->backup = le64_get(raw.other);
	header->last_usable = le64_get(raw.last_usable);
	header->array = le64_get(raw.array);
	header->entries = le32_get(raw.entries);
	header->entry_size = le32_get(raw.entry_size);
	header->array_crc = le32_get(raw.array_crc);
	memcpy(header->guid, raw.guid, sizeof(raw.guid));
	header->sum_right = header_sum_right(sector, disk->sector_size);
	header->intact = header->sum_right && le64_get(raw.self) == lba;
	header->fits = header_fits(disk, header);
	header->present = true;
}

void gpt_read_headers(struct disk *disk, struct gpt *gpt)
{
	uint64_t sectors = disk->size / disk->sector_size;
	struct gpt_header *primary = &gpt->copy[GPT_PRIMARY];

	*gpt = (struct gpt){ 0 };
	read_header(disk, 1, primary);
	if (primary->intact)
		read_header(disk, primary->backup, &gpt->copy[GPT_BACKUP]);
	if (sectors > 0 && (!primary->intact || primary->backup != sectors - 1))
		read_header(disk, sectors - 1, &gpt->copy[GPT_LAST]);
}

bool gpt_harmless(const struct gpt *gpt)
{
	unsigned int i;

	for (i = 0; i < GPT_COPIES; i++)
		if (gpt->copy[i].sum_right && !gpt->copy[i].fits)
			return false;
	return true;
}

/* Copy the entries, once: they are judged and read from this copy. */
static int load_entries(
	struct partition_list *list, struct gpt_header *copy, struct error *err)
{
	struct disk *disk = list->disk;
	/* header_fits() has seen that these do not overflow */
	uint64_t off = copy->array * disk->sector_size;
	size_t len = (size_t)copy->entries * copy->entry_size;
	uint8_t *data;

	if (copy->data)
		return 0;
	data = arena_alloc(list->arena, len, err);
	if (!data || disk_read(disk, off, data, len, err) < 0)
		return -1;
	copy->data = data;
	return 0;
}

/* 1 if this copy is right to the last entry, which then is in copy->data */
static int copy_sound(
	struct partition_list *list, struct gpt_header *copy, struct error *err)
{
	size_t len = (size_t)copy->entries * copy->entry_size;

	if (!copy->intact || !copy->fits)
		return 0;
	if (load_entries(list, copy, err) < 0)
		return -1;
	return crc32(copy->data, len) == copy->array_crc;
}

void gpt_note_damage(struct partition_list *list, const struct gpt *gpt)
{
	const struct gpt_header *primary = &gpt->copy[GPT_PRIMARY];
	const struct gpt_header *backup = &gpt->copy[GPT_BACKUP];

	if (!primary->sound)
		partition_list_damage(list,
			"primary GPT %s damaged, the backup was used",
			primary->intact ? "entries are" : "header is");
	else if (primary->last_usable >=
		list->disk->size / list->disk->sector_size)
		partition_list_damage(
			list, "the disk is shorter than its GPT says");
	else if (!backup->intact)
		partition_list_damage(
			list, "backup GPT header is damaged or missing");
}

static void format_guid(const uint8_t *guid, char text[37])
{
	/* The first three fields are little-endian, the others in order. */
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11,
		12, 13, 14, 15 };
	static const char digits[] = "0123456789abcdef";
	unsigned int i;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		*text++ = digits[guid[order[i]] >> 4];
		*text++ = digits[guid[order[i]] & 15];
	}
	*text = '\0';
}

static size_t encode_utf8(uint32_t point, char *out)
{
	uint8_t byte[4];
	size_t len = point < 0x80 ? 1
		: point < 0x800   ? 2
		: point < 0x10000 ? 3
				  : 4;
	static const uint8_t lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t i;

	for (i = len - 1; i > 0; i--) {
		byte[i] = (uint8_t)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	byte[0] = (uint8_t)(lead[len] | point);
	memcpy(out, byte, len);
	return len;
}

/* At most 3 bytes a unit, as a pair of units makes 4: 109 with the NUL. */
static void format_name(const le16 *units, char *name)
{
	unsigned int i;

	for (i = 0; i < NAME_UNITS && le16_get(units[i]); i++) {
		uint32_t point = le16_get(units[i]);
		uint32_t low = i + 1 < NAME_UNITS ? le16_get(units[i + 1]) : 0;

		if (point >= 0xd800 && point < 0xdc00 && low >= 0xdc00 &&
			low < 0xe000) {
			point = 0x10000 +
				((point & 0x3ff) << 10 | (low & 0x3ff));
			i++;
		} else if (point >= 0xd800 && point < 0xe000) {
			point = '?'; /* half a pair: as with libfdisk's */
		}
		name += encode_utf8(point, name);
	}
	*name = '\0';
}

static int list_entry(struct partition_list *list,
	const struct disk_entry *entry, unsigned int number, struct error *err)
{
	struct partition part = { .scheme = SCHEME_GPT, .number = number };
	uint64_t first = le64_get(entry->first);
	uint64_t last = le64_get(entry->last);

	static_assert(
		sizeof(part.name) > (size_t)NAME_UNITS * 3, "format_name()");
	if (last < first || last == UINT64_MAX) {
		partition_list_damage(
			list, "partition %u ends before it begins", number);
		return 0;
	}
	if (!partition_list_place(list, &part, first, last - first + 1))
		return 0;
	part.attributes = le64_get(entry->attrs);
	part.active = part.attributes >> ATTR_LEGACY_BOOT & 1;
	format_guid(entry->type, part.type_guid);
	format_guid(entry->guid, part.guid);
	format_name(entry->name, part.name);
	return partition_list_add(list, &part, err);
}

/* 1 if the entries of this copy were listed */
static int list_copy(
	struct partition_list *list, struct gpt_header *copy, struct error *err)
{
	static const uint8_t unused[16];
	struct disk_entry entry;
	uint32_t i;

	if (load_entries(list, copy, err) < 0)
		return -1;
	format_guid(copy->guid, list->table->guid);
	for (i = 0; i < copy->entries; i++) {
		memcpy(&entry, copy->data + (size_t)i * copy->entry_size,
			sizeof(entry));
		if (memcmp(entry.type, unused, sizeof(unused)) == 0)
			continue;
		if (list_entry(list, &entry, i + 1, err) < 0)
			return -1;
	}
	return 1;
}

static int list_if_sound(struct partition_list *list, struct gpt *gpt,
	struct gpt_header *copy, struct error *err)
{
	int sound = copy_sound(list, copy, err);

	if (sound <= 0)
		return sound;
	copy->sound = true;
	gpt_note_damage(list, gpt);
	return list_copy(list, copy, err);
}

int gpt_list_primary(
	struct partition_list *list, struct gpt *gpt, struct error *err)
{
	return list_if_sound(list, gpt, &gpt->copy[GPT_PRIMARY], err);
}

int gpt_list_any(struct partition_list *list, struct gpt *gpt, bool strict,
	struct error *err)
{
	struct gpt_header *copy;
	int ret = 0;

	for (copy = gpt->copy; copy < gpt->copy + GPT_COPIES; copy++) {
		ret = list_if_sound(list, gpt, copy, err);
		if (ret != 0)
			return ret;
	}
	/* GRUB looks at no checksum, so such a guest may well have booted. */
	for (copy = gpt->copy; copy < gpt->copy + GPT_COPIES; copy++) {
		if (strict || !copy->present || !copy->fits)
			continue;
		partition_list_damage(
			list, "GPT has wrong checksums and no sound backup");
		return list_copy(list, copy, err);
	}
	copy = &gpt->copy[GPT_PRIMARY];
	if (copy->intact && copy->entries > PARTITIONS_MAX)
		return error_set(err, ERR_LIMIT,
			"GPT: %" PRIu32 " entries, more than %d", copy->entries,
			PARTITIONS_MAX);
	return 0;
}
