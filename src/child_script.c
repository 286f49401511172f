/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/child_state.h"
#include "src/config/grub2/script.h"

static const char *script_name(const struct child *child)
{
	const char *name = child->options->script;

	return strcmp(name, "-") == 0 ? "stdin" : name;
}

/*
 * Send what was printed: all of it, or without a character that may go on in
 * what is printed next.
 */
static int say_text(struct child *child, bool all, struct error *err)
{
	size_t whole = all ? child->text_len
			   : utf8_whole(child->text, child->text_len);
	char next = child->text[whole];

	if (whole == 0)
		return 0;
	child->text[whole] = '\0';
	message_begin(&child->out, SAY_TEXT);
	message_put_string(&child->out, child->text);
	child->text[whole] = next;
	child->text_len -= whole;
	memmove(child->text, child->text + whole, child->text_len);
	return child_send(child, err);
}

/* Is there a message that belongs between what was and what is printed? */
static bool has_news(const struct child *child)
{
	return child->notes_said < child->guest.note_count &&
		child->notes_said < GUEST_NOTES_MAX;
}

static int say_news(struct child *child, struct error *err)
{
	if (say_text(child, true, err) < 0)
		return -1;
	return child_say_notes(child, err);
}

static int print(void *ctx, const char *text, size_t len, struct error *err)
{
	struct child *child = ctx;
	size_t room, part;

	if (len > SCRIPT_OUTPUT_MAX - child->printed)
		return error_set(err, ERR_LIMIT,
			"the script prints more than %zu bytes",
			SCRIPT_OUTPUT_MAX);
	child->printed += len;
	if (has_news(child) && say_news(child, err) < 0)
		return -1;
	for (; len > 0; text += part, len -= part) {
		room = CHILD_BATCH - child->text_len;
		part = len < room ? len : room;
		memcpy(child->text + child->text_len, text, part);
		child->text_len += part;
		if (part == room && say_text(child, false, err) < 0)
			return -1;
	}
	return 0;
}

/* The parent opened it: a file, or whatever else can be read to its end. */
static int read_script(
	struct child *child, struct text *text, struct error *err)
{
	char *buf = arena_alloc(&child->arena, CONFIG_FILE_MAX + 1, err);
	size_t len = 0;
	ssize_t n;

	if (!buf)
		return -1;
	do {
		n = read(child->setup->script, buf + len,
			CONFIG_FILE_MAX + 1 - len);
		if (n < 0 && errno != EINTR)
			return error_errno(err, "reading");
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len <= CONFIG_FILE_MAX);
	if (len > CONFIG_FILE_MAX)
		return error_set(err, ERR_LIMIT,
			"is larger than %u bytes, the limit for a "
			"configuration",
			CONFIG_FILE_MAX);
	*text = (struct text){ buf, len };
	return 0;
}

static int run_script(struct child *child, struct error *err)
{
	const char *name = script_name(child);
	struct text text;

	guest_stage(&child->guest, "the script %s", name);
	if (read_script(child, &text, err) < 0)
		return error_in(err, "%s", name);
	child->guest.print = print;
	child->guest.print_ctx = child;
	return grub2_script(&child->guest, name, text, err);
}

static int say_lost_notes(struct child *child, struct error *err)
{
	struct error lost;

	if (child->guest.note_count <= GUEST_NOTES_MAX)
		return 0;
	error_set(&lost, ERR_LIMIT, "%zu more messages are not shown",
		child->guest.note_count - GUEST_NOTES_MAX);
	message_begin(&child->out, SAY_NOTE);
	message_put_u8(&child->out, NOTE_WARNING);
	message_put_string(&child->out, lost.text);
	return child_send(child, err);
}

/* What was printed before a failure is sent, too. */
int child_answer_script(struct child *child, struct error *err)
{
	int r = run_script(child, err);
	struct error unsent;

	if (say_news(child, &unsent) < 0 ||
		say_lost_notes(child, &unsent) < 0) {
		*err = unsent;
		return -1;
	}
	return r < 0 ? -1 : child_say_done(child, 0, 0, err);
}
