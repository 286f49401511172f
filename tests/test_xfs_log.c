/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs of XFS that wait to be replayed: real ones, of a kernel whose disk was
 * copied while it was at work, compared with what that kernel makes of the
 * copy; and ones that are broken here and there.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/xfs_log.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

static const struct {
	const char *mkfs;
	const char *mount;
} crashed[] = {
	{ "", "rw" },
	{ "", "logbsize=256k" },
	{ "-b size=1024", "rw" },
	{ "-b size=1024 -n size=4096", "logbsize=64k" },
	{ "-n size=65536", "rw" },
	{ "-i size=2048", "rw" },
	{ "-i nrext64=1", "rw" },
	{ "-m rmapbt=1,reflink=1", "rw" },
	{ "-m bigtime=0,finobt=0,reflink=0", "rw" },
	{ "-l su=64k", "rw" },
};

/* What a guest does before it crashes, and what it synced is not all of it. */
static const char work[] =
	"cd mnt && for i in 1 2 3; do "
	"seq $((i * 1000)) 60000 >kernel.new && mv kernel.new boot/kernel-$i && "
	"mkdir dir$i && (cd dir$i && seq 300 | xargs touch) && "
	"ln -s boot/kernel-$i link && mv link vmlinuz && rm -r many/*$i && "
	"ln -s $(seq -s / 200) long-$i && "
	"seq $i 40 >>lines && rm -rf gone && mkdir gone && "
	"(cd gone && seq -f %%0200.0f 60 | xargs touch) && "
	/* a tree of extents */
	"for k in $(seq 0 2 120); do echo $k | "
	"dd of=holes bs=4096 seek=$((k + i * 200)) conv=notrunc; done && "
	"truncate -s 9000 shorter && setfattr -n user.a -v $i lines && "
	"xfs_io -c fsync boot/kernel-$i -c fsync lines && "
	"xfs_io -c fsync holes && sync ./vmlinuz ; done; rm -r gone; "
	"seq 9 >reused; xfs_io -c fsync reused; ";

static const char copied[] = "cd .. && cp --sparse=always made.img crash.img";
static const char shut[] = "cd .. && xfs_io -x -c 'shutdown -f' mnt && "
			   "cp --sparse=always made.img crash.img";

/* made.img after a crash is crash.img; what the kernel makes of it, in tree. */
static bool crash(const char *mkfs, const char *options, const char *how)
{
	image_run(
		"rm -rf tree made.img crash.img; truncate -s 128M made.img && "
		"QA_CHECK_FS=1 TEST_DIR=x TEST_DEV=x mkfs.xfs -q %s made.img",
		mkfs);
	if (!image_loop_mount("made.img", options))
		return false;
	image_run("cd mnt && mkdir boot many && seq 5000 >lines && "
		  "seq 9000 >shorter && (cd many && seq 500 | xargs touch)");
	image_run("{ unmount mnt; }");
	if (!image_loop_mount("made.img", options))
		ck_abort_msg("mounted once, and not again");
	image_run("{ %s %s; }; r=$?; unmount mnt; exit $r", work, how);
	image_run("cp --sparse=always crash.img replayed.img");
	if (!image_loop_mount("replayed.img", "rw"))
		ck_abort_msg("the kernel does not mount its own crash");
	image_run("cp -a mnt tree; unmount mnt; rm replayed.img");
	return true;
}

START_TEST(reads_what_the_kernel_would_after_replaying)
{
	char host[128];

	if (!crash(crashed[_i].mkfs, crashed[_i].mount,
		    _i % 2 ? shut : copied)) {
		puts("skipped: no loop mount (root, loop devices)");
		return;
	}
	image_open(&image, "crash.img");
	ck_assert_msg(
		image_mount(&image, &xfs_driver) == 0, "%s", image.err.text);
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(image.fs.dirty);
	snprintf(host, sizeof(host), "%s/tree", image_directory());
	image_compare(&image, host, NULL, true);
	image_close(&image);
}
END_TEST

