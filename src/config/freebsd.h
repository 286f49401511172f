/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * freebsd.h - /boot/loader.conf and its relatives, as FreeBSD's loader reads
 * them
 *
 * freebsd_format (config.h) is what others use; the rest is shared by the files
 * of this module:
 *
 *	freebsd_env.c  variables, and the lines that set them
 *	freebsd_conf.c which files there are
 *	freebsd.c      the menu
 *	freebsd_run.c  a kernel, and what of the variables is the kernel's
 *
 * The loader hands all of its variables to the kernel.  Under Xen they go on
 * the command line, which the kernel takes apart at blanks and commas
 * (boot_parse_cmdline_delim() of its xen/pv.c; older ones at commas only).
 */
#ifndef CONFIG_FREEBSD_H
#define CONFIG_FREEBSD_H

#include "src/config/config.h"

/* The kernel keeps no more than 512 of them (its KENV_SIZE). */
#define FREEBSD_VARIABLES_MAX 1000

struct freebsd_variable {
	const char *name;
	const char *value;
	bool hint; /* of device.hints: a PC's devices, which Xen has not */
};

/* A config's priv. */
struct freebsd {
	struct config *config;
	struct menu menu;
	struct freebsd_variable *variables; /* by name */
	size_t count;
	size_t capacity;
	const char *files[CONFIG_INCLUDES_MAX]; /* that were read */
	size_t file_count;
	unsigned int skipped; /* lines that were not understood */
	const char *first_path;
	unsigned int first_line;
	unsigned int modules;     /* that it would load beside the kernel */
	const char *first_module; /* NULL: none */
	struct text fstab;        /* empty: none that can be read */
};

/* An entry's priv. */
struct freebsd_entry {
	const char *kernel; /* a name below /boot, or a path */
	bool single;
};

/* The value of a variable; NULL: it is not set. */
const char *freebsd_get(const struct freebsd *env, const char *name);

/* Is it "YES"? */
bool freebsd_is_yes(const struct freebsd *env, const char *name);

/* Take the lines of a file; hints: it is device.hints. */
int freebsd_take_file(struct freebsd *env, const char *path, struct text file,
	bool hints, struct error *err);

/* Read what the loader reads; file is that of config->path. */
int freebsd_read_files(
	struct freebsd *env, struct text file, struct error *err);

/*
 * Look for the kernel of that name as the loader would: 0 and *file, or -1
 * with the fault of the first place.
 */
int freebsd_find_kernel(const struct freebsd *env, const char *kernel,
	struct boot_file *file, struct error *err);

/* The run function of struct config_format; it leaves no trace. */
int freebsd_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);

#endif
