/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/interact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/console.h"
#include "menu/keys.h"
#include "src/base/utf8.h"
#include "src/config/guest.h"
#include "src/report.h"
#include "src/signals.h"

/*
 * A guest that waits for ever, or says nothing, is still started unattended by
 * a toolstack (decisions.md).
 */
#define TIMEOUT_UNSET 10 /* seconds */

/*
 * Entries that the child looks at in a run before one is started: each takes of
 * its memory and time (promise P5), and a person looks at fewer.
 */
#define PEEKS_MAX 64

/* One menu of the child's, and how it is shown. */
struct level {
	struct menu_list list;
	struct menu_item *items; /* titles are malloc'ed */
	struct menu_model model;
	uint8_t colors[SAID_COLORS]; /* as SAY_MENU has them */
	char message[ERROR_TEXT_SIZE];
};

struct interaction {
	struct peer *peer;
	const struct options *options;
	struct answer *answer;
	struct level levels[CONFIG_DEPTH_MAX];
	unsigned int depth; /* levels in use */
	struct console console;
	struct menu_item *peeked; /* the child looks at it; NULL: at none */
	unsigned int peeks;       /* so far */
	struct line line;         /* the arguments that are edited */
	struct line_history edited;
};

bool interact_wanted(const struct options *options)
{
	return options->action == ACTION_BOOT && !options->quiet &&
		isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* What may come of a question, besides -1. */
enum reply { REPLY_MENU, REPLY_BOOT, REPLY_LOCKED, REPLY_EDIT };

static void free_item(struct menu_item *item)
{
	free((char *)(uintptr_t)item->title);
	free((char *)(uintptr_t)item->detail);
}

static void free_level(struct level *level)
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

static int take_entry(
	struct message_body *body, struct menu_item *item, struct error *err)
{
	uint8_t flags = message_take_u8(body);
	uint32_t hotkey = message_take_u32(body);
	const char *title = message_take_string(body);

	if (body->bad || strlen(title) > MENU_TITLE_MAX ||
		!utf8_valid(title, strlen(title)))
		return peer_malformed(err);
	item->title = strdup(title);
	item->submenu = flags & ENTRY_SUBMENU;
	item->restricted = flags & ENTRY_RESTRICTED;
	item->hotkey = key_of(hotkey);
	item->hotkey_moves = flags & ENTRY_HOTKEY_MOVES;
	return item->title ? 0 : error_errno(err, "memory for the menu");
}

/* The titles, in as many messages as they take. */
static int receive_entries(
	struct interaction *it, struct level *level, struct error *err)
{
	struct message_body body = { 0 };
	size_t i;

	for (i = 0; i < level->list.count; i++) {
		if (body.rest.len == 0 &&
			(peer_receive(it->peer, it->options->verbose, &body,
				 err) < 0 ||
				body.type != SAY_ENTRIES))
			return err->code == ERR_NONE ? peer_malformed(err) : -1;
		if (take_entry(&body, &level->items[i], err) < 0)
			return -1;
	}
	return message_complete(&body) ? 0 : peer_malformed(err);
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

static bool take_colors(struct message_body *body, uint8_t colors[SAID_COLORS])
{
	bool known = true;
	size_t i;

	for (i = 0; i < SAID_COLORS; i++) {
		colors[i] = message_take_u8(body);
		known = known &&
			(colors[i] < ENTRY_COLORS || colors[i] == COLOR_UNSAID);
	}
	return known;
}

/* Take SAY_MENU and the entries behind it as the next level. */
static int take_menu(
	struct interaction *it, struct message_body *body, struct error *err)
{
	uint32_t number = message_take_u32(body);
	uint32_t count = message_take_u32(body);
	uint32_t chosen = message_take_u32(body);
	int32_t timeout = (int32_t)message_take_u32(body);
	uint8_t style = message_take_u8(body);
	uint8_t colors[SAID_COLORS];
	bool colors_known = take_colors(body, colors);
	struct level *level;

	if (!message_complete(body) || !colors_known || number != it->depth ||
		number >= CONFIG_DEPTH_MAX || count == 0 ||
		count > MENU_ENTRIES_MAX || chosen >= count ||
		style > MENU_STYLE_HIDDEN)
		return peer_malformed(err);
	level = &it->levels[number];
	*level = (struct level){
		.list = { .heading = "hostgrub " HOSTGRUB_VERSION,
			.count = count,
			.chosen = chosen,
			.timeout = number > 0
				? MENU_WAITS
				: timeout_of(it->options, timeout),
			.look = look_of(style),
			.nested = number > 0,
			.peeks = true },
		.items = calloc(count, sizeof(*level->items)),
	};
	if (!level->items)
		return error_errno(err, "memory for the menu");
	memcpy(level->colors, colors, sizeof(colors));
	level->list.items = level->items;
	it->depth++;
	error_clear(err);
	return receive_entries(it, level, err);
}

/*
 * The choice of the selected entry asks for a password.  What is asked is ours
 * to say, and how often, too.
 */
static int take_lock(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct menu_model *menu = &it->levels[it->depth - 1].model;
	bool answered = menu->question.state == QUESTION_ANSWERED;
	uint8_t flags = message_take_u8(body);

	if (!message_complete(body) || (!answered && (flags & LOCKED_WRONG)))
		return peer_malformed(err);
	if (flags & LOCKED_WRONG)
		menu_refuse(menu, terminal_now());
	else
		menu_ask(menu, flags & LOCKED_NAME);
	return 0;
}

/* The arguments of the selected entry, for a person to edit. */
static int take_args(
	struct interaction *it, struct message_body *body, struct error *err)
{
	const char *args = message_take_string(body);

	if (!message_complete(body) ||
		!line_begin(&it->line, args, &it->edited))
		return peer_malformed(err);
	menu_edit(&it->levels[it->depth - 1].model, &it->line);
	return 0;
}

/*
 * What is to boot, or a menu, or a lock on what a person chose, or what is to
 * be edited: enum reply, or -1.
 */
static int take_answer(struct interaction *it, bool chosen, struct error *err)
{
	struct message_body body;

	if (peer_receive(it->peer, it->options->verbose, &body, err) < 0)
		return -1;
	if (body.type == SAY_MENU)
		return take_menu(it, &body, err) < 0 ? -1 : REPLY_MENU;
	if (body.type == SAY_LOCKED && chosen)
		return take_lock(it, &body, err) < 0 ? -1 : REPLY_LOCKED;
	if (body.type == SAY_ARGS && chosen)
		return take_args(it, &body, err) < 0 ? -1 : REPLY_EDIT;
	return answer_take(&body, it->answer, err) < 0 ? -1 : REPLY_BOOT;
}

/* ASK_CHOOSE or ASK_EDIT, of an entry of the menu that is seen. */
static int send_choice(struct interaction *it, enum message_type type,
	uint32_t index, struct error *err)
{
	message_begin(&it->peer->out, type);
	message_put_u32(&it->peer->out, it->depth - 1);
	message_put_u32(&it->peer->out, index);
	return peer_send(it->peer, err);
}

static int send_password(
	struct interaction *it, const struct question *said, struct error *err)
{
	int r;

	message_begin(&it->peer->out, ASK_UNLOCK);
	message_put_string(&it->peer->out, said->name.text);
	message_put_string(&it->peer->out, said->password.text);
	r = peer_send(it->peer, err);
	message_forget(&it->peer->out);
	return r;
}

static int send_edited(struct interaction *it, struct error *err)
{
	line_remember(&it->edited, it->line.now.text);
	message_begin(&it->peer->out, ASK_START);
	message_put_string(&it->peer->out, it->line.now.text);
	return peer_send(it->peer, err);
}

/*
 * Nobody chose: the same is booted as without a menu, which goes on to the
 * next configuration where this one's default does not work.
 */
static int choose_default(struct interaction *it, struct error *err)
{
	int r = send_choice(it, ASK_CHOOSE, CHOOSE_DEFAULT, err);

	if (r == 0)
		r = take_answer(it, false, err);
	if (r >= 0 || !peer_alive(it->peer))
		return r;
	if (peer_ask(it->peer, ASK_BOOT, err) < 0)
		return -1;
	return take_answer(it, false, err);
}

/* The entry cannot be booted: say so above the menu, and go on. */
static void show_failure(struct interaction *it, const struct error *err)
{
	struct level *level = &it->levels[it->depth - 1];

	memcpy(level->message, err->text, sizeof(level->message));
	level->model.message = level->message;
}

static void open_level(struct interaction *it)
{
	struct level *level = &it->levels[it->depth - 1];

	menu_init(&level->model, &level->list, terminal_now());
}

static void close_level(struct interaction *it)
{
	if (it->depth > 1)
		free_level(&it->levels[--it->depth]);
}

/* Ask for what the entry would boot; the keys go on meanwhile. */
static int send_peek(struct interaction *it, struct error *err)
{
	struct level *level = &it->levels[it->depth - 1];
	size_t index = level->model.selected;

	if (it->peeks++ >= PEEKS_MAX)
		return 0;
	it->peeked = &level->items[index];
	it->console.terminal.other = it->peer->channel;
	return send_choice(it, ASK_PEEK, (uint32_t)index, err);
}

/* Why an entry cannot be booted is as good to know as what it boots. */
static int take_peek(struct interaction *it, struct error *err)
{
	struct menu_item *item = it->peeked;
	struct message_body body;
	const char *kernel, *args;
	char *text = NULL;
	int r = 0;

	if (!item)
		return 0;
	it->peeked = NULL;
	it->console.terminal.other = -1;
	if (peer_receive(it->peer, it->options->verbose, &body, err) < 0) {
		if (!peer_alive(it->peer))
			return -1;
		r = asprintf(&text, "Cannot be booted: %s", err->text);
	} else {
		kernel = message_take_string(&body);
		args = message_take_string(&body);
		if (body.type != SAY_DETAIL || !message_complete(&body))
			return peer_malformed(err);
		r = asprintf(&text, "%s %s",
			kernel[0] ? kernel : "It leads to a menu", args);
	}
	item->detail = r < 0 ? NULL : text;
	error_clear(err);
	return 0;
}

/* Tell the child what a person did with the selected entry. */
static int send_action(struct interaction *it, const struct menu_model *menu,
	enum menu_action action, struct error *err)
{
	switch (action) {
	case MENU_ANSWERED:
		return send_password(it, &menu->question, err);
	case MENU_EDITED:
		return send_edited(it, err);
	case MENU_EDIT:
		return send_choice(it, ASK_EDIT, (uint32_t)menu->selected, err);
	default:
		return send_choice(
			it, ASK_CHOOSE, (uint32_t)menu->selected, err);
	}
}

/*
 * A person chose the selected entry, or typed the password that it asks for, or
 * edits it: enum reply, REPLY_MENU also if it failed and the menu is to go on,
 * or -1.
 */
static int choose_selected(
	struct interaction *it, enum menu_action action, struct error *err)
{
	unsigned int depth = it->depth;
	struct menu_model *menu = &it->levels[depth - 1].model;
	int r = send_action(it, menu, action, err);

	if (r == 0)
		r = take_answer(it, true, err);
	if (r != REPLY_LOCKED)
		menu_end_question(menu);
	if (r < 0 && peer_alive(it->peer)) {
		while (it->depth > depth)
			close_level(it);
		show_failure(it, err);
		return REPLY_MENU;
	}
	if (r == REPLY_MENU) {
		menu->line = NULL;
		open_level(it);
	}
	return r;
}

static int aborted(struct error *err)
{
	return signals_pending()
		? signals_error(err)
		: error_set(err, ERR_SYSTEM, "aborted in the menu");
}

static int converse(struct interaction *it, struct error *err)
{
	enum menu_action action;
	int r = REPLY_MENU;

	open_level(it);
	while (r >= 0 && r != REPLY_BOOT) {
		action = console_show(
			&it->console, &it->levels[it->depth - 1].model);
		if (action == MENU_ABORT)
			return aborted(err);
		/* one question at a time */
		if (take_peek(it, err) < 0)
			return -1;
		if (action == MENU_TIMED_OUT)
			return choose_default(it, err);
		if (action == MENU_PEEK)
			r = send_peek(it, err);
		else if (action == MENU_BACK)
			close_level(it);
		else if (action != MENU_HEARD)
			r = choose_selected(it, action, err);
	}
	return r;
}

/* The terminal is ours from here to console_end(): messages have to wait. */
static int show(struct interaction *it, struct error *err)
{
	struct terminal_host host;
	int r;

	terminal_host_from_environment(&host);
	host.wait_mask = &signals_wait_mask;
	host.stop = &signals_caught;
	if (console_begin(&it->console, &host, err) < 0)
		return choose_default(it, err);
	report_hold();
	r = converse(it, err);
	console_end(&it->console);
	report_release();
	return r;
}

static int run(struct interaction *it, struct error *err)
{
	int r;

	if (peer_ask(it->peer, ASK_MENU, err) < 0)
		return -1;
	r = take_answer(it, false, err);
	if (r == 0 && it->levels[0].list.timeout == 0)
		r = choose_default(it, err);
	else if (r == 0)
		r = show(it, err);
	/* a default that brings up yet another menu has none to boot */
	if (r == 0)
		return error_set(err, ERR_NOT_FOUND,
			"the default entry leads to another menu");
	return r < 0 ? -1 : 0;
}

int interact(struct peer *peer, const struct options *options,
	struct answer *answer, struct error *err)
{
	struct interaction *it = calloc(1, sizeof(*it));
	int r;

	if (!it)
		return error_errno(err, "memory for the menu");
	it->peer = peer;
	it->options = options;
	it->answer = answer;
	r = run(it, err);
	while (it->depth > 0)
		free_level(&it->levels[--it->depth]);
	line_history_free(&it->edited);
	free(it);
	return r;
}
