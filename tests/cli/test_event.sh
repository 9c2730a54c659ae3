#!/bin/sh
# test_event.sh  An event study from the shell: the effects put into the data, the test of the leads, its refusals.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

# 30 firms, 12 years; a third never treated, the others from 2004 or 2006 on; the effect is 0.5 a year, noise is small
awk 'BEGIN {
    print "firm,year,y,adopted"
    for (f = 0; f < 30; f++)
        for (t = 2000; t < 2012; t++) {
            first = f % 3 == 0 ? "" : 2002 + 2 * (f % 3)
            effect = first == "" || t < first ? 0 : 0.5 * (t - first + 1)
            noise = ((f * 37 + t * 101 + f * t * 7) % 97) / 9700
            printf "f%d,%d,%.6f,%s\n", f, t, f / 10 + (t - 2000) * 0.3 + effect + noise, first
        }
}' >"$dir/event.csv"
run 0 event y --data "$dir/event.csv" --panel firm,year --first-treated adopted --json
json "$dir/out"
out_has '"term": "relative_period::0"'
out_has '"pre_trend"'
close "$(sed -n '/relative_period::0/,$p' "$dir/out" | number estimate /dev/stdin)" 0.5 0.02 "the effect at once"
close "$(sed -n '/relative_period::2"/,$p' "$dir/out" | number estimate /dev/stdin)" 1.5 0.02 "the effect two years later"
out_has '"type": "cluster"'
run 0 event y --data "$dir/event.csv" --panel firm,year --first-treated adopted --vcov iid --window -3,3 --bin
out_has "pre_trend"
out_has "covariance: iid"
refuse 2 'first treated' event y --data "$dir/event.csv" --panel firm,year
refuse 2 '--panel ENTITY,TIME' event y --data "$dir/event.csv" --panel year --first-treated adopted
refuse 2 '--window takes two whole numbers' event y --data "$dir/event.csv" --panel firm,year --first-treated adopted \
    --window 3
refuse 2 'adoptd' event y --data "$dir/event.csv" --panel firm,year --first-treated adoptd
