/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/partdisk.h"

#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/disk/volume.h"

void partdisk_init(struct partdisk *pd, uint64_t size)
{
	char path[64];

	memset(pd, 0, sizeof(*pd));
	pd->fd = memfd_create("partdisk", 0);
	ck_assert_int_ge(pd->fd, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pd->fd);
	pd->read_fd = open(path, O_RDONLY);
	ck_assert_int_ge(pd->read_fd, 0);
	partdisk_resize(pd, size);
}

void partdisk_free(struct partdisk *pd)
{
	close(pd->fd);
	close(pd->read_fd);
}

void partdisk_resize(struct partdisk *pd, uint64_t size)
{
	ck_assert_int_eq(ftruncate(pd->fd, (off_t)size), 0);
}

void partdisk_put(
	struct partdisk *pd, uint64_t off, const void *data, size_t len)
{
	ck_assert_int_eq(pwrite(pd->fd, data, len, (off_t)off), (ssize_t)len);
}

void partdisk_get(struct partdisk *pd, uint64_t off, void *data, size_t len)
{
	ck_assert_int_eq(pread(pd->fd, data, len, (off_t)off), (ssize_t)len);
}

void partdisk_run(struct partdisk *pd, const char *command)
{
	char line[4096];
	int n;

	n = snprintf(line, sizeof(line),
		"PATH=$PATH:/usr/sbin:/sbin; DISK=/proc/%d/fd/%d; { %s; } >/dev/null 2>&1",
		(int)getpid(), pd->fd, command);
	ck_assert(n > 0 && (size_t)n < sizeof(line));
	ck_assert_msg(system(line) == 0, "%s", command);
}

void partdisk_put_entry(struct partdisk *pd, uint64_t off, unsigned int entry,
	uint8_t flag, uint8_t type, uint32_t start, uint32_t size)
{
	uint8_t raw[16] = { flag, 0, 0, 0, type };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		raw[8 + i] = (uint8_t)(start >> 8 * i);
		raw[12 + i] = (uint8_t)(size >> 8 * i);
	}
	partdisk_put(pd, off + 446 + 16 * (entry - 1), raw, sizeof(raw));
	partdisk_put(pd, off + 510, "\x55\xaa", 2);
}

static void append(struct partdisk *pd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct partdisk *pd, const char *fmt, ...)
{
	size_t used = strlen(pd->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(pd->text + used, sizeof(pd->text) - used, fmt, ap);
	va_end(ap);
}

static void append_partition(struct partdisk *pd, const struct partition *part)
{
	static const char *const schemes[] = {
		[SCHEME_MSDOS] = "msdos",
		[SCHEME_GPT] = "gpt",
		[SCHEME_BSD] = "bsd",
		[SCHEME_SOLARIS] = "solaris",
	};

	ck_assert_uint_eq(part->start % 512, 0);
	ck_assert_uint_eq(part->size % 512, 0);
	ck_assert_uint_gt(part->size, 0);
	ck_assert_uint_le(part->start, UINT64_MAX - part->size);
	ck_assert_ptr_nonnull(memchr(part->name, 0, sizeof(part->name)));
	append(pd, "%s%u", schemes[part->scheme], part->number);
	if (part->within)
		append(pd, " in %u", part->within);
	append(pd, " %" PRIu64 "+%" PRIu64, part->start / 512,
		part->size / 512);
	if (part->scheme == SCHEME_MSDOS)
		append(pd, " %02x", part->type);
	if (part->scheme == SCHEME_GPT)
		append(pd, " %s %s", part->type_guid, part->guid);
	if (part->name[0])
		append(pd, " %s", part->name);
	append(pd, "%s\n", part->active ? " active" : "");
}

/* As a server's disk, or a volume of several: nobody gets a descriptor. */
static int read_remote(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct partdisk *pd = vol->priv;

	if (pread(pd->read_fd, buf, len, (off_t)off) == (ssize_t)len)
		return 0;
	return error_set(err, ERR_IO, "%zu bytes at %" PRIu64, len, off);
}

static void scan(struct partdisk *pd, bool remote)
{
	struct volume vol = { .priv = pd, .read = read_remote };
	struct partition_table table;
	struct arena arena;
	struct disk disk;
	size_t i;

	pd->text[0] = '\0';
	error_clear(&pd->err);
	arena_init(&arena, 1 << 24);
	ck_assert_int_eq(disk_open(&disk, pd->read_fd, "disk", 0, &pd->err), 0);
	if (remote) {
		vol.size = disk.size;
		disk_over(&disk, &vol, "disk", 0);
	}
	if (partition_scan(&disk, &table, &arena, &pd->err) < 0) {
		append(pd, "error: %s\n", pd->err.text);
	} else {
		ck_assert_uint_le(table.count, PARTITIONS_MAX);
		ck_assert(table.has_table || table.count == 0);
		append(pd, "%s %u", table.has_table ? "table" : "no table",
			disk.sector_size);
		if (table.whole_first)
			append(pd, " whole first");
		if (table.damage[0])
			append(pd, "; %s", table.damage);
		append(pd, "\n");
		for (i = 0; i < table.count; i++)
			append_partition(pd, &table.list[i]);
	}
	disk_close(&disk);
	arena_free(&arena);
}

/* Of several kinds of damage either may be the one that is told. */
static const char *behind_damage(const char *text)
{
	return strstr(text, "; ") ? strchr(text, '\n') : text;
}

/* A disk without a descriptor is read without libfdisk, and to the same end. */
const char *partdisk_scan(struct partdisk *pd)
{
	static char remote[sizeof(pd->text)];

	scan(pd, true);
	strcpy(remote, pd->text);
	scan(pd, false);
	ck_assert_str_eq(behind_damage(remote), behind_damage(pd->text));
	return pd->text;
}
