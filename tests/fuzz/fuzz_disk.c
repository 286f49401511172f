/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

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

int fuzz_output(void)
{
	static int fd = -1;

	return empty_file(&fd, "output");
}
