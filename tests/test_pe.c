/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that programs made are compared with what objdump says of them; what
 * is broken is made here.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/length.h"
#include "src/config/pe.h"
#include "tests/support/fakeguest.h"
#include "tests/support/peimage.h"
#include "tests/support/runner.h"
#include "tests/support/scratch.h"

static struct fakeguest fake;
static struct fakefs *files;
static struct pe pe;
static struct error err;
static uint8_t *image; /* of small, below */
static size_t image_len;

static const struct peimage_section small[] = {
	{ ".linux", "kernel", 6 },
	{ ".12345678", "", 0 },
	{ ".cmdline", "root=/dev/xvda1", 15 },
};

static void setup(void)
{
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	error_clear(&err);
	image = peimage_make(small, LENGTH(small), PEIMAGE_X64, &image_len);
}

static void teardown(void)
{
	free(image);
	fakeguest_free(&fake);
}

/* Read the file /x of these bytes, within fresh limits. */
static int read_pe(const void *data, size_t len)
{
	struct fs *fs = &fakeguest_device(&fake, "hd0,msdos1")->fs;
	struct fs_node node;

	fakefs_put(files, "/x", data, len);
	ck_assert_int_eq(fs_find(fs, "/x", &node, &err), 0);
	fake.guest.bytes_read = 0;
	error_clear(&err);
	pe = (struct pe){ 0 };
	return pe_read(&fake.guest, fs, &node, &pe, &err);
}

static void put16(size_t off, unsigned int value)
{
	image[off] = (uint8_t)value;
	image[off + 1] = (uint8_t)(value >> 8);
}

static void put32(size_t off, uint32_t value)
{
	put16(off, value & 0xffff);
	put16(off + 2, value >> 16);
}

/* Where a field of a row of the table is. */
#define ROW(index, field) (PEIMAGE_TABLE + 40 * (index) + (field))

enum { VIRTUAL_SIZE = 8, RAW_SIZE = 16, RAW_OFFSET = 20 };

START_TEST(a_section_is_where_the_table_says)
{
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.machine, 0x8664);
	ck_assert_uint_eq(pe.subsystem, PE_EFI_APPLICATION);
	ck_assert_uint_eq(pe.count, 3);
	ck_assert_str_eq(pe.sections[0].name, ".linux");
	ck_assert_uint_eq(pe.sections[0].offset, 512);
	ck_assert_uint_eq(pe.sections[0].length, 6);
	/* a name of eight bytes has no NUL in the file */
	ck_assert_str_eq(pe.sections[1].name, ".1234567");
	ck_assert_uint_eq(pe.sections[1].length, 0);
	ck_assert_str_eq(pe.sections[2].name, ".cmdline");
	ck_assert_uint_eq(pe.sections[2].offset, 1024);
	ck_assert_uint_eq(pe.sections[2].length, 15);
}
END_TEST

START_TEST(a_section_has_no_more_bytes_than_the_file_or_memory)
{
	put32(ROW(0, VIRTUAL_SIZE), 512);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.sections[0].length, 512);
	put32(ROW(0, VIRTUAL_SIZE), 513);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.sections[0].length, 512);
	put32(ROW(0, VIRTUAL_SIZE), UINT32_MAX);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.sections[0].length, 512);
	put32(ROW(0, VIRTUAL_SIZE), 0);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.sections[0].length, 0);
}
END_TEST

START_TEST(a_section_without_bytes_may_be_anywhere)
{
	put32(ROW(1, VIRTUAL_SIZE), UINT32_MAX);
	put32(ROW(1, RAW_OFFSET), UINT32_MAX);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.sections[1].length, 0);
	put32(ROW(1, RAW_OFFSET), 513); /* as in the middle of another */
	ck_assert_int_eq(read_pe(image, image_len), 1);
}
END_TEST

START_TEST(images_of_32_bits_have_the_same_places)
{
	put16(PEIMAGE_OPTIONAL, 0x10b);
	put16(PEIMAGE_COFF + 4, 0x14c);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	ck_assert_uint_eq(pe.machine, 0x14c);
	ck_assert_uint_eq(pe.subsystem, PE_EFI_APPLICATION);
	ck_assert_uint_eq(pe.count, 3);
}
END_TEST

