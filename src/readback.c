/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/readback.h"

#include <string.h>

#include "src/base/length.h"

/* One item that a client has found; other keywords mean nothing to it. */
static bool record(
	struct reading *reading, struct text keyword, struct text value)
{
	if (text_is(keyword, "kernel")) {
		reading->kernel = value;
		reading->kernels++;
	} else if (text_is(keyword, "ramdisk")) {
		reading->ramdisk = value;
		reading->ramdisks++;
	} else if (text_is(keyword, "args")) {
		reading->args = value;
		reading->argses++;
	} else {
		return false;
	}
	return true;
}

/* Move what stands before the first end character, and that, from rest. */
static struct text take_until(struct text *rest, char end)
{
	const char *at = memchr(rest->at, end, rest->len);
	struct text piece = *rest;

	if (at)
		piece.len = (size_t)(at - rest->at);
	*rest = text_skip(*rest, piece.len + 1);
	return piece;
}

/* C's isspace() in the locale in which libxl runs. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void read_libxl_item(struct text item, struct reading *reading)
{
	struct text keyword = { item.at, 0 };

	if (item.len > OUTPUT_ITEM_MAX)
		return;
	while (keyword.len < item.len && !is_space(item.at[keyword.len]))
		keyword.len++;
	if (keyword.len == item.len)
		return;
	item = text_skip(item, keyword.len);
	while (item.len > 0 && is_space(item.at[0]))
		item = text_skip(item, 1);
	record(reading, keyword, item);
}

void readback_libxl(struct text output, struct reading *reading)
{
	*reading = (struct reading){ 0 };
	while (output.len > 0)
		read_libxl_item(take_until(&output, '\0'), reading);
}

void readback_xenopsd(struct text output, struct reading *reading)
{
	struct text line, keyword;

	*reading = (struct reading){ 0 };
	while (output.len > 0) {
		line = take_until(&output, '\n');
		if (!memchr(line.at, ' ', line.len))
			continue;
		keyword = take_until(&line, ' ');
		if (keyword.len > 0 && !record(reading, keyword, line))
			reading->broken = true;
	}
}

void readback_eliloader(struct text output, struct reading *reading)
{
	struct text item, keyword;

	*reading = (struct reading){ 0 };
	reading->broken = !text_starts_with(output, "linux ");
	output = text_skip(output, 6);
	while (output.len > 0 && !reading->broken) {
		item = take_until(&output, ')');
		/* At the end of the output there must have been a ")". */
		reading->broken = item.len == 0 || item.at[0] != '(' ||
			item.at + item.len == output.at ||
			!memchr(item.at, ' ', item.len);
		if (reading->broken)
			return;
		item = text_skip(item, 1);
		keyword = take_until(&item, ' ');
		record(reading, keyword, item);
	}
}

enum token { TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_VALUE, TOKEN_BROKEN };

/* A quoted string; rest stands on the opening quote. */
static enum token take_string(struct text *rest, struct text *value)
{
	const char quote = rest->at[0];
	size_t i;

	for (i = 1; i < rest->len && rest->at[i] != quote; i++)
		if (rest->at[i] == '\\')
			i++;
	if (i >= rest->len)
		return TOKEN_BROKEN;
	*value = (struct text){ rest->at + 1, i - 1 };
	*rest = text_skip(*rest, i + 1);
	return TOKEN_VALUE;
}

static enum token take_token(struct text *rest, struct text *value)
{
	char first;
	size_t i;

	while (rest->len > 0 && is_space(rest->at[0]))
		*rest = text_skip(*rest, 1);
	if (rest->len == 0)
		return TOKEN_END;
	first = rest->at[0];
	if (first == '\'' || first == '"')
		return take_string(rest, value);
	if (first == '(' || first == ')') {
		*rest = text_skip(*rest, 1);
		return first == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
	}
	for (i = 0; i < rest->len; i++)
		if (is_space(rest->at[i]) ||
			memchr("()<>{}[];", rest->at[i], 9))
			break;
	*value = (struct text){ rest->at, i };
	*rest = text_skip(*rest, i);
	return i > 0 ? TOKEN_VALUE : TOKEN_BROKEN;
}

