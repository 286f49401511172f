/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/account.h"
#include "tests/support/runner.h"

static struct disk disks[2] = { { .name = "a.img" },
	{ .name = "b.img", .index = 1 } };
static struct device first = { .disk = &disks[0], .name = "partition 1" };
static struct device second = { .disk = &disks[0], .name = "partition 2" };
static struct device third = { .disk = &disks[0], .name = "partition 3" };
static struct device other = { .disk = &disks[1], .name = "whole disk" };
static struct device *list[] = { &first, &second, &third, &other };

static struct arena arena;
static struct devices devices;
static struct guest guest;
static struct account account;
static struct error err, why;

static void setup(void)
{
	arena_init(&arena, 1 << 20);
	devices = (struct devices){ .list = list, .count = 4, .disks = 1 };
	guest = (struct guest){ .arena = &arena, .devices = &devices };
	account_begin(&account, &guest);
	error_clear(&err);
}

static void teardown(void)
{
	arena_free(&arena);
}

static void nothing(struct device *dev, const char *text)
{
	error_set(&why, ERR_NOT_FOUND, "%s", text);
	account_nothing(&account, dev, &why);
}

static void tried(struct device *dev, const char *text)
{
	error_set(&why, ERR_SYNTAX, "%s", text);
	account_tried(&account, dev, &why);
}

START_TEST(every_place_is_accounted_for)
{
	nothing(&first, "swap, which cannot be read");
	nothing(&second, "ext4: no boot configuration (it holds home/)");
	ck_assert_int_eq(account_error(&account, "no kernel", &err), -1);
	ck_assert_str_eq(err.text,
		"a.img: no kernel: partition 1: swap, which cannot be read; "
		"partition 2: ext4: no boot configuration (it holds home/)");
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
}
END_TEST

START_TEST(what_did_not_work_comes_before_what_was_not_there)
{
	nothing(&first, "swap");
	tried(&second, "ext4: /boot/grub/grub.cfg: line 3: bad");
	account_error(&account, "no kernel", &err);
	ck_assert_str_eq(err.text,
		"a.img: no kernel: partition 2: ext4: /boot/grub/grub.cfg: "
		"line 3: bad; partition 1: swap");
}
END_TEST

START_TEST(neighbours_with_the_same_reason_share_it)
{
	nothing(&first, "swap");
	nothing(&second, "swap");
	nothing(&third, "swap");
	account_error(&account, "no kernel", &err);
	ck_assert_str_eq(
		err.text, "a.img: no kernel: partition 1 to partition 3: swap");
}
END_TEST

START_TEST(with_several_disks_each_place_names_its_own)
{
	devices.disks = 2;
	nothing(&first, "swap");
	nothing(&other, "ext4: no boot configuration");
	account_error(&account, "no kernel", &err);
	ck_assert_str_eq(err.text,
		"no kernel: a.img: partition 1: swap; b.img: whole disk: "
		"ext4: no boot configuration");
}
END_TEST

START_TEST(a_long_account_stays_one_line)
{
	char text[64];

	for (int i = 0; i < 2 * ACCOUNT_MAX; i++) {
		snprintf(text, sizeof(text), "reason number %d", i);
		nothing(i % 2 ? &first : &second, text);
	}
	account_error(&account, "no kernel", &err);
	ck_assert_uint_lt(strlen(err.text), ERROR_TEXT_SIZE);
	ck_assert_ptr_nonnull(strstr(err.text, "reason number 7;"));
}
END_TEST

START_TEST(long_paths_leave_each_reason_its_end)
{
	char path[ERROR_TEXT_SIZE - 100];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	error_set(&why, ERR_LIMIT, "ext4: /%s: the first limit", path);
	account_tried(&account, &first, &why);
	error_set(&why, ERR_LIMIT, "ext4: /%s: the second limit", path);
	account_tried(&account, &second, &why);
	account_error(&account, "no kernel", &err);
	ck_assert_int_eq(
		strncmp(err.text, "a.img: no kernel: partition 1: ext4: /ppp",
			41),
		0);
	ck_assert_ptr_nonnull(strstr(err.text, "...ppp"));
	ck_assert_ptr_nonnull(
		strstr(err.text, "pp: the first limit; partition 2: ext4: /p"));
	ck_assert_ptr_nonnull(strstr(err.text, "pp: the second limit"));
}
END_TEST

START_TEST(without_memory_for_the_reason_that_is_the_reason)
{
	struct arena none = { .limit = 0 };

	guest.arena = &none;
	nothing(&first, "swap");
	account_error(&account, "no kernel", &err);
	ck_assert_str_eq(err.text,
		"a.img: no kernel: partition 1: needs more memory than the "
		"limit");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("account");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_place_is_accounted_for);
	tcase_add_test(tc, what_did_not_work_comes_before_what_was_not_there);
	tcase_add_test(tc, neighbours_with_the_same_reason_share_it);
	tcase_add_test(tc, with_several_disks_each_place_names_its_own);
	tcase_add_test(tc, a_long_account_stays_one_line);
	tcase_add_test(tc, long_paths_leave_each_reason_its_end);
	tcase_add_test(tc, without_memory_for_the_reason_that_is_the_reason);
	return run_suite("account", &tc, 1);
}
