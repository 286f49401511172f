/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk along paths and the checks around a driver, over a driver of this
 * test: its tree is a table, and it can be told to lie.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/fs/fs.h"
#include "tests/support/runner.h"

/* Directories called d, one in the other, beside those of the table. */
#define DEEP 1000

static const struct entry {
	uint64_t parent; /* index; the root is 0 */
	const char *name;
	enum fs_type type;
	const char *data;
} table[] = {
	{ 0, "", FS_DIR, "" },
	{ 0, "boot", FS_DIR, "" },
	{ 1, "grub", FS_DIR, "" },
	{ 2, "grub.cfg", FS_FILE, "menuentry" },
	{ 1, "vmlinuz", FS_FILE, "kernel bytes" },
	{ 0, "kernel", FS_SYMLINK, "boot/vmlinuz" },
	{ 2, "up", FS_SYMLINK, "../vmlinuz" },
	{ 2, "root", FS_SYMLINK, "/boot" },
	{ 0, "loop", FS_SYMLINK, "loop" },
	{ 0, "ping", FS_SYMLINK, "pong/x" },
	{ 0, "pong", FS_SYMLINK, "ping/x" },
	{ 0, "empty-link", FS_SYMLINK, "" },
	{ 0, "dangling", FS_SYMLINK, "no/where" },
	{ 0, "to-dir", FS_SYMLINK, "boot/grub/" },
	{ 0, "fifo", FS_OTHER, "" },
	{ 0, "here", FS_SYMLINK, "." },
	{ 0, "above", FS_SYMLINK, "../../.." },
};

static struct fs fs;
static struct volume vol;
static struct arena arena;
static struct error err;

static size_t long_size; /* of the target of a link called "long" */
static unsigned int lookups;

static void to_node(uint64_t id, struct fs_node *node)
{
	*node = (struct fs_node){
		.type = table[id].type,
		.size = strlen(table[id].data),
		.id = id,
	};
}

/* c<n> is a link to c<n-1>, and c0 to the kernel. */
static int chain_link(const char *name, struct fs_node *node)
{
	unsigned int n;
	char end;

	if (sscanf(name, "c%u%c", &n, &end) != 1)
		return 0;
	node->type = FS_SYMLINK;
	node->id = 10000 + n;
	node->size = n ? (size_t)snprintf(NULL, 0, "c%u", n - 1) : 6;
	return 1;
}

static int fake_lookup(struct fs *from, const struct fs_node *dir,
	const char *name, struct fs_node *node, struct error *error)
{
	size_t i;

	(void)from, (void)error;
	lookups++;
	if (strcmp(name, "d") == 0) {
		*node = (struct fs_node){ .type = FS_DIR,
			.id = dir->id + DEEP };
		return 1;
	}
	if (strcmp(name, "long") == 0 || strcmp(name, "nul") == 0) {
		*node = (struct fs_node){ .type = FS_SYMLINK,
			.id = name[0] == 'l' ? 9000 : 9001,
			.size = name[0] == 'l' ? long_size : 3 };
		return 1;
	}
	for (i = 1; i < LENGTH(table); i++)
		if (table[i].parent == dir->id &&
			strcmp(table[i].name, name) == 0) {
			to_node(i, node);
			return 1;
		}
	return chain_link(name, node);
}

static int fake_read(struct fs *from, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *error)
{
	char text[32];

	(void)from;
	if (node->id == 9000) {
		memset(buf, '/', len);
		return 0;
	}
	if (node->id == 9001) {
		memcpy(buf, "a\0b", 3);
		return 0;
	}
	if (node->id >= 10000) {
		snprintf(text, sizeof(text), "c%u",
			(unsigned int)(node->id - 10000 - 1));
		memcpy(buf, node->id == 10000 ? "kernel" : text, len);
		return 0;
	}
	if (node->id == 3)
		return error_set(error, ERR_IO, "the disk is broken");
	memcpy(buf, table[node->id].data + off, len);
	return 0;
}

static unsigned int names; /* how many readdir gives */

static int fake_readdir(struct fs *from, const struct fs_node *dir,
	fs_visit *visit, void *ctx, struct error *error)
{
	struct fs_node node = { .type = FS_FILE };
	unsigned int i;
	int r;

	(void)from, (void)dir;
	for (i = 0; i < names; i++) {
		r = visit(ctx, i + 1 == names ? "last" : "name", &node, error);
		if (r != 0)
			return r;
	}
	return 0;
}

