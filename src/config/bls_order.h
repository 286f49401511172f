/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bls_order.h - which files are entries, and which of two comes first
 *
 * The GRUB of Fedora and RHEL orders entries by the names of their files, read
 * as the name, version and release of a package, and compared as rpm does.
 * Nothing in the files counts.
 */
#ifndef CONFIG_BLS_ORDER_H
#define CONFIG_BLS_ORDER_H

#include <stdbool.h>

#include "src/base/text.h"

#define BLS_SUFFIX ".conf"

/* "a.conf" is the name of an entry; ".conf", ".a.conf" and "a.CONF" are not. */
bool bls_is_entry(const char *name);

/* Its id: the name without the suffix. */
struct text bls_id(const char *name);

/*
 * Compare two ids: above 0 if a is the newer one, which a menu shows first; 0
 * if to GRUB they are the same, as "a.1" and "a_1" are.
 */
int bls_compare(struct text a, struct text b);

/* Compare two versions as rpm does. */
int bls_compare_versions(struct text a, struct text b);

#endif
