/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/found.h"

#include <stdio.h>
#include <string.h>

const char *found_on(struct guest *guest, struct device *dev,
	const struct config_search *search, enum config_stage stage,
	struct config *config, struct error *err)
{
	static char text[2048];
	struct config_place place = { .stage = stage };
	size_t len = 0;
	int r;

	text[0] = '\0';
	while (len < sizeof(text) &&
		(r = config_load_next(
			 guest, dev, search, &place, config, err)) != 0)
		len += r > 0
			? (size_t)snprintf(text + len, sizeof(text) - len,
				  "%s %s, ", config->path, config->format->id)
			: (size_t)snprintf(text + len, sizeof(text) - len,
				  "(%s), ", err->text);
	return text;
}
