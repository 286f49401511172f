/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nearest.h - the titles that look most like a mistyped one
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#define NEAREST_COUNT 3
#define NEAREST_LENGTH 128  /* bytes of a title that are compared */
#define NEAREST_OFFERS 4096 /* titles compared: some 50 ms of work */

struct nearest {
	const char *wanted;
	size_t offers; /* titles compared so far */
	size_t count;
	const char *title[NEAREST_COUNT];     /* the nearest first; borrowed */
	unsigned int distance[NEAREST_COUNT]; /* letters to change */
};

void nearest_begin(struct nearest *near, const char *wanted);
void nearest_offer(struct nearest *near, const char *title);

/* "a", "b", "c" into out, which is always terminated; "none" if there are. */
void nearest_list(const struct nearest *near, char *out, size_t size);

#endif
