/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.h - the menu without a terminal: keys and time in, decisions out
 *
 * Entries, selection, scrolling and countdown.  Pure: it draws nothing, reads
 * no clock and no keyboard, so tests press the keys.  Whoever draws reads the
 * fields of struct menu_model and writes none of them.
 */
#ifndef MENU_MENU_H
#define MENU_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/editor.h"
#include "menu/find.h"
#include "menu/line.h"
#include "menu/pager.h"
#include "menu/question.h"
#include "menu/shell.h"

struct menu_item {
	const char *title; /* UTF-8, escaped where it is drawn */
	/* What it would boot, any bytes, set at any time; NULL: not known. */
	const char *detail;
	bool submenu;      /* choosing it opens another menu */
	bool restricted;   /* the guest asks for a password first */
	uint32_t hotkey;   /* of keys.h; 0: none */
	bool hotkey_moves; /* only to the entry; else it chooses it */
};

/* What is seen until a key is pressed or the time is up. */
enum menu_look {
	MENU_LOOK_MENU,      /* the menu */
	MENU_LOOK_COUNTDOWN, /* one line with the seconds left */
	MENU_LOOK_HIDDEN,    /* nothing */
};

#define MENU_WAITS (-1)

/* Fields of a help that is put together of parts. */
#define MENU_HELP_MAX 32

/*
 * Of the entries and of the selected one, text and ground, as GRUB numbers
 * them: black, blue, green, cyan, red, magenta, brown, light gray, and from 8
 * on the same, brighter.
 */
#define MENU_COLOR_UNSET 255

struct menu_colors {
	uint8_t fg, bg;
	uint8_t selected_fg, selected_bg;
};

/* For a list whose guest says nothing of colours. */
#define MENU_COLORS_UNSET                                                      \
	((struct menu_colors){ MENU_COLOR_UNSET, MENU_COLOR_UNSET,             \
		MENU_COLOR_UNSET, MENU_COLOR_UNSET })

/* One menu as the guest has it.  Borrowed: outlives the model that shows it. */
struct menu_list {
	const char *heading; /* NULL: none */
	const struct menu_item *items;
	size_t count;
	size_t chosen; /* the default, below count unless there are none */
	int timeout;   /* seconds until it boots, or MENU_WAITS */
	enum menu_look look;
	bool nested; /* can be left for the menu above it */
	bool peeks;  /* MENU_PEEK is answered, by a detail or not at all */
	/* The host lets nobody edit or command: neither is offered. */
	bool no_edit;
	struct menu_colors colors; /* zeroed, black on black, none either */
};

/* What the caller is to do; the entry meant is menu_model.selected. */
enum menu_action {
	MENU_NONE,      /* go on */
	MENU_CHOSEN,    /* a person chose the entry: boot it, or open it */
	MENU_ANSWERED,  /* the question: menu_model.question has it */
	MENU_PEEK,      /* the selection rests: what would it boot? */
	MENU_HEARD,     /* console.h: there is something to read */
	MENU_EDIT,      /* the entry's arguments are to be edited */
	MENU_EDITED,    /* boot it with what menu_model.line has */
	MENU_SOURCE,    /* its lines are to be edited: menu_edit_source() */
	MENU_RUN,       /* boot what the lines of menu_model.editor say */
	MENU_SHELL,     /* a command line is wanted: menu_open_shell() */
	MENU_COMMAND,   /* run shell_line() of menu_model.shell */
	MENU_COMPLETE,  /* complete it: shell_completed() */
	MENU_EXPLAIN,   /* what would it boot, and why: menu_open_pager() */
	MENU_LOGIN,     /* a password is to be asked for: menu_ask() */
	MENU_TIMED_OUT, /* nobody did: boot the default */
	MENU_BACK,      /* leave a nested menu */
	MENU_ABORT,     /* do not boot */
};

/* What takes the keys: the last of these that there is. */
enum menu_front {
	MENU_FRONT_LIST,
	MENU_FRONT_FIND,
	MENU_FRONT_LINE,
	MENU_FRONT_EDITOR,
	MENU_FRONT_SHELL,
	MENU_FRONT_PAGER,
	MENU_FRONT_QUESTION,
};

