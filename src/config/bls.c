/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/bls.h"

#include <string.h>

/*
 * Where the value of a key belongs that may be given once.  Keys that GRUB
 * knows but nobody here needs (version, id, grub_class, grub_hotkey,
 * devicetree) are like those it does not know: ignored.
 */
static const char **place_of(struct bls_entry *entry, struct text key)
{
	if (text_is(key, "title"))
		return &entry->title;
	if (text_is(key, "linux"))
		return &entry->kernel;
	if (text_is(key, "options"))
		return &entry->options;
	if (text_is(key, "grub_users"))
		return &entry->users;
	return NULL;
}

/* A key that may be given many times. */
static int add_value(const char **list, size_t *count, size_t max,
	const char *key, const char *value, struct error *err)
{
	if (*count == max)
		return error_set(
			err, ERR_LIMIT, "more than %zu %s lines", max, key);
	list[(*count)++] = value;
	return 0;
}

static int take_line(struct text key, struct text value,
	struct bls_entry *entry, struct arena *arena, struct error *err)
{
	bool initrd = text_is(key, "initrd"), arg = text_is(key, "grub_arg");
	const char **place = place_of(entry, key), *copy;

	if ((!place || *place) && !initrd && !arg)
		return 0;
	copy = arena_strndup(arena, value.at, value.len, err);
	if (!copy)
		return -1;
	if (initrd)
		return add_value(entry->initrds, &entry->initrd_count,
			BLS_INITRDS_MAX, "initrd", copy, err);
	if (arg)
		return add_value(entry->args, &entry->arg_count, BLS_ARGS_MAX,
			"grub_arg", copy, err);
	*place = copy;
	return 0;
}

/* What GRUB keeps of a line: nothing from a NUL on. */
static struct text clean_line(struct text line)
{
	const char *nul = line.len > 0 ? memchr(line.at, '\0', line.len) : NULL;

	if (nul)
		line.len = (size_t)(nul - line.at);
	return text_trim(line);
}

int bls_parse(struct text file, struct bls_entry *entry, struct arena *arena,
	struct error *err)
{
	unsigned int number = 0;
	struct text line, key;

	*entry = (struct bls_entry){ 0 };
	/* not for GRUB, but an editor may have left a byte order mark */
	file = text_skip_mark(file);
	while (text_next_line(&file, &line)) {
		number++;
		line = clean_line(line);
		if (line.len > 0 && line.at[0] == '#')
			continue;
		text_next_word(&line, &key);
		line = text_trim(line);
		if (line.len == 0)
			break;
		if (take_line(key, line, entry, arena, err) < 0)
			return error_in(err, "line %u", number);
	}
	if (!entry->kernel)
		return error_set(err, ERR_SYNTAX, "there is no linux line");
	return 0;
}
