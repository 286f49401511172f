#!/bin/bash
# Make on a mounted XFS, in DIRECTORY, what mkfs.xfs -p cannot: files of many
# extents, directories of many extents, what is preallocated, shared, renamed.
# Anywhere else the same files come out, to compare with.
#
# usage: xfs_fill.sh DIRECTORY BLOCKS SIZE
#   BLOCKS: how many extents the file in pieces has, and SIZE their distance
set -euo pipefail
export LC_ALL=C
umask 022

mkdir -p "${1:?usage: xfs_fill.sh DIRECTORY BLOCKS SIZE}"
cd "$1"

# Every other block, each with its own text; and two directories that grow in
# turns, so that each has its blocks between those of the other
python3 - "$2" "$3" <<'END'
import os, sys
with open('pieces', 'wb') as file:
    for i in range(int(sys.argv[1])):
        file.seek(2 * i * int(sys.argv[2]))
        file.write(b'piece %d' % i)
os.mkdir('left')
os.mkdir('right')
for i in range(1200):
    for side in 'left', 'right':
        open('%s/%0120d' % (side, i), 'w').close()
for i in range(1200):
    if i % 3 or 300 < i < 500:
        os.remove('left/%0120d' % i)
os.rename('right/%0120d' % 7, 'left/moved')
END

# Directories with their names in the inode, and in one block
mkdir short single
echo below >short/below
echo again >short/again
for i in {10..49}; do
	echo "$i" >single/name-$i
done

# Preallocated: what was on the disk before does not show
head -c 3000000 /dev/zero | tr '\0' x >junk
sync junk
rm junk
fallocate -l 3000000 unwritten
printf middle | dd of=unwritten bs=1 seek=1500000 conv=notrunc status=none
echo short >beyond
fallocate -n -l 1M beyond

seq 20000 >original
cp --reflink=auto original shared
printf changed | dd of=shared bs=1 seek=50000 conv=notrunc status=none

# Attributes leave less room in the inode
truncate -s 200000 attributes
for i in 1 2 3; do
	setfattr -n user.a$i -v "$(printf '%040d' $i)" attributes 2>/dev/null ||
		: "tmpfs has none"
done
for i in 1 3 5 7 9 11 13 15 17 19 21 23; do
	echo $i | dd of=attributes bs=8192 seek=$i conv=notrunc status=none
done
ln -s "$(printf './%.0s' {1..450})pieces" long-link
ln -s "$(printf 'x%.0s' {1..255})" longer-link
ln -s "$(printf 'x/%.0s' {1..511})x" longest-link
ln -s pieces short-link

find . -exec touch -h -d @1700000002 {} +
# around what 32 bits count
for seconds in -2100000000 0 2147483647; do
	echo $seconds >"time$seconds"
	touch -d @$seconds "time$seconds"
done
