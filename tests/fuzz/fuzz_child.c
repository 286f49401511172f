/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_child.c - all of the inner side, but the box: a disk image from its
 * partition table to the copy of the kernel
 */
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "src/extract.h"
#include "src/find.h"
#include "src/listing.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY_MAX (64U << 20) /* as in src/child.c */
#define FILE_MAX (1U << 20)
#define FIELDS_MAX 1024

static const struct options options = {
	.action = ACTION_BOOT,
	.args = "",
	.add_args = "console=hvc0",
	.remove_args = "quiet rd.* single=1",
	.forbid_args = "never",
	.platform = "pc",
	.disk_count = 1,
	.kernel_max = FILE_MAX,
	.ramdisk_max = FILE_MAX,
};

struct inner {
	struct arena arena;
	struct disk disk;
	struct devices devices;
	struct guest guest;
	char stage[GUEST_STAGE_SIZE];
	unsigned int fields;
};

static void extract(struct inner *inner, const struct boot_file *files,
	size_t count, unsigned int align)
{
	struct error err = { 0 };
	uint64_t written = 0;
	int out = fuzz_output();

	if (extract_files(&inner->devices, files, count, align, FILE_MAX, out,
		    &written, &err) < 0) {
		MUST_SAY(&err);
		return;
	}
	MUST(written > 0 && written <= FILE_MAX);
	MUST(lseek(out, 0, SEEK_END) == (off_t)written);
}

static void boot(struct inner *inner)
{
	struct found found = { 0 };
	struct error err = { 0 };

	if (find_boot(&inner->guest, &options, &found, &err) < 0) {
		MUST_SAY(&err);
		return;
	}
	MUST(found.title && found.where && found.args);
	MUST(found.boot.kernel.path && found.boot.kernel.dev);
	extract(inner, &found.boot.kernel, 1, 0);
	if (found.boot.ramdisk_count > 0)
		extract(inner, found.boot.ramdisks, found.boot.ramdisk_count,
			found.boot.ramdisk_align);
}

static int count_field(
	void *ctx, const char *name, const char *value, struct error *err)
{
	struct inner *inner = ctx;

	MUST(name && value);
	if (++inner->fields == FIELDS_MAX)
		return error_set(err, ERR_LIMIT, "enough");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inner inner;
	struct error err = { 0 };

	memset(&inner, 0, sizeof(inner));
	if (!fuzz_sparse_disk(&inner.disk, data, size))
		return 0;
	arena_init(&inner.arena, MEMORY_MAX);
	inner.guest = (struct guest){
		.arena = &inner.arena,
		.devices = &inner.devices,
		.grub_platform = "pc",
		.grub_cpu = "i386",
		.stage = inner.stage,
	};
	if (devices_scan(&inner.devices, &inner.disk, 1, &inner.arena,
		    fs_drivers, &err) < 0) {
		MUST_SAY(&err);
	} else {
		boot(&inner);
		if (list_entries(&inner.guest, &options, count_field, &inner,
			    &err) < 0)
			MUST_SAY(&err);
	}
	devices_close(&inner.devices);
	arena_free(&inner.arena);
	disk_close(&inner.disk);
	return 0;
}
