/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/pager.h"

#include <stdlib.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/window.h"

/* A value with less room than this stands below its name. */
#define VALUE_COLS_MIN 24
/* Between name and value; also how far a value below its name is moved. */
#define GAP_COLS 2

void pager_show(struct pager *pager, const char *heading,
	const struct pager_field *fields, size_t count)
{
	*pager = (struct pager){
		.heading = heading, .fields = fields, .count = count
	};
}

void pager_begin(struct pager *pager, const char *heading)
{
	*pager = (struct pager){ .heading = heading };
}

static void free_field(const struct pager_field *field)
{
	free((char *)(uintptr_t)field->name);
	free((char *)(uintptr_t)field->value);
}

void pager_end(struct pager *pager)
{
	for (size_t i = 0; pager->own && i < pager->count; i++)
		free_field(&pager->own[i]);
	free(pager->own);
	*pager = (struct pager){ 0 };
}

static bool add_line(
	struct pager *pager, const char *name, const char *value, size_t len)
{
	struct pager_field field = { strdup(name), strndup(value, len) }, *own;

	own = field.name && field.value
		? realloc(pager->own, (pager->count + 1) * sizeof(*own))
		: NULL;
	if (!own) {
		free_field(&field);
		return false;
	}
	own[pager->count++] = field;
	pager->fields = pager->own = own;
	pager->total = 0; /* to be counted */
	return true;
}

bool pager_add(struct pager *pager, const char *name, const char *value)
{
	size_t len, bytes = strlen(name) + strlen(value) + 2;

	if (bytes > PAGER_TEXT_MAX - pager->bytes)
		return false;
	pager->bytes += bytes;
	for (;; value += len + 1, name = "") {
		len = strcspn(value, "\n");
		if (!add_line(pager, name, value, len))
			return false;
		/* a line end at the end of all of it begins no line */
		if (!value[len] || !value[len + 1])
			return true;
	}
}

static bool beside(const struct pager *pager)
{
	return pager->cols >= pager->names + VALUE_COLS_MIN;
}

static void next_value(const struct pager *pager, struct pager_walk *walk,
	struct pager_row *row)
{
	size_t cols =
		pager->cols > row->value_col ? pager->cols - row->value_col : 1;

	cells_wrap(&walk->rest, pager->utf8, cols, row->value);
	if (*walk->rest)
		return;
	*walk = (struct pager_walk){ .field = walk->field + 1 };
}

bool pager_next(const struct pager *pager, struct pager_walk *walk,
	struct pager_row *row)
{
	const struct pager_field *field;
	size_t cols = pager->cols;

	if (walk->field >= pager->count)
		return false;
	field = &pager->fields[walk->field];
	row->name[0] = row->value[0] = '\0';
	row->value_col = beside(pager) ? pager->names : GAP_COLS;
	if (!walk->rest)
		walk->rest = field->value;
	if (!walk->named) {
		walk->named = true;
		cells_window(field->name, pager->utf8, 0, cols, row->name);
		if (*field->name && *field->value && !beside(pager))
			return true;
	}
	next_value(pager, walk, row);
	return true;
}

static size_t last_top(const struct pager *pager)
{
	return window_last(pager->total, pager->rows);
}

static void measure_names(struct pager *pager)
{
	size_t width;

	pager->names = 0;
	for (size_t i = 0; i < pager->count; i++) {
		width = cells_width(pager->fields[i].name, pager->utf8);
		if (width > 0 && width + GAP_COLS > pager->names)
			pager->names = width + GAP_COLS;
	}
}

void pager_set_room(struct pager *pager, size_t rows, size_t cols, bool utf8)
{
	struct pager_walk walk = { 0 };
	struct pager_row row;

	rows = rows ? rows : 1;
	cols = cols ? cols : 1;
	if (pager->total == 0 || cols != pager->cols || utf8 != pager->utf8) {
		pager->cols = cols;
		pager->utf8 = utf8;
		measure_names(pager);
		for (pager->total = 0; pager_next(pager, &walk, &row);)
			pager->total++;
	}
	pager->rows = rows;
	if (pager->top > last_top(pager))
		pager->top = last_top(pager);
}

bool pager_press(struct pager *pager, uint32_t key)
{
	size_t page = pager->rows;

	if (key == K_DOWN || key == K_CTRL('N'))
		pager->top += 1;
	else if (key == K_PAGE_DOWN || key == K_CTRL('V') || key == ' ')
		pager->top += page;
	else if (key == K_UP || key == K_CTRL('P'))
		pager->top -= pager->top > 0;
	else if (key == K_PAGE_UP)
		pager->top -= pager->top < page ? pager->top : page;
	else if (key == K_HOME)
		pager->top = 0;
	else if (key == K_END)
		pager->top = last_top(pager);
	else
		return false;
	if (pager->top > last_top(pager))
		pager->top = last_top(pager);
	return true;
}

bool pager_more_above(const struct pager *pager)
{
	return pager->top > 0;
}

bool pager_more_below(const struct pager *pager)
{
	return pager->top < last_top(pager);
}
