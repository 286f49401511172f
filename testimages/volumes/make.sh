#!/bin/bash
# Make stored/md.img.xz and stored/lvm.img.xz: ./make.sh
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/dev/shm}/volumes.XXXXXX")
trap 'rm -rf "$work"' EXIT

# partitions IMAGE COUNT SECTORS [COUNT SECTORS]...: a GPT of such partitions
partitions() {
	local image=$1 at=2048 number=0 i
	shift
	{
		echo "label: gpt"
		echo "label-id: 00000000-0000-4000-8000-000000000001"
		echo "table-length: 128"
		while [ $# -gt 0 ]; do
			for ((i = 0; i < $1; i++)); do
				number=$((number + 1))
				printf 'start=%d, size=%d, uuid=%08x-0000-4000-8000-000000000000\n' \
					$at "$2" $number
				at=$((at + $2))
			done
			shift 2
		done
	} >"$work/table"
	truncate -s $(((at + 2048) * 512)) "$image"
	sfdisk -q "$image" <"$work/table"
}

partitions "$work/md.img" 110 2048 2 2048 1 2560 1 4096 1 2048 1 3072 1 2560
partitions "$work/lvm.img" 5 16384
"$here/../appliance.sh" --tool mdadm "$here/md.sh" "$work/md.img"
"$here/../appliance.sh" --tool lvm --tool lvcreate --tool lvextend \
	--tool vgcreate --tool vgchange --tool lvs \
	"$here/lvm.sh" "$work/lvm.img"
for name in md lvm; do
	xz -6 -c "$work/$name.img" >"$here/../stored/$name.img.xz"
done
