/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>

#include "src/child_state.h"

int child_prepare_disks(struct child *child, struct error *err)
{
	const struct child_setup *setup = child->setup;
	bool remote = false;
	unsigned int i;

	for (i = 0; i < child->options->disk_count; i++) {
		if (setup->sockets[i].fd < 0)
			continue;
		child->remote[i] = nbd_disk_new(setup->sockets[i].export, err);
		if (!child->remote[i])
			return error_in(err, "%s", setup->disks[i].name);
		remote = true;
	}
	if (!remote)
		return 0;
	child->guest.scratch = memfd_create("hostgrub", MFD_CLOEXEC);
	return child->guest.scratch < 0 ? error_errno(err, "a file in memory")
					: 0;
}

int child_connect_disks(struct child *child, struct error *err)
{
	const struct child_setup *setup = child->setup;
	struct disk *disk;
	unsigned int i;

	for (i = 0; i < child->options->disk_count; i++) {
		disk = &setup->disks[i];
		if (!child->remote[i])
			continue;
		guest_stage(&child->guest, "the server of %s", disk->name);
		if (nbd_disk_connect(child->remote[i], setup->sockets[i].fd,
			    disk, err) < 0)
			return error_in(err, "%s", disk->name);
		/* it is disk's from now on */
		child->remote[i] = NULL;
	}
	return 0;
}
