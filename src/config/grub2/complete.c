/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/complete.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/base/utf8.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/lex.h"
#include "src/config/grub2/path.h"

#define NOWHERE SIZE_MAX

/* The end of a line, where the cursor is. */
struct cursor {
	size_t word;     /* where the last word begins */
	char quote;      /* that is open there, or 0 */
	bool first;      /* a command is expected */
	bool comment;    /* nothing is */
	bool escape;     /* the last byte is a backslash that waits */
	size_t variable; /* where the name of one begins, or NOWHERE */
	bool braces;     /* as in "${name" */
};

/* Is a command expected behind this word? */
static bool leads_to_command(struct text word)
{
	static const char *const words[] = { "!", "do", "elif", "else", "if",
		"then", "time", "until", "while" };
	size_t i;

	for (i = 0; i < LENGTH(words); i++)
		if (text_is(word, words[i]))
			return true;
	return false;
}

/* Go on with a byte at i outside quotes. */
static void scan_plain(struct cursor *cursor, const char *line, size_t i)
{
	const char c = line[i];
	const struct text word = { line + cursor->word, i - cursor->word };

	if (c == ' ' || c == '\t') {
		if (word.len > 0)
			cursor->first = cursor->first && leads_to_command(word);
		cursor->word = i + 1;
	} else if (strchr(";\n{}|&", c)) {
		cursor->first = true;
		cursor->comment = false;
		cursor->word = i + 1;
	} else if (c == '#' && word.len == 0) {
		cursor->comment = true;
	} else if (c == '\'' || c == '"') {
		cursor->quote = c;
	} else if (c == '\\') {
		cursor->escape = true;
	} else if (c == '$') {
		cursor->variable = i + 1;
		cursor->braces = false;
	}
}

static void scan_quoted(struct cursor *cursor, const char *line, size_t i)
{
	const char c = line[i];

	if (c == cursor->quote) {
		cursor->quote = 0;
	} else if (cursor->quote == '"' && c == '\\') {
		cursor->escape = true;
	} else if (cursor->quote == '"' && c == '$') {
		cursor->variable = i + 1;
		cursor->braces = false;
	}
}

/* Is this byte of the variable's name that began before? */
static bool scan_variable(struct cursor *cursor, const char *line, size_t i)
{
	if (cursor->variable == NOWHERE)
		return false;
	if (lex_is_name_byte(line[i]))
		return true;
	if (line[i] == '{' && i == cursor->variable) {
		cursor->variable++;
		cursor->braces = true;
		return true;
	}
	cursor->variable = NOWHERE;
	return line[i] == '}' && cursor->braces;
}

static struct cursor find_cursor(const char *line)
{
	struct cursor cursor = { .first = true, .variable = NOWHERE };
	size_t i;

	for (i = 0; line[i]; i++) {
		if (cursor.comment && line[i] != '\n')
			continue;
		if (cursor.escape)
			cursor.escape = false;
		else if (scan_variable(&cursor, line, i))
			continue;
		else if (cursor.quote)
			scan_quoted(&cursor, line, i);
		else
			scan_plain(&cursor, line, i);
	}
	return cursor;
}

/* The value of the variable behind a $ at at; how many bytes its name takes. */
static size_t put_variable(
	const struct env *env, const char *at, struct text_out *out)
{
	const bool braces = at[0] == '{';
	const struct text name = { at + braces,
		lex_name_length(text_of(at + braces)) };
	const char *value = env_get(env, name);

	if (value)
		text_put(out, text_of(value));
	return name.len + braces + (braces && name.at[name.len] == '}');
}

/* What the word at the end of the line means; NULL with err filled. */
static const char *read_word(
	struct eval *eval, const char *word, struct error *err)
{
	struct text_out out = { .left = SHELL_COMMAND_MAX };
	char quote = 0, *value;

	value = out.at =
		scratch_alloc(&eval->scratch, SHELL_COMMAND_MAX + 1, err);
	for (; value && *word; word++) {
		if (quote ? *word == quote : *word == '\'' || *word == '"') {
			quote = quote ? 0 : *word;
		} else if (*word == '$' && quote != '\'') {
			word += put_variable(eval->env, word + 1, &out);
		} else {
			if (*word == '\\' && quote != '\'' && word[1] &&
				(!quote || strchr("\\\"$", word[1])))
				word++;
			text_put(&out, (struct text){ word, 1 });
		}
	}
	if (value)
		*out.at = '\0';
	return value;
}

/* The names that fit so far. */
struct completion {
	struct eval *eval;
	struct error *err;
	struct text begun; /* what names have to begin with */
	size_t max;
	char **list; /* max of them at most */
	size_t count;
	size_t names;  /* that were looked at */
	bool cut;      /* there are more */
	bool whole;    /* there is one, and all of it is inserted */
	char *common;  /* what all begin with */
	struct fs *fs; /* where files are; and their directory, with a slash */
	const char *directory;
};

