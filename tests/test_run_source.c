/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of an entry, run as a person edited them, in each format that has
 * some; and who may edit, whose colours are shown.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/formattest.h"
#include "tests/support/runner.h"

/* A configuration of each with two entries, and what the second's source is. */
static const struct format {
	const struct config_format *format;
	const char *path, *text, *source;
} formats[] = {
	{ &grub2_format, "/boot/grub/grub.cfg",
		"set r=/dev/a\n"
		"menuentry A { linux /k }\n"
		"menuentry B {\n linux /k root=$r\n initrd /i\n}\n",
		"\n linux /k root=$r\n initrd /i\n" },
	{ &grub_legacy_format, "/boot/grub/menu.lst",
		"title A\nkernel /k\n"
		"title B\nroot (hd0,0)\nkernel /k root=/dev/a\ninitrd /i\n",
		"root (hd0,0)\nkernel /k root=/dev/a\ninitrd /i\n" },
	{ &extlinux_format, "/extlinux.conf",
		"label A\n kernel /k\n"
		"label B\n kernel /k\n append root=/dev/a\n initrd /i\n"
		"timeout 50\n",
		" kernel /k\n append root=/dev/a\n initrd /i\ntimeout 50\n" },
	{ &lilo_format, "/etc/lilo.conf",
		"image=/k\n label=A\n"
		"image=/k\n label=B\n root=/dev/a\n initrd=/i\n",
		"image=/k\n label=B\n root=/dev/a\n initrd=/i\n" },
	{ &elilo_format, "/elilo.conf",
		"image=/k\n label=A\n"
		"image=/k\n label=B\n root=/dev/a\n initrd=/i\n",
		"image=/k\n label=B\n root=/dev/a\n initrd=/i\n" },
	{ &netbsd_format, "/boot.cfg",
		"menu=A:boot k\nmenu=B:root /dev/a;boot k\n",
		"menu=B:root /dev/a;boot k" },
};

static void must_load(const struct format *format)
{
	formattest_begin(format->format, format->path);
	fakefs_text(files, "/k2", "another kernel");
	ck_assert_msg(load(format->text) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 2);
}

static int run_edited(size_t index, const char *source)
{
	error_clear(&err);
	outcome = (struct outcome){ 0 };
	return config_run_source(
		&config, config.menu, index, source, &outcome, &err);
}

/* What boots, in one line. */
static const char *booted(size_t index, const char *source)
{
	static char line[512];
	const struct boot *boot = &outcome.boot;

	if (run_edited(index, source) < 0)
		return err.text;
	if (outcome.menu)
		return outcome.menu->entries[0].title;
	snprintf(line, sizeof(line), "%s %s|%s", boot->kernel.path,
		boot->ramdisk_count > 0 ? boot->ramdisks[0].path : "-",
		boot->args);
	return line;
}

START_TEST(what_nobody_changed_boots_as_before)
{
	const char *source;
	struct boot before;

	must_load(&formats[_i]);
	source = config_source(&config, config.menu, 1, &err);
	ck_assert_ptr_ne(source, NULL);
	ck_assert_str_eq(source, formats[_i].source);
	ck_assert_int_eq(
		config_run(&config, config.menu, 1, &outcome, &err), 0);
	before = outcome.boot;
	ck_assert_msg(run_edited(1, source) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.path, before.kernel.path);
	ck_assert_str_eq(outcome.boot.args, before.args);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, before.ramdisk_count);
	ck_assert_uint_eq(outcome.boot.ramdisk_align, before.ramdisk_align);
}
END_TEST

