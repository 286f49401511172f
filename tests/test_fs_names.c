/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which names a file can have, whatever a directory of the disk calls it.
 */
#include <string.h>

#include "src/fs/fs.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

static const struct {
	const char *name;
	size_t len;
	bool valid;
} file_names[] = {
	{ "a", 1, true },
	{ " ", 1, true },
	{ "...", 3, true },
	{ ".a", 2, true },
	{ "a.", 2, true },
	{ "", 0, false },
	{ ".", 1, false },
	{ "..", 2, false },
	{ "a/", 2, false },
	{ "/", 1, false },
	{ "a\0b", 3, false },
};

START_TEST(knows_names_that_a_file_can_have)
{
	uint16_t units[4];
	char out[FS_NAME_MAX + 1];
	size_t i;

	ck_assert_int_eq(fs_name_valid(file_names[_i].name, file_names[_i].len),
		file_names[_i].valid);
	for (i = 0; i < file_names[_i].len; i++)
		units[i] = (uint8_t)file_names[_i].name[i];
	ck_assert_int_eq(fs_name_of_utf16(units, file_names[_i].len, out),
		file_names[_i].valid);
	if (file_names[_i].valid)
		ck_assert_str_eq(out, file_names[_i].name);
}
END_TEST

START_TEST(knows_how_long_a_name_can_be)
{
	uint16_t units[FS_NAME_MAX + 1];
	char out[FS_NAME_MAX + 1], name[FS_NAME_MAX + 1];
	size_t i;

	memset(name, 'x', sizeof(name));
	ck_assert(fs_name_valid(name, FS_NAME_MAX));
	ck_assert(!fs_name_valid(name, FS_NAME_MAX + 1));
	for (i = 0; i < FS_NAME_MAX + 1; i++)
		units[i] = 0x20ac; /* three bytes each */
	ck_assert(fs_name_of_utf16(units, FS_NAME_MAX / 3, out));
	ck_assert(!fs_name_of_utf16(units, FS_NAME_MAX / 3 + 1, out));
	units[0] = 0xdc00;
	ck_assert(!fs_name_of_utf16(units, 1, out));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(
		tc, knows_names_that_a_file_can_have, 0, COUNT(file_names));
	tcase_add_test(tc, knows_how_long_a_name_can_be);
	return run_suite("fs_names", &tc, 1);
}
