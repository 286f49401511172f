/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/answer.h"
#include "src/base/utf8.h"
#include "src/disks.h"
#include "src/interact.h"
#include "src/output.h"
#include "src/peer.h"
#include "src/report.h"
#include "src/save.h"
#include "src/script_run.h"
#include "src/signals.h"
#include "src/writer.h"

/* How often a FIFO without a reader is tried again. */
#define FIFO_RETRY_MS 10

/* What -l may print in all: some 65,536 entries of 500 bytes. */
#define LIST_MAX ((size_t)32 << 20)

/* One run of the program, and what has to be given back at its end. */
struct run {
	const struct options *options;
	struct disks disks;
	struct output_files files;
	int output; /* where the result goes; -1: not opened */
	int script; /* --script; -1: none */
	struct peer peer;
	struct answer answer; /* what will be booted */
	struct save save;     /* what the guest's loader would write */
};

static int open_output(struct run *run, struct error *err)
{
	int64_t *left = &run->peer.left_ms, wait;
	bool again = false;

	for (;;) {
		run->output = output_open(run->options->output, &again, err);
		if (run->output >= 0 || !again || *left == 0)
			return run->output < 0 ? -1 : 0;
		wait = *left < FIFO_RETRY_MS ? *left : FIFO_RETRY_MS;
		*left -= wait;
		if (signals_wait(-1, 0, &wait, err) < 0)
			return -1;
	}
}

/* Root can become anybody, others nobody; it must not be thought that we did */
static int check_reader(const struct options *options, struct error *err)
{
	if (!options->has_uid || geteuid() == 0 || options->uid == geteuid())
		return 0;
	return error_set(err, ERR_SYSTEM,
		"--runas=%u: only root can have a disk read by another user",
		options->uid);
}

/*
 * Everything the child cannot do for itself.  The output comes first: xend
 * waits until somebody opens its FIFO, also if there is no disk (clients.md).
 */
static int prepare(struct run *run, struct error *err)
{
	const struct options *options = run->options;

	if (open_output(run, err) < 0 || check_reader(options, err) < 0 ||
		disks_open(&run->disks, options, &run->peer.left_ms, err) < 0)
		return -1;
	if (options->script) {
		run->script = script_open(options->script, err);
		return run->script < 0 ? -1 : 0;
	}
	if (options->action != ACTION_BOOT)
		return 0;
	return output_files_create(&run->files, options->output_directory, err);
}

static int start_child(struct run *run, struct error *err)
{
	struct child_setup setup = {
		.options = run->options,
		.disks = run->disks.disk,
		.sockets = run->disks.sockets,
		.kernel = run->files.kernel.fd,
		.ramdisk = run->files.ramdisk.fd,
		.script = run->script,
	};

	if (peer_start(&run->peer, &setup, run->peer.left_ms, err) < 0)
		return -1;
	disks_release_sockets(&run->disks);
	return 0;
}

static void say_what_boots(const struct answer *answer)
{
	char text[ERROR_TEXT_SIZE];

	if (answer->title[0] != '\0')
		snprintf(text, sizeof(text), "booting \"%.500s\" (%.400s)",
			answer->title, answer->where);
	else
		snprintf(text, sizeof(text), "booting %.900s", answer->where);
	report_detail(text);
}

/* Ask what is to be booted, and let a person choose if there is one. */
static int decide(struct run *run, struct error *err)
{
	const struct options *options = run->options;
	bool shown = interact_wanted(options);
	int r;

	if (shown)
		r = interact(&run->peer, options, &run->answer, err);
	else if ((r = peer_ask(&run->peer, ASK_BOOT, err)) == 0)
		r = answer_receive(
			&run->peer, options->verbose, &run->answer, err);
	/* after a menu it is the one line that says how it ended */
	if (r == 0 && (shown || options->verbose))
		say_what_boots(&run->answer);
	return r;
}

