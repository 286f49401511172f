/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/save.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/checked.h"

static const char header[] = CONFIG_BLOCK_HEADER;

static bool is_block(const char *text)
{
	return config_is_block_size(strlen(text)) &&
		strncmp(text, header, sizeof(header) - 1) == 0;
}

static int take_block(struct save *save, struct message_body *body,
	const struct options *options, const struct disk *disks,
	struct error *err)
{
	uint32_t disk = message_take_u32(body);
	uint64_t offset = message_take_u64(body);
	const char *before = message_take_string(body);
	const char *after = message_take_string(body);
	size_t size = strlen(before);
	struct save_block *block;

	if (body->type != SAY_BLOCK || !message_complete(body) ||
		save->count == CONFIG_BLOCKS_MAX ||
		disk >= options->disk_count ||
		!range_inside(offset, size, disks[disk].size) ||
		!is_block(before) || !is_block(after) || strlen(after) != size)
		return peer_malformed(err);
	block = &save->blocks[save->count++];
	block->disk = disk;
	block->offset = offset;
	block->size = size;
	memcpy(block->before, before, size);
	memcpy(block->after, after, size);
	return 0;
}

int save_receive(struct save *save, struct peer *peer,
	const struct options *options, const struct disk *disks,
	struct error *err)
{
	struct message_body body;

	save->count = 0;
	if (peer_ask(peer, ASK_SAVED, err) < 0)
		return -1;
	for (;;) {
		if (peer_receive(peer, options->verbose, &body, err) < 0)
			return -1;
		if (body.type == SAY_DONE)
			return 0;
		if (take_block(save, &body, options, disks, err) < 0)
			return -1;
	}
}

static int write_at(int fd, const char *buf, size_t len, uint64_t off)
{
	ssize_t n;

	for (; len > 0; buf += n, off += (uint64_t)n, len -= (size_t)n) {
		n = pwrite(fd, buf, len, (off_t)off);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n < 0)
			n = 0;
	}
	return 0;
}

static int replace(int fd, const struct save_block *block, struct disk *disk,
	struct error *err)
{
	char now[CONFIG_BLOCK_SIZE];

	if (disk_read_now(disk, block->offset, now, block->size, err) < 0)
		return -1;
	if (memcmp(now, block->before, block->size) != 0)
		return error_set(err, ERR_SYSTEM,
			"the block at 0x%" PRIx64
			" was changed in the meantime",
			block->offset);
	/* synced: blkback reads a device below the host's page cache */
	if (write_at(fd, block->after, block->size, block->offset) < 0 ||
		fdatasync(fd) < 0)
		return error_errno(
			err, "writing the block at 0x%" PRIx64, block->offset);
	return 0;
}

static int write_block(
	const struct save_block *block, struct disk *disk, struct error *err)
{
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", disk->fd);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_errno(err, "cannot be opened for writing");
	r = replace(fd, block, disk, err);
	close(fd);
	return r;
}

int save_write(const struct save *save, struct disk *disks, struct error *err)
{
	size_t i;

	for (i = 0; i < save->count; i++) {
		const struct save_block *block = &save->blocks[i];
		struct disk *disk = &disks[block->disk];

		if (write_block(block, disk, err) < 0)
			return error_in(
				err, "%s: environment block", disk->name);
	}
	return 0;
}
