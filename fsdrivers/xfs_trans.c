/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_trans.c - the transactions in the log's records
 *
 * A record holds operations of several transactions.  Each of these begins with
 * a mark, has a header and regions of items, and counts if it ends with its
 * commit.  A region that does not fit is continued in the next record.
 *
 * A transaction can have many megabytes, so it is not gathered: we note where
 * it begins, and read it as often as it is asked for.
 */
#include "fsdrivers/xfs_log.h"

#include <inttypes.h>
#include <string.h>

#define CLIENT_TRANSACTION 0x69
#define CLIENT_LOG 0xaa

#define FLAG_START 0x01
#define FLAG_COMMIT 0x02
#define FLAG_CONTINUED 0x08 /* goes on with the region before */

#define HEADER_MAGIC 0x5452414e /* "TRAN" */
#define HEADER_SIZE 16          /* bytes */

/* Linux before 3.x had one for each task that was at work. */
#define OPEN_MAX 64

struct op_head {
	be32 id;
	be32 len;
	uint8_t client;
	uint8_t flags;
	be16 unused;
};

_Static_assert(sizeof(struct op_head) == 12, "as the format has it");

struct op {
	uint32_t id;
	unsigned int flags;
	struct bytes data;
};

/* The operation there: 1, or 0 behind the last.  *place moves behind it. */
static int next_op(struct xfs_log *log, struct xfs_op_place *place,
	struct op *op, struct error *err)
{
	const struct op_head *head;
	struct bytes all;

	for (;; *place = (struct xfs_op_place){ place->record + 1, 0, 0 }) {
		if (place->record == log->count)
			return 0;
		if (xfs_log_load(log, place->record, err) < 0)
			return -1;
		if (place->off < log->len && place->ops < log->ops)
			break;
	}
	all = (struct bytes){ log->data, log->len };
	head = bytes_at(all, place->off, sizeof(*head));
	if (!head ||
		(head->client != CLIENT_TRANSACTION &&
			head->client != CLIENT_LOG) ||
		!bytes_at(all, place->off + sizeof(*head), be32_get(head->len)))
		return error_set(err, ERR_CORRUPT,
			"sector %" PRIu32 ": damaged operation at 0x%" PRIx32,
			log->records[place->record].at, place->off);
	op->id = be32_get(head->id);
	op->flags = head->flags;
	op->data =
		bytes_sub(all, place->off + sizeof(*head), be32_get(head->len));
	place->off += (uint32_t)sizeof(*head) + be32_get(head->len);
	place->ops++;
	return 1;
}

static int add_found(struct xfs_log *log, struct xfs_trans_list *found,
	const struct xfs_trans *trans, struct error *err)
{
	struct xfs_trans *list = arena_grow(log->arena, found->list,
		found->count, &found->capacity, sizeof(*list), err);

	if (!list)
		return -1;
	found->list = list;
	list[found->count++] = *trans;
	return 0;
}

int xfs_trans_find(
	struct xfs_log *log, struct xfs_trans_list *found, struct error *err)
{
	struct xfs_trans open[OPEN_MAX];
	struct xfs_op_place place = { 0, 0, 0 };
	size_t count = 0, i;
	struct op op;
	int r;

	while ((r = next_op(log, &place, &op, err)) == 1) {
		for (i = 0; i < count && open[i].id != op.id;)
			i++;
		if (i < count && (op.flags & FLAG_COMMIT)) {
			if (add_found(log, found, &open[i], err) < 0)
				return -1;
			open[i] = open[--count];
		} else if (i < count && (op.flags & FLAG_START)) {
			return error_set(err, ERR_CORRUPT,
				"transaction 0x%" PRIx32 " begins twice",
				op.id);
		} else if (i == count && (op.flags & FLAG_START)) {
			if (count == OPEN_MAX)
				return error_set(err, ERR_LIMIT,
					"more than %d transactions at a time",
					OPEN_MAX);
			open[count++] = (struct xfs_trans){
				op.id,
				log->lsn,
				place,
			};
		}
	}
	return r;
}

/* An item that is being put together. */
struct assembly {
	struct xfs_item item;
	size_t header; /* bytes of the transaction's that were seen */
	uint8_t magic[HEADER_SIZE];
	size_t used;
	uint8_t *data; /* XFS_ITEM_MAX bytes */
	xfs_visit_item *visit;
	void *ctx;
};

static int add_header(
	struct assembly *assembly, struct bytes data, struct error *err)
{
	const le32 *magic = (const void *)assembly->magic;

	if (data.len > HEADER_SIZE - assembly->header)
		return error_set(
			err, ERR_CORRUPT, "a transaction without header");
	memcpy(assembly->magic + assembly->header, data.data, data.len);
	assembly->header += data.len;
	if (assembly->header == HEADER_SIZE && le32_get(*magic) != HEADER_MAGIC)
		return error_set(
			err, ERR_CORRUPT, "a transaction without header");
	return 0;
}

static int finish_item(struct assembly *assembly, struct error *err)
{
	struct xfs_item *item = &assembly->item;
	int r = 0;

	if (item->count != item->total)
		return error_set(err, ERR_CORRUPT,
			"an item of %u regions has %u", item->total,
			item->count);
	if (item->total > 0)
		r = assembly->visit(assembly->ctx, item, err);
	item->total = item->count = 0;
	assembly->used = 0;
	return r;
}

/* The first region of an item says how many it has. */
static int start_item(
	struct xfs_item *item, struct bytes data, struct error *err)
{
	const struct {
		le16 type;
		le16 total;
	} *head = bytes_at(data, 0, sizeof(*head));

	if (!head || le16_get(head->total) == 0 ||
		le16_get(head->total) > XFS_REGIONS_MAX)
		return error_set(err, ERR_CORRUPT, "an item of no regions");
	item->type = le16_get(head->type);
	item->total = le16_get(head->total);
	return 0;
}

static int add_region(
	struct assembly *assembly, const struct op *op, struct error *err)
{
	struct xfs_item *item = &assembly->item;
	bool continued = op->flags & FLAG_CONTINUED;

	if (op->data.len == 0)
		return 0;
	if (assembly->header < HEADER_SIZE)
		return add_header(assembly, op->data, err);
	if (continued && item->count == 0)
		return error_set(err, ERR_CORRUPT, "the rest of no region");
	if (!continued && item->count == item->total &&
		(finish_item(assembly, err) < 0 ||
			start_item(item, op->data, err) < 0))
		return -1;
	if (op->data.len > XFS_ITEM_MAX - assembly->used)
		return error_set(err, ERR_LIMIT,
			"an item of more than %zu bytes", XFS_ITEM_MAX);
	if (!continued)
		item->region[item->count++] = (struct bytes){
			assembly->data + assembly->used,
			0,
		};
	memcpy(assembly->data + assembly->used, op->data.data, op->data.len);
	item->region[item->count - 1].len += op->data.len;
	assembly->used += op->data.len;
	return 0;
}

int xfs_trans_items(struct xfs_log *log, const struct xfs_trans *trans,
	xfs_visit_item *visit, void *ctx, struct error *err)
{
	struct assembly assembly = {
		.data = log->item,
		.visit = visit,
		.ctx = ctx,
	};
	struct xfs_op_place place = trans->start;
	struct op op;
	int r;

	while ((r = next_op(log, &place, &op, err)) == 1) {
		if (op.id != trans->id)
			continue;
		if (op.flags & FLAG_COMMIT)
			return finish_item(&assembly, err);
		if (add_region(&assembly, &op, err) < 0)
			return -1;
	}
	return r < 0 ? -1
		     : error_set(err, ERR_CORRUPT, "changed while it was read");
}
