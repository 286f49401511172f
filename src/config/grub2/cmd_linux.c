/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_linux.c - the commands that load a kernel and its ramdisk
 *
 * Nothing is read: what is loaded is remembered in eval->boot.  A kernel
 * replaces the one before it and that one's ramdisk; a ramdisk that cannot be
 * had leaves everything as it was, and GRUB boots without it.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/expand.h"
#include "src/config/grub2/newc.h"
#include "src/config/grub2/path.h"
#include "src/config/hypervisor.h"

/* GRUB pads all ramdisks but the last to this many bytes. */
#define RAMDISK_ALIGN 4

static bool is_quoted(char c)
{
	return c == '\\' || c == '\'' || c == '"';
}

/* Bytes the word takes on the kernel's command line. */
static size_t quoted_length(
	const struct eval *eval, const char *word, bool *blanks)
{
	struct text rest = text_of(word);
	size_t hex, len = 0;

	*blanks = false;
	for (; rest.len > 0; rest = text_skip(rest, hex ? hex : 1)) {
		hex = expand_hex_escape(eval, rest);
		len += hex ? hex : 1U + is_quoted(rest.at[0]);
		if (rest.at[0] == ' ')
			*blanks = true;
	}
	return *blanks ? len + 2 : len;
}

static char *put_quoted(
	const struct eval *eval, char *at, const char *word, bool blanks)
{
	struct text rest = text_of(word);
	size_t hex;

	if (blanks)
		*at++ = '"';
	for (; rest.len > 0; rest = text_skip(rest, hex ? hex : 1)) {
		hex = expand_hex_escape(eval, rest);
		if (hex == 0 && is_quoted(rest.at[0]))
			*at++ = '\\';
		at = mempcpy(at, rest.at, hex ? hex : 1);
	}
	if (blanks)
		*at++ = '"';
	return at;
}

/* The words from one on as GRUB hands them to a kernel; in the arena. */
static const char *command_line(struct eval *eval, const struct args *args,
	size_t from, struct error *err)
{
	size_t i, len = 1;
	char *line, *at;
	bool blanks;

	for (i = from; i < args->count; i++)
		len += quoted_length(eval, args->list[i], &blanks) + 1;
	line = at = arena_alloc(eval->guest->arena, len, err);
	if (!line)
		return NULL;
	for (i = from; i < args->count; i++) {
		if (i > from)
			*at++ = ' ';
		quoted_length(eval, args->list[i], &blanks);
		at = put_quoted(eval, at, args->list[i], blanks);
	}
	*at = '\0';
	return line;
}

/*
 * The file by that name, checked: STATUS_OK, another status with eval->why
 * filled, or -1.
 */
static int take_file(struct eval *eval, const char *name,
	struct boot_file *file, struct error *err)
{
	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (path_resolve(eval, name, file) < 0)
		return STATUS_NO_DEVICE;
	file->path = arena_strdup(eval->guest->arena, file->path, err);
	if (!file->path)
		return -1;
	if (guest_check_file(eval->guest, file, &eval->why) == 0)
		return STATUS_OK;
	if (file->dev != eval->config->dev)
		error_in(&eval->why, "(%s)", file->dev->grub);
	return STATUS_NOT_FOUND;
}

/* Load args[file] with all arguments from "from" on. */
static int load_kernel(struct eval *eval, const struct args *args, size_t file,
	size_t from, struct error *err)
{
	struct boot boot = { .ramdisk_align = RAMDISK_ALIGN };
	int status;

	if (args->count <= file)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	status = take_file(eval, args->list[file], &boot.kernel, err);
	if (status > 0)
		return eval_failed(eval, args, status);
	if (status < 0)
		return -1;
	boot.args = command_line(eval, args, from, err);
	if (!boot.args)
		return -1;
	eval->boot = boot;
	return STATUS_OK;
}

int cmd_linux(struct eval *eval, const struct args *args, struct error *err)
{
	eval_unload(eval);
	return load_kernel(eval, args, 1, 2, err);
}

