/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * newc.h - the cpio archives that GRUB makes of initrd newc:NAME:FILE
 *
 * Arguments of that kind that follow each other become members of one archive,
 * in the "newc" format that the kernel unpacks: a header before each file, with
 * the directories above it, and a trailer behind the last.
 */
#ifndef CONFIG_GRUB2_NEWC_H
#define CONFIG_GRUB2_NEWC_H

#include "src/base/text.h"
#include "src/config/entry.h"

/* Archives are padded to this, as are headers with their names. */
#define NEWC_ALIGN 4

/* Directories of one archive: as many files are in one command at most. */
#define NEWC_DIRECTORIES_MAX 1024

struct newc {
	struct arena *arena;
	bool open; /* there are members, and no trailer yet */
	struct text directories[NEWC_DIRECTORIES_MAX]; /* members so far */
	size_t count;
};

void newc_begin(struct newc *newc, struct arena *arena);

/* Is it "newc:NAME:FILE"?  The name without slashes before it, and the file. */
bool newc_argument(const char *arg, struct text *name, const char **file);

/*
 * What stands before a file of size bytes called name: head->bytes in the
 * arena.  name has to live as long as newc.
 */
int newc_member(struct newc *newc, struct text name, uint64_t size,
	struct boot_file *head, struct error *err);

/* End the archive that is open: what stands behind its last file. */
int newc_end(struct newc *newc, struct boot_file *tail, struct error *err);

#endif
