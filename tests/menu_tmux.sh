#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# menu_tmux.sh - the menu as a person sees it: keys go in, pictures come out
#
#   menu_tmux.sh MENU_DEMO
#
# Runs tests/menu_demo.c in tmux at several sizes and with several TERMs.
. "$(dirname "$0")/support/tmux.bash"

for size in 8x20 24x80 40x132 100x300; do
	for type in vt100 vt220 linux xterm screen tmux-256color; do
		test="$type of $size"
		start $size TERM=$type ""
		sees "* Debian GNU/L"
		press Down Down Up
		sees "* Advanced opt"
		sees_not "* Debian"
		press Enter
		sees "* Debian, with"
		press Down
		press Escape
		sees "* Advanced opt"
		press -l $'\e[B'
		sees "* broken entry"
		press -l $'\eOA'
		sees "* Advanced opt"
		press Home Enter
		ends 0 "menu_demo: boots Deb"
	done
done

test="an entry that fails"
start 24x80 TERM=xterm ""
sees "* Debian"
press 2 Enter
sees "/boot/vmlinuz: not found \\x1b[31m on the file system"
sees "* broken entry"
press Escape
sleep 0.2
sees_not "not found"
press q
ends 1 "menu_demo: aborted"
sees_not "broken entry"

test="the help"
start 24x80 TERM=vt220 ""
sees "? shows all keys"
press '?'
sees "PgDn, ^V     a page down"
sees_not "Debian"
press x
sees "* Debian"
press F1
press End
sees "do not boot"
press C-c
ends 1 "menu_demo: aborted"

for size in 8x20 24x80 40x132; do
	for type in vt100 linux xterm; do
		test="arguments edited on $type of $size"
		start $size TERM=$type ""
		sees "* Debian"
		press a
		sees "Esc "
		press C-a C-k
		press -l "root=/dev/sda"
		press C-a M-f
		press -l "x"
		sees "rootx=/dev/sda"
		press BSpace C-e 1 Enter
		ends 0 "=/dev/sda1"
	done
done

for size in 16x40 24x80 60x132; do
	test="what an entry would boot, on $size"
	start $size TERM=vt100 "-p"
	sees "/boot/vmlinuz-6.1.0-18-amd64"
	sees "\\x1b[31m\\xff"
	press Down
	sleep 0.5
	sees_not "vmlinuz"
	press Up
	sees "vmlinuz"
	press '?'
	sleep 0.2
	sees_not "vmlinuz"
	press q
	sees "vmlinuz"
	press Enter
	ends 0 "menu_demo: boots Debian"
done

for size in 8x40 24x80; do
	test="an entry is found, on $size"
	start $size TERM=vt100 "-n 20000"
	sees "* entry number 0"
	press -l /1234
	sees "Find: 1234"
	sees "* entry number 1234"
	press Down
	sees "* entry number 11234"
	press x
	sees "No entry has: 1234x"
	press Escape
	sees "* entry number 0"
	press -l /19999
	press Enter
	press Enter
	ends 0 "menu_demo: boots ent"
done

test="arguments that are wrong"
start 24x80 TERM=vt220 ""
sees "* Debian"
press Tab
sees "Arguments: root=/dev/xvda1 ro quiet"
press -l " wrong"
press Enter
sees "the arguments are wrong"
sees "quiet wrong"
press M-BSpace
press -l "0123456789 0123456789 0123456789 0123456789 end"
sees "< "
sees " end"
press C-u Escape
sees "Entry 0 (of"
sees_not "Arguments:"
press q
ends 1 "menu_demo: aborted"

test="titles in UTF-8"
start 24x80 "TERM=tmux LANG=de_DE.UTF-8" ""
sees $'│  Grüße an 世界 – e\u0301té 😀'
sees 'hostile \x1b[2Jtitle \xff\xc2\x9b \xe2\x80\xae end'
press 3 Enter
ends 0 "menu_demo: boots Grüße"

