/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/report.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/signals.h"

#define LINE_MAX_SIZE 1024 /* promise P12 */
#define HELD_MAX 32768     /* bytes kept; later messages are lost */
#define PATIENCE 2         /* seconds to wait for whoever reads stderr */

static bool holding;
static char held[HELD_MAX];
static size_t held_len;

/*
 * libxl's pty is in raw mode, where a line feed alone does not return the
 * carriage (clients.md).
 */
static const char *line_end(void)
{
	struct termios mode;

	if (tcgetattr(STDERR_FILENO, &mode) == 0 &&
		!(mode.c_oflag & OPOST && mode.c_oflag & ONLCR))
		return "\r\n";
	return "\n";
}

/*
 * Will stderr take something?  A reader of a log that has stopped must not
 * stop us: what he does not want to read is lost.
 */
static bool has_reader(void)
{
	static bool given_up;
	struct pollfd wait = { .fd = STDERR_FILENO, .events = POLLOUT };
	const struct timespec patience = { .tv_sec = PATIENCE };

	if (!given_up && ppoll(&wait, 1, &patience, &signals_wait_mask) == 0)
		given_up = true;
	return wait.revents != 0;
}

/* In pieces that a pipe takes without waiting, once it takes something. */
static void put(const char *text, size_t len)
{
	ssize_t n;

	for (; len > 0 && has_reader(); text += n, len -= (size_t)n) {
		n = write(STDERR_FILENO, text, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0)
			return;
	}
}

static void emit(const char *line)
{
	size_t len = strlen(line);

	if (holding && len <= sizeof(held) - held_len) {
		memcpy(held + held_len, line, len);
		held_len += len;
	}
	if (!holding)
		put(line, len);
}

/* Of what was wrong, at least this much is shown, bytes. */
#define TAIL_MIN 300

static bool inside_character(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * Text made printable in size bytes.  One that is too long, by escapes if not
 * by itself, loses its middle: the end is what was wrong.
 */
static void show(const char *text, char *out, size_t size)
{
	char all[4 * ERROR_TEXT_SIZE]; /* a byte becomes four at most */
	const char *tail;
	size_t head;

	utf8_show(text, all, sizeof(all));
	if (strlen(all) < size) {
		strcpy(out, all);
		return;
	}
	tail = all + strlen(all) - TAIL_MIN;
	while (inside_character(*tail))
		tail++;
	head = size - strlen(tail) - sizeof("...");
	while (inside_character(all[head]))
		head--;
	snprintf(out, size, "%.*s...%s", (int)head, all, tail);
}

/* One write, so that lines of several processes do not mix. */
static void print_line(const char *kind, const char *text)
{
	char line[LINE_MAX_SIZE];
	size_t len = (size_t)snprintf(line, sizeof(line), "hostgrub: %s", kind);
	const char *end = line_end();

	show(text, line + len, sizeof(line) - len - strlen(end));
	strcat(line, end);
	emit(line);
}

void report_error(const struct error *err, bool as_toolstack)
{
	print_line(as_toolstack ? "RuntimeError: " : "", err->text);
}

void report_warning(const char *text)
{
	print_line("warning: ", text);
}

void report_detail(const char *text)
{
	print_line("", text);
}

void report_hold(void)
{
	holding = true;
}

void report_release(void)
{
	holding = false;
	put(held, held_len);
	held_len = 0;
}
