/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/readback.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define BYTES(literal)                                                         \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}

struct expected {
	struct text output;
	const char *kernel; /* NULL: not compared */
	const char *args;
	unsigned int kernels;
	unsigned int ramdisks;
	unsigned int argses;
	bool broken;
};

static char long_item[2 * 8192 + 16];

static void check(const struct reading *got, const struct expected *expected)
{
	ck_assert_uint_eq(got->kernels, expected->kernels);
	ck_assert_uint_eq(got->ramdisks, expected->ramdisks);
	ck_assert_uint_eq(got->argses, expected->argses);
	ck_assert_int_eq(got->broken, expected->broken);
	if (expected->kernel)
		ck_assert_msg(text_is(got->kernel, expected->kernel), "%.*s",
			(int)got->kernel.len, got->kernel.at);
	if (expected->args)
		ck_assert_msg(text_is(got->args, expected->args), "%.*s",
			(int)got->args.len, got->args.at);
}

static const struct expected libxl[] = {
	{ BYTES("kernel /k\0ramdisk /r\0args a b\0\0"), "/k", "a b", 1, 1, 1,
		false },
	{ BYTES("kernel /k"), "/k", NULL, 1, 0, 0, false },
	{ BYTES(""), NULL, NULL, 0, 0, 0, false },
	{ BYTES("\0\0\0"), NULL, NULL, 0, 0, 0, false },
	{ BYTES("kernel /a\0kernel /b\0"), "/b", NULL, 2, 0, 0, false },
	{ BYTES("args   x \0"), NULL, "x ", 0, 0, 1, false },
	{ BYTES("args\t\nx\0"), NULL, "x", 0, 0, 1, false },
	{ BYTES("args\0"), NULL, NULL, 0, 0, 0, false },
	{ BYTES("args  \0"), NULL, "", 0, 0, 1, false },
	{ BYTES("kernels /k\0Kernel /k\0 kernel /k\0"), NULL, NULL, 0, 0, 0,
		false },
};

START_TEST(libxl_reads_items_that_end_with_nul)
{
	struct reading got;

	readback_libxl(libxl[_i].output, &got);
	check(&got, &libxl[_i]);
}
END_TEST

START_TEST(libxl_drops_an_item_of_8192_bytes)
{
	struct reading got;

	memset(long_item, 'x', sizeof(long_item));
	memcpy(long_item, "args ", 5);
	readback_libxl((struct text){ long_item, 8191 }, &got);
	ck_assert_uint_eq(got.argses, 1);
	ck_assert_uint_eq(got.args.len, 8186);
	readback_libxl((struct text){ long_item, 8192 }, &got);
	ck_assert_uint_eq(got.argses, 0);
}
END_TEST

static const struct expected xenopsd[] = {
	{ BYTES("kernel /k\nramdisk /r\nargs a  b \n\n"), "/k", "a  b ", 1, 1,
		1, false },
	{ BYTES("kernel /k\r\n"), "/k\r", NULL, 1, 0, 0, false },
	{ BYTES("kernel /k\nkernel /j\n"), "/j", NULL, 2, 0, 0, false },
	{ BYTES("junk\n kernel /k\nkernel /k"), "/k", NULL, 1, 0, 0, false },
	{ BYTES("hello world\nkernel /k\n"), "/k", NULL, 1, 0, 0, true },
	{ BYTES("args  extra\n"), NULL, " extra", 0, 0, 1, false },
};

START_TEST(xenopsd_reads_lines)
{
	struct reading got;

	readback_xenopsd(xenopsd[_i].output, &got);
	check(&got, &xenopsd[_i]);
}
END_TEST

static const struct expected xend[] = {
	{ BYTES("linux (kernel '/k')(ramdisk '/r')(args 'a b')"), "/k", "a b",
		1, 1, 1, false },
	{ BYTES("linux (kernel /k)(args \"a'b)\")"), "/k", "a'b)", 1, 0, 1,
		false },
	{ BYTES("linux (kernel '/k')(args 'it\\'s')"), "/k", "it\\'s", 1, 0, 1,
		false },
	{ BYTES("linux (kernel '/k')(args 'a')(kernel '/j')"), "/j", "a", 2, 0,
		1, false },
	{ BYTES("linux ((kernel '/k'))"), NULL, NULL, 0, 0, 0, false },
	{ BYTES("linux (kernel '/k'"), NULL, NULL, 1, 0, 0, true },
	{ BYTES("linux (kernel '/k"), NULL, NULL, 0, 0, 0, true },
	{ BYTES("linux (kernel '/k\\'"), NULL, NULL, 0, 0, 0, true },
	{ BYTES("linux (kernel '/k'))"), NULL, NULL, 1, 0, 0, true },
	{ BYTES("linux {kernel}"), NULL, NULL, 0, 0, 0, true },
	{ BYTES(""), NULL, NULL, 0, 0, 0, false },
};

START_TEST(xend_reads_lists)
{
	struct reading got;

	readback_xend(xend[_i].output, &got);
	check(&got, &xend[_i]);
}
END_TEST

static const struct expected eliloader[] = {
	{ BYTES("linux (kernel '/k')(ramdisk '/r')(args 'a b')"), "'/k'",
		"'a b'", 1, 1, 1, false },
	{ BYTES("linux (kernel '/k')(args 'a (b) c')"), "'/k'", "'a (b", 1, 0,
		1, true },
	{ BYTES("linux (kernel '/k')(args 'a)(kernel /j)"), "/j", "'a", 2, 0, 1,
		false },
	{ BYTES("linux (kernel '/k')\n"), "'/k'", NULL, 1, 0, 0, true },
	{ BYTES("linux (kernel '/k'"), NULL, NULL, 0, 0, 0, true },
	{ BYTES("linux (kernel)"), NULL, NULL, 0, 0, 0, true },
	{ BYTES("kernel /k"), NULL, NULL, 0, 0, 0, true },
	{ BYTES("linux "), NULL, NULL, 0, 0, 0, false },
};

