/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "src/base/checked.h"

/*
 * Pieces below this are gathered in the buffer and written together: for
 * small pieces a call costs more than the copy (performance.md).
 */
#define GATHER_MAX (32U << 10)
#define BUFFER_SIZE (256U << 10)

/* Pieces whose pages are asked for before the first of them is copied. */
#define AHEAD 256

/* Members of an array that take turns, each of which is asked for at once. */
#define TURNS 8

/* How the host copies between this disk and this output: best way first. */
enum way { WAY_COPY_FILE_RANGE, WAY_SENDFILE, WAY_BUFFER };

/* What is copied, and what it is padded with. */
struct source {
	struct fs *fs; /* NULL: it is bytes */
	struct fs_node node;
	const uint8_t *bytes;
	uint64_t begin; /* of the part, bytes into the file */
	uint64_t end;   /* behind its last byte */
	size_t padding; /* bytes, below the alignment */
};

struct copy {
	const struct source *source; /* what is being copied */
	int out;
	enum way way;
	struct volume_run ahead[AHEAD];
	size_t ahead_count;
	uint8_t *buf;
	size_t fill; /* bytes gathered in buf */
};

static int write_all(
	struct copy *copy, const uint8_t *from, size_t len, struct error *err)
{
	ssize_t n;

	while (len > 0) {
		n = write(copy->out, from, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "writing the copy");
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

static int flush(struct copy *copy, struct error *err)
{
	size_t len = copy->fill;

	copy->fill = 0;
	return write_all(copy, copy->buf, len, err);
}

/* Room for len bytes in the buffer, which is flushed if there is none. */
static int make_room(struct copy *copy, size_t len, struct error *err)
{
	return len > BUFFER_SIZE - copy->fill ? flush(copy, err) : 0;
}

static int disk_ended(uint64_t pos, struct error *err)
{
	return error_set(err, ERR_IO,
		"the disk ends at 0x%" PRIx64 " while it is copied", pos);
}

/* Through the buffer, whatever the length. */
static int copy_buffered(
	struct copy *copy, const struct volume_run *run, struct error *err)
{
	uint64_t done = 0;
	size_t want;
	ssize_t n;

	while (done < run->len) {
		if (make_room(copy, 1, err) < 0)
			return -1;
		want = BUFFER_SIZE - copy->fill;
		if (want > run->len - done)
			want = (size_t)(run->len - done);
		n = pread(run->fd, copy->buf + copy->fill, want,
			(off_t)(run->pos + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERR_IO,
				"reading at 0x%" PRIx64 ": %s", run->pos + done,
				strerror(errno));
		if (n == 0)
			return disk_ended(run->pos + done, err);
		copy->fill += (size_t)n;
		done += (size_t)n;
	}
	return 0;
}

/* One call of the kernel's; bytes copied, or -1 with errno. */
static ssize_t kernel_copy(struct copy *copy, int fd, off_t *pos, size_t len)
{
	if (copy->way == WAY_COPY_FILE_RANGE)
		return copy_file_range(fd, pos, copy->out, NULL, len, 0);
	return sendfile(copy->out, fd, pos, len);
}

/* Does this errno mean "not between these two", so that another way may? */
static bool cannot(int reason)
{
	return reason == EXDEV || reason == EINVAL || reason == ENOSYS ||
		reason == EOPNOTSUPP || reason == ETXTBSY || reason == EBADF;
}

/* Let the kernel copy; what is left of run when it cannot is for the caller. */
static int copy_by_kernel(
	struct copy *copy, struct volume_run *run, struct error *err)
{
	off_t pos = (off_t)run->pos;
	ssize_t n;

	while (run->len > 0 && copy->way != WAY_BUFFER) {
		/* one call moves at most 2 GiB; run->len may be more */
		n = kernel_copy(copy, run->fd, &pos,
			run->len > (1U << 30) ? 1U << 30 : (size_t)run->len);
		if (n < 0 && errno == EINTR)
			continue;
		/* some file systems copy nothing where they cannot */
		if (n == 0 || (n < 0 && cannot(errno))) {
			copy->way++;
			continue;
		}
		if (n < 0 && errno == EIO)
			return error_errno(
				err, "reading at 0x%" PRIx64, (uint64_t)pos);
		if (n < 0)
			return error_errno(err, "writing the copy");
		run->pos = (uint64_t)pos;
		run->len -= (size_t)n;
	}
	return 0;
}

static int fill_hole(struct copy *copy, size_t len, struct error *err)
{
	if (make_room(copy, len, err) < 0)
		return -1;
	memset(copy->buf + copy->fill, 0, len);
	copy->fill += len;
	return 0;
}

/*
 * A hole is skipped, so that it stays one where the host can do that.  A small
 * one is as dear as a small piece, and is gathered as zeros.
 */
static int skip_hole(struct copy *copy, uint64_t len, struct error *err)
{
	static const uint8_t zero;

	if (len < GATHER_MAX)
		return fill_hole(copy, (size_t)len, err);
	if (flush(copy, err) < 0)
		return -1;
	if (lseek(copy->out, (off_t)(len - 1), SEEK_CUR) < 0)
		return error_errno(err, "seeking in the copy");
	return write_all(copy, &zero, 1, err);
}

static int copy_run(
	struct copy *copy, struct volume_run *run, struct error *err)
{
	if (run->fd < 0)
		return skip_hole(copy, run->len, err);
	if (run->len < GATHER_MAX)
		return copy_buffered(copy, run, err);
	if (flush(copy, err) < 0 || copy_by_kernel(copy, run, err) < 0)
		return -1;
	return run->len > 0 ? copy_buffered(copy, run, err) : 0;
}

/* Is it cheaper to ask for what is between them, too? */
static bool is_near(const struct volume_run *run, const struct volume_run *next)
{
	return run->fd == next->fd && next->pos >= run->pos + run->len &&
		next->pos - (run->pos + run->len) < GATHER_MAX;
}

static void ask(const struct volume_run *run)
{
	if (run->fd >= 0)
		posix_fadvise(run->fd, (off_t)run->pos, (off_t)run->len,
			POSIX_FADV_WILLNEED);
}

/* Ask the disk for all of the pieces that were gathered. */
static void ask_ahead(const struct copy *copy)
{
	struct volume_run asked[TURNS];
	const struct volume_run *run;
	size_t i, turn, oldest = 0;

	for (turn = 0; turn < TURNS; turn++)
		asked[turn].fd = VOLUME_HOLE;
	for (i = 0; i < copy->ahead_count; i++) {
		run = &copy->ahead[i];
		if (run->fd < 0)
			continue;
		for (turn = 0; turn < TURNS; turn++)
			if (is_near(&asked[turn], run))
				break;
		if (turn < TURNS) {
			asked[turn].len = run->pos + run->len - asked[turn].pos;
			continue;
		}
		ask(&asked[oldest]);
		asked[oldest] = *run;
		oldest = (oldest + 1) % TURNS;
	}
	for (turn = 0; turn < TURNS; turn++)
		ask(&asked[turn]);
}

/* Copy the pieces that were gathered, asking for all of them first. */
static int copy_ahead(struct copy *copy, struct error *err)
{
	size_t i;

	if (copy->ahead_count > 1)
		ask_ahead(copy);
	for (i = 0; i < copy->ahead_count; i++)
		if (copy_run(copy, &copy->ahead[i], err) < 0)
			return -1;
	copy->ahead_count = 0;
	return 0;
}

/* Does next continue what last ends with? */
static bool follows(
	const struct volume_run *last, const struct volume_run *next)
{
	return last->fd == next->fd &&
		(next->fd < 0 || last->pos + last->len == next->pos);
}

static int add_run(
	struct copy *copy, const struct volume_run *run, struct error *err)
{
	struct volume_run *last = &copy->ahead[copy->ahead_count];

	if (copy->ahead_count > 0 && follows(last - 1, run)) {
		last[-1].len += run->len;
		return 0;
	}
	if (copy->ahead_count == AHEAD) {
		if (copy_ahead(copy, err) < 0)
			return -1;
		last = copy->ahead;
	}
	*last = *run;
	copy->ahead_count++;
	return 0;
}

/* Bytes that only the volume can produce: through the buffer at once. */
static int copy_from_volume(
	struct copy *copy, uint64_t off, uint64_t len, struct error *err)
{
	size_t n;

	if (copy_ahead(copy, err) < 0)
		return -1;
	for (; len > 0; off += n, len -= n) {
		if (make_room(copy, 1, err) < 0)
			return -1;
		n = BUFFER_SIZE - copy->fill;
		if (n > len)
			n = (size_t)len;
		if (volume_read(copy->source->fs->vol, off,
			    copy->buf + copy->fill, n, err) < 0)
			return -1;
		copy->fill += n;
	}
	return 0;
}

/* Cut an extent down to the part that is wanted: false if it has none of it. */
static bool clip(const struct source *source, struct fs_extent *extent)
{
	uint64_t end = extent->file + extent->len, skip = 0;

	if (end <= source->begin || extent->file >= source->end)
		return false;
	if (end > source->end)
		extent->len -= end - source->end;
	if (extent->file < source->begin)
		skip = source->begin - extent->file;
	extent->file += skip;
	extent->len -= skip;
	if (extent->vol != FS_HOLE)
		extent->vol += skip;
	return true;
}

static int copy_extent(
	struct copy *copy, const struct fs_extent *extent, struct error *err)
{
	struct volume *vol = copy->source->fs->vol;
	struct volume_run run = { .fd = VOLUME_HOLE, .len = extent->len };
	uint64_t done;
	int r;

	if (extent->vol == FS_HOLE)
		return add_run(copy, &run, err);
	for (done = 0; done < extent->len; done += run.len) {
		r = volume_locate(
			vol, extent->vol + done, extent->len - done, &run, err);
		if (r < 0)
			return -1;
		if (r == 0)
			return copy_from_volume(copy, extent->vol + done,
				extent->len - done, err);
		if (run.len == 0 || run.len > extent->len - done)
			return error_set(err, ERR_CORRUPT,
				"a run of %" PRIu64 " bytes", run.len);
		if (add_run(copy, &run, err) < 0)
			return -1;
	}
	return 0;
}

static int visit_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct copy *copy = ctx;
	struct fs_extent part = *extent;

	return clip(copy->source, &part) ? copy_extent(copy, &part, err) : 0;
}

static int copy_by_reading(struct copy *copy, struct error *err)
{
	const struct source *source = copy->source;
	uint64_t off;
	size_t n;

	for (off = source->begin; off < source->end; off += n) {
		n = BUFFER_SIZE;
		if (n > source->end - off)
			n = (size_t)(source->end - off);
		if (make_room(copy, BUFFER_SIZE, err) < 0 ||
			fs_read(source->fs, &source->node, off, copy->buf, n,
				&n, err) < 0)
			return -1;
		if (n == 0)
			return error_set(err, ERR_CORRUPT,
				"ends at %" PRIu64 " of %" PRIu64 " bytes", off,
				source->node.size);
		copy->fill = n;
	}
	return 0;
}

static int copy_bytes(struct copy *copy, struct error *err)
{
	const struct source *source = copy->source;
	uint64_t off;
	size_t n;

	for (off = 0; off < source->end; off += n) {
		if (make_room(copy, 1, err) < 0)
			return -1;
		n = BUFFER_SIZE - copy->fill;
		if (n > source->end - off)
			n = (size_t)(source->end - off);
		memcpy(copy->buf + copy->fill, source->bytes + off, n);
		copy->fill += n;
	}
	return 0;
}

static int copy_contents(struct copy *copy, struct error *err)
{
	const struct source *source = copy->source;
	int r;

	if (source->bytes)
		return copy_bytes(copy, err);
	r = fs_map(source->fs, &source->node, visit_extent, copy, err);
	return r > 0 ? copy_by_reading(copy, err) : r;
}

static int copy_source(struct copy *copy, struct error *err)
{
	size_t padding = copy->source->padding;

	if (copy_contents(copy, err) < 0 || copy_ahead(copy, err) < 0 ||
		make_room(copy, padding, err) < 0)
		return -1;
	memset(copy->buf + copy->fill, 0, padding);
	copy->fill += padding;
	return flush(copy, err);
}

/* Put in front of a fault where it was. */
static int error_at(
	const struct boot_file *file, const struct fs *fs, struct error *err)
{
	error_in(err, "%s", file->path);
	if (fs)
		error_in(err, "%s", fs->type);
	return device_error(file->dev, err);
}

/* One file; its length is added to *sum, which was at most max. */
static int find_source(struct devices *devices, const struct boot_file *file,
	uint64_t max, struct source *source, uint64_t *sum, struct error *err)
{
	uint64_t length, before = *sum;

	*source = (struct source){ .begin = file->offset };
	if (boot_file_find(devices, file, &source->fs, &source->node, &length,
		    err) < 0)
		return device_error(file->dev, err);
	if (!add_u64(before, length, sum) || *sum > max) {
		error_set(err, ERR_LIMIT,
			"%" PRIu64 " bytes%s are more than the limit of "
			"%" PRIu64,
			*sum, before ? " with the files before it" : "", max);
		return error_at(file, source->fs, err);
	}
	source->bytes = (const uint8_t *)file->bytes;
	source->end = source->begin + length;
	return 0;
}

/* The files and their sum, before a byte is written. */
static int find_sources(struct devices *devices, const struct boot_file *files,
	size_t count, unsigned int align, uint64_t max, struct source *sources,
	uint64_t *total, struct error *err)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (find_source(devices, &files[i], max, &sources[i], &sum,
			    err) < 0)
			return -1;
		if (align > 0 && i + 1 < count)
			sources[i].padding =
				(size_t)((align - sum % align) % align);
		/* far from overflow: max and align are ours */
		sum += sources[i].padding;
	}
	*total = sum;
	return 0;
}

int extract_files(struct devices *devices, const struct boot_file *files,
	size_t count, unsigned int align, uint64_t max, int out,
	uint64_t *written, struct error *err)
{
	struct source sources[BOOT_RAMDISKS_MAX];
	struct copy copy = { .out = out };
	uint64_t total = 0;
	size_t i;

	if (count > BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d ramdisks",
			BOOT_RAMDISKS_MAX);
	if (find_sources(devices, files, count, align, max, sources, &total,
		    err) < 0)
		return -1;
	if (out < 0) {
		*written = total;
		return 0;
	}
	copy.buf = arena_alloc(devices->arena, BUFFER_SIZE, err);
	if (!copy.buf)
		return -1;
	for (i = 0; i < count; i++) {
		copy.source = &sources[i];
		if (copy_source(&copy, err) < 0)
			return error_at(&files[i], sources[i].fs, err);
	}
	*written = total;
	return 0;
}
