/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What GRUB 2's commands make of other kinds of configurations, where a case
 * (tests/cases/grub2) cannot show it: through submenus and names, with limits,
 * on partitions that are marked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/choose.h"
#include "tests/support/formattest.h"
#include "tests/support/peimage.h"
#include "tests/support/runner.h"

static struct choice choice;

static void setup(void)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/vm", "kernel");
}

static void must_load(const char *script)
{
	ck_assert_msg(load(script) == 0, "%s", err.text);
}

/* The arguments that come of choosing an entry, or the error. */
static const char *choose(const char *spec)
{
	if (choose_entry(&config, spec, &choice, &err) < 0)
		return err.text;
	return choice.boot.args;
}

static void put_menus(void)
{
	fakefs_text(files, "/menu.lst",
		"default 1\nfallback 2\ntitle A\nkernel /vm a\n"
		"title Broken\nkernel /gone\ntitle Fallback\nkernel /vm f\n"
		"title More\nconfigfile /more.lst\n");
	fakefs_text(files, "/more.lst",
		"title Deep\nkernel /vm deep\ntitle Worse\nkernel /gone\n");
	fakefs_text(files, "/sys.cfg",
		"TIMEOUT 10\nMENU BEGIN sub\nLABEL inner\nMENU LABEL In it\n"
		"KERNEL /vm\nAPPEND inner\nMENU END\n");
	must_load("menuentry 'Old' { legacy_configfile /menu.lst }\n"
		  "menuentry 'Medium' { syslinux_configfile /sys.cfg }\n"
		  "legacy_source /menu.lst\n"
		  "syslinux_source /sys.cfg\n");
}

static const struct {
	const char *spec, *args;
} named[] = {
	{ "Old>A", "a" },
	{ "0>0", "a" },
	{ "Old>3>0", "deep" },
	{ "Old>More>Deep", "deep" },
	{ "Old", "f" }, /* its default is broken, its fallback is not */
	{ "Medium>sub>inner", "inner" },
	{ "Medium>0>In it", "inner" },
	{ "inner", "inner" },    /* below a submenu of ours */
	{ "Deep", "deep" },      /* the same, of GRUB legacy */
	{ "More>Deep", "deep" }, /* an entry that was added */
	{ "sub>0", "inner" },
	{ "Fallback", "f" },
	{ "Broken",
		"entry \"Broken\": /menu.lst: line 6: kernel: fakefs: "
		"/gone: no such file" },
	{ "Old>Broken",
		"entry \"Broken\": /menu.lst: line 6: kernel: fakefs: "
		"/gone: no such file" },
	{ "Old>More>Worse",
		"entry \"Worse\": /menu.lst: /more.lst: line 4: "
		"kernel: fakefs: /gone: no such file" },
	{ "Old>Gone",
		"no entry \"Old>Gone\"; the nearest: \"Old\", "
		"\"More\", \"More\"" },
};

START_TEST(names_go_down_into_menus_of_other_loaders)
{
	put_menus();
	ck_assert_str_eq(choose(named[_i].spec), named[_i].args);
}
END_TEST

/* legacy_source has set default and fallback, for the menu as a whole. */
START_TEST(the_default_and_the_fallback_cross_the_border)
{
	put_menus();
	ck_assert_uint_eq(config.menu->chosen, 1);
	ck_assert_uint_eq(config.menu->fallback[0], 2);
	must_load("menuentry x { legacy_configfile /menu.lst }");
	ck_assert_str_eq(choose(NULL), "f");
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"entry \"Broken\": /menu.lst: line 6: kernel: fakefs: /gone: "
		"no such file; its fallback \"Fallback\" is taken");
}
END_TEST

START_TEST(a_locked_entry_is_noted_across_the_border)
{
	fakefs_text(files, "/menu.lst",
		"password x\ntitle A\nlock\nkernel /vm a\n");
	must_load("legacy_source /menu.lst");
	ck_assert_ptr_nonnull(config.menu->entries[0].guard);
	ck_assert_str_eq(choose(NULL), "a");
	ck_assert_str_eq(fake.guest.notes[0].text,
		"entry \"A\": the guest would ask for a password here; the "
		"host does not");
}
END_TEST

/* What is for all may be started by all, and edited by none but these. */
START_TEST(superusers_edit_across_the_border)
{
	const struct entry *last;

	fakefs_text(files, "/menu.lst",
		"title A\nkernel /vm a\ntitle B\nkernel /vm b\n");
	must_load("set superusers=root\nexport superusers\n"
		  "password root r\n"
		  "menuentry x { legacy_configfile /menu.lst }");
	ck_assert_int_eq(
		config_run(&config, config.menu, 0, &outcome, &err), 0);
	ck_assert_uint_eq(outcome.menu->count, 2);
	last = &outcome.menu->entries[1];
	ck_assert_ptr_null(last->guard);
	ck_assert_ptr_nonnull(last->edits);
	ck_assert(last->edits->asks_name);
	ck_assert_int_eq(guard_open(last->edits, "root", "r", &err), 1);
	ck_assert_ptr_null(guard_closed(last->edits));
}
END_TEST

