/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_device.c - the devices of a file system among the guest's volumes
 *
 * Each has a superblock that names the file system and the device.  A device
 * that was away for a while is older than the others, and what it holds may be.
 */
#include <string.h>

#include "fsdrivers/btrfs.h"

static bool same_uuid(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, BTRFS_UUID_SIZE) == 0;
}

/* What has grown out of a seed lies on the seed's devices, too. */
const struct btrfs_device *btrfs_device_of(
	const struct btrfs *b, const struct btrfs_stripe *stripe)
{
	size_t i;

	for (i = 0; i < b->devices_found; i++)
		if (b->devices[i].id == le64_get(stripe->device) &&
			same_uuid(b->devices[i].uuid, stripe->uuid))
			return &b->devices[i];
	return NULL;
}

bool btrfs_is_stale(const struct btrfs *b, const struct btrfs_device *dev)
{
	return dev->generation < b->generation && same_uuid(dev->fsid, b->fsid);
}

/* Of volumes that are copies of each other, the first. */
static bool add_device(
	struct btrfs *b, struct volume *vol, const struct btrfs_super *super)
{
	struct btrfs_device *dev = &b->devices[b->devices_found];
	struct btrfs_stripe as = { .device = super->device.id };

	memcpy(as.uuid, super->device.uuid, BTRFS_UUID_SIZE);
	if (b->devices_found == BTRFS_DEVICES_MAX || btrfs_device_of(b, &as))
		return false;
	dev->id = le64_get(super->device.id);
	memcpy(dev->uuid, super->device.uuid, BTRFS_UUID_SIZE);
	memcpy(dev->fsid, super->fsid, BTRFS_UUID_SIZE);
	dev->generation = le64_get(super->generation);
	dev->vol = vol;
	b->devices_found++;
	return true;
}

/* What cannot be read is as if it were not there. */
static void look_at(
	struct btrfs *b, struct volume *vol, struct btrfs_super *newest)
{
	struct btrfs_super super;
	struct error ignored;

	if (vol == b->own || btrfs_super_read(vol, &super, &ignored) <= 0 ||
		!add_device(b, vol, &super))
		return;
	if (same_uuid(super.fsid, newest->fsid) &&
		le64_get(super.generation) > le64_get(newest->generation))
		*newest = super;
}

void btrfs_find_devices(struct btrfs *b, struct btrfs_super *super)
{
	const struct volume_set *around = b->fs->around;
	size_t i;

	add_device(b, b->own, super);
	if (le64_get(super->devices) > 1)
		for (i = 0; around && i < around->count; i++)
			look_at(b, around->list[i], super);
	b->generation = le64_get(super->generation);
}
