# SPDX-License-Identifier: GPL-2.0-or-later
#
# tmux.bash - the menu in tmux: keys go in, pictures come out
#
# For scripts of one argument, MENU_DEMO.  Needs tmux; without it they fail and
# do not pass in silence.
set -u

demo=$(realpath "$1")
[ -x "$demo" ] || { echo "$0: no $1"; exit 99; }
command -v tmux >/dev/null || { echo "$0: no tmux"; exit 99; }
tmp=$(mktemp -d)
failures=0
servers=0
# libtinfo forgets a little when it does not know a terminal's type.
echo leak:new_prescr >"$tmp/leaks"
trap 'tm kill-server 2>/dev/null; rm -rf "$tmp"' EXIT

# Each run has a server of its own: one that ends does not hurt the next.
tm()
{
	tmux -S "$tmp/$servers" -f /dev/null "$@"
}

# start ROWSxCOLS ENVIRONMENT ARGUMENTS: the demo on a terminal of its own
start()
{
	local rows=${1%x*} cols=${1#*x}

	[ $servers -eq 0 ] || tm kill-server 2>/dev/null
	servers=$((servers + 1))
	tm new-session -d -x "$cols" -y "$rows" \
		"env -u LANG -u LC_ALL -u LC_CTYPE -u NO_COLOR $2 \
		LSAN_OPTIONS=suppressions=$tmp/leaks:print_suppressions=0 \
		$demo $3; echo status \$?; stty -a | grep -o -- '-\?icanon' \
		; sleep 1000"
	tm set -g status off
}

# say_wrong WHAT: with the picture it was seen in
say_wrong()
{
	echo "FAILED: $test: $1; the screen was:"
	tm capture-pane -p
	failures=$((failures + 1))
	# Each wait for what never comes takes seconds: enough is known now.
	[ $failures -lt 5 ] || exit 1
}

# sees TEXT: within five seconds
sees()
{
	for _ in $(seq 100); do
		tm capture-pane -p | grep -qF -- "$1" && return
		sleep 0.05
	done
	say_wrong "no \"$1\""
}

sees_not()
{
	! tm capture-pane -p | grep -qF -- "$1" || say_wrong "\"$1\""
}

# goes TEXT: within five seconds
goes()
{
	for _ in $(seq 100); do
		tm capture-pane -p | grep -qF -- "$1" || return
		sleep 0.05
	done
	say_wrong "\"$1\""
}

press()
{
	tm send-keys "$@"
}

# ends STATUS LINE: with the terminal restored, and nothing else left on it
ends()
{
	sees "status $1"
	sees "$2"
	tm capture-pane -p | grep -qx icanon || say_wrong "the terminal is raw"
}

# Say how it went, and end.
finish()
{
	[ $failures -eq 0 ] && echo "${0##*/}: all as it should be"
	exit $((failures > 0))
}
