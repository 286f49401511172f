/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script of GRUB may be at most: each limit can be reached, and what
 * goes beyond it is told by its name (promise P5).  Those of single parts of
 * the language are tried where these are (test_grub2_parse.c, _env.c, _shell.c,
 * _complete.c; test_bls.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/expand.h"
#include "tests/support/formattest.h"
#include "tests/support/printed.h"
#include "tests/support/runner.h"

/* Those that only one file knows: */
#define NESTING_MAX 64   /* cmd_test.c */
#define PRINTF_MAX 1024  /* cmd_print.c */
#define CHAINED_MAX 16   /* grub2.c */
#define HINTS_MAX 16     /* cmd_search.c */
#define PATTERN_MAX 256  /* cmd_regexp.c */
#define SUBJECT_MAX 4096 /* the same */

static void put_block(const char *path)
{
	char block[CONFIG_BLOCK_SIZE];
	static const char header[] = "# GRUB Environment Block\n";

	memset(block, '#', sizeof(block));
	memcpy(block, header, sizeof(header) - 1);
	fakefs_put(files, path, block, sizeof(block));
}

static void setup(void)
{
	char path[32];
	int i;

	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	for (i = 1; i <= EVAL_BLOCKS_MAX + 1; i++) {
		snprintf(path, sizeof(path), "/block%d", i);
		put_block(path);
	}
}

static void teardown(void)
{
	formattest_end();
}

/* An entry if all before came to true. */
#define IF_TRUE "\nif [ $? = 0 ]; then menuentry A { true }; fi\n"

static const struct {
	const char *head, *piece;
	size_t most;
	const char *tail;
	const char *text;
} limits[] = {
	{ "", "function f@ { true; }\n", EVAL_FUNCTIONS_MAX, IF_TRUE,
		"line 1025: more than 1024 functions" },
	{ "", "password u@ x\n", EVAL_USERS_MAX, IF_TRUE,
		"line 65: more than 64 users with a password" },
	{ "x='", "a ", EXPAND_ARGS_MAX - 1, "'\necho $x" IF_TRUE,
		"line 2: a command with more than 65536 arguments" },
	{ "insmod regexp\necho ", "*", EXPAND_WILDCARDS_MAX, IF_TRUE,
		"line 2: more than 32 wildcards in one word" },
	{ "echo '", "x", ENV_VALUE_MAX, "'" IF_TRUE,
		"line 1: an argument of more than 1048576 bytes" },
	{ "", "save_env -f /block@ x\n", EVAL_BLOCKS_MAX, IF_TRUE,
		"line 9: more than 8 environment blocks are written" },
	{ "linux /k\ninitrd", " /i", BOOT_RAMDISKS_MAX, IF_TRUE,
		"line 2: a ramdisk of more than 64 pieces" },
};

START_TEST(takes_as_much_as_the_limit_and_no_more)
{
	ck_assert_str_eq(load_beyond(limits[_i].head, limits[_i].piece,
				 limits[_i].most, limits[_i].tail),
		limits[_i].text);
	ck_assert_uint_eq(config.menu->count, 1);
}
END_TEST

START_TEST(parentheses_of_a_test_are_as_deep_as_the_limit)
{
	char *close = repeat("a = a", " ')'", NESTING_MAX), *tail;

	if (asprintf(&tail, "%s" IF_TRUE, close) < 0)
		abort();
	ck_assert_str_eq(load_beyond("test ", "'(' ", NESTING_MAX, tail),
		"line 1: test: more than 64 parentheses deep");
	ck_assert_uint_eq(config.menu->count, 1);
	free(close);
	free(tail);
}
END_TEST

/* A kernel that firmware starts takes its ramdisks by itself. */
START_TEST(a_chainloaded_kernel_has_as_many_ramdisks_as_the_limit)
{
	char *stub = repeat("MZ", ".", 0x206);

	memcpy(stub + 0x1fe, "\x55\xaa", 2);
	memcpy(stub + 0x202, "HdrS", 4);
	fakefs_text(files, "/stub", stub);
	free(stub);
	ck_assert_str_eq(load_beyond("chainloader /stub", " initrd=/i",
				 BOOT_RAMDISKS_MAX, "\nboot\n"),
		"line 1: chainloader: more than 64 ramdisks");
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, BOOT_RAMDISKS_MAX);
}
END_TEST