/* A kernel of a BSD takes options of its own, which its loader turns around. */
int cmd_bsd(struct eval *eval, const struct args *args, struct error *err)
{
	size_t file = 1;

	while (file < args->count && args->list[file][0] == '-')
		file++;
	eval_unload(eval);
	return load_kernel(eval, args, file, file + 1, err);
}

/* Say that a ramdisk is missing; the boot goes on without it. */
static int miss_ramdisk(struct eval *eval, const struct args *args, int status)
{
	eval_failed(eval, args, status);
	/* who listens to the script has been told */
	if (!eval->guest->print)
		guest_note(eval->guest, NOTE_WARNING,
			"%s; GRUB boots without it", eval->why.text);
	return status;
}

/* The ramdisk of a boot while its pieces are gathered. */
struct ramdisk {
	struct boot boot;
	struct newc newc; /* the archive that is being made */
};

static int add_piece(struct ramdisk *ramdisk, const struct boot_file *file,
	struct error *err)
{
	struct boot *boot = &ramdisk->boot;

	if (boot->ramdisk_count == BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT,
			"a ramdisk of more than %d pieces", BOOT_RAMDISKS_MAX);
	boot->ramdisks[boot->ramdisk_count++] = *file;
	return STATUS_OK;
}

/*
 * The file of a member of an archive, which may be empty, and its size; for a
 * list, which looks at no file, that is 0.
 */
static int take_member(struct eval *eval, const char *name,
	struct boot_file *file, uint64_t *size, struct error *err)
{
	struct fs_node node = { .type = FS_FILE };
	struct fs *fs;
	int found = 1;

	if (!eval->guest->assume_files)
		found = path_open(eval, name, &fs, &node, err);
	if (found < 0)
		return -1;
	if (found == 0 || path_resolve(eval, name, file) < 0)
		return STATUS_NOT_FOUND;
	if (node.type != FS_FILE) {
		error_set(&eval->why, ERR_NOT_FOUND,
			"%s: is not a regular file", name);
		return STATUS_NOT_FOUND;
	}
	*size = node.size;
	file->path = arena_strdup(eval->guest->arena, file->path, err);
	return file->path ? STATUS_OK : -1;
}

/* A header and the file behind it. */
static int load_member(struct eval *eval, struct ramdisk *ramdisk,
	struct text name, const char *path, struct error *err)
{
	struct boot_file file, head;
	uint64_t size;
	int status = take_member(eval, path, &file, &size, err);

	if (status != STATUS_OK)
		return status;
	head.dev = file.dev;
	if (newc_member(&ramdisk->newc, name, size, &head, err) < 0 ||
		add_piece(ramdisk, &head, err) < 0)
		return -1;
	if (size == 0 && !eval->guest->assume_files)
		return STATUS_OK;
	return add_piece(ramdisk, &file, err);
}

/* The archive that is open ends here. */
static int end_archive(struct ramdisk *ramdisk, struct error *err)
{
	struct boot_file tail = { .dev = ramdisk->boot.kernel.dev };

	if (!ramdisk->newc.open)
		return STATUS_OK;
	if (newc_end(&ramdisk->newc, &tail, err) < 0)
		return -1;
	return add_piece(ramdisk, &tail, err);
}

static int load_piece(struct eval *eval, struct ramdisk *ramdisk,
	const char *arg, struct error *err)
{
	struct boot_file file;
	struct text name;
	const char *path;
	int status;

	if (newc_argument(arg, &name, &path))
		return load_member(eval, ramdisk, name, path, err);
	if (end_archive(ramdisk, err) < 0)
		return -1;
	status = take_file(eval, arg, &file, err);
	return status == STATUS_OK ? add_piece(ramdisk, &file, err) : status;
}

