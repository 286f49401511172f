/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/script_run.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/answer.h"
#include "src/base/utf8.h"
#include "src/writer.h"

#define FIRST_OTHER 3 /* behind stdin, stdout, stderr */

static int open_file(const char *name)
{
	/* O_NONBLOCK: nobody can hold us by a FIFO; reading it may wait */
	int flags,
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return -1;
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
		return fd;
	close(fd);
	return -1;
}

int script_open(const char *name, struct error *err)
{
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0)
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_OTHER);
	else
		fd = open_file(name);
	if (fd < 0 || fstat(fd, &st) < 0)
		error_errno(err, "cannot be opened");
	else if (S_ISDIR(st.st_mode))
		error_set(err, ERR_SYSTEM, "is a directory, not a script");
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return error_in(err, "%s", name);
}

static int print_text(struct peer *peer, struct message_body *body,
	size_t *bytes, int output, struct error *err)
{
	static char shown[4 * MESSAGE_MAX]; /* a byte becomes four at most */
	const char *text =
		answer_take_text(body, SCRIPT_OUTPUT_MAX, bytes, err);
	size_t len;

	if (!text)
		return -1;
	len = utf8_show_lines(text, strlen(text), shown, sizeof(shown));
	return writer_put(output, shown, len, &peer->left_ms, err);
}

int script_print(struct peer *peer, bool verbose, int output, struct error *err)
{
	struct message_body body;
	size_t bytes = 0;

	if (peer_ask(peer, ASK_SCRIPT, err) < 0)
		return -1;
	for (;;) {
		if (peer_receive(peer, verbose, &body, err) < 0)
			return -1;
		if (body.type == SAY_DONE)
			return peer_finish(peer, err);
		if (print_text(peer, &body, &bytes, output, err) < 0)
			return -1;
	}
}
