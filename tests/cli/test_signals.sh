#!/bin/sh
# test_signals.sh  A run that is asked to stop says so, ends with 130 or 143 and leaves no file, whole or half.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
awk 'BEGIN { srand(7); print "y,x,z"; for (i = 0; i < 5000; i++) printf "%.6f,%.6f,%.6f\n", rand(), rand(), rand() }' \
    >"$dir/t.csv"
mkdir "$dir/outputs"
for signal in INT TERM; do
    code=0
    timeout --preserve-status -s $signal 2 "$PGDP" regress 'y ~ x + z' --data "$dir/t.csv" --vcov 'bootstrap(B=1000000)' \
        --rows "$dir/outputs/rows.csv" --xlsx "$dir/outputs/book.xlsx" >"$dir/out" 2>"$dir/err" || code=$?
    case $signal in INT) want=130 ;; *) want=143 ;; esac
    [ "$code" = $want ] || { cat "$dir/err" >&2; die "exit code $want after SIG$signal, found $code"; }
    grep -q 'stopped before the end' "$dir/err" || { cat "$dir/err" >&2; die "a sentence after SIG$signal"; }
    [ ! -s "$dir/out" ] || die "nothing on standard output"
    [ -z "$(ls -A "$dir/outputs")" ] || die "no file left after SIG$signal, found $(ls -A "$dir/outputs")"
done
