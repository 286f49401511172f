# Run by ../appliance.sh: a volume group over five partitions of /dev/vda, with
# a volume of each kind, filled as in md.sh.
echo 1 >/proc/sys/kernel/printk
modprobe dm_mod
for module in dm_raid dm_mirror dm_thin_pool dm_snapshot dm_cache dm_cache_smq raid0 raid1 raid10 raid456; do
	modprobe $module || echo "no $module"
done
mkdir -p /etc/lvm
cat >/etc/lvm/lvm.conf <<'END'
devices { use_devicesfile=0 obtain_device_list_from_udev=0 external_device_info_source="none" }
activation { udev_sync=0 udev_rules=0 }
global { thin_check_executable="" cache_check_executable="" locking_type=1 use_lvmpolld=0 event_activation=0 }
END

fill() {
	sectors=$(blockdev --getsz "$2")
	awk -v name=$1 -v count=$sectors 'BEGIN {
		for (i = 0; i < count; i++)
			printf "%-511s\n", name " " i
	}' | dd of="$2" bs=64k conv=fsync 2>/dev/null || true
	echo "$1: $sectors sectors"
}

# lv NAME OPTION...: of the group vol-grp
lv() {
	name=$1
	shift
	lvcreate -y -Zn -Wn -n $name "$@" >/tmp/out 2>&1 </dev/null ||
		{ echo "lv $name fails:"; cat /tmp/out; return 0; }
	fill $name /dev/mapper/vol--grp-$(echo $name | sed s/-/--/g)
}

vgcreate -s 64k --dataalignment 64k --metadatasize 256k vol-grp \
	/dev/vda1 /dev/vda2 /dev/vda3 /dev/vda4 /dev/vda5 >/tmp/out 2>&1 || cat /tmp/out
lv linear -l 16 vol-grp /dev/vda2
lv with-dashes -l 4 vol-grp /dev/vda1
lvextend -l +8 vol-grp/linear /dev/vda1 >/dev/null 2>&1
lvextend -l +8 vol-grp/linear /dev/vda3 >/dev/null 2>&1
fill linear /dev/mapper/vol--grp-linear
lv striped -i 3 -I 16k -l 12 vol-grp
lv mirror --type mirror -m 1 --mirrorlog core --nosync -l 6 vol-grp
lv raid1 --type raid1 -m 1 --nosync -l 6 vol-grp
lv raid0 --type raid0 -i 3 -I 16k -l 12 vol-grp
lv raid10 --type raid10 -m 1 -i 2 -I 16k --nosync -l 12 vol-grp
lv raid4 --type raid4 -i 2 -I 16k --nosync -l 12 vol-grp
lv raid5 --type raid5 -i 2 -I 16k --nosync -l 12 vol-grp
lv raid5-ra --type raid5_ra -i 2 -I 16k --nosync -l 12 vol-grp
lv raid6 --type raid6 -i 3 -I 16k -l 12 vol-grp
lv raid6-nc --type raid6_nc -i 3 -I 16k -l 12 vol-grp
lv origin -l 4 vol-grp
lvcreate -y -s -n snap -l 4 vol-grp/origin >/tmp/out 2>&1 </dev/null || cat /tmp/out
lvcreate -y -n pool --type thin-pool -l 16 -c 64k --poolmetadatasize 2m -Zn vol-grp >/tmp/out 2>&1 </dev/null || cat /tmp/out
lvcreate -y -n thin -V 2m --thinpool pool vol-grp >/tmp/out 2>&1 </dev/null || cat /tmp/out
# half of it, the rest is a hole
awk 'BEGIN { for (i = 0; i < 1024; i++) printf "%-511s\n", "thin " i }' |
	dd of=/dev/mapper/vol--grp-thin bs=64k conv=fsync 2>/dev/null || true
lvcreate -y -kn -s -n thin-snap vol-grp/thin >/tmp/out 2>&1 </dev/null || cat /tmp/out
awk 'BEGIN { for (i = 0; i < 128; i++) printf "%-511s\n", "thin-snap " i }' |
	dd of=/dev/mapper/vol--grp-thin--snap bs=64k conv=fsync,notrunc 2>/dev/null || true
sync
sleep 2
lvs -a -o name,segtype,attr,size,devices,sync_percent 2>/dev/null
vgchange -an >/dev/null 2>&1 || true
