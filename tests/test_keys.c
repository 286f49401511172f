/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "menu/keys.h"
#include "src/base/length.h"

#define KEYS_MAX 8

/* Press the bytes and pause; the keys they were, K_NONE behind the last. */
static void press(const char *bytes, size_t len, uint32_t out[KEYS_MAX])
{
	struct keys keys = { 0 };
	uint32_t key;
	size_t count = 0;

	memset(out, 0, KEYS_MAX * sizeof(*out));
	for (size_t i = 0; i <= len; i++) {
		key = i < len ? keys_push(&keys, (unsigned char)bytes[i])
			      : keys_pause(&keys);
		if (key != K_NONE && count < KEYS_MAX)
			out[count++] = key;
	}
	ck_assert(!keys_waiting(&keys));
}

static const struct {
	const char *bytes;
	uint32_t key;
} single[] = {
	{ "a", 'a' },
	{ "~", '~' },
	{ "\r", K_ENTER },
	{ "\n", K_ENTER },
	{ "\t", '\t' },
	{ "\b", K_BACKSPACE },
	{ "\x7f", K_BACKSPACE },
	{ "\x10", K_CTRL('P') },
	{ "\x1b", K_ESCAPE },
	/* arrows, in both modes, and with xterm's modifiers */
	{ "\x1b[A", K_UP },
	{ "\x1b[B", K_DOWN },
	{ "\x1b[C", K_RIGHT },
	{ "\x1b[D", K_LEFT },
	{ "\x1bOA", K_UP },
	{ "\x1bOB", K_DOWN },
	{ "\x1bOC", K_RIGHT },
	{ "\x1bOD", K_LEFT },
	{ "\x1b[1;5A", K_UP },
	{ "\x1bO5A", K_UP },
	/* Home and End: xterm, xterm in application mode, vt220, rxvt */
	{ "\x1b[H", K_HOME },
	{ "\x1b[F", K_END },
	{ "\x1bOH", K_HOME },
	{ "\x1bOF", K_END },
	{ "\x1b[1~", K_HOME },
	{ "\x1b[4~", K_END },
	{ "\x1b[7~", K_HOME },
	{ "\x1b[8~", K_END },
	{ "\x1b[2~", K_INSERT },
	{ "\x1b[3~", K_DELETE },
	{ "\x1b[5~", K_PAGE_UP },
	{ "\x1b[6~", K_PAGE_DOWN },
	{ "\x1b[6;5~", K_PAGE_DOWN },
	/* function keys: vt100, vt220, linux */
	{ "\x1bOP", K_F1 },
	{ "\x1bOS", K_F1 + 3 },
	{ "\x1b[11~", K_F1 },
	{ "\x1b[[A", K_F1 },
	{ "\x1b[[E", K_F1 + 4 },
	{ "\x1b[15~", K_F1 + 4 },
	{ "\x1b[17~", K_F1 + 5 },
	{ "\x1b[21~", K_F1 + 9 },
	{ "\x1b[24~", K_F12 },
	/* the keypad in application mode */
	{ "\x1bOM", K_ENTER },
	{ "\x1bOp", '0' },
	{ "\x1bOy", '9' },
	/* Alt */
	{ "\x1b"
	  "b",
		K_META | 'b' },
	{ "\x1b\x7f", K_META | K_BACKSPACE },
	/* characters */
	{ "\xc3\xa9", 0xe9 },
	{ "\xe4\xb8\x96", 0x4e16 },
	{ "\xf0\x9f\x98\x80", 0x1f600 },
	/* keys that mean nothing here are keys all the same */
	{ "\x1b[Z", K_OTHER },
	{ "\x1b[99~", K_OTHER },
	{ "\x1b[99999999999999999999~", K_OTHER },
	{ "\x1b[?1;2c", K_OTHER },
	{ "\x1b[[Z", K_OTHER },
	{ "\x1bOz", K_OTHER },
	{ "\x1b[", K_OTHER },
	{ "\x1bO", K_OTHER },
	{ "\xff", K_OTHER },
	{ "\xc0", K_OTHER },
	{ "\xc3", K_OTHER },
	{ "\xed\xa0\x80", K_OTHER },
};

START_TEST(knows_a_key_by_its_bytes)
{
	const char *bytes = single[_i].bytes;
	uint32_t keys[KEYS_MAX];

	press(bytes, strlen(bytes), keys);
	ck_assert_uint_eq(keys[0], single[_i].key);
	ck_assert_uint_eq(keys[1], K_NONE);
}
END_TEST

static const struct {
	const char *bytes;
	uint32_t keys[4];
} several[] = {
	{ "\x1b\x1b[A", { K_ESCAPE, K_UP } },
	{ "\x1b\x1b\x1b", { K_ESCAPE, K_ESCAPE, K_ESCAPE } },
	{ "\x1b[A\x1bOBq", { K_UP, K_DOWN, 'q' } },
	/* what was broken off does not swallow what follows */
	{ "\x1b[1\r", { K_ENTER } },
	{ "\x1b[1;\x1b[A", { K_UP } },
	{ "\x1bO\x1b[B", { K_DOWN } },
	{ "\xc3q", { 'q' } },
	{ "\xe4\xb8\x1b", { K_ESCAPE } },
};

START_TEST(tells_keys_apart)
{
	const char *bytes = several[_i].bytes;
	uint32_t keys[KEYS_MAX];

	press(bytes, strlen(bytes), keys);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(keys[i], several[_i].keys[i]);
	ck_assert_uint_eq(keys[4], K_NONE);
}
END_TEST

START_TEST(line_noise_is_no_key)
{
	static const char noise[] = { 0, 0x11, 0x13, 0 };
	uint32_t keys[KEYS_MAX];

	press(noise, sizeof(noise), keys);
	ck_assert_uint_eq(keys[0], K_NONE);
}
END_TEST

START_TEST(says_when_a_pause_would_tell)
{
	struct keys keys = { 0 };

	ck_assert(!keys_waiting(&keys));
	ck_assert_uint_eq(keys_pause(&keys), K_NONE);
	keys_push(&keys, 0x1b);
	ck_assert(keys_waiting(&keys));
	keys_push(&keys, '[');
	ck_assert(keys_waiting(&keys));
	keys_push(&keys, 'A');
	ck_assert(!keys_waiting(&keys));
}
END_TEST

/* Every two bytes after an ESC, and what follows is understood again. */
START_TEST(finds_back_after_any_bytes)
{
	struct keys keys = { 0 };

	for (unsigned int i = 0; i < 0x10000; i++) {
		keys_push(&keys, 0x1b);
		keys_push(&keys, (unsigned char)(i >> 8));
		keys_push(&keys, (unsigned char)i);
		keys_pause(&keys);
		if (keys_push(&keys, 'q') != 'q')
			ck_abort_msg("lost after ESC and %04x", i);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keys");
	TCase *tcase = tcase_create("keys");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tcase, knows_a_key_by_its_bytes, 0, LENGTH(single));
	tcase_add_loop_test(tcase, tells_keys_apart, 0, LENGTH(several));
	tcase_add_test(tcase, line_noise_is_no_key);
	tcase_add_test(tcase, says_when_a_pause_would_tell);
	tcase_add_test(tcase, finds_back_after_any_bytes);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
