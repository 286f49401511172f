/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/nbd_address.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/count.h"
#include "tests/support/runner.h"

static struct nbd_address address;
static struct error err;

/* doc/uri.md of the specification has most of the first. */
static const struct {
	const char *text;
	const char *host; /* NULL: path */
	const char *port;
	const char *path;
	const char *export;
} right[] = {
	{ "nbd://example.com", "example.com", "10809", "", "" },
	{ "nbd://example.com/", "example.com", "10809", "", "" },
	{ "nbd://example.com/disk", "example.com", "10809", "", "disk" },
	{ "nbd://example.com:1/disk/a", "example.com", "1", "", "disk/a" },
	{ "nbd://example.com//disk", "example.com", "10809", "", "/disk" },
	{ "nbd://example.com:/", "example.com", "10809", "", "" },
	{ "nbd://example.com:65535", "example.com", "65535", "", "" },
	{ "NBD://EXAMPLE/%41%2f%C3%A4", "EXAMPLE", "10809", "", "A/\xc3\xa4" },
	{ "nbd://192.0.2.7:010/", "192.0.2.7", "10", "", "" },
	{ "nbd://[::1]/x", "::1", "10809", "", "x" },
	{ "nbd://[fe80::1%25eth0]:9/x", "fe80::1%eth0", "9", "", "x" },
	{ "nbd+unix:///?socket=/run/nbd.sock", NULL, "", "/run/nbd.sock", "" },
	{ "nbd+unix://?socket=nbd.sock", NULL, "", "nbd.sock", "" },
	{ "nbd+unix:///a%20b?socket=/a%20b", NULL, "", "/a b", "a b" },
	{ "Nbd+Unix:///x?socket=/a=b", NULL, "", "/a=b", "x" },
};

START_TEST(takes_an_address_apart)
{
	ck_assert(nbd_is_address(right[_i].text));
	ck_assert_msg(nbd_address_parse(right[_i].text, &address, &err) == 0,
		"%s", err.text);
	ck_assert_int_eq(address.local, right[_i].host == NULL);
	ck_assert_str_eq(address.host, right[_i].host ? right[_i].host : "");
	ck_assert_str_eq(address.port, right[_i].port);
	ck_assert_str_eq(address.path, right[_i].path);
	ck_assert_str_eq(address.export, right[_i].export);
}
END_TEST

static const struct {
	const char *text;
	const char *why;
} wrong[] = {
	{ "nbd:///", "no host" },
	{ "nbd://:1/", "no host" },
	{ "nbd://[]/", "no host" },
	{ "nbd://h:0/", "\"0\" is not a port (1 to 65535)" },
	{ "nbd://h:65536/", "\"65536\" is not a port (1 to 65535)" },
	{ "nbd://h:99999999999999999999/",
		"\"99999999999999999999\" is not a port (1 to 65535)" },
	{ "nbd://h:1x/", "\"1x\" is not a port (1 to 65535)" },
	{ "nbd://::1/", "no host" },
	{ "nbd://[::1/", "\"[\" without \"]\"" },
	{ "nbd://[::1]9/", "\"9\" behind the host is no port" },
	{ "nbd://u@h/", "a user is for TLS only" },
	{ "nbd://h/%", "export: % without two digits of a byte" },
	{ "nbd://h/%4", "export: % without two digits of a byte" },
	{ "nbd://h/%4g", "export: % without two digits of a byte" },
	{ "nbd://h/%00", "export: % without two digits of a byte" },
	{ "nbd://h%00/", "host: % without two digits of a byte" },
	{ "nbd://h/?socket=/s", "socket= is for nbd+unix" },
	{ "nbd://h/?x=1", "\"?x=1\": only socket=PATH is known" },
	{ "nbd://h/#x", "\"#\" has no meaning; in a name it is %23" },
	{ "nbd+unix:///x", "no ?socket=PATH" },
	{ "nbd+unix:///x?socket=", "no ?socket=PATH" },
	{ "nbd+unix:///x?socket=/s&x=1",
		"\"?socket=/s&x=1\": only socket=PATH is known" },
	{ "nbd+unix://h/x?socket=/s", "nbd+unix has no host: three slashes" },
	{ "nbds://h/", "nbds is not supported, only nbd and nbd+unix are" },
	{ "nbds+unix:///?socket=/s",
		"nbds+unix is not supported, only nbd and nbd+unix are" },
	{ "nbd+vsock://2/",
		"nbd+vsock is not supported, only nbd and nbd+unix are" },
	{ "nbd+ssh://h/",
		"nbd+ssh is not supported, only nbd and nbd+unix are" },
};

START_TEST(says_what_is_wrong)
{
	ck_assert(nbd_is_address(wrong[_i].text));
	ck_assert_int_eq(nbd_address_parse(wrong[_i].text, &address, &err), -1);
	ck_assert_str_eq(err.text, wrong[_i].why);
}
END_TEST

/* As long as can be, and one byte more. */
static int parse_long(const char *before, size_t len, const char *behind)
{
	char text[8192];
	int at = snprintf(text, sizeof(text), "%s", before);

	memset(text + at, 'x', len);
	snprintf(
		text + at + len, sizeof(text) - (size_t)at - len, "%s", behind);
	return nbd_address_parse(text, &address, &err);
}

START_TEST(names_the_limits)
{
	ck_assert_int_eq(parse_long("nbd://h/", NBD_EXPORT_MAX, ""), 0);
	ck_assert_uint_eq(strlen(address.export), NBD_EXPORT_MAX);
	ck_assert_int_eq(parse_long("nbd://h/", NBD_EXPORT_MAX + 1, ""), -1);
	ck_assert_str_eq(err.text, "export: more than 4096 bytes");
	ck_assert_int_eq(parse_long("nbd://", NBD_HOST_MAX, ":1/"), 0);
	ck_assert_int_eq(parse_long("nbd://", NBD_HOST_MAX + 1, ":1/"), -1);
	ck_assert_str_eq(err.text, "host: more than 255 bytes");
	ck_assert_int_eq(
		parse_long("nbd+unix:///?socket=", NBD_SOCKET_MAX, ""), 0);
	ck_assert_int_eq(
		parse_long("nbd+unix:///?socket=", NBD_SOCKET_MAX + 1, ""), -1);
	ck_assert_str_eq(err.text, "socket: more than 107 bytes");
}
END_TEST

START_TEST(leaves_files_alone)
{
	static const char *const files[] = { "", "nbd", "nbd:", "nbd:/x",
		"nbdx://h/", "./nbd://h/", "/nbd://h", "nbd+unix:/x",
		"xnbd://h", "nbd:unix:/s:exportname=x", "nbd+un-ix://x",
		"nbdS:x" };

	ck_assert(!nbd_is_address(files[_i]));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("nbd_address");

	tcase_add_loop_test(tc, takes_an_address_apart, 0, COUNT(right));
	tcase_add_loop_test(tc, says_what_is_wrong, 0, COUNT(wrong));
	tcase_add_test(tc, names_the_limits);
	tcase_add_loop_test(tc, leaves_files_alone, 0, 12);
	return run_suite("nbd_address", &tc, 1);
}
