/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the Boot Loader Specification: one file, and what the command
 * blscfg makes of a directory.  What a menu looks like then has cases
 * (tests/cases/grub2/bls_*).
 */
#include <stdio.h>
#include <string.h>

#include "src/config/bls.h"
#include "src/config/bls_order.h"
#include "src/config/config.h"
#include "src/config/grub2/bls_script.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static struct bls_entry entry;

static void setup(void)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/vm0", "kernel");
}

static void teardown(void)
{
	formattest_end();
}

/* One file */

static int parse(const char *text, size_t len)
{
	return bls_parse((struct text){ text, len }, BLS_GRUB, &entry,
		&fake.arena, &err);
}

static void must_parse(const char *text)
{
	ck_assert_msg(parse(text, strlen(text)) == 0, "%s", err.text);
}

static const char fedora[] = "title Fedora Linux (6.2.9) 38\n"
			     "version 6.2.9\n"
			     "linux /vmlinuz-6.2.9\n"
			     "initrd /initramfs-6.2.9.img $tuned_initrd\n"
			     "initrd /more.img\n"
			     "options $kernelopts $tuned_params\n"
			     "grub_users $grub_users\n"
			     "grub_arg --unrestricted\n"
			     "grub_class fedora\n";

START_TEST(an_entry_is_read_as_it_stands)
{
	must_parse(fedora);
	ck_assert_str_eq(entry.title, "Fedora Linux (6.2.9) 38");
	ck_assert_str_eq(entry.kernel, "/vmlinuz-6.2.9");
	ck_assert_uint_eq(entry.initrd_count, 2);
	ck_assert_str_eq(
		entry.initrds[0], "/initramfs-6.2.9.img $tuned_initrd");
	ck_assert_str_eq(entry.initrds[1], "/more.img");
	ck_assert_str_eq(entry.options, "$kernelopts $tuned_params");
	ck_assert_str_eq(entry.users, "$grub_users");
	ck_assert_uint_eq(entry.arg_count, 1);
	ck_assert_str_eq(entry.args[0], "--unrestricted");
}
END_TEST

START_TEST(what_is_not_there_is_null)
{
	must_parse("linux /k");
	ck_assert_ptr_null(entry.title);
	ck_assert_ptr_null(entry.options);
	ck_assert_ptr_null(entry.users);
	ck_assert_uint_eq(entry.initrd_count + entry.arg_count, 0);
}
END_TEST

static const struct {
	const char *file;
	const char *kernel; /* NULL: there is no entry */
	const char *options;
} lines[] = {
	{ "linux /k\noptions a\noptions b\n", "/k", "a" },
	{ "linux /k\nlinux /l\n", "/k", NULL },
	{ " \t linux \t /k \t \r\n", "/k", NULL },
	{ "linux /k\r\noptions a\r\n", "/k", "a" },
	{ "# linux /no\n  # linux /no\nlinux /k", "/k", NULL },
	{ "#\nlinux /k\n", "/k", NULL },
	{ "linux /k\n\noptions a\n", "/k", NULL },
	{ "linux /k\n \t\noptions a\n", "/k", NULL },
	{ "linux /k\n\r\noptions a\n", "/k", NULL },
	{ "linux /k\nversion\noptions a\n", "/k", NULL },
	{ "linux /k\nversion \noptions a\n", "/k", NULL },
	{ "nosuch key\nlinux /k\noptions a\n", "/k", "a" },
	{ "LINUX /no\nLinuxefi /no\nlinux16 /no\nlinux /k\n", "/k", NULL },
	{ "\xef\xbb\xbflinux /k\n", "/k", NULL },
	{ "", NULL, NULL },
	{ "\nlinux /k\n", NULL, NULL },
	{ "linux", NULL, NULL },
	{ "linux \n", NULL, NULL },
	{ "title x\nefi /shell.efi\n", NULL, NULL },
};

START_TEST(a_line_is_a_key_blanks_and_a_value)
{
	int r = parse(lines[_i].file, strlen(lines[_i].file));

	if (!lines[_i].kernel) {
		ck_assert_int_eq(r, -1);
		ck_assert_int_eq(err.code, ERR_SYNTAX);
		ck_assert_str_eq(err.text, "there is no linux line");
		return;
	}
	ck_assert_msg(r == 0, "%s", err.text);
	ck_assert_str_eq(entry.kernel, lines[_i].kernel);
	ck_assert_pstr_eq(entry.options, lines[_i].options);
}
END_TEST

