#!/bin/sh
# test_gap_run.sh  The golden five-cell economy through the program; source: methodology section 5.4, eight decimals.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
fixtures=tests/fixtures/gap
cells=$fixtures/golden_cells.csv new=$fixtures/golden_new.csv

# C07: every printed aggregate
run 0 gap run --cells $cells --new $new --json
json "$dir/out"
cp "$dir/out" "$dir/golden.json"
out_has '"schema": "pgdp.gap/1"'
out_has '"mode": "accounts"'
out_has '"state": "strong"'
while read -r key want; do
    close "$(number "$key" "$dir/golden.json")" "$want" 1e-8 "$key"
done <<'END'
q0 500
q1 775.00995111
f1 470.32907162
n1 428.14059996
m1 436.91977445
ql 1.55001990
qp 1.23742806
qf 1.38493253
phi_l 338.09017666
phi_f 255.54649297
phi_p 181.79425732
defl_h 2.72727273
defl_s 76.65678699
defl_e 204.57764528
defl_n 11.94
bound_s 5.45454545
bound_e 36.73392620
bound_n 0
shrinkage 71.85940004
cs 140.82721545
cs_new 5.97
END

# the table shows the same numbers
run 0 gap run --cells $cells --new $new
while read -r key want; do
    close "$(awk -v k="$key" '$1 == k { print $2 }' "$dir/out")" "$want" 1e-6 "$key of the table"
done <<'END'
q0 500
m1 436.919774
qf 1.384933
phi_f 255.546493
bound_e 36.733926
shrinkage 71.859400
END
grep -q '^state  *strong ' "$dir/out" || die "the state in the table"

# C04: 10,000 dollars of human resources work done for 10 dollars of tokens
run 0 gap run --cells $fixtures/hr_cells.csv --mode gross --json
out_has '"mode": "gross"'
close "$(awk -v n1="$(number n1 "$dir/out")" -v q0="$(number q0 "$dir/out")" 'BEGIN { print n1 - q0 }')" -9990 0 "n1 - q0"
run 0 gap run --cells $fixtures/hr_cells.csv --json
close "$(awk -v n1="$(number n1 "$dir/out")" -v q0="$(number q0 "$dir/out")" 'BEGIN { print n1 - q0 }')" -10000 0 "n1 - q0"

# order of columns, blanks, true and false, an empty cap: the same numbers
awk -F, -v OFS=, '{ print $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (NR == 1 ? "qmax" : "") }' $cells |
    awk -F, -v OFS=, 'NR > 1 { $8 = $8 == 1 ? "true" : "FALSE" } { print }' >"$dir/shuffled.csv"
run 0 gap run --cells "$dir/shuffled.csv" --new $new --json
same "$dir/out" "$dir/golden.json"
run 0 gap run --new $new --json --cells - <"$dir/shuffled.csv"
same "$dir/out" "$dir/golden.json"
# a cap on expansion binds
awk -F, -v OFS=, '{ print $0, (NR == 1 ? "qmax" : "1") }' $cells >"$dir/capped.csv"
run 0 gap run --cells "$dir/capped.csv" --new $new --json
close "$(number defl_e "$dir/out")" 0 0 "defl_e without expansion"

# what cannot be: one sentence with file, line and column
wrong() {
    sed "$1" $cells >"$dir/wrong.csv"
    refuse 3 "wrong.csv:$2" gap run --cells "$dir/wrong.csv" --json
}
wrong '1s/,u,/,share,/' '1:3: found column "share"'
wrong '1s/lam/lamb/' '1:9: found column "lamb"'
wrong '1s/rho,//; 2,$s/^\(.*,.*,.*,.*,.*,.*\),[^,]*,\(.*,.*,.*,.*,.*\)$/\1,\2/' '1: found no column rho'
wrong '3s/200/two hundred/' '3:2: found "two hundred" in column v0'
wrong '4s/0.6/1.6/' '4:3: cell C: found u = 1.6, expected a number from 0 to 1'
wrong '4s/,0,0,1,1,0$/,maybe,0,1,1,0/' '4:8: found "maybe" in column priced'
wrong '2s/0.25/-0.25/' '2:4: cell A: found r = -0.25'
wrong '2s/^A,100/A,/' '2:2: found nothing in column v0'
wrong '5s/^D,80/D,80,80/' '5'
refuse 2 "--cells FILE is needed" gap run
refuse 2 "--mode is gross or accounts, found \"net\"" gap run --cells $cells --mode net
refuse 5 "nowhere.csv: opening failed" gap run --cells "$dir/nowhere.csv"
refuse 5 "nowhere.csv: opening failed" gap run --cells $cells --new "$dir/nowhere.csv"
sed 's/0.002/0.5/' $new >"$dir/dear.csv"
refuse 3 "dear.csv:2: new task N: found p1 = 0.5, expected at most p_star = 0.4" gap run --cells $cells --new "$dir/dear.csv"

# frameworks of others, at their inputs and at other ones
run 0 gap frameworks --json
json "$dir/out"
out_has '"schema": "pgdp.gap.frameworks/1"'
for name in $(grep -o '"framework": "[a-z_]*"' "$dir/out" | cut -d'"' -f4 | sort -u); do
    grep -q "^| \`$name\` |" docs/model.md || die "the framework $name in docs/model.md"
    grep -qE "Cm (.* , )?$name( |\$)" docs/man/pgdp.1 || die "the framework $name in docs/man/pgdp.1"
done
run 0 gap frameworks new_varieties --common 0.5 --sigma 2 --json --csv "$dir/f.csv"
close "$(number value "$dir/out")" 0.5 1e-15 "price factor of new varieties"
[ "$(wc -l <"$dir/f.csv")" = 2 ] || die "one result in f.csv"
refuse 2 'found no framework "cess"; did you mean "ces"?' gap frameworks cess
refuse 2 "option sigma is \"1\", expected a number from" gap frameworks new_varieties --sigma 1
