/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "src/config/extlinux.h"

struct extlinux_label *extlinux_add_label(struct config *config,
	struct extlinux_menu *menu, struct text name, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct extlinux_label *label;

	if (name.len > MENU_TITLE_MAX) {
		error_set(err, ERR_LIMIT, "a label of more than %d bytes",
			MENU_TITLE_MAX);
		return NULL;
	}
	label = arena_alloc(arena, sizeof(*label), err);
	if (!label)
		return NULL;
	label->name = arena_strndup(arena, name.at, name.len, err);
	if (!label->name)
		return NULL;
	label->in = menu;
	if (menu->last)
		menu->last->next = label;
	else
		menu->first = label;
	menu->last = label;
	return label;
}

typedef bool same_text(struct text text, const char *string);

static struct extlinux_label *find_with(
	const struct extlinux_file *file, struct text name, same_text *same)
{
	struct extlinux_label *label;
	const struct extlinux_menu *menu;

	for (menu = file->menus; menu; menu = menu->next)
		for (label = menu->first; label; label = label->next)
			if (label->kind != EXTLINUX_MENU &&
				same(name, label->name))
				return label;
	return NULL;
}

/* The label of that name; of two that differ in case, the exact one. */
static struct extlinux_label *find_label(
	const struct extlinux_file *file, struct text name)
{
	struct extlinux_label *label = find_with(file, name, text_is);

	return label ? label : find_with(file, name, text_is_nocase);
}

static bool is_file(struct config *config, const struct extlinux_file *file,
	struct text word)
{
	struct boot_file kernel;
	struct error ignored;

	return !config->guest->assume_files &&
		extlinux_locate(config, file, word, &kernel, &ignored) == 0 &&
		guest_check_file(config->guest, &kernel, &ignored) == 0;
}

/* A label with more arguments is an entry of its own, behind the others. */
static struct extlinux_label *add_variant(struct config *config,
	const struct extlinux_label *label, struct text name, struct text more,
	struct error *err)
{
	struct extlinux_label *copy =
		extlinux_add_label(config, label->in, name, err);
	const char *append = label->append;
	const char *called;

	if (!copy)
		return NULL;
	called = copy->name;
	*copy = *label;
	copy->name = called;
	copy->title = NULL;
	copy->next = NULL;
	if (!append)
		append = label->global;
	copy->append = arena_printf(config->guest->arena, err, "%s%s%.*s",
		append, *append ? " " : "", (int)more.len, more.at);
	return copy->append ? copy : NULL;
}

struct extlinux_label *extlinux_find_command(struct config *config,
	struct extlinux_file *file, struct text command, struct error *err)
{
	struct text word, more, name = text_trim(command);
	struct extlinux_label *label = find_label(file, name);

	more = name;
	error_clear(err);
	if (label || !text_next_word(&more, &word))
		return label;
	label = find_label(file, word);
	more = text_trim(more);
	if (label)
		return add_variant(config, label, name, more, err);
	if (!is_file(config, file, word)) {
		guest_note(config->guest, NOTE_WARNING,
			"%s: the default \"%.*s\" is no label", file->file.path,
			name.len < 256 ? (int)name.len : 256, name.at);
		return NULL;
	}
	label = extlinux_add_label(config, file->top, name, err);
	if (!label)
		return NULL;
	label->kernel = label->name;
	label->global = file->append;
	return label;
}

static bool leads_to_menu(const struct extlinux_label *label)
{
	struct text rest, word;

	switch (label->kind) {
	case EXTLINUX_MENU:
	case EXTLINUX_GOTO:
	case EXTLINUX_EXIT:
	case EXTLINUX_CONFIG:
		return true;
	case EXTLINUX_KERNEL:
		rest = text_of(label->kernel ? label->kernel : label->name);
		return text_next_word(&rest, &word) &&
			extlinux_is_menu_module(word);
	default:
		return false;
	}
}

/* An empty password is none that could be typed. */
static int add_password(struct arena *arena, const char *secret,
	struct password **list, size_t *count, struct error *err)
{
	struct password *password;

	if (!secret || secret[0] == '\0')
		return 0;
	password = arena_alloc(arena, sizeof(*password), err);
	if (!password)
		return -1;
	password->kind = SECRET_SYSLINUX;
	password->secret = secret;
	list[(*count)++] = password;
	return 0;
}

/* Opened by either password; NULL with err filled. */
static const struct guard *make_guard(struct arena *arena, const char *first,
	const char *second, struct error *err)
{
	struct guard *guard = arena_alloc(arena, sizeof(*guard), err);
	struct password **list =
		arena_array(arena, 2, sizeof(struct password *), err);

	if (!guard || !list ||
		add_password(arena, first, list, &guard->count, err) < 0 ||
		add_password(arena, second, list, &guard->count, err) < 0)
		return NULL;
	guard->passwords = list;
	return guard;
}

/*
 * Who may edit, and type commands: who has the password of the menu, or nobody,
 * or with NULL everybody.
 */
static int guard_edits(struct arena *arena, const struct extlinux_menu *menu,
	const struct guard **guard, struct error *err)
{
	*guard = NULL;
	if (menu->file->fixed)
		*guard = guard_add(arena, NULL, NULL, err);
	else if (menu->password && menu->password[0] != '\0')
		*guard = make_guard(arena, menu->password, NULL, err);
	else
		return 0;
	return *guard ? 0 : -1;
}

