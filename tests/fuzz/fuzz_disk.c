/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>
#include <unistd.h>

#include "src/base/bytes.h"
#include "tests/fuzz/fuzz.h"

/*
 * libfdisk 2.38 loses the sector of an extended partition that it cannot read.
 * The name is LeakSanitizer's.
 */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfdisk.so";
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static int empty_file(int *fd, const char *name)
{
	if (*fd < 0)
		*fd = memfd_create(name, MFD_CLOEXEC);
	MUST(*fd >= 0);
	MUST(ftruncate(*fd, 0) == 0);
	MUST(lseek(*fd, 0, SEEK_SET) == 0);
	return *fd;
}

void fuzz_disk(struct disk *disk, const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct error err;

	empty_file(&fd, "disk");
	MUST(pwrite(fd, data, size, 0) == (ssize_t)size);
	MUST_WORK(disk_open(disk, fd, "disk", 0, &err), &err);
}

/*
 * A file system of 128 MiB may have 40 KiB that are not zero.  So: sectors of
 * the disk (le32), number of pieces (le16), of each its first sector (le32) and
 * how many it has (le16); then the bytes of the pieces, as far as there are
 * any.
 */
#define SPARSE_HEAD 6
#define SPARSE_PIECE 6
#define SPARSE_SECTOR 512

static size_t write_piece(
	int fd, const uint8_t *piece, const uint8_t *data, size_t size)
{
	const le32 *first = (const le32 *)piece;
	const le16 *sectors = (const le16 *)(piece + 4);
	size_t len = (size_t)le16_get(*sectors) * SPARSE_SECTOR;
	off_t at = (off_t)le32_get(*first) * SPARSE_SECTOR;

	if (len > size)
		len = size;
	MUST(pwrite(fd, data, len, at) == (ssize_t)len);
	return len;
}

bool fuzz_sparse_disk(struct disk *disk, const uint8_t *data, size_t size)
{
	static int fd = -1;
	size_t pieces, at, used;
	struct error err;
	off_t end;

	if (size < SPARSE_HEAD)
		return false;
	end = (off_t)le32_get(*(const le32 *)data) * SPARSE_SECTOR;
	pieces = le16_get(*(const le16 *)(data + 4));
	used = SPARSE_HEAD + pieces * SPARSE_PIECE;
	if (end == 0 || used > size)
		return false;
	empty_file(&fd, "sparse disk");
	for (at = SPARSE_HEAD; pieces > 0; pieces--, at += SPARSE_PIECE)
		used += write_piece(fd, data + at, data + used, size - used);
	MUST(ftruncate(fd, end) == 0);
	MUST_WORK(disk_open(disk, fd, "disk", 0, &err), &err);
	return true;
}

int fuzz_output(void)
{
	static int fd = -1;

	return empty_file(&fd, "output");
}
