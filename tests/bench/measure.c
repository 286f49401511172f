/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure.c - run a program many times; print what the best run took
 *
 *   measure RUNS DIRECTORY PROGRAM ARGUMENT...
 *
 * prints "wall_us cpu_us rss_kib status": the least wall time and the least CPU
 * time of any run, as whatever else runs on the machine only adds to either;
 * the largest resident set of any process of any run; the exit status of the
 * last.  After each run DIRECTORY is emptied.  Linked static and started by
 * vfork(): a process inherits the high-water mark of whoever starts it, and
 * this one has almost none.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct cost {
	long wall, cpu; /* microseconds */
	long rss;       /* KiB */
	int status;
};

static long microseconds(struct timeval tv)
{
	return (long)tv.tv_sec * 1000000 + (long)tv.tv_usec;
}

static long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static long least(long a, long b)
{
	return a < b ? a : b;
}

static void empty_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}

static struct cost run_once(char **argv)
{
	struct rusage usage;
	struct cost cost;
	int null;
	pid_t pid;

	cost.wall = now();
	pid = vfork();
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (dup2(null, 0) == 0 && dup2(null, 1) == 1)
			execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &cost.status, 0, &usage) != pid) {
		perror("measure");
		exit(EXIT_FAILURE);
	}
	cost.wall = now() - cost.wall;
	/* their sum is exact; what is whose was seen at ticks of a clock only
	 */
	cost.cpu = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	/* Only the largest of the processes that were waited for. */
	cost.rss = usage.ru_maxrss;
	return cost;
}

int main(int argc, char **argv)
{
	struct cost best = { LONG_MAX, LONG_MAX, 0, 0 }, cost;
	int runs;

	if (argc < 4 || (runs = atoi(argv[1])) < 1) {
		fputs("usage: measure RUNS DIRECTORY PROGRAM ...\n", stderr);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < runs; i++) {
		cost = run_once(argv + 3);
		empty_directory(argv[2]);
		best.wall = least(best.wall, cost.wall);
		best.cpu = least(best.cpu, cost.cpu);
		best.rss = -least(-best.rss, -cost.rss);
		best.status = cost.status;
	}
	printf("%ld %ld %ld %d\n", best.wall, best.cpu, best.rss,
		WIFEXITED(best.status) ? WEXITSTATUS(best.status) : 128);
	return EXIT_SUCCESS;
}
