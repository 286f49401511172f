# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of Linux's own file systems: F2FS, btrfs, NILFS2, Minix, XFS

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
	truncate -s 20M "$tmp/f2fs/below-nodes-of-nodes"
	f2fs plain
	f2fs extra -O extra_attr,inode_crtime
else
	echo "no seeds of F2FS: sload.f2fs is missing (f2fs-tools)"
	: >"$out/f2fs/empty"
fi

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
