/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/cmdline.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define ARGS_MAX 8

/* What was seen, as "quiet args=x [operand]". */
static char seen[512];
static struct error err;

/* A flag has no value, and that must be NULL. */
static int see(const char *name, const char *value)
{
	size_t len = strlen(seen);

	snprintf(seen + len, sizeof(seen) - len, "%s%s%s%s", len ? " " : "",
		name, value ? "=" : "", value ? value : "");
	return 0;
}

static int see_quiet(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("quiet", value);
}

static int see_args(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("args", value);
}

static int see_append(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("append", value);
}

static int see_output(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("output", value);
}

static int see_format(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("output-format", value);
}

static int see_add(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("add", value);
}

static int see_verbose(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	return see("verbose", value);
}

static int stop(void *ctx, const char *value, struct error *unused)
{
	(void)ctx, (void)unused;
	see("help", value);
	return CMDLINE_STOP;
}

static int see_operand(void *ctx, const char *value, struct error *fault)
{
	(void)ctx;
	if (strcmp(value, "bad") == 0)
		return error_set(fault, ERR_SYNTAX, "a bad operand");
	return see("disk", value);
}

static int refuse(void *ctx, const char *value, struct error *fault)
{
	(void)ctx;
	return error_set(fault, ERR_SYNTAX, "\"%s\" will not do", value);
}

static const struct cmdline_option options[] = {
	{ "quiet", 'q', false, true, CMDLINE_CALL(see_quiet) },
	{ "help", 'h', false, true, CMDLINE_CALL(stop) },
	{ "args", 0, true, true, CMDLINE_CALL(see_args) },
	{ "output", 0, true, true, CMDLINE_CALL(see_output) },
	{ "output-format", 0, true, true, CMDLINE_CALL(see_format) },
	{ "add", 'a', true, false, CMDLINE_CALL(see_add) },
	{ "append", 0, true, false, CMDLINE_CALL(see_append) },
	{ "verbose", 'v', false, false, CMDLINE_CALL(see_verbose) },
	{ "version", 'V', false, false, CMDLINE_CALL(see_verbose) },
	{ "fail", 0, true, false, CMDLINE_CALL(refuse) },
};

static const struct cmdline cmdline = { options, COUNT(options), see_operand,
	NULL, NULL };

/* argv on the heap, each argument of its exact size, as ASan likes it. */
static int parse(const char *const args[ARGS_MAX])
{
	char *argv[ARGS_MAX + 2] = { 0 };
	int argc = 1, rc, i;

	seen[0] = '\0';
	argv[0] = strdup("program");
	for (i = 0; i < ARGS_MAX && args[i]; i++)
		argv[argc++] = strdup(args[i]);
	rc = cmdline_parse(&cmdline, argc, argv, NULL, &err);
	for (i = 0; i < argc; i++)
		free(argv[i]);
	return rc;
}

