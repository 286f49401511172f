#!/bin/bash
# Compiles what needs only the C library for aarch64, every warning an error,
# and, where qemu-user can run it, compares what it prints with the same program
# made for this machine: above all the filters of the box (qemu-user has no
# seccomp; tests/test_sandbox_filter.c judges what they answer).
#
# Without a cross compiler the exit status is 77, which ctest calls skipped.
set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=(src/base/*.c src/disk/{disk,volume}.c src/sandbox*.c
	tests/support/bpf.c tests/cross_aarch64.c)
flags=(-std=c11 -O2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra
	-Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
	-Wmissing-prototypes -Wvla -Wformat=2 -Wcast-qual -Wwrite-strings
	-Wundef -Werror -I.)

skip() {
	echo "skipped: $1 is not installed (package $2)"
	# in CI a check that did not happen is a failure
	[ -n "${CI:-}" ] && exit 1
	exit 77
}

command -v aarch64-linux-gnu-gcc >/dev/null ||
	skip aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
aarch64-linux-gnu-gcc "${flags[@]}" -static -o "$work/there" "${sources[@]}"
echo "compiled and linked for aarch64"

qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) ||
	skip qemu-aarch64 qemu-user
gcc "${flags[@]}" -o "$work/here" "${sources[@]}"
"$work/here" >"$work/here.out"
"$qemu" "$work/there" >"$work/there.out"
diff "$work/here.out" "$work/there.out"
echo "$(wc -l <"$work/here.out") lines are the same on both machines"
