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
plain=^metadata_csum,^has_journal,^resize_inode
image ext2 128 -t ext2 -b 1024 -N 48 -I 128 -O ^resize_inode
image ext4 128 -t ext4 -b 1024 -N 48 -O $plain
image ext4-csum 128 -t ext4 -b 1024 -N 48 -O ^has_journal,^resize_inode
image ext4-inline 128 -t ext4 -b 1024 -N 48 -I 256 -O $plain,inline_data
image ext4-4k 256 -t ext4 -b 4096 -N 32 -O $plain,64bit,meta_bg
image ext4-casefold 128 -t ext4 -b 1024 -N 48 -O $plain,casefold
make_scattered "$tree/scattered"
image ext2-scattered 128 -t ext2 -b 1024 -N 48 -I 128 -O ^resize_inode
image ext4-scattered 128 -t ext4 -b 1024 -N 48 -O $plain
rm "$tree/scattered"
make_many "$tree/many"
image ext4-htree 192 -t ext4 -b 1024 -N 240 -I 128 -O $plain,dir_index
e2fsck -fDy "$out/ext/ext4-htree" >>"$tmp/log" 2>&1 || [ $? -eq 1 ]
rm -r "$tree/many"

# Directories that contain themselves, names that lead to anything
copy ext2 directory-in-itself 'ln <2> /dir/below/again' 'ln <2> /root'
copy ext2 name-without-inode 'ln <47> /boot/free' 'ln <4000> /boot/none'
copy ext2 link-to-many 'set_inode_field /link size 4095'
copy ext2 huge-directory 'set_inode_field /dir size 0xffffffff'
# Sizes at every limit, of holes
copy ext4 huge-hole 'set_inode_field /nothing size 0x7fffffffffffffff'
copy ext4 huge-file 'set_inode_field /boot/vmlinuz size 0x3ffffffffff'
copy ext2 huge-hole-ext2 'set_inode_field /nothing size 0x7fffffffffffffff'
# Blocks that are themselves: pointers to a block of pointers to itself
copy ext2-scattered indirect-in-itself \
	'set_inode_field /scattered block[IND] 40' \
	'set_inode_field /scattered block[DIND] 40' \
	'set_inode_field /scattered block[TIND] 40'
patch "$out/ext/indirect-in-itself" 40*1024 "$(printf '\\x28\\0\\0\\0%.0s' {1..256})"
# A node of an extent tree whose only child is that node
copy ext4-scattered extents-in-themselves
python3 - "$out/ext/extents-in-themselves" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
at = data.find(b'\x0a\xf3\x0e\0', 1024)  # the leaf: 14 entries
if at < 0:
    sys.exit('seeds.sh: no leaf of 14 extents')
block = at // 1024
for height in (1, 2, 3, 4):
    node = struct.pack('<HHHHI', 0xf30a, 2, 84, height, 0)
    node += struct.pack('<IIHH', 0, block, 0, 0)
    node += struct.pack('<IIHH', 1, block, 0, 0)
data[at:at + len(node)] = node
root = data.find(b'\x0a\xf3\x01\0\x04\0\x01\0')
if root < 0:
    sys.exit('seeds.sh: no extent root of height 1')
data[root + 6] = 5
open(sys.argv[1], 'wb').write(data)
END
# The index of a directory whose every block is the index
copy ext4-htree htree-in-itself
python3 - "$out/ext/htree-in-itself" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
for at in range(1024, len(data), 1024):
    # ".", "..", and behind them the root of an index
    if data[at + 8:at + 9] == b'.' and data[at + 29] == 8:
        data[at + 30] = 2
        limit, count = struct.unpack_from('<HH', data, at + 32)
        for i in range(count):
            struct.pack_into('<I', data, at + 36 + 8 * i, 0)
END
# Block, inode, group sizes at and beyond their limits: s_log_block_size,
# s_inode_size, s_inodes_per_group, s_desc_size, s_first_data_block
super=1024
for field in 'log-block-6 24 \x06' 'log-block-7 24 \x07' \
	'log-block-huge 24 \xff\xff\xff\xff' 'inode-size-0 88 \0\0' \
	'inode-size-64k 88 \0\x80' 'inodes-per-group-0 40 \0\0\0\0' \
	'inodes-per-group-huge 40 \xff\xff\xff\xff' 'desc-size-1 254 \x01\0' \
	'desc-size-huge 254 \0\x80' 'first-block-huge 20 \xff\xff\xff\x7f' \
	'blocks-per-group-0 32 \0\0\0\0' 'blocks-huge 4 \xff\xff\xff\xff' \
	'inodes-0 0 \0\0\0\0' 'revision-huge 76 \xff\xff\xff\xff' \
	'first-meta-bg-huge 260 \xff\xff\xff\xff'; do
	read -r name off bytes <<<"${field//\\/\\\\}"
	cp "$out/ext/ext4-4k" "$out/ext/$name"
	patch "$out/ext/$name" $super+"$off" "$bytes"