START_TEST(a_nul_ends_its_line_only)
{
	static const char file[] = "title a\0b\nlinux\0 /no\nlinux /k\n";
	static const char value[] = "linux /k\0/l\noptions a\n";

	ck_assert_int_eq(parse(file, sizeof(file) - 1), -1);
	ck_assert_str_eq(entry.title, "a");
	ck_assert_int_eq(parse(value, sizeof(value) - 1), 0);
	ck_assert_str_eq(entry.kernel, "/k");
	ck_assert_str_eq(entry.options, "a");
}
END_TEST

/* The copy is exactly as long as the text, so that ASan sees one byte more. */
START_TEST(a_file_may_end_anywhere)
{
	const size_t whole = strlen("title Fedora Linux (6.2.9) 38\n"
				    "version 6.2.9\nlinux /");
	size_t len;
	char *copy;

	for (len = 0; len < sizeof(fedora); len++) {
		copy = malloc(len ? len : 1);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, fedora, len);
		ck_assert_int_eq(parse(copy, len), len < whole ? -1 : 0);
		if (len < whole)
			ck_assert_str_eq(err.text, "there is no linux line");
		free(copy);
	}
}
END_TEST

static const struct {
	const char *line;
	size_t max;
	const char *message;
} repeated[] = {
	{ "initrd /i\n", BLS_INITRDS_MAX,
		"line 66: more than 64 initrd lines" },
	{ "grub_arg a\n", BLS_ARGS_MAX,
		"line 66: more than 64 grub_arg lines" },
};

START_TEST(lines_of_a_kind_are_limited)
{
	char file[2048] = "linux /k\n";
	size_t i;

	for (i = 0; i < repeated[_i].max; i++)
		strcat(file, repeated[_i].line);
	must_parse(file);
	ck_assert_uint_eq(
		entry.initrd_count + entry.arg_count, repeated[_i].max);
	strcat(file, repeated[_i].line);
	ck_assert_int_eq(parse(file, strlen(file)), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, repeated[_i].message);
}
END_TEST

/* The command */

static void must_load(const char *script)
{
	ck_assert_msg(load(script) == 0, "%s", err.text);
}

static const char *booted(size_t index)
{
	if (run(index) < 0)
		return err.text;
	return outcome.menu ? "a menu" : outcome.boot.args;
}

static void add_entries(size_t from, size_t to)
{
	char path[64];

	for (; from < to; from++) {
		/* made in no order that a menu could have */
		snprintf(path, sizeof(path), "/loader/entries/m-%zu-1.conf",
			from * 7919 % 100003);
		fakefs_text(files, path, "linux /vm0\n");
	}
}

START_TEST(an_entry_becomes_a_script)
{
	fakefs_text(files, "/loader/entries/a-1.conf",
		"title T\nlinux /vm0\ninitrd /b/i $x\ninitrd /j\n"
		"options $opts q=1\n");
	must_load("early_initrd=' u  v '; opts='a b'; blscfg\n");
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_str_eq(config.menu->entries[0].source,
		"load_video\n"
		"linux /vm0 a b q=1\n"
		"initrd /b/u /b/v /b/i $x /j\n");
	ck_assert_str_eq(booted(0), "a b q=1");
}
END_TEST

START_TEST(the_script_of_a_bare_entry_is_short)
{
	fakefs_text(files, "/loader/entries/a-1.conf", "linux /vm0\n");
	must_load("save_default=true; blscfg\n");
	ck_assert_str_eq(config.menu->entries[0].source,
		"savedefault\nload_video\nlinux /vm0 \n");
	ck_assert_str_eq(config.menu->entries[0].title, "a-1");
	ck_assert_str_eq(config.menu->entries[0].id, "a-1");
}
END_TEST

START_TEST(entries_are_no_includes_and_come_in_order)
{
	size_t i;

	add_entries(0, CONFIG_INCLUDES_MAX + 1);
	must_load("blscfg\n");
	ck_assert_uint_eq(config.menu->count, CONFIG_INCLUDES_MAX + 1);
	for (i = 1; i < config.menu->count; i++)
		ck_assert_int_gt(
			bls_compare(text_of(config.menu->entries[i - 1].id),
				text_of(config.menu->entries[i].id)),
			0);
}
END_TEST

