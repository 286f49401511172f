#!/bin/sh
# A live system on an ISO as it is given to a guest as its disk: isolinux with
# kernel and ramdisk, or GRUB's configuration.  No root, no download; the same
# image each time.
#
# The kernel is not one that runs: it is there to be found and copied.
#
# usage: iso.sh OUT
# LAYOUT: "cd", without a partition table, if not set; "hybrid", where isolinux's
# MBR has the disk as its first partition; "offset", where that partition begins
# at sector 64 with a file system of its own, as grub-mkrescue makes it
# CONFIG: "isolinux" if not set, or "grub"
# MKISOFS_OPTIONS: for xorriso, "-J" if not set
set -eu

out=$1
layout=${LAYOUT:-cd}
config=${CONFIG:-isolinux}
options=${MKISOFS_OPTIONS:--J}
export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1700000000}"
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
tree=$work/tree

need() { # FILE-OR-COMMAND PACKAGE
	[ -e "$1" ] || command -v "$1" >/dev/null || {
		echo "$1 is missing (package $2)" >&2
		exit 1
	}
}
need xorriso xorriso

mkdir -p "$tree/live"
yes "kernel of the iso guest" | head -c 6291456 >"$tree/live/vmlinuz"
yes "ramdisk of the iso guest" | head -c 20971520 >"$tree/live/initrd.img"
case $config in
isolinux)
	need /usr/lib/ISOLINUX/isolinux.bin isolinux
	mkdir "$tree/isolinux"
	cp /usr/lib/ISOLINUX/isolinux.bin "$tree/isolinux"
	set -- -b isolinux/isolinux.bin -no-emul-boot -boot-info-table \
		-boot-load-size 4
	cat >"$tree/isolinux/isolinux.cfg" <<-'END'
		DEFAULT live
		TIMEOUT 50
		LABEL live
			MENU LABEL Live system
			KERNEL /live/vmlinuz
			APPEND initrd=/live/initrd.img boot=live quiet
	END
	;;
grub)
	mkdir -p "$tree/boot/grub"
	set --
	cat >"$tree/boot/grub/grub.cfg" <<-'END'
		set timeout=5
		menuentry 'Live system' {
			search --no-floppy --set=root --label LIVE_CD
			search --no-floppy --set=root --fs-uuid 2023-11-14-22-13-20-00
			linux /live/vmlinuz boot=live quiet
			initrd /live/initrd.img
		}
	END
	;;
*) echo "iso.sh: no configuration called $config" >&2; exit 1 ;;
esac
case $layout in
cd) ;;
hybrid)
	need /usr/lib/ISOLINUX/isohdpfx.bin isolinux
	set -- "$@" -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin
	;;
offset) set -- "$@" -partition_offset 16 --mbr-force-bootable ;;
*) echo "iso.sh: no layout called $layout" >&2; exit 1 ;;
esac
find "$tree" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +

# shellcheck disable=SC2086 # the options are words
xorriso -as mkisofs -quiet -V LIVE_CD --modification-date=2023111422132000 \
	$options "$@" -o "$out" "$tree" >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	exit 1
}
