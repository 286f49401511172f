/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot_conf.c - which entry is the default, and for how long the menu shows
 *
 * What firmware keeps in variables (an entry chosen in the menu, or once by
 * bootctl) is not on the disk and cannot count.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/bls_order.h"
#include "src/config/efi.h"
#include "src/config/grub2/envblock.h"
#include "src/config/sdboot.h"

#define ID_KINDS 3

/* Seconds as a number of digits only; more than fits is for ever. */
static bool take_seconds(struct text value, int *seconds)
{
	long long number = 0;
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		if (number <= INT_MAX)
			number = number * 10 + (value.at[i] - '0');
	}
	*seconds = number > INT_MAX ? INT_MAX : (int)number;
	return value.len > 0;
}

static bool take_timeout(struct sdboot_conf *conf, struct text value)
{
	int seconds = 0;

	if (text_is(value, "menu-force"))
		seconds = MENU_TIMEOUT_NONE;
	else if (!text_is(value, "menu-hidden") &&
		!text_is(value, "menu-disabled") &&
		!take_seconds(value, &seconds))
		return false;
	conf->has_timeout = true;
	conf->timeout = seconds;
	conf->style = seconds == 0 ? MENU_STYLE_HIDDEN : MENU_STYLE_MENU;
	return true;
}

/* A pattern; of the special names there is only @saved. */
static int take_pattern(struct guest *guest, struct text value,
	unsigned int line, const char **pattern, unsigned int *pattern_line,
	struct error *err)
{
	if (value.len > 0 && value.at[0] == '@' &&
		!text_is_nocase(value, "@saved"))
		return 0;
	*pattern = sdboot_lower(guest->arena, value, err);
	*pattern_line = line;
	return *pattern ? 1 : -1;
}

static bool take_editor(struct sdboot_conf *conf, struct text value)
{
	static const char *const words[] = { "0", "no", "n", "false", "f",
		"off", "1", "yes", "y", "true", "t", "on" };
	const size_t count = LENGTH(words);
	size_t i;

	for (i = 0; i < count && !text_is(value, words[i]); i++)
		;
	if (i < count)
		conf->fixed = i < count / 2;
	return i < count;
}

/* One line: 1, 0 if it makes no sense, or -1.  Most keys are about screens. */
static int take_line(struct guest *guest, struct text key, struct text value,
	unsigned int line, struct sdboot_conf *conf, struct error *err)
{
	if (text_is(key, "timeout"))
		return take_timeout(conf, value);
	if (text_is(key, "editor"))
		return take_editor(conf, value);
	if (text_is(key, "default"))
		return take_pattern(guest, value, line, &conf->chosen,
			&conf->chosen_line, err);
	if (text_is(key, "preferred"))
		return take_pattern(guest, value, line, &conf->preferred,
			&conf->preferred_line, err);
	return 1;
}

int sdboot_read_conf(struct guest *guest, const char *path, struct text file,
	struct sdboot_conf *conf, struct error *err)
{
	struct bls_reader reader = bls_open(file, BLS_SYSTEMD);
	struct text key, value;
	int r;

	*conf = (struct sdboot_conf){
		.path = path,
		.style = MENU_STYLE_HIDDEN,
	};
	while (bls_next(&reader, &key, &value)) {
		r = take_line(guest, key, value, reader.line, conf, err);
		if (r < 0)
			return -1;
		if (r == 0)
			guest_note(guest, NOTE_WARNING,
				"%s: line %u: %.*s \"%.*s\" is ignored", path,
				reader.line, (int)key.len, key.at,
				value.len < SDBOOT_NAME_MAX ? (int)value.len
							    : SDBOOT_NAME_MAX,
				value.at);
	}
	return 0;
}

