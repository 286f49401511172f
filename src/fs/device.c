/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/device.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/base/length.h"
#include "src/fs/device_list.h"
#include "src/fs/logical.h"
#include "src/fs/loop.h"

/* GRUB's name of the scheme in a device name. */
static const char *const scheme_names[] = {
	[SCHEME_MSDOS] = "msdos",
	[SCHEME_GPT] = "gpt",
	[SCHEME_BSD] = "bsd",
	[SCHEME_SOLARIS] = "sunpc",
};

/* GRUB has names of their own for the slices of OpenBSD and NetBSD. */
#define TYPE_OPENBSD 0xa6
#define TYPE_NETBSD 0xa9

static uint8_t type_within(
	const struct partition_table *table, const struct partition *part)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (table->list[i].within == 0 &&
			table->list[i].number == part->within)
			return table->list[i].type;
	return 0;
}

static void name_slice(struct device *dev, uint8_t type)
{
	const struct partition *part = dev->part;
	unsigned int disk = dev->disk->index;

	snprintf(dev->name, sizeof(dev->name), "partition %u slice %u",
		part->within, part->number);
	if (type == TYPE_OPENBSD || type == TYPE_NETBSD)
		snprintf(dev->grub, sizeof(dev->grub), "hd%u,%sbsd%u", disk,
			type == TYPE_NETBSD ? "net" : "open", part->number);
	else
		snprintf(dev->grub, sizeof(dev->grub), "hd%u,msdos%u,%s%u",
			disk, part->within, scheme_names[part->scheme],
			part->number);
}

static void name_partition(
	struct device *dev, const struct partition_table *table)
{
	const struct partition *part = dev->part;

	if (part->within > 0) {
		name_slice(dev, type_within(table, part));
		return;
	}
	snprintf(dev->name, sizeof(dev->name), "partition %u", part->number);
	snprintf(dev->grub, sizeof(dev->grub), "hd%u,%s%u", dev->disk->index,
		scheme_names[part->scheme], part->number);
}

static struct device *add_device(struct devices *devices, struct disk *disk,
	const struct partition_table *table, uint64_t start, uint64_t size,
	struct error *err)
{
	struct device *dev = arena_alloc(devices->arena, sizeof(*dev), err);
	struct volume_set *volumes = &devices->volumes;
	struct volume **all;
	struct device **list;

	list = arena_grow(devices->arena, devices->list, devices->count,
		&devices->capacity, sizeof(*list), err);
	all = arena_grow(devices->arena, volumes->list, volumes->count,
		&volumes->capacity, sizeof(*all), err);
	if (!dev || !list || !all)
		return NULL;
	devices->list = list;
	volumes->list = all;
	all[volumes->count++] = &dev->vol;
	dev->disk = disk;
	dev->table = table;
	dev->range = (struct disk_range){ disk, start };
	volume_of_disk(&dev->vol, &dev->range, size);
	list[devices->count++] = dev;
	return dev;
}

static int add_disk(struct devices *devices, struct disk *disk,
	const struct partition_table *table, uint64_t off, struct error *err)
{
	struct device *dev;

	if (off > 0 && off >= disk->size)
		return error_set(err, ERR_NOT_FOUND,
			"offset %llu is beyond the disk's end",
			(unsigned long long)off);
	dev = add_device(devices, disk, table, off, disk->size - off, err);
	if (!dev)
		return -1;
	if (off > 0)
		snprintf(dev->name, sizeof(dev->name), "offset %llu",
			(unsigned long long)off);
	else
		snprintf(dev->name, sizeof(dev->name), "whole disk");
	snprintf(dev->grub, sizeof(dev->grub), "hd%u", disk->index);
	return 0;
}

static int add_partitions(struct devices *devices, struct disk *disk,
	const struct partition_table *table, struct error *err)
{
	struct device *dev;
	size_t i;

	for (i = 0; i < table->count; i++) {
		dev = add_device(devices, disk, table, table->list[i].start,
			table->list[i].size, err);
		if (!dev)
			return -1;
		dev->part = &table->list[i];
		name_partition(dev, table);
	}
	return 0;
}

/* The rank of a device within its disk: lower is looked at first. */
static int rank(const struct device *dev)
{
	if (!dev->part)
		return dev->table->whole_first ? 0 : 3;
	return dev->part->active ? 1 : 2;
}

