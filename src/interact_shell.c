/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interact_shell.c - the command line: lines to the child, what they print back
 */
#include <string.h>

#include "src/interact_state.h"

/* Opened again it still has what was printed before. */
void interact_open_shell(struct interaction *it)
{
	if (it->shell_begun)
		shell_ready(&it->shell);
	else
		shell_begin(&it->shell, &it->typed);
	it->shell_begun = true;
	menu_open_shell(&interact_level(it)->model, &it->shell);
}

static int take_text(struct interaction *it, struct message_body *body,
	size_t *bytes, struct error *err)
{
	const char *text = answer_take_text(body, SHELL_OUTPUT_MAX, bytes, err);

	if (!text)
		return -1;
	shell_print(&it->shell, text);
	return 0;
}

/* Nothing came of the line, or it is not complete: the next may be typed. */
static int take_done(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct answer_done done;

	if (answer_take_done(body, &done, err) < 0)
		return -1;
	shell_ready(&it->shell);
	return REPLY_SHOWN;
}

static int take_more(
	struct interaction *it, struct message_body *body, struct error *err)
{
	if (!message_complete(body))
		return peer_malformed(err);
	shell_more(&it->shell);
	return REPLY_SHOWN;
}

/* What the command leads to, behind all that it prints. */
static int take_outcome(struct interaction *it, struct error *err)
{
	struct message_body body;
	size_t bytes = 0;

	for (;;) {
		if (peer_receive(it->peer, it->options->verbose, &body, err) <
			0)
			return -1;
		switch (body.type) {
		case SAY_TEXT:
			if (take_text(it, &body, &bytes, err) < 0)
				return -1;
			break;
		case SAY_DONE:
			return take_done(it, &body, err);
		case SAY_MORE:
			return take_more(it, &body, err);
		case SAY_MENU:
			return interact_take_menu(it, &body, err) < 0
				? -1
				: REPLY_MENU;
		default:
			return answer_take(&body, it->answer, err) < 0
				? -1
				: REPLY_BOOT;
		}
	}
}

int interact_command(struct interaction *it, struct error *err)
{
	if (interact_ask_text(it, ASK_COMMAND, shell_line(&it->shell), err) < 0)
		return -1;
	return take_outcome(it, err);
}

int interact_complete(struct interaction *it, struct error *err)
{
	const char *insert, *candidates[COMPLETIONS_MAX + 1];
	struct message_body body;
	size_t count = 0;

	if (interact_ask_text(it, ASK_COMPLETE, shell_line(&it->shell), err) <
			0 ||
		peer_receive(it->peer, it->options->verbose, &body, err) < 0)
		return -1;
	insert = message_take_string(&body);
	while (!body.bad && body.rest.len > 0 && count <= COMPLETIONS_MAX)
		candidates[count++] = message_take_string(&body);
	if (body.type != SAY_COMPLETIONS || !message_complete(&body))
		return peer_malformed(err);
	shell_completed(&it->shell, insert, candidates, count);
	return REPLY_SHOWN;
}
