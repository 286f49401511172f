/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/fstab.h"
#include "tests/support/runner.h"

static void expect(const struct text *text, const char *string)
{
	ck_assert_msg(text_is(*text, string), "\"%.*s\" is not \"%s\"",
		(int)text->len, text->at, string);
}

START_TEST(takes_the_lines_that_mount_something)
{
	struct text rest = text_of("# a comment\n"
				   "\n"
				   "  UUID=1 \t/boot ext2  ro,noatime\t0 2\r\n"
				   "/dev/sda5 none swap sw 0 0\n"
				   "lonely\n"
				   "\t#x /y\n"
				   "LABEL=r /");
	struct fstab_line line;

	ck_assert(fstab_next(&rest, &line));
	expect(&line.spec, "UUID=1");
	expect(&line.dir, "/boot");
	expect(&line.type, "ext2");
	expect(&line.options, "ro,noatime");
	ck_assert(fstab_next(&rest, &line));
	expect(&line.spec, "LABEL=r");
	expect(&line.dir, "/");
	expect(&line.type, "");
	expect(&line.options, "");
	ck_assert(!fstab_next(&rest, &line));
}
END_TEST

START_TEST(finds_the_first_line_of_a_directory)
{
	struct text file = text_of("/dev/a /boot/efi vfat\n"
				   "/dev/b /boot ext2\n/dev/c /boot ext3\n");
	struct fstab_line line;

	ck_assert(fstab_find(file, "/boot", &line));
	expect(&line.spec, "/dev/b");
	ck_assert(!fstab_find(file, "/", &line));
	ck_assert(!fstab_find(text_of(""), "/", &line));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("fstab");

	tcase_add_test(tc, takes_the_lines_that_mount_something);
	tcase_add_test(tc, finds_the_first_line_of_a_directory);
	return run_suite("fstab", &tc, 1);
}