/* The headers moved behind what is read first. */
START_TEST(headers_may_begin_late)
{
	size_t len = 9000 + image_len, i;
	uint8_t *far = calloc(1, len);

	memcpy(far, image, 0x40);
	far[0x3c] = 5001 % 256;
	far[0x3d] = 5001 / 256;
	memcpy(far + 5001, image + 0x40, 512 - 0x40);
	ck_assert_int_eq(read_pe(far, len), 1);
	ck_assert_uint_eq(pe.count, 3);
	ck_assert_uint_eq(pe.sections[2].offset, 1024);
	for (i = 5001; i < 5001 + PEIMAGE_TABLE - 0x40 + 3 * 40; i++)
		ck_assert_int_lt(read_pe(far, i), 1);
	free(far);
}
END_TEST

#define BYTES(literal)                                                         \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}

/* A DOS header but for its last four bytes, which say where PE begins. */
#define DOS "MZ: how a program for DOS begins, and a PE image as well...."

static const struct {
	const char *data;
	size_t len;
} others[] = {
	BYTES(""),
	BYTES("M"),
	BYTES("MZ"),
	BYTES("\x1f\x8b\x08 compressed, and as long as the header of a program "
	      "for DOS"),
	BYTES("MZ: text that begins by chance like a program for DOS, and "
	      "which goes on"),
	BYTES(DOS "\x40\0\0\0NE\0\0"),
	BYTES(DOS "\xfd\xff\xff\xffPE\0\0"),
};

START_TEST(another_kind_of_file_is_no_fault)
{
	ck_assert_int_eq(read_pe(others[_i].data, others[_i].len), 0);
	ck_assert_uint_eq(pe.count, 0);
}
END_TEST

static const struct bend {
	size_t off; /* of 32 bits */
	uint32_t value;
	enum error_code code;
	const char *text;
} bends[] = {
	{ PEIMAGE_COFF + 4, 0xffff8664, ERR_LIMIT,
		"65535 sections are more than the limit of 1024" },
	{ PEIMAGE_COFF + 4, 0x01008664, ERR_CORRUPT,
		"the section table (10240 bytes at 328) ends beyond the file "
		"(1536 bytes)" },
	{ PEIMAGE_COFF + 20, 69, ERR_CORRUPT,
		"an optional header of 69 bytes" },
	{ PEIMAGE_COFF + 20, 0xffff, ERR_CORRUPT,
		"the section table (120 bytes at 65623) ends beyond the file "
		"(1536 bytes)" },
	{ PEIMAGE_OPTIONAL, 0x107, ERR_UNSUPPORTED,
		"an optional header of type 0x107" },
	{ ROW(0, RAW_SIZE), 1025, ERR_CORRUPT,
		"the section .linux (1025 bytes at 512) ends beyond the file "
		"(1536 bytes)" },
	{ ROW(0, RAW_SIZE), UINT32_MAX, ERR_CORRUPT,
		"the section .linux (4294967295 bytes at 512) ends beyond the "
		"file (1536 bytes)" },
	{ ROW(2, RAW_OFFSET), 1537, ERR_CORRUPT,
		"the section .cmdline (512 bytes at 1537) ends beyond the file "
		"(1536 bytes)" },
	{ ROW(2, RAW_OFFSET), UINT32_MAX, ERR_CORRUPT,
		"the section .cmdline (512 bytes at 4294967295) ends beyond "
		"the file (1536 bytes)" },
	{ ROW(2, RAW_OFFSET), 512, ERR_CORRUPT,
		"the sections .linux (at 512) and .cmdline (at 512) overlap" },
	{ ROW(2, RAW_OFFSET), 517, ERR_CORRUPT,
		"the sections .linux (at 512) and .cmdline (at 517) overlap" },
	{ ROW(2, RAW_OFFSET), 498, ERR_CORRUPT,
		"the sections .cmdline (at 498) and .linux (at 512) overlap" },
};

START_TEST(what_firmware_would_not_load_is_a_fault)
{
	const struct bend *bend = &bends[_i];

	put32(bend->off, bend->value);
	ck_assert_int_eq(read_pe(image, image_len), -1);
	ck_assert_int_eq(err.code, bend->code);
	ck_assert_str_eq(err.text, bend->text);
	ck_assert_uint_eq(pe.count, 0);
}
END_TEST

/* Next to each other is not over each other. */
START_TEST(sections_may_touch)
{
	put32(ROW(2, RAW_OFFSET), 518);
	ck_assert_int_eq(read_pe(image, image_len), 1);
	put32(ROW(2, RAW_OFFSET), 497);
	ck_assert_int_eq(read_pe(image, image_len), 1);
}
END_TEST

