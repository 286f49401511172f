/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu_demo.c - a menu to be pressed by menu_tmux.sh and menu_pty.py
 *
 *   menu_demo [-l menu|countdown|hidden] [-n entries] [-t seconds]
 *             [-c colours] [-eps]
 *
 * Shows the menu as the program does, with a submenu, an entry that cannot be
 * booted, and titles as hostile guests write them; its lines, a command line
 * and a password ("secret") are answered as a child might.  Prints one line at
 * the end.  -p says what the entries would boot, -e lets nobody edit.  -c takes
 * four numbers, as in menu.h.  -s waits half a second before it begins, for a
 * pty being set up.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/console.h"
#include "src/base/utf8.h"

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

static void set_colors(const char *text)
{
	struct menu_colors *colors = &first.colors;

	if (sscanf(text, "%hhu,%hhu,%hhu,%hhu", &colors->fg, &colors->bg,
		    &colors->selected_fg, &colors->selected_bg) != 4)
		exit(2);
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:l:n:t:d:eps")) != -1) {
		if (option == 'l')
			set_look(optarg);
		else if (option == 'n')
			many_items((size_t)atoi(optarg));
		else if (option == 't')
			first.timeout = atoi(optarg);
		else if (option == 'd')
			first.chosen = (size_t)atoi(optarg);
		else if (option == 'c')
			set_colors(optarg);
		else if (option == 'e')
			first.no_edit = true;
		else if (option == 'p')
			first.peeks = true;
		else if (option == 's')
			usleep(500000);
		else
			exit(2);
	}
}

static const char source[] =
	"\tload_video\n"
	"\tsearch --no-floppy --fs-uuid --set=root "
	"4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de\n"
	"\techo 'Grüße an 世界, Linux wird geladen ...'\n"
	"\tlinux /boot/vmlinuz-6.1.0-18-amd64 "
	"root=UUID=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de ro quiet splash "
	"console=hvc0 and this is the end of the line\n"
	"\techo 'hostile \x1b[2J \xff end'\n"
	"\tinitrd /boot/initrd.img-6.1.0-18-amd64\n";

struct demo {
	struct menu_model stack[DEPTH_MAX], *menu;
	struct line line;
	struct editor editor;
	struct shell shell;
	struct pager pager;
	struct line_history history;
	char *booted; /* malloc'ed */
};

static struct demo demo;

static void explain(void)
{
	struct pager *pager = &demo.pager;

	pager_end(pager);
	pager_begin(pager, "What would be booted, and why");
	pager_add(pager, "disk", "disk.img");
	pager_add(pager, "configuration", "/boot/grub/grub.cfg\non ext4");
	pager_add(pager, "kernel", "/boot/vmlinuz-6.1.0-18-amd64");
	pager_add(pager, "arguments",
		"root=UUID=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de ro quiet "
		"splash console=hvc0 \x1b[31m and this is the end of them");
	menu_open_pager(demo.menu, pager);
}

static void edit_source(void)
{
	editor_end(&demo.editor);
	if (editor_begin(&demo.editor, source))
		menu_edit_source(demo.menu, &demo.editor);
}

/* True: it is booted. */
static bool run_source(void)
{
	char shown[512], *text = editor_text(&demo.editor);

	if (text && strstr(text, "wrong")) {
		demo.menu->message = "line 1: wrong: there is no such command";
		free(text);
		return false;
	}
	for (char *at = text; at && *at; at++)
		if (*at == '\n' || *at == '\t')
			*at = '|';
	utf8_show(text ? text : "", shown, sizeof(shown));
	demo.booted = strdup(shown);
	free(text);
	return demo.booted != NULL;
}

static void print_many(void)
{
	char line[64];

	for (int i = 0; i < 20000; i++) {
		snprintf(line, sizeof(line), "line number %d\n", i);
		shell_print(&demo.shell, line);
	}
}

/* True: it boots. */
static bool run_command(void)
{
	const char *line = shell_line(&demo.shell);
	struct shell *shell = &demo.shell;

	if (strcmp(line, "boot") == 0)
		return (demo.booted = strdup("by command")) != NULL;
	if (strncmp(line, "if ", 3) == 0) {
		shell_more(shell);
		return false;
	}
	if (strcmp(line, "slow") == 0)
		usleep(700000);
	else if (strcmp(line, "many") == 0)
		print_many();
	else if (strcmp(line, "ls") == 0)
		shell_print(shell, "(xen0)\t(xen0,msdos1)\n");
	else if (strncmp(line, "echo ", 5) == 0)
		shell_print(shell, line + 5);
	else if (strcmp(line, "fi") != 0)
		shell_print(
			shell, "error: there is no such command \x1b[2J.\n");
	shell_ready(shell);
	return false;
}

