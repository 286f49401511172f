#!/bin/bash
# Does every file include only what its layer may know, and are the headers of
# foreign libraries where they belong?  Prints each line that breaks the rule.
#
# The same follows from the link lines in CMakeLists.txt, but only for what is
# called: a type or a constant crosses a layer without the linker's knowledge.
set -euo pipefail
shopt -s globstar nullglob

cd "${1:-"$(dirname "$0")/.."}"
broken=0

# complain LINE...: lines as grep -n prints them
complain() {
	printf '%s\n' "$@"
	broken=1
}

# layer FOLDER ALLOWED...: own headers that files below FOLDER may include
layer() {
	local folder=$1 allowed lines
	local files=("$folder"/**/*.[ch])
	shift
	if [ ${#files[@]} -eq 0 ]; then
		complain "$folder: no such layer"
		return
	fi
	allowed=$(printf '|%s/' "$@")
	lines=$(grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
		"${files[@]}" | grep -vE "\"(${allowed#|})" || true)
	[ -z "$lines" ] || complain "$lines"
}

# foreign HEADER FILE...: who may include a library's header (patterns)
foreign() {
	local header=$1 line file pattern
	shift
	while IFS= read -r line; do
		file=${line%%:*}
		for pattern; do
			# shellcheck disable=SC2053 # it is a pattern
			[[ $file != $pattern ]] || continue 2
		done
		complain "$line"
	done < <(grep -nHE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($header)" \
		{src,fsdrivers,menu}/**/*.[ch] || true)
}

layer src/base src/base
layer src/disk src/base src/disk
layer src/volume src/base src/disk src/volume
layer src/fs src/base src/disk src/volume src/fs
layer fsdrivers src/base src/disk src/fs fsdrivers
layer src/config src/base src/disk src/fs src/config
layer menu src/base menu

foreign 'n?curses|term\.h|ncursesw/' 'menu/screen.c' 'menu/curses_load.[ch]'
foreign 'dlfcn' 'src/base/library.c'
foreign 'libfdisk|blkid' 'src/disk/*'
foreign 'ext2fs|et/|zlib|lzma|zstd|lzo/|lz4|bzlib|sqfs/' 'fsdrivers/*'
foreign 'linux/seccomp|linux/filter|linux/landlock|seccomp' 'src/sandbox*'

exit $broken
