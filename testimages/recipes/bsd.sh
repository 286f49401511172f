#!/bin/sh
# A guest of FreeBSD or NetBSD on UFS: the kernel in its place, and the
# configuration of the system's loader.  No root, no download; the same image
# each time.
#
# The kernel is not one that runs: it is there to be found and copied.
#
# usage: bsd.sh OUT
# GUEST: "freebsd" if not set, or "netbsd"
# TABLE: "label" if not set, a slice in an MBR partition; or "gpt"
# UFS: its version, 2 if not set
set -eu

out=$1
guest=${GUEST:-freebsd}
table=${TABLE:-label}
here=$(cd "$(dirname "$0")/.." && pwd)
umask 022

command -v makefs >/dev/null || {
	echo "makefs is not installed (package makefs)" >&2
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
tree=$work/tree

mkdir -p "$tree/boot/kernel" "$tree/boot/kernel.old" "$tree/etc"
case $guest in
freebsd)
	yes "kernel of FreeBSD" | head -c 6291456 >"$tree/boot/kernel/kernel"
	yes "older kernel" | head -c 6000000 >"$tree/boot/kernel.old/kernel"
	printf 'autoboot_delay="3"\nvfs.root.mountfrom="ufs:/dev/%s"\n' \
		ufs/rootfs >"$tree/boot/loader.conf"
	;;
netbsd)
	yes "kernel of NetBSD" | head -c 6291456 >"$tree/netbsd.xen"
	ln -s netbsd.xen "$tree/netbsd"
	cat >"$tree/boot.cfg" <<-'END'
		menu=Boot normally:rndseed /var/db/entropy-file;boot
		menu=Boot single user:rndseed /var/db/entropy-file;boot -s
		default=1
		timeout=5
	END
	;;
*) echo "bsd.sh: no guest called $guest" >&2; exit 1 ;;
esac
[ "$table" != label ] || table=$guest
"$here/disk.sh" "$out" "$table" "ufs${UFS:-2}" "$tree"
