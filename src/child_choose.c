/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_choose.c - a person's way through the menus
 *
 * An entry that asks for a password is started once that was typed; whether it
 * is right is decided here, where the guest's hashes are.
 */
#include <string.h>

#include "src/base/utf8.h"
#include "src/child_state.h"
#include "src/result.h"

static uint8_t entry_flags(const struct child *child, const struct entry *entry)
{
	bool asks = guard_closed(entry->guard) && !child->options->unlock;

	return (uint8_t)((entry->submenu ? ENTRY_SUBMENU : 0) |
		(asks ? ENTRY_RESTRICTED : 0) |
		(entry->hotkey_starts ? 0 : ENTRY_HOTKEY_MOVES));
}

int child_say_entries(
	struct child *child, const struct menu *menu, struct error *err)
{
	char title[MENU_TITLE_MAX + 1];
	const struct entry *entry = menu->entries;
	size_t i;

	message_begin(&child->out, SAY_ENTRIES);
	for (i = 0; i < menu->count; i++, entry++) {
		message_put_u8(&child->out, entry_flags(child, entry));
		message_put_u32(&child->out, entry->hotkey);
		/* titles of old guests are Latin-1; the parent wants UTF-8 */
		utf8_show(entry->title, title, sizeof(title));
		message_put_string(&child->out, title);
		if (child->out.len < CHILD_BATCH)
			continue;
		if (child_send(child, err) < 0)
			return -1;
		message_begin(&child->out, SAY_ENTRIES);
	}
	return child->out.len > MESSAGE_HEADER ? child_send(child, err) : 0;
}

static void put_color(struct message *msg, const struct entry_color *color)
{
	message_put_u8(msg, color->known ? color->fg : COLOR_UNSAID);
	message_put_u8(msg, color->known ? color->bg : COLOR_UNSAID);
}

int child_say_menu(struct child *child, struct error *err)
{
	const struct menu *menu = child_menu(child);

	message_begin(&child->out, SAY_MENU);
	message_put_u32(&child->out, child->levels - 1);
	message_put_u32(&child->out, (uint32_t)menu->count);
	message_put_u32(&child->out, (uint32_t)menu->chosen);
	message_put_u32(&child->out, (uint32_t)menu->timeout);
	message_put_u8(&child->out, (uint8_t)menu->style);
	put_color(&child->out, &menu->normal);
	put_color(&child->out, &menu->highlight);
	if (child_send(child, err) < 0)
		return -1;
	return child_say_entries(child, menu, err);
}

static int open_menu(struct child *child, const char *title, struct menu *menu,
	struct error *err)
{
	if (menu->count == 0)
		return error_set(err, ERR_NOT_FOUND,
			"entry \"%s\": a menu without entries", title);
	if (child->levels == CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d menus inside each other",
			CONFIG_DEPTH_MAX);
	child->menus[child->levels++] = menu;
	child->told = (struct told){ 0 };
	return 0;
}

static int decide(
	struct child *child, const struct choice *choice, struct error *err)
{
	if (found_from_choice(&child->guest, child->options, &child->config,
		    choice, &child->found, err) < 0)
		return -1;
	child->decided = true;
	return child_note_one_shot(child, err);
}

int child_take_outcome(struct child *child, const char *title,
	const struct outcome *outcome, struct error *err)
{
	const struct choice choice = { title, outcome->boot };

	if (outcome->menu)
		return open_menu(child, title, outcome->menu, err);
	return decide(child, &choice, err);
}

int child_say_outcome(struct child *child, struct error *err)
{
	if (child_say_notes(child, err) < 0)
		return -1;
	return child->decided ? child_say_boot(child, err)
			      : child_say_menu(child, err);
}

static int run_choice(struct child *child, struct error *err)
{
	struct menu *menu = child_menu(child);
	uint32_t index = child->chosen;
	struct outcome outcome = { 0 };
	struct choice choice;

	if (index == CHOOSE_DEFAULT) {
		if (choose_default(&child->config, menu, &choice, err) < 0)
			return -1;
		return decide(child, &choice, err);
	}
	if (config_run(&child->config, menu, index, &outcome, err) < 0)
		return error_in(
			err, "entry \"%s\"", menu->entries[index].title);
	if (child->args)
		outcome.boot.args = child->args;
	return child_take_outcome(
		child, menu->entries[index].title, &outcome, err);
}

static int say_locked(struct child *child, uint8_t flags, struct error *err)
{
	if (child->guard->asks_name)
		flags |= LOCKED_NAME;
	message_begin(&child->out, SAY_LOCKED);
	message_put_u8(&child->out, flags);
	return child_send(child, err);
}

int child_check_args(const char *args, struct error *err)
{
	size_t len = strlen(args);

	if (len <= OUTPUT_ITEM_MAX)
		return 0;
	return error_set(err, ERR_LIMIT,
		"arguments of %zu bytes are more than a toolstack takes (%d)",
		len, OUTPUT_ITEM_MAX);
}

int child_fail(const struct child *child, struct error *err)
{
	error_in(err, "%s: %s", child->config.dev->fs.type, child->config.path);
	return device_error(child->config.dev, err);
}

int child_fail_in_entry(struct child *child, struct error *err)
{
	const struct menu *menu = child_menu(child);

	child->guard = NULL;
	if (child->purpose != CHILD_OPENS_SHELL)
		error_in(err, "entry \"%s\"",
			menu->entries[child->chosen].title);
	return child_fail(child, err);
}

void child_unsay_notes(struct child *child, size_t count)
{
	if (child->guest.note_count > count)
		child->guest.note_count = count;
}