test="titles in ASCII"
start 24x80 "TERM=vt100 LANG=C LC_CTYPE=" ""
sees '  Gr\u00fc\u00dfe an \u4e16\u754c \u2013 e\u0301t\u00e9 \U0001f600'
sees 'hostile \x1b[2Jtitle \xff\xc2\x9b \xe2\x80\xae end'
press q
ends 1 aborted

test="LC_ALL before LANG"
start 24x80 "TERM=vt100 LC_ALL=POSIX LANG=C.UTF-8" ""
sees '  Gr\u00fc\u00dfe'
press q

test="a long title"
start 24x60 TERM=xterm ""
sees "a long title"
sees_not "the end of it"
press 6
sees ">"
sees_not "the end of it"
for _ in 1 2 3 4 5 6 7 8; do
	press -l '>'
done
sees "* <"
sees "the end of it"
press q

test="20,000 entries"
start 24x80 "TERM=xterm LANG=C.UTF-8" "-n 20000"
sees "* entry number 0"
sees "↓"
sees_not "↑"
press End
sees "* entry number 19999"
sees "↑"
sees_not "↓"
press 1 2 3 4 5
sees "* entry number 12345"
sees "Entry 12345 (of 0 to 19999)"
press PgUp PPage
sees "* entry number 12307"
for _ in $(seq 300); do
	printf 'Down '
done >"$tmp/keys"
# shellcheck disable=SC2046 # one argument for each key
press $(cat "$tmp/keys")
sees "* entry number 12607"
press q
ends 1 aborted

test="another size while it runs"
start 24x80 TERM=xterm "-n 100 -d 50"
sees "* entry number 50"
for size in 8x20 100x300 1x1 3x5 2x200 50x2 24x80; do
	tm resize-window -x "${size#*x}" -y "${size%x*}"
	sleep 0.1
done
sees "* entry number 50"
sees "? shows all keys"
tm resize-window -x 20 -y 8
sees "* entry number >"
press Down
sees "Entry 51"
press q

test="a countdown in the menu"
start 24x80 TERM=vt100 "-t 2"
sees "Boots in 2 s, any key stops this"
sees "Boots in 1 s"
ends 0 "menu_demo: boots Debian"

test="a key stops the countdown"
start 24x80 TERM=vt100 "-t 2"
sees "Boots in"
press Down
sees "Entry 1 (of"
sleep 2.5
sees_not status
press q
ends 1 aborted

test="a countdown on one line"
start 24x80 TERM=vt100 "-l countdown -t 30"
sees "Boots in 30 s, any key shows the menu: Debian"
sees "Boots in 29 s"
sees_not "hostgrub demo"
press Enter
sees "* Debian"
sees_not "Boots in"
press Enter
ends 0 "menu_demo: boots Debian"

test="a hidden menu"
start 24x80 TERM=vt100 "-l hidden -t 2"
sleep 0.5
[ -z "$(tm capture-pane -p | tr -d '\n')" ] || say_wrong "something"
ends 0 "menu_demo: boots Debian"

test="a hidden menu uncovered"
start 24x80 TERM=vt100 "-l hidden -t 30"
sleep 0.3
press Escape
sees "* Debian"
press q
ends 1 aborted

test="colours"
start 24x80 TERM=xterm-256color ""
sees "* Debian"
press 2 Enter
sees "not found"
tm capture-pane -p -e | grep -qF $'\e[31m' || say_wrong "no red"
press q
start 24x80 "TERM=xterm-256color NO_COLOR=1" ""
sees "* Debian"
press 2 Enter
sees "not found"
! tm capture-pane -p -e | grep -qF $'\e[31m' || say_wrong "red"
press q

for type in dumb no-such-terminal ""; do
	test="a prompt on TERM=$type"
	start 24x80 TERM=$type "-t 30"
	sees "* 0  Debian GNU/Linux"
	sees '  4  hostile \x1b[2Jtitle \xff'
	sees "Boots in 30 s"
	sees "Number [0], q, ?:"
	press 1 9 BSpace Enter
	sees "Number [0], u, q, ?:"
	press u Enter
	sees "Number [1], q, ?:"
	press 2 Enter
	sees "not found \\x1b[31m"
	press 0 Enter
	ends 0 "menu_demo: boots Debian"
done

finish