static size_t same_bytes(const char *a, const char *b)
{
	size_t len = 0;

	while (a[len] && a[len] == b[len])
		len++;
	return len;
}

static int keep(struct completion *found, const char *name, size_t len)
{
	struct scratch *scratch = &found->eval->scratch;

	if (!found->common) {
		found->common = scratch_strndup(scratch, name, len, found->err);
		if (!found->common)
			return -1;
	}
	found->common[same_bytes(found->common, name)] = '\0';
	if (found->count == found->max) {
		found->cut = true;
		return 0;
	}
	found->list[found->count] =
		scratch_strndup(scratch, name, len, found->err);
	return found->list[found->count++] ? 0 : -1;
}

/*
 * A name, and at most a byte on each side of it, if it fits.  One that is
 * longer than that of any file is not offered.
 */
static int offer(struct completion *found, const char *before, struct text name,
	const char *behind)
{
	char whole[1 + FS_NAME_MAX + 1 + 1], *end;

	if (name.len > FS_NAME_MAX)
		return 0;
	end = stpcpy(mempcpy(stpcpy(whole, before), name.at, name.len), behind);
	if (strncmp(whole, found->begun.at, found->begun.len) != 0)
		return 0;
	return keep(found, whole, (size_t)(end - whole));
}

static int offer_commands(struct completion *found)
{
	const struct eval *eval = found->eval;
	const struct command *command;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && (command = command_at(i)) != NULL; i++)
		if (command->does)
			r = offer(found, "", text_of(command->name), "");
	for (i = 0; r == 0 && i < eval->function_count; i++)
		r = offer(found, "", eval->functions[i].name, "");
	/* what does nothing here is for who knows it */
	for (i = 0; r == 0 && found->count == 0 && command_at(i); i++)
		r = offer(found, "", text_of(command_at(i)->name), "");
	return r;
}

static int offer_variables(struct completion *found)
{
	const struct env *env = found->eval->env;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < env->count; i++)
		if (env->list[i].set)
			r = offer(found, "", env->list[i].name, "");
	return r;
}

static int offer_devices(struct completion *found)
{
	struct devices *devices = found->eval->guest->devices;
	const struct loop_link *loop;
	struct device *dev;
	size_t i;
	int r = 0;

	for (loop = devices->loops; r == 0 && loop; loop = loop->older)
		r = offer(found, "(", text_of(loop->dev->grub), ")");
	for (i = 0; r == 0 && (dev = devices_get(devices, i)) != NULL; i++)
		r = offer(found, "(", text_of(dev->grub), ")");
	return r;
}

/* A link to a directory is one, too. */
static bool is_directory(const struct completion *found, const char *name,
	const struct fs_node *node)
{
	char path[FS_PATH_MAX];
	struct error ignored;
	struct fs_node target;

	if (node->type != FS_SYMLINK)
		return node->type == FS_DIR;
	if (strlen(found->directory) + strlen(name) >= sizeof(path))
		return false;
	stpcpy(stpcpy(path, found->directory), name);
	return fs_find(found->fs, path, &target, &ignored) == 0 &&
		target.type == FS_DIR;
}

static int visit(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct completion *found = ctx;
	const size_t len = found->begun.len;
	bool directory;

	(void)err;
	if (found->names++ == COMPLETE_NAMES_MAX) {
		found->cut = true;
		return 1;
	}
	if (eval_spend(found->eval, 1, 0, found->err) < 0)
		return -1;
	if (strncmp(name, found->begun.at, len) != 0 ||
		(name[0] == '.' && len == 0))
		return 0;
	directory =
		found->count < found->max && is_directory(found, name, node);
	return offer(found, "", text_of(name), directory ? "/" : "");
}

/* Files below the directory of a path, which may have a device in front. */
static int offer_files(struct completion *found, const char *path)
{
	struct eval *eval = found->eval;
	const char *slash = strrchr(path, '/');
	struct fs_node node;
	char *directory;
	int r;

	directory = scratch_strndup(
		&eval->scratch, path, (size_t)(slash + 1 - path), found->err);
	if (!directory)
		return -1;
	found->begun = text_of(slash + 1);
	found->directory = path_skip_device(directory);
	r = path_find(eval, directory, &found->fs, &node, found->err);
	if (r <= 0 || node.type != FS_DIR)
		return r < 0 ? -1 : 0;
	error_clear(found->err);
	if (fs_readdir(found->fs, &node, visit, found, &eval->why) >= 0)
		return 0;
	/* a directory that cannot be read to its end has no more names */
	return found->err->code == ERR_NONE ? eval_go_on(eval, found->err) : -1;
}

/* Where a path begins in a word such as "--file=/k" or "newc:init:/k". */
static const char *find_path(const char *word)
{
	const char *at;

	for (at = word + strlen(word); at > word; at--)
		if ((*at == '/' || *at == '(') &&
			(at[-1] == '=' || at[-1] == ':'))
			return at;
	return word;
}

