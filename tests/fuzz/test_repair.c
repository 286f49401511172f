/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_repair.c - checksums as the fuzzers put them right (repair.h)
 *
 *	test_repair FILE|DIRECTORY...
 *
 * Each is a sound image, packed (sparse.py), of a format that has checksums, or
 * has only such: none of them changes when it is repaired, and of those with
 * changed bytes some do.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/repair.h"

#define INPUT_MAX (16U << 20)
#define STRIDE 512 /* a byte of each so many is changed */

static uint8_t sound[INPUT_MAX], changed[INPUT_MAX], repaired[INPUT_MAX];

static void check_sound(const char *path, size_t size)
{
	size_t i;

	memcpy(repaired, sound, size);
	repair_sparse(repaired, size);
	for (i = 0; i < size; i++)
		if (repaired[i] != sound[i]) {
			fprintf(stderr, "%s: byte %zu of the seed changed\n",
				path, i);
			exit(EXIT_FAILURE);
		}
}

/* How many bytes are made anew where that one of each sector was changed. */
static size_t count_repaired(size_t size, size_t at)
{
	size_t from = 6 + 6 * get_le(sound + 4, 2), i, count = 0;

	memcpy(changed, sound, size);
	for (i = from + at; i < size; i += STRIDE)
		changed[i] ^= 0x10;
	memcpy(repaired, changed, size);
	repair_sparse(repaired, size);
	for (i = 0; i < size; i++)
		count += repaired[i] != changed[i];
	return count;
}

static size_t run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size;

	MUST(file);
	size = fread(sound, 1, INPUT_MAX, file);
	fclose(file);
	if (size < 6)
		return 0;
	check_sound(path, size);
	return count_repaired(size, 17) + count_repaired(size, STRIDE - 60);
}

static size_t run_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *ent;
	size_t count = 0;
	char inner[4096];

	MUST(dir);
	while ((ent = readdir(dir))) {
		snprintf(inner, sizeof(inner), "%s/%s", path, ent->d_name);
		if (ent->d_name[0] != '.')
			count += run_file(inner);
	}
	closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	struct stat st;
	size_t count;
	int i;

	for (i = 1; i < argc; i++) {
		if (stat(argv[i], &st) < 0)
			continue; /* no tool to make it with */
		count = S_ISDIR(st.st_mode) ? run_directory(argv[i])
					    : run_file(argv[i]);
		printf("%s: %zu bytes put right\n", argv[i], count);
		MUST(count > 0);
	}
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
