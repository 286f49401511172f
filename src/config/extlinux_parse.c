/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/extlinux_parse.h"

#include <string.h>

#include "src/base/length.h"

int extlinux_keep(struct extlinux_parser *parser, struct text value,
	const char **where, struct error *err)
{
	*where = arena_strndup(
		parser->config->guest->arena, value.at, value.len, err);
	return *where ? 0 : -1;
}

/* A number as atoi() takes it, up to what fits a timeout in an int. */
static unsigned int number_of(struct text value)
{
	unsigned int number = 0;
	size_t i;

	for (i = 0; i < value.len && value.at[i] >= '0' && value.at[i] <= '9';
		i++)
		if (number < 100000000)
			number =
				number * 10 + (unsigned int)(value.at[i] - '0');
	return number;
}

/* What was read since the label began is what an editor shows of it. */
static int keep_source(struct extlinux_parser *parser, struct error *err)
{
	struct extlinux_label *label = parser->label;

	if (!label || label->source)
		return 0;
	return extlinux_keep(parser, parser->source, &label->source, err);
}

int extlinux_end_label(struct extlinux_parser *parser, struct error *err)
{
	int r = keep_source(parser, err);

	if (parser->label)
		parser->label->global = parser->file->append;
	parser->label = NULL;
	return r;
}

struct extlinux_label *extlinux_new_label(
	struct extlinux_parser *parser, struct text name, struct error *err)
{
	struct extlinux_label *label =
		extlinux_add_label(parser->config, parser->menu, name, err);

	if (!label)
		return NULL;
	label->path = parser->path;
	label->line = parser->line;
	label->immediate = parser->menu->immediate;
	return label;
}

struct extlinux_menu *extlinux_add_menu(
	struct extlinux_parser *parser, struct text tag, struct error *err)
{
	struct extlinux_menu *menu =
		arena_alloc(parser->config->guest->arena, sizeof(*menu), err);

	if (!menu)
		return NULL;
	if (tag.len > 0 && extlinux_keep(parser, tag, &menu->tag, err) < 0)
		return NULL;
	menu->file = parser->file;
	menu->parent = parser->menu;
	if (parser->menu) {
		menu->password = parser->menu->password;
		menu->immediate = parser->menu->immediate;
	}
	menu->next = parser->file->menus;
	parser->file->menus = menu;
	return menu;
}

static int take_label(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	if (extlinux_end_label(parser, err) < 0)
		return -1;
	parser->label = extlinux_new_label(parser, value, err);
	parser->source.len = 0;
	return parser->label ? 0 : -1;
}

int extlinux_set_kind(struct extlinux_parser *parser, enum extlinux_kind kind,
	struct text value, struct error *err)
{
	if (!parser->label)
		return 0;
	parser->label->kind = kind;
	return extlinux_keep(parser, value, &parser->label->kernel, err);
}

/* Other files */

/* As syslinux does, go on without a file that is not there. */
int extlinux_include(
	struct extlinux_parser *parser, struct text name, struct error *err)
{
	struct extlinux *all = parser->config->priv;
	struct guest *guest = parser->config->guest;
	struct extlinux_parser inner = *parser;
	struct boot_file where;
	struct error why;
	struct text text;

