/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "src/base/length.h"

/* At the end: how long one byte may take, and all of them, in ms. */
#define DRAIN_STALL_MS 300
#define DRAIN_TOTAL_MS 5000

/* A stopped program was continued, or the window changed: look again. */
static volatile sig_atomic_t look_again;

static void on_change(int signal)
{
	(void)signal;
	look_again = 1;
}

int64_t terminal_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first of these that is set decides, empty ones do not count (POSIX). */
static bool environment_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;

	for (size_t i = 0; i < LENGTH(names); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strcasestr(value, "utf-8") ||
				strcasestr(value, "utf8");
	}
	return false;
}

void terminal_host_from_environment(struct terminal_host *host)
{
	const char *no_color = getenv("NO_COLOR");

	*host = (struct terminal_host){
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.type = getenv("TERM"),
		.utf8 = environment_is_utf8(),
		.color = !no_color || !*no_color,
	};
}

/*
 * Widths of characters come from the C library.  Fixed names, not the
 * environment's: it chooses whether, never what is loaded.
 */
static bool enable_utf8(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8") &&
		!setlocale(LC_CTYPE, "en_US.UTF-8"))
		return false;
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static unsigned int bounded(
	unsigned int value, unsigned int max, unsigned int unknown)
{
	return value == 0 ? unknown : value < max ? value : max;
}

