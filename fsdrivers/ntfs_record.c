/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs_record.c - the records of the MFT, and the attributes in them
 *
 * A file whose attributes do not fit into one record has a list of where they
 * are.  The MFT is a file, too, and what is known of it so far must do to read
 * the rest of its own description.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/ntfs.h"
#include "src/base/checked.h"

#define STRIDE 512 /* bytes that a fixup protects, whatever a sector has */

#define LIST_MAX (256U << 10) /* bytes; Windows' limit */
#define MFT_RUNS_MAX 65536    /* 1.5 MiB of them */
#define MIRRORED 4            /* records */

#define NUMBER_MASK ((UINT64_C(1) << 48) - 1) /* of a reference */

struct attribute {
	le32 type;
	le32 len;
	uint8_t outside;  /* its value is in clusters */
	uint8_t name_len; /* units */
	le16 name;
	le16 flags;
	le16 instance;
	union {
		struct {
			le32 len;
			le16 value;
			le16 flags;
		} inside;
		struct {
			le64 first; /* clusters */
			le64 last;
			le16 runs;
			uint8_t unit;
			uint8_t unused[5];
			le64 allocated;
			le64 size;
			le64 written;
		} outside;
	} u;
};

#define INSIDE_SIZE 24
#define OUTSIDE_SIZE 64

_Static_assert(sizeof(struct attribute) == OUTSIDE_SIZE, "as it has it");

struct list_entry {
	le32 type;
	le16 len;
	uint8_t name_len;
	uint8_t name;
	le64 first;
	le64 record;
	le16 instance;
};

#define LIST_ENTRY_SIZE 26

int ntfs_fix(uint8_t *block, size_t size, const char *magic, struct error *err)
{
	const struct ntfs_header *header = (const void *)block;
	size_t count = le16_get(header->fixup_count), i;
	const struct bytes view = { block, size };
	const uint8_t *fixups =
		bytes_at(view, le16_get(header->fixups), count * 2);

	if (memcmp(header->magic, magic, sizeof(header->magic)) != 0)
		return error_set(
			err, ERR_CORRUPT, "it does not begin with %s", magic);
	if (!fixups || count != size / STRIDE + 1)
		return error_set(err, ERR_CORRUPT, "%zu fixups of %zu bytes",
			count, size);
	for (i = 1; i < count; i++) {
		uint8_t *end = block + i * STRIDE - 2;

		if (memcmp(end, fixups, 2) != 0)
			return error_set(err, ERR_CORRUPT,
				"it was written only in part");
		/* whoever made it may have put them there, too */
		memmove(end, fixups + 2 * i, 2);
	}
	return 0;
}

/* Bytes of the MFT */
static int read_mft(struct ntfs *ntfs, uint64_t off, uint8_t *buf, size_t len,
	struct error *err)
{
	const struct ntfs_run *run;
	size_t i, n;

	for (i = 0; i < ntfs->mft_count && len > 0; i++) {
		run = &ntfs->mft[i];
		if (off < run->off || off - run->off >= run->len)
			continue;
		n = len;
		if (n > run->len - (off - run->off))
			n = (size_t)(run->len - (off - run->off));
		if (volume_read(ntfs->vol, run->vol + (off - run->off), buf, n,
			    err) < 0)
			return -1;
		off += n;
		buf += n;
		len -= n;
	}
	return len == 0 ? 0 : error_set(err, ERR_CORRUPT, "it does not exist");
}

static int read_record(
	struct ntfs *ntfs, uint64_t number, uint8_t *buf, struct error *err)
{
	size_t size = ntfs->record;
	struct error why;
	uint64_t off;

	if (!mul_u64(number, size, &off))
		return error_set(err, ERR_CORRUPT, "it does not exist");
	if (read_mft(ntfs, off, buf, size, err) == 0 &&
		ntfs_fix(buf, size, "FILE", err) == 0)
		return 0;
	return number < MIRRORED &&
			volume_read(ntfs->vol, ntfs->mirror + off, buf, size,
				&why) == 0 &&
			ntfs_fix(buf, size, "FILE", &why) == 0
		? 0
		: -1;
}

/* Has it that name, of ASCII? */
static bool is_named(struct bytes raw, const char *name)
{
	size_t len = strlen(name), i;

	if (raw.len != len * 2 || (len > 0 && !raw.data))
		return false;
	for (i = 0; i < len; i++)
		if (raw.data[2 * i] != (uint8_t)name[i] ||
			raw.data[2 * i + 1] != 0)
			return false;
	return true;
}

