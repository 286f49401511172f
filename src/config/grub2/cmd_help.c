/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_help.c - help: the commands that do something here
 *
 * Not those about the screen, the machine and its firmware, which are taken
 * and come to nothing.
 */
#include <string.h>

#include "src/config/grub2/command.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct topic {
	const char *name;
	const char *usage; /* behind the name */
	const char *does;
};

/* In the order in which they are shown. */
static const struct topic topics[] = {
	{ ".", "FILE", "Run the commands of a file (source)." },
	{ "[", "EXPRESSION ]", "Is it true?  See test." },
	{ "blscfg", "[DIRECTORY|FILE]", "Add the entries of a directory." },
	{ "boot", "", "Start what was loaded." },
	{ "break", "[N]", "Leave loops." },
	{ "cat", "[--dos] FILE", "Show a file." },
	{ "chainloader", "FILE", "Load another GRUB." },
	{ "cmp", "FILE1 FILE2", "Compare two files." },
	{ "configfile", "FILE", "Open the menu of a file." },
	{ "continue", "[N]", "Go on with the next turn of a loop." },
	{ "decrement", "NAME", "Subtract one from a variable." },
	{ "echo", "[-n] [-e] TEXT...", "Print a text." },
	{ "eval", "TEXT...", "Run a text as a command." },
	{ "exit", "", "Say how to leave; so do halt and reboot." },
	{ "export", "NAME...", "Show variables to the menus below." },
	{ "extract_entries_configfile", "FILE",
		"Open the menu of a file, without its commands." },
	{ "extract_entries_source", "FILE",
		"Take the entries of a file, without its commands." },
	{ "false", "", "Fail." },
	{ "file", "--is-KIND... FILE", "Is the file of that kind?" },
	{ "for", "NAME in WORD...; do COMMANDS; done",
		"Run commands with each word." },
	{ "function", "NAME { COMMANDS }", "Define a command." },
	{ "help", "[NAME...]", "List the commands, or explain some." },
	{ "if", "COMMANDS; then COMMANDS; [else COMMANDS;] fi",
		"Run commands if others succeed." },
	{ "increment", "NAME", "Add one to a variable." },
	{ "initrd", "FILE...", "Load ramdisks; newc:NAME:FILE packs one." },
	{ "insmod", "MODULE", "Have the commands of a module." },
	{ "knetbsd", "FILE [ARGUMENT...]", "Load a kernel of NetBSD." },
	{ "legacy_configfile", "FILE", "Open a menu of GRUB legacy." },
	{ "legacy_initrd", "FILE...", "Load ramdisks as GRUB legacy." },
	{ "legacy_kernel", "FILE [ARGUMENT...]",
		"Load a kernel as GRUB legacy." },
	{ "legacy_source", "FILE", "Take the entries of GRUB legacy's menu." },
	{ "linux", "FILE [ARGUMENT...]", "Load a kernel." },
	{ "list_env", "[-f FILE]", "Show an environment block." },
	{ "load_env", "[-f FILE] [NAME...]",
		"Set variables from an environment block." },
	{ "loopback", "[-d] NAME [FILE]", "Make a disk of a file." },
	{ "ls", "[-l] [-h] [-a] [PATH...]", "List devices or files." },
	{ "menuentry", "TITLE [OPTION...] { COMMANDS }", "Add an entry." },
	{ "module", "FILE [ARGUMENT...]",
		"Load the kernel or ramdisk that multiboot starts." },
	{ "multiboot", "FILE [ARGUMENT...]",
		"Load Xen, whose kernel is then started." },
	{ "normal", "[FILE]", "Read the configuration again." },
	{ "password", "USER TEXT", "Set a password." },
	{ "password_pbkdf2", "USER HASH", "Set a password by its hash." },
	{ "probe", "[--set NAME] --KIND DEVICE", "What is on a device?" },
	{ "regexp", "[--set N:NAME] REGEXP TEXT", "Does the text match?" },
	{ "return", "[N]", "Leave a function." },
	{ "save_env", "[-f FILE] NAME...",
		"Put variables into an environment block." },
	{ "search", "[--file|--label|--fs-uuid] [--set[=NAME]] WHAT",
		"Find the file system with it." },
	{ "set", "[NAME=VALUE]", "Show all variables, or set one." },
	{ "setparams", "[TEXT...]", "Set $1 and the following." },
	{ "shift", "[N]", "Drop $1." },
	{ "source", "FILE", "Run the commands of a file." },
	{ "submenu", "TITLE [OPTION...] { COMMANDS }", "Add a submenu." },
	{ "syslinux_configfile", "FILE", "Open a menu of syslinux." },
	{ "syslinux_source", "FILE", "Take the entries of syslinux' menu." },
	{ "test", "EXPRESSION", "Is it true?  -f FILE, -n TEXT, A = B..." },
	{ "time", "COMMAND...", "Run a command." },
	{ "tr", "[--upcase|--downcase] [SET1 SET2] TEXT",
		"Replace characters." },
	{ "true", "", "Succeed." },
	{ "uki", "[DIRECTORY|FILE]", "Add entries for unified images." },
	{ "unset", "NAME", "Remove a variable." },
	{ "until", "COMMANDS; do COMMANDS; done",
		"Run commands again until others succeed." },
	{ "while", "COMMANDS; do COMMANDS; done",
		"Run commands again while others succeed." },
	{ "xen_hypervisor", "FILE [ARGUMENT...]",
		"Load Xen, whose kernel is then started." },
	{ "xen_module", "FILE [ARGUMENT...]",
		"Load the kernel or ramdisk that xen_hypervisor starts." },
};

const char *command_topic(size_t i)
{
	return i < LENGTH(topics) ? topics[i].name : NULL;
}

static int list_topics(struct eval *eval, struct error *err)
{
	size_t i;

	for (i = 0; i < LENGTH(topics); i++)
		if (command_printf(eval, err, "%-19s %s\n", topics[i].name,
			    topics[i].does) < 0)
			return -1;
	return STATUS_OK;
}

static int explain(
	struct eval *eval, const struct topic *topic, struct error *err)
{
	return command_printf(eval, err, "Usage: %s%s%s\n%s\n", topic->name,
		topic->usage[0] ? " " : "", topic->usage, topic->does);
}

/* All that begin with what was asked for, as GRUB does it. */
static int explain_all(struct eval *eval, const struct args *args,
	const char *name, struct error *err)
{
	bool found = false;
	size_t i;

	for (i = 0; i < LENGTH(topics); i++) {
		if (strncmp(topics[i].name, name, strlen(name)) != 0)
			continue;
		found = true;
		if (explain(eval, &topics[i], err) < 0)
			return -1;
	}
	if (found)
		return STATUS_OK;
	if (command_find(name))
		return command_printf(eval, err,
			"%s: it has nothing to do in a guest's boot.\n", name);
	return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
		"no command is called \"%.64s\"", name);
}

int cmd_help(struct eval *eval, const struct args *args, struct error *err)
{
	int status = STATUS_OK;
	size_t i;

	if (!eval->interactive)
		return STATUS_OK;
	if (args->count == 1)
		return list_topics(eval, err);
	for (i = 1; i < args->count && status >= 0; i++)
		status = explain_all(eval, args, args->list[i], err);
	return status < 0 ? -1 : STATUS_OK;
}
