/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_guard.c - passwords as the guests' tools made them, and who is asked
 *
 * The hashes of "secret" are of grub-mkpasswd-pbkdf2 (but with fewer rounds,
 * by Python's hashlib), of openssl passwd and of syslinux' sha1pass.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/config.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define PBKDF2 "grub.pbkdf2.sha512."

static const struct sample {
	enum secret_kind kind;
	const char *secret;
} samples[] = {
	{ SECRET_PLAIN, "secret" },
	{ SECRET_SYSLINUX, "secret" },
	{ SECRET_PBKDF2,
		PBKDF2
		"1000.000102030405060708090A0B0C0D0E0F.F25B652DEE5C23A28DAD63A63059138B6884EDF11724A24947D9618DDFF14A7EBCFB13AACEFDA1DB40B8203BFF7A7AA5C7C7FA01A44713EE979EF1CA5CA8408C" },
	{ SECRET_PBKDF2,
		PBKDF2
		"3.000102030405060708090A0B0C0D0E0F.600961D0AF309A71B423125403690AAC813B65E3242E75B44642FEE42E86B2B24A36D5D91F68667437F3CD16B38AAC9787BDACBE8D02B7147A86E6E0C736711A714DE976674D65299B42FF1606895F0F494FA862A0AEE8CB38A91124469AA13A4CD60744" },
	{ SECRET_CRYPT, "$1$ZUulgPen$VqXZg7MA2wiMs4.vfjaEI1" },
	{ SECRET_CRYPT,
		"$5$B7YuB6xyEpDclIIa$J..lQXQb1S/2mmBTWd3kqYQirL4g6fak9Wun5hxDog/" },
	{ SECRET_CRYPT,
		"$6$v6fcu.vkHSrR3mI6$JPzuRtWzyh3HcRIHck/C7Kk09BaQW3bZ6tW/Z/2dyaQifTwr2nD39WOMoa/uyAymOAFuMRrShs13uHaBEwLDS." },
	{ SECRET_SYSLINUX, "$1$ZUulgPen$VqXZg7MA2wiMs4.vfjaEI1" },
	{ SECRET_SYSLINUX,
		"$6$v6fcu.vkHSrR3mI6$JPzuRtWzyh3HcRIHck/C7Kk09BaQW3bZ6tW/Z/2dyaQifTwr2nD39WOMoa/uyAymOAFuMRrShs13uHaBEwLDS." },
	{ SECRET_SYSLINUX, "$4$yzSalt12$n3M7jD76bSC1AXqyX1+rD2VRwA8$" },
	{ SECRET_SYSLINUX, "$4$5en6G6MezRroT3XKqkdPOmY/BfQ=" },
};

START_TEST(the_right_password_is_right)
{
	const struct sample *at = &samples[_i];

	ck_assert_int_eq(
		secret_matches(at->kind, at->secret, "secret", &err), 1);
}
END_TEST

START_TEST(others_are_wrong)
{
	static const char *const others[] = { "", "secre", "secrets", "Secret",
		"secret ", "ecret" };
	const struct sample *at = &samples[_i];
	char longest[SECRET_TYPED_MAX + 2];

	for (size_t i = 0; i < LENGTH(others); i++)
		ck_assert_int_eq(
			secret_matches(at->kind, at->secret, others[i], &err),
			0);
	memset(longest, 's', sizeof(longest));
	longest[SECRET_TYPED_MAX + 1] = '\0';
	ck_assert_int_eq(
		secret_matches(at->kind, at->secret, longest, &err), 0);
	longest[SECRET_TYPED_MAX] = '\0';
	ck_assert_int_eq(
		secret_matches(at->kind, at->secret, longest, &err), 0);
}
END_TEST

/* No hash is so short that it stands for another password, or for none. */
START_TEST(a_hash_cut_off_is_never_right)
{
	const struct sample *at = &samples[_i];
	char cut[512];

	size_t end = strlen(at->secret);

	if (at->kind == SECRET_PBKDF2) /* shorter hashes are some, too */
		end = (size_t)(strrchr(at->secret, '.') - at->secret) + 2;
	else if (at->secret[0] != '$')
		return;
	else if (at->kind == SECRET_SYSLINUX) /* needs no $ or = at its end */
		end--;
	for (size_t len = 1; len < end; len++) {
		snprintf(cut, sizeof(cut), "%.*s", (int)len, at->secret);
		ck_assert_int_ne(
			secret_matches(at->kind, cut, "secret", &err), 1);
	}
}
END_TEST

static const struct {
	enum secret_kind kind;
	const char *secret;
	enum error_code code;
	const char *says;
} refused[] = {
	{ SECRET_PBKDF2, PBKDF2 "1000001.00.00", ERR_LIMIT,
		"a password that takes more than 1000000 rounds to check" },
	{ SECRET_PBKDF2, PBKDF2 "99999999999999999999.00.00", ERR_LIMIT, NULL },
	{ SECRET_PBKDF2, PBKDF2 "-1.00.00", ERR_LIMIT, NULL },
	{ SECRET_PBKDF2, PBKDF2 "0.00.00", ERR_SYNTAX,
		"a password of no known form" },
	{ SECRET_PBKDF2, PBKDF2 "10.00", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, PBKDF2 "10.00.", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, PBKDF2 "10..00", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, PBKDF2 "10.00.0", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, PBKDF2 "10.00.0g", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, PBKDF2 "10", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, "secret", ERR_SYNTAX, NULL },
	{ SECRET_PBKDF2, "", ERR_SYNTAX, NULL },
	{ SECRET_CRYPT, "$6$rounds=1000001$salt$hash", ERR_LIMIT, NULL },
	{ SECRET_CRYPT, "$y$j9T$salt$hash", ERR_UNSUPPORTED,
		"a password of a kind that is not known" },
	{ SECRET_CRYPT, "$7$CU..../....salt$hash", ERR_UNSUPPORTED, NULL },
	{ SECRET_CRYPT, "secret", ERR_UNSUPPORTED, NULL },
	{ SECRET_CRYPT, "", ERR_UNSUPPORTED, NULL },
	{ SECRET_SYSLINUX, "$2$salt$hash", ERR_UNSUPPORTED, NULL },
	{ SECRET_SYSLINUX, "$4$", ERR_SYNTAX, NULL },
	{ SECRET_SYSLINUX, "$4$salt$", ERR_SYNTAX, NULL },
};

START_TEST(what_cannot_be_checked_says_why)
{
	error_clear(&err);
	ck_assert_int_eq(secret_matches(refused[_i].kind, refused[_i].secret,
				 "secret", &err),
		-1);
	ck_assert_int_eq(err.code, refused[_i].code);
	if (refused[_i].says)
		ck_assert_str_eq(err.text, refused[_i].says);
}
END_TEST

START_TEST(a_plain_password_has_a_length)
{
	char secret[SECRET_TYPED_MAX + 2];

	memset(secret, 's', sizeof(secret));
	secret[SECRET_TYPED_MAX] = '\0';
	ck_assert_int_eq(secret_matches(SECRET_PLAIN, secret, secret, &err), 1);
	secret[SECRET_TYPED_MAX] = 's';
	secret[SECRET_TYPED_MAX + 1] = '\0';
	ck_assert_int_eq(secret_matches(SECRET_PLAIN, secret, "s", &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a password of more than 255 bytes");
}
END_TEST

/* Each block of 64 bytes takes all the rounds. */
START_TEST(a_long_hash_has_fewer_rounds)
{
	char secret[2048] = PBKDF2 "500001.00.";

	for (int i = 0; i < 65; i++)
		strcat(secret, "00");
	ck_assert_int_eq(secret_matches(SECRET_PBKDF2, secret, "x", &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	for (int i = 65; i <= SECRET_BYTES_MAX; i++)
		strcat(secret, "00");
	secret[strlen(PBKDF2)] = '1';
	ck_assert_int_eq(secret_matches(SECRET_PBKDF2, secret, "x", &err), -1);
	ck_assert_str_eq(err.text,
		"a password with a salt or hash of more than 512 bytes");
}
END_TEST

/* Who may start what: a user (or NULL) and a password for each entry. */

static void must_load(const struct config_format *format, const char *text)
{
	formattest_begin(format, "/conf");
	fakefs_text(files, "/boot/kernel/kernel", "kernel");
	ck_assert_msg(load(text) == 0, "%s", err.text);
}

static int opens(size_t index, const char *user, const char *typed)
{
	const struct guard *guard =
		guard_closed(config.menu->entries[index].guard);

	ck_assert_ptr_nonnull(guard);
	ck_assert_int_eq(guard->asks_name, user != NULL);
	return guard_open(guard, user ? user : "", typed, &err);
}

static bool is_open(size_t index)
{
	return !guard_closed(config.menu->entries[index].guard);
}

START_TEST(superusers_start_all_and_others_what_names_them)
{
	must_load(&grub2_format,
		"set superusers='root, admin'\n"
		"password root r\npassword admin a\npassword user u\n"
		"password other o\n"
		"menuentry 0 { linux /vm }\n"
		"menuentry 1 --users 'x user' { linux /vm }\n"
		"menuentry 2 --unrestricted { linux /vm }\n"
		"menuentry 3 --users user --unrestricted { linux /vm }\n");
	ck_assert(is_open(2));
	ck_assert(is_open(3));
	ck_assert_int_eq(opens(0, "user", "u"), 0);
	ck_assert_int_eq(opens(0, "root", "a"), 0);
	ck_assert_int_eq(opens(0, "", ""), 0);
	ck_assert_int_eq(opens(1, "other", "o"), 0);
	ck_assert_int_eq(opens(1, "user", "u"), 1);
	ck_assert(is_open(1)); /* the user stays known */
	ck_assert(!is_open(0));
	ck_assert_int_eq(opens(0, "admin", "a"), 1);
	ck_assert(is_open(0));
}
END_TEST

START_TEST(a_look_changes_no_password)
{
	must_load(&grub2_format,
		"set superusers=root\npassword root r\n"
		"menuentry 0 { password root x; linux /vm }\n");
	fakefs_text(files, "/vm", "kernel");
	ck_assert_msg(config_peek(&config, config.menu, 0, &outcome, &err) == 0,
		"%s", err.text);
	ck_assert_int_eq(opens(0, "root", "x"), 0);
	ck_assert_int_eq(opens(0, "root", "r"), 1);
}
END_TEST

START_TEST(without_superusers_nobody_is_asked)
{
	must_load(&grub2_format,
		"password root r\n"
		"menuentry 0 --users root { linux /vm }\n");
	ck_assert(is_open(0));
}
END_TEST

START_TEST(superusers_without_a_password_let_nobody_in)
{
	must_load(&grub2_format,
		"set superusers=root\nmenuentry 0 { linux /vm }\n");
	error_clear(&err);
	ck_assert_int_eq(guard_check(config.menu->entries[0].guard, &err), -1);
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
}
END_TEST

START_TEST(the_last_password_of_a_user_counts)
{
	must_load(&grub2_format,
		"set superusers=root\npassword root old\n"
		"password_pbkdf2 root new\npassword root new\n"
		"menuentry 0 { linux /vm }\n");
	ck_assert_int_eq(opens(0, "root", "old"), 0);
	ck_assert_int_eq(opens(0, "root", "new"), 1);
}
END_TEST

START_TEST(grub_legacy_locks_by_the_global_password)
{
	must_load(&grub_legacy_format,
		"password global /boot/grub/admin.lst\n"
		"title 0\nkernel /vm\n"
		"title 1\nlock\nkernel /vm\n"
		"title 2\npassword own\nkernel /vm\n"
		"title 3\nlock\npassword own\nkernel /vm\n");
	ck_assert(is_open(0));
	ck_assert_int_eq(opens(2, NULL, "global"), 0);
	ck_assert_int_eq(opens(2, NULL, "own"), 1);
	ck_assert(!is_open(2)); /* it is asked each time */
	ck_assert_int_eq(opens(3, NULL, "own"), 0);
	ck_assert_int_eq(opens(3, NULL, "global"), 1);
	ck_assert(is_open(1));
	ck_assert(!is_open(3));
	ck_assert_int_eq(opens(3, NULL, "own"), 1);
}
END_TEST

START_TEST(a_lock_without_a_global_password_holds_nobody)
{
	must_load(&grub_legacy_format, "title 0\nlock\nkernel /vm\n");
	ck_assert(is_open(0));
}
END_TEST

START_TEST(syslinux_has_a_master)
{
	must_load(&extlinux_format,
		"UI menu.c32\nMENU MASTER PASSWD master\n"
		"LABEL a\nKERNEL /vm\n"
		"LABEL b\nKERNEL /vm\nMENU PASSWD own\n"
		"LABEL c\nKERNEL /vm\nMENU PASSWD\n"
		"MENU BEGIN\nMENU TITLE sub\nMENU PASSWD sub\n"
		"LABEL d\nKERNEL /vm\nMENU PASSWD x\nMENU END\n");
	ck_assert(is_open(0));
	ck_assert_int_eq(opens(1, NULL, "own"), 1);
	ck_assert_int_eq(opens(1, NULL, "master"), 1);
	ck_assert_int_eq(opens(2, NULL, ""), 0);
	ck_assert_int_eq(opens(2, NULL, "master"), 1);
	ck_assert_int_eq(opens(3, NULL, "sub"), 1);
	ck_assert(!is_open(1));
}
END_TEST

START_TEST(lilo_has_its_password_or_nobody_knows_it)
{
	must_load(&lilo_format,
		"password=all\n"
		"image=/vm\nlabel=0\n"
		"image=/vm\nlabel=1\nrestricted\n"
		"image=/vm\nlabel=2\npassword=own\n"
		"image=/vm\nlabel=3\npassword=\"\"\n");
	ck_assert_int_eq(opens(0, NULL, "all"), 1);
	ck_assert(is_open(1));
	ck_assert_int_eq(opens(2, NULL, "all"), 0);
	ck_assert_int_eq(opens(2, NULL, "own"), 1);
	ck_assert_int_eq(guard_check(config.menu->entries[3].guard, &err), -1);
}
END_TEST

/* A command line that LILO has not must not start what LILO protects. */
START_TEST(lilos_passwords_are_in_front_of_commands)
{
	must_load(
		&lilo_format, "password=all\nrestricted\nimage=/vm\nlabel=0\n");
	ck_assert_int_eq(guard_open(config.menu->edits, "", "all", &err), 1);
	formattest_end();
	must_load(&lilo_format,
		"image=/vm\nlabel=0\nimage=/vm\nlabel=1\npassword=own\n");
	ck_assert_ptr_nonnull(config.menu->edits);
	ck_assert_int_eq(guard_check(config.menu->edits, &err), -1);
	formattest_end();
	must_load(&lilo_format, "image=/vm\nlabel=0\n");
	ck_assert_ptr_null(config.menu->edits);
}
END_TEST

START_TEST(freebsd_has_one_for_all)
{
	must_load(&freebsd_format, "bootlock_password=\"word\"\n");
	ck_assert_int_eq(guard_open(config.menu->edits, "", "wor", &err), 0);
	ck_assert_int_eq(opens(0, NULL, "wor"), 0);
	ck_assert_int_eq(opens(0, NULL, "word"), 1);
	/* the loader asks once */
	ck_assert(is_open(1));
	ck_assert_ptr_null(guard_closed(config.menu->edits));
}
END_TEST

/* Without it FreeBSD's loader does nothing but start the default. */
START_TEST(freebsd_has_one_for_its_menu)
{
	must_load(&freebsd_format, "password=\"word\"\n");
	ck_assert(is_open(0));
	ck_assert_ptr_nonnull(guard_closed(config.menu->entries[0].edits));
	ck_assert_ptr_nonnull(guard_closed(config.menu->edits));
	ck_assert_int_eq(opens(1, NULL, "word"), 1);
	ck_assert_ptr_null(guard_closed(config.menu->edits));
}
END_TEST

START_TEST(syslinux_may_let_nobody_edit)
{
	must_load(&extlinux_format,
		"UI menu.c32\nALLOWOPTIONS 0\nMENU MASTER PASSWD all\n"
		"LABEL a\nKERNEL /vm\n");
	ck_assert(is_open(0));
	ck_assert_int_eq(guard_check(config.menu->entries[0].edits, &err), -1);
	ck_assert_int_eq(guard_check(config.menu->edits, &err), -1);
	formattest_end();
	must_load(&extlinux_format,
		"UI menu.c32\nALLOWOPTIONS 1\nLABEL a\nKERNEL /vm\n");
	ck_assert_ptr_null(config.menu->entries[0].edits);
	ck_assert_ptr_null(config.menu->edits);
}
END_TEST

START_TEST(grub_names_its_hotkeys)
{
	must_load(&grub2_format,
		"for k in x f1 f12 f13 f0 delete insert tab backspace e c xy; "
		"do menuentry $k --hotkey=$k { linux /vm }; done");
	static const uint32_t keys[] = { 'x', HOTKEY_F1, HOTKEY_F1 + 11, 0, 0,
		HOTKEY_DELETE, HOTKEY_INSERT, '\t', '\b', 0, 0, 0 };

	ck_assert_uint_eq(config.menu->count, LENGTH(keys));
	for (size_t i = 0; i < LENGTH(keys); i++) {
		ck_assert_uint_eq(config.menu->entries[i].hotkey, keys[i]);
		ck_assert(config.menu->entries[i].hotkey_starts);
	}
}
END_TEST

START_TEST(syslinux_marks_its_hotkeys)
{
	static const uint32_t keys[] = { 'c', 'x', 0, 'y' };

	must_load(&extlinux_format,
		"UI menu.c32\n"
		"LABEL a\nMENU LABEL ab^Cd\nKERNEL /vm\n"
		"MENU SEPARATOR\nMENU IMMEDIATE\n"
		"LABEL b\nMENU LABEL ^x^y\nKERNEL /vm\n"
		"LABEL c\nMENU LABEL end^\nKERNEL /vm\n"
		"LABEL d\nMENU LABEL ^y\nMENU NOIMMEDIATE\nKERNEL /vm\n");
	ck_assert_uint_eq(config.menu->count, LENGTH(keys));
	for (size_t i = 0; i < LENGTH(keys); i++)
		ck_assert_uint_eq(config.menu->entries[i].hotkey, keys[i]);
	ck_assert_str_eq(config.menu->entries[0].title, "abCd");
	ck_assert(!config.menu->entries[0].hotkey_starts);
	ck_assert(config.menu->entries[1].hotkey_starts);
	ck_assert(!config.menu->entries[3].hotkey_starts);
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("secrets"), tcase_create("guards") };
	const int count = LENGTH(samples);

	tcase_add_loop_test(cases[0], the_right_password_is_right, 0, count);
	tcase_add_loop_test(cases[0], others_are_wrong, 0, count);
	tcase_add_loop_test(cases[0], a_hash_cut_off_is_never_right, 0, count);
	tcase_add_loop_test(
		cases[0], what_cannot_be_checked_says_why, 0, LENGTH(refused));
	tcase_add_test(cases[0], a_long_hash_has_fewer_rounds);
	tcase_add_test(cases[0], a_plain_password_has_a_length);

	tcase_add_checked_fixture(cases[1], NULL, formattest_end);
	tcase_add_test(
		cases[1], superusers_start_all_and_others_what_names_them);
	tcase_add_test(cases[1], a_look_changes_no_password);
	tcase_add_test(cases[1], without_superusers_nobody_is_asked);
	tcase_add_test(cases[1], superusers_without_a_password_let_nobody_in);
	tcase_add_test(cases[1], the_last_password_of_a_user_counts);
	tcase_add_test(cases[1], grub_legacy_locks_by_the_global_password);
	tcase_add_test(cases[1], a_lock_without_a_global_password_holds_nobody);
	tcase_add_test(cases[1], syslinux_has_a_master);
	tcase_add_test(cases[1], lilo_has_its_password_or_nobody_knows_it);
	tcase_add_test(cases[1], syslinux_may_let_nobody_edit);
	tcase_add_test(cases[1], freebsd_has_one_for_its_menu);
	tcase_add_test(cases[1], lilos_passwords_are_in_front_of_commands);
	tcase_add_test(cases[1], freebsd_has_one_for_all);
	tcase_add_test(cases[1], grub_names_its_hotkeys);
	tcase_add_test(cases[1], syslinux_marks_its_hotkeys);
	return run_suite("guard", cases, LENGTH(cases));
}
