/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/peimage.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTIONS_MAX 256
#define LINE_MAX_BYTES 4096
#define VIRTUAL_ALIGN 4096 /* SectionAlignment */
#define HEADER_SIZE 40     /* of one section in the table */

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, size_t value)
{
	put16(at, (uint16_t)value);
	put16(at + 2, (uint16_t)(value >> 16));
}

static size_t align(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

static void put_headers(
	uint8_t *image, size_t count, uint16_t machine, size_t headers)
{
	uint8_t *coff = image + PEIMAGE_COFF, *optional;

	memcpy(image, "MZ", 2);
	put32(image + 0x3c, PEIMAGE_COFF);
	memcpy(coff, "PE\0", 4);
	put16(coff + 4, machine);
	put16(coff + 6, (uint16_t)count);
	put16(coff + 20, PEIMAGE_OPTIONAL_SIZE);
	put16(coff + 22, 0x22e); /* executable, no debug data and so on */
	optional = image + PEIMAGE_OPTIONAL;
	put16(optional, 0x20b); /* PE32+ */
	put32(optional + 32, VIRTUAL_ALIGN);
	put32(optional + 36, PEIMAGE_ALIGN);
	put32(optional + 60, headers); /* SizeOfHeaders */
	put16(optional + 68, PEIMAGE_EFI_APPLICATION);
	put32(optional + 108, 16); /* data directories, all empty */
}

uint8_t *peimage_make(const struct peimage_section *sections, size_t count,
	uint16_t machine, size_t *len)
{
	size_t headers =
		align(PEIMAGE_TABLE + count * HEADER_SIZE, PEIMAGE_ALIGN);
	size_t i, at = headers, memory = VIRTUAL_ALIGN;
	uint8_t *image, *row;

	for (i = 0; i < count; i++)
		at += align(sections[i].len, PEIMAGE_ALIGN);
	*len = at;
	image = must(calloc(1, at));
	put_headers(image, count, machine, headers);
	row = image + PEIMAGE_TABLE;
	at = headers;
	for (i = 0; i < count; i++, row += HEADER_SIZE) {
		memcpy(row, sections[i].name, 8);
		put32(row + 8, sections[i].len);
		put32(row + 12, memory);
		put32(row + 16, align(sections[i].len, PEIMAGE_ALIGN));
		put32(row + 20, at);
		put32(row + 36, 0x40000040); /* initialized data, readable */
		if (sections[i].len > 0)
			memcpy(image + at, sections[i].data, sections[i].len);
		at += align(sections[i].len, PEIMAGE_ALIGN);
		memory += align(sections[i].len, VIRTUAL_ALIGN);
	}
	put32(image + PEIMAGE_OPTIONAL + 56, memory); /* SizeOfImage */
	return image;
}

/* A folder being read. */
struct description {
	const char *folder;
	struct peimage_section sections[SECTIONS_MAX];
	size_t count;
	uint16_t machine;
};

static _Noreturn void refuse(const struct description *made, const char *what)
{
	fprintf(stderr, "%s/sections: cannot take \"%s\"\n", made->folder,
		what);
	abort();
}

/* All of a file in the folder. */
static void *read_file(
	const struct description *made, const char *name, size_t *len)
{
	char path[PATH_MAX];
	uint8_t *data;
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/%s", made->folder, name);
	file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0)
		refuse(made, name);
	rewind(file);
	*len = (size_t)size;
	data = must(malloc(*len + 1));
	if (fread(data, 1, *len, file) != *len)
		refuse(made, name);
	fclose(file);
	return data;
}

/* The text with what its escapes stand for. */
static void *unescape(const char *text, size_t *len)
{
	char *copy = must(malloc(strlen(text) + 1));

	for (*len = 0; *text; text++) {
		if (text[0] == '\\' && text[1])
			text++;
		else if (*text != '\\') {
			copy[(*len)++] = *text;
			continue;
		}
		copy[(*len)++] = *text == 'n' ? '\n'
			: *text == 't'        ? '\t'
			: *text == '0'        ? '\0'
					      : *text;
	}
	return copy;
}

static void take_machine(struct description *made, const char *name)
{
	char *end;

	made->machine = (uint16_t)strtoul(name, &end, 0);
	if (strcmp(name, "x64") == 0)
		made->machine = PEIMAGE_X64;
	else if (strcmp(name, "aa64") == 0)
		made->machine = PEIMAGE_AA64;
	else if (end == name || *end)
		refuse(made, name);
}

static void take_line(struct description *made, char *line)
{
	struct peimage_section *section = &made->sections[made->count];
	char *value = line + strcspn(line, " ");

	if (line[0] == '\0' || line[0] == '#')
		return;
	if (strncmp(line, "machine=", 8) == 0) {
		take_machine(made, line + 8);
		return;
	}
	if (made->count == SECTIONS_MAX || value - line > 8)
		refuse(made, line);
	if (*value)
		*value++ = '\0';
	strcpy(section->name, line);
	if (value[0] == '<')
		section->data = read_file(made, value + 1, &section->len);
	else
		section->data = unescape(value, &section->len);
	made->count++;
}

uint8_t *peimage_load(const char *folder, size_t *len)
{
	struct description *made = must(calloc(1, sizeof(*made)));
	char line[LINE_MAX_BYTES];
	uint8_t *image;
	FILE *file;
	size_t i;

	made->folder = folder;
	made->machine = PEIMAGE_X64;
	snprintf(line, sizeof(line), "%s/sections", folder);
	file = fopen(line, "r");
	if (!file)
		refuse(made, "no such file");
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		take_line(made, line);
	}
	fclose(file);
	image = peimage_make(made->sections, made->count, made->machine, len);
	for (i = 0; i < made->count; i++)
		free((void *)(uintptr_t)made->sections[i].data);
	free(made);
	return image;
}
