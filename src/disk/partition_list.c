/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/partition_list.h"

#include <stdarg.h>
#include <stdio.h>

#include "src/base/checked.h"

int partition_list_add(struct partition_list *list,
	const struct partition *part, struct error *err)
{
	struct partition_table *table = list->table;
	struct partition *rows;

	if (table->count >= PARTITIONS_MAX)
		return error_set(err, ERR_LIMIT,
			"partition table: more than %d partitions",
			PARTITIONS_MAX);
	rows = arena_grow(list->arena, table->list, table->count,
		&list->capacity, sizeof(*rows), err);
	if (!rows)
		return -1;
	rows[table->count++] = *part;
	table->list = rows;
	return 0;
}

bool partition_list_place(struct partition_list *list, struct partition *part,
	uint64_t first, uint64_t sectors)
{
	uint64_t start, size, end;

	if (!mul_u64(first, list->disk->sector_size, &start) ||
		!mul_u64(sectors, list->disk->sector_size, &size) ||
		!add_u64(start, size, &end)) {
		partition_list_damage(list,
			"partition %u lies beyond what 64 bits can count",
			part->number);
		return false;
	}
	part->start = start;
	part->size = size;
	return true;
}

void partition_list_damage(struct partition_list *list, const char *fmt, ...)
{
	char *damage = list->table->damage;
	va_list ap;

	if (damage[0])
		return;
	va_start(ap, fmt);
	vsnprintf(damage, sizeof(list->table->damage), fmt, ap);
	va_end(ap);
}
