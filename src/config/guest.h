/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest.h - what a configuration may look at and say while it is interpreted
 *
 * One per run: the devices, the memory, the budgets that all files share, and
 * the notes for the administrator.
 */
#ifndef CONFIG_GUEST_H
#define CONFIG_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/config/entry.h"
#include "src/fs/device.h"

/* Promise P5; real configurations stay far below all of these. */
#define CONFIG_FILE_MAX (4U << 20)   /* bytes of one file */
#define CONFIG_TOTAL_MAX (16U << 20) /* bytes of all files of a run */
#define CONFIG_INCLUDES_MAX 64       /* files read by other files */
#define CONFIG_DEPTH_MAX 16          /* of files that read files */
#define GUEST_NOTES_MAX 32           /* later ones are counted, not kept */

/* Bytes of the text that says what is being looked at. */
#define GUEST_STAGE_SIZE 256

struct config;

enum note_level {
	NOTE_WARNING, /* the administrator should know: always shown */
	NOTE_DETAIL,  /* for --verbose */
	NOTE_ANSWER,  /* what the run is for (--script): always shown */
};

struct note {
	enum note_level level;
	const char *text;
};

struct guest {
	struct arena *arena;
	struct devices *devices;
	const char *grub_platform; /* $grub_platform */
	const char *grub_cpu;      /* $grub_cpu */
	/* Ids of formats that this host's administrator bars, up to NULL */
	const char *const *barred; /* NULL: none is */
	/* Lists name files that are not there: do not look for them. */
	bool assume_files;
	size_t bytes_read;         /* of configuration files, all together */
	struct config *opened;     /* config_open()'s own */
	unsigned int opened_count; /* the same; those that failed included */
	/*
	 * Called with what a script prints (echo, cat...), which holds no NUL;
	 * NULL: nobody listens.  0, or -1 with err filled, which ends the
	 * evaluation.  Who listens is told of every failure, by notes.
	 */
	int (*print)(
		void *ctx, const char *text, size_t len, struct error *err);
	void *print_ctx;
	int scratch; /* a file for identify(); 0: none */
	char *stage; /* GUEST_STAGE_SIZE bytes, read by the parent; or NULL */
	struct note notes[GUEST_NOTES_MAX];
	size_t note_count; /* may exceed GUEST_NOTES_MAX: the rest was lost */
};

/* Tell the administrator.  Never fails: a note may be lost, a boot not. */
void guest_note(struct guest *guest, enum note_level level, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));

/* Say what is looked at now, should it be the last thing we do (P2). */
void guest_stage(struct guest *guest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A whole configuration file, within the limits; the text is in the arena,
 * with a NUL behind it.  Messages begin with the type of file system and the
 * path.
 */
int guest_read_config(struct guest *guest, struct device *dev, const char *path,
	struct text *file, struct error *err);

/*
 * Part of a file that holds a configuration among other things (a section of
 * an image): it counts like one.  The range is inside the file; a NUL behind
 * the text.  Messages do not name the file.
 */
int guest_read_part(struct guest *guest, struct fs *fs,
	const struct fs_node *node, uint64_t off, uint64_t len,
	struct text *part, struct error *err);

/*
 * Is there a regular file of more than no bytes (promise P7), and is the part
 * that is meant inside it?  0, or -1.  Always 0 with assume_files.
 */
int guest_check_file(
	struct guest *guest, const struct boot_file *file, struct error *err);

/*
 * May files of this format (struct config_format's id) be read on this host?
 * 0, or -1 with ERR_UNSUPPORTED.
 */
int guest_may_read(
	const struct guest *guest, const char *id, struct error *err);

/*
 * From here on look for files also for a list, if dev can be looked at: what
 * decides which entries there are has to, or a list would count them in another
 * way.  The answer is what to set assume_files to afterwards.
 */
bool guest_look_for_files(struct guest *guest, struct device *dev);

/* Append an entry to a menu in the arena; NULL with err filled. */
struct entry *menu_add(
	struct menu *menu, struct arena *arena, struct error *err);

#endif
