/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uapi_version.h - which of two versions is newer, as UAPI.10 has it
 *
 * The order of systemd-boot, bootctl and systemd-analyze compare-versions.
 */
#ifndef CONFIG_UAPI_VERSION_H
#define CONFIG_UAPI_VERSION_H

#include "src/base/text.h"

/* 1 if a is newer than b, -1 if it is older, 0 if they are the same. */
int uapi_compare_versions(struct text a, struct text b);

#endif
