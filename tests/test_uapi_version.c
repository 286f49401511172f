/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/uapi_version.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/length.h"
#include "tests/support/runner.h"

#define ANALYZE "/usr/bin/systemd-analyze"

/* Each older than all behind it: the vector of UAPI.10. */
static const char *const chain[] = { "122.1", "123~rc1-1", "123", "123-a",
	"123-a.1", "123-1", "123-1.1", "123^post1", "123.a-1", "123.1-1",
	"123a-1", "124-1" };

static int compare(const char *a, const char *b)
{
	return uapi_compare_versions(text_of(a), text_of(b));
}

START_TEST(the_specification_orders_these)
{
	size_t i, k;

	for (i = 0; i < LENGTH(chain); i++)
		for (k = 0; k < LENGTH(chain); k++)
			ck_assert_msg(compare(chain[i], chain[k]) ==
					(i > k) - (i < k),
				"%s and %s", chain[i], chain[k]);
}
END_TEST

static const struct {
	const char *a, *b;
	int order;
} pairs[] = {
	{ "", "", 0 },
	{ "", "~", 1 },
	{ "0.", "0", 1 },
	{ "1_", "1", 0 },
	{ "1_", "1+", 0 },
	{ "_1", "1", 0 },
	{ "1_2", "1.2", 1 }, /* nothing between is newer than a dot */
	{ "1_2", "12", -1 },
	{ "011", "11", 0 },
	{ "0", "00", 0 },
	{ "1.0", "1.00", 0 },
	{ "1.0", "1", 1 },
	{ "5.10.0", "5.9.0", 1 },
	{ "18446744073709551616", "18446744073709551615", 1 },
	{ "a", "B", 1 },
	{ "ab", "a", 1 },
	{ "a", "1", -1 },
	{ "a1", "1a", -1 },
	{ "1~rc1", "1", -1 },
	{ "1~rc1", "1~rc2", -1 },
	{ "1~~", "1~", 1 }, /* the end is looked for after each */
	{ "~", "~", 0 },
	{ "-", "", 1 },
	{ "-", "^", -1 },
	{ "^", ".", -1 },
	{ "1-1", "1.1", -1 },
	{ "1^1", "1.1", -1 },
	{ "1-_a", "1-a", -1 }, /* behind a mark that was cut off */
	{ "1-~a", "1-a", -1 },
	{ "1.-a", "1.a", -1 },
	{ "1-^.a", "1-^.a", 0 },
	/* names of entries, which are compared with their suffixes */
	{ "arch.conf", "arch-fallback.conf", 1 },
	{ "arch-lts.conf", "arch-fallback.conf", 1 },
	{ "nixos-generation-10.conf", "nixos-generation-9.conf", 1 },
	{ "m-6.1.0-18-amd64.conf", "m-6.1.0-9-amd64.conf", 1 },
	{ "5@6.4.1-1-default", "15@6.4.1-1-default", -1 },
	{ "3.7.2-201.fc18.x86_64", "3.8.0-2.fc19.x86_64", -1 },
};

START_TEST(versions_are_compared)
{
	ck_assert_int_eq(compare(pairs[_i].a, pairs[_i].b), pairs[_i].order);
	ck_assert_int_eq(compare(pairs[_i].b, pairs[_i].a), -pairs[_i].order);
}
END_TEST

/* A byte that is no letter of ASCII's separates, as firmware sees it. */
START_TEST(other_bytes_only_separate)
{
	ck_assert_int_eq(compare("1\xc3\xa9", "1"), 0);
	ck_assert_int_eq(compare("1\xc3\xa9"
				 "2",
				 "1_2"),
		0);
	ck_assert_int_eq(uapi_compare_versions((struct text){ "1\0", 2 },
				 (struct text){ "1", 1 }),
		0);
}
END_TEST

/* What systemd-analyze says: 11 newer, 0 the same, 12 older. */
static int ask_systemd(const char *a, const char *b)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execl(ANALYZE, ANALYZE, "compare-versions", a, b, (char *)NULL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	switch (WEXITSTATUS(status)) {
	case 0:
		return 0;
	case 11:
		return 1;
	case 12:
		return -1;
	}
	ck_abort_msg("%s: status %d", ANALYZE, status);
	return 0;
}

START_TEST(systemd_says_the_same)
{
	size_t i;

	if (access(ANALYZE, X_OK) < 0) {
		fprintf(stderr, "skipped: no %s (systemd)\n", ANALYZE);
		return;
	}
	for (i = 0; i < LENGTH(pairs); i++)
		ck_assert_msg(ask_systemd(pairs[i].a, pairs[i].b) ==
				compare(pairs[i].a, pairs[i].b),
			"%s and %s", pairs[i].a, pairs[i].b);
	for (i = 1; i < LENGTH(chain); i++)
		ck_assert_int_eq(ask_systemd(chain[i - 1], chain[i]), -1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("uapi_version");

	tcase_set_timeout(tc, 60); /* seconds; a process for each pair */
	tcase_add_test(tc, the_specification_orders_these);
	tcase_add_loop_test(tc, versions_are_compared, 0, LENGTH(pairs));
	tcase_add_test(tc, other_bytes_only_separate);
	tcase_add_test(tc, systemd_says_the_same);
	return run_suite("uapi_version", &tc, 1);
}
