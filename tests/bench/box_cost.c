/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * box_cost.c - what the box costs each start of the program
 *
 *   box_cost [RUNS]
 *
 * prints two numbers of microseconds, each the least of so many runs: from the
 * fork of a child to its end, with nothing between; and the same with the box
 * of the reader between.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/sandbox.h"

#define NOBODY 65534
#define RUNS 500

static const int keep[] = { 10, 11, 12, 13 }; /* disk, channel, two files */

#define KEPT (sizeof(keep) / sizeof(keep[0]))

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void enter(pid_t parent)
{
	const struct sandbox box = {
		.keep = keep,
		.keep_count = KEPT,
		.uid = NOBODY,
		.gid = NOBODY,
		.parent = parent,
		.file_max = 1 << 30,
	};
	struct error err;

	if (sandbox_enter(&box, &err) == 0)
		_exit(EXIT_SUCCESS);
	fprintf(stderr, "%s\n", err.text);
	_exit(EXIT_FAILURE);
}

static double run(bool boxed)
{
	const pid_t parent = getpid();
	const double start = now();
	pid_t pid = fork();
	int status = 0;

	if (pid == 0 && boxed)
		enter(parent);
	if (pid == 0)
		_exit(EXIT_SUCCESS);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		exit(EXIT_FAILURE);
	return now() - start;
}

static double least_of(int runs, bool boxed)
{
	double took, least = run(boxed);

	for (int i = 1; i < runs; i++) {
		took = run(boxed);
		if (took < least)
			least = took;
	}
	return least;
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : RUNS;

	for (size_t i = 0; i < KEPT; i++)
		if (dup2(STDIN_FILENO, keep[i]) < 0)
			return EXIT_FAILURE;
	printf("%.0f", least_of(runs, false));
	printf(" %.0f\n", least_of(runs, true));
	return EXIT_SUCCESS;
}
