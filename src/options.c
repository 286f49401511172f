/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/options.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cmdline.h"

#define DEFAULT_DIRECTORY "/var/run/xen/pygrub"
#define FILE_MAX_VARIABLE "PYGRUB_MAX_FILE_SIZE_MB"
#define PLATFORM_MAX 32 /* bytes; GRUB's own names are shorter */

const char options_usage[] =
	"Usage: hostgrub [OPTION]... IMAGE...\n"
	"Boot a Xen guest by the configuration on its disk: copy kernel and\n"
	"ramdisk out of IMAGE and print where they are.\n"
	"\n"
	"Options:\n"
	"  -q, --quiet               no menu, take the default entry\n"
	"  -i, --interactive         show the menu (the default)\n"
	"  -l, --list-entries        print the entries and boot nothing\n"
	"      --list-filesystems    print what is on the disks, boot nothing\n"
	"  -n, --not-really          look for the files but do not copy them\n"
	"  -a, --add=IMAGE           one more disk, as an operand\n"
	"      --entry=ENTRY         take this entry: number, title or id\n"
	"      --kernel=PATH         take this file of the guest as kernel\n"
	"      --ramdisk=PATH        and this one as ramdisk\n"
	"      --prefer-config       --kernel only where no configuration is\n"
	"      --args=TEXT           append to the kernel's arguments\n"
	"      --append=TEXT         the same; both given: one after the other\n"
	"      --partition=NAME      look there only: number, UUID or label\n"
	"      --config=PATH         this file of the guest is the configuration\n"
	"      --loader=NAME         only what this loader of the guest reads:\n"
	"                            grub, grub-legacy, syslinux...\n"
	"      --save-env            write what the guest's GRUB saves (grubenv)\n"
	"      --script=FILE         run this GRUB script and print its output\n"
	"      --platform=NAME       GRUB's platform: pc (the default), efi...\n"
	"      --format=NAME         of all images: raw (the default), qcow2, qcow,\n"
	"                            qed, vhd, vhdx, vmdk, vdi or parallels\n"
	"      --follow-backing      open the files that they name, wherever\n"
	"      --offset=BYTES        where in IMAGE the only file system begins\n"
	"      --isconfig            IMAGE is a configuration file\n"
	"      --timeout=SECONDS     of the menu; -1 waits for ever\n"
	"      --unlock              the menu asks for no password of the guest\n"
	"      --output=FILE         print there; - is the standard output\n"
	"      --output-format=NAME  sxp (the default), simple or simple0\n"
	"      --output-directory=DIRECTORY\n"
	"                            of kernel and ramdisk\n"
	"                            (" DEFAULT_DIRECTORY ")\n"
	"      --runas=UID           read the disk as this user; 0: as nobody\n"
	"      --time-limit=SECONDS  give up after that, but for the menu (30)\n"
	"      --no-sandbox          go on where the sandbox cannot be built\n"
	"  -v, --verbose             say what is looked at\n"
	"      --debug               the same\n"
	"  -h, --help                print this and exit\n"
	"  -V, --version             print the version and exit\n"
	"      --vm=, --domid=, --default_args=, --extra_args=\n"
	"                            ignored, for XenServer\n"
	"\n"
	"For more details see hostgrub(8).\n";

/* Being filled: what does not stand in struct options as it is given. */
struct parse {
	struct options *options;
	const char *args;
	const char *append;
};

/* --args and --append together; its life is that of the program. */
static char joined_args[OUTPUT_ITEM_MAX + 1];

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

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Python's int(): blanks around, a sign, "_" between digits, no hex. */
static int parse_integer(const char *text, int64_t *out, struct error *err)
{
	const char *at = text;
	uint64_t value = 0;
	bool minus;

	while (is_blank(*at))
		at++;
	minus = *at == '-';
	at += *at == '-' || *at == '+';
	do {
		if (*at < '0' || *at > '9')
			goto bad;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(
				value, (uint64_t)(*at - '0'), &value) ||
			value > INT64_MAX)
			return error_set(
				err, ERR_SYNTAX, "%s is too large", text);
		at++;
		if (*at == '_')
			at++;
	} while (at[-1] == '_' || (*at >= '0' && *at <= '9'));
	while (is_blank(*at))
		at++;
	if (*at)
		goto bad;
	*out = minus ? -(int64_t)value : (int64_t)value;
	return 0;
bad:
	return error_set(err, ERR_SYNTAX, "\"%s\" is not an integer", text);
}

/* The same, and from low to high. */
static int parse_range(const char *text, int64_t low, int64_t high,
	int64_t *out, struct error *err)
{
	int64_t value;

	if (parse_integer(text, &value, err) < 0)
		return -1;
	if (value < low || value > high)
		return error_set(err, ERR_SYNTAX,
			"%" PRId64 " is not from %" PRId64 " to %" PRId64,
			value, low, high);
	*out = value;
	return 0;
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

	if (parse_range(value, 0, INT64_MAX, &offset, err) < 0)
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

	if (parse_range(value, 0, (int64_t)UINT32_MAX - 1, &uid, err) < 0)
		return -1;
	parse->options->has_uid = uid != 0;
	parse->options->uid = (uid_t)uid;
	return 0;
}

static int set_timeout(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t seconds;

	if (parse_range(value, -1, INT_MAX, &seconds, err) < 0)
		return -1;
	parse->options->timeout = (int)seconds;
	return 0;
}

static int set_time_limit(void *ctx, const char *value, struct error *err)
{
	struct parse *parse = ctx;
	int64_t seconds;

	if (parse_range(value, 1, OPTIONS_TIME_LIMIT_MAX, &seconds, err) < 0)
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

static int add_disk(void *ctx, const char *value, struct error *err)
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
static const struct cmdline_option known[] = {
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
	{ "add", 'a', true, false, CMDLINE_CALL(add_disk) },
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

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

const char *options_name(unsigned int index)
{
	return index < KNOWN_COUNT ? known[index].name : NULL;
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

static int read_environment(struct options *options, struct error *err)
{
	const char *value = getenv(FILE_MAX_VARIABLE);
	int64_t mib;

	if (!value)
		return 0;
	if (parse_range(value, 1, INT64_MAX >> 20, &mib, err) < 0)
		return error_in(err, FILE_MAX_VARIABLE);
	options->file_max = (uint64_t)mib << 20;
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
	if (read_environment(parse->options, err) < 0)
		return -1;
	return join_args(parse, err);
}

int options_parse(
	struct options *options, int argc, char **argv, struct error *err)
{
	const struct cmdline cmdline = { known, KNOWN_COUNT, add_disk,
		options };
	struct parse parse = { options, "", "" };

	*options = (struct options){
		.as_toolstack = argc > 0 && is_called_pygrub(argv[0]),
		.platform = "pc",
		.cpu = "i386",
		.format = OUTPUT_SXP,
		.output_directory = DEFAULT_DIRECTORY,
		.timeout = OPTIONS_TIMEOUT_GUEST,
		.file_max = OPTIONS_FILE_MAX_DEFAULT,
		.time_limit_ms = OPTIONS_TIME_LIMIT_DEFAULT * 1000,
		.args = "",
	};
	if (cmdline_parse(&cmdline, argc, argv, &parse, err) < 0 ||
		complete(&parse, err) < 0) {
		options->as_toolstack |= argc > 0 && names_output(argv + 1);
		return -1;
	}
	return 0;
}
