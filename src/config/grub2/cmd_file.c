/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_file.c - cmp: are two files the same?  file: of what type is one?
 */
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"
#include "src/config/hypervisor.h"
#include "src/config/linux_header.h"
#include "src/config/pe.h"

/* Bytes compared at a time. */
#define PIECE 4096

struct side {
	struct fs *fs;
	struct fs_node node;
};

/* The file: 1, 0 with eval->why filled, or -1. */
static int open_side(struct eval *eval, const char *name, struct side *side,
	struct error *err)
{
	int found = path_open(eval, name, &side->fs, &side->node, err);

	if (found > 0 && side->node.type != FS_FILE) {
		error_set(&eval->why, ERR_NOT_FOUND,
			"%s: is not a regular file", name);
		return 0;
	}
	return found;
}

/* STATUS_OK, STATUS_FALSE, another status with eval->why filled, or -1. */
static int compare(struct eval *eval, const struct side *a,
	const struct side *b, struct error *err)
{
	char left[PIECE], right[PIECE];
	size_t len, other;
	uint64_t off;

	if (a->node.size != b->node.size)
		return STATUS_FALSE;
	for (off = 0; off < a->node.size; off += len) {
		if (eval_spend(eval, 1, sizeof(left), err) < 0)
			return -1;
		if (fs_read(a->fs, &a->node, off, left, sizeof(left), &len,
			    &eval->why) < 0 ||
			fs_read(b->fs, &b->node, off, right, sizeof(right),
				&other, &eval->why) < 0)
			return STATUS_NOT_FOUND;
		if (len == 0 || len != other || memcmp(left, right, len) != 0)
			return STATUS_FALSE;
	}
	return STATUS_OK;
}

static bool is_option(const char *arg)
{
	return strcmp(arg, "-v") == 0 || strcmp(arg, "--verbose") == 0;
}

/* As GRUB answers since 2.12; before that it only printed the difference. */
int cmd_cmp(struct eval *eval, const struct args *args, struct error *err)
{
	size_t first = 1;
	struct side a, b;
	int found, status;

	if (args->count > 1 && is_option(args->list[1]))
		first++;
	if (args->count != first + 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"two files were expected");
	found = open_side(eval, args->list[first], &a, err);
	if (found > 0)
		found = open_side(eval, args->list[first + 1], &b, err);
	if (found < 0)
		return -1;
	status = found > 0 ? compare(eval, &a, &b, err) : STATUS_NOT_FOUND;
	return status > STATUS_FALSE ? eval_failed(eval, args, status) : status;
}

/* What is asked about the file, by the words behind "--is-". */
struct question {
	const char *type;
	bool (*answer)(struct eval *eval, const struct side *side,
		const char *name, unsigned int what);
	unsigned int what;
};

static bool is_linux(struct eval *eval, const struct side *side,
	const char *name, unsigned int what)
{
	uint8_t header[LINUX_HEADER_SIZE];
	size_t got;

	(void)name;
	return fs_read(side->fs, &side->node, 0, header, sizeof(header), &got,
		       &eval->why) == 0 &&
		linux_header((struct bytes){ header, got }) == what;
}

static bool is_program(struct eval *eval, const struct side *side,
	const char *name, unsigned int what)
{
	struct pe pe;

	(void)name;
	return pe_read(eval->guest, side->fs, &side->node, &pe, &eval->why) >
		0 &&
		pe.subsystem == PE_EFI_APPLICATION && pe.machine == what;
}

static bool is_hypervisor(struct eval *eval, const struct side *side,
	const char *name, unsigned int what)
{
	(void)eval, (void)side, (void)what;
	return hypervisor_name(text_of(name));
}

/* A kernel for a guest of Xen looks like any, and most are for both. */
static const struct question questions[] = {
	{ "x86-linux", is_linux, LINUX_X86 },
	{ "x86-linux32", is_linux, LINUX_X86 },
	{ "x86_64-xen-domu", is_linux, LINUX_X86 },
	{ "i386-xen-pae-domu", is_linux, LINUX_X86 },
	{ "arm64-linux", is_linux, LINUX_ARM64 },
	{ "x86-xen-dom0", is_hypervisor, 0 },
	{ "x86-multiboot", is_hypervisor, 0 },
	{ "x86-multiboot2", is_hypervisor, 0 },
	{ "x86_64-efi", is_program, 0x8664 },
	{ "i386-efi", is_program, 0x14c },
	{ "arm64-efi", is_program, 0xaa64 },
};

static const struct question *find_question(const char *option)
{
	size_t i;

	if (strncmp(option, "--is-", 5) != 0)
		return NULL;
	for (i = 0; i < LENGTH(questions); i++)
		if (strcmp(option + 5, questions[i].type) == 0)
			return &questions[i];
	return NULL;
}

/* The first question that we know; what runs elsewhere is no for all others. */
int cmd_file(struct eval *eval, const struct args *args, struct error *err)
{
	const struct question *question = NULL;
	const char *name = NULL;
	struct side side;
	size_t i;
	int found;

	for (i = 1; i < args->count; i++) {
		if (args->list[i][0] != '-')
			name = args->list[i];
		else if (!question)
			question = find_question(args->list[i]);
	}
	if (!name)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	found = open_side(eval, name, &side, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return eval_failed(eval, args, STATUS_NOT_FOUND);
	if (!question || !question->answer(eval, &side, name, question->what))
		return STATUS_FALSE;
	return STATUS_OK;
}
