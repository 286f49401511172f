/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * md_super.c - the superblocks of MD
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/volume/md.h"

#define MAGIC 0xa92b4efc
#define SECTOR 512
#define SECTORS_MAX (INT64_MAX / SECTOR)

/* Version 0.90: 64 KiB at the end, of which 4 KiB are used */
#define OLD_RESERVED (64U << 10)
#define OLD_SIZE 4096

struct old_disk {
	le32 number;
	le32 major;
	le32 minor;
	le32 raid_disk;
	le32 state;
	le32 reserved[27];
};

struct old_super {
	le32 magic;
	le32 major;
	le32 minor; /* 91: a reshape is going on */
	le32 patch;
	le32 words;
	le32 uuid0;
	le32 ctime;
	le32 level;
	le32 size; /* KiB of each member */
	le32 nr_disks;
	le32 raid_disks;
	le32 md_minor;
	le32 not_persistent;
	le32 uuid1;
	le32 uuid2;
	le32 uuid3;
	le32 reserved0[16];
	le32 utime;
	le32 state;
	le32 counts[4];
	le32 sum;
	le64 events; /* its halves are the other way round on big endian */
	le64 checkpoint;
	le32 recovery;
	le32 reserved1[20];
	le32 layout;
	le32 chunk; /* bytes */
	le32 reserved2[62];
	struct old_disk disks[27];
	struct old_disk self;
};
static_assert(sizeof(struct old_super) == OLD_SIZE, "1024 words");

/* Version 1: 256 bytes, and two for each member */
#define ROLES_AT 256
#define NEW_SIZE 4096
#define ROLES_MAX ((NEW_SIZE - ROLES_AT) / 2)

#define FEATURE_RECOVERY (1U << 1)
#define FEATURE_RESHAPE (1U << 2)
#define FEATURE_REPLACEMENT (1U << 4)
#define FEATURE_JOURNAL (1U << 9)

struct new_super {
	le32 magic;
	le32 major;
	le32 features;
	le32 pad0;
	uint8_t uuid[16];
	char name[32];
	le64 ctime;
	le32 level;
	le32 layout;
	le64 size;  /* sectors of each member */
	le32 chunk; /* sectors */
	le32 raid_disks;
	le32 bitmap;
	le32 new_level;
	le64 reshape;
	le32 new_geometry[3];
	le32 new_offset;
	le64 data; /* sector */
	le64 data_size;
	le64 super; /* the sector of this superblock */
	le64 recovery;
	le32 number; /* into the roles */
	le32 corrected;
	uint8_t device_uuid[16];
	uint8_t flags[8];
	le64 utime;
	le64 events;
	le64 resync;
	le32 sum;
	le32 roles; /* how many */
	le32 pad1[8];
};
static_assert(sizeof(struct new_super) == ROLES_AT, "before the roles");

/*
 * Is that the sum of little-endian words, and of what is left of a last one?
 * The sum itself is among them.
 */
static bool has_sum(struct bytes data, le32 stored)
{
	uint64_t sum = 0;
	size_t at;

	for (at = 0; at + 4 <= data.len; at += 4)
		sum += le32_get(*(const le32 *)(data.data + at));
	if (data.len % 4 == 2)
		sum += le16_get(*(const le16 *)(data.data + at));
	sum -= le32_get(stored);
	return (uint32_t)(sum & UINT32_MAX) + (uint32_t)(sum >> 32) ==
		le32_get(stored);
}

