#!/bin/sh
# A Debian 12 guest as its installer would leave it: GPT, ext4, kernel,
# initramfs and boot loader from Debian's packages, grub.cfg written by
# grub-mkconfig.  Its init prints the kernel's command line and a marker on the
# serial console and switches off, so that a test can tell that it really ran.
#
# usage: debian.sh OUT
# Needs root, loop devices and mounts; without them: exit 77, a named skip.
set -eu

suite=bookworm
out=$1
root_uuid=1f5a3c52-58d8-4c1f-9a53-6f1d0c6e1201

skip() {
	echo "skipped: $*" >&2
	exit 77
}

# Everything below is mounted in a mount namespace of its own, which takes the
# mounts with it however this ends.
if [ "${IN_NAMESPACE:-}" != yes ]; then
	[ "$(id -u)" = 0 ] || skip "the debian guest needs root"
	command -v debootstrap >/dev/null || skip "debootstrap is not installed"
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	IN_NAMESPACE=yes exec unshare -m "$0" "$@"
fi

# The mirror this machine's apt uses for the suite, so that the recipe works
# wherever apt does; otherwise Debian's own.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
	'Created-By: Packages' 2>/dev/null |
	awk -v suite=$suite '$2 == suite && $3 == "main" { print $1; exit }')
eval "$(apt-config shell proxy Acquire::http::Proxy)"
[ -z "${proxy:-}" ] || export http_proxy="$proxy"

work=$(mktemp -d)
disk=$work/disk.img
root=$work/root
loop=
tidy() {
	umount -R "$root" 2>/dev/null || true
	[ -z "$loop" ] || losetup -d "$loop"
	rm -rf --one-file-system "$work"
}
trap tidy EXIT
trap 'exit 1' INT TERM HUP

truncate -s 1400M "$disk"
sfdisk -q "$disk" <<-EOF
	label: gpt
	label-id: 5B0C5A0E-0B8D-4F7C-9C55-0D3A5E1B1201
	size=1MiB, type=21686148-6449-6E6F-744E-656564454649
	type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=root
EOF
loop=$(losetup -fP --show "$disk") || skip "no loop devices here"
# A kernel that cannot read partition tables can still be told of partitions.
[ -b "${loop}p2" ] || partx -a "$loop" || true
[ -b "${loop}p2" ] || skip "no partitions on loop devices here"
mkfs.ext4 -q -U $root_uuid -L root "${loop}p2"
mkdir "$root"
mount "${loop}p2" "$root" || skip "mounting is not allowed here"

debootstrap --variant=minbase \
	--include=linux-image-cloud-amd64,initramfs-tools,grub-pc-bin,grub2-common \
	$suite "$root" ${mirror:+"$mirror"} >"$work/log" 2>&1 || {
	tail -n 20 "$work/log" >&2
	exit 1
}

# Devices for grub-probe: those of this disk and no others.
mount -t tmpfs none "$root/dev"
cp -a /dev/null /dev/zero /dev/urandom "$loop" "${loop}p1" "${loop}p2" \
	"$root/dev"
mkdir -p "$root/dev/disk/by-uuid"
ln -s "../../${loop##*/}p2" "$root/dev/disk/by-uuid/$root_uuid"
mount -t proc none "$root/proc"
mount -t sysfs none "$root/sys"

echo "UUID=$root_uuid / ext4 errors=remount-ro 0 1" >"$root/etc/fstab"
echo guest >"$root/etc/hostname"
cat >"$root/hostgrub-marker" <<-'EOF'
	#!/bin/sh
	[ -r /proc/cmdline ] || mount -t proc none /proc
	echo "guest cmdline: $(cat /proc/cmdline)"
	echo "guest is up: $(. /etc/os-release; echo "$PRETTY_NAME") $(uname -r)"
	echo o >/proc/sysrq-trigger
	sleep 60
EOF
chmod 755 "$root/hostgrub-marker"
cat >"$root/etc/default/grub" <<-'EOF'
	GRUB_DEFAULT=0
	GRUB_TIMEOUT=5
	GRUB_DISTRIBUTOR=Debian
	GRUB_CMDLINE_LINUX_DEFAULT="quiet"
	GRUB_CMDLINE_LINUX="console=ttyS0 init=/hostgrub-marker"
EOF
{
	chroot "$root" grub-install --target=i386-pc "$loop"
	chroot "$root" grub-mkconfig -o /boot/grub/grub.cfg
} >>"$work/log" 2>&1 || {
	tail -n 20 "$work/log" >&2
	exit 1
}
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

umount -R "$root"
losetup -d "$loop"
loop=
mkdir -p "$(dirname "$out")"
cp --sparse=always "$disk" "$out.new"
mv "$out.new" "$out"
