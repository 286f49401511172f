#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# menu_tmux_text.sh - the editor, the command line and what is read, as a person
# sees them
#
#   menu_tmux_text.sh MENU_DEMO
#
# Runs tests/menu_demo.c in tmux at several sizes and with several TERMs.
. "$(dirname "$0")/support/tmux.bash"

# enter LINE
enter()
{
	press -l "$1"
	press Enter
}

for size in 8x20 12x40 24x80 43x132 100x300; do
	for type in vt100 xterm-256color; do
		test="an entry edited on $type of $size"
		start $size TERM=$type ""
		sees "* Debian"
		press e
		sees "Edit: Debian"
		sees "load_vid"
		press Down e C-a C-k
		press -l "echo first"
		press Enter
		sees "echo first"
		press o
		press -l second
		press Escape
		goes second
		press O
		press -l before
		press Enter Up d
		goes "load_"
		press b
		ends 0 "initrd"
	done
done

for size in 8x20 12x40 24x80 43x132 100x300; do
	for type in vt220 linux screen tmux; do
		test="a command line on $type of $size"
		start $size TERM=$type ""
		sees "* Debian"
		press c
		sees "F1"
		sees ">"
		enter "ls"
		sees "(xen0)"
		press -l l
		press Tab
		sees "linux  ls"
		press -l i
		press Tab
		sees "> linux"
		press C-u
		enter "if x"
		sees "> if x"
		enter "fi"
		enter "echo 0123456789 0123456789"
		sees "0123456789"
		press Up Up Up
		sees "> if x"
		press C-u
		enter "boot"
		ends 0 "menu_demo: boots by"
	done
done

test="lines that are wrong"
start 24x80 TERM=vt100 ""
sees "* Debian"
press e
sees "* 1     load_video"
sees "Line 1 of 6"
press o
press -l wrong
press C-x
sees "line 1: wrong: there is no such command"
sees "* 2 wrong"
press Escape
goes "no such command"
press e C-u
press -l right
press F10
ends 0 "load_video|right|"

test="a long line is scrolled and seen as a whole"
start 24x80 TERM=xterm ""
sees "* Debian"
press e Down Down Down
sees "this is the end of the line"
sees "* 4     linux /boot/vmlinuz"
press e
sees "> 4 <"
press C-a
sees "> 4     linux"
press Escape Escape
sees "* Debian"
press q

test="lines in UTF-8, and what is none"
start 24x80 "TERM=tmux LANG=C.UTF-8" ""
sees "* Debian"
press e
sees "echo 'Grüße an 世界, Linux wird geladen ...'"
sees 'hostile \x1b[2J \xff end'
press Down Down e
press -l "é世"
press Enter
sees "geladen ...'é世"
press u
goes "é世"
press q Escape
sees "* Debian"
press q
ends 1 aborted

test="lines in ASCII"
start 24x80 TERM=vt100 ""
sees "* Debian"
press e
sees "echo 'Gr\\u00fc\\u00dfe an \\u4e16\\u754c, Linux"
press C-c

test="resized in the editor"
start 24x80 TERM=xterm ""
sees "* Debian"
press e Down Down Down e
for size in 8x20 100x300 1x1 3x5 2x200 50x2 24x80; do
	tm resize-window -x "${size#*x}" -y "${size%x*}"
	sleep 0.1
done
sees "this is the end of the line"
sees "> 4 <"
press -l "!"
press Enter b
ends 0 "end of the line!|"

test="resized in the command line"
start 24x80 TERM=xterm ""
sees "* Debian"
press c
sees "hostgrub>"
enter "echo 0123456789 abcdefghij 0123456789 ABCDEFGHIJ"
sees "0123456789 abcdefghij 0123456789 ABCDEFGHIJ"
press -l "l"
for size in 1x1 3x5 2x200 50x2 100x300 8x20; do
	tm resize-window -x "${size#*x}" -y "${size%x*}"
	sleep 0.1