static const struct {
	const char *args[ARGS_MAX];
	const char *seen;
} accepted[] = {
	{ { NULL }, "" },
	{ { "img" }, "disk=img" },
	{ { "-q", "img" }, "quiet disk=img" },
	{ { "img", "-q" }, "disk=img quiet" },
	{ { "-qv", "img" }, "quiet verbose disk=img" },
	{ { "-" }, "disk=-" },
	{ { "--", "-q", "--x", "-v -q" }, "disk=-q disk=--x disk=-v -q" },
	{ { "img", "--", "--" }, "disk=img disk=--" },
	{ { "--args=a", "--args", "b" }, "args=a args=b" },
	{ { "--args=", "img" }, "args= disk=img" },
	{ { "--args=a=b" }, "args=a=b" },
	{ { "--args", "--" }, "args=--" },
	{ { "--args", "-q" }, "args=-q" },
	{ { "-a", "x", "-ay", "-qaz" }, "add=x add=y quiet add=z" },
	{ { "-h", "--nonsense" }, "help" },
	{ { "-qhv" }, "quiet help" },
	/* abbreviations: an exact name wins, then the elder names */
	{ { "--qui" }, "quiet" },
	{ { "--output=x" }, "output=x" },
	{ { "--output-=x" }, "output-format=x" },
	{ { "--a=x" }, "args=x" },
	{ { "--ap", "x" }, "append=x" },
	{ { "--add=x" }, "add=x" },
	{ { "--verb" }, "verbose" },
	/* xenopsd: empty arguments mean nothing, not even as values */
	{ { "", "-q", "", "img", "" }, "quiet disk=img" },
	{ { "--args", "", "x" }, "args=x" },
	{ { "--", "", "img" }, "disk=img" },
	/* libvirt: several words in one argument */
	{ { "--append single", "img" }, "append=single disk=img" },
	{ { "-q --args=x", "img" }, "quiet args=x disk=img" },
	{ { " -q\t\n-v ", "img" }, "quiet verbose disk=img" },
	{ { "-q ", "img" }, "quiet disk=img" },
	{ { " -q", "img" }, "quiet disk=img" },
	{ { "--append ro  single -q", "i" }, "append=ro  single quiet disk=i" },
	{ { "-q --args=root=x ro", "i" }, "quiet args=root=x ro disk=i" },
	{ { "--args -q img" }, "args=-q disk=img" },
	{ { "-q img" }, "quiet disk=img" },
	{ { "-q -- -v" }, "quiet disk=-v" },
	{ { "-q --args", "x y" }, "quiet args=x y" },
	/* and what is not cut: values, and "=" in the first word */
	{ { "--args", "-x y" }, "args=-x y" },
	{ { "--args=root=x ro" }, "args=root=x ro" },
	{ { "--args=a -q" }, "args=a -q" },
	{ { "-a", "-my disk" }, "add=-my disk" },
	{ { "my disk -q" }, "disk=my disk -q" },
};

START_TEST(reads_a_command_line)
{
	ck_assert_msg(parse(accepted[_i].args) == 0, "%s", err.text);
	ck_assert_str_eq(seen, accepted[_i].seen);
}
END_TEST

static const struct {
	const char *args[ARGS_MAX];
	const char *text;
} refused[] = {
	{ { "-x" }, "unknown option -x" },
	{ { "-qx", "img" }, "unknown option -x" },
	{ { "--nonsense=1" }, "unknown option --nonsense" },
	{ { "--quietly" }, "unknown option --quietly" },
	{ { "--quiet=1" }, "option --quiet takes no value" },
	{ { "--args" }, "option --args needs a value" },
	{ { "--args", "" }, "option --args needs a value" },
	{ { "-q --args" }, "option --args needs a value" },
	{ { "-a" }, "option -a needs a value" },
	{ { "--out=x" },
		"option --out is ambiguous: --output, --output-format" },
	{ { "--ve" }, "option --ve is ambiguous: --verbose, --version" },
	{ { "--fail=x" }, "--fail: \"x\" will not do" },
	{ { "-q", "bad", "-x" }, "a bad operand" },
	{ { "--", "bad" }, "a bad operand" },
	{ { "--=x" },
		"option -- is ambiguous: --quiet, --help, --args, --output, "
		"--output-format, --add, --append, --verbose, --version, "
		"--fail" },
};

START_TEST(says_which_option_is_wrong)
{
	ck_assert_int_eq(parse(refused[_i].args), -1);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, refused[_i].text);
}
END_TEST

START_TEST(does_not_ask_the_environment)
{
	static const char *const args[ARGS_MAX] = { "img", "-q" };

	setenv("POSIXLY_CORRECT", "1", 1);
	ck_assert_int_eq(parse(args), 0);
	ck_assert_str_eq(seen, "disk=img quiet");
}
END_TEST

START_TEST(an_empty_argv_is_an_empty_command_line)
{
	char *argv[] = { NULL };

	seen[0] = '\0';
	ck_assert_int_eq(cmdline_parse(&cmdline, 0, argv, NULL, &err), 0);
	ck_assert_str_eq(seen, "");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("cmdline");

	tcase_add_loop_test(tc, reads_a_command_line, 0, COUNT(accepted));
	tcase_add_loop_test(tc, says_which_option_is_wrong, 0, COUNT(refused));
	tcase_add_test(tc, does_not_ask_the_environment);
	tcase_add_test(tc, an_empty_argv_is_an_empty_command_line);
	return run_suite("cmdline", &tc, 1);
}
