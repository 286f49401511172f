/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay.c - main() of a fuzz target without libFuzzer
 *
 *	fuzz_<target> FILE|DIRECTORY...
 *
 * Each file is one input, run in this process as the fuzzer runs them, one
 * behind the other, so that what an input leaves behind meets the next.  One
 * that costs more than the program may take (promise P3) is a fault, too.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (16U << 20) /* bytes */

/* CPU of one input; sanitizers make it about ten times as much. */
#if defined(__SANITIZE_ADDRESS__)
#define SECONDS_MAX 60
#else
#define SECONDS_MAX 10
#endif

static unsigned int replayed;

static void *must(void *allocated)
{
	MUST(allocated);
	return allocated;
}

static void run(const char *path, const uint8_t *data, size_t len)
{
	/* exactly as long as the input, so that one byte more is noticed */
	uint8_t *copy = must(malloc(len ? len : 1));
	clock_t start = clock();
	double seconds;

	memcpy(copy, data, len);
	fprintf(stderr, "%s\n", path); /* the last line, if it crashes */
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	replayed++;
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	if (seconds <= SECONDS_MAX)
		return;
	fprintf(stderr, "%s: %.1f s of CPU, the limit is %d s\n", path, seconds,
		SECONDS_MAX);
	exit(EXIT_FAILURE);
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = must(malloc(INPUT_MAX));
	size_t len;

	if (!file)
		perror(path);
	MUST(file);
	len = fread(data, 1, INPUT_MAX, file);
	MUST(!ferror(file));
	fclose(file);
	run(path, data, len);
	free(data);
}

static int no_dots(const struct dirent *ent)
{
	return ent->d_name[0] != '.';
}

static void run_path(const char *path)
{
	struct dirent **names;
	struct stat st;
	char inner[4096];
	int i, count;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	count = scandir(path, &names, no_dots, alphasort);
	MUST(count >= 0);
	for (i = 0; i < count; i++) {
		snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
		free(names[i]);
		run_path(inner);
	}
	free(names);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("%u inputs replayed\n", replayed);
	/* a corpus that was not found would be a test that cannot fail */
	return replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
