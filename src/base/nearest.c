/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/*
 * Letters to insert, delete or change (Levenshtein), where skipping a piece at
 * either end of the title costs a tenth: who types a part means the whole.
 */
static unsigned int distance(const char *wanted, const char *title)
{
	enum { PART = 1, WHOLE = 10 };
	unsigned int row[NEAREST_LENGTH + 1], above, corner, best;
	size_t w = strnlen(wanted, NEAREST_LENGTH);
	size_t t = strnlen(title, NEAREST_LENGTH);
	size_t i, j;

	for (j = 0; j <= t; j++)
		row[j] = (unsigned int)j * PART;
	for (i = 1; i <= w; i++) {
		corner = row[0];
		row[0] = (unsigned int)i * WHOLE;
		for (j = 1; j <= t; j++) {
			above = row[j];
			row[j] = least(above + WHOLE, row[j - 1] + WHOLE,
				corner +
					(same_letter(
						 wanted[i - 1], title[j - 1])
							? 0
							: WHOLE));
			corner = above;
		}
	}
	best = row[t];
	for (j = 0; j < t; j++)
		if (row[j] + (unsigned int)(t - j) * PART < best)
			best = row[j] + (unsigned int)(t - j) * PART;
	return best;
}

void nearest_begin(struct nearest *near, const char *wanted)
{
	*near = (struct nearest){ .wanted = wanted };
}

void nearest_offer(struct nearest *near, const char *title)
{
	size_t at = near->count;
	unsigned int far;

	if (near->offers++ >= NEAREST_OFFERS)
		return;
	far = distance(near->wanted, title);
	while (at > 0 && far < near->distance[at - 1])
		at--;
	if (at == NEAREST_COUNT)
		return;
	if (near->count < NEAREST_COUNT)
		near->count++;
	for (size_t i = near->count - 1; i > at; i--) {
		near->title[i] = near->title[i - 1];
		near->distance[i] = near->distance[i - 1];
	}
	near->title[at] = title;
	near->distance[at] = far;
}

void nearest_list(const struct nearest *near, char *out, size_t size)
{
	size_t i, used = 0;
	int n;

	snprintf(out, size, "none");
	for (i = 0; i < near->count && used < size; i++) {
		n = snprintf(out + used, size - used, "%s\"%.100s\"",
			i ? ", " : "", near->title[i]);
		if (n < 0)
			break;
		used += (size_t)n;
	}
}
