/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the command line, complete and checked
 *
 * After options_parse(), and settings_apply() for what the host's administrator
 * wrote down, no other module looks at argv, the environment or a settings
 * file.
 * Accepted is what pygrub accepts, spelled the same way, and what the clients
 * make of it: options in one argument (libvirt), empty arguments (xenopsd),
 * options of XenServer's pygrub.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/error.h"
#include "src/result.h"

#define OPTIONS_DISKS_MAX 16 /* disks of one guest */

/* Where kernel and ramdisk go: XAPI takes them from no other directory. */
#define OPTIONS_DIRECTORY_DEFAULT "/var/run/xen/pygrub"

/* What libxenguest takes for a kernel or a module: 1 GiB (promise P4). */
#define OPTIONS_FILE_MAX_DEFAULT ((uint64_t)1 << 30)

/* Without interaction, in seconds (promise P3). */
#define OPTIONS_TIME_LIMIT_DEFAULT 30
#define OPTIONS_CPU_LIMIT_DEFAULT 10
#define OPTIONS_TIME_LIMIT_MAX 86400 /* of both */

/*
 * Bytes of address space of the process that reads the disk (promise P3).  The
 * program and its libraries take 16 MiB of it, which leaves the least something
 * to work with; a quarter is what all that comes of the disk may take.
 */
#define OPTIONS_MEMORY_DEFAULT ((uint64_t)256 << 20)
#define OPTIONS_MEMORY_MIN ((uint64_t)64 << 20)
#define OPTIONS_MEMORY_MAX ((uint64_t)64 << 30)

/* Who reads the disk where root would, without --runas: nobody. */
#define OPTIONS_NOBODY 65534

#define OPTIONS_TIMEOUT_GUEST (-2) /* --timeout was not given */

/* What the run is for; of several, the later in this list. */
enum action {
	ACTION_BOOT,       /* extract and print the result */
	ACTION_CHECK,      /* -n: the same, but extract nothing */
	ACTION_LIST,       /* -l: print the entries */
	ACTION_IS_CONFIG,  /* --isconfig: the image is a bare configuration */
	ACTION_LIST_DISKS, /* --list-filesystems: print what is on the disks */
	ACTION_SCRIPT,     /* --script: run a GRUB script, print its output */
	ACTION_HELP,       /* print the usage on stdout */
	ACTION_VERSION,    /* print the version on stdout */
};

struct options {
	enum action action;
	bool list;          /* entries, also with --isconfig, or file systems */
	bool quiet;         /* -q, --entry: no menu; -i undoes it */
	bool verbose;       /* -v, --debug: show what was looked at */
	bool prefer_config; /* --kernel counts only without a configuration */
	bool as_toolstack;  /* a failure begins with "RuntimeError: " */
	bool no_sandbox;    /* --no-sandbox: go on where the box fails */
	bool no_edit;       /* the menu lets nobody edit */
	bool no_settings;   /* no settings file is read */
	const char *settings; /* NULL: the usual one, if it is there */
	uint64_t given; /* bits by option_table[]: what overrides the file */
	const char *disks[OPTIONS_DISKS_MAX];
	unsigned int disk_count;  /* at least 1, but for help and version */
	const char *image_format; /* as qemu-nbd calls it; NULL: raw */
	bool follow_backing; /* an image may name files of other directories */
	bool has_offset;
	uint64_t offset;         /* bytes: where the only file system begins */
	const char *entry;       /* NULL: the default */
	const char *kernel;      /* path in the guest; NULL: none */
	const char *ramdisk;     /* path in the guest; NULL: none */
	const char *args;        /* appended to the kernel's; never NULL */
	const char *add_args;    /* behind all others; never NULL */
	const char *remove_args; /* patterns (kernel_args.h); never NULL */
	const char *forbid_args; /* patterns; never NULL */
	const char *config;      /* path in the guest; NULL: the usual places */
	const char *partition;   /* number, UUID or label; NULL: all of them */
	const char *loader;      /* id of a format (config.h); NULL: any */
	const char *script;      /* ACTION_SCRIPT: a file of the host */
	bool unlock;             /* the menu asks for no password */
	bool save_env;           /* write what the guest's script saved */
	const char *platform;    /* GRUB's $grub_platform: "pc" */
	const char *cpu;         /* GRUB's $grub_cpu: "i386" */
	const char *output;      /* NULL: stdout */
	enum output_format format;
	const char *output_directory;
	bool has_uid;
	uid_t uid;               /* --runas: who reads the disk, not 0 */
	int timeout;             /* seconds; -1 waits; OPTIONS_TIMEOUT_GUEST */
	uint64_t kernel_max;     /* bytes */
	uint64_t ramdisk_max;    /* bytes of all ramdisks together */
	uint64_t memory_max;     /* bytes of address space of the reader */
	unsigned int cpu_limit;  /* seconds of CPU time of the reader */
	int64_t time_limit_ms;   /* wall time, but for waiting at the menu */
	uint32_t no_filesystems; /* bits of policy.h: what is not read */
	uint32_t no_loaders;     /* bits of policy.h */
};

/*
 * Fill options from the command line and the environment; the strings point
 * into argv, which is cut apart, or live until the next call.  --help and
 * --version end it at once, with all before them checked.  -1 with err filled:
 * what is wrong, for a person; then as_toolstack, and nothing else, is valid.
 * Of the settings file only the name is looked at (settings.h).
 */
int options_parse(
	struct options *options, int argc, char **argv, struct error *err);

/* The user, and the group, that reads the disk if this is root. */
static inline uid_t options_reader(const struct options *options)
{
	return options->has_uid ? options->uid : OPTIONS_NOBODY;
}

/* The usage, for --help and in short behind a wrong command line. */
extern const char options_usage[];

/* The names of the options, for the test of the manual: NULL behind the last.
 */
const char *options_name(unsigned int index);

#endif
