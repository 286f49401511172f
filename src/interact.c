/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/interact.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/interact_state.h"
#include "src/report.h"
#include "src/signals.h"

/*
 * Entries that the child looks at in a run before one is started: each takes of
 * its memory and time (promise P5), and a person looks at fewer.
 */
#define PEEKS_MAX 64

bool interact_wanted(const struct options *options)
{
	return options->action == ACTION_BOOT && !options->quiet &&
		isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/*
 * Nobody chose: the same is booted as without a menu, which goes on to the
 * next configuration where this one's default does not work.
 */
static int choose_default(struct interaction *it, struct error *err)
{
	int r = interact_ask_entry(it, ASK_CHOOSE, CHOOSE_DEFAULT, err);

	it->asked = NULL;
	if (r == 0)
		r = interact_take_answer(it, err);
	if (r >= 0 || !peer_alive(it->peer))
		return r;
	if (peer_ask(it->peer, ASK_BOOT, err) < 0)
		return -1;
	return interact_take_answer(it, err);
}

/* Ask for what the entry would boot; the keys go on meanwhile. */
static int send_peek(struct interaction *it, struct error *err)
{
	struct level *level = interact_level(it);
	size_t index = level->model.selected;

	if (it->peeks++ >= PEEKS_MAX)
		return 0;
	it->peeked = &level->items[index];
	it->console.terminal.other = it->peer->channel;
	return interact_ask_entry(it, ASK_PEEK, (uint32_t)index, err);
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

	interact_open_level(it);
	while (r >= 0 && r != REPLY_BOOT) {
		action = console_show(&it->console, &interact_level(it)->model);
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
			interact_close_level(it);
		else if (action != MENU_HEARD)
			r = interact_act(it, action, err);
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
	r = interact_take_answer(it, err);
	if (r == REPLY_MENU && it->levels[0].list.timeout == 0)
		r = choose_default(it, err);
	else if (r == REPLY_MENU)
		r = show(it, err);
	/* a default that brings up yet another menu has none to boot */
	if (r == REPLY_MENU)
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
		interact_free_level(&it->levels[--it->depth]);
	editor_end(&it->editor);
	pager_end(&it->pager);
	if (it->shell_begun)
		shell_end(&it->shell);
	line_history_free(&it->edited);
	line_history_free(&it->typed);
	free(it);
	return r;
}
