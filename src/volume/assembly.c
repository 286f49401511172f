/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/volume/assembly.h"

#include "src/volume/lvm.h"
#include "src/volume/md.h"

int assembly_look(struct assembler *assembly, struct volume *vol, void *owner,
	enum assembly_look look, struct error *err)
{
	int r = md_look(assembly, vol, owner, look, err);

	return r == 0 ? lvm_look(assembly, vol, owner, err) : r;
}

int assembly_make(struct assembler *assembly, enum assembly_kinds kinds,
	bool incomplete, struct error *err)
{
	size_t before = assembly->made_count;

	if (md_make(assembly, incomplete, err) < 0)
		return -1;
	/* what an array holds may be what the group lacks */
	if (assembly->made_count > before || kinds == MAKE_ARRAYS)
		return 0;
	return lvm_make(assembly, incomplete, err);
}

struct made *assembly_add(
	struct assembler *assembly, size_t owners, struct error *err)
{
	struct made *made, **list;

	if (assembly->made_count == ASSEMBLY_MADE_MAX) {
		error_set(err, ERR_LIMIT,
			"more than %d logical volumes and arrays",
			ASSEMBLY_MADE_MAX);
		return NULL;
	}
	list = arena_grow(assembly->arena, assembly->made, assembly->made_count,
		&assembly->made_capacity, sizeof(*list), err);
	if (!list)
		return NULL;
	assembly->made = list;
	made = arena_alloc(assembly->arena, sizeof(*made), err);
	if (!made)
		return NULL;
	made->owners = arena_array(
		assembly->arena, owners, sizeof(*made->owners), err);
	if (!made->owners)
		return NULL;
	assembly->made[assembly->made_count++] = made;
	return made;
}
