/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/child_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/extract.h"
#include "src/fs/select.h"
#include "src/policy.h"
#include "src/sandbox.h"

/* All memory that comes of the guest's data is this part of what it may have */
#define ARENA_PART 4

/*
 * What a person types stays in memory as long as the menu; this part of the
 * arena it leaves to the entries, which have to be started all the same.
 */
#define ENTRIES_PART 4

int child_send(struct child *child, struct error *err)
{
	return message_send(child->setup->channel, &child->out, err);
}

static int say_fail(struct child *child, const struct error *why)
{
	struct error err;

	message_begin(&child->out, SAY_FAIL);
	message_put_u8(&child->out, (uint8_t)why->code);
	message_put_string(&child->out, why->text);
	return child_send(child, &err);
}

int child_say_notes(struct child *child, struct error *err)
{
	const struct guest *guest = &child->guest;

	for (; child->notes_said < guest->note_count &&
		child->notes_said < GUEST_NOTES_MAX;
		child->notes_said++) {
		message_begin(&child->out, SAY_NOTE);
		message_put_u8(&child->out,
			(uint8_t)guest->notes[child->notes_said].level);
		message_put_string(
			&child->out, guest->notes[child->notes_said].text);
		if (child_send(child, err) < 0)
			return -1;
	}
	return 0;
}

int child_say_done(struct child *child, uint64_t kernel, uint64_t ramdisk,
	struct error *err)
{
	message_begin(&child->out, SAY_DONE);
	message_put_u64(&child->out, kernel);
	message_put_u64(&child->out, ramdisk);
	return child_send(child, err);
}

int child_say_boot(struct child *child, struct error *err)
{
	const struct found *found = &child->found;
	const struct boot *boot = &found->boot;

	if (child_check_args(found->args, err) < 0)
		return error_in(err, "%s", found->where);
	message_begin(&child->out, SAY_BOOT);
	message_put_string(&child->out, found->title);
	message_put_string(&child->out, found->where);
	message_put_string(&child->out, boot->kernel.path);
	message_put_string(&child->out,
		boot->ramdisk_count > 0 ? boot->ramdisks[0].path : "");
	message_put_string(&child->out, found->args);
	return child_send(child, err);
}

/* What was wrong with a partition table, and got round. */
static void note_damage(struct child *child)
{
	const struct devices *devices = &child->devices;
	unsigned int i;

	for (i = 0; i < devices->disks; i++)
		if (devices->tables[i].damage[0] != '\0')
			guest_note(&child->guest, NOTE_WARNING,
				"%s: partition table: %s",
				child->setup->disks[i].name,
				devices->tables[i].damage);
}

static int bar_loaders(struct child *child, struct error *err)
{
	if (child->options->no_loaders == 0)
		return 0;
	child->guest.barred =
		policy_barred(child->options->no_loaders, &child->arena, err);
	return child->guest.barred ? 0 : -1;
}

static int scan(struct child *child, struct error *err)
{
	const struct options *options = child->options;
	struct disk *disks = child->setup->disks;
	const struct fs_driver *const *drivers;

	if (child->scanned)
		return 0;
	drivers = policy_drivers(options->no_filesystems, &child->arena, err);
	if (!drivers || bar_loaders(child, err) < 0 ||
		child_connect_disks(child, err) < 0)
		return -1;
	guest_stage(&child->guest, "the partition table");
	/* a bare configuration is a disk on which nothing can be read */
	if ((options->has_offset && options->disk_count > 0) ||
		options->action == ACTION_IS_CONFIG) {
		if (devices_at_offset(&child->devices, &disks[0],
			    options->offset, &child->arena, drivers, err) < 0)
			return -1;
	} else if (devices_scan(&child->devices, disks, options->disk_count,
			   &child->arena, drivers, err) < 0) {
		return -1;
	}
	if (options->partition &&
		devices_select(&child->devices, options->partition, err) < 0)
		return -1;
	child->scanned = true;
	note_damage(child);
	return 0;
}

int child_load_config(
	struct child *child, struct config *config, struct error *err)
{
	struct device *dev = child->devices.list[0];
	struct disk *disk = dev->disk;
	char *text;

