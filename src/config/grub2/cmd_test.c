/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_test.c - true, false, test and [
 *
 * An expression is read from left to right: three arguments with an operator
 * in the middle, else two with an operator in front, else one.  No expression
 * at all is true.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

/* Parentheses inside parentheses; the C stack of reading them is small. */
#define NESTING_MAX 64

struct test {
	struct eval *eval;
	const struct args *args;
	size_t at, count;
	unsigned int depth;
	struct error *err;
};

int cmd_true(struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)args, (void)err;
	return STATUS_OK;
}

int cmd_false(struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)args, (void)err;
	return STATUS_FALSE;
}

/* A number with a sign; what cannot be read as one is 0. */
static long long number_of(const struct test *test, const char *text)
{
	unsigned long number = 0;
	bool minus = text[0] == '-';

	if (!command_number(text + minus, &number))
		eval_fail(test->eval, test->args, STATUS_BAD_NUMBER,
			"\"%s\" is not a number", text);
	if (number > 0x7fffffffffffffffUL)
		number = 0x7fffffffffffffffUL;
	return minus ? -(long long)number : (long long)number;
}

static int compare_numbers(const struct test *test, const char *const *three)
{
	long long a = number_of(test, three[0]), b = number_of(test, three[2]);

	return (a > b) - (a < b);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * The numbers behind what both texts have in common, as in vmlinuz-5.  Digits
 * in common belong to the number, but for the very first character: 20 and 200
 * are the same to GRUB.
 */
static int compare_behind_prefix(
	const struct test *test, const char *const *three)
{
	const char *a = three[0], *b = three[2];
	unsigned long left = 0, right = 0;
	size_t i = 0;

	(void)test;
	while (a[i] && a[i] == b[i])
		i++;
	while (i > 1 && is_digit(a[i - 1]))
		i--;
	command_number(a + i, &left);
	command_number(b + i, &right);
	return (left > right) - (left < right);
}

static int compare_texts(const struct test *test, const char *const *three)
{
	(void)test;
	return strcmp(three[0], three[2]);
}

/* What a comparison may come to: bits for less, equal, greater. */
enum { LESS = 1, EQUAL = 2, GREATER = 4 };

static const struct comparison {
	const char *name;
	int (*compare)(const struct test *test, const char *const *three);
	unsigned int accepts;
} comparisons[] = {
	{ "=", compare_texts, EQUAL },
	{ "==", compare_texts, EQUAL },
	{ "!=", compare_texts, LESS | GREATER },
	{ "<", compare_texts, LESS },
	{ "<=", compare_texts, LESS | EQUAL },
	{ ">", compare_texts, GREATER },
	{ ">=", compare_texts, GREATER | EQUAL },
	{ "-eq", compare_numbers, EQUAL },
	{ "-ne", compare_numbers, LESS | GREATER },
	{ "-lt", compare_numbers, LESS },
	{ "-le", compare_numbers, LESS | EQUAL },
	{ "-gt", compare_numbers, GREATER },
	{ "-ge", compare_numbers, GREATER | EQUAL },
	{ "-plt", compare_behind_prefix, LESS },
	{ "-pgt", compare_behind_prefix, GREATER },
};

static int find(const struct test *test, const char *name, struct fs_node *node)
{
	struct fs *fs;

	return path_find_link(test->eval, name, &fs, node, test->err);
}

/* -s: a link is followed, and a list of blocks is a file. */
static int has_contents(const struct test *test, const char *name)
{
	struct fs_node node;
	struct fs *fs;
	int found = path_open(test->eval, name, &fs, &node, test->err);

	return found > 0 ? node.type == FS_FILE && node.size > 0 : found;
}

/*
 * -nt and -ot, with a number of seconds behind it that is added.  Whatever
 * exists is newer than what does not.
 */
static int compare_times(const struct test *test, const char *const *three)
{
	struct fs_node left, right;
	bool newer = three[1][1] == 'n';
	long long bias = three[1][3] ? number_of(test, three[1] + 3) : 0;
	long long age;
	int has_left = find(test, three[0], &left);
	int has_right = has_left < 0 ? -1 : find(test, three[2], &right);

	if (has_right < 0)
		return -1;
	if (!has_left || !has_right)
		return newer ? has_left : has_right;
	if (__builtin_sub_overflow(left.mtime, right.mtime, &age) ||
		__builtin_add_overflow(age, bias, &age))
		return 0;
	return newer ? age > 0 : age < 0;
}

static const struct comparison *find_comparison(const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(comparisons); i++)
		if (strcmp(name, comparisons[i].name) == 0)
			return &comparisons[i];
	return NULL;
}