START_TEST(menus_that_lead_to_themselves_end)
{
	fakefs_text(files, "/menu.lst", "title A\nconfigfile /menu.lst\n");
	fakefs_text(files, "/sys.cfg", "TIMEOUT 1\nLABEL a\nCONFIG sys.cfg\n");
	must_load(_i == 0 ? "legacy_configfile /menu.lst"
			  : "syslinux_configfile /sys.cfg");
	ck_assert_int_eq(
		choose_default(&config, config.menu, &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(strstr(err.text, "more than 16 menus"));
	ck_assert_int_eq(choose_named(&config, "B", &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_uint_eq(fake.guest.opened_count, 1);
}
END_TEST

START_TEST(a_loop_that_reads_another_file_is_stopped)
{
	fakefs_text(files, "/menu.lst", "title A\nkernel /vm\n");
	ck_assert_int_eq(
		load("while true; do legacy_source /menu.lst; done"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_int_eq(load("while true; do legacy_source /gone; done"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 1: more than 64 configurations lead to each other");
}
END_TEST

/* A comment and a line that counts, as long as that, in each kind of file. */
static const struct {
	const char *file, *before, *after, *script;
} kinds[] = {
	{ "/menu.lst", "title A\nkernel /vm ", "\n",
		"legacy_source /menu.lst" },
	{ "/sys.cfg", "TIMEOUT 1\nLABEL a\nKERNEL /vm\nAPPEND ", "\n",
		"syslinux_source /sys.cfg" },
	{ "/more.cfg", "menuentry A { linux /vm ", "\n}\n",
		"source /more.cfg" },
};

START_TEST(lines_may_be_64_kib_long)
{
	const size_t len = 65536;
	char *word = malloc(len + 1), *text = malloc(3 * len), *at = text;

	memset(word, 0xe4, len);
	word[len] = '\0';
	at = stpcpy(stpcpy(at, "# "), word);
	at = stpcpy(stpcpy(at, "\n"), kinds[_i].before);
	stpcpy(stpcpy(at, word), kinds[_i].after);
	fakefs_text(files, kinds[_i].file, text);
	must_load(kinds[_i].script);
	ck_assert_str_eq(choose(NULL), word);
	free(text);
	free(word);
}
END_TEST

/* The script of an entry has a limit, and its title and its users have one. */
START_TEST(long_entries_of_the_bls_are_refused)
{
	static const struct {
		const char *key, *says;
	} longs[] = {
		{ "options", "its script is more than 65536 bytes" },
		{ "title", "a title of more than 4096 bytes" },
		{ "grub_users", "its users are more than 65536 bytes" },
	};
	const size_t len = 65536;
	char *word = malloc(len + 1), *text = malloc(2 * len);

	memset(word, 'x', len);
	word[_i == 1 ? 4097 : len] = '\0';
	snprintf(text, 2 * len, "linux /vm\n%s %s x\n", longs[_i].key, word);
	fakefs_text(files, "/loader/entries/a.conf", text);
	ck_assert_int_eq(load("blscfg -f"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	snprintf(text, 2 * len, "line 1: /loader/entries/a.conf: %s",
		longs[_i].says);
	ck_assert_str_eq(err.text, text);
	free(text);
	free(word);
}
END_TEST

static void put_image(struct fakefs *to, const char *path, const char *osrel)
{
	const struct peimage_section sections[] = {
		{ ".osrel", osrel, strlen(osrel) },
		{ ".cmdline", path, strlen(path) },
		{ ".linux", "kernel", 6 },
	};
	size_t len;
	uint8_t *image =
		peimage_make(sections, LENGTH(sections), PEIMAGE_X64, &len);

	fakefs_put(to, path, image, len);
	free(image);
}

/* GRUB's own device is where firmware found it: an EFI system partition. */
START_TEST(uki_looks_where_grub_came_from)
{
	struct fakefs *esp = fakeguest_add(&fake, "hd0,msdos2", "", "");

	put_image(esp, "/EFI/Linux/esp.efi", "PRETTY_NAME=esp\n");
	must_load("uki");
	ck_assert_uint_eq(config.menu->count, 0);
	fake.partitions[0][1].type = 0xef;
	must_load("uki");
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_str_eq(choose(NULL), "/EFI/Linux/esp.efi");
	put_image(files, "/EFI/Linux/here.efi", "PRETTY_NAME=here\n");
	must_load("uki");
	ck_assert_str_eq(choose(NULL), "/EFI/Linux/here.efi");
}
END_TEST

START_TEST(titles_of_images_have_a_limit)
{
	char *osrel = malloc(8192);

	strcpy(osrel, "PRETTY_NAME=");
	memset(osrel + 12, 't', 5000);
	strcpy(osrel + 5012, "\n");
	put_image(files, "/EFI/Linux/a.efi", osrel);
	ck_assert_int_eq(load("uki"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 1: /EFI/Linux/a.efi: a title of more than 4096 bytes");
	free(osrel);
}
END_TEST

static void put_block(const char *path, const char *text)
{
	char block[1024];

	memset(block, '#', sizeof(block));
	memcpy(block, text, strlen(text));
	fakefs_put(files, path, block, sizeof(block));
}

/* What a chainloaded GRUB saves is saved on the way, too. */
START_TEST(blocks_are_saved_across_the_border)
{
	struct config_saved saved;

	put_block("/boot/grub/grubenv", "# GRUB Environment Block\na=1\n");
	put_block(
		"/EFI/b/grubenv", "# GRUB Environment Block\nnext_entry=one\n");
	fakefs_text(files, "/EFI/b/grubx64.efi", "MZ");
	fakefs_text(files, "/EFI/b/grub.cfg",
		"load_env\nset default=$next_entry\nset next_entry=\n"
		"save_env next_entry\n"
		"menuentry zero { linux /vm zero }\n"
		"menuentry one { linux /vm one\n"
		"set a=2; save_env -f /boot/grub/grubenv a }\n");
	must_load("menuentry x { set a=2; save_env a\n"
		  "chainloader /EFI/b/grubx64.efi }");
	ck_assert_str_eq(choose(NULL), "one");
	ck_assert_int_eq(grub2_format.saved(&config, &saved, &err), 0);
	ck_assert_uint_eq(saved.count, 2);
	ck_assert_str_eq(saved.blocks[0].file.path, "/boot/grub/grubenv");
	ck_assert_str_eq(saved.blocks[1].file.path, "/EFI/b/grubenv");
	ck_assert_str_eq(saved.one_shot, "one");
	must_load("menuentry x { linux /vm own }");
	ck_assert_str_eq(choose(NULL), "own");
	ck_assert_int_eq(grub2_format.saved(&config, &saved, &err), 0);
	ck_assert_uint_eq(saved.count, 0);
}
END_TEST

/* Each of the files is cut at every length, and must not bring us down. */
START_TEST(cut_files_are_no_harm)
{
	static const char menu[] = "default saved\nfallback 1 0\ntimeout 5\n"
				   "title A\nroot (hd0,1)\nkernel /vm a 'b'\n"
				   "initrd /vm\n";
	static const char sys[] = "DEFAULT a\nTIMEOUT 5\nMENU BEGIN x\n"
				  "LABEL a\nKERNEL /vm\nINITRD /vm\n"
				  "APPEND initrd=/vm x\nMENU END\n";
	size_t len;

	for (len = 0; len < sizeof(menu); len++) {
		fakefs_put(files, "/menu.lst", menu, len);
		fakefs_put(files, "/sys.cfg", sys,
			len < sizeof(sys) ? len : sizeof(sys));
		fake.guest.opened = NULL;
		fake.guest.opened_count = 0;
		must_load("legacy_source /menu.lst\nsyslinux_source /sys.cfg\n"
			  "menuentry x { legacy_configfile /menu.lst }\n"
			  "menuentry y { syslinux_configfile /sys.cfg }\n");
		choose("x");
		choose("y");
	}
	ck_assert_str_eq(choose("y>x>a"), "initrd=/vm x");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("grub2_foreign");

	tcase_add_checked_fixture(tc, setup, formattest_end);
	tcase_add_loop_test(tc, names_go_down_into_menus_of_other_loaders, 0,
		(int)LENGTH(named));
	tcase_add_test(tc, the_default_and_the_fallback_cross_the_border);
	tcase_add_test(tc, a_locked_entry_is_noted_across_the_border);
	tcase_add_test(tc, superusers_edit_across_the_border);
	tcase_add_loop_test(tc, menus_that_lead_to_themselves_end, 0, 2);
	tcase_add_test(tc, a_loop_that_reads_another_file_is_stopped);
	tcase_add_loop_test(
		tc, lines_may_be_64_kib_long, 0, (int)LENGTH(kinds));
	tcase_add_loop_test(tc, long_entries_of_the_bls_are_refused, 0, 3);
	tcase_add_test(tc, uki_looks_where_grub_came_from);
	tcase_add_test(tc, titles_of_images_have_a_limit);
	tcase_add_test(tc, blocks_are_saved_across_the_border);
	tcase_add_test(tc, cut_files_are_no_harm);
	return run_suite("grub2_foreign", &tc, 1);
}
