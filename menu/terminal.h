/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terminal.h - the guest's console: keys in, bytes out, and never stuck
 *
 * Nobody need be at the other end.  Output is queued in memory and sent as
 * the terminal takes it, so a pty that nobody reads stops no countdown; input
 * is waited for with signals unblocked only while waiting.  Nothing here
 * draws.
 */
#ifndef MENU_TERMINAL_H
#define MENU_TERMINAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "menu/keys.h"
#include "src/base/error.h"

/* What libxl's ptys of 0 rows and 0 columns are taken for. */
#define TERMINAL_ROWS_DEFAULT 24
#define TERMINAL_COLS_DEFAULT 80
/* A window size is 16 bits that anybody may set; memory grows with it. */
#define TERMINAL_ROWS_MAX 400
#define TERMINAL_COLS_MAX 1000

/* What the terminal is, and what the caller's signals need. */
struct terminal_host {
	int in, out;      /* both terminals, usually the same */
	const char *type; /* $TERM; NULL: unknown */
	bool utf8;        /* the environment's locale is one of UTF-8 */
	bool color;       /* colours may be used */
	/* While waiting; the caller has blocked the signals it handles. */
	const sigset_t *wait_mask;
	/* Set by the caller's handlers: end at once. */
	const volatile sig_atomic_t *stop;
};

enum terminal_event {
	TERMINAL_KEY,     /* *key was pressed */
	TERMINAL_TIME,    /* the time is up */
	TERMINAL_HEARD,   /* the other descriptor has something to read */
	TERMINAL_READY,   /* all output is sent: there may be more */
	TERMINAL_RESIZED, /* or stopped and continued: draw everything */
	TERMINAL_GONE,    /* hung up, or the caller's stop is set */
};

struct terminal {
	struct terminal_host host;
	int queue;  /* memfd with the output; written at its end */
	off_t sent; /* bytes of it that the terminal has */
	unsigned int rows, cols;
	int other;  /* waited for as well, a caller's; -1: none */
	bool heard; /* it has something to read */
	struct termios saved;
	bool echo; /* the terminal's user expects to see what is typed */
	struct sigaction old_winch, old_cont, old_tstp;
	sigset_t old_mask, wait_mask;
	struct keys keys;
	unsigned char input[64];
	size_t input_at, input_len;
};

/* The host as standard input, output and the environment describe it. */
void terminal_host_from_environment(struct terminal_host *host);

/*
 * Take over the terminal: keys arrive one by one and are not echoed.  -1 with
 * err filled and nothing changed if it is none.
 */
int terminal_begin(struct terminal *terminal, const struct terminal_host *host,
	struct error *err);

/* Send what is queued, as far as the other end takes it, and restore all. */
void terminal_end(struct terminal *terminal);

/* Queue text.  What is not ASCII or printable was escaped by the caller. */
void terminal_puts(struct terminal *terminal, const char *text);
void terminal_printf(struct terminal *terminal, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * May another frame be queued?  Not while an earlier one waits for its
 * reader: that bounds the queue, and what is seen last is the latest.
 */
bool terminal_ready(const struct terminal *terminal);

/*
 * Wait at most timeout ms (-1: for ever) for something to happen, sending
 * what is queued meanwhile.
 */
enum terminal_event terminal_wait(
	struct terminal *terminal, int timeout, uint32_t *key);

/* Wipe what was typed and has been handed out. */
void terminal_forget(struct terminal *terminal);

/* Milliseconds of a clock that only goes forward. */
int64_t terminal_now(void);

#endif