/* The child says how much it wrote; the file says how much is there. */
static int check_file(const struct output_file *file, const char *what,
	uint64_t said, uint64_t max, struct error *err)
{
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return error_errno(err, "the copy of the %s", what);
	if (said == 0 || said > max || (uint64_t)st.st_size != said)
		return error_set(err, ERR_SYSTEM,
			"the copy of the %s has %" PRIu64
			" bytes where %" PRIu64 " were announced",
			what, (uint64_t)st.st_size, said);
	return 0;
}

/* Nothing is asked of the child behind this: it ends. */
static int ask_extract(
	struct run *run, struct answer_done *done, struct error *err)
{
	struct message_body body;

	if (peer_ask(&run->peer, ASK_EXTRACT, err) < 0 ||
		peer_receive(&run->peer, run->options->verbose, &body, err) <
			0 ||
		answer_take_done(&body, done, err) < 0)
		return -1;
	if ((done->ramdisk > 0) != (run->answer.ramdisk[0] != '\0'))
		return peer_malformed(err);
	return peer_finish(&run->peer, err);
}

static int extract(struct run *run, struct error *err)
{
	const struct options *options = run->options;
	struct answer_done done;

	/* only once it is gone can it no longer write */
	if (ask_extract(run, &done, err) < 0 ||
		check_file(&run->files.kernel, "kernel", done.kernel,
			options->kernel_max, err) < 0)
		return -1;
	if (done.ramdisk > 0 &&
		check_file(&run->files.ramdisk, "ramdisk", done.ramdisk,
			options->ramdisk_max, err) < 0)
		return -1;
	return 0;
}

/* The end of it, or all that fits a pipe, tells what the host makes of it. */
static int write_output(
	struct run *run, const char *buf, size_t len, struct error *err)
{
	size_t head = len > PIPE_BUF ? len - PIPE_BUF : 0;
	int fd = run->output;

	if (fd != STDOUT_FILENO)
		head = 0;
	if (writer_put(fd, buf, head, &run->peer.left_ms, err) < 0 ||
		writer_wait(fd, &run->peer.left_ms, err) < 0)
		return -1;
	run->output = -1;
	return output_deliver(fd, buf + head, len - head, err);
}

static int deliver(
	struct run *run, const struct result *result, struct error *err)
{
	size_t len;
	char *line = result_format(run->options->format, result, &len, err);
	int r;

	if (!line)
		return -1;
	r = write_output(run, line, len, err);
	free(line);
	return r;
}

static int deliver_files(struct run *run, struct error *err)
{
	struct result result = { .args = run->answer.args };

	if (signals_pending())
		return signals_error(err);
	if (output_file_name(
		    &run->files, &run->files.kernel, "boot_kernel", err) < 0)
		return -1;
	result.kernel = run->files.kernel.path;
	if (run->answer.ramdisk[0] != '\0') {
		if (output_file_name(&run->files, &run->files.ramdisk,
			    "boot_ramdisk", err) < 0)
			return -1;
		result.ramdisk = run->files.ramdisk.path;
	}
	return deliver(run, &result, err);
}

static void warn_of_long_args(const struct answer *answer)
{
	char text[ERROR_TEXT_SIZE];

	if (result_args_warning(answer->args, text, sizeof(text)))
		report_warning(text);
}

/* The boot is delivered, and a block that cannot be written does not undo it.
 */
static void save_env(struct run *run)
{
	struct error err;

	if (save_write(&run->save, run->disks.disk, &err) < 0)
		report_warning(err.text);
}

static int boot(struct run *run, struct error *err)
{
	if (decide(run, err) < 0)
		return -1;
	if (run->options->save_env &&
		save_receive(&run->save, &run->peer, run->options,
			run->disks.disk, err) < 0)
		return -1;
	if (extract(run, err) < 0)
		return -1;
	warn_of_long_args(&run->answer);
	if (deliver_files(run, err) < 0)
		return -1;
	output_files_keep(&run->files);
	save_env(run);
	return 0;
}

