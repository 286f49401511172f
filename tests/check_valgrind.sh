#!/bin/bash
# The unit tests and cases of a build, under valgrind: what reads memory that
# nobody wrote, which the sanitizers do not see, and what is leaked.
#
#   tests/check_valgrind.sh BUILD
#
# Prints what is found, by test, and fails.  The tools that tests start are not
# looked at.
set -euo pipefail
export LC_ALL=C.UTF-8
# Check's own processes would each begin with all of valgrind
export CK_FORK=no

# Tests that are left out, by name, each for a reason
left_out=(
	# valgrind makes system calls of its own, which the box's filter kills
	sandbox sandbox_libraries sandbox_program sandbox_state sandbox_steps
	# close, mount and wait for things that the next test would meet, where
	# all of a program's tests are one process
	output output_deliver save
	# takes minutes of turning bytes over; test_partition has the same paths
	partition_hostile
	# compare images with trees of thousands of files, for minutes each
	btrfs changing erofs exfat ext f2fs fat fat_chain iso9660 minix reiserfs
	squashfs udf ufs volumes xfs zfs
)
# Drivers' tests turn over bytes of many images; the sanitizers try all of them.
export IMAGE_SURVIVE_EACH=97

tests=$(cd "$(dirname "$0")" && pwd)
build=$1
if ! command -v valgrind >/dev/null; then
	echo "skipped: valgrind is not installed"
	# in CI a check that did not happen is a failure
	[ -n "${CI:-}" ] && exit 1
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# NAME and COMMAND of each test that is a program of ours, ended by NUL
list() {
	ctest --test-dir "$build" --show-only=json-v1 -L "unit|cases" |
		python3 -c '
import json, shlex, sys
for test in json.load(sys.stdin)["tests"]:
    command = test["command"]
    if not command[0].endswith((".py", ".sh")) and \
            test["name"] not in sys.argv[1:]:
        print(test["name"], shlex.join(command), sep="\0", end="\0")
' "${left_out[@]}"
}

# one NAME COMMAND: what was found goes to $work/NAME
cat >"$work/one" <<END
#!/bin/bash
eval "set -- \$1 \$2"
name=\$1
shift
timeout 600 valgrind --quiet --error-exitcode=99 --leak-check=full \\
	--show-leak-kinds=definite,indirect,possible \\
	--errors-for-leak-kinds=definite,indirect,possible \\
	--suppressions="$tests/valgrind.supp" --log-file="$work/\$name.log" \\
	"\$@" >"$work/\$name.out" 2>&1 </dev/null && exit
status=\$?
echo "\$name: status \$status"
tail -n 5 "$work/\$name.out"
head -n 60 "$work/\$name.log"
exit 1
END

list >"$work/list"
[ -s "$work/list" ] || {
	echo "$build: no tests"
	exit 1
}
xargs -0 -n 2 -P "$(nproc)" bash "$work/one" <"$work/list"
