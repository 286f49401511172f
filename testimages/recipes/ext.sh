#!/bin/sh
# A guest on one bare ext file system, without a partition table: kernel,
# ramdisk and a grub.cfg, in large and small, fragmented and linked files.  No
# root, no download; the same image each time.
#
# The kernel is not one that runs: it is there to be found and copied.
#
# usage: ext.sh OUT
# MKE2FS_OPTIONS: what to make, "-t ext4" with the newest features if not set
# JOURNAL=dirty: leave a journal behind that would have to be replayed
set -eu

out=$1
options=${MKE2FS_OPTIONS:--t ext4 -O inline_data,metadata_csum_seed,orphan_file,large_dir}
epoch=${SOURCE_DATE_EPOCH:-1700000000}
uuid=e4f5e4f5-0102-4304-8506-0708090a0b0c
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C E2FSPROGS_FAKE_TIME="$epoch"
umask 022

command -v mke2fs >/dev/null || {
	echo "mke2fs is not installed (package e2fsprogs)" >&2
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
boot=$work/tree/boot

mkdir -p "$boot/grub" "$work/tree/etc"
yes "kernel of the ext guest" | head -c 6291456 >"$boot/vmlinuz-6.1"
yes "ramdisk of the ext guest" | head -c 20971520 >"$boot/initrd.img-6.1"
ln -s boot/vmlinuz-6.1 "$work/tree/vmlinuz"
ln -s boot/initrd.img-6.1 "$work/tree/initrd.img"
echo ext-guest >"$work/tree/etc/hostname"
cat >"$boot/grub/grub.cfg" <<-END
	set default=0
	set timeout=5
	menuentry 'Linux on ext' {
		search --no-floppy --fs-uuid --set=root $uuid
		linux /vmlinuz root=UUID=$uuid ro quiet
		initrd /initrd.img
	}
END
find "$work/tree" -exec touch -hd "@$epoch" {} +

rm -f "$out"
truncate -s 256M "$out"
# shellcheck disable=SC2086 # the options are words
mke2fs -q $options -L ext-guest -U $uuid -E hash_seed=$uuid \
	-d "$work/tree" "$out"
if [ "${JOURNAL:-}" = dirty ]; then
	head -c 4096 /dev/zero >"$work/block"
	printf 'jo\njw -b 60000 %s\njc\n' "$work/block" >"$work/commands"
	debugfs -w -f "$work/commands" "$out" >"$work/log" 2>&1
fi
