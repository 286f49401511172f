/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/config/places.h"
#include "src/policy.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct error err;

static void setup(void)
{
	memset(&err, 0, sizeof(err));
	arena_init(&arena, 1 << 20);
}

static void teardown(void)
{
	arena_free(&arena);
}

/* May the driver of that name open what it finds, with this list? */
static bool is_allowed(const char *list, const char *name)
{
	const struct fs_driver *const *drivers;
	uint32_t forbidden;
	size_t i;

	ck_assert_msg(policy_filesystems(list, &forbidden, &err) == 0, "%s",
		err.text);
	drivers = policy_drivers(forbidden, &arena, &err);
	ck_assert_ptr_nonnull(drivers);
	for (i = 0; fs_drivers[i]; i++) {
		ck_assert_ptr_nonnull(drivers[i]);
		/* the order is kept, and who recognises what */
		ck_assert_str_eq(drivers[i]->name, fs_drivers[i]->name);
		ck_assert(drivers[i]->probe == fs_drivers[i]->probe);
	}
	ck_assert_ptr_null(drivers[i]);
	for (i = 0; strcmp(drivers[i]->name, name) != 0; i++)
		;
	return drivers[i]->open == fs_drivers[i]->open;
}

static const struct {
	const char *list;
	bool ext, xfs, zfs;
} lists[] = {
	{ "", true, true, true },
	{ " , ", true, true, true },
	{ "ext", true, false, false },
	{ "ext,xfs", true, true, false },
	{ "xfs zfs\text", true, true, true },
	{ ",ext, zfs,", true, false, true },
	{ "-ext", false, true, true },
	{ "-ext,-zfs", false, true, false },
	{ "-zfs -xfs", true, false, false },
};

START_TEST(a_list_names_what_is_allowed_or_what_is_not)
{
	ck_assert_int_eq(is_allowed(lists[_i].list, "ext"), lists[_i].ext);
	ck_assert_int_eq(is_allowed(lists[_i].list, "xfs"), lists[_i].xfs);
	ck_assert_int_eq(is_allowed(lists[_i].list, "zfs"), lists[_i].zfs);
}
END_TEST

START_TEST(every_driver_can_be_forbidden)
{
	char list[64] = "-";
	size_t i;

	for (i = 0; fs_drivers[i]; i++) {
		strcpy(list + 1, fs_drivers[i]->name);
		ck_assert(!is_allowed(list, fs_drivers[i]->name));
		ck_assert(is_allowed(list + 1, fs_drivers[i]->name));
	}
}
END_TEST

START_TEST(a_forbidden_one_says_so)
{
	const struct fs_driver *const *drivers;
	uint32_t forbidden;

	ck_assert_int_eq(policy_filesystems("-squashfs", &forbidden, &err), 0);
	drivers = policy_drivers(forbidden, &arena, &err);
	ck_assert_ptr_nonnull(drivers);
	ck_assert_int_eq(drivers[0]->open(NULL, &err), -1);
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
	ck_assert_str_eq(err.text,
		"this host allows no such file system (--filesystems)");
}
END_TEST

static bool is_barred(const char *list, const char *id)
{
	const char *const *barred;
	uint32_t forbidden;

	ck_assert_msg(
		policy_loaders(list, &forbidden, &err) == 0, "%s", err.text);
	barred = policy_barred(forbidden, &arena, &err);
	ck_assert_ptr_nonnull(barred);
	for (; *barred; barred++)
		if (strcmp(*barred, id) == 0)
			return true;
	return false;
}

START_TEST(every_loader_can_be_forbidden)
{
	const struct place *row;
	char list[64] = "-";
	size_t i;

	for (i = 0; (row = places_row(i)) != NULL; i++) {
		strcpy(list + 1, row->format->id);
		ck_assert(is_barred(list, row->format->id));
		ck_assert(!is_barred(list, "none"));
		ck_assert(!is_barred(list + 1, row->format->id));
		ck_assert(is_barred(list + 1, "none"));
	}
	ck_assert(is_barred("-none", "none"));
	ck_assert(is_barred("none", "grub"));
	ck_assert(!is_barred("", "grub"));
}
END_TEST

static const struct {
	const char *list;
	const char *text;
} wrong[] = {
	{ "ext4", "no file system is called \"ext4\"; the nearest: \"ext\"" },
	{ "-", "no file system is called \"\"; the nearest: " },
	{ "--ext", "no file system is called \"-ext\"; the nearest: \"ext\"" },
	{ "ext;xfs", "no file system is called \"ext;xfs\"; the nearest: " },
	{ "ext, -xfs", "some have a \"-\" in front, others have none" },
	{ "-xfs ext", "some have a \"-\" in front, others have none" },
	{ "a123456789012345678901234567890123456789",
		"no file system is called \"a1234567890123456789012345678901\"" },
};

START_TEST(says_what_is_wrong)
{
	uint32_t forbidden;

	ck_assert_int_eq(
		policy_filesystems(wrong[_i].list, &forbidden, &err), -1);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_msg(
		strncmp(err.text, wrong[_i].text, strlen(wrong[_i].text)) == 0,
		"%s", err.text);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("policy");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_list_names_what_is_allowed_or_what_is_not, 0,
		COUNT(lists));
	tcase_add_test(tc, every_driver_can_be_forbidden);
	tcase_add_test(tc, a_forbidden_one_says_so);
	tcase_add_test(tc, every_loader_can_be_forbidden);
	tcase_add_loop_test(tc, says_what_is_wrong, 0, COUNT(wrong));
	return run_suite("policy", &tc, 1);
}
