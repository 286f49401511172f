/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script does, seen from outside: its menu, the outcome of its entries,
 * the notes.  Single rules of the language have cases (tests/cases/grub2).
 */
#include <stdio.h>
#include <string.h>

#include "src/config/config.h"
#include "src/config/grub2/eval.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static void setup(void)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/vm0", "kernel");
	fakefs_text(files, "/vm1", "kernel");
}

static void teardown(void)
{
	formattest_end();
}

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

static const char *seen(size_t index)
{
	if (peek(index) < 0)
		return err.text;
	return outcome.menu ? "a menu" : outcome.boot.args;
}

START_TEST(an_empty_script_has_an_empty_menu)
{
	must_load("");
	ck_assert_ptr_nonnull(config.menu);
	ck_assert_uint_eq(config.menu->count, 0);
	ck_assert_uint_eq(config.menu->chosen, 0);
}
END_TEST

START_TEST(an_entry_keeps_its_source)
{
	must_load("menuentry A {\n\tlinux /vm0 'a b'\n}\n");
	ck_assert_str_eq(
		config.menu->entries[0].source, "\n\tlinux /vm0 'a b'\n");
	ck_assert_ptr_null(config.menu->entries[0].id);
}
END_TEST

START_TEST(what_an_entry_sets_stays_for_the_next)
{
	must_load("menuentry A { set x=1; eval 'function f { m=$1; }'\n"
		  "linux /nothere }\n"
		  "menuentry B { f 2; linux /vm0 x=$x m=$m }\n");
	ck_assert_str_eq(
		booted(0), "line 2: linux: fakefs: /nothere: no such file");
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(booted(1), "x=1 m=2");
}
END_TEST

START_TEST(a_peek_leaves_no_trace)
{
	must_load("set x=0\n"
		  "function f { g=old; }\n"
		  "menuentry A {\n set x=1; y=2; nosuch\n"
		  " eval 'function f { g=new; }'; eval '&&'\n export x\n"
		  " linux (hd0,msdos1)/vm0 peeked\n set root=hd9,1\n}\n"
		  "menuentry B { f; linux /vm0 $x $y $g $root }\n");
	ck_assert_str_eq(seen(0), "peeked");
	ck_assert_uint_eq(fake.guest.note_count, 0);
	ck_assert_str_eq(seen(1), "0 old hd0,msdos1");
	ck_assert_str_eq(booted(0), "peeked");
	ck_assert_uint_eq(fake.guest.note_count, 2);
	ck_assert_str_eq(booted(1), "1 2 new hd9,1");
}
END_TEST

START_TEST(a_menu_can_be_peeked_at_often)
{
	size_t before, i;

	must_load("submenu S { menuentry A { linux /vm0 $x } }\n"
		  "menuentry B { for i in 1 2 3; do x=$x$i; done; "
		  "linux /vm0 $x }\n");
	ck_assert_str_eq(seen(0), "a menu");
	before = fake.arena.used;
	for (i = 0; i < 10000; i++)
		ck_assert_str_eq(seen(1), "123");
	/* what an outcome needs, 64 bytes or so, but no more */
	ck_assert_uint_le(fake.arena.used - before, 10000 * 1000);
}
END_TEST

START_TEST(a_submenu_can_be_entered_again)
{
	struct menu *first, *second;

	must_load("submenu S { x=1$x; menuentry A { linux /vm0 $x } }\n");
	ck_assert_str_eq(booted(0), "a menu");
	first = outcome.menu;
	ck_assert_str_eq(booted(0), "a menu");
	second = outcome.menu;
	ck_assert_ptr_ne(first, second);
	ck_assert_int_eq(
		grub2_format.run(&config, first, 0, &outcome, &err), 0);
	ck_assert_str_eq(outcome.boot.args, "1");
	ck_assert_int_eq(
		grub2_format.run(&config, second, 0, &outcome, &err), 0);
	ck_assert_str_eq(outcome.boot.args, "1");
}
END_TEST

START_TEST(lists_need_no_files)
{
	fake.guest.assume_files = true;
	must_load("menuentry A { linux /nothere a\n initrd /none }\n");
	ck_assert_str_eq(seen(0), "a");
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 1);
	ck_assert_uint_eq(outcome.boot.ramdisk_align, 4);
}
END_TEST

