/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exfat_upcase.c - the table by which two names are the same
 *
 * The first 128 letters are the same in every table (section 7.2.5), so names
 * in ASCII do not need it.  Where the table is missing or broken, FAT's rule
 * stands in for it.
 */
#include <string.h>

#include "fsdrivers/exfat.h"

#define PIECE 4096  /* bytes read at once */
#define SKIP 0xffff /* as many as the next unit says map to themselves */

/* The table as far as it was read: units from "next" on are missing. */
struct expansion {
	uint16_t *upper;
	uint32_t next;
	bool skip;
	uint32_t checksum;
};

static void expand(struct expansion *exp, const uint8_t *piece, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		exp->checksum =
			(exp->checksum << 31 | exp->checksum >> 1) + piece[i];
	for (i = 0; i + 1 < len && exp->next < EXFAT_UNITS; i += 2) {
		uint16_t unit = (uint16_t)(piece[i + 1] << 8 | piece[i]);

		if (exp->skip)
			exp->next += unit;
		else if (unit != SKIP)
			exp->upper[exp->next++] = unit;
		exp->skip = !exp->skip && unit == SKIP;
	}
}

/* Set upper, unless the table cannot be used.  -1: no memory. */
static int load(struct fs *fs, struct exfat *exfat, struct error *err)
{
	const struct fs_node node = {
		.size = exfat->upcase.size,
		.id = UINT64_MAX, /* no entry's place */
		.aux = { exfat->upcase.cluster, exfat->upcase.size },
	};
	struct expansion exp = { 0 };
	uint8_t piece[PIECE];
	struct error why;
	uint64_t off;
	uint32_t i;
	size_t n;

	if (node.size == 0 || node.size > EXFAT_UNITS * sizeof(uint16_t))
		return 0;
	exp.upper =
		arena_array(fs->arena, EXFAT_UNITS, sizeof(*exp.upper), err);
	if (!exp.upper)
		return -1;
	for (i = 0; i < EXFAT_UNITS; i++)
		exp.upper[i] = (uint16_t)i;
	for (off = 0; off < node.size; off += n) {
		n = PIECE;
		if (n > node.size - off)
			n = (size_t)(node.size - off);
		if (fat_read(fs, &node, off, piece, n, &why) < 0)
			return 0;
		expand(&exp, piece, n);
	}
	if (exp.checksum == exfat->upcase.checksum)
		exfat->upper = exp.upper;
	return 0;
}

static bool is_ascii(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

int exfat_upper(struct fs *fs, const char *name, const uint16_t **upper,
	struct error *err)
{
	struct exfat *exfat = fs->priv;

	*upper = NULL;
	if (is_ascii(name))
		return 0;
	if (!exfat->upper_read && load(fs, exfat, err) < 0)
		return -1;
	exfat->upper_read = true;
	*upper = exfat->upper;
	return 0;
}