static void read_size(struct terminal *terminal)
{
	struct winsize size = { 0 };

	if (ioctl(terminal->host.out, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){ 0 };
	terminal->rows =
		bounded(size.ws_row, TERMINAL_ROWS_MAX, TERMINAL_ROWS_DEFAULT);
	terminal->cols =
		bounded(size.ws_col, TERMINAL_COLS_MAX, TERMINAL_COLS_DEFAULT);
}

/*
 * Keys one by one, ^C as a key, CR and LF told apart from nothing.  Output is
 * left unprocessed, because libxl may or may not have made the pty raw by
 * now: lines end in CR LF.  Flow control stays as the host has set it.
 */
static int enter_raw(const struct terminal *terminal)
{
	struct termios raw = terminal->saved;

	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
	/* A read that finds nothing returns: somebody else may have read. */
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(terminal->host.in, TCSANOW, &raw);
}

/* No stopping with the terminal raw; changes are noticed only in ppoll(). */
static void take_signals(struct terminal *terminal)
{
	struct sigaction change = { .sa_handler = on_change };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t block;

	sigemptyset(&block);
	sigaddset(&block, SIGWINCH);
	sigaddset(&block, SIGCONT);
	sigprocmask(SIG_BLOCK, &block, &terminal->old_mask);
	terminal->wait_mask = terminal->host.wait_mask
		? *terminal->host.wait_mask
		: terminal->old_mask;
	sigdelset(&terminal->wait_mask, SIGWINCH);
	sigdelset(&terminal->wait_mask, SIGCONT);
	look_again = 0;
	sigaction(SIGWINCH, &change, &terminal->old_winch);
	sigaction(SIGCONT, &change, &terminal->old_cont);
	sigaction(SIGTSTP, &ignore, &terminal->old_tstp);
}

static void give_signals_back(const struct terminal *terminal)
{
	sigaction(SIGTSTP, &terminal->old_tstp, NULL);
	sigaction(SIGCONT, &terminal->old_cont, NULL);
	sigaction(SIGWINCH, &terminal->old_winch, NULL);
	sigprocmask(SIG_SETMASK, &terminal->old_mask, NULL);
}

int terminal_begin(struct terminal *terminal, const struct terminal_host *host,
	struct error *err)
{
	*terminal =
		(struct terminal){ .host = *host, .queue = -1, .other = -1 };
	if (!isatty(host->out) || tcgetattr(host->in, &terminal->saved) < 0)
		return error_errno(err, "no terminal for the menu");
	terminal->queue = memfd_create("hostgrub-menu", MFD_CLOEXEC);
	if (terminal->queue < 0)
		return error_errno(err, "memory for the menu");
	if (enter_raw(terminal) < 0) {
		close(terminal->queue);
		return error_errno(err, "cannot set up the terminal");
	}
	/* Raw already: nobody else will echo.  Cooked, mute: somebody does. */
	terminal->echo = !(terminal->saved.c_lflag & ICANON) ||
		(terminal->saved.c_lflag & ECHO);
	terminal->host.utf8 = host->utf8 && enable_utf8();
	take_signals(terminal);
	read_size(terminal);
	return 0;
}

static off_t queued(const struct terminal *terminal)
{
	off_t end = lseek(terminal->queue, 0, SEEK_CUR);

	return end > terminal->sent ? end - terminal->sent : 0;
}

bool terminal_ready(const struct terminal *terminal)
{
	return queued(terminal) == 0;
}

void terminal_puts(struct terminal *terminal, const char *text)
{
	size_t len = strlen(text);

	/* A memfd takes it all or memory is out: then a line is missing. */
	if (write(terminal->queue, text, len) < 0)
		return;
}

void terminal_printf(struct terminal *terminal, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vdprintf(terminal->queue, fmt, args);
	va_end(args);
}

/*
 * Write without waiting.  O_NONBLOCK belongs to everybody who has the
 * terminal open through the same descriptor, a shell for one: it is set for
 * the moment of the write only.
 */
static ssize_t write_some(int fd, const void *buf, size_t len)
{
	int saved, flags = fcntl(fd, F_GETFL);
	ssize_t n;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -1;
	n = write(fd, buf, len);
	saved = errno;
	fcntl(fd, F_SETFL, flags);
	errno = saved;
	return n;
}

static bool try_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* Send what the terminal takes now.  -1: it is gone. */
static int send_queued(struct terminal *terminal)
{
	char buf[4096];
	ssize_t len, n;

	while (queued(terminal) > 0) {
		len = pread(terminal->queue, buf, sizeof(buf), terminal->sent);
		if (len <= 0)
			return -1;
		n = write_some(terminal->host.out, buf, (size_t)len);
		if (n < 0)
			return try_again() ? 0 : -1;
		terminal->sent += n;
		if (n < len)
			return 0;
	}
	if (terminal->sent > 0) {
		lseek(terminal->queue, 0, SEEK_SET);
		if (ftruncate(terminal->queue, 0) < 0)
			return -1;
		terminal->sent = 0;
	}
	return 0;
}

/*
 * The last bytes restore the screen, and a slow line takes its time; but
 * where nothing moves nobody is there, and what was not read is dropped, so
 * that the line printed next finds room.
 */
static void drain(struct terminal *terminal)
{
	struct pollfd out = { .fd = terminal->host.out, .events = POLLOUT };
	int64_t end = terminal_now() + DRAIN_TOTAL_MS;

	while (send_queued(terminal) == 0) {
		if (terminal_ready(terminal))
			return;
		if (poll(&out, 1, DRAIN_STALL_MS) <= 0 || terminal_now() > end)
			break;
	}
	tcflush(terminal->host.out, TCOFLUSH);
}

void terminal_end(struct terminal *terminal)
{
	drain(terminal);
	tcsetattr(terminal->host.in, TCSANOW, &terminal->saved);
	close(terminal->queue);
	terminal->queue = -1;
	give_signals_back(terminal);
	if (terminal->host.utf8)
		setlocale(LC_CTYPE, "C");
}

/* The next key among the bytes already read, or K_NONE. */
static uint32_t next_key(struct terminal *terminal)
{
	uint32_t key = K_NONE;

	while (key == K_NONE && terminal->input_at < terminal->input_len)
		key = keys_push(
			&terminal->keys, terminal->input[terminal->input_at++]);
	return key;
}

void terminal_forget(struct terminal *terminal)
{
	explicit_bzero(terminal->input, terminal->input_at);
	if (!keys_waiting(&terminal->keys))
		explicit_bzero(
			terminal->keys.text, sizeof(terminal->keys.text));
}

static int read_input(struct terminal *terminal)
{
	ssize_t n = read(
		terminal->host.in, terminal->input, sizeof(terminal->input));

	terminal->input_at = 0;
	terminal->input_len = n > 0 ? (size_t)n : 0;
	return n < 0 && !try_again() ? -1 : 0;
}

/*
 * ppoll() delivers no signal when there is input: where keys never end, the
 * caller would never be stopped.
 */
static void let_signals_in(const struct terminal *terminal)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, &terminal->wait_mask, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* One ppoll() and what follows; *idle: nothing came within timeout. */
static int poll_once(struct terminal *terminal, int timeout, bool *idle)
{
	struct timespec wait = { .tv_sec = timeout / 1000,
		.tv_nsec = timeout % 1000 * 1000000L };
	struct pollfd fds[] = {
		{ .fd = terminal->host.in, .events = POLLIN },
		{ .fd = terminal_ready(terminal) ? -1 : terminal->host.out,
			.events = POLLOUT },
		{ .fd = terminal->other, .events = POLLIN },
	};
	const short gone = POLLHUP | POLLERR | POLLNVAL;
	int n = ppoll(fds, 3, timeout < 0 ? NULL : &wait, &terminal->wait_mask);

	*idle = n == 0;
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	if ((fds[0].revents | fds[1].revents) & gone)
		return -1;
	if ((fds[1].revents & POLLOUT) && send_queued(terminal) < 0)
		return -1;
	terminal->heard = n > 0 && fds[2].revents != 0;
	return (fds[0].revents & POLLIN) ? read_input(terminal) : 0;
}

/* Something that needs no waiting? */
static bool pending_event(
	struct terminal *terminal, uint32_t *key, enum terminal_event *event)
{
	bool heard;

	let_signals_in(terminal);
	*event = TERMINAL_GONE;
	if (terminal->host.stop && *terminal->host.stop)
		return true;
	if (look_again) {
		look_again = 0;
		enter_raw(terminal);
		read_size(terminal);
		*event = TERMINAL_RESIZED;
		return true;
	}
	*event = TERMINAL_KEY;
	*key = next_key(terminal);
	if (*key != K_NONE)
		return true;
	*event = TERMINAL_HEARD;
	heard = terminal->heard;
	terminal->heard = false;
	return heard;
}

enum terminal_event terminal_wait(
	struct terminal *terminal, int timeout, uint32_t *key)
{
	enum terminal_event event;
	int64_t left, end = terminal_now() + timeout;
	bool unsent = !terminal_ready(terminal), idle, half;
	int wait;

	if (send_queued(terminal) < 0)
		return TERMINAL_GONE;
	if (unsent && terminal_ready(terminal))
		return TERMINAL_READY;
	for (;;) {
		if (pending_event(terminal, key, &event))
			return event;
		left = end - terminal_now();
		wait = timeout < 0 ? -1 : left > 0 ? (int)left : 0;
		half = keys_waiting(&terminal->keys);
		if (half && (wait < 0 || wait > KEYS_ESCAPE_DELAY))
			wait = KEYS_ESCAPE_DELAY;
		unsent = !terminal_ready(terminal);
		if (poll_once(terminal, wait, &idle) < 0)
			return TERMINAL_GONE;
		if (idle && half) {
			*key = keys_pause(&terminal->keys);
			return TERMINAL_KEY;
		}
		if (idle)
			return TERMINAL_TIME;
		if (unsent && terminal_ready(terminal))
			return TERMINAL_READY;
	}
}
