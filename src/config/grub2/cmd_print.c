/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_print.c - printing: echo and cat, and what all that print share
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

/* The longest text of command_printf(): a device with all that is known. */
#define PRINTF_MAX 1024

/* Bytes of a file that are read at a time. */
#define CAT_BLOCK 4096

#define CHARACTER_MAX 4 /* bytes of one in UTF-8 */

/* A NUL, of a name in an environment block, shows nowhere and is left out. */
int command_print(
	struct eval *eval, const char *text, size_t len, struct error *err)
{
	const struct guest *guest = eval->guest;
	const char *nul;
	size_t part;

	if (!guest->print || len == 0)
		return 0;
	if (eval_spend(eval, 0, len, err) < 0)
		return -1;
	for (; len > 0; text += part, len -= part) {
		nul = memchr(text, '\0', len);
		part = nul ? (size_t)(nul - text) : len;
		if (part > 0 &&
			guest->print(guest->print_ctx, text, part, err) < 0)
			return -1;
		part += nul != NULL;
	}
	return 0;
}

int command_puts(struct eval *eval, const char *text, struct error *err)
{
	return command_print(eval, text, strlen(text), err);
}

int command_printf(struct eval *eval, struct error *err, const char *fmt, ...)
{
	char text[PRINTF_MAX + 1];
	va_list ap;
	int len;

	if (!command_heard(eval))
		return 0;
	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len < 0 || len > PRINTF_MAX)
		return error_set(err, ERR_LIMIT,
			"a line of more than %d bytes to print", PRINTF_MAX);
	return command_print(eval, text, (size_t)len, err);
}

/* What echo was told by its options, which end at the first other word. */
struct echo {
	size_t from; /* the first argument to print */
	bool newline;
	bool escapes;
};

static bool is_echo_option(const char *arg)
{
	return arg[0] == '-' && arg[1] &&
		strspn(arg + 1, "ne") == strlen(arg + 1);
}

static struct echo read_echo(const struct args *args)
{
	struct echo echo = { .from = 1, .newline = true };
	const char *arg;

	for (; echo.from < args->count; echo.from++) {
		arg = args->list[echo.from];
		if (strcmp(arg, "--") == 0) {
			echo.from++;
			break;
		}
		if (!is_echo_option(arg))
			break;
		if (strchr(arg, 'n'))
			echo.newline = false;
		if (strchr(arg, 'e'))
			echo.escapes = true;
	}
	return echo;
}

/*
 * An argument with its escapes replaced, into out, which has room for it; the
 * length.  \c takes the newline at the end away, and nothing else; an escape
 * that means nothing vanishes with its letter.
 */
static size_t unescape(const char *arg, char *out, bool *newline)
{
	static const char letters[] = "\\afnrtv", values[] = "\\\a\f\n\r\t\v";
	const char *known;
	size_t len = 0;

	for (; *arg; arg++) {
		if (*arg != '\\') {
			out[len++] = *arg;
			continue;
		}
		if (!*++arg)
			break;
		known = strchr(letters, *arg);
		if (known)
			out[len++] = values[known - letters];
		else if (*arg == 'c')
			*newline = false;
	}
	return len;
}

static int echo_argument(struct eval *eval, struct echo *echo, const char *arg,
	struct error *err)
{
	size_t len;
	char *text;

	if (!echo->escapes)
		return command_puts(eval, arg, err);
	text = scratch_alloc(&eval->scratch, strlen(arg) + 1, err);
	if (!text)
		return -1;
	len = unescape(arg, text, &echo->newline);
	return command_print(eval, text, len, err);
}

static int echo_aloud(struct eval *eval, const struct args *args,
	struct echo *echo, struct error *err)
{
	size_t i;

	for (i = echo->from; i < args->count; i++)
		if ((i > echo->from && command_puts(eval, " ", err) < 0) ||
			echo_argument(eval, echo, args->list[i], err) < 0)
			return -1;
	if (echo->newline && command_puts(eval, "\n", err) < 0)
		return -1;
	return STATUS_OK;
}

/* Nobody listens: the first few are notes. */
static void note_echo(struct eval *eval, const struct args *args, size_t from)
{
	size_t i, len = 0;
	char text[256];

	if (from == args->count || eval->echoes++ >= EVAL_ECHOES_MAX)
		return;
	text[0] = '\0';
	for (i = from; i < args->count && len < sizeof(text) - 1; i++) {
		if (i > from)
			text[len++] = ' ';
		text[len] = '\0';
		strncat(text, args->list[i], sizeof(text) - 1 - len);
		len = strlen(text);
	}
	guest_note(eval->guest, NOTE_DETAIL, "the script says: %s", text);
}

