/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/bls_script.h"

#include <string.h>

#include "src/config/grub2/lex.h"

/* The script being written. */
static void put_string(struct text_out *out, const char *string)
{
	text_put(out, text_of(string));
}

static bool next_is(struct text text, char c)
{
	return text.len > 0 && text.at[0] == c;
}

/*
 * A $ here, with a name or without; "${name}" is left to the interpreter, but
 * not by upstream, which drops its $.
 */
static bool is_variable(struct text text, bool upstream)
{
	return text.len > 0 && text.at[0] == '$' &&
		(upstream || text.len == 1 || text.at[1] != '{');
}

/* Does a backslash here keep what follows it from being a variable? */
static bool protects(struct text text, bool upstream)
{
	return !upstream && text.at[0] == '\\' && text.len > 1;
}

/* Cut the next piece off: the name of a variable, or what is not one. */
static struct text cut_piece(struct text *value, bool variable, bool upstream)
{
	struct text rest, piece = text_skip(*value, variable);
	size_t len = 0;

	if (variable) {
		while (len < piece.len && lex_is_name_byte(piece.at[len]))
			len++;
	} else {
		for (rest = piece; rest.len > 0 && !is_variable(rest, upstream);
			rest = text_skip(piece, len))
			len += 1U + protects(rest, upstream);
	}
	piece.len = len;
	*value = text_skip(*value, len + variable);
	return piece;
}

/*
 * Replace the variables as blscfg does, which is not as scripts do: a variable
 * that is not set vanishes, a value gets a blank behind it in the place of one
 * that was there, and a piece of one character is lost before a $ and at the
 * end ("$kernelopts $tuned_params q" loses its q, and "o" is nothing at all).
 * Upstream gives up at a variable that is not set, if it comes first and
 * another follows at once.  False if nothing came of it.
 */
static bool expand(const struct eval *eval, const char *string, bool upstream,
	struct text_out *out)
{
	struct text piece, value = text_of(string);
	const char *found;
	bool variable, some = false;

	/* once it is full, further values would cost time only */
	while (value.len > 0 && !out->full) {
		variable = is_variable(value, upstream);
		piece = cut_piece(&value, variable, upstream);
		if (piece.len == 1 && (value.len == 0 || value.at[0] == '$'))
			continue;
		if (!variable) {
			text_put(out, piece);
			some = true;
			continue;
		}
		if (value.len > 0 && value.at[0] == ' ')
			value = text_skip(value, 1);
		found = env_get(eval->env, piece);
		if (!found && upstream && !some && next_is(value, '$'))
			return false;
		if (!found)
			continue;
		put_string(out, found);
		put_string(out, " ");
		some = true;
	}
	return some;
}

int bls_users(struct eval *eval, const struct bls_entry *entry, bool upstream,
	const char **users, struct error *err)
{
	struct text_out out = { .left = BLS_SCRIPT_MAX };
	char *at;

	*users = NULL;
	if (!entry->users)
		return 0;
	at = out.at = scratch_alloc(&eval->scratch, BLS_SCRIPT_MAX, err);
	if (!at)
		return -1;
	if (!expand(eval, entry->users, upstream, &out))
		return 0;
	if (out.full)
		return error_set(err, ERR_LIMIT,
			"its users are more than %d bytes", BLS_SCRIPT_MAX);
	*users = arena_strndup(
		eval->guest->arena, at, (size_t)(out.at - at), err);
	return *users ? 0 : -1;
}

bool bls_saves_default(const struct eval *eval)
{
	const char *value = env_value(eval->env, "blsuki_save_default");

	return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static void put_linux(const struct eval *eval, const struct bls_entry *entry,
	bool upstream, struct text_out *out)
{
	put_string(out, "linux ");
	put_string(out, entry->kernel);
	put_string(out, " ");
	if (!entry->options || !expand(eval, entry->options, upstream, out))
		expand(eval,
			upstream ? ""
				 : env_value(eval->env, "default_kernelopts"),
			upstream, out);
	put_string(out, "\n");
}

/* Where the names in $early_initrd are: beside the first file. */
static struct text directory_of(const char *file)
{
	struct text rest = text_of(file), word;
	const char *slash;

	text_next_word(&rest, &word);
	slash = word.len > 0 ? memrchr(word.at, '/', word.len) : NULL;
	word.len = slash ? (size_t)(slash + 1 - word.at) : 0;
	return word;
}

/* early: what stands before them, as to Fedora's GRUB $early_initrd says. */
static void put_initrds(
	const struct bls_entry *entry, struct text early, struct text_out *out)
{
	struct text name,
		directory =
			directory_of(entry->initrd_count > 0 ? entry->initrds[0]
							     : entry->kernel);
	size_t i;

	if (text_trim(early).len == 0 && entry->initrd_count == 0)
		return;
	put_string(out, "initrd");
	while (text_next_word(&early, &name)) {
		put_string(out, " ");
		text_put(out, directory);
		text_put(out, name);
	}
	for (i = 0; i < entry->initrd_count; i++) {
		put_string(out, " ");
		put_string(out, entry->initrds[i]);
	}
	put_string(out, "\n");
}

int bls_script(struct eval *eval, const struct bls_entry *entry, bool upstream,
	struct text *body, struct error *err)
{
	struct text early = text_of("");
	struct text_out out = { .left = BLS_SCRIPT_MAX };
	const char *script;
	bool saves = bls_saves_default(eval);

	script = out.at = scratch_alloc(&eval->scratch, BLS_SCRIPT_MAX, err);
	if (!out.at)
		return -1;
	if (!upstream) {
		early = text_of(env_value(eval->env, "early_initrd"));
		saves = strcmp(env_value(eval->env, "save_default"), "true") ==
			0;
	}
	if (saves)
		put_string(&out, "savedefault\n");
	if (!upstream)
		put_string(&out, "load_video\n");
	put_linux(eval, entry, upstream, &out);
	put_initrds(entry, early, &out);
	if (out.full)
		return error_set(err, ERR_LIMIT,
			"its script is more than %d bytes", BLS_SCRIPT_MAX);
	*body = (struct text){ script, BLS_SCRIPT_MAX - out.left };
	return 0;
}
