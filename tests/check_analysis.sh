#!/bin/bash
# What static analysis says of the tree:
#
#   tests/check_analysis.sh clang-tidy|clang-analyzer|cppcheck|gcc [TREE]
#
# Prints each finding and fails if there is one.  clang-tidy runs the checks of
# .clang-tidy and has clang's warnings; what it says of recursion is compared
# with tests/recursion.txt; clang's analyzer, which takes four times as long as
# all of the others together, is asked for by name and not in CI.  gcc is its
# analyzer, with the warnings of the optimised build.  All depends on the sources
# alone, not on a build.
#
# A finding that is none is silenced where it is, with the reason: a line
# "NOLINTNEXTLINE(check)" or "cppcheck-suppress id", or better code.  What is
# wrong more often than right is switched off below and in .clang-tidy.
set -euo pipefail
export LC_ALL=C.UTF-8

require() {
	command -v "$1" >/dev/null && return
	echo "skipped: $1 is not installed"
	# in CI a check that did not happen is a failure
	[ -n "${CI:-}" ] && exit 1
	exit 77
}

tests=$(cd "$(dirname "$0")" && pwd)
tool=${1:-}
tree=$(cd "${2:-"$tests/.."}" && pwd)
jobs=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# configure OPTION...: how each file is compiled, in compile_commands.json
configure() {
	cmake -G "Unix Makefiles" -S "$tree" -B "$work" \
		-DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@" >"$work/log" 2>&1 || {
		cat "$work/log"
		exit 1
	}
}

# A test that is wrong fails, and what it is given is its own: to gcc and
# cppcheck only what runs on a host is shown.
without_tests() {
	python3 - "$work/compile_commands.json" "$tree/tests/" <<-'END'
		import json, sys
		name, tests = sys.argv[1:]
		entries = [entry for entry in json.load(open(name))
		           if not entry['file'].startswith(tests)]
		json.dump(entries, open(name, 'w'))
	END
}

# each file|command: of all files, once even if several programs have it, the
# name or the command that compiles it into nothing; each ended by NUL
each() {
	python3 - "$work/compile_commands.json" "$1" <<-'END'
		import json, shlex, sys
		entries = {}
		for entry in json.load(open(sys.argv[1])):
		    entries.setdefault(entry['file'], entry)
		for entry in entries.values():
		    argv = shlex.split(entry['command'])
		    argv[argv.index('-o') + 1] = '/dev/null'
		    argv[argv.index('-c')] = '-S'
		    entry['command'] = 'cd %s && %s' % (
		        shlex.quote(entry['directory']), shlex.join(argv))
		    print(entry[sys.argv[2]], end='\0')
	END
}

# The lines of $work/said that are findings; a header's are said once only.
findings() {
	sed "s|$tree/||g" "$work/said" |
		grep -E ': (error|warning|style|performance|portability): ' |
		sort -u || true
}

# What is said of recursion, as FILE FUNCTION, and the list's first columns.
compare_recursion() {
	sed -nE "s|^$tree/([^:]+):.*function '(.*)' is within a recursive.*|\1 \2|p" \
		"$work/said" | sort -u >"$work/is"
	awk '!/^#/ { for (i = 2; i <= NF && $i != "--"; i++) print $1, $i }' \
		"$tree/tests/recursion.txt" | sort -u >"$work/known"
	comm -23 "$work/is" "$work/known" |
		sed 's|\(.*\) \(.*\)|\1: recursion, not in tests/recursion.txt: \2|'
	comm -13 "$work/is" "$work/known" |
		sed 's|\(.*\) \(.*\)|\1: no recursion, but in tests/recursion.txt: \2|'
}

# clang_tidy CHECKS: with these behind those of .clang-tidy
clang_tidy() {
	configure -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug
	# fails for errors, which are among the findings
	each file | xargs -0 -P "$jobs" -n 1 clang-tidy --quiet -p "$work" \
		--checks="$1" >"$work/said" 2>/dev/null || true
}

analyse_clang_analyzer() {
	clang_tidy "-*,$(grep -o '[-]*clang-analyzer-.*' "$tree/.clang-tidy" |
		grep -v : | tr -d '\n')"
	findings
}

analyse_clang_tidy() {
	clang_tidy '-clang-analyzer-*'
	compare_recursion
	findings | grep -v '\[misc-no-recursion\]' || true
}

analyse_cppcheck() {
	configure -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug
	without_tests
	mkdir "$work/cppcheck"
	local options=(
		# variables are defined where a function begins
		--suppress=variableScope
		# a structure on a disk has members that nobody asks for
		--suppress=unusedStructMember
		# does not see what loops and called functions change, nor that
		# a variable's address is taken; the other two do
		--suppress=unusedVariable
		--suppress=knownConditionTrueFalse --suppress=unreadVariable
		--suppress=ctuuninitvar
		# the body of a loop that needs none; -Wshadow sees what matters
		--suppress=redundantContinue --suppress=shadowFunction
		# the C library's headers: it knows the functions
		--suppress=missingIncludeSystem
	)
	cppcheck --project="$work/compile_commands.json" -j "$jobs" --quiet \
		--cppcheck-build-dir="$work/cppcheck" --inline-suppr \
		--enable=warning,style,performance,portability "${options[@]}" \
		--template='{file}:{line}: {severity}: {message} [{id}]' \
		>"$work/log" 2>"$work/said" || cat "$work/log"
	findings
}

analyse_gcc() {
	local options=(
		-fanalyzer -fdiagnostics-plain-output
		# takes memory in a list of lists for lost; valgrind knows
		-Wno-analyzer-malloc-leak
	)
	configure -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release \
		-DCMAKE_C_FLAGS="${options[*]}"
	without_tests
	each command | xargs -0 -P "$jobs" -n 1 sh -c >"$work/said" 2>&1 || true
	findings
}

case $tool in
clang-tidy | clang-analyzer | cppcheck | gcc) ;;
*)
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
require "${tool/analyzer/tidy}"
"analyse_${tool//-/_}" >"$work/found"
cat "$work/found"
[ ! -s "$work/found" ]
