/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/extlinux.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A file on its way from lines to labels; INCLUDE begins another. */
struct parser {
	struct config *config;
	struct extlinux_file *file;
	const char *path;
	unsigned int line;
	unsigned int depth; /* of files that include files */
	struct extlinux_menu *menu;
	struct extlinux_label *label; /* NULL: none yet in this menu */
	struct text source; /* of the label, from its first line to here */
	bool in_help;       /* between TEXT HELP and ENDTEXT */
};

struct keyword {
	const char *name;
	int (*take)(
		struct parser *parser, struct text value, struct error *err);
};

static int parse(struct parser *parser, struct text text, struct error *err);

static struct arena *arena_of(const struct parser *parser)
{
	return parser->config->guest->arena;
}

static const char *keep(
	const struct parser *parser, struct text value, struct error *err)
{
	return arena_strndup(arena_of(parser), value.at, value.len, err);
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

static int keep_value(struct parser *parser, struct text value,
	const char **where, struct error *err)
{
	*where = keep(parser, value, err);
	return *where ? 0 : -1;
}

/* The directory part of a path: "/boot/extlinux", or "" for the root. */
static const char *directory_of(
	const char *path, struct arena *arena, struct error *err)
{
	const char *slash = strrchr(path, '/');

	return arena_strndup(
		arena, path, slash ? (size_t)(slash - path) : 0, err);
}

const char *extlinux_path(struct config *config,
	const struct extlinux_file *file, struct text word, struct error *err)
{
	struct arena *arena = config->guest->arena;

	if (word.len > 0 && word.at[0] == '/')
		return arena_strndup(arena, word.at, word.len, err);
	return arena_printf(arena, err, "%s/%.*s", file->dir,
		word.len < FS_PATH_MAX ? (int)word.len : FS_PATH_MAX, word.at);
}

bool extlinux_has_name(struct text path, const char *name)
{
	size_t i;

	for (i = path.len; i > 0 && path.at[i - 1] != '/'; i--)
		continue;
	return text_is_nocase(text_skip(path, i), name);
}

bool extlinux_is_menu_module(struct text word)
{
	static const char *const modules[] = { "menu.c32", "vesamenu.c32",
		"gfxboot.c32", "gfxmenu.c32" };
	size_t i;

	for (i = 0; i < LENGTH(modules); i++)
		if (extlinux_has_name(word, modules[i]))
			return true;
	return false;
}

/* Labels and menus */

/* What was read since the label began is what an editor shows of it. */
static int keep_source(struct parser *parser, struct error *err)
{
	struct extlinux_label *label = parser->label;

	if (!label || label->source)
		return 0;
	return keep_value(parser, parser->source, &label->source, err);
}

static int end_label(struct parser *parser, struct error *err)
{
	int r = keep_source(parser, err);

	parser->label = NULL;
	return r;
}

static struct extlinux_label *add_label(
	struct parser *parser, struct text name, struct error *err)
{
	struct extlinux_label *label =
		extlinux_add_label(parser->config, parser->menu, name, err);

	if (!label)
		return NULL;
	label->path = parser->path;
	label->line = parser->line;
	return label;
}

static struct extlinux_menu *add_menu(
	struct parser *parser, struct text tag, struct error *err)
{
	struct extlinux_menu *menu =
		arena_alloc(arena_of(parser), sizeof(*menu), err);

	if (!menu)
		return NULL;
	if (tag.len > 0 && keep_value(parser, tag, &menu->tag, err) < 0)
		return NULL;
	menu->file = parser->file;
	menu->parent = parser->menu;
	menu->next = parser->file->menus;
	parser->file->menus = menu;
	return menu;
}

static int take_label(
	struct parser *parser, struct text value, struct error *err)
{
	if (end_label(parser, err) < 0)
		return -1;
	parser->label = add_label(parser, value, err);
	parser->source.len = 0;
	return parser->label ? 0 : -1;
}

static int menu_begin(struct parser *parser, struct text tag, struct error *err)
{
	struct extlinux_label *place;
	struct extlinux_menu *menu, *above;
	unsigned int depth = 0;

	for (above = parser->menu; above; above = above->parent)
		if (++depth > CONFIG_DEPTH_MAX)
			return error_set(err, ERR_LIMIT,
				"menus more than %d deep", CONFIG_DEPTH_MAX);
	if (end_label(parser, err) < 0)
		return -1;
	place = add_label(parser, tag, err);
	menu = add_menu(parser, tag, err);
	if (!place || !menu)
		return -1;
	place->kind = EXTLINUX_MENU;
	place->menu = menu;
	menu->place = place;
	parser->menu = menu;
	return 0;
}

static int menu_end(struct parser *parser, struct text value, struct error *err)
{
	(void)value;
	if (end_label(parser, err) < 0)
		return -1;
	if (parser->menu->parent)
		parser->menu = parser->menu->parent;
	return 0;
}

/* A title: of the label, or of the submenu that is open. */
static int menu_label(
	struct parser *parser, struct text value, struct error *err)
{
	struct extlinux_label *label =
		parser->label ? parser->label : parser->menu->place;
	char *title, *to;

	if (!label)
		return 0;
	if (value.len > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"a title of more than %d bytes", MENU_TITLE_MAX);
	title = arena_strndup(arena_of(parser), value.at, value.len, err);
	if (!title)
		return -1;
	label->title = title;
	for (to = title; *title; title++) /* ^ marks a key */
		if (*title != '^')
			*to++ = *title;
	*to = '\0';
	return 0;
}

static int menu_title(
	struct parser *parser, struct text value, struct error *err)
{
	struct extlinux_label *place = parser->menu->place;

	if (parser->label || !place || place->title)
		return 0;
	return menu_label(parser, value, err);
}

static int menu_default(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->preferred = true;
	else if (parser->menu->place)
		parser->menu->place->preferred = true;
	return 0;
}

static int menu_hide(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->hidden = true;
	return 0;
}

/* An empty line in the menu; what follows is not of the label above it. */
static int menu_separator(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value;
	return end_label(parser, err);
}

static int menu_disable(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->disabled = true;
	return 0;
}

static int menu_passwd(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	if (parser->label)
		parser->label->password = true;
	return 0;
}

static int menu_hidden(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	parser->file->hidden = true;
	return 0;
}

static int menu_start(
	struct parser *parser, struct text value, struct error *err)
{
	(void)value, (void)err;
	parser->file->start = parser->menu;
	return 0;
}

static int set_kind(struct parser *parser, enum extlinux_kind kind,
	struct text value, struct error *err)
{
	if (!parser->label)
		return 0;
	parser->label->kind = kind;
	return keep_value(parser, value, &parser->label->kernel, err);
}

static int menu_goto(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_GOTO, value, err);
}

