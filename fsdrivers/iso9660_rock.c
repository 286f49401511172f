/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660_rock.c - what Rock Ridge adds to a record: names, types, times, links
 *
 * Format: Rock Ridge Interchange Protocol, RRIP 1.09 and 1.12; for compressed
 * files doc/zisofs_format.txt of libisofs.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/iso9660.h"
#include "src/base/length.h"

/* CD-ROM XA, where it is used, has the first bytes of a system use area. */
#define XA_SIZE 14

/* Flags of NM, SL and of the parts of a link's target */
#define GOES_ON 0x01
#define HERE 0x02
#define ABOVE 0x04
#define ROOT 0x08
#define VOLUME_ROOT 0x10 /* where the medium is mounted: our root */

/* Flags of TF: which times follow, in the order of the bits */
#define TIME_CREATED 0x01
#define TIME_MODIFIED 0x02
#define TIME_LONG 0x80

struct sp_field {
	uint8_t check[2];
	uint8_t skip;
};

struct tf_long {
	char year[4];
	char month[2];
	char day[2];
	char hour[2];
	char minute[2];
	char second[2];
	char hundredth[2];
	int8_t zone;
};

struct zf_field {
	uint8_t algorithm[2];
	uint8_t header_words;
	uint8_t block_log2;
	struct iso_both32 size; /* bytes, unpacked */
};

/* The field that says that the others are there, and how many bytes to skip. */
static bool find_sp(struct iso_susp *walk, struct iso9660 *iso,
	const struct iso_record *root)
{
	static const size_t places[] = { 0, XA_SIZE };
	const struct sp_field *sp;
	struct error ignored;
	struct bytes field;
	size_t i;

	for (i = 0; i < LENGTH(places); i++) {
		iso_susp_start(walk, iso, root, places[i]);
		if (iso_susp_next(walk, &field, &ignored) <= 0 ||
			!iso_field_is(field, "SP"))
			continue;
		sp = iso_field_body(field, sizeof(*sp), &ignored);
		if (!sp || sp->check[0] != 0xbe || sp->check[1] != 0xef)
			continue;
		iso->skip = sp->skip;
		return true;
	}
	return false;
}

/*
 * An extension that names itself is taken for Rock Ridge by GRUB and by Linux,
 * whatever its name; old discs name none, and have the fields.
 */
static bool is_rock_ridge(struct bytes field)
{
	return iso_field_is(field, "ER") || iso_field_is(field, "PX") ||
		iso_field_is(field, "RR") || iso_field_is(field, "NM");
}

int iso_rock_find(
	struct iso9660 *iso, const struct iso_record *root, struct error *err)
{
	struct iso_susp walk;
	struct bytes field;
	int r;

	if (!find_sp(&walk, iso, root))
		return 0;
	while (!iso->rock && (r = iso_susp_next(&walk, &field, err)) != 0) {
		if (r < 0)
			return -1;
		iso->rock = is_rock_ridge(field);
	}
	return 0;
}

static int add_name(
	struct iso_rock *rock, struct bytes field, struct error *err)
{
	const uint8_t *flags = iso_field_body(field, 1, err);
	size_t head = sizeof(struct iso_field) + 1, len;

	if (!flags)
		return -1;
	len = field.len - head;
	/* of several names that are not one in parts, the first counts */
	if ((*flags & (HERE | ABOVE)) ||
		(rock->name_len > 0 && !rock->name_goes_on))
		return 0;
	if (len > FS_NAME_MAX - rock->name_len)
		return error_set(err, ERR_LIMIT, "a name of more than %d bytes",
			FS_NAME_MAX);
	memcpy(rock->name + rock->name_len, field.data + head, len);
	rock->name_len += len;
	rock->name_goes_on = *flags & GOES_ON;
	return 0;
}

static int add_text(
	struct iso_rock *rock, const void *text, size_t len, struct error *err)
{
	if (len > sizeof(rock->target) - 1 - rock->target_len)
		return error_set(err, ERR_LIMIT,
			"a symbolic link to more than %zu bytes",
			sizeof(rock->target) - 1);
	memcpy(rock->target + rock->target_len, text, len);
	rock->target_len += len;
	return 0;
}

/* A part of a link's target: flags, its length, and if it is a name, that. */
static int add_part(
	struct iso_rock *rock, const uint8_t *part, struct error *err)
{
	unsigned int flags = part[0];
	const char *text = (const char *)part + 2;
	size_t len = part[1];

	if (rock->needs_slash && add_text(rock, "/", 1, err) < 0)
		return -1;
	switch (flags & ~(unsigned int)GOES_ON) {
	case 0:
		break;
	case HERE:
		text = ".";
		len = 1;
		break;
	case ABOVE:
		text = "..";
		len = 2;
		break;
	case ROOT:
	case VOLUME_ROOT:
		text = "/";
		len = 1;
		break;
	default:
		return error_set(err, ERR_UNSUPPORTED,
			"flags 0x%x in a symbolic link", flags);
	}
	rock->needs_slash = !(flags & (GOES_ON | ROOT | VOLUME_ROOT));
	return add_text(rock, text, len, err);
}

