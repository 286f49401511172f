/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/childask.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/child.h"
#include "src/config/guest.h"
#include "src/sandbox.h"
#include "tests/support/image.h"

struct options options = {
	.action = ACTION_BOOT,
	.args = "",
	.add_args = "",
	.remove_args = "",
	.forbid_args = "",
	.platform = "pc",
	.cpu = "i386",
	.disk_count = 1,
	.kernel_max = 1U << 20,
	.ramdisk_max = 1U << 20,
	.memory_max = OPTIONS_MEMORY_DEFAULT,
};

static struct message out;
static struct message_stream in;
static int channel;
char said[2 << 20];
static size_t said_len;

/* Nothing of the child's is closed in here. */
int sandbox_enter(const struct sandbox *box, struct error *err)
{
	(void)box, (void)err;
	return 0;
}

static void be_child(int end)
{
	static struct disk disk;
	static const struct child_socket none = { .fd = -1 };
	static char stage[GUEST_STAGE_SIZE];
	struct error err;
	char path[256];
	struct child_setup setup = {
		.options = &options,
		.disks = &disk,
		.sockets = &none,
		.channel = end,
		.kernel = -1,
		.ramdisk = -1,
		.script = -1,
		.stage = stage,
		.parent = getppid(),
	};
	int fd;

	snprintf(path, sizeof(path), "%s/vm.img", image_directory());
	fd = open(path, O_RDONLY);
	if (fd < 0 || disk_open(&disk, fd, "vm.img", 0, &err) < 0)
		_exit(2);
	child_main(&setup);
}

/* A guest with this configuration, and a child that looks at it. */
void start(const char *path, const char *text)
{
	int ends[2];

	image_run("rm -rf root; mkdir -p root/boot/grub root/many");
	image_run("cd root && printf kernel >k && printf ramdisk >i && "
		  "printf 'one\\ntwo\\n' >text");
	image_file("config", text, strlen(text));
	image_run("cp config root%s", path);
	image_run("rm -f vm.img; truncate -s 1M vm.img; mke2fs -q -F "
		  "-U 01234567-89ab-cdef-0123-456789abcdef -d root vm.img");
	memset(&in, 0, sizeof(in));
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		be_child(ends[1]);
	}
	close(ends[1]);
	channel = ends[0];
}

void leave(void)
{
	close(channel);
	options.unlock = false;
	options.no_loaders = 0;
	image_cleanup();
}

static void put(const char *text)
{
	ck_assert_uint_lt(said_len + strlen(text) + 1, sizeof(said));
	said_len += (size_t)(stpcpy(said + said_len, text) - said) - said_len;
}

static void put_number(uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), " %u", number);
	put(text);
}

static void put_strings(struct message_body *body)
{
	while (body->rest.len > 0 && !body->bad) {
		put(" ");
		put(message_take_string(body));
	}
}

static void put_entries(struct message_body *body)
{
	while (body->rest.len > 0 && !body->bad) {
		put_number(message_take_u8(body));
		message_take_u32(body);
		put(message_take_string(body));
	}
}

static void put_menu(struct message_body *body)
{
	size_t i;

	for (i = 0; i < 4; i++)
		put_number(message_take_u32(body));
	for (i = 0; i < 1 + SAID_COLORS; i++)
		put_number(message_take_u8(body));
}

/* Write an answer down: true if others follow it. */
static bool take(struct message_body *body)
{
	switch (body->type) {
	case SAY_NOTE:
		put("NOTE");
		put_number(message_take_u8(body));
		put_strings(body);
		put("\n");
		return true;
	case SAY_TEXT:
		put(message_take_string(body));
		return true;
	case SAY_MENU:
		put("MENU");
		put_menu(body);
		put("\n");
		return true;
	case SAY_FIELDS:
		put("FIELDS");
		put_strings(body);
		put("\n");
		return true;
	case SAY_ENTRIES:
		put("ENTRIES");
		put_entries(body);
		return false;
	case SAY_LOCKED:
		put("LOCKED");
		put_number(message_take_u8(body));
		return false;
	case SAY_DONE:
		put("DONE");
		message_take_u64(body);
		message_take_u64(body);
		return false;
	case SAY_FAIL:
		put("FAIL");
		put_number(message_take_u8(body));
		put_strings(body);
		return false;
	case SAY_MORE:
		put("MORE");
		return false;
	case SAY_BOOT:
		put("BOOT");
		put_strings(body);
		return false;
	case SAY_SOURCE:
		put("SOURCE");
		put_strings(body);
		return false;
	case SAY_COMPLETIONS:
		put("COMPLETIONS");
		put_strings(body);
		return false;
	case SAY_DETAIL:
		put("DETAIL");
		put_strings(body);
		return false;
	case SAY_ARGS:
		put("ARGS");
		put_strings(body);
		return false;
	default:
		put("?");
		return false;
	}
}

static const char *send_and_take(void)
{
	struct message_body body;
	struct error err;
	bool more = true;
	int r;

	said[0] = '\0';
	said_len = 0;
	ck_assert_int_eq(message_send(channel, &out, &err), 0);
	while (more) {
		while ((r = message_next(&in, &body, &err)) == 0)
			if (message_fill(channel, &in, &err) <= 0)
				return "gone";
		ck_assert_int_eq(r, 1);
		more = take(&body);
		ck_assert(message_complete(&body));
	}
	return said;
}

/* Ask with so many numbers of these. */
const char *ask(enum message_type type, unsigned int count, uint32_t first,
	uint32_t second)
{
	message_begin(&out, type);
	if (count > 0)
		message_put_u32(&out, first);
	if (count > 1)
		message_put_u32(&out, second);
	return send_and_take();
}

const char *ask_menu(void)
{
	return ask(ASK_MENU, 0, 0, 0);
}

const char *ask_text(enum message_type type, const char *text)
{
	message_begin(&out, type);
	message_put_string(&out, text);
	return send_and_take();
}

const char *unlock(const char *user, const char *password)
{
	message_begin(&out, ASK_UNLOCK);
	message_put_string(&out, user);
	message_put_string(&out, password);
	return send_and_take();
}
