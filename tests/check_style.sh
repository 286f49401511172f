#!/bin/bash
# What can be checked of the style is checked: the format of the code, the
# length of files and functions, and that prose names what exists.  Prints one
# line for each fault.
set -euo pipefail
shopt -s globstar nullglob

cd "${1:-"$(dirname "$0")/.."}"
readonly FILE_LINES=600 FUNCTION_LINES=80
sources=({src,fsdrivers,menu,tests}/**/*.[ch])
broken=0

complain() {
	printf '%s\n' "$*"
	broken=1
}

check_format() {
	local file
	if ! command -v clang-format >/dev/null; then
		# in CI a check that did not happen is a failure
		[ -z "${CI:-}" ] || complain "clang-format is not installed"
		echo "skipped: clang-format is not installed"
		return
	fi
	while IFS= read -r file; do
		complain "$file: clang-format would change it"
	done < <(clang-format --dry-run "${sources[@]}" 2>&1 |
		sed -n 's/:[0-9]*:[0-9]*: warning: .*//p' | sort -u)
}

# The banner of a header: "name.h - purpose" in its first five lines.
check_banner() {
	head -n 5 "$1" | grep -qE "^ \* ${1##*/} - .+" ||
		complain "$1: no banner \"${1##*/} - purpose\""
}

check_length() {
	local lines
	lines=$(wc -l <"$1")
	[ "$lines" -le $FILE_LINES ] || complain "$1: $lines lines"
	# A function's braces stand alone in the first column, a table's do not.
	awk -v file="$1" -v max=$FUNCTION_LINES '
		/^[A-Za-z].*\(/ { name = $0 }
		/^{$/ { start = NR }
		/^}$/ && start {
			if (NR - start - 1 > max) {
				print file ":" start ": " NR - start - 1 \
					" lines in " name
				failed = 1
			}
			start = 0
		}
		END { exit failed }' "$1" || broken=1
}

# Paths that README.md and comments name; <x> and the like are not meant.
check_paths() {
	local line path
	while IFS= read -r line; do
		path=${line##*:}
		path=${path%.}
		compgen -G "$path" >/dev/null ||
			complain "${line%:*}: there is no $path"
	done < <(grep -noHE \
		'\b(src|fsdrivers|menu|tests|testimages|man|packaging)/[][A-Za-z0-9_./*-]+' \
		"$@" | grep -E '(\.([chy]|sh|py|md|txt|\[ch\])|/)\.?$')
}

check_format
for file in "${sources[@]}"; do
	[ "${file##*.}" != h ] || check_banner "$file"
	check_length "$file"
done
[ ! -e README.md ] || sources+=(README.md)
check_paths "${sources[@]}"

exit $broken
