/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iso9660_susp.c - the system use fields behind the name of a record
 *
 * Format: System Use Sharing Protocol, SUSP 1.12.  What has no room in the
 * record goes on in continuation areas anywhere on the disk.  Each field is
 * copied before it is looked at, and an area is left behind for good, so what
 * areas hold and how many they are is all that has to be bounded.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/iso9660.h"

/* Of one record: Linux follows no more areas. */
#define AREAS_MAX 32

/*
 * Of one record, bytes: a name and the longest target of a link, in parts of a
 * byte each, fill a third, and attributes that only Linux programs read may
 * stand between them.
 */
#define AREAS_BYTES_MAX 32768

/* The body of CE: where the fields go on. */
struct continuation {
	struct iso_both32 block;
	struct iso_both32 offset;
	struct iso_both32 len;
};

void iso_susp_start(struct iso_susp *walk, struct iso9660 *iso,
	const struct iso_record *record, size_t skip)
{
	const struct iso_dirent *dirent = iso_dirent(record);
	/* a byte makes the name end at an even offset */
	size_t begin = (sizeof(*dirent) + dirent->name_len + 1) & ~(size_t)1;
	struct bytes whole = { record->raw, dirent->len };

	begin += skip;
	walk->iso = iso;
	walk->record = begin < whole.len
		? bytes_sub(whole, begin, whole.len - begin)
		: (struct bytes){ NULL, 0 };
	walk->left = 0;
	walk->next_len = 0;
	walk->areas = 0;
	walk->bytes = 0;
}

bool iso_field_is(struct bytes field, const char *name)
{
	return memcmp(field.data, name, 2) == 0;
}

const void *iso_field_body(struct bytes field, size_t len, struct error *err)
{
	const void *body = bytes_at(field, sizeof(struct iso_field), len);

	if (!body)
		error_set(err, ERR_CORRUPT, "%.2s has %zu bytes",
			(const char *)field.data, field.len);
	return body;
}

/* What is left where the walk stands, at most what a field can have. */
static int look(struct iso_susp *walk, struct bytes *rest, struct error *err)
{
	size_t len = walk->left;

	if (walk->record.len > 0) {
		*rest = walk->record;
		return 0;
	}
	if (len > sizeof(walk->raw))
		len = sizeof(walk->raw);
	*rest = (struct bytes){ walk->raw, len };
	return len ? volume_read(walk->iso->vol, walk->at, walk->raw, len, err)
		   : 0;
}

static void go_on(struct iso_susp *walk, size_t len)
{
	if (walk->record.len > 0) {
		walk->record =
			bytes_sub(walk->record, len, walk->record.len - len);
		return;
	}
	walk->at += len;
	walk->left -= (uint32_t)len;
}

/* What follows in this area are no fields. */
static void leave(struct iso_susp *walk)
{
	walk->record.len = 0;
	walk->left = 0;
}

/* The next field of this area: 1, or 0 if there is none. */
static int take(struct iso_susp *walk, struct bytes *field, struct error *err)
{
	struct bytes rest;
	const struct iso_field *head;

	if (look(walk, &rest, err) < 0)
		return -1;
	head = bytes_at(rest, 0, sizeof(*head));
	/* less is no field, and zeros fill up */
	if (!head || (head->name[0] == 0 && head->len == 0)) {
		leave(walk);
		return 0;
	}
	if (head->len < sizeof(*head) || head->len > rest.len)
		return error_set(err, ERR_CORRUPT,
			"a system use field of %u bytes, with room for %zu",
			head->len, rest.len);
	*field = bytes_sub(rest, 0, head->len);
	go_on(walk, head->len);
	return 1;
}

/* CE: of several, the last one counts, as in Linux. */
static int note_area(
	struct iso_susp *walk, struct bytes field, struct error *err)
{
	const struct continuation *ce = iso_field_body(field, sizeof(*ce), err);

	if (!ce)
		return -1;
	walk->next_at =
		iso_block_at(walk->iso, iso_get(walk->iso, &ce->block)) +
		iso_get(walk->iso, &ce->offset);
	walk->next_len = iso_get(walk->iso, &ce->len);
	return 0;
}

/* At the end of an area, which is entered once: 1, or 0 after the last. */
static int next_area(struct iso_susp *walk, struct error *err)
{
	if (walk->next_len == 0)
		return 0;
	if (++walk->areas > AREAS_MAX)
		return error_set(err, ERR_LIMIT,
			"system use fields in more than %d areas", AREAS_MAX);
	if (walk->next_len > AREAS_BYTES_MAX - walk->bytes)
		return error_set(err, ERR_LIMIT,
			"system use fields of more than %d bytes",
			AREAS_BYTES_MAX);
	walk->bytes += walk->next_len;
	walk->at = walk->next_at;
	walk->left = walk->next_len;
	walk->next_len = 0;
	return 1;
}

int iso_susp_next(struct iso_susp *walk, struct bytes *field, struct error *err)
{
	int r;

	for (;;) {
		r = take(walk, field, err);
		if (r < 0)
			return -1;
		if (r == 0) {
			r = next_area(walk, err);
			if (r <= 0)
				return r;
		} else if (iso_field_is(*field, "CE")) {
			if (note_area(walk, *field, err) < 0)
				return -1;
		} else if (iso_field_is(*field, "ST")) {
			leave(walk);
		} else {
			return 1;
		}
	}
}
