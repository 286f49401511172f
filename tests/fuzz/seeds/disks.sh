# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Disks with partition tables, and small guests

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
