/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/linux_header.h"

#include <string.h>

static bool has(struct bytes start, uint64_t off, const char *magic, size_t len)
{
	const void *at = bytes_at(start, off, len);

	return at && memcmp(at, magic, len) == 0;
}

enum linux_header linux_header(struct bytes start)
{
	if (has(start, 0x1fe, "\x55\xaa", 2) && has(start, 0x202, "HdrS", 4))
		return LINUX_X86;
	return has(start, 0x38, "ARM\x64", 4) ? LINUX_ARM64 : LINUX_NONE;
}

bool linux_has_stub(struct bytes start)
{
	return has(start, 0, "MZ", 2) && linux_header(start) != LINUX_NONE;
}
