#!/bin/sh
# A guest to measure by: an ordinary kernel of 8 MiB, a ramdisk of 45 MiB, and
# a grub.cfg, on a bare file system of any kind that can be made without root.
# The same image each time, but for what mkfs writes of its own.
#
# As in real ones, the kernel and most of the ramdisk are compressed already;
# every fourth MiB of the ramdisk can be compressed, for file systems that do.
#
# usage: speed.sh OUT
# FS: ext4 if not set; ext2, ext3 (no extents), vfat, exfat, xfs, btrfs, f2fs,
#     iso, squashfs, squashfs-xz, squashfs-zstd, erofs, erofs-lz4, ufs1, ufs2
set -eu

out=$1
fs=${FS:-ext4}
here=$(cd "$(dirname "$0")/.." && pwd)
epoch=${SOURCE_DATE_EPOCH:-1700000000}
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C SOURCE_DATE_EPOCH="$epoch"
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
boot=$work/tree/boot

mkdir -p "$boot/grub"
python3 - "$boot" <<'END'
import random, sys
noise = random.Random(1)
with open(sys.argv[1] + "/vmlinuz-6.1", "wb") as kernel:
    kernel.write(noise.randbytes(8 << 20))
words = b"".join(b"module %d of the ramdisk\n" % n for n in range(50000))
with open(sys.argv[1] + "/initrd.img-6.1", "wb") as ramdisk:
    for mib in range(45):
        ramdisk.write(noise.randbytes(1 << 20) if mib % 4 else words[:1 << 20])
END
cat >"$boot/grub/grub.cfg" <<-'END'
	menuentry 'Linux' {
		linux /boot/vmlinuz-6.1 root=/dev/xvda ro quiet
		initrd /boot/initrd.img-6.1
	}
END
find "$work/tree" -exec touch -d "@$epoch" {} +

rm -f "$out"
case $fs in
ext2 | ext3 | ext4 | ufs1 | ufs2) "$here/disk.sh" "$out" none "$fs" "$work/tree" ;;
vfat) "$here/disk.sh" "$out" none vfat "$work/tree" -F 32 -s 1 ;;
exfat)
	truncate -s 64M "$out"
	mkfs.exfat "$out" >"$work/log"
	"$here/exfat_fill.py" "$out" "$work/tree"
	;;
xfs)
	truncate -s 320M "$out" # mkfs.xfs refuses less than 300 MiB
	"$here/xfs_proto.py" "$work/tree" >"$work/proto"
	mkfs.xfs -q -p "$work/proto" "$out"
	;;
f2fs)
	truncate -s 160M "$out"
	mkfs.f2fs -q "$out" >"$work/log"
	sload.f2fs -f "$work/tree" "$out" >"$work/log"
	;;
btrfs) mkfs.btrfs -q -r "$work/tree" --shrink "$out" ;;
iso) xorriso -as mkisofs -quiet -R -J -o "$out" "$work/tree" >"$work/log" 2>&1 ;;
squashfs) mksquashfs "$work/tree" "$out" -quiet -no-progress ;;
squashfs-*)
	mksquashfs "$work/tree" "$out" -quiet -no-progress -comp "${fs#*-}"
	;;
erofs) mkfs.erofs --quiet "$out" "$work/tree" ;;
erofs-*) mkfs.erofs --quiet -z"${fs#*-}" "$out" "$work/tree" ;;
*)
	echo "speed.sh: no file system called $fs" >&2
	exit 1
	;;
esac
