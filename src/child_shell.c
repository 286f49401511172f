/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_shell.c - GRUB's command line, for the menu of any loader
 *
 * Each menu has one of its own, which keeps its state until the menu is left.
 */
#include <string.h>

#include "src/child_state.h"
#include "src/config/grub2/complete.h"

/* That of the menu opened last, made when it is first asked for. */
static struct grub2_shell *find_shell(struct child *child, struct error *err)
{
	struct menu *menu = child->menus[child->shell_level];
	struct grub2_shell **shell = &child->shells[child->shell_level];

	if (!*shell || (*shell)->of != menu)
		*shell = grub2_shell_open(&child->config, menu, err);
	return *shell;
}

int child_open_shell(struct child *child, struct error *err)
{
	child->shell = find_shell(child, err);
	if (!child->shell)
		return child_fail(child, err);
	grub2_shell_forget(child->shell);
	return child_say_done(child, 0, 0, err);
}

/* An editor that is open stays open. */
int child_answer_shell(
	struct child *child, struct message_body *ask, struct error *err)
{
	uint32_t level = message_take_u32(ask);

	if (!message_complete(ask) || level >= child->levels)
		return error_set(
			err, ERR_SYSTEM, "a command line without a menu");
	if (child_may_edit(child, err) < 0)
		return -1;
	child_go_back(child, level);
	child->shell = NULL;
	child->shell_level = level;
	child->purpose = CHILD_OPENS_SHELL;
	child->guard = child->options->unlock
		? NULL
		: guard_closed(child->menus[level]->edits);
	return child_go_on(child, err);
}

/*
 * Run it: enum shell_result.  All notes that there were have been said; those
 * that come now are printed.
 */
static int run(struct child *child, const char *line, struct outcome *outcome,
	struct error *err)
{
	struct guest *guest = &child->guest;
	const size_t notes = guest->note_count, said = child->notes_said;
	struct error unsent;
	int r;

	guest_stage(guest, "the command line");
	guest->note_count = child->notes_said = 0;
	child_print_begin(child, "the command", SHELL_OUTPUT_MAX, true);
	r = grub2_shell_run(child->shell, line, outcome, err);
	if (child_print_end(child, &unsent) < 0 && r >= 0) {
		*err = unsent;
		r = -1;
	}
	guest->note_count = notes;
	child->notes_said = said;
	return r;
}

/* A boot or a menu that nothing can be made of is no end. */
static int take(
	struct child *child, const struct outcome *outcome, struct error *err)
{
	if (child_take_outcome(child, "the command line", outcome, err) < 0)
		return -1;
	return child_say_outcome(child, err);
}

int child_answer_command(
	struct child *child, struct message_body *ask, struct error *err)
{
	const char *line = message_take_string(ask);
	struct outcome outcome;
	int r;

	if (!message_complete(ask) || !child->shell)
		return error_set(err, ERR_SYSTEM, "a command to nobody");
	if (child_say_notes(child, err) < 0)
		return -1;
	child_go_back(child, child->shell_level);
	r = run(child, line, &outcome, err);
	if (r < 0)
		return -1;
	if (r == SHELL_DONE)
		return child_say_done(child, 0, 0, err);
	if (r != SHELL_MORE)
		return take(child, &outcome, err);
	message_begin(&child->out, SAY_MORE);
	return child_send(child, err);
}

/* As much as goes into one message; the first is what is to be inserted. */
static int put_completion(void *ctx, const char *text, struct error *err)
{
	struct child *child = ctx;

	(void)err;
	message_put_string(&child->out, text);
	return 0;
}

int child_answer_complete(
	struct child *child, struct message_body *ask, struct error *err)
{
	const char *line = message_take_string(ask);

	if (!message_complete(ask) || !child->shell)
		return error_set(err, ERR_SYSTEM, "a command to nobody");
	guest_stage(&child->guest, "the command line");
	message_begin(&child->out, SAY_COMPLETIONS);
	if (grub2_complete(child->shell, line, COMPLETIONS_MAX, put_completion,
		    child, err) < 0)
		return -1;
	return child_send(child, err);
}
