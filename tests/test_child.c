/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child's answers to what the menu asks.
 */
#include <string.h>

#include "src/policy.h"
#include "tests/support/childask.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static const char grub_cfg[] =
	"set default=1\nset menu_color_normal=cyan/blue\n"
	"menuentry 'A' { linux /k a }\n"
	"menuentry 'B' { linux /k root=UUID=$uuid b\n initrd /i\n}\n"
	"submenu 'S' { menuentry 'C' { linux /k } }\n";

static const char locked_cfg[] =
	"set superusers=root\npassword root secret\npassword guest other\n"
	"menuentry 'A' --unrestricted { linux /k a }\n"
	"menuentry 'B' { linux /k b }\n"
	"menuentry 'C' --users guest { linux /k c }\n";

static const char locked_lst[] = "password secret\ntitle A\nkernel /k a\n"
				 "title B\nlock\nkernel /k b\n"
				 "title C\npassword own\nkernel /k c\n";

START_TEST(lines_are_told_edited_and_run)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ck_assert_str_eq(ask_menu(),
		"MENU 0 3 1 4294967295 0 3 1 255 255\n"
		"ENTRIES 0A 0B 1S");
	ck_assert_str_eq(ask_text(ASK_RUN, "linux /k"),
		"FAIL 7 lines that nobody edited");
	ck_assert_str_eq(ask(ASK_SOURCE, 2, 0, 0), "SOURCE  linux /k a ");
	ck_assert_str_eq(ask_text(ASK_RUN, "linux /k\ninitrd '"),
		"FAIL 5 line 2: no closing '");
	ck_assert_str_eq(ask_text(ASK_RUN, "\nlinux /no"),
		"FAIL 4 line 2: linux: ext2: /no: no such file");
	/* keys that leave the editor open */
	ask(ASK_SHELL, 1, 0, 0);
	ck_assert_str_eq(ask_text(ASK_COMMAND, "set x=single"), "DONE");
	ck_assert_str_eq(ask_text(ASK_RUN, "linux /k $x\ninitrd /i"),
		"BOOT A vm.img: ext2: /boot/grub/grub.cfg /k /i single");
	ck_assert_str_eq(ask(ASK_SOURCE, 2, 0, 2),
		"SOURCE  menuentry 'C' { linux /k } ");
	ck_assert_str_eq(ask_text(ASK_RUN, "menuentry D { linux /k d }"),
		"MENU 1 1 0 4294967295 0 3 1 255 255\nENTRIES 0D");
	ck_assert_str_eq(ask(ASK_CHOOSE, 2, 1, 0),
		"BOOT D vm.img: ext2: /boot/grub/grub.cfg /k  d");
	/* Esc, and another choice: the lines are no longer open */
	ask(ASK_CHOOSE, 2, 0, 0);
	ck_assert_str_eq(ask_text(ASK_RUN, "linux /k"),
		"FAIL 7 lines that nobody edited");
}
END_TEST

START_TEST(too_much_is_refused)
{
	static char text[SOURCE_MAX + 2];

	memset(text, '#', sizeof(text) - 1);
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ask(ASK_SOURCE, 2, 0, 0);
	ck_assert_str_eq(ask_text(ASK_RUN, text),
		"FAIL 6 32769 bytes are more than can be edited (32768)");
	ask(ASK_SHELL, 1, 0, 0);
	ck_assert_str_eq(ask_text(ASK_COMMAND, text),
		"FAIL 6 a command of more than 32768 bytes");
	ck_assert_str_eq(ask_text(ASK_COMPLETE, text),
		"FAIL 6 a command of more than 32768 bytes");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo a"), "a\nDONE");
}
END_TEST

