/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_attr.c - attributes of files: a fixed structure once, a layout since
 *
 * Up to version 4 a dnode's bonus is a "znode".  In version 5 it is a header
 * with the number of a layout, which names the attributes that follow each
 * other there, and, where the bonus is too small, in the spill block.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/zfs.h"

#define BONUS_ZNODE 17
#define BONUS_ATTRS 44
#define ATTRS_MAGIC 0x2F505A

struct znode {
	le64 atime[2];
	le64 mtime[2]; /* seconds since 1970, nanoseconds */
	le64 ctime[2];
	le64 crtime[2];
	le64 generation;
	le64 mode;
	le64 size;
	uint8_t unused[176];
};

_Static_assert(sizeof(struct znode) == 264, "as the format has it");

struct attr_header {
	le32 magic;
	le16 layout; /* number: 10 bits; bytes of this header / 8: 6 bits */
	le16 len[];  /* of those whose length varies */
};

static const char *const attr_names[ZFS_ATTRS] = {
	[ZFS_MODE] = "ZPL_MODE",
	[ZFS_SIZE] = "ZPL_SIZE",
	[ZFS_MTIME] = "ZPL_MTIME",
	[ZFS_SYMLINK] = "ZPL_SYMLINK",
};

/* A registry's number: 16 bits the attribute's own, 16 its length from 24 on */
static int register_attr(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	struct zfs_objset *set = ctx;
	uint64_t value = entry->value[0];
	uint16_t number = value & 0xffff;
	unsigned int i;

	if (entry->count < 1)
		return 0;
	if (number >= ZFS_REGISTRY_MAX)
		return error_set(err, ERR_LIMIT,
			"an attribute of number %u, the highest read is %d",
			number, ZFS_REGISTRY_MAX - 1);
	set->attr_len[number] = (uint16_t)(value >> 24 & 0xffff);
	for (i = 0; i < ZFS_ATTRS; i++)
		if (strcmp(entry->name, attr_names[i]) == 0) {
			set->attr_number[i] = number;
			set->attr_known[i] = true;
		}
	return 0;
}

int zfs_attr_open(struct zfs_pool *pool, struct zfs_objset *set,
	uint64_t master, struct error *err)
{
	uint64_t registry;
	struct zfs_dnode dnode;
	int found =
		zfs_zap_number(pool, set, master, "REGISTRY", &registry, err);

	if (found > 0)
		found = zfs_zap_number(
			pool, set, master, "LAYOUTS", &set->layouts, err);
	if (found < 0)
		return -1;
	if (!found) /* no file was made yet */
		return 0;
	if (zfs_dnode_read(pool, set, registry, &dnode, err) < 0 ||
		zfs_zap_each(pool, &dnode.data, register_attr, set, err) < 0)
		return error_in(err, "registry of attributes");
	return 0;
}

static int read_layout(struct zfs_pool *pool, struct zfs_objset *set,
	unsigned int number, struct error *err)
{
	struct zfs_layout *layout = &set->layout;
	struct zfs_zap_entry entry;
	struct zfs_dnode dnode;
	char name[16];
	unsigned int i;
	int found;

	if (layout->count > 0 && layout->number == number)
		return 0;
	snprintf(name, sizeof(name), "%u", number);
	if (zfs_dnode_read(pool, set, set->layouts, &dnode, err) < 0)
		return -1;
	found = zfs_zap_find(pool, &dnode.data, name, &entry, err);
	if (found < 0)
		return -1;
	if (!found || entry.count > ZFS_LAYOUT_MAX)
		return error_set(err, ERR_CORRUPT,
			"no layout of number %u, or more than %d attributes",
			number, ZFS_LAYOUT_MAX);
	layout->number = number;
	layout->count = entry.count;
	for (i = 0; i < entry.count; i++)
		layout->attr[i] = (uint16_t)entry.value[i];
	return 0;
}

/* Look for an attribute in the bonus or the spill block: 1, or 0. */
static int find_in(struct zfs_pool *pool, struct zfs_objset *set,
	enum zfs_attr attr, struct bytes where, struct bytes *value,
	struct error *err)
{
	const struct attr_header *header = bytes_at(where, 0, sizeof(*header));
	struct attr_header head;
	unsigned int i, varying = 0, number;
	size_t off, len;
	const le16 *raw;