static int menu_exit(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_EXIT, value, err);
}

static int menu_quit(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_QUIT, value, err);
}

/* Other files */

/* As syslinux does, go on without a file that is not there. */
static int include(struct parser *parser, struct text name, struct error *err)
{
	struct extlinux *all = parser->config->priv;
	struct guest *guest = parser->config->guest;
	struct parser inner = *parser;
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
	inner.path = extlinux_path(parser->config, parser->file, name, err);
	if (!inner.path)
		return -1;
	all->reads++;
	if (guest_read_config(
		    guest, parser->config->dev, inner.path, &text, &why) < 0) {
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
	if (parse(&inner, text, err) < 0 || keep_source(&inner, err) < 0)
		return error_in(err, "%s", inner.path);
	parser->menu = inner.menu;
	parser->label = inner.label;
	return 0;
}

static int take_include(
	struct parser *parser, struct text value, struct error *err)
{
	struct text name;

	if (!text_next_word(&value, &name))
		return error_set(err, ERR_SYNTAX, "INCLUDE needs a file");
	return include(parser, name, err);
}

/* With a tag the file is a menu of its own. */
static int menu_include(
	struct parser *parser, struct text value, struct error *err)
{
	struct extlinux_menu *outer = parser->menu;
	struct text name, tag;

	if (!text_next_word(&value, &name))
		return error_set(err, ERR_SYNTAX, "INCLUDE needs a file");
	if (!text_next_word(&value, &tag))
		return include(parser, name, err);
	if (menu_begin(parser, tag, err) < 0 || include(parser, name, err) < 0)
		return -1;
	if (end_label(parser, err) < 0)
		return -1;
	parser->menu = outer;
	return 0;
}

/* UI menu.c32 FILE...: the menu is in the files. */
static int take_ui(struct parser *parser, struct text value, struct error *err)
{
	struct text module, name;

	parser->file->ui = true;
	if (!text_next_word(&value, &module) ||
		!(extlinux_has_name(module, "menu.c32") ||
			extlinux_has_name(module, "vesamenu.c32")))
		return 0;
	while (text_next_word(&value, &name))
		if (include(parser, name, err) < 0)
			return -1;
	return 0;
}

/* What stands in front of the labels, or among them */

static int take_default(
	struct parser *parser, struct text value, struct error *err)
{
	struct text rest = value, word;

	if (text_next_word(&rest, &word) && extlinux_is_menu_module(word))
		return take_ui(parser, value, err);
	return keep_value(parser, value, &parser->file->chosen, err);
}

static int take_ontimeout(
	struct parser *parser, struct text value, struct error *err)
{
	return keep_value(parser, value, &parser->file->on_timeout, err);
}

static int take_timeout(
	struct parser *parser, struct text value, struct error *err)
{
	(void)err;
	parser->file->tenths = number_of(value);
	return 0;
}

static int take_prompt(
	struct parser *parser, struct text value, struct error *err)
{
	(void)err;
	parser->file->prompt = number_of(value) != 0;
	return 0;
}

/* "-" is an APPEND that keeps the global one away. */
static int take_append(
	struct parser *parser, struct text value, struct error *err)
{
	if (text_is(value, "-"))
		value.len = 0;
	/* pygrub takes off one pair of quotes around all of it. */
	if (value.len >= 2 && value.at[0] == '"' &&
		memchr(value.at + 1, '"', value.len - 1) ==
			value.at + value.len - 1)
		value = (struct text){ value.at + 1, value.len - 2 };
	return keep_value(parser, value,
		parser->label ? &parser->label->append : &parser->file->append,
		err);
}

static int take_kernel(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_KERNEL, value, err);
}

