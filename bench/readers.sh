#!/bin/sh
# readers.sh  How fast and in how much memory files of the shared data are read, on one thread: the text files with their
# rows repeated to MB=200 megabytes, and a tenth of that; workbooks as they are, by megabytes of XML.
# B=build/release PGDP_SHARED=../shared MB=200 bench/readers.sh. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
B=${B:-build/release} shared=${PGDP_SHARED:-../shared}/data MB=${MB:-200}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
measure() { # FILE MEGABYTES: the least of three runs by user seconds
    for run in 1 2 3; do
        "$B/bench/timed" "$folder/out" "$B/pgdp" data convert "$1" "$folder/table.pgdp" --threads 1 2>/dev/null
    done | sort -n -k2 | awk -v name="$(basename "$1")" -v mb="$2" 'NR == 1 {
        printf "%-24s %6.1f MB  %6.2f s user  %6.1f MB/s  %6.0f MB at most\n", name, mb, $2, mb / $2, $4 / 1024 }'
}
text() { # FILE [LINE]: its rows repeated, below a second line that only the careful reader takes
    for size in $((MB / 10)) "$MB"; do
        big="$folder/$(basename "$1")"
        { head -n 1 "$1" && printf '%b' "${2:-}"; } >"$big"
        tail -n +2 "$1" | sed -e '$a\' >"$folder/rows"
        for copy in $(seq $((size * 1000000 / $(wc -c <"$folder/rows")))); do cat "$folder/rows"; done >>"$big"
        measure "$big" "$(awk -v n="$(wc -c <"$big")" 'BEGIN { print n / 1e6 }')"
    done
}
text "$shared/bls/labstat/cu/cu.data.1.AllItems"
text "$shared/bls/labstat/ce/2025/ce.series"
text "$shared/onet/db_29_1_text/Task Statements.txt"
text "$shared/onet/db_29_1_text/Work Styles.txt"
text "$shared/gpts-are-gpts/full_labelset.tsv"
text "$shared/panels/cps-2025/cps_state_occ_nat_emp_raw_non_collapsed.csv"
text "$shared/bls/oews/national_May2021_dl.csv"
awk 'BEGIN { # in the layout of NipaDataQ.txt, invented
    print "%SeriesCode,Period,Value"
    for (i = 100; i < 200; i++) for (t = 0; t < 320; t++)
        printf "A%dRC,%dQ%d,\"%d,%03d,%03d\"\n", i, 1947 + t / 4, t % 4 + 1, t % 32 + 1, i * 7 % 1000, t * 13 % 1000
}' >"$folder/NipaDataQ.txt"
mkdir "$folder/in" && mv "$folder/NipaDataQ.txt" "$folder/in"
text "$folder/in/NipaDataQ.txt"
text "$shared/fred/fredgraph-csv/2025/DFF.csv"
echo "the careful reader by itself:"
text "$shared/bls/labstat/cu/cu.data.1.AllItems" 'CUSR0000SA0\t1946\tM01\t1\t\r'
text "$shared/panels/cps-2025/cps_state_occ_nat_emp_raw_non_collapsed.csv" '"",""\n'
echo "workbooks:"
for book in onet/db_30_1_excel/Skills.xlsx bls/oews/natsector_M2024_dl.xlsx; do
    measure "$shared/$book" "$(unzip -l "$shared/$book" '*.xml' | awk 'END { print $1 / 1e6 }')"
done
