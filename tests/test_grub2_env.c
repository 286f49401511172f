/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/env.h"
#include "src/config/grub2/envblock.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct scratch scratch;
static struct env env;
static struct error err;

static void setup(void)
{
	arena_init(&arena, 16 << 20);
	scratch_init(&scratch, &arena);
	ck_assert_int_eq(env_open(&env, &arena, &err), 0);
}

static void teardown(void)
{
	arena_free(&arena);
}

static const char *get(const char *name)
{
	return env_get(&env, text_of(name));
}

static void put(const char *name, const char *value)
{
	ck_assert_msg(env_put(&env, name, value, &err) == 0, "%s", err.text);
}

START_TEST(keeps_what_was_set_last)
{
	ck_assert_ptr_null(get("a"));
	ck_assert_str_eq(env_value(&env, "a"), "");
	put("a", "1");
	put("b", "2");
	put("a", "a longer value than there was room for at first");
	ck_assert_str_eq(
		get("a"), "a longer value than there was room for at first");
	put("a", "");
	ck_assert_str_eq(get("a"), "");
	env_unset(&env, text_of("a"));
	ck_assert_ptr_null(get("a"));
	ck_assert_str_eq(get("b"), "2");
}
END_TEST

START_TEST(sets_a_variable_from_itself)
{
	const char *value;

	put("a", "0123456789");
	value = get("a");
	ck_assert_int_eq(env_set(&env, text_of("a"),
				 (struct text){ value + 2, 5 }, &err),
		0);
	ck_assert_str_eq(get("a"), "23456");
}
END_TEST

START_TEST(takes_the_parentheses_from_root)
{
	put("root", "(hd0,1)");
	put("other", "(hd0,1)");
	ck_assert_str_eq(get("root"), "hd0,1");
	ck_assert_str_eq(get("other"), "(hd0,1)");
	put("root", "(");
	ck_assert_str_eq(get("root"), "(");
	put("root", "()");
	ck_assert_str_eq(get("root"), "");
}
END_TEST

START_TEST(hands_down_what_is_exported)
{
	struct env inner;

	put("a", "1");
	put("b", "2");
	ck_assert_int_eq(env_export(&env, text_of("b"), &err), 0);
	ck_assert_int_eq(env_export(&env, text_of("c"), &err), 0);
	ck_assert_int_eq(env_open(&inner, &arena, &err), 0);
	ck_assert_int_eq(env_inherit(&inner, &env, &err), 0);
	ck_assert_ptr_null(env_get(&inner, text_of("a")));
	ck_assert_str_eq(env_value(&inner, "b"), "2");
	ck_assert_ptr_nonnull(env_get(&inner, text_of("c")));
	put("b", "3");
	ck_assert_str_eq(env_value(&inner, "b"), "2");
}
END_TEST

START_TEST(goes_back_to_a_snapshot)
{
	struct env_snapshot snapshot;

	put("a", "1");
	put("b", "2");
	ck_assert_int_eq(env_snapshot(&env, &snapshot, &scratch, &err), 0);
	put("a", "a longer value than there was room for at first");
	env_unset(&env, text_of("b"));
	put("c", "3");
	ck_assert_int_eq(env_export(&env, text_of("a"), &err), 0);
	env_restore(&env, &snapshot);
	ck_assert_str_eq(get("a"), "1");
	ck_assert_str_eq(get("b"), "2");
	ck_assert_ptr_null(get("c"));
	ck_assert(!env.list[0].exported);
}
END_TEST