/* -n: what would be extracted, in the place of what was. */
static int check(struct run *run, struct error *err)
{
	char kernel[PATH_MAX + 16], ramdisk[PATH_MAX + 16];
	struct result result = { .kernel = kernel };
	struct answer_done done;

	if (decide(run, err) < 0 || ask_extract(run, &done, err) < 0)
		return -1;
	snprintf(kernel, sizeof(kernel), "<kernel:%s>", run->answer.kernel);
	if (run->answer.ramdisk[0] != '\0') {
		snprintf(ramdisk, sizeof(ramdisk), "<ramdisk:%s>",
			run->answer.ramdisk);
		result.ramdisk = ramdisk;
	}
	result.args = run->answer.args;
	return deliver(run, &result, err);
}

/* A line for a person, escaped where it is added; its length. */
static size_t print_field(FILE *out, const char *name, const char *value)
{
	static char shown[4 * MESSAGE_MAX];
	int written;

	utf8_show(name, shown, sizeof(shown));
	written = fprintf(out, "%s: ", shown);
	utf8_show(value, shown, sizeof(shown));
	written += fprintf(out, "%s\n", shown);
	return written < 0 ? 0 : (size_t)written;
}

/* A list being printed. */
struct list {
	FILE *out;
	size_t bytes; /* so far */
};

static int add_field(
	void *ctx, const char *name, const char *value, struct error *err)
{
	struct list *list = ctx;

	list->bytes += print_field(list->out, name, value);
	if (list->bytes > LIST_MAX)
		return error_set(err, ERR_LIMIT,
			"a list of more than %zu bytes", LIST_MAX);
	return 0;
}

static int print_list(struct run *run, FILE *out, struct error *err)
{
	const bool verbose = run->options->verbose;
	struct list list = { out, 0 };
	struct message_body body;

	if (peer_ask(&run->peer, ASK_LIST, err) < 0 ||
		peer_receive(&run->peer, verbose, &body, err) < 0 ||
		answer_take_list(
			&run->peer, verbose, &body, add_field, &list, err) < 0)
		return -1;
	return peer_finish(&run->peer, err);
}

static int print_decision(struct run *run, FILE *out, struct error *err)
{
	if (decide(run, err) < 0 || peer_finish(&run->peer, err) < 0)
		return -1;
	print_field(out, "  kernel", run->answer.kernel);
	if (run->answer.ramdisk[0] != '\0')
		print_field(out, "  initrd", run->answer.ramdisk);
	print_field(out, "  args", run->answer.args);
	return 0;
}

/* -l and --isconfig: all of the text, or nothing, reaches the output. */
static int print_text(struct run *run, struct error *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return error_errno(err, "memory for the list");
	if (run->options->list)
		r = print_list(run, out, err);
	else
		r = print_decision(run, out, err);
	if (fclose(out) != 0 && r == 0)
		r = error_errno(err, "memory for the list");
	if (r == 0)
		r = write_output(run, text, len, err);
	free(text);
	return r;
}

/* --script: what it printed stays printed, however it ends. */
static int print_script(struct run *run, struct error *err)
{
	int fd = run->output;
	int r = script_print(&run->peer, run->options->verbose, fd, err);
	struct error late;

	run->output = -1;
	if (output_deliver(fd, "", 0, &late) == 0 || r < 0)
		return r;
	*err = late;
	return -1;
}

static int act(struct run *run, struct error *err)
{
	if (prepare(run, err) < 0 || start_child(run, err) < 0)
		return -1;
	switch (run->options->action) {
	case ACTION_BOOT:
		return boot(run, err);
	case ACTION_CHECK:
		return check(run, err);
	case ACTION_SCRIPT:
		return print_script(run, err);
	default:
		return print_text(run, err);
	}
}

int parent_run(const struct options *options, struct error *err)
{
	static struct run run;
	int r;

	run.options = options;
	run.output = -1;
	run.script = -1;
	run.peer.channel = -1;
	run.peer.left_ms = options->time_limit_ms;
	output_files_init(&run.files);
	signals_block();
	r = act(&run, err);
	if (r < 0) {
		peer_kill(&run.peer);
		output_files_discard(&run.files);
	}
	disks_close(&run.disks);
	answer_free(&run.answer);
	return r;
}
