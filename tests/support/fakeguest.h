/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakeguest.h - a guest with disks of fake file systems, for tests
 *
 *	struct fakeguest fake;
 *	fakeguest_init(&fake);
 *	files = fakeguest_add(&fake, "hd0,msdos1", "1234-abcd", "root");
 *	fakefs_text(files, "/boot/vmlinuz", "kernel");
 *	... fake.guest, fake.devices.list[n], fakeguest_device(&fake, "hd0") ...
 *	fakeguest_free(&fake);
 */
#ifndef TESTS_FAKEGUEST_H
#define TESTS_FAKEGUEST_H

#include "src/config/guest.h"
#include "tests/support/fakefs.h"

#define FAKEGUEST_DISKS 4
#define FAKEGUEST_PARTITIONS 16 /* of one disk */
#define FAKEGUEST_FILE_SYSTEMS (FAKEGUEST_DISKS * (FAKEGUEST_PARTITIONS + 1))
#define FAKEGUEST_MEMORY (64U << 20)

struct fakeguest {
	struct arena arena;
	struct guest guest;
	struct devices devices;
	struct disk disks[FAKEGUEST_DISKS];
	struct partition partitions[FAKEGUEST_DISKS][FAKEGUEST_PARTITIONS];
	struct partition_table tables[FAKEGUEST_DISKS];
	struct fakefs files[FAKEGUEST_FILE_SYSTEMS];
	const char *names[FAKEGUEST_FILE_SYSTEMS]; /* as they were added */
	size_t count;                              /* of file systems */
};

/* A guest without disks; $grub_platform is pc, $grub_cpu i386. */
void fakeguest_init(struct fakeguest *fake);
void fakeguest_free(struct fakeguest *fake);

/*
 * Add a file system and return it, empty.  The name is GRUB's: hd0, hd0,msdos1,
 * hd0,gpt2 or hd0,msdos1,bsd1, and the names must come in GRUB's order.  A disk
 * that is first named with a partition has no file system of its own.  The
 * strings are borrowed; "" if none.  "hd0,msdos1/boot/x.iso" is no partition,
 * but what is in that file of one that was added before; files in files, too.
 */
struct fakefs *fakeguest_add(struct fakeguest *fake, const char *name,
	const char *uuid, const char *label);

/*
 * Say what the partition of that name is for: "esp" or "xbootldr", by the type
 * that its kind of table has for that; or the type itself, a UUID, of a GPT.
 */
void fakeguest_type(struct fakeguest *fake, const char *name, const char *type);

/* The device of that name, which must be there. */
struct device *fakeguest_device(struct fakeguest *fake, const char *name);

/* The partition of that device, to be changed; NULL if it is a whole disk. */
struct partition *fakeguest_partition(struct fakeguest *fake, const char *name);

/* What a GPT says of a partition; "" if nothing. */
void fakeguest_describe(struct fakeguest *fake, const char *device,
	const char *guid, const char *name);

#endif