int child_look_at(struct child *child, struct menu *menu, uint32_t index,
	struct outcome *outcome, struct error *err)
{
	size_t notes = child->guest.note_count;
	int r = config_peek(&child->config, menu, index, outcome, err);

	child_unsay_notes(child, notes);
	return r;
}

struct menu *child_take_look(struct child *child, struct message_body *ask,
	uint32_t *index, struct error *err)
{
	uint32_t level = message_take_u32(ask);

	*index = message_take_u32(ask);
	if (message_complete(ask) && level < child->levels &&
		*index < child->menus[level]->count)
		return child->menus[level];
	error_set(err, ERR_SYSTEM, "a look beyond the menu");
	return NULL;
}

int child_answer_peek(
	struct child *child, struct message_body *ask, struct error *err)
{
	struct outcome outcome = { 0 };
	uint32_t index;
	struct menu *menu = child_take_look(child, ask, &index, err);

	if (!menu || child_look_at(child, menu, index, &outcome, err) < 0)
		return -1;
	if (!outcome.menu && child_check_args(outcome.boot.args, err) < 0)
		return -1;
	message_begin(&child->out, SAY_DETAIL);
	message_put_string(
		&child->out, outcome.menu ? "" : outcome.boot.kernel.path);
	message_put_string(&child->out, outcome.menu ? "" : outcome.boot.args);
	return child_send(child, err);
}

/* The door is open. */
static int act(struct child *child, struct error *err)
{
	switch (child->purpose) {
	case CHILD_TELLS_ARGS:
		return child_say_args(child, err);
	case CHILD_TELLS_SOURCE:
		return child_say_source(child, err);
	case CHILD_OPENS_SHELL:
		return child_open_shell(child, err);
	case CHILD_LOGS_IN:
		return child_say_entries(child, child_menu(child), err);
	case CHILD_STARTS:
		break;
	}
	if (run_choice(child, err) < 0)
		return child_fail(child, err);
	return child_say_outcome(child, err);
}

int child_go_on(struct child *child, struct error *err)
{
	if (child->guard && guard_check(child->guard, err) < 0)
		return child_fail_in_entry(child, err);
	return child->guard ? say_locked(child, 0, err) : act(child, err);
}

void child_go_back(struct child *child, uint32_t level)
{
	child->levels = level + 1;
	child->guard = NULL;
	child->args = NULL;
	child->decided = false;
	if (child->told.level > level)
		child->told = (struct told){ 0 };
	if (child->shell_level > level)
		child->shell = NULL;
}

int child_take_choice(
	struct child *child, struct message_body *ask, struct error *err)
{
	uint32_t level = message_take_u32(ask);
	uint32_t index = message_take_u32(ask);
	const struct menu *menu;

	if (!message_complete(ask) || level >= child->levels)
		return error_set(err, ERR_SYSTEM, "a choice without a menu");
	menu = child->menus[level];
	if (index != CHOOSE_DEFAULT && index >= menu->count)
		return error_set(err, ERR_SYSTEM, "a choice beyond the menu");
	child_go_back(child, level);
	child->told = (struct told){ 0 };
	child->chosen = index;
	child->purpose = CHILD_STARTS;
	return 0;
}

/* Without a person, who would have been asked, nothing asks (decisions.md). */
int child_answer_choose(
	struct child *child, struct message_body *ask, struct error *err)
{
	const struct menu *menu;

	if (child_take_choice(child, ask, err) < 0)
		return -1;
	menu = child_menu(child);
	if (child->chosen != CHOOSE_DEFAULT && !child->options->unlock)
		child->guard = guard_closed(menu->entries[child->chosen].guard);
	return child_go_on(child, err);
}

int child_answer_unlock(
	struct child *child, struct message_body *ask, struct error *err)
{
	const char *user = message_take_string(ask);
	const char *password = message_take_string(ask);
	int r;

	if (!message_complete(ask) || !child->guard)
		return error_set(err, ERR_SYSTEM, "a password without a lock");
	guest_stage(&child->guest, "a password");
	r = guard_open(child->guard, user, password, err);
	message_forget_taken(&child->in);
	if (r < 0)
		return child_fail_in_entry(child, err);
	if (r == 0)
		return say_locked(child, LOCKED_WRONG, err);
	child->guard = guard_closed(child->guard->behind);
	return child_go_on(child, err);
}

/*
 * The door that a password opens for as long as the menu is there: that of the
 * entry, or else that of the editor and the command line.
 */
static const struct guard *find_login(
	const struct menu *menu, const struct entry *entry)
{
	const struct guard *guard = guard_closed(entry->guard);

	return guard && guard_stays_open(guard) ? guard
						: guard_closed(menu->edits);
}

int child_answer_login(
	struct child *child, struct message_body *ask, struct error *err)
{
	const struct entry *entry;
	const struct menu *menu;

	if (child_take_choice(child, ask, err) < 0)
		return -1;
	if (child->chosen == CHOOSE_DEFAULT)
		return error_set(err, ERR_SYSTEM, "no entry to log in for");
	menu = child_menu(child);
	entry = &menu->entries[child->chosen];
	child->purpose = CHILD_LOGS_IN;
	if (child->options->unlock || (!entry->guard && !menu->edits))
		return error_set(
			err, ERR_NOT_FOUND, "nothing here asks for a password");
	child->guard = find_login(menu, entry);
	if (!child->guard && guard_closed(entry->guard))
		return error_set(err, ERR_NOT_FOUND,
			"this entry asks for its password when it is started");
	return child_go_on(child, err);
}
