/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prompttest.h - a prompt that a test types at, and what it has written
 */
#ifndef TESTS_PROMPTTEST_H
#define TESTS_PROMPTTEST_H

#include <check.h>
#include <sys/mman.h>
#include <unistd.h>

#include "menu/keys.h"
#include "menu/prompt.h"

static struct menu_list list;
static struct menu_model menu;
static struct prompt prompt;
static char paper[8192];
static int fd; /* what is written, until drawn() reads it */

static inline void open_paper(void)
{
	fd = memfd_create("paper", 0);
	ck_assert_int_ge(fd, 0);
}

/* What has been written since the last time. */
static inline const char *drawn(void)
{
	ssize_t n;

	prompt_draw(&prompt, &menu, 0, fd);
	n = pread(fd, paper, sizeof(paper) - 1, 0);
	paper[n > 0 ? n : 0] = '\0';
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	lseek(fd, 0, SEEK_SET);
	return paper;
}

/* Type what it says, up to what is to be done. */
static inline enum menu_action type(const char *keys)
{
	enum menu_action action = MENU_NONE;

	for (; *keys && action == MENU_NONE; keys++)
		action = prompt_press(&prompt, &menu,
			*keys == '\n'             ? K_ENTER
				: *keys == '\x7f' ? K_BACKSPACE
						  : (unsigned char)*keys);
	return action;
}

#endif