static int offer_names(
	struct completion *found, const struct cursor *cursor, const char *line)
{
	const char *word;

	if (cursor->variable != NOWHERE) {
		found->begun = text_of(line + cursor->variable);
		return offer_variables(found);
	}
	word = read_word(found->eval, line + cursor->word, found->err);
	if (!word)
		return -1;
	found->begun = text_of(word);
	if (cursor->first && word[0] != '/' && word[0] != '(')
		return offer_commands(found);
	word = find_path(word);
	found->begun = text_of(word);
	if (word[0] == '(' && !strchr(word, ')'))
		return offer_devices(found);
	if (path_skip_device(word)[0] == '/')
		return offer_files(found, word);
	if (path_skip_device(word)[0] != '\0')
		return 0;
	/* a device, or nothing yet: a path follows */
	found->begun = text_of("");
	return offer(found, "", text_of(""), "/");
}

/* Does the byte have to be protected where it is put? */
static bool is_special(char c, char quote)
{
	if (quote == '"')
		return strchr("\\\"$", c) != NULL;
	return quote ? c == quote : strchr(" \t\\'\"$;{}|&<>*?", c) != NULL;
}

/*
 * What all candidates have in common behind what is there, as it is written;
 * no byte that could not be typed, nor a part of a character.
 */
static char *put_common(
	char *at, struct completion *found, const struct cursor *cursor)
{
	const char *from = found->common + found->begun.len;
	size_t n, len = strlen(from);
	uint32_t point;

	for (; len > 0; from += n, len -= n) {
		n = utf8_decode(from, len, &point);
		if (n == 0 || !utf8_printable(point))
			break;
		if (is_special(*from, cursor->quote) && cursor->quote == '\'')
			at = stpcpy(at, "'\\'");
		else if (is_special(*from, cursor->quote))
			*at++ = '\\';
		at = mempcpy(at, from, n);
	}
	found->whole = len == 0 && found->count == 1 && !found->cut;
	return at;
}

/* The only candidate is all there: close what was opened, and a blank. */
static char *put_end(
	char *at, const struct completion *found, const struct cursor *cursor)
{
	const size_t len = strlen(found->common);

	if (cursor->variable != NOWHERE) {
		if (cursor->braces)
			*at++ = '}';
		return at;
	}
	if (len > 0 && strchr("/)", found->common[len - 1]))
		return at;
	if (cursor->quote)
		*at++ = cursor->quote;
	*at++ = ' ';
	return at;
}

static const char *make_insert(
	struct completion *found, const struct cursor *cursor)
{
	char *insert, *at;

	/* of more names than were looked at, nobody knows what they share */
	if (!found->common || found->names > COMPLETE_NAMES_MAX)
		return "";
	at = insert = scratch_alloc(&found->eval->scratch,
		4 * strlen(found->common) + 4, found->err);
	if (!insert)
		return NULL;
	at = put_common(at, found, cursor);
	*at = '\0';
	if (found->whole)
		*put_end(at, found, cursor) = '\0';
	return insert;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int say_all(struct completion *found, const struct cursor *cursor,
	complete_say *say, void *ctx)
{
	const char *insert = make_insert(found, cursor);
	size_t i;

	if (!insert || say(ctx, insert, found->err) < 0)
		return -1;
	if (found->count == 1 && !found->cut)
		return 0;
	if (found->count > 1)
		qsort(found->list, found->count, sizeof(*found->list), compare);
	for (i = 0; i < found->count; i++)
		if (say(ctx, found->list[i], found->err) < 0)
			return -1;
	return found->cut ? say(ctx, "...", found->err) : 0;
}

static int complete(struct completion *found, const char *line,
	complete_say *say, void *ctx)
{
	const struct cursor cursor = find_cursor(line);

	found->list = scratch_alloc(&found->eval->scratch,
		found->max * sizeof(*found->list), found->err);
	if (!found->list)
		return -1;
	if (!cursor.comment && !cursor.escape &&
		offer_names(found, &cursor, line) < 0)
		return -1;
	return say_all(found, &cursor, say, ctx);
}

int grub2_complete(struct grub2_shell *shell, const char *line, size_t max,
	complete_say *say, void *ctx, struct error *err)
{
	struct eval *eval = grub2_shell_enter(shell);
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	struct completion found = { .eval = eval, .err = err, .max = max };
	int r;

	if (strlen(line) > SHELL_COMMAND_MAX)
		r = error_set(err, ERR_LIMIT, "a command of more than %d bytes",
			SHELL_COMMAND_MAX);
	else
		r = complete(&found, line, say, ctx);
	grub2_shell_leave(shell);
	scratch_rewind(&eval->scratch, mark);
	return r;
}