static const struct {
	const char *script;
	enum error_code code;
	const char *text;
} failing_entries[] = {
	{ "true", ERR_NOT_FOUND, "the entry loads no kernel" },
	{ "linux /none", ERR_NOT_FOUND,
		"line 1: linux: fakefs: /none: no such file" },
	{ "linux /boot", ERR_NOT_FOUND,
		"line 1: linux: fakefs: /boot: no such file" },
	{ "\n\nlinux (hd9)/x", ERR_NOT_FOUND,
		"line 3: linux: no device (hd9)" },
	{ "chainloader +1", ERR_UNSUPPORTED,
		"line 1: chainloader: chainloads +1, there is no kernel to "
		"take" },
	{ "search --set=root -l no; linux /none", ERR_NOT_FOUND,
		"line 1: search: no device has the label no" },
	{ "linux /vm0; exit", ERR_NOT_FOUND,
		"line 1: exit: no kernel is started" },
	{ "while true; do true; done", ERR_LIMIT,
		"line 1: the script runs more than 1000000 commands" },
	{ "x=x; while true; do x=$x$x$x$x; done", ERR_LIMIT,
		"line 1: an argument of more than 1048576 bytes" },
	{ "x=0123456789012345678901234567890123456789\n"
	  "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do x=$x$x; done\n"
	  "while true; do y=$x; done",
		ERR_LIMIT,
		"line 3: the script handles more than 67108864 bytes" },
	{ "initrd /vm1", ERR_NOT_FOUND,
		"line 1: initrd: no kernel is loaded yet" },
	{ "eval 'eval \"linux /none\"'", ERR_NOT_FOUND,
		"line 1: linux: fakefs: /none: no such file" },
};

START_TEST(says_why_an_entry_boots_nothing)
{
	char script[512];

	snprintf(script, sizeof(script), "menuentry A { %s\n}\n",
		failing_entries[_i].script);
	must_load(script);
	ck_assert_str_eq(booted(0), failing_entries[_i].text);
	ck_assert_int_eq(err.code, failing_entries[_i].code);
}
END_TEST

/* A function that calls itself that often before it makes an entry. */
static void load_recursion(unsigned int depth)
{
	char script[256];

	snprintf(script, sizeof(script),
		"function f {\n if [ $1 = %u ]; then menuentry A { linux /vm0 }\n"
		" else increment i; f $i; fi\n}\ni=0; f 0\n",
		depth);
	load(script);
}

START_TEST(functions_may_call_themselves)
{
	load_recursion(200);
	ck_assert_uint_eq(config.menu->count, 1);
}
END_TEST

START_TEST(functions_do_not_call_themselves_for_ever)
{
	load_recursion(1000);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 2: statements, functions and files more than 512 deep");
}
END_TEST

START_TEST(reads_as_many_files_as_the_limit)
{
	char script[128];

	fakefs_text(files, "/one.cfg", "menuentry A { linux /vm0 }\n");
	snprintf(script, sizeof(script),
		"while [ \"$i\" != %d ]; do increment i; source /one.cfg; "
		"done\n",
		CONFIG_INCLUDES_MAX);
	must_load(script);
	ck_assert_uint_eq(config.menu->count, CONFIG_INCLUDES_MAX);
	snprintf(script, sizeof(script),
		"while [ \"$i\" != %d ]; do increment i; source /one.cfg; "
		"done\n",
		CONFIG_INCLUDES_MAX + 1);
	ck_assert_int_eq(load(script), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "line 1: /one.cfg: more than 64 files are read");
}
END_TEST

START_TEST(a_title_has_a_limit)
{
	char *script = malloc(MENU_TITLE_MAX + 100);
	int len = sprintf(script, "menuentry '");

	memset(script + len, 'x', MENU_TITLE_MAX + 1);
	strcpy(script + len + MENU_TITLE_MAX, "' { linux /vm0 }\n");
	must_load(script);
	memset(script + len, 'x', MENU_TITLE_MAX + 1);
	strcpy(script + len + MENU_TITLE_MAX + 1, "' { linux /vm0 }\n");
	ck_assert_int_eq(load(script), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "line 1: menuentry: a title of more than 4096 bytes");
	free(script);
}
END_TEST

#define HEADER "# GRUB Environment Block\n"

