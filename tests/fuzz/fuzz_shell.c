/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_shell.c - GRUB's command line, and what Tab makes of a line
 *
 * Each line of the input is typed; in front of one that begins with a tab that
 * key is pressed instead, and then it is left.  Files are as in fuzz_config.h.
 */
#include <string.h>

#include "src/base/utf8.h"
#include "src/config/grub2/complete.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"
#include "tests/support/fakeguest.h"

#define LINES_MAX 64
#define CANDIDATES_MAX 20

struct session {
	struct fakeguest fake;
	struct config config;
	struct grub2_shell *shell;
	size_t said; /* strings of one completion */
};

static int print(void *ctx, const char *text, size_t len, struct error *err)
{
	size_t *left = ctx;

	MUST(len > 0 && !memchr(text, '\0', len));
	if (len > *left)
		return error_set(err, ERR_LIMIT, "enough");
	*left -= len;
	return 0;
}

/* What is inserted can be typed. */
static int say(void *ctx, const char *text, struct error *err)
{
	struct session *session = ctx;
	const char *at;

	(void)err;
	if (session->said++ == 0) {
		MUST(utf8_valid(text, strlen(text)));
		for (at = text; *at; at++)
			MUST((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
	MUST(session->said <= CANDIDATES_MAX + 2);
	return 0;
}

static void complete(struct session *session, const char *line)
{
	struct error err = { 0 };

	session->said = 0;
	if (grub2_complete(session->shell, line, CANDIDATES_MAX, say, session,
		    &err) < 0)
		MUST_SAY(&err);
	else
		MUST(session->said > 0);
}

/* The entries of a menu that came up are run, as a person would. */
static void run_menu(struct session *session, struct menu *menu)
{
	struct outcome outcome = { 0 };
	struct error err = { 0 };
	size_t i;

	MUST(menu->count > 0 && menu->chosen < menu->count);
	for (i = 0; i < menu->count && i < 4; i++)
		if (config_run(&session->config, menu, i, &outcome, &err) < 0)
			MUST_SAY(&err);
}

static void type(struct session *session, const char *line)
{
	struct outcome outcome = { 0 };
	struct error err = { 0 };
	int r = grub2_shell_run(session->shell, line, &outcome, &err);

	if (r < 0)
		MUST_SAY(&err);
	MUST(r <= SHELL_MENU);
	if (r == SHELL_BOOT)
		MUST(outcome.boot.kernel.path && outcome.boot.args);
	if (r == SHELL_MENU)
		run_menu(session, outcome.menu);
}

static void take_line(struct session *session, struct text text)
{
	struct error err = { 0 };
	char *line =
		arena_strndup(&session->fake.arena, text.at, text.len, &err);

	if (!line)
		return;
	if (line[0] == '\t')
		complete(session, line + 1);
	else
		type(session, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &grub2_format,
		.path = "/boot/grub/grub.cfg",
		.second = "/boot/grub/grubenv",
	};
	static const char menu[] = "set here=1\nfunction f { echo $1; }\n"
				   "menuentry A { linux /vmlinuz $x }\n";
	static struct session session;
	size_t printed = 1U << 20, lines = 0;
	struct error err = { 0 };
	struct text rest, line;

	if (size == 0)
		return 0;
	rest = fuzz_guest(&session.fake, &how, data, size);
	session.config = (struct config){
		.format = how.format,
		.guest = &session.fake.guest,
		.dev = fakeguest_device(&session.fake, "hd0,msdos1"),
		.path = how.path,
	};
	MUST_WORK(how.format->load(&session.config, text_of(menu), &err), &err);
	session.fake.guest.print = print;
	session.fake.guest.print_ctx = &printed;
	session.shell =
		grub2_shell_open(&session.config, session.config.menu, &err);
	MUST(session.shell);
	while (lines++ < LINES_MAX && text_next_line(&rest, &line))
		take_line(&session, line);
	run_menu(&session, session.config.menu);
	fakeguest_free(&session.fake);
	return 0;
}
