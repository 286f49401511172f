/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_chainloader.c - chainloader, and other commands that boot no Linux
 *
 * UEFI firmware starts any program, and some are kernels: a unified kernel
 * image, or Linux with an EFI stub.  These boot as if the firmware had started
 * them; the words behind the name are their command line, without quotes,
 * because that is what the firmware hands over.  Of another GRUB the
 * configuration beside it is taken.  Anything else has no kernel for us.
 */
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"
#include "src/config/linux_header.h"
#include "src/config/uki.h"

/* A program while it is looked at. */
struct program {
	struct eval *eval;
	const struct args *args;
	size_t first; /* argument: the name */
	struct boot_file file;
	const char *options; /* what follows the name; "": nothing */
};

/* The words behind the name, as the firmware hands them over. */
static const char *join_words(const struct program *program, struct error *err)
{
	const struct args *args = program->args;
	size_t i, len = 1;
	char *line, *at;

	for (i = program->first + 1; i < args->count; i++)
		len += strlen(args->list[i]) + 1;
	line = at = arena_alloc(program->eval->guest->arena, len, err);
	for (i = program->first + 1; line && i < args->count; i++) {
		if (i > program->first + 1)
			*at++ = ' ';
		at = stpcpy(at, args->list[i]);
	}
	return line;
}

/* A fault of a file: a status, or -1 if it ends the evaluation. */
static int failed(const struct program *program, struct error *err)
{
	struct eval *eval = program->eval;

	if (eval_go_on(eval, err) < 0)
		return -1;
	return eval_failed(eval, program->args, STATUS_NOT_FOUND);
}

/* "@2 quiet" is the profile 2 of a unified image and its command line. */
static size_t take_profile(const char **options)
{
	const char *at = *options;
	size_t number = 0;

	if (*at != '@' || at[1] < '0' || at[1] > '9')
		return 0;
	for (at++; *at >= '0' && *at <= '9'; at++)
		if (number <= UKI_PROFILES_MAX)
			number = number * 10 + (size_t)(*at - '0');
	if (*at && *at != ' ')
		return 0;
	*options = at + strspn(at, " ");
	return number;
}

static int boot_image(
	const struct program *program, const struct uki *uki, struct error *err)
{
	struct eval *eval = program->eval;
	const char *options = program->options;
	size_t profile = take_profile(&options);
	struct boot boot;

	if (profile >= uki->profile_count)
		return eval_fail(eval, program->args, STATUS_BAD_ARGUMENT,
			"%s has %zu profiles, none is @%zu", program->file.path,
			uki->profile_count, profile);
	if (uki_boot(eval->guest, uki, profile, options[0] ? options : NULL,
		    &boot, &eval->why) < 0)
		return failed(program, err);
	eval->boot = boot;
	return STATUS_OK;
}

/*
 * The stub reads what "initrd=" names from where the kernel is, into memory
 * that is one piece: nothing is between two of them.
 */
static int take_ramdisk(const struct program *program, struct text name,
	struct boot *boot, struct error *err)
{
	struct eval *eval = program->eval;
	struct boot_file *file;
	char *path, *at;

	if (boot->ramdisk_count == BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT, "%s: more than %d ramdisks",
			program->args->list[0], BOOT_RAMDISKS_MAX);
	while (name.len > 0 && (name.at[0] == '\\' || name.at[0] == '/'))
		name = text_skip(name, 1);
	path = arena_alloc(eval->guest->arena, name.len + 2, err);
	if (!path || eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	path[0] = '/';
	memcpy(path + 1, name.at, name.len);
	for (at = path; *at; at++)
		if (*at == '\\')
			*at = '/';
	file = &boot->ramdisks[boot->ramdisk_count++];
	*file = whole_file(program->file.dev, path);
	if (guest_check_file(eval->guest, file, &eval->why) < 0)
		return failed(program, err);
	guest_note(eval->guest, NOTE_DETAIL,
		"line %u: the kernel %s takes the ramdisk %s by itself",
		eval->line, program->file.path, path);
	return STATUS_OK;
}

static int boot_kernel(const struct program *program, struct error *err)
{
	static const char key[] = "initrd=";
	struct text word, rest = text_of(program->options);
	struct boot boot = {
		.kernel = program->file,
		.args = program->options,
	};
	int status = STATUS_OK;

	while (status == STATUS_OK && text_next_word(&rest, &word))
		if (text_starts_with(word, key))
			status = take_ramdisk(program,
				text_skip(word, sizeof(key) - 1), &boot, err);
	if (status == STATUS_OK)
		program->eval->boot = boot;
	return status;
}

/* Names of loaders, in any case; the last can be anybody's. */
static const struct loader {
	const char *prefix;
	const char *name; /* for a message; NULL: whatever it is */
	bool grub;        /* a grub.cfg beside it is its configuration */
} loaders[] = {
	{ "systemd-boot", "systemd-boot", false },
	{ "grub", "GRUB without a grub.cfg beside it", true },
	{ "shim", "shim without a grub.cfg beside it", true },
	{ "bootx64.", NULL, true },
	{ "bootia32.", NULL, true },
	{ "bootaa64.", NULL, true },
};

static const struct loader *find_loader(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < LENGTH(loaders); i++)
		if (strncasecmp(name, loaders[i].prefix,
			    strlen(loaders[i].prefix)) == 0)
			return &loaders[i];
	return NULL;
}

