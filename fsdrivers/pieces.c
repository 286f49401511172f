/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/pieces.h"

#include <string.h>

void pieces_begin(struct pieces *pieces, uint64_t from, uint64_t to,
	fs_visit_extent *visit, void *ctx)
{
	*pieces = (struct pieces){
		.next = from,
		.to = to,
		.visit = visit,
		.ctx = ctx,
	};
}

static int flush(struct pieces *pieces, struct error *err)
{
	int r = 0;

	if (pieces->wait.len > 0)
		r = pieces->visit(pieces->ctx, &pieces->wait, err);
	pieces->wait.len = 0;
	pieces->stopped = r != 0;
	return r;
}

/* len bytes from next on: join them to those that wait, or let these wait. */
static int push(
	struct pieces *pieces, uint64_t vol, uint64_t len, struct error *err)
{
	struct fs_extent *wait = &pieces->wait;
	bool follows = vol == FS_HOLE
		? wait->vol == FS_HOLE
		: wait->vol != FS_HOLE && wait->vol + wait->len == vol;
	int r = 0;

	if (wait->len > 0 && follows) {
		wait->len += len;
	} else {
		r = flush(pieces, err);
		*wait = (struct fs_extent){ pieces->next, vol, len };
	}
	pieces->next += len;
	return r;
}

int pieces_add(struct pieces *pieces, uint64_t file, uint64_t vol, uint64_t len,
	struct error *err)
{
	uint64_t skip = file < pieces->next ? pieces->next - file : 0;
	int r = 0;

	if (skip >= len || file >= pieces->to)
		return 0;
	file += skip;
	len -= skip;
	if (vol != FS_HOLE)
		vol += skip;
	if (len > pieces->to - file)
		len = pieces->to - file;
	if (file > pieces->next)
		r = push(pieces, FS_HOLE, file - pieces->next, err);
	return r ? r : push(pieces, vol, len, err);
}

int pieces_end(struct pieces *pieces, struct error *err)
{
	int r = 0;

	if (pieces->next < pieces->to)
		r = push(pieces, FS_HOLE, pieces->to - pieces->next, err);
	return r ? r : flush(pieces, err);
}

int pieces_copy(void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct pieces_copy *copy = ctx;

	if (extent->vol == FS_HOLE)
		memset(copy->buf, 0, extent->len);
	else if (volume_read(copy->vol, extent->vol, copy->buf, extent->len,
			 err) < 0)
		return -1;
	copy->buf += extent->len;
	return 0;
}
