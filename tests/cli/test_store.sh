#!/bin/sh
# test_store.sh  A series store from the shell: vintages in and out, several programs at once, an import that is killed.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
db="$dir/facts.db"

printf 'date,GDP,CPI\n2025-10-01,10,100\n2025-11-01,11,101\n2025-12-01,12,\n' >"$dir/april.csv"
printf 'date,GDP,CPI\n2025-10-01,10,100\n2025-11-01,11.5,101\n2025-12-01,12,102\n2026-01-01,13,103\n' >"$dir/may.csv"

# what cannot be read leaves not even a store
printf 'y,y\n1,2\n' >"$dir/bad.csv"
refuse 3 'the header names "y" twice' data import "$dir/bad.csv" --store "$db"
[ ! -e "$db" ] || die "no store after a file that cannot be read"
refuse 2 'which store?' data import "$dir/april.csv"
refuse 2 'which file?' data import --store "$db"
refuse 2 '--keep takes tables, bytes or observations, found "all"' data import "$dir/april.csv" --store "$db" --keep all
refuse 5 'facts.db: opening failed: No such file or directory' data list --store "$db"

run 0 data import "$dir/april.csv" --store "$db" --source us --vintage 2026-04-30 --keep bytes --licence 'public domain' --json
json "$dir/out"
out_has '"schema": "pgdp.data.import/1"'
close "$(number added "$dir/out")" 6 0 "values added"
run 0 data import "$dir/may.csv" --store "$db" --source us --vintage 2026-05-31 --json
close "$(number revised "$dir/out")" 2 0 "values revised"
run 0 data import "$dir/may.csv" --store "$db" --source us --vintage 2026-06-30
out_has 'already there: nothing changed'
# the day on which a file was written is its vintage when nobody tells another
touch -d '2026-07-04T12:00:00Z' "$dir/april.csv"
run 0 data import "$dir/april.csv" --store "$db" --source other
run 0 data list --documents --store "$db"
out_has '2026-07-04'
out_has 'public domain'

run 0 data list --store "$db" --json
json "$dir/out"
run 0 data search gd --store "$db"
out_has 'GDP'
run 0 data series GDP --store "$db" --source us --as-of 2026-05-01
grep -q '2025-11 .* 11 ' "$dir/out" || die "the value of April"
run 0 data series GDP CPI --store "$db" --source us --wide --json
json "$dir/out"
out_has '"GDP": 11.5'
run 0 data history GDP 2025-11 --store "$db" --source us
grep -q '^2026-04-30  2026-05-31  *11 ' "$dir/out" || die "the first interval"
grep -q '^2026-05-31  -  *11.5 ' "$dir/out" || die "the second interval"
run 0 data diff --store "$db" --source us --as-of 2026-04-30 --as-of=2026-05-31 --json
json "$dir/out"
[ "$(grep -c '"series_id"' "$dir/out")" = 4 ] || die "four differences"
run 0 data diff --store "$db" --source us --as-of 2026-05-31 --json
[ "$(grep -c '"series_id"' "$dir/out")" = 0 ] || die "no difference after the last vintage"
run 0 data verify --store "$db"
refuse 2 'is monthly of other and monthly of us; name a source' data series GDP --store "$db"
refuse 2 'two series are called "CPI", of other and of us; name a source' \
    data freeze --store "$db" --as-of 2026-07-04 --out "$dir/all.csv"
refuse 2 'from which day?' data diff --store "$db"

# frozen twice is the same, whatever came later
run 0 data freeze --store "$db" --source us --as-of 2026-05-01 --wide --out "$dir/frozen.csv"
printf 'period,CPI,GDP\n2025-10,100,10\n2025-11,101,11\n2025-12,,12\n' >"$dir/want.csv"
same "$dir/frozen.csv" "$dir/want.csv"
grep -q 'april.csv,us,csv,,,public domain' "$dir/frozen.sources.csv" || die "the source of what was frozen"
[ "$(awk 'END { print NR }' "$dir/frozen.sources.csv")" = 2 ] || die "one source"
run 0 data freeze --store "$db" --source us --as-of 2026-05-01 --out "$dir/long.pgdp"
run 0 data show "$dir/long.pgdp"
refuse 2 'several documents are called "april.csv"' data export april.csv --store "$db" --out "$dir/back.csv"
sha=$(sha256sum "$dir/may.csv" | cut -c1-12)
run 0 data export "$sha" --store "$db" --out "$dir/back.csv"
run 0 data convert "$dir/may.csv" "$dir/direct.csv"
same "$dir/back.csv" "$dir/direct.csv"

