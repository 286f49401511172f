/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/proto.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void put(struct message *msg, const void *data, size_t len)
{
	if (msg->full || len > sizeof(msg->data) - msg->len) {
		msg->full = true;
		return;
	}
	memcpy(msg->data + msg->len, data, len);
	msg->len += len;
}

void message_begin(struct message *msg, enum message_type type)
{
	msg->len = MESSAGE_HEADER;
	msg->full = false;
	msg->data[MESSAGE_HEADER - 1] = (uint8_t)type;
}

void message_put_u8(struct message *msg, uint8_t value)
{
	put(msg, &value, sizeof(value));
}

void message_put_u32(struct message *msg, uint32_t value)
{
	put(msg, &value, sizeof(value));
}

void message_put_u64(struct message *msg, uint64_t value)
{
	put(msg, &value, sizeof(value));
}

/* The NUL goes along, so that the receiver can use the string in place. */
void message_put_string(struct message *msg, const char *text)
{
	size_t len = strlen(text) + 1;

	if (len > MESSAGE_MAX) {
		msg->full = true;
		return;
	}
	message_put_u32(msg, (uint32_t)len);
	put(msg, text, len);
}

int message_send(int fd, struct message *msg, struct error *err)
{
	uint32_t body = (uint32_t)(msg->len - MESSAGE_HEADER);
	size_t done = 0;
	ssize_t n;

	if (msg->full)
		return error_set(err, ERR_LIMIT,
			"more than %d bytes of text in one answer",
			MESSAGE_MAX);
	memcpy(msg->data, &body, sizeof(body));
	while (done < msg->len) {
		n = write(fd, msg->data + done, msg->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "writing to the other process");
		done += (size_t)n;
	}
	return 0;
}

void message_forget(struct message *msg)
{
	explicit_bzero(msg->data, sizeof(msg->data));
}

static const uint8_t *take(struct message_body *body, size_t len)
{
	const uint8_t *at = bytes_at(body->rest, 0, len);

	if (body->bad || !at) {
		body->bad = true;
		return NULL;
	}
	body->rest.data += len;
	body->rest.len -= len;
	return at;
}

uint8_t message_take_u8(struct message_body *body)
{
	const uint8_t *at = take(body, 1);

	return at ? *at : 0;
}

uint32_t message_take_u32(struct message_body *body)
{
	const uint8_t *at = take(body, sizeof(uint32_t));
	uint32_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return value;
}

uint64_t message_take_u64(struct message_body *body)
{
	const uint8_t *at = take(body, sizeof(uint64_t));
	uint64_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return value;
}

const char *message_take_string(struct message_body *body)
{
	uint32_t len = message_take_u32(body);
	const uint8_t *at = take(body, len);

	/* the only NUL is the last byte */
	if (!at || len == 0 || memchr(at, '\0', len) != at + len - 1) {
		body->bad = true;
		return "";
	}
	return (const char *)at;
}

bool message_complete(const struct message_body *body)
{
	return !body->bad && body->rest.len == 0;
}

/* Behind what is there, too: there may be what was moved to the front. */
void message_forget_taken(struct message_stream *stream)
{
	explicit_bzero(stream->data, stream->taken);
	explicit_bzero(
		stream->data + stream->len, sizeof(stream->data) - stream->len);
}

int message_fill(int fd, struct message_stream *stream, struct error *err)
{
	size_t left = stream->len - stream->taken;
	ssize_t n;

	memmove(stream->data, stream->data + stream->taken, left);
	stream->taken = 0;
	stream->len = left;
	do
		n = read(fd, stream->data + left, sizeof(stream->data) - left);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(err, "reading from the other process");
	stream->len += (size_t)n;
	return n > 0;
}

int message_next(struct message_stream *stream, struct message_body *body,
	struct error *err)
{
	struct bytes rest = { stream->data + stream->taken,
		stream->len - stream->taken };
	uint32_t len;

	if (rest.len < MESSAGE_HEADER)
		return 0;
	memcpy(&len, rest.data, sizeof(len));
	if (len > MESSAGE_MAX)
		return error_set(err, ERR_LIMIT,
			"a message of %u bytes, the limit is %d", len,
			MESSAGE_MAX);
	if (rest.len - MESSAGE_HEADER < len)
		return 0;
	*body = (struct message_body){
		.type = rest.data[MESSAGE_HEADER - 1],
		.rest = bytes_sub(rest, MESSAGE_HEADER, len),
	};
	stream->taken += MESSAGE_HEADER + len;
	return 1;
}
