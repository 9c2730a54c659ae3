#!/bin/sh
# test_store_postgres.sh  A store on a PostgreSQL server from the shell: the answers of one in a file, several programs at
# once, an import that is killed, no library, passwords. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
folder=$(sh tests/support/postgres.sh new) || { status=$?; echo "$folder"; exit "$status"; }
sh tests/support/postgres.sh run "$folder" &
server=$!
trap 'kill -INT $server; wait $server || true; rm -rf "$folder" "$dir"' EXIT
sh tests/support/postgres.sh wait "$folder"
psql() {
    PGOPTIONS="-c client_min_messages=error" "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/psql" -q -X -h "$folder" -U pgdp "$@"
}
psql postgres -c 'CREATE DATABASE facts' -c 'CREATE DATABASE killed'
db="postgresql://pgdp:hunter2@/facts?host=$folder" file="$dir/facts.db"

printf 'date,GDP,CPI\n2025-10-01,10,100\n2025-11-01,11,101\n2025-12-01,12,\n' >"$dir/april.csv"
printf 'date,GDP,CPI\n2025-10-01,10,100\n2025-11-01,11.5,101\n2025-12-01,12,102\n2026-01-01,13,103\n' >"$dir/may.csv"
printf 'series_id,date,value,title,footnotes\n_a,2031-01-01,1,\303\211tat of rates,p\nB,2031-01-01,,rate,\nZ,2031-01-01,-0,,\n' \
    >"$dir/long.csv"

# a store on a server and one in a file give the same answers, byte for byte
both() { # ARGUMENTS of pgdp data, without --store
    "$PGDP" data "$@" --store "$file" >"$dir/want" 2>"$dir/err" || { cat "$dir/err" >&2; die "an answer of the file"; }
    "$PGDP" data "$@" --store "$db" >"$dir/out" 2>"$dir/err" || { cat "$dir/err" >&2; die "an answer of the server"; }
    same "$dir/out" "$dir/want"
}
both import "$dir/april.csv" --source us --vintage 2026-04-30 --keep bytes --licence 'public domain' --json
both import "$dir/may.csv" --source us --vintage 2026-05-31 --json
both import "$dir/may.csv" --source us --vintage 2026-05-31 --json
both import "$dir/long.csv" --source x --vintage 2026-05-31 --json
both list --json
both list --documents --json
both search rates --json
both search "$(printf '\303\211TAT')" --json
both search g --json
both series GDP CPI --as-of 2026-04-30 --json
both series _a B --wide --json
both history GDP 2025-11 --json
both diff --source us --as-of 2026-04-30 --as-of 2026-05-31 --json
both verify --json
both freeze --source us --as-of 2026-05-01 --out "$dir/frozen.csv"
both export may.csv --out "$dir/back.csv"
both export april.csv --bytes --out "$dir/april.back"
same "$dir/april.back" "$dir/april.csv"

# what is refused, in words without a password
sed 's/101/99/' "$dir/may.csv" >"$dir/wrong.csv"
refuse 7 'the store has another value in the vintage of 2026-05-31' \
    data import "$dir/wrong.csv" --store "$db" --source us --vintage 2026-05-31
refuse 2 '/facts: found no series "nowhere"' data series nowhere --store "$db"
grep -q hunter2 "$dir/err" && die "no password"
refuse 6 'connecting failed' data list --store "postgresql://pgdp:hunter2@/none?host=$folder"
grep -q hunter2 "$dir/err" && die "no password"
refuse 2 'one argument too many: "postgresql://pgdp@/facts"' data list 'postgresql://pgdp:hun:ter2@/facts'
refuse 5 'postgresql://pgdp@/facts: opening failed' data show 'postgresql://pgdp:hunt@er2@/facts'
refuse 2 'one argument too many: "https://host:80/a" ' data list 'https://host:80/a" b@c'
mkdir "$dir/lib"
: >"$dir/lib/libpq.so.5"
(export LD_LIBRARY_PATH="$dir/lib"; refuse 5 'install the package libpq5' data list --store "$db")

# killed at any moment, the store is as it was, or the import had ended
awk 'BEGIN { printf "date"; for (j = 0; j < 300; j++) printf ",X%d", j; print ""
             for (i = 0; i < 1000; i++) { printf "%d-%02d-01", 1900 + int(i / 12), i % 12 + 1
                 for (j = 0; j < 300; j++) printf ",%d.%d", i + j, j; print "" } }' >"$dir/large.csv"
killed="postgresql://pgdp@/killed?host=$folder"
for delay in 0.05 0.2 0.4; do
    psql killed -c 'DROP SCHEMA IF EXISTS pgdp CASCADE'
    run 0 data import "$dir/april.csv" --store "$killed" --source us --vintage 2026-04-30
    "$PGDP" data import "$dir/large.csv" --store "$killed" --source us --vintage 2026-05-01 >/dev/null 2>&1 &
    pid=$!
    sleep "$delay"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    run 0 data import "$dir/may.csv" --store "$killed" --source us --vintage 2026-05-31
    run 0 data verify --store "$killed"
    run 0 data list --store "$killed"
    lines=$(awk 'END { print NR }' "$dir/out")
    [ "$lines" = 3 ] || [ "$lines" = 303 ] || die "3 or 303 lines after a killed import, found $lines"
done

# killed while rows go in, seen by the server, the store answers as before, byte for byte
psql killed -c 'DROP SCHEMA IF EXISTS pgdp CASCADE'
run 0 data import "$dir/april.csv" --store "$killed" --source us --vintage 2026-04-30
answers() { # FILE
    for what in 'list' 'list --documents' 'series GDP' 'verify'; do
        "$PGDP" data $what --store "$killed" --json || die "an answer of the store"
    done >"$1"
}
answers "$dir/before"
in_copy() { [ "$(psql killed -A -t -c 'SELECT coalesce(sum(tuples_processed), 0) > 100000 FROM pg_stat_progress_copy')" = t ]; }
awk 'BEGIN { print "series_id,date,value"; for (j = 0; j < 10000; j++) for (i = 0; i < 200; i++)
             printf "Y%d,%d-%02d-01,%d.%d\n", j, 1900 + int(i / 12), i % 12 + 1, i + j, j }' >"$dir/larger.csv"
"$PGDP" data import "$dir/larger.csv" --store "$killed" --source us --vintage 2026-05-01 >/dev/null 2>&1 &
pid=$!
until in_copy || ! kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
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
for i in 1 2 3; do
    run 0 data freeze CPI GDP --store "$db" --source us --as-of 2026-05-01 --out "$dir/frozen.csv"
done
wait "$first" || { cat "$dir/first" >&2; die "the first writer to end well"; }
wait "$second" || { cat "$dir/second" >&2; die "the second writer to end well"; }
run 0 data series GNP --store "$db"
run 0 data verify --store "$db"