	if (keep_source(parser, err) < 0)
		return -1;
	if (parser->depth == CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"files include each other more than %d deep",
			CONFIG_DEPTH_MAX);
	if (all->reads == CONFIG_INCLUDES_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d configuration files",
			CONFIG_INCLUDES_MAX);
	if (extlinux_locate(parser->config, parser->file, name, &where, err) <
		0)
		return -1;
	inner.path = where.path;
	all->reads++;
	if (guest_read_config(guest, where.dev, where.path, &text, &why) < 0) {
		if (why.code != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
		guest_note(guest, NOTE_WARNING, "%s: line %u: left out: %s",
			parser->path, parser->line, why.text);
		return 0;
	}
	inner.depth++;
	inner.in_help = false;
	inner.source.len = 0;
	if (extlinux_parse(&inner, text, err) < 0 ||
		keep_source(&inner, err) < 0)
		return error_in(err, "%s", inner.path);
	parser->menu = inner.menu;
	parser->label = inner.label;
	return 0;
}

static int take_include(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct text name;

	if (!text_next_word(&value, &name))
		return error_set(err, ERR_SYNTAX, "INCLUDE needs a file");
	return extlinux_include(parser, name, err);
}

/* UI menu.c32 FILE...: the menu is in the files. */
static int take_ui(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct text module, name;

	parser->file->ui = true;
	if (!text_next_word(&value, &module) ||
		!(extlinux_has_name(module, "menu.c32") ||
			extlinux_has_name(module, "vesamenu.c32")))
		return 0;
	while (text_next_word(&value, &name))
		if (extlinux_include(parser, name, err) < 0)
			return -1;
	return 0;
}

/* What stands in front of the labels, or among them */

static int take_default(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct text rest = value, word;

	if (text_next_word(&rest, &word) && extlinux_is_menu_module(word))
		return take_ui(parser, value, err);
	return extlinux_keep(parser, value, &parser->file->chosen, err);
}

static int take_onerror(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_keep(parser, value, &parser->file->on_error, err);
}

static int take_ontimeout(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_keep(parser, value, &parser->file->on_timeout, err);
}

static int take_timeout(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)err;
	parser->file->tenths = number_of(value);
	return 0;
}

static int take_prompt(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)err;
	parser->file->prompt = number_of(value) != 0;
	return 0;
}

/* "-" is an APPEND that keeps the global one away. */
static int take_append(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	if (text_is(value, "-"))
		value.len = 0;
	/* pygrub takes off one pair of quotes around all of it. */
	if (value.len >= 2 && value.at[0] == '"' &&
		memchr(value.at + 1, '"', value.len - 1) ==
			value.at + value.len - 1)
		value = (struct text){ value.at + 1, value.len - 2 };
	return extlinux_keep(parser, value,
		parser->label ? &parser->label->append : &parser->file->append,
		err);
}

static int take_kernel(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_KERNEL, value, err);
}

static int take_sector(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_SECTOR, value, err);
}

static int take_localboot(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_LOCALBOOT, value, err);
}

static int take_config(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	return extlinux_set_kind(parser, EXTLINUX_CONFIG, value, err);
}

static int take_initrd(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	if (!parser->label)
		return 0;
	return extlinux_keep(parser, value, &parser->label->initrd, err);
}

static int take_allowoptions(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)err;
	while (value.len > 0 && value.at[0] == '0')
		value = text_skip(value, 1);
	/* as atoi() has it, a word is 0, too */
	parser->file->fixed =
		value.len == 0 || value.at[0] < '1' || value.at[0] > '9';
	return 0;
}

/* Xen gives a guest its device tree. */
static int take_fdt(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)err;
	guest_note(parser->config->guest, NOTE_DETAIL,
		"%s: line %u: the device tree %.*s is not used", parser->path,
		parser->line, value.len < 64 ? (int)value.len : 64, value.at);
	return 0;
}

static int take_text(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	struct text word;

	(void)err;
	if (text_next_word(&value, &word) && text_is_nocase(word, "help"))
		parser->in_help = true;
	return 0;
}

/* What syslinux prints while it reads. */
static int take_say(
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	(void)err;
	guest_note(parser->config->guest, NOTE_DETAIL,
		"%s: line %u: says: %.*s", parser->path, parser->line,
		value.len < 256 ? (int)value.len : 256, value.at);
	return 0;
}

static int take(const struct extlinux_keyword *keyword,
	struct extlinux_parser *parser, struct text value, struct error *err)
{
	if (!parser->one_label || keyword->alone == EXTLINUX_TAKEN)
		return keyword->take(parser, value, err);
	if (keyword->alone == EXTLINUX_SKIPPED)
		return 0;
	return error_set(err, ERR_SYNTAX,
		"only the lines of one label can be run from here");
}

