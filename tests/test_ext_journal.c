/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Journals of ext3 and ext4 that wait to be replayed: real ones, of a kernel
 * whose disk was copied while it was at work, compared with what that kernel
 * makes of the copy; and ones that debugfs wrote, broken here and there.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/ext_log.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

static const struct {
	const char *mkfs;
	const char *mount;
} crashed[] = {
	{ "-t ext4", "rw" },
	{ "-t ext4 -b 1024", "rw" },
	{ "-t ext4 -O ^64bit", "rw" },
	{ "-t ext4 -O ^metadata_csum", "rw" },
	{ "-t ext4 -O ^metadata_csum,^64bit,^extent", "rw" },
	{ "-t ext4", "data=journal" },
	{ "-t ext4 -b 1024", "data=journal" },
	{ "-t ext4", "data=writeback,journal_async_commit" },
	{ "-t ext4 -O ^metadata_csum", "journal_checksum" },
	{ "-t ext4 -O inline_data", "rw" },
	{ "-t ext3", "rw" },
	{ "-t ext3 -b 1024", "data=journal" },
};

/* What a guest does before it crashes, and what it synced is not all of it. */
static const char work[] =
	"cd mnt && for i in 1 2 3; do "
	"seq $((i * 1000)) 60000 >kernel.new && mv kernel.new boot/kernel-$i && "
	"mkdir dir$i && (cd dir$i && seq 300 | xargs touch) && "
	"ln -s boot/kernel-$i link && mv link vmlinuz && rm -r many/*$i && "
	"seq $i 40 >>lines && rm -rf gone && mkdir gone && "
	"(cd gone && seq -f %%0200.0f 60 | xargs touch) && "
	/* a block that begins as the journal's own do */
	"printf '\\300\\073\\071\\230%%5000d' $i >magic-$i && "
	"sync boot/kernel-$i lines magic-$i . ; done; rm -r gone; "
	"seq 9 >reused; sync reused; cd .. && cp --sparse=always made.img "
	"crash.img";

/* made.img after a crash is crash.img; what the kernel makes of it, in tree. */
static bool crash(const char *mkfs, const char *options)
{
	image_run(
		"rm -rf tree made.img crash.img; mkdir base base/boot base/many "
		"&& seq 5000 >base/lines && (cd base/many && seq 500 | "
		"xargs touch) && mke2fs -q -F -d base %s made.img 24M && "
		"rm -r base",
		mkfs);
	if (!image_loop_mount("made.img", options))
		return false;
	image_run("{ %s ; }; r=$?; unmount mnt; exit $r", work);
	image_run("cp --sparse=always crash.img replayed.img");
	if (!image_loop_mount("replayed.img", "rw"))
		ck_abort_msg("the kernel does not mount its own crash");
	image_run("cp -a mnt tree; unmount mnt; rmdir tree/lost+found; "
		  "rm replayed.img");
	return true;
}

START_TEST(reads_what_the_kernel_would_after_replaying)
{
	char host[128];

	if (!crash(crashed[_i].mkfs, crashed[_i].mount)) {
		puts("skipped: no loop mount (root, loop devices)");
		return;
	}
	image_must_mount(&image, "crash.img", &ext_driver);
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(image.fs.dirty);
	snprintf(host, sizeof(host), "%s/tree", image_directory());
	image_compare(&image, host, "lost+found", true);
	image_close(&image);
}
END_TEST

/*
 * In made.img the journal begins at block 48, of 1 KiB: its superblock, a
 * descriptor, two blocks, the second of which is the root directory with
 * smallXbin in place of small.bin, and the commit.
 */
#define JOURNAL (48 * 1024)
#define DESCRIPTOR (JOURNAL + 1024)
#define COMMIT (JOURNAL + 4096)

static void make_pending(void)
{
	image_run(
		"rm -rf small && mkdir -p small && echo small >small/small.bin "
		"&& mke2fs -q -F -t ext4 -b 1024 -O ^metadata_csum,^64bit "
		"-J size=1 -d small made.img 8M && dd if=made.img bs=1024 "
		"skip=35 count=1 | sed s/small.bin/smallXbin/ >block && "
		"printf 'jo\\njw -b 35 block\\njc\\n' >commands && "
		"debugfs -w -f commands made.img && "
		"[ $(debugfs -R 'bmap <8> 0' made.img) = 48 ]");
}

static bool is_there(const char *path)
{
	struct fs_node node;
	struct error err;

	return fs_find(&image.fs, path, &node, &err) == 0;
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &ext_driver);
}

START_TEST(puts_a_block_where_its_tag_says)
{
	make_pending();
	open_made();
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(image.fs.dirty);
	ck_assert(is_there("/smallXbin"));
	ck_assert(!is_there("/small.bin"));
	image_close(&image);
}
END_TEST

