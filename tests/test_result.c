/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/printable.h"
#include "src/readback.h"
#include "src/result.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define K "/OUT/boot_kernel.XXXXXXXX"
#define R "/OUT/boot_ramdisk.XXXXXXXX"

static struct error err;

/* Bytes that may hold NULs, with their length. */
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	enum output_format format;
	struct result result;
	const char *bytes;
	size_t len;
} formats[] = {
	/* what pygrub 4.17 printed (pygrub.md, section 10) */
	{ OUTPUT_SXP, { K, R, "root=/dev/xvda1 ro" },
		BYTES("linux (kernel '" K "')(ramdisk '" R
		      "')(args 'root=/dev/xvda1 ro')") },
	{ OUTPUT_SXP, { K, NULL, NULL }, BYTES("linux (kernel '" K "')") },
	{ OUTPUT_SXP, { K, "", "" }, BYTES("linux (kernel '" K "')") },
	{ OUTPUT_SIMPLE, { K, R, "root=/dev/xvda1 ro" },
		BYTES("kernel " K "\nramdisk " R
		      "\nargs root=/dev/xvda1 ro\n\n") },
	{ OUTPUT_SIMPLE, { K, NULL, NULL }, BYTES("kernel " K "\n\n") },
	{ OUTPUT_SIMPLE0, { K, NULL, " extra" },
		BYTES("kernel " K "\0args  extra\0\0") },
	{ OUTPUT_SIMPLE0, { K, R, "ro" },
		BYTES("kernel " K "\0ramdisk " R "\0args ro\0\0") },
	{ OUTPUT_SIMPLE0, { K, NULL, NULL }, BYTES("kernel " K "\0\0") },
	/* -n */
	{ OUTPUT_SXP, { "<kernel:/boot/vmlinuz>", "<ramdisk:/i>", NULL },
		BYTES("linux (kernel '<kernel:/boot/vmlinuz>')"
		      "(ramdisk '<ramdisk:/i>')") },
	/* bytes that are no UTF-8 pass in the simple formats */
	{ OUTPUT_SIMPLE, { K, NULL, "a=\xff\xe9" },
		BYTES("kernel " K "\nargs a=\xff\xe9\n\n") },
	{ OUTPUT_SIMPLE0, { K, NULL, "a=\xff" },
		BYTES("kernel " K "\0args a=\xff\0\0") },
};

START_TEST(prints_the_bytes_of_pygrub)
{
	size_t len = 0;
	char *got = result_format(
		formats[_i].format, &formats[_i].result, &len, &err);

	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_uint_eq(len, formats[_i].len);
	ck_assert_mem_eq(got, formats[_i].bytes, len);
	free(got);
}
END_TEST

static const struct {
	const char *args;
	const char *repr;
} quoted[] = {
	{ "foo=\"a b\"", "'foo=\"a b\"'" },
	{ "foo='a b'", "\"foo='a b'\"" },
	{ "a=\"x\" b='y'", "'a=\"x\" b=\\'y\\''" },
	{ "a=b\\\\c", "'a=b\\\\\\\\c'" },
	{ "'\\", "\"'\\\\\"" },
	{ "n=\xc3\xa9\xe2\x82\xac", "'n=\xc3\xa9\xe2\x82\xac'" },
	{ "\xf0\x9f\x98\x80", "'\xf0\x9f\x98\x80'" },
	{ "\xc2\xa0", "'\\xa0'" },       /* no-break space: code point */
	{ "\xc2\x85", "'\\x85'" },       /* C1 */
	{ "\xe2\x80\xa8", "'\\u2028'" }, /* line separator */
	{ "\xe2\x80\xae", "'\\u202e'" }, /* right-to-left override */
	{ "\xcd\xb8", "'\\u0378'" },     /* unassigned */
	{ "\xee\x80\x80", "'\\ue000'" }, /* private use */
	{ "\xf3\xb0\x80\x80", "'\\U000f0000'" },
	{ "\xf4\x8f\xbf\xbf", "'\\U0010ffff'" },
	{ "a\xffz", "'a\\xffz'" },               /* no UTF-8 */
	{ "\xed\xa0\x80", "'\\xed\\xa0\\x80'" }, /* a surrogate */
	{ "\xe2\x82", "'\\xe2\\x82'" },          /* cut off */
	{ "  ", "'  '" },
	{ "root=(hd0,1) x)", "'root=(hd0,1) x)'" },
};