# a table of grades is kept with its types: the graders are compared from the store as from the file
printf 'task_id,grader,grade\n1,a,T0\n1,b,T1\n2,a,T1\n2,b,T1\n3,a,T2\n3,b,T2\n' >"$dir/grades.csv"
run 0 data import "$dir/grades.csv" --store "$db" --retrieved 2026-05-31
run 0 tasks agree "$dir/grades.csv" --draws 50 --json
mv "$dir/out" "$dir/agreed"
run 0 tasks agree grades.csv --store "$db" --draws 50 --json
same "$dir/out" "$dir/agreed"
refuse 2 'found no document "other.csv"' tasks agree other.csv --store "$db"

# a conflict changes nothing
sed 's/101/99/' "$dir/may.csv" >"$dir/wrong.csv"
refuse 7 'the store has another value in the vintage of 2026-05-31' \
    data import "$dir/wrong.csv" --store "$db" --source us --vintage 2026-05-31
run 0 data verify --store "$db"

# killed at any moment, the store is as it was, or the import had ended
awk 'BEGIN { printf "date"; for (j = 0; j < 300; j++) printf ",X%d", j; print ""
             for (i = 0; i < 1000; i++) { printf "%d-%02d-01", 1900 + int(i / 12), i % 12 + 1
                 for (j = 0; j < 300; j++) printf ",%d.%d", i + j, j; print "" } }' >"$dir/large.csv"
for delay in 0.05 0.15 0.3 0.45 0.6; do
    rm -f "$dir/k.db" "$dir/k.db-wal" "$dir/k.db-shm"
    run 0 data import "$dir/april.csv" --store "$dir/k.db" --source us --vintage 2026-04-30
    "$PGDP" data import "$dir/large.csv" --store "$dir/k.db" --source us --vintage 2026-05-01 >/dev/null 2>&1 &
    pid=$!
    sleep "$delay"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    run 0 data verify --store "$dir/k.db"
    run 0 data list --store "$dir/k.db"
    lines=$(awk 'END { print NR }' "$dir/out")
    [ "$lines" = 3 ] || [ "$lines" = 303 ] || die "3 or 303 lines after a killed import, found $lines"
    run 0 data series GDP --store "$dir/k.db" --source us
    run 0 data import "$dir/may.csv" --store "$dir/k.db" --source us --vintage 2026-05-31
done

# killed while it writes, seen by what it has put into the journal, the store answers as before, byte for byte
rm -f "$dir/k.db" "$dir/k.db-wal" "$dir/k.db-shm"
run 0 data import "$dir/april.csv" --store "$dir/k.db" --source us --vintage 2026-04-30
answers() { # FILE
    for what in 'list' 'list --documents' 'series GDP' 'verify'; do
        "$PGDP" data $what --store "$dir/k.db" --json || die "an answer of the store"
    done >"$1"
}
answers "$dir/before"
in_journal() { [ "$(wc -c 2>/dev/null <"$dir/k.db-wal" || echo 0)" -gt 1000000 ]; }
awk 'BEGIN { print "series_id,date,value"; for (j = 0; j < 5000; j++) for (i = 0; i < 200; i++)
             printf "Y%d,%d-%02d-01,%d.%d\n", j, 1900 + int(i / 12), i % 12 + 1, i + j, j }' >"$dir/larger.csv"
"$PGDP" data import "$dir/larger.csv" --store "$dir/k.db" --source us --vintage 2026-05-01 >/dev/null 2>&1 &
pid=$!
until in_journal || ! kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
kill -9 "$pid" 2>/dev/null || die "an import that was still under way"
wait "$pid" 2>/dev/null && die "an import that was killed"
answers "$dir/after"
same "$dir/after" "$dir/before"

# readers go on while one program writes; a second writer waits for the first
"$PGDP" data import "$dir/large.csv" --store "$db" --source big --vintage 2026-05-01 >"$dir/first" 2>&1 &
first=$!
sed 's/GDP/GNP/' "$dir/may.csv" >"$dir/gnp.csv"
"$PGDP" data import "$dir/gnp.csv" --store "$db" --source us --vintage 2026-05-31 >"$dir/second" 2>&1 &
second=$!
for i in 1 2 3 4 5; do
    run 0 data freeze CPI GDP --store "$db" --source us --as-of 2026-05-01 --wide --out "$dir/frozen.csv"
    same "$dir/frozen.csv" "$dir/want.csv"
done
wait "$first" || { cat "$dir/first" >&2; die "the first writer to end well"; }
wait "$second" || { cat "$dir/second" >&2; die "the second writer to end well"; }
run 0 data series GNP --store "$db"
run 0 data verify --store "$db"

# a store that may not grow keeps what it has
(ulimit -f 2000; "$PGDP" data import "$dir/large.csv" --store "$dir/k.db" --source full --vintage 2026-05-01) \
    >"$dir/out" 2>"$dir/err" && die "a failure when the file may not grow"
grep -q 'the store' "$dir/err" || { cat "$dir/err" >&2; die "a sentence about the store"; }
run 0 data verify --store "$dir/k.db"