static int take_sector(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_SECTOR, value, err);
}

static int take_localboot(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_LOCALBOOT, value, err);
}

static int take_config(
	struct parser *parser, struct text value, struct error *err)
{
	return set_kind(parser, EXTLINUX_CONFIG, value, err);
}

static int take_initrd(
	struct parser *parser, struct text value, struct error *err)
{
	if (!parser->label)
		return 0;
	return keep_value(parser, value, &parser->label->initrd, err);
}

/* Xen gives a guest its device tree. */
static int take_fdt(struct parser *parser, struct text value, struct error *err)
{
	(void)err;
	guest_note(parser->config->guest, NOTE_DETAIL,
		"%s: line %u: the device tree %.*s is not used", parser->path,
		parser->line, value.len < 64 ? (int)value.len : 64, value.at);
	return 0;
}

static int take_text(
	struct parser *parser, struct text value, struct error *err)
{
	struct text word;

	(void)err;
	if (text_next_word(&value, &word) && text_is_nocase(word, "help"))
		parser->in_help = true;
	return 0;
}

static int take_nothing(
	struct parser *parser, struct text value, struct error *err)
{
	(void)parser, (void)value, (void)err;
	return 0;
}

static const struct keyword menu_keywords[] = {
	{ "begin", menu_begin },
	{ "default", menu_default },
	{ "disable", menu_disable },
	{ "end", menu_end },
	{ "exit", menu_exit },
	{ "goto", menu_goto },
	{ "hidden", menu_hidden },
	{ "hide", menu_hide },
	{ "include", menu_include },
	{ "label", menu_label },
	{ "passwd", menu_passwd },
	{ "quit", menu_quit },
	{ "separator", menu_separator },
	{ "start", menu_start },
	{ "title", menu_title },
};

static int take_word(const struct keyword *table, size_t count,
	struct parser *parser, struct text line, struct error *err)
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
			return table[i].take(parser, text_trim(line), err);
	return 0; /* how a menu looks, or nothing that anybody knows */
}

