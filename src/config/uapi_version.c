/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/uapi_version.h"

#include "src/config/version.h"

/*
 * If only one begins with the mark, it is the older: -1 or 1; 0 if none does,
 * or both, and then it is cut off.
 */
static int compare_mark(struct text *a, struct text *b, char mark)
{
	bool in_a = version_begins(*a, mark), in_b = version_begins(*b, mark);

	if (in_a && in_b) {
		*a = text_skip(*a, 1);
		*b = text_skip(*b, 1);
	}
	return (int)in_b - (int)in_a;
}

/*
 * Numbers are newer than letters.  Behind marks that were cut off there may be
 * neither in one of the two, or in both.
 */
static int compare_runs(struct text *a, struct text *b)
{
	bool digits = (a->len > 0 && version_digit(a->at[0])) ||
		(b->len > 0 && version_digit(b->at[0]));
	struct text run_a = version_cut(a, digits);
	struct text run_b = version_cut(b, digits);

	if (!digits)
		return version_compare_letters(run_a, run_b);
	if (run_a.len == 0 || run_b.len == 0)
		return run_a.len > 0 ? 1 : -1;
	return version_compare_digits(run_a, run_b);
}

/* What stands between two runs, in the order in which it makes one older. */
static const char marks[] = { '-', '^', '.' };

int uapi_compare_versions(struct text a, struct text b)
{
	size_t i;
	int order;

	/*
	 * Each turn cuts something off both or is the last: a character that
	 * is not skipped is one of the marks or belongs to a run.
	 */
	for (;;) {
		version_skip(&a, "~-^.");
		version_skip(&b, "~-^.");
		order = compare_mark(&a, &b, '~');
		if (order != 0)
			return order;
		if (a.len == 0 || b.len == 0)
			return (a.len > 0) - (b.len > 0);
		for (i = 0; i < sizeof(marks) && order == 0; i++)
			order = compare_mark(&a, &b, marks[i]);
		if (order == 0)
			order = compare_runs(&a, &b);
		if (order != 0)
			return order;
	}
}
