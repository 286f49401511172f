/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exfat_boot.c - the two boot regions, of twelve sectors each
 *
 * The last sector of a region is full of the checksum over those before it.
 * Linux reads the first region only, and not if its checksum is wrong; so the
 * second is taken where Linux would refuse.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/exfat.h"

#define SECTOR_SHIFT_MIN 9
#define SECTOR_SHIFT_MAX 12
#define CLUSTER_BITS_MAX 25 /* 32 MiB, section 3.1.15 of the specification */
#define CLUSTERS_MAX 0xfffffff5
#define REGION_SECTORS 12
#define SUMMED_SECTORS 11

_Static_assert(sizeof(struct exfat_boot) == 512, "as the format has it");

bool exfat_boot_named(const struct exfat_boot *boot)
{
	return memcmp(boot->system, "EXFAT   ", sizeof(boot->system)) == 0;
}

/* Those bytes of the boot sector are not summed up: they change in use. */
static bool is_summed(size_t at)
{
	return at != offsetof(struct exfat_boot, flags) &&
		at != offsetof(struct exfat_boot, flags) + 1 &&
		at != offsetof(struct exfat_boot, percent);
}

/* Is the region at "at" what its checksum says? */
static int check_sum(
	struct volume *vol, uint64_t at, unsigned int shift, struct error *err)
{
	uint8_t sector[1 << SECTOR_SHIFT_MAX];
	uint32_t sum = 0;
	unsigned int i;
	size_t j;
	le32 said;

	for (i = 0; i < SUMMED_SECTORS; i++, at += UINT64_C(1) << shift) {
		if (volume_read(vol, at, sector, (size_t)1 << shift, err) < 0)
			return -1;
		for (j = 0; j < (size_t)1 << shift; j++)
			if (i > 0 || is_summed(j))
				sum = (sum << 31 | sum >> 1) + sector[j];
	}
	if (volume_read(vol, at, &said, sizeof(said), err) < 0)
		return -1;
	if (le32_get(said) != sum)
		return error_set(err, ERR_CORRUPT,
			"a checksum of 0x%08" PRIx32 ", it should be "
			"0x%08" PRIx32,
			le32_get(said), sum);
	return 0;
}

static int check_numbers(const struct exfat_boot *boot, struct error *err)
{
	unsigned int sector = boot->sector_shift;
	unsigned int cluster = boot->cluster_shift;

	if (!exfat_boot_named(boot))
		return error_set(err, ERR_CORRUPT, "it is none of exFAT");
	if (boot->revision.b[1] != 1)
		return error_set(err, ERR_UNSUPPORTED,
			"revision %u.%02u of the format, only 1 can be read",
			boot->revision.b[1], boot->revision.b[0]);
	if (sector < SECTOR_SHIFT_MIN || sector > SECTOR_SHIFT_MAX ||
		cluster > CLUSTER_BITS_MAX - sector)
		return error_set(err, ERR_CORRUPT,
			"sectors of 2^%u bytes and clusters of 2^%u of them",
			sector, cluster);
	if (boot->tables < 1 || boot->tables > 2)
		return error_set(
			err, ERR_CORRUPT, "%u allocation tables", boot->tables);
	if (le32_get(boot->clusters) > CLUSTERS_MAX ||
		((uint64_t)le32_get(boot->table_sectors) << sector) / 4 <
			(uint64_t)le32_get(boot->clusters) + 2)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " clusters, and %" PRIu32
			" sectors of allocation table",
			le32_get(boot->clusters),
			le32_get(boot->table_sectors));
	return 0;
}

static int read_region(struct volume *vol, uint64_t at, struct exfat_boot *boot,
	struct error *err)
{
	if (volume_read(vol, at, boot, sizeof(*boot), err) < 0 ||
		check_numbers(boot, err) < 0)
		return -1;
	return check_sum(vol, at, boot->sector_shift, err);
}

int exfat_boot_read(
	struct volume *vol, struct exfat_boot *boot, struct error *err)
{
	struct exfat_boot other;
	struct error why;
	unsigned int shift;

	if (read_region(vol, 0, boot, err) == 0)
		return 0;
	/* how large the sectors are is not known now */
	for (shift = SECTOR_SHIFT_MIN; shift <= SECTOR_SHIFT_MAX; shift++) {
		if (read_region(vol, (uint64_t)REGION_SECTORS << shift, &other,
			    &why) < 0 ||
			other.sector_shift != shift)
			continue;
		*boot = other;
		return 0;
	}
	return error_in(err, "boot sector");
}