static int take_menu(
	struct parser *parser, struct text value, struct error *err)
{
	return take_word(
		menu_keywords, LENGTH(menu_keywords), parser, value, err);
}

static const struct keyword keywords[] = {
	{ "append", take_append },
	{ "boot", take_sector },
	{ "bss", take_sector },
	{ "com32", take_kernel },
	{ "comboot", take_kernel },
	{ "config", take_config },
	{ "default", take_default },
	{ "devicetree", take_fdt },
	{ "devicetreedir", take_fdt },
	{ "fdimage", take_sector },
	{ "fdt", take_fdt },
	{ "fdtdir", take_fdt },
	{ "fdtoverlays", take_fdt },
	{ "include", take_include },
	{ "initrd", take_initrd },
	{ "kernel", take_kernel },
	{ "label", take_label },
	{ "linux", take_kernel },
	{ "localboot", take_localboot },
	{ "menu", take_menu },
	{ "ontimeout", take_ontimeout },
	{ "prompt", take_prompt },
	{ "pxe", take_sector },
	{ "say", take_nothing },
	{ "text", take_text },
	{ "timeout", take_timeout },
	{ "ui", take_ui },
};

static int take_line(struct parser *parser, struct text line, struct error *err)
{
	struct text rest = line, word;

	if (!text_next_word(&rest, &word) || word.at[0] == '#')
		return 0;
	if (parser->in_help) {
		parser->in_help = !text_is_nocase(word, "endtext");
		return 0;
	}
	return take_word(
		keywords, LENGTH(keywords), parser, text_trim(line), err);
}

static int parse(struct parser *parser, struct text text, struct error *err)
{
	const struct extlinux_label *label;
	struct text line;

	/* A byte order mark, as Windows editors leave it (promise P16). */
	if (text_starts_with(text, "\xef\xbb\xbf"))
		text = text_skip(text, 3);
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

static struct extlinux_file *find_file(
	const struct extlinux *all, const char *path, const char *dir)
{
	struct extlinux_file *file;

	for (file = all->files; file; file = file->next)
		if (strcmp(file->path, path) == 0 &&
			strcmp(file->dir, dir) == 0)
			return file;
	return NULL;
}

static struct extlinux_file *parse_file(struct config *config, const char *path,
	const char *dir, struct text text, struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file =
		arena_alloc(config->guest->arena, sizeof(*file), err);
	struct parser parser = {
		.config = config,
		.file = file,
		.path = path,
	};

	if (!file)
		return NULL;
	file->path = path;
	file->dir = dir;
	file->append = "";
	file->top = add_menu(&parser, (struct text){ 0 }, err);
	if (!file->top)
		return NULL;
	parser.menu = file->top;
	if (parse(&parser, text, err) < 0 || end_label(&parser, err) < 0 ||
		extlinux_make_menus(config, file, err) < 0)
		return NULL;
	file->next = all->files;
	all->files = file;
	return file;
}

struct extlinux_file *extlinux_load(struct config *config, const char *path,
	const char *dir, struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file = find_file(all, path, dir);
	struct text text;

	if (file)
		return file;
	if (all->reads == CONFIG_INCLUDES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d configuration files",
			CONFIG_INCLUDES_MAX);
		return NULL;
	}
	all->reads++;
	if (guest_read_config(config->guest, config->dev, path, &text, err) < 0)
		return NULL;
	file = parse_file(config, path, dir, text, err);
	if (!file)
		error_in(err, "%s", path);
	return file;
}

static int load(struct config *config, struct text text, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct extlinux *all = arena_alloc(arena, sizeof(*all), err);
	const char *dir = directory_of(config->path, arena, err);
	struct extlinux_file *file;

	if (!all || !dir)
		return -1;
	config->priv = all;
	file = parse_file(config, config->path, dir, text, err);
	if (!file)
		return -1;
	config->menu = &file->top->menu;
	return 0;
}

const struct config_format extlinux_format = {
	.name = "extlinux",
	.load = load,
	.run = extlinux_run,
};
