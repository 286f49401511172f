# shellcheck shell=bash disable=SC2154 # out, tmp, here, tree: of seeds.sh
# Seeds of ISO 9660

# iso NAME TOOL OPTION...: a volume of $tmp/iso
iso() {
	local name=$1
	shift
	"$@" -quiet -no-pad -V seed -o "$tmp/iso.img" "$tmp/iso" \
		>"$tmp/log" 2>&1 || {
		cat "$tmp/log"
		exit 1
	}
	mv "$tmp/iso.img" "$out/iso9660/$name"
}

if command -v xorriso >/dev/null && command -v genisoimage >/dev/null; then
	cp -a "$tree" "$tmp/iso"
	rm "$tmp/iso/long-link"
	mkdir -p "$tmp/iso/1/2/3/4/5/6/7/8/9"
	echo deep >"$tmp/iso/1/2/3/4/5/6/7/8/9/file"
	iso genisoimage genisoimage -R
	iso xa genisoimage -XA -R
	rm -r "$tmp/iso/1/2/3/4/5/6/7/8"
	: >"$tmp/iso/A Long Näme.with.dots"
	iso joliet genisoimage -J -f -input-charset utf-8
	iso plain xorriso -as mkisofs --norock -iso-level 4
	ln -s "$(printf 'a-part-of-a-link/%.0s' {1..30})end" "$tmp/iso/long"
	: >"$tmp/iso/$(printf 'n%0254d' 1)"
	ln -s /boot/./../vmlinuz "$tmp/iso/absolute"
	iso xorriso xorriso -as mkisofs -J -rr_reloc_dir moved
	xorriso -outdev - -padding 0 -map "$tmp/iso" / -set_filter_r --zisofs \
		/ -- -commit >"$tmp/packed.img" 2>"$tmp/log" || {
		cat "$tmp/log"
		exit 1
	}
	mv "$tmp/packed.img" "$out/iso9660/packed"
	# What no tool makes: each names what is wrong
	python3 - "$out/iso9660" <<'END'
import os, struct, sys
os.chdir(sys.argv[1])
system_area = bytes(32768)
data = open('xorriso', 'rb').read()[len(system_area):]
both = lambda n: struct.pack('<I', n) + struct.pack('>I', n)

def change(name, *changes):
    copy = bytearray(data)
    for at, value in changes:
        copy[at:at + len(value)] = value
    open(name, 'wb').write(system_area + copy)

def record(name):
    """Of a directory or file with that plain name."""
    return data.index(bytes([len(name)]) + name) - 32

root = data[158:166]
ce = data.index(b'CE', record(b'LONG.;1'))
block, offset = struct.unpack_from('<I4xI', data, ce + 4)
area = block * 2048 + offset - 32768
change('directory-in-itself', (record(b'DIR') + 2, root))
change('child-in-itself', (record(b'DIR') + 25, b'\0'), (data.index(
    b'TF', record(b'DIR')), b'CL\x0c\x01' + root + b'XX\x0e\x01'))
change('area-in-itself', (area, b'CE\x1c\x01' + data[ce + 4:ce + 28]))
change('area-of-many-fields', (ce + 20, both(32768)))
change('file-in-parts', (record(b'VMLINUZ.;1') + 25, b'\x80'))
change('file-without-end', (record(b'VMLINUZ.;1') + 10, both(0xffffffff)))
change('interleaved', (record(b'VMLINUZ.;1') + 26, b'\1\1'))
change('blocks-of-512', (128, b'\0\2\2\0'))
change('root-without-end', (166, both(0xffffffff)))
END
else
	echo "no seeds of ISO 9660: xorriso or genisoimage is missing"
	: >"$out/iso9660/empty"
fi
