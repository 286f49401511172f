/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.h - what a menu shows, and what a boot needs
 *
 * Every format of boot configuration produces exactly these.  All of it lives
 * in the arena and is bytes, not UTF-8: whoever shows it escapes it.
 */
#ifndef CONFIG_ENTRY_H
#define CONFIG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/config/guard.h"
#include "src/fs/device.h"

#define BOOT_RAMDISKS_MAX 64   /* files given to one initrd command */
#define MENU_ENTRIES_MAX 65536 /* in one menu; no loader shows more */
#define MENU_TITLE_MAX 4096    /* bytes */
#define MENU_FALLBACKS_MAX 16  /* entries to try when the default fails */

/*
 * What is copied out: a file, a part of one (a section of a unified kernel
 * image), or bytes that a loader would have made itself (GRUB's newc:).  The
 * device and a path are always given: what has no file is called by them.
 */
struct boot_file {
	struct device *dev;
	const char *path;  /* on dev's file system */
	uint64_t offset;   /* bytes into it; 0 unless length is given */
	uint64_t length;   /* bytes of the part; 0: all of the file */
	const char *bytes; /* not NULL: length of these, and no file at all */
};

static inline struct boot_file whole_file(struct device *dev, const char *path)
{
	return (struct boot_file){ .dev = dev, .path = path };
}

/*
 * What will be copied of a boot's file (promise P7): a regular file, and the
 * part inside it.  1 with its file system, *node and the *length of the part
 * in bytes; 0 with *length if it is bytes without a file; -1.  Messages begin
 * with the type of file system and the path.
 */
int boot_file_find(struct devices *devices, const struct boot_file *file,
	struct fs **fs, struct fs_node *node, uint64_t *length,
	struct error *err);

/* What one boot needs. */
struct boot {
	struct boot_file kernel; /* path NULL: no kernel was named */
	struct boot_file ramdisks[BOOT_RAMDISKS_MAX];
	size_t ramdisk_count;
	unsigned int ramdisk_align; /* pad all but the last to this: 4, 4096 */
	const char *args;           /* the kernel's command line, or "" */
};

/* Keys that guests give to entries and that type no character. */
enum hotkey {
	HOTKEY_NONE = 0,
	HOTKEY_F1 = 0x110000, /* above Unicode; the next ones are F2... */
	HOTKEY_FS = 12,       /* how many of these there are */
	HOTKEY_INSERT = HOTKEY_F1 + HOTKEY_FS,
	HOTKEY_DELETE,
};

struct entry {
	const char *title;
	const char *id;            /* as in --id or a label; NULL: none */
	const char *source;        /* its lines, for the editor; NULL: none */
	bool submenu;              /* running it gives another menu */
	const struct guard *guard; /* asks before it starts; NULL: none */
	/* in its place before it starts with other arguments; NULL: guard */
	const struct guard *edits;
	uint32_t hotkey;    /* a character, or of enum hotkey */
	bool hotkey_starts; /* it does not only select the entry */
	const void *priv;   /* the format's own */
};

enum menu_style { MENU_STYLE_MENU, MENU_STYLE_COUNTDOWN, MENU_STYLE_HIDDEN };

#define MENU_TIMEOUT_NONE (-1)

/*
 * Colours as a PC's text screen numbers them, and GRUB names them: black, blue,
 * green, cyan, red, magenta, brown, light-gray, and the light ones of these,
 * the last of which is white.
 */
#define ENTRY_COLORS 16

struct entry_color {
	bool known;     /* the guest says it */
	uint8_t fg, bg; /* below ENTRY_COLORS */
};

struct menu {
	struct entry *entries;
	size_t count;
	size_t capacity;
	size_t chosen;   /* the default; below count unless there are none */
	const char *why; /* the guest's reason for that; NULL: not known */
	size_t fallback[MENU_FALLBACKS_MAX]; /* below count */
	size_t fallback_count;
	int timeout; /* seconds, or MENU_TIMEOUT_NONE */
	enum menu_style style;
	struct entry_color normal, highlight; /* the latter of the selected */
	/* asks before a command line is opened; NULL: none */
	const struct guard *edits;
	/* whose entries these are; NULL: of the configuration it came from */
	struct config *owner;
	void *priv; /* the format's own */
};

/* What came of running an entry: a boot, or another menu. */
struct outcome {
	struct menu *menu; /* NULL: boot is filled */
	struct boot boot;
};

#endif
