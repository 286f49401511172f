/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypervisor.h - which files are a Xen, by their names
 *
 * A Xen host that was made a guest names one where a guest's kernel would be;
 * what it would have started is what a guest starts.
 */
#ifndef CONFIG_HYPERVISOR_H
#define CONFIG_HYPERVISOR_H

#include <stdbool.h>

#include "src/base/text.h"

/* xen, xen.gz, xen-4.17-amd64.gz, my-hypervisor; not xenlinux-2.6.16. */
bool hypervisor_name(struct text path);

#endif
