/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_result.c - the line that the toolstack reads, whatever is in it
 *
 * The input is kernel, ramdisk and arguments, split at newlines: a newline is
 * refused anyway.  What is printed is read here by code that shares nothing
 * with the program's: one kernel, one ramdisk, one args, and these are they.
 */
#include <string.h>

#include "src/result.h"
#include "tests/fuzz/fuzz.h"

static char *take(const uint8_t **data, size_t *size, char end)
{
	const uint8_t *at = memchr(*data, end, *size);
	size_t len = at ? (size_t)(at - *data) : *size;
	char *text = malloc(len + 1);

	MUST(text);
	memcpy(text, *data, len);
	text[len] = '\0';
	len += at != NULL;
	*data += len;
	*size -= len;
	return text;
}

/* Does the output go on with this?  Then go behind it. */
static void expect(const char **at, const char *end, const char *text)
{
	size_t len = strlen(text);

	MUST((size_t)(end - *at) >= len && memcmp(*at, text, len) == 0);
	*at += len;
}

static void expect_byte(const char **at, const char *end, char byte)
{
	MUST(*at < end && **at == byte);
	(*at)++;
}

static unsigned int hex(const char *at, int digits)
{
	unsigned int value = 0;

	while (digits-- > 0)
		value = value * 16 +
			(unsigned int)(*at <= '9' ? *at - '0' : *at - 'a' + 10),
		at++;
	return value;
}

/* The code point of what Python wrote behind a backslash. */
static unsigned int escaped(const char **at)
{
	static const struct {
		char letter;
		int digits;
	} kinds[] = { { 'x', 2 }, { 'u', 4 }, { 'U', 8 } };
	size_t i;
	unsigned int point;

	for (i = 0; i < 3; i++) {
		if (**at != kinds[i].letter)
			continue;
		point = hex(*at + 1, kinds[i].digits);
		*at += 1 + kinds[i].digits;
		return point;
	}
	return (unsigned char)*(*at)++;
}

/* One character of the arguments against what stands for it. */
static void expect_point(const char **text, unsigned int point)
{
	char utf8[5] = "";
	size_t len;

	/* a byte that was no UTF-8 stands there as if it were Latin-1 */
	if (point < 0x100 && (unsigned char)**text == point) {
		(*text)++;
		return;
	}
	len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	utf8[0] = (char)((len == 2                  ? 0xc0
					 : len == 3 ? 0xe0
						    : 0xf0) |
		point >> 6 * (len - 1));
	for (size_t i = 1; i < len; i++)
		utf8[i] = (char)(0x80 | (point >> 6 * (len - 1 - i) & 0x3f));
	MUST(strncmp(*text, utf8, len) == 0);
	*text += len;
}

/* A string as Python's repr() writes it; it ends at its own quote. */
static void expect_repr(const char **at, const char *end, const char *text)
{
	char quote;

	MUST(*at < end && (**at == '\'' || **at == '"'));
	quote = *(*at)++;
	while (*text) {
		MUST(*at < end && **at != quote);
		if (**at == '\\') {
			(*at)++;
			expect_point(&text, escaped(at));
		} else {
			MUST(*(*at)++ == *text++);
		}
	}
	expect_byte(at, end, quote);
}

static void expect_item(const char **at, const char *end,
	enum output_format format, const char *key, const char *value)
{
	if (!value[0])
		return;
	if (format == OUTPUT_SXP)
		expect(at, end, "(");
	expect(at, end, key);
	expect(at, end, " ");
	if (format == OUTPUT_SXP) {
		expect_repr(at, end, value);
		expect(at, end, ")");
	} else {
		expect(at, end, value);
		expect_byte(at, end, format == OUTPUT_SIMPLE ? '\n' : '\0');
	}
}

static void check_output(const char *out, size_t len, enum output_format format,
	const struct result *result)
{
	const char *at = out, *end = out + len;

	if (format == OUTPUT_SXP)
		expect(&at, end, "linux ");
	expect_item(&at, end, format, "kernel", result->kernel);
	expect_item(&at, end, format, "ramdisk", result->ramdisk);
	expect_item(&at, end, format, "args", result->args);
	if (format == OUTPUT_SIMPLE)
		expect_byte(&at, end, '\n');
	else if (format == OUTPUT_SIMPLE0)
		expect_byte(&at, end, '\0');
	MUST(at == end);
}

/* With these paths, which are like ours, no arguments are refused that no
 * client could misread: the promise is to boot, too. */
static void check_harmless(const char *args, struct error *err)
{
	static const struct result paths = {
		.kernel = "/var/run/xen/pygrub/boot_kernel.aB3_x-",
		.ramdisk = "/var/run/xen/pygrub/boot_ramdisk.Zz9_q-",
	};
	struct result result = paths;
	enum output_format format;
	size_t len;
	char *out;

	result.args = args;
	for (format = OUTPUT_SXP; format <= OUTPUT_SIMPLE0; format++) {
		out = result_format(format, &result, &len, err);
		if (out)
			check_output(out, len, format, &result);
		else if (err->code == ERR_LIMIT)
			MUST(strlen(args) + 5 > OUTPUT_ITEM_MAX);
		else
			MUST(format == OUTPUT_SXP);
		free(out);
	}
}

static void check_any(const struct result *result)
{
	enum output_format format;
	struct error err = { 0 };
	size_t len;
	char *out;

	for (format = OUTPUT_SXP; format <= OUTPUT_SIMPLE0; format++) {
		out = result_format(format, result, &len, &err);
		if (!out)
			MUST_SAY(&err);
		else
			check_output(out, len, format, result);
		MUST(!out || result->kernel[0]);
		free(out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *kernel = take(&data, &size, '\n');
	char *ramdisk = take(&data, &size, '\n');
	char *args = take(&data, &size, '\0');
	const struct result result = { kernel, ramdisk, args };
	struct error err = { 0 };

	check_any(&result);
	if (result_clean_args(args, &err) == 0)
		check_harmless(args, &err);
	else
		MUST_SAY(&err);
	free(kernel);
	free(ramdisk);
	free(args);
	return 0;
}
