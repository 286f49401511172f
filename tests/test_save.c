/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/save.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/runner.h"
#include "tests/support/scratch.h"

#define HEADER "# GRUB Environment Block\n"
#define DISK_SIZE 8192
#define OFFSET 1536

static uint8_t content[DISK_SIZE]; /* of the disk, before the test */
static struct disk disk;
static struct save save;
static struct error err;

static void fill(char *block, const char *variables)
{
	char text[CONFIG_BLOCK_SIZE + 1];

	memset(block, '#', CONFIG_BLOCK_SIZE);
	snprintf(text, sizeof(text), HEADER "%s", variables);
	memcpy(block, text, strlen(text));
}

static void setup(void)
{
	const char *path;
	size_t i;
	int fd;

	scratch_make();
	memset(&save, 0, sizeof(save));
	for (i = 0; i < DISK_SIZE; i++)
		content[i] = (uint8_t)(i * 7);
	fill((char *)content + OFFSET, "next_entry=old\n");
	fill(save.blocks[0].before, "next_entry=old\n");
	fill(save.blocks[0].after, "next_entry=\n");
	save.blocks[0].offset = OFFSET;
	save.blocks[0].size = CONFIG_BLOCK_SIZE;
	save.count = 1;

	path = scratch_path("disk");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_eq(write(fd, content, DISK_SIZE), DISK_SIZE);
	close(fd);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(disk_open(&disk, fd, "vm.img", 0, &err), 0);
}

static void teardown(void)
{
	close(disk.fd);
	disk_close(&disk);
	scratch_remove();
}

/* The disk now, compared with what it was at first. */
static void assert_disk(const char *block)
{
	uint8_t now[DISK_SIZE];

	ck_assert_int_eq(pread(disk.fd, now, DISK_SIZE, 0), DISK_SIZE);
	if (block)
		memcpy(content + OFFSET, block, CONFIG_BLOCK_SIZE);
	ck_assert_mem_eq(now, content, DISK_SIZE);
}

START_TEST(exactly_the_block_is_written)
{
	ck_assert_int_eq(save_write(&save, &disk, &err), 0);
	assert_disk(save.blocks[0].after);
	ck_assert_int_eq(lseek(disk.fd, 0, SEEK_END), DISK_SIZE);
	ck_assert_int_eq(scratch_names(), 1);
}
END_TEST

START_TEST(a_block_of_one_sector_is_all_that_is_written)
{
	static const char now[] = HEADER "next_entry=\n#";

	save.blocks[0].size = CONFIG_BLOCK_SECTOR;
	memset(save.blocks[0].after + CONFIG_BLOCK_SECTOR, '!',
		CONFIG_BLOCK_SECTOR);
	ck_assert_int_eq(save_write(&save, &disk, &err), 0);
	ck_assert_int_eq(pread(disk.fd, content, DISK_SIZE, 0), DISK_SIZE);
	ck_assert_mem_eq(content + OFFSET, now, strlen(now));
	for (size_t i = 0; i < CONFIG_BLOCK_SECTOR; i++)
		ck_assert_uint_eq(
			content[OFFSET + CONFIG_BLOCK_SECTOR + i], '#');
}
END_TEST

START_TEST(a_block_that_changed_is_left_alone)
{
	save.blocks[0].before[CONFIG_BLOCK_SIZE - 1] = '!';
	ck_assert_int_eq(save_write(&save, &disk, &err), -1);
	ck_assert_str_eq(err.text,
		"vm.img: environment block: the block at 0x600 was changed in "
		"the meantime");
	assert_disk(NULL);
}
END_TEST

START_TEST(a_disk_that_shrank_is_left_alone)
{
	ck_assert_int_eq(truncate(scratch_path("disk"), OFFSET + 100), 0);
	ck_assert_int_eq(save_write(&save, &disk, &err), -1);
	ck_assert_str_eq(err.text,
		"vm.img: environment block: the disk ends at 0x664 while it "
		"is read");
	ck_assert_int_eq(lseek(disk.fd, 0, SEEK_END), OFFSET + 100);
}
END_TEST

START_TEST(another_file_of_that_name_is_not_the_disk)
{
	ck_assert_int_eq(unlink(scratch_path("disk")), 0);
	scratch_put("disk", "another");
	ck_assert_int_eq(save_write(&save, &disk, &err), 0);
	assert_disk(save.blocks[0].after);
	ck_assert_str_eq(scratch_get(scratch_path("disk")), "another");
}
END_TEST

