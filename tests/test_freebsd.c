/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/freebsd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define KERNEL "/boot/kernel/kernel"
#define ROOT "vfs.root.mountfrom=ufs:/dev/da0p2"

static void setup(void)
{
	formattest_begin(&freebsd_format, "/boot/loader.conf");
	fakefs_text(files, KERNEL, "kernel");
	fakefs_text(files, "/etc/fstab", "/dev/da0p2 / ufs\n");
}

static void teardown(void)
{
	formattest_end();
}

/* What the first entry of a file gives to the kernel, behind its root. */
static const struct {
	const char *file;
	const char *args;
} lines[] = {
	{ "", "" },
	{ "a=\"1\"", ",a=1" },
	{ "a = \"1\" # one", ",a=1" },
	{ " \ta=1 # \"", ",a=1" },
	{ "b=2\na=1", ",a=1,b=2" },
	{ "a=1\na=2\n", ",a=2" },
	{ "a=\"\"", ",a=" },
	{ "a=\"x\\y\"", ",a=x\\y" },
	{ "a=x=y", ",a=x=y" },
	{ "a=$b\nb=1", ",a=,b=1" },
	{ "b=1\na=${b}$b.", ",a=1,b=1" },
	{ "b=1\na=${b}${b", ",a=1${b,b=1" },
	{ "a=$", ",a=$" },
	{ "kern.hz=100\nhw.vga.textmode=1", ",hw.vga.textmode=1,kern.hz=100" },
	{ "x_load=\"YES\"\nx_name=\"y\"\nx.y_load=z", ",x.y_load=z" },
	{ "_load=1", ",_load=1" },
	{ "kernel=\"kernel\"\nprompt=x\nscreen.font=y\nloader_x=z", "" },
	{ "kernels=\"kernel\"\nkernelspace=1", ",kernelspace=1" },
	{ "boot_single=YES\nboot_verbose=YES", ",boot_verbose=YES" },
	{ "vfs.root.mountfrom.options=ro", ",vfs.root.mountfrom.options=ro" },
};

START_TEST(the_kernel_is_given_its_variables)
{
	char args[256];

	ck_assert_msg(load(lines[_i].file) == 0, "%s", err.text);
	ck_assert_uint_eq(fake.guest.note_count,
		strstr(lines[_i].file, "x_load") ? 1 : 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	snprintf(args, sizeof(args), ROOT "%s", lines[_i].args);
	ck_assert_str_eq(outcome.boot.args, args);
	ck_assert_str_eq(outcome.boot.kernel.path, KERNEL);
}
END_TEST

START_TEST(a_single_user_is_told_so_once)
{
	ck_assert_int_eq(load("boot_single=YES\nboot_verbose=1\n"), 0);
	ck_assert_uint_eq(config.menu->count, 2);
	ck_assert_uint_eq(config.menu->chosen, 1);
	ck_assert_int_eq(run(1), 0);
	ck_assert_str_eq(
		outcome.boot.args, ROOT ",boot_verbose=1,boot_single=YES");
}
END_TEST

static const char *const malformed[] = { "nonsense", "a", "a=", "a=\"x", "=1",
	"a=\"x\" y", "a b=1", "\"a\"=1", "a=1 2" };

START_TEST(says_which_line_was_not_understood)
{
	char text[128];

	snprintf(text, sizeof(text), "# c\n\n%s\nb=2\n", malformed[_i]);
	ck_assert_int_eq(load(text), 0);
	ck_assert_str_eq(only_note(NOTE_WARNING),
		"1 lines were not understood, the first is line 3 of "
		"/boot/loader.conf");
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.args, ROOT ",b=2");
}
END_TEST

static const char *const unspeakable[] = { "a,b", "a b", "a\tb", "," };

START_TEST(says_what_no_command_line_holds)
{
	char text[128];

	snprintf(text, sizeof(text), "x=\"%s\"\ny=1\n", unspeakable[_i]);
	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.args, ROOT ",y=1");
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"1 variables have commas or blanks, which no command line can "
		"hold; left out is x");
}
END_TEST

START_TEST(notes_the_modules)
{
	ck_assert_int_eq(load("b_load=YES\na_load=\"yes\"\nc_load=NO\n"), 0);
	ck_assert_str_eq(only_note(NOTE_DETAIL),
		"2 modules are not loaded, the first is b");
}
END_TEST

