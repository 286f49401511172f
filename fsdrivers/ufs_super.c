/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufs_super.c - the superblock of UFS: where it is, what of it can be believed
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "fsdrivers/ufs.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"
#include "src/base/length.h"

#define MAGIC1 0x00011954
#define MAGIC1_LARGE                                                           \
	0x00decade /* Solaris, of more than a TiB; else the same               \
		    */
#define MAGIC2 0x19540119
#define MAGIC2_ATTRIBUTES 0x19012038 /* NetBSD 10; else the same */

/* In the order in which FreeBSD and NetBSD look. */
static const uint64_t places[] = { 65536, 8192, 0, 262144 };

#define PLACE2 65536 /* of UFS2; the second copy of a UFS1 may lie here */
#define SUPER_MAX 8192

/* Of flags and sums, as FreeBSD 13 has them; NetBSD leaves sums alone. */
#define FLAG_SUMS 0x200
#define SUM_SUPER 0x1
#define SUM_INODE 0x4

#define OLD_SHORT_LINK 60 /* bytes of all pointers of UFS1 */

_Static_assert(offsetof(struct ufs_super, id) == 144, "as the format has it");
_Static_assert(offsetof(struct ufs_super, label) == 680, "as it has it");
_Static_assert(offsetof(struct ufs_super, place) == 1000, "as it has it");
_Static_assert(offsetof(struct ufs_super, fragments) == 1080, "as it has it");
_Static_assert(offsetof(struct ufs_super, short_link) == 1320, "as it has it");

static bool is_magic(raw32 magic, bool *big, bool *second)
{
	uint32_t number;
	int i;

	for (i = 0; i < 2; i++) {
		*big = i != 0;
		number = raw32_get(magic, *big);
		*second = number == MAGIC2 || number == MAGIC2_ATTRIBUTES;
		if (*second || number == MAGIC1 || number == MAGIC1_LARGE)
			return true;
	}
	return false;
}

int ufs_super_find(struct volume *vol, struct ufs_super *super, uint64_t *place,
	bool *big, bool *second, struct error *err)
{
	const size_t at = offsetof(struct ufs_super, magic);
	raw32 magic;
	size_t i;

	for (i = 0; i < LENGTH(places); i++) {
		*place = places[i];
		if (!range_inside(*place, sizeof(*super), vol->size))
			continue;
		if (volume_read(vol, *place + at, &magic, sizeof(magic), err) <
			0)
			return -1;
		if (!is_magic(magic, big, second))
			continue;
		if (volume_read(vol, *place, super, sizeof(*super), err) < 0)
			return -1;
		/* a copy of it is not the one that counts */
		if (*second ? raw64_get(super->place, *big) == *place
			    : *place != PLACE2)
			return 1;
	}
	return 0;
}

static int set_sizes(
	struct ufs *ufs, const struct ufs_super *super, struct error *err)
{
	uint32_t block = raw32_get(super->block_size, ufs->big);
	uint32_t fragment = raw32_get(super->fragment_size, ufs->big);
	uint64_t bytes;

	if (!is_power_of_two(block) || block < UFS_BLOCK_MIN ||
		block > UFS_BLOCK_MAX || !is_power_of_two(fragment) ||
		fragment < 512 || fragment > block || block / fragment > 8)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of %" PRIu32
			" bytes in fragments of %" PRIu32,
			block, fragment);
	ufs->block_size = block;
	ufs->fragment_size = fragment;
	ufs->fragments = ufs->second
		? raw64_get(super->fragments, ufs->big)
		: raw32_get(super->old_fragments, ufs->big);
	/* from here on no offset of a fragment can overflow */
	if (!mul_u64(ufs->fragments, fragment, &bytes) || bytes > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu64 " fragments of %" PRIu32
			" bytes",
			ufs->fragments, fragment);
	return 0;
}

static int set_groups(
	struct ufs *ufs, const struct ufs_super *super, struct error *err)
{
	uint64_t inodes;

	ufs->groups = raw32_get(super->groups, ufs->big);
	ufs->group_inodes = raw32_get(super->group_inodes, ufs->big);
	ufs->group_size = raw32_get(super->group_size, ufs->big);
	ufs->inode_table = raw32_get(super->inode_table, ufs->big);
	if (!ufs->second) {
		ufs->shift = raw32_get(super->shift, ufs->big);
		ufs->shift_mask = ~raw32_get(super->shift_mask, ufs->big);
	}
	inodes = (uint64_t)ufs->groups * ufs->group_inodes;
	if (inodes <= UFS_ROOT || inodes > UINT32_MAX || !ufs->group_size)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu32 " groups of %" PRIu32
			" inodes and %" PRIu64 " fragments",
			ufs->groups, ufs->group_inodes, ufs->group_size);
	return 0;
}

/* The sum is over all of it, with zeros in place of the sum. */
static int check_sum(struct ufs *ufs, const struct ufs_super *super,
	uint64_t place, struct error *err)
{
	const size_t at = offsetof(struct ufs_super, sum);
	uint32_t size = raw32_get(super->super_size, ufs->big);
	uint8_t whole[SUPER_MAX];
	uint32_t sum;

	if (size < sizeof(*super) || size > sizeof(whole))
		return error_set(err, ERR_CORRUPT,
			"superblock: has a size of %" PRIu32 " bytes", size);
	if (volume_read(ufs->vol, place, whole, size, err) < 0)
		return error_in(err, "superblock");
	memset(whole + at, 0, sizeof(super->sum));
	sum = crc32c(~UINT32_C(0), whole, size);
	if (sum != raw32_get(super->sum, ufs->big))
		return error_set(
			err, ERR_CORRUPT, "superblock: wrong checksum");
	return 0;
}

int ufs_super_read(struct ufs *ufs, const struct ufs_super *super,
	uint64_t place, struct error *err)
{
	uint32_t sums = 0;

	if (raw32_get(super->flags, ufs->big) & FLAG_SUMS && ufs->second)
		sums = raw32_get(super->sums, ufs->big);
	if (sums & SUM_SUPER && check_sum(ufs, super, place, err) < 0)
		return -1;
	ufs->inode_sums = sums & SUM_INODE;
	/* Solaris has something else there, which is smaller */
	ufs->short_link = raw32_get(super->short_link, ufs->big);
	if (ufs->short_link > (ufs->second ? 2U : 1U) * OLD_SHORT_LINK)
		ufs->short_link = 0;
	if (set_sizes(ufs, super, err) < 0)
		return -1;
	return set_groups(ufs, super, err);
}
