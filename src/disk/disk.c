/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/disk.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/disk/volume.h"

/* Reads longer than this are file data or whole tables: read them once. */
#define CACHED_READ_MAX 8192

static int block_device_size(struct disk *disk, struct error *err)
{
	int sector_size;

	if (ioctl(disk->fd, BLKGETSIZE64, &disk->size) < 0 ||
		ioctl(disk->fd, BLKSSZGET, &sector_size) < 0)
		return error_errno(err, "size of the block device");
	if (sector_size == 4096)
		disk->sector_size = 4096;
	return 0;
}

int disk_open(struct disk *disk, int fd, const char *name, unsigned int index,
	struct error *err)
{
	struct stat st;

	*disk = (struct disk){
		.name = name,
		.index = index,
		.fd = fd,
		.sector_size = 512,
	};
	if (fstat(fd, &st) < 0)
		return error_errno(err, "fstat");
	if (S_ISDIR(st.st_mode))
		return error_set(err, ERR_SYSTEM, "is a directory, not a disk");
	if (S_ISREG(st.st_mode))
		disk->size = (uint64_t)st.st_size;
	else if (!S_ISBLK(st.st_mode))
		return error_set(err, ERR_SYSTEM,
			"is neither a file nor a block device");
	else if (block_device_size(disk, err) < 0)
		return -1;
	/* a loop or nbd device without a file behind it is, too */
	if (disk->size == 0)
		return error_set(err, ERR_SYSTEM, "is empty");
	return 0;
}

void disk_over(struct disk *disk, struct volume *vol, const char *name,
	unsigned int index)
{
	*disk = (struct disk){
		.name = name,
		.index = index,
		.fd = -1,
		.over = vol,
		.size = vol->size,
		.sector_size = 512,
	};
}

void disk_close(struct disk *disk)
{
	for (size_t i = 0; i < DISK_BLOCKS; i++)
		free(disk->cache[i].data);
	free(disk->ahead.data);
	memset(disk->cache, 0, sizeof(disk->cache));
	disk->last = NULL;
	disk->ahead = (struct disk_ahead){ 0 };
}

