#!/bin/sh
# A guest on one bare FAT file system, without a partition table: kernel,
# ramdisk and a grub.cfg, as an EFI system partition that is /boot too has
# them, with names in upper case, in lower case and long.  No root, no download;
# the same image each time.
#
# The kernel is not one that runs: it is there to be found and copied.
#
# usage: fat.sh OUT
# MKFS_OPTIONS: what to make, "-F 32" if not set; the disk is 128 MiB, or
# SIZE, as truncate takes it
# FRAGMENTED=yes: the ramdisk lies in a few hundred pieces
set -eu

out=$1
options=${MKFS_OPTIONS:--F 32 -s 1}
size=${SIZE:-128M}
epoch=${SOURCE_DATE_EPOCH:-1700000000}
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8 TZ=UTC MTOOLSRC=/dev/null SOURCE_DATE_EPOCH="$epoch"
umask 022

for tool in mkfs.fat mcopy; do
	command -v $tool >/dev/null || {
		echo "$tool is not installed (packages dosfstools, mtools)" >&2
		exit 1
	}
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
tree=$work/tree

mkdir -p "$tree/EFI/BOOT" "$tree/grub"
yes "kernel of the fat guest" | head -c 6291456 >"$tree/vmlinuz-6.1.0-18-amd64"
yes "ramdisk of the fat guest" | head -c 20971520 >"$work/initrd"
yes "loader of the fat guest" | head -c 65536 >"$tree/EFI/BOOT/BOOTX64.EFI"
echo fat-guest >"$tree/RÉSUMÉ of the guest.txt"
cat >"$tree/grub/grub.cfg" <<-END
	set default=0
	set timeout=5
	menuentry 'Linux on FAT' {
		search --no-floppy --fs-uuid --set=root FA7F-0001
		linux /VMLINUZ-6.1.0-18-AMD64 root=/dev/xvda2 ro quiet
		initrd /initrd.img-6.1.0-18-amd64
	}
END
find "$tree" "$work/initrd" -exec touch -d "@$epoch" {} +

rm -f "$out"
truncate -s "$size" "$out"
# shellcheck disable=SC2086 # the options are words
mkfs.fat --invariant $options -n FAT-GUEST -i fa7f0001 "$out" >"$work/log" || {
	cat "$work/log" >&2
	exit 1
}
put() {
	mcopy -s -m -Q -i "$out" "$@"
}
if [ "${FRAGMENTED:-}" = yes ]; then
	# holes of a cluster, where what is copied next has to go
	mkdir "$work/holes"
	(cd "$work/holes" && seq 100 899 | while read -r i; do
		echo "$i" >"$i"
		touch -d "@$epoch" "$i"
	done)
	touch -d "@$epoch" "$work/holes"
	put "$work/holes" ::/
	mdel -i "$out" '::/holes/*[02468]'
	case $options in
	*"-F 32"*) # forget behind which cluster the free ones are
		printf '\377\377\377\377' |
			dd of="$out" bs=1 seek=1004 conv=notrunc status=none
		;;
	esac
fi
put "$work/initrd" ::/initrd.img-6.1.0-18-amd64
put "$tree"/* ::/
