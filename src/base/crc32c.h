/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crc32c.h - the checksum of metadata: CRC-32 with Castagnoli's polynomial
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/*
 * Go on from crc over len bytes.  What to begin with, as a rule ~0, and
 * whether the result is inverted, as a rule too, is the format's to say:
 * ~crc32c(~0U, "123456789", 9) is 0xe3069283.
 */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

/* The same without the processor's help, which not every one offers. */
uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t len);

#endif
