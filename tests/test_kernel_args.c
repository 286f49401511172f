/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/kernel_args.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct options options;
static struct error err;

static void setup(void)
{
	memset(&err, 0, sizeof(err));
	arena_init(&arena, 1 << 20);
	options = (struct options){
		.add_args = "",
		.remove_args = "",
		.forbid_args = "",
	};
}

static void teardown(void)
{
	arena_free(&arena);
}

static const char *made(const char *guests, const char *more)
{
	const char *args = kernel_args(&arena, &options, guests, more, &err);

	ck_assert_msg(args, "%s", err.text);
	return args;
}

static const struct {
	const char *guests, *more, *add, *all;
} joined[] = {
	{ "ro quiet", "", "", "ro quiet" },
	{ "ro", "x=1", "", "ro x=1" },
	{ "", "x=1", "", " x=1" }, /* as pygrub does */
	{ "ro  quiet ", "", "", "ro  quiet " },
	{ NULL, "x=1", "", "x=1" },
	{ NULL, "", "", "" },
	{ "ro", "", "console=hvc0", "ro console=hvc0" },
	{ "ro", "x=1", "console=hvc0", "ro x=1 console=hvc0" },
	{ "", "", "console=hvc0", "console=hvc0" },
	{ NULL, "", "console=hvc0", "console=hvc0" },
	{ NULL, "x=1", "a b", "x=1 a b" },
};

START_TEST(the_guests_the_command_lines_and_the_hosts_follow_each_other)
{
	options.add_args = joined[_i].add;
	ck_assert_str_eq(
		made(joined[_i].guests, joined[_i].more), joined[_i].all);
}
END_TEST

static const struct {
	const char *args, *remove, *left;
} removed[] = {
	{ "ro quiet splash", "quiet", "ro splash" },
	{ "quiet ro splash", "quiet", "ro splash" },
	{ "ro splash quiet", "quiet", "ro splash" },
	{ "quiet", "quiet", "" },
	{ "quiet quiet", "quiet", "" },
	{ "ro", "quiet", "ro" },
	{ " ro ", "quiet", " ro " },
	{ "  ro\tquiet  x ", "quiet", "  ro  x" },
	{ "ro quietly", "quiet", "ro quietly" },
	{ "console=ttyS0,115200 console=hvc0 console", "console", "" },
	{ "a console=ttyS0 b console=hvc0", "console=ttyS0",
		"a b console=hvc0" },
	{ "a console=ttyS0,1 console=hvc0", "console=ttyS*", "a console=hvc0" },
	{ "a console", "console=*", "a console" },
	{ "a rd.break rd.shell=1 rdx", "rd.*", "a rdx" },
	{ "a b c", "*", "" },
	{ "a b c d", "b  d", "a c" },
	/* as Linux compares names */
	{ "log-buf-len=1M x", "log_buf_len", "x" },
	{ "log_buf_len=1M x", "log-buf-len", "x" },
	{ "x=a-b x=a_b", "x=a_b", "x=a-b" },
	/* as Linux tells words apart */
	{ "x=\"a quiet b\" c", "quiet", "x=\"a quiet b\" c" },
	{ "\"quiet\" c", "quiet", "c" },
	{ "\"init=/bin/sh -c x\" c", "init", "c" },
	{ "init=\"/bin/sh\" c", "init=/bin/sh", "c" },
	{ "x=\"no end quiet", "quiet", "x=\"no end quiet" },
	{ "a\xa0quiet", "quiet", "a" },
	{ "=x y", "=x", "y" },
	/* an administrator's "*" is one, a guest's is none */
	{ "rd.* a", "rd.break", "rd.* a" },
	{ "rd.*x a", "rd.*", "a" },
};

START_TEST(words_are_removed_and_the_rest_stays_as_it_is)
{
	options.remove_args = removed[_i].remove;
	ck_assert_str_eq(made(removed[_i].args, ""), removed[_i].left);
}
END_TEST

START_TEST(only_the_guests_words_are_removed)
{
	options.remove_args = "quiet";
	options.add_args = "quiet=host";
	ck_assert_str_eq(
		made("ro quiet", "quiet=here"), "ro quiet=here quiet=host");
	ck_assert_str_eq(made(NULL, "quiet"), "quiet quiet=host");
}
END_TEST

static const struct {
	const char *args, *forbid, *text;
} forbidden[] = {
	{ "ro init=/bin/sh", "init", "\"init=/bin/sh\" (--forbid-args: init)" },
	{ "ro single", "init single", "\"single\" (--forbid-args: single)" },
	{ "\"init=/bin/sh x\"", "init",
		"\"\"init=/bin/sh x\"\" (--forbid-args: init)" },
	{ "a\xa0single", "single", "\"single\" (--forbid-args: single)" },
	{ "a\tsingle", "single", "\"single\" (--forbid-args: single)" },
	{ "a\vsingle", "single", "\"single\" (--forbid-args: single)" },
	{ "rd-x.break", "rd_x.*", "\"rd-x.break\" (--forbid-args: rd_x.*)" },
};

START_TEST(a_word_that_is_forbidden_is_named)
{
	options.forbid_args = forbidden[_i].forbid;
	ck_assert_ptr_null(
		kernel_args(&arena, &options, forbidden[_i].args, "", &err));
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
	ck_assert_int_eq(
		strncmp(err.text, "arguments: this host does not allow ", 36),
		0);
	ck_assert_str_eq(err.text + 36, forbidden[_i].text);
}
END_TEST

START_TEST(nobody_may_pass_what_is_forbidden)
{
	options.forbid_args = "single";
	ck_assert_ptr_null(kernel_args(&arena, &options, "ro", "single", &err));
	ck_assert_ptr_null(kernel_args(&arena, &options, NULL, "single", &err));
	options.add_args = "single";
	ck_assert_ptr_null(kernel_args(&arena, &options, "ro", "", &err));
}
END_TEST

START_TEST(what_is_removed_is_not_forbidden_any_more)
{
	options.forbid_args = options.remove_args = "single";
	ck_assert_str_eq(made("ro single", ""), "ro");
}
END_TEST

START_TEST(harmless_words_pass)
{
	options.forbid_args = "init rd.* console=ttyS0 s";
	ck_assert_str_eq(made("ro inits=1 xinit rdinit=/x console=hvc0 "
			      "x=\"y init z\"",
				 ""),
		"ro inits=1 xinit rdinit=/x console=hvc0 x=\"y init z\"");
}
END_TEST

START_TEST(without_memory_there_are_none)
{
	arena_free(&arena);
	arena_init(&arena, 8);
	options.remove_args = "x";
	ck_assert_ptr_null(
		kernel_args(&arena, &options, "a long line x", "", &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("kernel_args");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc,
		the_guests_the_command_lines_and_the_hosts_follow_each_other, 0,
		COUNT(joined));
	tcase_add_loop_test(tc, words_are_removed_and_the_rest_stays_as_it_is,
		0, COUNT(removed));
	tcase_add_test(tc, only_the_guests_words_are_removed);
	tcase_add_loop_test(
		tc, a_word_that_is_forbidden_is_named, 0, COUNT(forbidden));
	tcase_add_test(tc, nobody_may_pass_what_is_forbidden);
	tcase_add_test(tc, what_is_removed_is_not_forbidden_any_more);
	tcase_add_test(tc, harmless_words_pass);
	tcase_add_test(tc, without_memory_there_are_none);
	return run_suite("kernel_args", &tc, 1);
}