/* The label's own password opens it, or that of the menu. */
static int set_guard(struct config *config, const struct extlinux_menu *menu,
	const struct extlinux_label *label, struct entry *entry,
	struct error *err)
{
	struct arena *arena = config->guest->arena;

	if (label->password) {
		entry->guard =
			make_guard(arena, menu->password, label->password, err);
		if (!entry->guard)
			return -1;
	}
	return guard_edits(arena, menu, &entry->edits, err);
}

static int list_label(struct config *config, struct extlinux_menu *menu,
	struct extlinux_label *label, struct error *err)
{
	struct entry *entry = menu_add(&menu->menu, config->guest->arena, err);

	if (!entry)
		return -1;
	entry->title = label->title ? label->title : label->name;
	if (label->kind != EXTLINUX_MENU)
		entry->id = label->name;
	if (label->kind != EXTLINUX_MENU)
		entry->source = label->source;
	entry->submenu = leads_to_menu(label);
	entry->hotkey = label->hotkey;
	entry->hotkey_starts = label->immediate;
	entry->priv = label;
	label->listed = true;
	label->index = menu->menu.count - 1;
	if (label->preferred)
		menu->menu.chosen = label->index;
	return set_guard(config, menu, label, entry, err);
}

/* Seconds; without a menu and a prompt nobody waits. */
static int timeout_of(const struct extlinux_file *file)
{
	if (file->tenths > 0)
		return (int)((file->tenths + 9) / 10);
	return file->ui || file->prompt ? MENU_TIMEOUT_NONE : 0;
}

/* Labels that count also where a menu hides them. */
struct targets {
	struct extlinux_label *first;  /* starts by itself, or NULL */
	struct extlinux_label *second; /* if that has no kernel, or NULL */
};

static bool is_shown(const struct extlinux_file *file,
	const struct extlinux_label *label, const struct targets *targets)
{
	if (label == targets->first || label == targets->second)
		return true;
	/* only a menu hides; a prompt takes any label */
	return !label->disabled && !(label->hidden && file->ui);
}

static int fill_menu(struct config *config, struct extlinux_menu *menu,
	const struct targets *targets, struct error *err)
{
	const struct extlinux_file *file = menu->file;
	struct extlinux_label *label;

	menu->menu.priv = menu;
	menu->menu.timeout = timeout_of(file);
	if (guard_edits(config->guest->arena, menu, &menu->menu.edits, err) < 0)
		return -1;
	if (file->hidden && menu->menu.timeout != MENU_TIMEOUT_NONE)
		menu->menu.style = MENU_STYLE_HIDDEN;
	for (label = menu->first; label; label = label->next)
		if (is_shown(file, label, targets) &&
			list_label(config, menu, label, err) < 0)
			return -1;
	return 0;
}

/* Make the label the default of its menu, and its menu that of the above. */
static void choose(const struct extlinux_label *label)
{
	for (; label && label->listed; label = label->in->place)
		label->in->menu.chosen = label->index;
}

/*
 * The label that starts by itself, NULL with err clear if the menus have to
 * say.  As syslinux 6.04 was seen to do: a timeout needs somebody who waits,
 * and a menu does not begin at a label that it hides.
 */
static struct extlinux_label *find_target(
	struct config *config, struct extlinux_file *file, struct error *err)
{
	struct extlinux_label *target = NULL;
	bool waits = file->ui || file->prompt || !file->chosen;

	error_clear(err);
	if (file->on_timeout && waits)
		target = extlinux_find_command(
			config, file, text_of(file->on_timeout), err);
	if (target || !file->chosen || err->code != ERR_NONE)
		return target;
	target =
		extlinux_find_command(config, file, text_of(file->chosen), err);
	return target && target->hidden && file->ui ? NULL : target;
}

/* ONERROR, which gets the command that failed behind its own words. */
static struct extlinux_label *find_second(struct config *config,
	struct extlinux_file *file, const struct extlinux_label *first,
	struct error *err)
{
	const char *command;

	if (!file->on_error)
		return NULL;
	command = arena_printf(config->guest->arena, err, "%s %s",
		file->on_error, first ? first->name : "");
	if (!command)
		return NULL;
	return extlinux_find_command(config, file, text_of(command), err);
}

int extlinux_make_menus(
	struct config *config, struct extlinux_file *file, struct error *err)
{
	struct menu *top = &file->top->menu;
	struct extlinux_menu *menu;
	struct targets targets;

	targets.first = find_target(config, file, err);
	if (err->code != ERR_NONE)
		return -1;
	targets.second = find_second(config, file, targets.first, err);
	if (err->code != ERR_NONE)
		return -1;
	for (menu = file->menus; menu; menu = menu->next)
		if (fill_menu(config, menu, &targets, err) < 0)
			return -1;
	if (targets.first)
		choose(targets.first);
	else if (file->start)
		choose(file->start->place);
	if (targets.second && targets.second->in == file->top)
		top->fallback[top->fallback_count++] = targets.second->index;
	return 0;
}