	if (disk->size > CONFIG_FILE_MAX)
		return error_set(err, ERR_LIMIT,
			"is larger than %u bytes, the limit for a "
			"configuration",
			CONFIG_FILE_MAX);
	text = arena_alloc(&child->arena, (size_t)disk->size + 1, err);
	if (!text || disk_read(disk, 0, text, (size_t)disk->size, err) < 0)
		return -1;
	child->guest.assume_files = true;
	return config_load_text(&child->guest, dev, "/boot/grub/grub.cfg",
		(struct text){ text, (size_t)disk->size }, config, err);
}

static int find_in_bare_config(struct child *child, struct error *err)
{
	struct choice choice;
	struct config config;

	if (child_load_config(child, &config, err) < 0 ||
		choose_entry(&config, child->options->entry, &choice, err) < 0)
		return -1;
	return found_from_choice(&child->guest, child->options, &config,
		&choice, &child->found, err);
}

static int decide(struct child *child, struct error *err)
{
	if (child->options->action != ACTION_IS_CONFIG)
		return find_boot(
			&child->guest, child->options, &child->found, err);
	if (find_in_bare_config(child, err) < 0)
		return error_in(err, "%s", child->setup->disks[0].name);
	return 0;
}

static int answer_boot(struct child *child, struct error *err)
{
	if (decide(child, err) < 0)
		return -1;
	child->decided = true;
	if (child_note_one_shot(child, err) < 0 ||
		child_say_notes(child, err) < 0)
		return -1;
	return child_say_boot(child, err);
}

static int take_config(void *ctx, struct config *config, struct error *err)
{
	struct child *child = ctx;

	(void)err;
	child->config = *config;
	child->menus[0] = config->menu;
	child_go_back(child, 0);
	child->told = (struct told){ 0 };
	return 1;
}

/* A menu, or the boot itself where there is nothing to choose. */
static int answer_menu(struct child *child, struct error *err)
{
	const struct options *options = child->options;
	const size_t notes = child->guest.note_count;

	if ((!options->kernel || options->prefer_config) &&
		find_configs(&child->guest, options, take_config, child, err) >
			0) {
		if (child_say_notes(child, err) < 0)
			return -1;
		return child_say_menu(child, err);
	}
	/* which comes by the same files, and notes the same again */
	child_unsay_notes(child, notes);
	return answer_boot(child, err);
}

static void stage_copy(struct child *child, const struct boot_file *file)
{
	guest_stage(&child->guest, "%s: %s: %s", file->dev->disk->name,
		file->dev->name, file->path);
}

static int answer_extract(struct child *child, struct error *err)
{
	const struct boot *boot = &child->found.boot;
	const struct options *options = child->options;
	uint64_t kernel = 0, ramdisk = 0;

	if (!child->decided)
		return error_set(err, ERR_SYSTEM, "nothing to extract");
	stage_copy(child, &boot->kernel);
	if (extract_files(&child->devices, &boot->kernel, 1, 0,
		    options->kernel_max, child->setup->kernel, &kernel,
		    err) < 0)
		return -1;
	if (boot->ramdisk_count > 0) {
		stage_copy(child, &boot->ramdisks[0]);
		if (extract_files(&child->devices, boot->ramdisks,
			    boot->ramdisk_count, boot->ramdisk_align,
			    options->ramdisk_max, child->setup->ramdisk,
			    &ramdisk, err) < 0)
			return -1;
	}
	return child_say_done(child, kernel, ramdisk, err);
}