/* What map says, up to len 0; there, a file other than 0 is "no map". */
static const struct fs_extent *extents;

static int fake_map(struct fs *from, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *error)
{
	const struct fs_extent *extent;
	int r = 0;

	(void)from, (void)node;
	for (extent = extents; extent->len != 0 && r == 0; extent++)
		r = visit(ctx, extent, error);
	return r ? r : extent->file != 0;
}

static int answer_probe; /* of the second driver */

static int probe_no(struct volume *volume, struct error *error)
{
	(void)volume, (void)error;
	return 0;
}

static int probe_asked(struct volume *volume, struct error *error)
{
	(void)volume;
	if (answer_probe < 0)
		return error_set(error, ERR_IO, "no such sector");
	return answer_probe;
}

static int fake_open(struct fs *opened, struct error *error)
{
	if (names == 77) {
		strcpy(opened->type, "fake4");
		return error_set(error, ERR_CORRUPT, "superblock");
	}
	to_node(0, &opened->root);
	return 0;
}

static const struct fs_driver other_driver = { .name = "other",
	.probe = probe_no };

static struct fs_driver driver;

static const struct fs_driver *const drivers[] = { &other_driver, &driver,
	NULL };

static void setup(void)
{
	memset(&fs, 0, sizeof(fs));
	error_clear(&err);
	arena_init(&arena, 1 << 20);
	vol.size = 1000;
	names = 0;
	answer_probe = 1;
	driver = (struct fs_driver){ .name = "fake",
		.probe = probe_asked,
		.open = fake_open,
		.readdir = fake_readdir,
		.lookup = fake_lookup,
		.read = fake_read,
		.map = fake_map };
	ck_assert_int_eq(fs_open(&fs, &vol, NULL, &arena, drivers, &err), 0);
}

static void teardown(void)
{
	fs_close(&fs);
	arena_free(&arena);
}