static const struct {
	const char *id, *source, *booted;
} edited[] = {
	{ "grub", "linux /k2 a $r", "/k2 -|a /dev/a" },
	{ "grub", "linux /k2 $1\ninitrd /i", "/k2 /i|B" },
	{ "grub", "setparams 'x y'\nlinux /k $1", "/k -|x y" },
	{ "grub", "function f {\n linux /k2 $1\n}\nf x", "/k2 -|x" },
	{ "grub", "menuentry C { linux /k }", "C" },
	{ "grub", "", "the entry loads no kernel" },
	{ "grub", "\n\nlinux /no", "line 3: linux: fakefs: /no: no such file" },
	{ "grub", "linux /k\nif true\n",
		"line 3: the script ends; \"then\" is missing" },
	{ "grub", "echo\nlinux 'a\n/k2", "line 2: no closing '" },
	{ "grub", "echo\nlinxu /k2",
		"the entry loads no kernel; line 2: unknown command "
		"\"linxu\"" },
	{ "grub", "while true; do true; done",
		"line 1: the script runs more than 1000000 commands" },
	{ "grub-legacy", "kernel /k2 a\ninitrd /i", "/k2 /i|a" },
	{ "grub-legacy", "# no\n\nlock\nkernel /k2", "/k2 -|" },
	{ "grub-legacy", "kernel /k\nboot\nnosuch", "/k -|" },
	{ "grub-legacy", "", "names no kernel" },
	{ "grub-legacy", "kernel /k\nnosuch",
		"line 2: nosuch: has no place in an entry" },
	{ "grub-legacy", "title X\nkernel /k",
		"line 1: title: has no place in an entry" },
	{ "grub-legacy", "\nkernel /no",
		"line 2: kernel: fakefs: /no: no such file" },
	{ "syslinux", "linux k2\nappend a\n", "/k2 -|a" },
	{ "syslinux", "linux k2\nappend a initrd=/i", "/k2 /i|a" },
	{ "syslinux",
		"kernel k2\nmenu label X\nmenu default\nmenu passwd x\n"
		"default A\ntimeout 5\ntext help\nlinux k\nendtext",
		"/k2 -|" },
	{ "syslinux", "linux k\nlabel x",
		"line 2: only the lines of one label can be run from here" },
	{ "syslinux", "include /x",
		"line 1: only the lines of one label can be run from here" },
	{ "syslinux", "localboot 0",
		"boots the machine's own disk (LOCALBOOT)" },
	{ "syslinux", "menu exit", "no menu above this one" },
	{ "lilo", "image=/k2\nappend=\"a b\"", "/k2 -|BOOT_IMAGE=B a b" },
	{ "lilo", "\nlabel=x", "line 2: label before the first image" },
	{ "lilo", "append=x\nimage=/k", "line 1: it begins with no image" },
	{ "lilo", "image=/k\nimage=/k2", "line 2: more than one image" },
	{ "lilo", "image=/k\nnosuch=5",
		"line 2: an unknown option \"nosuch\"" },
	{ "lilo", "image=/no", "line 1: fakefs: /no: no such file" },
	{ "elilo", "image=/k2\nappend=\"a b\"", "/k2 -|BOOT_IMAGE=/k2  a b" },
	{ "elilo", "image=/no", "line 1: fakefs: /no: no such file" },
	{ "netbsd", "menu=X:boot k2 -s", "/k2 -|-s" },
	{ "netbsd", "", "one line \"menu=...\" is expected" },
	{ "netbsd", "boot k", "one line \"menu=...\" is expected" },
	{ "netbsd", "\nmenu=X:boot no", "line 2: fakefs: /no: no such file" },
};

START_TEST(what_was_changed_counts)
{
	size_t i;

	for (i = 0; strcmp(formats[i].format->id, edited[_i].id) != 0; i++)
		continue;
	must_load(&formats[i]);
	ck_assert_str_eq(booted(1, edited[_i].source), edited[_i].booted);
	/* the entries are what they were, and can be edited again */
	ck_assert_int_eq(
		config_run(&config, config.menu, 0, &outcome, &err), 0);
	ck_assert_str_eq(outcome.boot.kernel.path, "/k");
	ck_assert_int_eq(run_edited(1, formats[i].source), 0);
	ck_assert_str_eq(config.menu->entries[1].source, formats[i].source);
}
END_TEST

/* GRUB: what an entry sets stays, but not which one it was. */
START_TEST(a_failure_leaves_the_menus_variables)
{
	must_load(&formats[0]);
	ck_assert_int_eq(
		run_edited(1, "set r=new\nwhile true; do true; done"), -1);
	ck_assert_str_eq(
		booted(0, "linux /k $chosen $default $r"), "/k -|A new");
}
END_TEST

START_TEST(many_runs_need_little_memory)
{
	size_t used, i;

	must_load(&formats[0]);
	for (i = 0; i < 10; i++)
		run_edited(1, formats[0].source);
	used = fake.arena.used;
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(run_edited(1, formats[0].source), 0);
	ck_assert_uint_lt(fake.arena.used - used, 4U << 20);
}
END_TEST

START_TEST(what_has_no_lines_says_so)
{
	formattest_begin(&extlinux_format, "/extlinux.conf");
	ck_assert_int_eq(
		load("menu begin x\nlabel a\nkernel /k\nmenu end\n"), 0);
	ck_assert_int_eq(run_edited(0, "kernel /k"), -1);
	ck_assert_str_eq(err.text,
		"it has no lines that could be edited, only arguments "
		"(key a)");
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
}
END_TEST