void readback_xend(struct text output, struct reading *reading)
{
	struct text value = { 0 }, keyword = { 0 };
	unsigned int depth = 0, position = 0;
	enum token token;

	*reading = (struct reading){ 0 };
	/* Every token but the last is at least one byte. */
	while ((token = take_token(&output, &value)) != TOKEN_END) {
		if (token == TOKEN_OPEN) {
			depth++;
			position = 0;
		} else if (token == TOKEN_CLOSE && depth > 0) {
			depth--;
		} else if (token == TOKEN_VALUE) {
			if (depth == 1 && position == 0)
				keyword = value;
			if (depth == 1 && position == 1)
				record(reading, keyword, value);
			position++;
		} else {
			break;
		}
	}
	reading->broken = token != TOKEN_END || depth > 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/*
 * One character of a string as xend resolves it, or -1 where it would not be
 * what repr() meant: \u and \U are unknown to it.
 */
static int take_character(struct text *rest)
{
	static const char letters[] = "tnr\\'\"", meant[] = "\t\n\r\\'\"";
	const char *letter;
	int high, low;

	if (rest->at[0] != '\\') {
		*rest = text_skip(*rest, 1);
		return (unsigned char)rest->at[-1];
	}
	if (rest->len >= 4 && rest->at[1] == 'x') {
		high = hex_digit(rest->at[2]);
		low = hex_digit(rest->at[3]);
		*rest = text_skip(*rest, 4);
		return high < 0 || low < 0 ? -1 : high * 16 + low;
	}
	letter = rest->len < 2
		? NULL
		: memchr(letters, rest->at[1], sizeof(letters) - 1);
	*rest = text_skip(*rest, 2);
	return letter ? meant[letter - letters] : -1;
}

bool readback_xend_is(struct text value, const char *text)
{
	for (; value.len > 0; text++)
		if (*text == '\0' ||
			take_character(&value) != (unsigned char)*text)
			return false;
	return *text == '\0';
}

static bool is_verbatim(struct text value, const char *text)
{
	return text_is(value, text);
}

/* eliloader keeps the quotes. */
static bool is_quoted(struct text value, const char *text)
{
	if (value.len < 2)
		return false;
	return readback_xend_is(
		(struct text){ value.at + 1, value.len - 2 }, text);
}

static bool without_blanks(struct text value, const char *text)
{
	while (is_space(*text))
		text++;
	return text_is(value, text);
}

/* xend cannot read \u: that it found one value is all that can be asked. */
static bool is_anything(struct text value, const char *text)
{
	(void)value, (void)text;
	return true;
}

struct client {
	const char *name;
	enum output_format format;
	void (*read)(struct text output, struct reading *reading);
	bool (*same_path)(struct text value, const char *text);
	bool (*same_args)(struct text value, const char *text);
	bool may_give_up; /* at what others take: it fails, and harms nobody */
};

static const struct client clients[] = {
	{ "libxl", OUTPUT_SIMPLE0, readback_libxl, is_verbatim, without_blanks,
		false },
	{ "xenopsd", OUTPUT_SIMPLE, readback_xenopsd, is_verbatim, is_verbatim,
		false },
	{ "xend", OUTPUT_SXP, readback_xend, readback_xend_is, is_anything,
		false },
	{ "eliloader", OUTPUT_SXP, readback_eliloader, is_quoted, is_anything,
		true },
};

static bool is_there(const char *text)
{
	return text && *text;
}

static int check_reading(const struct client *client,
	const struct reading *reading, const struct result *result,
	struct error *err)
{
	const bool ramdisk = is_there(result->ramdisk);
	const bool args = is_there(result->args);

	if (reading->kernels > 1 || reading->ramdisks > ramdisk ||
		reading->argses > args)
		return error_set(err, ERR_UNSUPPORTED,
			"%s would read a value as one more item", client->name);
	if (reading->broken && client->may_give_up)
		return 0;
	if (reading->broken || reading->kernels != 1 ||
		reading->ramdisks != ramdisk || reading->argses != args)
		return error_set(err, ERR_UNSUPPORTED,
			"%s would not understand it", client->name);
	if (!client->same_path(reading->kernel, result->kernel) ||
		(ramdisk &&
			!client->same_path(reading->ramdisk, result->ramdisk)))
		return error_set(err, ERR_UNSUPPORTED,
			"%s would read another path", client->name);
	if (args && !client->same_args(reading->args, result->args))
		return error_set(err, ERR_UNSUPPORTED,
			"%s would read other arguments", client->name);
	return 0;
}

int readback_check(enum output_format format, struct text output,
	const struct result *result, struct error *err)
{
	struct reading reading;
	size_t i;

	for (i = 0; i < LENGTH(clients); i++) {
		if (clients[i].format != format)
			continue;
		clients[i].read(output, &reading);
		if (check_reading(&clients[i], &reading, result, err) < 0)
			return error_in(err, "result");
	}
	return 0;
}
