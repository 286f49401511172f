/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/child_state.h"
#include "src/explain.h"
#include "src/list_disks.h"
#include "src/listing.h"

static int send_fields(struct child *child, struct error *err)
{
	if (child->out.len > MESSAGE_HEADER && child_send(child, err) < 0)
		return -1;
	message_begin(&child->out, SAY_FIELDS);
	return 0;
}

/* As many lines a message as go in: a list has 100,000 of them. */
static int say_field(
	void *ctx, const char *name, const char *value, struct error *err)
{
	struct child *child = ctx;

	if (child->out.len + strlen(value) > CHILD_BATCH &&
		send_fields(child, err) < 0)
		return -1;
	message_put_string(&child->out, name);
	message_put_string(&child->out, value);
	return 0;
}

static int list(struct child *child, struct error *err)
{
	struct config config;

	if (child->options->action == ACTION_LIST_DISKS)
		return list_disks(
			&child->guest, child->options, say_field, child, err);
	if (child->options->action != ACTION_IS_CONFIG)
		return list_entries(
			&child->guest, child->options, say_field, child, err);
	if (child_load_config(child, &config, err) < 0 ||
		list_config_entries(
			&child->guest, &config, say_field, child, err) < 0)
		return error_in(err, "%s", child->setup->disks[0].name);
	return 0;
}

int child_answer_explain(
	struct child *child, struct message_body *ask, struct error *err)
{
	const size_t notes = child->guest.note_count;
	uint32_t index;
	struct menu *menu = child_take_look(child, ask, &index, err);
	int r;

	if (!menu)
		return -1;
	message_begin(&child->out, SAY_FIELDS);
	r = explain_entry(&child->guest, child->options, &child->config, menu,
		index, say_field, child, err);
	/* what there is to note is said when the entry is started */
	child_unsay_notes(child, notes);
	if (r < 0 || send_fields(child, err) < 0)
		return -1;
	return child_say_done(child, 0, 0, err);
}

int child_answer_list(struct child *child, struct error *err)
{
	message_begin(&child->out, SAY_FIELDS);
	if (list(child, err) < 0 || send_fields(child, err) < 0)
		return -1;
	if (child_say_notes(child, err) < 0)
		return -1;
	return child_say_done(child, 0, 0, err);
}
