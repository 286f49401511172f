/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/nearest.h"
#include "src/base/text.h"
#include "src/option_table.h"
#include "src/option_values.h"

/* A file being read. */
struct settings {
	struct options *options;
	unsigned int line;
	unsigned int seen[CMDLINE_OPTIONS_MAX]; /* the line of each, or 0 */
};

const char *settings_name(unsigned int index)
{
	size_t i;

	for (i = 0; i < option_count; i++)
		if (option_table[i].in_file && index-- == 0)
			return option_table[i].name;
	return NULL;
}

static int unknown(const char *name, struct error *err)
{
	struct nearest near;
	char text[256];
	const char *known;
	unsigned int i;

	nearest_begin(&near, name);
	for (i = 0; (known = settings_name(i)) != NULL; i++)
		nearest_offer(&near, known);
	nearest_list(&near, text, sizeof(text));
	return error_set(err, ERR_SYNTAX,
		"there is no setting \"%.64s\"; the nearest: %s", name, text);
}

static const struct cmdline_option *find_setting(
	const char *name, struct error *err)
{
	size_t i;

	for (i = 0; i < option_count; i++) {
		if (strcmp(option_table[i].name, name) != 0)
			continue;
		if (option_table[i].in_file)
			return &option_table[i];
		error_set(err, ERR_SYNTAX, "--%s is for the command line only",
			name);
		return NULL;
	}
	unknown(name, err);
	return NULL;
}

/* What was given elsewhere is checked, too, but goes nowhere. */
static int apply(const struct settings *settings,
	const struct cmdline_option *option, const char *value,
	struct error *err)
{
	const uint64_t bit = UINT64_C(1) << (option - option_table);
	struct options unused = *settings->options;
	struct parse parse = { .options = settings->options->given & bit
			? &unused
			: settings->options };
	const struct cmdline table = { .options = option_table,
		.count = option_count,
		.fields = parse.options };
	bool on = true;

	if (!option->takes_value && value_switch(value, &on, err) < 0)
		return -1;
	if (!on)
		return 0;
	return cmdline_apply(&table, option, option->takes_value ? value : NULL,
		       &parse, err) < 0
		? -1
		: 0;
}

/* "name = value", both with a NUL behind them. */
static int take_setting(struct settings *settings, const char *name,
	const char *value, struct error *err)
{
	const struct cmdline_option *option = find_setting(name, err);
	unsigned int *seen;

	if (!option)
		return -1;
	seen = &settings->seen[option - option_table];
	if (*seen > 0)
		return error_set(err, ERR_SYNTAX,
			"%s stands in line %u already", name, *seen);
	*seen = settings->line;
	if (apply(settings, option, value, err) < 0)
		return error_in(err, "%s", name);
	return 0;
}

/* A "#" begins a comment, at the start or behind a blank. */
static struct text without_comment(struct text line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (line.at[i] == '#' &&
			(i == 0 || line.at[i - 1] == ' ' ||
				line.at[i - 1] == '\t'))
			line.len = i;
	return text_trim(line);
}

static int check_bytes(struct text line, struct error *err)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (line.at[i] != '\t' &&
			((unsigned char)line.at[i] < ' ' || line.at[i] == 0x7f))
			return error_set(err, ERR_SYNTAX, "control byte 0x%02x",
				(unsigned int)(unsigned char)line.at[i]);
	return 0;
}

/* In text, of which it is a part; the line behind it was found already. */
static char *terminate(struct text part, char *text)
{
	char *at = text + (part.at - text);

	at[part.len] = '\0';
	return at;
}

static int take_line(struct settings *settings, struct text line, char *text,
	struct error *err)
{
	struct text name, value;
	const char *equals;

	line = without_comment(line);
	if (line.len == 0)
		return 0;
	if (check_bytes(line, err) < 0)
		return -1;
	equals = memchr(line.at, '=', line.len);
	if (!equals)
		return error_set(err, ERR_SYNTAX,
			"\"%.*s\" is no setting: those are name = value",
			line.len < 64 ? (int)line.len : 64, line.at);
	name = text_trim((struct text){ line.at, (size_t)(equals - line.at) });
	value = text_trim(text_skip(line, (size_t)(equals + 1 - line.at)));
	return take_setting(
		settings, terminate(name, text), terminate(value, text), err);
}

int settings_parse(
	struct options *options, char *text, size_t len, struct error *err)
{
	struct settings settings = { .options = options };
	struct text rest = text_skip_mark((struct text){ text, len }), line;

	while (text_next_line(&rest, &line)) {
		settings.line++;
		if (take_line(&settings, line, text, err) < 0)
			return error_in(err, "line %u", settings.line);
	}
	return 0;
}

/* Who may write there decides who reads the disk, and where files go. */
static int check_writers(const struct stat *st, struct error *err)
{
	if (!S_ISREG(st->st_mode))
		return error_set(err, ERR_SYSTEM, "not a regular file");
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return error_set(err, ERR_SYSTEM,
			"belongs to user %u, who could change what is decided "
			"here: chown it to root",
			st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return error_set(err, ERR_SYSTEM,
			"others than its owner may write there (mode %04o) and "
			"change what is decided here: chmod go-w it",
			st->st_mode & 07777);
	return 0;
}

static ssize_t read_all(int fd, char *buf, size_t size, struct error *err)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno != EINTR)
			return error_errno(err, "cannot be read");
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len < size);
	return (ssize_t)len;
}

static int read_file(struct options *options, int fd, struct error *err)
{
	static char text[SETTINGS_SIZE_MAX + 1]; /* options point into it */
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot be read");
	if (check_writers(&st, err) < 0)
		return -1;
	len = read_all(fd, text, sizeof(text), err);
	if (len < 0)
		return -1;
	if (len > SETTINGS_SIZE_MAX)
		return error_set(err, ERR_LIMIT, "is larger than %d bytes",
			SETTINGS_SIZE_MAX);
	text[len] = '\0';
	return settings_parse(options, text, (size_t)len, err);
}

/* Only root can read a disk as somebody else; the file is for others, too. */
static void forget_reader(struct options *options)
{
	if (geteuid() != 0 && !(options->given & option_bit("runas")))
		options->has_uid = false;
}

int settings_apply(struct options *options, struct error *err)
{
	const char *name = options->settings;
	/* O_NONBLOCK: a FIFO must not hold us */
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd, r;

	if (options->no_settings)
		return 0;
	fd = open(name ? name : SETTINGS_FILE, flags);
	if (fd < 0 && !name && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0) {
		error_errno(err, "cannot be opened");
		return error_in(err, "%s", name ? name : SETTINGS_FILE);
	}
	r = read_file(options, fd, err);
	close(fd);
	if (r < 0)
		return error_in(err, "%s", name ? name : SETTINGS_FILE);
	forget_reader(options);
	return 0;
}