START_TEST(a_command_line_is_answered)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ck_assert_str_eq(
		ask_text(ASK_COMMAND, "echo a"), "FAIL 7 a command to nobody");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 1, 0),
		"FAIL 7 a command line without a menu");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(
		ask_text(ASK_COMMAND, "cat /text"), "one\ntwo\n\nDONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "nosuch; linux /no"),
		"error: can't find command `nosuch'.\n"
		"error: linux: ext2: /no: no such file.\nDONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "if true; then"), "MORE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo yes; fi"), "yes\nDONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "if true; then"), "MORE");
	ask(ASK_SHELL, 1, 0, 0);
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo anew"), "anew\nDONE");
	ck_assert_str_eq(ask_text(ASK_COMPLETE, "cat /te"), "COMPLETIONS xt ");
	ck_assert_str_eq(ask_text(ASK_COMPLETE, "se"),
		"COMPLETIONS  search set setparams");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "while true; do true; done"),
		"FAIL 6 the script runs more than 1000000 commands");
	ask_text(ASK_COMMAND, "while true; do echo aaaaaaaaaaaaaaaaaa; done");
	ck_assert_ptr_ne(strstr(said, "FAIL"), NULL);
	ck_assert_str_eq(strstr(said, "FAIL"),
		"FAIL 6 the command prints more than 1048576 bytes");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "linux /k x"), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "initrd /i"), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "boot"),
		"BOOT the command line vm.img: ext2: /boot/grub/grub.cfg /k "
		"/i x");
}
END_TEST

START_TEST(a_menu_comes_up_and_is_left)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ask(ASK_SHELL, 1, 0, 0);
	ask_text(ASK_COMMAND, "set x=1");
	ck_assert_str_eq(
		ask_text(ASK_COMMAND, "configfile /boot/grub/grub.cfg"),
		"MENU 1 3 1 4294967295 0 3 1 255 255\nENTRIES 0A 0B 1S");
	/* its own command line, and then that of the menu above again */
	ck_assert_str_eq(ask(ASK_SHELL, 1, 1, 0), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo $x"), "\nDONE");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo $x"), "1\nDONE");
	ck_assert_str_eq(ask(ASK_CHOOSE, 2, 0, 0),
		"BOOT A vm.img: ext2: /boot/grub/grub.cfg /k  a");
}
END_TEST

/* They were of an entry of a menu that is left. */
START_TEST(a_command_line_forgets_arguments)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ask(ASK_CHOOSE, 2, 0, 2);
	ck_assert_str_eq(ask(ASK_EDIT, 2, 1, 0), "ARGS ");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(
		ask_text(ASK_START, "x"), "FAIL 7 a start that nobody edited");
}
END_TEST

/* A host without GRUB has none of its commands, either. */
START_TEST(a_command_line_may_be_forbidden)
{
	ck_assert_int_eq(policy_loaders("-grub", &options.no_loaders,
				 &(struct error){ 0 }),
		0);
	start("/boot/grub/menu.lst", "title A\nkernel /k a\n");
	ask_menu();
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0),
		"FAIL 3 vm.img: ext2: /boot/grub/menu.lst: this host does not "
		"allow what grub reads (--loaders)");
}
END_TEST

START_TEST(superusers_edit_and_command)
{
	start("/boot/grub/grub.cfg", locked_cfg);
	ck_assert_ptr_ne(strstr(ask_menu(), "ENTRIES 0A 2B 2C"), NULL);
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "LOCKED 1");
	ck_assert_str_eq(
		ask_text(ASK_COMMAND, "echo a"), "FAIL 7 a command to nobody");
	ck_assert_str_eq(ask(ASK_SOURCE, 2, 0, 0), "LOCKED 1");
	ck_assert_str_eq(ask_text(ASK_RUN, "linux /k"),
		"FAIL 7 lines that nobody edited");
	/* who may start an entry may not edit it */
	ask(ASK_SOURCE, 2, 0, 2);
	ck_assert_str_eq(unlock("guest", "other"), "LOCKED 3");
	ck_assert_str_eq(unlock("root", "secret"), "SOURCE  linux /k c ");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo a"), "a\nDONE");
}
END_TEST

