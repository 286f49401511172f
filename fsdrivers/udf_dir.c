/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_dir.c - directories, and the targets of symbolic links
 *
 * A directory is a file of descriptors, each with a name and where the file
 * entry is.  Names are told apart by case, as Linux and GRUB do.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/udf.h"

/* A million names (FS_DIR_MAX) of some length take less. */
#define DIR_SIZE_MAX (256U << 20)

/* No descriptor may be longer than a block; bytes. */
#define WINDOW 4096

enum { DELETED = 4, PARENT = 8 };

/* Section 4/14.4 */
struct name {
	struct udf_tag tag;
	le16 version;
	uint8_t flags;
	uint8_t name_len;
	struct udf_long_extent icb;
	le16 private_len; /* in front of the name */
};

#define NAME_SIZE 38 /* without what aligns the structure */

_Static_assert(sizeof(struct name) == NAME_SIZE, "as the format has it");

/* Section 4/14.16.1 */
struct component {
	uint8_t type;
	uint8_t len;
	le16 version;
};

enum { MOUNT_ROOT = 1, ROOT, UP, HERE, NAMED };

static enum fs_type type_of(const struct udf_file *file)
{
	switch (file->type) {
	case UDF_TYPE_DIR:
		return FS_DIR;
	case UDF_TYPE_LINK:
		return FS_SYMLINK;
	case UDF_TYPE_NONE:
	case UDF_TYPE_FILE:
	case UDF_TYPE_REALTIME:
		return FS_FILE;
	default:
		return FS_OTHER;
	}
}

int udf_load(struct udf *udf, const struct fs_node *node, struct error *err)
{
	const struct udf_file *file = udf->file;

	/* udf_node() saw that there is such a partition */
	if (udf_file_load(udf, udf->file, &udf->parts[node->aux[1]],
		    (uint32_t)node->aux[0], err) < 0)
		return -1;
	/* udf_link_read() compares a link's size, that of its target */
	return fs_node_check(node, type_of(file),
		node->type == FS_SYMLINK ? node->size : file->size, err);
}

/* Links */

/* The text of a component, and the slash behind it. */
static int add_component(struct udf *udf, uint64_t at,
	const struct component *part, char *text, size_t *len,
	struct error *err)
{
	static const char *const fixed[] = {
		[MOUNT_ROOT] = "", [ROOT] = "", [UP] = "..", [HERE] = "."
	};
	char name[FS_NAME_MAX + 1] = "";
	uint8_t raw[UINT8_MAX];
	size_t add;

	if (part->type < MOUNT_ROOT || part->type > NAMED)
		return error_set(err, ERR_CORRUPT,
			"a component of type %u in its target", part->type);
	if (part->type == NAMED) {
		if (udf_file_read(udf, udf->file, at, raw, part->len, err) < 0)
			return -1;
		if (!udf_name((struct bytes){ raw, part->len }, name) ||
			!fs_name_valid(name, strlen(name)))
			return error_set(err, ERR_CORRUPT,
				"a broken name in its target");
	} else {
		strcpy(name, fixed[part->type]);
	}
	/* what is below a root begins there */
	if (part->type <= ROOT)
		*len = 0;
	add = strlen(name);
	if (add + 2 > FS_PATH_MAX - *len)
		return error_set(err, ERR_LIMIT,
			"a target of more than %d bytes", FS_PATH_MAX);
	memcpy(text + *len, name, add);
	text[*len + add] = '/';
	*len += add + 1;
	return 0;
}

/* The target of the link in udf->file. */
static int read_target(
	struct udf *udf, char text[FS_PATH_MAX], size_t *len, struct error *err)
{
	uint64_t size = udf->file->size, at = 0;
	struct component part;

	*len = 0;
	if (size > (size_t)4 * FS_PATH_MAX)
		return error_set(err, ERR_LIMIT,
			"a target of more than %d bytes", FS_PATH_MAX);
	for (; size - at >= sizeof(part); at += part.len) {
		if (udf_file_read(
			    udf, udf->file, at, &part, sizeof(part), err) < 0)
			return -1;
		at += sizeof(part);
		if (part.len > size - at)
			return error_set(
				err, ERR_CORRUPT, "its target is cut short");
		if (add_component(udf, at, &part, text, len, err) < 0)
			return -1;
	}
	if (*len > 1)
		--*len;
	return 0;
}

int udf_link_read(struct udf *udf, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	char text[FS_PATH_MAX];
	size_t size;

	if (udf_load(udf, node, err) < 0 ||
		read_target(udf, text, &size, err) < 0)
		return -1;
	if (size != node->size)
		return error_set(
			err, ERR_CORRUPT, "it changed while it was read");
	memcpy(buf, text + off, len);
	return 0;
}

/* Nodes */

int udf_node(struct udf *udf, const struct udf_long_extent *icb,
	struct fs_node *node, struct error *err)
{
	uint16_t index = le16_get(icb->part);
	uint32_t block = le32_get(icb->block);
	const struct udf_part *part = udf_part(udf, index, err);
	char text[FS_PATH_MAX];
	size_t len;

