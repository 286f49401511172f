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

const char *survive_any_length(const char *text, size_t len)
{
	size_t cut;

	for (cut = 0; cut <= len; cut++) {
		error_clear(&err);
		fake.guest.note_count = 0;
		if (load_bytes(text, cut) == 0 &&
			(config.menu->count == 0 || run(0) == 0))
			continue;
		if (err.text[0] == '\0')
			return text + cut;
	}
	return NULL;
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
