#!/bin/bash
# A tree of files in which a file system's driver meets everything it has to
# know: made of nothing but arithmetic, the same each time, and well compressed.
# What a file system cannot hold (links, names) is left out by its name.
#
# usage: tree.sh DIRECTORY [--no-links] [--no-odd-names] [--few]
#   --few: 200 names instead of 3,000 in the large directory
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022

dir=${1:?usage: tree.sh DIRECTORY [--no-links] [--no-odd-names] [--few]}
shift
links=yes odd=yes many=3000
for option in "$@"; do
	case $option in
	--no-links) links=no ;;
	--no-odd-names) odd=no ;;
	--few) many=200 ;;
	*) echo "tree.sh: what is $option?" >&2; exit 2 ;;
	esac
done

mkdir -p "$dir"/{boot/grub,dir/below/deeper,empty-directory,many}
mkdir -p "$dir"/1/2/3/4/5/6/7/8/9/10/11/12
cd "$dir"

# text WORD SIZE: that many bytes; seq is cut off
text() {
	seq -f "$1 %.0f" "$2" 2>/dev/null | head -c "$2" || :
}

# Sizes: nothing, a few bytes, around blocks, many blocks.  No two blocks are
# alike, so that one in the wrong place is noticed.
: >empty
printf 'hello, world' >small.txt
for size in 59 60 61 511 512 513 4095 4096 4097 65535 65536 65537; do
	text "$size" $size >size-$size
done
text line 1200001 >lines
text kernel 200000 >boot/vmlinuz
text ramdisk 400000 >boot/initrd.img
printf 'menuentry a {\n linux /boot/vmlinuz ro\n initrd %s\n}\n' \
	/boot/initrd.img >boot/grub/grub.cfg

# Holes: at the start, between, at the end, nothing else
truncate -s 3M holes all-hole
for at in 1 2 7 100 101 255 256 300 600; do
	text $at 4096 |
		dd of=holes bs=4096 seek=$at conv=notrunc status=none
done
truncate -s 1000001 odd-hole
printf 'the end' >>odd-hole

seq -f 'many/file%04.0f' $many | xargs touch
for i in 1 77 $((many - 1)) $many; do
	echo "this is $i" >"many/$(printf 'file%04d' "$i")"
done
echo deep >1/2/3/4/5/6/7/8/9/10/11/12/deep
echo below >dir/below/file

if [ $odd = yes ]; then
	echo long >"$(printf 'n%0199d' 7)"
	echo blank >'a name with blanks'
	echo utf >'grüße-日本.txt'
	echo dots >'.a..b...'
fi
if [ $links = yes ]; then
	ln -s small.txt link
	ln -s dir/below dirlink
	ln -s /boot/vmlinuz absolute
	ln -s nowhere dangling
	ln -s ../../small.txt dir/below/up
	# around where a target stops to fit into an inode
	for length in 28 59 60 61 127; do
		printf -v slashes '%*s' $((length - 12)) ''
		ln -s "dir${slashes// //}/../empty" link-$length
	done
	ln -s "$(printf './%.0s' {1..450})small.txt" longlink
	ln lines dir/hardlink
fi
find . -exec touch -h -d @1700000002 {} +
