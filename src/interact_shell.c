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

static int ask(
	struct interaction *it, enum message_type type, struct error *err)
{
	message_begin(&it->peer->out, type);
	message_put_string(&it->peer->out, shell_line(&it->shell));
	return peer_send(it->peer, err);
}

static int take_text(struct interaction *it, struct message_body *body,
	size_t *bytes, struct error *err)
{
	const char *text = message_take_string(body);
	size_t len = strlen(text);

	/* what says nothing for ever ends nowhere, too */
	if (!message_complete(body) || len == 0 ||
		len > SHELL_OUTPUT_MAX - *bytes)
		return peer_malformed(err);
	*bytes += len;
	shell_print(&it->shell, text);
	return 0;
}

/* SAY_DONE without files, or SAY_MORE: the next line may be typed. */
static int take_end(
	struct interaction *it, struct message_body *body, struct error *err)
{
	bool more = body->type == SAY_MORE;

	if (!more) {
		message_take_u64(body);
		message_take_u64(body);
	}
	if (!message_complete(body))
		return peer_malformed(err);
	if (more)
		shell_more(&it->shell);
	else
		shell_ready(&it->shell);
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
		case SAY_MORE:
			return take_end(it, &body, err);
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
	return ask(it, ASK_COMMAND, err) < 0 ? -1 : take_outcome(it, err);
}

int interact_complete(struct interaction *it, struct error *err)
{
	const char *insert, *candidates[COMPLETIONS_MAX + 1];
	struct message_body body;
	size_t count = 0;

	if (ask(it, ASK_COMPLETE, err) < 0 ||
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
