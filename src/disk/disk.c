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
	memset(disk->cache, 0, sizeof(disk->cache));
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

/* The slot that holds the block at off, or else the one used longest ago. */
static struct disk_block *find_slot(struct disk *disk, uint64_t off)
{
	struct disk_block *slot, *oldest = &disk->cache[0];

	for (slot = disk->cache; slot < disk->cache + DISK_BLOCKS; slot++) {
		if (slot->len > 0 && slot->off == off)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	return oldest;
}

/* The block at off, which is a multiple of its size and inside the disk. */
static const struct disk_block *get_block(
	struct disk *disk, uint64_t off, struct error *err)
{
	struct disk_block *slot = find_slot(disk, off);
	uint32_t len = DISK_BLOCK_SIZE;

	if (slot->len == 0 || slot->off != off) {
		slot->len = 0;
		if (!slot->data)
			slot->data = malloc(DISK_BLOCK_SIZE);
		if (!slot->data) {
			error_set(err, ERR_LIMIT, "out of memory");
			return NULL;
		}
		if (len > disk->size - off)
			len = (uint32_t)(disk->size - off);
		if (disk_read_now(disk, off, slot->data, len, err) < 0)
			return NULL;
		slot->off = off;
		slot->len = len;
	}
	slot->used = ++disk->clock;
	return slot;
}

static int read_cached(struct disk *disk, uint64_t off, uint8_t *buf,
	size_t len, struct error *err)
{
	const struct disk_block *block;
	size_t skip, n;

	while (len > 0) {
		skip = off % DISK_BLOCK_SIZE;
		block = get_block(disk, off - skip, err);
		if (!block)
			return -1;
		/* the range is inside the disk, so skip is inside the block */
		n = block->len - skip;
		if (n > len)
			n = len;
		memcpy(buf, block->data + skip, n);
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
