/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/find.h"

#include <string.h>

#include "menu/keys.h"
#include "menu/menu.h"
#include "src/base/utf8.h"

void find_begin(struct find *find, size_t selected)
{
	*find = (struct find){ .open = true, .from = selected };
}

/* The first from an entry on, upwards or downwards and round the end. */
static size_t look(struct find *find, const struct menu_list *list, size_t from,
	bool down, size_t selected)
{
	size_t i, at, count = list->count;

	find->missing = false;
	for (i = 0; i < count; i++) {
		at = (from + (down ? i : count - i)) % count;
		if (strcasestr(list->items[at].title, find->text))
			return at;
	}
	find->missing = true;
	return selected;
}

static bool type(struct find *find, uint32_t key)
{
	char bytes[4];
	size_t len;

	if (key < ' ' || key == 0x7f || key >= K_FIRST)
		return false;
	len = utf8_encode(key, bytes);
	if (len <= FIND_TEXT_MAX - find->len) {
		memcpy(find->text + find->len, bytes, len);
		find->len += len;
	}
	return true;
}

/* A whole character. */
static void untype(struct find *find)
{
	char last = '\x80';

	while (find->len > 0 && (last & 0xc0) == 0x80) {
		last = find->text[--find->len];
		find->text[find->len] = '\0';
	}
}

size_t find_press(struct find *find, const struct menu_list *list,
	size_t selected, uint32_t key)
{
	size_t count = list->count;

	if (key == K_DOWN || key == K_CTRL('N'))
		return look(find, list, selected + 1, true, selected);
	if (key == K_UP || key == K_CTRL('P'))
		return look(find, list, selected + count - 1, false, selected);
	if (key == K_BACKSPACE)
		untype(find);
	else if (!type(find, key))
		find->open = false;
	if (key == K_ESCAPE || key == K_CTRL('G'))
		return find->from;
	return find->open ? look(find, list, find->from, true, selected)
			  : selected;
}
