/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format here boots an entry by its title: "no ..." fails, "> ..." opens
 * the submenu, everything else is a kernel of that path.
 */
#include <string.h>

#include "src/base/length.h"
#include "src/base/nearest.h"
#include "src/config/choose.h"
#include "tests/support/runner.h"

static struct entry inner_entries[] = {
	{ .title = "Debian 6.1", .id = "id-6.1" },
	{ .title = "Debian 6.1 (recovery mode)" },
	{ .title = "no kernel below" },
};

static struct menu inner = {
	.entries = inner_entries,
	.count = LENGTH(inner_entries),
	.chosen = 1,
};

static struct entry outer_entries[] = {
	{ .title = "Debian", .id = "id-simple" },
	{ .title = "> Advanced options", .id = "advanced", .submenu = true },
	{ .title = "no kernel", .id = "firmware" },
	{ .title = "a > b" },
	{ .title = "2" },
};

static struct menu outer;
static struct arena arena;
static struct guest guest;
static struct config config;
static struct choice choice;
static struct error err;

static int run(struct config *ignored, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *fault)
{
	const char *title = menu->entries[index].title;

	(void)ignored;
	if (strncmp(title, "no", 2) == 0)
		return error_set(fault, ERR_NOT_FOUND, "no such file");
	if (title[0] == '>')
		outcome->menu = &inner;
	else
		outcome->boot.kernel.path = title;
	return 0;
}

static const struct config_format titles_format = {
	.name = "titles",
	.run = run,
};

static void setup(void)
{
	error_clear(&err);
	arena_init(&arena, 1 << 20);
	guest = (struct guest){ .arena = &arena };
	outer = (struct menu){
		.entries = outer_entries,
		.count = LENGTH(outer_entries),
	};
	config = (struct config){
		.format = &titles_format,
		.guest = &guest,
		.menu = &outer,
	};
}

static void teardown(void)
{
	arena_free(&arena);
}

START_TEST(the_default_is_what_the_loader_chose)
{
	ck_assert_int_eq(choose_default(&config, &outer, &choice, &err), 0);
	ck_assert_str_eq(choice.title, "Debian");
	ck_assert_str_eq(choice.boot.kernel.path, "Debian");
}
END_TEST

START_TEST(a_submenu_as_default_boots_its_own_default)
{
	outer.chosen = 1;
	ck_assert_int_eq(choose_default(&config, &outer, &choice, &err), 0);
	ck_assert_str_eq(choice.title, "Debian 6.1 (recovery mode)");
}
END_TEST

START_TEST(a_default_without_a_kernel_falls_back_and_says_so)
{
	outer.chosen = 2;
	outer.fallback[0] = 2;
	outer.fallback[1] = 0;
	outer.fallback_count = 2;
	ck_assert_int_eq(choose_default(&config, &outer, &choice, &err), 0);
	ck_assert_str_eq(choice.title, "Debian");
	ck_assert_uint_eq(guest.note_count, 1);
	ck_assert_str_eq(guest.notes[0].text,
		"entry \"no kernel\": no such file; its fallback \"Debian\" "
		"is taken");
}
END_TEST

START_TEST(a_default_without_a_kernel_and_a_fallback_fails)
{
	outer.chosen = 2;
	ck_assert_int_eq(choose_default(&config, &outer, &choice, &err), -1);
	ck_assert_str_eq(err.text, "entry \"no kernel\": no such file");
}
END_TEST

static struct menu endless;

static int run_endless(struct config *ignored, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *fault)
{
	(void)ignored, (void)menu, (void)index, (void)fault;
	outcome->menu = &endless;
	return 0;
}

