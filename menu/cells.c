/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/cells.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "src/base/utf8.h"

/* A tab: it has no column to go to in a text that is moved about. */
static const char tab[] = "    ";

/* What one character of the text becomes. */
struct piece {
	char text[24]; /* four bytes as \xHH are the longest */
	size_t bytes;
	size_t cols; /* 0: a mark on the character before, or nothing */
};

/*
 * Characters without a look of their own: joiners and selectors of variants.
 * Terminals disagree whether they change the width of what is around them,
 * so they are left out.
 */
static bool invisible(uint32_t point)
{
	return point == 0xad || (point >= 0x200b && point <= 0x200d) ||
		(point >= 0x2060 && point <= 0x2064) ||
		(point >= 0xfe00 && point <= 0xfe0f) || point == 0xfeff ||
		(point >= 0xe0000 && point <= 0xe0fff);
}

static void escape_bytes(struct piece *piece, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		piece->bytes += (size_t)snprintf(piece->text + piece->bytes,
			sizeof(piece->text) - piece->bytes, "\\x%02x",
			(unsigned char)text[i]);
	piece->cols = piece->bytes;
}

static void escape_point(struct piece *piece, uint32_t point)
{
	piece->bytes = (size_t)snprintf(piece->text, sizeof(piece->text),
		point > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned int)point);
	piece->cols = piece->bytes;
}

/* The piece at the start of text, which is not empty; the bytes it took. */
static size_t next_piece(const char *text, bool utf8, struct piece *piece)
{
	uint32_t point = 0;
	size_t n = utf8_decode(text, strnlen(text, 4), &point);
	int width;

	piece->bytes = piece->cols = 0;
	piece->text[0] = '\0';
	if (point == '\t') {
		memcpy(piece->text, tab, sizeof(tab));
		piece->bytes = piece->cols = sizeof(tab) - 1;
		return n;
	}
	if (n == 0 || !utf8_printable(point)) {
		n = n ? n : 1;
		escape_bytes(piece, text, n);
		return n;
	}
	if (invisible(point))
		return n;
	width = point < 0x80 ? 1 : utf8 ? wcwidth((wchar_t)point) : -1;
	if (width < 0) {
		escape_point(piece, point);
		return n;
	}
	memcpy(piece->text, text, n);
	piece->text[n] = '\0';
	piece->bytes = n;
	piece->cols = (size_t)width;
	return n;
}

size_t cells_width(const char *text, bool utf8)
{
	struct piece piece;
	size_t cols = 0;

	while (*text) {
		text += next_piece(text, utf8, &piece);
		cols += piece.cols;
	}
	return cols;
}

/* A line being put together; full once something did not fit. */
struct line {
	char *out;
	size_t bytes, cols, limit;
	unsigned int marks; /* on the last character */
	bool full;
};

static void append(struct line *line, const struct piece *piece)
{
	bool mark = piece->cols == 0;

	if (line->full || piece->bytes == 0)
		return;
	if (mark && (line->cols == 0 || line->marks == CELLS_MARKS_MAX))
		return;
	if (line->cols + piece->cols > line->limit ||
		line->bytes + piece->bytes >= CELLS_LINE_MAX) {
		line->full = true;
		return;
	}
	memcpy(line->out + line->bytes, piece->text, piece->bytes);
	line->bytes += piece->bytes;
	line->cols += piece->cols;
	line->marks = mark ? line->marks + 1 : 0;
}

static void append_ascii(struct line *line, char character)
{
	struct piece piece = { { character }, 1, 1 };

	append(line, &piece);
}

/* Leave out whole pieces until skip columns are behind us. */
static const char *skip_columns(
	const char *text, bool utf8, size_t skip, size_t *gone)
{
	struct piece piece;

	*gone = 0;
	while (*text && *gone < skip) {
		text += next_piece(text, utf8, &piece);
		*gone += piece.cols;
	}
	return text;
}

size_t cells_window(
	const char *text, bool utf8, size_t skip, size_t cols, char *out)
{
	struct line line = { .out = out, .limit = cols };
	struct piece piece;
	size_t gone, width = cells_width(text, utf8);
	bool left = skip > 0 && width > 0;
	bool right = width > skip && width - skip > cols;

	if (left && cols > 0) {
		text = skip_columns(text, utf8, skip + 1, &gone);
		append_ascii(&line, '<');
		/* Half of a wide character was cut off. */
		for (; gone > skip + 1; gone--)
			append_ascii(&line, ' ');
	}
	line.limit = right && cols > 0 ? cols - 1 : cols;
	while (*text && !line.full) {
		text += next_piece(text, utf8, &piece);
		append(&line, &piece);
	}
	if (right && cols > 0) {
		line.full = false;
		while (line.cols < line.limit)
			append_ascii(&line, ' ');
		line.limit = cols;
		append_ascii(&line, '>');
	}
	out[line.bytes] = '\0';
	return line.cols;
}

void cells_wrap(const char **text, bool utf8, size_t cols, char *out)
{
	struct line line = { .out = out, .limit = cols ? cols : 1 };
	struct piece piece;
	const char *at = *text, *blank = NULL;
	size_t n, blank_bytes = 0;

	while (*at) {
		n = next_piece(at, utf8, &piece);
		if (*at == ' ') {
			blank = at;
			blank_bytes = line.bytes;
		}
		append(&line, &piece);
		if (line.full)
			break;
		at += n;
	}
	if (line.full && blank) {
		at = blank;
		line.bytes = blank_bytes;
	} else if (at == *text && *at) { /* wider than the line: skip it */
		at += next_piece(at, utf8, &piece);
	}
	while (*at == ' ')
		at++;
	out[line.bytes] = '\0';
	*text = at;
}
