/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/option_table.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/option_values.h"
#include "src/policy.h"

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

static int set_cpu_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t seconds;

	if (value_range(value, 1, OPTIONS_TIME_LIMIT_MAX, &seconds, err) < 0)
		return -1;
	parse->options->cpu_limit = (unsigned int)seconds;
	return 0;
}

static int set_memory_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return value_size(value, OPTIONS_MEMORY_MIN, OPTIONS_MEMORY_MAX,
		&parse->options->memory_max, err);
}

static int set_kernel_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return value_size(
		value, 1, INT64_MAX, &parse->options->kernel_max, err);
}

static int set_ramdisk_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return value_size(
		value, 1, INT64_MAX, &parse->options->ramdisk_max, err);
}

static int set_filesystems(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return policy_filesystems(value, &parse->options->no_filesystems, err);
}

static int set_loaders(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return policy_loaders(value, &parse->options->no_loaders, err);
}

/* Text for the kernel, or of its words. */
static int set_words(const char **words, const char *value, struct error *err)
{
	if (strlen(value) > OUTPUT_ITEM_MAX)
		return error_set(err, ERR_LIMIT,
			"%zu bytes are more than a toolstack takes (%d)",
			strlen(value), OUTPUT_ITEM_MAX);
	*words = value;
	return 0;
}

/* Patterns (kernel_args.h), which have blanks between them. */
static int set_patterns(
	const char **patterns, const char *value, struct error *err)
{
	const char *at = value + strspn(value, " \t");
	size_t len, name;

	for (; *at; at += len, at += strspn(at, " \t")) {
		len = strcspn(at, " \t");
		name = strcspn(at, "=");
		if (memchr(at, ',', name < len ? name : len))
			return error_set(err, ERR_SYNTAX,
				"\"%.*s\": there are blanks between words, no "
				"commas",
				len < 200 ? (int)len : 200, at);
	}
	return set_words(patterns, value, err);
}

static int set_add_args(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return set_words(&parse->options->add_args, value, err);
}

static int set_remove_args(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return set_patterns(&parse->options->remove_args, value, err);
}

static int set_forbid_args(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;

	return set_patterns(&parse->options->forbid_args, value, err);
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
	for (i = 0; i < LENGTH(names); i++) {
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

	for (i = 0; i < LENGTH(names); i++) {
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

#define IN_FILE .in_file = true
#define SET(member) CMDLINE_SET(struct options, member)

/* Name, letter, takes a value, known to pygrub; what it does; in a file. */
const struct cmdline_option option_table[] = {
	{ "quiet", 'q', false, true, SET(quiet), IN_FILE },
	{ "interactive", 'i', false, true, CMDLINE_CALL(set_interactive) },
	{ "list-entries", 'l', false, true, CMDLINE_CALL(set_list) },
	{ "not-really", 'n', false, true, CMDLINE_CALL(set_not_really) },
	{ "help", 'h', false, true, CMDLINE_CALL(set_help) },
	{ "output", 0, true, true, CMDLINE_CALL(set_output) },
	{ "output-format", 0, true, true, CMDLINE_CALL(set_output_format) },
	{ "output-directory", 0, true, true, CMDLINE_CALL(set_output_directory),
		IN_FILE },
	{ "offset", 0, true, true, CMDLINE_CALL(set_offset) },
	{ "runas", 0, true, true, CMDLINE_CALL(set_runas), IN_FILE },
	{ "entry", 0, true, true, CMDLINE_CALL(set_entry) },
	{ "kernel", 0, true, true, SET(kernel) },
	{ "ramdisk", 0, true, true, SET(ramdisk) },
	{ "args", 0, true, true, CMDLINE_CALL(set_args) },
	{ "isconfig", 0, false, true, CMDLINE_CALL(set_isconfig) },
	{ "debug", 0, false, true, SET(verbose) },
	{ "add", 'a', true, false, CMDLINE_CALL(option_add_disk) },
	{ "append", 0, true, false, CMDLINE_CALL(set_append) },
	{ "verbose", 'v', false, false, SET(verbose), IN_FILE },
	{ "version", 'V', false, false, CMDLINE_CALL(set_version) },
	{ "list-filesystems", 0, false, false,
		CMDLINE_CALL(set_list_filesystems) },
	{ "prefer-config", 0, false, false, SET(prefer_config), IN_FILE },
	{ "platform", 0, true, false, CMDLINE_CALL(set_platform) },
	{ "config", 0, true, false, SET(config) },
	{ "partition", 0, true, false, SET(partition) },
	{ "loader", 0, true, false, SET(loader) },
	{ "format", 0, true, false, CMDLINE_CALL(set_format) },
	{ "follow-backing", 0, false, false, SET(follow_backing), IN_FILE },
	{ "script", 0, true, false, CMDLINE_CALL(set_script) },
	{ "save-env", 0, false, false, SET(save_env), IN_FILE },
	{ "timeout", 0, true, false, CMDLINE_CALL(set_timeout), IN_FILE },
	{ "unlock", 0, false, false, SET(unlock), IN_FILE },
	{ "time-limit", 0, true, false, CMDLINE_CALL(set_time_limit), IN_FILE },
	{ "cpu-limit", 0, true, false, CMDLINE_CALL(set_cpu_limit), IN_FILE },
	{ "memory-limit", 0, true, false, CMDLINE_CALL(set_memory_limit),
		IN_FILE },
	{ "kernel-limit", 0, true, false, CMDLINE_CALL(set_kernel_limit),
		IN_FILE },
	{ "ramdisk-limit", 0, true, false, CMDLINE_CALL(set_ramdisk_limit),
		IN_FILE },
	{ "filesystems", 0, true, false, CMDLINE_CALL(set_filesystems),
		IN_FILE },
	{ "loaders", 0, true, false, CMDLINE_CALL(set_loaders), IN_FILE },
	{ "add-args", 0, true, false, CMDLINE_CALL(set_add_args), IN_FILE },
	{ "remove-args", 0, true, false, CMDLINE_CALL(set_remove_args),
		IN_FILE },
	{ "forbid-args", 0, true, false, CMDLINE_CALL(set_forbid_args),
		IN_FILE },
	{ "no-edit", 0, false, false, SET(no_edit), IN_FILE },
	{ "settings", 0, true, false, SET(settings) },
	{ "no-settings", 0, false, false, SET(no_settings) },
	{ "no-sandbox", 0, false, false, SET(no_sandbox), IN_FILE },
	{ "vm", 0, true, false, CMDLINE_CALL(ignore) },
	{ "domid", 0, true, false, CMDLINE_CALL(ignore) },
	{ "default_args", 0, true, false, CMDLINE_CALL(ignore) },
	{ "extra_args", 0, true, false, CMDLINE_CALL(ignore) },
};

static_assert(LENGTH(option_table) <= CMDLINE_OPTIONS_MAX, "a bit for each");

const size_t option_count = LENGTH(option_table);

uint64_t option_bit(const char *name)
{
	size_t i;

	for (i = 0; i < option_count; i++)
		if (strcmp(option_table[i].name, name) == 0)
			return UINT64_C(1) << i;
	return 0;
}
