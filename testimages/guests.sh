#!/bin/bash
# Guests of testimages/stored that need a kernel or a program which tests do not
# have; the kernels are there to be found.
#
# usage: guests.sh suse OUT
#   SUSE Linux Enterprise 10 with GRUB legacy on ReiserFS; by appliance.sh.
# usage: guests.sh ubuntu|freebsd OUT
#   A pool as the installers lay it out; as root, with zfs-fuse's daemon running
#   (its zpool and zfs in PATH, or in $ZFS).
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022
here=$(cd "$(dirname "$0")" && pwd)
zfs=${ZFS:+$ZFS/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

text() { # WHAT SIZE
	yes "$1" | head -c "$2" || :
}

suse() {
	local boot=$work/tree/boot version=2.6.16.60-0.21
	mkdir -p "$boot/grub"
	text "kernel of the SUSE guest" 300000 >"$boot/vmlinuz-$version-xenpae"
	text "ramdisk of the SUSE guest" 1000000 >"$boot/initrd-$version-xenpae"
	text "kernel without Xen" 200000 >"$boot/vmlinuz-$version-default"
	cp "$boot/initrd-$version-xenpae" "$boot/initrd-$version-default"
	ln -s vmlinuz-$version-default "$boot/vmlinuz"
	ln -s initrd-$version-default "$boot/initrd"
	ln -s vmlinuz-$version-xenpae "$boot/vmlinuz-xenpae"
	ln -s initrd-$version-xenpae "$boot/initrd-xenpae"
	ln -s . "$boot/boot"
	printf '(fd0)\t/dev/fd0\n(hd0)\t/dev/xvda\n' >"$boot/grub/device.map"
	cat >"$boot/grub/menu.lst" <<-'END'
		# Modified by YaST2. Last modification on Tue Oct 14 10:21:11 UTC 2008
		default 0
		timeout 8
		gfxmenu (hd0,0)/boot/message
		##YaST - activate

		###Don't change this comment - YaST2 identifier: Original name: xen###
		title Xen -- SUSE Linux Enterprise Server 10 SP2 - 2.6.16.60-0.21
		    root (hd0,0)
		    kernel /boot/vmlinuz-xenpae root=/dev/xvda1 resume=/dev/xvda2 splash=silent showopts
		    initrd /boot/initrd-xenpae

		###Don't change this comment - YaST2 identifier: Original name: linux###
		title SUSE Linux Enterprise Server 10 SP2 - 2.6.16.60-0.21
		    kernel (hd0,0)/boot/vmlinuz root=/dev/xvda1 resume=/dev/xvda2 splash=silent showopts
		    initrd (hd0,0)/boot/initrd

		###Don't change this comment - YaST2 identifier: Original name: floppy###
		title Floppy
		    chainloader (fd0)+1
	END
	cat >"$work/script" <<-'END'
		mkfs.reiserfs -q -f -s 513 -l suse -u 01234567-89ab-cdef-0123-456789abcdef /dev/vda1
		mount -t reiserfs /dev/vda1 /mnt
		cp -a /files/tree/. /mnt
		umount /mnt
	END
	rm -f "$1"
	truncate -s 24M "$1"
	sfdisk -q "$1" <<-'END'
		label: dos
		start=2048, size=40960, type=83, bootable
		start=43008, type=82
	END
	"$here/appliance.sh" --tool mkfs.reiserfs --files "$work" \
		"$work/script" "$1"
}

# A pool of this name with its root at ROOT/DATASET, mounted on $work/root
pool() { # NAME DATASET OUT
	rm -f "$3"
	truncate -s 64M "$3"
	loop=$(losetup -f --show "$3")
	# a pool of gzip may have no bootfs
	"${zfs}zpool" create -f -o ashift=9 -O atime=off -O mountpoint=none \
		-O compression=lzjb "$1" "$loop"
	"${zfs}zfs" create -o mountpoint=none "$1/ROOT"
	"${zfs}zfs" create -o mountpoint="$work/root" "$1/ROOT/$2"
	"${zfs}zfs" create -o mountpoint=none "$1/home"
	"${zfs}zpool" set bootfs="$1/ROOT/$2" "$1"
}

finish() { # NAME
	"${zfs}zpool" export "$1"
	losetup -d "$loop"
}

ubuntu() {
	local version=6.8.0-31-generic boot=$work/root/boot guid
	pool rpool ubuntu "$1"
	mkdir -p "$boot/grub"
	text "older kernel of ZFS" 200000 >"$boot/vmlinuz-$version"
	text "ramdisk of the ZFS guest" 1000000 >"$boot/initrd.img-$version"
	guid=$("${zfs}zpool" get guid rpool | awk '$2 == "guid" { print $3 }')
	# as grub-mkconfig writes it
	sed "s/GUID/$(printf %016x "$guid")/; s/VERSION/$version/" \
		>"$boot/grub/grub.cfg" <<-'END'
		if [ -s $prefix/grubenv ]; then
		  set have_grubenv=true
		  load_env
		fi
		set default="0"
		insmod part_gpt
		insmod zfs
		if [ x$feature_platform_search_hint = xy ]; then
		  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,gpt1 GUID
		else
		  search --no-floppy --fs-uuid --set=root GUID
		fi
		set timeout=5
		menuentry 'Ubuntu' --class ubuntu $menuentry_id_option 'ubuntu' {
		  insmod gzio
		  search --no-floppy --fs-uuid --set=root GUID
		  linux /ROOT/ubuntu@/boot/vmlinuz-VERSION root=ZFS="rpool/ROOT/ubuntu" ro quiet
		  initrd /ROOT/ubuntu@/boot/initrd.img-VERSION
		}
		menuentry 'Ubuntu before the upgrade' $menuentry_id_option 'snapshot' {
		  linux /ROOT/ubuntu@before/boot/vmlinuz-VERSION root=ZFS="rpool/ROOT/ubuntu@before" ro
		  initrd /ROOT/ubuntu@before/boot/initrd.img-VERSION
		}
	END
	"${zfs}zfs" snapshot rpool/ROOT/ubuntu@before
	text "kernel of the ZFS guest" 300000 >"$boot/vmlinuz-$version"
	finish rpool
}

freebsd() {
	local boot=$work/root/boot
	pool zroot default "$1"
	mkdir -p "$boot"/{kernel,kernel.old,defaults}
	text "kernel of the ZFS guest" 300000 >"$boot/kernel/kernel"
	text "older kernel of ZFS" 200000 >"$boot/kernel.old/kernel"
	cat >"$boot/loader.conf" <<-'END'
		kern.geom.label.disk_ident.enable="0"
		cryptodev_load="YES"
		zfs_load="YES"
		vfs.root.mountfrom="zfs:zroot/ROOT/default"
	END
	cat >"$boot/defaults/loader.conf" <<-'END'
		kernel="kernel"
		kernels="kernel kernel.old"
		loader_conf_files="/boot/device.hints /boot/loader.conf /boot/loader.conf.local"
	END
	finish zroot
}

"$@"
