/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/curses_load.h"

#include "src/base/length.h"
#include "src/base/library.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
/* libtinfo, where it is a library of its own, comes with it. */
#define LIBRARY "libncursesw.so." TEXT(NCURSES_VERSION_MAJOR)

static const struct library_row functions[] = {
#define CURSES_ROW(name) { #name, offsetof(struct curses, name) },
	CURSES_FUNCTIONS(CURSES_ROW)
#undef CURSES_ROW
};

static struct curses table;

_Static_assert(sizeof(table) == LENGTH(functions) * sizeof(void (*)(void)),
	"a table of nothing but functions");

const struct curses *curses_load(struct error *err)
{
	static struct library library = {
		.soname = LIBRARY,
		.rows = functions,
		.count = LENGTH(functions),
		.table = &table,
	};

	return library_load(&library, err) < 0 ? NULL : &table;
}