/* Only the parent talks to us: a question we do not know is a fault. */
static int answer_question(
	struct child *child, struct message_body *ask, struct error *err)
{
	switch (ask->type) {
	case ASK_BOOT:
		return answer_boot(child, err);
	case ASK_MENU:
		return answer_menu(child, err);
	case ASK_CHOOSE:
		return child_answer_choose(child, ask, err);
	case ASK_PEEK:
		return child_answer_peek(child, ask, err);
	case ASK_EDIT:
		return child_answer_edit(child, ask, err);
	case ASK_START:
		return child_answer_start(child, ask, err);
	case ASK_SOURCE:
		return child_answer_source(child, ask, err);
	case ASK_RUN:
		return child_answer_run(child, ask, err);
	case ASK_SHELL:
		return child_answer_shell(child, ask, err);
	case ASK_COMMAND:
		return child_answer_command(child, ask, err);
	case ASK_COMPLETE:
		return child_answer_complete(child, ask, err);
	case ASK_EXPLAIN:
		return child_answer_explain(child, ask, err);
	case ASK_LOGIN:
		return child_answer_login(child, ask, err);
	case ASK_UNLOCK:
		return child_answer_unlock(child, ask, err);
	case ASK_LIST:
		return child_answer_list(child, err);
	case ASK_SAVED:
		return child_answer_saved(child, err);
	case ASK_EXTRACT:
		return answer_extract(child, err);
	case ASK_SCRIPT:
		return child_answer_script(child, err);
	default:
		return error_set(err, ERR_SYSTEM, "an unknown question");
	}
}

/* Is it a person's text that runs, as often as he likes? */
static bool is_typed(enum message_type type)
{
	return type == ASK_RUN || type == ASK_SHELL || type == ASK_COMMAND ||
		type == ASK_COMPLETE;
}

static int answer(
	struct child *child, struct message_body *ask, struct error *err)
{
	struct arena *arena = &child->arena;
	size_t limit = arena->limit;
	int r;

	if (scan(child, err) < 0)
		return -1;
	if (is_typed(ask->type))
		limit = arena_spare(arena, limit / ENTRIES_PART);
	r = answer_question(child, ask, err);
	arena->limit = limit;
	return r;
}

/* Answer until the parent closes the channel: 0, or -1 when it is broken. */
static int serve(struct child *child, struct error *err)
{
	struct message_body ask;
	int r;

	for (;;) {
		while ((r = message_next(&child->in, &ask, err)) == 0) {
			r = message_fill(
				child->setup->channel, &child->in, err);
			if (r <= 0)
				return r;
		}
		if (r < 0)
			return -1;
		error_clear(err);
		if (answer(child, &ask, err) < 0 &&
			(child_say_notes(child, &(struct error){ 0 }) < 0 ||
				say_fail(child, err) < 0))
			return -1;
	}
}

static int enter_box(struct child *child, struct error *err)
{
	const struct child_setup *setup = child->setup;
	const struct options *options = setup->options;
	int keep[OPTIONS_DISKS_MAX + 5];
	struct sandbox box = {
		.keep = keep,
		.uid = options_reader(options),
		.gid = (gid_t)options_reader(options),
		.parent = setup->parent,
		.file_max = options->kernel_max > options->ramdisk_max
			? options->kernel_max
			: options->ramdisk_max,
		.cpu = options->cpu_limit,
		.memory = options->memory_max,
		.optional = options->no_sandbox,
		.sockets = child->guest.scratch > 0,
	};
	unsigned int i;

	for (i = 0; i < options->disk_count; i++)
		keep[box.keep_count++] = setup->sockets[i].fd >= 0
			? setup->sockets[i].fd
			: setup->disks[i].fd;
	if (child->guest.scratch > 0)
		keep[box.keep_count++] = child->guest.scratch;
	keep[box.keep_count++] = setup->channel;
	if (setup->kernel >= 0)
		keep[box.keep_count++] = setup->kernel;
	if (setup->ramdisk >= 0)
		keep[box.keep_count++] = setup->ramdisk;
	if (setup->script >= 0)
		keep[box.keep_count++] = setup->script;
	return sandbox_enter(&box, err);
}

void child_main(const struct child_setup *setup)
{
	static struct child child;
	struct error err = { 0 };

	/* no library finds a word there to obey, as LIBBLKID_DEBUG (P13) */
	clearenv();
	child.setup = setup;
	child.options = setup->options;
	arena_init(
		&child.arena, (size_t)(child.options->memory_max / ARENA_PART));
	child.guest = (struct guest){
		.arena = &child.arena,
		.devices = &child.devices,
		.grub_platform = setup->options->platform,
		.grub_cpu = setup->options->cpu,
		.stage = setup->stage,
	};
	if (child_prepare_disks(&child, &err) < 0 ||
		enter_box(&child, &err) < 0) {
		say_fail(&child, &err);
		_exit(1);
	}
	_exit(serve(&child, &err) < 0 ? 1 : 0);
}
