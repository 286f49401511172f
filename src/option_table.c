/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/option_table.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "src/option_values.h"

#define PLATFORM_MAX 32 /* bytes; GRUB's own names are shorter */

static void want(struct parse *parse, enum action action)
{
	if (action > parse->options->action)
		parse->options->action = action;
}

/* pygrub takes an empty value as none. */
static const char *given(const char *value)
{
	return *value ? value : NULL;
}

static int set_quiet(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)value, (void)err;
	parse->options->quiet = true;
	return 0;
}

static int set_interactive(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)value, (void)err;
	parse->options->quiet = false;
	return 0;
}

static int set_list(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)value, (void)err;
	parse->options->list = true;
	want(parse, ACTION_LIST);
	return 0;
}

static int set_list_filesystems(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)value, (void)err;
	parse->options->list = true;
	want(parse, ACTION_LIST_DISKS);
	return 0;
}

static int set_not_really(void *ctx, const char *value, struct error *err)
{
	(void)value, (void)err;
	want(ctx, ACTION_CHECK);
	return 0;
}

static int set_isconfig(void *ctx, const char *value, struct error *err)
{
	(void)value, (void)err;
	want(ctx, ACTION_IS_CONFIG);
	return 0;
}

static int set_help(void *ctx, const char *value, struct error *err)
{
	(void)value, (void)err;
	want(ctx, ACTION_HELP);
	return CMDLINE_STOP;
}

static int set_version(void *ctx, const char *value, struct error *err)
{
	(void)value, (void)err;
	want(ctx, ACTION_VERSION);
	return CMDLINE_STOP;
}

static int set_entry(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)err;
	parse->options->entry = given(value);
	parse->options->quiet = true;
	return 0;
}

static int set_args(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)err;
	parse->args = value;
	return 0;
}

static int set_append(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	(void)err;
	parse->append = value;
	return 0;
}

static int set_script(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	if (*value == '\0')
		return error_set(err, ERR_SYNTAX, "no name of a file");
	parse->options->script = value;
	want(parse, ACTION_SCRIPT);
	return 0;
}

/* The processor that GRUB for that platform reports on a machine of today. */
static const char *usual_cpu(const char *platform)
{
	if (strcmp(platform, "efi") == 0 || strcmp(platform, "xen") == 0)
		return "x86_64";
	return "i386";
}

/* GRUB's names: pc, efi, xen... or with the processor: x86_64-efi */
static int set_platform(void *ctx, const char *value, struct error *err)
{
	static char cpu[PLATFORM_MAX + 1]; /* lives as long as the program */
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-";
	struct parse *parse = ctx;
	size_t len = strlen(value);
	const char *dash = strchr(value, '-');

	if (len == 0 || len > PLATFORM_MAX || strspn(value, allowed) != len ||
		(dash && (dash == value || dash[1] == '\0')))
		return error_set(
			err, ERR_SYNTAX, "\"%s\" is no platform", value);
	if (dash)
		snprintf(cpu, sizeof(cpu), "%.*s", (int)(dash - value), value);
	parse->options->platform = dash ? dash + 1 : value;
	parse->options->cpu = dash ? cpu : usual_cpu(value);
	return 0;
}

static int set_offset(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t offset;

	if (value_range(value, 0, INT64_MAX, &offset, err) < 0)
		return -1;
	parse->options->has_offset = true;
	parse->options->offset = (uint64_t)offset;
	return 0;
}

/* The last number of 32 bits means "unchanged" to setresuid(). */
static int set_runas(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t uid;

	if (value_range(value, 0, (int64_t)UINT32_MAX - 1, &uid, err) < 0)
		return -1;
	parse->options->has_uid = uid != 0;
	parse->options->uid = (uid_t)uid;
	return 0;
}

static int set_timeout(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t seconds;

	if (value_range(value, -1, INT_MAX, &seconds, err) < 0)
		return -1;
	parse->options->timeout = (int)seconds;
	return 0;
}

static int set_time_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t seconds;

	if (value_range(value, 1, OPTIONS_TIME_LIMIT_MAX, &seconds, err) < 0)
		return -1;
	parse->options->time_limit_ms = seconds * 1000;
	return 0;
}

static int set_output(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	parse->options->as_toolstack = true;
	if (*value == '\0')
		return error_set(err, ERR_SYNTAX, "no name of a file");
	parse->options->output = strcmp(value, "-") == 0 ? NULL : value;
	return 0;
}

static int set_output_format(void *ctx, const char *value, struct error *err)
{
	static const char *const names[] = {
		[OUTPUT_SXP] = "sxp",
		[OUTPUT_SIMPLE] = "simple",
		[OUTPUT_SIMPLE0] = "simple0",
	};
	struct parse *parse = ctx;
	size_t i;

	parse->options->as_toolstack = true;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		parse->options->format = (enum output_format)i;
		return 0;
	}
	return error_set(err, ERR_SYNTAX,
		"unknown output format \"%s\" (sxp, simple or simple0)", value);
}

