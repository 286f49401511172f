/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/netbsd.h"

#include <ctype.h>
#include <string.h>

#include "src/base/length.h"

/* Where the file does not say, seconds. */
#define TIMEOUT 10
#define TIMEOUT_MAX 1000000

struct loader {
	struct config *config;
	struct menu *menu;
	unsigned int line;
	int chosen;        /* from 1; any number */
	const char *start; /* of the line */
	size_t len;
};

static int add_entry(struct loader *load, struct text title,
	struct text command, struct error *err)
{
	struct arena *arena = load->config->guest->arena;
	struct netbsd_entry *own = arena_alloc(arena, sizeof(*own), err);
	struct entry *entry;

	if (title.len > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"line %u: a title of more than %d bytes", load->line,
			MENU_TITLE_MAX);
	entry = menu_add(load->menu, arena, err);
	if (!own || !entry)
		return -1;
	own->line = load->line;
	own->commands = arena_strndup(arena, command.at, command.len, err);
	entry->title = arena_strndup(arena, title.at, title.len, err);
	if (!own->commands || !entry->title)
		return -1;
	entry->priv = own;
	if (load->len == 0)
		return 0;
	entry->source = arena_strndup(arena, load->start, load->len, err);
	return entry->source ? 0 : -1;
}

/* menu=TITLE:COMMANDS; without a title the commands are shown. */
static int take_menu(struct loader *load, struct text value, struct error *err)
{
	const char *colon = memchr(value.at, ':', value.len);
	struct text title = value, command;

	if (!colon || load->menu->count == NETBSD_MENU_MAX) {
		guest_note(load->config->guest, NOTE_DETAIL, "%s: line %u: %s",
			load->config->path, load->line,
			colon ? "the menu is full" : "no colon: no entry");
		return 0;
	}
	title.len = (size_t)(colon - value.at);
	command = text_trim(text_skip(value, title.len + 1));
	return add_entry(load, title.len ? title : command, command, err);
}

/* Digits as a number, up to what fits a timeout. */
static int number_of(struct text value)
{
	int number = 0;
	size_t i;

	for (i = 0; i < value.len && isdigit((unsigned char)value.at[i]); i++)
		if (number < TIMEOUT_MAX)
			number = number * 10 + (value.at[i] - '0');
	return number;
}

static int take_timeout(
	struct loader *load, struct text value, struct error *err)
{
	bool number = value.len > 0 && isdigit((unsigned char)value.at[0]);

	(void)err;
	load->menu->timeout = number ? number_of(value) : MENU_TIMEOUT_NONE;
	return 0;
}

static int take_default(
	struct loader *load, struct text value, struct error *err)
{
	(void)err;
	load->chosen = number_of(value);
	return 0;
}

/* Others say how it looks, and what is loaded beside the kernel. */
static const struct {
	const char *key; /* what a line begins with */
	int (*take)(struct loader *load, struct text value, struct error *err);
} keys[] = {
	{ "menu", take_menu },
	{ "timeout", take_timeout },
	{ "default", take_default },
};

static int take_line(struct loader *load, struct text line, struct error *err)
{
	const char *hash, *equals;
	size_t i;

	hash = line.len ? memchr(line.at, '#', line.len) : NULL;
	if (hash)
		line.len = (size_t)(hash - line.at);
	equals = line.len ? memchr(line.at, '=', line.len) : NULL;
	for (i = 0; equals && i < LENGTH(keys); i++)
		if (text_starts_with(line, keys[i].key) &&
			equals - line.at >= (ptrdiff_t)strlen(keys[i].key))
			return keys[i].take(load,
				text_skip(line, (size_t)(equals + 1 - line.at)),
				err);
	return 0;
}

static int take_lines(struct loader *load, struct text file, struct error *err)
{
	struct text line;

	file = text_skip_mark(file);
	while (text_next_line(&file, &line)) {
		load->line++;
		load->start = line.at;
		load->len = line.len;
		if (take_line(load, line, err) < 0)
			return -1;
	}
	return 0;
}

static int load(struct config *config, struct text file, struct error *err)
{
	struct loader load = {
		.config = config,
		.menu = arena_alloc(
			config->guest->arena, sizeof(*load.menu), err),
	};

	if (!load.menu)
		return -1;
	load.menu->timeout = TIMEOUT;
	if (take_lines(&load, file, err) < 0)
		return -1;
	load.line = 0;
	load.len = 0;
	/* without a menu it boots as if nothing had been typed */
	if (load.menu->count == 0 &&
		add_entry(&load, text_of("NetBSD"), text_of("boot"), err) < 0)
		return -1;
	if (load.chosen > 0)
		load.menu->chosen = (size_t)load.chosen - 1;
	if (load.menu->chosen >= load.menu->count)
		load.menu->chosen = load.menu->count - 1;
	config->menu = load.menu;
	return 0;
}

static int run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return netbsd_start(config, menu->entries[index].priv, outcome, err);
}

static int run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	struct menu edited = { 0 };
	struct loader load = { .config = config, .menu = &edited };

	(void)menu, (void)index;
	if (take_lines(&load, source, err) < 0)
		return -1;
	if (edited.count != 1)
		return error_set(
			err, ERR_SYNTAX, "one line \"menu=...\" is expected");
	return netbsd_start(config, edited.entries[0].priv, outcome, err);
}

const struct config_format netbsd_format = {
	.name = "NetBSD",
	.id = "netbsd",
	.load = load,
	.run = run,
	.run_source = run_source,
};
