/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/library.h"

#include <dlfcn.h>
#include <string.h>

static int find_all(
	const struct library *library, void *handle, struct error *err)
{
	void *symbol;
	size_t i;

	for (i = 0; i < library->count; i++) {
		symbol = dlsym(handle, library->rows[i].name);
		if (!symbol)
			return error_set(err, ERR_UNSUPPORTED, "%s", dlerror());
		/* The only way C has from an object to a function pointer. */
		memcpy((char *)library->table + library->rows[i].offset,
			&symbol, sizeof(symbol));
	}
	return 0;
}

int library_load(struct library *library, struct error *err)
{
	void *handle;

	if (library->loaded)
		return 0;
	handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return error_set(err, ERR_UNSUPPORTED, "%s", dlerror());
	if (find_all(library, handle, err) < 0) {
		dlclose(handle);
		return -1;
	}
	library->loaded = true;
	return 0;
}
