/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/account.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void account_begin(struct account *account, struct guest *guest)
{
	account->guest = guest;
	account->count = 0;
}

static void add(struct account *account, const struct device *dev, bool tried,
	const struct error *why)
{
	struct error no_memory;
	struct reason *reason;

	if (account->count == ACCOUNT_MAX)
		return;
	reason = &account->reasons[account->count];
	reason->text =
		arena_strdup(account->guest->arena, why->text, &no_memory);
	/* it is the guest that used the memory up, and that is a reason, too */
	if (!reason->text)
		reason->text = "needs more memory than the limit";
	reason->dev = dev;
	reason->tried = tried;
	account->count++;
}

void account_tried(struct account *account, const struct device *dev,
	const struct error *why)
{
	add(account, dev, true, why);
}

void account_nothing(struct account *account, const struct device *dev,
	const struct error *why)
{
	add(account, dev, false, why);
}

bool account_has(const struct account *account, const struct device *dev)
{
	size_t i;

	for (i = 0; i < account->count; i++)
		if (account->reasons[i].dev == dev)
			return true;
	return false;
}

/* A line being put together; what does not fit is cut. */
struct line {
	char *text;
	size_t size;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void append(
	struct line *line, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line->text + line->len, line->size - line->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	line->len += (size_t)n;
	if (line->len >= line->size)
		line->len = line->size - 1;
}

static void append_place(struct line *line, const struct account *account,
	const struct device *dev)
{
	if (account->guest->devices->disks > 1)
		append(line, "%s: ", dev->disk->name);
	append(line, "%s", dev->name);
}

/* The last of the reasons from i on that say the same as reason i. */
static size_t last_alike(const struct account *account, size_t i)
{
	const struct reason *reasons = account->reasons;
	size_t last = i;

	while (last + 1 < account->count &&
		reasons[last + 1].tried == reasons[i].tried &&
		reasons[last + 1].dev != reasons[i].dev &&
		strcmp(reasons[last + 1].text, reasons[i].text) == 0)
		last++;
	return last;
}

/*
 * A long path of the guest's making may not push out what was wrong with it,
 * nor what was wrong elsewhere: of a long reason the middle is left out.
 */
#define REASON_HEAD 120
#define REASON_TAIL 260

static void append_reason(struct line *line, const char *reason)
{
	size_t len = strlen(reason);

	if (len <= REASON_HEAD + REASON_TAIL)
		append(line, ": %s", reason);
	else
		append(line, ": %.*s...%s", REASON_HEAD, reason,
			reason + len - REASON_TAIL);
}

static void append_reasons(
	struct line *line, const struct account *account, bool tried)
{
	const struct reason *reason;
	size_t i, last;

	for (i = 0; i < account->count; i = last + 1) {
		last = last_alike(account, i);
		reason = &account->reasons[i];
		if (reason->tried != tried)
			continue;
		append(line, line->len > 0 ? "; " : "");
		append_place(line, account, reason->dev);
		if (last > i) {
			append(line, " to ");
			append_place(line, account, account->reasons[last].dev);
		}
		append_reason(line, reason->text);
	}
}

int account_error(
	const struct account *account, const char *sought, struct error *err)
{
	const struct devices *devices = account->guest->devices;
	const char *name =
		devices->disks == 1 ? devices->list[0]->disk->name : "";
	char text[ERROR_TEXT_SIZE] = "";
	struct line line = { text, sizeof(text), 0 };
	/* what stands in front of it, and room for "RuntimeError: " */
	size_t front = strlen(sought) + strlen(name) + 32;

	if (front < sizeof(text) / 2)
		line.size -= front;
	append_reasons(&line, account, true);
	append_reasons(&line, account, false);
	error_set(err, ERR_NOT_FOUND, "%s: %s", sought, text);
	if (devices->disks == 1)
		error_in(err, "%s", name);
	return -1;
}
