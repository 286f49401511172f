#!/bin/sh
# Hold the program against what real GRUB boots from the corpus's images.
#
# usage: corpus.sh PROGRAM default|entries|semantics MINIMUM
# Fails if fewer cases are the same, or if one crashes or hangs.  The corpus
# (../shared/corpus, or $HOSTGRUB_CORPUS) is unpacked once, into
# $HOSTGRUB_CACHE; where it is not, the test is skipped: 77.
set -eu

program=$1 mode=$2 minimum=$3
top=$(cd "$(dirname "$0")/../.." && pwd)
corpus=${HOSTGRUB_CORPUS:-$top/../shared/corpus}
cache=${HOSTGRUB_CACHE:-/var/tmp/hostgrub-cache}
if [ ! -r "$corpus/corpus.tar.zst" ]; then
	echo "skipped: there is no corpus in $corpus"
	exit 77
fi

key=$(sha256sum <"$corpus/corpus.tar.zst" | cut -c 1-16)
where=$cache/corpus-$key
mkdir -p "$cache"
(
	flock 9
	[ ! -d "$where" ] || exit 0
	rm -rf "$where.new"
	mkdir "$where.new"
	tar --zstd -xSf "$corpus/corpus.tar.zst" -C "$where.new"
	mv "$where.new" "$where"
) 9>"$cache/corpus.lock"

case $mode in
default) option= ;;
*) option=--$mode ;;
esac
report=$(python3 "$corpus/score.py" "$program" "$where" --jobs 1 $option) ||
	true
echo "$report"
# The last line reads "same 143 of 143 (100.0%), broken 0".
summary=$(echo "$report" | tail -n 1)
same=$(echo "$summary" | sed -n 's/^same \([0-9]*\) of .*/\1/p')
case $summary in
*"broken 0") [ "${same:-0}" -ge "$minimum" ] ;;
*) exit 1 ;;
esac
