#!/bin/sh
# A guest that looks like a RHEL 10 installation: GPT, /boot on an XFS of its
# own with grub.cfg, grubenv and an entry for each kernel (blscfg).  No root, no
# download.
#
# The configuration is that of a case (tests/cases/grub2), kernels and ramdisks
# are there to be found and copied.
#
# usage: rhel.sh OUT
# MKFS_OPTIONS: what XFS to make, instead of that of RHEL 10
set -eu

out=$1
here=$(cd "$(dirname "$0")/.." && pwd)
boot=$here/../tests/cases/grub2/installer_rhel_10_ranks_its_rescue_last/boot
options=${MKFS_OPTIONS:--i nrext64=1,sparse=1 -m bigtime=1,inobtcount=1,reflink=1,rmapbt=1,finobt=1}
uuid=b0b0b0b0-1111-4222-8333-444444444444
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C
umask 022

command -v mkfs.xfs >/dev/null || {
	echo "mkfs.xfs is not installed (package xfsprogs)" >&2
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

cp -R "$boot" "$work/tree"
for kernel in "$work"/tree/vmlinuz-*; do
	version=${kernel##*/vmlinuz-}
	yes "kernel $version of the rhel guest" | head -c 6291456 >"$kernel"
	yes "ramdisk $version of the rhel guest" | head -c 20971520 \
		>"$work/tree/initramfs-$version.img"
done
"$here/xfs_proto.py" "$work/tree" >"$work/proto"

# RHEL's installer makes it 1 GiB; mkfs.xfs refuses less than 300 MiB
truncate -s 320M "$work/boot.img"
# shellcheck disable=SC2086 # the options are words
mkfs.xfs -q $options -m uuid=$uuid -p "$work/proto" "$work/boot.img"
rm -f "$out"
truncate -s 324M "$out"
sfdisk -q "$out" <<-EOF
	label: gpt
	label-id: 5B0C5A0E-0B8D-4F7C-9C55-0D3A5E1B1202
	size=1MiB, type=21686148-6449-6E6F-744E-656564454649
	size=320MiB, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
EOF
dd if="$work/boot.img" of="$out" bs=1M seek=2 conv=notrunc,sparse status=none
