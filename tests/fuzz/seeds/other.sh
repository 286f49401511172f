# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of other systems' file systems: UDF, UFS, HFS+, ZFS

make_tree "$tmp/udf"
for form in "" "scatter chain" "plain 4096" "metadata extended" \
	"virtual inside" "virtual1.50 long" "sparable 2^9"; do
	name=${form// /-}
	# shellcheck disable=SC2086 # several options
	"$here/../../testimages/mkudf.py" "$out/udf/${name:-simple}" \
		"$tmp/udf" $form
done

# ufs NAME VERSION ORDER TREE
ufs() {
	makefs -t ffs -s 768k -o version=$2,bsize=4096,fsize=512 -B $3 \
		-T 1500000000 "$out/ufs/$1" "$4" >"$tmp/log" 2>&1 || {
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

# Gangs, which no tool here makes
xz -dc "$here/../../testimages/stored/zfs-v28.img.xz" >"$tmp/zfs"
"$metadata" "$tmp/zfs" "$out" gang 30
"$here/gang.py" "$out/zfs/gang" "$out/zfs/gang-in-itself" itself >/dev/null
"$here/gang.py" "$out/zfs/gang" "$out/zfs/gang" >/dev/null
