/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/base/arena.h"
#include "src/base/bytes.h"
#include "src/base/calendar.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"
#include "src/base/error.h"
#include "src/base/length.h"
#include "src/base/text.h"
#include "src/base/utf8.h"
#include "tests/support/runner.h"

static struct error err;
static struct arena arena;

static void setup(void)
{
	error_clear(&err);
	arena_init(&arena, 1 << 20);
}

static void teardown(void)
{
	arena_free(&arena);
}

START_TEST(an_error_reads_from_the_outside_in)
{
	ck_assert_int_eq(
		error_set(&err, ERR_CORRUPT, "extent %d is bad", 4), -1);
	ck_assert_int_eq(error_in(&err, "%s", "/boot/vmlinuz"), -1);
	ck_assert_int_eq(error_in(&err, "vm.img"), -1);
	ck_assert_str_eq(err.text, "vm.img: /boot/vmlinuz: extent 4 is bad");
	ck_assert_int_eq(err.code, ERR_CORRUPT);
}
END_TEST

START_TEST(an_error_that_grows_too_long_loses_its_middle)
{
	char place[700];

	memset(place, 'p', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	error_set(&err, ERR_IO, "the fault");
	error_in(&err, "%s", place);
	ck_assert_str_eq(strrchr(err.text, ':'), ": the fault");
	error_in(&err, "%s", place);
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_SIZE - 1);
	ck_assert_int_eq(strncmp(err.text, place, sizeof(place) - 1), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "p: ...ppp"));
	ck_assert_str_eq(strrchr(err.text, ':'), ": the fault");
}
END_TEST

START_TEST(a_prefix_that_is_too_long_leaves_the_reason)
{
	char place[2 * ERROR_TEXT_SIZE];

	memset(place, 'p', sizeof(place) - 1);
	place[sizeof(place) - 1] = '\0';
	error_set(&err, ERR_IO, "the fault");
	error_in(&err, "%s", place);
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_SIZE - 1);
	ck_assert_str_eq(strrchr(err.text, ':'), ": the fault");
	error_set(&err, ERR_IO, "%s", place);
	error_in(&err, "vm.img");
	ck_assert_uint_eq(strlen(err.text), ERROR_TEXT_SIZE - 1);
	ck_assert_int_eq(strncmp(err.text, "vm.img: ...ppp", 14), 0);
}
END_TEST

