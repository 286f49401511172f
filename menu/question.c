/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/question.h"

#include <string.h>

#include "menu/keys.h"
#include "src/base/utf8.h"

static void begin(struct question *question)
{
	explicit_bzero(&question->name, sizeof(question->name));
	explicit_bzero(&question->password, sizeof(question->password));
	question->state = question->by_name ? QUESTION_NAME : QUESTION_PASSWORD;
}

void question_ask(struct question *question, bool by_name)
{
	question->by_name = by_name;
	question->failures = 0;
	begin(question);
}

void question_refuse(struct question *question, int64_t now)
{
	begin(question);
	question->failures++;
	question->until = now + QUESTION_DELAY_MS;
	question->state = QUESTION_REFUSED;
}

void question_end(struct question *question)
{
	explicit_bzero(question, sizeof(*question));
}

bool question_tick(struct question *question, int64_t now)
{
	if (question->state != QUESTION_REFUSED || now < question->until)
		return false;
	if (question->failures >= QUESTION_TRIES)
		question_end(question);
	else
		begin(question);
	return true;
}

static void type(struct question_text *text, uint32_t key)
{
	char bytes[4];
	size_t len;

	if (key < ' ' || key == 0x7f || key >= K_FIRST)
		return;
	len = utf8_encode(key, bytes);
	if (len <= QUESTION_TEXT_MAX - text->len) {
		memcpy(text->text + text->len, bytes, len);
		text->len += len;
	}
	explicit_bzero(bytes, sizeof(bytes));
}

/* A whole character. */
static void untype(struct question_text *text)
{
	while (text->len > 0) {
		char last = text->text[--text->len];

		text->text[text->len] = '\0';
		if ((last & 0xc0) != 0x80)
			break;
	}
}

bool question_press(struct question *question, uint32_t key)
{
	bool name = question->state == QUESTION_NAME;
	struct question_text *text =
		name ? &question->name : &question->password;

	if (!name && question->state != QUESTION_PASSWORD)
		return false;
	if (key == K_ENTER) {
		question->state = name ? QUESTION_PASSWORD : QUESTION_ANSWERED;
		return !name;
	}
	if (key == K_BACKSPACE)
		untype(text);
	else if (key == K_CTRL('U'))
		explicit_bzero(text, sizeof(*text));
	else
		type(text, key);
	return false;
}

const char *question_label(const struct question *question)
{
	switch (question->state) {
	case QUESTION_NAME:
		return "Enter username: ";
	case QUESTION_PASSWORD:
		return question->by_name ? "Enter password: " : "Password: ";
	default:
		return "";
	}
}

const char *question_shown(const struct question *question)
{
	return question->state == QUESTION_NAME ? question->name.text : "";
}
