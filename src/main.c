/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - hostgrub, from the command line to the exit status
 *
 *   argv > disk > partition > file system > configuration > entry > files
 *
 * The parent (parent.c) opens and prints, the child (child.c) reads the disk.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/options.h"
#include "src/parent.h"
#include "src/report.h"
#include "src/settings.h"

/*
 * A descriptor that the caller closed is opened the wrong way round, so that
 * its number is taken and using it still fails (promise P15).
 */
static void fill_standard_descriptors(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			exit(EXIT_FAILURE);
}

static int say(const char *text)
{
	return fputs(text, stdout) == EOF || fflush(stdout) != 0 ? EXIT_FAILURE
								 : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct options options;
	static struct error err;

	fill_standard_descriptors();
	if (options_parse(&options, argc, argv, &err) < 0) {
		report_error(&err, options.as_toolstack);
		return EXIT_FAILURE;
	}
	if (options.action == ACTION_HELP)
		return say(options_usage);
	if (options.action == ACTION_VERSION)
		return say("hostgrub " HOSTGRUB_VERSION "\n");
	if (settings_apply(&options, &err) < 0 ||
		parent_run(&options, &err) < 0) {
		report_error(&err, options.as_toolstack);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
