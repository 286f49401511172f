/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "menu/prompt_parts.h"

/* Many terminals wrap when the last column is written. */
static size_t columns(const struct prompt *prompt)
{
	return prompt->cols > 1 ? prompt->cols - 1 : 1;
}

size_t prompt_room(const struct prompt *prompt, size_t beside)
{
	return prompt->cols > 2 * beside ? prompt->cols - beside : beside;
}

void prompt_print_line(const struct prompt *prompt, const char *text, int fd)
{
	char line[CELLS_LINE_MAX];

	cells_window(text, prompt->utf8, 0, columns(prompt), line);
	dprintf(fd, "%s\r\n", line);
}

void prompt_print_wrapped(const struct prompt *prompt, const char *text, int fd)
{
	char line[CELLS_LINE_MAX];

	while (text && *text) {
		cells_wrap(&text, prompt->utf8, columns(prompt), line);
		dprintf(fd, "%s\r\n", line);
	}
}

void prompt_print_pager(
	const struct prompt *prompt, struct pager *pager, int fd)
{
	struct pager_walk walk = { 0 };
	struct pager_row row;
	size_t width;

	pager_set_room(pager, 1, columns(prompt), prompt->utf8);
	dprintf(fd, "\r\n");
	if (pager->heading)
		prompt_print_line(prompt, pager->heading, fd);
	while (pager_next(pager, &walk, &row)) {
		width = cells_width(row.name, prompt->utf8);
		if (width > row.value_col || !row.value[0])
			width = row.value_col;
		dprintf(fd, "%s%*s%s\r\n", row.name,
			(int)(row.value_col - width), "", row.value);
	}
}

void prompt_print_output(
	struct prompt *prompt, const struct shell *shell, int fd)
{
	const char *line, *end = shell->text + shell->len;

	/* What was forgotten before it was printed cannot be had back. */
	if (prompt->printed < shell->gone)
		prompt->printed = shell->gone;
	for (;;) {
		/* what was typed stands there already */
		if (prompt->printed == shell->echo)
			prompt->printed = shell->echo_end;
		line = shell->text + (prompt->printed - shell->gone);
		if (line >= end || line + strlen(line) >= end)
			return;
		prompt->printed += strlen(line) + 1;
		if (*line)
			prompt_print_wrapped(prompt, line, fd);
		else
			dprintf(fd, "\r\n");
	}
}
