/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contract_answers - what the program says to questions that pygrub is asked
 *
 *	contract_answers names      the long options, one a line
 *	contract_answers settings   those of them that a settings file may have
 *	contract_answers format     stdin: FORMAT KERNEL RAMDISK ARGS, again...
 *	contract_answers options    stdin: COUNT ARGUMENT..., again...
 *
 * Questions are fields that end with NUL.  Each answer to format is a line "ok
 * LENGTH" and the bytes, or a line "no REASON"; to options it is fields that
 * end with NUL, and an empty one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/options.h"
#include "src/result.h"
#include "src/settings.h"

#define ARGS_MAX 64

/* The next field of stdin, malloc'ed; NULL at the end. */
static char *next_field(void)
{
	char *field = NULL;
	size_t size = 0;

	if (getdelim(&field, &size, '\0', stdin) >= 0)
		return field;
	free(field);
	return NULL;
}

static void answer_format(void)
{
	char *format, *kernel, *ramdisk, *args, *bytes;
	struct error err;
	size_t len;

	while ((format = next_field()) != NULL) {
		kernel = next_field();
		ramdisk = next_field();
		args = next_field();
		bytes = result_format((enum output_format)atoi(format),
			&(struct result){ kernel, ramdisk, args }, &len, &err);
		if (bytes) {
			printf("ok %zu\n", len);
			fwrite(bytes, 1, len, stdout);
		} else {
			printf("no %s\n", err.text);
		}
		free(format);
		free(kernel);
		free(ramdisk);
		free(args);
		free(bytes);
	}
}

static void say(const char *key, const char *value)
{
	if (value)
		printf("%s=%s%c", key, value, '\0');
}

static void say_number(const char *key, int64_t value)
{
	printf("%s=%" PRId64 "%c", key, value, '\0');
}

static void say_options(const struct options *options)
{
	unsigned int i;

	say_number("action", options->action);
	say_number("list", options->list);
	say_number("quiet", options->quiet);
	say_number("verbose", options->verbose);
	say_number("format", options->format);
	if (options->has_offset)
		say_number("offset", (int64_t)options->offset);
	if (options->has_uid)
		say_number("runas", options->uid);
	say("output", options->output);
	say("directory", options->output_directory);
	say("entry", options->entry);
	say("kernel", options->kernel);
	say("ramdisk", options->ramdisk);
	say("args", options->args);
	for (i = 0; i < options->disk_count; i++)
		say("disk", options->disks[i]);
}

static void answer_options(void)
{
	struct options options;
	struct error err;
	char *argv[ARGS_MAX + 2] = { 0 }, *count;
	int argc, i;

	while ((count = next_field()) != NULL) {
		argc = atoi(count) + 1;
		free(count);
		if (argc > ARGS_MAX)
			exit(EXIT_FAILURE);
		argv[0] = strdup("hostgrub");
		for (i = 1; i < argc; i++)
			argv[i] = next_field();
		argv[argc] = NULL;
		if (options_parse(&options, argc, argv, &err) < 0)
			say("error", err.text);
		else
			say_options(&options);
		putchar('\0');
		for (i = 0; i < argc; i++)
			free(argv[i]);
	}
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc == 2 && strcmp(argv[1], "format") == 0) {
		answer_format();
	} else if (argc == 2 && strcmp(argv[1], "options") == 0) {
		answer_options();
	} else if (argc == 2 && strcmp(argv[1], "names") == 0) {
		for (i = 0; options_name(i); i++)
			puts(options_name(i));
	} else if (argc == 2 && strcmp(argv[1], "settings") == 0) {
		for (i = 0; settings_name(i); i++)
			puts(settings_name(i));
	} else {
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
