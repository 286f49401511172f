/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/peer.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/config/guest.h"
#include "src/report.h"
#include "src/signals.h"

/* A child that has more to say in one answer talks nonsense (promise P5). */
#define NOTES_MAX (GUEST_NOTES_MAX * CONFIG_DEPTH_MAX)

static void be_child(
	struct child_setup *setup, const int channel[2], pid_t parent)
{
	signals_restore();
	setup->channel = channel[1];
	setup->parent = parent;
	child_main(setup);
}

int peer_start(struct peer *peer, struct child_setup *setup, int64_t limit_ms,
	struct error *err)
{
	pid_t parent = getpid();
	int channel[2];

	peer->pid = 0;
	peer->channel = -1;
	peer->left_ms = limit_ms;
	peer->stage = mmap(NULL, GUEST_STAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (peer->stage == MAP_FAILED)
		return error_errno(err, "memory to share with the reader");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return error_errno(err, "channel to the reader");
	setup->stage = peer->stage;
	peer->pid = fork();
	if (peer->pid == 0)
		be_child(setup, channel, parent);
	close(channel[1]);
	peer->channel = channel[0];
	if (peer->pid < 0) {
		peer->pid = 0;
		return error_errno(err, "fork");
	}
	return 0;
}

/* Where the child was, taken once: it may be rewriting it. */
static int at_stage(const struct peer *peer, struct error *err)
{
	char stage[GUEST_STAGE_SIZE + 1];

	memcpy(stage, peer->stage, GUEST_STAGE_SIZE);
	stage[GUEST_STAGE_SIZE] = '\0';
	if (stage[0] == '\0')
		return -1;
	strncat(err->text, " at ", sizeof(err->text) - strlen(err->text) - 1);
	strncat(err->text, stage, sizeof(err->text) - strlen(err->text) - 1);
	return -1;
}

static int took_too_long(struct peer *peer, struct error *err)
{
	error_set(err, ERR_LIMIT, "the time limit (--time-limit) is over");
	return at_stage(peer, err);
}

/* Wait until the child is gone; *status as waitpid() gives it. */
static int reap(struct peer *peer, int *status, struct error *err)
{
	pid_t pid;

	for (;;) {
		pid = waitpid(peer->pid, status, WNOHANG);
		if (pid == peer->pid) {
			peer->pid = 0;
			return 0;
		}
		if (pid < 0 && errno != EINTR)
			return error_errno(err, "waiting for the reader");
		if (peer->left_ms == 0)
			return took_too_long(peer, err);
		if (signals_wait(-1, 0, &peer->left_ms, err) < 0)
			return -1;
	}
}

static int describe_death(struct peer *peer, int status, struct error *err)
{
	const char *name;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
		error_set(err, ERR_LIMIT,
			"the limit of CPU time (--cpu-limit) is over");
		return at_stage(peer, err);
	}
	if (!WIFSIGNALED(status)) {
		error_set(err, ERR_SYSTEM, "reader ended with status %d",
			WEXITSTATUS(status));
		return at_stage(peer, err);
	}
	name = sigabbrev_np(WTERMSIG(status));
	error_set(err, ERR_SYSTEM, "reader killed by SIG%s", name ? name : "?");
	return at_stage(peer, err);
}

/* The channel ended before the answer did. */
static int child_is_gone(struct peer *peer, struct error *err)
{
	int status;

	if (reap(peer, &status, err) < 0)
		return -1;
	return describe_death(peer, status, err);
}

/* SIGPIPE was for this write: it is no wish that the program may end. */
static void forget_sigpipe(void)
{
	const struct timespec at_once = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigtimedwait(&set, NULL, &at_once);
}

int peer_send(struct peer *peer, struct error *err)
{
	if (message_send(peer->channel, &peer->out, err) == 0)
		return 0;
	if (peer->out.full)
		return -1;
	/* it is gone, and may have said why: peer_receive() tells */
	forget_sigpipe();
	return 0;
}

int peer_ask(struct peer *peer, enum message_type type, struct error *err)
{
	message_begin(&peer->out, type);
	return peer_send(peer, err);
}

static int take_message(
	struct peer *peer, struct message_body *body, struct error *err)
{
	int r;

	while ((r = message_next(&peer->in, body, err)) == 0) {
		r = signals_wait(peer->channel, POLLIN, &peer->left_ms, err);
		if (r < 0)
			return -1;
		if (r == 0 && peer->left_ms == 0)
			return took_too_long(peer, err);
		if (r == 0)
			continue;
		r = message_fill(peer->channel, &peer->in, err);
		if (r < 0 || r == 0)
			return child_is_gone(peer, err);
	}
	return r < 0 ? -1 : 0;
}

int peer_malformed(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "the reader's answer makes no sense");
}

static int take_note(struct message_body *body, bool verbose, struct error *err)
{
	uint8_t level = message_take_u8(body);
	const char *text = message_take_string(body);

	if (!message_complete(body) || level > NOTE_ANSWER)
		return peer_malformed(err);
	if (level == NOTE_WARNING)
		report_warning(text);
	else if (level == NOTE_ANSWER || verbose)
		report_detail(text);
	return 0;
}

static int take_failure(struct message_body *body, struct error *err)
{
	uint8_t code = message_take_u8(body);
	const char *text = message_take_string(body);

	if (!message_complete(body) || code == ERR_NONE || code > ERR_SYSTEM)
		return peer_malformed(err);
	return error_set(err, (enum error_code)code, "%s", text);
}

int peer_receive(struct peer *peer, bool verbose, struct message_body *body,
	struct error *err)
{
	unsigned int notes;

	for (notes = 0; notes <= NOTES_MAX; notes++) {
		if (take_message(peer, body, err) < 0)
			return -1;
		if (body->type == SAY_FAIL)
			return take_failure(body, err);
		if (body->type != SAY_NOTE)
			return 0;
		if (take_note(body, verbose, err) < 0)
			return -1;
	}
	return peer_malformed(err);
}

bool peer_alive(const struct peer *peer)
{
	return peer->pid > 0 && peer->left_ms > 0 && !signals_caught;
}

int peer_finish(struct peer *peer, struct error *err)
{
	int status;

	close(peer->channel);
	peer->channel = -1;
	if (reap(peer, &status, err) < 0)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return describe_death(peer, status, err);
}

void peer_kill(struct peer *peer)
{
	if (peer->channel >= 0)
		close(peer->channel);
	peer->channel = -1;
	if (peer->pid > 0) {
		kill(peer->pid, SIGKILL);
		while (waitpid(peer->pid, NULL, 0) < 0 && errno == EINTR)
			;
		peer->pid = 0;
	}
}