static bool compares_times(const char *name)
{
	return strncmp(name, "-nt", 3) == 0 || strncmp(name, "-ot", 3) == 0;
}

/* 1 true, 0 false, -1 the end; -2: these three are no comparison. */
static int test_three(const struct test *test, const char *const *three)
{
	const struct comparison *comparison = find_comparison(three[1]);
	int order;

	if (compares_times(three[1]))
		return compare_times(test, three);
	if (!comparison)
		return -2;
	order = comparison->compare(test, three);
	order = order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
	return ((unsigned int)order & comparison->accepts) != 0;
}

/* The same for an operator and one argument. */
static int test_two(const struct test *test, const char *const *two)
{
	struct fs_node node;
	int found;

	if (two[0][0] != '-' || !two[0][1] || two[0][2])
		return -2;
	switch (two[0][1]) {
	case 'n':
		return two[1][0] != '\0';
	case 'z':
		return two[1][0] == '\0';
	case 's':
		return has_contents(test, two[1]);
	case 'd':
	case 'e':
	case 'f':
		break;
	default:
		return -2;
	}
	found = find(test, two[1], &node);
	if (found <= 0 || two[0][1] == 'e')
		return found;
	return (node.type == FS_DIR) == (two[0][1] == 'd');
}

static int test_expression(struct test *test);

static int test_parentheses(struct test *test)
{
	int value;

	if (test->depth == NESTING_MAX)
		return error_set(test->err, ERR_LIMIT,
			"%s: more than %d parentheses deep",
			test->args->list[0], NESTING_MAX);
	test->depth++;
	value = test_expression(test);
	test->depth--;
	return value;
}

/* The value of what stands at test->at, behind which it then is; or -1. */
static int test_value(struct test *test)
{
	const char *const *args = test->args->list + test->at;
	size_t left = test->count - test->at;
	int value = -2;

	if (left > 2)
		value = test_three(test, args);
	if (value != -2) {
		test->at += 3;
		return value;
	}
	if (left > 1)
		value = test_two(test, args);
	if (value != -2) {
		test->at += 2;
		return value;
	}
	test->at++;
	if (strcmp(args[0], "(") == 0)
		return test_parentheses(test);
	return args[0][0] != '\0';
}

/* !, -a, -o and ) count only where no value can be read. */
static bool is_operator(const struct test *test, const char *name)
{
	const char *const *args = test->args->list + test->at;

	if (strcmp(args[0], name) != 0)
		return false;
	return test->count - test->at < 3 ||
		(!find_comparison(args[1]) && !compares_times(args[1]));
}

static int test_expression(struct test *test)
{
	bool either = false, all = true, invert = false;
	int value;

	while (test->at < test->count) {
		if (is_operator(test, ")")) {
			test->at++;
			break;
		}
		if (is_operator(test, "!")) {
			invert = !invert;
			test->at++;
		} else if (is_operator(test, "-a")) {
			test->at++;
		} else if (is_operator(test, "-o")) {
			either = either || all;
			all = true;
			test->at++;
		} else {
			value = test_value(test);
			if (value < 0)
				return -1;
			all = all && (value != 0) != invert;
			invert = false;
		}
	}
	return either || all;
}

int cmd_test(struct eval *eval, const struct args *args, struct error *err)
{
	struct test test = { eval, args, 1, args->count, 0, err };
	int value;

	/* not only behind "[" */
	if (test.count > 1 && strcmp(args->list[test.count - 1], "]") == 0)
		test.count--;
	value = test_expression(&test);
	if (value < 0)
		return -1;
	return value ? STATUS_OK : STATUS_FALSE;
}
