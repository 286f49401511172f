#!/bin/sh
# Put a tree of files on a disk image, without root: a partition table by
# sfdisk, a file system by mke2fs, mkfs.fat or makefs.  Same tree, same bytes:
# identifiers are fixed and all times are SOURCE_DATE_EPOCH.
#
# usage: disk.sh OUT TABLE FS TREE [OPTION-OF-MKFS...]
#   TABLE  none (the file system is the disk), mbr or gpt (one partition that
#          begins at 1 MiB); freebsd or netbsd (mbr, and in that partition the
#          system's label with slice a)
#   FS     ext2, ext3 or ext4; vfat, which is an EFI system partition; ufs1 or
#          ufs2
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
case $fs in
ufs*)
	mbr_type=a5
	gpt_type=516E7CB6-6ECF-11D6-8FF8-00022D09712B
	size=$(((size + 63) / 64 * 64)) # whole blocks of any size
	;;
esac
[ "$table" != netbsd ] || mbr_type=a9
case $table in
none) start=0 ;;
mbr | gpt | freebsd | netbsd) start=1048576 ;;
*) echo "disk.sh: no table called $table" >&2; exit 1 ;;
esac

rm -f "$out"
truncate -s $((start + size * 1024 + start)) "$out"
case $table in
mbr | freebsd | netbsd)
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
case $fs in
ufs*)
	find "$tree" -exec touch -h -d "@$epoch" {} +
	makefs -t ffs -o "version=${fs#ufs}" -T "$epoch" -s "${size}k" "$@" \
		"$out.ufs" "$tree" >/dev/null
	dd if="$out.ufs" of="$out" bs=1M seek=$((start / 1048576)) \
		conv=notrunc,sparse status=none
	rm "$out.ufs"
	[ "$table" = freebsd ] || [ "$table" = netbsd ] || exit 0
	# sys/disklabel.h of either system; FreeBSD counts from slice c on
	python3 - "$out" "$start" "$size" <<-'EOF'
		import struct, sys
		start, size = int(sys.argv[2]) // 512, int(sys.argv[3]) * 2
		label = bytearray(512)
		struct.pack_into('<I', label, 0, 0x82564557)
		struct.pack_into('<I', label, 132, 0x82564557)
		struct.pack_into('<HII', label, 138, 3, 8192, 8192)
		for number, kind in (0, 7), (2, 0):  # a: 4.2BSD; c: all of it
		    struct.pack_into('<IIIBBH', label, 148 + 16 * number,
		                     size, start, 1024, kind, 8, 0)
		with open(sys.argv[1], 'r+b') as disk:
		    disk.seek((start + 1) * 512)
		    disk.write(label)
	EOF
	exit
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