done
goes "0123456789 abcdefghij"
sees "abcdefghij"
sees "> l"
tm resize-window -x 80 -y 24
sees "0123456789 abcdefghij 0123456789 ABCDEFGHIJ"
press C-u
enter boot
ends 0 "menu_demo: boots by command"

test="what was printed is scrolled"
start 24x80 TERM=xterm ""
sees "* Debian"
press c
enter many
sees "line number 19999"
sees "hostgrub>"
press PgUp
sees "line number 19960"
goes "hostgrub>"
press PgDn
sees "hostgrub>"
press PgUp x
sees "hostgrub> x"
press C-l
goes "line number"
press C-u C-d
sees "* Debian"
press q

test="keys typed while a command runs"
start 24x80 TERM=vt100 ""
sees "* Debian"
press c
enter slow
enter "echo one"
enter "echo two"
sees "two"
sees "hostgrub> echo one"
enter boot
ends 0 "menu_demo: boots by command"

test="a command line in the editor"
start 24x80 TERM=vt100 ""
sees "* Debian"
press e d c
sees "hostgrub>"
enter 'bad'
sees 'there is no such command \x1b[2J.'
press Escape
sees "Line 1 of 5"
press Escape
sees "* Debian"
press q

for size in 8x20 24x80; do
	test="why, on $size"
	start $size "TERM=xterm LANG=C.UTF-8" ""
	sees "* Debian"
	press l
	sees "What would be"
	sees "disk.img"
	press End
	sees "of them"
	sees '\x1b[31m'
	press x
	sees "* Debian"
	press q
done

test="every help"
start 12x40 TERM=vt100 ""
sees "* Debian"
press '?'
sees "Keys of the menu"
sees "the entry above"
press PgDn
goes "the entry above"
press x e '?'
sees "Keys of the editor"
press x c F1
sees "Keys of the command line"
press x
sees "hostgrub>"
press C-c
ends 1 aborted

for size in 8x20 12x40 24x60 24x80 43x132; do
	test="nothing that nobody may is offered on $size"
	start $size TERM=vt100 "-e"
	sees "* Debian"
	sees "? "
	sees_not "e edits"
	sees_not "command line"
	press '?' End
	sees "do not boot"
	sees_not "F4"
	press q q
	ends 1 aborted
done

test="a password said before it is asked for"
start 24x80 TERM=vt100 ""
sees "* Debian"
press 5
sees "asks for a password"
press p
sees "Password:"
enter wrong
sees "Wrong password."
sleep 2
sees "Password:"
goes "Wrong"
enter secret
sees "Entry 5 (of 0 to 6)"
goes "asks for a password"
press q

# colours NAME: is this SGR on the screen?
colours()
{
	tm capture-pane -p -e | grep -qF $'\e['"$1"
}

test="the guest's colours"
start 24x80 TERM=xterm-256color "-c 3,1,15,1"
sees "* Debian"
colours 44m || colours "36m"$'\e[44m' || say_wrong "no blue ground"
start 24x80 "TERM=xterm-256color NO_COLOR=1" "-c 3,1,15,1"
sees "* Debian"
! colours 44m || say_wrong "blue ground"
start 24x80 TERM=vt100 "-c 3,1,15,1"
sees "* Debian"
! colours 44m || say_wrong "blue ground"
start 24x80 TERM=xterm-256color "-c 4,4,2,2"
sees "* Debian"
! colours 41m || say_wrong "what cannot be read"
press q

for type in dumb no-such-terminal; do
	test="the prompt on TERM=$type"
	start 50x80 TERM=$type ""
	sees "Number [0]"
	press e Enter
	sees "* 1      load_video"
	enter "i2 echo new"
	sees "* 2  echo new"
	enter c
	sees "hostgrub>"
	enter ls
	sees "(xen0)  (xen0,msdos1)"
	press C-d
	enter 1
	sees "Edit: 1     load_video"
	enter "x"
	sees "* 1      load_videox"
	enter q
	press l Enter
	sees "configuration  /boot/grub/grub.cfg"
	sees 'hvc0 \x1b[31m'
	press q Enter
	ends 1 aborted
done

finish
