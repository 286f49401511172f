/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy_limit.c - what copying alone costs
 *
 *   copy_limit IMAGE DIRECTORY BYTES BYTES [PARTITIONS FIRST STEP]
 *
 * Copies so many bytes from the image to two files, with reads and writes of
 * 1 MiB and nothing else: no program that extracts a kernel and a ramdisk can
 * be much faster.  Nor can one that has to find out in which partition they
 * are, if it reads less than the first block of each: so many of them, which
 * begin at FIRST and every STEP bytes behind it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 20)
#define BLOCK 4096

static char buffer[CHUNK];

static void copy(int image, const char *directory, const char *name, long bytes)
{
	char path[4096];
	ssize_t got;
	int out;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (; out >= 0 && bytes > 0; bytes -= got) {
		got = read(image, buffer,
			bytes < (long)CHUNK ? (size_t)bytes : CHUNK);
		if (got <= 0 || write(out, buffer, (size_t)got) != got)
			break;
	}
	if (out < 0 || bytes > 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	close(out);
}

static void look_at(int image, char **where)
{
	long count = atol(where[0]), at = atol(where[1]), step = atol(where[2]);

	for (; count > 0; count--, at += step)
		if (pread(image, buffer, BLOCK, at) != BLOCK) {
			perror("copy_limit");
			exit(EXIT_FAILURE);
		}
}

int main(int argc, char **argv)
{
	int image;

	if (argc != 5 && argc != 8)
		return EXIT_FAILURE;
	image = open(argv[1], O_RDONLY);
	if (argc == 8)
		look_at(image, argv + 5);
	copy(image, argv[2], "kernel", atol(argv[3]));
	copy(image, argv[2], "ramdisk", atol(argv[4]));
	return EXIT_SUCCESS;
}
