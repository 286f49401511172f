/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/nbd_disk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/disk/nbd_load.h"
#include "src/disk/volume.h"

/* One request: large enough that asking costs nothing, and libnbd takes it. */
#define REQUEST_MAX (1U << 20)

/* The specification: what a server may ask requests to be multiples of. */
#define BLOCK_MAX (64U << 10)

/* libnbd's numbers of the sizes a server tells */
enum { SIZE_MINIMUM = 0, SIZE_MAXIMUM = 2 };

struct nbd_disk {
	struct volume vol; /* what the disk is made of */
	const struct nbd_library *lib;
	struct nbd_handle *handle;
	uint32_t block;   /* bytes; all requests are multiples of it */
	uint32_t request; /* bytes: the longest, a multiple of block */
	uint8_t *data;    /* one block; NULL: block is 1 */
	bool lost;        /* the connection broke, for the reason in why */
	struct error why;
};

static int fail(
	const struct nbd_disk *nbd, enum error_code code, struct error *err)
{
	const char *text = nbd->lib->nbd_get_error();

	return error_set(err, code, "%s", text ? text : "unknown error");
}

struct nbd_disk *nbd_disk_new(const char *export, struct error *err)
{
	const struct nbd_library *lib = nbd_load(err);
	struct nbd_disk *nbd = lib ? calloc(1, sizeof(*nbd)) : NULL;

	if (!nbd) {
		if (lib)
			error_set(err, ERR_LIMIT, "out of memory");
		return NULL;
	}
	nbd->lib = lib;
	nbd->handle = lib->nbd_create();
	/* plain replies: all we need, and the least that could go wrong */
	if (nbd->handle && lib->nbd_set_export_name(nbd->handle, export) == 0 &&
		lib->nbd_set_request_structured_replies(nbd->handle, false) ==
			0)
		return nbd;
	/* the handle is left to the end of the process, which is near */
	fail(nbd, ERR_SYSTEM, err);
	free(nbd);
	return NULL;
}

static int read_piece(struct nbd_disk *nbd, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	if (!nbd->lost &&
		nbd->lib->nbd_pread(nbd->handle, buf, len, off, 0) == 0)
		return 0;
	if (!nbd->lost) {
		fail(nbd, ERR_IO, &nbd->why);
		nbd->lost = nbd->lib->nbd_aio_is_dead(nbd->handle) != 0;
	}
	*err = nbd->why;
	return error_in(err, "reading %zu bytes at 0x%" PRIx64, len, off);
}

/* Less than a block, or not on its boundary: by way of the whole block. */
static int read_part(struct nbd_disk *nbd, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	size_t skip = off % nbd->block;

	if (read_piece(nbd, off - skip, nbd->data, nbd->block, err) < 0)
		return -1;
	memcpy(buf, nbd->data + skip, len);
	return 0;
}

static int read_nbd(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct nbd_disk *nbd = vol->priv;
	uint8_t *to = buf;
	size_t skip, part;
	int r;

	for (; len > 0; to += part, off += part, len -= part) {
		skip = off % nbd->block;
		if (skip > 0 || len < nbd->block) {
			part = nbd->block - skip;
			if (part > len)
				part = len;
			r = read_part(nbd, off, to, part, err);
		} else {
			part = len - len % nbd->block;
			if (part > nbd->request)
				part = nbd->request;
			r = read_piece(nbd, off, to, part, err);
		}
		if (r < 0)
			return -1;
	}
	return 0;
}

/* What the server says of the requests that it takes; 0 or less: nothing. */
static int take_sizes(struct nbd_disk *nbd, struct error *err)
{
	int64_t least = nbd->lib->nbd_get_block_size(nbd->handle, SIZE_MINIMUM);
	int64_t most = nbd->lib->nbd_get_block_size(nbd->handle, SIZE_MAXIMUM);

	if (least < 1)
		least = 1;
	if (most < 1 || most > REQUEST_MAX)
		most = REQUEST_MAX;
	if (least > BLOCK_MAX || (least & (least - 1)) || most < least)
		return error_set(err, ERR_CORRUPT,
			"the server asks for requests of %" PRId64
			" to %" PRId64 " bytes",
			least, most);
	nbd->block = (uint32_t)least;
	nbd->request = (uint32_t)(most - most % least);
	if (nbd->block == 1)
		return 0;
	nbd->data = malloc(nbd->block);
	return nbd->data ? 0 : error_set(err, ERR_LIMIT, "out of memory");
}

int nbd_disk_connect(
	struct nbd_disk *nbd, int socket, struct disk *disk, struct error *err)
{
	int64_t size;

	if (nbd->lib->nbd_connect_socket(nbd->handle, socket) < 0)
		return fail(nbd, ERR_IO, err);
	size = nbd->lib->nbd_get_size(nbd->handle);
	if (size < 0 && nbd->lib->nbd_get_error())
		return fail(nbd, ERR_IO, err);
	/* the library gives what the server says, with a sign */
	if (size < 0)
		return error_set(err, ERR_LIMIT, "has 2^63 bytes or more");
	if (take_sizes(nbd, err) < 0)
		return -1;
	/* a rest that is no whole block cannot be asked for */
	nbd->vol = (struct volume){
		.size = (uint64_t)size - (uint64_t)size % nbd->block,
		.priv = nbd,
		.read = read_nbd,
	};
	if (nbd->vol.size == 0)
		return error_set(err, ERR_SYSTEM, "is empty");
	disk_over(disk, &nbd->vol, disk->name, disk->index);
	return 0;
}
