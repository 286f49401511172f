# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of FAT and exFAT

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
