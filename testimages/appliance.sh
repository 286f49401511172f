#!/bin/bash
# Run a shell script as root inside Debian's own kernel, which can make and
# mount what this machine's kernel may not: reiserfs, jfs, nilfs2, f2fs, udf,
# hfs, hfsplus, minix, ufs, vxfs, xfs, btrfs, ext4; md and device-mapper.
# The images in testimages/stored are made with it; tests do not need it.
#
# usage: appliance.sh [--tool PATH]... [--files DIR] [--memory MIB]
#                     SCRIPT [IMAGE...]
#   IMAGE...      raw disk images: /dev/vda, /dev/vdb... of the guest, written
#                 to directly
#   --tool PATH   a program of this machine (a path, or a name in PATH) that
#                 the script needs beyond busybox; it is copied with its
#                 libraries and is in the guest's PATH
#   --files DIR   a directory that the guest sees, and may write, as /files
#   --memory MIB  of the guest (default 1024)
# The script runs under busybox sh with -e in /root; modules load by themselves
# on mount, others by modprobe (raid456, dm-thin-pool...).  What it prints is
# printed here and its exit status is this program's; 125 if the guest failed
# before it could say, 77 if something to run it with is missing.
#
# environment:
#   APPLIANCE_CACHE  where kernel and modules are unpacked, once
#                    (default /dev/shm/appliance-cache)
#   APPLIANCE_KERNEL the Debian package of the kernel (default: the one that
#                    linux-image-amd64 depends on)
#   APPLIANCE_ACCEL  qemu's accelerator (default: tcg, which boots in 15 seconds
#                    and works where kvm is there but does not)
#   APPLIANCE_TIMEOUT seconds (default 600)
set -eu
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C

cache=${APPLIANCE_CACHE:-/dev/shm/appliance-cache}
tools=() files="" memory=1024

fail() {
	echo "appliance.sh: $*" >&2
	exit 125
}

while [ $# -gt 0 ]; do
	case $1 in
	--tool) tools+=("$2") ;;
	--files) files=$2 ;;
	--memory) memory=$2 ;;
	--*) fail "no option $1" ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt 0 ] || fail "usage: appliance.sh [OPTION...] SCRIPT [IMAGE...]"
script=$1
shift

for program in qemu-system-x86_64 cpio busybox apt-get dpkg; do
	command -v $program >/dev/null || {
		echo "skipped: $program is not installed" >&2
		exit 77
	}
done
busybox_path=$(command -v busybox)
! ldd "$busybox_path" >/dev/null 2>&1 || fail "busybox must be busybox-static"

# Unpack the kernel's package into the cache, and make the part of the
# initramfs that is the same for every script.
make_base() {
	local package=$1 into=$2 work version
	work=$(mktemp -d "$cache/new.XXXXXX")
	(cd "$work" && apt-get -qq download "$package" >/dev/null 2>&1) ||
		fail "cannot download $package"
	dpkg -x "$work"/*.deb "$work/package"
	version=$(ls "$work/package/lib/modules")
	mkdir -p "$work/base/bin" "$work/base/lib/modules/$version/kernel"
	(
		cd "$work/package/lib/modules/$version"
		cp modules.builtin* modules.order \
			"$work/base/lib/modules/$version"
		find kernel/fs kernel/lib kernel/crypto kernel/arch/x86/crypto \
			kernel/drivers/md kernel/drivers/virtio \
			kernel/drivers/block/virtio_blk.ko* \
			kernel/drivers/block/loop.ko* kernel/drivers/cdrom \
			kernel/net/9p kernel/drivers/dax kernel/net/core \
			-name '*.ko*' \
			! -path '*/cluster*' ! -path '*/nfs*' ! -path '*/ceph*' \
			! -path '*/smb*' ! -path '*/cifs*' ! -path '*/afs*' \
			! -path '*/ocfs2*' ! -path '*/gfs2*' ! -path '*/dlm*' |
			cpio --quiet -pdm "$work/base/lib/modules/$version"
	)
	busybox depmod -b "$work/base" "$version"
	cp "$busybox_path" "$work/base/bin/busybox"
	(cd "$work/base" && find . | cpio --quiet -o -H newc) >"$work/base.cpio"
	cp "$work/package/boot/vmlinuz-$version" "$work/vmlinuz"
	rm -rf "$work/package" "$work/base" "$work"/*.deb
	# somebody else may have been faster
	mv -T "$work" "$into" 2>/dev/null || rm -rf "$work"
}

mkdir -p "$cache"
kernel=${APPLIANCE_KERNEL:-$(apt-cache depends linux-image-amd64 |
	awk '/Depends:/ { print $2; exit }')}
[ -n "$kernel" ] || fail "apt knows no linux-image-amd64"
[ -f "$cache/$kernel/base.cpio" ] || make_base "$kernel" "$cache/$kernel"

work=$(mktemp -d "$cache/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{dev,proc,sys,tmp,root,mnt,files,etc,run,var/lock,tools}
cp "$script" "$root/root/script"

# A program's libraries keep their paths, so that its loader finds them.
for tool in ${tools[@]+"${tools[@]}"}; do
	path=$(command -v "$tool") || fail "no program $tool"
	cp -L "$path" "$root/tools/${path##*/}"
	{ ldd "$path" 2>/dev/null || true; } |
		awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' |
		while read -r library; do
			[ -e "$root$library" ] && continue
			mkdir -p "$root${library%/*}"
			cp -L "$library" "$root$library"
		done
done

cat >"$root/init" <<'INIT'
#!/bin/busybox sh
export PATH=/tools:/sbin:/bin
/bin/busybox mkdir -p /sbin
/bin/busybox --install -s /sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/mounts /etc/mtab
modprobe virtio_pci
modprobe virtio_blk
modprobe crc32c_generic
modprobe loop
if grep -q appliance.files /proc/cmdline; then
	modprobe 9pnet_virtio
	mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 files /files
fi
cd /root
# kernel messages of here are the guest's business, not of its boot
echo 5 >/proc/sys/kernel/printk
sh -e ./script </dev/null
status=$?
cd /
umount -a -r 2>/dev/null
sync
echo "$status" >/dev/ttyS1
poweroff -f
INIT
chmod +x "$root/init"
# the appliance's part after the base: the later archive wins
cp "$cache/$kernel/base.cpio" "$work/initrd"
(cd "$root" && find . | cpio --quiet -o -H newc) >>"$work/initrd"

arguments=() append="console=ttyS0 quiet loglevel=4 panic=-1 net.ifnames=0"
for image; do
	[ -f "$image" ] || [ -b "$image" ] || fail "no image $image"
	arguments+=(-drive "file=${image//,/,,},format=raw,if=virtio,cache=unsafe")
done
if [ -n "$files" ]; then
	arguments+=(-virtfs
		"local,path=${files//,/,,},mount_tag=files,security_model=none")
	append="$append appliance.files"
fi

timeout --foreground "${APPLIANCE_TIMEOUT:-600}" qemu-system-x86_64 \
	-accel "${APPLIANCE_ACCEL:-tcg}" -cpu max -m "$memory" -smp 1 \
	-nodefaults -no-user-config -display none -no-reboot \
	-serial stdio -serial "file:$work/status" \
	-kernel "$cache/$kernel/vmlinuz" -initrd "$work/initrd" \
	-append "$append" ${arguments[@]+"${arguments[@]}"} \
	</dev/null 2>"$work/errors" | tr -d "\r" || true
result=$(tr -cd 0-9 <"$work/status" 2>/dev/null) || true
if [ -z "$result" ]; then
	cat "$work/errors" >&2
	fail "the guest did not finish"
fi
exit "$result"