/* What is wrong, and why nothing was replayed; NULL: nothing was to be. */
static const struct {
	uint64_t off;
	const char *bytes;
	size_t len;
	const char *why;
} broken[] = {
	{ JOURNAL, "X", 1, "wrong magic number" },
	{ JOURNAL + 7, "\5", 1, "wrong magic number" },
	{ JOURNAL + 12, "\0\0\x10\0", 4, "blocks of 4096 bytes" },
	{ JOURNAL + 20, "\0\0\0\0", 4,
		"a log from block 0 to 1024, started at 1" },
	{ JOURNAL + 16, "\0\0\0\1", 4,
		"a log from block 1 to 1, started at 1" },
	{ JOURNAL + 28, "\0\0\4\0", 4,
		"a log from block 1 to 1024, started at 1024" },
	{ JOURNAL + 40, "\x80", 1, "unknown feature 0x80000000" },
	{ JOURNAL + 43, "\x10", 1, "superblock: wrong checksum" },
	{ DESCRIPTOR + 12, "\1", 1,
		"block 2 is for block 0x1000023, outside the file system" },
	{ JOURNAL + 28, "\0\0\0\0", 4, NULL },
	{ JOURNAL + 24, "\0\0\0\2", 4, NULL },
	{ DESCRIPTOR, "X", 1, NULL },
	{ DESCRIPTOR + 7, "\7", 1, NULL },
	{ DESCRIPTOR + 11, "\2", 1, NULL },
	{ COMMIT, "X", 1, NULL },
	{ COMMIT + 11, "\2", 1, NULL },
};

START_TEST(says_why_a_journal_is_not_replayed)
{
	char text[256];

	make_pending();
	image_write(
		"made.img", broken[_i].off, broken[_i].bytes, broken[_i].len);
	open_made();
	ck_assert(image.fs.dirty);
	ck_assert(is_there("/small.bin"));
	ck_assert(!is_there("/smallXbin"));
	if (broken[_i].why) {
		snprintf(text, sizeof(text),
			"the journal was not replayed: %s: files changed just "
			"before a crash may be missing or old",
			broken[_i].why);
		ck_assert_str_eq(image.fs.notice, text);
	} else {
		ck_assert_ptr_null(image.fs.notice);
	}
	image_close(&image);
}
END_TEST

/* A change by debugfs, and why nothing is replayed then. */
static const struct {
	const char *command;
	const char *why;
} moved[] = {
	{ "ssv journal_inum 0", "it is on another device" },
	{ "sif <8> mode 040755", "it is no file" },
	{ "sif <8> size 0", "it is no file" },
	{ "punch <8> 2 5", "it has holes" },
};

START_TEST(says_that_there_is_no_journal_to_replay)
{
	make_pending();
	image_run("debugfs -w -R '%s' made.img", moved[_i].command);
	open_made();
	ck_assert(image.fs.dirty);
	ck_assert_ptr_nonnull(strstr(image.fs.notice, moved[_i].why));
	ck_assert(is_there("/small.bin"));
	image_close(&image);
}
END_TEST

/* The second transaction revokes the first's block, or it is the same one's. */
START_TEST(leaves_out_what_was_revoked_later)
{
	make_pending();
	image_run("printf 'jo\\njw -r 35\\njc\\n' >commands && "
		  "debugfs -w -f commands made.img");
	open_made();
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(is_there("/small.bin"));
	image_close(&image);
	make_pending();
	image_run("printf 'jo\\njw -r 36\\njc\\n' >commands && "
		  "debugfs -w -f commands made.img");
	open_made();
	ck_assert(is_there("/smallXbin"));
	image_close(&image);
}
END_TEST

/* Contents of a file can be in the journal, too: then it has no map. */
START_TEST(checks_the_checksum_of_a_block_when_it_is_read)
{
	struct fs_node node;
	char buf[6];
	size_t got;

	image_run(
		"rm -rf small && mkdir -p small && echo small >small/small.bin "
		"&& rm -f made.img && mke2fs -q -F -t ext4 -b 1024 -d small "
		"made.img 8M && printf %%-1024s large >block && b=$(debugfs -R "
		"'bmap /small.bin 0' made.img) && printf 'jo -c\\njw -b '$b' "
		"block\\njc\\n' >commands && debugfs -w -f commands made.img");
	open_made();
	image_find(&image, "/small.bin", &node);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, buf, 5, &got, &image.err), 0);
	ck_assert_int_eq(memcmp(buf, "large", 5), 0);
	ck_assert_int_eq(image_map(&image, &node), 1);
	image_close(&image);
	image_run(
		"n=$(grep -aob 'large  ' made.img | cut -d: -f1) && printf L | "
		"dd of=made.img bs=1 seek=$n conv=notrunc");
	open_made();
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, buf, 5, &got, &image.err), -1);
	ck_assert_ptr_nonnull(
		strstr(image.err.text, "journal: wrong checksum of block 0x"));
	image_close(&image);
}
END_TEST

