/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz_volumes.h"

#include <string.h>
#include <unistd.h>

#include "src/volume/assembly.h"
#include "tests/fuzz/fuzz.h"

#define QUARTERS 4
#define MEMORY_MAX (32U << 20)
#define TURNS_MAX 4
#define READ_MAX (70U << 10)

/* Where a piece lies, the same bytes are. */
static void compare(
	const struct volume_run *run, const uint8_t *read, size_t len)
{
	static uint8_t located[READ_MAX];

	MUST(run->len > 0);
	if (run->len < len)
		len = (size_t)run->len;
	if (run->fd == VOLUME_HOLE)
		memset(located, 0, len);
	else
		MUST(pread(run->fd, located, len, (off_t)run->pos) ==
			(ssize_t)len);
	MUST(memcmp(read, located, len) == 0);
}

static void look_at(struct volume *vol, uint64_t off)
{
	static uint8_t read[READ_MAX];
	struct error err = { 0 };
	struct volume_run run;
	size_t len = READ_MAX;
	int located;

	if (off >= vol->size)
		return;
	if (len > vol->size - off)
		len = (size_t)(vol->size - off);
	if (volume_read(vol, off, read, len, &err) < 0) {
		MUST_SAY(&err);
		return;
	}
	located = volume_locate(vol, off, len, &run, &err);
	MUST_WORK(located, &err);
	if (located > 0)
		compare(&run, read, len);
}

static void look_at_made(const struct made *made)
{
	struct volume vol = made->vol;

	MUST(memchr(made->name, '\0', sizeof(made->name)));
	MUST(memchr(made->grub, '\0', sizeof(made->grub)));
	MUST(memchr(made->id, '\0', sizeof(made->id)));
	if (made->why) {
		MUST_SAY(made->why);
		return;
	}
	MUST(vol.size <= INT64_MAX || vol.read);
	look_at(&vol, 0);
	look_at(&vol, vol.size / 3);
	look_at(&vol, vol.size > 1000 ? vol.size - 1000 : 0);
}

static void run(struct assembler *assembly, struct volume *quarters)
{
	struct error err = { 0 };
	unsigned int turn;
	size_t i, seen = 0;

	for (i = 0; i < QUARTERS; i++)
		if (assembly_look(assembly, &quarters[i], &quarters[i],
			    LOOK_EVERYWHERE, &err) < 0)
			MUST_SAY(&err);
	for (turn = 0; turn < TURNS_MAX; turn++) {
		if (assembly_make(assembly, MAKE_ALL, turn > 1, &err) < 0)
			MUST_SAY(&err);
		for (; seen < assembly->made_count; seen++) {
			struct made *made = assembly->made[seen];

			look_at_made(made);
			if (!made->why &&
				assembly_look(assembly, &made->vol, made,
					LOOK_EVERYWHERE, &err) < 0)
				MUST_SAY(&err);
		}
	}
}

void fuzz_volumes(const uint8_t *data, size_t size)
{
	struct disk_range ranges[QUARTERS];
	struct volume quarters[QUARTERS];
	struct assembler assembly = { 0 };
	struct arena arena;
	struct disk disk;
	unsigned int i;

	if (!fuzz_sparse_disk(&disk, data, size))
		return;
	arena_init(&arena, MEMORY_MAX);
	assembly.arena = &arena;
	for (i = 0; i < QUARTERS; i++) {
		ranges[i] = (struct disk_range){ &disk,
			disk.size / QUARTERS / 512 * 512 * i };
		volume_of_disk(&quarters[i], &ranges[i],
			disk.size / QUARTERS / 512 * 512);
	}
	run(&assembly, quarters);
	arena_free(&arena);
	disk_close(&disk);
}
