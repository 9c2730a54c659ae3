#!/bin/sh
# lint-size.sh FILE...: a .c holds at most 400 lines, a header 200, a function 60, the public headers 2400 together, a script 60.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
awk '
function file_end() {
    limit = last ~ /\.h$/ ? (last ~ /gap\.h|stats\.h/ ? 240 : 200) : 400
    if (last != "" && lines > limit) { print last ": " lines " lines, at most " limit; bad = 1 }
    if (last ~ /^include\//) public += lines
}
FNR == 1 { file_end(); last = FILENAME; start = 0 }
{ lines = FNR }
/^\{/ { start = FNR }
/^\}/ { if (start && FNR - start - 1 > 60) { print FILENAME ":" start ": function of " FNR - start - 1 " lines, at most 60"; bad = 1 } start = 0 }
END { file_end(); if (public > 2400) { print "public headers: " public " lines together, at most 2400"; bad = 1 } exit bad }' "$@"
for s in tools/*.sh; do
    n=$(wc -l <"$s"); [ "$n" -le 60 ] || { echo "$s: $n lines, at most 60"; exit 1; }
done
echo "lint-size: clean"