/* The attribute at *at of a record, which moves behind it: 1, 0 at the end. */
static int next_attribute(const struct ntfs *ntfs, const uint8_t *record,
	size_t *at, struct bytes *attr, struct error *err)
{
	const struct bytes view = { record, ntfs->record };
	const le32 *type = bytes_at(view, *at, sizeof(*type));
	const struct attribute *head;
	size_t len;

	if (!type || le32_get(*type) == (uint32_t)NTFS_END)
		return 0;
	head = bytes_at(view, *at, INSIDE_SIZE);
	len = head ? le32_get(head->len) : 0;
	*attr = bytes_sub(view, *at, len);
	if (!head || !attr->data ||
		len < (head->outside ? OUTSIDE_SIZE : INSIDE_SIZE))
		return error_set(err, ERR_CORRUPT,
			"an attribute of %zu bytes at 0x%zx", len, *at);
	*at += len;
	return 1;
}

/* instance -1: any */
static int find_in(const struct ntfs *ntfs, const uint8_t *record,
	enum ntfs_type type, const char *name, int instance, struct bytes *attr,
	struct error *err)
{
	size_t at = le16_get(((const struct ntfs_header *)record)->attributes);
	const struct attribute *head;
	int r;

	while ((r = next_attribute(ntfs, record, &at, attr, err)) > 0) {
		head = (const void *)attr->data;
		if (le32_get(head->type) == (uint32_t)type &&
			is_named(bytes_sub(*attr, le16_get(head->name),
					 head->name_len * (size_t)2),
				name) &&
			(instance < 0 || le16_get(head->instance) == instance))
			break;
	}
	return r;
}

/* The bytes of a value inside. */
static int inside_value(
	struct bytes attr, struct bytes *value, struct error *err)
{
	const struct attribute *head = (const void *)attr.data;

	*value = bytes_sub(attr, le16_get(head->u.inside.value),
		le32_get(head->u.inside.len));
	return value->data ? 0
			   : error_set(err, ERR_CORRUPT,
				     "an attribute of %" PRIu32 " bytes",
				     le32_get(head->u.inside.len));
}

static int set_attr(
	struct bytes piece, struct ntfs_attr *attr, struct error *err)
{
	const struct attribute *head = (const void *)piece.data;
	struct bytes value;

	attr->flags = le16_get(head->flags);
	if (!head->outside) {
		if (inside_value(piece, &value, err) < 0)
			return -1;
		attr->value = value.data;
		attr->size = attr->written = value.len;
		return 0;
	}
	attr->unit = head->u.outside.unit;
	attr->size = le64_get(head->u.outside.size);
	attr->written = le64_get(head->u.outside.written);
	if (attr->size > INT64_MAX || le64_get(head->u.outside.first) != 0)
		return error_set(err, ERR_CORRUPT,
			"an attribute of %" PRIu64 " bytes", attr->size);
	return 0;
}

int ntfs_attr(struct ntfs *ntfs, enum ntfs_type type, const char *name,
	struct ntfs_attr *attr, struct error *err)
{
	struct bytes piece;
	size_t at = 0;
	int r;

	*attr = (struct ntfs_attr){ .type = type, .name = name };
	r = ntfs_attr_piece(ntfs, attr, &at, &piece, err);
	if (r <= 0)
		return r;
	return set_attr(piece, attr, err) < 0 ? -1 : 1;
}

/* The list's next entry for an attribute; NULL: none. */
static const struct list_entry *next_entry(
	struct ntfs *ntfs, const struct ntfs_attr *attr, size_t *at)
{
	const struct bytes list = { ntfs->list, ntfs->list_len };
	const struct list_entry *entry;
	size_t start;

	while ((entry = bytes_at(list, *at, LIST_ENTRY_SIZE)) != NULL &&
		le16_get(entry->len) >= LIST_ENTRY_SIZE) {
		start = *at;
		*at += le16_get(entry->len);
		if (le32_get(entry->type) == (uint32_t)attr->type &&
			is_named(bytes_sub(list, start + entry->name,
					 entry->name_len * (size_t)2),
				attr->name))
			return entry;
	}
	return NULL;
}

static int piece_of_entry(struct ntfs *ntfs, const struct ntfs_attr *attr,
	const struct list_entry *entry, struct bytes *piece, struct error *err)
{
	uint64_t number = le64_get(entry->record) & NUMBER_MASK;
	const struct ntfs_header *header = (const void *)ntfs->more;
	uint8_t *record = ntfs->base;
	int r;

	if (number != ntfs->number) {
		record = ntfs->more;
		if (read_record(ntfs, number, record, err) < 0)
			return error_in(err, "record %" PRIu64, number);
		if ((le64_get(header->base) & NUMBER_MASK) != ntfs->number)
			return error_set(err, ERR_CORRUPT,
				"record %" PRIu64 " is of another file",
				number);
	}
	r = find_in(ntfs, record, attr->type, attr->name,
		le16_get(entry->instance), piece, err);
	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"record %" PRIu64 " has no attribute 0x%x", number,
			(unsigned int)attr->type);
	return r;
}

int ntfs_attr_piece(struct ntfs *ntfs, const struct ntfs_attr *attr, size_t *at,
	struct bytes *piece, struct error *err)
{
	const struct list_entry *entry;

