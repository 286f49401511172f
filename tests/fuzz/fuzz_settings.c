/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_settings.c - a settings file, and what it leaves in the options
 */
#include <string.h>

#include "src/settings.h"
#include "tests/fuzz/fuzz_options.h"

static void begin(struct options *options, struct error *err)
{
	char program[] = "hostgrub", image[] = "x", timeout[] = "--timeout=3";
	char *argv[] = { program, image, timeout, NULL };

	MUST(options_parse(options, 3, argv, err) == 0);
}

static void check(const struct options *options)
{
	MUST(options->timeout == 3); /* the command line's */
	MUST(options->disk_count == 1 && options->action == ACTION_BOOT);
	fuzz_check_options(options);
	MUST(strlen(options->add_args) <= OUTPUT_ITEM_MAX);
	MUST(options->output_directory[0]);
	MUST(!options->settings && !options->output && !options->script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct error err = { 0 };
	struct options options;

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	begin(&options, &err);
	if (settings_parse(&options, text, size, &err) < 0) {
		MUST_SAY(&err);
		MUST(strncmp(err.text, "line ", 5) == 0);
	} else {
		check(&options);
	}
	free(text);
	return 0;
}
