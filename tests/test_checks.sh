#!/bin/bash
# The checks of the tree find what they are for: each case is a small tree with
# one fault, and the line that is expected.
set -euo pipefail

tests=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# A tree without a fault.
fresh() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree"/{src/{base,disk,volume,fs,config/grub2},fsdrivers,menu,tests}
	cp "$tests/../.clang-format" "$tree"
	local folder
	for folder in src/base src/disk src/volume src/fs src/config fsdrivers menu; do
		printf '/* a.h - one thing */\n' >"$tree/$folder/b.c"
		printf '#include "src/base/a.h"\n' >"$tree/$folder/a.c"
	done
	printf '/*\n * a.h - one thing\n */\n' >"$tree/src/base/a.h"
}

# repeat TIMES LINE
repeat() {
	seq "$1" | sed "s/.*/$2/"
}

# expect CHECK LINE: it fails and prints exactly that; no LINE: it succeeds
expect() {
	local said status=0
	said=$("$tests/$1.sh" "$tree" 2>&1) || status=$?
	if [ "$said" != "$2" ] || [ $status -ne $((${#2} > 0)) ]; then
		printf '%s: status %d\nexpected: %s\nsaid:     %s\n' \
			"$1" $status "$2" "$said"
		failed=1
	fi
}

# bad_include FILE LINE
bad_include() {
	fresh
	printf '%s\n' "$2" >"$tree/$1"
	expect check_layers "$1:1:$2"
}

fresh
expect check_layers ""
expect check_style ""

bad_include src/base/c.c '#include "src/disk/disk.h"'
bad_include src/disk/c.c '#include "src/fs/fs.h"'
bad_include src/disk/c.c '#include "src/volume/md.h"'
bad_include src/volume/c.c '#include "src/fs/fs.h"'
bad_include src/fs/c.c '#include "fsdrivers/drivers.h"'
bad_include src/fs/c.c '# include "src/config/guest.h"'
bad_include src/config/c.c '#include "fsdrivers/drivers.h"'
bad_include src/config/grub2/c.h '#include "menu/menu.h"'
bad_include fsdrivers/c.c '#include "src/config/entry.h"'
bad_include fsdrivers/c.c '#include "src/proto.h"'
bad_include menu/c.c '#include "src/fs/fs.h"'
bad_include menu/c.c '#include "menu.h"'
bad_include menu/layout.c '#include <curses.h>'
bad_include src/parent.c '#include <ncurses.h>'
bad_include src/child.c '#include <libfdisk.h>'
bad_include src/fs/c.c '#include <ext2fs/ext2fs.h>'
bad_include src/child.c '#include <linux/seccomp.h>'

fresh
mkdir -p "$tree/src"
printf '#include "fsdrivers/drivers.h"\n#include "menu/menu.h"\n' \
	>"$tree/src/main.c"
expect check_layers ""

fresh
printf '/*\n * b.h - another\n */\n' >"$tree/src/base/c.h"
expect check_style 'src/base/c.h: no banner "c.h - purpose"'

fresh
repeat 600 'int a;' >"$tree/src/base/c.c"
expect check_style ""
echo 'int a;' >>"$tree/src/base/c.c"
expect check_style "src/base/c.c: 601 lines"

# lines LENGTH: a function of that many
lines() {
	printf 'int f(void)\n{\n'
	repeat "$1" '	f();'
	printf '}\n'
}
fresh
lines 80 >"$tree/src/base/c.c"
expect check_style ""
lines 81 >"$tree/src/base/c.c"
expect check_style "src/base/c.c:2: 81 lines in int f(void)"
{
	printf 'int table[] = {\n'
	repeat 100 '	1,'
	printf '};\n'
} >"$tree/src/base/c.c"
expect check_style ""

fresh
printf 'int  a;\n' >"$tree/src/base/c.c"
if command -v clang-format >/dev/null; then
	expect check_style "src/base/c.c: clang-format would change it"
fi

fresh
printf 'See src/base/a.h, src/base/[ac].c, tests/ and src/base/x.[ch].\n' \
	>"$tree/README.md"
expect check_style "README.md:1: there is no src/base/x.[ch]"
fresh
printf '/* as tests/test_<name>.c says, not tests/test_a.c */\n' \
	>"$tree/src/base/c.c"
expect check_style "src/base/c.c:1: there is no tests/test_a.c"

# limits LINE: what is said of the limits of this tree
limits() {
	local said
	said=$("$tests/check_limits.py" "$tree" 2>&1) || true
	if [ "$said" != "$1" ]; then
		printf 'check_limits\nexpected: %s\nsaid:     %s\n' "$1" "$said"
		failed=1
	fi
}
fresh
untested=tests/limits_untested.txt
touch "$tree/$untested"
printf 'f(e, ERR_LIMIT,\n\t"more than %%d " "frogs of %%" PRIu64, MAX);\n' \
	>"$tree/src/base/c.c"
frogs='more than %d frogs of %u'
limits "\"$frogs\" is expected 0 times and raised 1 times: src/base/c.c"
printf '/* more than 16 frogs of 3 */ "much more than 16 frogs of 3"\n' \
	>"$tree/tests/test_c.c"
limits "\"$frogs\" is expected 0 times and raised 1 times: src/base/c.c"
echo "src/base/c.c \"$frogs\" -- they hide" >"$tree/$untested"
limits "1 limits, 1 rows of $untested"
printf 'expect("a: more than "\n\tNUMBER(MAX) " frogs of 3");\n' \
	>"$tree/tests/test_c.c"
limits "$untested: \"$frogs\" has its tests"
true >"$tree/$untested"
limits "1 limits, 0 rows of $untested"
echo 'src/base/d.c "more" -- as above' >"$tree/$untested"
limits "$untested: src/base/d.c does not raise \"more\""
true >"$tree/$untested"
printf 'if (e == ERR_LIMIT)\n\tg(e, ERR_LIMIT, text);\n' \
	>"$tree/src/base/c.c"
limits "src/base/c.c: ERR_LIMIT without a message: ERR_LIMIT, text);"

# planted LINE...: a project of one file of these lines
planted() {
	rm -rf "${tree:?}"/*
	cp "$tests/../.clang-tidy" "$tree"
	mkdir "$tree/tests"
	printf '# none\n' >"$tree/tests/recursion.txt"
	printf '%s\n' 'cmake_minimum_required(VERSION 3.22)' \
		'project(planted C)' 'add_compile_options(-Wall)' \
		'add_library(planted STATIC a.c)' >"$tree/CMakeLists.txt"
	printf '%s\n' '#include <stdlib.h>' "$@" >"$tree/a.c"
}

# analysed TOOL FINDING: it fails and prints a line like that (a regular
# expression), and no other; no FINDING: it succeeds and prints nothing
analysed() {
	local said status=0
	command -v "$1" >/dev/null || return 0
	said=$("$tests/check_analysis.sh" "$1" "$tree" 2>&1) || status=$?
	if ! grep -qxE -- "$2" <<<"$said" || [ "$(wc -l <<<"$said")" -ne 1 ] ||
		[ $status -ne $((${#2} > 0)) ]; then
		printf '%s: status %d\nexpected: %s\nsaid:     %s\n' \
			"$1" $status "$2" "$said"
		failed=1
	fi
}

readonly GOOD='int twice(int n) { return 2 * n; }'
planted "$GOOD"
for tool in clang-tidy clang-analyzer cppcheck gcc; do
	analysed $tool ""
done
planted 'int f(int *p);' 'int f(int *p) { return p ? 0 : *p; }'
analysed clang-analyzer 'a\.c:3:.*\[clang-analyzer-core\.NullDereference\]'
planted 'long f(int n);' 'long f(int n) { return n * n; }'
analysed clang-tidy 'a\.c:3:.*\[bugprone-implicit-widening.*\]'
planted 'void f(void);' 'void f(void) { int n; }'
analysed clang-tidy 'a\.c:3:.*\[clang-diagnostic-unused-variable\]'
planted 'int f(int n);' 'int f(int n) { return n ? f(n - 1) : 0; }'
analysed clang-tidy 'a\.c: recursion, not in tests/recursion\.txt: f'
echo 'a.c f -- n, which is ours' >"$tree/tests/recursion.txt"
analysed clang-tidy ""
planted "$GOOD"
echo 'a.c twice -- once' >"$tree/tests/recursion.txt"
analysed clang-tidy 'a\.c: no recursion, but in tests/recursion\.txt: twice'
planted 'int f(void);' 'int f(void) { const int a[2] = { 0 }; return a[2]; }'
analysed cppcheck 'a\.c:3: error: .*\[arrayIndexOutOfBounds\]'
planted 'char *f(void);' 'char *f(void) { char *p = malloc(1); *p = 1; return p; }'
analysed gcc 'a\.c:3:.*\[-Wanalyzer-possible-null-dereference\]'

# in_valgrind LINE...: the body of the one test of a build
in_valgrind() {
	rm -rf "${tree:?}"/*
	printf '%s\n' '#include <stdlib.h>' 'int main(void)' '{' "$@" '}' \
		>"$tree/a.c"
	cc -g -O0 -o "$tree/a" "$tree/a.c"
	printf 'add_test(one "%s/a")\n%s\n' "$tree" \
		'set_tests_properties(one PROPERTIES LABELS unit)' \
		>"$tree/CTestTestfile.cmake"
	"$tests/check_valgrind.sh" "$tree" 2>&1
}

if command -v valgrind >/dev/null; then
	faults=(
		'uninitialised: char *p = malloc(1); return *p ? 0 : 1;'
		'lost: void *volatile p = malloc(1); p = NULL; return p != NULL;'
	)
	in_valgrind 'return 0;' || failed=1
	for fault in "${faults[@]}"; do
		if said=$(in_valgrind "${fault#*:}") ||
			! grep -q "${fault%%:*}" <<<"$said"; then
			printf 'valgrind, %s:\n%s\n' "$fault" "$said"
			failed=1
		fi
	done
fi

exit $failed
