/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.h - what a boot configuration can name: disks, partitions and the
 * file systems on them
 *
 * The list holds every disk followed by its partitions, as GRUB orders them,
 * and behind all of them what is made of them (logical.h): arrays of MD with
 * their partitions, logical volumes of LVM.  Each of these is a disk of its
 * own.  They are only looked for when somebody needs more than the partitions.
 *
 * A file system is opened when somebody first asks for it, and once.  Files
 * that became devices (loop.h) are not in the list: only who runs the script
 * that made them knows them.
 */
#ifndef FS_DEVICE_H
#define FS_DEVICE_H

#include "src/base/text.h"
#include "src/disk/partition.h"
#include "src/fs/fs.h"
#include "src/volume/assembly.h"

enum device_state { DEVICE_UNTRIED, DEVICE_MOUNTED, DEVICE_UNREADABLE };

/* Bytes of a name with its NUL: a volume's, and ",msdos1,openbsd16". */
#define DEVICE_NAME_SIZE (MADE_NAME_SIZE + 24)

struct device {
	struct volume vol;
	struct disk_range range; /* what vol reads, unless under is set */
	struct device *under; /* not NULL: vol reads a file or blocks of it */
	const char *file;     /* the path of that file; NULL: blocks */
	struct disk *disk;    /* the one below all */
	const struct partition_table *table; /* of that disk */
	const struct partition *part; /* NULL: the whole disk, or an offset */
	const struct made *made; /* an array or a volume, or on one; or NULL */
	const char *part_of;     /* what it holds a part of; NULL: nothing */
	const char *part_why;    /* why that cannot be known, or NULL */
	struct device *same;     /* holds the same bytes, is read instead */
	bool looked_at;          /* is it a part of something? */
	bool expected;           /* the host was told that it will be probed */
	char name[DEVICE_NAME_SIZE]; /* for people: "partition 1" */
	char grub[DEVICE_NAME_SIZE]; /* GRUB's name: "hd0,msdos1" */
	enum device_state state;
	struct fs fs;      /* once mounted */
	struct error *why; /* once found unreadable */
};

/*
 * What loopback commands made, by the names they gave; the newest is the first.
 * A link is never changed: who keeps a list can come back to it.
 */
struct loop_link {
	struct device *dev;
	const struct loop_link *older; /* NULL: none */
};

/* How far we looked for members of arrays and of volume groups. */
enum devices_looked {
	LOOKED_NOWHERE,
	LOOKED_RAID, /* at partitions of RAID's type: before all else */
	LOOKED_REST, /* at all that is no file system */
	LOOKED_EVERYWHERE,
};

/* More names of subvolumes in configurations than this are not kept. */
#define DEVICES_STARTS_MAX 16

struct devices {
	struct arena *arena;
	const struct fs_driver *const *drivers;
	struct device **list; /* hd0, its partitions, hd1, its partitions... */
	size_t count;
	size_t capacity;
	struct volume_set volumes; /* of that list */
	struct device **order;     /* where to look for a guest, best first */
	size_t order_count;
	size_t order_capacity;
	struct assembler assembly; /* of what is made of volumes */
	size_t made_seen;          /* how much of that is in the list */
	enum devices_looked looked;
	bool alone;            /* one file system, and nothing else counts */
	bool selected;         /* the order is what was asked for */
	bool tried;            /* one file system at least was looked for */
	struct error *unknown; /* why not everything could be made, or NULL */
	struct disk **over;    /* disks of what was made */
	unsigned int over_count;
	size_t over_capacity;
	const struct partition_table *tables; /* one per disk */
	unsigned int disks;
	const char *starts[DEVICES_STARTS_MAX]; /* devices_add_start()'s */
	size_t start_count;
	const struct loop_link *loops; /* NULL: none */
	struct device **made;          /* of files and blocks, in use or not */
	size_t made_count;
	size_t made_capacity;
};

/*
 * List what is on the disks.  The order to look in is disk by disk: active
 * partitions, the others as the table has them, the disk as a whole; a hybrid
 * ISO's whole disk first, and not again as a partition that begins where it
 * does.
 */
int devices_scan(struct devices *devices, struct disk *disks,
	unsigned int count, struct arena *arena,
	const struct fs_driver *const *drivers, struct error *err);

/* The same with one file system, known to begin off bytes into the disk. */
int devices_at_offset(struct devices *devices, struct disk *disk, uint64_t off,
	struct arena *arena, const struct fs_driver *const *drivers,
	struct error *err);

/*
 * Device number i of the list, or of the order to look in; NULL behind the
 * last.  Who gets so far has not found what he wants on disks and partitions:
 * then arrays and logical volumes are looked for and the list goes on with
 * them.  So a guest that has none, or boots without them, does not pay.
 */
struct device *devices_get(struct devices *devices, size_t i);
struct device *devices_to_try(struct devices *devices, size_t i);

/*
 * The device that GRUB calls name, without parentheses: hd0, hd0,1,
 * hd0,msdos1, hd0,gpt2, hd0,msdos2,bsd1, xen/xvda,1; lvm/vg-lv, lvmid/.../...,
 * md/0, md/0,gpt1, mduuid/... (logical.h); NULL if there is none.
 * On a disk without a partition table, any partition means the whole disk:
 * Xen hands out single partitions as disks, and the guest does not know.
 * The names of loopback commands count before all others, as in GRUB.
 */
struct device *devices_by_grub_name(struct devices *devices, const char *name);

/* Partition number (from 1; 0: the whole disk) of the disk of that index. */
struct device *devices_by_number(
	const struct devices *devices, unsigned int disk, unsigned int number);

/* Slice letter (0 for a) in that partition, 0: any; as GRUB legacy's (hd0,a) */
struct device *devices_by_slice(const struct devices *devices,
	unsigned int disk, unsigned int number, unsigned int slice);

/* Bytes of what device_part_uuid() writes, with its NUL. */
#define DEVICE_PART_UUID_SIZE 40

/*
 * The PARTUUID: a GPT partition's GUID, or of an MBR partition the disk's
 * signature and the number, "1234abcd-01"; "" where there is none.  -1: the
 * disk cannot be read.
 */
int device_part_uuid(const struct device *dev, char uuid[DEVICE_PART_UUID_SIZE],
	struct error *err);

/*
 * The file system on a device, opened now if it was not; NULL with err filled
 * if there is none that we can read.  Messages do not name the device.
 */
struct fs *device_fs(struct devices *devices, struct device *dev,
	struct error *err) __attribute__((warn_unused_result));

/* Where paths on that device begin (fs.h); NULL: where they usually do. */
void device_start(struct device *dev, const char *start);

/*
 * A configuration names a directory as root of the guest (rootflags=subvol=):
 * what can be booted and is not elsewhere is looked for below it, too.
 */
int devices_add_start(
	struct devices *devices, struct text name, struct error *err);

/*
 * A file that can be booted: regular and longer than 0 (promise P7).  Its file
 * system, and *node; or NULL.  Messages begin with the type and the path.
 */
struct fs *device_file(struct devices *devices, struct device *dev,
	const char *path, struct fs_node *node, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Put "<disk>: <partition>" in front of the fault; for a file that became a
 * device also "<file system>: <path>".  Always -1.
 */
int device_error(const struct device *dev, struct error *err);

/* Release what drivers hold outside the arena. */
void devices_close(struct devices *devices);

#endif
