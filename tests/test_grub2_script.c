/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bare script: what it prints, what is noted, and how it ends.  The language
 * itself has cases (tests/cases/grub2) and tests/contract_grub_script.py.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/script.h"
#include "tests/support/fakeguest.h"
#include "tests/support/printed.h"
#include "tests/support/runner.h"

static struct fakeguest fake;
static struct fakefs *files;
static struct error err;

static void begin(void)
{
	fakeguest_init(&fake);
	printed_begin(&fake.guest);
	error_clear(&err);
}

static void setup(void)
{
	begin();
	files = fakeguest_add(&fake, "hd0,msdos1", "1234-abcd", "root");
	fakefs_text(files, "/boot/grub/grub.cfg", "echo in $1 $x\nnosuch\n");
	fakefs_text(files, "/text", "one\ntwo\r\nlast");
	fakefs_text(files, "/vmlinuz", "kernel");
	fakefs_text(files, "/initrd", "ramdisk");
	fakefs_touch(files, "/text", 1700000000);
	fakefs_link(files, "/link", "text");
	fakefs_dir(files, "/sub/.below");
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

static int run(const char *script)
{
	return grub2_script(&fake.guest, "x.cfg", text_of(script), &err);
}

static const char *output(const char *script)
{
	ck_assert_msg(run(script) == 0, "%s", err.text);
	return printed;
}

static const char *note(size_t i)
{
	ck_assert_uint_gt(fake.guest.note_count, i);
	return fake.guest.notes[i].text;
}

START_TEST(what_is_printed_comes_as_it_is)
{
	static const char head[] = "echo '", tail[] = "'";
	char script[300] = "echo '", expect[300];
	size_t len = sizeof(head) - 1;
	int c;

	for (c = 1; c < 256; c++)
		if (c != '\'' && c != '\r')
			script[len++] = (char)c;
	memcpy(expect, script + sizeof(head) - 1, len - sizeof(head) + 1);
	expect[len - sizeof(head) + 1] = '\n';
	expect[len - sizeof(head) + 2] = '\0';
	memcpy(script + len, tail, sizeof(tail));
	/* a line that begins with # is left out: none does */
	ck_assert_str_eq(output(script), expect);
}
END_TEST

static const struct {
	const char *script;
	const char *output;
} outputs[] = {
	{ "", "" },
	{ "echo", "\n" },
	{ "echo a 'b  c' d", "a b  c d\n" },
	{ "echo -n a; echo -e 'b\\tc\\q\\\\'", "ab\tc\\\n" },
	{ "echo -e 'a\\c' b; echo -- -n", "a b-n\n" },
	{ "echo $root $prefix", "hd0,msdos1 (hd0,msdos1)/boot/grub\n" },
	{ "echo [$config_file] $grub_platform $?", "[] pc 0\n" },
	{ "nosuch; echo $?; false; echo $?", "0\n1\n" },
	{ "fi\necho b", "b\n" },
	{ "cat /text", "one\ntwo<d>\nlast\n" },
	{ "cat --dos /link", "one\ntwo\nlast\n" },
	{ "cat /sub; echo $?", "4\n" },
	{ "cat /nope; echo $?; cat; echo $?", "5\n18\n" },
	{ "ls", "(hd0) (hd0,msdos1) \n" },
	{ "ls (hd0)",
		"Device hd0: No known filesystem detected - Sector "
		"size 512B - Total size 0KiB\n" },
	{ "ls /", "boot/ text vmlinuz initrd link sub/ \n" },
	{ "ls /sub /boot", "\ngrub/ \n" },
	{ "ls -a /sub", "./ ../ .below/ \n" },
	{ "ls -l /text", "13           20231114221320 text\n\n" },
	{ "ls /nope; echo $?; ls -x; echo $?", "0\n18\n" },
	{ "x=2; A=1; set y", "" },
	{ "probe -u hd0,1; probe -s v -l hd0,1; echo $v", "1234-abcdroot\n" },
	{ "search -f /text; search -l root --set v; echo $v",
		" hd0,msdos1hd0,msdos1\n" },
	{ "search -f /nope; echo $?; search -f --hint hd0,1 /text",
		"5\n hd0,msdos1" },
	{ "tr ab xy aabbc; tr -s v -U a; echo $v", "xxyyc\nA\n" },
	{ "insmod regexp; echo (*) *", "(hd0) (hd0,msdos1) (hd0)\n" },
	{ "x=5; source /boot/grub/grub.cfg; echo out", "in 5\nout\n" },
	{ "echo a; exit; echo b", "a\n" },
	{ "configfile /boot/grub/grub.cfg; echo out", "in\nout\n" },
	{ "help; lsmod; clear; sleep 1; date", "" },
};

START_TEST(prints_what_grub_prints)
{
	ck_assert_str_eq(output(outputs[_i].script), outputs[_i].output);
}
END_TEST

START_TEST(set_lists_the_variables_by_name)
{
	const char *list = output("zz='a b'; A=1; unset pager; set");

	ck_assert_int_eq(
		strncmp(list, "?=0\nA=1\ncheck_signatures=no\n", 27), 0);
	ck_assert_ptr_nonnull(strstr(list, "\nroot=hd0,msdos1\n"));
	ck_assert_ptr_null(strstr(list, "pager"));
	ck_assert_str_eq(list + strlen(list) - 8, "\nzz=a b\n");
}
END_TEST

START_TEST(list_env_lists_the_block)
{
	char block[1025];

	memset(block, '#', sizeof(block));
	memcpy(block, "# GRUB Environment Block\na=1\nb=x y\\\\\n", 37);
	fakefs_put(files, "/boot/grub/grubenv", block, 1024);
	ck_assert_str_eq(output("list_env; list_env -f /text; echo $?"),
		"a=1\nb=x y\\\n4\n");
}
END_TEST

START_TEST(a_nul_is_never_printed)
{
	fakefs_put(files, "/block", "# GRUB Environment Block\na\0\0b=1\n", 32);
	ck_assert_str_eq(output("list_env -f /block; echo end"), "ab=1\nend\n");
	printed_len = 0;
	ck_assert_ptr_nonnull(
		strstr(output("load_env -f /block; set"), "ab=1\n"));
}
END_TEST

START_TEST(cat_does_not_cut_characters)
{
	char text[4100], expect[4200];
	size_t i;

	/* wherever a block of 4096 bytes ends, it ends inside a character */
	for (i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	text[i++] = '\xff';
	fakefs_put(files, "/euro", text, i);
	memcpy(expect, text, i - 1);
	strcpy(expect + i - 1, "<ff>\n");
	ck_assert_str_eq(output("cat /euro"), expect);
}
END_TEST

START_TEST(cat_shows_what_is_no_text)
{
	fakefs_put(files, "/odd", "a\0b\x1b[m\x7f\xc3\t\xc3\xa9\xe2\x82", 13);
	ck_assert_str_eq(
		output("cat /odd"), "a<0>b<1b>[m<7f><c3>\t\xc3\xa9<e2><82>\n");
}
END_TEST

START_TEST(cat_says_that_the_disk_is_bad)
{
	fakefs_break(files, "/text");
	ck_assert_str_eq(output("cat /text; echo $?"), "6\n");
	ck_assert_ptr_nonnull(strstr(note(0), "x.cfg: line 1: cat: "));
}
END_TEST

START_TEST(ls_shows_details)
{
	fakefs_put(files, "/dir/large", printed, 2047);
	fakefs_touch(files, "/dir/large", 1700000000);
	fakefs_link(files, "/dir/link", "/text");
	fakefs_link(files, "/dir/lost", "/nope");
	ck_assert_str_eq(output("ls -l /dir"),
		"2047         20231114221320 large\n"
		"13           20231114221320 link\n"
		"5                           lost\n\n");
	printed_len = 0;
	ck_assert_str_eq(output("ls -lh /dir/large"),
		"2.00K        2023-11-14 22:13:20 Tuesday     large\n\n");
	printed_len = 0;
	ck_assert_str_eq(output("ls -l (hd0,msdos1)"),
		"\tPartition hd0,msdos1: Filesystem type fakefs - Label "
		"`root', UUID 1234-abcd - Partition start at 1024KiB - Total "
		"size 1024KiB\n");
}
END_TEST

START_TEST(nothing_is_printed_where_nobody_listens)
{
	fake.guest.print = NULL;
	ck_assert_int_eq(run("echo a; ls; cat /text; set; probe -f hd0,1; "
			     "search -f /text; tr a b c; list_env"),
		0);
	ck_assert_str_eq(printed, "");
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_str_eq(note(0), "the script says: a");
}
END_TEST

START_TEST(failures_are_told_with_their_lines)
{
	output("echo a\ncat /nope\nfor i in 1; do\n\tlinux /none\ndone\n"
	       "source /boot/grub/grub.cfg\nif fi\nnosuch\ntest a -eq 1\n");
	ck_assert_str_eq(
		note(0), "x.cfg: line 2: cat: fakefs: /nope: no such file");
	ck_assert_str_eq(
		note(1), "x.cfg: line 4: linux: fakefs: /none: no such file");
	ck_assert_str_eq(note(2),
		"/boot/grub/grub.cfg: line 2: unknown command \"nosuch\", "
		"ignored as GRUB does");
	ck_assert_str_eq(note(3),
		"x.cfg: line 7: unexpected \"fi\"; \"then\" is missing: "
		"GRUB drops this statement");
	ck_assert_str_eq(note(4), "x.cfg: line 9: test: \"a\" is not a number");
	ck_assert_uint_eq(fake.guest.note_count, 5);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_ANSWER);
	ck_assert_int_eq(fake.guest.notes[2].level, NOTE_ANSWER);
	ck_assert_int_eq(fake.guest.notes[3].level, NOTE_WARNING);
}
END_TEST

START_TEST(a_missing_ramdisk_is_told_of_once)
{
	output("linux /vmlinuz\ninitrd /nope\n");
	ck_assert_str_eq(
		note(0), "x.cfg: line 2: initrd: fakefs: /nope: no such file");
	ck_assert_uint_eq(fake.guest.note_count, 1);
}
END_TEST

START_TEST(boot_says_what_it_would_start)
{
	ck_assert_str_eq(output("linux /vmlinuz root=x 'a b'\ninitrd /initrd\n"
				"echo a\nboot\necho b\n"),
		"a\n");
	ck_assert_str_eq(note(0),
		"x.cfg: line 4: boot: would start (hd0,msdos1)/vmlinuz with 1 "
		"ramdisk and the arguments \"root=x \"a b\"\"");
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_ANSWER);
}
END_TEST

