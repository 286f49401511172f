/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/answer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/result.h"

static int take_string(
	struct message_body *body, char **string, struct error *err)
{
	*string = strdup(message_take_string(body));
	return *string ? 0 : error_errno(err, "memory for the answer");
}

int answer_take(
	struct message_body *body, struct answer *answer, struct error *err)
{
	answer_free(answer);
	if (take_string(body, &answer->title, err) < 0 ||
		take_string(body, &answer->where, err) < 0 ||
		take_string(body, &answer->kernel, err) < 0 ||
		take_string(body, &answer->ramdisk, err) < 0 ||
		take_string(body, &answer->args, err) < 0)
		return -1;
	if (body->type != SAY_BOOT || !message_complete(body) ||
		answer->kernel[0] == '\0' ||
		strlen(answer->kernel) >= PATH_MAX ||
		strlen(answer->ramdisk) >= PATH_MAX)
		return peer_malformed(err);
	if (result_clean_args(answer->args, err) < 0)
		return error_in(err, "%s", answer->where);
	return 0;
}

int answer_receive(struct peer *peer, bool verbose, struct answer *answer,
	struct error *err)
{
	struct message_body body;

	if (peer_receive(peer, verbose, &body, err) < 0)
		return -1;
	return answer_take(&body, answer, err);
}

void answer_free(struct answer *answer)
{
	free(answer->title);
	free(answer->where);
	free(answer->kernel);
	free(answer->ramdisk);
	free(answer->args);
	*answer = (struct answer){ 0 };
}

int answer_take_done(
	struct message_body *body, struct answer_done *done, struct error *err)
{
	done->kernel = message_take_u64(body);
	done->ramdisk = message_take_u64(body);
	return body->type == SAY_DONE && message_complete(body)
		? 0
		: peer_malformed(err);
}

const char *answer_take_text(
	struct message_body *body, size_t max, size_t *bytes, struct error *err)
{
	const char *text = message_take_string(body);
	size_t len = strlen(text);

	/* what says nothing for ever ends nowhere, too */
	if (body->type != SAY_TEXT || !message_complete(body) || len == 0 ||
		len > max - *bytes) {
		peer_malformed(err);
		return NULL;
	}
	*bytes += len;
	return text;
}

/* The lines of one message. */
static int take_fields(struct message_body *body, answer_field *field,
	void *ctx, struct error *err)
{
	const char *name, *value;

	do {
		name = message_take_string(body);
		value = message_take_string(body);
		if (body->type != SAY_FIELDS || body->bad)
			return peer_malformed(err);
		if (field(ctx, name, value, err) < 0)
			return -1;
	} while (body->rest.len > 0);
	return 0;
}

int answer_take_list(struct peer *peer, bool verbose, struct message_body *body,
	answer_field *field, void *ctx, struct error *err)
{
	while (body->type != SAY_DONE)
		if (take_fields(body, field, ctx, err) < 0 ||
			peer_receive(peer, verbose, body, err) < 0)
			return -1;
	return 0;
}
