/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/child_state.h"
#include "src/saved.h"

/* What was saved by deciding, if it was anything. */
static int get_saved(
	struct child *child, struct config_saved *saved, struct error *err)
{
	struct config *config = child->found.config;

	*saved = (struct config_saved){ .count = 0 };
	if (!config || !config->format->saved)
		return 0;
	return config->format->saved(config, saved, err);
}

int child_note_one_shot(struct child *child, struct error *err)
{
	struct config_saved saved;

	if (get_saved(child, &saved, err) < 0)
		return -1;
	if (saved.one_shot && !child->options->save_env)
		guest_note(&child->guest, NOTE_WARNING,
			"the guest chose \"%s\" for one start only; it stays "
			"chosen, because the disk is not written (--save-env "
			"would)",
			saved.one_shot);
	return 0;
}

static int say_block(struct child *child, const struct config_block *block,
	struct error *err)
{
	struct saved_place place;
	struct error why;

	if (strcmp(block->before, block->after) == 0)
		return 0;
	if (saved_locate(&child->devices, block, &place, &why) < 0) {
		guest_note(&child->guest, NOTE_WARNING, "%s: not written",
			why.text);
		return 0;
	}
	message_begin(&child->out, SAY_BLOCK);
	message_put_u32(&child->out, place.disk);
	message_put_u64(&child->out, place.offset);
	message_put_string(&child->out, block->before);
	message_put_string(&child->out, block->after);
	return child_send(child, err);
}

int child_answer_saved(struct child *child, struct error *err)
{
	struct config_saved saved;
	size_t i;

	if (get_saved(child, &saved, err) < 0)
		return -1;
	for (i = 0; i < saved.count; i++)
		if (say_block(child, &saved.blocks[i], err) < 0)
			return -1;
	if (child_say_notes(child, err) < 0)
		return -1;
	return child_say_done(child, 0, 0, err);
}