START_TEST(boot_of_nothing_goes_on)
{
	ck_assert_str_eq(output("boot; echo $?"), "22\n");
	ck_assert_str_eq(note(0), "x.cfg: line 1: boot: no kernel is loaded");
}
END_TEST

START_TEST(long_arguments_are_shown_in_part)
{
	char script[1000] = "linux /vmlinuz ";
	size_t len = strlen(script);

	memset(script + len, 'x', 600);
	strcpy(script + len + 600, "; boot");
	output(script);
	ck_assert_ptr_nonnull(strstr(note(0), "xxx...\""));
	ck_assert_uint_lt(strlen(note(0)), 500);
}
END_TEST

START_TEST(entries_are_counted)
{
	output("menuentry a { true }\nsubmenu b { echo no }\n");
	ck_assert_str_eq(note(0), "x.cfg: a menu with 2 entries");
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
}
END_TEST

START_TEST(a_menu_that_comes_up_ends_the_script)
{
	fakefs_text(files, "/menu.cfg", "menuentry a { true }\n");
	ck_assert_str_eq(output("echo a; configfile /menu.cfg; echo b"), "a\n");
	ck_assert_str_eq(note(0), "x.cfg: a menu with 1 entry");
}
END_TEST

static const struct {
	const char *script;
	const char *why;
} endless[] = {
	{ "\nwhile true; do x=1; done",
		"x.cfg: line 2: the script runs more than 1000000 commands" },
	{ "x=xxxxxxxx\n\nwhile true; do x=$x$x; done",
		"x.cfg: line 3: an argument of more than 1048576 bytes" },
	{ "function f { f; }\nf",
		"x.cfg: line 1: statements, functions and files more than 512 "
		"deep" },
	{ "while true; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
		"x.cfg: line 1: enough" },
	{ "while true; do cat /text; done", "x.cfg: line 1: enough" },
	{ "while true; do ls /; done", "x.cfg: line 1: enough" },
	{ "while true; do ls -l; done", "x.cfg: line 1: enough" },
	{ "while true; do set; done", "x.cfg: line 1: enough" },
	{ "while true; do probe -u hd0,1; done", "x.cfg: line 1: enough" },
	{ "while true; do search -f /text; done", "x.cfg: line 1: enough" },
	{ "while true; do tr a b aaaaaaaaaaaaaaaaaa; done",
		"x.cfg: line 1: enough" },
	{ "source /loop", "x.cfg: /loop: line 1: enough" },
	/* looking for the file is what is too much: there is no block then */
	{ "while true; do load_env; done",
		"x.cfg: line 1: the script runs more than 1000000 commands" },
	{ "while true; do list_env; done",
		"x.cfg: line 1: the script runs more than 1000000 commands" },
};

