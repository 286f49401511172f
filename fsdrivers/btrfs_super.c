/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_super.c - superblocks, and the checksum at the start of each block
 *
 * There are up to three copies of a superblock.  Linux and GRUB start from the
 * first; another is asked only if that one is damaged.
 */
#include <inttypes.h>
#include <string.h>
#define XXH_INLINE_ALL /* no library for one function */
#include <xxhash.h>

#include "fsdrivers/btrfs.h"
#include "src/base/crc32c.h"
#include "src/base/length.h"

#define CHECKSUM_SIZE 32 /* bytes kept free for any kind of it */

static const uint64_t copies[] = {
	UINT64_C(64) << 10,
	UINT64_C(64) << 20,
	UINT64_C(256) << 30,
};

#define COPIES LENGTH(copies)

static bool is_crc32c(const uint8_t *block, size_t len)
{
	le32 stored;

	memcpy(&stored, block, sizeof(stored));
	return le32_get(stored) ==
		(uint32_t)~crc32c(
			~0U, block + CHECKSUM_SIZE, len - CHECKSUM_SIZE);
}

static bool is_xxhash64(const uint8_t *block, size_t len)
{
	le64 stored;

	memcpy(&stored, block, sizeof(stored));
	return le64_get(stored) ==
		XXH64(block + CHECKSUM_SIZE, len - CHECKSUM_SIZE, 0);
}

/* SHA-256 and BLAKE2b are not computed: nodes name their place and age, too. */
bool btrfs_is_sound(enum btrfs_checksum kind, const void *block, size_t len)
{
	if (kind == BTRFS_CRC32C)
		return is_crc32c(block, len);
	return kind != BTRFS_XXHASH64 || is_xxhash64(block, len);
}

static bool is_super(const struct btrfs_super *super, uint64_t pos)
{
	return memcmp(super->magic, "_BHRfS_M", sizeof(super->magic)) == 0 &&
		le64_get(super->pos) == pos &&
		btrfs_is_sound(
			le16_get(super->checksum_type), super, sizeof(*super));
}

/* A copy that may be used: 1, or 0. */
static int read_copy(struct volume *vol, size_t index,
	struct btrfs_super *super, struct error *err)
{
	uint64_t pos = copies[index];

	if (vol->size < sizeof(*super) || vol->size - sizeof(*super) < pos)
		return 0;
	if (volume_read(vol, pos, super, sizeof(*super), err) < 0)
		return -1;
	return is_super(super, pos);
}

int btrfs_super_read(
	struct volume *vol, struct btrfs_super *super, struct error *err)
{
	struct btrfs_super other;
	bool found = false;
	size_t i;
	int r;

	r = read_copy(vol, 0, super, err);
	if (r != 0)
		return r;
	for (i = 1; i < COPIES; i++) {
		r = read_copy(vol, i, &other, err);
		if (r < 0)
			return -1;
		if (r == 0 ||
			(found &&
				le64_get(other.generation) <=
					le64_get(super->generation)))
			continue;
		*super = other;
		found = true;
	}
	return found;
}
