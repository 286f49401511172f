/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/bls.h"

#include <string.h>

#include "src/base/length.h"

static const struct {
	const char *key;
	enum bls_kind kind;
} programs[] = {
	{ "linux", BLS_LINUX },
	{ "efi", BLS_EFI },
	{ "uki", BLS_UKI },
	{ "uki-url", BLS_UKI_URL },
};

/*
 * Where the value of a key belongs of which one counts.  Keys that nobody here
 * needs (GRUB's version, id, grub_class, devicetree) are like
 * those that are unknown: ignored.
 */
static const char **place_of(
	struct bls_entry *entry, struct text key, enum bls_dialect dialect)
{
	if (text_is(key, "title"))
		return &entry->title;
	if (dialect == BLS_GRUB)
		return text_is(key, "grub_users")     ? &entry->users
			: text_is(key, "grub_hotkey") ? &entry->hotkey
						      : NULL;
	if (text_is(key, "version"))
		return &entry->version;
	if (text_is(key, "machine-id"))
		return &entry->machine_id;
	if (text_is(key, "sort-key"))
		return &entry->sort_key;
	if (text_is(key, "architecture"))
		return &entry->architecture;
	if (text_is(key, "profile"))
		return &entry->profile;
	if (text_is(key, "devicetree") || text_is(key, "devicetree-overlay"))
		return &entry->devicetree;
	if (text_is(key, "extra"))
		return &entry->extra;
	return NULL;
}

/* A value of which the first counts, or the last. */
static int set_value(const char **place, struct text value,
	enum bls_dialect dialect, struct arena *arena, struct error *err)
{
	if (*place && dialect == BLS_GRUB)
		return 0;
	*place = arena_strndup(arena, value.at, value.len, err);
	return *place ? 0 : -1;
}

/* A key that may be given many times. */
static int add_value(const char **list, size_t *count, size_t max,
	const char *key, struct text value, struct arena *arena,
	struct error *err)
{
	if (*count == max)
		return error_set(
			err, ERR_LIMIT, "more than %zu %s lines", max, key);
	list[*count] = arena_strndup(arena, value.at, value.len, err);
	return list[(*count)++] ? 0 : -1;
}

/*
 * Is it a key that starts something?  1, 0, or -1.  GRUB knows but one, and of
 * that the first counts.
 */
static int take_program(struct text key, struct text value,
	const struct bls_reader *reader, struct bls_entry *entry,
	struct arena *arena, struct error *err)
{
	bool was_set = entry->kernel != NULL;
	size_t i, known = reader->dialect == BLS_GRUB ? 1 : LENGTH(programs);

	for (i = 0; i < known; i++)
		if (text_is(key, programs[i].key))
			break;
	if (i == known)
		return 0;
	if (was_set && entry->kind != programs[i].kind)
		return error_set(err, ERR_SYNTAX,
			"%s in an entry that has %s, too", programs[i].key,
			programs[entry->kind].key);
	if (set_value(&entry->kernel, value, reader->dialect, arena, err) < 0)
		return -1;
	if (!was_set || reader->dialect != BLS_GRUB) {
		entry->kind = programs[i].kind;
		entry->line = reader->line;
	}
	return 1;
}

/* The pieces of a command line that stand on several lines. */
struct options {
	struct text *list;
	size_t count, capacity;
	size_t len; /* of all, with a blank behind each */
};

static int add_options(struct options *options, struct text value,
	struct arena *arena, struct error *err)
{
	struct text *list = arena_grow(arena, options->list, options->count,
		&options->capacity, sizeof(*list), err);

	if (!list)
		return -1;
	options->list = list;
	list[options->count++] = value;
	options->len += value.len + 1;
	return 0;
}

static int join_options(const struct options *options, const char **joined,
	struct arena *arena, struct error *err)
{
	char *to;
	size_t i;

