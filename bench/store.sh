#!/bin/sh
# store.sh [SERIES]: bench/store into a file, and into a PostgreSQL server of its own where Debian's package is here, with
# its fsync on; a table in Markdown. B=build/release. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
series=${1:-100000}
place=$(mktemp -d "${TMPDIR:-/tmp}/pgdp-bench.XXXXXX")
server='' folder=''
trap '[ -z "$server" ] || { kill -INT "$server"; wait "$server" || true; }; rm -rf "$place" ${folder:+"$folder"}' EXIT
echo "## The series store"
echo
echo "$series series of 200 observations in long CSV files of 2e6 rows, kept with their tables; 1,000 as-of queries of one."
echo
echo "| store | observations | imported a second | with reading the files | query, median ms | 99th | most |"
echo "|---|---|---|---|---|---|---|"
line() { # NAME PLACE
    "$B/bench/store" "$2" "$series" | awk -F'\t' -v name="$1" '{ v[$1] = $2 }
        END { if (v["observations"])
            printf "| %s | %s | %s | %s | %s | %s | %s |\n", name, v["observations"], v["observations_a_second"],
                v["with_reading_a_second"], v["query_median_ms"], v["query_99th_ms"], v["query_most_ms"] }'
}
line SQLite "$place/s.db"
if made=$(sh tests/support/postgres.sh new); then
    folder=$made
    FSYNC=on sh tests/support/postgres.sh run "$folder" &
    server=$!
    sh tests/support/postgres.sh wait "$folder"
    line "PostgreSQL, same machine" "postgresql://pgdp@/postgres?host=$folder"
else
    echo
    echo "PostgreSQL: not measured, no server here."
fi
