# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of file systems that are written once: EROFS, squashfs

# erofs NAME MKFS-OPTION...
erofs() {
	mkfs.erofs -d0 --all-root -T1500000000 "${@:2}" "$out/erofs/$1" \
		"$tmp/erofs" >"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
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
	# A directory with an index
	for i in {1..700}; do
		: >"$tmp/squash/many/with-names-that-are-not-short-$i"
	done
	squash index -b 4K
	rm "$tmp"/squash/many/with-*
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
