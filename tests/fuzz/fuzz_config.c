/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/fuzz_config.h"

#include <stdio.h>
#include <string.h>

#include "src/config/choose.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fakeguest.h"

#define RUNS_MAX 64 /* of entries, for one input */
#define MENUS_MAX 3 /* that are followed down from the first */

static const char *const files[] = { "/vmlinuz", "/initrd.img", "/boot/vmlinuz",
	"/boot/initrd.img", "/boot/vmlinuz-6.1.0-9-amd64", "/boot/xen-4.17.gz",
	"/EFI/debian/vmlinuz", "/netbsd.gz", "/boot/kernel/kernel",
	"/EFI/g/grubx64.efi" };

struct session {
	struct fakeguest fake;
	struct config config;
	unsigned int runs_left;
	bool spent; /* a limit was passed: others would take as long */
};

/* The file that begins here, which ends before the next line "#:x". */
static struct text take_file(struct text *rest)
{
	struct text file = *rest;
	size_t i;

	for (i = 1; i + 3 < rest->len; i++)
		if (rest->at[i - 1] == '\n' && rest->at[i] == '#' &&
			rest->at[i + 1] == ':' && rest->at[i + 3] == '\n')
			break;
	if (i + 3 >= rest->len)
		i = rest->len;
	file.len = i;
	*rest = text_skip(*rest, i);
	return file;
}

static void put_at_places(struct fakeguest *fake, const struct fuzz_config *how,
	char letter, struct text file)
{
	const struct fuzz_place *place = how->places;
	struct fakefs *fs;
	char path[64];

	for (; place && place->device; place++) {
		fs = fakeguest_device(fake, place->device)->fs.vol->priv;
		snprintf(path, sizeof(path), "%s%c%s", place->before, letter,
			place->behind);
		fakefs_put(fs, path, file.at, file.len);
	}
}

static void put_more_files(struct fakeguest *fake,
	const struct fuzz_config *how, struct fakefs *fs, struct text rest)
{
	struct text file;
	char name[3] = "/";

	while (rest.len > 0) {
		name[1] = rest.at[2];
		file = text_skip(take_file(&rest), 4);
		if (name[1] < 'a' || name[1] > 'z')
			continue;
		fakefs_put(fs, name, file.at, file.len);
		if (name[1] == 'e' && how->second)
			fakefs_put(fs, how->second, file.at, file.len);
		put_at_places(fake, how, name[1], file);
	}
}

/* An image in a file, which has itself in it; a GPT of versions to try. */
static void make_devices(struct fakeguest *fake)
{
	struct fakefs *inner = fakeguest_add(
		fake, "hd0,msdos1/image", "2024-01-01-00-00-00-00", "inner");
	struct partition *part;

	fakefs_text(inner, "/vmlinuz", "a kernel in an image");
	fakefs_text(inner, "/boot/grub/loopback.cfg", "linux /vmlinuz");
	fakefs_image(inner, "/image", inner);
	fakefs_text(fakeguest_add(fake, "hd1,gpt1", "", "usr"), "/vmlinuz",
		"the kernel of a version");
	part = fakeguest_partition(fake, "hd1,gpt1");
	part->attributes = 0x0012000000000000;
	snprintf(part->type_guid, sizeof(part->type_guid),
		"5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6");
	snprintf(part->name, sizeof(part->name), "USR-A");
}

struct text fuzz_guest(struct fakeguest *fake, const struct fuzz_config *how,
	const uint8_t *data, size_t size)
{
	struct text input = { (const char *)data, size };
	struct fakefs *root, *other;
	struct text config;
	size_t i;

	fakeguest_init(fake);
	root = fakeguest_add(fake, "hd0,msdos1",
		"01234567-89ab-cdef-0123-456789abcdef", "root");
	other = fakeguest_add(fake, "hd0,msdos2", "1234-ABCD", "boot");
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		fakefs_text(root, files[i], "a kernel or so");
	fakefs_text(other, "/vmlinuz", "another kernel");
	fakefs_link(root, "/link", "link");
	make_devices(fake);
	config = take_file(&input);
	fakefs_put(root, how->path, config.at, config.len);
	fakefs_blocks(root, 0, config.at, config.len);
	fakeguest_type(fake, "hd0,msdos1", "esp");
	fakeguest_type(fake, "hd0,msdos2", "xbootldr");
	put_more_files(fake, how, root, input);
	/* sizes that come by chance: with and without a look for the files */
	fake->guest.assume_files = config.len % 2;
	return config;
}

static void check_file(const struct boot_file *file)
{
	MUST(file->dev && file->path);
	MUST(file->path[0] != '\0');
}

