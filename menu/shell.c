/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/shell.h"

#include <string.h>

#include "menu/keys.h"
#include "menu/window.h"

#define TAB_COLS 8
/* Between two candidates of a completion. */
#define GAP_COLS 2
/* Stands where lines were forgotten. */
static const char forgotten[] = "...";

static void begin_line(struct shell *shell, const char *text)
{
	line_begin(&shell->line, text, shell->history);
}

void shell_begin(struct shell *shell, struct line_history *history)
{
	shell->state = SHELL_READS;
	shell->more = false;
	shell->history = history;
	shell->said[0] = shell->text[0] = '\0';
	shell->keys_kept = 0;
	shell->len = shell->col = shell->count = shell->back = 0;
	shell->gone = shell->echo = shell->echo_end = 0;
	shell->rows = 1;
	shell->cols = 80;
	begin_line(shell, "");
}

void shell_end(struct shell *shell)
{
	shell->keys_kept = 0;
	begin_line(shell, "");
}

const char *shell_line(const struct shell *shell)
{
	return shell->said;
}

const char *shell_prompt(const struct shell *shell)
{
	return shell->more ? "> " : "hostgrub> ";
}

/* Rows of what has come since, and of the last row, which it may go on. */
static void lay_out(struct shell *shell)
{
	size_t at = shell->count ? shell->starts[--shell->count] : 0;
	char row[CELLS_LINE_MAX];
	const char *text;

	while (at < shell->len) {
		shell->starts[shell->count++] = (uint32_t)at;
		text = shell->text + at;
		cells_wrap(&text, shell->utf8, shell->cols, row);
		at = (size_t)(text - shell->text) + !*text;
	}
}

/* The oldest quarter goes, up to a line's end if there is one near. */
static void forget_oldest(struct shell *shell)
{
	size_t cut = SHELL_TEXT_MAX / 4;
	size_t line = cut + strnlen(shell->text + cut, shell->len - cut) + 1;

	if (line <= 2 * cut)
		cut = line;
	cut -= sizeof(forgotten); /* which takes its place */
	shell->len -= cut;
	memmove(shell->text, shell->text + cut, shell->len + 1);
	memcpy(shell->text, forgotten, sizeof(forgotten));
	shell->gone += cut;
	shell->count = 0;
}

/* Bytes without a NUL but the one that ends a line. */
static void append(struct shell *shell, const char *bytes, size_t len)
{
	size_t some;

	while (len > 0) {
		if (shell->len == SHELL_TEXT_MAX)
			forget_oldest(shell);
		some = SHELL_TEXT_MAX - shell->len;
		some = some < len ? some : len;
		memcpy(shell->text + shell->len, bytes, some);
		shell->len += some;
		shell->text[shell->len] = '\0';
		bytes += some;
		len -= some;
	}
}

static void end_line(struct shell *shell)
{
	/* as files of DOS end them */
	if (shell->len > 0 && shell->text[shell->len - 1] == '\r')
		shell->text[--shell->len] = '\0';
	append(shell, "", 1);
	shell->col = 0;
}

static void append_tab(struct shell *shell)
{
	static const char blanks[TAB_COLS + 1] = "        ";
	size_t cols = TAB_COLS - shell->col % TAB_COLS;

	append(shell, blanks, cols);
	shell->col += cols;
}

/* A run of bytes without tabs and line ends. */
static void append_run(struct shell *shell, const char *run, size_t len)
{
	size_t before = shell->len;

	append(shell, run, len);
	if (before <= shell->len)
		shell->col += cells_width(shell->text + before, shell->utf8);
	else /* so much that lines were forgotten: no tab is to line up */
		shell->col = 0;
}

static void print(struct shell *shell, const char *text)
{
	size_t len;

	while (*text) {
		len = strcspn(text, "\t\n");
		append_run(shell, text, len);
		text += len;
		if (*text == '\n')
			end_line(shell);
		else if (*text == '\t')
			append_tab(shell);
		text += *text != '\0';
	}
}

static bool line_is_open(const struct shell *shell)
{
	return shell->len > 0 && shell->text[shell->len - 1] != '\0';
}

void shell_print(struct shell *shell, const char *text)
{
	print(shell, text);
	shell->back = 0;
}

/* The line as it stands becomes a part of what was printed. */
static void print_line(struct shell *shell)
{
	shell->echo = shell->gone + shell->len;
	print(shell, shell_prompt(shell));
	print(shell, shell->line.now.text);
	end_line(shell);
	shell->echo_end = shell->gone + shell->len;
	shell->back = 0;
}

static void read_again(struct shell *shell, bool more)
{
	if (line_is_open(shell))
		end_line(shell);
	shell->back = 0;
	if (shell->state == SHELL_RUNS) {
		begin_line(shell, "");
		shell->more = more;
	}
	shell->state = SHELL_READS;
}

void shell_ready(struct shell *shell)
{
	read_again(shell, false);
}

void shell_more(struct shell *shell)
{
	read_again(shell, true);
}

/* In as many columns as fit, each as wide as the widest needs. */
static void print_candidates(
	struct shell *shell, const char *const *candidates, size_t count)
{
	size_t width, widest = 1, columns;

	for (size_t i = 0; i < count; i++) {
		width = cells_width(candidates[i], shell->utf8);
		widest = width > widest ? width : widest;
	}
	columns = (shell->cols + GAP_COLS) / (widest + GAP_COLS);
	columns = columns ? columns : 1;
	for (size_t i = 0; i < count; i++) {
		print(shell, candidates[i]);
		if ((i + 1) % columns == 0 || i + 1 == count) {
			end_line(shell);
			continue;
		}
		width = cells_width(candidates[i], shell->utf8);
		for (; width < widest + GAP_COLS; width++)
			print(shell, " ");
	}
}

