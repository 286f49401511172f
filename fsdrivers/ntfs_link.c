/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs_link.c - what a file is: reparse points, and links of several makers
 *
 * Reparse points: [MS-FSCC] 2.1.2.  Interix, and ntfs-3g, keep a link as a
 * system file that begins with a name.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/ntfs.h"
#include "src/base/utf8.h"

#define EPOCH INT64_C(11644473600) /* seconds from 1601 to 1970 */
#define TICKS 10000000             /* of a second */

#define ATTRIBUTE_SYSTEM 4

/* Reparse points; the tag of one of them is kept in a node. */
#define TAG_JUNCTION 0xa0000003U
#define TAG_LINK 0xa000000cU
#define TAG_LINUX_LINK 0xa000001dU
#define TAG_DEDUP 0x80000013U
#define TAG_WOF 0x80000017U
#define TAG_SOCKET 0x80000023U
#define TAG_LINUX_LAST 0x80000026U /* pipe, character device, block device */

#define REPARSE_HEAD 8
#define REPARSE_MAX 16384 /* bytes with the head; the format's limit */

static const char interix[] = "IntxLNK\1";

#define INTERIX_HEAD 8
#define INTERIX_MAX (INTERIX_HEAD + 2 * FS_PATH_MAX)

struct names {
	le16 target; /* from behind this structure */
	le16 target_len;
	le16 shown;
	le16 shown_len;
};

/* UTF-16 with any slashes as a path of ours. */
static int path_of(struct bytes raw, bool absolute, char text[FS_PATH_MAX],
	size_t *len, struct error *err)
{
	uint16_t units[FS_PATH_MAX];
	size_t count = raw.len / 2, i;

	if (count >= FS_PATH_MAX)
		return error_set(err, ERR_LIMIT,
			"a target of more than %d bytes", FS_PATH_MAX);
	for (i = 0; i < count; i++)
		units[i] =
			(uint16_t)(raw.data[2 * i] | raw.data[2 * i + 1] << 8);
	*len = utf8_of_utf16(units, count, text, FS_PATH_MAX - 1);
	if (*len == SIZE_MAX)
		return error_set(err, ERR_CORRUPT, "a broken target");
	for (i = 0; i < *len; i++)
		if (text[i] == '\\')
			text[i] = '/';
	if (!absolute)
		return 0;
	/* "\??\" is Windows' root of all names; a drive is this file system */
	i = *len >= 4 && memcmp(text, "/?\?/", 4) == 0 ? 4 : 0;
	if (*len >= i + 2 && text[i + 1] == ':')
		i += 2;
	*len -= i;
	memmove(text, text + i, *len);
	if (*len > 0 && text[0] == '/')
		return 0;
	memmove(text + 1, text, *len);
	text[0] = '/';
	++*len;
	return 0;
}

/* The target in the data behind the head of a reparse point. */
static int reparse_target(uint32_t tag, struct bytes data,
	char text[FS_PATH_MAX], size_t *len, struct error *err)
{
	const size_t head =
		sizeof(struct names) + (tag == TAG_LINK ? sizeof(le32) : 0);
	const struct names *names = bytes_at(data, 0, head);
	struct bytes path;
	bool relative;

	if (tag == TAG_LINUX_LINK) {
		/* a version in front */
		path = bytes_sub(data, 4, data.len >= 4 ? data.len - 4 : 0);
		if (!path.data || path.len >= FS_PATH_MAX)
			return error_set(err, ERR_CORRUPT, "a broken target");
		memcpy(text, path.data, path.len);
		*len = path.len;
		return 0;
	}
	if (!names)
		return error_set(err, ERR_CORRUPT, "a broken reparse point");
	path = bytes_sub(data, head + le16_get(names->target),
		le16_get(names->target_len));
	if (!path.data)
		return error_set(err, ERR_CORRUPT, "a broken reparse point");
	relative = tag == TAG_LINK && (data.data[sizeof(*names)] & 1);
	return path_of(path, !relative, text, len, err);
}

/* The reparse point of the file: 1 and its tag, 0 if it is none. */
static int read_reparse(struct ntfs *ntfs, uint8_t raw[REPARSE_MAX],
	size_t *len, uint32_t *tag, struct error *err)
{
	struct ntfs_attr attr;
	int r = ntfs_attr(ntfs, NTFS_REPARSE, "", &attr, err);

	if (r <= 0)
		return r;
	if (attr.size < REPARSE_HEAD || attr.size > REPARSE_MAX)
		return error_set(err, ERR_CORRUPT,
			"a reparse point of %" PRIu64 " bytes", attr.size);
	*len = (size_t)attr.size;
	if (ntfs_attr_read(ntfs, &attr, 0, raw, *len, err) < 0)
		return error_in(err, "reparse point");
	*tag = le32_get(*(const le32 *)raw);
	return 1;
}