	if (!header || le32_get(header->magic) != ATTRS_MAGIC)
		return error_set(err, ERR_CORRUPT,
			"attributes without their magic number");
	head = *header;
	off = (size_t)(le16_get(head.layout) >> 10) * 8;
	if (read_layout(pool, set, le16_get(head.layout) & 0x3ff, err) < 0)
		return -1;
	for (i = 0; i < set->layout.count; i++) {
		number = set->layout.attr[i];
		len = number < ZFS_REGISTRY_MAX ? set->attr_len[number] : 0;
		if (len == 0) {
			raw = bytes_at(where,
				sizeof(head) + varying++ * sizeof(*raw),
				sizeof(*raw));
			len = raw ? le16_get(*raw) : 0;
		}
		if (set->attr_known[attr] && number == set->attr_number[attr]) {
			*value = bytes_sub(where, off, len);
			return value->data ? 1
					   : error_set(err, ERR_CORRUPT,
						     "attribute %s is cut off",
						     attr_names[attr]);
		}
		off += (len + 7) / 8 * 8;
	}
	return 0;
}

/*
 * The value stays until the next block is asked for.  A layout is read before
 * the spill block is, so that it does not push it out.
 */
static int find_attr(struct zfs_pool *pool, struct zfs_objset *set,
	enum zfs_attr attr, const struct zfs_dnode *dnode, struct bytes *value,
	struct error *err)
{
	const struct attr_header *header;
	struct bytes spill;
	int found = find_in(pool, set, attr, dnode->bonus, value, err);

	if (found != 0 || !dnode->has_spill)
		return found;
	if (zfs_block(pool, &dnode->spill, &spill, err) < 0)
		return error_in(err, "spill block");
	header = bytes_at(spill, 0, sizeof(*header));
	if (header &&
		read_layout(pool, set, le16_get(header->layout) & 0x3ff, err) <
			0)
		return -1;
	if (zfs_block(pool, &dnode->spill, &spill, err) < 0)
		return error_in(err, "spill block");
	return find_in(pool, set, attr, spill, value, err);
}

static int find_number(struct zfs_pool *pool, struct zfs_objset *set,
	enum zfs_attr attr, const struct zfs_dnode *dnode, uint64_t *number,
	struct error *err)
{
	struct bytes value;
	const le64 *raw = NULL;
	int found = find_attr(pool, set, attr, dnode, &value, err);

	if (found < 0)
		return -1;
	if (found)
		raw = bytes_at(value, 0, sizeof(*raw));
	if (!raw)
		return error_set(
			err, ERR_CORRUPT, "no attribute %s", attr_names[attr]);
	*number = le64_get(*raw);
	return 0;
}

static int get_numbers(struct zfs_pool *pool, struct zfs_objset *set,
	const struct zfs_dnode *dnode, uint64_t *mode, uint64_t *size,
	uint64_t *mtime, struct error *err)
{
	const struct znode *znode;

	if (set->has_attrs && dnode->bonus_type == BONUS_ATTRS)
		return find_number(pool, set, ZFS_MODE, dnode, mode, err) < 0 ||
				find_number(pool, set, ZFS_SIZE, dnode, size,
					err) < 0 ||
				find_number(pool, set, ZFS_MTIME, dnode, mtime,
					err) < 0
			? -1
			: 0;
	znode = bytes_at(dnode->bonus, 0, sizeof(*znode));
	if (!znode || dnode->bonus_type != BONUS_ZNODE)
		return error_set(err, ERR_CORRUPT,
			"no file's attributes (type %u, %zu bytes)",
			dnode->bonus_type, dnode->bonus.len);
	*mode = le64_get(znode->mode);
	*size = le64_get(znode->size);
	*mtime = le64_get(znode->mtime[0]);
	return 0;
}

int zfs_file_node(struct zfs_pool *pool, size_t set, uint64_t object,
	struct fs_node *node, struct error *err)
{
	uint64_t mode, size, mtime;
	struct zfs_dnode dnode;

	if (zfs_dnode_read(pool, pool->sets[set], object, &dnode, err) < 0)
		return -1;
	if (get_numbers(pool, pool->sets[set], &dnode, &mode, &size, &mtime,
		    err) < 0)
		return error_in(err, "object %" PRIu64, object);
	*node = (struct fs_node){
		.type = fs_type_of_mode((unsigned int)mode),
		.size = size,
		.mtime = (int64_t)mtime,
		.id = zfs_id(set, object),
	};
	return 0;
}

int zfs_link_target(struct zfs_pool *pool, struct zfs_objset *set,
	const struct zfs_dnode *dnode, struct bytes *target, struct error *err)
{
	if (dnode->bonus_type == BONUS_ATTRS)
		return set->has_attrs
			? find_attr(pool, set, ZFS_SYMLINK, dnode, target, err)
			: 0;
	/* behind the structure, if there is room for all of it */
	*target = bytes_sub(dnode->bonus, sizeof(struct znode),
		dnode->bonus.len > sizeof(struct znode)
			? dnode->bonus.len - sizeof(struct znode)
			: 0);
	return target->len > 0;
}