START_TEST(quotes_as_python_does)
{
	struct result result = { K, NULL, quoted[_i].args };
	char expected[256];
	size_t len = 0;
	char *got = result_format(OUTPUT_SXP, &result, &len, &err);

	snprintf(expected, sizeof(expected), "linux (kernel '" K "')(args %s)",
		quoted[_i].repr);
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_uint_eq(len, strlen(expected));
	ck_assert_mem_eq(got, expected, len);
	free(got);
}
END_TEST

static const struct {
	struct result result;
	enum error_code code;
	const char *text;
} refused[] = {
	{ { K, NULL, "a\nkernel /etc/shadow" }, ERR_UNSUPPORTED,
		"args: control byte 0x0a" },
	{ { K, NULL, "a\rb" }, ERR_UNSUPPORTED, "args: control byte 0x0d" },
	{ { K, NULL, "a\tb" }, ERR_UNSUPPORTED, "args: control byte 0x09" },
	{ { K, NULL, "\x1b[2J" }, ERR_UNSUPPORTED, "args: control byte 0x1b" },
	{ { K, NULL, "a\x7f" }, ERR_UNSUPPORTED, "args: control byte 0x7f" },
	{ { "/a\nb", NULL, NULL }, ERR_UNSUPPORTED,
		"kernel: control byte 0x0a" },
	{ { K, "/r\x01", NULL }, ERR_UNSUPPORTED,
		"ramdisk: control byte 0x01" },
};

START_TEST(refuses_control_bytes_in_every_format)
{
	enum output_format format;
	size_t len;

	for (format = OUTPUT_SXP; format <= OUTPUT_SIMPLE0; format++) {
		ck_assert_ptr_null(
			result_format(format, &refused[_i].result, &len, &err));
		ck_assert_int_eq(err.code, refused[_i].code);
		ck_assert_str_eq(err.text, refused[_i].text);
	}
}
END_TEST

static const struct {
	enum output_format format;
	struct result result;
	const char *text;
} misread[] = {
	{ OUTPUT_SXP, { K, NULL, "a)(kernel /etc/shadow" },
		"result: eliloader would read a value as one more item" },
	{ OUTPUT_SXP, { K, R, "a)(ramdisk /etc/shadow)(x " },
		"result: eliloader would read a value as one more item" },
	{ OUTPUT_SXP, { K, NULL, "a)(args b" },
		"result: eliloader would read a value as one more item" },
	{ OUTPUT_SXP, { "/a)(b c", NULL, NULL },
		"result: eliloader would read another path" },
	{ OUTPUT_SXP, { "/\xc2\xa0/k", NULL, NULL },
		"result: xend would read another path" },
	{ OUTPUT_SXP, { "", NULL, "a" },
		"result: xend would not understand it" },
	{ OUTPUT_SIMPLE, { NULL, NULL, "a" },
		"result: xenopsd would not understand it" },
	{ OUTPUT_SIMPLE0, { "", R, NULL },
		"result: libxl would not understand it" },
	{ OUTPUT_SIMPLE0, { " /k", NULL, NULL },
		"result: libxl would read another path" },
};

START_TEST(refuses_what_a_client_would_misread)
{
	size_t len;

	ck_assert_ptr_null(result_format(
		misread[_i].format, &misread[_i].result, &len, &err));
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
	ck_assert_str_eq(err.text, misread[_i].text);
}
END_TEST

static const struct {
	const char *keyword;
	size_t value_max; /* bytes, so that the item has OUTPUT_ITEM_MAX */
} items[] = { { "kernel", 8184 }, { "ramdisk", 8183 }, { "args", 8186 } };