START_TEST(holds_as_many_variables_as_the_limit)
{
	char name[32];
	int i;

	for (i = 0; i < ENV_VARIABLES_MAX; i++) {
		snprintf(name, sizeof(name), "v%d", i);
		put(name, name);
	}
	for (i = 0; i < ENV_VARIABLES_MAX; i++) {
		snprintf(name, sizeof(name), "v%d", i);
		ck_assert_str_eq(get(name), name);
	}
	ck_assert_int_eq(env_put(&env, "one more", "", &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 4096 variables");
	put("v0", "can still be set");
}
END_TEST

START_TEST(holds_a_value_of_the_limit_and_no_byte_more)
{
	static char value[ENV_VALUE_MAX + 2];

	memset(value, 'x', ENV_VALUE_MAX);
	put("a", value);
	ck_assert_uint_eq(strlen(get("a")), ENV_VALUE_MAX);
	value[ENV_VALUE_MAX] = 'x';
	ck_assert_int_eq(env_put(&env, "a", value, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a variable of more than 1048576 bytes");
}
END_TEST

START_TEST(gives_scratch_memory_back)
{
	struct scratch_mark mark = scratch_mark(&scratch);
	size_t after = 0;
	int i;

	for (i = 0; i < 1000; i++) {
		ck_assert_ptr_nonnull(scratch_alloc(&scratch, 7, &err));
		ck_assert_ptr_nonnull(scratch_alloc(&scratch, 9000, &err));
		ck_assert_ptr_nonnull(scratch_alloc(&scratch, 20000, &err));
		if (i == 0)
			after = arena.used;
		scratch_rewind(&scratch, mark);
	}
	ck_assert_uint_eq(arena.used, after);
}
END_TEST

static const struct {
	const char *block;
	const char *variables; /* NULL: no block */
} blocks[] = {
	{ "# GRUB Environment Block\na=1\nb=2\n####", "a=1;b=2;" },
	{ "# GRUB Environment Block\n#a=1\nb=\n=x\nc\n", "b=;=x;" },
	{ "# GRUB Environment Block\na=x\\\\y\\\nz\nb=1", "a=x\\y\nz;b=1;" },
	{ "# GRUB Environment Block\na=1\\", "a=1\\;" },
	{ "# GRUB Environment Block\na=b=c\n", "a=b=c;" },
	{ "# GRUB Environment Block\n", "" },
	{ "# GRUB Environment Block", NULL },
	{ "a=1\n", NULL },
	{ "", NULL },
};

static void read_block(struct text block, char *out, size_t size)
{
	struct text name;
	const char *value;
	size_t used = 0;

	out[0] = '\0';
	while (envblock_next(&block, &name, &value, &scratch, &err) > 0)
		used += (size_t)snprintf(out + used, size - used, "%.*s=%s;",
			(int)name.len, name.at, value);
}

START_TEST(reads_an_environment_block)
{
	struct text block = text_of(blocks[_i].block);
	char out[256];

	if (!blocks[_i].variables) {
		ck_assert_int_eq(envblock_open(&block), -1);
		return;
	}
	ck_assert_int_eq(envblock_open(&block), 0);
	read_block(block, out, sizeof(out));
	ck_assert_str_eq(out, blocks[_i].variables);
}
END_TEST

START_TEST(a_block_has_room_for_as_much_as_it_is_long)
{
	static const char before[] = "# GRUB Environment Block\na=1\n######";
	char after[sizeof(before)];

	ck_assert_int_eq(envblock_set(before, "abc", "2", after, &err), 0);
	ck_assert_str_eq(after, "# GRUB Environment Block\na=1\nabc=2\n");
	ck_assert_int_eq(envblock_set(before, "abc", "23", after, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "the environment block has no room for abc");
}
END_TEST

START_TEST(survives_a_block_of_any_length)
{
	const char *text = blocks[_i].block;
	struct text block;
	char out[256], *copy;
	size_t len;

	for (len = 0; len <= strlen(text); len++) {
		copy = malloc(len + 1);
		memcpy(copy, text, len);
		block = (struct text){ copy, len };
		if (envblock_open(&block) == 0)
			read_block(block, out, sizeof(out));
		free(copy);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("env");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, keeps_what_was_set_last);
	tcase_add_test(tc, sets_a_variable_from_itself);
	tcase_add_test(tc, takes_the_parentheses_from_root);
	tcase_add_test(tc, hands_down_what_is_exported);
	tcase_add_test(tc, goes_back_to_a_snapshot);
	tcase_add_test(tc, holds_as_many_variables_as_the_limit);
	tcase_add_test(tc, holds_a_value_of_the_limit_and_no_byte_more);
	tcase_add_test(tc, gives_scratch_memory_back);
	tcase_add_test(tc, a_block_has_room_for_as_much_as_it_is_long);
	tcase_add_loop_test(tc, reads_an_environment_block, 0, LENGTH(blocks));
	tcase_add_loop_test(
		tc, survives_a_block_of_any_length, 0, LENGTH(blocks));
	return run_suite("grub2_env", &tc, 1);
}