done

# fat NAME BITS KIBIBYTES KEPT: the first part of a FAT, as far as it is used
fat() {
	local image=$out/fat/$1
	mkfs.fat -F "$2" -s 1 -f 1 -i 12345678 -n SEED -C "$image" "$3" \
		>"$tmp/log" 2>&1 &&
		mcopy -s -i "$image" "$tmp/fat/"* :: >>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
	truncate -s "$4K" "$image"
}

if command -v mkfs.fat >/dev/null && command -v mcopy >/dev/null; then
	mkdir -p "$tmp/fat/boot/grub" "$tmp/fat/dir/below" "$tmp/fat/many"
	cp "$tree"/boot/{vmlinuz,initrd.img} "$tmp/fat/boot"
	cp "$tree"/boot/grub/grub.cfg "$tmp/fat/boot/grub"
	: >"$tmp/fat/A Long Näme.with.dots"
	: >"$tmp/fat/LOWER.cfg"
	for i in {1..20}; do
		echo "$i" >"$tmp/fat/many/file-with-a-long-name-$i"
	done
	fat fat12 12 64 64
	fat fat16 16 2200 96
	fat fat32 32 33400 300
	# FAT12 of 512-byte clusters: all chains go on for ever
	cp "$out/fat/fat12" "$out/fat/chain-in-itself"
	patch "$out/fat/chain-in-itself" 512+3 \
		"$(for ((i = 2; i < 100; i += 2)); do
			printf '\\x%02x\\x%x0\\x%02x' $i $((i & 15)) $((i >> 4))
		done)"
else
	echo "no seeds of FAT: mkfs.fat or mcopy is missing (dosfstools, mtools)"
	: >"$out/fat/empty"
fi

