/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto.h - what parent and child say to each other
 *
 * The parent asks, the child answers; there is no request that the child could
 * abuse.  A message is a length (u32, host order: both ends are one program),
 * a type (u8) and a body of integers and strings.  Decoding trusts nothing and
 * is the same code on both sides.  Lengths are capped before any allocation.
 */
#ifndef PROTO_H
#define PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/bytes.h"
#include "src/base/error.h"

enum message_type {
	/* The parent asks: */
	ASK_BOOT = 1, /* decide by --entry or the default: BOOT */
	ASK_MENU,     /* show what there is: MENU, ENTRIES... */
	ASK_CHOOSE,   /* u32 level, index: BOOT, MENU of level + 1, LOCKED */
	ASK_PEEK,     /* u32 level, index: DETAIL */
	ASK_EDIT,     /* u32 level, index: ARGS, LOCKED */
	ASK_UNLOCK,   /* strings: user, password; as the one before it */
	ASK_START,    /* string: of ASK_EDIT's entry, edited; as ASK_CHOOSE */
	ASK_LIST,     /* every entry of every configuration: FIELDS..., DONE */
	ASK_SAVED,    /* what the guest's loader saved: BLOCK..., DONE */
	ASK_EXTRACT,  /* copy what BOOT named: DONE */
	ASK_SCRIPT,   /* run the script: TEXT..., DONE */
	ASK_SOURCE,   /* u32 level, index: SOURCE, LOCKED */
	ASK_RUN,      /* string: of ASK_SOURCE's entry, edited; as ASK_CHOOSE */
	ASK_SHELL,    /* u32 level: a command line there: DONE, LOCKED */
	ASK_COMMAND,  /* string, a line: TEXT..., then BOOT, MENU, MORE, DONE */
	ASK_COMPLETE, /* string: such a line up to the cursor: COMPLETIONS */
	ASK_EXPLAIN,  /* u32 level, index: FIELDS..., DONE */
	ASK_LOGIN,    /* u32 level, index: ENTRIES..., LOCKED */

	/* The child answers.  NOTEs may come before any answer. */
	SAY_NOTE, /* u8 level, string */
	SAY_BOOT, /* strings: title, where, kernel, ramdisk, args */
	SAY_MENU, /* u32 level, count, chosen; i32 timeout; u8 style, colors */
	SAY_ENTRIES,     /* per entry: u8 flags, u32 hotkey, string title */
	SAY_LOCKED,      /* u8 flags: the choice asks for a password */
	SAY_DETAIL,      /* strings: kernel, args; of an entry */
	SAY_ARGS,        /* string: the kernel's arguments of an entry */
	SAY_FIELDS,      /* of a list, per line: string name, string value */
	SAY_BLOCK,       /* u32 disk, u64 offset, strings: before, after */
	SAY_TEXT,        /* string: what a script or a command printed */
	SAY_DONE,        /* u64 bytes of kernel, u64 bytes of ramdisk */
	SAY_FAIL,        /* u8 error code, string */
	SAY_SOURCE,      /* string: the lines of an entry */
	SAY_MORE,        /* the line of ASK_COMMAND goes on with the next one */
	SAY_COMPLETIONS, /* strings: what to insert, then the candidates */
};

/* The index of ASK_CHOOSE for "the default, with its fallbacks". */
#define CHOOSE_DEFAULT UINT32_MAX

#define ENTRY_SUBMENU 1U
#define ENTRY_RESTRICTED 2U
#define ENTRY_HOTKEY_MOVES 4U /* it does not start the entry */

#define LOCKED_NAME 1U  /* the user's name is asked for, too */
#define LOCKED_WRONG 2U /* what ASK_UNLOCK said */

/*
 * Behind SAY_MENU's style: u8 foreground and background of the entries, then
 * the same of the selected one; 0 to 15 as GRUB numbers them (entry.h).
 */
#define SAID_COLORS 4
#define COLOR_UNSAID 255 /* by the guest */

/* Bytes of a source or a line that is sent: ASK_RUN, ASK_COMMAND and others. */
#define SOURCE_MAX 32768

/* Candidates in SAY_COMPLETIONS; if there are more, a last one is "...". */
#define COMPLETIONS_MAX 100

/* What one line of a command line may print. */
#define SHELL_OUTPUT_MAX ((size_t)1 << 20)

/* The longest body: a command line of 8 KiB and paths are far below. */
#define MESSAGE_MAX 65536
#define MESSAGE_HEADER 5

/* What a script may print in all: as much as can be read of configurations. */
#define SCRIPT_OUTPUT_MAX ((size_t)16 << 20)

/* Being written.  A body that grows too long sets full and stays as it is. */
struct message {
	size_t len; /* with the header */
	bool full;
	uint8_t data[MESSAGE_HEADER + MESSAGE_MAX];
};

void message_begin(struct message *msg, enum message_type type);
void message_put_u8(struct message *msg, uint8_t value);
void message_put_u32(struct message *msg, uint32_t value);
void message_put_u64(struct message *msg, uint64_t value);
void message_put_string(struct message *msg, const char *text);

/* Write the whole message; ERR_LIMIT if it was too long. */
int message_send(int fd, struct message *msg, struct error *err);

/* Wipe it: it held a password. */
void message_forget(struct message *msg);

/* Being read: each take_ fails, once and for all, on a body that ends. */
struct message_body {
	enum message_type type;
	struct bytes rest;
	bool bad; /* a field did not fit */
};

uint8_t message_take_u8(struct message_body *body);
uint32_t message_take_u32(struct message_body *body);
uint64_t message_take_u64(struct message_body *body);
/* A string inside the message, NUL-terminated there; "" when bad. */
const char *message_take_string(struct message_body *body);

/* Were all fields there, and nothing behind them? */
bool message_complete(const struct message_body *body);

/* What has arrived of a stream of messages. */
struct message_stream {
	size_t len;   /* bytes in data */
	size_t taken; /* bytes of data that were handed out */
	uint8_t data[MESSAGE_HEADER + MESSAGE_MAX];
};

/* Wipe all of the stream that was handed out: it held a password. */
void message_forget_taken(struct message_stream *stream);

/*
 * One read() into the stream.  1: something came; 0: the other side closed;
 * -1: ERR_SYSTEM.  Call it only when message_next() wants more.
 */
int message_fill(int fd, struct message_stream *stream, struct error *err);

/*
 * The next whole message, which stays valid until message_fill(): 1, 0 if more
 * must arrive first, -1 if it is too long.
 */
int message_next(struct message_stream *stream, struct message_body *body,
	struct error *err);

#endif
