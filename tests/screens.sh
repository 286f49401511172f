#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# screens.sh - the pictures of the menu in README.md, taken of a real run
#
#   screens.sh HOSTGRUB            print them
#   screens.sh HOSTGRUB README     fail if those in README are others
#
# A terminal of 80x24 in tmux, and the guest of testimages/make.sh demo; rows
# without text are left out.  README's stand between two comments.
set -u
. "$(dirname "$0")/support/tmux.bash"

readme=${2:-}

# snap: the screen without the rows that hold nothing
snap()
{
	echo '```'
	tm capture-pane -p | grep -v '^[│ ]*$'
	echo '```'
	echo
}

enter()
{
	press -l "$1"
	press Enter
}

pictures()
{
	test="the list"
	start 24x80 "TERM=tmux LANG=C.UTF-8" \
		"--output-directory=out --timeout=-1 demo.img"
	sees "vmlinuz-6.1.0-18-amd64 root="
	sees "Entry 0 (of 0 to 1)"
	snap
	test="the editor"
	press e
	sees "Edit: Debian"
	press End Up Up e C-e
	press -l " single"
	sees "quiet single"
	snap
	press Escape Escape
	test="the command line"
	sees "q aborts"
	press c
	sees "hostgrub>"
	enter "ls /boot"
	enter "search --file /boot/grub/grub.cfg"
	sees "hd0,gpt1"
	enter 'linux /boot/vmlinuz-6.1.0-17-amd64 root=/dev/xvda2 ro'
	sees "xvda2 ro"
	enter "initrd /boot/initrd.img"
	sees "no such file"
	press -l "initrd /boot/in"
	press Tab
	sees "initrd /boot/initrd.img-6.1.0-1"
	snap
}

[ -z "$readme" ] || readme=$(realpath "$readme")
top=$(cd "$(dirname "$0")/.." && pwd)
mkdir "$tmp/out"
"$top/testimages/make.sh" demo "$tmp/demo.img" >/dev/null || exit 99
cd "$tmp" || exit 99
pictures >pictures
if [ -z "$readme" ]; then
	cat pictures
	exit $((failures > 0))
fi
sed -n '/^<!-- screens.sh -->$/,/^<!-- end -->$/p' "$readme" >said
{
	printf "<!-- screens.sh -->\n\n"
	cat pictures
	echo "<!-- end -->"
} >seen
diff said seen || say_wrong "another than README.md has"
finish