START_TEST(a_password_opens_what_it_can)
{
	start("/boot/grub/grub.cfg", locked_cfg);
	ask_menu();
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 2), "LOCKED 1");
	ck_assert_str_eq(unlock("guest", "other"), "ENTRIES 0A 2B 0C");
	/* the others need a superuser */
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 0), "LOCKED 1");
	ck_assert_str_eq(unlock("root", "secret"), "ENTRIES 0A 0B 0C");
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 1), "ENTRIES 0A 0B 0C");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
}
END_TEST

START_TEST(grub_legacys_password_is_for_all)
{
	start("/boot/grub/menu.lst", locked_lst);
	ck_assert_ptr_ne(strstr(ask_menu(), "ENTRIES 4A 6B 6C"), NULL);
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "LOCKED 0");
	ck_assert_str_eq(ask(ASK_SOURCE, 2, 0, 0), "LOCKED 0");
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 0), "LOCKED 0");
	ck_assert_str_eq(unlock("", "wrong"), "LOCKED 2");
	ck_assert_str_eq(unlock("", "secret"), "ENTRIES 4A 4B 6C");
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 2),
		"FAIL 4 this entry asks for its password when it is started");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "echo $root"), "hd0\nDONE");
}
END_TEST

START_TEST(nothing_to_log_in_for)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 0),
		"FAIL 4 nothing here asks for a password");
	leave();
	options.unlock = true;
	start("/boot/grub/grub.cfg", locked_cfg);
	ask_menu();
	ck_assert_str_eq(ask(ASK_LOGIN, 2, 0, 1),
		"FAIL 4 nothing here asks for a password");
	ck_assert_str_eq(ask(ASK_SHELL, 1, 0, 0), "DONE");
	ck_assert_str_eq(ask(ASK_SOURCE, 2, 0, 1), "SOURCE  linux /k b ");
}
END_TEST

START_TEST(an_entry_is_explained)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ask(ASK_SHELL, 1, 0, 0);
	ask_text(ASK_COMMAND, "search --set=r --file /k");
	ask_text(ASK_COMMAND, "probe --set=uuid --fs-uuid $r");
	ck_assert_str_eq(ask(ASK_EXPLAIN, 2, 0, 1),
		"FIELDS Entry B From vm.img: ext2: /boot/grub/grub.cfg "
		"(GRUB 2) Default yes: $default is \"1\" Kernel (hd0)/k "
		"(6 bytes) Ramdisk (hd0)/i (7 bytes) Arguments "
		"root=UUID=01234567-89ab-cdef-0123-456789abcdef b Root "
		"UUID=01234567-89ab-cdef-0123-456789abcdef, which is (hd0), "
		"ext2\nDONE");
	ck_assert_str_eq(ask(ASK_EXPLAIN, 2, 0, 2),
		"FIELDS Entry S From vm.img: ext2: /boot/grub/grub.cfg "
		"(GRUB 2) Default no Leads to a menu with 1 entry\nDONE");
	ask_text(ASK_COMMAND, "set uuid=x root=nosuch");
	ck_assert_str_eq(
		ask(ASK_EXPLAIN, 2, 0, 3), "FAIL 7 a look beyond the menu");
}
END_TEST

START_TEST(what_a_locked_entry_boots_is_told_once_it_is_open)
{
	start("/boot/grub/grub.cfg", locked_cfg);
	ask_menu();
	ck_assert_str_eq(ask(ASK_EXPLAIN, 2, 0, 1),
		"FIELDS Entry B From vm.img: ext2: /boot/grub/grub.cfg "
		"(GRUB 2) Default no Password asked for before it starts, and "
		"before more is told\nDONE");
	/* anybody may start this one, and not all may edit it */
	ck_assert_ptr_nonnull(strstr(
		ask(ASK_EXPLAIN, 2, 0, 0), "before it is edited Kernel"));
	ask(ASK_LOGIN, 2, 0, 1);
	unlock("root", "secret");
	ck_assert_ptr_nonnull(strstr(ask(ASK_EXPLAIN, 2, 0, 1),
		"asked for before it starts, and was said Kernel"));
	leave();
	options.unlock = true;
	start("/boot/grub/grub.cfg", locked_cfg);
	ask_menu();
	ck_assert_ptr_nonnull(strstr(
		ask(ASK_EXPLAIN, 2, 0, 1), "not here (--unlock) Kernel"));
}
END_TEST

