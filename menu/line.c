/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/line.h"

#include <stdlib.h>
#include <string.h>

#include "menu/cells.h"
#include "menu/keys.h"
#include "src/base/length.h"
#include "src/base/utf8.h"

/* Bytes of the character at a position; one that is broken is one byte. */
static size_t character(const struct line *line, size_t at)
{
	uint32_t point;
	size_t n = utf8_decode(line->now.text + at, line->now.len - at, &point);

	return n ? n : 1;
}

/* Is there a mark that belongs to the character before it? */
static bool is_mark(const struct line *line, size_t at)
{
	char text[5] = { 0 };

	if (at == 0 || at >= line->now.len)
		return false;
	memcpy(text, line->now.text + at, character(line, at));
	return cells_width(text, true) == 0;
}

static size_t after(const struct line *line, size_t at)
{
	if (at >= line->now.len)
		return line->now.len;
	do
		at += character(line, at);
	while (is_mark(line, at));
	return at;
}

/* Characters are at most four bytes: the one that ends here begins there. */
static size_t character_before(const struct line *line, size_t at)
{
	for (size_t n = at < 4 ? at : 4; n > 1; n--)
		if (character(line, at - n) == n)
			return at - n;
	return at ? at - 1 : 0;
}

static size_t before(const struct line *line, size_t at)
{
	do
		at = character_before(line, at);
	while (is_mark(line, at));
	return at;
}

/* Words are what emacs takes for them: not "root=/dev/xvda1" as a whole. */
static bool is_word(const struct line *line, size_t at)
{
	unsigned char c = (unsigned char)line->now.text[at];

	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		(c >= 'a' && c <= 'z');
}

static size_t word_after(const struct line *line)
{
	size_t at = line->at;

	while (at < line->now.len && !is_word(line, at))
		at = after(line, at);
	while (at < line->now.len && is_word(line, at))
		at = after(line, at);
	return at;
}

static size_t word_before(const struct line *line)
{
	size_t at = line->at;

	while (at > 0 && !is_word(line, before(line, at)))
		at = before(line, at);
	while (at > 0 && is_word(line, before(line, at)))
		at = before(line, at);
	return at;
}

/* As far as the blank before: with C-w a whole argument goes. */
static size_t argument_before(const struct line *line)
{
	size_t at = line->at;

	while (at > 0 && line->now.text[at - 1] == ' ')
		at--;
	while (at > 0 && line->now.text[at - 1] != ' ')
		at--;
	return at;
}

static void insert(struct line *line, const char *text, size_t len)
{
	struct line_text *now = &line->now;

	if (len > LINE_TEXT_MAX - now->len) {
		line->full = true;
		return;
	}
	memmove(now->text + line->at + len, now->text + line->at,
		now->len - line->at + 1);
	memcpy(now->text + line->at, text, len);
	now->len += len;
	line->at += len;
}

static void delete (struct line *line, size_t from, size_t to)
{
	struct line_text *now = &line->now;

	memmove(now->text + from, now->text + to, now->len - to + 1);
	now->len -= to - from;
	line->at = from;
}

/* What is killed one after the other comes back as it stood. */
static void kill_text(
	struct line *line, size_t from, size_t to, bool was_killing)
{
	struct line_text *killed = &line->killed;
	size_t len = to - from;

	line->killing = len > 0 || was_killing;
	if (len > 0 && !was_killing)
		killed->len = 0;
	if (len > LINE_TEXT_MAX - killed->len)
		killed->len = 0;
	if (from < line->at) {
		memmove(killed->text + len, killed->text, killed->len);
		memcpy(killed->text, line->now.text + from, len);
	} else {
		memcpy(killed->text + killed->len, line->now.text + from, len);
	}
	killed->len += len;
	delete (line, from, to);
}

/* Another line in place of this one: n is counted back from the latest. */
static void recall(struct line *line, size_t n)
{
	const struct line_history *history = line->history;
	const char *text;

	if (!history || n > history->count || n == line->back)
		return;
	if (line->back == 0)
		line->draft = line->now;
	text = n ? history->lines[history->count - n] : line->draft.text;
	line->now.len = strlen(text);
	memcpy(line->now.text, text, line->now.len + 1);
	line->at = line->now.len;
	line->back = n;
}

static void move_home(struct line *line)
{
	line->at = 0;
}

static void move_end(struct line *line)
{
	line->at = line->now.len;
}