START_TEST(an_item_may_have_8191_bytes_and_no_more)
{
	static char value[8192];
	struct result result = { K, R, "ro" };
	enum output_format format = (enum output_format)(_i % 3);
	const char **field[] = { &result.kernel, &result.ramdisk,
		&result.args };
	char expected[128], *got;
	size_t len, max = items[_i / 3].value_max;

	memset(value, 'x', sizeof(value));
	*field[_i / 3] = value;
	value[max] = '\0';
	got = result_format(format, &result, &len, &err);
	ck_assert_msg(got != NULL, "%s", err.text);
	free(got);
	value[max] = 'x';
	value[max + 1] = '\0';
	ck_assert_ptr_null(result_format(format, &result, &len, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	snprintf(expected, sizeof(expected),
		"%s: an item of 8192 bytes, libxl takes at most 8191",
		items[_i / 3].keyword);
	ck_assert_str_eq(err.text, expected);
}
END_TEST

START_TEST(has_room_for_the_worst_escapes)
{
	static const char *const worst[] = { "\xff", "\xc2\x80", "\xcd\xb8",
		"\xf4\x8f\xbf\xbf", "\\", "'\"" };
	static char value[8187];
	struct result result = { K, NULL, value };
	size_t len, n = strlen(worst[_i]), used = 0;
	char *got;

	while (used + n < sizeof(value)) {
		memcpy(value + used, worst[_i], n);
		used += n;
	}
	value[used] = '\0';
	got = result_format(OUTPUT_SXP, &result, &len, &err);
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_uint_gt(len, used);
	free(got);
}
END_TEST

static const struct {
	const char *before;
	const char *after; /* NULL: refused with text */
	const char *text;
} cleaned[] = {
	{ "", "", NULL },
	{ "ro quiet", "ro quiet", NULL },
	{ "ro\tquiet\t", "ro quiet ", NULL },
	{ "caf\xe9 \xc3\xa9", "caf\xe9 \xc3\xa9", NULL },
	{ "a\nb", NULL, "arguments: control byte 0x0a" },
	{ "a\t\x1f", NULL, "arguments: control byte 0x1f" },
	{ "\x7f", NULL, "arguments: control byte 0x7f" },
};

START_TEST(cleaned_arguments_have_blanks_for_tabs)
{
	char args[32];
	int rc;

	snprintf(args, sizeof(args), "%s", cleaned[_i].before);
	rc = result_clean_args(args, &err);
	ck_assert_int_eq(rc, cleaned[_i].after ? 0 : -1);
	if (cleaned[_i].after)
		ck_assert_str_eq(args, cleaned[_i].after);
	else
		ck_assert_str_eq(err.text, cleaned[_i].text);
}
END_TEST

START_TEST(warns_when_a_pv_guest_sees_less)
{
	char args[1025], text[128] = "";

	memset(args, 'x', sizeof(args));
	args[1023] = '\0';
	ck_assert(!result_args_warning(args, text, sizeof(text)));
	ck_assert_str_eq(text, "");
	args[1023] = 'x';
	args[1024] = '\0';
	ck_assert(result_args_warning(args, text, sizeof(text)));
	ck_assert_str_eq(text,
		"arguments are 1024 bytes long, a PV guest sees the first 1023");
}
END_TEST

/* A fixed sequence: a failure can be had again by its number. */
static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
	random_state = random_state * 1664525U + 1013904223U;
	return (random_state >> 8) % below;
}

/* Arguments made of what the clients' grammars are made of. */
static void make_args(char *out, size_t size)
{
	static const char *const pieces[] = { "kernel ", "ramdisk ", "args ",
		"(", ")", ")(", "'", "\"", "\\", "\\x29", "linux ",
		"/etc/shadow", " ", "=", "\xc3\xa9", "\xff", "\xe2\x80\xa8",
		"a", "{", ";" };
	size_t used = 0, n;

	out[0] = '\0';
	while (next_random(12) > 0) {
		const char *piece = pieces[next_random(COUNT(pieces))];

		n = strlen(piece);
		if (used + n >= size)
			break;
		memcpy(out + used, piece, n + 1);
		used += n;
	}
}

typedef void reader(struct text output, struct reading *reading);

static void check_reading(reader *read, struct text output,
	const struct result *result, bool may_break)
{
	struct reading seen;

	read(output, &seen);
	ck_assert_uint_eq(seen.kernels, 1);
	ck_assert_uint_le(seen.ramdisks, result->ramdisk ? 1 : 0);
	ck_assert_uint_le(seen.argses, result->args[0] ? 1 : 0);
	ck_assert(!seen.broken || may_break);
	if (seen.broken)
		return;
	ck_assert_uint_eq(seen.ramdisks, result->ramdisk ? 1 : 0);
	ck_assert_uint_eq(seen.argses, result->args[0] ? 1 : 0);
	ck_assert(memmem(seen.kernel.at, seen.kernel.len, K, strlen(K)));
	ck_assert_uint_le(seen.kernel.len, strlen(K) + 2);
	if (result->ramdisk)
		ck_assert(memmem(
			seen.ramdisk.at, seen.ramdisk.len, R, strlen(R)));
}

/* How many of 4000 a format takes; it must never be misread. */
static unsigned int try_arguments(enum output_format format)
{
	unsigned int taken = 0;
	struct text output;
	char args[128], *got;
	int i;

	random_state = 20261121;
	for (i = 0; i < 4000; i++) {
		struct result result = { K, i % 2 ? R : NULL, args };

		make_args(args, sizeof(args));
		got = result_format(format, &result, &output.len, &err);
		if (!got)
			continue;
		taken++;
		output.at = got;
		if (format == OUTPUT_SIMPLE0)
			check_reading(readback_libxl, output, &result, false);
		if (format == OUTPUT_SIMPLE)
			check_reading(readback_xenopsd, output, &result, false);
		if (format == OUTPUT_SXP) {
			check_reading(readback_xend, output, &result, false);
			check_reading(
				readback_eliloader, output, &result, true);
		}
		free(got);
	}
	return taken;
}

START_TEST(no_arguments_forge_an_item)
{
	unsigned int sxp;

	/* The simple formats have nothing left that could be refused. */
	ck_assert_uint_eq(try_arguments(OUTPUT_SIMPLE0), 4000);
	ck_assert_uint_eq(try_arguments(OUTPUT_SIMPLE), 4000);
	sxp = try_arguments(OUTPUT_SXP);
	ck_assert_uint_lt(sxp, 4000);
	ck_assert_uint_gt(sxp, 3000);
}
END_TEST

START_TEST(printable_is_what_python_says_at_the_edges)
{
	static const uint32_t yes[] = { 0x20, 0x7e, 0xa1, 0xac, 0xae, 0x377,
		0x37a, 0x20ac, 0x1f600, 0xe01ef };
	static const uint32_t no[] = { 0, 0x1f, 0x7f, 0xa0, 0xad, 0x378, 0x379,
		0x2028, 0xd800, 0xdfff, 0xe01f0, 0x10ffff };
	size_t i;

	for (i = 0; i < COUNT(yes); i++)
		ck_assert_msg(printable_in_python(yes[i]), "U+%04x", yes[i]);
	for (i = 0; i < COUNT(no); i++)
		ck_assert_msg(!printable_in_python(no[i]), "U+%04x", no[i]);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("result");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, prints_the_bytes_of_pygrub, 0, COUNT(formats));
	tcase_add_loop_test(tc, quotes_as_python_does, 0, COUNT(quoted));
	tcase_add_loop_test(
		tc, refuses_control_bytes_in_every_format, 0, COUNT(refused));
	tcase_add_loop_test(
		tc, refuses_what_a_client_would_misread, 0, COUNT(misread));
	tcase_add_loop_test(tc, an_item_may_have_8191_bytes_and_no_more, 0, 9);
	tcase_add_loop_test(tc, has_room_for_the_worst_escapes, 0, 6);
	tcase_add_loop_test(
		tc, cleaned_arguments_have_blanks_for_tabs, 0, COUNT(cleaned));
	tcase_add_test(tc, warns_when_a_pv_guest_sees_less);
	tcase_add_test(tc, no_arguments_forge_an_item);
	tcase_add_test(tc, printable_is_what_python_says_at_the_edges);
	return run_suite("result", &tc, 1);
}