START_TEST(nothing_to_write_opens_nothing)
{
	int before = scratch_descriptors();

	save.count = 0;
	disk.fd = -1;
	ck_assert_int_eq(save_write(&save, &disk, &err), 0);
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

/* What a child says that was taken over by its guest. */

static struct peer peer;
static struct options options;
static int child; /* its end of the channel */

static void say(const struct save_block *block, size_t len)
{
	static struct message msg;
	char text[2][CONFIG_BLOCK_SIZE + 1] = { "", "" };

	memcpy(text[0], block->before, len);
	memcpy(text[1], block->after, len);
	message_begin(&msg, SAY_BLOCK);
	message_put_u32(&msg, block->disk);
	message_put_u64(&msg, block->offset);
	message_put_string(&msg, text[0]);
	message_put_string(&msg, text[1]);
	ck_assert_int_eq(message_send(child, &msg, &err), 0);
}

static int receive(void)
{
	static struct message done;

	message_begin(&done, SAY_DONE);
	ck_assert_int_eq(message_send(child, &done, &err), 0);
	return save_receive(&save, &peer, &options, &disk, &err);
}

static void begin_talk(void)
{
	int ends[2];

	setup();
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	peer.channel = ends[0];
	peer.left_ms = 1000;
	child = ends[1];
	options.disk_count = 1;
}

static void end_talk(void)
{
	close(peer.channel);
	close(child);
	teardown();
}

START_TEST(what_the_child_says_is_kept)
{
	struct save_block block = save.blocks[0];

	say(&block, CONFIG_BLOCK_SIZE);
	ck_assert_int_eq(receive(), 0);
	ck_assert_uint_eq(save.count, 1);
	ck_assert_mem_eq(&save.blocks[0], &block, sizeof(block));
}
END_TEST

static void no_such_disk(struct save_block *block)
{
	block->disk = 1;
}

static void beyond_the_end(struct save_block *block)
{
	block->offset = DISK_SIZE - CONFIG_BLOCK_SIZE + 1;
}

static void far_beyond_the_end(struct save_block *block)
{
	block->offset = UINT64_MAX - 3;
}

static void no_block_before(struct save_block *block)
{
	block->before[0] = ' ';
}

static void no_block_after(struct save_block *block)
{
	block->after[2] = 'g';
}

static void a_nul_in_it(struct save_block *block)
{
	block->after[800] = '\0';
}

static void (*const lies[])(struct save_block *block) = { no_such_disk,
	beyond_the_end, far_beyond_the_end, no_block_before, no_block_after,
	a_nul_in_it };

START_TEST(a_lie_is_refused)
{
	struct save_block block = save.blocks[0];

	lies[_i](&block);
	say(&block, CONFIG_BLOCK_SIZE);
	ck_assert_int_eq(receive(), -1);
	ck_assert_str_eq(err.text, "the reader's answer makes no sense");
}
END_TEST

START_TEST(a_block_of_one_sector_is_kept)
{
	struct save_block block = save.blocks[0];

	block.size = CONFIG_BLOCK_SECTOR;
	block.offset = DISK_SIZE - CONFIG_BLOCK_SECTOR;
	memset(&save, 0, sizeof(save));
	say(&block, block.size);
	ck_assert_int_eq(receive(), 0);
	memset(block.before + block.size, 0, CONFIG_BLOCK_SECTOR);
	memset(block.after + block.size, 0, CONFIG_BLOCK_SECTOR);
	ck_assert_mem_eq(&save.blocks[0], &block, sizeof(block));
}
END_TEST

START_TEST(two_sizes_of_a_block_are_refused)
{
	struct save_block block = save.blocks[0];

	block.after[CONFIG_BLOCK_SECTOR] = '\0';
	say(&block, CONFIG_BLOCK_SIZE);
	ck_assert_int_eq(receive(), -1);
	ck_assert_str_eq(err.text, "the reader's answer makes no sense");
}
END_TEST

START_TEST(a_short_block_is_refused)
{
	struct save_block block = save.blocks[0];

	say(&block, CONFIG_BLOCK_SIZE - 1);
	ck_assert_int_eq(receive(), -1);
	ck_assert_str_eq(err.text, "the reader's answer makes no sense");
}
END_TEST

START_TEST(more_blocks_than_there_may_be_are_refused)
{
	struct save_block block = save.blocks[0];
	size_t i;

	for (i = 0; i <= CONFIG_BLOCKS_MAX; i++)
		say(&block, CONFIG_BLOCK_SIZE);
	ck_assert_int_eq(receive(), -1);
	ck_assert_str_eq(err.text, "the reader's answer makes no sense");
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("write"), tcase_create("receive") };
	TCase *tc = cases[0];

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, exactly_the_block_is_written);
	tcase_add_test(tc, a_block_of_one_sector_is_all_that_is_written);
	tcase_add_test(tc, a_block_that_changed_is_left_alone);
	tcase_add_test(tc, a_disk_that_shrank_is_left_alone);
	tcase_add_test(tc, another_file_of_that_name_is_not_the_disk);
	tcase_add_test(tc, nothing_to_write_opens_nothing);
	tc = cases[1];
	tcase_add_checked_fixture(tc, begin_talk, end_talk);
	tcase_add_test(tc, what_the_child_says_is_kept);
	tcase_add_loop_test(
		tc, a_lie_is_refused, 0, sizeof(lies) / sizeof(lies[0]));
	tcase_add_test(tc, a_block_of_one_sector_is_kept);
	tcase_add_test(tc, two_sizes_of_a_block_are_refused);
	tcase_add_test(tc, a_short_block_is_refused);
	tcase_add_test(tc, more_blocks_than_there_may_be_are_refused);
	return run_suite("save", cases, 2);
}
