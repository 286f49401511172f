#!/bin/bash
# Builds everything with gcc and with clang, optimised, each warning an error.
set -euo pipefail

source=$(cd "${1:-"$(dirname "$0")/.."}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build COMPILER: what it says goes to the log
build() {
	cmake -G "Unix Makefiles" -S "$source" -B "$work/$1" \
		-DCMAKE_C_COMPILER="$1" -DCMAKE_BUILD_TYPE=Release \
		-DWERROR=ON &&
		cmake --build "$work/$1" -j "$(nproc)" -- -k
}

for compiler in gcc clang; do
	if ! build $compiler >"$work/log" 2>&1; then
		grep -E -A 3 'error:|CMake Error|not found' "$work/log" ||
			cat "$work/log"
		exit 1
	fi
	echo "$compiler: no warning"
	rm -rf "${work:?}/$compiler"
done
