/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/parse.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct scratch scratch;
static struct error err;
static char out[4096];
static size_t used;

static void setup(void)
{
	arena_init(&arena, 8 << 20);
	scratch_init(&scratch, &arena);
	used = 0;
	out[0] = '\0';
}

static void teardown(void)
{
	arena_free(&arena);
}

static void put(const char *text, size_t len)
{
	used += (size_t)snprintf(
		out + used, sizeof(out) - used, "%.*s", (int)len, text);
}

static void put_string(const char *text)
{
	put(text, strlen(text));
}

static void put_list(const struct stmt *list);

static void put_words(const struct word *word)
{
	for (; word; word = word->next) {
		put(word->first.text.at, word->first.text.len);
		put_string(word->first.next ? "+ " : " ");
	}
}

static void put_stmt(const struct stmt *stmt)
{
	switch (stmt->kind) {
	case STMT_COMMAND:
		put_words(stmt->words);
		return;
	case STMT_IF:
		put_string("if ");
		put_list(stmt->branch.cond);
		put_list(stmt->branch.then);
		put_list(stmt->branch.otherwise);
		return;
	case STMT_WHILE:
		put_string(stmt->loop.until ? "until " : "while ");
		put_list(stmt->loop.cond);
		put_list(stmt->loop.body);
		return;
	case STMT_FOR:
		put_string("for ");
		put(stmt->each.name.at, stmt->each.name.len);
		put_string(" ");
		put_words(stmt->each.in);
		put_list(stmt->each.body);
		return;
	case STMT_FUNCTION:
		put_string("function ");
		put(stmt->function.name.at, stmt->function.name.len);
		put_list(stmt->function.body);
	}
}

static void put_list(const struct stmt *list)
{
	put_string("(");
	for (; list; list = list->next) {
		put_stmt(list);
		put_string(list->next ? "; " : "");
	}
	put_string(")");
}

/* All units of a script, and for a dropped one its line and message. */
static const char *tree_of(const char *script, size_t len)
{
	struct parser parser;
	const struct stmt *unit;
	char line[32];
	int r;

	parse_start(
		&parser, (struct text){ script, len }, 1, &scratch, &scratch);
	while ((r = parse_unit(&parser, &unit, &err)) != 0) {
		if (r > 0 && unit) {
			put_list(unit);
		} else if (r < 0) {
			snprintf(
				line, sizeof(line), "<%u: ", parser.token.line);
			put_string(line);
			put_string(err.text);
			put_string(">");
			if (err.code != ERR_SYNTAX)
				break;
		}
	}
	return out;
}

static const struct {
	const char *script;
	const char *tree;
} scripts[] = {
	{ "", "" },
	{ "\n # x\n", "" },
	{ "a b\nc", "(a b )(c )" },
	{ "a; b;\nc", "(a ; b )(c )" },
	{ "a 'b'c", "(a b+ )" },
	{ "if a; then b; fi", "(if (a )(b )())" },
	{ "if a\nthen\n\nb\nelse c; fi", "(if (a )(b )(c ))" },
	{ "if a; then b; elif c; then d; elif e; then f; else g; fi",
		"(if (a )(b )(if (c )(d )(if (e )(f )(g ))))" },
	{ "while a; b; do c; done", "(while (a ; b )(c ))" },
	{ "until a\ndo c\ndone; d", "(until (a )(c ); d )" },
	{ "for x in a b; do c; done", "(for x a b (c ))" },
	{ "for x in in do\n\ndo c; done", "(for x in do (c ))" },
	{ "for x in; do c; done", "(for x (c ))" },
	{ "function f { a; }", "(function f(a ))" },
	{ "function f\n{\na\n}", "(function f(a ))" },
	{ "m 'x' { a\nb; }\nc", "(m x { a\nb; } )(c )" },
	{ "m{a}", "(m {a} )" },
	{ "m { n { a\n} }", "(m { n { a\n} } )" },
	{ "m { if a; then b; fi }", "(m { if a; then b; fi } )" },
	{ "echo if then fi { a }", "(echo if then fi { a } )" },
	{ "\"if\" a", "(if a )" },
	{ "! a", "(! a )" },
	{ "time a", "(time a )" },
};

START_TEST(makes_a_tree)
{
	const char *script = scripts[_i].script;

	ck_assert_str_eq(tree_of(script, strlen(script)), scripts[_i].tree);
}
END_TEST

