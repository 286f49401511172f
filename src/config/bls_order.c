/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/bls_order.h"

#include <string.h>

#include "src/config/version.h"

bool bls_is_entry(const char *name)
{
	const size_t suffix = strlen(BLS_SUFFIX);
	size_t len = strlen(name);

	return len > suffix && name[0] != '.' &&
		strcmp(name + len - suffix, BLS_SUFFIX) == 0;
}

struct text bls_id(const char *name)
{
	return (struct text){ name, strlen(name) - strlen(BLS_SUFFIX) };
}

/*
 * Tildes are older than anything, the end included; carets newer than the end
 * and older than anything else.  True: *order says so.
 */
static bool compare_marks(struct text *a, struct text *b, int *order)
{
	bool tilde = version_begins(*a, '~') || version_begins(*b, '~');
	char mark = tilde ? '~' : '^';
	bool in_a = version_begins(*a, mark), in_b = version_begins(*b, mark);

	if (in_a && in_b) {
		*a = text_skip(*a, 1);
		*b = text_skip(*b, 1);
		*order = 0;
	} else if (tilde) {
		*order = in_a ? -1 : 1;
	} else if (in_a) {
		*order = b->len == 0 ? 1 : -1;
	} else if (in_b) {
		*order = a->len == 0 ? -1 : 1;
	} else {
		return false;
	}
	return true;
}

int bls_compare_versions(struct text a, struct text b)
{
	struct text run_a, run_b;
	bool digits;
	int order;

	/* Ends, because each turn cuts something off both. */
	for (;;) {
		version_skip(&a, "~^");
		version_skip(&b, "~^");
		if (compare_marks(&a, &b, &order)) {
			if (order != 0)
				return order;
			continue;
		}
		if (a.len == 0 || b.len == 0)
			return (a.len > 0) - (b.len > 0);
		digits = version_digit(a.at[0]);
		run_a = version_cut(&a, digits);
		run_b = version_cut(&b, digits);
		if (run_b.len == 0)
			return digits ? 1 : -1; /* numbers are newer */
		order = digits ? version_compare_digits(run_a, run_b)
			       : version_compare_letters(run_a, run_b);
		if (order != 0)
			return order;
	}
}

/* What is behind the last dash; nothing, and *text as it was, without one. */
static struct text cut_last(struct text *text)
{
	const char *dash =
		text->len > 0 ? memrchr(text->at, '-', text->len) : NULL;
	struct text last = { "", 0 };

	if (!dash)
		return last;
	last = text_skip(*text, (size_t)(dash + 1 - text->at));
	text->len = (size_t)(dash - text->at);
	return last;
}

/* name-version-release; without a second dash there is no release. */
static void split(struct text id, struct text parts[3])
{
	bool one_dash;

	parts[2] = cut_last(&id);
	one_dash = id.len == 0 || !memchr(id.at, '-', id.len);
	parts[1] = cut_last(&id);
	if (one_dash) {
		parts[1] = parts[2];
		parts[2].len = 0;
	}
	parts[0] = id;
}

int bls_compare(struct text a, struct text b)
{
	struct text parts_a[3], parts_b[3];
	int i, order = 0;

	split(a, parts_a);
	split(b, parts_b);
	for (i = 0; i < 3 && order == 0; i++)
		order = bls_compare_versions(parts_a[i], parts_b[i]);
	return order;
}
