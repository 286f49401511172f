/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.c - which entry a menu begins with
 *
 * As upstream's GRUB decides it, a number at the start of $default counts
 * before anything else, so that "2.6.32-5" is the third entry; only what begins
 * otherwise is a title or id.  Fedora's looks for an id first, then for a
 * title, and takes for a number only what is nothing else.  What is behind a
 * ">" is for the submenu, ">>" is a ">" in a title.
 */
#include "src/config/grub2/menu.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/color.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/start.h"
#include "src/config/grub2/users.h"

struct menu *grub2_menu_open(
	struct eval *eval, const struct env *outer, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct menu *menu = arena_alloc(arena, sizeof(*menu), err);
	struct grub2_menu *priv = arena_alloc(arena, sizeof(*priv), err);

	if (!menu || !priv)
		return NULL;
	priv->env = arena_alloc(arena, sizeof(*priv->env), err);
	if (!priv->env || env_open(priv->env, arena, err) < 0 ||
		(outer && env_inherit(priv->env, outer, err) < 0))
		return NULL;
	menu->priv = priv;
	menu->timeout = MENU_TIMEOUT_NONE;
	return menu;
}

uint32_t grub2_hotkey(const char *name)
{
	static const struct {
		const char *name;
		uint32_t key;
	} names[] = {
		{ "backspace", '\b' },
		{ "delete", HOTKEY_DELETE },
		{ "insert", HOTKEY_INSERT },
		{ "tab", '\t' },
	};
	unsigned long number;
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].key;
	if (name[0] == 'f' && command_number(name + 1, &number) &&
		number >= 1 && number <= HOTKEY_FS)
		return HOTKEY_F1 + (uint32_t)number - 1;
	if (name[0] <= ' ' || name[0] >= 0x7f || name[1])
		return HOTKEY_NONE;
	/* its own keys, which come first: the editor and the command line */
	return strchr("ec", name[0]) ? HOTKEY_NONE : (uint32_t)name[0];
}

/* Is this what spec names, up to a ">" that is not doubled? */
static bool names(const char *spec, const char *title)
{
	if (!title)
		return false;
	for (;; spec++, title++) {
		if (spec[0] == '>' && spec[1] != '>')
			return *title == '\0';
		if (spec[0] == '>')
			spec++;
		if (*spec != *title)
			return false;
		if (*spec == '\0')
			return true;
	}
}

/* Is the first word of spec, which may be one of many, this id? */
static bool names_id(const char *spec, const char *id)
{
	size_t len = strcspn(spec, " \t>");

	return id && strlen(id) == len && memcmp(spec, id, len) == 0;
}

/* The entry that spec means to Fedora's GRUB, or menu->count. */
static size_t find_entry_of_fedora(const struct menu *menu, const char *spec)
{
	unsigned long number;
	char *end;
	size_t i;

	for (i = 0; i < menu->count; i++)
		if (names_id(spec, menu->entries[i].id) ||
			names(spec, menu->entries[i].id))
			return i;
	for (i = 0; i < menu->count; i++)
		if (names(spec, menu->entries[i].title))
			return i;
	if (!command_number(spec, &number))
		return menu->count;
	(void)strtoul(spec, &end, 0);
	if (*end && *end != ' ' && *end != '\t')
		return menu->count;
	return number < menu->count ? number : menu->count;
}

/* The entry that spec means, or menu->count. */
static size_t find_entry(const struct menu *menu, const char *spec, bool fedora)
{
	unsigned long number;
	size_t i;

	if (fedora)
		return find_entry_of_fedora(menu, spec);
	if (command_number(spec, &number))
		return number < menu->count ? number : menu->count;
	for (i = 0; i < menu->count; i++)
		if (names(spec, menu->entries[i].title) ||
			names(spec, menu->entries[i].id))
			break;
	return i;
}

/*
 * $fallback: numbers with blanks between them, or else one title or id; with
 * Fedora's GRUB the ids are a list, too.
 */
static void choose_fallback(struct menu *menu, const char *spec, bool fedora)
{
	char *end;
	size_t i;

	menu->fallback_count = 0;
	while (menu->fallback_count < MENU_FALLBACKS_MAX && *spec) {
		i = find_entry(menu, spec, fedora);
		if (i < menu->count)
			menu->fallback[menu->fallback_count++] = i;
		if (fedora) {
			if (i < menu->count &&
				names(spec, menu->entries[i].title))
				return;
			spec += strcspn(spec, " \t");
		} else {
			if (*spec < '0' || *spec > '9')
				return;
			(void)strtoul(spec, &end, 0);
			spec = end;
		}
		spec += strspn(spec, " \t");
	}
}