	if (!part || udf_file_load(udf, udf->file, part, block, err) < 0)
		return -1;
	*node = (struct fs_node){
		.type = type_of(udf->file),
		.size = udf->file->size,
		.mtime = udf->file->mtime,
		.id = (uint64_t)index << 32 | block,
		.aux = { block, index },
	};
	if (node->type == FS_SYMLINK) {
		if (read_target(udf, text, &len, err) < 0)
			return -1;
		node->size = len;
	}
	return 0;
}

/* Directories */

struct scan {
	struct udf *udf;
	const struct fs_node *dir;
	uint64_t at;     /* of the next descriptor in the directory */
	uint64_t window; /* where the bytes below begin */
	size_t len;      /* how many there are */
	uint8_t bytes[WINDOW];
	const struct name *name;
	struct bytes raw; /* the name as it is kept */
};

/* The next len bytes in one piece; NULL if the directory has no more. */
static int fetch(
	struct scan *scan, size_t len, const uint8_t **bytes, struct error *err)
{
	uint64_t left = scan->dir->size - scan->at;

	*bytes = NULL;
	if (len > left)
		return 0;
	if (scan->at < scan->window ||
		scan->at + len > scan->window + scan->len) {
		scan->window = scan->at;
		scan->len = left < WINDOW ? (size_t)left : WINDOW;
		if (udf_load(scan->udf, scan->dir, err) < 0 ||
			udf_file_read(scan->udf, scan->udf->file, scan->window,
				scan->bytes, scan->len, err) < 0) {
			scan->len = 0;
			return -1;
		}
	}
	*bytes = scan->bytes + (scan->at - scan->window);
	return 0;
}

static int check_name(
	const struct scan *scan, const void *raw, size_t len, struct error *err)
{
	const struct name *name = raw;

	if (le16_get(name->tag.id) != UDF_NAME)
		return error_set(err, ERR_CORRUPT,
			"at byte %" PRIu64 ": a descriptor of kind %u",
			scan->at, le16_get(name->tag.id));
	/* Linux does not ask where it says that it is, either */
	if (udf_tag_check(raw, len, le32_get(name->tag.location), err) < 0)
		return error_in(err, "at byte %" PRIu64, scan->at);
	return 0;
}

/* Bytes of a name's descriptor, without what fills it up. */
static size_t name_size(const struct name *name)
{
	return sizeof(*name) + le16_get(name->private_len) + name->name_len;
}

/* The next descriptor: 1, or 0 at the end. */
static int next_name(struct scan *scan, struct error *err)
{
	const struct name *name;
	const uint8_t *bytes;
	size_t len, padded;

	if (fetch(scan, sizeof(*name), &bytes, err) < 0)
		return -1;
	if (!bytes)
		return 0;
	name = (const void *)bytes;
	len = name_size(name);
	if (le16_get(name->tag.id) == UDF_NAME && len > WINDOW)
		return error_set(err, ERR_CORRUPT,
			"at byte %" PRIu64 ": a name's descriptor of %zu bytes",
			scan->at, len);
	/* the CRC is also of what fills it up, which may be cut at the end */
	padded = (len + 3) / 4 * 4;
	if (padded > WINDOW || padded > scan->dir->size - scan->at)
		padded = len;
	if (padded <= WINDOW && fetch(scan, padded, &bytes, err) < 0)
		return -1;
	if (!bytes)
		return 0;
	/* they may have been read again, and are something else by now */
	name = (const void *)bytes;
	if (len != name_size(name))
		return error_set(err, ERR_CORRUPT,
			"at byte %" PRIu64 ": changed while it was read",
			scan->at);
	if (check_name(scan, bytes, padded, err) < 0)
		return -1;
	scan->name = name;
	scan->raw.data = bytes + len - scan->name->name_len;
	scan->raw.len = scan->name->name_len;
	scan->at += (len + 3) / 4 * 4;
	if (scan->at > scan->dir->size)
		scan->at = scan->dir->size;
	return 1;
}

/* The next name that a path can spell; of a file that is there. */
static int next_file(
	struct scan *scan, char text[FS_NAME_MAX + 1], struct error *err)
{
	int r;

	if (scan->dir->size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of %" PRIu64 " bytes, at most %u are read",
			scan->dir->size, DIR_SIZE_MAX);
	while ((r = next_name(scan, err)) > 0)
		if (!(scan->name->flags & (DELETED | PARENT)) &&
			udf_name(scan->raw, text) &&
			fs_name_valid(text, strlen(text)))
			break;
	return r;
}

int udf_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct scan scan = { .udf = fs->priv, .dir = dir };
	struct udf_long_extent icb;
	char name[FS_NAME_MAX + 1];
	struct fs_node node;
	int r;

	while ((r = next_file(&scan, name, err)) > 0) {
		icb = scan.name->icb;
		if (udf_node(fs->priv, &icb, &node, err) < 0)
			return error_in(err, "\"%s\"", name);
		r = visit(ctx, name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

int udf_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct scan scan = { .udf = fs->priv, .dir = dir };
	char found[FS_NAME_MAX + 1];
	int r;

	while ((r = next_file(&scan, found, err)) > 0)
		if (strcmp(name, found) == 0)
			return udf_node(fs->priv, &scan.name->icb, node, err) <
					0
				? -1
				: 1;
	return r;
}