/* Where a kernel is looked for, in the loader's order */
static const struct {
	const char *conf;
	const char *paths[6]; /* each is found if those before are not there */
} searches[] = {
	{ "kernel=kk",
		{ "/boot/kk/kernel", "/boot/kk/kernel.gz",
			"/boot/kk/kernel.bz2", "/kk/kernel", "/kk/kernel.gz",
			"/kk.gz" } },
	{ "kernel=kk\nbootfile=b",
		{ "/boot/kk/b", "/boot/kk/b.gz", "/boot/kk/kernel", "/kk/b",
			"/kk/kernel", "/kk.gz" } },
	{ "kernel=/x/kk",
		{ "/boot/x/kk/kernel", "/x/kk/kernel", "/x/kk/kernel.bz2",
			"/x/kk.gz" } },
	{ "kernel=kk\nbootfile=\"b;c\"",
		{ "/boot/kk/b", "/boot/kk/c", "/boot/kk/kernel", "/kk/b",
			"/kk/c", "/kk/kernel" } },
};

START_TEST(kernels_are_looked_for_in_turn)
{
	size_t first, i;

	for (first = 0; first < LENGTH(searches[_i].paths); first++) {
		if (!searches[_i].paths[first])
			break;
		teardown();
		formattest_begin(&freebsd_format, "/boot/loader.conf");
		for (i = first; i < LENGTH(searches[_i].paths); i++)
			if (searches[_i].paths[i])
				fakefs_text(files, searches[_i].paths[i], "k");
		ck_assert_int_eq(load(searches[_i].conf), 0);
		ck_assert_msg(run(0) == 0, "%s", err.text);
		ck_assert_str_eq(
			outcome.boot.kernel.path, searches[_i].paths[first]);
	}
}
END_TEST

START_TEST(says_where_the_kernel_should_have_been)
{
	ck_assert_int_eq(load("kernel=kk\nbootfile=\"b;c\"\n"
			      "kernels_autodetect=NO\nkernels=kk\n"),
		0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text, "fakefs: /boot/kk/b: no such file");
	ck_assert_ptr_null(outcome.boot.kernel.path);
	ck_assert_ptr_null(outcome.boot.args);
}
END_TEST

START_TEST(warns_of_a_root_that_nobody_names)
{
	fakefs_text(files, "/etc/fstab", "/dev/da0p3 none swap sw 0 0\n");
	ck_assert_int_eq(load("a=1"), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.args, "a=1");
	ck_assert_str_eq(only_note(NOTE_WARNING),
		"neither vfs.root.mountfrom nor /etc/fstab says where the root "
		"file system is");
}
END_TEST

/* Faults in files that belong to it */
static const struct {
	const char *path;
	const char *text;
} parts[] = {
	{ "/boot/defaults/loader.conf",
		"/boot/defaults/loader.conf: line 2: a value of more than 4096 "
		"bytes" },
	{ "/boot/device.hints",
		"/boot/device.hints: line 2: a value of more than 4096 bytes" },
	{ "/boot/loader.conf.local",
		"/boot/loader.conf.local: line 2: a value of more than 4096 "
		"bytes" },
	{ "/boot/loader.conf.d/a.conf",
		"/boot/loader.conf.d/a.conf: line 2: a value of more than 4096 "
		"bytes" },
	{ "/boot/nextboot.conf",
		"/boot/nextboot.conf: line 2: a value of more than 4096 "
		"bytes" },
};

START_TEST(says_which_file_is_wrong)
{
	char *text = repeat("\na=\"", "x", 4097);

	strcpy(strchr(text, '\0') - 1, "\"");
	fakefs_text(files, parts[_i].path, text);
	ck_assert_int_eq(load(""), 0);
	free(text);
	text = repeat("\na=\"x", "x", 4096);
	text = realloc(text, strlen(text) + 2);
	strcat(text, "\"");
	fakefs_text(files, parts[_i].path, text);
	ck_assert_int_eq(load(""), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, parts[_i].text);
	fakefs_break(files, parts[_i].path);
	if (strcmp(parts[_i].path, "/boot/nextboot.conf") != 0) {
		ck_assert_int_eq(load(""), -1);
		ck_assert_int_eq(err.code, ERR_IO);
	}
	free(text);
}
END_TEST

/* Limits */

START_TEST(takes_as_many_variables_as_the_limit)
{
	ck_assert_str_eq(load_beyond("", "v@=1\n", FREEBSD_VARIABLES_MAX, ""),
		"line 1001: more than 1000 variables");
}
END_TEST

START_TEST(a_command_line_has_a_limit)
{
	char *text = numbered("a.variable.@=1\n", 600);

	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a command line of more than 8192 bytes");
	free(text);
}
END_TEST