int cmd_echo(struct eval *eval, const struct args *args, struct error *err)
{
	struct echo echo = read_echo(args);

	if (command_heard(eval))
		return echo_aloud(eval, args, &echo, err);
	note_echo(eval, args, echo.from);
	return STATUS_OK;
}

enum { CAT_DOS };
static const struct option_spec cat_options[] = {
	[CAT_DOS] = { "dos", 0, OPTION_FLAG },
	{ 0 },
};

/* The file that is shown. */
struct cat {
	struct eval *eval;
	bool dos; /* CR and LF are one newline */
	struct error *err;
};

/* Is the character, of so many bytes, shown as it is? */
static bool is_shown(const char *at, size_t len)
{
	const uint8_t byte = (uint8_t)*at;

	return len > 1 || *at == '\n' || *at == '\t' ||
		(byte >= 0x20 && byte < 0x7f);
}

/* A byte that is not shown as it is: <hex>, but for the CR of a newline. */
static int print_odd_byte(
	const struct cat *cat, const char *at, const char *end)
{
	if (cat->dos && *at == '\r' && at + 1 < end && at[1] == '\n')
		return 0;
	return command_printf(cat->eval, cat->err, "<%x>", (uint8_t)*at);
}

/* All whole characters that there are; how many bytes they took, or -1. */
static ssize_t print_characters(
	const struct cat *cat, const char *text, size_t len, bool last)
{
	const char *at = text, *shown = text, *const end = text + len;
	uint32_t point;
	size_t n;

	for (; at < end && (last || end - at >= CHARACTER_MAX); at += n) {
		n = utf8_decode(at, (size_t)(end - at), &point);
		if (n > 0 && is_shown(at, n))
			continue;
		n = 1;
		if (command_print(cat->eval, shown, (size_t)(at - shown),
			    cat->err) < 0 ||
			print_odd_byte(cat, at, end) < 0)
			return -1;
		shown = at + 1;
	}
	if (command_print(cat->eval, shown, (size_t)(at - shown), cat->err) < 0)
		return -1;
	return at - text;
}

/* STATUS_OK, another status with eval->why filled, or -1. */
static int print_file(
	const struct cat *cat, struct fs *fs, const struct fs_node *node)
{
	char block[CAT_BLOCK];
	uint64_t off = 0;
	size_t got, held = 0;
	ssize_t taken;

	do {
		if (fs_read(fs, node, off, block + held, sizeof(block) - held,
			    &got, &cat->eval->why) < 0)
			return STATUS_READ_ERROR;
		if (eval_spend(cat->eval, 1, 0, cat->err) < 0)
			return -1;
		off += got;
		held += got;
		taken = print_characters(cat, block, held, off >= node->size);
		if (taken < 0)
			return -1;
		held -= (size_t)taken;
		memmove(block, block + taken, held);
	} while (off < node->size && got > 0);
	return command_puts(cat->eval, "\n", cat->err);
}

/* The one file that cat is to show; a status if there is another number. */
static int read_name(struct eval *eval, const struct args *args,
	struct cat *cat, const char **name)
{
	struct options options;
	const char *value;
	size_t names = 0;
	int option;

	options_start(&options, args, cat_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == CAT_DOS)
			cat->dos = true;
		else if (names++ == 0)
			*name = value;
	}
	if (names == 1)
		return STATUS_OK;
	return eval_fail(
		eval, args, STATUS_BAD_ARGUMENT, "one file was expected");
}

int cmd_cat(struct eval *eval, const struct args *args, struct error *err)
{
	struct cat cat = { .eval = eval, .err = err };
	const char *name = NULL;
	struct fs_node node;
	struct fs *fs;
	int status;

	if (!command_heard(eval))
		return STATUS_OK;
	status = read_name(eval, args, &cat, &name);
	if (status != STATUS_OK)
		return status;
	status = path_find(eval, name, &fs, &node, err);
	if (status < 0)
		return -1;
	if (status == 0)
		return eval_failed(eval, args, STATUS_NOT_FOUND);
	if (node.type != FS_FILE)
		return eval_fail(eval, args, STATUS_BAD_FILE_TYPE,
			"%s is not a regular file", name);
	status = print_file(&cat, fs, &node);
	return status > 0 ? eval_failed(eval, args, status) : status;
}
