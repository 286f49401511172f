/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/nbd_load.h"

#include <assert.h>

#include "src/base/length.h"
#include "src/base/library.h"

#if defined(__has_include)
#if __has_include(<libnbd.h>)
#include <libnbd.h>

#define NBD_SAME(type, name, arguments)                                        \
	static_assert(__builtin_types_compatible_p(__typeof__(&name),          \
			      __typeof__(((struct nbd_library *)0)->name)),    \
		#name " is declared as in libnbd.h");
NBD_FUNCTIONS(NBD_SAME)
#endif
#endif

#define LIBRARY "libnbd.so.0"

static const struct library_row functions[] = {
#define NBD_ROW(type, name, arguments)                                         \
	{ #name, offsetof(struct nbd_library, name) },
	NBD_FUNCTIONS(NBD_ROW)
#undef NBD_ROW
};

static struct nbd_library table;

static_assert(sizeof(table) == LENGTH(functions) * sizeof(void (*)(void)),
	"a table of nothing but functions");

const struct nbd_library *nbd_load(struct error *err)
{
	static struct library library = {
		.soname = LIBRARY,
		.rows = functions,
		.count = LENGTH(functions),
		.table = &table,
	};

	return library_load(&library, err) < 0 ? NULL : &table;
}