static void complete_command(void)
{
	static const char *const two[] = { "linux", "ls" };
	const char *line = shell_line(&demo.shell);

	if (strcmp(line, "l") == 0)
		shell_completed(&demo.shell, "", two, 2);
	else if (strcmp(line, "li") == 0)
		shell_completed(&demo.shell, "nux ", NULL, 0);
	else
		shell_completed(&demo.shell, "", NULL, 0);
}

static void take_password(void)
{
	bool right = strcmp(demo.menu->question.password.text, "secret") == 0;

	if (!right) {
		menu_refuse(demo.menu, terminal_now());
		return;
	}
	menu_end_question(demo.menu);
	first_items[5].restricted = false;
}

/* The selected entry was chosen; true: it boots. */
static bool choose(void)
{
	struct menu_model *menu = demo.menu;
	const struct menu_item *item = &menu->list->items[menu->selected];

	if (strcmp(item->title, "broken entry") == 0) {
		menu->message =
			"/boot/vmlinuz: not found \x1b[31m on the file system";
	} else if (!item->submenu) {
		return (demo.booted = strdup(item->title)) != NULL;
	} else if (menu - demo.stack + 1 < DEPTH_MAX) {
		menu_init(++demo.menu, &nested, terminal_now());
	} else {
		menu->message = "menus are nested too deep";
	}
	return false;
}

static bool run_arguments(void)
{
	if (!strstr(demo.line.now.text, "wrong"))
		return (demo.booted = strdup(demo.line.now.text)) != NULL;
	demo.menu->message = "the arguments are wrong";
	return false;
}

/* What the program does with what the menu says; true: that was all. */
static bool act(enum menu_action action)
{
	switch (action) {
	case MENU_BACK:
		demo.menu--;
		return false;
	case MENU_PEEK:
		/* only the first menu does, and its items are these */
		first_items[demo.menu->selected].detail =
			"/boot/vmlinuz-6.1.0-18-amd64 "
			"root=UUID=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de"
			" ro \x1b[31m\xff quiet";
		return false;
	case MENU_EDIT:
		line_begin(&demo.line, "root=/dev/xvda1 ro quiet", NULL);
		menu_edit(demo.menu, &demo.line);
		return false;
	case MENU_EDITED:
		return run_arguments();
	case MENU_SOURCE:
		edit_source();
		return false;
	case MENU_RUN:
		return run_source();
	case MENU_SHELL:
		shell_begin(&demo.shell, &demo.history);
		menu_open_shell(demo.menu, &demo.shell);
		return false;
	case MENU_COMMAND:
		return run_command();
	case MENU_COMPLETE:
		complete_command();
		return false;
	case MENU_EXPLAIN:
		explain();
		return false;
	case MENU_LOGIN:
		menu_ask(demo.menu, false);
		return false;
	case MENU_ANSWERED:
		take_password();
		return false;
	default:
		return choose();
	}
}

static void run(struct console *console)
{
	enum menu_action action;

	demo.menu = demo.stack;
	menu_init(demo.menu, &first, terminal_now());
	do
		action = console_show(console, demo.menu);
	while (action != MENU_ABORT && !act(action));
	editor_end(&demo.editor);
	pager_end(&demo.pager);
	line_history_free(&demo.history);
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
	struct error err;
	sigset_t before;
	int status;

	parse(argc, argv);
	handle(signals, 4, &before);
	terminal_host_from_environment(&host);
	host.wait_mask = &before;
	host.stop = &stop;
	if (console_begin(&console, &host, &err) < 0) {
		fprintf(stderr, "menu_demo: %s\n", err.text);
		return 1;
	}
	run(&console);
	console_end(&console);
	if (stop)
		fprintf(stderr, "menu_demo: signal %d\r\n", (int)stop);
	else
		fprintf(stderr, "menu_demo: %s%s\r\n",
			demo.booted ? "boots " : "aborted",
			demo.booted ? demo.booted : "");
	status = demo.booted ? 0 : 1;
	free(demo.booted);
	return status;
}
