/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extlinux.h - the configuration of syslinux, extlinux and isolinux, and what
 * U-Boot takes from it
 *
 * extlinux_format (config.h) is what others use; the rest is shared by the
 * files of this module:
 *
 *	extlinux.c       files
 *	extlinux_parse.c the keywords
 *	extlinux_words.c those behind MENU
 *	extlinux_menu.c  labels made into menus, and which is the default
 *	extlinux_run.c   what a label boots
 *	extlinux_pick.c  programs that pick one of several labels
 */
#ifndef CONFIG_EXTLINUX_H
#define CONFIG_EXTLINUX_H

#include "src/config/config.h"

/* What the last keyword of a label that says so makes of it. */
enum extlinux_kind {
	EXTLINUX_KERNEL,    /* KERNEL, LINUX: by the name it may be a module */
	EXTLINUX_SECTOR,    /* BOOT, BSS, PXE, FDIMAGE: for a PC's firmware */
	EXTLINUX_LOCALBOOT, /* the machine's own disk */
	EXTLINUX_CONFIG,    /* another configuration */
	EXTLINUX_MENU,      /* a menu of this file */
	EXTLINUX_GOTO,      /* the same by its tag */
	EXTLINUX_EXIT,      /* the menu above */
	EXTLINUX_QUIT,      /* a prompt */
};

struct extlinux_menu;

/* A LABEL, or the place of a submenu; an entry's priv. */
struct extlinux_label {
	const char *path; /* of the file it is in */
	unsigned int line;
	const char *name;
	const char *title; /* MENU LABEL, without ^; NULL: none */
	enum extlinux_kind kind;
	const char *kernel;   /* with what follows it on its line; NULL: name */
	const char *append;   /* NULL: none of its own */
	const char *global;   /* the APPEND for those, where the label ends */
	const char *initrd;   /* INITRD; NULL: none */
	const char *source;   /* its lines, for the editor; NULL: none */
	bool hidden;          /* MENU HIDE */
	bool disabled;        /* MENU DISABLE: cannot be chosen */
	bool preferred;       /* MENU DEFAULT */
	const char *password; /* MENU PASSWD; NULL: none */
	uint32_t hotkey;      /* behind the ^ of MENU LABEL; 0: none */
	bool immediate;       /* it starts, and does not only select */
	struct extlinux_menu *menu; /* EXTLINUX_MENU: where it leads */
	bool listed;                /* it is menu.entries[index] */
	size_t index;
	struct extlinux_menu *in;
	struct extlinux_label *next;
};

/* The top of a file, or what is between MENU BEGIN and MENU END. */
struct extlinux_menu {
	struct menu menu; /* its priv is this */
	struct extlinux_file *file;
	const char *tag;              /* NULL: none */
	struct extlinux_menu *parent; /* NULL: the top */
	struct extlinux_label *place; /* in the parent */
	struct extlinux_label *first, *last;
	const char *password;       /* MENU MASTER PASSWD; NULL: none */
	bool immediate;             /* MENU IMMEDIATE: a hotkey starts */
	struct extlinux_menu *next; /* of the file */
};

/* A configuration with what it includes, or that of a CONFIG. */
struct extlinux_file {
	struct boot_file file;
	struct boot_file dir; /* where relative names begin: "/boot/extlinux" */
	const char *medium;   /* for whichsys.c32: "-iso-", "-sys-", "-pxe-" */
	struct extlinux_menu *top;
	struct extlinux_menu *menus;
	struct extlinux_menu *start; /* MENU START; NULL: none */
	const char *append;          /* outside of labels; never NULL */
	const char *chosen;          /* DEFAULT; NULL: none */
	const char *on_timeout;      /* ONTIMEOUT; NULL: none */
	const char *on_error;        /* ONERROR; NULL: none */
	bool ui;                     /* a menu is shown */
	bool prompt;
	bool hidden;         /* MENU HIDDEN */
	bool fixed;          /* ALLOWOPTIONS 0: nobody may change arguments */
	unsigned int tenths; /* TIMEOUT; 0: none */
	struct extlinux_file *next;
};

/* All files of a run; a config's priv. */
struct extlinux {
	struct extlinux_file *files;
	unsigned int reads; /* of files; the limit is CONFIG_INCLUDES_MAX */
};

/* A label of that name at the end of a menu, as yet without a line. */
struct extlinux_label *extlinux_add_label(struct config *config,
	struct extlinux_menu *menu, struct text name, struct error *err);

/*
 * Read a configuration; names in it are relative to dir.  Each is read once, so
 * that those that lead to each other cost nothing.  NULL with err filled.
 */
struct extlinux_file *extlinux_load(struct config *config,
	const struct boot_file *where, const struct boot_file *dir,
	struct error *err);

/* Fill the menus of a file whose labels are all there. */
int extlinux_make_menus(
	struct config *config, struct extlinux_file *file, struct error *err);

/*
 * Is this word of a DEFAULT or KERNEL line the program that shows a menu
 * (menu.c32 and its relatives)?
 */
bool extlinux_is_menu_module(struct text word);

/*
 * What a command line would start, as in DEFAULT or ONTIMEOUT: a label, a label
 * with arguments, or a kernel with arguments; these two become labels.  NULL
 * with err clear if it is nothing of these, which is noted.
 */
struct extlinux_label *extlinux_find_command(struct config *config,
	struct extlinux_file *file, struct text command, struct error *err);

/*
 * A program whose arguments are command lines, of which it starts one: true and
 * the one that it picks on a guest's machine, which is as if installed on a
 * disk (or, where the configuration is isolinux's, on a CD), and of 64 bits.
 */
bool extlinux_pick(struct text program, struct text args,
	const struct extlinux_file *file, struct text *command);

/* The last part of a path is name, without regard to case. */
bool extlinux_has_name(struct text path, const char *name);

/* The file, or directory, that a word of the configuration names. */
int extlinux_locate(struct config *config, const struct extlinux_file *file,
	struct text word, struct boot_file *found, struct error *err);

/* Start a label; it leaves no trace. */
int extlinux_start(struct config *config, const struct extlinux_label *label,
	struct outcome *outcome, struct error *err);

#endif
