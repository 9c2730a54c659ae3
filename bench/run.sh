#!/bin/sh
# run.sh  Times the rows of bench/rows against the peers that are installed: BENCH=quick|full ROWS="akm wild" B=build/release.
# A row's answers are compared on small data before it is timed; sides take turns. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
cd "$(dirname "$0")/.."
export B="${B:-build/release}" BENCH="${BENCH:-full}" LC_ALL=C CORES PYTHONPATH="bench:${PYTHONPATH:-}"
CORES=$(getconf _NPROCESSORS_ONLN)
# Debian's OpenBLAS takes its slowest kernel on processors that it does not know: the same one for every side.
export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE-Haswell}"
out=build/bench/$BENCH
. bench/sides.sh

check() { # ROW: every side once on small data, compared with pgdp; prints the sides that can be timed
    mkdir -p "$out/$1/check"
    : >"$out/$1/agreement"
    for entry in $runs; do
        side=${entry%%:*}
        status=$(run_side "$1" "$side" 0 "$out/$1/check" | cut -f7)
        eval "limit=\${tolerance_$side:-\$tolerance}"
        case $side:$status in
        pgdp:0) verdict="answers 0 0 -" ;;
        *:0) verdict=$(awk -v tolerance="$limit" -f bench/agree.awk "$out/$1/check/pgdp" "$out/$1/check/$side") ;;
        *:77 | *:127) verdict=missing ;;
        *) verdict="failed with status $status" ;;
        esac
        printf '%s\t%s\t%s\n' "$side" "$verdict" "$limit" >>"$out/$1/agreement"
        case $verdict in answers*) echo "$entry" ;; *) echo "$1: $side: $verdict" >&2 ;; esac
    done
}
row() { # NAME: check, then take turns
    phase=quick script='' note='' measure=work tolerance=1e-6
    . "bench/rows/$1.row"
    mkdir -p "$out/$1"
    sides=$(check "$1")
    phase=$BENCH
    . "bench/rows/$1.row"
    : >"$out/$1/times"
    for run in 1 2 3 4 5 6 7 8 9; do
        for entry in $sides; do
            [ "${entry##*:}" -lt "$run" ] || run_side "$1" "${entry%%:*}" "$run" "$out/$1" >>"$out/$1/times"
        done
    done
    printf 'work\t%s\ntargets\t%s\nmeasure\t%s\nnote\t%s\n' "$work" "$targets" "$measure" "$note" >"$out/$1/about"
}
mkdir -p "$out"
for name in ${ROWS:-$(sed 's/#.*//' bench/rows/order) scale store}; do
    case $name in
    scale) "$B/bench/roofline" >"$out/roofline.tsv" && "$B/bench/scale" "$BENCH" >"$out/scale.tsv" ;;
    store) bench/store.sh "${SERIES:-$(phase=$BENCH size 10000 100000)}" >"$out/store.md" ;;
    *) (row "$name") || echo "$name: not measured" >&2 ;;
    esac
    echo "$name: done" >&2
done
bench/report.sh "$out" >"$out/RESULTS.md"
[ "$BENCH" != full ] || cp "$out/RESULTS.md" bench/RESULTS.md
sed -n '/^| work/,/^$/p; /^| store/,/^$/p' "$out/RESULTS.md"
