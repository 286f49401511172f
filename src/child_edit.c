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

int child_say_args(struct child *child, struct error *err)
{
	struct menu *menu = child->menus[child->levels - 1];
	struct outcome outcome = { 0 };

	if (child_look_at(child, menu, child->chosen, &outcome, err) < 0)
		return child_fail_in_entry(child, err);
	if (outcome.menu) {
		error_set(err, ERR_NOT_FOUND,
			"it leads to a menu, which has no arguments");
		return child_fail_in_entry(child, err);
	}
	if (child_check_args(outcome.boot.args, err) < 0)
		return child_fail_in_entry(child, err);
	child->may_start = true;
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
	const uint32_t level = child->levels - 1;
	const char *source = config_source(
		&child->config, child->menus[level], child->chosen, err);

	if (!source || check_source(source, err) < 0)
		return child_fail_in_entry(child, err);
	/* what is behind the "{" is the end of a line that is not told */
	if (source[0] == '\n')
		source++;
	child->source_level = (int)level;
	child->source_index = child->chosen;
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
	entry = &child->menus[child->levels - 1]->entries[child->chosen];
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

	if (!message_complete(ask) || !child->may_start)
		return error_set(err, ERR_SYSTEM, "a start that nobody edited");
	child->purpose = CHILD_STARTS;
	child->guard = NULL;
	child->decided = false;
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

	if (!message_complete(ask) || child->source_level < 0)
		return error_set(err, ERR_SYSTEM, "lines that nobody edited");
	if (check_source(source, err) < 0)
		return -1;
	child->levels = (uint32_t)child->source_level + 1;
	child->chosen = child->source_index;
	child->guard = NULL;
	child->decided = false;
	menu = child->menus[child->source_level];
	if (config_run_source(&child->config, menu, child->source_index, source,
		    &outcome, err) < 0 ||
		child_take_outcome(child,
			menu->entries[child->source_index].title, &outcome,
			err) < 0)
		return -1;
	return child_say_outcome(child, err);
}