START_TEST(cut_off_anywhere_it_is_no_image_or_a_fault)
{
	size_t len;

	for (len = 0; len < image_len; len++) {
		int r = read_pe(image, len);

		/* without a signature nothing says that it was one */
		ck_assert_msg(r == (len < PEIMAGE_COFF + 4 ? 0 : -1),
			"%zu bytes: %d", len, r);
		if (r < 0)
			ck_assert_int_eq(err.code, ERR_CORRUPT);
		if (r < 0)
			ck_assert_ptr_nonnull(
				strstr(err.text, "ends beyond the file ("));
	}
	ck_assert_int_eq(read_pe(image, image_len), 1);
}
END_TEST

/* Whatever the headers say, what is said of sections is true. */
static void check_sane(void)
{
	size_t i, j;

	ck_assert_uint_le(pe.count, PE_SECTIONS_MAX);
	for (i = 0; i < pe.count; i++) {
		const struct pe_section *a = &pe.sections[i];

		ck_assert(a->length == 0 ||
			(a->offset <= image_len &&
				a->length <= image_len - a->offset));
		for (j = 0; a->length > 0 && j < i; j++)
			ck_assert(pe.sections[j].length == 0 ||
				pe.sections[j].offset >=
					a->offset + a->length ||
				a->offset >= pe.sections[j].offset +
						pe.sections[j].length);
	}
}

START_TEST(every_byte_of_the_headers_may_be_wrong)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	size_t off, i;

	for (off = 0; off < ROW(3, 0); off++) {
		uint8_t was = image[off];

		for (i = 0; i < LENGTH(values); i++) {
			image[off] = values[i];
			if (read_pe(image, image_len) > 0)
				check_sane();
			image[off] = was;
		}
	}
}
END_TEST

START_TEST(as_many_sections_as_the_limit_are_read)
{
	static struct peimage_section many[PE_SECTIONS_MAX + 1];
	size_t i, len;
	uint8_t *data;

	for (i = 0; i < LENGTH(many); i++)
		many[i] = (struct peimage_section){ ".dtbauto", "x", 1 };
	data = peimage_make(many, PE_SECTIONS_MAX, PEIMAGE_AA64, &len);
	ck_assert_msg(read_pe(data, len) == 1, "%s", err.text);
	ck_assert_uint_eq(pe.machine, 0xaa64);
	ck_assert_uint_eq(pe.count, PE_SECTIONS_MAX);
	ck_assert_uint_eq(pe.sections[PE_SECTIONS_MAX - 1].offset, len - 512);
	free(data);
	data = peimage_make(many, LENGTH(many), PEIMAGE_AA64, &len);
	ck_assert_int_eq(read_pe(data, len), -1);
	ck_assert_str_eq(
		err.text, "1025 sections are more than the limit of 1024");
	free(data);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_a_fault)
{
	struct fs *fs = &fakeguest_device(&fake, "hd0,msdos1")->fs;
	struct fs_node node;

	fakefs_put(files, "/bad", image, image_len);
	fakefs_break(files, "/bad");
	ck_assert_int_eq(fs_find(fs, "/bad", &node, &err), 0);
	ck_assert_int_eq(pe_read(&fake.guest, fs, &node, &pe, &err), -1);
	ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

/* What a case may hold (peimage.h): a folder is a file. */
START_TEST(a_folder_describes_an_image)
{
	struct fs *fs = &fakeguest_device(&fake, "hd0,msdos1")->fs;
	static const char *const skip[] = { NULL };
	struct fs_node node;
	char text[32] = "";
	size_t got;

	scratch_make();
	ck_assert_int_eq(mkdir(scratch_path("x.efi.pe"), 0700), 0);
	scratch_put("x.efi.pe/sections",
		"# a comment\n\nmachine=aa64\n.linux <vmlinuz\n"
		".cmdline a \\\\ b\\n\\t\\0<\n.empty\n");
	scratch_put("x.efi.pe/vmlinuz", "a kernel\n");
	ck_assert_int_eq(fakefs_load(files, scratch_dir, skip), 0);
	scratch_remove();
	ck_assert_int_eq(fs_find(fs, "/x.efi.pe", &node, &err), -1);
	ck_assert_int_eq(fs_find(fs, "/x.efi", &node, &err), 0);
	ck_assert_int_eq(pe_read(&fake.guest, fs, &node, &pe, &err), 1);
	ck_assert_uint_eq(pe.machine, 0xaa64);
	ck_assert_uint_eq(pe.count, 3);
	ck_assert_str_eq(pe.sections[2].name, ".empty");
	ck_assert_uint_eq(pe.sections[2].length, 0);
	fs_read(fs, &node, pe.sections[0].offset, text, pe.sections[0].length,
		&got, &err);
	ck_assert_str_eq(text, "a kernel\n");
	ck_assert_uint_eq(pe.sections[1].length, 9);
	fs_read(fs, &node, pe.sections[1].offset, text, 9, &got, &err);
	ck_assert_mem_eq(text, "a \\ b\n\t\0<", 9);
}
END_TEST

static uint8_t *read_host_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;

	ck_assert_msg(file != NULL, "%s is not there", path);
	fseek(file, 0, SEEK_END);
	*len = (size_t)ftell(file);
	rewind(file);
	data = malloc(*len);
	ck_assert_uint_eq(fread(data, 1, *len, file), *len);
	fclose(file);
	return data;
}

