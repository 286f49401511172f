/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_edit.c - entries that a person edits: their arguments, their lines
 *
 * All passwords were typed before either is told.  What comes back is the
 * person's, and runs as the guest's own would: in here.
 */
#include <string.h>

#include "src/child_state.h"

int child_may_edit(const struct child *child, struct error *err)
{
	if (!child->options->no_edit)
		return 0;
	return error_set(
		err, ERR_UNSUPPORTED, "this host lets nobody edit (--no-edit)");
}

/* What is said now may come back. */
static void remember(struct child *child, enum message_type as)
{
	child->told = (struct told){ as, child->levels - 1, child->chosen };
}

/* Something came back: its entry is the chosen one again. */
static int recall(struct child *child, const struct message_body *ask,
	enum message_type as, struct error *err)
{
	if (!message_complete(ask) || child->told.as != as)
		return error_set(err, ERR_SYSTEM,
			as == SAY_ARGS ? "a start that nobody edited"
				       : "lines that nobody edited");
	child_go_back(child, child->told.level);
	child->chosen = child->told.index;
	child->purpose = CHILD_STARTS;
	return 0;
}

int child_say_args(struct child *child, struct error *err)
{
	struct outcome outcome = { 0 };

	if (child_look_at(
		    child, child_menu(child), child->chosen, &outcome, err) < 0)
		return child_fail_in_entry(child, err);
	if (outcome.menu) {
		error_set(err, ERR_NOT_FOUND,
			"it leads to a menu, which has no arguments");
		return child_fail_in_entry(child, err);
	}
	if (child_check_args(outcome.boot.args, err) < 0)
		return child_fail_in_entry(child, err);
	remember(child, SAY_ARGS);
	message_begin(&child->out, SAY_ARGS);
	message_put_string(&child->out, outcome.boot.args);
	return child_send(child, err);
}

/* Longer ones would not come back whole. */
static int check_source(const char *source, struct error *err)
{
	size_t len = strlen(source);

	if (len <= SOURCE_MAX)
		return 0;
	return error_set(err, ERR_LIMIT,
		"%zu bytes are more than can be edited (%d)", len, SOURCE_MAX);
}

int child_say_source(struct child *child, struct error *err)
{
	const char *source = config_source(
		&child->config, child_menu(child), child->chosen, err);

	if (!source || check_source(source, err) < 0)
		return child_fail_in_entry(child, err);
	/* what is behind the "{" is the end of a line that is not told */
	if (source[0] == '\n')
		source++;
	remember(child, SAY_SOURCE);
	message_begin(&child->out, SAY_SOURCE);
	message_put_string(&child->out, source);
	return child_send(child, err);
}

/* ASK_EDIT and ASK_SOURCE: the same door is in front of both. */
static int answer(struct child *child, struct message_body *ask,
	enum child_purpose purpose, struct error *err)
{
	const struct entry *entry;

	if (child_take_choice(child, ask, err) < 0)
		return -1;
	if (child->chosen == CHOOSE_DEFAULT)
		return error_set(err, ERR_SYSTEM, "no entry to edit");
	if (child_may_edit(child, err) < 0)
		return -1;
	entry = &child_menu(child)->entries[child->chosen];
	if (!child->options->unlock)
		child->guard = guard_closed(
			entry->edits ? entry->edits : entry->guard);
	child->purpose = purpose;
	return child_go_on(child, err);
}

int child_answer_edit(
	struct child *child, struct message_body *ask, struct error *err)
{
	return answer(child, ask, CHILD_TELLS_ARGS, err);
}

int child_answer_source(
	struct child *child, struct message_body *ask, struct error *err)
{
	return answer(child, ask, CHILD_TELLS_SOURCE, err);
}

int child_answer_start(
	struct child *child, struct message_body *ask, struct error *err)
{
	const char *args = message_take_string(ask);

	if (recall(child, ask, SAY_ARGS, err) < 0)
		return -1;
	if (child_check_args(args, err) < 0)
		return child_fail_in_entry(child, err);
	child->args = arena_strdup(&child->arena, args, err);
	if (!child->args)
		return child_fail(child, err);
	return child_go_on(child, err);
}

/* Where the entry is, the person knows: messages are about the text alone. */
int child_answer_run(
	struct child *child, struct message_body *ask, struct error *err)
{
	const char *source = message_take_string(ask);
	struct outcome outcome = { 0 };
	struct menu *menu;

	if (recall(child, ask, SAY_SOURCE, err) < 0 ||
		check_source(source, err) < 0)
		return -1;
	menu = child_menu(child);
	if (config_run_source(&child->config, menu, child->chosen, source,
		    &outcome, err) < 0 ||
		child_take_outcome(child, menu->entries[child->chosen].title,
			&outcome, err) < 0)
		return -1;
	return child_say_outcome(child, err);
}