/* name: of the loader; NULL: nobody knows it. */
static int no_kernel(const struct program *program, const char *name)
{
	return eval_fail(program->eval, program->args, STATUS_UNSUPPORTED,
		"chainloads %s%s%s%s, there is no kernel to take",
		program->args->list[program->first], name ? " (" : "",
		name ? name : "", name ? ")" : "");
}

/* Another loader: go on with its configuration, if we know it. */
static int take_loader(const struct program *program, struct error *err)
{
	const struct loader *loader = find_loader(program->file.path);
	struct eval *eval = program->eval;
	const char *path = program->file.path;
	struct boot_file config = program->file;

	if (!loader || !loader->grub)
		return no_kernel(program, loader ? loader->name : NULL);
	config.path = arena_printf(eval->guest->arena, err, "%.*s/grub.cfg",
		(int)(strrchr(path, '/') - path), path);
	if (!config.path || eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (guest_check_file(eval->guest, &config, &eval->why) < 0)
		return no_kernel(program, loader->name);
	eval->chain = (struct chain){
		.file = config,
		.script = eval->script,
		.line = eval->line,
	};
	return STATUS_OK;
}

/* What the program is decides. */
static int take_program(const struct program *program, struct error *err)
{
	struct eval *eval = program->eval;
	const struct boot_file *file = &program->file;
	struct devices *devices = eval->guest->devices;
	uint8_t header[LINUX_HEADER_SIZE];
	struct fs_node node;
	struct uki uki;
	struct fs *fs;
	size_t got;
	int r;

	r = uki_open(eval->guest, file->dev, file->path, &uki, &eval->why);
	if (r < 0)
		return failed(program, err);
	if (r > 0)
		return boot_image(program, &uki, err);
	fs = device_file(devices, file->dev, file->path, &node, &eval->why);
	if (!fs ||
		fs_read(fs, &node, 0, header, sizeof(header), &got,
			&eval->why) < 0)
		return failed(program, err);
	if (linux_has_stub((struct bytes){ header, got }))
		return boot_kernel(program, err);
	return take_loader(program, err);
}

/* Which file it is: a status, or -1. */
static int find_program(struct program *program, struct error *err)
{
	struct eval *eval = program->eval;
	const char *name = program->args->list[program->first];

	/* a list of blocks is a boot sector */
	if (path_resolve(eval, name, &program->file) < 0 ||
		path_skip_device(name)[0] != '/')
		return no_kernel(program, NULL);
	program->file.path =
		arena_strdup(eval->guest->arena, program->file.path, err);
	program->options = join_words(program, err);
	if (!program->file.path || !program->options ||
		eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (guest_check_file(eval->guest, &program->file, &eval->why) < 0)
		return failed(program, err);
	return STATUS_OK;
}

int cmd_chainloader(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct program program = { .eval = eval, .args = args, .first = 1 };
	int status;

	eval_unload(eval);
	/* This is the reason, whatever failed before. */
	error_clear(&eval->first);
	while (program.first < args->count &&
		args->list[program.first][0] == '-')
		program.first++;
	if (program.first == args->count)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	status = find_program(&program, err);
	return status == STATUS_OK ? take_program(&program, err) : status;
}

/* Systems that are no Linux, each with a command of its own. */
int cmd_other_system(
	struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	eval_unload(eval);
	error_clear(&eval->first);
	return eval_fail(eval, args, STATUS_UNSUPPORTED,
		"%s is no Linux, there is no kernel to take",
		args->count > 1 ? args->list[args->count - 1] : "this");
}
