/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_journal.h - the journal of ext3 and ext4, replayed in memory
 */
#ifndef FSDRIVERS_EXT_JOURNAL_H
#define FSDRIVERS_EXT_JOURNAL_H

#include "fsdrivers/ext.h"
#include "src/disk/overlay.h"

/*
 * The volume as it would be after the guest replayed the journal in the file
 * system's own journal file, in
 * the arena.  *fast: there are fast commits, which are not replayed.  NULL with
 * err filled: the journal cannot be used.
 */
struct overlay *ext_journal_replay(
	struct ext *ext, bool *fast, struct error *err);

#endif
