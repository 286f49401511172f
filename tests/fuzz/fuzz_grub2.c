/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_grub2.c - GRUB 2's script: as a configuration, and for what it prints
 */
#include <string.h>

#include "src/config/grub2/script.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"
#include "tests/support/fakeguest.h"

#define PRINTED_MAX (1U << 20) /* bytes; more would take long */

static int print(void *ctx, const char *text, size_t len, struct error *err)
{
	size_t *printed = ctx;

	MUST(len > 0 && !memchr(text, '\0', len));
	*printed += len;
	if (*printed > PRINTED_MAX)
		return error_set(err, ERR_LIMIT, "enough");
	return 0;
}

static void run_aloud(
	const struct fuzz_config *how, const uint8_t *data, size_t size)
{
	static struct fakeguest fake;
	struct text script = fuzz_guest(&fake, how, data, size);
	struct error err = { 0 };
	size_t i, printed = 0;

	fake.guest.print = print;
	fake.guest.print_ctx = &printed;
	if (grub2_script(&fake.guest, "fuzz.cfg", script, &err) < 0)
		MUST_SAY(&err);
	for (i = 0; i < fake.guest.note_count && i < GUEST_NOTES_MAX; i++)
		MUST(fake.guest.notes[i].text[0] != '\0');
	fakeguest_free(&fake);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_place places[] = {
		{ "hd0,msdos1", "/loader/entries/", ".conf" },
		{ "hd0,msdos1", "/EFI/Linux/", ".efi" },
		{ "hd0,msdos1", "/EFI/", "/grub.cfg" },
		{ 0 },
	};
	static const struct fuzz_config how = {
		.format = &grub2_format,
		.path = "/boot/grub/grub.cfg",
		.second = "/boot/grub/grubenv",
		.places = places,
	};

	fuzz_config(&how, data, size);
	if (size > 0)
		run_aloud(&how, data, size);
	return 0;
}
