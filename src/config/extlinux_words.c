/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/extlinux_parse.h"

#include <ctype.h>
#include <string.h>

#include "src/base/length.h"

static int menu_begin(
	struct extlinux_parser *parser, struct text tag, struct error *err)
{
	struct extlinux_label *place;
	struct extlinux_menu *menu, *above;
	unsigned int depth = 0;

	for (above = parser->menu; above; above = above->parent)
		if (++depth > CONFIG_DEPTH_MAX)
			return error_set(err, ERR_LIMIT,
				"menus more than %d deep", CONFIG_DEPTH_MAX);
	if (extlinux_end_label(parser, err) < 0)
		return -1;
	place = extlinux_new_label(parser, tag, err);
	menu = extlinux_add_menu(parser, tag, err);
	if (!place || !menu)
		return -1;
	place->kind = EXTLINUX_MENU;
	place->menu = menu;
	menu->place = place;
	parser->menu = menu;
	return 0;
}

static int menu_end(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value;
	if (extlinux_end_label(parser, err) < 0)
		return -1;
	if (parser->menu->parent)
		parser->menu = parser->menu->parent;
	return 0;
}

/* A title: of the label, or of the submenu that is open. */
static int menu_label(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct extlinux_label *label =
		parser->label ? parser->label : parser->menu->place;
	const char *caret = memchr(value.at, '^', value.len);
	char *title, *to;

	if (!label)
		return 0;
	if (value.len > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"a title of more than %d bytes", MENU_TITLE_MAX);
	title = arena_strndup(
		parser->config->guest->arena, value.at, value.len, err);
	if (!title)
		return -1;
	label->title = title;
	if (caret && caret + 1 < value.at + value.len && caret[1] > ' ')
		label->hotkey = (uint32_t)tolower((unsigned char)caret[1]);
	for (to = title; *title; title++) /* ^ marks a key */
		if (*title != '^')
			*to++ = *title;
	*to = '\0';
	return 0;
}

static int menu_title(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct extlinux_label *place = parser->menu->place;

	if (parser->label || !place || place->title)
		return 0;
	return menu_label(parser, value, err);
}

static int menu_default(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->preferred = true;
	else if (parser->menu->place)
		parser->menu->place->preferred = true;
	return 0;
}

static int menu_hide(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->hidden = true;
	return 0;
}

/* An empty line in the menu; what follows is not of the label above it. */
static int menu_separator(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value;
	return extlinux_end_label(parser, err);
}

static int menu_disable(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->disabled = true;
	return 0;
}

/* Of the label, or of the submenu that is open. */
static int menu_passwd(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct extlinux_label *label =
		parser->label ? parser->label : parser->menu->place;

	if (!label)
		return 0;
	return extlinux_keep(parser, value, &label->password, err);
}

/* MASTER PASSWD opens all that asks for one. */
static int menu_master(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct text word;

	if (!text_next_word(&value, &word) || !text_is_nocase(word, "passwd"))
		return 0;
	return extlinux_keep(
		parser, text_trim(value), &parser->menu->password, err);
}

static int menu_immediate(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->immediate = true;
	else
		parser->menu->immediate = true;
	return 0;
}

static int menu_no_immediate(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->immediate = false;
	else
		parser->menu->immediate = false;
	return 0;
}

static int menu_hidden(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	parser->file->hidden = true;
	return 0;
}

static int menu_start(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	parser->file->start = parser->menu;
	return 0;
}

static int menu_goto(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_GOTO, value, err);
}

static int menu_exit(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_EXIT, value, err);
}

static int menu_quit(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_QUIT, value, err);
}

/* With a tag the file is a menu of its own. */
static int menu_include(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct extlinux_menu *outer = parser->menu;
	struct text name, tag;

	if (!text_next_word(&value, &name))
		return error_set(err, ERR_SYNTAX, "INCLUDE needs a file");
	if (!text_next_word(&value, &tag))
		return extlinux_include(parser, name, err);
	if (menu_begin(parser, tag, err) < 0 ||
		extlinux_include(parser, name, err) < 0)
		return -1;
	if (extlinux_end_label(parser, err) < 0)
		return -1;
	parser->menu = outer;
	return 0;
}

static const struct extlinux_keyword menu_keywords[] = {
	{ "begin", menu_begin, EXTLINUX_SKIPPED },
	{ "default", menu_default, EXTLINUX_SKIPPED },
	{ "disable", menu_disable, EXTLINUX_SKIPPED },
	{ "end", menu_end, EXTLINUX_SKIPPED },
	{ "exit", menu_exit, EXTLINUX_TAKEN },
	{ "goto", menu_goto, EXTLINUX_TAKEN },
	{ "hidden", menu_hidden, EXTLINUX_SKIPPED },
	{ "hide", menu_hide, EXTLINUX_SKIPPED },
	{ "immediate", menu_immediate, EXTLINUX_SKIPPED },
	{ "include", menu_include, EXTLINUX_SKIPPED },
	{ "label", menu_label, EXTLINUX_SKIPPED },
	{ "master", menu_master, EXTLINUX_SKIPPED },
	{ "noimmediate", menu_no_immediate, EXTLINUX_SKIPPED },
	{ "passwd", menu_passwd, EXTLINUX_SKIPPED },
	{ "quit", menu_quit, EXTLINUX_TAKEN },
	{ "separator", menu_separator, EXTLINUX_SKIPPED },
	{ "start", menu_start, EXTLINUX_SKIPPED },
	{ "title", menu_title, EXTLINUX_SKIPPED },
};

int extlinux_take_menu(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_take_word(
		menu_keywords, LENGTH(menu_keywords), parser, value, err);
}
