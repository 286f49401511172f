/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/volume/lvm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int start(struct assembler *assembly, struct error *err)
{
	if (assembly->groups)
		return 0;
	assembly->groups =
		arena_alloc(assembly->arena, sizeof(*assembly->groups), err);
	if (!assembly->groups)
		return -1;
	assembly->groups->nodes_left = LVM_NODES_MAX;
	return 0;
}

/* The section that has an id: what is around it only says how it was made. */
static const struct lvm_node *find_group(const struct lvm_node *root)
{
	const struct lvm_node *node;

	for (node = root->first; node; node = node->next)
		if (node->kind == LVM_SECTION &&
			lvm_child(node, LVM_STRING, "id"))
			return node;
	return NULL;
}

static bool same_text(struct text one, struct text other)
{
	return one.len == other.len && memcmp(one.at, other.at, one.len) == 0;
}

/* Keep the description, if it is newer than what is there of that group. */
static int keep_group(struct assembler *assembly, const struct lvm_node *node,
	struct error *err)
{
	struct lvm_group *group, found = { .name = node->name, .node = node };

	if (lvm_string(node, "id", &found.id, err) < 0 ||
		lvm_number(node, "seqno", &found.seqno, err) < 0)
		return -1;
	for (group = assembly->groups->first; group; group = group->next) {
		if (!same_text(group->id, found.id))
			continue;
		if (found.seqno > group->seqno && !group->made) {
			group->seqno = found.seqno;
			group->name = found.name;
			group->node = node;
		}
		return 0;
	}
	group = arena_alloc(assembly->arena, sizeof(*group), err);
	if (!group)
		return -1;
	*group = found;
	group->arena = assembly->arena;
	group->next = assembly->groups->first;
	assembly->groups->first = group;
	return 0;
}

static int add_pv(
	struct assembler *assembly, const struct lvm_pv *pv, struct error *err)
{
	struct lvm_pv *list = arena_grow(assembly->arena, assembly->pvs,
		assembly->pv_count, &assembly->pv_capacity, sizeof(*pv), err);

	if (!list)
		return -1;
	list[assembly->pv_count++] = *pv;
	assembly->pvs = list;
	return 0;
}

int lvm_look(struct assembler *assembly, struct volume *vol, void *owner,
	struct error *err)
{
	struct lvm_pv pv = { .owner = owner };
	const struct lvm_node *root, *node;
	struct text text;
	struct error no_memory;
	int r;

	if (start(assembly, err) < 0)
		return -1;
	r = lvm_read_label(assembly, vol, &pv, &text, err);
	if (r <= 0)
		return r;
	/* whatever is wrong with its text, the group may know it */
	if (add_pv(assembly, &pv, &no_memory) < 0) {
		*err = no_memory;
		return -1;
	}
	if (r > 1)
		return -1;
	if (text.len == 0)
		return 1;
	root = lvm_parse(
		text, assembly->arena, &assembly->groups->nodes_left, err);
	if (!root)
		return error_in(err, "LVM: metadata");
	node = find_group(root);
	if (node && keep_group(assembly, node, err) < 0)
		return error_in(err, "LVM: metadata");
	return 1;
}

static const struct lvm_pv *find_pv(
	const struct assembler *assembly, struct text id)
{
	size_t i;

	for (i = 0; i < assembly->pv_count; i++)
		if (text_is(id, assembly->pvs[i].id))
			return &assembly->pvs[i];
	return NULL;
}

static int by_name(const void *one, const void *other)
{
	const struct text *a = one, *b = other;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->at, b->at, len);

	if (order != 0)
		return order;
	return a->len < b->len ? -1 : a->len > b->len;
}

static size_t count_sections(const struct lvm_node *section)
{
	const struct lvm_node *node;
	size_t count = 0;

	for (node = section ? section->first : NULL; node; node = node->next)
		count += node->kind == LVM_SECTION;
	return count;
}

/* 1 if all physical volumes are there, 0, or -1. */
static int list_parts(
	struct assembler *assembly, struct lvm_group *group, struct error *err)
{
	const struct lvm_node *list =
		lvm_child(group->node, LVM_SECTION, "physical_volumes");
	const struct lvm_node *node;
	struct lvm_part *part;
	int complete = 1;
	uint64_t sectors;

	group->part_count = 0;
	group->parts = arena_array(
		group->arena, count_sections(list), sizeof(*group->parts), err);
	if (!group->parts)
		return -1;
	for (node = list ? list->first : NULL; node; node = node->next) {
		if (node->kind != LVM_SECTION)
			continue;
		part = &group->parts[group->part_count++];
		part->name = node->name;
		part->node = node;
		if (lvm_string(node, "id", &part->id, err) < 0 ||
			lvm_number(node, "pe_start", &sectors, err) < 0)
			return -1;
		if (sectors > INT64_MAX / LVM_SECTOR)
			return error_set(
				err, ERR_CORRUPT, "pe_start is too large");
		part->start = sectors * LVM_SECTOR;
		part->pv = find_pv(assembly, part->id);
		if (!part->pv)
			complete = 0;
	}
	qsort(group->parts, group->part_count, sizeof(*group->parts), by_name);
	return complete;
}