static bool is_there(const char *path)
{
	struct fs_node node;
	struct error err;

	return fs_find(&image.fs, path, &node, &err) == 0;
}

static void open_as(const char *name)
{
	image_open(&image, name);
	ck_assert_msg(
		image_mount(&image, &xfs_driver) == 0, "%s", image.err.text);
	ck_assert(image.fs.dirty);
}

/* Version 4, which this machine's kernel may not know any more. */
static const char *const old[] = { "xfs-v4-dirty.img",
	"xfs-v4-dirty-log1.img" };

START_TEST(replays_a_log_of_version_4)
{
	char host[128];

	image_run("rm -rf tree && mkdir -p tree/boot tree/dir && cd tree && "
		  "seq 900 >boot/old && seq 40 >dir/before && " TESTIMAGES
		  "/xfs_crash.sh");
	image_stored(old[_i]);
	open_as(old[_i]);
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	snprintf(host, sizeof(host), "%s/tree", image_directory());
	image_compare(&image, host, NULL, false);
	image_close(&image);
}
END_TEST

#define DIRTY "xfs-dirty.img"

START_TEST(finds_a_kernel_that_was_installed_before_the_crash)
{
	struct fs_node node;
	char buf[8];
	size_t got;

	image_stored(DIRTY);
	open_as(DIRTY);
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(is_there("/dir/after"));
	ck_assert(!is_there("/dir/before"));
	image_find(&image, "/link", &node);
	ck_assert_uint_eq(node.size, 13893); /* seq 3000 */
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, buf, 8, &got, &image.err), 0);
	ck_assert_int_eq(memcmp(buf, "1\n2\n3\n4\n", 8), 0);
	image_close(&image);
}
END_TEST

/*
 * In DIRTY the log's last turn has 21 records, from sector 14 on; the first has
 * 9,728 bytes, the others 1,024.  In the first the inode of /dir comes first.
 */
#define LOG 33579008
#define AT(sector) (LOG + (sector)*512)
#define FIRST AT(14)
#define FIRST_DATA AT(15)
#define LAST AT(91)
#define SUM 32 /* in a header; 0: there is none */

#define ITEM (FIRST_DATA + 52)
#define CORE (FIRST_DATA + 120)

/* What is wrong, and why nothing was replayed; NULL: what is sound was. */
static const struct {
	uint64_t off;
	const char *bytes;
	size_t len;
	bool no_sum;
	const char *why;
} broken[] = {
	{ CORE + 8, "X", 1, false, "sector 14: damaged record" },
	{ FIRST + 4, "X", 1, false, "sector 14: damaged header" },
	{ FIRST + 12, "\1", 1, true, "sector 14: damaged header" },
	{ FIRST + 303, "\2", 1, true,
		"sector 14: written by another kind of machine" },
	{ LAST + 28, "\0\xff\xff\xff", 4, false,
		"its tail is sector 16777215 of 10944" },
	/* more than can be in flight are behind */
	{ AT(36), "\0\0\0\1X", 5, false, "sector 34: damaged record" },
	{ LAST + 600, "X", 1, false, NULL },
	{ LAST + 12, "\0\0\5", 3, false, NULL },
	{ AT(76) + 600, "X", 1, false, NULL },
	{ AT(77), "\0\0\0\0", 4, false, NULL },
	{ FIRST_DATA + 20, "X", 1, true,
		"sector 14: damaged operation at 0xc" },
	{ FIRST_DATA + 16, "\1", 1, true,
		"sector 14: damaged operation at 0xc" },
	{ FIRST_DATA + 24, "X", 1, true, "a transaction without header" },
	{ ITEM - 3, "\1", 1, true, "transaction 0x9f797f4 begins twice" },
	{ ITEM, "\x99", 1, true, "unknown item 0x1299" },
	{ ITEM + 2, "\0", 1, true, "an item of no regions" },
	{ ITEM + 5, "\2", 1, true, "inode 131: exchanged extents" },
	{ ITEM + 16, "\x84", 1, true, "inode 132 in sector 0x80" },
	{ ITEM + 53, "\4", 1, true, "inode 131 in sector 0x80" },
	{ CORE, "X", 1, true, "inode 131: no inode" },
	{ CORE + 82, "\xff", 1, true, "inode 131: no room for its data" },
	{ CORE + 82, "\1", 1, true, "inode 131: 20 bytes of data, not 8" },
};

