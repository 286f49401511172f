/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/hypervisor.h"

#include <ctype.h>
#include <string.h>

bool hypervisor_name(struct text path)
{
	static const char word[] = "hypervisor";
	size_t i;

	for (i = path.len; i > 0 && path.at[i - 1] != '/'; i--)
		if (text_starts_with(text_skip(path, i - 1), word))
			return true;
	path = text_skip(path, i);
	if (!text_starts_with(path, "xen"))
		return false;
	path = text_skip(path, strlen("xen"));
	return path.len == 0 || !isalpha((unsigned char)path.at[0]);
}