static void check_boot(const struct boot *boot)
{
	size_t i;

	MUST(boot->args);
	check_file(&boot->kernel);
	MUST(boot->ramdisk_count <= BOOT_RAMDISKS_MAX);
	for (i = 0; i < boot->ramdisk_count; i++)
		check_file(&boot->ramdisks[i]);
	MUST(boot->ramdisk_align <= 4096);
}

static void check_menu(const struct menu *menu)
{
	size_t i;

	MUST(menu->count <= MENU_ENTRIES_MAX);
	MUST(menu->count == 0 || menu->chosen < menu->count);
	MUST(menu->fallback_count <= MENU_FALLBACKS_MAX);
	for (i = 0; i < menu->fallback_count; i++)
		MUST(menu->fallback[i] < menu->count);
	MUST(menu->timeout >= MENU_TIMEOUT_NONE);
	MUST(menu->style <= MENU_STYLE_HIDDEN);
	for (i = 0; i < menu->count; i++) {
		MUST(menu->entries[i].title);
		MUST(strlen(menu->entries[i].title) <= MENU_TITLE_MAX);
	}
}

/* An entry with a menu behind it, or with a kernel. */
static void check_outcome(const struct outcome *outcome)
{
	if (outcome->menu)
		check_menu(outcome->menu);
	else
		check_boot(&outcome->boot);
}

static struct menu *run(
	struct session *session, struct menu *menu, size_t index, bool peek)
{
	struct outcome outcome = { 0 };
	struct error err = { 0 };
	int r;

	r = (peek ? config_peek : config_run)(
		&session->config, menu, index, &outcome, &err);
	if (r == 0) {
		check_outcome(&outcome);
		return outcome.menu;
	}
	MUST_SAY(&err);
	session->spent |= err.code == ERR_LIMIT;
	return NULL;
}

/* The lines of an entry as they are, and some of which a person knows better */
static void edit(struct session *session, struct menu *menu, size_t index,
	const char *source)
{
	struct outcome outcome = { 0 };
	struct error err = { 0 };

	if (!source)
		source = config_source(&session->config, menu, index, &err);
	if (source &&
		config_run_source(&session->config, menu, index, source,
			&outcome, &err) == 0) {
		check_outcome(&outcome);
		return;
	}
	MUST_SAY(&err);
	session->spent |= err.code == ERR_LIMIT;
}

static void run_menu(
	struct session *session, struct menu *menu, unsigned int depth)
{
	struct menu *below;
	size_t i;

	for (i = 0; i < menu->count; i++) {
		if (session->runs_left == 0 || session->spent)
			return;
		session->runs_left--;
		below = run(session, menu, i, i % 2 == 0);
		if (i % 4 == 0 && !session->spent)
			edit(session, menu, i, NULL);
		if (below && depth < MENUS_MAX)
			run_menu(session, below, depth + 1);
	}
}

static void choose(struct session *session, const char *name)
{
	struct config *config = &session->config;
	struct choice choice = { 0 };
	struct error err = { 0 };
	int r;

	if (session->spent)
		return;
	if (name)
		r = choose_named(config, name, &choice, &err);
	else
		r = choose_default(config, config->menu, &choice, &err);
	if (r < 0) {
		MUST_SAY(&err);
		session->spent |= err.code == ERR_LIMIT;
		return;
	}
	MUST(choice.title);
	check_boot(&choice.boot);
}

static void interpret(struct session *session, struct text file)
{
	struct error err = { 0 };
	const char *source;

	if (session->config.format->load(&session->config, file, &err) < 0) {
		MUST_SAY(&err);
		return;
	}
	check_menu(session->config.menu);
	run_menu(session, session->config.menu, 0);
	source = arena_strndup(&session->fake.arena, file.at, file.len, &err);
	if (source && session->config.menu->count > 0 && !session->spent)
		edit(session, session->config.menu, 0, source);
	choose(session, NULL);
	choose(session, "1>0");
	choose(session, "not there");
}

void fuzz_config(
	const struct fuzz_config *how, const uint8_t *data, size_t size)
{
	static struct session session;
	struct text config;

	if (size == 0)
		return;
	session.runs_left = RUNS_MAX;
	session.spent = false;
	config = fuzz_guest(&session.fake, how, data, size);
	session.config = (struct config){
		.format = how->format,
		.guest = &session.fake.guest,
		.dev = fakeguest_device(&session.fake, "hd0,msdos1"),
		.path = how->path,
	};
	interpret(&session, config);
	fakeguest_free(&session.fake);
}
