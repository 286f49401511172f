/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tablefs.h - a file system whose files lie where a table of the test says
 *
 * On whatever volume it is asked; what should be read is known from the table.
 */
#ifndef TESTS_TABLEFS_H
#define TESTS_TABLEFS_H

#include "src/fs/fs.h"

struct tablefs_file {
	const char *name; /* NULL behind the last */
	enum fs_type type;
	bool mapped; /* or it has no map, and lies in the first extent */
	struct fs_extent extents[4];
	uint64_t size;
};

extern const struct tablefs_file *tablefs_files; /* set by the test */
extern unsigned int tablefs_maps; /* how often a map was asked for */

extern const struct fs_driver tablefs_driver;

int tablefs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err);

/* The same noise each time. */
void tablefs_noise(uint8_t *bytes, size_t len);

#endif