struct menu_model {
	const struct menu_list *list;
	/*
	 * A line shown above the entries, set by the caller at any time; any
	 * bytes.  Gone, like all borrowed text, before what it points to is:
	 * Escape and the next action clear it.
	 */
	const char *message;
	size_t selected;
	size_t top;     /* the first entry that is seen */
	bool placed;    /* top was set for the room there is */
	size_t rows;    /* entries seen at once, at least 1 */
	size_t cols;    /* columns of a title seen at once */
	bool utf8;      /* as in cells.h, for the width of a title */
	bool details;   /* there is room for an entry's detail */
	size_t resting; /* the entry that is selected for some time */
	int64_t rested; /* when it has been so for long enough */
	bool peeked;    /* that was said */
	size_t shift;   /* columns that titles are moved to the left */
	bool counting;  /* the countdown runs */
	bool veiled;    /* nothing is seen yet but list->look */
	bool numbering; /* digits are being typed */
	size_t number;
	int64_t deadline;         /* of the countdown; milliseconds */
	struct find find;         /* by a part of its title */
	struct question question; /* on the selected entry */
	/*
	 * Its arguments, while they are edited; the caller's, who sets it to
	 * NULL when they have done their work.
	 */
	struct line *line;
	/*
	 * In place of the entries, in the order of enum menu_front; borrowed.
	 * Escape sets them to NULL, and so may the caller.
	 */
	struct pager *pager;
	struct shell *shell;
	struct editor *editor;
	struct pager help; /* what pager points to when that is the help */
	struct pager_field help_fields[MENU_HELP_MAX]; /* of it */
};

/*
 * An entry is looked at when the selection has rested on it for so long: not
 * all that somebody runs past, and soon enough to seem at once.
 */
#define MENU_REST_MS 150

/* Columns by which one key press moves the titles. */
#define MENU_SHIFT_STEP 8

/* Begin with the default selected and the countdown started at now. */
void menu_init(
	struct menu_model *menu, const struct menu_list *list, int64_t now);

/* There is room for so many entries, so wide; 0 rows count as 1. */
void menu_set_room(
	struct menu_model *menu, size_t rows, size_t cols, bool utf8);

/* Select an entry; the last if there is none of that number. */
void menu_select(struct menu_model *menu, size_t index);

/* Stop the countdown for good, and show what was hidden. */
void menu_stop(struct menu_model *menu);

/*
 * The selected entry asks for a password, and for a user's name or not: what is
 * typed next is that.  Escape gives up.
 */
void menu_ask(struct menu_model *menu, bool by_name);

/* What was typed was wrong: ask again after a pause, three times in all. */
void menu_refuse(struct menu_model *menu, int64_t now);

/*
 * Let the selected entry's arguments be edited: the line has them.  Escape
 * gives up; after MENU_EDITED the line is still open, for it may be wrong.
 */
void menu_edit(struct menu_model *menu, struct line *line);

/*
 * Let the selected entry's lines be edited.  After MENU_RUN they still are, for
 * they may be wrong.
 */
void menu_edit_source(struct menu_model *menu, struct editor *editor);

/*
 * Open a command line.  What is behind it, the editor or the list, is seen
 * again when it closes.
 */
void menu_open_shell(struct menu_model *menu, struct shell *shell);

/* Show text until a key closes it. */
void menu_open_pager(struct menu_model *menu, struct pager *pager);

/* Forget what was typed. */
void menu_end_question(struct menu_model *menu);

/* A key of keys.h was pressed.  Any key stops the countdown for good. */
enum menu_action menu_press(struct menu_model *menu, uint32_t key);

/* The entry of that key, or list->count. */
size_t menu_of_hotkey(const struct menu_list *list, uint32_t key);

/*
 * It is now: MENU_TIMED_OUT when the countdown is at its end, MENU_PEEK when
 * the selection has come to rest.
 */
enum menu_action menu_tick(struct menu_model *menu, int64_t now);

/*
 * Milliseconds until menu_tick() has something to do, or another number of
 * seconds is to be shown; -1: never.
 */
int menu_wait(const struct menu_model *menu, int64_t now);

/* Whole seconds left of the countdown, rounded up. */
int menu_seconds(const struct menu_model *menu, int64_t now);

enum menu_front menu_front(const struct menu_model *menu);

/* Is there more than what is seen? */
bool menu_more_above(const struct menu_model *menu);
bool menu_more_below(const struct menu_model *menu);

/*
 * One line on where we are: the countdown, or the entry's number.  To status,
 * of MENU_STATUS_MAX bytes.
 */
#define MENU_STATUS_MAX 128
void menu_status(const struct menu_model *menu, int64_t now, char *status);

/* Open the help on the keys of what is seen. */
void menu_open_help(struct menu_model *menu);

#endif