	if (options->count == 0)
		return 0;
	to = arena_alloc(arena, options->len, err);
	if (!to)
		return -1;
	*joined = to;
	for (i = 0; i < options->count; i++) {
		memcpy(to, options->list[i].at, options->list[i].len);
		to += options->list[i].len;
		*to++ = ' ';
	}
	to[-1] = '\0';
	return 0;
}

static int take_line(struct text key, struct text value,
	const struct bls_reader *reader, struct options *options,
	struct bls_entry *entry, struct arena *arena, struct error *err)
{
	bool grub = reader->dialect == BLS_GRUB;
	const char **place;
	int taken = take_program(key, value, reader, entry, arena, err);

	if (taken != 0)
		return taken < 0 ? -1 : 0;
	if (text_is(key, "initrd")) {
		if (entry->initrd_count < BLS_INITRDS_MAX)
			entry->initrd_lines[entry->initrd_count] = reader->line;
		return add_value(entry->initrds, &entry->initrd_count,
			BLS_INITRDS_MAX, "initrd", value, arena, err);
	}
	if (grub && text_is(key, "grub_arg"))
		return add_value(entry->args, &entry->arg_count, BLS_ARGS_MAX,
			"grub_arg", value, arena, err);
	if (text_is(key, "options"))
		return grub && options->count > 0
			? 0
			: add_options(options, value, arena, err);
	place = place_of(entry, key, reader->dialect);
	return place ? set_value(place, value, reader->dialect, arena, err) : 0;
}

struct bls_reader bls_open(struct text file, enum bls_dialect dialect)
{
	/* nobody's, but an editor may have left a byte order mark */
	return (struct bls_reader){ text_skip_mark(file), dialect, 0 };
}

static bool next_line(struct bls_reader *reader, struct text *line)
{
	const char *end = reader->rest.at + reader->rest.len, *cut;

	if (!text_next_line(&reader->rest, line))
		return false;
	reader->line++;
	if (reader->dialect == BLS_SYSTEMD && line->len > 0) {
		cut = memchr(line->at, '\r', line->len);
		if (cut) {
			line->len = (size_t)(cut - line->at);
			reader->rest = (struct text){ cut + 1,
				(size_t)(end - cut - 1) };
		}
	}
	/* of what is behind a NUL neither sees anything */
	cut = line->len > 0 ? memchr(line->at, '\0', line->len) : NULL;
	if (cut)
		line->len = (size_t)(cut - line->at);
	*line = text_trim(*line);
	return true;
}

/* The text without a pair of quotes around all of it. */
static struct text unquote(struct text text)
{
	char quote = text.at[0];

	if ((quote != '"' && quote != '\'') || text.at[text.len - 1] != quote)
		return text;
	text = text_skip(text, 1);
	if (text.len > 0)
		text.len--;
	return text;
}

bool bls_next(struct bls_reader *reader, struct text *key, struct text *value)
{
	while (next_line(reader, value)) {
		if (value->len > 0 && value->at[0] == '#')
			continue;
		text_next_word(value, key);
		*value = text_trim(*value);
		if (value->len > 0) {
			if (reader->dialect == BLS_SYSTEMD)
				*value = unquote(*value);
			return true;
		}
		if (reader->dialect == BLS_GRUB)
			return false;
	}
	return false;
}

int bls_parse(struct text file, enum bls_dialect dialect,
	struct bls_entry *entry, struct arena *arena, struct error *err)
{
	struct bls_reader reader = bls_open(file, dialect);
	struct options options = { 0 };
	struct text key, value;

	*entry = (struct bls_entry){ 0 };
	while (bls_next(&reader, &key, &value))
		if (take_line(key, value, &reader, &options, entry, arena,
			    err) < 0)
			return error_in(err, "line %u", reader.line);
	if (!entry->kernel)
		return error_set(err, ERR_SYNTAX, "there is no %s line",
			dialect == BLS_GRUB ? "linux" : "linux, efi or uki");
	return join_options(&options, &entry->options, arena, err);
}
