/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/lilo.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define DIR "/EFI/debian"

static void setup(void)
{
	formattest_begin(&elilo_format, DIR "/elilo.conf");
	fakefs_text(files, DIR "/vmlinuz", "kernel");
	fakefs_text(files, DIR "/initrd", "ramdisk");
}

static void teardown(void)
{
	formattest_end();
}

static const struct {
	const char *file;
	const char *text;
} broken[] = {
	{ "\n = x", "line 2: \"=\" without an option before it" },
	{ "image", "line 1: image without a file" },
	{ "image=a\nappend=\"x\ny\"", "line 2: the quotes do not end" },
	{ "image=a\nappend=\"\\$\"",
		"line 2: a \\ within quotes that is not "
		"before \" or \\" },
	{ "image=a\\", "line 1: a \\ at the file's end" },
};

START_TEST(says_which_line_is_wrong)
{
	ck_assert_int_eq(load(broken[_i].file), -1);
	ck_assert_str_eq(err.text, broken[_i].text);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

static const struct {
	const char *file;
	const char *what;
} odd[] = {
	{ "other=/dev/sda1\nimage=vmlinuz",
		"line 1: an unknown option \"other\"" },
	{ "Image=x\nimage=vmlinuz", "line 1: an unknown option \"Image\"" },
	{ "image=vmlinuz\nalias=a", "line 2: an unknown option \"alias\"" },
	{ "image=vmlinuz\nroot=a\nroot=b", "line 3: root for the second time" },
	{ "append=a\nappend=b\nimage=vmlinuz",
		"line 2: append for the second time" },
	{ "image=vmlinuz\nappend=\"a\tb\"", "line 2: a tab within quotes" },
};

START_TEST(tells_what_elilo_would_refuse)
{
	char note[256];

	ck_assert_msg(load(odd[_i].file) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	snprintf(note, sizeof(note),
		DIR "/elilo.conf: ELILO would refuse this file: %s",
		odd[_i].what);
	ck_assert_str_eq(fake.guest.notes[0].text, note);
}
END_TEST

/* ELILO reads its file itself, so there is no map to warn of. */
static const char *const sound[] = {
	"image=vmlinuz\nlabel=a\nroot=UUID=1\nappend=x=$y",
	"image=vmlinuz\nappend=a\nappend=b\nliteral=c\nappend=d",
	"f1=a\nf12=b\nchooser=textmenu\nmessage=x\nimage=vmlinuz\ntext",
};

START_TEST(takes_without_a_word_what_elilo_takes)
{
	ck_assert_msg(load(sound[_i]) == 0, "%s", err.text);
	ck_assert_uint_eq(fake.guest.note_count, 0);
}
END_TEST

/* Command lines by the order of ELILO's config.c */
static const struct {
	const char *options;
	const char *args;
} lines[] = {
	{ "", "BOOT_IMAGE=" DIR "/vmlinuz" },
	{ "root=/dev/sda1", "BOOT_IMAGE=" DIR "/vmlinuz root=/dev/sda1" },
	{ "append=x", "BOOT_IMAGE=" DIR "/vmlinuz  x" },
	{ "read-only", "BOOT_IMAGE=" DIR "/vmlinuz  ro" },
	{ "append=\"x y\" read-only root=r",
		"BOOT_IMAGE=" DIR "/vmlinuz root=r  x y ro" },
	{ "append=\"%%a%1%\"", "BOOT_IMAGE=" DIR "/vmlinuz  %%1%" },
	{ "literal=\"a  b  \"", "BOOT_IMAGE=" DIR "/vmlinuz a  b" },
	{ "vmm=x append=\"h -- k\"", "k" },
	{ "vmm=x append=\"h --   k\" root=r read-only", "root=r k ro" },
	{ "vmm=x append=h", "" },
	{ "vmm=x root=r", "root=r" },
	{ "vmm=x literal=h", "" },
	{ "vmm=\"\" append=h", "BOOT_IMAGE=" DIR "/vmlinuz  h" },
};

START_TEST(the_command_line_is_elilos)
{
	char text[256];

	snprintf(text, sizeof(text), "image=vmlinuz\nlabel=l\n%s\n",
		lines[_i].options);
	ck_assert_msg(load(text) == 0, "%s", err.text);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.args, lines[_i].args);
}
END_TEST

START_TEST(notes_the_hypervisor_and_the_device)
{
	fakefs_text(fakeguest_add(&fake, "hd0,msdos2", "", ""), "/v", "k");
	ck_assert_int_eq(
		load("image=dev003:/v vmm=xen.gz initrd=initrd label=a"), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.dev->grub, "hd0,msdos2");
	ck_assert_str_eq(outcome.boot.ramdisks[0].path, DIR "/initrd");
	ck_assert_uint_eq(fake.guest.note_count, 2);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/v is taken from disk0: partition 2");
	ck_assert_str_eq(
		fake.guest.notes[1].text, "the hypervisor xen.gz is left out");
	ck_assert_int_eq(fake.guest.notes[1].level, NOTE_DETAIL);
}
END_TEST

START_TEST(says_which_image_fails)
{
	ck_assert_int_eq(load("image=vmlinuz\n\nimage=gone\nlabel=b"), 0);
	ck_assert_int_eq(run(1), -1);
	ck_assert_str_eq(
		err.text, "line 3: fakefs: " DIR "/gone: no such file");
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

START_TEST(takes_a_description_of_the_limit_and_no_longer)
{
	ck_assert_str_eq(load_beyond("image=vmlinuz label=a description=", "x",
				 MENU_TITLE_MAX, ""),
		"line 1: a label of more than 4096 bytes");
}
END_TEST

START_TEST(survives_any_length)
{
	static const char text[] =
		"prompt\nroot=UUID=1\nimage=dev0:\\\\vmlinuz\n label=\"a \\\n"
		"b\"\n append=\"%I -- \\\"x\\\\\"\n vmm=x\nimage=vmlinuz\n";

	ck_assert_ptr_null(survive_any_length(text, sizeof(text) - 1, NULL));
	ck_assert_uint_eq(config.menu->count, 2);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("elilo");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, says_which_line_is_wrong, 0, (int)LENGTH(broken));
	tcase_add_loop_test(
		tc, tells_what_elilo_would_refuse, 0, (int)LENGTH(odd));
	tcase_add_loop_test(tc, takes_without_a_word_what_elilo_takes, 0,
		(int)LENGTH(sound));
	tcase_add_loop_test(
		tc, the_command_line_is_elilos, 0, (int)LENGTH(lines));
	tcase_add_test(tc, notes_the_hypervisor_and_the_device);
	tcase_add_test(tc, says_which_image_fails);
	tcase_add_test(tc, takes_a_description_of_the_limit_and_no_longer);
	tcase_add_test(tc, survives_any_length);
	return run_suite("elilo", &tc, 1);
}