/* Is it a link: 1 and the target, or 0? */
static int find_target(struct ntfs *ntfs, uint32_t *tag, char text[FS_PATH_MAX],
	size_t *len, struct error *err)
{
	uint8_t raw[INTERIX_MAX > REPARSE_MAX ? INTERIX_MAX : REPARSE_MAX];
	struct ntfs_attr attr;
	struct bytes data;
	size_t size;
	int r;

	*tag = 0;
	r = read_reparse(ntfs, raw, &size, tag, err);
	if (r < 0)
		return -1;
	if (r > 0) {
		data = (struct bytes){ raw + REPARSE_HEAD,
			size - REPARSE_HEAD };
		if (*tag != TAG_JUNCTION && *tag != TAG_LINK &&
			*tag != TAG_LINUX_LINK)
			return 0;
		return reparse_target(*tag, data, text, len, err) < 0 ? -1 : 1;
	}
	r = ntfs_attr(ntfs, NTFS_DATA, "", &attr, err);
	if (r <= 0 || attr.size <= INTERIX_HEAD || attr.size > INTERIX_MAX)
		return r < 0 ? -1 : 0;
	if (ntfs_attr_read(ntfs, &attr, 0, raw, (size_t)attr.size, err) < 0)
		return -1;
	if (memcmp(raw, interix, INTERIX_HEAD) != 0)
		return 0;
	data = (struct bytes){ raw + INTERIX_HEAD,
		(size_t)attr.size - INTERIX_HEAD };
	return path_of(data, false, text, len, err) < 0 ? -1 : 1;
}

static int64_t seconds(uint64_t ticks)
{
	return (int64_t)(ticks / TICKS) - EPOCH;
}

/* When it was changed, and is it one of the system's, as Interix' links? */
static int read_information(struct ntfs *ntfs, struct fs_node *node,
	bool *is_system, struct error *err)
{
	struct {
		le64 created;
		le64 modified;
		le64 changed;
		le64 read;
		le32 flags;
	} info;
	struct ntfs_attr attr;
	int r = ntfs_attr(ntfs, NTFS_INFORMATION, "", &attr, err);

	*is_system = false;
	if (r <= 0 || attr.size < 36)
		return r < 0 ? -1 : 0;
	if (ntfs_attr_read(ntfs, &attr, 0, &info, 36, err) < 0)
		return -1;
	node->mtime = seconds(le64_get(info.modified));
	*is_system = le32_get(info.flags) & ATTRIBUTE_SYSTEM;
	return 0;
}

/* By its reparse point: what is no link is a special file, or refused. */
static void set_special(struct fs_node *node, uint32_t tag)
{
	if (tag >= TAG_SOCKET && tag <= TAG_LINUX_LAST)
		node->type = FS_OTHER;
	else if (node->type == FS_FILE)
		node->aux[1] = tag;
}

int ntfs_node(struct ntfs *ntfs, struct fs_node *node, struct error *err)
{
	const struct ntfs_header *header = (const void *)ntfs->base;
	bool is_dir = le16_get(header->flags) & NTFS_IS_DIR, is_system;
	char text[FS_PATH_MAX];
	struct ntfs_attr attr;
	uint32_t tag = 0;
	size_t len;
	int r;

	*node = (struct fs_node){
		.type = is_dir ? FS_DIR : FS_FILE,
		.id = ntfs->number,
	};
	if (read_information(ntfs, node, &is_system, err) < 0)
		return -1;
	if (!is_dir) {
		r = ntfs_attr(ntfs, NTFS_DATA, "", &attr, err);
		if (r < 0)
			return -1;
		node->size = r > 0 ? attr.size : 0;
	}
	if (!is_system) {
		r = ntfs_attr(ntfs, NTFS_REPARSE, "", &attr, err);
		if (r <= 0)
			return r;
	}
	r = find_target(ntfs, &tag, text, &len, err);
	if (r > 0) {
		node->type = FS_SYMLINK;
		node->size = len;
	} else if (r == 0) {
		set_special(node, tag);
	}
	return r < 0 ? -1 : 0;
}

int ntfs_link_read(struct ntfs *ntfs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	char text[FS_PATH_MAX];
	uint32_t tag;
	size_t size;
	int r;

	if (ntfs_load(ntfs, node->id, err) < 0)
		return -1;
	r = find_target(ntfs, &tag, text, &size, err);
	if (r < 0)
		return -1;
	if (r == 0 || size != node->size)
		return error_set(
			err, ERR_CORRUPT, "it changed while it was read");
	memcpy(buf, text + off, len);
	return 0;
}

int ntfs_check_kind(const struct fs_node *node, struct error *err)
{
	switch (node->aux[1]) {
	case 0:
		return 0;
	case TAG_WOF:
		return error_set(err, ERR_UNSUPPORTED,
			"is packed by Windows' overlay filter (\"compact\")");
	case TAG_DEDUP:
		return error_set(err, ERR_UNSUPPORTED,
			"is kept by Windows' data deduplication");
	default:
		return error_set(err, ERR_UNSUPPORTED,
			"is kept by a filter of Windows (reparse point "
			"0x%08" PRIx64 ")",
			node->aux[1]);
	}
}
