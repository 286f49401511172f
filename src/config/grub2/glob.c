/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glob.c - wildcards in paths, as GRUB's regexp module expands them
 *
 * Only * and ? count, a name that begins with a dot matches too, and the
 * files come in the order of their directory.  In front of the first slash it
 * is devices that match, with their parentheses.  A pattern that matches
 * nothing stays as it is.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/grub2/expand.h"
#include "src/config/grub2/path.h"

/* One expansion. */
struct glob {
	struct eval *eval;
	const char *pattern;
	const size_t *wild;
	size_t wild_count;
	struct args *args; /* gets the results */
};

/* Names that one directory gave, to be followed when it is closed. */
struct glob_name {
	struct glob_name *next;
	char name[FS_NAME_MAX + 1];
};

struct listing {
	struct glob *glob;
	size_t start, end; /* of the component in the pattern */
	struct glob_name *first, **tail;
};

static bool is_wild(const struct glob *glob, size_t offset)
{
	size_t i;

	for (i = 0; i < glob->wild_count; i++)
		if (glob->wild[i] == offset)
			return true;
	return false;
}

/*
 * Does a component of the pattern match the name?  Only the last star seen is
 * ever taken back, so this takes len(pattern) * len(name) steps at most.
 */
static bool matches(
	const struct glob *glob, size_t at, size_t end, const char *name)
{
	size_t star = end, resume = 0, i = 0;

	while (name[i]) {
		if (at < end && is_wild(glob, at) && glob->pattern[at] == '*') {
			star = at++;
			resume = i;
		} else if (at < end &&
			(is_wild(glob, at) || glob->pattern[at] == name[i])) {
			at++;
			i++;
		} else if (star < end) {
			at = star + 1;
			i = ++resume;
		} else {
			return false;
		}
	}
	while (at < end && is_wild(glob, at) && glob->pattern[at] == '*')
		at++;
	return at == end;
}

static int list_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct listing *listing = ctx;
	struct eval *eval = listing->glob->eval;
	size_t len = strlen(name);
	struct glob_name *found;

	(void)node;
	if (eval_spend(eval, 0, len + listing->end - listing->start, err) < 0)
		return -1;
	if (!matches(listing->glob, listing->start, listing->end, name))
		return 0;
	found = scratch_alloc(&eval->scratch,
		offsetof(struct glob_name, name) + len + 1, err);
	if (!found)
		return -1;
	memcpy(found->name, name, len + 1);
	found->next = NULL;
	*listing->tail = found;
	listing->tail = &found->next;
	return 0;
}

static int expand_from(
	struct glob *glob, size_t at, const char *before, struct error *err);

/* before + name + what of the pattern follows without wildcards. */
static int follow_names(struct glob *glob, const struct listing *listing,
	const char *before, struct error *err)
{
	size_t lead = strlen(before), len;
	const struct glob_name *name;
	char *path;

	for (name = listing->first; name; name = name->next) {
		len = strlen(name->name);
		path = scratch_alloc(&glob->eval->scratch, lead + len + 1, err);
		if (!path)
			return -1;
		memcpy(path, before, lead);
		memcpy(path + lead, name->name, len + 1);
		if (expand_from(glob, listing->end, path, err) < 0)
			return -1;
	}
	return 0;
}

/* The next component that has a wildcard, from at on: false if there is none */
static bool next_component(
	const struct glob *glob, size_t at, size_t *start, size_t *end)
{
	size_t i, first = strlen(glob->pattern);

	for (i = 0; i < glob->wild_count; i++)
		if (glob->wild[i] >= at && glob->wild[i] < first)
			first = glob->wild[i];
	*start = first;
	while (*start > at && glob->pattern[*start - 1] != '/')
		(*start)--;
	*end = first + strcspn(glob->pattern + first, "/");
	return glob->pattern[first] != '\0';
}

static char *join(struct glob *glob, const char *before, size_t from, size_t to,
	struct error *err)
{
	size_t lead = strlen(before);
	char *path =
		scratch_alloc(&glob->eval->scratch, lead + to - from + 1, err);

	if (!path)
		return NULL;
	memcpy(path, before, lead);
	memcpy(path + lead, glob->pattern + from, to - from);
	path[lead + to - from] = '\0';
	return path;
}

/*
 * Expand the pattern from at on, behind a path that is there.  Recursion ends
 * because each level uses up one of at most EXPAND_WILDCARDS_MAX wildcards.
 */
static int expand_from(
	struct glob *glob, size_t at, const char *before, struct error *err)
{
	struct listing listing = { .glob = glob };
	bool wild = next_component(glob, at, &listing.start, &listing.end);
	size_t to = wild ? listing.start : strlen(glob->pattern);
	char *path = join(glob, before, at, to, err);
	struct fs_node node;
	struct fs *fs;
	int found;

	if (!path)
		return -1;
	found = path_find(glob->eval, path, &fs, &node, err);
	if (found <= 0)
		return found;
	if (!wild && node.type != FS_DIR && path[strlen(path) - 1] == '/')
		return 0;
	if (!wild)
		return args_add(glob->eval, glob->args, path, err);
	if (node.type != FS_DIR)
		return 0;
	listing.tail = &listing.first;
	error_clear(&glob->eval->why);
	if (fs_readdir(fs, &node, list_name, &listing, &glob->eval->why) < 0) {
		/* a directory that cannot be read has no files to match */
		return eval_go_on(glob->eval, err);
	}
	return follow_names(glob, &listing, path, err);
}

/* The devices that match, and below them what does.  end: of their pattern. */
static int expand_devices(struct glob *glob, size_t end, struct error *err)
{
	struct devices *devices = glob->eval->guest->devices;
	const bool alone = glob->pattern[end] == '\0';
	char shown[DEVICE_NAME_SIZE + 2];
	const struct device *dev;
	const char *name;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && (dev = devices_get(devices, i)) != NULL; i++) {
		/* "*" means disks, "(*)" partitions, too */
		if (glob->pattern[0] != '(' && strchr(dev->grub, ','))
			continue;
		if (eval_spend(glob->eval, 1, end, err) < 0)
			return -1;
		snprintf(shown, sizeof(shown), "(%s)", dev->grub);
		if (!matches(glob, 0, end, shown))
			continue;
		name = scratch_strndup(
			&glob->eval->scratch, shown, strlen(shown), err);
		if (!name)
			return -1;
		r = alone ? args_add(glob->eval, glob->args, name, err)
			  : expand_from(glob, end, name, err);
	}
	return r;
}

int glob_expand(struct eval *eval, const char *pattern, const size_t *wild,
	size_t wild_count, struct args *args, struct error *err)
{
	struct glob glob = { eval, pattern, wild, wild_count, args };
	const size_t before = args->count, end = strcspn(pattern, "/");
	int r = 0;

	if (wild[0] < end)
		r = expand_devices(&glob, end, err);
	else if (pattern[0] == '/' || pattern[0] == '(')
		r = expand_from(&glob, 0, "", err);
	/* cppcheck-suppress duplicateExpression ; args grew in between */
	return r < 0 ? -1 : (int)(args->count - before);
}