static int add_target(
	struct iso_rock *rock, struct bytes field, struct error *err)
{
	size_t at = sizeof(struct iso_field) + 1; /* behind its flags */
	const uint8_t *part;

	while (at < field.len) {
		part = bytes_at(field, at, 2);
		if (!part || !bytes_at(field, at + 2, part[1]))
			return error_set(err, ERR_CORRUPT,
				"a part of a symbolic link has no room");
		if (add_part(rock, part, err) < 0)
			return -1;
		at += 2 + (size_t)part[1];
	}
	return 0;
}

static unsigned int digits(const char *text, size_t len)
{
	unsigned int value = 0;

	for (; len > 0 && *text >= '0' && *text <= '9'; text++, len--)
		value = value * 10 + (unsigned int)(*text - '0');
	return value;
}

static int64_t seconds_of_text(const struct tf_long *time)
{
	const struct calendar when = {
		.year = digits(time->year, 4),
		.month = digits(time->month, 2),
		.day = digits(time->day, 2),
		.hour = digits(time->hour, 2),
		.minute = digits(time->minute, 2),
		.second = digits(time->second, 2),
	};

	return iso_zone_seconds(&when, time->zone);
}

static int set_time(
	struct iso_rock *rock, struct bytes field, struct error *err)
{
	const uint8_t *flags = iso_field_body(field, 1, err);
	size_t at = sizeof(struct iso_field) + 1;
	const void *time;
	size_t size;

	if (!flags)
		return -1;
	if (!(*flags & TIME_MODIFIED))
		return 0;
	size = *flags & TIME_LONG ? sizeof(struct tf_long)
				  : sizeof(struct iso_time);
	if (*flags & TIME_CREATED)
		at += size;
	time = bytes_at(field, at, size);
	if (!time)
		return error_set(
			err, ERR_CORRUPT, "TF has %zu bytes", field.len);
	rock->has_time = true;
	rock->mtime =
		*flags & TIME_LONG ? seconds_of_text(time) : iso_seconds(time);
	return 0;
}

/* The number with which a field's body begins. */
static int get_number(struct iso9660 *iso, struct bytes field, uint32_t *value,
	struct error *err)
{
	const struct iso_both32 *number =
		iso_field_body(field, sizeof(*number), err);

	if (!number)
		return -1;
	*value = iso_get(iso, number);
	return 0;
}

static int set_child(struct iso9660 *iso, struct iso_rock *rock,
	struct bytes field, struct error *err)
{
	rock->has_child = true;
	return get_number(iso, field, &rock->child, err);
}

static int set_zisofs(struct iso9660 *iso, struct iso_rock *rock,
	struct bytes field, struct error *err)
{
	const struct zf_field *zf = iso_field_body(field, sizeof(*zf), err);

	if (!zf)
		return -1;
	rock->packed =
		memcmp(zf->algorithm, "pz", 2) == 0 ? ISO_ZISOFS : ISO_ZISOFS2;
	rock->unpacked = iso_get(iso, &zf->size);
	return 0;
}

static int read_field(struct iso9660 *iso, struct iso_rock *rock,
	struct bytes field, struct error *err)
{
	if (iso_field_is(field, "NM"))
		return add_name(rock, field, err);
	if (iso_field_is(field, "PX"))
		return get_number(iso, field, &rock->mode, err);
	if (iso_field_is(field, "SL"))
		return add_target(rock, field, err);
	if (iso_field_is(field, "TF"))
		return set_time(rock, field, err);
	if (iso_field_is(field, "CL"))
		return set_child(iso, rock, field, err);
	if (iso_field_is(field, "ZF"))
		return set_zisofs(iso, rock, field, err);
	if (iso_field_is(field, "RE"))
		rock->relocated = true;
	if (iso_field_is(field, "SF"))
		rock->sparse = true;
	return 0;
}

int iso_rock_read(struct iso9660 *iso, const struct iso_record *record,
	struct iso_rock *rock, struct error *err)
{
	struct iso_susp walk;
	struct bytes field;
	int r;

	/* all but the buffers, which are large and need no contents yet */
	memset(rock, 0, offsetof(struct iso_rock, name));
	iso_susp_start(&walk, iso, record, iso->skip);
	while ((r = iso_susp_next(&walk, &field, err)) > 0 &&
		(r = read_field(iso, rock, field, err)) == 0)
		;
	rock->name[rock->name_len] = '\0';
	return r < 0 ? -1 : 0;
}
