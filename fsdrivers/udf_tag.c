/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_tag.c - what all descriptors begin with, and names and times in them
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/udf.h"
#include "src/base/calendar.h"
#include "src/base/utf8.h"

#define ZONE_NONE (-2047)

/* CRC-16 of the polynomial 0x1021, from 0, four bits a step (3/7.2.6). */
static uint16_t crc_of(const uint8_t *data, size_t len)
{
	static const uint16_t step[16] = { 0x0000, 0x1021, 0x2042, 0x3063,
		0x4084, 0x50a5, 0x60c6, 0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b,
		0xc18c, 0xd1ad, 0xe1ce, 0xf1ef };
	uint16_t crc = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		crc = (uint16_t)(crc << 4 ^ step[crc >> 12 ^ data[i] >> 4]);
		crc = (uint16_t)(crc << 4 ^ step[crc >> 12 ^ (data[i] & 15)]);
	}
	return crc;
}

static uint8_t checksum_of(const struct udf_tag *tag)
{
	const uint8_t *byte = (const uint8_t *)tag;
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(*tag); i++)
		if (i != offsetof(struct udf_tag, checksum))
			sum = (uint8_t)(sum + byte[i]);
	return sum;
}

int udf_tag_check(
	const void *block, size_t len, uint32_t location, struct error *err)
{
	const struct udf_tag *tag = block;
	const uint8_t *body = (const uint8_t *)block + sizeof(*tag);
	size_t crc_len = le16_get(tag->crc_len);

	if (tag->checksum != checksum_of(tag))
		return error_set(err, ERR_CORRUPT,
			"its tag has a checksum of 0x%02x, it should be "
			"0x%02x",
			tag->checksum, checksum_of(tag));
	/* more than there is says nothing, to Linux */
	if (crc_len <= len - sizeof(*tag) &&
		crc_of(body, crc_len) != le16_get(tag->crc))
		return error_set(err, ERR_CORRUPT,
			"it has a CRC of 0x%04x, it should be 0x%04x",
			le16_get(tag->crc), crc_of(body, crc_len));
	if (le32_get(tag->location) != location)
		return error_set(err, ERR_CORRUPT,
			"it says that it is block %" PRIu32,
			le32_get(tag->location));
	return 0;
}

/*
 * The first byte is 8, and bytes are the first characters of Unicode, or 16,
 * and they are UTF-16, big end first (UDF 2.1.1).
 */
bool udf_name(struct bytes raw, char out[FS_NAME_MAX + 1])
{
	uint16_t units[FS_NAME_MAX];
	size_t count, i;

	out[0] = '\0';
	if (raw.len < 1 || raw.len - 1 > (size_t)2 * FS_NAME_MAX)
		return false;
	if (raw.data[0] == 8) {
		count = raw.len - 1;
		if (count > FS_NAME_MAX)
			return false;
		for (i = 0; i < count; i++)
			units[i] = raw.data[1 + i];
	} else if (raw.data[0] == 16) {
		count = (raw.len - 1) / 2;
		for (i = 0; i < count; i++)
			units[i] = (uint16_t)(raw.data[1 + 2 * i] << 8 |
				raw.data[2 + 2 * i]);
	} else {
		return false;
	}
	if (utf8_of_utf16(units, count, out, FS_NAME_MAX + 1) != SIZE_MAX)
		return true;
	out[0] = '\0';
	return false;
}

bool udf_dstring(const uint8_t *field, size_t size, char out[FS_NAME_MAX + 1])
{
	struct bytes raw = { field, field[size - 1] };

	if (raw.len > size - 1)
		raw.len = size - 1;
	return udf_name(raw, out);
}

int64_t udf_seconds(const struct udf_time *time)
{
	const struct calendar date = {
		.year = le16_get(time->year),
		.month = time->month,
		.day = time->day,
		.hour = time->hour,
		.minute = time->minute,
		.second = time->second,
	};
	int64_t zone = le16_get(time->zone) & 0xfff;
	int64_t seconds = calendar_seconds(&date);

	if (zone >= 0x800)
		zone -= 0x1000;
	if (zone == ZONE_NONE || zone < -1440 || zone > 1440)
		zone = 0;
	return seconds - zone * 60;
}