START_TEST(a_kernel_that_there_is_no_memory_to_look_for_is_a_limit)
{
	ck_assert_int_eq(load(""), 0);
	fake.arena.limit = fake.arena.used;
	error_set(&err, ERR_NONE, "no fault was told");
	while (arena_alloc(&fake.arena, 1, &(struct error){ 0 }))
		;
	ck_assert_int_eq(freebsd_find_kernel(config.priv, "kernel",
				 &outcome.boot.kernel, &err),
		-1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(a_delay_is_no_longer_than_the_limit)
{
	ck_assert_int_eq(load("autoboot_delay=1000000\n"), 0);
	ck_assert_int_eq(config.menu->timeout, 1000000);
	ck_assert_int_eq(load("autoboot_delay=99999999999999999999\n"), 0);
	ck_assert_int_eq(config.menu->timeout, 1000000);
}
END_TEST

START_TEST(takes_as_many_kernels_as_the_limit)
{
	/* with the one in kernel= */
	ck_assert_str_eq(load_beyond("kernels=\"", " k@", 255, "\"\n"),
		"more than 256 kernels");
}
END_TEST

START_TEST(takes_a_kernels_name_of_the_limit_and_no_longer)
{
	char *text = repeat("kernel=", "x", MENU_TITLE_MAX - 16);
	char *longer = repeat("kernel=", "x", MENU_TITLE_MAX - 15);

	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(load(longer), -1);
	ck_assert_str_eq(err.text, "a kernel's name of more than 4080 bytes");
	free(text);
	free(longer);
}
END_TEST

START_TEST(files_that_name_each_other_end)
{
	char path[32], text[64];
	unsigned int i;

	for (i = 0; i < 70; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		snprintf(text, sizeof(text), "loader_conf_files=\"/%u /%u\"\n",
			i, i + 1);
		fakefs_text(files, path, text);
	}
	ck_assert_int_eq(
		load("loader_conf_files=\"/boot/loader.conf /60\""), 0);
	ck_assert_int_eq(load("loader_conf_files=\"/0 /0\"\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 64 configuration files");
}
END_TEST

START_TEST(files_of_a_directory_are_read_in_the_order_of_their_names)
{
	fakefs_text(files, "/boot/loader.conf.d/20.conf", "a=2\n");
	fakefs_text(files, "/boot/loader.conf.d/10.conf", "a=1\nb=1\n");
	fakefs_dir(files, "/boot/loader.conf.d/30.conf");
	ck_assert_int_eq(load("b=0"), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.args, ROOT ",a=2,b=1");
}
END_TEST

START_TEST(a_directory_holds_as_many_files_as_the_limit)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < 65; i++) {
		snprintf(path, sizeof(path), "/boot/loader.conf.d/%u.conf", i);
		fakefs_text(files, path, "a=1\n");
	}
	ck_assert_int_eq(load(""), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /boot/loader.conf.d: more than 64 "
		"files");
}
END_TEST

START_TEST(survives_any_length)
{
	static const char text[] =
		"# c\nkernel=\"kernel\"\na=\"${b}$c\"\nx_load=\"YES\" # y\n"
		"kernels=\"a;b c\"\nautoboot_delay=\"5\"\n";

	ck_assert_ptr_null(survive_any_length(text, sizeof(text) - 1, NULL));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("freebsd");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, the_kernel_is_given_its_variables, 0, (int)LENGTH(lines));
	tcase_add_test(tc, a_single_user_is_told_so_once);
	tcase_add_loop_test(tc, says_which_line_was_not_understood, 0,
		(int)LENGTH(malformed));
	tcase_add_loop_test(tc, says_what_no_command_line_holds, 0,
		(int)LENGTH(unspeakable));
	tcase_add_test(tc, notes_the_modules);
	tcase_add_loop_test(
		tc, kernels_are_looked_for_in_turn, 0, (int)LENGTH(searches));
	tcase_add_test(tc, says_where_the_kernel_should_have_been);
	tcase_add_test(tc, warns_of_a_root_that_nobody_names);
	tcase_add_loop_test(
		tc, says_which_file_is_wrong, 0, (int)LENGTH(parts));
	tcase_add_test(tc, takes_as_many_variables_as_the_limit);
	tcase_add_test(tc, a_command_line_has_a_limit);
	tcase_add_test(
		tc, a_kernel_that_there_is_no_memory_to_look_for_is_a_limit);
	tcase_add_test(tc, a_delay_is_no_longer_than_the_limit);
	tcase_add_test(tc, takes_as_many_kernels_as_the_limit);
	tcase_add_test(tc, takes_a_kernels_name_of_the_limit_and_no_longer);
	tcase_add_test(tc, files_that_name_each_other_end);
	tcase_add_test(
		tc, files_of_a_directory_are_read_in_the_order_of_their_names);
	tcase_add_test(tc, a_directory_holds_as_many_files_as_the_limit);
	tcase_add_test(tc, survives_any_length);
	return run_suite("freebsd", &tc, 1);
}
