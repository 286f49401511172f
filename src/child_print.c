/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_print.c - what a script or a command prints, on its way to the parent
 *
 * Notes keep their place in it: of a script they are messages of their own, at
 * a command line they are printed as well.
 */
#include <string.h>

#include "src/base/utf8.h"
#include "src/child_state.h"

/*
 * Send what was printed: all of it, or without a character that may go on in
 * what is printed next.
 */
static int say_text(struct child *child, bool all, struct error *err)
{
	struct printing *printing = &child->printing;
	size_t whole =
		all ? printing->len : utf8_whole(printing->text, printing->len);
	char next = printing->text[whole];

	if (whole == 0)
		return 0;
	printing->text[whole] = '\0';
	message_begin(&child->out, SAY_TEXT);
	message_put_string(&child->out, printing->text);
	printing->text[whole] = next;
	printing->len -= whole;
	memmove(printing->text, printing->text + whole, printing->len);
	return child_send(child, err);
}

static int put(
	struct child *child, const char *text, size_t len, struct error *err)
{
	struct printing *printing = &child->printing;
	size_t room, part;

	if (len > printing->max - printing->bytes)
		return error_set(err, ERR_LIMIT,
			"%s prints more than %zu bytes", printing->who,
			printing->max);
	printing->bytes += len;
	for (; len > 0; text += part, len -= part) {
		room = CHILD_BATCH - printing->len;
		part = len < room ? len : room;
		memcpy(printing->text + printing->len, text, part);
		printing->len += part;
		if (part == room && say_text(child, false, err) < 0)
			return -1;
	}
	return 0;
}

/* Is there a message that belongs between what was and what is printed? */
static bool has_news(const struct child *child)
{
	return child->notes_said < child->guest.note_count &&
		child->notes_said < GUEST_NOTES_MAX;
}

static int put_note(
	struct child *child, const struct note *note, struct error *err)
{
	if (note->level == NOTE_DETAIL && !child->options->verbose)
		return 0;
	if (put(child, note->text, strlen(note->text), err) < 0)
		return -1;
	return put(child, "\n", 1, err);
}

static int say_news(struct child *child, struct error *err)
{
	if (!child->printing.notes) {
		if (say_text(child, true, err) < 0)
			return -1;
		return child_say_notes(child, err);
	}
	while (has_news(child))
		if (put_note(child, &child->guest.notes[child->notes_said++],
			    err) < 0)
			return -1;
	return 0;
}

static int print(void *ctx, const char *text, size_t len, struct error *err)
{
	struct child *child = ctx;

	if (has_news(child) && say_news(child, err) < 0)
		return -1;
	return put(child, text, len, err);
}

void child_print_begin(
	struct child *child, const char *who, size_t max, bool notes)
{
	child->printing.who = who;
	child->printing.max = max;
	child->printing.notes = notes;
	child->printing.bytes = 0;
	child->guest.print = print;
	child->guest.print_ctx = child;
}

int child_print_end(struct child *child, struct error *err)
{
	int r = say_news(child, err);

	child->guest.print = NULL;
	if (r == 0 || child->printing.notes)
		return say_text(child, true, err) < 0 ? -1 : r;
	return r;
}
