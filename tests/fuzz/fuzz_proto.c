/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_proto.c - what a child that was taken over may say to the parent
 *
 * The input is the stream of bytes on the channel, in pieces: the first byte
 * says how long these are, as reads may end anywhere.
 */
#include <string.h>
#include <unistd.h>

#include "src/answer.h"
#include "src/proto.h"
#include "tests/fuzz/fuzz.h"

static struct message out;

/* The fields of an answer, as a letter for each: 1, 4, 8 bytes, string. */
static const char *const fields[] = {
	[ASK_BOOT] = "",
	[ASK_MENU] = "",
	[ASK_CHOOSE] = "44",
	[ASK_PEEK] = "44",
	[ASK_EDIT] = "44",
	[ASK_UNLOCK] = "ss",
	[ASK_START] = "s",
	[ASK_LIST] = "",
	[ASK_EXTRACT] = "",
	[ASK_SCRIPT] = "",
	[ASK_SOURCE] = "44",
	[ASK_RUN] = "s",
	[ASK_SHELL] = "4",
	[ASK_COMMAND] = "s",
	[ASK_COMPLETE] = "s",
	[ASK_EXPLAIN] = "44",
	[ASK_LOGIN] = "44",
	[SAY_NOTE] = "1s",
	[SAY_BOOT] = "sssss",
	[SAY_MENU] = "444411111",
	[SAY_ENTRIES] = "14s14s14s14s",
	[SAY_LOCKED] = "1",
	[SAY_DETAIL] = "ss",
	[SAY_ARGS] = "s",
	[SAY_FIELDS] = "s",
	[SAY_TEXT] = "s",
	[SAY_DONE] = "88",
	[SAY_FAIL] = "1s",
	[SAY_SOURCE] = "s",
	[SAY_MORE] = "",
	[SAY_COMPLETIONS] = "sss",
};

static void take_field(struct message_body *body, char field)
{
	const char *text;
	bool was_bad = body->bad;

	switch (field) {
	case '1':
		message_put_u8(&out, message_take_u8(body));
		break;
	case '4':
		message_put_u32(&out, message_take_u32(body));
		break;
	case '8':
		message_put_u64(&out, message_take_u64(body));
		break;
	default:
		text = message_take_string(body);
		MUST(strlen(text) < MESSAGE_MAX);
		MUST(!body->bad || text[0] == '\0');
		message_put_string(&out, text);
	}
	MUST(!was_bad || body->bad); /* once and for all */
}

/* What was understood is what would have been written. */
static void check_fields(struct message_body body)
{
	struct bytes all = body.rest;
	const char *field;

	if (body.type >= sizeof(fields) / sizeof(fields[0]) ||
		!fields[body.type])
		return;
	message_begin(&out, body.type);
	for (field = fields[body.type]; *field; field++)
		take_field(&body, *field);
	if (!message_complete(&body))
		return;
	MUST(!out.full && out.len == MESSAGE_HEADER + all.len);
	MUST(memcmp(out.data + MESSAGE_HEADER, all.data, all.len) == 0);
}

static void check_answer(struct message_body body)
{
	struct answer answer = { 0 };
	struct error err = { 0 };
	const char *at;

	if (answer_take(&body, &answer, &err) < 0) {
		MUST_SAY(&err);
	} else {
		MUST(answer.kernel[0] != '\0');
		for (at = answer.args; *at; at++)
			MUST((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
	answer_free(&answer);
}

static int take_messages(struct message_stream *stream, struct error *err)
{
	struct message_body body;
	size_t taken = stream->taken;
	int r;

	while ((r = message_next(stream, &body, err)) > 0) {
		MUST(stream->taken > taken && stream->taken <= stream->len);
		taken = stream->taken;
		check_fields(body);
		check_answer(body);
	}
	if (r < 0)
		MUST_SAY(err);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_stream stream;
	struct error err = { 0 };
	size_t piece, step;
	int r = 0, fd = fuzz_output(), more;

	if (size < 2)
		return 0;
	step = data[0] ? data[0] * 16U : sizeof(stream.data);
	data++;
	size--;
	stream.len = stream.taken = 0;
	for (; size > 0 && r == 0; size -= piece, data += piece) {
		piece = size < step ? size : step;
		MUST(ftruncate(fd, 0) == 0);
		MUST(pwrite(fd, data, piece, 0) == (ssize_t)piece);
		MUST(lseek(fd, 0, SEEK_SET) == 0);
		do {
			more = message_fill(fd, &stream, &err);
			MUST_WORK(more, &err);
			r = take_messages(&stream, &err);
			/* room for one more byte, always: else it would wait */
			MUST(r < 0 || stream.len < sizeof(stream.data) ||
				stream.taken > 0);
		} while (r == 0 && more);
	}
	return 0;
}