int disk_read_now(struct disk *disk, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	uint8_t *to = buf;
	ssize_t n;

	if (disk->over)
		return volume_read(disk->over, off, buf, len, err);
	while (len > 0) {
		n = pread(disk->fd, to, len, (off_t)off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERR_IO,
				"reading %zu bytes at 0x%" PRIx64 ": %s", len,
				off, strerror(errno));
		if (n == 0)
			return error_set(err, ERR_IO,
				"the disk ends at 0x%" PRIx64
				" while it is read",
				off);
		to += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static bool holds(const struct disk_block *slot, uint64_t off)
{
	return slot->len > 0 && slot->off == off;
}

/*
 * The slots for the block at off.  Blocks that follow each other have different
 * ones, and so have those at round distances, where partitions begin and file
 * systems keep what they keep (Knuth, The Art of Computer Programming, 6.4).
 */
static struct disk_block *slots_for(struct disk *disk, uint64_t off)
{
	const uint64_t golden = 0x9e3779b97f4a7c15; /* 2^64 / 1.618... */
	uint64_t mixed = off / DISK_BLOCK_SIZE * golden >> 32;

	return &disk->cache[mixed % (DISK_BLOCKS / DISK_BLOCKS_SET) *
		DISK_BLOCKS_SET];
}

/* The slot that holds the block at off, or else the one used longest ago. */
static struct disk_block *find_slot(struct disk *disk, uint64_t off)
{
	struct disk_block *slots, *slot, *oldest;

	if (disk->last && holds(disk->last, off))
		return disk->last;
	slots = oldest = slots_for(disk, off);
	for (slot = slots; slot < slots + DISK_BLOCKS_SET; slot++) {
		if (holds(slot, off))
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	return oldest;
}

/* The block at off, and what is behind it, if they were read ahead. */
static struct bytes from_ahead(const struct disk *disk, uint64_t off)
{
	const struct disk_ahead *ahead = &disk->ahead;
	struct bytes all = { ahead->data, ahead->len };

	if (off < ahead->off || off - ahead->off >= ahead->len)
		return (struct bytes){ NULL, 0 };
	off -= ahead->off;
	return bytes_sub(all, off, ahead->len - (size_t)off);
}

/* Does whoever wants the block at off read on from the two before it? */
static bool reads_on(struct disk *disk, uint64_t off)
{
	const uint64_t size = DISK_BLOCK_SIZE;

	return off >= 2 * size &&
		holds(find_slot(disk, off - size), off - size) &&
		holds(find_slot(disk, off - 2 * size), off - 2 * size);
}

/*
 * Nobody has the block at off yet.  Read it with those behind, if it is worth
 * it.  Failing is no fault: only what is behind may be damaged.
 */
static void read_ahead(struct disk *disk, uint64_t off)
{
	struct disk_ahead *ahead = &disk->ahead;
	size_t len = DISK_AHEAD_MIN;
	struct error ignored;

	if (ahead->len > 0 && off == ahead->off + ahead->len)
		len = 2 * ahead->len;
	else if (!reads_on(disk, off))
		return;
	if (!ahead->data)
		ahead->data = malloc(DISK_AHEAD_MAX);
	if (len > DISK_AHEAD_MAX)
		len = DISK_AHEAD_MAX;
	if (len > disk->size - off)
		len = (size_t)(disk->size - off);
	ahead->off = off;
	ahead->len = 0;
	if (ahead->data &&
		disk_read_now(disk, off, ahead->data, len, &ignored) == 0)
		ahead->len = len;
}

/* Have the block at off, which is a multiple of its size, in a slot. */
static int fill_slot(struct disk *disk, struct disk_block *slot, uint64_t off,
	struct error *err)
{
	struct bytes ahead = from_ahead(disk, off);
	uint32_t len = DISK_BLOCK_SIZE;

	slot->len = 0;
	if (!slot->data)
		slot->data = malloc(DISK_BLOCK_SIZE);
	if (!slot->data)
		return error_set(err, ERR_LIMIT, "out of memory");
	if (len > disk->size - off)
		len = (uint32_t)(disk->size - off);
	if (ahead.data && ahead.len >= len)
		memcpy(slot->data, ahead.data, len);
	else if (disk_read_now(disk, off, slot->data, len, err) < 0)
		return -1;
	slot->off = off;
	slot->len = len;
	return 0;
}

/*
 * What is kept from off on, which is inside the disk: at least a byte.  Blocks
 * that somebody wants whole are not kept longer than they were read ahead:
 * they are what is read once, and only then another copy of them matters.
 */
static int get_bytes(struct disk *disk, uint64_t off, size_t want,
	struct bytes *bytes, struct error *err)
{
	size_t skip = off % DISK_BLOCK_SIZE;
	struct disk_block *slot = find_slot(disk, off - skip);

	if (!holds(slot, off - skip)) {
		if (from_ahead(disk, off).len == 0)
			read_ahead(disk, off - skip);
		*bytes = from_ahead(disk, off);
		if (skip == 0 && want >= DISK_BLOCK_SIZE &&
			bytes->len >= DISK_BLOCK_SIZE)
			return 0;
		if (fill_slot(disk, slot, off - skip, err) < 0)
			return -1;
	}
	slot->used = ++disk->clock;
	disk->last = slot;
	*bytes = (struct bytes){ slot->data + skip, slot->len - skip };
	return 0;
}

static int read_cached(struct disk *disk, uint64_t off, uint8_t *buf,
	size_t len, struct error *err)
{
	struct bytes bytes;
	size_t n;

	while (len > 0) {
		if (get_bytes(disk, off, len, &bytes, err) < 0)
			return -1;
		n = bytes.len < len ? bytes.len : len;
		memcpy(buf, bytes.data, n);
		buf += n;
		off += n;
		len -= n;
	}
	return 0;
}

int disk_read(struct disk *disk, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	if (!range_inside(off, len, disk->size))
		return error_set(err, ERR_IO,
			"%zu bytes at 0x%" PRIx64
			" lie beyond the disk's end (0x%" PRIx64 ")",
			len, off, disk->size);
	if (len <= CACHED_READ_MAX)
		return read_cached(disk, off, buf, len, err);
	return disk_read_now(disk, off, buf, len, err);
}
