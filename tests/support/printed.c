/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/printed.h"

#include <check.h>
#include <string.h>

char printed[PRINTED_MAX + 1];
size_t printed_len, printed_max;

static int print(void *ctx, const char *text, size_t len, struct error *err)
{
	(void)ctx;
	ck_assert_uint_gt(len, 0);
	ck_assert_ptr_null(memchr(text, '\0', len));
	if (len > printed_max - printed_len)
		return error_set(err, ERR_LIMIT, "enough");
	memcpy(printed + printed_len, text, len);
	printed_len += len;
	printed[printed_len] = '\0';
	return 0;
}

void printed_clear(void)
{
	printed_len = 0;
	printed[0] = '\0';
}

void printed_begin(struct guest *guest)
{
	guest->print = print;
	printed_max = PRINTED_MAX;
	printed_clear();
}
