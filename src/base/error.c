/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/text.h"

void error_record(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	text_vprint(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}

void error_record_errno(struct error *err, const char *fmt, ...)
{
	int reason = errno;
	va_list ap;
	size_t len;

	err->code = ERR_SYSTEM;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s",
		strerror(reason));
}

/*
 * A line that grows too long loses its middle: where that was on the outside,
 * and this much of what it was, stay.  A guest chooses how long its titles are.
 */
#define REASON_MIN 256

void error_prefix(struct error *err, const char *fmt, ...)
{
	const size_t room = sizeof(err->text) - 1, old = strlen(err->text);
	const size_t reason = old < REASON_MIN ? old : REASON_MIN;
	char where[ERROR_TEXT_SIZE];
	size_t len, keep;
	va_list ap;

	va_start(ap, fmt);
	text_vprint(where, room - reason - 1, fmt, ap); /* 2 for ": ", NUL */
	va_end(ap);
	len = strlen(where);
	memcpy(where + len, ": ", 2);
	len += 2;
	keep = old < room - len ? old : room - len;
	memmove(err->text + len, err->text + (old - keep), keep);
	if (keep < old)
		memcpy(err->text + len, "...", 3);
	memcpy(err->text, where, len);
	err->text[len + keep] = '\0';
}
