/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interact_levels.c - the child's menus, checked and kept
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "menu/keys.h"
#include "src/base/utf8.h"
#include "src/interact_state.h"

static_assert(COLOR_UNSAID == MENU_COLOR_UNSET, "the same for both sides");

/*
 * A guest that waits for ever, or says nothing, is still started unattended by
 * a toolstack (decisions.md).
 */
#define TIMEOUT_UNSET 10 /* seconds */

static void free_item(struct menu_item *item)
{
	free((char *)(uintptr_t)item->title);
	free((char *)(uintptr_t)item->detail);
}

void interact_free_level(struct level *level)
{
	menu_end_question(&level->model);
	for (size_t i = 0; level->items && i < level->list.count; i++)
		free_item(&level->items[i]);
	free(level->items);
	level->items = NULL;
}

/* The key as the terminal gives it; 0 if it is none that can be pressed. */
static uint32_t key_of(uint32_t hotkey)
{
	if (hotkey >= HOTKEY_F1 && hotkey < HOTKEY_F1 + HOTKEY_FS)
		return K_F1 + (hotkey - HOTKEY_F1);
	switch (hotkey) {
	case '\b':
		return K_BACKSPACE;
	case HOTKEY_INSERT:
		return K_INSERT;
	case HOTKEY_DELETE:
		return K_DELETE;
	default:
		return hotkey < HOTKEY_F1 ? hotkey : 0;
	}
}

/* An item that has a title keeps it, and what is known of its boot. */
static int take_entry(
	struct message_body *body, struct menu_item *item, struct error *err)
{
	uint8_t flags = message_take_u8(body);
	uint32_t hotkey = message_take_u32(body);
	const char *title = message_take_string(body);

	if (body->bad || strlen(title) > MENU_TITLE_MAX ||
		!utf8_valid(title, strlen(title)))
		return peer_malformed(err);
	if (!item->title)
		item->title = strdup(title);
	item->submenu = flags & ENTRY_SUBMENU;
	item->restricted = flags & ENTRY_RESTRICTED;
	item->hotkey = key_of(hotkey);
	item->hotkey_moves = flags & ENTRY_HOTKEY_MOVES;
	return item->title ? 0 : error_errno(err, "memory for the menu");
}

int interact_take_entries(struct interaction *it, struct level *level,
	struct message_body *body, struct error *err)
{
	size_t i;

	for (i = 0; i < level->list.count; i++) {
		if (body->rest.len == 0 &&
			peer_receive(
				it->peer, it->options->verbose, body, err) < 0)
			return -1;
		if (body->type != SAY_ENTRIES)
			return peer_malformed(err);
		if (take_entry(body, &level->items[i], err) < 0)
			return -1;
	}
	return message_complete(body) ? 0 : peer_malformed(err);
}

static enum menu_look look_of(uint8_t style)
{
	static const enum menu_look looks[] = {
		[MENU_STYLE_MENU] = MENU_LOOK_MENU,
		[MENU_STYLE_COUNTDOWN] = MENU_LOOK_COUNTDOWN,
		[MENU_STYLE_HIDDEN] = MENU_LOOK_HIDDEN,
	};

	return looks[style];
}

static int timeout_of(const struct options *options, int32_t guests)
{
	if (options->timeout != OPTIONS_TIMEOUT_GUEST)
		return options->timeout < 0 ? MENU_WAITS : options->timeout;
	return guests < 0 ? TIMEOUT_UNSET : guests;
}

/* One of SAID_COLORS; what is none makes the message bad. */
static uint8_t take_color(struct message_body *body)
{
	uint8_t color = message_take_u8(body);

	if (color >= ENTRY_COLORS && color != COLOR_UNSAID)
		body->bad = true;
	return color;
}

/* The fields of SAY_MENU. */
static int take_list(const struct interaction *it, struct message_body *body,
	struct menu_list *list, struct error *err)
{
	uint32_t number = message_take_u32(body);
	uint32_t count = message_take_u32(body);
	uint32_t chosen = message_take_u32(body);
	int32_t timeout = (int32_t)message_take_u32(body);
	uint8_t style = message_take_u8(body);
	struct menu_colors colors;

	colors.fg = take_color(body);
	colors.bg = take_color(body);
	colors.selected_fg = take_color(body);
	colors.selected_bg = take_color(body);
	if (!message_complete(body) || number != it->depth ||
		number >= CONFIG_DEPTH_MAX || count == 0 ||
		count > MENU_ENTRIES_MAX || chosen >= count ||
		style > MENU_STYLE_HIDDEN)
		return peer_malformed(err);
	*list = (struct menu_list){
		.heading = "hostgrub " HOSTGRUB_VERSION,
		.count = count,
		.chosen = chosen,
		.timeout = number > 0 ? MENU_WAITS
				      : timeout_of(it->options, timeout),
		.look = look_of(style),
		.nested = number > 0,
		.peeks = true,
		.no_edit = it->options->no_edit,
		.colors = colors,
	};
	return 0;
}

int interact_take_menu(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct message_body entries = { .type = SAY_ENTRIES };
	struct menu_list list;
	struct level *level;

	if (take_list(it, body, &list, err) < 0)
		return -1;
	level = &it->levels[it->depth];
	*level = (struct level){
		.list = list,
		.items = calloc(list.count, sizeof(*level->items)),
	};
	if (!level->items)
		return error_errno(err, "memory for the menu");
	level->list.items = level->items;
	it->depth++;
	return interact_take_entries(it, level, &entries, err);
}

void interact_open_level(struct interaction *it)
{
	struct level *level = interact_level(it);

	menu_init(&level->model, &level->list, terminal_now());
}

void interact_close_level(struct interaction *it)
{
	if (it->depth > 1)
		interact_free_level(&it->levels[--it->depth]);
}
