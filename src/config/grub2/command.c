/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/command.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"

/*
 * In the order of strcmp(), for the binary search.  What help says is of those
 * that do something here, not of those about the screen, the machine and its
 * firmware, which are taken and come to nothing.
 */
static const struct command commands[] = {
	{ ".", cmd_source, "FILE", "Run the commands of a file (source)." },
	{ "915resolution", cmd_nothing, NULL, NULL },
	{ "[", cmd_test, "EXPRESSION ]", "Is it true?  See test." },
	{ "acpi", cmd_nothing, NULL, NULL },
	{ "all_functional_test", cmd_nothing, NULL, NULL },
	{ "append_add_db_cert", cmd_nothing, NULL, NULL },
	{ "append_add_db_hash", cmd_nothing, NULL, NULL },
	{ "append_add_dbx_cert", cmd_nothing, NULL, NULL },
	{ "append_add_dbx_hash", cmd_nothing, NULL, NULL },
	{ "append_list_db", cmd_nothing, NULL, NULL },
	{ "append_list_dbx", cmd_nothing, NULL, NULL },
	{ "append_rm_db_cert", cmd_nothing, NULL, NULL },
	{ "append_rm_db_hash", cmd_nothing, NULL, NULL },
	{ "append_rm_dbx_cert", cmd_nothing, NULL, NULL },
	{ "append_rm_dbx_hash", cmd_nothing, NULL, NULL },
	{ "append_verify", cmd_nothing, NULL, NULL },
	{ "appleloader", cmd_other_system, NULL, NULL },
	{ "authenticate", cmd_authenticate, NULL, NULL },
	{ "background_color", cmd_nothing, NULL, NULL },
	{ "background_image", cmd_nothing, NULL, NULL },
	{ "backtrace", cmd_nothing, NULL, NULL },
	{ "badram", cmd_nothing, NULL, NULL },
	{ "blocklist", cmd_nothing, NULL, NULL },
	{ "blscfg", cmd_blscfg, "[DIRECTORY|FILE]",
		"Add the entries of a directory." },
	{ "boot", cmd_boot, "", "Start what was loaded." },
	{ "break", cmd_break, "[N]", "Leave loops." },
	{ "cat", cmd_cat, "[--dos] FILE", "Show a file." },
	{ "cbmemc", cmd_nothing, NULL, NULL },
	{ "chainloader", cmd_chainloader, "FILE", "Load another GRUB." },
	{ "clear", cmd_nothing, NULL, NULL },
	{ "cls", cmd_nothing, NULL, NULL },
	{ "cmosclean", cmd_nothing, NULL, NULL },
	{ "cmosdump", cmd_nothing, NULL, NULL },
	{ "cmosset", cmd_nothing, NULL, NULL },
	{ "cmostest", cmd_absent, NULL, NULL },
	{ "cmp", cmd_cmp, "FILE1 FILE2", "Compare two files." },
	{ "configfile", cmd_configfile, "FILE", "Open the menu of a file." },
	{ "connectefi", cmd_nothing, NULL, NULL },
	{ "continue", cmd_continue, "[N]",
		"Go on with the next turn of a loop." },
	{ "coreboot_boottime", cmd_nothing, NULL, NULL },
	{ "cpuid", cmd_nothing, NULL, NULL },
	{ "crc", cmd_nothing, NULL, NULL },
	{ "cryptomount", cmd_unsupported, NULL, NULL },
	{ "cutmem", cmd_nothing, NULL, NULL },
	{ "date", cmd_nothing, NULL, NULL },
	{ "decrement", cmd_decrement, "NAME", "Subtract one from a variable." },
	{ "devicetree", cmd_nothing, NULL, NULL },
	{ "distrust", cmd_nothing, NULL, NULL },
	{ "drivemap", cmd_nothing, NULL, NULL },
	{ "dump", cmd_nothing, NULL, NULL },
	{ "echo", cmd_echo, "[-n] [-e] TEXT...", "Print a text." },
	{ "efiemu_loadcore", cmd_nothing, NULL, NULL },
	{ "efiemu_prepare", cmd_nothing, NULL, NULL },
	{ "efiemu_unload", cmd_nothing, NULL, NULL },
	{ "efitextmode", cmd_nothing, NULL, NULL },
	{ "eval", cmd_eval, "TEXT...", "Run a text as a command." },
	{ "exit", cmd_exit, "", "Say how to leave; so do halt and reboot." },
	{ "export", cmd_export, "NAME...",
		"Show variables to the menus below." },
	{ "extract_entries_configfile", cmd_extract_configfile, "FILE",
		"Open the menu of a file, without its commands." },
	{ "extract_entries_source", cmd_extract_source, "FILE",
		"Take the entries of a file, without its commands." },
	{ "extract_legacy_entries_configfile", cmd_foreign, NULL, NULL },
	{ "extract_legacy_entries_source", cmd_foreign, NULL, NULL },
	{ "extract_syslinux_entries_configfile", cmd_foreign, NULL, NULL },
	{ "extract_syslinux_entries_source", cmd_foreign, NULL, NULL },
	{ "fakebios", cmd_nothing, NULL, NULL },
	{ "false", cmd_false, "", "Fail." },
	{ "file", cmd_file, "--is-KIND... FILE", "Is the file of that kind?" },
	{ "fix_video", cmd_nothing, NULL, NULL },
	{ "for", NULL, "NAME in WORD...; do COMMANDS; done",
		"Run commands with each word." },
	{ "freedos", cmd_other_system, NULL, NULL },
	{ "function", NULL, "NAME { COMMANDS }", "Define a command." },
	{ "functional_test", cmd_nothing, NULL, NULL },
	{ "fwsetup", cmd_fwsetup, NULL, NULL },
	{ "gdbstub", cmd_nothing, NULL, NULL },
	{ "gdbstub_break", cmd_nothing, NULL, NULL },
	{ "gdbstub_stop", cmd_nothing, NULL, NULL },
	{ "gettext", cmd_nothing, NULL, NULL },
	{ "gptprio.next", cmd_gptprio_next, NULL, NULL },
	{ "gptsync", cmd_nothing, NULL, NULL },
	{ "halt", cmd_exit, NULL, NULL },
	{ "hashsum", cmd_nothing, NULL, NULL },
	{ "hdparm", cmd_nothing, NULL, NULL },
	{ "hello", cmd_nothing, NULL, NULL },
	{ "help", cmd_help, "[NAME...]",
		"List the commands, or explain some." },
	{ "hexdump", cmd_nothing, NULL, NULL },
	{ "hexdump_random", cmd_nothing, NULL, NULL },
	{ "hwmatch", cmd_hwmatch, NULL, NULL },
	{ "if", NULL, "COMMANDS; then COMMANDS; [else COMMANDS;] fi",
		"Run commands if others succeed." },
	{ "inb", cmd_nothing, NULL, NULL },
	{ "increment", cmd_increment, "NAME", "Add one to a variable." },
	{ "initrd", cmd_initrd, "FILE...",
		"Load ramdisks; newc:NAME:FILE packs one." },
	{ "initrd16", cmd_initrd, NULL, NULL },
	{ "initrdefi", cmd_initrd, NULL, NULL },
	{ "inl", cmd_nothing, NULL, NULL },
	{ "insmod", cmd_insmod, "MODULE", "Have the commands of a module." },
	{ "inw", cmd_nothing, NULL, NULL },
	{ "keymap", cmd_nothing, NULL, NULL },
	{ "keystatus", cmd_keystatus, NULL, NULL },
	{ "kfreebsd", cmd_bsd, NULL, NULL },
	{ "kfreebsd_loadenv", cmd_nothing, NULL, NULL },
	{ "kfreebsd_module", cmd_nothing, NULL, NULL },
	{ "kfreebsd_module_elf", cmd_nothing, NULL, NULL },
	{ "knetbsd", cmd_bsd, "FILE [ARGUMENT...]",
		"Load a kernel of NetBSD." },
	{ "knetbsd_module", cmd_nothing, NULL, NULL },
	{ "knetbsd_module_elf", cmd_nothing, NULL, NULL },
	{ "kopenbsd", cmd_bsd, NULL, NULL },
	{ "kopenbsd_ramdisk", cmd_nothing, NULL, NULL },
	{ "legacy_check_password", cmd_authenticate, NULL, NULL },
	{ "legacy_configfile", cmd_foreign, "FILE",
		"Open a menu of GRUB legacy." },
	{ "legacy_initrd", cmd_legacy_initrd, "FILE...",
		"Load ramdisks as GRUB legacy." },
	{ "legacy_initrd_nounzip", cmd_legacy_initrd, NULL, NULL },
	{ "legacy_kernel", cmd_legacy_kernel, "FILE [ARGUMENT...]",
		"Load a kernel as GRUB legacy." },
	{ "legacy_password", cmd_legacy_password, NULL, NULL },
	{ "legacy_source", cmd_foreign, "FILE",
		"Take the entries of GRUB legacy's menu." },
	{ "linux", cmd_linux, "FILE [ARGUMENT...]", "Load a kernel." },
	{ "linux16", cmd_linux, NULL, NULL },
	{ "linuxefi", cmd_linux, NULL, NULL },
	{ "list_env", cmd_list_env, "[-f FILE]", "Show an environment block." },
	{ "list_trusted", cmd_nothing, NULL, NULL },
	{ "load_env", cmd_load_env, "[-f FILE] [NAME...]",
		"Set variables from an environment block." },
	{ "loadbios", cmd_nothing, NULL, NULL },
	{ "loadfont", cmd_nothing, NULL, NULL },
	{ "loopback", cmd_loopback, "[-d] NAME [FILE]",
		"Make a disk of a file." },
	{ "ls", cmd_ls, "[-l] [-h] [-a] [PATH...]", "List devices or files." },
	{ "lsacpi", cmd_nothing, NULL, NULL },
	{ "lsapm", cmd_nothing, NULL, NULL },
	{ "lscoreboot", cmd_nothing, NULL, NULL },
	{ "lsefi", cmd_nothing, NULL, NULL },
	{ "lsefimmap", cmd_nothing, NULL, NULL },
	{ "lsefisystab", cmd_nothing, NULL, NULL },
	{ "lsfonts", cmd_nothing, NULL, NULL },
	{ "lsmmap", cmd_nothing, NULL, NULL },
	{ "lsmod", cmd_nothing, NULL, NULL },
	{ "lspci", cmd_nothing, NULL, NULL },
	{ "lssal", cmd_nothing, NULL, NULL },
	{ "macppcbless", cmd_nothing, NULL, NULL },
	{ "mactelbless", cmd_nothing, NULL, NULL },
	{ "md5sum", cmd_nothing, NULL, NULL },
	{ "menuentry", cmd_menuentry, "TITLE [OPTION...] { COMMANDS }",
		"Add an entry." },
	{ "module", cmd_module, "FILE [ARGUMENT...]",
		"Load the kernel or ramdisk that multiboot starts." },
	{ "module2", cmd_module, NULL, NULL },
	{ "multiboot", cmd_multiboot, "FILE [ARGUMENT...]",
		"Load Xen, whose kernel is then started." },
	{ "multiboot2", cmd_multiboot, NULL, NULL },
	{ "nativedisk", cmd_nothing, NULL, NULL },
	{ "net_add_addr", cmd_absent, NULL, NULL },
	{ "net_add_dns", cmd_absent, NULL, NULL },
	{ "net_add_route", cmd_absent, NULL, NULL },
	{ "net_bootp", cmd_absent, NULL, NULL },
	{ "net_bootp6", cmd_absent, NULL, NULL },
	{ "net_del_addr", cmd_absent, NULL, NULL },
	{ "net_del_dns", cmd_absent, NULL, NULL },
	{ "net_del_route", cmd_absent, NULL, NULL },
	{ "net_dhcp", cmd_absent, NULL, NULL },
	{ "net_get_dhcp_option", cmd_absent, NULL, NULL },
	{ "net_ipv6_autoconf", cmd_absent, NULL, NULL },
	{ "net_ls_addr", cmd_nothing, NULL, NULL },
	{ "net_ls_cards", cmd_nothing, NULL, NULL },
	{ "net_ls_dns", cmd_nothing, NULL, NULL },
	{ "net_ls_routes", cmd_nothing, NULL, NULL },
	{ "net_nslookup", cmd_absent, NULL, NULL },
	{ "normal", cmd_normal, "[FILE]", "Read the configuration again." },
	{ "normal_exit", cmd_exit, NULL, NULL },
	{ "ntldr", cmd_other_system, NULL, NULL },
	{ "outb", cmd_nothing, NULL, NULL },
	{ "outl", cmd_nothing, NULL, NULL },
	{ "outw", cmd_nothing, NULL, NULL },
	{ "parttool", cmd_nothing, NULL, NULL },
	{ "password", cmd_password, "USER TEXT", "Set a password." },
	{ "password_pbkdf2", cmd_password, "USER HASH",
		"Set a password by its hash." },
	{ "pcidump", cmd_nothing, NULL, NULL },
	{ "plainmount", cmd_unsupported, NULL, NULL },
	{ "plan9", cmd_other_system, NULL, NULL },
	{ "play", cmd_nothing, NULL, NULL },
	{ "probe", cmd_probe, "[--set NAME] --KIND DEVICE",
		"What is on a device?" },
	{ "pxechainloader", cmd_other_system, NULL, NULL },
	{ "rdmsr", cmd_nothing, NULL, NULL },
	{ "read", cmd_read, NULL, NULL },
	{ "read_byte", cmd_nothing, NULL, NULL },
	{ "read_dword", cmd_nothing, NULL, NULL },
	{ "read_word", cmd_nothing, NULL, NULL },
	{ "reboot", cmd_exit, NULL, NULL },
	{ "regexp", cmd_regexp, "[--set N:NAME] REGEXP TEXT",
		"Does the text match?" },
	{ "return", cmd_return, "[N]", "Leave a function." },
	{ "rmmod", cmd_nothing, NULL, NULL },
	{ "save_env", cmd_save_env, "[-f FILE] NAME...",
		"Put variables into an environment block." },
	{ "search", cmd_search,
		"[--file|--label|--fs-uuid] [--set[=NAME]] WHAT",
		"Find the file system with it." },
	{ "search.file", cmd_search_file, NULL, NULL },
	{ "search.fs_label", cmd_search_label, NULL, NULL },
	{ "search.fs_uuid", cmd_search_uuid, NULL, NULL },
	{ "sendkey", cmd_nothing, NULL, NULL },
	{ "serial", cmd_nothing, NULL, NULL },
	{ "set", cmd_set, "[NAME=VALUE]", "Show all variables, or set one." },
	{ "setparams", cmd_setparams, "[TEXT...]",
		"Set $1 and the following." },
	{ "setpci", cmd_nothing, NULL, NULL },
	{ "sha1sum", cmd_nothing, NULL, NULL },
	{ "sha256sum", cmd_nothing, NULL, NULL },
	{ "sha512sum", cmd_nothing, NULL, NULL },
	{ "shift", cmd_shift, "[N]", "Drop $1." },
	{ "slaunch", cmd_nothing, NULL, NULL },
	{ "slaunch_module", cmd_nothing, NULL, NULL },
	{ "sleep", cmd_one_argument, NULL, NULL },
	{ "smbios", cmd_absent, NULL, NULL },
	{ "source", cmd_source, "FILE", "Run the commands of a file." },
	{ "submenu", cmd_submenu, "TITLE [OPTION...] { COMMANDS }",
		"Add a submenu." },
	{ "syslinux_configfile", cmd_foreign, "FILE",
		"Open a menu of syslinux." },
	{ "syslinux_source", cmd_foreign, "FILE",
		"Take the entries of syslinux' menu." },
	{ "terminal_input", cmd_nothing, NULL, NULL },
	{ "terminal_output", cmd_nothing, NULL, NULL },
	{ "terminfo", cmd_nothing, NULL, NULL },
	{ "test", cmd_test, "EXPRESSION",
		"Is it true?  -f FILE, -n TEXT, A = B..." },
	{ "test_blockarg", cmd_nothing, NULL, NULL },
	{ "testload", cmd_nothing, NULL, NULL },
	{ "testspeed", cmd_nothing, NULL, NULL },
	{ "time", cmd_time, "COMMAND...", "Run a command." },
	{ "tpm2_key_protector_clear", cmd_nothing, NULL, NULL },
	{ "tpm2_key_protector_init", cmd_nothing, NULL, NULL },
	{ "tr", cmd_tr, "[--upcase|--downcase] [SET1 SET2] TEXT",
		"Replace characters." },
	{ "true", cmd_true, "", "Succeed." },
	{ "truecrypt", cmd_other_system, NULL, NULL },
	{ "trust", cmd_nothing, NULL, NULL },
	{ "uki", cmd_uki, "[DIRECTORY|FILE]",
		"Add entries for unified images." },
	{ "unset", cmd_unset, "NAME", "Remove a variable." },
	{ "until", NULL, "COMMANDS; do COMMANDS; done",
		"Run commands again until others succeed." },
	{ "usb", cmd_nothing, NULL, NULL },
	{ "vbeinfo", cmd_nothing, NULL, NULL },
	{ "vbetest", cmd_nothing, NULL, NULL },
	{ "verify_detached", cmd_nothing, NULL, NULL },
	{ "videoinfo", cmd_nothing, NULL, NULL },
	{ "videotest", cmd_nothing, NULL, NULL },
	{ "while", NULL, "COMMANDS; do COMMANDS; done",
		"Run commands again while others succeed." },
	{ "write_byte", cmd_nothing, NULL, NULL },
	{ "write_dword", cmd_nothing, NULL, NULL },
	{ "write_word", cmd_nothing, NULL, NULL },
	{ "wrmsr", cmd_nothing, NULL, NULL },
	{ "xen_cat", cmd_nothing, NULL, NULL },
	{ "xen_hypervisor", cmd_multiboot, "FILE [ARGUMENT...]",
		"Load Xen, whose kernel is then started." },
	{ "xen_ls", cmd_nothing, NULL, NULL },
	{ "xen_module", cmd_module, "FILE [ARGUMENT...]",
		"Load the kernel or ramdisk that xen_hypervisor starts." },
	{ "xnu_devprop_load", cmd_nothing, NULL, NULL },
	{ "xnu_kernel", cmd_other_system, NULL, NULL },
	{ "xnu_kernel64", cmd_other_system, NULL, NULL },
	{ "xnu_kext", cmd_nothing, NULL, NULL },
	{ "xnu_kextdir", cmd_nothing, NULL, NULL },
	{ "xnu_mkext", cmd_nothing, NULL, NULL },
	{ "xnu_ramdisk", cmd_nothing, NULL, NULL },
	{ "xnu_resume", cmd_other_system, NULL, NULL },
	{ "xnu_splash", cmd_nothing, NULL, NULL },
	{ "xnu_uuid", cmd_nothing, NULL, NULL },
	{ "zfs-bootfs", cmd_absent, NULL, NULL },
	{ "zfsinfo", cmd_nothing, NULL, NULL },
	{ "zfskey", cmd_nothing, NULL, NULL },
};

const struct command *command_find(const char *name)
{
	size_t low = 0, high = LENGTH(commands), middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = (unsigned char)name[0] -
			(unsigned char)commands[middle].name[0];
		if (order == 0)
			order = strcmp(name, commands[middle].name);
		if (order == 0)
			return commands[middle].run ? &commands[middle] : NULL;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct command *command_at(size_t i)
{
	return i < LENGTH(commands) ? &commands[i] : NULL;
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
