#!/bin/sh
# test_workbook.sh  LibreOffice recalculates every formula of the baseline workbook to its cached value, and prints it.
# SPDX-License-Identifier: GPL-3.0-or-later
# Exit 77: LibreOffice or poppler is not installed. PGDP: the program; out/baseline is made when it is not there.
set -eu
command -v soffice >/dev/null && command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null || exit 77
book=out/baseline/report.xlsx
[ -f "$book" ] || "${PGDP:-build/pgdp}" run data/studies/baseline.yaml --out out/baseline >/dev/null
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# A profile of its own, told to recalculate on load: 0 always, 1 never.
profile() {
    mkdir -p "$work/$1/user"
    cat >"$work/$1/user/registrymodifications.xcu" <<XCU
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>$2</value></prop></item>
</oor:items>
XCU
}
convert() { # profile, format, folder
    timeout 900 soffice "-env:UserInstallation=file://$work/$1" --headless --convert-to "$2" --outdir "$3" "$book" >"$work/log" 2>&1 ||
        { cat "$work/log"; echo "LibreOffice could not convert $book"; exit 1; }
}
# Every sheet as tab-separated raw values in 15 digits.
sheets='csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,false,false,false,false,-1'
profile cached 1; profile recalculated 0
convert cached "$sheets" "$work/a"
convert recalculated "$sheets" "$work/b"
n=0
for a in "$work"/a/*.csv; do
    b=$work/b/${a##*/}; n=$((n + 1))
    [ -f "$b" ] || { echo "${a##*/}: not there after recalculation"; exit 1; }
    # Equal to 12 digits, or to the rounding of a sum as large as the largest number of the sheet.
    awk -F '\t' -v other="$b" '
        function number(x) { return x ~ /^-?[0-9.]+([eE][-+]?[0-9]+)?%?$/ }
        function size(x) { return x < 0 ? -x : x }
        { gsub(/"/, ""); line[NR] = $0; for (i = 1; i <= NF; i++) if (number($i) && size($i) > largest) largest = size($i) }
        END {
            while ((getline text < other) > 0) {
                gsub(/"/, "", text); row++; m = split(line[row], x, "\t"); k = split(text, y, "\t"); if (k > m) m = k
                for (i = 1; i <= m; i++) {
                    if (x[i] == y[i]) continue
                    d = size(x[i] - y[i]); s = size(x[i]) > size(y[i]) ? size(x[i]) : size(y[i])
                    if (number(x[i]) && number(y[i]) && (d <= 1e-12 * s || d <= 1e-15 * largest)) continue
                    print FILENAME ": row " row ", column " i ": cached \"" x[i] "\", recalculated \"" y[i] "\""; bad = 1
                }
            }
            if (row != NR) { print FILENAME ": " NR " rows, " row " after recalculation"; bad = 1 }
            exit bad
        }' "$a" >"$work/differences" || { sed "s|$work/a/||" "$work/differences" | head -20; exit 1; }
done
[ "$n" -ge 10 ] || { echo "found $n sheets, expected 10 or more"; exit 1; }
grep -q TRUE "$work"/b/*Cover.csv || { echo "the overall check on the cover is not TRUE"; exit 1; }

convert cached pdf "$work/pdf"
pdftotext -layout "$work/pdf/report.pdf" "$work/text"
! grep -n '###' "$work/text" || { echo "a column is too narrow for its numbers"; exit 1; }
! grep -nE '#(REF|NAME|VALUE|DIV/0|N/A|NUM)|Err:[0-9]' "$work/text" || { echo "a formula shows an error"; exit 1; }
pdftoppm -r 40 -png -f 1 -l 4 "$work/pdf/report.pdf" "$work/page"
for page in "$work"/page*.png; do
    [ "$(wc -c <"$page")" -gt 2000 ] || { echo "${page##*/} is empty"; exit 1; }
done