static void move_left(struct line *line)
{
	line->at = before(line, line->at);
}

static void move_right(struct line *line)
{
	line->at = after(line, line->at);
}

static void move_word_left(struct line *line)
{
	line->at = word_before(line);
}

static void move_word_right(struct line *line)
{
	line->at = word_after(line);
}

/* One mark goes without its character: it may have been the mistake. */
static void delete_left(struct line *line)
{
	delete (line, character_before(line, line->at), line->at);
}

static void delete_right(struct line *line)
{
	delete (line, line->at, after(line, line->at));
}

static void yank(struct line *line)
{
	insert(line, line->killed.text, line->killed.len);
}

static void recall_older(struct line *line)
{
	recall(line, line->back + 1);
}

static void recall_newer(struct line *line)
{
	if (line->back > 0)
		recall(line, line->back - 1);
}

static const struct {
	uint32_t key;
	void (*press)(struct line *line);
} bindings[] = {
	{ K_HOME, move_home },
	{ K_CTRL('A'), move_home },
	{ K_END, move_end },
	{ K_CTRL('E'), move_end },
	{ K_LEFT, move_left },
	{ K_CTRL('B'), move_left },
	{ K_RIGHT, move_right },
	{ K_CTRL('F'), move_right },
	{ K_META | 'b', move_word_left },
	{ K_META | K_LEFT, move_word_left },
	{ K_META | 'f', move_word_right },
	{ K_META | K_RIGHT, move_word_right },
	{ K_BACKSPACE, delete_left },
	{ K_DELETE, delete_right },
	{ K_CTRL('D'), delete_right },
	{ K_CTRL('Y'), yank },
	{ K_UP, recall_older },
	{ K_CTRL('P'), recall_older },
	{ K_DOWN, recall_newer },
	{ K_CTRL('N'), recall_newer },
};

static void type(struct line *line, uint32_t key)
{
	char bytes[4];
	size_t len;

	if (key >= ' ' && key != 0x7f && key < K_FIRST) {
		len = utf8_encode(key, bytes);
		insert(line, bytes, len);
	}
}

static void press_bound(struct line *line, uint32_t key)
{
	for (size_t i = 0; i < LENGTH(bindings); i++) {
		if (bindings[i].key == key) {
			bindings[i].press(line);
			return;
		}
	}
	type(line, key);
}

static void press_kill(struct line *line, uint32_t key, bool again)
{
	if (key == K_CTRL('K'))
		kill_text(line, line->at, line->now.len, again);
	else if (key == K_CTRL('U'))
		kill_text(line, 0, line->at, again);
	else if (key == K_CTRL('W'))
		kill_text(line, argument_before(line), line->at, again);
	else if (key == (K_META | 'd'))
		kill_text(line, line->at, word_after(line), again);
	else if (key == (K_META | K_BACKSPACE))
		kill_text(line, word_before(line), line->at, again);
	else
		press_bound(line, key);
}

bool line_begin(
	struct line *line, const char *text, const struct line_history *history)
{
	size_t len = strlen(text);

	if (len > LINE_TEXT_MAX)
		return false;
	memcpy(line->now.text, text, len + 1);
	line->now.len = line->at = len;
	line->full = line->killing = false;
	line->history = history;
	line->back = 0;
	return true;
}

bool line_insert(struct line *line, const char *text)
{
	line->full = false;
	insert(line, text, strlen(text));
	return !line->full;
}

enum line_result line_press(struct line *line, uint32_t key)
{
	bool again = line->killing;

	line->full = line->killing = false;
	if (key == K_ENTER)
		return LINE_ACCEPTED;
	if (key == K_ESCAPE || key == K_CTRL('G'))
		return LINE_CANCELLED;
	press_kill(line, key, again);
	return LINE_OPEN;
}

/* Without memory there is no history, and nothing else is lost. */
void line_remember(struct line_history *history, const char *text)
{
	size_t count = history->count;
	char *copy;

	if (!*text ||
		(count > 0 && strcmp(history->lines[count - 1], text) == 0))
		return;
	copy = strdup(text);
	if (!copy)
		return;
	if (count == LINE_HISTORY_MAX) {
		free(history->lines[0]);
		memmove(history->lines, history->lines + 1,
			--count * sizeof(history->lines[0]));
	}
	history->lines[count] = copy;
	history->count = count + 1;
}

void line_history_free(struct line_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->lines[i]);
	history->count = 0;
}