/* A block with these variables, as grub-editenv makes it. */
static void put_block(const char *variables)
{
	char block[CONFIG_BLOCK_SIZE + 1];

	memset(block, '#', CONFIG_BLOCK_SIZE);
	snprintf(block, sizeof(block), HEADER "%s", variables);
	block[strlen(block)] = '#';
	fakefs_put(files, "/boot/grub/grubenv", block, CONFIG_BLOCK_SIZE);
}

static struct config_saved saved(void)
{
	struct config_saved is;

	ck_assert_int_eq(config.format->saved(&config, &is, &err), 0);
	return is;
}

/* The block begins like that, and the rest of it is padding. */
static void assert_block(const char *block, const char *variables)
{
	size_t len = strlen(HEADER) + strlen(variables);

	ck_assert_uint_eq(strlen(block), CONFIG_BLOCK_SIZE);
	ck_assert(strncmp(block, HEADER, strlen(HEADER)) == 0);
	ck_assert(strncmp(block + strlen(HEADER), variables,
			  strlen(variables)) == 0);
	ck_assert_uint_eq(strspn(block + len, "#"), CONFIG_BLOCK_SIZE - len);
}

START_TEST(what_save_env_would_write_is_remembered)
{
	struct config_saved is;

	put_block("b=old\nc=3\n");
	must_load("set a=1; set c='x\\y\nz'; save_env a b c\nset a=2\n");
	is = saved();
	ck_assert_uint_eq(is.count, 1);
	ck_assert_str_eq(is.blocks[0].file.path, "/boot/grub/grubenv");
	assert_block(is.blocks[0].before, "b=old\nc=3\n");
	assert_block(is.blocks[0].after, "c=x\\\\y\\\nz\na=1\n");
	ck_assert_ptr_null(is.one_shot);
}
END_TEST

START_TEST(what_was_saved_is_what_is_loaded)
{
	put_block("a=1\nb=2\n");
	must_load("set a=7; save_env a; set a=; set b=\nload_env\n"
		  "menuentry \"$a $b\" { true; }\n");
	ck_assert_str_eq(config.menu->entries[0].title, "7 2");
}
END_TEST

START_TEST(a_look_at_an_entry_saves_nothing)
{
	put_block("a=1\n");
	must_load("menuentry x { set a=2; save_env a; linux /vm0; }\n");
	ck_assert_str_eq(seen(0), "");
	ck_assert_uint_eq(saved().count, 0);
	ck_assert_str_eq(booted(0), "");
	ck_assert_uint_eq(saved().count, 1);
	ck_assert_str_eq(seen(0), "");
	assert_block(saved().blocks[0].after, "a=2\n");
}
END_TEST

START_TEST(an_entry_for_once_is_told_of_when_it_is_used_up)
{
	put_block("saved_entry=0\nnext_entry=rescue\n");
	must_load("load_env\nset next_entry=\nsave_env next_entry\n");
	ck_assert_str_eq(saved().one_shot, "rescue");
	assert_block(saved().blocks[0].after, "saved_entry=0\nnext_entry=\n");
	put_block("saved_entry=0\nnext_entry=rescue\n");
	must_load("load_env\nset saved_entry=1\nsave_env saved_entry\n");
	ck_assert_ptr_null(saved().one_shot);
	put_block("next_entry=\n");
	must_load("load_env\nset next_entry=\nsave_env next_entry\n");
	ck_assert_ptr_null(saved().one_shot);
}
END_TEST

START_TEST(a_block_that_is_full_or_of_another_size_is_left_alone)
{
	static char value[CONFIG_BLOCK_SIZE], line[CONFIG_BLOCK_SIZE + 100];

	put_block("a=1\n");
	memset(value, 'v', 997); /* with a= and its end one byte too many */
	snprintf(line, sizeof(line),
		"set a=%s\nif save_env a; then menuentry yes { true; }\nfi\n",
		value);
	must_load(line);
	ck_assert_uint_eq(config.menu->count, 0);
	assert_block(saved().blocks[0].after, "a=1\n");
	value[996] = '\0';
	snprintf(line, sizeof(line), "set a=%s\nsave_env a\n", value);
	must_load(line);
	ck_assert_uint_eq(strspn(saved().blocks[0].after + 27, "v"), 996);

	fakefs_text(files, "/boot/grub/grubenv", HEADER);
	must_load("set a=1; save_env a\n");
	ck_assert_uint_eq(saved().count, 0);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/grub/grubenv: not a text of 1024 or 512 bytes: what is "
		"saved there is lost");
}
END_TEST