START_TEST(says_that_fast_commits_are_left_out)
{
	image_run("rm -rf tree made.img crash.img; mkdir -p small && "
		  "mke2fs -q -F -t ext4 -O fast_commit -d small made.img 64M");
	if (!image_loop_mount("made.img", "rw")) {
		puts("skipped: no loop mount (root, loop devices)");
		return;
	}
	image_run(
		"{ sync mnt; sleep 0.1; for i in 1 2 3; do echo $i >mnt/f$i; "
		"sync mnt/f$i; done; cp --sparse=always made.img crash.img; }; "
		"unmount mnt; mv crash.img made.img");
	open_made();
	ck_assert_ptr_nonnull(image.fs.notice);
	ck_assert_ptr_nonnull(strstr(image.fs.notice, "fast commits"));
	image_close(&image);
}
END_TEST

/* The journal's file is in so many pieces, and has nothing to replay. */
static void make_pieces(unsigned int count)
{
	image_run("mke2fs -q -F -t ext3 -b 1024 -J size=8 made.img 64M && "
		  "seq 8191 | awk '{ print \"bmap <8>\", $1, "
		  "($1 > %u ? 30000 + $1 : 10000 + 2 * $1) }' >commands && "
		  "echo feature needs_recovery >>commands && "
		  "debugfs -w -f commands made.img",
		count - 2);
}

START_TEST(counts_pieces)
{
	make_pieces(4096);
	open_made();
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	ck_assert(image.fs.dirty);
	image_close(&image);
	make_pieces(4097);
	open_made();
	ck_assert_ptr_nonnull(image.fs.notice);
	ck_assert_msg(strstr(image.fs.notice, "more than 4096 pieces") != NULL,
		"%s", image.fs.notice);
	image_close(&image);
}
END_TEST

/* Blocks of a log in which nothing is revoked, and nothing committed */
static int read_block(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const uint8_t head[12] = { 0xc0, 0x3b, 0x39, 0x98, 0, 0, 0, REVOKE };

	(void)vol, (void)off, (void)err;
	memset(buf, 0, len);
	memcpy(buf, head, sizeof(head));
	return 0;
}

START_TEST(counts_what_is_read)
{
	struct volume vol = { .size = UINT64_MAX, .read = read_block };
	struct ext ext = { .vol = &vol, .block_size = 1024 };
	struct ext_run all = { .count = UINT32_MAX };
	uint8_t data[1024];
	struct journal journal = { .ext = &ext,
		.pieces = &all,
		.piece_count = 1,
		.first = 1,
		.start = 1,
		.reads_left = READS_MAX,
		.data = data };
	struct error err;

	journal.last = 1 + READS_MAX;
	ck_assert_int_eq(log_replay(&journal, &err), 0);
	journal.last++;
	journal.reads_left = READS_MAX;
	ck_assert_int_eq(log_replay(&journal, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 1000000 blocks would be read");
}
END_TEST

/* Whatever is in the journal: an answer, a reason, nothing read outside. */
START_TEST(survives_any_byte_of_the_journal)
{
	static const char *const paths[] = { "/", "/smallXbin", "/small.bin" };

	make_pending();
	image_open(&image, "made.img");
	image_survive_changes(&image, &ext_driver, paths, COUNT(paths), JOURNAL,
		60, JOURNAL + 5 * 1024);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tcs[] = { tcase_create("journals"), tcase_create("faults") };
	int failed;

	tcase_add_loop_test(tcs[0], reads_what_the_kernel_would_after_replaying,
		0, COUNT(crashed));
	tcase_add_test(tcs[0], says_that_fast_commits_are_left_out);
	tcase_add_test(tcs[0], puts_a_block_where_its_tag_says);
	tcase_add_test(tcs[0], leaves_out_what_was_revoked_later);
	tcase_add_loop_test(
		tcs[1], says_why_a_journal_is_not_replayed, 0, COUNT(broken));
	tcase_add_loop_test(tcs[1], says_that_there_is_no_journal_to_replay, 0,
		COUNT(moved));
	tcase_add_test(tcs[1], checks_the_checksum_of_a_block_when_it_is_read);
	tcase_add_test(tcs[1], counts_pieces);
	tcase_add_test(tcs[1], counts_what_is_read);
	tcase_add_test(tcs[1], survives_any_byte_of_the_journal);
	failed = run_suite("ext_journal", tcs, COUNT(tcs));
	image_cleanup();
	return failed;
}
