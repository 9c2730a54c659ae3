#!/bin/sh
# test_stream.sh  Regressions by blocks of a columnar file: the numbers of the rows, and a sentence where there are none.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

awk 'BEGIN {
    srand(3); print "y,x,f,g,p,z"
    for (i = 0; i < 70001; i++) {
        x = int(rand() * 1000) / 100; z = rand(); u = rand(); p = z + u + rand()
        printf "%.4f,%s,%s,%d,%.4f,%.4f\n", 1 + x / 2 + p / 3 + u, i % 50 == 3 ? "" : x, \
            substr("abcd", 1 + int(rand() * 4), 1), int(rand() * 30), p, z
    } }' >"$dir/d.csv"
run 0 data convert "$dir/d.csv" "$dir/d.pgdp"

# agree FORMULA VCOV METHOD: every number of the table by rows and by blocks, to 11 digits
agree() {
    run 0 regress "$1" --data "$dir/d.csv" --vcov "$2" --method "$3" --csv
    mv "$dir/out" "$dir/rows"
    run 0 regress "$1" --data "$dir/d.pgdp" --vcov "$2" --method "$3" --csv --stream
    paste -d, "$dir/rows" "$dir/out" | awk -F, -v what="$1 $2" 'NR > 1 {
        half = NF / 2
        for (i = 1; i <= half; i++) {
            a = $i; b = $(i + half); d = a - b; size = a < 0 ? -a : a
            if (i > 7 ? (d < 0 ? -d : d) > 1e-11 * (size + 1) : a != b) { print what ": " a " and " b; exit 1 }
        } }' >&2 || die "the same numbers by rows and by blocks: $1 $2"
}
agree 'y ~ x + f' HC1 ols
agree 'y ~ x * f' 'cluster(g)' ols
agree 'y ~ x | p ~ z' iid iv
agree 'y ~ x + f' 'cluster(g)' poisson
agree 'I(g > 12) ~ x + z' HC1 logit

run 0 regress 'y ~ x' --data "$dir/d.pgdp" --stream --json
json "$dir/out"
out_has '"solver": "moments"'
[ "$(number missing "$dir/out")" = 1400 ] || die "1400 rows without x"

# threads change no byte
run 0 regress 'y ~ x + f' --data "$dir/d.pgdp" --vcov HC3 --stream --json --threads 1
mv "$dir/out" "$dir/one"
run 0 regress 'y ~ x + f' --data "$dir/d.pgdp" --vcov HC3 --stream --json --threads 3
same "$dir/one" "$dir/out"

refuse 2 'found absorbed effects, which needs all rows at once' regress 'y ~ x | f' --data "$dir/d.pgdp" --stream
refuse 2 'found a method other than ols' regress 'y ~ x' --data "$dir/d.pgdp" --stream --method negbin
refuse 2 'leave --stream out' regress 'y ~ x' --data "$dir/d.pgdp" --stream --split f
refuse 2 'expected a column of the data; it has y, x, f, g, p, z' regress 'y ~ xx' --data "$dir/d.pgdp" --stream
run 3 regress 'y ~ x' --data "$dir/d.csv" --stream
grep -q 'd.csv' "$dir/err" || die "the file's name where it is not columnar"

# a file cut short, or with other bytes
head -c 500000 "$dir/d.pgdp" >"$dir/cut.pgdp"
run 3 regress 'y ~ x' --data "$dir/cut.pgdp" --stream
