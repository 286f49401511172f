#!/bin/bash
# Make the seeds that are disk images, which are not kept: into a directory of
# DIRECTORY for each target.  Sound ones of every kind that the tools can make,
# those that are stored, without the contents of files (METADATA is the program
# made of metadata.c), and some that no tool makes, each named for what is wrong
# with it.  Those for a file system's driver are packed (sparse.py) when all are
# made.
set -euo pipefail

out=${1:?usage: seeds.sh DIRECTORY METADATA}
metadata=${2:?usage: seeds.sh DIRECTORY METADATA}
here=$(cd "$(dirname "$0")" && pwd)
readonly longest=420000 # bytes of a seed, as ./run has it
PATH=$PATH:/usr/sbin:/sbin
export MKE2FS_DETERMINISTIC=1 E2FSPROGS_FAKE_TIME=1500000000

for tool in mke2fs debugfs sfdisk python3; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool (e2fsprogs, fdisk, python3)"
		exit 77
	}
done
rm -rf "$out"
for corpus in "$here"/corpus/*/; do
	mkdir -p "$out/$(basename "$corpus")"
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# What a small guest holds, and shapes of files that a driver has to know.
make_tree() {
	local tree=$1
	mkdir -p "$tree"/boot/grub "$tree"/dir/below/deeper "$tree"/empty
	echo 'a kernel' >"$tree"/vmlinuz
	head -c 3000 /dev/zero | tr '\0' K >"$tree"/boot/vmlinuz
	head -c 1500 /dev/zero | tr '\0' I >"$tree"/boot/initrd.img
	: >"$tree"/nothing
	ln -s dir/below "$tree"/link
	ln -s loop "$tree"/loop
	ln -s "/$(printf 'dir/../%.0s' {1..20})boot/vmlinuz" "$tree"/long-link
	printf 'menuentry a {\n linux /boot/vmlinuz ro\n initrd %s\n}\n' \
		/boot/initrd.img >"$tree"/boot/grub/grub.cfg
}

# Data with holes between: many extents, or all kinds of indirect blocks.
make_scattered() {
	local i
	for i in 0 2 4 6 8 10 12 14 20 30 40 300 400 66000; do
		printf '%1024s' $i | dd of="$1" bs=1024 seek=$i conv=notrunc \
			status=none
	done
}

make_many() {
	local i
	mkdir -p "$1"
	for ((i = 1; i <= 150; i++)); do
		: >"$1/$(printf 'file%04d' $i)"
	done
}

# image NAME KIBIBYTES MKE2FS-OPTION...
image() {
	local name=$1 size=$2
	shift 2
	mke2fs -q -F -m 0 -U 01234567-89ab-cdef-0123-456789abcdef -L seed \
		-d "$tree" "$@" "$out/ext/$name" "${size}K" >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

# copy FROM TO DEBUGFS-REQUEST...: an image with something changed in it
copy() {
	local from=$1 to=$2 request
	shift 2
	cp "$out/ext/$from" "$out/ext/$to"
	for request; do
		debugfs -w -R "$request" "$out/ext/$to" 2>>"$tmp/log" >&2
	done
}

# patch IMAGE OFFSET BYTES...: overwrite (offsets and bytes as printf has them)
patch() {
	local file=$1 off=$2
	shift 2
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$*" | dd of="$file" bs=1 seek=$((off)) conv=notrunc status=none
}

make_tree "$tmp/tree"
tree=$tmp/tree
for part in ext fat packed linux other iso disks; do
	# shellcheck source=/dev/null # each is checked by itself
	. "$here/seeds/$part.sh"
done

# What is kept of the work of other kernels and tools: all of it, or, if ./run
# would cut that off, a part of each directory
stored=$tmp/stored-seeds
for target in "$out"/*/; do
	mkdir -p "$stored/$(basename "$target")"
done
for image in "$here"/../../testimages/stored/*.img.xz; do
	name=$(basename "$image" .img.xz)
	xz -dc "$image" >"$tmp/stored"
	for entries in 10000 300 100 30 10 5; do
		"$metadata" "$tmp/stored" "$stored" "$name" $entries || {
			[ $? -eq 3 ] || exit 1
			break # no file system
		}
		seed=$(echo "$stored"/*/"$name")
		"$here/sparse.py" --in-place "$seed"
		[ "$(stat -c %s "$seed")" -gt $longest ] || break
	done
done

"$here/volume_seeds.py" "$out"

# Those of file systems, as CMakeLists.txt has them
pack() {
	# of some there is a corpus and no tool
	find "$out/$1" -type f -exec "$here/sparse.py" --in-place {} +
	# more than that ./run would cut off
	find "$out/$1" -type f -size +${longest}c -delete
}
pack child
for target in $(sed -n '/^set(FS_TARGETS/,/)/{s/set(FS_TARGETS//;s/)//;p}' \
	"$here/CMakeLists.txt"); do
	pack "$target"
done

cp -r "$stored"/. "$out"
# Without the other disks: what is odd stands alone (pieces.h)
for seed in "$out"/zfs/zfs-{mirror,raidz,span}* "$out"/btrfs/btrfs-raid*; do
	"$here/sparse.py" --shorten "$seed" "$seed-alone"
done

# A guest on each
for seed in btrfs/single erofs/lz4 exfat/plain ext/ext4-csum f2fs/plain \
	fat/fat16 iso9660/xorriso minix/2-30-le-1024 nilfs2/nilfs2-1k \
	reiserfs/reiserfs-36-1k squashfs/gzip udf/simple ufs/v2le xfs/v5; do
	[ ! -e "$out/$seed" ] || cp "$out/$seed" "$out/child/${seed%/*}"
done
