/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/lex.h"
#include "tests/support/runner.h"

/* The tokens of a script in letters, words with their text. */
static const char *tokens_of(const char *script, size_t len)
{
	static const char letters[] = "EN;{}W!";
	static char out[1024];
	struct lexer lexer = { script, script + len, 1 };
	struct token token;
	size_t used = 0;

	do {
		lex_next(&lexer, &token);
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%c",
			letters[token.kind]);
		if (token.kind == TOKEN_WORD)
			used += (size_t)snprintf(out + used, sizeof(out) - used,
				"(%.*s)", (int)token.text.len, token.text.at);
	} while (token.kind != TOKEN_END && token.kind != TOKEN_BAD);
	return out;
}

static const struct {
	const char *script;
	const char *tokens;
} scripts[] = {
	{ "", "E" },
	{ " \t ", "E" },
	{ "\n\n", "NNE" },
	{ "a b;c\n", "W(a)W(b);W(c)NE" },
	{ "a{b}c", "W(a){W(b)}W(c)E" },
	{ "# a 'b\nc", "NW(c)E" },
	{ "a #b\nc#d", "W(a)NW(c#d)E" },
	{ "a\\\nb", "W(a\\\nb)E" },
	{ "a \\\n b", "W(a)W(b)E" },
	{ "a \\\n#b\nc", "W(a)W(c)E" },
	{ "'a b'\"c d\"e", "W('a b'\"c d\"e)E" },
	{ "'a\nb'c", "W('a\nb'c)E" },
	{ "'a\n#it's\nb'c", "W('a\n#it's\nb'c)E" },
	{ "\"a\\\"b\"", "W(\"a\\\"b\")E" },
	{ "'a\\' b", "W('a\\')W(b)E" },
	{ "$a${b}$1$?$@$*$#${10}", "W($a${b}$1$?$@$*$#${10})E" },
	{ "$\"a b\"c", "W($\"a b\"c)E" },
	{ "a\\ b\\;c\\{", "W(a\\ b\\;c\\{)E" },
	{ "( ) [ ] ! = , :", "W(()W())W([)W(])W(!)W(=)W(,)W(:)E" },
	{ "\x80\xff\xfe", "W(\x80\xff\xfe)E" },
};

START_TEST(cuts_a_script_into_tokens)
{
	const char *script = scripts[_i].script;

	ck_assert_str_eq(tokens_of(script, strlen(script)), scripts[_i].tokens);
}
END_TEST

static const struct {
	const char *script;
	const char *why;
} wrong[] = {
	{ "'a", "no closing '" },
	{ "'a\n#'\n", "no closing '" },
	{ "\"a", "no closing \"" },
	{ "\"a\\\"", "no closing \"" },
	{ "a\\", "nothing after \"\\\"" },
	{ "$", "\"$\" without a variable's name" },
	{ "a$-b", "\"$\" without a variable's name" },
	{ "${}", "\"$\" without a variable's name" },
	{ "${a", "\"$\" without a variable's name" },
	{ "${a b}", "\"$\" without a variable's name" },
	{ "${1a}", "\"$\" without a variable's name" },
	{ "$'a'", "\"$\" without a variable's name" },
	{ "\"$ \"", "\"$\" without a variable's name" },
	{ "[[", "[[ and ]] are reserved" },
	{ "]]", "[[ and ]] are reserved" },
	{ "&&", NULL },
	{ "|", NULL },
	{ "<", NULL },
	{ ">", NULL },
	{ ";;", NULL },
};

START_TEST(says_what_is_wrong_with_a_word)
{
	const char *script = wrong[_i].script;
	struct lexer lexer = { script, script + strlen(script), 1 };
	struct token token;

	lex_next(&lexer, &token);
	ck_assert_int_eq(token.kind, TOKEN_BAD);
	ck_assert_pstr_eq(token.why, wrong[_i].why);
}
END_TEST

/* GRUB reads to the end of the word, over lines, before it drops a line. */
START_TEST(a_lonely_dollar_in_quotes_is_told_of_behind_its_word)
{
	static const char script[] = "a \"$ \nb\"c'\n' d\ne";
	const char *end = script + sizeof(script) - 1;
	struct lexer lexer = { script, end, 1 }, skipping;
	struct token token;

	lex_next(&lexer, &token);
	skipping = lexer;
	lex_next(&lexer, &token);
	ck_assert_int_eq(token.kind, TOKEN_BAD);
	ck_assert_uint_eq(token.line, 1);
	ck_assert_str_eq(lexer.at, " d\ne");
	ck_assert_uint_eq(lexer.line, 3);
	lex_skip_words(&skipping, &token);
	ck_assert_int_eq(token.kind, TOKEN_BAD);
	ck_assert_uint_eq(token.line, 1);
	ck_assert_str_eq(skipping.at, " d\ne");
	ck_assert_uint_eq(skipping.line, 3);
}
END_TEST

