/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub_legacy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/color.h"

static const char *skip_bytes(const char *text, const char *bytes)
{
	return text + strspn(text, bytes);
}

bool legacy_is_command(const char *text, const char *name)
{
	size_t len = strcspn(text, " =");

	return strlen(name) == len && strncmp(text, name, len) == 0;
}

const char *legacy_argument(const char *text)
{
	return skip_bytes(text + strcspn(text, " ="), " =");
}

const char *legacy_next_word(const char *text)
{
	return skip_bytes(text + strcspn(text, " "), " ");
}

/* A line under construction, character by character as GRUB does it. */
struct joiner {
	char *out;
	size_t len;
	bool comment;
	bool backslash; /* was the last character one? */
};

/* Take a character; false if it ends the line. */
static bool join(struct joiner *line, char c)
{
	bool after_backslash = line->backslash;

	if (c == '\r')
		return true;
	if (c == '\t')
		c = ' ';
	line->backslash = c == '\\';
	if (c == '\n' && after_backslash) {
		/* The line goes on, and a comment with it. */
		if (line->len > 0)
			line->len--;
		c = ' ';
	}
	if (c == '\n') {
		line->comment = false;
		return line->len == 0;
	}
	if (line->len == 0 && c == '#')
		line->comment = true;
	if (!line->comment && (line->len > 0 || c != ' '))
		line->out[line->len++] = c;
	return true;
}

int legacy_open(struct legacy_reader *reader, struct text file,
	struct arena *arena, struct error *err)
{
	*reader = (struct legacy_reader){
		.rest = text_skip_mark(file),
		.line = 1,
		.out = arena_alloc(arena, file.len + 1, err),
	};
	return reader->out ? 0 : -1;
}

/*
 * A line never is longer than what it came from, so the copy fits behind those
 * of the lines before.
 */
bool legacy_next_line(struct legacy_reader *reader, struct legacy_line *line)
{
	struct joiner joiner = { .out = reader->out };
	bool more = true;
	char c;

	while (more && reader->rest.len > 0) {
		c = reader->rest.at[0];
		reader->rest = text_skip(reader->rest, 1);
		if (joiner.len == 0)
			line->number = reader->line;
		more = join(&joiner, c);
		reader->line += c == '\n';
	}
	if (joiner.len == 0)
		return false;
	joiner.out[joiner.len] = '\0';
	line->text = joiner.out;
	reader->out += joiner.len + 1;
	return true;
}

/* Settings: the commands that count before the first title. */

struct loader {
	struct config *config;
	struct legacy_menu *legacy;
	struct config_translation *translation; /* of the first file, or NULL */
	struct legacy_reader reader;
	unsigned int chosen; /* as the file says; it may be beyond the end */
	int fallback[LEGACY_FALLBACKS_MAX];
	size_t fallback_count;
	unsigned int skipped; /* lines with unknown commands */
	struct legacy_line first_skipped;
	struct legacy_entry *last; /* the entry that lines belong to */
};

/* The number that savedefault wrote, in a file beside the configuration. */
static int read_saved(struct loader *load, const char *path, int *number)
{
	struct error ignored;
	struct text file;
	const char *at;
	char digits[16] = "";

	if (guest_read_config(load->config->guest, load->legacy->dev, path,
		    &file, &ignored) < 0)
		return -1;
	/* GRUB reads the first 10 bytes. */
	memcpy(digits, file.at, file.len < 10 ? file.len : 10);
	at = digits;
	return legacy_number(&at, number) ? 0 : -1;
}

static int saved_default(struct loader *load, struct error *err)
{
	const char *path = load->legacy->path;
	size_t dir = (size_t)(strrchr(path, '/') + 1 - path);
	char *beside;
	int number;

	beside = arena_printf(
		load->config->guest->arena, err, "%.*sdefault", (int)dir, path);
	if (!beside)
		return -1;
	if (read_saved(load, beside, &number) == 0 ||
		read_saved(load, "/boot/grub/default", &number) == 0)
		load->chosen = (unsigned int)number;
	else
		guest_note(load->config->guest, NOTE_DETAIL,
			"%s: cannot be read: the saved default is the first "
			"entry",
			beside);
	return 0;
}

static int set_default(struct loader *load, const char *arg, struct error *err)
{
	int number;

	if (load->translation)
		load->translation->chosen = arg;
	else if (legacy_is_command(arg, "saved"))
		return saved_default(load, err);
	if (legacy_number(&arg, &number))
		load->chosen = (unsigned int)number;
	return 0;
}

/*
 * A list that cannot be read to its end, or that names an entry twice, is no
 * list: 0.97 trips over both.
 */
