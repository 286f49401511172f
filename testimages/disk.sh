#!/bin/sh
# Put a tree of files on a disk image, without root: a partition table by
# sfdisk, a file system by mke2fs or mkfs.fat.  Same tree, same bytes: identifiers are
# fixed and all times are SOURCE_DATE_EPOCH.
#
# usage: disk.sh OUT TABLE FS TREE [OPTION-OF-MKFS...]
#   TABLE  none (the file system is the disk), mbr or gpt (one partition that
#          begins at 1 MiB)
#   FS     ext2, ext3 or ext4; or vfat, which is an EFI system partition
#   SIZE   (environment) of the file system in KiB; default: what the tree
#          needs and 8 MiB
set -eu

out=$1 table=$2 fs=$3 tree=$4
shift 4
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C
epoch=${SOURCE_DATE_EPOCH:-1700000000}
export E2FSPROGS_FAKE_TIME="$epoch" SOURCE_DATE_EPOCH="$epoch"
uuid=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de
size=${SIZE:-$(($(du -sk --apparent-size "$tree" | cut -f 1) * 11 / 10 + 8192))}

mbr_type=83
gpt_type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
if [ "$fs" = vfat ]; then
	mbr_type=ef
	gpt_type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
fi
case $table in
none) start=0 ;;
mbr | gpt) start=1048576 ;;
*) echo "disk.sh: no table called $table" >&2; exit 1 ;;
esac

rm -f "$out"
truncate -s $((start + size * 1024 + start)) "$out"
case $table in
mbr)
	sfdisk -q "$out" <<-EOF
		label: dos
		label-id: 0x51a1f0d0
		start=2048, size=$((size * 2)), type=$mbr_type, bootable
	EOF
	;;
gpt)
	sfdisk -q "$out" <<-EOF
		label: gpt
		label-id: 9F1F0D6A-5A0C-4B8E-9A49-51A1F0D0C0DE
		start=2048, size=$((size * 2)), name=root, type=$gpt_type, uuid=6D9C2A0E-3C58-4D8D-8AB6-51A1F0D0C0DE
	EOF
	;;
esac
if [ "$fs" = vfat ]; then
	find "$tree" -exec touch -h -d "@$epoch" {} +
	# it warns of the space that is left for the second table
	log=$(mkfs.fat -i 51a1f0d0 --invariant --offset $((start / 512)) "$@" \
		"$out" "$size" 2>&1) || {
		echo "$log" >&2
		exit 1
	}
	set -- "$tree"/*
	[ ! -e "$1" ] || mcopy -i "$out@@$start" -spmQ "$@" ::
	exit
fi
mke2fs -q -t "$fs" -F -U $uuid -d "$tree" \
	-E "offset=$start,hash_seed=$uuid,root_owner=0:0,nodiscard" "$@" \
	"$out" "${size}k" 2>&1 | grep -v '^Creating\|^Writing\|^$' || true

# mke2fs takes owner, atime and ctime of a file from the host.
find "$tree" -mindepth 1 -printf '/%P\n' | sort | while read -r path; do
	for field in atime ctime mtime; do
		echo "set_inode_field \"$path\" $field @$epoch"
	done
	echo "set_inode_field \"$path\" uid 0"
	echo "set_inode_field \"$path\" gid 0"
done | debugfs -w -f /dev/stdin "$out?offset=$start" >/dev/null 2>&1
