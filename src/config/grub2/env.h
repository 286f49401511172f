/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * env.h - the variables of a script
 *
 * A menu has its own set; a submenu's begins with what its parent exported.
 */
#ifndef CONFIG_GRUB2_ENV_H
#define CONFIG_GRUB2_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/text.h"
#include "src/config/grub2/scratch.h"

#define ENV_VARIABLES_MAX 4096 /* real files use fewer than 100 */
#define ENV_VALUE_MAX                                                          \
	(1U << 20) /* bytes; a configuration has at most 4 MiB                 \
		    */

struct variable {
	struct text name;
	uint32_t hash;
	bool set;
	bool exported;
	char *value; /* NUL-terminated; overwritten in place */
	size_t len;
	size_t capacity; /* bytes at value */
};

struct env {
	struct arena *arena;
	struct variable *list; /* in the order in which they were first set */
	size_t count;
	size_t capacity;
	uint16_t *slots; /* hash table of 1 + index into list; 0: empty */
	size_t slot_count;
};

/* What env_snapshot() keeps; lives in its scratch. */
struct env_snapshot {
	struct variable *list;
	size_t count;
};

int env_open(struct env *env, struct arena *arena, struct error *err);

/* Add what another set exports: the beginning of a submenu. */
int env_inherit(struct env *env, const struct env *outer, struct error *err);

/* Add all that another set has: the same for Fedora's GRUB. */
int env_inherit_all(
	struct env *env, const struct env *outer, struct error *err);

/* The value, or NULL; valid until the variable is set again. */
const char *env_get(const struct env *env, struct text name);

/* The same for a name in C, with "" instead of NULL. */
const char *env_value(const struct env *env, const char *name);

/* ERR_LIMIT names the limit that was passed.  The value is copied. */
int env_set(struct env *env, struct text name, struct text value,
	struct error *err);
int env_put(struct env *env, const char *name, const char *value,
	struct error *err);
void env_unset(struct env *env, struct text name);
int env_export(struct env *env, struct text name, struct error *err);

/* Remember all of it, and go back to that. */
int env_snapshot(const struct env *env, struct env_snapshot *snapshot,
	struct scratch *scratch, struct error *err);
void env_restore(struct env *env, const struct env_snapshot *snapshot);

#endif
