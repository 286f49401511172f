/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/result.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/printable.h"
#include "src/readback.h"

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

int result_clean_args(char *args, struct error *err)
{
	for (; *args; args++) {
		if (*args == '\t')
			*args = ' ';
		if (is_control(*args))
			return error_set(err, ERR_UNSUPPORTED,
				"arguments: control byte 0x%02x",
				(unsigned int)*args);
	}
	return 0;
}

bool result_args_warning(const char *args, char *text, size_t size)
{
	const size_t len = strlen(args);

	if (len <= OUTPUT_PV_ARGS_MAX)
		return false;
	snprintf(text, size,
		"arguments are %zu bytes long, a PV guest sees the first %d",
		len, OUTPUT_PV_ARGS_MAX);
	return true;
}

/* What is being written; the caller has made the room (see room_for). */
struct writer {
	enum output_format format;
	char *buf;
	size_t len;
};

static void put(struct writer *out, const char *data, size_t len)
{
	memcpy(out->buf + out->len, data, len);
	out->len += len;
}

static void put_string(struct writer *out, const char *text)
{
	put(out, text, strlen(text));
}

/* repr() escapes by code point, and here a byte that is no UTF-8 by value. */
static void put_escape(struct writer *out, uint32_t point)
{
	char *at = out->buf + out->len;
	int written;

	/* Ten characters at most, of a character of four bytes. */
	if (point > 0xffff)
		written = sprintf(at, "\\U%08x", point);
	else if (point > 0xff)
		written = sprintf(at, "\\u%04x", point);
	else
		written = sprintf(at, "\\x%02x", point);
	out->len += (size_t)written;
}

/* Python's repr() of a string without control characters. */
static void put_repr(struct writer *out, const char *text)
{
	const char quote =
		strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
	size_t n, len = strlen(text);
	uint32_t point;

	put(out, &quote, 1);
	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &point);
		if (n == 0) {
			n = 1;
			put_escape(out, (unsigned char)*text);
			continue;
		}
		if (*text == '\\' || *text == quote)
			put(out, "\\", 1);
		if (printable_in_python(point))
			put(out, text, n);
		else
			put_escape(out, point);
	}
	put(out, &quote, 1);
}

static void put_item(struct writer *out, const char *keyword, const char *value)
{
	const char end = out->format == OUTPUT_SIMPLE ? '\n' : '\0';

	if (!value || !*value)
		return;
	if (out->format == OUTPUT_SXP)
		put(out, "(", 1);
	put_string(out, keyword);
	put(out, " ", 1);
	if (out->format == OUTPUT_SXP) {
		put_repr(out, value);
		put(out, ")", 1);
	} else {
		put_string(out, value);
		put(out, &end, 1);
	}
}

static void put_result(struct writer *out, const struct result *result)
{
	if (out->format == OUTPUT_SXP)
		put_string(out, "linux ");
	put_item(out, "kernel", result->kernel);
	put_item(out, "ramdisk", result->ramdisk);
	put_item(out, "args", result->args);
	if (out->format == OUTPUT_SIMPLE)
		put(out, "\n", 1);
	if (out->format == OUTPUT_SIMPLE0)
		put(out, "", 1);
}

static int check_field(
	const char *keyword, const char *value, struct error *err)
{
	const char *at;
	size_t len;

	if (!value)
		return 0;
	for (at = value; *at; at++)
		if (is_control(*at))
			return error_set(err, ERR_UNSUPPORTED,
				"%s: control byte 0x%02x", keyword,
				(unsigned int)*at);
	len = strlen(keyword) + 1 + (size_t)(at - value);
	if (len > OUTPUT_ITEM_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: an item of %zu bytes, libxl takes at most %d",
			keyword, len, OUTPUT_ITEM_MAX);
	return 0;
}

/* One byte becomes four at most (\xHH); keyword and quotes are less than 16. */
static size_t room_for(const char *value)
{
	return value ? 16 + 4 * strlen(value) : 0;
}

char *result_format(enum output_format format, const struct result *result,
	size_t *len, struct error *err)
{
	struct writer out = { .format = format };

	if (check_field("kernel", result->kernel, err) < 0 ||
		check_field("ramdisk", result->ramdisk, err) < 0 ||
		check_field("args", result->args, err) < 0)
		return NULL;
	/* "linux ", the end, and the NUL of sprintf() */
	out.buf = malloc(16 + room_for(result->kernel) +
		room_for(result->ramdisk) + room_for(result->args));
	if (!out.buf) {
		error_errno(err, "result");
		return NULL;
	}
	put_result(&out, result);
	if (readback_check(format, (struct text){ out.buf, out.len }, result,
		    err) < 0) {
		free(out.buf);
		return NULL;
	}
	*len = out.len;
	return out.buf;
}