static int list_volumes(struct lvm_group *group, struct error *err)
{
	const struct lvm_node *list =
		lvm_child(group->node, LVM_SECTION, "logical_volumes");
	const struct lvm_node *node;
	uint64_t sectors;

	if (lvm_number(group->node, "extent_size", &sectors, err) < 0)
		return -1;
	if (sectors == 0 || sectors > UINT32_MAX)
		return error_set(err, ERR_CORRUPT, "extent_size is not one");
	group->extent = sectors * LVM_SECTOR;
	group->volumes = arena_array(group->arena, count_sections(list),
		sizeof(*group->volumes), err);
	if (!group->volumes)
		return -1;
	for (node = list ? list->first : NULL; node; node = node->next)
		if (node->kind == LVM_SECTION)
			group->volumes[group->volume_count++] =
				(struct lvm_volume){ .name = node->name,
					.node = node };
	qsort(group->volumes, group->volume_count, sizeof(*group->volumes),
		by_name);
	return 0;
}

/* Append a name as device mapper and GRUB write it: a dash is two. */
static void append_mangled(char *out, size_t size, struct text name)
{
	size_t used = strlen(out), i;

	for (i = 0; i < name.len && used + 3 < size; i++) {
		out[used++] = name.at[i];
		if (name.at[i] == '-')
			out[used++] = '-';
	}
	out[used] = '\0';
}

static void name_volume(struct made *made, const struct lvm_group *group,
	struct text name, struct text id)
{
	int group_len = (int)group->name.len, len = (int)name.len;

	/* cut off are only such that Linux could not have made either */
	if (group_len > 127)
		group_len = 127;
	if (len > 127)
		len = 127;
	snprintf(made->name, sizeof(made->name), "lvm %.*s/%.*s", group_len,
		group->name.at, len, name.at);
	snprintf(made->node, sizeof(made->node), "%.*s/%.*s", group_len,
		group->name.at, len, name.at);
	snprintf(made->grub, sizeof(made->grub), "lvm/");
	append_mangled(made->grub, sizeof(made->grub) - 1, group->name);
	strcat(made->grub, "-");
	append_mangled(made->grub, sizeof(made->grub), name);
	if (group->id.len == LVM_ID_TEXT_LEN && id.len == LVM_ID_TEXT_LEN)
		snprintf(made->id, sizeof(made->id), "lvmid/%.*s/%.*s",
			LVM_ID_TEXT_LEN, group->id.at, LVM_ID_TEXT_LEN, id.at);
}

/* "snapshot0" is what people know by the name of the store of its changes. */
static struct text shown_name(const struct lvm_volume *lv)
{
	const struct lvm_node *segment =
		lvm_child(lv->node, LVM_SECTION, "segment1");
	const struct lvm_node *store =
		segment ? lvm_child(segment, LVM_STRING, "cow_store") : NULL;

	return store ? store->string : lv->name;
}

static bool is_pool(const struct lvm_volume *lv)
{
	const struct lvm_node *segment =
		lvm_child(lv->node, LVM_SECTION, "segment1");
	const struct lvm_node *type =
		segment ? lvm_child(segment, LVM_STRING, "type") : NULL;

	return type &&
		(text_is(type->string, "thin-pool") ||
			text_is(type->string, "cache-pool") ||
			text_is(type->string, "vdo-pool"));
}

static int make_volume(struct assembler *assembly, struct lvm_group *group,
	struct lvm_volume *lv, struct error *err)
{
	struct made *made = assembly_add(assembly, group->part_count, err);
	struct text id = text_of("");
	struct error ignored;
	size_t i;

	if (!made)
		return -1;
	if (lvm_string(lv->node, "id", &id, &ignored) < 0)
		id = text_of("");
	name_volume(made, group, shown_name(lv), id);
	for (i = 0; i < group->part_count; i++)
		if (group->parts[i].pv)
			made->owners[made->owner_count++] =
				group->parts[i].pv->owner;
	if (lvm_build(group, lv, 0, err) < 0) {
		if (!lv->why) /* no memory for it */
			return -1;
		made->why = lv->why;
		return 0;
	}
	made->vol = lv->vol;
	if (lv->damaged)
		made->notice = "a part of a mirrored volume is missing";
	return 0;
}

static int make_group(struct assembler *assembly, struct lvm_group *group,
	bool incomplete, struct error *err)
{
	int complete = list_parts(assembly, group, err);
	size_t i;

	if (complete == 0 && !incomplete)
		return 0;
	group->made = true;
	if (complete < 0 || list_volumes(group, err) < 0)
		return -1;
	for (i = 0; i < group->volume_count; i++)
		if (lvm_has_word(group->volumes[i].node, "status", "VISIBLE") &&
			!is_pool(&group->volumes[i]) &&
			make_volume(assembly, group, &group->volumes[i], err) <
				0)
			return -1;
	return 0;
}

int lvm_make(struct assembler *assembly, bool incomplete, struct error *err)
{
	struct lvm_group *group;

	if (start(assembly, err) < 0)
		return -1;
	for (group = assembly->groups->first; group; group = group->next)
		if (!group->made &&
			make_group(assembly, group, incomplete, err) < 0)
			return error_in(err, "LVM: %.*s",
				group->name.len < 64 ? (int)group->name.len
						     : 64,
				group->name.at);
	return 0;
}
