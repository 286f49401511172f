/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_record(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
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

void error_prefix(struct error *err, const char *fmt, ...)
{
	char where[ERROR_TEXT_SIZE];
	size_t len, old = strlen(err->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(where, sizeof(where) - 2, fmt, ap);
	va_end(ap);
	len = strlen(where);
	memcpy(where + len, ": ", 2);
	len += 2;
	if (len > sizeof(err->text) - 1)
		len = sizeof(err->text) - 1;
	/* A line that grows too long loses its innermost end. */
	if (old > sizeof(err->text) - 1 - len)
		old = sizeof(err->text) - 1 - len;
	memmove(err->text + len, err->text, old);
	memcpy(err->text, where, len);
	err->text[len + old] = '\0';
}
