/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interact_ask.c - what a person wants of an entry: asked, and the answer shown
 *
 * A password may be asked for in between; the answer behind it is that to the
 * question before it.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/interact_state.h"

/* What a person asks by an action. */
struct request {
	enum menu_action action;
	enum message_type type;
	int (*send)(struct interaction *it, struct error *err);
	/* What answers it, besides what a choice leads to; NULL: nothing. */
	enum message_type answer;
	int (*take)(struct interaction *it, struct message_body *body,
		struct error *err);
};

int interact_ask_entry(struct interaction *it, enum message_type type,
	uint32_t index, struct error *err)
{
	message_begin(&it->peer->out, type);
	message_put_u32(&it->peer->out, it->depth - 1);
	message_put_u32(&it->peer->out, index);
	return peer_send(it->peer, err);
}

static int ask_selected(struct interaction *it, struct error *err)
{
	return interact_ask_entry(it, it->asked->type,
		(uint32_t)interact_level(it)->model.selected, err);
}

static int ask_shell(struct interaction *it, struct error *err)
{
	message_begin(&it->peer->out, ASK_SHELL);
	message_put_u32(&it->peer->out, it->depth - 1);
	return peer_send(it->peer, err);
}

int interact_ask_text(struct interaction *it, enum message_type type,
	const char *text, struct error *err)
{
	message_begin(&it->peer->out, type);
	message_put_string(&it->peer->out, text);
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

static int send_args(struct interaction *it, struct error *err)
{
	line_remember(&it->edited, it->line.now.text);
	return interact_ask_text(it, ASK_START, it->line.now.text, err);
}

static int send_source(struct interaction *it, struct error *err)
{
	char *text = editor_text(&it->editor);
	int r;

	if (!text)
		return error_errno(err, "memory for the lines");
	r = interact_ask_text(it, ASK_RUN, text, err);
	free(text);
	return r;
}

/*
 * The choice of the selected entry asks for a password.  What is asked is ours
 * to say, and how often, too.
 */
static int take_lock(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct menu_model *menu = &interact_level(it)->model;
	bool answered = menu->question.state == QUESTION_ANSWERED;
	uint8_t flags = message_take_u8(body);

	if (!message_complete(body) || (!answered && (flags & LOCKED_WRONG)))
		return peer_malformed(err);
	if (flags & LOCKED_WRONG)
		menu_refuse(menu, terminal_now());
	else
		menu_ask(menu, flags & LOCKED_NAME);
	return REPLY_LOCKED;
}

/* The arguments of the selected entry, for a person to edit. */
static int take_args(
	struct interaction *it, struct message_body *body, struct error *err)
{
	const char *args = message_take_string(body);

	if (!message_complete(body) ||
		!line_begin(&it->line, args, &it->edited))
		return peer_malformed(err);
	menu_edit(&interact_level(it)->model, &it->line);
	return REPLY_SHOWN;
}

static int take_source(
	struct interaction *it, struct message_body *body, struct error *err)
{
	const char *source = message_take_string(body);

	if (!message_complete(body))
		return peer_malformed(err);
	editor_end(&it->editor);
	if (!editor_begin(&it->editor, source))
		return error_set(err, ERR_LIMIT,
			"lines of more than %zu bytes cannot be edited",
			EDITOR_TEXT_MAX);
	menu_edit_source(&interact_level(it)->model, &it->editor);
	return REPLY_SHOWN;
}

static int take_shell(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct answer_done done;

	if (answer_take_done(body, &done, err) < 0)
		return -1;
	interact_open_shell(it);
	return REPLY_SHOWN;
}

static int add_field(
	void *ctx, const char *name, const char *value, struct error *err)
{
	struct pager *pager = ctx;

	if (pager_add(pager, name, value))
		return 0;
	return error_set(
		err, ERR_LIMIT, "more than %zu bytes to read", PAGER_TEXT_MAX);
}

static int take_list(
	struct interaction *it, struct message_body *body, struct error *err)
{
	pager_end(&it->pager);
	pager_begin(&it->pager, "What would be booted");
	if (answer_take_list(it->peer, it->options->verbose, body, add_field,
		    &it->pager, err) < 0)
		return -1;
	menu_open_pager(&interact_level(it)->model, &it->pager);
	return REPLY_SHOWN;
}

/* Nothing asks any more: the entries say so themselves. */
static int take_login(
	struct interaction *it, struct message_body *body, struct error *err)
{
	struct level *level = interact_level(it);

	if (interact_take_entries(it, level, body, err) < 0)
		return -1;
	level->model.message = "The password was right.";
	return REPLY_SHOWN;
}

static const struct request requests[] = {
	{ MENU_EDIT, ASK_EDIT, ask_selected, SAY_ARGS, take_args },
	{ MENU_SOURCE, ASK_SOURCE, ask_selected, SAY_SOURCE, take_source },
	{ MENU_EXPLAIN, ASK_EXPLAIN, ask_selected, SAY_FIELDS, take_list },
	{ MENU_LOGIN, ASK_LOGIN, ask_selected, SAY_ENTRIES, take_login },
	{ MENU_SHELL, ASK_SHELL, ask_shell, SAY_DONE, take_shell },
	{ MENU_EDITED, ASK_START, send_args, 0, NULL },
	{ MENU_RUN, ASK_RUN, send_source, 0, NULL },
	{ MENU_CHOSEN, ASK_CHOOSE, ask_selected, 0, NULL },
};

/* An action without one chooses. */
static const struct request *request_of(enum menu_action action)
{
	size_t i;

	for (i = 0; i < LENGTH(requests) - 1 && requests[i].action != action;
		i++)
		continue;
	return &requests[i];
}

int interact_take_answer(struct interaction *it, struct error *err)
{
	const struct request *asked = it->asked;
	struct message_body body;

	if (peer_receive(it->peer, it->options->verbose, &body, err) < 0)
		return -1;
	if (asked && body.type == SAY_LOCKED)
		return take_lock(it, &body, err);
	if (asked && asked->take && body.type == asked->answer)
		return asked->take(it, &body, err);
	if (body.type == SAY_MENU)
		return interact_take_menu(it, &body, err) < 0 ? -1 : REPLY_MENU;
	return answer_take(&body, it->answer, err) < 0 ? -1 : REPLY_BOOT;
}

static int ask(
	struct interaction *it, enum menu_action action, struct error *err)
{
	if (action == MENU_ANSWERED)
		return send_password(
			it, &interact_level(it)->model.question, err);
	it->asked = request_of(action);
	return it->asked->send(it, err);
}

static int converse(
	struct interaction *it, enum menu_action action, struct error *err)
{
	if (action == MENU_COMMAND)
		return interact_command(it, err);
	if (action == MENU_COMPLETE)
		return interact_complete(it, err);
	if (ask(it, action, err) < 0)
		return -1;
	return interact_take_answer(it, err);
}

/* The line that is named is the one to mend. */
static void select_line_of(struct editor *editor, const char *said)
{
	static const char begin[] = "line ";
	unsigned long number;

	if (strncmp(said, begin, sizeof(begin) - 1) != 0)
		return;
	number = strtoul(said + sizeof(begin) - 1, NULL, 10);
	if (number > 0)
		editor_select(editor, number - 1);
}

/* It cannot be done: say so where the person looks, and go on. */
static void show_failure(struct interaction *it, const struct error *err)
{
	struct level *level = interact_level(it);

	if (level->model.shell) {
		shell_print(level->model.shell, "error: ");
		shell_print(level->model.shell, err->text);
		shell_print(level->model.shell, "\n");
		shell_ready(level->model.shell);
		return;
	}
	if (level->model.editor)
		select_line_of(level->model.editor, err->text);
	memcpy(level->message, err->text, sizeof(level->message));
	level->model.message = level->message;
}

int interact_act(
	struct interaction *it, enum menu_action action, struct error *err)
{
	unsigned int depth = it->depth;
	struct menu_model *menu = &interact_level(it)->model;
	int r = converse(it, action, err);

	if (r != REPLY_LOCKED)
		menu_end_question(menu);
	if (r < 0 && peer_alive(it->peer)) {
		while (it->depth > depth)
			interact_close_level(it);
		show_failure(it, err);
		return REPLY_SHOWN;
	}
	if (r == REPLY_MENU) {
		menu->line = NULL;
		menu->editor = NULL;
		menu->shell = NULL;
		interact_open_level(it);
	}
	return r;
}
