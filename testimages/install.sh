#!/bin/sh
# Install the packages listed in FILE..., as far as they are missing.
set -eu

missing=
for package in $(sed 's/#.*//' "$@"); do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" \
		2>/dev/null) || true
	[ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "Installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{
	$as_root apt-get -qq update &&
		$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install \
			--no-install-recommends $missing
} >"$log" 2>&1 </dev/null || {
	cat "$log" >&2
	exit 1
}
