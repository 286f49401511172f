# Run by ../appliance.sh: arrays of every level and layout on the partitions of
# /dev/vda, which make.sh made.  Each array is filled with sectors that say
# whose they are and which: "NAME NUMBER", blanks, a newline.
echo 1 >/proc/sys/kernel/printk
modprobe md_mod
for module in raid0 raid1 raid10 raid456 linear; do
	modprobe $module || echo "no $module"
done
next=1

# md NAME MEMBERS METADATA LEVEL OPTION...
md() {
	name=$1 count=$2 metadata=$3 level=$4
	shift 4
	members=""
	while [ "$count" -gt 0 ]; do
		members="$members /dev/vda$next"
		next=$((next + 1)) count=$((count - 1))
	done
	offset="--data-offset=64K"
	[ $metadata != 0.90 ] && [ $metadata != 1.0 ] || offset=""
	set -- "$@" $offset
	[ $level = 1 ] || [ $level = linear ] || set -- "$@" --chunk=16K
	# the name is kept in the metadata but for 0.90
	[ $metadata = 0.90 ] || set -- "$@" --name=$name --homehost=host
	mdadm --create /dev/md$next --run --force --assume-clean \
		--metadata=$metadata --level=$level "$@" \
		--raid-devices=$(echo $members | wc -w) $members \
		</dev/null >/tmp/out 2>&1 || { echo "md $name fails:"; cat /tmp/out; return 0; }
	sectors=$(cat /sys/block/md$next/size)
	awk -v name=$name -v count=$sectors 'BEGIN {
		for (i = 0; i < count; i++)
			printf "%-511s\n", name " " i
	}' | dd of=/dev/md$next bs=64k conv=fsync 2>/dev/null || true
	echo "$name: md$next: $sectors sectors:$members"
	mdadm --stop /dev/md$next 2>/dev/null
}

md raid1-090 2 0.90 1
md raid1-10 2 1.0 1
md raid1-11 2 1.1 1
md raid1-12 2 1.2 1
next=11
md raid0 3 1.2 0
md linear 2 1.2 linear
md near2 4 1.2 10 --layout=n2
md near2of3 3 1.2 10 --layout=n2
md far2 3 1.2 10 --layout=f2
md far2of4 4 1.2 10 --layout=f2
md offset2 3 1.2 10 --layout=o2
md raid4 3 1.2 4
md raid5 3 1.2 5
md raid5-090 3 0.90 5
md raid5-10 3 1.0 5
md raid5-la 4 1.2 5 --layout=la
md raid5-ra 4 1.2 5 --layout=ra
md raid5-rs 4 1.2 5 --layout=rs
md raid5-first 4 1.2 5 --layout=parity-first
md raid5-last 4 1.2 5 --layout=parity-last
md raid6 4 1.2 6
md raid6-la 5 1.2 6 --layout=la
md raid6-ra 5 1.2 6 --layout=ra
md raid6-rs 5 1.2 6 --layout=rs
md raid6-ddf-zero 5 1.2 6 --layout=ddf-zero-restart
md raid6-ddf-nr 5 1.2 6 --layout=ddf-N-restart
md raid6-ddf-nc 5 1.2 6 --layout=ddf-N-continue
md raid6-la6 5 1.2 6 --layout=left-asymmetric-6
md raid6-rs6 5 1.2 6 --layout=right-symmetric-6
# members of several sizes, of which the last partitions are twice as large
next=111
md raid0-uneven 4 1.2 0
md linear-uneven 3 1.0 linear