__attribute__((format(printf, 1, 2))) static void check_printed(
	const char *fmt, ...)
{
	char want[100], got[sizeof(want)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(want, sizeof(want), fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	text_vprint(got, sizeof(got), fmt, ap);
	va_end(ap);
	ck_assert_str_eq(got, want);
}

START_TEST(a_message_of_words_and_strings_is_what_printf_makes)
{
	char room[110];

	check_printed("words");
	check_printed("%s", "");
	check_printed("%s: %s: %s", "disk", "%s is no conversion", "path");
	check_printed("100%% of %s", "it");
	check_printed("%s and %d", "a number", 7);
	check_printed("%.2s, %s", "cut", "whole");
	memset(room, 'x', sizeof(room));
	for (size_t len = 95; len < sizeof(room) - 1; len++) {
		room[len] = '\0';
		check_printed("%s", room);
		check_printed("a%sbc", room);
		room[len] = 'x';
	}
}
END_TEST

START_TEST(an_error_of_the_host_says_why)
{
	errno = ENOENT;
	error_errno(&err, "disk.img: cannot be opened");
	ck_assert_str_eq(err.text,
		"disk.img: cannot be opened: No such file or directory");
	ck_assert_int_eq(err.code, ERR_SYSTEM);
}
END_TEST

START_TEST(the_arena_gives_zeroed_aligned_memory)
{
	for (size_t len = 1; len < 200000; len = len * 3 + 1) {
		uint8_t *at = arena_alloc(&arena, len, &err);

		ck_assert_ptr_nonnull(at);
		ck_assert_uint_eq((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < len; i++)
			ck_assert_uint_eq(at[i], 0);
		memset(at, 0xff, len);
	}
}
END_TEST

START_TEST(the_arena_refuses_more_than_its_limit)
{
	arena_init(&arena, 4096);
	ck_assert_ptr_null(arena_alloc(&arena, 4097, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "needs more than 4096 bytes of memory");
	ck_assert_ptr_nonnull(arena_alloc(&arena, 4096, &err));
	ck_assert_ptr_null(arena_alloc(&arena, 1, &err));
}
END_TEST

START_TEST(the_arena_spares_some_for_others)
{
	size_t limit;

	arena_init(&arena, 4096);
	limit = arena_spare(&arena, 1024);
	ck_assert_uint_eq(limit, 4096);
	ck_assert_ptr_null(arena_alloc(&arena, 3073, &err));
	ck_assert_ptr_nonnull(arena_alloc(&arena, 3072, &err));
	arena.limit = limit;
	/* they get what there is, if that is less */
	limit = arena_spare(&arena, 4096);
	ck_assert_ptr_null(arena_alloc(&arena, 1, &err));
	arena.limit = limit;
	ck_assert_ptr_nonnull(arena_alloc(&arena, 1024, &err));
}
END_TEST

START_TEST(the_arena_survives_absurd_sizes)
{
	ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX, &err));
	ck_assert_ptr_null(arena_array(&arena, SIZE_MAX / 2, 3, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(an_array_keeps_its_elements_as_it_grows)
{
	size_t *array = NULL, capacity = 0;

	for (size_t i = 0; i < 1000; i++) {
		array = arena_grow(
			&arena, array, i, &capacity, sizeof(*array), &err);
		ck_assert_ptr_nonnull(array);
		array[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(array[i], i);
}
END_TEST

START_TEST(a_view_never_reaches_beyond_its_end)
{
	const uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct bytes view = { data, sizeof(data) };

	ck_assert_ptr_eq(bytes_at(view, 0, 8), data);
	ck_assert_ptr_eq(bytes_at(view, 8, 0), data + 8);
	ck_assert_ptr_null(bytes_at(view, 0, 9));
	ck_assert_ptr_null(bytes_at(view, 1, 8));
	ck_assert_ptr_null(bytes_at(view, 9, 0));
	ck_assert_ptr_null(bytes_at(view, UINT64_MAX, 1));
	ck_assert_ptr_null(bytes_at(view, 1, SIZE_MAX));
	ck_assert_uint_eq(bytes_sub(view, 2, 6).len, 6);
	ck_assert_uint_eq(bytes_sub(view, 3, 6).len, 0);
}
END_TEST

START_TEST(integers_are_read_in_both_orders)
{
	const uint8_t data[8] = { 0x81, 2, 3, 4, 5, 6, 7, 0x88 };
	struct bytes view = { data, sizeof(data) };

	ck_assert_uint_eq(
		le16_get(*(const le16 *)bytes_at(view, 0, 2)), 0x0281);
	ck_assert_uint_eq(
		be16_get(*(const be16 *)bytes_at(view, 0, 2)), 0x8102);
	ck_assert_uint_eq(
		le32_get(*(const le32 *)bytes_at(view, 4, 4)), 0x88070605);
	ck_assert_uint_eq(
		be32_get(*(const be32 *)bytes_at(view, 0, 4)), 0x81020304);
	ck_assert_uint_eq(le64_get(*(const le64 *)bytes_at(view, 0, 8)),
		0x8807060504030281);
	ck_assert_uint_eq(be64_get(*(const be64 *)bytes_at(view, 0, 8)),
		0x8102030405060788);
}
END_TEST

START_TEST(arithmetic_says_when_it_overflows)
{
	uint64_t out = 7;

	ck_assert(!add_u64(UINT64_MAX, 1, &out));
	ck_assert(!mul_u64(UINT64_MAX / 2, 3, &out));
	ck_assert(!shl_u64(1, 64, &out));
	ck_assert(!shl_u64(2, 63, &out));
	ck_assert(!shl_u64(1, UINT64_MAX, &out));
	ck_assert_uint_eq(out, 7);
	ck_assert(shl_u64(1, 63, &out));
	ck_assert_uint_eq(out, (uint64_t)1 << 63);
	ck_assert(range_inside(10, 0, 10));
	ck_assert(!range_inside(11, 0, 10));
	ck_assert(!range_inside(1, UINT64_MAX, 10));
}
END_TEST

START_TEST(lines_end_at_lf_and_lose_one_cr)
{
	struct text rest = { "a\r\n\n b\0c \nlast", 14 }, line;

	ck_assert(text_next_line(&rest, &line) && text_is(line, "a"));
	ck_assert(text_next_line(&rest, &line) && text_is(line, ""));
	ck_assert(text_next_line(&rest, &line));
	ck_assert_uint_eq(line.len, 5);
	ck_assert(text_next_line(&rest, &line) && text_is(line, "last"));
	ck_assert(!text_next_line(&rest, &line));
}
END_TEST

START_TEST(words_are_separated_by_blanks)
{
	struct text rest = text_of(" \tone  two\t"), word;

	ck_assert(text_next_word(&rest, &word) && text_is(word, "one"));
	ck_assert(text_next_word(&rest, &word) && text_is(word, "two"));
	ck_assert(!text_next_word(&rest, &word));
	ck_assert(text_is(text_skip(text_of("abc"), 9), ""));
}
END_TEST

START_TEST(a_byte_order_mark_is_not_of_the_text)
{
	struct text mark = text_of("\xef\xbb\xbfxyz");

	ck_assert(text_is(text_skip_mark(mark), "xyz"));
	mark.len = 3;
	ck_assert(text_is(text_skip_mark(mark), ""));
	mark.len = 2;
	ck_assert_uint_eq(text_skip_mark(mark).len, 2);
}
END_TEST

static const struct {
	const char *bytes;
	bool valid;
} encodings[] = {
	{ "plain", true },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true },
	{ "\xc0\x80", false },         /* an overlong NUL */
	{ "\xe0\x80\xaf", false },     /* an overlong slash */
	{ "\xed\xa0\x80", false },     /* a surrogate */
	{ "\xf4\x90\x80\x80", false }, /* above U+10FFFF */
	{ "\xf8\x88\x80\x80\x80", false },
	{ "\xe2\x82", false }, /* cut off */
	{ "\x80", false },
};

START_TEST(only_well_formed_utf8_is_valid)
{
	const char *bytes = encodings[_i].bytes;

	ck_assert_int_eq(utf8_valid(bytes, strlen(bytes)), encodings[_i].valid);
}
END_TEST

static const struct {
	const char *bytes;
	const char *shown;
} shows[] = {
	{ "Debian \xc3\xa9", "Debian \xc3\xa9" },
	{ "a\033[2Jb", "a\\x1b[2Jb" },
	{ "a\x7f", "a\\x7f" },
	{ "tab\tlf\n", "tab\\x09lf\\x0a" },
	{ "\xc2\x9b"
	  "5n",
		"\\xc2\\x9b5n" }, /* CSI as C1 */
	{ "\xe2\x80\xaegnp",
		"\\xe2\\x80\\xaegnp" }, /* right-to-left override */
	{ "Latin\xe8", "Latin\\xe8" },
};

START_TEST(nothing_that_steers_a_terminal_is_shown)
{
	char out[64];

	utf8_show(shows[_i].bytes, out, sizeof(out));
	ck_assert_str_eq(out, shows[_i].shown);
}
END_TEST

START_TEST(what_is_shown_is_cut_at_a_whole_character)
{
	char out[8];

	utf8_show("ab\xc3\xa9\033z", out, 5);
	ck_assert_str_eq(out, "ab\xc3\xa9");
	utf8_show("ab\xc3\xa9", out, 4);
	ck_assert_str_eq(out, "ab");
	utf8_show("x", out, 1);
	ck_assert_str_eq(out, "");
}
END_TEST

static const struct {
	uint16_t units[4]; /* up to a 0 */
	const char *bytes; /* NULL: broken */
} utf16[] = {
	{ { 0x7f, 0x80, 0x7ff }, "\x7f\xc2\x80\xdf\xbf" },
	{ { 0x800, 0xd7ff }, "\xe0\xa0\x80\xed\x9f\xbf" },
	{ { 0xe000, 0xffff }, "\xee\x80\x80\xef\xbf\xbf" },
	{ { 0xd800, 0xdc00 }, "\xf0\x90\x80\x80" },
	{ { 0xdbff, 0xdfff }, "\xf4\x8f\xbf\xbf" },
	{ { 0 }, "" },
	{ { 'a', 0xd800 }, NULL },
	{ { 0xd800, 'a' }, NULL },
	{ { 0xd800, 0xd800, 0xdc00 }, NULL },
	{ { 0xdc00, 0xd800 }, NULL },
};

START_TEST(utf16_becomes_utf8_or_nothing)
{
	const char *bytes = utf16[_i].bytes;
	size_t len = 0, n = bytes ? strlen(bytes) : 0;
	char out[16];

	while (len < 4 && utf16[_i].units[len] != 0)
		len++;
	if (!bytes) {
		ck_assert_uint_eq(
			utf8_of_utf16(utf16[_i].units, len, out, sizeof(out)),
			SIZE_MAX);
		return;
	}
	/* with the NUL it fits exactly, or it does not */
	ck_assert_uint_eq(utf8_of_utf16(utf16[_i].units, len, out, n + 1), n);
	ck_assert_str_eq(out, bytes);
	ck_assert(n == 0 || utf8_valid(out, n));
	if (n > 0)
		ck_assert_uint_eq(
			utf8_of_utf16(utf16[_i].units, len, out, n), SIZE_MAX);
}
END_TEST

/* What "date -ud @SECONDS" says to these. */
static const struct {
	struct calendar date;
	int64_t seconds;
} dates[] = {
	{ { 1970, 1, 1, 0, 0, 0 }, 0 },
	{ { 1969, 12, 31, 23, 59, 59 }, -1 },
	{ { 1900, 2, 28, 0, 0, 0 }, -2203977600 },
	{ { 1900, 3, 1, 0, 0, 0 }, -2203891200 }, /* no leap year */
	{ { 2000, 2, 29, 12, 0, 0 }, 951825600 },
	{ { 2000, 3, 1, 0, 0, 0 }, 951868800 },
	{ { 2024, 12, 31, 23, 59, 59 }, 1735689599 },
	{ { 2100, 3, 1, 0, 0, 0 }, 4107542400 },
	{ { 2100, 2, 29, 0, 0, 0 }, 4107542400 }, /* the day after */
	{ { 1, 1, 1, 0, 0, 0 }, -62135596800 },
	{ { 9999, 12, 31, 23, 59, 59 }, 253402300799 },
	{ { 0, 1, 1, 0, 0, 1 }, 0 },
	{ { 10000, 1, 1, 0, 0, 1 }, 0 },
	{ { 2000, 0, 1, 0, 0, 1 }, 0 },
	{ { 2000, 13, 1, 0, 0, 1 }, 0 },
	{ { 2000, 1, 0, 0, 0, 1 }, 0 },
	{ { 2000, 1, 32, 0, 0, 1 }, 0 },
};

START_TEST(dates_become_seconds)
{
	ck_assert_int_eq(calendar_seconds(&dates[_i].date), dates[_i].seconds);
}
END_TEST

START_TEST(lines_keep_their_newlines_and_tabs)
{
	static const char text[] = "a\tb\n\n\r\0\x1b\xc3\xa9\xc2\x85";
	char out[64];

	ck_assert_uint_eq(
		utf8_show_lines(text, sizeof(text) - 1, out, sizeof(out)), 27);
	ck_assert_str_eq(out, "a\tb\n\n\\x0d\\x00\\x1b\xc3\xa9\\xc2\\x85");
	ck_assert_uint_eq(utf8_show_lines(text, 0, out, sizeof(out)), 0);
	ck_assert_str_eq(out, "");
}
END_TEST

static const struct {
	const char *text;
	size_t whole;
} cuts[] = {
	{ "", 0 },
	{ "abc", 3 },
	{ "a\xc3\xa9", 3 },
	{ "a\xc3", 1 },
	{ "a\xe2\x82\xac", 4 },
	{ "a\xe2\x82", 1 },
	{ "a\xe2", 1 },
	{ "\xf0\x9f\x98", 0 },
	{ "\xf0\x9f\x98\x80", 4 },
	/* what is no character has no rest to come */
	{ "a\x80\x80\x80\x80", 5 },
	{ "a\xc3\xa9\xa9", 4 },
	{ "a\xff", 2 },
};

START_TEST(a_character_that_may_go_on_is_kept_back)
{
	const char *text = cuts[_i].text;

	ck_assert_uint_eq(utf8_whole(text, strlen(text)), cuts[_i].whole);
}
END_TEST

START_TEST(a_checksum_is_castagnolis)
{
	uint8_t zeros[32] = { 0 };

	/* of RFC 3720, B.4, where the bytes stand the other way round */
	ck_assert_uint_eq(~crc32c(~0U, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(~crc32c(~0U, zeros, sizeof(zeros)), 0x8a9136aa);
	ck_assert_uint_eq(crc32c(7, zeros, 0), 7);
}
END_TEST

/* Whoever sums: the processor in pieces, a table, or the one after the other */
START_TEST(a_checksum_is_the_same_however_it_is_made)
{
	uint8_t bytes[300];
	uint32_t whole;
	size_t i, len, cut;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + i / 7);
	for (len = 0; len < 40; len++)
		for (cut = 0; cut <= len; cut++) {
			whole = crc32c_by_table(
				5, bytes + cut, 256 + len - cut);
			ck_assert_uint_eq(
				whole, crc32c(5, bytes + cut, 256 + len - cut));
			ck_assert_uint_eq(whole,
				crc32c(crc32c(5, bytes + cut, len),
					bytes + cut + len, 256 - cut));
		}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("base");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_error_reads_from_the_outside_in);
	tcase_add_test(tc, an_error_that_grows_too_long_loses_its_middle);
	tcase_add_test(tc, a_prefix_that_is_too_long_leaves_the_reason);
	tcase_add_test(tc, a_message_of_words_and_strings_is_what_printf_makes);
	tcase_add_test(tc, an_error_of_the_host_says_why);
	tcase_add_test(tc, the_arena_gives_zeroed_aligned_memory);
	tcase_add_test(tc, the_arena_refuses_more_than_its_limit);
	tcase_add_test(tc, the_arena_spares_some_for_others);
	tcase_add_test(tc, the_arena_survives_absurd_sizes);
	tcase_add_test(tc, an_array_keeps_its_elements_as_it_grows);
	tcase_add_test(tc, a_view_never_reaches_beyond_its_end);
	tcase_add_test(tc, integers_are_read_in_both_orders);
	tcase_add_test(tc, arithmetic_says_when_it_overflows);
	tcase_add_test(tc, lines_end_at_lf_and_lose_one_cr);
	tcase_add_test(tc, words_are_separated_by_blanks);
	tcase_add_test(tc, a_byte_order_mark_is_not_of_the_text);
	tcase_add_loop_test(
		tc, only_well_formed_utf8_is_valid, 0, (int)LENGTH(encodings));
	tcase_add_loop_test(tc, nothing_that_steers_a_terminal_is_shown, 0,
		(int)LENGTH(shows));
	tcase_add_test(tc, what_is_shown_is_cut_at_a_whole_character);
	tcase_add_loop_test(
		tc, utf16_becomes_utf8_or_nothing, 0, (int)LENGTH(utf16));
	tcase_add_loop_test(tc, dates_become_seconds, 0, (int)LENGTH(dates));
	tcase_add_test(tc, lines_keep_their_newlines_and_tabs);
	tcase_add_loop_test(tc, a_character_that_may_go_on_is_kept_back, 0,
		(int)LENGTH(cuts));
	tcase_add_test(tc, a_checksum_is_castagnolis);
	tcase_add_test(tc, a_checksum_is_the_same_however_it_is_made);
	return run_suite("base", &tc, 1);
}
