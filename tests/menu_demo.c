/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu_demo.c - a menu to be pressed by menu_tmux.sh and menu_pty.py
 *
 *   menu_demo [-l menu|countdown|hidden] [-n entries] [-t seconds] [-ps]
 *
 * Shows the menu as the program does, with a submenu, an entry that cannot be
 * booted, and titles as hostile guests write them.  Prints one line at the
 * end.  -p says what the entries would boot.  -s waits half a second before it
 * begins, for a pty being set up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/console.h"

#define DEPTH_MAX 4

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	stop = signal;
}

static struct menu_item first_items[] = {
	{ .title = "Debian GNU/Linux" },
	{ .title = "Advanced options", .submenu = true },
	{ .title = "broken entry" },
	{ .title = "Grüße an 世界 – e\xcc\x81t\xc3\xa9 😀" },
	{ .title = "hostile \x1b[2Jtitle \xff\xc2\x9b \xe2\x80\xae end" },
	{ .title = "locked", .restricted = true, .hotkey = 'k' },
	{ .title = "a long title: 0123456789 abcdefghijklmnopqrstuvwxyz "
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 the end of it" },
};

static const struct menu_item nested_items[] = {
	{ .title = "Debian, with Linux 6.1.0-18-amd64" },
	{ .title = "Debian, with Linux 6.1.0-18-amd64 (recovery mode)" },
	{ .title = "More", .submenu = true },
};

static struct menu_list first = {
	.heading = "hostgrub demo - disk.img: partition 1: ext4",
	.items = first_items,
	.count = sizeof(first_items) / sizeof(first_items[0]),
	.timeout = MENU_WAITS,
};

static const struct menu_list nested = {
	.heading = "Advanced options",
	.items = nested_items,
	.count = sizeof(nested_items) / sizeof(nested_items[0]),
	.timeout = MENU_WAITS,
	.nested = true,
};

static void many_items(size_t count)
{
	struct menu_item *items = calloc(count + 1, sizeof(*items));
	char title[64];

	if (!items)
		exit(1);
	for (size_t i = 0; i < count; i++) {
		snprintf(title, sizeof(title), "entry number %zu", i);
		items[i].title = strdup(title);
	}
	first.items = items;
	first.count = count;
}

static void set_look(const char *look)
{
	first.look = strcmp(look, "hidden") == 0 ? MENU_LOOK_HIDDEN
		: strcmp(look, "countdown") == 0 ? MENU_LOOK_COUNTDOWN
						 : MENU_LOOK_MENU;
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "l:n:t:d:ps")) != -1) {
		if (option == 'l')
			set_look(optarg);
		else if (option == 'n')
			many_items((size_t)atoi(optarg));
		else if (option == 't')
			first.timeout = atoi(optarg);
		else if (option == 'd')
			first.chosen = (size_t)atoi(optarg);
		else if (option == 'p')
			first.peeks = true;
		else if (option == 's')
			usleep(500000);
		else
			exit(2);
	}
}

/* What the program does with what the menu says; what was booted, or NULL. */
static const char *run(struct console *console)
{
	static struct line line;
	struct menu_model stack[DEPTH_MAX], *menu = stack;
	const struct menu_item *item;
	enum menu_action action;

	menu_init(menu, &first, terminal_now());
	for (;;) {
		action = console_show(console, menu);
		if (action == MENU_ABORT)
			return NULL;
		if (action == MENU_BACK) {
			menu--;
			continue;
		}
		item = &menu->list->items[menu->selected];
		if (action == MENU_PEEK) {
			/* only the first menu does, and its items are these */
			first_items[menu->selected].detail =
				"/boot/vmlinuz-6.1.0-18-amd64 "
				"root=UUID=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de"
				" ro \x1b[31m\xff quiet";
		} else if (action == MENU_EDIT) {
			line_begin(&line, "root=/dev/xvda1 ro quiet", NULL);
			menu_edit(menu, &line);
		} else if (action == MENU_EDITED &&
			strstr(line.now.text, "wrong")) {
			menu->message = "the arguments are wrong";
		} else if (action == MENU_EDITED) {
			return line.now.text;
		} else if (strcmp(item->title, "broken entry") == 0) {
			menu->message = "/boot/vmlinuz: not found \x1b[31m on "
					"the file system";
		} else if (!item->submenu) {
			return item->title;
		} else if (menu - stack + 1 < DEPTH_MAX) {
			menu_init(++menu, &nested, terminal_now());
		} else {
			menu->message = "menus are nested too deep";
		}
	}
}

static void handle(const int *signals, size_t count, sigset_t *before)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < count; i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&block, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, before);
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	struct terminal_host host;
	struct console console;
	const char *booted;
	struct error err;
	sigset_t before;

	parse(argc, argv);
	handle(signals, 4, &before);
	terminal_host_from_environment(&host);
	host.wait_mask = &before;
	host.stop = &stop;
	if (console_begin(&console, &host, &err) < 0) {
		fprintf(stderr, "menu_demo: %s\n", err.text);
		return 1;
	}
	booted = run(&console);
	console_end(&console);
	if (stop)
		fprintf(stderr, "menu_demo: signal %d\r\n", (int)stop);
	else
		fprintf(stderr, "menu_demo: %s%s\r\n",
			booted ? "boots " : "aborted", booted ? booted : "");
	return booted ? 0 : 1;
}