START_TEST(menus_that_open_each_other_end)
{
	static const struct config_format endless_format = {
		.name = "endless",
		.run = run_endless,
	};

	endless = outer;
	config.format = &endless_format;
	config.menu = &endless;
	ck_assert_int_eq(choose_default(&config, &endless, &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(
		strstr(err.text, "more than 16 menus inside each other"));
}
END_TEST

static unsigned int runs;

static int run_counted(struct config *ignored, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *fault)
{
	runs++;
	return run_endless(ignored, menu, index, outcome, fault);
}

START_TEST(menus_that_open_each_other_do_so_once_and_not_per_fallback)
{
	static const struct config_format counted_format = {
		.name = "counted",
		.run = run_counted,
	};

	endless = outer;
	endless.fallback_count = 4;
	for (size_t i = 0; i < endless.fallback_count; i++)
		endless.fallback[i] = i;
	config.format = &counted_format;
	runs = 0;
	ck_assert_int_eq(choose_default(&config, &endless, &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_uint_eq(runs, CONFIG_DEPTH_MAX);
}
END_TEST

static const struct {
	const char *spec;
	const char *title;
} named[] = {
	{ "0", "Debian" }, { " +0 ", "Debian" }, { "00", "Debian" },
	{ "Debian", "Debian" }, { "id-simple", "Debian" },
	{ "1", "Debian 6.1 (recovery mode)" }, /* the submenu's default */
	{ "1>0", "Debian 6.1" }, { "advanced>id-6.1", "Debian 6.1" },
	{ ">> Advanced options>0", "Debian 6.1" },
	{ "Debian 6.1", "Debian 6.1" },     /* in a submenu, as pygrub has it */
	{ "a > b", "a > b" }, { "4", "2" }, /* a number before a title */
};

START_TEST(an_entry_has_many_names)
{
	ck_assert_msg(choose_named(&config, named[_i].spec, &choice, &err) == 0,
		"%s", err.text);
	ck_assert_str_eq(choice.title, named[_i].title);
}
END_TEST

static const struct {
	const char *spec;
	const char *text;
} unnamed[] = {
	{ "Debain",
		"no entry \"Debain\"; the nearest: \"Debian\", "
		"\"Debian 6.1\", \"Debian 6.1 (recovery mode)\"" },
	{ "5", NULL }, { "-1", NULL }, { "99999999999999999999999", NULL },
	{ "", NULL }, { "1>7", NULL }, { "0>0", NULL }, /* no submenu */
};

START_TEST(a_name_that_matches_nothing_lists_the_nearest)
{
	ck_assert_int_eq(
		choose_named(&config, unnamed[_i].spec, &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	if (unnamed[_i].text)
		ck_assert_str_eq(err.text, unnamed[_i].text);
	else
		ck_assert_ptr_nonnull(strstr(err.text, "the nearest: \""));
}
END_TEST

START_TEST(a_named_entry_without_a_kernel_does_not_fall_back)
{
	outer.fallback_count = 1;
	ck_assert_int_eq(choose_named(&config, "firmware", &choice, &err), -1);
	ck_assert_str_eq(err.text, "entry \"no kernel\": no such file");
}
END_TEST

START_TEST(a_protected_entry_boots_and_is_noted)
{
	static const struct guard guard = { 0 };

	outer_entries[0].guard = &guard;
	ck_assert_int_eq(choose_default(&config, &outer, &choice, &err), 0);
	outer_entries[0].guard = NULL;
	ck_assert_uint_eq(guest.note_count, 1);
	ck_assert_str_eq(guest.notes[0].text,
		"entry \"Debian\": the guest would ask for a password here; "
		"the host does not");
}
END_TEST

/* Every entry is a submenu that leads to the same menu again. */
START_TEST(a_title_is_not_looked_for_in_a_circle_for_ever)
{
	static const struct config_format endless_format = {
		.name = "endless",
		.run = run_endless,
	};
	static struct entry entries[] = {
		{ .title = "x", .submenu = true },
		{ .title = "y", .submenu = true },
	};

	endless = (struct menu){ .entries = entries, .count = 2 };
	config.format = &endless_format;
	config.menu = &endless;
	ck_assert_int_eq(choose_named(&config, "z", &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(a_title_is_looked_for_in_as_many_submenus_as_the_limit)
{
	static struct entry submenus[257];
	size_t i;

	for (i = 0; i < LENGTH(submenus); i++)
		submenus[i] = (struct entry){ .title = ">", .submenu = true };
	outer = (struct menu){ .entries = submenus, .count = 256 };
	ck_assert_int_eq(choose_named(&config, "z", &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	outer.count = 257;
	ck_assert_int_eq(choose_named(&config, "z", &choice, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "more than 256 submenus to look for \"z\" in");
}
END_TEST

START_TEST(part_of_a_title_is_near_to_it)
{
	struct nearest near;
	char text[256];

	nearest_begin(&near, "recovery");
	nearest_offer(&near, "Memory test");
	nearest_offer(
		&near, "Debian GNU/Linux, with Linux 6.1 (recovery mode)");
	nearest_offer(&near, "Debian");
	nearest_list(&near, text, sizeof(text));
	ck_assert_int_eq(strncmp(text, "\"Debian GNU/Linux, with", 23), 0);
	nearest_begin(&near, "x");
	nearest_list(&near, text, sizeof(text));
	ck_assert_str_eq(text, "none");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("choose");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_default_is_what_the_loader_chose);
	tcase_add_test(tc, a_submenu_as_default_boots_its_own_default);
	tcase_add_test(tc, a_default_without_a_kernel_falls_back_and_says_so);
	tcase_add_test(tc, a_default_without_a_kernel_and_a_fallback_fails);
	tcase_add_test(tc, menus_that_open_each_other_end);
	tcase_add_test(
		tc, menus_that_open_each_other_do_so_once_and_not_per_fallback);
	tcase_add_loop_test(tc, an_entry_has_many_names, 0, (int)LENGTH(named));
	tcase_add_loop_test(tc, a_name_that_matches_nothing_lists_the_nearest,
		0, (int)LENGTH(unnamed));
	tcase_add_test(tc, a_named_entry_without_a_kernel_does_not_fall_back);
	tcase_add_test(tc, a_protected_entry_boots_and_is_noted);
	tcase_add_test(tc, a_title_is_not_looked_for_in_a_circle_for_ever);
	tcase_add_test(
		tc, a_title_is_looked_for_in_as_many_submenus_as_the_limit);
	tcase_add_test(tc, part_of_a_title_is_near_to_it);
	return run_suite("choose", &tc, 1);
}