static int choose_timeout(const char *text)
{
	unsigned long seconds;

	if (!command_number(text, &seconds))
		return MENU_TIMEOUT_NONE;
	return seconds > INT_MAX ? INT_MAX : (int)seconds;
}

static enum menu_style choose_style(const char *text)
{
	if (strcmp(text, "hidden") == 0)
		return MENU_STYLE_HIDDEN;
	if (strcmp(text, "countdown") == 0)
		return MENU_STYLE_COUNTDOWN;
	return MENU_STYLE_MENU;
}

bool grub2_menu_decide(
	const struct eval *eval, struct menu *menu, const struct env *env)
{
	size_t found =
		find_entry(menu, env_value(env, "default"), eval->fedora);

	menu->chosen = found == menu->count ? 0 : found;
	choose_fallback(menu, env_value(env, "fallback"), eval->fedora);
	menu->timeout = choose_timeout(env_value(env, "timeout"));
	menu->style = choose_style(env_value(env, "timeout_style"));
	return found < menu->count;
}

/* Why an entry was chosen that $default names, or does not name. */
static const char *explain_default(const struct eval *eval,
	const struct env *env, bool found, struct error *err)
{
	const char *spec = env_value(env, "default"), *how = "";

	if (!spec[0])
		return "it is the first, and $default is not set";
	if (!found)
		how = ", which names no entry: it is the first";
	else if (strcmp(env_value(env, "boot_once"), "true") == 0)
		how = ", for one start only";
	else if (strcmp(env_value(env, "saved_entry"), spec) == 0)
		how = ", as $saved_entry";
	return arena_printf(
		eval->guest->arena, err, "$default is \"%.256s\"%s", spec, how);
}

/*
 * Entries for the superusers alone, which are most, share one guard, which also
 * asks who wants to edit any of them.
 */
static int set_guards(struct eval *eval, struct menu *menu, struct error *err)
{
	const struct env *env = ((struct grub2_menu *)menu->priv)->env;
	const struct guard *common, **guard;
	const struct grub2_entry *entry;
	size_t i;

	if (grub2_guard(eval, env, "", NULL, &common, err) < 0)
		return -1;
	menu->edits = common;
	for (i = 0; i < menu->count; i++) {
		entry = menu->entries[i].priv;
		guard = &menu->entries[i].guard;
		*guard = entry->foreign_guard;
		if (common)
			menu->entries[i].edits = common;
		if (!common || !entry->users)
			continue;
		if (entry->users[0] == '\0' && !entry->foreign_guard)
			*guard = common;
		else if (grub2_guard(eval, env, entry->users,
				 entry->foreign_guard, guard, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The menu's own colours, or those of the text where the script sets them.
 * What a menu does not say is as in the one before it.
 */
static void read_color(const struct env *env, const char *const names[2],
	struct entry_color *color)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (grub2_was_set(env, names[i]) &&
			color_read(text_of(env_value(env, names[i])), color))
			return;
}

static void set_colors(struct eval *eval, struct menu *menu)
{
	static const char *const normal[] = { "menu_color_normal",
		"color_normal" };
	static const char *const highlight[] = { "menu_color_highlight",
		"color_highlight" };
	const struct env *env = ((struct grub2_menu *)menu->priv)->env;

	read_color(env, normal, &eval->normal);
	read_color(env, highlight, &eval->highlight);
	menu->normal = eval->normal;
	menu->highlight = eval->highlight;
}

int grub2_menu_close(struct eval *eval, struct menu *menu, struct error *err)
{
	struct grub2_menu *priv = menu->priv;
	bool found;

	priv->loops = eval->guest->devices->loops;
	found = grub2_menu_decide(eval, menu, priv->env);
	menu->why = explain_default(eval, priv->env, found, err);
	if (!menu->why)
		return -1;
	set_colors(eval, menu);
	return set_guards(eval, menu, err);
}

void grub2_menu_show(struct eval *eval, struct menu *menu)
{
	if (eval->came_up || eval->boot_now)
		return;
	eval->came_up = menu;
	eval->flow = FLOW_END;
}
