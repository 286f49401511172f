/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/freebsd.h"

/* Longer than any command line; a value can grow by naming itself. */
#define VALUE_MAX 4096

/* Where a name is, or would be. */
static size_t place_of(const struct freebsd *env, const char *name, bool *found)
{
	size_t low = 0, high = env->count, middle;
	int order;

	*found = false;
	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(env->variables[middle].name, name);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *freebsd_get(const struct freebsd *env, const char *name)
{
	bool found;
	size_t at = place_of(env, name, &found);

	return found ? env->variables[at].value : NULL;
}

bool freebsd_is_yes(const struct freebsd *env, const char *name)
{
	const char *value = freebsd_get(env, name);

	return value && strcasecmp(value, "yes") == 0;
}

static int set(struct freebsd *env, const char *name, const char *value,
	bool hint, struct error *err)
{
	struct freebsd_variable *list;
	bool found;
	size_t at = place_of(env, name, &found);

	if (!found) {
		if (env->count == FREEBSD_VARIABLES_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d variables",
				FREEBSD_VARIABLES_MAX);
		list = arena_grow(env->config->guest->arena, env->variables,
			env->count, &env->capacity, sizeof(*list), err);
		if (!list)
			return -1;
		env->variables = list;
		memmove(&list[at + 1], &list[at],
			(env->count++ - at) * sizeof(*list));
	}
	env->variables[at] = (struct freebsd_variable){ name, value, hint };
	return 0;
}

/* Lines */

/* NAME = "VALUE" or NAME = VALUE, and behind it at most a comment. */
struct setting {
	struct text name;
	struct text value;
};

static bool is_name_char(char c)
{
	return isgraph((unsigned char)c) && c != '=' && c != '#' && c != '"';
}

static struct text take_while(struct text *rest, bool (*is)(char c))
{
	struct text taken = { rest->at, 0 };

	while (taken.len < rest->len && is(rest->at[taken.len]))
		taken.len++;
	*rest = text_skip(*rest, taken.len);
	return taken;
}

static bool is_value_char(char c)
{
	return isgraph((unsigned char)c) && c != '"' && c != '#';
}

static bool take_value(struct text *rest, struct text *value)
{
	const char *quote;

	if (rest->len == 0 || rest->at[0] != '"') {
		*value = take_while(rest, is_value_char);
		return value->len > 0;
	}
	*rest = text_skip(*rest, 1);
	quote = rest->len ? memchr(rest->at, '"', rest->len) : NULL;
	if (!quote)
		return false;
	*value = (struct text){ rest->at, (size_t)(quote - rest->at) };
	*rest = text_skip(*rest, value->len + 1);
	return true;
}

static bool parse(struct text line, struct setting *setting)
{
	line = text_trim(line);
	setting->name = take_while(&line, is_name_char);
	line = text_trim(line);
	if (setting->name.len == 0 || line.len == 0 || line.at[0] != '=')
		return false;
	line = text_trim(text_skip(line, 1));
	if (!take_value(&line, &setting->value))
		return false;
	line = text_trim(line);
	return line.len == 0 || line.at[0] == '#';
}

/* Values */

static bool is_variable_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

/* The name behind a "$", in braces or not; *rest moves behind it. */
static struct text variable_name(struct text *rest)
{
	const char *brace;
	struct text name;

	if (rest->len == 0 || rest->at[0] != '{')
		return take_while(rest, is_variable_char);
	brace = memchr(rest->at, '}', rest->len);
	if (!brace)
		return (struct text){ rest->at, 0 };
	name = (struct text){ rest->at + 1, (size_t)(brace - rest->at) - 1 };
	*rest = text_skip(*rest, name.len + 2);
	return name;
}

/* The value with $name and ${name} filled in; NULL with err filled. */
static const char *expand(
	const struct freebsd *env, struct text value, struct error *err)
{
	struct arena *arena = env->config->guest->arena;
	char filled[VALUE_MAX];
	struct text_out out = { filled, sizeof(filled), false };
	const char *name, *inner;
	struct text text;

	while (value.len > 0) {
		text = (struct text){ value.at, 0 };
		while (text.len < value.len && text.at[text.len] != '$')
			text.len++;
		text_put(&out, text);
		value = text_skip(value, text.len);
		if (value.len == 0)
			break;
		value = text_skip(value, 1);
		text = variable_name(&value);
		if (text.len == 0) {
			text_put(&out, text_of("$"));
			continue;
		}
		name = arena_strndup(arena, text.at, text.len, err);
		if (!name)
			return NULL;
		inner = freebsd_get(env, name);
		text_put(&out, text_of(inner ? inner : ""));
	}
	if (out.full) {
		error_set(err, ERR_LIMIT, "a value of more than %d bytes",
			VALUE_MAX);
		return NULL;
	}
	return arena_strndup(arena, filled, sizeof(filled) - out.left, err);
}

/* Modules: X_load="YES" and how it is done.  These are no variables. */

static bool ends_with(struct text text, const char *end)
{
	size_t len = strlen(end);

	return text.len > len &&
		memcmp(text.at + text.len - len, end, len) == 0;
}

static bool is_module_option(struct text name)
{
	static const char *const endings[] = { "_load", "_name", "_type",
		"_flags", "_before", "_after", "_error" };
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.at[i]) && name.at[i] != '_' &&
			name.at[i] != '-')
			return false;
	for (i = 0; i < LENGTH(endings); i++)
		if (ends_with(name, endings[i]))
			return true;
	return false;
}

static int take_module(
	struct freebsd *env, const struct setting *setting, struct error *err)
{
	if (!ends_with(setting->name, "_load") ||
		!text_is_nocase(setting->value, "yes") || env->modules++ > 0)
		return 0;
	env->first_module = arena_strndup(env->config->guest->arena,
		setting->name.at, setting->name.len - strlen("_load"), err);
	return env->first_module ? 0 : -1;
}

static int take_setting(struct freebsd *env, const struct setting *setting,
	bool hints, struct error *err)
{
	const char *name, *value;

	if (is_module_option(setting->name))
		return take_module(env, setting, err);
	name = arena_strndup(env->config->guest->arena, setting->name.at,
		setting->name.len, err);
	value = expand(env, setting->value, err);
	if (!name || !value)
		return -1;
	return set(
		env, name, value, hints && strncmp(name, "hint.", 5) == 0, err);
}

int freebsd_take_file(struct freebsd *env, const char *path, struct text file,
	bool hints, struct error *err)
{
	struct setting setting;
	struct text line, word, rest;
	unsigned int number = 0;

	file = text_skip_mark(file);
	while (text_next_line(&file, &line)) {
		number++;
		rest = line;
		if (!text_next_word(&rest, &word) || word.at[0] == '#')
			continue;
		if (!parse(line, &setting)) {
			if (env->skipped++ == 0) {
				env->first_path = path;
				env->first_line = number;
			}
		} else if (take_setting(env, &setting, hints, err) < 0) {
			return error_in(err, "line %u", number);
		}
	}
	return 0;
}
