/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/choose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/nearest.h"

/* Submenus opened to find a title; they may lead in a circle. */
#define SUBMENUS_MAX 256

static int choose_below(struct config *config, struct menu *menu,
	unsigned int depth, struct choice *choice, struct error *err);

/* Run one entry; a menu that comes up is followed to its default. */
static int start(struct config *config, struct menu *menu, size_t index,
	unsigned int depth, struct choice *choice, struct error *err)
{
	const char *title = menu->entries[index].title;
	struct outcome outcome = { 0 };
	int r;

	r = config_run(config, menu, index, &outcome, err);
	if (r == 0 && outcome.menu) {
		r = choose_below(config, outcome.menu, depth + 1, choice, err);
	} else if (r == 0) {
		choice->title = title;
		choice->boot = outcome.boot;
		if (menu->entries[index].guard)
			guest_note(config->guest, NOTE_WARNING,
				"entry \"%s\": the guest would ask for a "
				"password here; the host does not",
				title);
	}
	return r < 0 ? error_in(err, "entry \"%s\"", title) : 0;
}

static int choose_below(struct config *config, struct menu *menu,
	unsigned int depth, struct choice *choice, struct error *err)
{
	struct error later;
	size_t i;

	if (depth >= CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d menus inside each other",
			CONFIG_DEPTH_MAX);
	if (menu->count == 0)
		return error_set(err, ERR_NOT_FOUND, "a menu without entries");
	if (start(config, menu, menu->chosen, depth, choice, err) == 0)
		return 0;
	/* past a limit the others lead as far: nine menus each, 16 deep */
	for (i = 0; i < menu->fallback_count && err->code != ERR_LIMIT; i++) {
		if (start(config, menu, menu->fallback[i], depth, choice,
			    &later) < 0) {
			if (later.code == ERR_LIMIT)
				*err = later;
			continue;
		}
		guest_note(config->guest, NOTE_WARNING,
			"%s; its fallback \"%s\" is taken", err->text,
			choice->title);
		return 0;
	}
	return -1;
}

int choose_default(struct config *config, struct menu *menu,
	struct choice *choice, struct error *err)
{
	return choose_below(config, menu, 0, choice, err);
}

/* A decimal number as Python's int() takes it, blanks and a plus included. */
static bool parse_index(struct text spec, size_t count, size_t *index)
{
	size_t i, value = 0;

	spec = text_trim(spec);
	if (spec.len > 0 && spec.at[0] == '+')
		spec = text_skip(spec, 1);
	if (spec.len == 0)
		return false;
	for (i = 0; i < spec.len; i++) {
		if (!isdigit((unsigned char)spec.at[i]) || value >= count)
			return false;
		value = value * 10 + (size_t)(spec.at[i] - '0');
	}
	*index = value;
	return value < count;
}

static bool find_by_name(
	const struct menu *menu, struct text name, size_t *index)
{
	size_t i;

	for (i = 0; i < menu->count; i++) {
		if (text_is(name, menu->entries[i].title) ||
			(menu->entries[i].id &&
				text_is(name, menu->entries[i].id))) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* Cut spec at its first single ">"; false if there is none. */
static bool cut_path(struct arena *arena, const char *spec, struct text *first,
	const char **rest, struct error *err)
{
	char *name = arena_strdup(arena, spec, err);
	size_t from, to = 0;

	for (from = 0; name && spec[from] != '\0'; from++) {
		if (spec[from] == '>' && spec[from + 1] != '>') {
			*first = (struct text){ name, to };
			*rest = spec + from + 1;
			return true;
		}
		if (spec[from] == '>')
			from++;
		name[to++] = spec[from];
	}
	return false;
}

/* What a search for a named entry carries along. */
struct search {
	struct config *config;
	struct choice *choice;
	unsigned int submenus; /* opened so far */
	struct nearest near;
};

static int find_named(struct search *search, struct menu *menu,
	const char *spec, bool by_number, unsigned int depth,
	struct error *err);

/* Look for a title in every submenu: 1 found and started, 0 not, -1. */
static int find_in_submenus(struct search *search, struct menu *menu,
	const char *spec, unsigned int depth, struct error *err)
{
	struct outcome outcome;
	size_t i;
	int r;

	for (i = 0; i < menu->count; i++) {
		if (!menu->entries[i].submenu)
			continue;
		if (search->submenus++ == SUBMENUS_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d submenus to look for \"%.200s\" "
				"in",
				SUBMENUS_MAX, spec);
		outcome = (struct outcome){ 0 };
		r = config_run(search->config, menu, i, &outcome, err);
		if (r < 0 && err->code == ERR_LIMIT)
			return error_in(
				err, "entry \"%s\"", menu->entries[i].title);
		if (r < 0 || !outcome.menu)
			continue;
		r = find_named(
			search, outcome.menu, spec, false, depth + 1, err);
		if (r != 0)
			return r;
	}
	return 0;
}

/*
 * Follow "first>rest" into the menu that first brings up, which need not be a
 * submenu: an entry may read another configuration.  1, 0 or -1 as above.
 */
static int find_by_path(struct search *search, struct menu *menu,
	const char *spec, unsigned int depth, struct error *err)
{
	struct outcome outcome = { 0 };
	struct config *config = search->config;
	struct text first;
	const char *rest;
	size_t index;

	if (!cut_path(config->guest->arena, spec, &first, &rest, err) ||
		(!parse_index(first, menu->count, &index) &&
			!find_by_name(menu, first, &index)))
		return 0;
	if (config_run(config, menu, index, &outcome, err) < 0)
		return error_in(
			err, "entry \"%s\"", menu->entries[index].title);
	if (!outcome.menu)
		return 0;
	return find_named(search, outcome.menu, rest, true, depth + 1, err);
}

/* A number counts in the first menu, and in a menu that a path led to. */
static int find_named(struct search *search, struct menu *menu,
	const char *spec, bool by_number, unsigned int depth, struct error *err)
{
	struct text name = text_of(spec);
	size_t i, index;
	int r;

	if (depth >= CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d menus inside each other",
			CONFIG_DEPTH_MAX);
	if ((by_number && parse_index(name, menu->count, &index)) ||
		find_by_name(menu, name, &index)) {
		r = start(search->config, menu, index, depth, search->choice,
			err);
		return r < 0 ? -1 : 1;
	}
	for (i = 0; i < menu->count; i++)
		nearest_offer(&search->near, menu->entries[i].title);
	r = find_by_path(search, menu, spec, depth, err);
	if (r == 0)
		r = find_in_submenus(search, menu, spec, depth, err);
	return r;
}

int choose_named(struct config *config, const char *spec, struct choice *choice,
	struct error *err)
{
	struct search search = { .config = config, .choice = choice };
	char near[ERROR_TEXT_SIZE / 2];
	int r;

	nearest_begin(&search.near, spec);
	r = find_named(&search, config->menu, spec, true, 0, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	nearest_list(&search.near, near, sizeof(near));
	return error_set(err, ERR_NOT_FOUND,
		"no entry \"%.200s\"; the nearest: %s", spec, near);
}

int choose_entry(struct config *config, const char *spec, struct choice *choice,
	struct error *err)
{
	return spec ? choose_named(config, spec, choice, err)
		    : choose_default(config, config->menu, choice, err);
}
