/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660_record.c - directory records, and the numbers and dates in them
 */
#include <inttypes.h>

#include "fsdrivers/iso9660.h"

/* As far as the zone of a date can be from UTC, quarters of an hour. */
#define ZONE_MAX 52

uint16_t iso_get16(struct iso9660 *iso, const struct iso_both16 *number)
{
	uint16_t value = le16_get(number->le);

	if (be16_get(number->be) != value)
		iso->orders_differ = true;
	return value;
}

uint32_t iso_get(struct iso9660 *iso, const struct iso_both32 *number)
{
	uint32_t value = le32_get(number->le);

	if (be32_get(number->be) != value)
		iso->orders_differ = true;
	return value;
}

uint64_t iso_record_data(struct iso9660 *iso, const struct iso_record *record)
{
	const struct iso_dirent *dirent = iso_dirent(record);

	return iso_block_at(iso, iso_get(iso, &dirent->block)) +
		(uint64_t)dirent->attribute_blocks * iso->block_size;
}

static bool has_name(const struct iso_record *record, uint8_t byte)
{
	return iso_dirent(record)->name_len == 1 && iso_name(record)[0] == byte;
}

bool iso_record_is_self(const struct iso_record *record)
{
	return has_name(record, 0);
}

bool iso_record_is_parent(const struct iso_record *record)
{
	return has_name(record, 1);
}

/* raw holds len bytes of the directory, which goes no further if it is less. */
static int check_record(
	const struct iso_record *record, size_t len, struct error *err)
{
	const struct iso_dirent *dirent = iso_dirent(record);

	if (dirent->len < sizeof(*dirent) + 1)
		return error_set(err, ERR_CORRUPT,
			"directory record at 0x%" PRIx64 ": has %u bytes",
			record->at, dirent->len);
	if (dirent->len > len)
		return error_set(err, ERR_CORRUPT,
			"directory record at 0x%" PRIx64
			": reaches beyond the directory's end",
			record->at);
	if (dirent->name_len == 0 ||
		dirent->name_len > dirent->len - sizeof(*dirent))
		return error_set(err, ERR_CORRUPT,
			"directory record at 0x%" PRIx64
			": no room for a name of %u bytes",
			record->at, dirent->name_len);
	return 0;
}

int iso_record_next(struct iso9660 *iso, uint64_t at, uint64_t end,
	struct iso_record *record, struct error *err)
{
	size_t len;

	while (at < end) {
		len = ISO_RECORD_MAX;
		if (len > end - at)
			len = (size_t)(end - at);
		if (volume_read(iso->vol, at, record->raw, len, err) < 0)
			return -1;
		record->at = at;
		if (iso_dirent(record)->len > 0)
			return check_record(record, len, err) < 0 ? -1 : 1;
		/* the next one had no room in this sector */
		at += iso->sector - at % iso->sector;
	}
	return 0;
}

int iso_changed(const struct fs_node *node, struct error *err)
{
	return error_set(err, ERR_CORRUPT,
		"directory record at 0x%" PRIx64 ": changed while it was read",
		node->id);
}

int64_t iso_zone_seconds(const struct calendar *date, int8_t zone)
{
	int64_t seconds = calendar_seconds(date);

	if (seconds != 0 && zone >= -ZONE_MAX && zone <= ZONE_MAX)
		seconds -= (int64_t)zone * 15 * 60;
	return seconds;
}

int64_t iso_seconds(const struct iso_time *time)
{
	const struct calendar when = {
		.year = 1900 + (unsigned int)time->year,
		.month = time->month,
		.day = time->day,
		.hour = time->hour,
		.minute = time->minute,
		.second = time->second,
	};

	return iso_zone_seconds(&when, time->zone);
}