START_TEST(counts_lines_where_tokens_begin)
{
	static const char script[] = "a\n'b\n#c\nd' \\\ne\n\nf";
	static const unsigned int lines[] = { 1, 1, 2, 5, 5, 6, 7 };
	struct lexer lexer = { script, script + sizeof(script) - 1, 1 };
	struct token token;
	size_t i;

	for (i = 0; i < LENGTH(lines); i++) {
		lex_next(&lexer, &token);
		ck_assert_uint_eq(token.line, lines[i]);
	}
	ck_assert_int_eq(token.kind, TOKEN_WORD);
}
END_TEST

/* Skipping finds what looking at each token finds: the next that is no word. */
START_TEST(skips_words_to_the_same_token)
{
	const char *script = scripts[_i].script;
	struct lexer slow = { script, script + strlen(script), 1 }, fast;
	struct token one, other;

	lex_next(&slow, &one);
	if (one.kind != TOKEN_WORD)
		return;
	fast = slow;
	while (one.kind == TOKEN_WORD)
		lex_next(&slow, &one);
	lex_skip_words(&fast, &other);
	ck_assert_int_eq(one.kind, other.kind);
	ck_assert_uint_eq(one.line, other.line);
	ck_assert_ptr_eq(slow.at, fast.at);
}
END_TEST

START_TEST(skips_no_wrong_word)
{
	char script[64];
	struct lexer lexer = { script, NULL, 1 };
	struct token token;

	lexer.end = script +
		snprintf(script, sizeof(script), "a b#[c %s", wrong[_i].script);
	lex_next(&lexer, &token);
	lex_skip_words(&lexer, &token);
	ck_assert_int_eq(token.kind, TOKEN_BAD);
	ck_assert_pstr_eq(token.why, wrong[_i].why);
}
END_TEST

static const struct {
	const char *word;
	const char *parts;
} words[] = {
	{ "abc", "p:abc " },
	{ "a\\b", "e:a\\b " },
	{ "'a b'", "q:a b " },
	{ "''", "q: " },
	{ "\"a\"", "q:a " },
	{ "\"\"", "q: " },
	{ "\"a\\b\"", "d:a\\b " },
	{ "$a", "v:a " },
	{ "\"$a\"", "V:a q: " },
	{ "x${a}y'z'\"$1 \"\\\"", "p:x v:a p:y q:z V:1 q:  e:\\\" " },
	{ "$\"a$b\"", "t:a$b " },
	{ "a$\"$ \\\" ${\"b", "p:a t:$ \\\" ${ p:b " },
	{ "$\"\"$b", "t: v:b " },
};

START_TEST(takes_a_word_apart)
{
	static const char letters[] = "peqdvVtb";
	struct text word = text_of(words[_i].word);
	struct part part;
	bool quoted = false;
	char out[256];
	size_t used = 0;

	while (word.len > 0 || quoted) {
		ck_assert(lex_part(&word, &quoted, &part));
		used += (size_t)snprintf(out + used, sizeof(out) - used,
			"%c:%.*s ", letters[part.kind], (int)part.text.len,
			part.text.at);
	}
	ck_assert(!lex_part(&word, &quoted, &part));
	ck_assert_str_eq(out, words[_i].parts);
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
		tokens_of(copy, len);
		free(copy);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("lex");

	tcase_add_loop_test(tc, cuts_a_script_into_tokens, 0, LENGTH(scripts));
	tcase_add_loop_test(
		tc, says_what_is_wrong_with_a_word, 0, LENGTH(wrong));
	tcase_add_test(
		tc, a_lonely_dollar_in_quotes_is_told_of_behind_its_word);
	tcase_add_test(tc, counts_lines_where_tokens_begin);
	tcase_add_loop_test(
		tc, skips_words_to_the_same_token, 0, LENGTH(scripts));
	tcase_add_loop_test(tc, skips_no_wrong_word, 0, LENGTH(wrong));
	tcase_add_loop_test(tc, takes_a_word_apart, 0, LENGTH(words));
	tcase_add_loop_test(tc, survives_any_length, 0, LENGTH(scripts));
	return run_suite("grub2_lex", &tc, 1);
}