START_TEST(a_directory_has_a_limit)
{
	add_entries(0, BLS_ENTRIES_MAX);
	must_load("blscfg\n");
	ck_assert_uint_eq(config.menu->count, BLS_ENTRIES_MAX);
	add_entries(BLS_ENTRIES_MAX, BLS_ENTRIES_MAX + 1);
	ck_assert_int_eq(load("\nblscfg\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 2: fakefs: /loader/entries: more than 1024 entries");
}
END_TEST

START_TEST(a_loop_of_blscfg_ends)
{
	add_entries(0, BLS_ENTRIES_MAX);
	ck_assert_int_eq(load("while true; do blscfg; done\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(strstr(err.text, "the limit of 16777216 bytes") ||
				strstr(err.text, "more than 1000000 commands")
			? err.text
			: NULL);
}
END_TEST

/* An entry whose line is as long as told, with one after the other byte. */
static void put_long(const char *before, size_t len)
{
	static char file[2 * BLS_SCRIPT_MAX];
	size_t at =
		(size_t)snprintf(file, sizeof(file), "linux /vm0\n%s", before);

	memset(file + at, 'x', len);
	file[at + len] = '\0';
	fakefs_text(files, "/loader/entries/a-1.conf", file);
}

START_TEST(a_script_has_a_limit)
{
	size_t most = BLS_SCRIPT_MAX - strlen("load_video\nlinux /vm0 \n");

	put_long("options ", most);
	must_load("blscfg\n");
	ck_assert_uint_eq(
		strlen(config.menu->entries[0].source), BLS_SCRIPT_MAX);
	put_long("options ", most + 1);
	ck_assert_int_eq(load("blscfg\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 1: /loader/entries/a-1.conf: its script is more than "
		"65536 bytes");
}
END_TEST

START_TEST(values_that_multiply_are_stopped)
{
	char options[4096] = "options";

	for (size_t i = 0; i < 1000; i++)
		strcat(options, " $x");
	put_long(options, 0);
	ck_assert_int_eq(load("x=0123456789012345678901234567890123456789\n"
			      "x=$x$x$x\nblscfg\n"),
		-1);
	ck_assert_str_eq(err.text,
		"line 3: /loader/entries/a-1.conf: its script is more than "
		"65536 bytes");
}
END_TEST

/* A million values of half a MiB: looking at each would take the day. */
START_TEST(a_script_that_is_full_takes_no_more_values)
{
	static char file[(3 << 20) + 64] = "linux /vm0\n";
	char *at = file + strlen(file);

	at = stpcpy(at, "options ");
	for (size_t i = 0; i < (3 << 20) / 3; i++)
		at = stpcpy(at, "$x ");
	fakefs_put(
		files, "/loader/entries/a-1.conf", file, (size_t)(at - file));
	ck_assert_int_eq(load("x=01234567\n"
			      "for i in 1 2 3 4 5 6 7 8 9 a b c d e f g; do\n"
			      "x=$x$x\ndone\nblscfg\n"),
		-1);
	ck_assert_str_eq(err.text,
		"line 5: /loader/entries/a-1.conf: its script is more than "
		"65536 bytes");
}
END_TEST

START_TEST(a_title_has_a_limit)
{
	put_long("title ", MENU_TITLE_MAX);
	must_load("blscfg\n");
	ck_assert_uint_eq(
		strlen(config.menu->entries[0].title), MENU_TITLE_MAX);
	put_long("title ", MENU_TITLE_MAX + 1);
	ck_assert_int_eq(load("blscfg\n"), -1);
	ck_assert_str_eq(err.text,
		"line 1: /loader/entries/a-1.conf: a title of more than 4096 "
		"bytes");
}
END_TEST

START_TEST(the_limits_of_an_entry_name_its_file)
{
	char file[2048] = "linux /vm0\n";

	for (size_t i = 0; i <= BLS_INITRDS_MAX; i++)
		strcat(file, "initrd /i\n");
	fakefs_text(files, "/loader/entries/a-1.conf", file);
	ck_assert_int_eq(load("blscfg\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 1: /loader/entries/a-1.conf: line 66: more than 64 "
		"initrd lines");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_left_out)
{
	add_entries(0, 2);
	fakefs_text(files, "/loader/entries/m-3-1.conf", "linux /vm0\n");
	fakefs_break(files, "/loader/entries/m-3-1.conf");
	must_load("blscfg\n");
	ck_assert_uint_eq(config.menu->count, 2);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
	ck_assert_ptr_nonnull(strstr(fake.guest.notes[0].text,
		"fakefs: /loader/entries/m-3-1.conf: "));
	ck_assert_ptr_nonnull(
		strstr(fake.guest.notes[0].text, ": the entry is left out"));
}
END_TEST

static const struct {
	const char *script;
	const char *note;
} nowhere[] = {
	{ "blscfg\n",
		"line 1: blscfg: fakefs: /loader/entries: no such file; "
		"no entries come of it" },
	{ "blsdir=/x\nblscfg\n",
		"line 2: blscfg: fakefs: /x: no such file; "
		"no entries come of it" },
	{ "blscfg (hd7)/x\n",
		"line 1: blscfg: no device (hd7); no entries come of it" },
	{ "blscfg (hd7)/x/a.conf\n",
		"line 1: blscfg: no device (hd7); no entries come of it" },
	{ "blscfg /vm0\n",
		"line 1: blscfg: fakefs: /vm0: is not a directory; "
		"no entries come of it" },
	{ "blscfg /x/a.conf\n",
		"fakefs: /x/a.conf: no such file: the entry is left out" },
};

START_TEST(a_directory_that_is_not_there_is_told)
{
	must_load(nowhere[_i].script);
	ck_assert_uint_eq(config.menu->count, 0);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
	ck_assert_str_eq(fake.guest.notes[0].text, nowhere[_i].note);
}
END_TEST

START_TEST(only_blscfg_changes_the_dialect)
{
	must_load("set default=1x\nmenuentry A { linux /vm0 \\x20 }\n"
		  "menuentry B { linux /vm0 }\n");
	ck_assert_uint_eq(config.menu->chosen, 1);
	ck_assert_str_eq(booted(0), "x20");
	fakefs_dir(files, "/loader/entries");
	must_load("set default=1x\nmenuentry A { linux /vm0 \\x20 }\n"
		  "menuentry B { linux /vm0 }\nblscfg\n");
	ck_assert_uint_eq(config.menu->chosen, 0);
	ck_assert_str_eq(booted(0), "\\x20");
}
END_TEST

/* Escapes that are whole, and those that end too soon. */
static const struct {
	const char *word;
	const char *args;
} escapes[] = {
	{ "a\\x20b", "a\\x20b" },
	{ "\\x2", "x2" },
	{ "\\x", "x" },
	{ "\\xg0", "xg0" },
	{ "\\x0g", "x0g" },
	{ "\\X20", "X20" },
	{ "'a\\x2Fb'", "a\\x2Fb" },
	{ "\"a\\xfFb c\"", "\"a\\xfFb c\"" },
	{ "'a\\y'", "a\\\\y" },
	{ "\\\\x20", "\\x20" },
};

START_TEST(hexadecimal_escapes_stay)
{
	char script[128];

	fakefs_dir(files, "/loader/entries");
	snprintf(script, sizeof(script),
		"blscfg\nmenuentry A { linux /vm0 %s }\n", escapes[_i].word);
	must_load(script);
	ck_assert_str_eq(booted(0), escapes[_i].args);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("bls");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_entry_is_read_as_it_stands);
	tcase_add_test(tc, what_is_not_there_is_null);
	tcase_add_loop_test(
		tc, a_line_is_a_key_blanks_and_a_value, 0, LENGTH(lines));
	tcase_add_test(tc, a_nul_ends_its_line_only);
	tcase_add_test(tc, a_file_may_end_anywhere);
	tcase_add_loop_test(
		tc, lines_of_a_kind_are_limited, 0, LENGTH(repeated));
	tcase_add_test(tc, an_entry_becomes_a_script);
	tcase_add_test(tc, the_script_of_a_bare_entry_is_short);
	tcase_add_test(tc, entries_are_no_includes_and_come_in_order);
	tcase_add_test(tc, a_directory_has_a_limit);
	tcase_add_test(tc, a_loop_of_blscfg_ends);
	tcase_add_test(tc, a_script_has_a_limit);
	tcase_add_test(tc, values_that_multiply_are_stopped);
	tcase_add_test(tc, a_script_that_is_full_takes_no_more_values);
	tcase_add_test(tc, a_title_has_a_limit);
	tcase_add_test(tc, the_limits_of_an_entry_name_its_file);
	tcase_add_test(tc, a_file_that_cannot_be_read_is_left_out);
	tcase_add_loop_test(
		tc, a_directory_that_is_not_there_is_told, 0, LENGTH(nowhere));
	tcase_add_test(tc, only_blscfg_changes_the_dialect);
	tcase_add_loop_test(tc, hexadecimal_escapes_stay, 0, LENGTH(escapes));
	return run_suite("bls", &tc, 1);
}
