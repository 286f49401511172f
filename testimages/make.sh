#!/bin/sh
# Build one test image: make.sh NAME OUT runs recipes/NAME.sh.
# A slow recipe is built once and kept in $HOSTGRUB_CACHE, under a name that
# changes with the recipe; OUT is then a link to it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -ne 2 ] || [ ! -x "$here/recipes/$1.sh" ]; then
	echo "usage: make.sh NAME OUT, NAME one of:" >&2
	ls "$here/recipes" | sed -n 's/^\(.*\)\.sh$/  \1/p' >&2
	exit 1
fi
name=$1 out=$2
case $name in
debian) ;;
*) exec "$here/recipes/$name.sh" "$out" ;;
esac

cache=${HOSTGRUB_CACHE:-/var/tmp/hostgrub-cache}
key=$(sha256sum <"$here/recipes/$name.sh" | cut -c 1-16)
kept=$cache/$name-$key.img
[ -e "$kept" ] || "$here/recipes/$name.sh" "$kept"
ln -sfn "$kept" "$out"
