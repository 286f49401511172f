/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/show_boot.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_MAX 24 /* bytes of a part of a file */

/* How the bytes of a part begin; nothing if they are not there. */
static size_t read_part(const struct boot_file *file, char *begin, size_t max)
{
	struct fs_node node;
	struct error err;
	size_t got = 0;

	if (max > file->length)
		max = (size_t)file->length;
	if (file->bytes)
		memcpy(begin, file->bytes, got = max);
	else if (fs_find(&file->dev->fs, file->path, &node, &err) < 0 ||
		fs_read(&file->dev->fs, &node, file->offset, begin, max, &got,
			&err) < 0)
		got = 0;
	return got;
}

static void print_part(FILE *out, const struct boot_file *file)
{
	char begin[SHOWN_MAX];
	size_t i, len = read_part(file, begin, sizeof(begin));

	fputs(" [", out);
	if (!file->bytes)
		fprintf(out, "%" PRIu64 "+", file->offset);
	fprintf(out, "%" PRIu64 ": ", file->length);
	for (i = 0; i < len; i++)
		fprintf(out,
			isprint((unsigned char)begin[i]) ? "%c" : "\\x%02x",
			(unsigned char)begin[i]);
	fputs(len < file->length ? "...]" : "]", out);
}

static void print_file(FILE *out, const char *indent, const char *what,
	const struct boot_file *file)
{
	fprintf(out, "%s%s (%s)%s", indent, what, file->dev->grub, file->path);
	if (file->length > 0)
		print_part(out, file);
	fputc('\n', out);
}

void show_boot(FILE *out, const char *indent, const struct boot *boot)
{
	size_t i;

	if (boot->kernel.path)
		print_file(out, indent, "kernel", &boot->kernel);
	else
		fprintf(out, "%sno kernel\n", indent);
	for (i = 0; i < boot->ramdisk_count; i++)
		print_file(out, indent, "ramdisk", &boot->ramdisks[i]);
	if (boot->ramdisk_count > 1)
		fprintf(out, "%salign %u\n", indent, boot->ramdisk_align);
	fprintf(out, "%sargs %s\n", indent, boot->args);
}
