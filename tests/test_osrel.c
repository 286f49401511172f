/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/base/length.h"
#include "src/config/osrel.h"
#include "tests/support/runner.h"

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 1 << 20);
}

static void teardown(void)
{
	arena_free(&arena);
}

static const char *get(const char *text, size_t len, const char *key)
{
	const char *value = "not set";
	struct error err;

	ck_assert_int_eq(osrel_get((struct text){ text, len }, key, &arena,
				 &value, &err),
		0);
	return value;
}

/* What a shell makes of them, but for the last ones, which are none. */
static const struct {
	const char *text;
	const char *id; /* NULL: it has none */
} values[] = {
	{ "ID=debian\n", "debian" },
	{ "ID=debian", "debian" },
	{ "ID=debian\r\n", "debian" },
	{ "  ID=debian\t \n", "debian" },
	{ "# ID=no\n\nID=yes\n#ID=no", "yes" },
	{ "ID=first\nID=last\n", "last" },
	{ "ID=first\nID=\n", "" },
	{ "ID=\"a b\"\n", "a b" },
	{ "ID='a b'\n", "a b" },
	{ "ID=\"\"\n", "" },
	{ "ID=\"a \\\"b\\\" \\$c \\`d\\` \\\\ \\n\"\n",
		"a \"b\" $c `d` \\ \\n" },
	{ "ID='a \\ \"b\"'\n", "a \\ \"b\"" },
	{ "ID='a \\\\ \\$b'\n", "a \\\\ \\$b" },
	{ "ID=a\\ \\\"b\n", "a \"b" },
	{ "ID=\"a\"'b'c\n", "abc" },
	{ "ID=\"it's\"\n", "it's" },
	{ "ID=a=b\n", "a=b" },
	{ "ID=\"# none\"\n", "# none" },
	{ "ID=\xff\xfe\n", "\xff\xfe" },
	/* broken: what is there */
	{ "ID=\"open\nNAME=x\n", "open" },
	{ "ID=a\\", "a\\" },
	{ "ID=\"a\\", "a\\" },
	/* no assignments to it */
	{ "", NULL },
	{ "ID", NULL },
	{ "ID \n", NULL },
	{ "IDX=x\nXID=x\nid=x\nID =x\nVERSION_ID=12\n", NULL },
};

START_TEST(values_lose_their_quotes)
{
	const char *text = values[_i].text;
	const char *value = get(text, strlen(text), "ID");

	if (values[_i].id)
		ck_assert_str_eq(value, values[_i].id);
	else
		ck_assert_ptr_null(value);
}
END_TEST

START_TEST(cut_off_anywhere_it_has_an_answer)
{
	static const char text[] = "NAME='x'\nID=\"a\\\"b\"\n";
	size_t len;

	for (len = 0; len < strlen(text); len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, text, len);
		if (len > 0)
			get(copy, len, "ID");
		free(copy);
	}
	ck_assert_str_eq(get(text, strlen(text), "ID"), "a\"b");
}
END_TEST

START_TEST(memory_has_a_limit)
{
	static char text[3000];
	const char *value;
	struct error err;

	memset(text, 'x', sizeof(text));
	memcpy(text, "ID=", 3);
	arena_free(&arena);
	arena_init(&arena, 1000);
	ck_assert_int_eq(osrel_get((struct text){ text, sizeof(text) }, "ID",
				 &arena, &value, &err),
		-1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("osrel") };

	tcase_add_checked_fixture(cases[0], setup, teardown);
	tcase_add_loop_test(
		cases[0], values_lose_their_quotes, 0, (int)LENGTH(values));
	tcase_add_test(cases[0], cut_off_anywhere_it_has_an_answer);
	tcase_add_test(cases[0], memory_has_a_limit);
	return run_suite("osrel", cases, LENGTH(cases));
}
