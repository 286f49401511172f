/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child over many questions: what stays open between them, and how much
 * memory they may take.
 */
#include <string.h>

#include "tests/support/childask.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static const char grub_cfg[] =
	"set default=1\nset menu_color_normal=cyan/blue\n"
	"menuentry 'A' { linux /k a }\n"
	"menuentry 'B' { linux /k root=UUID=$uuid b\n initrd /i\n}\n"
	"submenu 'S' { menuentry 'C' { linux /k } }\n";

static const char locked_lst[] = "password secret\ntitle A\nkernel /k a\n"
				 "title B\nlock\nkernel /k b\n"
				 "title C\npassword own\nkernel /k c\n";

/* start, so many bytes of a word, and end. */
static const char *long_text(const char *start, size_t len, const char *end)
{
	static char text[SOURCE_MAX];
	const size_t head = strlen(start);

	ck_assert_uint_lt(head + len + strlen(end), sizeof(text));
	strcpy(text, start);
	memset(text + head, 'x', len);
	strcpy(text + head + len, end);
	return text;
}

/* After so many runs the memory was used up, and an entry boots all the same.
 */
static void ends_with_memory_left(size_t runs)
{
	ck_assert_msg(strstr(said, "needs more than 50331648 bytes of memory"),
		"%s", said);
	ck_assert_uint_gt(runs, 150);
	ck_assert_str_eq(ask(ASK_CHOOSE, 2, 0, 0),
		"BOOT A vm.img: ext2: /boot/grub/grub.cfg /k  a");
}

/* A menu of its own each time, which may be gone back to. */
START_TEST(lines_leave_memory_to_the_entries)
{
	const char *text = long_text("menuentry D { linux /k ", 28000, "\n}");
	size_t i;

	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	for (i = 0; i < 10000; i++) {
		ask(ASK_SOURCE, 2, 0, 0);
		if (strncmp(ask_text(ASK_RUN, text), "MENU", 4) != 0)
			break;
	}
	ends_with_memory_left(i);
}
END_TEST

/* Each function is kept, and each menu has a command line of its own. */
START_TEST(commands_leave_memory_to_the_entries)
{
	const char *text = long_text("function f { echo ", 30000, "; }");
	size_t i;

	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	for (i = 0; i < 10000; i++) {
		ask(ASK_CHOOSE, 2, 0, 2);
		if (strcmp(ask(ASK_SHELL, 1, 1, 0), "DONE") != 0 ||
			strcmp(ask_text(ASK_COMMAND, text), "DONE") != 0)
			break;
	}
	ends_with_memory_left(i);
}
END_TEST

/* The questions in front of these are not those that the menu would ask. */
START_TEST(what_is_of_a_menu_that_was_left_is_closed)
{
	start("/boot/grub/grub.cfg", grub_cfg);
	ask_menu();
	ask(ASK_SHELL, 1, 0, 0);
	ask(ASK_CHOOSE, 2, 0, 2);
	ck_assert_str_eq(ask(ASK_EDIT, 2, 1, 0), "ARGS ");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "true"), "DONE");
	ck_assert_str_eq(
		ask_text(ASK_START, "x"), "FAIL 7 a start that nobody edited");
	ask(ASK_CHOOSE, 2, 0, 2);
	ck_assert_str_eq(ask(ASK_SHELL, 1, 1, 0), "DONE");
	ask(ASK_CHOOSE, 2, 0, 2);
	ck_assert_str_eq(
		ask_text(ASK_COMMAND, "true"), "FAIL 7 a command to nobody");
}
END_TEST

START_TEST(a_password_is_for_what_was_asked_last)
{
	start("/boot/grub/menu.lst", locked_lst);
	ask_menu();
	ask(ASK_SHELL, 1, 0, 0);
	ck_assert_str_eq(unlock("", "secret"), "DONE");
	ck_assert_str_eq(ask(ASK_CHOOSE, 2, 0, 2), "LOCKED 0");
	ck_assert_str_eq(ask_text(ASK_COMMAND, "true"), "DONE");
	ck_assert_str_eq(unlock("", "own"), "FAIL 7 a password without a lock");
}
END_TEST

/* Entries that ask and that do not, a menu, and more than one user. */
static const char mixed_cfg[] =
	"set superusers=root\npassword root secret\npassword guest other\n"
	"menuentry 'A' --unrestricted { linux /k a\n initrd /i\n}\n"
	"menuentry 'B' --users guest { linux /k b }\n"
	"submenu 'S' --unrestricted { menuentry 'C' { linux /k c }\n"
	" menuentry 'D' --unrestricted { linux /no }\n}\n";

static const enum message_type with_numbers[] = { ASK_CHOOSE, ASK_PEEK,
	ASK_EDIT, ASK_SOURCE, ASK_EXPLAIN, ASK_LOGIN };
static const enum message_type with_text[] = { ASK_START, ASK_RUN, ASK_COMMAND,
	ASK_COMPLETE };
static const enum message_type alone[] = { ASK_BOOT, ASK_MENU, ASK_LIST,
	ASK_SAVED, ASK_EXTRACT };
static const char *const texts[] = { "linux /k", "initrd /i", "boot", "", "l",
	"menuentry N { linux /k n }", "configfile /boot/grub/grub.cfg",
	"if true; then", "fi", "set superusers=; nosuch" };

/* The same numbers each time (Numerical Recipes' generator). */
static uint32_t next_number(uint32_t below)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

#define PICK(array) (array)[next_number(sizeof(array) / sizeof((array)[0]))]

static const char *ask_anything(void)
{
	uint32_t level = next_number(3), index = next_number(4);

	switch (next_number(16)) {
	case 0:
		return unlock("root", "secret");
	case 1:
		return unlock("guest", "other");
	case 2:
		return ask(PICK(alone), 0, 0, 0);
	case 3:
	case 4:
		return ask(ASK_SHELL, 1, level, 0);
	case 5:
		return ask(ASK_CHOOSE, 2, level, CHOOSE_DEFAULT);
	case 6:
	case 7:
	case 8:
	case 9:
	case 10:
		return ask_text(PICK(with_text), PICK(texts));
	default:
		return ask(PICK(with_numbers), 2, level, index);
	}
}

START_TEST(no_order_of_questions_ends_it)
{
	size_t i, boots = 0, failures = 0;

	start("/boot/grub/grub.cfg", mixed_cfg);
	for (i = 0; i < 5000; i++) {
		ck_assert_str_ne(ask_anything(), "gone");
		boots += strstr(said, "BOOT ") != NULL;
		failures += strstr(said, "FAIL ") != NULL;
	}
	/* it was more than refusals */
	ck_assert_uint_gt(boots, 100);
	ck_assert_uint_gt(failures, 100);
	ask_menu();
	ck_assert_str_eq(ask(ASK_CHOOSE, 2, 0, 0),
		"BOOT A vm.img: ext2: /boot/grub/grub.cfg /k /i a");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("child_session");
	int r;

	tcase_add_checked_fixture(tc, NULL, leave);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lines_leave_memory_to_the_entries);
	tcase_add_test(tc, commands_leave_memory_to_the_entries);
	tcase_add_test(tc, what_is_of_a_menu_that_was_left_is_closed);
	tcase_add_test(tc, a_password_is_for_what_was_asked_last);
	tcase_add_test(tc, no_order_of_questions_ends_it);
	r = run_suite("child_session", &tc, 1);
	image_cleanup();
	return r;
}
