/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/command.h"

#include <stdlib.h>
#include <string.h>

/* In the order of strcmp(), for the binary search. */
static const struct command commands[] = {
	{ ".", cmd_source },
	{ "915resolution", cmd_nothing },
	{ "[", cmd_test },
	{ "acpi", cmd_nothing },
	{ "all_functional_test", cmd_nothing },
	{ "append_add_db_cert", cmd_nothing },
	{ "append_add_db_hash", cmd_nothing },
	{ "append_add_dbx_cert", cmd_nothing },
	{ "append_add_dbx_hash", cmd_nothing },
	{ "append_list_db", cmd_nothing },
	{ "append_list_dbx", cmd_nothing },
	{ "append_rm_db_cert", cmd_nothing },
	{ "append_rm_db_hash", cmd_nothing },
	{ "append_rm_dbx_cert", cmd_nothing },
	{ "append_rm_dbx_hash", cmd_nothing },
	{ "append_verify", cmd_nothing },
	{ "appleloader", cmd_other_system },
	{ "authenticate", cmd_authenticate },
	{ "background_color", cmd_nothing },
	{ "background_image", cmd_nothing },
	{ "backtrace", cmd_nothing },
	{ "badram", cmd_nothing },
	{ "blocklist", cmd_nothing },
	{ "blscfg", cmd_blscfg },
	{ "boot", cmd_boot },
	{ "break", cmd_break },
	{ "cat", cmd_cat },
	{ "cbmemc", cmd_nothing },
	{ "chainloader", cmd_chainloader },
	{ "clear", cmd_nothing },
	{ "cls", cmd_nothing },
	{ "cmosclean", cmd_nothing },
	{ "cmosdump", cmd_nothing },
	{ "cmosset", cmd_nothing },
	{ "cmostest", cmd_absent },
	{ "cmp", cmd_cmp },
	{ "configfile", cmd_configfile },
	{ "connectefi", cmd_nothing },
	{ "continue", cmd_continue },
	{ "coreboot_boottime", cmd_nothing },
	{ "cpuid", cmd_nothing },
	{ "crc", cmd_nothing },
	{ "cryptomount", cmd_unsupported },
	{ "cutmem", cmd_nothing },
	{ "date", cmd_nothing },
	{ "decrement", cmd_decrement },
	{ "devicetree", cmd_nothing },
	{ "distrust", cmd_nothing },
	{ "drivemap", cmd_nothing },
	{ "dump", cmd_nothing },
	{ "echo", cmd_echo },
	{ "efiemu_loadcore", cmd_nothing },
	{ "efiemu_prepare", cmd_nothing },
	{ "efiemu_unload", cmd_nothing },
	{ "efitextmode", cmd_nothing },
	{ "eval", cmd_eval },
	{ "exit", cmd_exit },
	{ "export", cmd_export },
	{ "extract_entries_configfile", cmd_extract_configfile },
	{ "extract_entries_source", cmd_extract_source },
	{ "extract_legacy_entries_configfile", cmd_foreign },
	{ "extract_legacy_entries_source", cmd_foreign },
	{ "extract_syslinux_entries_configfile", cmd_foreign },
	{ "extract_syslinux_entries_source", cmd_foreign },
	{ "fakebios", cmd_nothing },
	{ "false", cmd_false },
	{ "file", cmd_file },
	{ "fix_video", cmd_nothing },
	{ "freedos", cmd_other_system },
	{ "functional_test", cmd_nothing },
	{ "fwsetup", cmd_fwsetup },
	{ "gdbstub", cmd_nothing },
	{ "gdbstub_break", cmd_nothing },
	{ "gdbstub_stop", cmd_nothing },
	{ "gettext", cmd_nothing },
	{ "gptprio.next", cmd_gptprio_next },
	{ "gptsync", cmd_nothing },
	{ "halt", cmd_exit },
	{ "hashsum", cmd_nothing },
	{ "hdparm", cmd_nothing },
	{ "hello", cmd_nothing },
	{ "help", cmd_help },
	{ "hexdump", cmd_nothing },
	{ "hexdump_random", cmd_nothing },
	{ "hwmatch", cmd_hwmatch },
	{ "inb", cmd_nothing },
	{ "increment", cmd_increment },
	{ "initrd", cmd_initrd },
	{ "initrd16", cmd_initrd },
	{ "initrdefi", cmd_initrd },
	{ "inl", cmd_nothing },
	{ "insmod", cmd_insmod },
	{ "inw", cmd_nothing },
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
	{ "legacy_check_password", cmd_authenticate },
	{ "legacy_configfile", cmd_foreign },
	{ "legacy_initrd", cmd_legacy_initrd },
	{ "legacy_initrd_nounzip", cmd_legacy_initrd },
	{ "legacy_kernel", cmd_legacy_kernel },
	{ "legacy_password", cmd_legacy_password },
	{ "legacy_source", cmd_foreign },
	{ "linux", cmd_linux },
	{ "linux16", cmd_linux },
	{ "linuxefi", cmd_linux },
	{ "list_env", cmd_list_env },
	{ "list_trusted", cmd_nothing },
	{ "load_env", cmd_load_env },
	{ "loadbios", cmd_nothing },
	{ "loadfont", cmd_nothing },
	{ "loopback", cmd_loopback },
	{ "ls", cmd_ls },
	{ "lsacpi", cmd_nothing },
	{ "lsapm", cmd_nothing },
	{ "lscoreboot", cmd_nothing },
	{ "lsefi", cmd_nothing },
	{ "lsefimmap", cmd_nothing },
	{ "lsefisystab", cmd_nothing },
	{ "lsfonts", cmd_nothing },
	{ "lsmmap", cmd_nothing },
	{ "lsmod", cmd_nothing },
	{ "lspci", cmd_nothing },
	{ "lssal", cmd_nothing },
	{ "macppcbless", cmd_nothing },
	{ "mactelbless", cmd_nothing },
	{ "md5sum", cmd_nothing },
	{ "menuentry", cmd_menuentry },
	{ "module", cmd_module },
	{ "module2", cmd_module },
	{ "multiboot", cmd_multiboot },
	{ "multiboot2", cmd_multiboot },
	{ "nativedisk", cmd_nothing },
	{ "net_add_addr", cmd_absent },
	{ "net_add_dns", cmd_absent },
	{ "net_add_route", cmd_absent },
	{ "net_bootp", cmd_absent },
	{ "net_bootp6", cmd_absent },
	{ "net_del_addr", cmd_absent },
	{ "net_del_dns", cmd_absent },
	{ "net_del_route", cmd_absent },
	{ "net_dhcp", cmd_absent },
	{ "net_get_dhcp_option", cmd_absent },
	{ "net_ipv6_autoconf", cmd_absent },
	{ "net_ls_addr", cmd_nothing },
	{ "net_ls_cards", cmd_nothing },
	{ "net_ls_dns", cmd_nothing },
	{ "net_ls_routes", cmd_nothing },
	{ "net_nslookup", cmd_absent },
	{ "normal", cmd_normal },
	{ "normal_exit", cmd_exit },
	{ "ntldr", cmd_other_system },
	{ "outb", cmd_nothing },
	{ "outl", cmd_nothing },
	{ "outw", cmd_nothing },
	{ "parttool", cmd_nothing },
	{ "password", cmd_password },
	{ "password_pbkdf2", cmd_password },
	{ "pcidump", cmd_nothing },
	{ "plainmount", cmd_unsupported },
	{ "plan9", cmd_other_system },
	{ "play", cmd_nothing },
	{ "probe", cmd_probe },
	{ "pxechainloader", cmd_other_system },
	{ "rdmsr", cmd_nothing },
	{ "read", cmd_read },
	{ "read_byte", cmd_nothing },
	{ "read_dword", cmd_nothing },
	{ "read_word", cmd_nothing },
	{ "reboot", cmd_exit },
	{ "regexp", cmd_regexp },
	{ "return", cmd_return },
	{ "rmmod", cmd_nothing },
	{ "save_env", cmd_save_env },
	{ "search", cmd_search },
	{ "search.file", cmd_search_file },
	{ "search.fs_label", cmd_search_label },
	{ "search.fs_uuid", cmd_search_uuid },
	{ "sendkey", cmd_nothing },
	{ "serial", cmd_nothing },
	{ "set", cmd_set },
	{ "setparams", cmd_setparams },
	{ "setpci", cmd_nothing },
	{ "sha1sum", cmd_nothing },
	{ "sha256sum", cmd_nothing },
	{ "sha512sum", cmd_nothing },
	{ "shift", cmd_shift },
	{ "slaunch", cmd_nothing },
	{ "slaunch_module", cmd_nothing },
	{ "sleep", cmd_one_argument },
	{ "smbios", cmd_absent },
	{ "source", cmd_source },
	{ "submenu", cmd_submenu },
	{ "syslinux_configfile", cmd_foreign },
	{ "syslinux_source", cmd_foreign },
	{ "terminal_input", cmd_nothing },
	{ "terminal_output", cmd_nothing },
	{ "terminfo", cmd_nothing },
	{ "test", cmd_test },
	{ "test_blockarg", cmd_nothing },
	{ "testload", cmd_nothing },
	{ "testspeed", cmd_nothing },
	{ "time", cmd_time },
	{ "tpm2_key_protector_clear", cmd_nothing },
	{ "tpm2_key_protector_init", cmd_nothing },
	{ "tr", cmd_tr },
	{ "true", cmd_true },
	{ "truecrypt", cmd_other_system },
	{ "trust", cmd_nothing },
	{ "uki", cmd_uki },
	{ "unset", cmd_unset },
	{ "usb", cmd_nothing },
	{ "vbeinfo", cmd_nothing },
	{ "vbetest", cmd_nothing },
	{ "verify_detached", cmd_nothing },
	{ "videoinfo", cmd_nothing },
	{ "videotest", cmd_nothing },
	{ "write_byte", cmd_nothing },
	{ "write_dword", cmd_nothing },
	{ "write_word", cmd_nothing },
	{ "wrmsr", cmd_nothing },
	{ "xen_cat", cmd_nothing },
	{ "xen_hypervisor", cmd_multiboot },
	{ "xen_ls", cmd_nothing },
	{ "xen_module", cmd_module },
	{ "xnu_devprop_load", cmd_nothing },
	{ "xnu_kernel", cmd_other_system },
	{ "xnu_kernel64", cmd_other_system },
	{ "xnu_kext", cmd_nothing },
	{ "xnu_kextdir", cmd_nothing },
	{ "xnu_mkext", cmd_nothing },
	{ "xnu_ramdisk", cmd_nothing },
	{ "xnu_resume", cmd_other_system },
	{ "xnu_splash", cmd_nothing },
	{ "xnu_uuid", cmd_nothing },
	{ "zfs-bootfs", cmd_absent },
	{ "zfsinfo", cmd_nothing },
	{ "zfskey", cmd_nothing },
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

const char *command_at(size_t i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i].name
							  : NULL;
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
