/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/report.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/utf8.h"

#define LINE_MAX_SIZE 1024 /* promise P12 */

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

/* One write, so that lines of several processes do not mix. */
static void print_line(const char *kind, const char *text)
{
	char line[LINE_MAX_SIZE];
	size_t len = (size_t)snprintf(line, sizeof(line), "hostgrub: %s", kind);
	const char *end = line_end();

	utf8_show(text, line + len, sizeof(line) - len - strlen(end));
	strcat(line, end);
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* there is nobody left to tell */
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