void shell_completed(struct shell *shell, const char *insert,
	const char *const *candidates, size_t count)
{
	if (count > 0) {
		print_line(shell);
		print_candidates(shell, candidates, count);
	}
	if (!line_insert(&shell->line, insert))
		print(shell, LINE_FULL "\n");
	shell->state = SHELL_COMPLETES;
	read_again(shell, shell->more);
}

static enum shell_result enter(struct shell *shell)
{
	const char *text = shell->line.now.text;

	print_line(shell);
	/* nothing to run; but it may be a line of a text that is quoted */
	if (!shell->more && text[strspn(text, " ")] == '\0') {
		begin_line(shell, "");
		return SHELL_OPEN;
	}
	if (shell->history)
		line_remember(shell->history, text);
	memcpy(shell->said, text, shell->line.now.len + 1);
	shell->state = SHELL_RUNS;
	return SHELL_ENTERED;
}

static enum shell_result complete(struct shell *shell)
{
	memcpy(shell->said, shell->line.now.text, shell->line.at);
	shell->said[shell->line.at] = '\0';
	shell->state = SHELL_COMPLETES;
	return SHELL_COMPLETE;
}

/* Rows in all: the line has one, while it is typed. */
static size_t all_rows(const struct shell *shell)
{
	return shell->count + (shell->state != SHELL_RUNS);
}

static size_t last_back(const struct shell *shell)
{
	return window_last(all_rows(shell), shell->rows);
}

/* A row stays in sight, to go on from. */
static size_t page(const struct shell *shell)
{
	return shell->rows > 1 ? shell->rows - 1 : 1;
}

static void page_up(struct shell *shell)
{
	lay_out(shell);
	shell->back += page(shell);
	if (shell->back > last_back(shell))
		shell->back = last_back(shell);
}

static void page_down(struct shell *shell)
{
	shell->back -= shell->back < page(shell) ? shell->back : page(shell);
}

static void clear(struct shell *shell)
{
	shell->gone += shell->len;
	shell->len = shell->col = shell->count = 0;
	shell->text[0] = '\0';
}

static enum shell_result press_in_line(struct shell *shell, uint32_t key)
{
	enum line_result result;

	shell->back = 0;
	result = line_press(&shell->line, key);
	if (result == LINE_ACCEPTED)
		return enter(shell);
	if (result == LINE_CANCELLED && key == K_ESCAPE)
		return SHELL_CLOSED;
	if (result == LINE_CANCELLED)
		begin_line(shell, "");
	return SHELL_OPEN;
}

static enum shell_result press(struct shell *shell, uint32_t key)
{
	switch (key) {
	case K_PAGE_UP:
		page_up(shell);
		return SHELL_OPEN;
	case K_PAGE_DOWN:
		page_down(shell);
		return SHELL_OPEN;
	case K_CTRL('L'):
		clear(shell);
		shell->back = 0;
		return SHELL_OPEN;
	case K_F1:
		return SHELL_HELP;
	case '\t':
		shell->back = 0;
		return complete(shell);
	case K_CTRL('D'):
		if (shell->line.now.len == 0)
			return SHELL_CLOSED;
		break;
	default:
		break;
	}
	return press_in_line(shell, key);
}

/* Once closed, it is opened without the beginning of a statement. */
static enum shell_result press_open(struct shell *shell, uint32_t key)
{
	enum shell_result result = press(shell, key);

	if (result == SHELL_CLOSED)
		shell->more = false;
	return result;
}

enum shell_result shell_press(struct shell *shell, uint32_t key)
{
	if (shell->state == SHELL_READS && shell->keys_kept == 0)
		return press_open(shell, key);
	if (shell->keys_kept < SHELL_KEYS_MAX)
		shell->keys[shell->keys_kept++] = key;
	return SHELL_OPEN;
}

bool shell_has_key(const struct shell *shell)
{
	return shell->state == SHELL_READS && shell->keys_kept > 0;
}

enum shell_result shell_press_kept(struct shell *shell)
{
	uint32_t key = shell->keys[0];

	shell->keys_kept--;
	memmove(shell->keys, shell->keys + 1,
		shell->keys_kept * sizeof(shell->keys[0]));
	return press_open(shell, key);
}

void shell_set_room(struct shell *shell, size_t rows, size_t cols, bool utf8)
{
	cols = cols ? cols : 1;
	if (cols != shell->cols || utf8 != shell->utf8) {
		shell->cols = cols;
		shell->utf8 = utf8;
		shell->count = 0;
	}
	lay_out(shell);
	shell->rows = rows ? rows : 1;
	if (shell->back > last_back(shell))
		shell->back = last_back(shell);
}

size_t shell_top(const struct shell *shell)
{
	return last_back(shell) - shell->back;
}

bool shell_line_seen(const struct shell *shell)
{
	return shell->state != SHELL_RUNS && shell->back == 0;
}

bool shell_more_above(const struct shell *shell)
{
	return shell_top(shell) > 0;
}

bool shell_more_below(const struct shell *shell)
{
	return shell->back > 0;
}

void shell_row(const struct shell *shell, size_t row, char *out)
{
	const char *text = shell->text + shell->starts[row];

	cells_wrap(&text, shell->utf8, shell->cols, out);
}