/* The devices of a disk that have this rank; the same bytes once only. */
static int add_rank(struct devices *devices, const struct disk *disk,
	int wanted, struct error *err)
{
	struct device *dev, **order;
	size_t i;

	for (i = 0; i < devices->count; i++) {
		dev = devices->list[i];
		if (dev->disk != disk || rank(dev) != wanted || dev->same)
			continue;
		if (dev->part && dev->part->start == 0 &&
			dev->table->whole_first)
			continue;
		order = arena_grow(devices->arena, devices->order,
			devices->order_count, &devices->order_capacity,
			sizeof(*order), err);
		if (!order)
			return -1;
		devices->order = order;
		order[devices->order_count++] = dev;
	}
	return 0;
}

int devices_order_disk(
	struct devices *devices, const struct disk *disk, struct error *err)
{
	int wanted;

	for (wanted = 0; wanted <= 3; wanted++)
		if (add_rank(devices, disk, wanted, err) < 0)
			return -1;
	return 0;
}

int devices_add_disk(struct devices *devices, struct disk *disk,
	struct partition_table *table, struct error *err)
{
	*table = (struct partition_table){ 0 };
	if (disk->size > 0 &&
		partition_scan(disk, table, devices->arena, err) < 0) {
		if (err->code == ERR_SYSTEM)
			return error_in(err, "%s", disk->name);
		/* another disk, or this one as a whole, may still boot */
		*table = (struct partition_table){ 0 };
		snprintf(table->damage, sizeof(table->damage), "%.127s",
			err->text);
	}
	if (add_disk(devices, disk, table, 0, err) < 0 ||
		add_partitions(devices, disk, table, err) < 0)
		return error_in(err, "%s", disk->name);
	return 0;
}

int devices_scan(struct devices *devices, struct disk *disks,
	unsigned int count, struct arena *arena,
	const struct fs_driver *const *drivers, struct error *err)
{
	struct partition_table *tables;
	unsigned int i;

	tables = arena_array(arena, count, sizeof(*tables), err);
	if (!tables)
		return -1;
	*devices = (struct devices){
		.arena = arena,
		.drivers = drivers,
		.tables = tables,
		.disks = count,
		.assembly = { .arena = arena },
	};
	for (i = 0; i < count; i++)
		if (devices_add_disk(devices, &disks[i], &tables[i], err) < 0)
			return -1;
	logical_scan(devices, LOOKED_RAID);
	for (i = 0; i < count; i++)
		if (devices_order_disk(devices, &disks[i], err) < 0)
			return -1;
	for (i = 0; i < devices->over_count; i++)
		if (devices_order_disk(devices, devices->over[i], err) < 0)
			return -1;
	return 0;
}

int devices_at_offset(struct devices *devices, struct disk *disk, uint64_t off,
	struct arena *arena, const struct fs_driver *const *drivers,
	struct error *err)
{
	struct partition_table *table = arena_alloc(arena, sizeof(*table), err);

	if (!table)
		return -1;
	*devices = (struct devices){
		.arena = arena,
		.drivers = drivers,
		.tables = table,
		.disks = 1,
		.alone = true,
	};
	if (add_disk(devices, disk, table, off, err) < 0)
		return error_in(err, "%s", disk->name);
	return devices_order_disk(devices, disk, err);
}

struct device *devices_get(struct devices *devices, size_t i)
{
	if (i == devices->count)
		logical_scan(devices, LOOKED_REST);
	return i < devices->count ? devices->list[i] : NULL;
}

struct device *devices_to_try(struct devices *devices, size_t i)
{
	if (i == devices->order_count)
		logical_scan(devices, LOOKED_REST);
	return i < devices->order_count ? devices->order[i] : NULL;
}

struct device *devices_by_number(
	const struct devices *devices, unsigned int disk, unsigned int number)
{
	struct device *dev;
	bool whole;
	size_t i;

	if (disk >= devices->disks)
		return NULL;
	whole = number == 0 || !devices->tables[disk].has_table;
	for (i = 0; i < devices->count; i++) {
		dev = devices->list[i];
		if (dev->disk->index != disk)
			continue;
		if (whole ? !dev->part
			  : dev->part && dev->part->within == 0 &&
					dev->part->number == number)
			return dev;
	}
	return NULL;
}

static bool is_slice(const struct partition *part)
{
	return part->scheme == SCHEME_BSD || part->scheme == SCHEME_SOLARIS;
}

struct device *devices_by_slice(const struct devices *devices,
	unsigned int disk, unsigned int number, unsigned int slice)
{
	const struct partition *part;
	size_t i;

	for (i = 0; i < devices->count; i++) {
		part = devices->list[i]->part;
		if (!part || !is_slice(part) ||
			devices->list[i]->disk->index != disk)
			continue;
		if ((number == 0 || part->within == number) &&
			part->number == slice + 1)
			return devices->list[i];
	}
	return NULL;
}

