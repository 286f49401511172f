/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The archives of "initrd newc:NAME:FILE", put together from the pieces of a
 * boot as they are copied, and given to cpio(1); and their layout, byte by
 * byte, as GRUB 2.12 has it: 2.06 was seen to make the same in the memory of a
 * machine, but for the NUL that it does not count in the length of a name.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/grub2/newc.h"
#include "tests/support/formattest.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static char ramdisk[1 << 20]; /* as it would be copied */
static size_t ramdisk_len;

static void setup(void)
{
	formattest_begin(&grub2_format, "/boot/grub/grub.cfg");
	fakefs_text(files, "/one", "one\n");
	fakefs_text(files, "/second", "the second file is longer");
	fakefs_text(files, "/plain", "PLAIN");
	fakefs_text(files, "/nothing", "");
}

static void add_bytes(const char *bytes, size_t len)
{
	ck_assert_uint_le(ramdisk_len + len, sizeof(ramdisk));
	memcpy(ramdisk + ramdisk_len, bytes, len);
	ramdisk_len += len;
}

static void add_piece(const struct boot_file *piece)
{
	static const char zeros[4];
	struct fs_node node;
	char buf[4096];
	size_t got;

	add_bytes(zeros, (NEWC_ALIGN - ramdisk_len % NEWC_ALIGN) % NEWC_ALIGN);
	if (piece->bytes) {
		ck_assert_uint_eq(piece->length % NEWC_ALIGN, 0);
		add_bytes(piece->bytes, piece->length);
		return;
	}
	ck_assert_int_eq(fs_find(&piece->dev->fs, piece->path, &node, &err), 0);
	ck_assert_int_eq(fs_read(&piece->dev->fs, &node, 0, buf, sizeof(buf),
				 &got, &err),
		0);
	add_bytes(buf, got);
}

/* What "initrd <arguments>" makes. */
static void make(const char *arguments)
{
	char script[2048];

	snprintf(script, sizeof(script),
		"menuentry A {\n linux /k\n initrd %s\n}\n", arguments);
	ck_assert_msg(load(script) == 0, "%s", err.text);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_uint_eq(outcome.boot.ramdisk_align, NEWC_ALIGN);
	ck_assert_uint_eq(fake.guest.note_count, 0);
	ramdisk_len = 0;
	for (size_t i = 0; i < outcome.boot.ramdisk_count; i++)
		add_piece(&outcome.boot.ramdisks[i]);
}

#define HEADER                                                                 \
	"070701"                                                               \
	"00000000"
#define ZEROS "0000000000000000"
/* uid, gid, links, time; size; devices; length of the name; checksum */
#define REST(size, namesize)                                                   \
	ZEROS "00000001"                                                       \
	      "00000000" size ZEROS ZEROS namesize "00000000"

START_TEST(an_archive_is_as_grub_makes_it)
{
	static const char want[] = HEADER "000041ff" REST("00000000",
		"00000004") "etc\0\0\0" HEADER "000041ff" REST("00000000",
		"00000006") "etc/a\0" HEADER "000081ff" REST("00000004",
		"00000008") "etc/a/x\0\0\0"
			    "one\n" HEADER "00000000" REST("00000000",
				    "0000000b") "TRAILER!!!\0\0\0\0";

	make("newc:etc/a/x:/one");
	ck_assert_uint_eq(ramdisk_len, sizeof(want) - 1);
	ck_assert_mem_eq(ramdisk, want, ramdisk_len);
}
END_TEST

/* cpio knows one archive at a time: the first that begins at or behind off. */
static void unpack(size_t off)
{
	image_file("a.cpio", ramdisk + off, ramdisk_len - off);
	image_run("rm -rf out && mkdir out && cd out && "
		  "cpio -idm --no-absolute-filenames <../a.cpio");
}

START_TEST(cpio_gets_the_files_back)
{
	make("newc:etc/a/x:/one newc:/etc/a/yy:/second newc:top:/second "
	     "newc:etc/b/z:/nothing newc:bin/sh:/one newc:usr/lib/f:/one");
	unpack(0);
	image_run("printf 'one\\n' >one && "
		  "printf 'the second file is longer' >second && "
		  "cmp one out/etc/a/x && cmp second out/etc/a/yy && "
		  "cmp second out/top && cmp /dev/null out/etc/b/z && "
		  "cmp one out/bin/sh && cmp one out/usr/lib/f && "
		  "test \"$(cd out && find . -mindepth 1 | sort | tr '\\n' ' ')"
		  "\" = './bin ./bin/sh ./etc ./etc/a ./etc/a/x ./etc/a/yy "
		  "./etc/b ./etc/b/z ./top ./usr ./usr/lib ./usr/lib/f '");
	image_run("test \"$(cpio -it <a.cpio | tr '\\n' ' ')\" = "
		  "'etc etc/a etc/a/x etc/a/yy top etc/b etc/b/z bin bin/sh "
		  "usr usr/lib usr/lib/f '");
}
END_TEST