int extlinux_take_word(const struct extlinux_keyword *table, size_t count,
	struct extlinux_parser *parser, struct text line, struct error *err)
{
	struct text key = line;
	size_t i;

	/* "timeout=5" is what pygrub takes, too. */
	for (key.len = 0; key.len < line.len; key.len++)
		if (strchr(" \t=", key.at[key.len]))
			break;
	line = text_skip(line, key.len);
	if (line.len > 0 && line.at[0] == '=')
		line = text_skip(line, 1);
	for (i = 0; i < count; i++)
		if (text_is_nocase(key, table[i].name))
			return take(&table[i], parser, text_trim(line), err);
	return 0; /* how a menu looks, or nothing that anybody knows */
}

static const struct extlinux_keyword keywords[] = {
	{ "allowoptions", take_allowoptions, EXTLINUX_SKIPPED },
	{ "append", take_append, EXTLINUX_TAKEN },
	{ "boot", take_sector, EXTLINUX_TAKEN },
	{ "bss", take_sector, EXTLINUX_TAKEN },
	{ "com32", take_kernel, EXTLINUX_TAKEN },
	{ "comboot", take_kernel, EXTLINUX_TAKEN },
	{ "config", take_config, EXTLINUX_TAKEN },
	{ "default", take_default, EXTLINUX_SKIPPED },
	{ "devicetree", take_fdt, EXTLINUX_SKIPPED },
	{ "devicetreedir", take_fdt, EXTLINUX_SKIPPED },
	{ "fdimage", take_sector, EXTLINUX_TAKEN },
	{ "fdt", take_fdt, EXTLINUX_SKIPPED },
	{ "fdtdir", take_fdt, EXTLINUX_SKIPPED },
	{ "fdtoverlays", take_fdt, EXTLINUX_SKIPPED },
	{ "include", take_include, EXTLINUX_REFUSED },
	{ "initrd", take_initrd, EXTLINUX_TAKEN },
	{ "kernel", take_kernel, EXTLINUX_TAKEN },
	{ "label", take_label, EXTLINUX_REFUSED },
	{ "linux", take_kernel, EXTLINUX_TAKEN },
	{ "localboot", take_localboot, EXTLINUX_TAKEN },
	{ "menu", extlinux_take_menu, EXTLINUX_TAKEN },
	{ "onerror", take_onerror, EXTLINUX_SKIPPED },
	{ "ontimeout", take_ontimeout, EXTLINUX_SKIPPED },
	{ "prompt", take_prompt, EXTLINUX_SKIPPED },
	{ "pxe", take_sector, EXTLINUX_TAKEN },
	{ "say", take_say, EXTLINUX_SKIPPED },
	{ "text", take_text, EXTLINUX_TAKEN },
	{ "timeout", take_timeout, EXTLINUX_SKIPPED },
	{ "ui", take_ui, EXTLINUX_SKIPPED },
};

static int take_line(
	struct extlinux_parser *parser, struct text line, struct error *err)
{
	struct text rest = line, word;

	if (!text_next_word(&rest, &word) || word.at[0] == '#')
		return 0;
	if (parser->in_help) {
		parser->in_help = !text_is_nocase(word, "endtext");
		return 0;
	}
	return extlinux_take_word(
		keywords, LENGTH(keywords), parser, text_trim(line), err);
}

int extlinux_parse(
	struct extlinux_parser *parser, struct text text, struct error *err)
{
	const struct extlinux_label *label;
	struct text line;

	text = text_skip_mark(text);
	parser->line = 0;
	parser->source = (struct text){ text.at, 0 };
	while (text_next_line(&text, &line)) {
		parser->line++;
		label = parser->label;
		if (take_line(parser, line, err) < 0)
			return error_in(err, "line %u", parser->line);
		if (parser->label != label)
			parser->source.at = text.at;
		parser->source.len = (size_t)(text.at - parser->source.at);
	}
	return 0;
}
