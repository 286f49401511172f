/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbr.h - the MBR of a disk that has no descriptor: an array, a logical volume
 *
 * Internal to src/disk.  libfdisk reads what has one.
 */
#ifndef DISK_MBR_H
#define DISK_MBR_H

#include "src/base/bytes.h"
#include "src/disk/fdisk.h"

#define MBR_TYPE_GPT 0xee /* the whole disk, for who knows no GPT */

struct mbr_entry {
	uint8_t flag; /* 0x80: active */
	uint8_t first_chs[3];
	uint8_t type;
	uint8_t last_chs[3];
	le32 start;
	le32 size;
};

struct mbr {
	uint8_t code[446];
	struct mbr_entry entry[4];
	le16 magic;
};

bool mbr_is_extended(unsigned int type);

/* As fdisk_list(), of the first sector and the chain that it leads to. */
int mbr_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err);

#endif