static const struct {
	const char *script;
	const char *tree;
} wrong[] = {
	{ "a; b )\nc | d\ne",
		"(a ; b ) )<2: unexpected \"|\"; a command ends "
		"with a new line>(e )" },
	{ "m { }\na", "<1: unexpected \"}\"; a command was expected>(a )" },
	{ "m {\n a\n if b then\n c\n}\nd",
		"<5: unexpected \"}\"; \"then\" is missing>(d )" },
	{ "m {\na & b\nc\n}\nd",
		"<2: unexpected \"&\"; a command ends with a new line>(c )"
		"<4: unexpected \"}\"; a command was expected>(d )" },
	{ "fi\na", "<1: unexpected \"fi\"; a command was expected>(a )" },
	{ "if a; then b; fi c\nd",
		"<1: unexpected \"c\"; a \";\" or a new line "
		"was expected>(d )" },
	{ "if a; then\nb", "<2: the script ends; \"fi\" is missing>" },
	{ "while a; do b", "<1: the script ends; \"done\" is missing>" },
	{ "m {", "<1: the script ends; a \"}\" is missing>" },
	{ "echo 'a\nb\n", "<1: no closing '>" },
	{ "echo $-\nb", "<1: \"$\" without a variable's name>(b )" },
	{ "for 1 in a; do b; done\nc",
		"<1: unexpected \"1\"; \"for\" needs a name>(c )" },
	{ "for x\nin a; do b; done",
		"<1: the line ends; \"in\" is missing><2: unexpected \"in\"; "
		"a command was expected>" },
	{ "for x in a b", "<1: the script ends; \"do\" is missing>" },
	{ "function f-x { a; }",
		"<1: unexpected \"f-x\"; \"function\" needs a "
		"name>" },
	{ "function f { a }", "<1: unexpected \"}\"; a \"}\" is missing>" },
	{ "if a; then function f { b; }; fi",
		"<1: unexpected \"function\"; \"fi\" is missing>" },
	{ "a { b } c",
		"<1: unexpected \"c\"; a \";\" or a new line was "
		"expected>" },
	{ "a; ;\nb", "<1: unexpected \";\"; a command was expected>(b )" },
};

START_TEST(drops_what_is_wrong_up_to_the_end_of_the_line)
{
	const char *script = wrong[_i].script;

	ck_assert_str_eq(tree_of(script, strlen(script)), wrong[_i].tree);
}
END_TEST

/* Statements inside statements, that many of them. */
static char *nested(unsigned int depth)
{
	char *script = malloc(depth * 20 + 20), *at = script;
	unsigned int i;

	for (i = 0; i < depth; i++)
		at = stpcpy(at, "if a; then\n");
	at = stpcpy(at, "b\n");
	for (i = 0; i < depth; i++)
		at = stpcpy(at, "fi\n");
	return script;
}

START_TEST(nests_up_to_the_limit)
{
	struct parser parser;
	const struct stmt *unit;
	char *script = nested(PARSE_DEPTH_MAX);

	parse_start(&parser, text_of(script), 1, &scratch, &scratch);
	ck_assert_int_eq(parse_unit(&parser, &unit, &err), 1);
	free(script);
}
END_TEST

START_TEST(stops_behind_the_limit_of_nesting)
{
	struct parser parser;
	const struct stmt *unit;
	char *script = nested(PARSE_DEPTH_MAX + 1);

	parse_start(&parser, text_of(script), 1, &scratch, &scratch);
	ck_assert_int_eq(parse_unit(&parser, &unit, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "statements more than 256 deep");
	free(script);
}
END_TEST

START_TEST(stops_at_the_memory_limit)
{
	static const char script[] =
		"a b c d e f g h i j k l m n o p q r s t\n";

	arena.limit = 64;
	tree_of(script, sizeof(script) - 1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "needs more than 64 bytes of memory");
}
END_TEST

START_TEST(survives_any_length)
{
	const char *script = scripts[_i].script;
	size_t len, size = strlen(script);
	char *copy;

	for (len = 0; len <= size; len++) {
		copy = malloc(len + 1);
		memcpy(copy, script, len);
		used = 0;
		tree_of(copy, len);
		free(copy);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("parse");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, makes_a_tree, 0, LENGTH(scripts));
	tcase_add_loop_test(tc, drops_what_is_wrong_up_to_the_end_of_the_line,
		0, LENGTH(wrong));
	tcase_add_test(tc, nests_up_to_the_limit);
	tcase_add_test(tc, stops_behind_the_limit_of_nesting);
	tcase_add_test(tc, stops_at_the_memory_limit);
	tcase_add_loop_test(tc, survives_any_length, 0, LENGTH(scripts));
	return run_suite("grub2_parse", &tc, 1);
}