START_TEST(what_does_not_end_is_ended)
{
	fakefs_text(files, "/loop", "while true; do echo aaaaaaaaa; done");
	printed_max = 10000;
	ck_assert_int_eq(run(endless[_i].script), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, endless[_i].why);
}
END_TEST

START_TEST(without_a_disk_there_is_no_root)
{
	teardown();
	begin();
	ck_assert_str_eq(output("echo [$root] [$prefix]; ls; cat /x; ls /x; "
				"search -f /x; probe -f hd0; test -e /x; "
				"load_env; insmod regexp; echo * (*)"),
		"[] []\n\n* (*)\n");
	ck_assert_str_eq(
		note(0), "x.cfg: line 1: cat: no device, $root is \"\"");
}
END_TEST

START_TEST(the_first_file_system_is_the_root)
{
	teardown();
	begin();
	fakefs_text(fakeguest_add(&fake, "hd0,msdos2", "", ""), "/grub2/x", "");
	fakefs_text(fakeguest_add(&fake, "hd1", "", ""), "/boot/grub/x", "");
	ck_assert_str_eq(output("echo $root $prefix"),
		"hd0,msdos2 (hd0,msdos2)/grub2\n");
}
END_TEST

START_TEST(the_root_can_be_chosen)
{
	fakefs_text(fakeguest_add(&fake, "hd0,msdos2", "", ""), "/x", "");
	/* as devices_select() leaves it */
	fake.devices.order[0] = fakeguest_device(&fake, "hd0,msdos2");
	fake.devices.order_count = 1;
	ck_assert_str_eq(output("echo $root $prefix"),
		"hd0,msdos2 (hd0,msdos2)/boot/grub\n");
}
END_TEST

