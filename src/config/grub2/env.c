/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/env.h"

#include <string.h>

#define FIRST_SLOTS 128 /* a power of two; doubled when half full */
#define FIRST_VALUE 32  /* bytes; doubled as the value grows */

static uint32_t hash_of(struct text name)
{
	uint32_t hash = 2166136261U; /* FNV-1a */
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.at[i]) * 16777619U;
	return hash;
}

int env_open(struct env *env, struct arena *arena, struct error *err)
{
	*env = (struct env){ .arena = arena, .slot_count = FIRST_SLOTS };
	env->slots = arena_array(arena, FIRST_SLOTS, sizeof(*env->slots), err);
	return env->slots ? 0 : -1;
}

/* The slot of a name, or the empty one where it belongs. */
static uint16_t *slot_of(const struct env *env, struct text name, uint32_t hash)
{
	const struct variable *var;
	size_t i = hash & (env->slot_count - 1);

	/* Ends, because at most half of the slots are in use. */
	for (; env->slots[i]; i = (i + 1) & (env->slot_count - 1)) {
		var = &env->list[env->slots[i] - 1];
		if (var->hash == hash && var->name.len == name.len &&
			memcmp(var->name.at, name.at, name.len) == 0)
			break;
	}
	return &env->slots[i];
}

static struct variable *find(const struct env *env, struct text name)
{
	uint16_t slot = *slot_of(env, name, hash_of(name));

	return slot ? &env->list[slot - 1] : NULL;
}

const char *env_get(const struct env *env, struct text name)
{
	const struct variable *var = find(env, name);

	return var && var->set ? var->value : NULL;
}

const char *env_value(const struct env *env, const char *name)
{
	const char *value = env_get(env, text_of(name));

	return value ? value : "";
}

static int grow_slots(struct env *env, struct error *err)
{
	size_t i, count = env->slot_count * 2;
	uint16_t *slots = arena_array(env->arena, count, sizeof(*slots), err);

	if (!slots)
		return -1;
	env->slots = slots;
	env->slot_count = count;
	for (i = 0; i < env->count; i++)
		*slot_of(env, env->list[i].name, env->list[i].hash) =
			(uint16_t)(i + 1);
	return 0;
}

/* The variable of that name, made if it is not there. */
static struct variable *obtain(
	struct env *env, struct text name, struct error *err)
{
	uint32_t hash = hash_of(name);
	uint16_t *slot = slot_of(env, name, hash);
	struct variable *list;
	const char *copy;

	if (*slot)
		return &env->list[*slot - 1];
	if (env->count == ENV_VARIABLES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d variables",
			ENV_VARIABLES_MAX);
		return NULL;
	}
	copy = arena_strndup(env->arena, name.at, name.len, err);
	list = arena_grow(env->arena, env->list, env->count, &env->capacity,
		sizeof(*list), err);
	if (!copy || !list)
		return NULL;
	env->list = list;
	list[env->count] = (struct variable){
		.name = { copy, name.len },
		.hash = hash,
	};
	*slot = (uint16_t)++env->count;
	if (env->count * 2 > env->slot_count && grow_slots(env, err) < 0)
		return NULL;
	return &list[env->count - 1];
}

static int assign(struct env *env, struct variable *var, struct text value,
	struct error *err)
{
	size_t capacity = FIRST_VALUE;
	char *buf;

	if (value.len > ENV_VALUE_MAX)
		return error_set(err, ERR_LIMIT,
			"a variable of more than %u bytes", ENV_VALUE_MAX);
	if (value.len >= var->capacity) {
		while (capacity <= value.len)
			capacity *= 2;
		buf = arena_alloc(env->arena, capacity, err);
		if (!buf)
			return -1;
		var->value = buf;
		var->capacity = capacity;
	}
	/* the value may come from this very variable */
	memmove(var->value, value.at, value.len);
	var->value[value.len] = '\0';
	var->len = value.len;
	var->set = true;
	return 0;
}

int env_set(
	struct env *env, struct text name, struct text value, struct error *err)
{
	struct variable *var = obtain(env, name, err);

	if (!var)
		return -1;
	/* GRUB keeps the name of the root device without its parentheses. */
	if (text_is(name, "root") && value.len >= 2 && value.at[0] == '(' &&
		value.at[value.len - 1] == ')')
		value = (struct text){ value.at + 1, value.len - 2 };
	return assign(env, var, value, err);
}

int env_put(
	struct env *env, const char *name, const char *value, struct error *err)
{
	return env_set(env, text_of(name), text_of(value), err);
}

void env_unset(struct env *env, struct text name)
{
	struct variable *var = find(env, name);

	if (var)
		var->set = var->exported = false;
}

int env_export(struct env *env, struct text name, struct error *err)
{
	struct variable *var = obtain(env, name, err);

	if (!var)
		return -1;
	var->exported = true;
	return var->set ? 0 : assign(env, var, (struct text){ "", 0 }, err);
}

static int inherit(
	struct env *env, const struct env *outer, bool all, struct error *err)
{
	const struct variable *var;
	struct text value;
	size_t i;

	for (i = 0; i < outer->count; i++) {
		var = &outer->list[i];
		value = (struct text){ var->value, var->len };
		if (!var->set || !(all || var->exported))
			continue;
		if (env_set(env, var->name, value, err) < 0 ||
			(var->exported && env_export(env, var->name, err) < 0))
			return -1;
	}
	return 0;
}

int env_inherit(struct env *env, const struct env *outer, struct error *err)
{
	return inherit(env, outer, false, err);
}

int env_inherit_all(struct env *env, const struct env *outer, struct error *err)
{
	return inherit(env, outer, true, err);
}

int env_snapshot(const struct env *env, struct env_snapshot *snapshot,
	struct scratch *scratch, struct error *err)
{
	struct variable *var;
	size_t i;

	snapshot->count = env->count;
	snapshot->list = scratch_alloc(
		scratch, (env->count + 1) * sizeof(*snapshot->list), err);
	if (!snapshot->list)
		return -1;
	for (i = 0; i < env->count; i++) {
		var = &snapshot->list[i];
		*var = env->list[i];
		if (!var->set)
			continue;
		var->value =
			scratch_strndup(scratch, var->value, var->len, err);
		if (!var->value)
			return -1;
	}
	return 0;
}

void env_restore(struct env *env, const struct env_snapshot *snapshot)
{
	const struct variable *was;
	struct variable *var;
	size_t i;

	for (i = 0; i < env->count; i++) {
		var = &env->list[i];
		if (i >= snapshot->count) {
			var->set = var->exported = false;
			continue;
		}
		was = &snapshot->list[i];
		var->set = was->set;
		var->exported = was->exported;
		var->len = was->len;
		/* capacity never shrinks, so the old value fits */
		if (was->set)
			memcpy(var->value, was->value, was->len + 1);
	}
}
