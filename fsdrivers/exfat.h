/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exfat.h - what the files of the exFAT driver know of each other
 *
 * exfat.c is the driver; below it stand exfat_dir.c (directories),
 * exfat_upcase.c (when two names are the same) and exfat_boot.c (the boot
 * region).  Chains, rows of entries and contents of files are those of FAT
 * (fat.h).
 */
#ifndef FSDRIVERS_EXFAT_H
#define FSDRIVERS_EXFAT_H

#include "fsdrivers/fat.h"

#define EXFAT_UNITS 65536 /* that an up-case table can map */

/* What the root directory says of the up-case table. */
struct exfat_upcase {
	uint32_t checksum;
	uint32_t cluster;
	uint64_t size; /* bytes; 0: there is none */
};

struct exfat {
	struct fat fat; /* the first: fs->priv is it */
	struct exfat_upcase upcase;
	uint16_t *upper; /* NULL until it is needed, or if it is broken */
	bool upper_read; /* or tried to */
};

/* exfat_boot.c */

struct exfat_boot {
	uint8_t jump[3];
	uint8_t system[8];
	uint8_t zero[53]; /* where FAT has its numbers */
	le64 partition;
	le64 sectors;
	le32 table; /* sector of the first one */
	le32 table_sectors;
	le32 data;
	le32 clusters;
	le32 root; /* its first cluster */
	le32 serial;
	le16 revision; /* 0x0100: 1.00 */
	le16 flags;
	uint8_t sector_shift;  /* 2^9 to 2^12 bytes */
	uint8_t cluster_shift; /* so many sectors; no cluster above 32 MiB */
	uint8_t tables;        /* 2: TexFAT */
	uint8_t drive;
	uint8_t percent;
	uint8_t reserved[7];
	uint8_t code[392]; /* and the signature */
};

enum { EXFAT_SECOND_TABLE = 1, EXFAT_DIRTY = 2 }; /* flags */

/* The name that "system" has. */
bool exfat_boot_named(const struct exfat_boot *boot);

/* The boot sector of the first of both boot regions that is sound. */
int exfat_boot_read(
	struct volume *vol, struct exfat_boot *boot, struct error *err);

/* exfat_upcase.c */

/*
 * By which table that name is compared with others: *upper of EXFAT_UNITS
 * units, or NULL for FAT's rule.  -1: no memory.
 */
int exfat_upper(struct fs *fs, const char *name, const uint16_t **upper,
	struct error *err);

/* exfat_dir.c */

int exfat_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int exfat_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* The label and the up-case table, as far as the root has them. */
int exfat_root(struct fs *fs, struct error *err);

#endif