START_TEST(survives_any_length)
{
	static const char script[] =
		"function f { echo $\"a $x ${y} $\" \"$@\"; return 3; }\nf a "
		"'b c'\nif test -f /text; then cat /text; else ls; fi\nfor i "
		"in (*)/t* \\$; do echo -e \"$i\\t\\n\"; done\nset\ntr -s x a "
		"b abc; ls -lah / (hd0) (hd0,1)/; boot";
	size_t len;

	for (len = 0; len < sizeof(script); len++) {
		teardown();
		setup();
		ck_assert_int_eq(grub2_script(&fake.guest, "x.cfg",
					 (struct text){ script, len }, &err),
			0);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("script");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_printed_comes_as_it_is);
	tcase_add_loop_test(tc, prints_what_grub_prints, 0, LENGTH(outputs));
	tcase_add_test(tc, set_lists_the_variables_by_name);
	tcase_add_test(tc, list_env_lists_the_block);
	tcase_add_test(tc, a_nul_is_never_printed);
	tcase_add_test(tc, cat_does_not_cut_characters);
	tcase_add_test(tc, cat_shows_what_is_no_text);
	tcase_add_test(tc, cat_says_that_the_disk_is_bad);
	tcase_add_test(tc, ls_shows_details);
	tcase_add_test(tc, nothing_is_printed_where_nobody_listens);
	tcase_add_test(tc, failures_are_told_with_their_lines);
	tcase_add_test(tc, a_missing_ramdisk_is_told_of_once);
	tcase_add_test(tc, boot_says_what_it_would_start);
	tcase_add_test(tc, boot_of_nothing_goes_on);
	tcase_add_test(tc, long_arguments_are_shown_in_part);
	tcase_add_test(tc, entries_are_counted);
	tcase_add_test(tc, a_menu_that_comes_up_ends_the_script);
	tcase_add_loop_test(tc, what_does_not_end_is_ended, 0, LENGTH(endless));
	tcase_add_test(tc, without_a_disk_there_is_no_root);
	tcase_add_test(tc, the_first_file_system_is_the_root);
	tcase_add_test(tc, the_root_can_be_chosen);
	tcase_add_test(tc, survives_any_length);
	return run_suite("grub2_script", &tc, 1);
}
