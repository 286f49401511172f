/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_cmdline.c - a command line, its arguments split at NULs
 */
#include <string.h>

#include "tests/fuzz/fuzz_options.h"

#define ARGS_MAX 64

/* Each argument alone, so that reading past its end is noticed. */
static int split(const uint8_t *data, size_t size, char **argv)
{
	size_t len;
	int argc = 0;

	while (size > 0 && argc < ARGS_MAX) {
		len = strnlen((const char *)data, size);
		argv[argc] = malloc(len + 1);
		MUST(argv[argc]);
		memcpy(argv[argc], data, len);
		argv[argc++][len] = '\0';
		len += len < size;
		data += len;
		size -= len;
	}
	argv[argc] = NULL;
	return argc;
}

static void check(const struct options *options)
{
	unsigned int i;

	MUST(options->action <= ACTION_VERSION);
	if (options->action == ACTION_HELP || options->action == ACTION_VERSION)
		return;
	/* a script needs no disk */
	MUST(options->disk_count >= 1 || options->script);
	MUST(options->disk_count <= OPTIONS_DISKS_MAX);
	for (i = 0; i < options->disk_count; i++)
		MUST(options->disks[i]);
	MUST(options->args && options->platform);
	MUST(options->format <= OUTPUT_SIMPLE0);
	fuzz_check_options(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[ARGS_MAX + 1], *kept[ARGS_MAX + 1];
	struct options options;
	struct error err = { 0 };
	int i, argc = split(data, size, argv);

	memcpy(kept, argv, sizeof(argv));
	/* an empty argv is what a hostile parent can pass, too */
	if (options_parse(&options, argc, argv, &err) < 0)
		MUST_SAY(&err);
	else
		check(&options);
	for (i = 0; i < argc; i++)
		free(kept[i]);
	return 0;
}
