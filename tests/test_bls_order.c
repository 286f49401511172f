/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/bls_order.h"

#include <string.h>

#include "src/base/length.h"
#include "tests/support/runner.h"

static const struct {
	const char *name;
	bool entry;
} names[] = {
	{ "a.conf", true },
	{ "m-5.18.0+3-1.conf", true },
	{ "..conf", false },
	{ ".conf", false },
	{ ".a.conf", false },
	{ "conf", false },
	{ "a.CONF", false },
	{ "a.conf~", false },
	{ "a.conf.rpmsave", false },
	{ "", false },
};

START_TEST(entries_end_in_conf)
{
	struct text id;

	ck_assert_int_eq(bls_is_entry(names[_i].name), names[_i].entry);
	if (!names[_i].entry)
		return;
	id = bls_id(names[_i].name);
	ck_assert_uint_eq(id.len, strlen(names[_i].name) - 5);
	ck_assert_ptr_eq(id.at, names[_i].name);
}
END_TEST

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

struct pair {
	const char *a, *b;
	int order;
};

/*
 * rpm 4.18's own rpm.vercmp() agrees on all that have a letter or a digit on
 * both sides; it takes no others.
 */
static const struct pair versions[] = {
	{ "", "", 0 },
	{ "1.0", "1.0", 0 },
	{ "1.0", "2.0", -1 },
	{ "2.0.1", "2.0", 1 },
	{ "5.10.0", "5.9.0", 1 },
	{ "010", "10", 0 },
	{ "0", "00", 0 },
	{ "1_0", "1.0", 0 },
	{ "1.0.", "1.0", 0 },
	{ "..", "", 0 },
	{ "a", "b", -1 },
	{ "B", "a", -1 },
	{ "a", "ab", -1 },
	{ "a", "1", -1 },
	{ "1.a", "1.1", -1 },
	{ "1", "1.a", -1 },
	{ "1a", "1", 1 },
	{ "18446744073709551616", "18446744073709551615", 1 },
	{ "1.0~rc1", "1.0", -1 },
	{ "~", "", -1 },
	{ "~~", "~", -1 },
	{ "1.0~rc2", "1.0~rc10", -1 },
	{ "1.0^", "1.0", 1 },
	{ "1.0^git1", "1.0.1", -1 },
	{ "1.0^git1", "1.0^git2", -1 },
	{ "1.0^git1~pre", "1.0^git1", -1 },
	{ "1.0+git", "1.0", 1 },
	{ "\xc3\xa9", "", 0 },
};

START_TEST(versions_are_compared_as_rpm_does)
{
	struct text a = text_of(versions[_i].a), b = text_of(versions[_i].b);

	ck_assert_int_eq(sign(bls_compare_versions(a, b)), versions[_i].order);
	ck_assert_int_eq(sign(bls_compare_versions(b, a)), -versions[_i].order);
}
END_TEST

static const struct pair ids[] = {
	{ "m-5.10.0-1", "m-5.9.0-2", 1 }, { "m-5.9.0-2", "m-5.9.0-10", -1 },
	{ "n-1-1", "m-9-9", 1 },
	{ "m-5.18.0", "m-0-rescue", 1 }, /* one dash: name and version */
	{ "m-5.18.0", "m-5.18.0-1", -1 }, { "m", "m-1", -1 },
	{ "m-1-1-2", "m-1-2-1", -1 }, /* the name is all before two dashes */
	{ "m-1.0-1", "m-1_0-01", 0 }, { "-", "", 0 },
	{ "--1", "-1", -1 }, /* a release, and a version */
};

START_TEST(ids_are_names_versions_and_releases)
{
	struct text a = text_of(ids[_i].a), b = text_of(ids[_i].b);

	ck_assert_int_eq(sign(bls_compare(a, b)), ids[_i].order);
	ck_assert_int_eq(sign(bls_compare(b, a)), -ids[_i].order);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("bls_order");

	tcase_add_loop_test(tc, entries_end_in_conf, 0, LENGTH(names));
	tcase_add_loop_test(
		tc, versions_are_compared_as_rpm_does, 0, LENGTH(versions));
	tcase_add_loop_test(
		tc, ids_are_names_versions_and_releases, 0, LENGTH(ids));
	return run_suite("bls_order", &tc, 1);
}
