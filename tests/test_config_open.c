/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one configuration needs to lead to another, with formats that do
 * nothing but count how often they are asked.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/config.h"
#include "tests/support/fakeguest.h"
#include "tests/support/runner.h"

static struct fakeguest fake;
static struct fakefs *files;
static struct config_translation translation;
static struct config wanted;
static struct outcome outcome;
static struct error err;
static unsigned int loads, runs, peeks;

/* A file that says "fail" cannot be loaded, "self" leads to itself. */
static int load(struct config *config, struct text file, struct error *why)
{
	struct arena *arena = config->guest->arena;

	loads++;
	if (text_starts_with(file, "fail"))
		return error_set(why, ERR_SYNTAX, "line 1: fail");
	if (text_starts_with(file, "self") && !config_open(config, why))
		return -1;
	config->menu = arena_alloc(arena, sizeof(*config->menu), why);
	return config->menu ? 0 : -1;
}

/* Entry 0 brings up a menu, entry 1 fails. */
static int give_menu(struct config *config, size_t index,
	struct outcome *result, struct error *why)
{
	struct arena *arena = config->guest->arena;

	if (index > 0)
		return error_set(why, ERR_NOT_FOUND, "line 3: nothing");
	*result = (struct outcome){ 0 };
	result->menu = arena_alloc(arena, sizeof(*result->menu), why);
	return result->menu ? 0 : -1;
}

static int run(struct config *config, struct menu *menu, size_t index,
	struct outcome *result, struct error *why)
{
	(void)menu;
	runs++;
	return give_menu(config, index, result, why);
}

static int peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *result, struct error *why)
{
	(void)menu;
	peeks++;
	return give_menu(config, index, result, why);
}

static const struct config_format format = {
	.name = "test",
	.load = load,
	.run = run,
	.peek = peek,
};

static const struct config_format without_peek = {
	.name = "test",
	.load = load,
	.run = run,
};

static void setup(void)
{
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	fakefs_text(files, "/a", "a");
	fakefs_text(files, "/b", "b");
	wanted = (struct config){
		.format = &format,
		.guest = &fake.guest,
		.dev = fakeguest_device(&fake, "hd0,msdos1"),
		.path = "/a",
	};
	translation = (struct config_translation){
		.root = whole_file(wanted.dev, ""),
		.cwd = whole_file(wanted.dev, "/dir"),
		.medium = "-iso-",
	};
	loads = runs = peeks = 0;
	error_clear(&err);
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

START_TEST(each_is_loaded_once)
{
	struct config *first = config_open(&wanted, &err);

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(first->menu->owner, first);
	ck_assert_ptr_eq(config_open(&wanted, &err), first);
	ck_assert_uint_eq(loads, 1);
	wanted.path = "/b";
	ck_assert_ptr_ne(config_open(&wanted, &err), first);
	wanted.path = "/a";
	wanted.format = &without_peek;
	ck_assert_ptr_ne(config_open(&wanted, &err), first);
	ck_assert_uint_eq(loads, 3);
}
END_TEST

START_TEST(where_its_paths_begin_makes_another_of_it)
{
	struct config *first = config_open(&wanted, &err), *second;
	struct config_translation same = translation, cwd = translation,
				  medium = translation;

	wanted.translation = &translation;
	second = config_open(&wanted, &err);
	ck_assert_ptr_ne(second, first);
	wanted.translation = &same;
	ck_assert_ptr_eq(config_open(&wanted, &err), second);
	cwd.cwd.path = "/other";
	wanted.translation = &cwd;
	ck_assert_ptr_ne(config_open(&wanted, &err), second);
	medium.medium = "-sys-";
	wanted.translation = &medium;
	ck_assert_ptr_ne(config_open(&wanted, &err), second);
	ck_assert_uint_eq(loads, 4);
}
END_TEST

START_TEST(what_cannot_be_loaded_may_be_tried_again)
{
	fakefs_text(files, "/a", "fail");
	ck_assert_ptr_null(config_open(&wanted, &err));
	ck_assert_str_eq(err.text, "fakefs: /a: line 1: fail");
	fakefs_text(files, "/a", "now");
	ck_assert_ptr_nonnull(config_open(&wanted, &err));
	wanted.path = "/gone";
	ck_assert_ptr_null(config_open(&wanted, &err));
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "fakefs: /gone: no such file");
	wanted.path = "/b";
	ck_assert_ptr_nonnull(config_open(&wanted, &err));
}
END_TEST

START_TEST(one_that_leads_to_itself_while_it_is_loaded_is_refused)
{
	fakefs_text(files, "/a", "self");
	ck_assert_ptr_null(config_open(&wanted, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "fakefs: /a: /a leads to itself");
	ck_assert_uint_eq(loads, 1);
}
END_TEST

START_TEST(there_are_only_so_many)
{
	char path[16];
	int i;

	wanted.path = path;
	for (i = 0; i < CONFIG_INCLUDES_MAX; i++) {
		snprintf(path, sizeof(path), "/f%d", i);
		fakefs_text(files, path, "x");
		wanted.path = arena_strdup(&fake.arena, path, &err);
		ck_assert_ptr_nonnull(config_open(&wanted, &err));
	}
	wanted.path = "/a";
	ck_assert_ptr_null(config_open(&wanted, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "more than 64 configurations lead to each other");
	wanted.path = "/f0";
	ck_assert_ptr_nonnull(config_open(&wanted, &err));
}
END_TEST

START_TEST(a_menu_goes_to_its_owner_and_so_does_what_comes_of_it)
{
	struct config *owner = config_open(&wanted, &err);
	struct config top = { .format = &without_peek, .path = "/top" };
	int (*const ways[])(struct config *, struct menu *, size_t,
		struct outcome *, struct error *) = { config_run, config_peek };

	ck_assert_ptr_nonnull(owner);
	ck_assert_int_eq(ways[_i](&top, owner->menu, 0, &outcome, &err), 0);
	ck_assert_ptr_eq(outcome.menu->owner, owner);
	ck_assert_uint_eq(runs, _i == 0);
	ck_assert_uint_eq(peeks, _i == 1);
	ck_assert_int_eq(ways[_i](&top, owner->menu, 1, &outcome, &err), -1);
	ck_assert_str_eq(err.text, "/a: line 3: nothing");
}
END_TEST

START_TEST(without_an_owner_a_menu_is_of_the_configuration_that_is_given)
{
	struct menu menu = { 0 };

	ck_assert_int_eq(config_run(&wanted, &menu, 0, &outcome, &err), 0);
	ck_assert_ptr_null(outcome.menu->owner);
	ck_assert_int_eq(config_peek(&wanted, &menu, 1, &outcome, &err), -1);
	ck_assert_str_eq(err.text, "line 3: nothing");
	ck_assert_uint_eq(peeks, 1);
	wanted.format = &without_peek;
	ck_assert_int_eq(config_peek(&wanted, &menu, 0, &outcome, &err), 0);
	ck_assert_uint_eq(runs, 2);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("config_open");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_is_loaded_once);
	tcase_add_test(tc, where_its_paths_begin_makes_another_of_it);
	tcase_add_test(tc, what_cannot_be_loaded_may_be_tried_again);
	tcase_add_test(
		tc, one_that_leads_to_itself_while_it_is_loaded_is_refused);
	tcase_add_test(tc, there_are_only_so_many);
	tcase_add_loop_test(tc,
		a_menu_goes_to_its_owner_and_so_does_what_comes_of_it, 0, 2);
	tcase_add_test(tc,
		without_an_owner_a_menu_is_of_the_configuration_that_is_given);
	return run_suite("config_open", &tc, 1);
}