/* GRUB 2 shows the menu of another loader, and runs its entries by its rules */
START_TEST(lines_of_another_loader_in_grubs_menu)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/menu.lst", "title A\nkernel /k\n");
	ck_assert_int_eq(load("set superusers=a\nexport superusers\n"
			      "password a x\n"
			      "legacy_configfile /menu.lst\n"),
		0);
	ck_assert_str_eq(booted(0, "kernel /i b"), "/i -|b");
	ck_assert_str_eq(booted(0, "linux /i"),
		"line 1: linux: has no place in an entry");
	ck_assert_ptr_ne(config.menu->edits, NULL);
	ck_assert(config.menu->edits->asks_name);
	formattest_end();
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/menu.lst", "title A\nkernel /k\n");
	ck_assert_int_eq(load("legacy_source /menu.lst\n"), 0);
	ck_assert_str_eq(booted(0, "kernel /i b"), "/i -|b");
}
END_TEST

static const struct {
	const struct config_format *format;
	const char *text;
	bool guarded;
	int normal, highlight; /* foreground, and 16 times background; or -1 */
} looks[] = {
	{ &grub2_format, "menuentry A { linux /k }\n", false, -1, -1 },
	{ &grub2_format,
		"set color_normal=light-gray/black\n"
		"set color_highlight=white/blue\n"
		"menuentry A { linux /k }\n",
		false, -1, 0x1f },
	{ &grub2_format,
		"set superusers=a\npassword a b\n"
		"set menu_color_normal=cyan/blue\n"
		"set menu_color_highlight=nosuch/blue\n"
		"set color_normal=red/green\n"
		"menuentry A --unrestricted { linux /k }\n",
		true, 0x13, -1 },
	{ &grub_legacy_format, "title A\nkernel /k\n", false, -1, -1 },
	{ &grub_legacy_format,
		"color yellow/blue\npassword x\ntitle A\nkernel /k\n", true,
		0x1e, 0xe1 },
	{ &grub_legacy_format,
		"color light-gray/blue blink-White/magenta\n"
		"title A\nkernel /k\n",
		false, 0x17, 0x5f },
	{ &grub_legacy_format, "color 0x1e 112\ntitle A\nkernel /k\n", false,
		0x1e, 0x70 },
	{ &grub_legacy_format, "color nosuch\ntitle A\nkernel /k\n", false, -1,
		-1 },
	{ &extlinux_format, "menu master passwd x\nlabel A\nkernel /k\n", true,
		-1, -1 },
};

static int number_of(const struct entry_color *color)
{
	return color->known ? color->fg | color->bg << 4 : -1;
}

START_TEST(a_menu_says_its_colours_and_who_may_edit)
{
	formattest_begin(looks[_i].format, "/boot/grub/grub.cfg");
	ck_assert_msg(load(looks[_i].text) == 0, "%s", err.text);
	ck_assert_int_eq(number_of(&config.menu->normal), looks[_i].normal);
	ck_assert_int_eq(
		number_of(&config.menu->highlight), looks[_i].highlight);
	ck_assert_int_eq(config.menu->edits != NULL, looks[_i].guarded);
}
END_TEST

START_TEST(a_submenu_looks_like_the_menu_above)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	ck_assert_int_eq(load("set menu_color_normal=cyan/blue\n"
			      "submenu S { menuentry A { linux /k } }\n"),
		0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_int_eq(number_of(&outcome.menu->normal), 0x13);
}
END_TEST

static const struct {
	const char *text, *why;
} defaults[] = {
	{ "", "it is the first, and $default is not set" },
	{ "set default=1\n", "$default is \"1\"" },
	{ "set default=x\n",
		"$default is \"x\", which names no entry: it is the first" },
	{ "saved_entry=1\nset default=$saved_entry\n",
		"$default is \"1\", as $saved_entry" },
	{ "set default=1\nset boot_once=true\n",
		"$default is \"1\", for one start only" },
};

START_TEST(grub_says_why_an_entry_is_the_default)
{
	char text[256];

	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	snprintf(text, sizeof(text),
		"%smenuentry A { true }\nmenuentry B { true }\n",
		defaults[_i].text);
	ck_assert_int_eq(load(text), 0);
	ck_assert_str_eq(config.menu->why, defaults[_i].why);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("run_source");

	tcase_add_checked_fixture(tc, NULL, formattest_end);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, what_nobody_changed_boots_as_before, 0, LENGTH(formats));
	tcase_add_loop_test(tc, what_was_changed_counts, 0, LENGTH(edited));
	tcase_add_test(tc, a_failure_leaves_the_menus_variables);
	tcase_add_test(tc, many_runs_need_little_memory);
	tcase_add_test(tc, what_has_no_lines_says_so);
	tcase_add_test(tc, lines_of_another_loader_in_grubs_menu);
	tcase_add_loop_test(
		tc, a_menu_says_its_colours_and_who_may_edit, 0, LENGTH(looks));
	tcase_add_test(tc, a_submenu_looks_like_the_menu_above);
	tcase_add_loop_test(
		tc, grub_says_why_an_entry_is_the_default, 0, LENGTH(defaults));
	return run_suite("run_source", &tc, 1);
}
