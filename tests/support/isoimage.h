/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isoimage.h - ISO 9660 volumes put together by hand, byte for byte
 *
 * xorriso and genisoimage make what they think right; this makes the rest.  All
 * places are bytes in the volume, and multiples of 4096 where a block begins.
 */
#ifndef TESTS_ISOIMAGE_H
#define TESTS_ISOIMAGE_H

#include "tests/support/image.h"

#define ISOIMAGE_SIZE (512 << 10)

/* Where things are: descriptors, the root directory, free space, data. */
#define ISOIMAGE_PRIMARY 0x8000
#define ISOIMAGE_SECOND                                                        \
	0x8800 /* a terminator, unless something else is put                   \
		*/
#define ISOIMAGE_ROOT 0xa000
#define ISOIMAGE_ROOT_SIZE 0x4000
#define ISOIMAGE_FREE 0x10000
#define ISOIMAGE_DATA 0x40000 /* noise, which isoimage_noise() tells */

struct isoimage {
	uint8_t data[ISOIMAGE_SIZE];
	uint32_t block_size; /* bytes */
	size_t next;         /* where the next record goes */
	size_t record;       /* the last one; 0: fields go into an area... */
	size_t end;          /* ...and the next one here */
	size_t area_len;     /* where the length of the area is kept */
};

/* A record; what is 0 is as usual. */
struct isoimage_record {
	const char *name;
	size_t name_len; /* 0: as strlen() says */
	uint32_t at;     /* of the data */
	uint32_t size;   /* bytes */
	uint8_t flags;
	uint8_t unit;
	uint8_t gap;
	uint8_t attribute_blocks;
};

/* For tests that need nothing else made: image_cleanup() belongs to it. */
void isoimage_setup(void);

void isoimage_both16(uint8_t *to, uint16_t value);
void isoimage_both32(uint8_t *to, uint32_t value);

/* The byte at that place, from ISOIMAGE_DATA on. */
uint8_t isoimage_noise(size_t at);

/*
 * A volume "LABEL" with an empty root directory, where records go now, and
 * noise.  With Rock Ridge if rock.
 */
void isoimage_start(struct isoimage *iso, uint32_t block_size, bool rock);

/* Write a directory's first two records there, and let records go behind. */
void isoimage_directory(
	struct isoimage *iso, uint32_t at, uint32_t size, uint32_t parent);

/* Put a descriptor, whose root is there, at that place. */
void isoimage_descriptor(struct isoimage *iso, uint32_t place, uint8_t type,
	uint32_t root, uint32_t root_size);

/* Add a record, to which fields then belong: its place. */
size_t isoimage_add(struct isoimage *iso, const struct isoimage_record *record);

/* Leave the rest of the sector to zeros. */
void isoimage_next_sector(struct isoimage *iso);

/* Add a system use field with that body. */
void isoimage_field(
	struct isoimage *iso, const char *name, const void *body, size_t len);

/* The same for PX with a mode, and for one number. */
void isoimage_mode(struct isoimage *iso, uint32_t mode);
void isoimage_number(struct isoimage *iso, const char *name, uint32_t number);

/* The fields that follow are in an area there. */
void isoimage_go_on(struct isoimage *iso, uint32_t at);

/* Let made.img be this, and open the file system on it: as image_mount(). */
int isoimage_open(struct isoimage *iso, struct image *image);

/* The same; it has to work. */
void isoimage_mount(struct isoimage *iso, struct image *image);

/* A path leads to a file of so many bytes, or to nothing. */
void isoimage_has(struct image *image, const char *path, uint64_t size);
void isoimage_has_not(struct image *image, const char *path);

#endif
