/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gpt.h - GPT: headers judged before anybody follows them, and their entries
 *
 * Internal to src/disk.  libfdisk computes the checksums of both copies at
 * twelve instructions a byte, half of what we allow ourselves for a whole run
 * (measured: 490,000 of a million), so a sound primary is read here.  Where it
 * is broken libfdisk recovers, but not on a disk cut short, not without a
 * protective MBR, and it allocates and reads whatever a header asks for.
 */
#ifndef DISK_GPT_H
#define DISK_GPT_H

#include "src/disk/partition_list.h"

struct gpt_header {
	bool present;    /* the signature is there */
	bool sum_right;  /* then libfdisk reads the entries, wherever it is */
	bool intact;     /* its checksum is right and it says where it is */
	bool fits;       /* numbers we follow: see PARTITIONS_MAX */
	bool sound;      /* and so are its entries: known once they were read */
	uint64_t backup; /* the sector where the other header should be */
	uint64_t last_usable; /* sector */
	uint64_t array;       /* first sector of the entries */
	uint32_t entries;
	uint32_t entry_size; /* bytes */
	uint32_t array_crc;
	uint8_t guid[16];    /* of the disk, as it lies there */
	const uint8_t *data; /* the entries, once they were read */
};

/*
 * Every header that a reader might use: the primary, the one where an intact
 * primary says its backup is, the one in the last sector.
 */
enum { GPT_PRIMARY, GPT_BACKUP, GPT_LAST, GPT_COPIES };

struct gpt {
	struct gpt_header copy[GPT_COPIES];
};

/*
 * Set disk->sector_size to that which finds a header at sector 1 or, if
 * at_end, in the last sector.  False if there is none: nothing is changed.
 */
bool gpt_find(struct disk *disk, bool at_end);

/* A header that cannot be read, or was read already, is not present. */
void gpt_read_headers(struct disk *disk, struct gpt *gpt);

/* May libfdisk follow these headers?  Not if it would trust a bad number. */
bool gpt_harmless(const struct gpt *gpt);

/* Say that the primary was not used, or that the backup could not be. */
void gpt_note_damage(struct partition_list *list, const struct gpt *gpt);

/* List the entries of a primary with right checksums: 1, or 0 if it has not. */
int gpt_list_primary(struct partition_list *list, struct gpt *gpt,
	struct error *err) __attribute__((warn_unused_result));

/*
 * The same for the best copy of all.  If not strict, one with wrong checksums
 * will do.
 */
int gpt_list_any(struct partition_list *list, struct gpt *gpt, bool strict,
	struct error *err) __attribute__((warn_unused_result));

#endif