START_TEST(a_plain_file_ends_an_archive)
{
	const char *plain;

	make("/plain newc:a/x:/one /plain newc:a/y:/one");
	ck_assert_mem_eq(ramdisk,
		"PLAIN\0\0\0"
		"070701",
		14);
	unpack(8);
	image_run("test \"$(find out -type f)\" = out/a/x");
	plain = memmem(ramdisk + 8, ramdisk_len - 8, "PLAIN", 5);
	ck_assert_ptr_nonnull(plain);
	ck_assert_mem_eq(plain - 14, "TRAILER!!!\0\0\0\0", 14);
	/* the next archive makes its directories again */
	unpack((size_t)(plain - ramdisk) + 8);
	image_run("test \"$(find out -type f)\" = out/a/y");
}
END_TEST

START_TEST(odd_names_stay_as_they_are)
{
	make("newc://a//b/c:/one newc:d/:/one newc::/one");
	image_file("a.cpio", ramdisk, ramdisk_len);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 7);
	ck_assert_str_eq(outcome.boot.ramdisks[0].path, "newc:a//b/c");
	ck_assert_str_eq(outcome.boot.ramdisks[0].bytes + 110, "a");
	ck_assert_str_eq(outcome.boot.ramdisks[0].bytes + 112 + 110, "a//b");
	ck_assert_str_eq(outcome.boot.ramdisks[4].path, "newc:");
}
END_TEST

START_TEST(what_is_not_there_leaves_the_boot_without_a_ramdisk)
{
	static const char script[] = "menuentry A {\n linux /k\n"
				     " initrd newc:a:/nothere newc:b:/one\n}\n"
				     "menuentry B {\n linux /k\n"
				     " initrd newc:a:/empty\n}\n"
				     "menuentry C {\n linux /k\n"
				     " initrd newc:a\n}\n";
	static const char *const why[] = {
		"line 3: initrd: fakefs: /nothere: no such file; "
		"GRUB boots without it",
		"line 7: initrd: /empty: is not a regular file; "
		"GRUB boots without it",
		"line 11: initrd: newc:a: neither a path, which begins with "
		"\"/\", nor a list of blocks; GRUB boots without it",
	};

	ck_assert_int_eq(load(script), 0);
	for (size_t i = 0; i < LENGTH(why); i++) {
		fake.guest.note_count = 0;
		ck_assert_int_eq(run(i), 0);
		ck_assert_uint_eq(outcome.boot.ramdisk_count, 0);
		ck_assert_str_eq(fake.guest.notes[0].text, why[i]);
	}
}
END_TEST

START_TEST(pieces_have_a_limit)
{
	/* header and file of each, and a trailer: one too many */
	char *script = repeat("menuentry A {\n linux /k\n initrd",
		" newc:a:/one", BOOT_RAMDISKS_MAX / 2);
	char whole[4096];

	snprintf(whole, sizeof(whole), "%s\n}\n", script);
	free(script);
	ck_assert_int_eq(load(whole), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "line 3: a ramdisk of more than 64 pieces");
}
END_TEST

START_TEST(a_file_of_4_gib_has_no_place_in_an_archive)
{
	struct boot_file head = { 0 };
	struct newc newc;

	newc_begin(&newc, &fake.arena);
	ck_assert_int_eq(
		newc_member(&newc, text_of("a"), UINT32_MAX, &head, &err), 0);
	ck_assert_int_eq(newc_member(&newc, text_of("a"),
				 (uint64_t)UINT32_MAX + 1, &head, &err),
		-1);
	ck_assert_str_eq(
		err.text, "newc: a file of 4294967296 bytes, more than 4 GiB");
}
END_TEST

START_TEST(directories_have_a_limit)
{
	struct text name;
	struct boot_file head = { 0 };
	struct newc newc;
	char *path = repeat("", "d/", NEWC_DIRECTORIES_MAX + 1);

	newc_begin(&newc, &fake.arena);
	name = (struct text){ path, 2 * NEWC_DIRECTORIES_MAX };
	ck_assert_int_eq(newc_member(&newc, name, 1, &head, &err), 0);
	ck_assert_int_eq(newc_member(&newc, text_of(path), 1, &head, &err), -1);
	ck_assert_str_eq(err.text, "newc: more than 1024 directories");
	free(path);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("newc");
	int r;

	image_directory();
	tcase_add_checked_fixture(tc, setup, formattest_end);
	tcase_add_test(tc, an_archive_is_as_grub_makes_it);
	tcase_add_test(tc, cpio_gets_the_files_back);
	tcase_add_test(tc, a_plain_file_ends_an_archive);
	tcase_add_test(tc, odd_names_stay_as_they_are);
	tcase_add_test(tc, what_is_not_there_leaves_the_boot_without_a_ramdisk);
	tcase_add_test(tc, pieces_have_a_limit);
	tcase_add_test(tc, a_file_of_4_gib_has_no_place_in_an_archive);
	tcase_add_test(tc, directories_have_a_limit);
	r = run_suite("newc", &tc, 1);
	image_cleanup();
	return r;
}
