/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_nvlist.c - lists of named values, as labels have them
 *
 * The encoding is XDR (RFC 4506): numbers are big-endian and take a multiple of
 * four bytes.  Each pair says how long it is with all that is in it, so nobody
 * need understand what he does not want.  A size of 0 ends a list.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/zfs.h"

#define ENCODING_XDR 1

struct header {
	uint8_t encoding;
	uint8_t endian; /* of who wrote it; XDR does not depend on it */
	uint8_t reserved[2];
};

struct list_header {
	be32 version;
	be32 flags;
};

struct pair_header {
	be32 size; /* bytes of the pair, with this number */
	be32 decoded;
	be32 name_len;
};

struct value_header {
	be32 type;
	be32 count;
};

/* What is there in front of rest, or NULL; rest is then behind it. */
static const void *take(struct bytes *rest, size_t len)
{
	const void *data = bytes_at(*rest, 0, len);

	if (data)
		*rest = bytes_sub(*rest, len, rest->len - len);
	return data;
}

static size_t padded(size_t len)
{
	return (len + 3) / 4 * 4;
}

static int cut_off(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "a list of values is cut off");
}

int zfs_nvlist_begin(
	struct bytes packed, struct bytes *pairs, struct error *err)
{
	const struct header *header = take(&packed, sizeof(*header));

	if (!header || !take(&packed, sizeof(struct list_header)))
		return cut_off(err);
	if (header->encoding != ENCODING_XDR)
		return error_set(err, ERR_UNSUPPORTED,
			"a list of values of encoding %u", header->encoding);
	*pairs = packed;
	return 0;
}

int zfs_nvlist_next(
	struct bytes *rest, struct zfs_nvpair *pair, struct error *err)
{
	const be32 *end = bytes_at(*rest, 0, sizeof(*end));
	const struct pair_header *header;
	const struct value_header *value;
	struct bytes inside;
	size_t name_len;
	uint32_t size;

	if (!end)
		return cut_off(err);
	size = be32_get(*end);
	if (size == 0)
		return 0;
	inside = bytes_sub(*rest, 0, size);
	header = take(&inside, sizeof(*header));
	if (!header || !take(rest, size))
		return cut_off(err);
	name_len = be32_get(header->name_len);
	pair->name = bytes_sub(inside, 0, name_len);
	if (!pair->name.data || !take(&inside, padded(name_len)))
		return cut_off(err);
	value = take(&inside, sizeof(*value));
	if (!value)
		return cut_off(err);
	pair->type = be32_get(value->type);
	pair->count = be32_get(value->count);
	pair->value = inside;
	return 1;
}

static int find(struct bytes pairs, const char *name, uint32_t type,
	struct zfs_nvpair *pair, struct error *err)
{
	size_t len = strlen(name);
	int more;

	while ((more = zfs_nvlist_next(&pairs, pair, err)) > 0)
		if (pair->type == type && pair->name.len == len &&
			memcmp(pair->name.data, name, len) == 0)
			return 1;
	return more;
}

int zfs_nvlist_u64(struct bytes pairs, const char *name, uint64_t *value,
	struct error *err)
{
	struct zfs_nvpair pair;
	const be64 *number;
	int found = find(pairs, name, ZFS_NV_UINT64, &pair, err);

	if (found <= 0)
		return found;
	number = bytes_at(pair.value, 0, sizeof(*number));
	if (!number)
		return cut_off(err);
	*value = be64_get(*number);
	return 1;
}

int zfs_nvlist_string(struct bytes pairs, const char *name, char *out,
	size_t size, struct error *err)
{
	struct zfs_nvpair pair;
	const be32 *len;
	struct bytes text;
	int found = find(pairs, name, ZFS_NV_STRING, &pair, err);

	if (found <= 0)
		return found;
	len = take(&pair.value, sizeof(*len));
	if (!len)
		return cut_off(err);
	text = bytes_sub(pair.value, 0, be32_get(*len));
	if (!text.data)
		return cut_off(err);
	if (text.len >= size || memchr(text.data, '\0', text.len))
		return error_set(err, ERR_CORRUPT,
			"\"%s\" is a text of %zu bytes", name, text.len);
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return 1;
}

int zfs_nvlist_take(struct bytes *rest, struct bytes *pairs, struct error *err)
{
	struct zfs_nvpair pair;
	int more;

	if (!take(rest, sizeof(struct list_header)))
		return cut_off(err);
	*pairs = *rest;
	while ((more = zfs_nvlist_next(rest, &pair, err)) > 0)
		;
	if (more < 0)
		return -1;
	/* the end: two sizes of 0 */
	return take(rest, 2 * sizeof(be32)) ? 0 : cut_off(err);
}

int zfs_nvlist_list(struct bytes pairs, const char *name, struct bytes *list,
	struct error *err)
{
	struct zfs_nvpair pair;
	int found = find(pairs, name, ZFS_NV_LIST, &pair, err);

	if (found <= 0)
		return found;
	return zfs_nvlist_take(&pair.value, list, err) < 0 ? -1 : 1;
}

int zfs_nvlist_lists(struct bytes pairs, const char *name, struct bytes *rest,
	uint32_t *count, struct error *err)
{
	struct zfs_nvpair pair;
	int found = find(pairs, name, ZFS_NV_LISTS, &pair, err);

	if (found <= 0)
		return found;
	*rest = pair.value;
	*count = pair.count;
	return 1;
}