/* What people call a format, and what QEMU does. */
static int set_format(void *ctx, const char *value, struct error *err)
{
	static const char *const names[][2] = {
		{ "raw", NULL },
		{ "qcow2", "qcow2" },
		{ "qcow", "qcow" },
		{ "qed", "qed" },
		{ "vhd", "vpc" },
		{ "vpc", "vpc" },
		{ "vhdx", "vhdx" },
		{ "vmdk", "vmdk" },
		{ "vdi", "vdi" },
		{ "parallels", "parallels" },
	};
	struct parse *parse = ctx;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i][0]) != 0)
			continue;
		parse->options->image_format = names[i][1];
		return 0;
	}
	return error_set(err, ERR_SYNTAX,
		"unknown format \"%s\" (raw, qcow2, qcow, qed, vhd, vhdx, "
		"vmdk, vdi or parallels)",
		value);
}

static int set_output_directory(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	if (*value == '\0')
		return error_set(err, ERR_SYNTAX, "no name of a directory");
	parse->options->output_directory = value;
	return 0;
}

static int ignore(void *ctx, const char *value, struct error *err)
{
	(void)ctx, (void)value, (void)err;
	return 0;
}

int option_add_disk(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	struct options *options = parse->options;

	if (options->disk_count == OPTIONS_DISKS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d disk images: %s",
			OPTIONS_DISKS_MAX, value);
	options->disks[options->disk_count++] = value;
	return 0;
}

#define SET(member) CMDLINE_SET(struct options, member)

/* Name, letter, takes a value, known to pygrub. */
const struct cmdline_option option_table[] = {
	{ "quiet", 'q', false, true, CMDLINE_CALL(set_quiet) },
	{ "interactive", 'i', false, true, CMDLINE_CALL(set_interactive) },
	{ "list-entries", 'l', false, true, CMDLINE_CALL(set_list) },
	{ "not-really", 'n', false, true, CMDLINE_CALL(set_not_really) },
	{ "help", 'h', false, true, CMDLINE_CALL(set_help) },
	{ "output", 0, true, true, CMDLINE_CALL(set_output) },
	{ "output-format", 0, true, true, CMDLINE_CALL(set_output_format) },
	{ "output-directory", 0, true, true,
		CMDLINE_CALL(set_output_directory) },
	{ "offset", 0, true, true, CMDLINE_CALL(set_offset) },
	{ "runas", 0, true, true, CMDLINE_CALL(set_runas) },
	{ "entry", 0, true, true, CMDLINE_CALL(set_entry) },
	{ "kernel", 0, true, true, SET(kernel) },
	{ "ramdisk", 0, true, true, SET(ramdisk) },
	{ "args", 0, true, true, CMDLINE_CALL(set_args) },
	{ "isconfig", 0, false, true, CMDLINE_CALL(set_isconfig) },
	{ "debug", 0, false, true, SET(verbose) },
	{ "add", 'a', true, false, CMDLINE_CALL(option_add_disk) },
	{ "append", 0, true, false, CMDLINE_CALL(set_append) },
	{ "verbose", 'v', false, false, SET(verbose) },
	{ "version", 'V', false, false, CMDLINE_CALL(set_version) },
	{ "list-filesystems", 0, false, false,
		CMDLINE_CALL(set_list_filesystems) },
	{ "prefer-config", 0, false, false, SET(prefer_config) },
	{ "platform", 0, true, false, CMDLINE_CALL(set_platform) },
	{ "config", 0, true, false, SET(config) },
	{ "partition", 0, true, false, SET(partition) },
	{ "loader", 0, true, false, SET(loader) },
	{ "format", 0, true, false, CMDLINE_CALL(set_format) },
	{ "follow-backing", 0, false, false, SET(follow_backing) },
	{ "script", 0, true, false, CMDLINE_CALL(set_script) },
	{ "save-env", 0, false, false, SET(save_env) },
	{ "timeout", 0, true, false, CMDLINE_CALL(set_timeout) },
	{ "unlock", 0, false, false, SET(unlock) },
	{ "time-limit", 0, true, false, CMDLINE_CALL(set_time_limit) },
	{ "no-sandbox", 0, false, false, SET(no_sandbox) },
	{ "vm", 0, true, false, CMDLINE_CALL(ignore) },
	{ "domid", 0, true, false, CMDLINE_CALL(ignore) },
	{ "default_args", 0, true, false, CMDLINE_CALL(ignore) },
	{ "extra_args", 0, true, false, CMDLINE_CALL(ignore) },
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