static int load_ramdisks(struct eval *eval, const struct args *args,
	size_t from, struct error *err)
{
	struct ramdisk ramdisk;
	size_t i;
	int status;

	ramdisk.boot = eval->boot;
	ramdisk.boot.ramdisk_count = 0;
	newc_begin(&ramdisk.newc, eval->guest->arena);
	for (i = from; i < args->count; i++) {
		status = load_piece(eval, &ramdisk, args->list[i], err);
		if (status > 0)
			return miss_ramdisk(eval, args, status);
		if (status < 0)
			return -1;
	}
	if (end_archive(&ramdisk, err) < 0)
		return -1;
	eval->boot = ramdisk.boot;
	return STATUS_OK;
}

int cmd_initrd(struct eval *eval, const struct args *args, struct error *err)
{
	if (args->count < 2)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	if (!eval->boot.kernel.path)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"no kernel is loaded yet");
	return load_ramdisks(eval, args, 1, err);
}

/* The first word that is no option; args->count if there is none. */
static size_t skip_options(const struct args *args)
{
	size_t i = 1;

	while (i < args->count && strncmp(args->list[i], "--", 2) == 0)
		i++;
	return i;
}

/*
 * A Xen host that was made a guest: the hypervisor is there already, so what
 * it would have started is what we start.
 */
int cmd_multiboot(struct eval *eval, const struct args *args, struct error *err)
{
	size_t file = skip_options(args);

	eval_unload(eval);
	if (file == args->count)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	if (strcmp(args->list[0], "xen_hypervisor") != 0 &&
		!hypervisor_name(text_of(args->list[file])))
		return eval_fail(eval, args, STATUS_UNSUPPORTED,
			"%s is neither Linux nor Xen", args->list[file]);
	eval->hypervisor =
		arena_strdup(eval->guest->arena, args->list[file], err);
	return eval->hypervisor ? STATUS_OK : -1;
}

/* After a hypervisor, the first module is its kernel and the next its ramdisk.
 */
int cmd_module(struct eval *eval, const struct args *args, struct error *err)
{
	size_t file = skip_options(args), from = file + 1;
	struct args one = *args;
	int status;

	if (!eval->hypervisor)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"no multiboot kernel is loaded yet");
	if (eval->boot.kernel.path) {
		if (eval->boot.ramdisk_count > 0)
			return STATUS_OK; /* security policies and the like */
		one.count = file < args->count ? file + 1 : args->count;
		return load_ramdisks(eval, &one, file, err);
	}
	/* grub-mkconfig puts this word where old Xen dropped one. */
	if (from < args->count && strcmp(args->list[from], "placeholder") == 0)
		from++;
	status = load_kernel(eval, args, file, from, err);
	if (status == STATUS_OK)
		guest_note(eval->guest, NOTE_DETAIL,
			"line %u: %s is left out, its kernel is taken",
			eval->line, eval->hypervisor);
	return status;
}

/* Of the longest text that a note shows whole. */
#define SHOWN_MAX 300

static void show(char *out, const char *text)
{
	const bool all = strlen(text) <= SHOWN_MAX;

	snprintf(out, SHOWN_MAX + sizeof("..."), "%.*s%s", SHOWN_MAX, text,
		all ? "" : "...");
}

/* Who listens to the script learns what it comes to. */
static void note_boot(struct eval *eval)
{
	const struct boot *boot = &eval->boot;
	char kernel[SHOWN_MAX + sizeof("...")], args[sizeof(kernel)];

	show(kernel, boot->kernel.path);
	show(args, boot->args);
	guest_note(eval->guest, NOTE_ANSWER,
		"%s: line %u: boot: would start (%s)%s with %zu ramdisk%s and "
		"the arguments \"%s\"",
		eval->script->path, eval->line, boot->kernel.dev->grub, kernel,
		boot->ramdisk_count, boot->ramdisk_count == 1 ? "" : "s", args);
}

int cmd_boot(struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	if (!eval->boot.kernel.path && !eval->chain.file.path)
		return eval_fail(
			eval, args, STATUS_NO_KERNEL, "no kernel is loaded");
	if (command_heard(eval) && !eval->interactive && eval->boot.kernel.path)
		note_boot(eval);
	eval->boot_now = true;
	eval->flow = FLOW_END;
	return STATUS_OK;
}
