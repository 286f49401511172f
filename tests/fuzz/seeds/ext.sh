# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of ext2, ext3 and ext4

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

# Checksums of descriptors only, as before 2012; what is no file
mkfifo "$tree/fifo"
image ext4-old-sums 128 -t ext4 -b 1024 -N 48 -O $plain,uninit_bg
rm "$tree/fifo"

# Journals that wait: blocks of inodes, some revoked, checksums, a tag for the
# journal itself
for kind in plain revoked sums sums-64 itself; do
	features=^resize_inode
	case $kind in
	sums) ;;
	sums-64) features+=,64bit ;;
	*) features+=,^metadata_csum ;;
	esac
	image journal-$kind 2200 -t ext4 -b 1024 -J size=1 -O $features
	table=$(debugfs -R 'imap <2>' "$out/ext/journal-$kind" 2>/dev/null |
		sed -n 's/.*at block \([0-9]*\).*/\1/p')
	dd if="$out/ext/journal-$kind" of="$tmp/journal-blocks" bs=1024 \
		skip="$table" count=4 status=none
	[ $kind != itself ] || table=60
	{
		echo 'jo -c'
		echo "jw -b $table,$((table + 1)) $tmp/journal-blocks"
		[ $kind != revoked ] ||
			echo "jw -r $((table + 1)),$((table + 9)) /dev/null"
		echo "jw -b $((table + 2)) $tmp/journal-blocks"
		echo jc
	} | debugfs -w -f - "$out/ext/journal-$kind" >"$tmp/log" 2>&1
done
