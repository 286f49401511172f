/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_places - where configurations are looked for, for the test of the
 * manual: "STAGE LOADER PATH" a line, in the order of the table
 */
#include <stdio.h>

#include "src/config/places.h"

int main(void)
{
	static const char *const stages[] = {
		[STAGE_BOOT] = "boot",
		[STAGE_EFI] = "efi",
		[STAGE_ENTRIES] = "entries",
		[STAGE_CHAIN] = "chain",
	};
	const struct place *row;
	size_t i;

	for (i = 0; (row = places_row(i)) != NULL; i++)
		printf("%s %s %s\n", stages[row->stage], row->format->id,
			row->path);
	return 0;
}
