/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/options.h"

#include <stdlib.h>
#include <string.h>

#include "src/option_table.h"
#include "src/option_values.h"

#define FILE_MAX_VARIABLE "PYGRUB_MAX_FILE_SIZE_MB"

/* --args and --append together; its life is that of the program. */
static char joined_args[OUTPUT_ITEM_MAX + 1];

const char *options_name(unsigned int index)
{
	return index < option_count ? option_table[index].name : NULL;
}

static bool is_called_pygrub(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash ? slash + 1 : program, "pygrub") == 0;
}

/* Does a command line that went wrong look like one of a toolstack's? */
static bool names_output(char **argv)
{
	for (; *argv; argv++)
		if (strcmp(*argv, "--output") == 0 ||
			strncmp(*argv, "--output=", 9) == 0 ||
			strncmp(*argv, "--output-f", 10) == 0)
			return true;
	return false;
}

/* A variable counts more than the settings file, and less than an option. */
static int read_environment(struct options *options, struct error *err)
{
	const uint64_t kernel = option_bit("kernel-limit");
	const uint64_t ramdisk = option_bit("ramdisk-limit");
	const char *value = getenv(FILE_MAX_VARIABLE);
	int64_t mib;

	if (!value)
		return 0;
	if (value_range(value, 1, INT64_MAX >> 20, &mib, err) < 0)
		return error_in(err, FILE_MAX_VARIABLE);
	if (!(options->given & kernel))
		options->kernel_max = (uint64_t)mib << 20;
	if (!(options->given & ramdisk))
		options->ramdisk_max = (uint64_t)mib << 20;
	options->given |= kernel | ramdisk;
	return 0;
}

static int join_args(struct parse *parse, struct error *err)
{
	const char *args = parse->args, *append = parse->append;

	parse->options->args = *args ? args : append;
	if (*args == '\0' || *append == '\0')
		return 0;
	if (strlen(args) + 1 + strlen(append) >= sizeof(joined_args))
		return error_set(err, ERR_LIMIT,
			"--args and --append: more than %d bytes together",
			OUTPUT_ITEM_MAX);
	/* it fits, which was just checked */
	strcpy(joined_args, args);
	strcat(joined_args, " ");
	strcat(joined_args, append);
	parse->options->args = joined_args;
	return 0;
}

static int complete(struct parse *parse, struct error *err)
{
	if (parse->options->action >= ACTION_HELP)
		return 0;
	if (parse->options->disk_count == 0 &&
		parse->options->action != ACTION_SCRIPT)
		return error_set(err, ERR_SYNTAX, "no disk image given");
	/* whether there is a menu is what all three of them say */
	if (parse->options->given &
		(option_bit("interactive") | option_bit("entry")))
		parse->options->given |= option_bit("quiet");
	if (read_environment(parse->options, err) < 0)
		return -1;
	return join_args(parse, err);
}

int options_parse(
	struct options *options, int argc, char **argv, struct error *err)
{
	const struct cmdline cmdline = { option_table, option_count,
		option_add_disk, options, &options->given };
	struct parse parse = { options, "", "" };

	*options = (struct options){
		.as_toolstack = argc > 0 && is_called_pygrub(argv[0]),
		.platform = "pc",
		.cpu = "i386",
		.format = OUTPUT_SXP,
		.output_directory = OPTIONS_DIRECTORY_DEFAULT,
		.timeout = OPTIONS_TIMEOUT_GUEST,
		.kernel_max = OPTIONS_FILE_MAX_DEFAULT,
		.ramdisk_max = OPTIONS_FILE_MAX_DEFAULT,
		.memory_max = OPTIONS_MEMORY_DEFAULT,
		.cpu_limit = OPTIONS_CPU_LIMIT_DEFAULT,
		.time_limit_ms = (int64_t)OPTIONS_TIME_LIMIT_DEFAULT * 1000,
		.args = "",
		.add_args = "",
		.remove_args = "",
		.forbid_args = "",
	};
	if (cmdline_parse(&cmdline, argc, argv, &parse, err) < 0 ||
		complete(&parse, err) < 0) {
		options->as_toolstack |= argc > 0 && names_output(argv + 1);
		return -1;
	}
	return 0;
}