static int set_fallback(struct loader *load, const char *arg, struct error *err)
{
	int number;
	size_t i, count = 0;

	(void)err;
	if (load->translation)
		load->translation->fallback = arg;
	load->fallback_count = 0;
	for (; *arg && count < LEGACY_FALLBACKS_MAX;
		arg = legacy_next_word(arg)) {
		if (!legacy_number(&arg, &number))
			return 0;
		for (i = 0; i < count; i++)
			if (load->fallback[i] == number)
				return 0;
		load->fallback[count++] = number;
	}
	load->fallback_count = count;
	return 0;
}

static int set_timeout(struct loader *load, const char *arg, struct error *err)
{
	int seconds;

	(void)err;
	if (load->translation)
		load->translation->timeout = arg;
	if (legacy_number(&arg, &seconds))
		load->legacy->menu.timeout = seconds;
	return 0;
}

static int set_hidden(struct loader *load, const char *arg, struct error *err)
{
	(void)arg, (void)err;
	if (load->translation)
		load->translation->hidden = true;
	load->legacy->menu.style = MENU_STYLE_HIDDEN;
	return 0;
}

static int set_password(struct loader *load, const char *arg, struct error *err)
{
	struct legacy_menu *legacy = load->legacy;

	legacy->password =
		legacy_read_password(load->config->guest->arena, arg, err);
	if (!legacy->password)
		return -1;
	legacy->password->stays = true;
	return 0;
}

/* A pair of names, or both in one number as a PC's screen has them. */
static bool read_color(const char *text, struct entry_color *color)
{
	struct text pair = { text, strcspn(text, " ") };
	int number;

	if (text_starts_with(pair, "blink-"))
		pair = text_skip(pair, strlen("blink-"));
	if (!legacy_number(&text, &number))
		return color_read(pair, color);
	*color = (struct entry_color){ true, number & 15, number >> 4 & 15 };
	return true;
}

/* Without a second pair the selected entry has the first turned around. */
static int set_color(struct loader *load, const char *arg, struct error *err)
{
	struct menu *menu = &load->legacy->menu;
	struct entry_color normal, highlight;

	(void)err;
	if (!read_color(arg, &normal))
		return 0;
	highlight = (struct entry_color){ true, normal.bg, normal.fg };
	arg = legacy_next_word(arg);
	if (*arg && !read_color(arg, &highlight))
		return 0;
	menu->normal = normal;
	menu->highlight = highlight;
	return 0;
}

static const struct setting {
	const char *name;
	int (*set)(struct loader *load, const char *arg, struct error *err);
} settings[] = {
	{ "color", set_color },
	{ "default", set_default },
	{ "fallback", set_fallback },
	{ "hiddenmenu", set_hidden },
	{ "password", set_password },
	{ "timeout", set_timeout },
};

static const struct setting *find_setting(const char *text)
{
	size_t i;

	for (i = 0; i < LENGTH(settings); i++)
		if (legacy_is_command(text, settings[i].name))
			return &settings[i];
	return NULL;
}

/* Entries */

/*
 * A title without commands is no entry, the next one takes its place; but a
 * translation keeps it, and counts it for its default.
 */
static void drop_empty_entry(struct loader *load)
{
	if (load->last && load->last->count == 0 && !load->config->translation)
		load->legacy->menu.count--;
	load->last = NULL;
}

static int begin_entry(
	struct loader *load, const char *title, struct error *err)
{
	struct legacy_menu *legacy = load->legacy;
	struct arena *arena = load->config->guest->arena;
	struct legacy_entry *own;
	struct entry *entry;

	if (strlen(title) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"a title of more than %d bytes", MENU_TITLE_MAX);
	drop_empty_entry(load);
	entry = menu_add(&legacy->menu, arena, err);
	own = arena_alloc(arena, sizeof(*own), err);
	if (!entry || !own)
		return -1;
	own->first = legacy->line_count;
	entry->title = title;
	entry->priv = own;
	load->last = own;
	return 0;
}

static int add_line(
	struct loader *load, const struct legacy_line *line, struct error *err)
{
	struct legacy_menu *legacy = load->legacy;
	struct legacy_line *lines;

	lines = arena_grow(load->config->guest->arena, legacy->lines,
		legacy->line_count, &legacy->line_capacity, sizeof(*lines),
		err);
	if (!lines)
		return -1;
	legacy->lines = lines;
	lines[legacy->line_count++] = *line;
	load->last->count++;
	return 0;
}

static void skip_line(struct loader *load, const struct legacy_line *line)
{
	if (load->skipped++ == 0)
		load->first_skipped = *line;
}

static int take_line(
	struct loader *load, const struct legacy_line *line, struct error *err)
{
	const struct setting *setting = find_setting(line->text);
	const char *arg = legacy_argument(line->text);

