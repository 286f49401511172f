/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/proto.h"
#include "tests/support/runner.h"

static struct message out;
static struct message_stream in;
static struct message_body body;
static struct error err;
static int ends[2];

static void setup(void)
{
	memset(&in, 0, sizeof(in));
	error_clear(&err);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void teardown(void)
{
	close(ends[0]);
	close(ends[1]);
}

/* Bytes as another process might send them. */
static void send_raw(uint32_t len, uint8_t type, const void *data, size_t n)
{
	ck_assert_int_eq(write(ends[0], &len, sizeof(len)), sizeof(len));
	ck_assert_int_eq(write(ends[0], &type, 1), 1);
	ck_assert_int_eq(write(ends[0], data, n), (ssize_t)n);
}

static int receive(void)
{
	int r;

	while ((r = message_next(&in, &body, &err)) == 0)
		if (message_fill(ends[1], &in, &err) <= 0)
			return 0;
	return r;
}

START_TEST(fields_arrive_as_they_were_sent)
{
	message_begin(&out, SAY_BOOT);
	message_put_u8(&out, 200);
	message_put_u32(&out, 0xfffffffe);
	message_put_u64(&out, UINT64_MAX - 1);
	message_put_string(&out, "root=/dev/xvda1 \xc3\xa9\xff");
	message_put_string(&out, "");
	ck_assert_int_eq(message_send(ends[0], &out, &err), 0);
	ck_assert_int_eq(receive(), 1);
	ck_assert_int_eq(body.type, SAY_BOOT);
	ck_assert_uint_eq(message_take_u8(&body), 200);
	ck_assert_uint_eq(message_take_u32(&body), 0xfffffffe);
	ck_assert_uint_eq(message_take_u64(&body), UINT64_MAX - 1);
	ck_assert_str_eq(
		message_take_string(&body), "root=/dev/xvda1 \xc3\xa9\xff");
	ck_assert_str_eq(message_take_string(&body), "");
	ck_assert(message_complete(&body));
}
END_TEST

START_TEST(several_messages_may_arrive_in_one_read)
{
	for (uint32_t i = 0; i < 3; i++) {
		message_begin(&out, SAY_MENU);
		message_put_u32(&out, i);
		ck_assert_int_eq(message_send(ends[0], &out, &err), 0);
	}
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_int_eq(receive(), 1);
		ck_assert_uint_eq(message_take_u32(&body), i);
	}
}
END_TEST

START_TEST(a_field_beyond_the_end_spoils_the_body)
{
	send_raw(2, SAY_DONE, "ab", 2);
	ck_assert_int_eq(receive(), 1);
	ck_assert_uint_eq(message_take_u32(&body), 0);
	ck_assert_uint_eq(message_take_u8(&body), 0);
	ck_assert(!message_complete(&body));
}
END_TEST

START_TEST(bytes_behind_the_last_field_spoil_the_body)
{
	send_raw(2, SAY_DONE, "ab", 2);
	ck_assert_int_eq(receive(), 1);
	ck_assert_uint_eq(message_take_u8(&body), 'a');
	ck_assert(!message_complete(&body));
}
END_TEST

static const struct {
	const char *bytes;
	uint32_t len;
} strings[] = {
	{ "\0\0\0\0", 4 },     /* no room for the NUL */
	{ "\3\0\0\0ab", 6 },   /* cut off */
	{ "\2\0\0\0ab", 6 },   /* not terminated */
	{ "\4\0\0\0a\0b", 8 }, /* a NUL inside */
	{ "\377\377\377\377ab", 7 },
	{ "\1\0", 2 },
};

START_TEST(a_string_that_lies_spoils_the_body)
{
	send_raw(strings[_i].len, SAY_FIELDS, strings[_i].bytes,
		strings[_i].len);
	ck_assert_int_eq(receive(), 1);
	ck_assert_str_eq(message_take_string(&body), "");
	ck_assert(!message_complete(&body));
}
END_TEST

START_TEST(a_message_over_the_limit_is_refused_before_it_arrives)
{
	send_raw(MESSAGE_MAX + 1, SAY_FIELDS, "", 0);
	ck_assert_int_eq(receive(), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "a message of 65537 bytes, the limit is 65536");
}
END_TEST

START_TEST(a_message_of_the_limit_passes)
{
	static char text[MESSAGE_MAX - 4];

	memset(text, 'x', sizeof(text) - 1);
	message_begin(&out, SAY_FIELDS);
	message_put_string(&out, text);
	ck_assert_int_eq(message_send(ends[0], &out, &err), 0);
	ck_assert_int_eq(receive(), 1);
	ck_assert_str_eq(message_take_string(&body), text);
	ck_assert(message_complete(&body));
}
END_TEST

START_TEST(a_text_over_the_limit_is_not_sent)
{
	static char text[MESSAGE_MAX - 3];

	memset(text, 'x', sizeof(text) - 1);
	message_begin(&out, SAY_FIELDS);
	message_put_string(&out, text);
	ck_assert_int_eq(message_send(ends[0], &out, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(the_end_of_the_stream_is_no_message)
{
	send_raw(10, SAY_FIELDS, "ab", 2);
	shutdown(ends[0], SHUT_WR);
	ck_assert_int_eq(receive(), 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("proto");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, fields_arrive_as_they_were_sent);
	tcase_add_test(tc, several_messages_may_arrive_in_one_read);
	tcase_add_test(tc, a_field_beyond_the_end_spoils_the_body);
	tcase_add_test(tc, bytes_behind_the_last_field_spoil_the_body);
	tcase_add_loop_test(tc, a_string_that_lies_spoils_the_body, 0,
		sizeof(strings) / sizeof(strings[0]));
	tcase_add_test(
		tc, a_message_over_the_limit_is_refused_before_it_arrives);
	tcase_add_test(tc, a_message_of_the_limit_passes);
	tcase_add_test(tc, a_text_over_the_limit_is_not_sent);
	tcase_add_test(tc, the_end_of_the_stream_is_no_message);
	return run_suite("proto", &tc, 1);
}
