/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/file_version.h"

#include "src/base/length.h"
#include "tests/support/runner.h"

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

/* As "sort -V -s" of coreutils 9.1 orders them. */
static const struct {
	const char *a, *b;
	int order;
} pairs[] = {
	{ "", "", 0 },
	{ "", ".", -1 },
	{ ".", "..", -1 },
	{ "..", ".a", -1 },
	{ ".z", "a", -1 },
	{ "a.conf", "a.conf", 0 },
	{ "os-6.9.conf", "os-6.10.conf", -1 },
	{ "os-6.09.conf", "os-6.9.conf", 0 },
	{ "os-6.10~rc1.conf", "os-6.10.conf", -1 },
	{ "os-6.10.conf", "os-6.10-1.conf", -1 },
	{ "os-6.10.1.conf", "os-6.10-1.conf", 1 },
	{ "os-6.10+3.conf", "os-6.10.conf", 1 },
	{ "a", "a0", 0 },
	{ "a", "a1", -1 },
	{ "a~", "a", -1 },
	{ "a~~", "a~", -1 },
	{ "B", "a", -1 },
	{ "aa", "a-", -1 },
	{ "a-", "a.", -1 },
	{ "1", "a", -1 },
	{ "a.b", "a.c", -1 },
	{ "a.b1", "a.b", 1 },
	{ "a1.tar.gz", "a1.1.tar.gz", -1 },
	{ "a1.tar.gz", "a1.tar.xz", -1 },
	{ "a.7z", "a.zip", 1 },
	{ "18446744073709551616", "18446744073709551615", 1 },
	{ "00000000000000000000001", "1", 0 },
	{ ".conf", ".conf.conf", -1 },
	{ ".b", ".a_.conf", -1 },
	{ "a\xff", "a", 1 },
};

START_TEST(versions_are_ordered_as_sort_does)
{
	struct text a = text_of(pairs[_i].a), b = text_of(pairs[_i].b);

	ck_assert_int_eq(sign(file_version_compare(a, b)), pairs[_i].order);
	ck_assert_int_eq(sign(file_version_compare(b, a)), -pairs[_i].order);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("file_version");

	tcase_add_loop_test(
		tc, versions_are_ordered_as_sort_does, 0, (int)LENGTH(pairs));
	return run_suite("file_version", &tc, 1);
}
