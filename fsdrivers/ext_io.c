/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/ext_io.h"

#include "src/base/checked.h"
#include "src/base/length.h"

/*
 * The library passes its io_manager a name and nothing else, so the channel to
 * be opened waits here for as long as ext_io_open() runs.
 */
static _Thread_local struct ext_io *opening;

static errcode_t channel_open(const char *name, int flags, io_channel *channel)
{
	(void)name;
	if (!opening || (flags & IO_FLAG_RW))
		return EXT2_ET_UNIMPLEMENTED;
	*channel = &opening->channel;
	return 0;
}

/* The channel is part of struct ext_io: there is nothing to release. */
static errcode_t channel_close(io_channel channel)
{
	(void)channel;
	return 0;
}

static errcode_t channel_set_blksize(io_channel channel, int size)
{
	channel->block_size = size;
	return 0;
}

/* As the library counts: blocks, or bytes if count is negative. */
static errcode_t channel_read_blk64(
	io_channel channel, unsigned long long block, int count, void *data)
{
	struct ext_io *io = channel->private_data;
	uint64_t size = (uint64_t)channel->block_size, off, len;

	if (!mul_u64(block, size, &off)) {
		error_set(&io->err, ERR_CORRUPT,
			"block %llu lies beyond any disk", block);
		return EXT2_ET_SHORT_READ;
	}
	/* 31 bits of blocks, each of at most 64 KiB */
	len = count < 0 ? (uint64_t) - (int64_t)count : (uint64_t)count * size;
	if (volume_read(io->vol, off, data, (size_t)len, &io->err) < 0)
		return EXT2_ET_SHORT_READ;
	return 0;
}

static errcode_t channel_read_blk(
	io_channel channel, unsigned long block, int count, void *data)
{
	return channel_read_blk64(channel, block, count, data);
}

/* A library that tried to write would call one of these, and be told no. */
static errcode_t refuse_write_blk(
	io_channel channel, unsigned long block, int count, const void *data)
{
	(void)channel, (void)block, (void)count, (void)data;
	return EXT2_ET_RO_FILSYS;
}

static errcode_t refuse_write_blk64(io_channel channel,
	unsigned long long block, int count, const void *data)
{
	(void)channel, (void)block, (void)count, (void)data;
	return EXT2_ET_RO_FILSYS;
}

static errcode_t refuse_flush(io_channel channel)
{
	(void)channel;
	return EXT2_ET_RO_FILSYS;
}

/* Not const: the library's pointer to it is not, though it never writes. */
static struct struct_io_manager manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "read-only volume",
	.open = channel_open,
	.close = channel_close,
	.set_blksize = channel_set_blksize,
	.read_blk = channel_read_blk,
	.write_blk = refuse_write_blk,
	.flush = refuse_flush,
	.read_blk64 = channel_read_blk64,
	.write_blk64 = refuse_write_blk64,
};

errcode_t ext_io_open(struct ext_io *io, struct volume *vol, ext2_filsys *lib)
{
	static char name[] = "volume";
	errcode_t code;

	error_clear(&io->err);
	io->vol = vol;
	io->channel = (struct struct_io_channel){
		.magic = EXT2_ET_MAGIC_IO_CHANNEL,
		.manager = &manager,
		.name = name,
		.block_size = 1024,
		.refcount = 1,
		.private_data = io,
	};
	opening = io;
	code = ext2fs_open(name,
		EXT2_FLAG_64BITS | EXT2_FLAG_SUPER_ONLY | EXT2_FLAG_SKIP_MMP |
			EXT2_FLAG_NOFREE_ON_ERROR,
		0, 0, &manager, lib);
	opening = NULL;
	return code;
}

/* All that opening without descriptors can answer, in words that need no
 * knowledge of the library. */
static const struct {
	errcode_t code;
	enum error_code kind;
	const char *text;
} answers[] = {
	{ EXT2_ET_SB_CSUM_INVALID, ERR_CORRUPT, "superblock: wrong checksum" },
	{ EXT2_ET_UNKNOWN_CSUM, ERR_UNSUPPORTED,
		"superblock: unknown kind of checksum" },
	{ EXT2_ET_BAD_MAGIC, ERR_CORRUPT, "superblock: wrong magic number" },
	{ EXT2_ET_REV_TOO_HIGH, ERR_UNSUPPORTED,
		"superblock: unknown revision of the format" },
	{ EXT2_ET_CORRUPT_SUPERBLOCK, ERR_CORRUPT,
		"superblock: the sizes in it contradict each other" },
	{ EXT2_ET_BAD_DESC_SIZE, ERR_CORRUPT,
		"superblock: impossible size of a group descriptor" },
	{ EXT2_ET_NO_MEMORY, ERR_LIMIT, "out of memory" },
};

int ext_io_error(struct ext_io *io, errcode_t code, struct error *err)
{
	size_t i;

	if (io->err.code != ERR_NONE) {
		*err = io->err;
		error_clear(&io->err);
		return -1;
	}
	for (i = 0; i < LENGTH(answers); i++)
		if (answers[i].code == code)
			return error_set(
				err, answers[i].kind, "%s", answers[i].text);
	return error_set(err, ERR_CORRUPT, "libext2fs: error %ld", code);
}