static void put_be32(uint8_t out[4], uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void take_old(
	const struct old_super *super, uint64_t at, struct md_member *member)
{
	uint32_t number = le32_get(super->self.number);

	*member = (struct md_member){
		.minor = le32_get(super->md_minor),
		.old = true,
		.level = (int32_t)le32_get(super->level),
		.layout = le32_get(super->layout),
		.chunk = le32_get(super->chunk),
		.used = (uint64_t)le32_get(super->size) << 10,
		.disks = le32_get(super->raid_disks),
		.role = le32_get(super->self.raid_disk),
		.events = le64_get(super->events),
		.size = at,
		.reshaping = le32_get(super->minor) == 91,
	};
	put_be32(member->uuid, le32_get(super->uuid0));
	put_be32(member->uuid + 4, le32_get(super->uuid1));
	put_be32(member->uuid + 8, le32_get(super->uuid2));
	put_be32(member->uuid + 12, le32_get(super->uuid3));
	/* state: faulty is 1, active 2, in sync 4 */
	if (number >= 27 || (le32_get(super->disks[number].state) & 7) != 6)
		member->role = MD_NO_ROLE;
}

static int read_old(
	struct volume *vol, struct md_member *member, struct error *err)
{
	struct old_super super;
	uint64_t at;

	if (vol->size < 2ULL * OLD_RESERVED)
		return 0;
	at = (vol->size & ~(uint64_t)(OLD_RESERVED - 1)) - OLD_RESERVED;
	if (volume_read(vol, at, &super, sizeof(super), err) < 0)
		return -1;
	if (le32_get(super.magic) != MAGIC || le32_get(super.major) != 0 ||
		!has_sum((struct bytes){ (const uint8_t *)&super, OLD_SIZE },
			super.sum))
		return 0;
	take_old(&super, at, member);
	return 1;
}

/* "host:name" is the array "name" everywhere. */
static void take_name(const char *from, char *to)
{
	size_t len = strnlen(from, 32);
	const char *colon = memchr(from, ':', len);

	if (colon) {
		len -= (size_t)(colon + 1 - from);
		from = colon + 1;
	}
	memcpy(to, from, len);
	to[len] = '\0';
}

static uint32_t role_of(const struct new_super *super, const uint8_t *roles)
{
	uint32_t number = le32_get(super->number);
	uint16_t role;

	if (number >= le32_get(super->roles))
		return MD_NO_ROLE;
	role = le16_get(*(const le16 *)(roles + 2 * (size_t)number));
	/* 0xfffd: the journal, 0xfffe: dead, 0xffff: a spare */
	return role >= 0xfffd ? MD_NO_ROLE : role;
}

static void take_new(const struct new_super *super, const uint8_t *roles,
	struct md_member *member)
{
	uint32_t features = le32_get(super->features);

	*member = (struct md_member){
		.level = (int32_t)le32_get(super->level),
		.layout = le32_get(super->layout),
		.chunk = (uint64_t)le32_get(super->chunk) * SECTOR,
		.used = le64_get(super->size) * SECTOR,
		.disks = le32_get(super->raid_disks),
		.role = role_of(super, roles),
		.events = le64_get(super->events),
		.start = le64_get(super->data) * SECTOR,
		.size = le64_get(super->data_size) * SECTOR,
		.reshaping = features & FEATURE_RESHAPE,
		.recovering = features & FEATURE_RECOVERY,
		.replacement = features & FEATURE_REPLACEMENT,
		.journal = features & FEATURE_JOURNAL,
	};
	memcpy(member->uuid, super->uuid, sizeof(member->uuid));
	take_name(super->name, member->name);
}

static int read_new(struct volume *vol, uint64_t at, struct md_member *member,
	struct error *err)
{
	uint8_t block[NEW_SIZE];
	struct new_super super;
	uint32_t roles;

	if (!range_inside(at, sizeof(block), vol->size))
		return 0;
	if (volume_read(vol, at, block, sizeof(block), err) < 0)
		return -1;
	memcpy(&super, block, sizeof(super));
	roles = le32_get(super.roles);
	/* of a partition's end and of its disk's only one is meant */
	if (le32_get(super.magic) != MAGIC || le32_get(super.major) != 1 ||
		roles > ROLES_MAX || le64_get(super.super) != at / SECTOR ||
		!has_sum((struct bytes){ block, ROLES_AT + 2 * roles },
			super.sum))
		return 0;
	if (le64_get(super.data) > SECTORS_MAX ||
		le64_get(super.data_size) > SECTORS_MAX ||
		le64_get(super.size) > SECTORS_MAX)
		return error_set(err, ERR_CORRUPT,
			"MD superblock at 0x%" PRIx64
			": its sizes are too large",
			at);
	take_new(&super, block + ROLES_AT, member);
	return 1;
}

int md_read(struct volume *vol, enum assembly_look look,
	struct md_member *member, struct error *err)
{
	uint64_t sectors = vol->size / SECTOR;
	int r;

	r = read_new(vol, 0, member, err);
	if (r == 0)
		r = read_new(vol, 4096, member, err);
	if (r != 0 || look == LOOK_AT_START || sectors < 32)
		return r;
	r = read_new(
		vol, ((sectors - 16) & ~UINT64_C(7)) * SECTOR, member, err);
	return r == 0 ? read_old(vol, member, err) : r;
}
