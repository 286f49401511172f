#!/bin/sh
# What a guest does before it crashes: in the directory it is started in.
# The images xfs-v4-dirty* in testimages/stored have this in their logs, and
# tests make the same tree to compare them with.
set -e
for i in 1 2 3; do
	seq $((i * 10)) 2000 >new
	mv new boot/kernel-$i
	mkdir d$i
	for k in $(seq 100); do : >d$i/file-$k; done
	ln -s boot/kernel-$i link
	mv link vmlinuz
	ln -s "/$(seq -s / 150 | tr -d '\n')" long-$i
	for k in $(seq 1 2 60); do
		echo $k | dd of=holes bs=4096 seek=$((k + i * 100)) \
			conv=notrunc 2>/dev/null
	done
	rm -rf gone
	mkdir gone
	for k in $(seq 60); do
		: >gone/a-long-name-of-a-file-that-goes-$k
	done
	sync
done
rm -r gone d1
mv dir/before dir/after
sync
