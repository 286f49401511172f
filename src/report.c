/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/report.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/utf8.h"

#define LINE_MAX_SIZE 1024 /* promise P12 */
#define HELD_MAX 32768     /* bytes kept; later messages are lost */

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

static void emit(const char *line)
{
	size_t len = strlen(line);

	if (holding && len <= sizeof(held) - held_len) {
		memcpy(held + held_len, line, len);
		held_len += len;
	}
	/* if stderr takes nothing there is nobody left to tell */
	if (!holding && write(STDERR_FILENO, line, len) < 0)
		return;
}

/* One write, so that lines of several processes do not mix. */
static void print_line(const char *kind, const char *text)
{
	char line[LINE_MAX_SIZE];
	size_t len = (size_t)snprintf(line, sizeof(line), "hostgrub: %s", kind);
	const char *end = line_end();

	utf8_show(text, line + len, sizeof(line) - len - strlen(end));
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
	if (held_len > 0 && write(STDERR_FILENO, held, held_len) < 0)
		return;
	held_len = 0;
}