START_TEST(unknown_commands_are_told_of_once)
{
	must_load("nosuch a; nosuch b\nfor i in 1 2; do nosuch; other; done\n");
	ck_assert_uint_eq(fake.guest.note_count, 2);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/grub/grub.cfg: line 1: unknown command \"nosuch\", "
		"ignored as GRUB does");
}
END_TEST

/* Twenty thousand entries must fit the memory of a child with room to spare. */
START_TEST(holds_many_entries_in_little_memory)
{
	const unsigned int count = 20000;
	char *script = malloc(count * 200), *at = script;
	unsigned int i;

	for (i = 0; i < count; i++)
		at += sprintf(at,
			"menuentry 'Linux %u' --class debian --id l%u {\n"
			"\tload_video\n\tlinux /vm0 root=UUID=1234 n=%u\n}\n",
			i, i, i);
	must_load(script);
	ck_assert_uint_eq(config.menu->count, count);
	ck_assert_str_eq(booted(count - 1), "root=UUID=1234 n=19999");
	ck_assert_uint_lt(fake.arena.used, 24U << 20);
	free(script);
}
END_TEST

static const char everything[] =
	"set a=\"b c\"; if [ \"$a\" = x -o ! -f /none ]; then b=1; elif true; "
	"then c=2; else d=3; fi\n"
	"function f { for i in $@ 'x y' \"$1\"z ; do menuentry \"$i\" --id $i "
	"$i { linux /vm0 $2 ${a} \\x; initrd /vm1 }\ndone; return 2; }\n"
	"f 1 2; until true; do n=x$n; continue; done\n"
	"submenu S { regexp -s 1:r '(.)' a; search -s -f /vm0; }\n"
	"insmod regexp; for k in /v*0; do eval \"x=$k\"; done; probe -u $root\n"
	"export a; load_env; save_env a; source /none; unset b; test $# -gt 1\n";

/* Cut anywhere, or with one byte changed, a script ends in some way or other.
 */
START_TEST(survives_any_length)
{
	ck_assert_ptr_null(
		survive_any_length(everything, sizeof(everything) - 1, setup));
}
END_TEST

static const char bytes[] = "\0\n'\"\\${}();&#*[= \x80";

START_TEST(survives_any_byte)
{
	ck_assert_ptr_null(survive_any_byte(everything, sizeof(everything) - 1,
		(struct text){ bytes + _i, 1 }, setup));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("eval");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_empty_script_has_an_empty_menu);
	tcase_add_test(tc, an_entry_keeps_its_source);
	tcase_add_test(tc, what_an_entry_sets_stays_for_the_next);
	tcase_add_test(tc, a_peek_leaves_no_trace);
	tcase_add_test(tc, a_menu_can_be_peeked_at_often);
	tcase_add_test(tc, a_submenu_can_be_entered_again);
	tcase_add_test(tc, lists_need_no_files);
	tcase_add_loop_test(tc, says_why_an_entry_boots_nothing, 0,
		LENGTH(failing_entries));
	tcase_add_test(tc, functions_may_call_themselves);
	tcase_add_test(tc, functions_do_not_call_themselves_for_ever);
	tcase_add_test(tc, reads_as_many_files_as_the_limit);
	tcase_add_test(tc, a_title_has_a_limit);
	tcase_add_test(tc, what_save_env_would_write_is_remembered);
	tcase_add_test(tc, what_was_saved_is_what_is_loaded);
	tcase_add_test(tc, a_look_at_an_entry_saves_nothing);
	tcase_add_test(tc, an_entry_for_once_is_told_of_when_it_is_used_up);
	tcase_add_test(
		tc, a_block_that_is_full_or_of_another_size_is_left_alone);
	tcase_add_test(tc, unknown_commands_are_told_of_once);
	tcase_add_test(tc, holds_many_entries_in_little_memory);
	tcase_add_test(tc, survives_any_length);
	tcase_add_loop_test(tc, survives_any_byte, 0, sizeof(bytes) - 1);
	return run_suite("grub2_eval", &tc, 1);
}