/* A decimal number of at most 9 digits at *at, which moves behind it. */
static bool take_number(const char **at, unsigned int *number)
{
	unsigned int value = 0, digits;

	for (digits = 0; isdigit((unsigned char)**at); digits++, (*at)++) {
		if (digits == 9)
			return false;
		value = value * 10 + (unsigned int)(**at - '0');
	}
	*number = value;
	return digits > 0;
}

/* hd1, or as grub-xen and grub-emu say it xen/xvdb; *at moves behind it. */
static bool take_disk(const char **at, unsigned int *disk)
{
	if (strncmp(*at, "hd", 2) == 0) {
		*at += 2;
		return take_number(at, disk);
	}
	if (strncmp(*at, "xen/", 4) != 0)
		return false;
	*at += 4;
	if (strncmp(*at, "xvd", 3) != 0 || (*at)[3] < 'a' || (*at)[3] > 'p')
		return false;
	*disk = (unsigned int)((*at)[3] - 'a');
	*at += 4;
	return true;
}

/* A number behind a scheme's name; is it one whose partitions are slices? */
static bool take_partition(const char **at, unsigned int *number, bool *slice)
{
	const char *scheme = *at;
	size_t len = strspn(scheme, "abcdefghijklmnopqrstuvwxyz");

	*slice = (len >= 3 && memcmp(scheme + len - 3, "bsd", 3) == 0) ||
		(len == 5 && memcmp(scheme, "sunpc", 5) == 0);
	*at += len;
	return take_number(at, number);
}

struct device *devices_by_grub_name(struct devices *devices, const char *name)
{
	struct device *loop = loop_find(devices, name);
	unsigned int disk, number = 0, slice = 0;
	bool in_slice = false;
	const char *at = name;

	if (loop)
		return loop;
	if (!take_disk(&at, &disk))
		return logical_by_grub_name(devices, name);
	/* xvda1 may be a disk of its own to the guest */
	if (isdigit((unsigned char)*at) && !take_number(&at, &number))
		return NULL;
	if (*at == ',' && (at++, !take_partition(&at, &number, &in_slice)))
		return NULL;
	if (in_slice) { /* hd0,netbsd1: in whatever partition */
		slice = number;
		number = 0;
	}
	if (*at == ',') {
		at++;
		if (!take_partition(&at, &slice, &in_slice))
			return NULL;
		in_slice = true;
	}
	if (*at != '\0' || (in_slice && slice == 0))
		return NULL;
	return in_slice ? devices_by_slice(devices, disk, number, slice - 1)
			: devices_by_number(devices, disk, number);
}

/* What holds the same bytes is opened in its place. */
static int share(struct devices *devices, struct device *dev, struct error *err)
{
	const struct fs *fs = device_fs(devices, dev->same, err);

	if (!fs)
		return -1;
	dev->fs = *fs;
	dev->state = DEVICE_MOUNTED;
	return 0;
}

/*
 * Whoever is not content with the first file system tries many, and each probe
 * is a read that waits for the disk if nobody has asked for it before.
 */
#define EXPECTED_AT_ONCE 16

/* Where drivers look: at the start, and UFS and ZFS behind 256 KiB. */
static const struct {
	uint64_t off;
	uint64_t len;
} probed[] = {
	{ 0, 72U << 10 },
	{ 256U << 10, 20U << 10 },
};

/* Have the host read what probes of the device will ask for. */
static void expect_probes(struct device *dev)
{
	struct volume_run run;
	struct error ignored;
	size_t i;

	for (i = 0; i < LENGTH(probed); i++)
		if (range_inside(probed[i].off, probed[i].len, dev->vol.size) &&
			volume_locate(&dev->vol, probed[i].off, probed[i].len,
				&run, &ignored) > 0 &&
			run.fd != VOLUME_HOLE)
			posix_fadvise(run.fd, (off_t)run.pos, (off_t)run.len,
				POSIX_FADV_WILLNEED);
}

/* The device is about to be tried; from the second on others will follow. */
static void expect_more(struct devices *devices, struct device *dev)
{
	bool first = !devices->tried;
	size_t i, end;

	devices->tried = true;
	if (first || dev->expected)
		return;
	for (i = 0; i < devices->count && devices->list[i] != dev; i++)
		;
	end = i + EXPECTED_AT_ONCE;
	for (; i < devices->count && i < end; i++) {
		if (devices->list[i]->state == DEVICE_UNTRIED)
			expect_probes(devices->list[i]);
		devices->list[i]->expected = true;
	}
}