/* Each of these GRUBs starts the next; the last has an entry. */
static void chain_grubs(unsigned int count)
{
	char path[64], text[64];
	unsigned int i;

	for (i = 1; i <= count; i++) {
		snprintf(path, sizeof(path), "/%u/grubx64.efi", i);
		fakefs_text(files, path, "MZ");
		snprintf(path, sizeof(path), "/%u/grub.cfg", i);
		snprintf(text, sizeof(text),
			"chainloader /%u/grubx64.efi\nboot", i + 1);
		fakefs_text(files, path,
			i < count ? text : "menuentry A { linux /k }");
	}
}

START_TEST(as_many_grubs_lead_to_each_other_as_the_limit)
{
	static const char first[] = "chainloader /1/grubx64.efi\nboot";
	static const char end[] = "more than 16 GRUBs lead to each other";

	chain_grubs(CHAINED_MAX);
	ck_assert_msg(load(first) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	teardown();
	setup();
	chain_grubs(CHAINED_MAX + 1);
	ck_assert_int_eq(load(first), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text + strlen(err.text) - strlen(end), end);
}
END_TEST

START_TEST(as_many_blocks_are_saved_as_the_limit)
{
	struct config_saved saved;
	char *block;

	fakefs_text(files, "/1/grubx64.efi", "MZ");
	block = numbered("save_env -f /block@ x\n", EVAL_BLOCKS_MAX);
	fakefs_text(files, "/1/grub.cfg", block);
	free(block);
	ck_assert_int_eq(load("save_env -f /block1 x\n"
			      "chainloader /1/grubx64.efi\nboot"),
		0);
	ck_assert_int_eq(grub2_format.saved(&config, &saved, &err), 0);
	ck_assert_uint_eq(saved.count, CONFIG_BLOCKS_MAX);
	fake.guest.opened = NULL;
	fake.guest.opened_count = 0;
	ck_assert_int_eq(load("save_env -f /block9 x\n"
			      "chainloader /1/grubx64.efi\nboot"),
		0);
	ck_assert_int_eq(grub2_format.saved(&config, &saved, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 8 environment blocks");
}
END_TEST

/* One entry may run as many commands as the script did. */
static const struct {
	const char *body;
	const char *alone, *together;
} endless[] = {
	{ "while true; do true; done",
		"line 3: the script runs more than 1000000 commands",
		"the entries that were looked at run more than 4000000 "
		"commands" },
	{ "x=\"$big\"; while true; do true $x$x$x$x; done",
		"line 3: the script handles more than 67108864 bytes",
		"the entries that were looked at handle more than 268435456 "
		"bytes" },
};

START_TEST(looking_at_entries_has_a_limit_of_all_together)
{
	char *big = repeat("big=", "x", 100000), *text;
	size_t i;

	if (asprintf(&text,
		    "%s\nexport big\nmenuentry A { %s }\n"
		    "menuentry B { linux /k }\n",
		    big, endless[_i].body) < 0)
		abort();
	ck_assert_int_eq(load(text), 0);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(peek(1), 0);
		ck_assert_int_eq(peek(0), -1);
		ck_assert_str_eq(
			err.text + strlen(err.text) - strlen(endless[_i].alone),
			endless[_i].alone);
	}
	/* what the last command did not get is left of the bytes */
	peek(0);
	ck_assert_int_eq(peek(1), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, endless[_i].together);
	/* to start one is no look */
	ck_assert_int_eq(run(1), 0);
	free(text);
	free(big);
}
END_TEST

/* No guest has names that are as long as this. */
START_TEST(what_is_put_together_to_be_printed_has_a_limit)
{
	char *text = repeat("", "x", PRINTF_MAX);
	char *longer = repeat("", "x", PRINTF_MAX + 1);

	printed_begin(&fake.guest);
	ck_assert_int_eq(load(""), 0);
	ck_assert_int_eq(command_printf(config.priv, &err, "%s", text), 0);
	ck_assert_uint_eq(printed_len, PRINTF_MAX);
	ck_assert_int_eq(command_printf(config.priv, &err, "%s", longer), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a line of more than 1024 bytes to print");
	ck_assert_uint_eq(printed_len, PRINTF_MAX);
	free(text);
	free(longer);
}
END_TEST

/* What an entry boots that runs a regexp of so many bytes on so many. */
static const char *match(size_t pattern, size_t subject)
{
	char *left = repeat("", "x", pattern),
	     *right = repeat("", "x", subject);
	char *text;

	if (asprintf(&text,
		    "menuentry A { if regexp '%s' '%s'; then linux /k; fi }",
		    left, right) < 0)
		abort();
	ck_assert_int_eq(load(text), 0);
	free(text);
	free(left);
	free(right);
	return run(0) == 0 ? "" : err.text;
}

START_TEST(a_regular_expression_has_a_limit)
{
	ck_assert_str_eq(match(PATTERN_MAX, SUBJECT_MAX), "");
	ck_assert_str_eq(match(PATTERN_MAX + 1, SUBJECT_MAX),
		"line 1: regexp: a pattern of more than 256 bytes");
	ck_assert_str_eq(match(PATTERN_MAX, SUBJECT_MAX + 1),
		"line 1: regexp: a text of more than 4096 bytes");
}
END_TEST

/* Beyond these limits nothing fails. */

START_TEST(so_many_unknown_commands_are_told_of)
{
	char *text = numbered("nosuch@\n", EVAL_UNKNOWN_MAX + 1);

	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(fake.guest.note_count, EVAL_UNKNOWN_MAX);
	free(text);
}
END_TEST

START_TEST(so_many_lines_of_echo_are_told_of)
{
	char *text = numbered("echo line @\n", EVAL_ECHOES_MAX + 1);

	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(fake.guest.note_count, EVAL_ECHOES_MAX);
	ck_assert_str_eq(fake.guest.notes[EVAL_ECHOES_MAX - 1].text,
		"the script says: line 8");
	free(text);
}
END_TEST

START_TEST(so_many_fallbacks_are_tried)
{
	char *entries =
		numbered("menuentry @ { true }\n", MENU_FALLBACKS_MAX + 1);
	char *text;

	if (asprintf(&text,
		    "%sfallback='0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16'",
		    entries) < 0)
		abort();
	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(config.menu->count, MENU_FALLBACKS_MAX + 1);
	ck_assert_uint_eq(config.menu->fallback_count, MENU_FALLBACKS_MAX);
	ck_assert_uint_eq(config.menu->fallback[MENU_FALLBACKS_MAX - 1],
		MENU_FALLBACKS_MAX - 1);
	free(text);
	free(entries);
}
END_TEST

/* $found after a search with hints that name no disk, and then hd1. */
static const char *search_behind(size_t hints)
{
	char *others = numbered(" --hint=hd9,@", hints);
	char *text;

	if (asprintf(&text,
		    "search --set=found --file%s --hint=hd1 /here\n"
		    "menuentry $found { true }\n",
		    others) < 0)
		abort();
	ck_assert_int_eq(load(text), 0);
	free(text);
	free(others);
	return config.menu->entries[0].title;
}

START_TEST(so_many_hints_are_followed)
{
	struct fakefs *second = fakeguest_add(&fake, "hd1", "", "");

	fakefs_text(files, "/here", "x");
	fakefs_text(second, "/here", "x");
	ck_assert_str_eq(search_behind(HINTS_MAX - 1), "hd1");
	ck_assert_str_eq(search_behind(HINTS_MAX), "hd0,msdos1");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("grub2_limits");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, takes_as_much_as_the_limit_and_no_more, 0, LENGTH(limits));
	tcase_add_test(tc, parentheses_of_a_test_are_as_deep_as_the_limit);
	tcase_add_test(
		tc, a_chainloaded_kernel_has_as_many_ramdisks_as_the_limit);
	tcase_add_test(tc, as_many_grubs_lead_to_each_other_as_the_limit);
	tcase_add_test(tc, as_many_blocks_are_saved_as_the_limit);
	tcase_add_loop_test(tc, looking_at_entries_has_a_limit_of_all_together,
		0, LENGTH(endless));
	tcase_add_test(tc, what_is_put_together_to_be_printed_has_a_limit);
	tcase_add_test(tc, a_regular_expression_has_a_limit);
	tcase_add_test(tc, so_many_unknown_commands_are_told_of);
	tcase_add_test(tc, so_many_lines_of_echo_are_told_of);
	tcase_add_test(tc, so_many_fallbacks_are_tried);
	tcase_add_test(tc, so_many_hints_are_followed);
	return run_suite("grub2_limits", &tc, 1);
}
