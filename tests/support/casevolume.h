/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * casevolume.h - a file system of a case's guest, made of a folder of the case
 */
#ifndef TESTS_CASEVOLUME_H
#define TESTS_CASEVOLUME_H

#include "tests/support/fakeguest.h"

#define CASE_BLOCKS_MAX 8

/* Strings are borrowed; NULL, or "" for the first six, if not given. */
struct case_volume {
	const char *device; /* as fakeguest_add() takes it */
	const char *folder; /* below the case, "" for the case itself */
	const char *uuid;
	const char *label;
	const char *guid; /* of its GPT entry, as are the next three */
	const char *name;
	const char *type;                    /* as fakeguest_type() takes it */
	const char *attributes;              /* a number */
	const char *diskuuid;                /* of the GPT */
	const char *blocks[CASE_BLOCKS_MAX]; /* "512 file" */
	size_t block_count;
};

struct case_volume case_volume(const char *device, const char *folder);

/* Set what belongs to a volume; false: it does not. */
bool case_volume_option(
	struct case_volume *vol, const char *key, const char *value);

/* Add it to the guest; -1: a file of the case cannot be read. */
int case_volume_add(
	struct fakeguest *fake, const char *dir, const struct case_volume *vol);

#endif
