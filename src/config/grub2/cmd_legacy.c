/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_legacy.c - what GRUB legacy's commands become in a script of GRUB 2
 *
 * grub-menulst2cfg writes them: "legacy_kernel FILE FILE ARGUMENTS", where the
 * first name is for GRUB 2 and the second what GRUB legacy had there.
 */
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/hypervisor.h"

/* The most options that GRUB takes off; a third is the name of a file. */
#define OPTIONS_MAX 2

static const char *const types[] = { "--type=linux", "--type=biglinux",
	"--type=multiboot", "--type=netbsd", "--type=freebsd",
	"--type=openbsd" };

static bool is_kernel_option(const char *arg)
{
	size_t i;

	for (i = 0; i < LENGTH(types); i++)
		if (strcmp(arg, types[i]) == 0)
			return true;
	return strcmp(arg, "--no-mem-option") == 0;
}

/* The same command with the file at args[file] and without the name behind. */
static int drop_second_name(struct eval *eval, const struct args *args,
	size_t file, struct args *to, struct error *err)
{
	size_t i;

	*to = (struct args){ 0 };
	if (args_add(eval, to, args->list[0], err) < 0)
		return -1;
	for (i = file; i < args->count; i++)
		if (i != file + 1 && args_add(eval, to, args->list[i], err) < 0)
			return -1;
	return 0;
}

int cmd_legacy_kernel(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct args plain;
	size_t file = 1;

	while (file < args->count && file <= OPTIONS_MAX &&
		is_kernel_option(args->list[file]))
		file++;
	if (args->count < file + 2)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	if (drop_second_name(eval, args, file, &plain, err) < 0)
		return -1;
	if (hypervisor_name(text_of(plain.list[1])))
		return cmd_multiboot(eval, &plain, err);
	return cmd_linux(eval, &plain, err);
}

/* To Linux one ramdisk, to a hypervisor a module with its arguments. */
int cmd_legacy_initrd(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct args plain;

	if (args->count < 2)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	if (drop_second_name(eval, args, 1, &plain, err) < 0)
		return -1;
	if (eval->hypervisor)
		return cmd_module(eval, &plain, err);
	plain.count = 2;
	return cmd_initrd(eval, &plain, err);
}

/*
 * authenticate, and GRUB legacy's password inside an entry: nobody is there who
 * could be asked, and it is the administrator of the host who starts the guest.
 */
int cmd_authenticate(
	struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	if (strcmp(args->list[0], "authenticate") == 0 &&
		!env_get(eval->env, text_of("superusers")))
		return STATUS_OK;
	guest_note(eval->guest, NOTE_WARNING,
		"%s: line %u: %s: the guest would ask for a password here; the "
		"host does not",
		eval->script->path, eval->line, args->list[0]);
	return STATUS_OK;
}