/* Go behind a "[...]" that begins at *at, if it has an end and holds c. */
static bool match_set(const char **at, char c)
{
	const char *set = *at + 1, *p = set;
	bool found = false, may_range = false;

	for (; *p != ']' || p == set; p++) {
		if (*p == '-' && may_range && p[1] != ']') {
			/* not by signs: these are bytes */
			unsigned char low = (unsigned char)p[-1], high;

			p++;
			if (*p == '\\')
				p++;
			high = (unsigned char)*p;
			if (low <= (unsigned char)c && (unsigned char)c <= high)
				found = true;
			may_range = false;
		} else {
			if (*p == '\\')
				p++;
			if (*p == c)
				found = true;
			may_range = true;
		}
		if (*p == '\0')
			return false;
	}
	*at = p + 1;
	return found;
}

/* Go behind what stands for one character, if it stands for c. */
static bool match_one(const char **at, char c)
{
	const char *p = *at;

	if (*p == '[')
		return match_set(at, c);
	if (*p == '\\')
		p++;
	else if (*p == '?')
		c = '?';
	if (*p == '\0' || *p != c)
		return false;
	*at = p + 1;
	return true;
}

/*
 * Only the last star seen is ever taken back: it takes no more steps than the
 * product of the lengths.
 */
bool sdboot_matches(const char *pattern, const char *id)
{
	const char *star = NULL, *resume = NULL;

	while (*id) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = id;
		} else if (match_one(&pattern, *id)) {
			id++;
		} else if (star) {
			pattern = star;
			id = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/*
 * What a pattern may be of: today's ids; those before systemd 259, of which
 * counters are a part; and those before 245, which have no suffix.  Guests have
 * patterns for each (Pop!_OS for the last, with a loader that takes them).
 */
static const char *id_of(const struct sdboot_entry *entry, int kind)
{
	const char *const ids[ID_KINDS] = { entry->id, entry->full_id,
		entry->bare_id };

	return ids[kind];
}

/* The first entry that a pattern means. */
static bool find_pattern(const struct sdboot *boot, const char *pattern,
	bool bad_too, size_t *index)
{
	const struct sdboot_entry *entry;
	const char *id;
	size_t i;
	int kind;

	for (kind = 0; kind < ID_KINDS; kind++)
		for (i = 0; i < boot->count; i++) {
			entry = boot->list[i];
			id = id_of(entry, kind);
			if (!id || (!bad_too && entry->tries_left == 0) ||
				!sdboot_matches(pattern, id))
				continue;
			*index = i;
			return true;
		}
	return false;
}

/* As GRUB names entries: by id, whose suffix may be missing, or by title. */
static bool find_name(
	const struct sdboot *boot, const char *name, size_t *index)
{
	const struct sdboot_entry *entry;
	size_t i, len = strlen(name);

	for (i = 0; i < boot->count; i++) {
		entry = boot->list[i];
		if (strncasecmp(entry->id, name, len) == 0 &&
			(entry->id[len] == '\0' ||
				strcmp(entry->id + len, BLS_SUFFIX) == 0)) {
			*index = i;
			return true;
		}
	}
	for (i = 0; i < boot->count; i++)
		if (boot->list[i]->title &&
			strcmp(boot->list[i]->title, name) == 0) {
			*index = i;
			return true;
		}
	return false;
}

/* What grub2-bls keeps in grubenv, in the order in which it counts. */
enum { ENV_NEXT, ENV_DEFAULT, ENV_SAVED, ENV_TIMEOUT, ENV_NAMES };
static const char *const env_names[ENV_NAMES] = { "next_entry", "default",
	"saved_entry", "timeout" };

static int read_env(struct guest *guest, struct device *esp, const char *path,
	const char *values[ENV_NAMES], struct error *err)
{
	struct scratch scratch;
	struct text block, name;
	const char *value;
	struct error why;
	size_t i;
	int r;

	if (guest_read_config(guest, esp, path, &block, &why) < 0 ||
		envblock_open(&block) < 0)
		return 0;
	scratch_init(&scratch, guest->arena);
	while ((r = envblock_next(&block, &name, &value, &scratch, err)) > 0)
		for (i = 0; i < ENV_NAMES; i++)
			if (text_is(name, env_names[i]) && value[0])
				values[i] = value;
	return r;
}

/*
 * Is systemd-boot itself there?  Then no GRUB is asked: a grubenv may have been
 * left by one that was replaced.
 */
static int has_systemd_boot(
	struct guest *guest, struct device *esp, struct error *err)
{
	const char *paths[EFI_PATHS_MAX];
	size_t i, count;

	if (efi_paths(guest, esp, "/EFI/systemd/*", FS_FILE, paths, &count,
		    err) < 0)
		return -1;
	for (i = 0; i < count; i++)
		if (strncasecmp(strrchr(paths[i], '/') + 1, "systemd-boot",
			    12) == 0)
			return 1;
	return 0;
}

static void use_env(struct sdboot *boot, const char *path,
	const char *const values[ENV_NAMES], bool *decided)
{
	struct menu *menu = &boot->menu;
	const char *timeout = values[ENV_TIMEOUT];
	size_t i;

	for (i = ENV_NEXT; i <= ENV_SAVED && !*decided; i++) {
		if (!values[i] || !find_name(boot, values[i], &menu->chosen))
			continue;
		*decided = true;
		if (i == ENV_NEXT)
			guest_note(boot->config->guest, NOTE_WARNING,
				"%s: next_entry would count once; it stays",
				path);
	}
	if (!timeout || menu->timeout != 0)
		return;
	if (strcmp(timeout, "-1") == 0)
		menu->timeout = MENU_TIMEOUT_NONE;
	else if (!take_seconds(text_of(timeout), &menu->timeout))
		return;
	menu->style = menu->timeout == 0 ? MENU_STYLE_HIDDEN : MENU_STYLE_MENU;
}

/* grub2-bls's own default and timeout, where the file for both is silent. */
static int ask_grub(struct sdboot *boot, const struct sdboot_conf *conf,
	struct device *esp, bool *decided, struct error *err)
{
	struct guest *guest = boot->config->guest;
	const char *paths[EFI_PATHS_MAX], *values[ENV_NAMES];
	size_t i, count;
	int r;

	if (*decided && conf->has_timeout)
		return 0;
	r = has_systemd_boot(guest, esp, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	if (efi_paths(guest, esp, "/EFI/*/grubenv", FS_FILE, paths, &count,
		    err) < 0)
		return -1;
	for (i = 0; i < count; i++) {
		memset(values, 0, sizeof(values));
		if (read_env(guest, esp, paths[i], values, err) < 0)
			return -1;
		if (conf->has_timeout)
			values[ENV_TIMEOUT] = NULL;
		use_env(boot, paths[i], values, decided);
	}
	return 0;
}

/* Tell why a line of loader.conf is not what decided. */
static void tell(struct sdboot *boot, const struct sdboot_conf *conf,
	const char *key, const char *pattern, unsigned int line)
{
	const char *why = "no entry has such an id";

	if (strcmp(pattern, "@saved") == 0)
		why = "only the guest's firmware knows what was booted last";
	else if (pattern == conf->preferred)
		why = "no entry has such an id and is not bad";
	guest_note(boot->config->guest, NOTE_WARNING,
		"%s: line %u: %s %.*s: %s; %s is taken", conf->path, line, key,
		SDBOOT_NAME_MAX, pattern, why,
		boot->list[boot->menu.chosen]->id);
}

int sdboot_choose(struct sdboot *boot, const struct sdboot_conf *conf,
	struct device *esp, struct error *err)
{
	struct menu *menu = &boot->menu;
	bool preferred, chosen, decided;

	menu->chosen = 0;
	menu->timeout = conf->timeout;
	menu->style = conf->style;
	preferred = conf->preferred &&
		find_pattern(boot, conf->preferred, false, &menu->chosen);
	chosen = !preferred && conf->chosen &&
		find_pattern(boot, conf->chosen, true, &menu->chosen);
	decided = preferred || chosen;
	if (esp && ask_grub(boot, conf, esp, &decided, err) < 0)
		return -1;
	if (boot->count == 0)
		return 0;
	if (conf->preferred && !preferred)
		tell(boot, conf, "preferred", conf->preferred,
			conf->preferred_line);
	if (conf->chosen && !preferred && !chosen)
		tell(boot, conf, "default", conf->chosen, conf->chosen_line);
	return 0;
}