	if (ntfs->list_len > 0) {
		entry = next_entry(ntfs, attr, at);
		return entry ? piece_of_entry(ntfs, attr, entry, piece, err)
			     : 0;
	}
	return (*at)++ > 0 ? 0
			   : find_in(ntfs, ntfs->base, attr->type, attr->name,
				     -1, piece, err);
}

/* Room for a list, which is kept for the next one. */
static int make_room(struct ntfs *ntfs, uint64_t size, struct error *err)
{
	size_t room = 4096;

	if (size > LIST_MAX)
		return error_set(err, ERR_LIMIT,
			"a list of attributes of %" PRIu64
			" bytes, at most %u are read",
			size, LIST_MAX);
	while (room < size)
		room *= 2;
	if (room <= ntfs->list_room)
		return 0;
	ntfs->list = arena_alloc(ntfs->arena, room, err);
	if (!ntfs->list)
		return -1;
	ntfs->list_room = room;
	return 0;
}

static int load_list(struct ntfs *ntfs, struct error *err)
{
	struct ntfs_attr attr;
	int r;

	ntfs->list_len = 0;
	r = ntfs_attr(ntfs, NTFS_LIST, "", &attr, err);
	if (r <= 0)
		return r;
	if (make_room(ntfs, attr.size, err) < 0 ||
		ntfs_attr_read(
			ntfs, &attr, 0, ntfs->list, (size_t)attr.size, err) < 0)
		return error_in(err, "list of attributes");
	ntfs->list_len = (size_t)attr.size;
	return 0;
}

int ntfs_load(struct ntfs *ntfs, uint64_t number, struct error *err)
{
	const struct ntfs_header *header = (const void *)ntfs->base;

	if (ntfs->loaded && ntfs->number == number)
		return 0;
	ntfs->loaded = false;
	ntfs->number = number;
	if (read_record(ntfs, number, ntfs->base, err) < 0)
		return error_in(err, "record %" PRIu64, number);
	if (!(le16_get(header->flags) & NTFS_IN_USE) ||
		(le64_get(header->base) & NUMBER_MASK) != 0)
		return error_set(err, ERR_CORRUPT,
			"record %" PRIu64 " is none of a file", number);
	if (load_list(ntfs, err) < 0)
		return error_in(err, "record %" PRIu64, number);
	ntfs->loaded = true;
	return 0;
}

static int add_run(
	struct ntfs *ntfs, const struct ntfs_clusters *run, struct error *err)
{
	if (run->first == FS_HOLE)
		return 0;
	if (ntfs->mft_count == MFT_RUNS_MAX)
		return error_set(
			err, ERR_LIMIT, "more than %d pieces", MFT_RUNS_MAX);
	ntfs->mft = arena_grow(ntfs->arena, ntfs->mft, ntfs->mft_count,
		&ntfs->mft_capacity, sizeof(*ntfs->mft), err);
	if (!ntfs->mft)
		return -1;
	ntfs->mft[ntfs->mft_count++] = (struct ntfs_run){
		.off = run->at * ntfs->cluster,
		.vol = run->first * ntfs->cluster,
		.len = run->count * ntfs->cluster,
	};
	return 0;
}

/* Each piece tells where more of the MFT is, also of the next piece. */
static int add_runs(struct ntfs *ntfs, struct error *err)
{
	const struct ntfs_attr attr = { .type = NTFS_DATA, .name = "" };
	struct ntfs_clusters run;
	struct ntfs_walk walk;
	struct bytes piece;
	size_t at = 0;
	int r;

	while ((r = ntfs_attr_piece(ntfs, &attr, &at, &piece, err)) > 0) {
		if (ntfs_walk_start(&walk, piece, err) < 0)
			return -1;
		while ((r = ntfs_walk_next(ntfs, &walk, &run, err)) > 0)
			if (add_run(ntfs, &run, err) < 0)
				return -1;
		if (r < 0)
			return -1;
	}
	return r;
}

int ntfs_find_mft(struct ntfs *ntfs, uint64_t off, struct error *err)
{
	struct ntfs_run first = { 0, off, (uint64_t)ntfs->record * MIRRORED };

	ntfs->base = arena_alloc(ntfs->arena, ntfs->record, err);
	ntfs->more = arena_alloc(ntfs->arena, ntfs->record, err);
	if (!ntfs->base || !ntfs->more)
		return -1;
	ntfs->unit_file = UINT64_MAX;
	ntfs->mft = &first;
	ntfs->mft_count = 1;
	if (ntfs_load(ntfs, NTFS_MFT, err) < 0) {
		ntfs->mft = NULL;
		return -1;
	}
	ntfs->mft = NULL;
	ntfs->mft_count = 0;
	if (add_runs(ntfs, err) < 0)
		return -1;
	/* with a list that needed more of it than was known at first */
	ntfs->loaded = false;
	return 0;
}
