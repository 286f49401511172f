/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/lilo.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* With a serial port and no prompt LILO waits for this at least. */
#define SERIAL_DELAY 20 /* 1/10 s */

/* The longest that both can wait, 1/10 s: it fits an int with any unit. */
#define TENTHS_MAX 36000

const char *lilo_value(const struct lilo *lilo,
	const struct lilo_section *section, enum lilo_key key)
{
	return section->values[key] ? section->values[key]
				    : lilo->global.values[key];
}

const char *lilo_base_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			name = path + 1;
	return name;
}

bool lilo_number(const char *text, int *number, const char **rest)
{
	char *end;
	long value;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	value = strtol(text, &end, 0);
	if (errno || value > INT_MAX)
		return false;
	*number = (int)value;
	*rest = end;
	return true;
}

/* Tenths of what a letter behind a number stands for; 0: no such unit. */
static int tenths_of(char unit)
{
	switch (tolower((unsigned char)unit)) {
	case '\0':
	case 't':
		return 1;
	case 's':
		return 10;
	case 'm':
		return 600;
	case 'h':
		return 36000;
	}
	return 0;
}

/* How long a delay or timeout is, 1/10 s; -1 if it is not understood. */
static int duration(const struct lilo *lilo, const char *text)
{
	const char *rest;
	int number, unit;

	if (!lilo_number(text, &number, &rest))
		return -1;
	unit = tenths_of(*rest);
	if (unit == 0 || (*rest != '\0' && rest[1] != '\0') ||
		(*rest != '\0' && !lilo->dialect->units))
		return -1;
	return number > TENTHS_MAX / unit ? TENTHS_MAX : number * unit;
}

static int option_duration(struct config *config, enum lilo_key key)
{
	const struct lilo *lilo = config->priv;
	const char *text = lilo->global.values[key];
	int tenths = text ? duration(lilo, text) : 0;

	if (tenths < 0)
		guest_note(config->guest, NOTE_WARNING,
			"%s: \"%.64s\" is no time to wait", config->path, text);
	return tenths < 0 ? 0 : tenths;
}

/*
 * At a prompt both wait for the timeout, or for ever; without one they wait
 * for the delay, in which a key would bring the prompt up.
 */
static void set_timeout(struct config *config, struct lilo *lilo)
{
	int tenths;

	if (lilo->global.values[LILO_PROMPT]) {
		tenths = option_duration(config, LILO_TIMEOUT);
		if (tenths == 0) {
			lilo->menu.timeout = MENU_TIMEOUT_NONE;
			return;
		}
	} else {
		lilo->menu.style = MENU_STYLE_HIDDEN;
		tenths = option_duration(config, LILO_DELAY);
		if (lilo->global.values[LILO_SERIAL] && tenths < SERIAL_DELAY)
			tenths = SERIAL_DELAY;
	}
	lilo->menu.timeout = (tenths + 9) / 10;
}

/*
 * LILO asks for the password of an image before it boots it; where it is
 * "restricted", only if there are more arguments for the kernel.
 */
static bool has_password(
	const struct lilo *lilo, const struct lilo_section *section)
{
	return section->values[LILO_PASSWORD] ||
		(lilo->global.values[LILO_PASSWORD] &&
			!section->values[LILO_BYPASS]);
}

static bool asks_always(
	const struct lilo *lilo, const struct lilo_section *section)
{
	return section->values[LILO_MANDATORY] ||
		!lilo_value(lilo, section, LILO_RESTRICTED);
}

/* An empty one is asked for when LILO is installed, and is in no file then. */
static int set_guard(struct config *config, const struct lilo *lilo,
	const struct lilo_section *section, struct entry *entry,
	struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct password *password;
	const struct guard *guard;

	if (!has_password(lilo, section))
		return 0;
	password = arena_alloc(arena, sizeof(*password), err);
	if (!password)
		return -1;
	password->secret = lilo_value(lilo, section, LILO_PASSWORD);
	guard = guard_add(
		arena, password->secret[0] ? password : NULL, NULL, err);
	if (asks_always(lilo, section))
		entry->guard = guard;
	else
		entry->edits = guard;
	return guard ? 0 : -1;
}

/*
 * LILO has no command line.  From ours every image could be started: it asks
 * for the password of them all, if there is one, as soon as any image asks.
 */
static int guard_commands(
	struct config *config, struct lilo *lilo, struct error *err)
{
	const char *secret = lilo->global.values[LILO_PASSWORD];
	struct arena *arena = config->guest->arena;
	struct password *password = NULL;
	size_t i;

