/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * found.h - the configurations that a search finds, as one text
 */
#ifndef TESTS_FOUND_H
#define TESTS_FOUND_H

#include "src/config/config.h"

/*
 * What is found on the device in a stage: "PATH FORMAT, " each, or the fault in
 * parentheses.  config and err are as the last left them.
 */
const char *found_on(struct guest *guest, struct device *dev,
	const struct config_search *search, enum config_stage stage,
	struct config *config, struct error *err);

#endif