START_TEST(asks_each_driver_and_takes_the_first_that_knows)
{
	ck_assert_ptr_eq(fs.driver, &driver);
	ck_assert_str_eq(fs.type, "fake");
	answer_probe = 0;
	ck_assert_int_eq(fs_open(&fs, &vol, NULL, &arena, drivers, &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "no known file system");
	answer_probe = -1;
	ck_assert_int_eq(fs_open(&fs, &vol, NULL, &arena, drivers, &err), -1);
	ck_assert_str_eq(err.text, "fake: no such sector");
	answer_probe = 1;
	names = 77;
	ck_assert_int_eq(fs_open(&fs, &vol, NULL, &arena, drivers, &err), -1);
	ck_assert_str_eq(err.text, "fake4: superblock");
}
END_TEST

static const struct {
	const char *path;
	uint64_t id;
} spellings[] = {
	{ "", 0 }, { "/", 0 }, { "..", 0 }, { "/..//.", 0 },
	{ "/boot/vmlinuz", 4 }, { "boot/vmlinuz", 4 },
	{ "//boot///vmlinuz", 4 }, { "/boot/./vmlinuz", 4 },
	{ "/boot/../boot/vmlinuz", 4 }, { "/../boot/vmlinuz", 4 },
	{ "/boot/vmlinuz/", 4 }, { "/boot/grub/../vmlinuz", 4 },
	{ "/boot/grub/..", 1 }, { "/kernel", 4 }, { "/boot/grub/up", 4 },
	{ "/boot/grub/root/vmlinuz", 4 },
	{ "/boot/grub/root/grub/root/grub/grub.cfg", 3 },
	{ "/to-dir/grub.cfg", 3 }, { "/to-dir/../vmlinuz", 4 },
	{ "/here/here/kernel", 4 }, { "/above/kernel", 4 }, { "/fifo", 14 },
	{ "/c38", 4 }, /* 39 links to /kernel, which is one more */
};

START_TEST(finds_every_spelling)
{
	struct fs_node node;

	ck_assert_msg(fs_find(&fs, spellings[_i].path, &node, &err) == 0, "%s",
		err.text);
	ck_assert_uint_eq(node.id, spellings[_i].id);
}
END_TEST

static const struct {
	const char *path;
	enum error_code code;
	const char *text;
} absent[] = {
	{ "/boot/initrd", ERR_NOT_FOUND, "/boot/initrd: no such file" },
	{ "/boot/vmlinuz/x", ERR_NOT_FOUND,
		"/boot/vmlinuz/x: not a directory" },
	{ "/boot/vmlinuz/..", ERR_NOT_FOUND,
		"/boot/vmlinuz/..: not a directory" },
	{ "/fifo/x", ERR_NOT_FOUND, "/fifo/x: not a directory" },
	{ "/dangling", ERR_NOT_FOUND, "/dangling: no such file" },
	{ "/empty-link", ERR_NOT_FOUND, "/empty-link: an empty symbolic link" },
	{ "/loop", ERR_LIMIT,
		"/loop: more than 40 symbolic links in one path" },
	{ "/ping", ERR_LIMIT,
		"/ping: more than 40 symbolic links in one path" },
	{ "/c39", ERR_LIMIT, "/c39: more than 40 symbolic links in one path" },
	{ "/nul", ERR_CORRUPT, "/nul: NUL in a symbolic link" },
};

START_TEST(says_what_is_absent)
{
	struct fs_node node;

	ck_assert_int_eq(fs_find(&fs, absent[_i].path, &node, &err), -1);
	ck_assert_int_eq(err.code, absent[_i].code);
	ck_assert_str_eq(err.text, absent[_i].text);
}
END_TEST

START_TEST(looks_once_for_what_the_root_lacks)
{
	struct fs_node node;

	ck_assert(!fs_lacks(&fs, "/etc/lilo.conf"));
	ck_assert_int_eq(fs_find(&fs, "/etc/lilo.conf", &node, &err), -1);
	lookups = 0;
	ck_assert_int_eq(fs_find(&fs, "/etc/fstab", &node, &err), -1);
	ck_assert_str_eq(err.text, "/etc/fstab: no such file");
	ck_assert_uint_eq(lookups, 0);
	ck_assert(fs_lacks(&fs, "/etc/fstab"));
	ck_assert(fs_lacks(&fs, "//etc/fstab"));
	/* the directory that is below another one is not it */
	ck_assert(!fs_lacks(&fs, "/boot/etc/fstab"));
	ck_assert(!fs_lacks(&fs, "/etcetera/fstab"));
	/* what is not there from the root may be from somewhere else */
	fs.start = "/boot";
	ck_assert(!fs_lacks(&fs, "/etc/fstab"));
	ck_assert_int_eq(fs_find(&fs, "/grub/nothing", &node, &err), -1);
	ck_assert_int_eq(fs_find(&fs, "/grub/grub.cfg", &node, &err), 0);
	ck_assert_uint_eq(node.id, 3);
}
END_TEST

static const struct {
	const char *path;
	uint64_t id; /* where a walk that follows no last link ends */
} ends[] = {
	{ "/", 0 },
	{ "/boot/vmlinuz", 4 },
	{ "/boot/grub/..", 1 },
	{ "/kernel", 5 },
	{ "/kernel//", 5 },
	{ "/to-dir", 13 },
	{ "/to-dir/", 13 },
	{ "/to-dir/up", 6 },
	{ "/here/here", 15 },
	{ "/here/here/.", 0 },
	{ "/loop", 8 },
	{ "/dangling", 12 },
	{ "/empty-link", 11 },
	{ "/above/above/", 16 },
};

START_TEST(a_link_may_be_the_end)
{
	struct fs_node node;

	ck_assert_msg(fs_find_link(&fs, ends[_i].path, &node, &err) == 0, "%s",
		err.text);
	ck_assert_uint_eq(node.id, ends[_i].id);
}
END_TEST

START_TEST(a_link_on_the_way_is_followed_all_the_same)
{
	struct fs_node node;

	ck_assert_int_eq(fs_find_link(&fs, "/loop/x", &node, &err), -1);
	ck_assert_str_eq(
		err.text, "/loop/x: more than 40 symbolic links in one path");
	ck_assert_int_eq(fs_find_link(&fs, "/dangling/.", &node, &err), -1);
	ck_assert_str_eq(err.text, "/dangling/.: no such file");
}
END_TEST

START_TEST(goes_as_deep_as_the_limit_and_no_deeper)
{
	char path[2 * (FS_DEPTH_MAX + 1) + 1] = "";
	struct fs_node node;
	int i;

	for (i = 0; i < FS_DEPTH_MAX; i++)
		strcat(path, "/d");
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), 0);
	ck_assert_uint_eq(node.id, FS_DEPTH_MAX * DEEP);
	strcat(path, "/d");
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(
		strstr(err.text, ": more than 128 directories deep"));
}
END_TEST