	if (legacy_is_command(line->text, "title"))
		return begin_entry(load, arg, err);
	if (!setting && !legacy_is_entry_command(line->text))
		return skip_line(load, line), 0;
	if (load->last)
		return add_line(load, line, err);
	return setting ? setting->set(load, arg, err) : 0;
}

static int take_lines(struct loader *load, struct error *err)
{
	struct legacy_line line;

	while (legacy_next_line(&load->reader, &line))
		if (take_line(load, &line, err) < 0)
			return error_in(err, "line %u", line.number);
	drop_empty_entry(load);
	return 0;
}

static void finish_menu(struct loader *load)
{
	struct menu *menu = &load->legacy->menu;
	size_t i;

	if (load->chosen < menu->count)
		menu->chosen = load->chosen;
	for (i = 0; i < load->fallback_count; i++)
		if ((size_t)load->fallback[i] < menu->count)
			menu->fallback[menu->fallback_count++] =
				(size_t)load->fallback[i];
	/* Without a timeout the menu is shown, hidden or not. */
	if (menu->timeout == MENU_TIMEOUT_NONE)
		menu->style = MENU_STYLE_MENU;
	if (load->skipped > 0)
		guest_note(load->config->guest, NOTE_DETAIL,
			"%s: %u lines with unknown commands were skipped, the "
			"first is line %u: %.64s",
			load->legacy->path, load->skipped,
			load->first_skipped.number, load->first_skipped.text);
}

static int load_menu(struct config *config, struct legacy_menu *legacy,
	struct config_translation *translation, struct text file,
	struct error *err)
{
	struct loader load = {
		.config = config,
		.legacy = legacy,
		.translation = translation,
	};

	legacy->menu = (struct menu){
		.timeout = MENU_TIMEOUT_NONE,
		.priv = legacy,
	};
	if (legacy_open(&load.reader, file, config->guest->arena, err) < 0 ||
		take_lines(&load, err) < 0 ||
		legacy_finish_entries(legacy, config->guest->arena, err) < 0)
		return -1;
	finish_menu(&load);
	return 0;
}

static struct legacy_menu *new_menu(struct config *config, struct device *dev,
	const char *path, struct device *root, struct error *err)
{
	struct legacy_menu *legacy =
		arena_alloc(config->guest->arena, sizeof(*legacy), err);

	if (!legacy)
		return NULL;
	legacy->dev = dev;
	legacy->path = path;
	legacy->first_root = root;
	legacy->root = root;
	return legacy;
}

static void keep(struct legacy *all, struct legacy_menu *legacy)
{
	legacy->next = all->loaded;
	all->loaded = legacy;
}

static struct legacy_menu *find_loaded(const struct legacy *all,
	const struct device *dev, const char *path, const struct device *root)
{
	struct legacy_menu *legacy;

	for (legacy = all->loaded; legacy; legacy = legacy->next)
		if (legacy->dev == dev && legacy->first_root == root &&
			strcmp(legacy->path, path) == 0)
			return legacy;
	return NULL;
}

struct legacy_menu *legacy_load(struct config *config, struct device *dev,
	const char *path, struct device *root, struct error *err)
{
	struct legacy *all = config->priv;
	struct legacy_menu *legacy = find_loaded(all, dev, path, root);
	struct text file;

	if (legacy)
		return legacy;
	if (all->count == CONFIG_INCLUDES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d configuration files",
			CONFIG_INCLUDES_MAX);
		return NULL;
	}
	all->count++;
	legacy = new_menu(config, dev, path, root, err);
	if (!legacy ||
		guest_read_config(config->guest, dev, path, &file, err) < 0)
		return NULL;
	if (load_menu(config, legacy, NULL, file, err) < 0) {
		error_in(err, "%s", path);
		return NULL;
	}
	keep(all, legacy);
	return legacy;
}

static int load(struct config *config, struct text file, struct error *err)
{
	struct config_translation *translation = config->translation;
	struct device *root = translation ? translation->root.dev : config->dev;
	struct legacy *all =
		arena_alloc(config->guest->arena, sizeof(*all), err);
	struct legacy_menu *legacy =
		new_menu(config, config->dev, config->path, root, err);

	if (!all || !legacy ||
		load_menu(config, legacy, translation, file, err) < 0)
		return -1;
	keep(all, legacy);
	config->priv = all;
	config->menu = &legacy->menu;
	return 0;
}

const struct config_format grub_legacy_format = {
	.name = "GRUB legacy",
	.id = "grub-legacy",
	.load = load,
	.run = legacy_run,
	.peek = legacy_peek,
	.run_source = legacy_run_source,
};