START_TEST(an_entry_with_a_forbidden_argument_is_explained)
{
	options.forbid_args = "init=*";
	start("/boot/grub/grub.cfg",
		"menuentry 'A' { linux /k init=/bin/sh }\n");
	ask_menu();
	ck_assert_ptr_nonnull(
		strstr(ask(ASK_EXPLAIN, 2, 0, 0), "Cannot be booted "));
	ck_assert_ptr_nonnull(strstr(said, "init=/bin/sh"));
	ck_assert_ptr_nonnull(strstr(said, "DONE"));
}
END_TEST

START_TEST(what_is_too_long_to_explain_is_cut_visibly)
{
	static const char step[] = "/././././././././././././././.";
	char text[2048] = "menuentry 'A' { linux ";
	const char *cut;

	for (size_t i = 0; i < 50; i++)
		strcat(text, step);
	strcat(text, "/k }\n");
	start("/boot/grub/grub.cfg", text);
	ask_menu();
	ask(ASK_EXPLAIN, 2, 0, 0);
	cut = strstr(said, "Kernel (hd0)/./.");
	ck_assert_ptr_nonnull(cut);
	ck_assert_int_eq(
		strncmp(cut + strcspn(cut + 8, " ") + 8 - 3, "... ", 4), 0);
}
END_TEST

START_TEST(what_cannot_be_booted_says_why)
{
	start("/boot/grub/menu.lst",
		"default 1\nfallback 0\ntitle A\nkernel /k root=LABEL=x\n"
		"title B\nkernel /no\n");
	ask_menu();
	ck_assert_str_eq(ask(ASK_EXPLAIN, 2, 0, 1),
		"FIELDS Entry B From vm.img: ext2: /boot/grub/menu.lst "
		"(GRUB legacy) Default yes Cannot be booted line 6: kernel: "
		"ext2: /no: no such file\nDONE");
	ck_assert_str_eq(ask(ASK_EXPLAIN, 2, 0, 0),
		"FIELDS Entry A From vm.img: ext2: /boot/grub/menu.lst "
		"(GRUB legacy) Default no, but a fallback (number 1) Kernel "
		"(hd0)/k (6 bytes) Arguments root=LABEL=x Root LABEL=x, which "
		"no file system here has (it may be one that cannot be "
		"read)\nDONE");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("child");
	int r;

	tcase_add_checked_fixture(tc, NULL, leave);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lines_are_told_edited_and_run);
	tcase_add_test(tc, too_much_is_refused);
	tcase_add_test(tc, a_command_line_is_answered);
	tcase_add_test(tc, a_menu_comes_up_and_is_left);
	tcase_add_test(tc, a_command_line_forgets_arguments);
	tcase_add_test(tc, a_command_line_may_be_forbidden);
	tcase_add_test(tc, superusers_edit_and_command);
	tcase_add_test(tc, a_password_opens_what_it_can);
	tcase_add_test(tc, grub_legacys_password_is_for_all);
	tcase_add_test(tc, nothing_to_log_in_for);
	tcase_add_test(tc, an_entry_is_explained);
	tcase_add_test(tc, what_a_locked_entry_boots_is_told_once_it_is_open);
	tcase_add_test(tc, an_entry_with_a_forbidden_argument_is_explained);
	tcase_add_test(tc, what_is_too_long_to_explain_is_cut_visibly);
	tcase_add_test(tc, what_cannot_be_booted_says_why);
	r = run_suite("child", &tc, 1);
	image_cleanup();
	return r;
}
