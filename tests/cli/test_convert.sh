#!/bin/sh
# test_convert.sh  pgdp data convert, --cache, and packed files: the same table whatever holds it.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

awk 'BEGIN { print "id,state,quarter,x,y"; for (i = 1; i <= 3000; i++)
    printf "%d,%s,%dQ%d,%s,%.6f\n", i, substr("CANYTXWA", 1 + 2 * (i % 4), 2), 2000 + i % 20, 1 + i % 4,
        (i % 13 == 5) ? "" : i * 0.37 % 7, 2 + i * 0.37 % 7 * 0.5 + (i * 7919 % 101) / 50 }' >"$dir/t.csv"
gzip -c "$dir/t.csv" >"$dir/t.csv.gz"

# one table, four files; each says the same of it and gives the same regression
run 0 data convert "$dir/t.csv" "$dir/t.pgdp"
run 0 data convert "$dir/t.csv.gz" "$dir/gz.pgdp"
same "$dir/t.pgdp" "$dir/gz.pgdp"
run 0 data convert "$dir/t.pgdp" "$dir/back.csv"
run 0 data convert "$dir/t.pgdp" "$dir/back.xlsx"
run 0 regress 'y ~ x + state' --data "$dir/t.csv" --vcov 'cluster(state)' --json
cp "$dir/out" "$dir/want.json"
for file in t.csv.gz t.pgdp back.csv back.xlsx; do
    run 0 regress 'y ~ x + state' --data "$dir/$file" --vcov 'cluster(state)' --json
    same "$dir/out" "$dir/want.json"
done

# a cache is filled once, told by content, and never believed when it is broken
mkdir "$dir/cache"
for turn in fill use; do
    run 0 regress 'y ~ x + state' --data "$dir/t.csv" --vcov 'cluster(state)' --json --cache "$dir/cache"
    same "$dir/out" "$dir/want.json"
    [ "$(ls "$dir/cache" | wc -l)" = 1 ] || die "one entry in the cache after '$turn'"
done
entry=$(ls "$dir/cache")
head -c 200 "$dir/cache/$entry" >"$dir/cut"
cp "$dir/cut" "$dir/cache/$entry"
run 0 regress 'y ~ x + state' --data "$dir/t.csv" --vcov 'cluster(state)' --json --cache "$dir/cache"
same "$dir/out" "$dir/want.json"
sed -i 's/^7,.*/7,CA,2007Q4,1,99/' "$dir/t.csv"
run 0 regress 'y ~ x + state' --data "$dir/t.csv" --vcov 'cluster(state)' --json --cache "$dir/cache"
cmp -s "$dir/out" "$dir/want.json" && die "other numbers after the file changed"

# a table there and back through CSV and a workbook: the same bytes, with types that only the description tells
printf 'observation_date,GDPA\n2029-01-01,21.5\n2030-01-01,\n2031-01-01,7\n' >"$dir/GDPA.csv"
run 0 data convert "$dir/GDPA.csv" "$dir/1.pgdp"
run 0 data convert "$dir/1.pgdp" "$dir/2.csv"
grep -q '"datatype": "gYear"' "$dir/2.csv-metadata.json" || die "a description beside the table"
run 0 data convert "$dir/2.csv" "$dir/3.xlsx"
run 0 data convert "$dir/3.xlsx" "$dir/4.pgdp"
same "$dir/4.pgdp" "$dir/1.pgdp"
rm "$dir/2.csv-metadata.json"
run 0 data convert "$dir/2.csv" "$dir/5.pgdp"
cmp -s "$dir/5.pgdp" "$dir/1.pgdp" && die "years that are numbers without it"

# what cannot be
refuse 2 "which file?" data convert
refuse 2 "to which file?" data convert "$dir/t.csv"
refuse 5 "none.csv" data convert "$dir/none.csv" "$dir/n.pgdp"
head -c 2000 "$dir/t.csv.gz" >"$dir/cut.csv.gz"
refuse 3 "compressed data end too early" data convert "$dir/cut.csv.gz" "$dir/cut.pgdp"
[ ! -e "$dir/cut.pgdp" ] || die "nothing half-written"
head -c 1000 "$dir/t.pgdp" >"$dir/cut.pgdp"
run 3 data show "$dir/cut.pgdp"

# LABSTAT with its survey's files
mkdir "$dir/ce"
printf 'series_id\tyear\tperiod\tvalue\tfootnote_codes\nX1\t2031\tM01\t5\tP\nX2\t2031\tM01\t6\t\n' >"$dir/ce/ce.data.1"
printf 'series_id\tindustry_code\tseasonal\tseries_title\nX1\t05\tS\tAll employees\n' >"$dir/ce/ce.series"
printf 'industry_code\tindustry_name\n05\tPrivate\n' >"$dir/ce/ce.industry"
run 0 data show "$dir/ce/ce.data.1" --join
grep -q 'unmatched:series_id  1 without a row in ce.series: X2' "$dir/out" || die "a series without a row is named"
run 0 data convert "$dir/ce/ce.data.1" "$dir/ce.csv" --survey "$dir/ce"
grep -q 'All employees,,seasonally_adjusted,05,Private$' "$dir/ce.csv" || die "titles and names are joined"
run 0 data import "$dir/ce/ce.data.1" --join --store "$dir/ce.db" --retrieved 2031-03-01
run 0 data list --store "$dir/ce.db"
grep -q 'X1 .*seasonally_adjusted  *All employees' "$dir/out" || die "series of a store have their titles"
rm "$dir/ce/ce.series"
refuse 2 "found no ce.series" data show "$dir/ce/ce.data.1" --join
