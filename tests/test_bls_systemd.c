/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of the Boot Loader Specification as systemd-boot reads them; as GRUB
 * does they are in test_bls.c.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/bls.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct bls_entry entry;
static struct error err;

static void setup(void)
{
	arena_init(&arena, 1U << 20);
}

static void teardown(void)
{
	arena_free(&arena);
}

static void parse(const char *text, enum bls_dialect dialect)
{
	ck_assert_msg(
		bls_parse(text_of(text), dialect, &entry, &arena, &err) == 0,
		"%s", err.text);
}

START_TEST(systemd_boot_reads_other_keys)
{
	static const char text[] = "title Fedora\n"
				   "title Fedora 38\n"
				   "version 6.2.9\n"
				   "machine-id 4098b3\n"
				   "sort-key fedora\n"
				   "architecture x64\n"
				   "profile 2\n"
				   "devicetree /a.dtb\n"
				   "extra /a.cred\n"
				   "\n"
				   "linux /gone\n"
				   "linux /vmlinuz\n"
				   "initrd /a.img /b.img\n"
				   "initrd \"/c.img\"\n"
				   "options a \n"
				   "version\n"
				   "options  $b\n"
				   "grub_users root\n"
				   "grub_arg --unrestricted\n";

	parse(text, BLS_SYSTEMD);
	ck_assert_str_eq(entry.title, "Fedora 38");
	ck_assert_str_eq(entry.version, "6.2.9");
	ck_assert_str_eq(entry.machine_id, "4098b3");
	ck_assert_str_eq(entry.sort_key, "fedora");
	ck_assert_str_eq(entry.architecture, "x64");
	ck_assert_str_eq(entry.profile, "2");
	ck_assert_str_eq(entry.devicetree, "/a.dtb");
	ck_assert_str_eq(entry.extra, "/a.cred");
	ck_assert_int_eq(entry.kind, BLS_LINUX);
	ck_assert_str_eq(entry.kernel, "/vmlinuz");
	ck_assert_uint_eq(entry.line, 12);
	ck_assert_uint_eq(entry.initrd_count, 2);
	ck_assert_str_eq(entry.initrds[0], "/a.img /b.img");
	ck_assert_str_eq(entry.initrds[1], "/c.img");
	ck_assert_uint_eq(entry.initrd_lines[1], 14);
	ck_assert_str_eq(entry.options, "a $b");
	ck_assert_ptr_null(entry.users);
	ck_assert_uint_eq(entry.arg_count, 0);
}
END_TEST

static const struct {
	const char *value;
	const char *read;
} quoted[] = {
	{ "\"a b\"", "a b" },
	{ "'a b'", "a b" },
	{ "\"a'", "\"a'" },
	{ "\"", "" },
	{ "\"\"", "" },
	{ "\"a\" \"b\"", "a\" \"b" },
	{ "a\"", "a\"" },
	{ "\"a\" ", "a" },
};

START_TEST(systemd_boot_takes_quotes_off)
{
	char text[64];

	snprintf(
		text, sizeof(text), "linux /k\noptions %s\n", quoted[_i].value);
	parse(text, BLS_SYSTEMD);
	ck_assert_str_eq(entry.options, quoted[_i].read);
	/* and GRUB does not */
	parse(text, BLS_GRUB);
	ck_assert_int_eq(
		strncmp(entry.options, quoted[_i].value, strlen(entry.options)),
		0);
}
END_TEST

/* Keys and values as they are met: "KEY=VALUE@LINE " each. */
static const struct {
	const char *text;
	enum bls_dialect dialect;
	const char *read;
} read_lines[] = {
	{ "a b\n c\td \n", BLS_SYSTEMD, "a=b@1 c=d@2 " },
	{ "a b\r\nc d\r\n", BLS_SYSTEMD, "a=b@1 c=d@2 " },
	{ "a b\rc d\n", BLS_SYSTEMD, "a=b@1 c=d@2 " },
	{ "a b\rc d\n", BLS_GRUB, "a=b\rc d@1 " },
	{ "a\n\nc d\n", BLS_SYSTEMD, "c=d@3 " },
	{ "a b\n\nc d\n", BLS_GRUB, "a=b@1 " },
	{ "# a b\n #a b\na #b\n", BLS_SYSTEMD, "a=#b@3 " },
	{ "\xef\xbb\xbf"
	  "a b",
		BLS_SYSTEMD, "a=b@1 " },
	{ "", BLS_SYSTEMD, "" },
	{ "\r\r\n\r", BLS_SYSTEMD, "" },
};

START_TEST(lines_are_keys_and_values)
{
	struct bls_reader reader =
		bls_open(text_of(read_lines[_i].text), read_lines[_i].dialect);
	struct text key, value;
	char got[64] = "";

	while (bls_next(&reader, &key, &value))
		snprintf(got + strlen(got), sizeof(got) - strlen(got),
			"%.*s=%.*s@%u ", (int)key.len, key.at, (int)value.len,
			value.at, reader.line);
	ck_assert_str_eq(got, read_lines[_i].read);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("bls_systemd");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, systemd_boot_reads_other_keys);
	tcase_add_loop_test(
		tc, systemd_boot_takes_quotes_off, 0, LENGTH(quoted));
	tcase_add_loop_test(
		tc, lines_are_keys_and_values, 0, LENGTH(read_lines));
	return run_suite("bls_systemd", &tc, 1);
}
