#!/bin/sh
# install.sh PACKAGE...: install the Debian packages that are missing, naming them first.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
missing=
for p in "$@"; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then as_root=
elif command -v sudo >/dev/null 2>&1; then as_root=sudo
else
    echo "pgdp needs Debian packages that are missing and neither root nor sudo is here to install them. Run as root:" >&2
    echo "  apt-get install$missing" >&2
    exit 1
fi
echo "pgdp needs these Debian packages and installs them with apt-get:$missing"
log=$(mktemp)
run() { $as_root env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }; }
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >"$log" 2>&1 || {
    run apt-get update
    run apt-get install -y --no-install-recommends $missing
}
rm -f "$log"
