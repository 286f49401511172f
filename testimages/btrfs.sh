#!/bin/bash
# What the stored images of btrfs hold, and how they were made.
#
# usage: btrfs.sh fill DIRECTORY
#   Make the tree; where it lies on btrfs with subvolumes, snapshots, shared
#   and compressed extents, else with directories and copies.
# usage: btrfs.sh small DIRECTORY
#   A smaller one, for images of several devices.
# usage: btrfs.sh make OUT DEVICES MIB-EACH MKFS-OPTION...
#   An image of so many devices one behind the other, with that tree; as root,
#   by the kernel of this machine.  MOUNT: options; TREE: fill, small, or a
#   guest: ubuntu, fedora, opensuse; SCRIPT: commands that make another.
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022
here=$(cd "$(dirname "$0")" && pwd)

text() { # WORD SIZE
	seq -f "$1 %.0f of many lines" "$2" 2>/dev/null | head -c "$2" || :
}

fill() {
	local dir=$1 method file at btrfs=no
	[ "$(stat -f -c %T "$dir")" != btrfs ] || btrfs=yes
	cd "$dir"
	for method in none zlib lzo zstd; do
		mkdir $method
		if [ $btrfs = yes ] && [ $method != none ]; then
			btrfs property set $method compression $method
		fi
		cd $method
		: >empty
		echo "a short file" >short
		text inline 1500 >inline
		for at in 4095 4096 4097 65536 131073; do
			text $method $at >size-$at
		done
		text $method 300001 >lines
		# parts of extents, in another order and over old ones
		cp --reflink=auto lines mixed
		sync
		for at in 3 31 32 33 64 70; do
			text $at 4096 | dd of=mixed bs=4096 seek=$at \
				conv=notrunc,fsync status=none
		done
		# holes
		truncate -s 1000001 sparse
		text hole 8192 |
			dd of=sparse bs=4096 seek=70 conv=notrunc status=none
		cd ..
	done
	text prealloc 9000 >prealloc
	fallocate -l 300000 prealloc
	truncate -s 200000 prealloc
	for at in $(seq 40); do # each time an extent of its own
		text $at 4096 >>pieces
		text $at 100 >>tails
		sync pieces tails
	done
	mkdir -p dir/below names
	# names with the same hash
	(cd names && seq -f 'name-%.0f' 150 | xargs touch &&
		touch ebblgkjwh gjunzdtpb && echo 1 >kdqkgvhcq && echo 2 >gxdgpqttl)
	echo utf >'names/grüße-日本.txt'
	echo long >"names/$(printf 'n%0254d' 7)"
	ln -s dir/below link
	ln -s "$(printf './%.0s' {1..500})none/short" longlink
	ln none/lines dir/hardlink
	mkfifo fifo
	find . -exec touch -h -d @1700000002 {} +
	if [ $btrfs = yes ]; then
		btrfs -q subvolume create @
		btrfs -q subvolume create @/inner
		cp -a --reflink=always none/lines dir @
		echo inner >@/inner/file
		btrfs -q subvolume snapshot @ dir/snapshot
		btrfs -q subvolume snapshot -r @ dir/read-only
		echo changed >dir/snapshot/dir/new
		rm @/dir/hardlink
		btrfs -q subvolume create gone
		cp -a names gone
		btrfs -q subvolume delete gone
	else
		mkdir @ @/inner
		cp -a none/lines dir @
		cp -a @ dir/read-only
		cp -a @ dir/snapshot
		echo inner >@/inner/file
		echo changed >dir/snapshot/dir/new
		rm @/dir/hardlink
	fi
	touch -d @1700000003 @/inner/file dir/snapshot/dir/new
	find . -type d -exec touch -d @1700000002 {} + 2>/dev/null || :
}

# Enough for stripes of several rows on each device
small() {
	cd "$1"
	mkdir dir
	text stripe 400001 >lines
	seq -f 'dir/name-%.0f' 60 | xargs touch
	echo short >dir/short
	find . -exec touch -h -d @1700000002 {} +
}

# Guests as installers lay them out; the kernels are there to be found

put_kernel() { # DIRECTORY VERSION
	mkdir -p "$1"
	yes "kernel of the btrfs guest" | head -c 300000 >"$1/vmlinuz-$2" || :
	yes "ramdisk of the btrfs guest" | head -c 1000000 >"$1/initrd-$2" || :
}

