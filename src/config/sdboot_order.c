/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot_order.c - which entry comes first, and how two of a title are told
 * apart
 */
#include <stdlib.h>
#include <string.h>

#include "src/config/sdboot.h"
#include "src/config/uapi_version.h"

/* The smaller comes first. */
static int compare_ints(long long a, long long b)
{
	return (a > b) - (a < b);
}

/* Nothing at all comes first. */
static int compare_strings(const char *a, const char *b)
{
	if (!a || !b)
		return compare_ints(a != NULL, b != NULL);
	return strcmp(a, b);
}

/* The newer comes first. */
static int compare_versions(const char *a, const char *b)
{
	return uapi_compare_versions(text_of(b ? b : ""), text_of(a ? a : ""));
}

static int compare_keys(
	const struct sdboot_entry *a, const struct sdboot_entry *b)
{
	int order = compare_ints(!a->sort_key, !b->sort_key);

	if (order != 0 || !a->sort_key)
		return order;
	order = strcmp(a->sort_key, b->sort_key);
	if (order == 0)
		order = compare_strings(a->machine_id, b->machine_id);
	if (order == 0)
		order = compare_versions(a->version, b->version);
	return order;
}

/*
 * UAPI.1, and where that leaves a choice what systemd-boot does: ids count with
 * their suffix, so that a.conf comes before a-1.conf.  Of the same id, the one
 * of which more is left to try comes first.
 */
static int compare_entries(const void *left, const void *right)
{
	const struct sdboot_entry *a =
		*(const struct sdboot_entry *const *)left;
	const struct sdboot_entry *b =
		*(const struct sdboot_entry *const *)right;
	int order = compare_ints(a->tries_left == 0, b->tries_left == 0);

	if (order == 0)
		order = compare_keys(a, b);
	if (order == 0)
		order = compare_versions(a->file_id, b->file_id);
	if (order == 0)
		order = compare_ints(
			(long long)a->profile, (long long)b->profile);
	if (order == 0 && a->tries_left >= 0 && b->tries_left >= 0) {
		order = compare_ints(b->tries_left, a->tries_left);
		if (order == 0)
			order = compare_ints(a->tries_done, b->tries_done);
	}
	if (order == 0)
		order = compare_ints(
			(long long)a->number, (long long)b->number);
	return order;
}

/* What is put behind titles that are the same, in this order. */
enum detail { DETAIL_VERSION, DETAIL_MACHINE, DETAIL_ID, DETAILS };

#define MACHINE_SHOWN 8 /* bytes of a machine id */

static int add_detail(struct arena *arena, struct sdboot_entry *entry,
	enum detail detail, struct error *err)
{
	const char *more[DETAILS] = { entry->version, entry->machine_id,
		entry->id };

	if (!more[detail])
		return 0;
	entry->shown = arena_printf(arena, err, "%s (%.*s)", entry->shown,
		detail == DETAIL_MACHINE ? MACHINE_SHOWN : -1, more[detail]);
	return entry->shown ? 0 : -1;
}

/* Mark those whose title another has; is there any? */
static bool find_same(const struct sdboot *boot, bool *same)
{
	bool any = false;
	size_t i, k;

	memset(same, 0, boot->count * sizeof(*same));
	for (i = 0; i < boot->count; i++)
		for (k = i + 1; k < boot->count; k++)
			if (strcmp(boot->list[i]->shown,
				    boot->list[k]->shown) == 0)
				any = same[i] = same[k] = true;
	return any;
}

static int make_titles(struct sdboot *boot, struct error *err)
{
	struct arena *arena = boot->config->guest->arena;
	bool same[BLS_ENTRIES_MAX];
	enum detail detail;
	size_t i;

	for (i = 0; i < boot->count; i++)
		boot->list[i]->shown = boot->list[i]->title
			? boot->list[i]->title
			: boot->list[i]->id;
	for (detail = 0; detail < DETAILS && find_same(boot, same); detail++)
		for (i = 0; i < boot->count; i++)
			if (same[i] &&
				add_detail(arena, boot->list[i], detail, err) <
					0)
				return -1;
	return 0;
}

int sdboot_sort(struct sdboot *boot, struct error *err)
{
	if (boot->count > 0)
		qsort(boot->list, boot->count, sizeof(struct sdboot_entry *),
			compare_entries);
	return make_titles(boot, err);
}