	for (i = 0; i < lilo->menu.count; i++)
		if (lilo->menu.entries[i].guard || lilo->menu.entries[i].edits)
			break;
	if (i == lilo->menu.count)
		return 0;
	if (secret && secret[0]) {
		password = arena_alloc(arena, sizeof(*password), err);
		if (!password)
			return -1;
		password->secret = secret;
	}
	lilo->menu.edits = guard_add(arena, password, NULL, err);
	return lilo->menu.edits ? 0 : -1;
}

/* Whether an "optional" image is there is seen when LILO is installed. */
static bool is_left_out(struct config *config, struct lilo *lilo,
	const struct lilo_section *section)
{
	struct guest *guest = config->guest;
	struct boot_file file;
	struct error why;
	bool assume;
	int r;

	if (section->other || section->file[0] != '/' ||
		!lilo_value(lilo, section, LILO_OPTIONAL))
		return false;
	assume = guest_look_for_files(guest, config->dev);
	r = mounts_find_file(&lilo->mounts, section->file, &file, &why);
	guest->assume_files = assume;
	if (r == 0 || why.code != ERR_NOT_FOUND)
		return false;
	guest_note(guest, NOTE_DETAIL,
		"%s: line %u: an optional image is not there: %s", config->path,
		section->line, why.text);
	return true;
}

static int add_entry(struct config *config, struct lilo *lilo,
	const struct lilo_section *section, struct error *err)
{
	const char *label = section->values[LILO_LABEL];
	const char *shown = section->values[LILO_DESCRIPTION];
	struct entry *entry;

	if (!label || label[0] == '\0')
		label = lilo_base_name(section->file);
	if (!shown || shown[0] == '\0')
		shown = label;
	if (strlen(shown) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"line %u: a label of more than %d bytes", section->line,
			MENU_TITLE_MAX);
	entry = menu_add(&lilo->menu, config->guest->arena, err);
	if (!entry)
		return -1;
	entry->title = shown;
	entry->id = section->values[LILO_ALIAS];
	if (shown != label)
		entry->id = label;
	entry->source = section->source;
	entry->priv = section;
	return set_guard(config, lilo, section, entry, err);
}

static bool same_label(const struct lilo *lilo, const char *a, const char *b)
{
	return b && (lilo->dialect->any_case ? strcasecmp : strcmp)(a, b) == 0;
}

/* By label or alias; both have the first image if none is named. */
static void set_default(struct config *config, struct lilo *lilo)
{
	const char *wanted = lilo->global.values[LILO_DEFAULT];
	const struct entry *entry = lilo->menu.entries;
	size_t i;

	for (i = 0; wanted && i < lilo->menu.count; i++, entry++) {
		if (!same_label(lilo, wanted, entry->title) &&
			!same_label(lilo, wanted, entry->id))
			continue;
		lilo->menu.chosen = i;
		lilo->automatic = same_label(lilo, wanted, entry->title)
			? entry->title
			: entry->id;
		return;
	}
	if (wanted)
		guest_note(config->guest, NOTE_WARNING,
			"%s: the default \"%.64s\" is no label; the first "
			"image is taken",
			config->path, wanted);
	if (lilo->menu.count > 0)
		lilo->automatic = lilo->menu.entries[0].title;
}

int lilo_load(struct config *config, const struct lilo_dialect *dialect,
	struct text file, struct error *err)
{
	struct lilo *lilo =
		arena_alloc(config->guest->arena, sizeof(*lilo), err);
	const struct lilo_section *section;

	if (!lilo)
		return -1;
	lilo->dialect = dialect;
	mounts_init(&lilo->mounts, config->guest, config->dev);
	if (lilo_parse(config, lilo, file, err) < 0)
		return -1;
	config->priv = lilo;
	for (section = lilo->first; section; section = section->next)
		if (!is_left_out(config, lilo, section) &&
			add_entry(config, lilo, section, err) < 0)
			return -1;
	if (guard_commands(config, lilo, err) < 0)
		return -1;
	lilo->menu.priv = lilo;
	set_timeout(config, lilo);
	set_default(config, lilo);
	config->menu = &lilo->menu;
	return 0;
}

static int load(struct config *config, struct text file, struct error *err)
{
	static const struct lilo_dialect dialect = {
		.name = "lilo",
		.bit = LILO_DIALECT,
		.any_case = true,
		.break_is_blank = true,
		.variables = true,
		.quotes_for_equal = true,
		.units = true,
	};

	if (lilo_load(config, &dialect, file, err) < 0)
		return -1;
	if (config->menu->count > 0)
		guest_note(config->guest, NOTE_WARNING,
			"%s: LILO itself boots what its map points at, which "
			"is older if lilo was not run since",
			config->path);
	return 0;
}

const struct config_format lilo_format = {
	.name = "LILO",
	.id = "lilo",
	.load = load,
	.run = lilo_run,
	.run_source = lilo_run_source,
};