# exfat NAME CLUSTER-SIZE HOW...
exfat() {
	local image=$out/exfat/$1
	truncate -s 2M "$image"
	{ mkfs.exfat -c "$2" -b 64K -L seed "$image" &&
		"$here/../../testimages/exfat_fill.py" "$image" "$tmp/fat" \
			"${@:3}"; } >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

if command -v mkfs.exfat >/dev/null && [ -d "$tmp/fat" ]; then
	exfat plain 512
	exfat scatter 512 scatter second
	exfat large-clusters 32K unwritten
else
	echo "no seeds of exFAT: mkfs.exfat is missing (exfatprogs)"
	: >"$out/exfat/empty"
fi

# erofs NAME MKFS-OPTION...
erofs() {
	mkfs.erofs -d0 --all-root -T1500000000 "${@:2}" "$out/erofs/$1" \
		"$tmp/erofs" >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
	# without its checksum, so that numbers can be changed
	patch "$out/erofs/$1" 1032 '\x02'
}

if command -v mkfs.erofs >/dev/null; then
	make_tree "$tmp/erofs"
	make_many "$tmp/erofs/many"
	seq 20000 >"$tmp/erofs/lines"
	ln "$tmp/erofs/boot/vmlinuz" "$tmp/erofs/dir/again"
	erofs plain
	erofs long -Eforce-inode-extended,noinline_data
	erofs lz4 -zlz4
	erofs lz4-big-tails -zlz4 -C16384 -Eztailpacking
	erofs lz4-full -zlz4 -C8192 -Elegacy-compress,ztailpacking
else
	echo "no seeds of EROFS: mkfs.erofs is missing (erofs-utils)"
	: >"$out/erofs/empty"
fi

# f2fs NAME MKFS-OPTION...
f2fs() {
	local image=$out/f2fs/$1
	truncate -s 100M "$image"
	{ mkfs.f2fs -q "${@:2}" "$image" &&
		sload.f2fs -f "$tmp/f2fs" "$image"; } >"$tmp/log" 2>&1 || {
		tail "$tmp/log"
		exit 1
	}
}

if command -v sload.f2fs >/dev/null; then
	make_tree "$tmp/f2fs"
	make_many "$tmp/f2fs/many"
	seq 3000 >"$tmp/f2fs/lines"
	f2fs plain
	f2fs extra -O extra_attr,inode_crtime
else
	echo "no seeds of F2FS: sload.f2fs is missing (f2fs-tools)"
	: >"$out/f2fs/empty"
fi

# squash NAME MKSQUASHFS-OPTION...
squash() {
	local image=$out/squashfs/$1
	shift
	mksquashfs "$tmp/squash" "$image" -nopad -no-xattrs -all-root \
		-all-time 1500000000 -mkfs-time 1500000000 -processors 1 "$@" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

if command -v mksquashfs >/dev/null; then
	make_tree "$tmp/squash"
	make_many "$tmp/squash/many"
	make_scattered "$tmp/squash/scattered"
	truncate -s 600K "$tmp/squash/scattered"
	ln "$tmp/squash/boot/vmlinuz" "$tmp/squash/dir/again"
	for method in gzip lzma lzo xz lz4 zstd; do
		squash $method -comp $method -b 4K
		squash $method-tails -comp $method -b 16K -tailends -noI
	done
	# Where every number can be changed, and so is not read for a wrong byte
	squash plain -b 4K -noI -noD -noF -no-tailends
	squash plain-tails -b 4K -noI -noD -noF -tailends
	squash largest-blocks -b 1M -noI
	for field in 'fragments-huge 16 \xff\xff\xff\xff' \
		'inodes-are-names 64 \x60\0\0\0\0\0\0\0' \
		'fragments-are-data 80 \x60\0\0\0\0\0\0\0' \
		'blocks-of-1M 12 \0\0\x10\0\0\0\0\0\x01\0\x14\0'; do
		read -r name off bytes <<<"${field//\\/\\\\}"
		cp "$out/squashfs/plain-tails" "$out/squashfs/$name"
		patch "$out/squashfs/$name" "$off" "$bytes"
	done
else
	echo "no seeds of squashfs: mksquashfs is missing (squashfs-tools)"
	: >"$out/squashfs/empty"
fi

make_tree "$tmp/udf"
for form in "" "scatter chain" "plain 4096" "metadata extended" \
	"virtual inside" "virtual1.50 long" "sparable 2^9"; do
	name=${form// /-}
	# shellcheck disable=SC2086 # several options
	"$here/../../testimages/mkudf.py" "$out/udf/${name:-simple}" \
		"$tmp/udf" $form
done

for name in ntfs ntfs-512; do
	xz -dc "$here/../../testimages/stored/$name.img.xz" >"$out/ntfs/$name"
done

# ufs NAME VERSION ORDER TREE
ufs() {
	makefs -t ffs -s 768k -o version=$2,bsize=4096,fsize=512 -B $3 \
		-T 1500000000 "$out/ufs/$1" "$4" >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

# btrfs NAME MKFS-OPTION...: with a checksum that is not compared
btrfs() {
	local image=$out/btrfs/$1
	shift
	truncate -s 128M "$image"
	mkfs.btrfs -q --csum sha256 -n 4096 "$@" --rootdir "$tree" "$image" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

if command -v makefs >/dev/null; then
	make_tree "$tmp/ufs"
	make_many "$tmp/ufs/many"
	truncate -s 200K "$tmp/ufs/pointers"
	head -c 60000 /dev/zero | tr '\0' P >>"$tmp/ufs/pointers"
	for version in 1 2; do
		for order in le be; do
			ufs v$version$order $version $order "$tmp/ufs"
		done
	done
	# All levels of pointers are blocks of what they point to
	python3 - "$out/ufs" <<'END'
import os, struct, sys
os.chdir(sys.argv[1])
data = bytearray(open('v1le', 'rb').read())
for at in range(0, len(data), 128):  # the inode of that size
    if struct.unpack_from('<Q', data, at + 8)[0] == 264800:
        break
else:
    sys.exit('seeds.sh: no inode of the file pointers')
block = struct.unpack_from('<I', data, at + 88)[0]
struct.pack_into('<3I', data, at + 88, block, block, block)
struct.pack_into('<Q', data, at + 8, 1 << 40)
data[block * 512:block * 512 + 4096] = struct.pack('<I', block) * 1024
open('pointers-in-themselves', 'wb').write(data)
END
else
	echo "no seeds of UFS: makefs is missing (makefs)"
	: >"$out/ufs/empty"
fi

# Of HFS+ what is full of files is kept (corpus/hfsplus): Linux wrote it
mkhfsplus=$here/../../testimages/mkhfsplus.py
"$mkhfsplus" "$out/hfsplus/empty" 1048576 512 seed
"$mkhfsplus" "$out/hfsplus/wrapped" 1048576 4096 seed --wrapped

# So of NILFS2
if command -v mkfs.nilfs2 >/dev/null; then
	truncate -s 4M "$out/nilfs2/empty"
	mkfs.nilfs2 -q -f -b 1024 -B 64 "$out/nilfs2/empty" >/dev/null
else
	echo "no seeds of NILFS2: mkfs.nilfs2 is missing (nilfs-tools)"
	: >"$out/nilfs2/empty"
fi

# Each form of Minix, and pointers that lead back
rm -rf "$tmp/minix"
make_tree "$tmp/minix"
truncate -s 300K "$tmp/minix/pointers"
echo end >>"$tmp/minix/pointers"
for form in '1 14 le 1024' '1 30 be 1024' '2 14 be 1024' '2 30 le 1024' \
	'3 60 le 1024' '3 60 be 4096'; do
	# shellcheck disable=SC2086 # the form is words
	"$here/../support/minix.py" "$tmp/minix" "$out/minix/${form// /-}" $form
done
cp "$out/minix/2-30-le-1024" "$out/minix/pointers-in-themselves"
python3 - "$out/minix/pointers-in-themselves" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
at = data.find(struct.pack('<I', 300 * 1024 + 4)) - 8  # the inode of that size
block = struct.unpack_from('<I', data, at + 56)[0]
struct.pack_into('<3I', data, at + 52, block, block, block)
struct.pack_into('<I', data, at + 8, 0xffffffff)
data[block * 1024:block * 1024 + 1024] = struct.pack('<I', block) * 256
open(sys.argv[1], 'wb').write(data)
END

if command -v mkfs.btrfs >/dev/null; then
	btrfs single -m single
	btrfs mixed -M
	btrfs old -O ^no-holes,^skinny-metadata
	btrfs copies -m dup -d dup
	# The chunk of the superblock's list: of other profiles, without an end
	for field in 'raid5 852 \x82' 'raid10 852 \x42' 'raid0 852 \x0a' \
		'chunk-huge 828 \xff\xff\xff\xff\xff\xff\xff\x3f' \
		'stripe-of-512 844 \0\x02\0\0'; do
		read -r name off bytes <<<"${field//\\/\\\\}"
		cp "$out/btrfs/single" "$out/btrfs/$name"
		patch "$out/btrfs/$name" 65536+"$off" "$bytes"
	done
else
	echo "no seeds of btrfs: mkfs.btrfs is missing (btrfs-progs)"
	: >"$out/btrfs/empty"
fi

# iso NAME TOOL OPTION...: a volume of $tmp/iso
iso() {
	local name=$1
	shift
	"$@" -quiet -no-pad -V seed -o "$tmp/iso.img" "$tmp/iso" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
	mv "$tmp/iso.img" "$out/iso9660/$name"
}

if command -v xorriso >/dev/null && command -v genisoimage >/dev/null; then
	cp -a "$tree" "$tmp/iso"
	rm "$tmp/iso/long-link"
	mkdir -p "$tmp/iso/1/2/3/4/5/6/7/8/9"
	echo deep >"$tmp/iso/1/2/3/4/5/6/7/8/9/file"
	iso genisoimage genisoimage -R
	iso xa genisoimage -XA -R
	rm -r "$tmp/iso/1/2/3/4/5/6/7/8"
	: >"$tmp/iso/A Long Näme.with.dots"
	iso joliet genisoimage -J -f -input-charset utf-8
	iso plain xorriso -as mkisofs --norock -iso-level 4
	ln -s "$(printf 'a-part-of-a-link/%.0s' {1..30})end" "$tmp/iso/long"
	: >"$tmp/iso/$(printf 'n%0254d' 1)"
	iso xorriso xorriso -as mkisofs -J -rr_reloc_dir moved
	xorriso -outdev - -padding 0 -map "$tmp/iso" / -set_filter_r --zisofs \
		/ -- -commit >"$tmp/packed.img" 2>"$tmp/log" || {
		cat "$tmp/log"
		exit 1
	}
	mv "$tmp/packed.img" "$out/iso9660/packed"
	# What no tool makes: each names what is wrong
	python3 - "$out/iso9660" <<'END'
import os, struct, sys
os.chdir(sys.argv[1])
system_area = bytes(32768)
data = open('xorriso', 'rb').read()[len(system_area):]
both = lambda n: struct.pack('<I', n) + struct.pack('>I', n)

def change(name, *changes):
    copy = bytearray(data)
    for at, value in changes:
        copy[at:at + len(value)] = value
    open(name, 'wb').write(system_area + copy)

def record(name):
    """Of a directory or file with that plain name."""
    return data.index(bytes([len(name)]) + name) - 32

root = data[158:166]
ce = data.index(b'CE', record(b'LONG.;1'))
block, offset = struct.unpack_from('<I4xI', data, ce + 4)
area = block * 2048 + offset - 32768
change('directory-in-itself', (record(b'DIR') + 2, root))
change('child-in-itself', (record(b'DIR') + 25, b'\0'), (data.index(
    b'TF', record(b'DIR')), b'CL\x0c\x01' + root + b'XX\x0e\x01'))
change('area-in-itself', (area, b'CE\x1c\x01' + data[ce + 4:ce + 28]))
change('area-of-many-fields', (ce + 20, both(32768)))
change('file-in-parts', (record(b'VMLINUZ.;1') + 25, b'\x80'))
change('file-without-end', (record(b'VMLINUZ.;1') + 10, both(0xffffffff)))
change('interleaved', (record(b'VMLINUZ.;1') + 26, b'\1\1'))
change('blocks-of-512', (128, b'\0\2\2\0'))
change('root-without-end', (166, both(0xffffffff)))
END
else
	echo "no seeds of ISO 9660: xorriso or genisoimage is missing"
	: >"$out/iso9660/empty"
fi

# Journals that wait: a block, one revoked, checksums, a tag for itself
head -c 1024 /dev/zero | tr '\\0' J >"$tmp/journal-block"
for kind in plain revoked sums itself; do
	image journal-$kind 2200 -t ext4 -b 1024 -J size=1 -O \
		^resize_inode$([ $kind = sums ] || echo ,^metadata_csum)
	case $kind in
	plain) requests="jw -b 20 $tmp/journal-block" ;;
	revoked) requests="jw -b 20,21 -r 21 $tmp/journal-block" ;;
	sums) requests="jw -b 20 $tmp/journal-block" ;;
	itself) requests="jw -b 60 $tmp/journal-block" ;;
	esac
	printf 'jo -c\n%s\njc\n' "$requests" |
		debugfs -w -f - "$out/ext/journal-$kind" >"$tmp/log" 2>&1
done

# table NAME KIBIBYTES <SCRIPT: a disk with that partition table
table() {
	truncate -s "$2K" "$out/partition/$1"
	sfdisk -q --no-reread --no-tell-kernel "$out/partition/$1" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

table mbr 64 <<'END'
label: dos
grain: 512
1 : start=2, size=10, type=83, bootable
2 : start=14, size=20, type=82
3 : start=40, size=60, type=5
5 : start=42, size=10, type=83
6 : start=60, size=10, type=a5
END
table gpt 64 <<'END'
label: gpt
grain: 512
first-lba: 6
table-length: 8
1 : start=8, size=20, name="EFI", type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
2 : start=40, size=20, name="Käse ☃ 𝄞", attrs="LegacyBIOSBootable"
8 : start=70, size=8
END
cp "$out/partition/gpt" "$out/partition/gpt-primary-broken"
patch "$out/partition/gpt-primary-broken" 512+20 '\x55'
cp "$out/partition/gpt" "$out/partition/gpt-without-mbr"
patch "$out/partition/gpt-without-mbr" 510 '\0\0'
head -c 60000 "$out/partition/gpt" >"$out/partition/gpt-cut-short"
cp "$out/partition/mbr" "$out/partition/chain-in-itself"
patch "$out/partition/chain-in-itself" 40*512+446+16+8 '\0\0\0\0'
"$here/labels.py" "$out/partition"

# disk NAME: partition table and a small file system behind it
disk() {
	truncate -s 140K "$out/child/$1"
	sfdisk -q --no-reread --no-tell-kernel "$out/child/$1" >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
	dd if="$tmp/fs" of="$out/child/$1" bs=512 seek=8 conv=notrunc \
		status=none
}

# file_system PATH <CONFIGURATION: a small guest with it
file_system() {
	rm -rf "$tmp/tree/boot/grub"
	mkdir -p "$(dirname "$tmp/tree$1")"
	cat >"$tmp/tree$1"
	out=$tmp image ../fs 128 -t ext2 -b 1024 -N 48 -I 128 -O ^resize_inode
	rm "$tmp/tree$1"
}

mkdir -p "$tmp/ext"
file_system /boot/grub/grub.cfg <<'END'
set default=1
menuentry a { linux /gone }
submenu b { menuentry c { linux /boot/vmlinuz root=UUID=x ro quiet
initrd /boot/initrd.img /vmlinuz } }
END
cp "$tmp/fs" "$out/child/whole"
echo 'start=8, type=83, bootable' | disk mbr
printf 'label: gpt\nfirst-lba: 6\ntable-length: 8\nstart=8, size=256\n' |
	disk gpt
file_system /boot/grub/menu.lst <<'END'
default 1
fallback 0
title a
root (hd0,0)
kernel /boot/vmlinuz ro
initrd /boot/initrd.img
title b
kernel /gone
END
echo 'start=8, type=83' | disk legacy
file_system /boot/extlinux.conf <<'END'
default a
label a
kernel vmlinuz
append ro initrd=/boot/initrd.img
END
cp "$tmp/fs" "$out/child/extlinux"

# A file system in a file, in blocks, and in a file of those
file_system /boot/grub/grub.cfg <<'END'
menuentry a { linux /boot/vmlinuz
initrd newc:etc/a:/boot/initrd.img /vmlinuz newc:b:/vmlinuz }
END
cp "$tmp/fs" "$tmp/tree/image"
mkdir -p "$tmp/tree/boot/grub"
cat >"$tmp/tree/boot/grub/grub.cfg" <<'END'
loopback a /image
loopback b (hd0)0+640
loopback c (b)/image
menuentry a { configfile (c)/boot/grub/grub.cfg; }
menuentry b { linux (a)/boot/vmlinuz; initrd (c)/vmlinuz (a)0+2,7+1; }
END
out=$tmp image ../fs 320 -t ext2 -b 1024 -N 48 -I 128 -O ^resize_inode
cp "$tmp/fs" "$out/child/loopback"

# xfs NAME OPTION...: of 300 MiB, or with less it refuses; few hold anything
xfs() {
	local image=$out/xfs/$1
	shift
	truncate -s 300M "$image"
	mkfs.xfs -q -p "$tmp/proto" -m uuid=$uuid -L seed "$@" "$image" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
}

if command -v mkfs.xfs >/dev/null; then
	uuid=01234567-89ab-cdef-0123-456789abcdef
	make_tree "$tmp/xfs"
	make_many "$tmp/xfs/many"
	"$here/../../testimages/xfs_proto.py" "$tmp/xfs" >"$tmp/proto"
	xfs v5
	xfs v5-1k -b size=1024 -i nrext64=1
	# Where every number can be changed, and so is not read for a wrong byte
	xfs v4 -m crc=0 -b size=512 -i size=256
	xfs v4-large-directories -m crc=0 -b size=512 -n size=4096,ftype=0
	xfs v4-ignoring-case -m crc=0 -n version=ci
else
	echo "no seeds of XFS: mkfs.xfs is missing (xfsprogs)"
	: >"$out/xfs/empty"
fi

# What is kept of the work of other kernels and tools
for image in "$here"/../../testimages/stored/*.img.xz; do
	name=$(basename "$image" .img.xz)
	xz -dc "$image" >"$tmp/stored"
	"$metadata" "$tmp/stored" "$out" "$name" || [ $? -eq 3 ] # no file system
done
for image in "$out"/erofs/erofs-*; do
	patch "$image" 1032 '\x02'
done

"$here/volume_seeds.py" "$out"

# Those of file systems, as CMakeLists.txt has them
for target in $(sed -n '/^set(FS_TARGETS/,/)/{s/set(FS_TARGETS//;s/)//;p}' \
	"$here/CMakeLists.txt"); do
	# of some there is a corpus and no tool
	find "$out/$target" -type f -exec "$here/sparse.py" --in-place {} +
	# more than that ./run would cut off
	find "$out/$target" -type f -size +420000c -delete
done