START_TEST(takes_paths_up_to_the_limit)
{
	char path[FS_PATH_MAX + 1];
	struct fs_node node;

	memset(path, '/', sizeof(path));
	path[FS_PATH_MAX - 1] = '\0';
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), 0);
	path[FS_PATH_MAX - 1] = '/';
	path[FS_PATH_MAX] = '\0';
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a path of more than 4095 bytes");
}
END_TEST

/* Target, slash, "/x" and NUL have to fit into 4,096 bytes. */
START_TEST(takes_links_up_to_the_limit)
{
	struct fs_node node;

	long_size = FS_PATH_MAX - 1 - strlen("/boot") - 1;
	ck_assert_msg(
		fs_find(&fs, "/long/boot", &node, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(node.id, 1);
	long_size++;
	ck_assert_int_eq(fs_find(&fs, "/long/boot", &node, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"/long/boot: a symbolic link makes the path "
		"longer than 4096 bytes");
}
END_TEST

START_TEST(takes_names_up_to_the_limit)
{
	char path[FS_NAME_MAX + 3];
	struct fs_node node;

	memset(path, 'n', sizeof(path));
	path[0] = '/';
	path[FS_NAME_MAX + 1] = '\0';
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, ": no such file"));
	path[FS_NAME_MAX + 1] = 'n';
	path[FS_NAME_MAX + 2] = '\0';
	ck_assert_int_eq(fs_find(&fs, path, &node, &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(
		strstr(err.text, ": a name of more than 255 bytes"));
}
END_TEST

static int count_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *error)
{
	(void)name, (void)node, (void)error;
	++*(unsigned int *)ctx;
	return 0;
}

START_TEST(lists_directories_up_to_the_limit)
{
	unsigned int seen = 0;

	names = FS_DIR_MAX;
	ck_assert_int_eq(fs_readdir(&fs, &fs.root, count_name, &seen, &err), 0);
	ck_assert_uint_eq(seen, FS_DIR_MAX);
	names++;
	ck_assert_int_eq(
		fs_readdir(&fs, &fs.root, count_name, &seen, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a directory with more than 1000000 names");
}
END_TEST

/* A driver without lookup() has its names compared. */
START_TEST(looks_names_up_in_a_listing)
{
	struct fs_node node;

	driver.lookup = NULL;
	names = 10;
	ck_assert_int_eq(fs_find(&fs, "/last", &node, &err), 0);
	ck_assert_int_eq(node.type, FS_FILE);
	ck_assert_int_eq(fs_find(&fs, "/las", &node, &err), -1);
	ck_assert_str_eq(err.text, "/las: no such file");
}
END_TEST

START_TEST(reads_up_to_the_end_and_nothing_behind)
{
	struct fs_node node;
	char buf[64];
	size_t got;

	ck_assert_int_eq(fs_find(&fs, "/kernel", &node, &err), 0);
	ck_assert_int_eq(
		fs_read(&fs, &node, 7, buf, sizeof(buf), &got, &err), 0);
	ck_assert_uint_eq(got, 5);
	ck_assert_mem_eq(buf, "bytes", 5);
	ck_assert_int_eq(fs_read(&fs, &node, 12, buf, 1, &got, &err), 0);
	ck_assert_uint_eq(got, 0);
	ck_assert_int_eq(
		fs_read(&fs, &node, UINT64_MAX, buf, 64, &got, &err), 0);
	ck_assert_uint_eq(got, 0);
	ck_assert_int_eq(fs_find(&fs, "/to-dir/grub.cfg", &node, &err), 0);
	ck_assert_int_eq(fs_read(&fs, &node, 0, buf, 64, &got, &err), -1);
	ck_assert_uint_eq(got, 0);
	ck_assert_str_eq(err.text, "the disk is broken");
}
END_TEST

static int stop_extent(
	void *ctx, const struct fs_extent *extent, struct error *error)
{
	(void)extent, (void)error;
	++*(unsigned int *)ctx;
	return 0;
}

/* Nothing but files is read or mapped, nothing but directories listed. */
START_TEST(tells_files_from_directories)
{
	static const char *const paths[] = { "/boot", "/fifo" };
	unsigned int seen = 0;
	struct fs_node node;
	char buf[1];
	size_t got;

	ck_assert_int_eq(fs_find(&fs, paths[_i], &node, &err), 0);
	ck_assert_int_eq(fs_read(&fs, &node, 0, buf, 1, &got, &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "is not a regular file");
	ck_assert_int_eq(fs_map(&fs, &node, stop_extent, &seen, &err), -1);
	ck_assert_str_eq(err.text, "is not a regular file");
	ck_assert_int_eq(fs_find(&fs, "/kernel", &node, &err), 0);
	ck_assert_int_eq(fs_readdir(&fs, &node, count_name, &seen, &err), -1);
	ck_assert_str_eq(err.text, "not a directory");
	ck_assert_uint_eq(seen, 0);
}
END_TEST

/* The kernel has 12 bytes, the volume 1,000. */
static const struct {
	struct fs_extent extents[4];
	const char *text; /* NULL: right */
} maps[] = {
	{ { { 0, 988, 12 } }, NULL },
	{ { { 0, 0, 5 }, { 5, FS_HOLE, 5 }, { 10, 7, 2 } }, NULL },
	{ { { 0, 989, 12 } }, "an extent lies beyond the volume's end" },
	{ { { 0, UINT64_MAX - 5, 12 } },
		"an extent lies beyond the volume's end" },
	{ { { 0, 0, 13 } }, "extents do not follow each other" },
	{ { { 0, FS_HOLE, UINT64_MAX } }, "extents do not follow each other" },
	{ { { 1, 0, 11 } }, "extents do not follow each other" },
	{ { { 0, 0, 5 }, { 6, 0, 6 } }, "extents do not follow each other" },
	{ { { 0, 0, 5 }, { 4, 0, 8 } }, "extents do not follow each other" },
	{ { { 0, 0, 11 } }, "the extents end before the file does" },
	{ { { 0, 0, 0 } }, "the extents end before the file does" },
	{ { { 0, 0, 5 }, { 5, 0, 0 } }, "changed while it was read" },
};

START_TEST(believes_no_map_that_cannot_be)
{
	unsigned int seen = 0;
	struct fs_node node;
	int r;

	extents = maps[_i].extents;
	ck_assert_int_eq(fs_find(&fs, "/kernel", &node, &err), 0);
	r = fs_map(&fs, &node, stop_extent, &seen, &err);
	if (!maps[_i].text) {
		ck_assert_int_eq(r, 0);
		ck_assert_uint_gt(seen, 0);
		return;
	}
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(err.code, ERR_CORRUPT);
	ck_assert_str_eq(err.text, maps[_i].text);
}
END_TEST

START_TEST(says_that_a_driver_has_no_map)
{
	struct fs_node node;

	driver.map = NULL;
	ck_assert_int_eq(fs_find(&fs, "/kernel", &node, &err), 0);
	ck_assert_int_eq(fs_map(&fs, &node, stop_extent, NULL, &err), 1);
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, asks_each_driver_and_takes_the_first_that_knows);
	tcase_add_loop_test(tc, finds_every_spelling, 0, LENGTH(spellings));
	tcase_add_loop_test(tc, says_what_is_absent, 0, LENGTH(absent));
	tcase_add_test(tc, looks_once_for_what_the_root_lacks);
	tcase_add_test(tc, goes_as_deep_as_the_limit_and_no_deeper);
	tcase_add_test(tc, takes_paths_up_to_the_limit);
	tcase_add_test(tc, takes_links_up_to_the_limit);
	tcase_add_loop_test(tc, a_link_may_be_the_end, 0, LENGTH(ends));
	tcase_add_test(tc, a_link_on_the_way_is_followed_all_the_same);
	tcase_add_test(tc, takes_names_up_to_the_limit);
	tcase_add_test(tc, lists_directories_up_to_the_limit);
	tcase_add_test(tc, looks_names_up_in_a_listing);
	tcase_add_test(tc, reads_up_to_the_end_and_nothing_behind);
	tcase_add_loop_test(tc, tells_files_from_directories, 0, 2);
	tcase_add_loop_test(
		tc, believes_no_map_that_cannot_be, 0, LENGTH(maps));
	tcase_add_test(tc, says_that_a_driver_has_no_map);
}

int main(void)
{
	TCase *tc = tcase_create("fs");

	tcase_add_checked_fixture(tc, setup, teardown);
	add_tests(tc);
	return run_suite("fs", &tc, 1);
}
