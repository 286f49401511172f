/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/formattest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fakeguest fake;
struct fakefs *files;
struct config config;
struct outcome outcome;
struct error err;

static const struct config_format *format;
static const char *path;

void formattest_begin(const struct config_format *tested, const char *at)
{
	format = tested;
	path = at;
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	fakefs_text(files, "/k", "kernel");
	fakefs_text(files, "/i", "ramdisk");
	fakefs_dir(files, "/empty");
	outcome = (struct outcome){ 0 };
	error_clear(&err);
}

void formattest_end(void)
{
	fakeguest_free(&fake);
}

int load_bytes(const char *text, size_t len)
{
	config = (struct config){
		.format = format,
		.guest = &fake.guest,
		.dev = fakeguest_device(&fake, "hd0,msdos1"),
		.path = path,
	};
	return format->load(&config, (struct text){ text, len }, &err);
}

int load(const char *text)
{
	return load_bytes(text, strlen(text));
}

int run(size_t index)
{
	return format->run(&config, config.menu, index, &outcome, &err);
}

int peek(size_t index)
{
	return format->peek(&config, config.menu, index, &outcome, &err);
}

/* Is there a reason for everything that fails? */
static bool survives(const char *text, size_t len, void (*begin)(void))
{
	/* so that a sanitizer sees every overrun */
	char *exact = malloc(len ? len : 1);
	bool reasons;
	size_t i;
	int r;

	if (!exact)
		abort();
	memcpy(exact, text, len);
	if (begin) {
		formattest_end();
		begin();
	}
	error_clear(&err);
	fake.guest.note_count = 0;
	r = load_bytes(exact, len);
	reasons = r == 0 || err.text[0];
	for (i = 0; r == 0 && i < config.menu->count && reasons; i++) {
		error_clear(&err);
		if (format->peek)
			reasons = peek(i) == 0 || err.text[0];
		error_clear(&err);
		reasons = (run(i) == 0 || err.text[0]) && reasons;
	}
	free(exact);
	return reasons;
}

const char *survive_any_length(
	const char *text, size_t len, void (*begin)(void))
{
	size_t cut;

	for (cut = 0; cut <= len; cut++)
		if (!survives(text, cut, begin))
			return text + cut;
	return NULL;
}

const char *survive_any_byte(
	const char *text, size_t len, struct text odd, void (*begin)(void))
{
	char *changed = malloc(len);
	size_t i, n;

	if (!changed)
		abort();
	memcpy(changed, text, len);
	for (i = 0; i < len; i++) {
		for (n = 0; n < odd.len; n++) {
			changed[i] = odd.at[n];
			if (!survives(changed, len, begin)) {
				free(changed);
				return text + i;
			}
		}
		changed[i] = text[i];
	}
	free(changed);
	return NULL;
}

static int load_pieces(
	const char *head, const char *piece, size_t times, const char *tail)
{
	char *pieces = numbered(piece, times), *text;
	int r;

	if (asprintf(&text, "%s%s%s", head, pieces, tail) < 0)
		abort();
	r = load(text);
	free(text);
	free(pieces);
	return r;
}

const char *load_beyond(
	const char *head, const char *piece, size_t most, const char *tail)
{
	static char told[ERROR_TEXT_SIZE];

	strcpy(told, "no limit");
	if (load_pieces(head, piece, most + 1, tail) < 0 &&
		err.code == ERR_LIMIT)
		strcpy(told, err.text);
	return load_pieces(head, piece, most, tail) < 0 ? "" : told;
}

const char *load_without_memory(const char *text)
{
	struct arena small;
	int r;

	arena_init(&small, 64);
	fake.guest.arena = &small;
	r = load(text);
	fake.guest.arena = &fake.arena;
	arena_free(&small);
	return r == 0 ? "" : err.text;
}

const char *only_note(enum note_level level)
{
	const struct note *note = &fake.guest.notes[0];

	if (fake.guest.note_count == 1)
		return note->level == level ? note->text : "another level";
	return fake.guest.note_count ? "more notes than one" : "no note";
}

char *repeat(const char *head, const char *piece, size_t times)
{
	size_t head_len = strlen(head), len = strlen(piece), i;
	char *text = malloc(head_len + len * times + 1);

	if (!text)
		abort();
	memcpy(text, head, head_len);
	for (i = 0; i < times; i++)
		memcpy(text + head_len + i * len, piece, len);
	text[head_len + len * times] = '\0';
	return text;
}

char *numbered(const char *piece, size_t times)
{
	char *text = malloc(times * (strlen(piece) + 8) + 1), *at = text;
	const char *from;
	size_t i;

	for (i = 1, *at = '\0'; i <= times; i++)
		for (from = piece; *from; from++)
			at += *from == '@' ? sprintf(at, "%zu", i)
					   : sprintf(at, "%c", *from);
	return text;
}