START_TEST(says_why_a_log_is_not_replayed)
{
	char text[256];

	image_stored(DIRTY);
	if (broken[_i].no_sum)
		image_write(DIRTY, FIRST + SUM, "\0\0\0\0", 4);
	image_write(DIRTY, broken[_i].off, broken[_i].bytes, broken[_i].len);
	open_as(DIRTY);
	ck_assert(is_there(broken[_i].why ? "/dir/before" : "/dir/after"));
	ck_assert(!is_there(broken[_i].why ? "/dir/after" : "/dir/before"));
	if (broken[_i].why) {
		snprintf(text, sizeof(text),
			"the log was not replayed: %s: files changed just "
			"before a crash may be missing or old",
			broken[_i].why);
		ck_assert_str_eq(image.fs.notice, text);
	} else {
		ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	}
	image_close(&image);
}
END_TEST

/* A record in memory, in which operations are put behind each other. */
static uint8_t record[XFS_RECORD_MAX], item_data[XFS_ITEM_MAX];

static void put_op(struct xfs_log *log, unsigned int id, unsigned int flags,
	const void *data, size_t len)
{
	const uint8_t head[12] = { 0, 0, 0, (uint8_t)id, 0,
		(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len, 0x69,
		(uint8_t)flags };

	memcpy(record + log->len, head, sizeof(head));
	if (data)
		memcpy(record + log->len + sizeof(head), data, len);
	log->len += (uint32_t)(sizeof(head) + len);
	log->ops++;
}

static void start_log(struct xfs_log *log)
{
	static struct arena arena;

	arena_free(&arena);
	arena_init(&arena, 1 << 20);
	memset(record, 0, sizeof(record));
	*log = (struct xfs_log){
		.arena = &arena, .count = 1, .data = record, .item = item_data
	};
}

START_TEST(few_transactions_are_open_at_a_time)
{
	struct xfs_trans_list found = { 0 };
	struct xfs_log log;
	struct error err;
	unsigned int i;

	start_log(&log);
	for (i = 0; i < 64; i++)
		put_op(&log, i, 1, NULL, 0);
	ck_assert_int_eq(xfs_trans_find(&log, &found, &err), 0);
	put_op(&log, 64, 1, NULL, 0);
	ck_assert_int_eq(xfs_trans_find(&log, &found, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 64 transactions at a time");
}
END_TEST

static int count_item(void *ctx, const struct xfs_item *item, struct error *err)
{
	(void)err;
	*(size_t *)ctx += item->region[1].len;
	return 0;
}

/* An item of two regions: its head, and as much as there is room for. */
START_TEST(an_item_has_a_size)
{
	struct xfs_trans_list found = { 0 };
	struct xfs_log log;
	struct error err;
	size_t len = XFS_ITEM_MAX - 4 + (size_t)_i, seen = 0;
	int r;

	start_log(&log);
	put_op(&log, 7, 1, NULL, 0);
	put_op(&log, 7, 0, "NART\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	put_op(&log, 7, 0, "\x3c\x12\2\0", 4);
	put_op(&log, 7, 0, NULL, len);
	put_op(&log, 7, 2, NULL, 0);
	ck_assert_int_eq(xfs_trans_find(&log, &found, &err), 0);
	ck_assert_uint_eq(found.count, 1);
	r = xfs_trans_items(&log, found.list, count_item, &seen, &err);
	if (_i == 0) {
		ck_assert_msg(r == 0, "%s", err.text);
		ck_assert_uint_eq(seen, len);
		return;
	}
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "an item of more than 131072 bytes");
}
END_TEST

/* Without checksums every byte comes through to what it means. */
#define RING ((512U << 20) / XFS_SECTOR + 2)

/* Written in turn 5, and in the last sector is a record of nothing. */
static int read_sectors(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const uint8_t plain[4] = { 0, 0, 0, 5 };
	uint8_t last[32] = { 0xfe, 0xed, 0xba, 0xbe, 0, 0, 0, 5, 0, 0, 0, 1 };
	uint8_t *sector = buf, *end = sector + len;

	(void)err;
	last[31] = *(const uint8_t *)vol->priv; /* the tail */
	last[27] = 5;
	memset(buf, 0, len);
	for (; sector < end; sector += XFS_SECTOR, off += XFS_SECTOR)
		if (off / XFS_SECTOR == RING - 1)
			memcpy(sector, last, sizeof(last));
		else
			memcpy(sector, plain, sizeof(plain));
	return 0;
}

START_TEST(a_log_has_an_end)
{
	uint8_t tail = 2;
	struct volume vol = {
		.size = UINT64_MAX, .priv = &tail, .read = read_sectors
	};
	struct xfs xfs = { .vol = &vol,
		.block_log = 9,
		.group_log = 30,
		.groups = 1,
		.group_blocks = 1U << 30,
		.blocks = 1U << 30,
		.log_sectors = RING };
	struct xfs_log log;
	struct error err;

	start_log(&log);
	log.xfs = &xfs;
	ck_assert_int_eq(xfs_log_find_records(&log, &err), -1);
	ck_assert_str_eq(err.text, "sector 2: damaged header");
	tail = 1;
	start_log(&log);
	log.xfs = &xfs;
	ck_assert_int_eq(xfs_log_find_records(&log, &err), -1);
	ck_assert_str_eq(err.text, "more than 512 MiB are to be replayed");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(survives_any_byte_of_the_log)
{
	static const char *const paths[] = { "/link", "/dir/after",
		"/new/kernel" };
	int sector;

	image_stored(DIRTY);
	image_write(DIRTY, FIRST + SUM, "\0\0\0\0", 4);
	for (sector = 34; sector <= 91; sector += 3)
		image_write(DIRTY, AT((uint64_t)sector) + SUM, "\0\0\0\0", 4);
	image_open(&image, DIRTY);
	image_survive_changes(
		&image, &xfs_driver, paths, COUNT(paths), FIRST, 330, AT(94));
	image_close(&image);
}
END_TEST

/* A comparison that failed has left the image mounted. */
static void teardown(void)
{
	image_run("umount mnt 2>/dev/null || :");
	image_cleanup();
}

static void setup(void)
{
	image_directory();
}

int main(void)
{
	TCase *tcs[] = { tcase_create("logs"), tcase_create("faults") };

	tcase_set_timeout(tcs[0], 120);
	tcase_add_unchecked_fixture(tcs[0], setup, teardown);
	tcase_add_loop_test(tcs[0], reads_what_the_kernel_would_after_replaying,
		0, COUNT(crashed));
	tcase_add_loop_test(tcs[0], replays_a_log_of_version_4, 0, COUNT(old));
	tcase_add_test(
		tcs[0], finds_a_kernel_that_was_installed_before_the_crash);
	tcase_set_timeout(tcs[1], 120);
	tcase_add_unchecked_fixture(tcs[1], setup, teardown);
	tcase_add_loop_test(
		tcs[1], says_why_a_log_is_not_replayed, 0, COUNT(broken));
	tcase_add_test(tcs[1], few_transactions_are_open_at_a_time);
	tcase_add_loop_test(tcs[1], an_item_has_a_size, 0, 2);
	tcase_add_test(tcs[1], a_log_has_an_end);
	tcase_add_test(tcs[1], survives_any_byte_of_the_log);
	return run_suite("xfs_log", tcs, COUNT(tcs));
}
