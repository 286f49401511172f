/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/newc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The header is a magic number and 13 fields of 8 hexadecimal digits. */
#define HEADER_SIZE 110
#define HEADER_FORMAT                                                          \
	"070701"                                                               \
	"%08x%08x%08x%08x%08x%08x%08" PRIx32 "%08x%08x%08x%08x%08x%08x"

/* What GRUB says of each: everybody may do everything. */
#define MODE_DIRECTORY 040777
#define MODE_FILE 0100777

static const char trailer[] = "TRAILER!!!";

void newc_begin(struct newc *newc, struct arena *arena)
{
	newc->arena = arena;
	newc->open = false;
	newc->count = 0;
}

bool newc_argument(const char *arg, struct text *name, const char **file)
{
	const char *colon;

	if (strncmp(arg, "newc:", 5) != 0)
		return false;
	arg += 5;
	arg += strspn(arg, "/");
	colon = strchr(arg, ':');
	if (!colon)
		return false;
	*name = (struct text){ arg, (size_t)(colon - arg) };
	*file = colon + 1;
	return true;
}

/* Header, name with its NUL, and padding. */
static size_t member_length(struct text name)
{
	size_t len = HEADER_SIZE + name.len + 1;

	return (len + NEWC_ALIGN - 1) / NEWC_ALIGN * NEWC_ALIGN;
}

/* Inode, owner, time, devices and checksum are 0, and there is one link. */
static char *put_member(
	char *at, struct text name, unsigned int mode, uint32_t size)
{
	char header[HEADER_SIZE + 1];

	snprintf(header, sizeof(header), HEADER_FORMAT, 0, mode, 0, 0, 1, 0,
		size, 0, 0, 0, 0, (unsigned int)name.len + 1, 0);
	memcpy(at, header, HEADER_SIZE);
	memcpy(at + HEADER_SIZE, name.at, name.len);
	/* the rest is zeros already */
	return at + member_length(name);
}

static bool is_made(const struct newc *newc, struct text directory)
{
	size_t i;

	for (i = 0; i < newc->count; i++)
		if (newc->directories[i].len == directory.len &&
			memcmp(newc->directories[i].at, directory.at,
				directory.len) == 0)
			return true;
	return false;
}

/*
 * The directories above name that the archive has not yet.  GRUB makes some of
 * them again, or forgets one that is as long as another: it compares the wrong
 * way round.  What it means is here.
 */
static int add_directories(
	struct newc *newc, struct text name, size_t *first, struct error *err)
{
	struct text directory = { name.at, 0 };
	size_t at = 0;

	*first = newc->count;
	for (;;) {
		while (at < name.len && name.at[at] == '/')
			at++;
		while (at < name.len && name.at[at] != '/')
			at++;
		if (at == name.len)
			return 0;
		directory.len = at;
		if (is_made(newc, directory))
			continue;
		if (newc->count == NEWC_DIRECTORIES_MAX)
			return error_set(err, ERR_LIMIT,
				"newc: more than %d directories",
				NEWC_DIRECTORIES_MAX);
		newc->directories[newc->count++] = directory;
	}
}

/* len bytes that a boot copies as they are. */
static char *make_bytes(struct newc *newc, struct text name, size_t len,
	struct boot_file *file, struct error *err)
{
	char *bytes = arena_alloc(newc->arena, len, err);

	file->path = arena_printf(
		newc->arena, err, "newc:%.*s", (int)name.len, name.at);
	file->bytes = bytes;
	file->offset = 0;
	file->length = len;
	return file->path ? bytes : NULL;
}

int newc_member(struct newc *newc, struct text name, uint64_t size,
	struct boot_file *head, struct error *err)
{
	size_t first, i, len = member_length(name);
	char *at;

	if (size > UINT32_MAX)
		return error_set(err, ERR_LIMIT,
			"newc: a file of %" PRIu64 " bytes, more than 4 GiB",
			size);
	if (add_directories(newc, name, &first, err) < 0)
		return -1;
	for (i = first; i < newc->count; i++)
		len += member_length(newc->directories[i]);
	at = make_bytes(newc, name, len, head, err);
	if (!at)
		return -1;
	for (i = first; i < newc->count; i++)
		at = put_member(at, newc->directories[i], MODE_DIRECTORY, 0);
	put_member(at, name, MODE_FILE, (uint32_t)size);
	newc->open = true;
	return 0;
}

int newc_end(struct newc *newc, struct boot_file *tail, struct error *err)
{
	const struct text name = { trailer, sizeof(trailer) - 1 };
	char *at = make_bytes(newc, name, member_length(name), tail, err);

	if (!at)
		return -1;
	put_member(at, name, 0, 0);
	newc_begin(newc, newc->arena);
	return 0;
}