static int mount(struct devices *devices, struct device *dev, struct error *err)
{
	const struct volume_set *around = dev->under ? NULL : &devices->volumes;

	if (dev->same)
		return share(devices, dev, err);
	expect_more(devices, dev);
	if (fs_open(&dev->fs, &dev->vol, around, devices->arena,
		    devices->drivers, err) == 0) {
		dev->state = DEVICE_MOUNTED;
		return 0;
	}
	dev->why = arena_alloc(devices->arena, sizeof(*dev->why), err);
	if (!dev->why)
		return -1;
	*dev->why = *err;
	dev->state = DEVICE_UNREADABLE;
	return -1;
}

struct fs *device_fs(
	struct devices *devices, struct device *dev, struct error *err)
{
	if (dev->state == DEVICE_UNREADABLE)
		*err = *dev->why;
	else if (dev->state == DEVICE_MOUNTED || mount(devices, dev, err) == 0)
		return &dev->fs;
	return NULL;
}

static int check_file(const struct fs_node *node, struct error *err)
{
	if (node->type == FS_DIR)
		return error_set(err, ERR_NOT_FOUND, "is a directory");
	if (node->type != FS_FILE)
		return error_set(err, ERR_NOT_FOUND, "is not a regular file");
	if (node->size == 0)
		return error_set(err, ERR_NOT_FOUND, "is empty");
	return 0;
}

void device_start(struct device *dev, const char *start)
{
	if (dev->state == DEVICE_MOUNTED)
		dev->fs.start = start ? start : dev->fs.usual_start;
}

int devices_add_start(
	struct devices *devices, struct text name, struct error *err)
{
	const char *path;
	size_t i;

	for (i = 0; i < devices->start_count; i++)
		if (text_is(name, devices->starts[i]))
			return 0;
	if (devices->start_count == DEVICES_STARTS_MAX)
		return 0;
	path = arena_strndup(devices->arena, name.at, name.len, err);
	if (!path)
		return -1;
	devices->starts[devices->start_count++] = path;
	return 0;
}

/* Only where a file system has such directories, and nothing was found. */
static int find_below_starts(const struct devices *devices, struct fs *fs,
	const char *path, struct fs_node *node, struct error *err)
{
	const char *start = fs->start;
	struct error ignored;
	size_t i;
	int r = -1;

	if (err->code != ERR_NOT_FOUND || !fs->roots)
		return -1;
	for (i = 0; i < devices->start_count && r < 0; i++) {
		fs->start = devices->starts[i];
		r = fs_find(fs, path, node, &ignored);
	}
	fs->start = start;
	return r;
}

struct fs *device_file(struct devices *devices, struct device *dev,
	const char *path, struct fs_node *node, struct error *err)
{
	struct fs *fs = device_fs(devices, dev, err);

	if (!fs) {
		error_in(err, "%s", path);
		return NULL;
	}
	if (fs_find(fs, path, node, err) == 0 ||
		find_below_starts(devices, fs, path, node, err) == 0) {
		if (check_file(node, err) == 0)
			return fs;
		error_in(err, "%s", path);
	}
	error_in(err, "%s", fs->type);
	return NULL;
}

int device_error(const struct device *dev, struct error *err)
{
	for (; dev->under; dev = dev->under) {
		if (!dev->file)
			continue;
		error_in(err, "%s", dev->file);
		if (dev->under->state == DEVICE_MOUNTED)
			error_in(err, "%s", dev->under->fs.type);
	}
	if (dev->part || dev->range.start > 0 || dev->made)
		error_in(err, "%s", dev->name);
	return error_in(err, "%s", dev->disk->name);
}

static void close_all(struct device *const *list, size_t count)
{
	while (count > 0)
		if (list[--count]->state == DEVICE_MOUNTED &&
			!list[count]->same)
			fs_close(&list[count]->fs);
}

void devices_close(struct devices *devices)
{
	/* a file before the file system that it is on */
	close_all(devices->made, devices->made_count);
	close_all(devices->list, devices->count);
	while (devices->over_count > 0)
		disk_close(devices->over[--devices->over_count]);
	devices->loops = NULL;
	devices->made_count = devices->count = devices->order_count = 0;
}

#define MBR_SIGNATURE 0x1b8 /* bytes into the disk */

int device_part_uuid(const struct device *dev, char uuid[DEVICE_PART_UUID_SIZE],
	struct error *err)
{
	const struct partition *part = dev->part;
	le32 signature;

	uuid[0] = '\0';
	if (!part)
		return 0;
	if (part->scheme != SCHEME_MSDOS) {
		snprintf(uuid, DEVICE_PART_UUID_SIZE, "%s", part->guid);
		return 0;
	}
	if (disk_read(dev->disk, MBR_SIGNATURE, &signature, sizeof(signature),
		    err) < 0)
		return error_in(err, "%s", dev->disk->name);
	snprintf(uuid, DEVICE_PART_UUID_SIZE, "%08x-%02x", le32_get(signature),
		part->number);
	return 0;
}