START_TEST(eliloader_ends_an_item_at_the_first_parenthesis)
{
	struct reading got;

	readback_eliloader(eliloader[_i].output, &got);
	check(&got, &eliloader[_i]);
}
END_TEST

static const struct {
	const char *value;
	const char *text;
	bool same;
} strings[] = {
	{ "", "", true },
	{ "/k", "/k", true },
	{ "/k", "/kk", false },
	{ "/kk", "/k", false },
	{ "\\'\\\"\\\\\\t\\n\\r", "'\"\\\t\n\r", true },
	{ "\\xff\\x7f", "\xff\x7f", true },
	{ "\\xa0", "\xc2\xa0", false }, /* a byte, not a code point */
	{ "\\u2028", "\xe2\x80\xa8", false },
	{ "\\xg0", "\xa0", false },
	{ "\\x1", "\x01", false },
	{ "\\", "\\", false },
};

START_TEST(xend_resolves_escapes_to_bytes)
{
	ck_assert_int_eq(
		readback_xend_is(text_of(strings[_i].value), strings[_i].text),
		strings[_i].same);
}
END_TEST

/* Exactly sized copies, so that ASan sees a read behind the end. */
START_TEST(survives_any_length)
{
	static const struct text whole =
		BYTES("linux (kernel '/k\\x20')(ramdisk \"/r\")(args 'a b')\n"
		      "kernel /k\0args x\0\nargs y\n");
	struct reading got;
	struct text cut;
	char *copy;

	for (cut.len = 1; cut.len <= whole.len; cut.len++) {
		copy = malloc(cut.len);
		memcpy(copy, whole.at + whole.len - cut.len, cut.len);
		cut.at = copy;
		readback_libxl(cut, &got);
		readback_xenopsd(cut, &got);
		readback_xend(cut, &got);
		readback_eliloader(cut, &got);
		memcpy(copy, whole.at, cut.len);
		readback_libxl(cut, &got);
		readback_xenopsd(cut, &got);
		readback_xend(cut, &got);
		readback_xend_is(cut, "linux (kernel '/k (ramdisk");
		readback_eliloader(cut, &got);
		ck_assert_uint_le(got.kernels, 1);
		free(copy);
	}
}
END_TEST

static const struct {
	enum output_format format;
	struct text output;
	const char *text; /* NULL: it is the result */
} forged[] = {
	{ OUTPUT_SIMPLE0, BYTES("kernel /k\0args a\0\0"), NULL },
	{ OUTPUT_SIMPLE0, BYTES("kernel /k\0args a\0kernel /k\0"),
		"result: libxl would read a value as one more item" },
	{ OUTPUT_SIMPLE0, BYTES("kernel /j\0args a\0\0"),
		"result: libxl would read another path" },
	{ OUTPUT_SIMPLE0, BYTES("kernel /k\0\0"),
		"result: libxl would not understand it" },
	{ OUTPUT_SIMPLE0, BYTES("kernel /k\0args b\0\0"),
		"result: libxl would read other arguments" },
	{ OUTPUT_SIMPLE0, BYTES("kernel /k\0ramdisk /r\0args a\0"),
		"result: libxl would read a value as one more item" },
	{ OUTPUT_SIMPLE, BYTES("kernel /k\nargs a\n\n"), NULL },
	{ OUTPUT_SIMPLE, BYTES("kernel /k\nargs a\nx y\n"),
		"result: xenopsd would not understand it" },
	{ OUTPUT_SXP, BYTES("linux (kernel '/k')(args 'a')"), NULL },
	{ OUTPUT_SXP, BYTES("linux (kernel '/k')(args 'a'"),
		"result: xend would not understand it" },
	{ OUTPUT_SXP, BYTES("linux (kernel '/j')(args 'a')"),
		"result: xend would read another path" },
	{ OUTPUT_SXP, BYTES("linux (kernel '/k' )(args 'a')"),
		"result: eliloader would read another path" },
};

START_TEST(says_which_client_would_read_what)
{
	static const struct result result = { "/k", NULL, "a" };
	struct error err = { 0 };
	int rc = readback_check(
		forged[_i].format, forged[_i].output, &result, &err);

	ck_assert_int_eq(rc, forged[_i].text ? -1 : 0);
	ck_assert_str_eq(err.text, forged[_i].text ? forged[_i].text : "");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("readback");

	tcase_add_loop_test(
		tc, libxl_reads_items_that_end_with_nul, 0, COUNT(libxl));
	tcase_add_test(tc, libxl_drops_an_item_of_8192_bytes);
	tcase_add_loop_test(tc, xenopsd_reads_lines, 0, COUNT(xenopsd));
	tcase_add_loop_test(tc, xend_reads_lists, 0, COUNT(xend));
	tcase_add_loop_test(tc, eliloader_ends_an_item_at_the_first_parenthesis,
		0, COUNT(eliloader));
	tcase_add_loop_test(
		tc, xend_resolves_escapes_to_bytes, 0, COUNT(strings));
	tcase_add_test(tc, survives_any_length);
	tcase_add_loop_test(
		tc, says_which_client_would_read_what, 0, COUNT(forged));
	return run_suite("readback", &tc, 1);
}
