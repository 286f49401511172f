/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/command.h"

#include <stdlib.h>
#include <string.h>

/* In the order of strcmp(), for the binary search. */
static const struct command commands[] = {
	{ ".", cmd_source },
	{ "[", cmd_test },
	{ "acpi", cmd_nothing },
	{ "background_color", cmd_nothing },
	{ "background_image", cmd_nothing },
	{ "badram", cmd_nothing },
	{ "blscfg", cmd_blscfg },
	{ "boot", cmd_boot },
	{ "break", cmd_break },
	{ "cat", cmd_cat },
	{ "chainloader", cmd_chainloader },
	{ "clear", cmd_nothing },
	{ "cls", cmd_nothing },
	{ "cmosclean", cmd_nothing },
	{ "cmosset", cmd_nothing },
	{ "configfile", cmd_configfile },
	{ "continue", cmd_continue },
	{ "cpuid", cmd_nothing },
	{ "cryptomount", cmd_unsupported },
	{ "cutmem", cmd_nothing },
	{ "date", cmd_nothing },
	{ "decrement", cmd_decrement },
	{ "devicetree", cmd_nothing },
	{ "drivemap", cmd_nothing },
	{ "echo", cmd_echo },
	{ "eval", cmd_eval },
	{ "exit", cmd_exit },
	{ "export", cmd_export },
	{ "extract_entries_configfile", cmd_source },
	{ "extract_entries_source", cmd_source },
	{ "false", cmd_false },
	{ "fwsetup", cmd_fwsetup },
	{ "gptprio.next", cmd_gptprio_next },
	{ "gptsync", cmd_nothing },
	{ "halt", cmd_exit },
	{ "hdparm", cmd_nothing },
	{ "help", cmd_nothing },
	{ "hwmatch", cmd_hwmatch },
	{ "increment", cmd_increment },
	{ "initrd", cmd_initrd },
	{ "initrd16", cmd_initrd },
	{ "initrdefi", cmd_initrd },
	{ "insmod", cmd_insmod },
	{ "keymap", cmd_nothing },
	{ "keystatus", cmd_keystatus },
	{ "kfreebsd", cmd_bsd },
	{ "kfreebsd_loadenv", cmd_nothing },
	{ "kfreebsd_module", cmd_nothing },
	{ "kfreebsd_module_elf", cmd_nothing },
	{ "knetbsd", cmd_bsd },
	{ "knetbsd_module", cmd_nothing },
	{ "knetbsd_module_elf", cmd_nothing },
	{ "kopenbsd", cmd_bsd },
	{ "kopenbsd_ramdisk", cmd_nothing },
	{ "legacy_configfile", cmd_unsupported },
	{ "legacy_source", cmd_unsupported },
	{ "linux", cmd_linux },
	{ "linux16", cmd_linux },
	{ "linuxefi", cmd_linux },
	{ "list_env", cmd_list_env },
	{ "load_env", cmd_load_env },
	{ "loadfont", cmd_nothing },
	{ "loopback", cmd_loopback },
	{ "ls", cmd_ls },
	{ "lsfonts", cmd_nothing },
	{ "lsmod", cmd_nothing },
	{ "lspci", cmd_nothing },
	{ "menuentry", cmd_menuentry },
	{ "module", cmd_module },
	{ "module2", cmd_module },
	{ "multiboot", cmd_multiboot },
	{ "multiboot2", cmd_multiboot },
	{ "nativedisk", cmd_nothing },
	{ "normal", cmd_normal },
	{ "normal_exit", cmd_exit },
	{ "ntldr", cmd_chainloader },
	{ "outb", cmd_nothing },
	{ "outl", cmd_nothing },
	{ "outw", cmd_nothing },
	{ "parttool", cmd_nothing },
	{ "password", cmd_nothing },
	{ "password_pbkdf2", cmd_nothing },
	{ "play", cmd_nothing },
	{ "probe", cmd_probe },
	{ "read", cmd_read },
	{ "reboot", cmd_exit },
	{ "regexp", cmd_regexp },
	{ "return", cmd_return },
	{ "rmmod", cmd_nothing },
	{ "save_env", cmd_save_env },
	{ "search", cmd_search },
	{ "search.file", cmd_search_file },
	{ "search.fs_label", cmd_search_label },
	{ "search.fs_uuid", cmd_search_uuid },
	{ "serial", cmd_nothing },
	{ "set", cmd_set },
	{ "setparams", cmd_setparams },
	{ "setpci", cmd_nothing },
	{ "shift", cmd_shift },
	{ "sleep", cmd_one_argument },
	{ "source", cmd_source },
	{ "submenu", cmd_submenu },
	{ "syslinux_configfile", cmd_unsupported },
	{ "syslinux_source", cmd_unsupported },
	{ "terminal_input", cmd_nothing },
	{ "terminal_output", cmd_nothing },
	{ "terminfo", cmd_nothing },
	{ "test", cmd_test },
	{ "tr", cmd_tr },
	{ "true", cmd_true },
	{ "unset", cmd_unset },
	{ "usb", cmd_nothing },
	{ "vbeinfo", cmd_nothing },
	{ "videoinfo", cmd_nothing },
	{ "xen_hypervisor", cmd_multiboot },
	{ "xen_module", cmd_module },
	{ "xnu_kernel", cmd_chainloader },
	{ "xnu_kernel64", cmd_chainloader },
};

