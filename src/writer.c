/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/writer.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "src/signals.h"

int writer_wait(int fd, int64_t *left_ms, struct error *err)
{
	int ready;

	while (*left_ms > 0) {
		ready = signals_wait(fd, POLLOUT, left_ms, err);
		if (ready != 0)
			return ready < 0 ? -1 : 0;
	}
	return error_set(err, ERR_LIMIT,
		"the time limit is over, and nobody reads the result");
}

/*
 * A pipe that is ready takes PIPE_BUF bytes; a longer write() would wait for
 * its reader, deaf to signals and to the time limit.
 */
int writer_put(int fd, const char *buf, size_t len, int64_t *left_ms,
	struct error *err)
{
	ssize_t n;

	while (len > 0) {
		if (writer_wait(fd, left_ms, err) < 0)
			return -1;
		n = write(fd, buf, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n < 0)
			return error_errno(err, "result: cannot be written");
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}
