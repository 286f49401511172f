/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/curses_load.h"

#include <dlfcn.h>
#include <string.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
/* libtinfo, where it is a library of its own, comes with it. */
#define LIBRARY "libncursesw.so." TEXT(NCURSES_VERSION_MAJOR)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
#define CURSES_ROW(name) { #name, offsetof(struct curses, name) },
	CURSES_FUNCTIONS(CURSES_ROW)
#undef CURSES_ROW
};

static struct curses table;

_Static_assert(sizeof(table) == LENGTH(functions) * sizeof(void (*)(void)),
	"a table of nothing but functions");

const struct curses *curses_load(struct error *err)
{
	static bool loaded;
	void *library, *symbol;

	if (loaded)
		return &table;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		error_set(err, ERR_UNSUPPORTED, "%s", dlerror());
		return NULL;
	}
	for (size_t i = 0; i < LENGTH(functions); i++) {
		symbol = dlsym(library, functions[i].name);
		if (!symbol) {
			error_set(err, ERR_UNSUPPORTED, "%s", dlerror());
			dlclose(library);
			return NULL;
		}
		/* The only way C has from an object to a function pointer. */
		memcpy((char *)&table + functions[i].offset, &symbol,
			sizeof(symbol));
	}
	loaded = true;
	return &table;
}
