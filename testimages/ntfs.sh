#!/bin/bash
# Fill an NTFS made by mkntfs through ntfs-3g (root and FUSE are needed).
#
# usage: ntfs.sh IMAGE TREE MKNTFS-OPTION...
# The tree's file "lines" begins again as packed/lines, in a directory whose files
# are packed, with a file that has holes and one of noise; odd and even are its
# first blocks, in pieces (as many as PIECES says, 20 if it is not set); wsl has
# links as Windows' Linux makes them.
set -eu
image=$1 tree=$2
shift 2
export PATH="$PATH:/usr/sbin:/sbin"
mnt=$(mktemp -d)
trap 'umount "$mnt" 2>/dev/null || true; rmdir "$mnt"' EXIT

attach() {
	ntfs-3g -o "compression,$1" "$image" "$mnt"
}

mkntfs -q -F -T "$@" "$image" >/dev/null
attach streams_interface=xattr
cp -a "$tree/." "$mnt"
mkdir "$mnt/packed"
setfattr -h -v 0x00080000 -n system.ntfs_attrib "$mnt/packed"
head -c 200001 "$tree/lines" >"$mnt/packed/lines"
cp "$tree/holes" "$tree/size-65537" "$tree/small.txt" "$mnt/packed"
gzip -nc "$tree/lines" | head -c 30000 >"$mnt/packed/noise"
for i in $(seq 0 "$((${PIECES:-20} - 1))"); do
	for file in odd even; do
		dd if="$tree/lines" of="$mnt/$file" bs=4096 skip="$i" \
			seek="$i" count=1 conv=notrunc status=none
		sync "$mnt/$file"
	done
done
umount "$mnt"
attach special_files=wsl
mkdir "$mnt/wsl"
ln -s ../small.txt "$mnt/wsl/link"
ln -s /boot/vmlinuz "$mnt/wsl/absolute"
mkfifo "$mnt/wsl/pipe"
find "$mnt" -exec touch -h -d @1700000002 {} +
umount "$mnt"
