/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Tab makes of a half of a command: first what is inserted, then what it
 * may be, each behind a "|".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/complete.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define CANDIDATES_MAX 100

static struct grub2_shell *shell;
static char said[1 << 16];

static int say(void *ctx, const char *text, struct error *why)
{
	(void)ctx, (void)why;
	ck_assert_uint_lt(strlen(said) + strlen(text) + 1, sizeof(said));
	if (ctx && *(size_t *)ctx > 0)
		strcat(said, "|");
	++*(size_t *)ctx;
	strcat(said, text);
	return 0;
}

static void setup(void)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/boot/vmlinuz-6.1.0", "kernel");
	fakefs_text(files, "/boot/vmlinuz-6.12.0", "kernel");
	fakefs_text(files, "/boot/initrd.img-6.1.0", "ramdisk");
	fakefs_text(files, "/boot/grub/grub.cfg", "");
	fakefs_text(files, "/my file $1", "x");
	fakefs_text(files, "/it's", "x");
	fakefs_text(files, "/.hidden", "x");
	fakefs_text(files, "/\xc3\xa4rger", "x");
	fakefs_text(files, "/\xc3\xb6l", "x");
	fakefs_text(files, "/odd\nname", "x");
	fakefs_link(files, "/grublink", "/boot/grub");
	fakefs_text(files, "/dos/x", "y");
	ck_assert_msg(load("function greet {\n true\n}\n"
			   "set greeting=x\nset great=y\nset grub_cpux=z\n"
			   "menuentry A { linux /k }\n") == 0,
		"%s", err.text);
	shell = grub2_shell_open(&config, config.menu, &err);
	ck_assert_msg(shell != NULL, "%s", err.text);
}

static void teardown(void)
{
	formattest_end();
}

static const char *complete(const char *line)
{
	size_t count = 0;

	said[0] = '\0';
	ck_assert_msg(grub2_complete(shell, line, CANDIDATES_MAX, say, &count,
			      &err) == 0,
		"%s: %s", line, err.text);
	return said;
}

static const struct {
	const char *line, *said;
} lines[] = {
	/* commands */
	{ "conf", "igfile " },
	{ "gre", "et " },
	{ "  lin", "ux " },
	{ "se", "|search|set|setparams" },
	{ "echo a; conf", "igfile " },
	{ "if tes", "t " },
	{ "if true; the", "" },
	{ "while conf", "igfile " },
	{ "terminal_i", "nput " }, /* does nothing, but is there */
	{ "nosuch", "" },
	{ "conf\\", "" },
	{ "# conf", "" },
	{ "echo # /bo", "" },

	/* paths */
	{ "linux ", "/" },
	{ "linux /bo", "ot/" },
	{ "linux /boot/v", "mlinuz-6.1|vmlinuz-6.1.0|vmlinuz-6.12.0" },
	{ "linux /boot/vmlinuz-6.1.", "0 " },
	{ "linux (hd0,msdos1)/boot/i", "nitrd.img-6.1.0 " },
	{ "linux /boot/nosuch", "" },
	{ "linux /nosuch/x", "" },
	{ "linux /k/x", "" },
	{ "ls /grubl", "ink/" },
	{ "cat /.h", "idden " },
	{ "search --file /bo", "ot/" },
	{ "test -f=/bo", "ot/" },
	{ "initrd newc:init:/boot/i", "nitrd.img-6.1.0 " },
	{ "set x=(hd0,ms", "dos1)" },
	{ "/bo", "ot/" },
	{ "linux nothing", "" },
	{ "cat /o", "dd" },
	{ "cat /d", "os/" },

	/* what has to be quoted */
	{ "cat /my", "\\ file\\ \\$1 " },
	{ "cat \"/my", " file \\$1\" " },
	{ "cat '/my", " file $1' " },
	{ "cat /my\\ f", "ile\\ \\$1 " },
	{ "cat '/it", "'\\''s' " },
	{ "cat /it", "\\'s " },
	{ "cat '/bo", "ot/" },
	/* they share the first byte of a character, which is none */
	{ "cat /\xc3\xa4", "rger " },

	/* devices */
	{ "ls (", "hd0|(hd0)|(hd0,msdos1)" },
	{ "ls (hd0,", "msdos1)" },
	{ "ls (hd0,msdos1)", "/" },
	{ "ls (nosuch", "" },
	{ "ls (nosuch)/b", "" },

	/* variables */
	{ "echo $greet", "ing" },
	{ "echo ${greet", "ing}" },
	{ "echo \"a $gre", "|great|greeting" },
	{ "echo '$gre", "" },
	{ "echo $greeting/b", "" },
	{ "linux $prefix/../v", "mlinuz-6.1|vmlinuz-6.1.0|vmlinuz-6.12.0" },
	{ "linux ${prefix}/../v", "mlinuz-6.1|vmlinuz-6.1.0|vmlinuz-6.12.0" },
	{ "echo $nosuch", "" },
};

START_TEST(a_line_goes_on_as)
{
	ck_assert_str_eq(complete(lines[_i].line), lines[_i].said);
}
END_TEST

START_TEST(nothing_is_left_of_it)
{
	size_t i;

	complete("linux /boot/v");
	fake.guest.note_count = 0;
	for (i = 0; i < 1000; i++)
		complete(lines[i % LENGTH(lines)].line);
	ck_assert_uint_eq(fake.guest.note_count, 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_ptr_eq(
		env_get(((struct eval *)config.priv)->env, text_of("nosuch")),
		NULL);
}
END_TEST

START_TEST(many_candidates_are_cut)
{
	char path[32];
	size_t i;

	for (i = 0; i < 150; i++) {
		snprintf(path, sizeof(path), "/many/file%03zu", i);
		fakefs_text(files, path, "x");
	}
	complete("cat /many/");
	ck_assert_int_eq(strncmp(said, "file|file", 9), 0);
	ck_assert_str_eq(said + strlen(said) - 4, "|...");
	complete("cat /many/file00");
	ck_assert_str_eq(said + strlen(said) - 8, "|file009");
}
END_TEST

/* The hundreds of thousands of names that a directory may have. */
START_TEST(a_large_directory_is_looked_at_in_part)
{
	static char path[32];
	size_t i;

	for (i = 0; i <= COMPLETE_NAMES_MAX; i++) {
		snprintf(path, sizeof(path), "/many/f%zu", i);
		fakefs_text(files, path, "x");
	}
	complete("cat /many/f");
	ck_assert_int_eq(strncmp(said, "|f", 2), 0);
	ck_assert_str_eq(said + strlen(said) - 4, "|...");
}
END_TEST

START_TEST(a_long_line_is_refused)
{
	char *line = repeat("echo ", "x", SHELL_COMMAND_MAX);
	size_t count = 0;

	ck_assert_int_eq(
		grub2_complete(shell, line, CANDIDATES_MAX, say, &count, &err),
		-1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a command of more than 32768 bytes");
	free(line);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("complete");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_line_goes_on_as, 0, LENGTH(lines));
	tcase_add_test(tc, nothing_is_left_of_it);
	tcase_add_test(tc, many_candidates_are_cut);
	tcase_add_test(tc, a_large_directory_is_looked_at_in_part);
	tcase_add_test(tc, a_long_line_is_refused);
	return run_suite("grub2_complete", &tc, 1);
}