ubuntu() {
	cd "$1"
	btrfs -q subvolume create @
	btrfs -q subvolume create @home
	put_kernel @/boot 6.8
	ln -s vmlinuz-6.8 @/boot/vmlinuz
	mkdir @/boot/grub
	cat >@/boot/grub/grub.cfg <<-'END'
		if [ -s $prefix/grubenv ]; then load_env; fi
		search --no-floppy --fs-uuid --set=root 5704ed00-b7f5-4000-8000-000000000001
		menuentry 'Ubuntu' {
			linux /@/boot/vmlinuz-6.8 root=UUID=5704ed00-b7f5-4000-8000-000000000001 ro rootflags=subvol=@ quiet
			initrd /@/boot/initrd-6.8
		}
	END
}

fedora() {
	cd "$1"
	btrfs -q subvolume create root
	btrfs -q subvolume create home
	put_kernel root/boot 6.11
	mkdir -p root/boot/grub2 root/boot/loader/entries
	cat >root/boot/grub2/grub.cfg <<-'END'
		set default=0
		insmod blscfg
		blscfg
	END
	cat >root/boot/loader/entries/0123-6.11.conf <<-'END'
		title Fedora Linux (6.11)
		version 6.11
		linux /root/boot/vmlinuz-6.11
		initrd /root/boot/initrd-6.11
		options root=UUID=5704ed00-b7f5-4000-8000-000000000001 ro rootflags=subvol=root
	END
}

opensuse() {
	cd "$1"
	btrfs -q subvolume create @
	btrfs -q subvolume create @/.snapshots
	mkdir -p @/.snapshots/1 @/.snapshots/2
	btrfs -q subvolume create @/.snapshots/1/snapshot
	put_kernel @/.snapshots/1/snapshot/boot 6.4
	cd @/.snapshots/1/snapshot
	ln -s vmlinuz-6.4 boot/vmlinuz
	ln -s initrd-6.4 boot/initrd
	mkdir boot/grub2
	cat >boot/grub2/grub.cfg <<-'END'
		set btrfs_relative_path="yes"
		export btrfs_relative_path
		if [ -f ${config_directory}/grubenv ]; then load_env -f ${config_directory}/grubenv; fi
		menuentry 'openSUSE' {
			search --no-floppy --fs-uuid --set=root 5704ed00-b7f5-4000-8000-000000000001
			linux /boot/vmlinuz root=UUID=5704ed00-b7f5-4000-8000-000000000001 quiet
			initrd /boot/initrd
		}
	END
	cd "$1"
	# a roll-back: what boots is a copy of the first snapshot
	btrfs -q subvolume snapshot @/.snapshots/1/snapshot @/.snapshots/2/snapshot
	sed -i s/quiet/rolled-back/ @/.snapshots/2/snapshot/boot/grub2/grub.cfg
	btrfs -q subvolume set-default @/.snapshots/2/snapshot
}

make() {
	local out=$1 devices=$2 mib=$3 loop loops=() mnt i
	shift 3
	mnt=$(mktemp -d)
	rm -f "$out"
	truncate -s $((devices * mib))M "$out"
	for ((i = 0; i < devices; i++)); do
		loop=$(losetup -f --show -o $((i * mib))M --sizelimit ${mib}M "$out")
		loops+=("$loop")
	done
	mkfs.btrfs -q -f -L stored -U 5704ed00-b7f5-4000-8000-000000000001 "$@" "${loops[@]}" >/dev/null
	btrfs device scan "${loops[@]}" >/dev/null
	mount -o "noatime${MOUNT:+,$MOUNT}" "${loops[0]}" "$mnt"
	if [ -n "${SCRIPT:-}" ]; then
		(cd "$mnt" && bash -eu -c "$SCRIPT")
	else
		"$here/btrfs.sh" "${TREE:-fill}" "$mnt"
	fi
	sync
	[ "${TREE:-fill}" != fill ] || btrfs -q subvolume sync "$mnt" >/dev/null
	sync
	fstrim "$mnt"
	umount "$mnt"
	rmdir "$mnt"
	for loop in "${loops[@]}"; do
		losetup -d "$loop"
	done
}

"$@"
