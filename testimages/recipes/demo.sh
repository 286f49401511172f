#!/bin/sh
# A small guest that looks like a Debian 12 installation: GPT, ext4, two
# kernels, a grub.cfg in the manner of grub-mkconfig.  No root, no download.
#
# The kernels are stand-ins: they have the header of a Linux boot image and
# version text, as file(1) and a toolstack read it, and no code behind.  The
# ramdisks are real archives.
#
# usage: demo.sh OUT
set -eu

out=$1
here=$(cd "$(dirname "$0")/.." && pwd)
epoch=${SOURCE_DATE_EPOCH:-1700000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
tree=$work/tree
uuid=4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de
export LC_ALL=C
umask 022

# le BYTES NUMBER: a number in little-endian bytes
le() {
	bytes=$1 number=$2
	while [ "$bytes" -gt 0 ]; do
		printf "\\$(printf %03o $((number % 256)))"
		number=$((number / 256)) bytes=$((bytes - 1))
	done
}

# at OFFSET FILE: standard input goes there
at() {
	dd of="$2" bs=1 seek="$1" conv=notrunc status=none
}

# kernel VERSION FILE: setup sectors with the header of boot protocol 2.15
# (Documentation/arch/x86/boot.rst), then 6 MiB.
kernel() {
	yes "kernel $1 of the demo guest" | head -c 6291456 >"$2"
	head -c 16384 /dev/zero | at 0 "$2"
	le 1 31 | at 497 "$2"		# setup_sects
	le 2 $((0xaa55)) | at 510 "$2"	# boot_flag
	printf 'HdrS' | at 514 "$2"
	le 2 $((0x20f)) | at 518 "$2"	# version of the protocol
	le 2 $((0x3000 - 0x200)) | at 526 "$2"	# kernel_version
	le 1 1 | at 529 "$2"		# loadflags: LOADED_HIGH
	printf '%s (hostgrub@demo) #1 SMP Debian\0' "$1" | at $((0x3000)) "$2"
}

# ramdisk VERSION FILE: a cpio archive of 20 MiB, which the kernel takes without
# compression too.
ramdisk() {
	mkdir -p "$work/initrd/lib/modules/$1"
	printf '#!/bin/sh\necho "This is the demo guest."\n' \
		>"$work/initrd/init"
	chmod 755 "$work/initrd/init"
	yes "module of $1" | head -c 20971520 \
		>"$work/initrd/lib/modules/$1/demo.ko"
	find "$work/initrd" -exec touch -hd "@$epoch" {} +
	(cd "$work/initrd" && find . | sort >"$work/names" &&
		cpio -o -H newc --reproducible -R 0:0 --quiet \
			<"$work/names" >"$2")
	rm -rf "$work/initrd"
}

# menuentry INDENT TITLE ID VERSION OPTIONS
menuentry() {
	cat <<-EOF | sed "s/^/$1/"
		menuentry '$2' --class debian --class gnu-linux --class gnu --class os \$menuentry_id_option '$3' {
		 	load_video
		 	insmod gzio
		 	if [ x\$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
		 	insmod part_gpt
		 	insmod ext2
		 	search --no-floppy --fs-uuid --set=root $uuid
		 	echo	'Loading Linux $4 ...'
		 	linux	/boot/vmlinuz-$4 root=UUID=$uuid ro $5
		 	echo	'Loading initial ramdisk ...'
		 	initrd	/boot/initrd.img-$4
		}
	EOF
}

config() {
	cat <<-EOF
		#
		# grub.cfg of the demo guest, in the manner of grub-mkconfig
		#
		if [ -s \$prefix/grubenv ]; then
		  set have_grubenv=true
		  load_env
		fi
		if [ "\${next_entry}" ] ; then
		   set default="\${next_entry}"
		   set next_entry=
		   save_env next_entry
		   set boot_once=true
		else
		   set default="0"
		fi

		if [ x"\${feature_menuentry_id}" = xy ]; then
		  menuentry_id_option="--id"
		else
		  menuentry_id_option=""
		fi
		export menuentry_id_option

		function savedefault {
		  if [ -z "\${boot_once}" ]; then
		    saved_entry="\${chosen}"
		    save_env saved_entry
		  fi
		}
		function load_video {
		  if [ x\$feature_all_video_module = xy ]; then
		    insmod all_video
		  fi
		}

		if [ x\$feature_timeout_style = xy ] ; then
		  set timeout_style=menu
		  set timeout=5
		else
		  set timeout=5
		fi
	EOF
	menuentry '' 'Debian GNU/Linux' "gnulinux-simple-$uuid" \
		6.1.0-18-amd64 quiet
	echo "submenu 'Advanced options for Debian GNU/Linux' \$menuentry_id_option 'gnulinux-advanced-$uuid' {"
	for version in 6.1.0-18-amd64 6.1.0-17-amd64; do
		title="Debian GNU/Linux, with Linux $version"
		menuentry '\t' "$title" \
			"gnulinux-$version-advanced-$uuid" $version quiet
		menuentry '\t' "$title (recovery mode)" \
			"gnulinux-$version-recovery-$uuid" $version single
	done
	echo '}'
	cat <<-'EOF'
		if [ "$grub_platform" = "efi" ]; then
			fwsetup --is-supported
			if [ "$?" = 0 ]; then
				menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
					fwsetup
				}
			fi
		fi

		if [ -f  ${config_directory}/custom.cfg ]; then
		  source ${config_directory}/custom.cfg
		elif [ -z "${config_directory}" -a -f  $prefix/custom.cfg ]; then
		  source $prefix/custom.cfg
		fi
	EOF
}

mkdir -p "$tree/boot/grub" "$tree/etc"
for version in 6.1.0-18-amd64 6.1.0-17-amd64; do
	kernel $version "$tree/boot/vmlinuz-$version"
	ramdisk $version "$tree/boot/initrd.img-$version"
done
ln -s boot/vmlinuz-6.1.0-18-amd64 "$tree/vmlinuz"
ln -s boot/initrd.img-6.1.0-18-amd64 "$tree/initrd.img"
config >"$tree/boot/grub/grub.cfg"
# The environment block: 1024 bytes, the rest of them "#".
printf '# GRUB Environment Block\n' >"$tree/boot/grub/grubenv"
yes '' | head -n 999 | tr '\n' '#' >>"$tree/boot/grub/grubenv"
echo 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"' >"$tree/etc/os-release"
"$here/disk.sh" "$out" gpt ext4 "$tree"