/*
 * The line of "objdump -h" on a section, and the next one, which says whether
 * it has contents.
 */
static bool next_section(FILE *dump, char name[64], unsigned long *size,
	unsigned long *off, bool *contents)
{
	char line[512];

	while (fgets(line, sizeof(line), dump)) {
		if (sscanf(line, "%*d %63s %lx %*x %*x %lx", name, size, off) !=
			3)
			continue;
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), dump));
		*contents = strstr(line, "CONTENTS") != NULL;
		return true;
	}
	return false;
}

static void compare_with_objdump(const char *path)
{
	unsigned long size, off;
	char command[512], name[64];
	bool contents;
	size_t len, i;
	uint8_t *data = read_host_file(path, &len);
	FILE *dump;

	ck_assert_msg(read_pe(data, len) == 1, "%s: %s", path, err.text);
	free(data);
	snprintf(command, sizeof(command), "objdump -h %s", path);
	dump = popen(command, "r");
	for (i = 0; next_section(dump, name, &size, &off, &contents); i++) {
		ck_assert_msg(i < pe.count, "%s: %s is missing", path, name);
		/* a long name is a number of the string table here */
		if (pe.sections[i].name[0] != '/')
			ck_assert_str_eq(pe.sections[i].name, name);
		ck_assert_uint_eq(pe.sections[i].length, contents ? size : 0);
		if (contents)
			ck_assert_uint_eq(pe.sections[i].offset, off);
	}
	ck_assert_int_eq(pclose(dump), 0);
	ck_assert_msg(i > 0 && i == pe.count, "%s: %zu of %zu sections", path,
		i, pe.count);
}

/* Made by different linkers; only the stub has to be there. */
START_TEST(objdump_sees_the_same_sections)
{
	static const char *const patterns[] = {
		"/usr/lib/systemd/boot/efi/*x64.efi", "/usr/lib/shim/*x64.efi",
		"/boot/xen-*.efi", "/boot/vmlinuz-*",
		"/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"
	};
	glob_t found;
	size_t i, j;

	compare_with_objdump("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
	for (i = 0; i < LENGTH(patterns); i++) {
		if (glob(patterns[i], 0, NULL, &found) != 0)
			continue;
		for (j = 0; j < found.gl_pathc; j++)
			compare_with_objdump(found.gl_pathv[j]);
		globfree(&found);
	}
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("pe") };

	tcase_add_checked_fixture(cases[0], setup, teardown);
	tcase_add_test(cases[0], a_section_is_where_the_table_says);
	tcase_add_test(
		cases[0], a_section_has_no_more_bytes_than_the_file_or_memory);
	tcase_add_test(cases[0], a_section_without_bytes_may_be_anywhere);
	tcase_add_test(cases[0], images_of_32_bits_have_the_same_places);
	tcase_add_test(cases[0], headers_may_begin_late);
	tcase_add_loop_test(cases[0], another_kind_of_file_is_no_fault, 0,
		(int)LENGTH(others));
	tcase_add_loop_test(cases[0], what_firmware_would_not_load_is_a_fault,
		0, (int)LENGTH(bends));
	tcase_add_test(cases[0], sections_may_touch);
	tcase_add_test(cases[0], cut_off_anywhere_it_is_no_image_or_a_fault);
	tcase_add_test(cases[0], every_byte_of_the_headers_may_be_wrong);
	tcase_add_test(cases[0], as_many_sections_as_the_limit_are_read);
	tcase_add_test(cases[0], a_file_that_cannot_be_read_is_a_fault);
	tcase_add_test(cases[0], a_folder_describes_an_image);
	tcase_add_test(cases[0], objdump_sees_the_same_sections);
	tcase_set_timeout(cases[0], 60);
	return run_suite("pe", cases, LENGTH(cases));
}