const struct command *command_find(const char *name)
{
	size_t low = 0, high = sizeof(commands) / sizeof(commands[0]), middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = (unsigned char)name[0] -
			(unsigned char)commands[middle].name[0];
		if (order == 0)
			order = strcmp(name, commands[middle].name);
		if (order == 0)
			return &commands[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void options_start(struct options *options, const struct args *args,
	const struct option_spec *specs, bool dashes)
{
	*options = (struct options){
		.args = args,
		.specs = specs,
		.next = 1,
		.dashes = dashes,
	};
}

/* An option's value, if it is not in the same argument. */
static const char *value_behind(
	struct options *options, const struct option_spec *spec)
{
	const char *next;

	if (spec->kind == OPTION_FLAG || options->next == options->args->count)
		return NULL;
	next = options->args->list[options->next];
	if (spec->kind == OPTION_OPTIONAL && next[0] == '-' && next[1])
		return NULL;
	options->next++;
	return next;
}

/* An argument that names no option we know. */
static int unknown_option(struct options *options, const char **value)
{
	*value = options->args->list[options->next - 1];
	options->letters = NULL;
	return options->dashes ? OPTIONS_WORD : OPTIONS_BAD;
}

static int next_letter(struct options *options, const char **value)
{
	const char letter = *options->letters++;
	const struct option_spec *spec;

	for (spec = options->specs; spec->name; spec++)
		if (spec->letter == letter)
			break;
	if (!*options->letters)
		options->letters = NULL;
	if (!spec->name)
		return unknown_option(options, value);
	/* only the last of a group can have a value */
	*value = options->letters ? NULL : value_behind(options, spec);
	if (spec->kind == OPTION_VALUE && !*value) {
		*value = options->args->list[options->next - 1];
		return OPTIONS_BAD;
	}
	return (int)(spec - options->specs);
}

static int next_long(
	struct options *options, const char *arg, const char **value)
{
	const struct option_spec *spec;
	size_t len = strcspn(arg + 2, "=");

	for (spec = options->specs; spec->name; spec++)
		if (strlen(spec->name) == len &&
			memcmp(spec->name, arg + 2, len) == 0)
			break;
	if (!spec->name || (spec->kind == OPTION_FLAG && arg[2 + len] == '='))
		return unknown_option(options, value);
	if (arg[2 + len] == '=')
		*value = arg + 2 + len + 1;
	else
		*value = value_behind(options, spec);
	if (spec->kind == OPTION_VALUE && !*value) {
		*value = arg;
		return OPTIONS_BAD;
	}
	return (int)(spec - options->specs);
}

int options_next(struct options *options, const char **value)
{
	const char *arg;

	if (options->letters)
		return next_letter(options, value);
	if (options->next == options->args->count)
		return OPTIONS_END;
	arg = options->args->list[options->next++];
	if (!options->words_only && strcmp(arg, "--") == 0) {
		options->words_only = true;
		return options_next(options, value);
	}
	if (options->words_only || arg[0] != '-' || !arg[1]) {
		*value = arg;
		return OPTIONS_WORD;
	}
	if (arg[1] == '-')
		return next_long(options, arg, value);
	options->letters = arg + 1;
	return next_letter(options, value);
}

int options_bad(struct eval *eval, const struct args *args, const char *arg)
{
	return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
		"argument \"%s\" cannot be understood", arg);
}

bool command_number(const char *text, unsigned long *number)
{
	char *end;

	while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')
		text++;
	/* strtoul takes signs, GRUB does not */
	if (*text < '0' || *text > '9')
		return false;
	*number = strtoul(text, &end, 0);
	return end != text;
}
