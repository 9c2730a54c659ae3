#!/bin/sh
# test_regress.sh  One regression from the shell: its JSON, its table, and an exit code for every kind of trouble.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
panel=tests/fixtures/cli/panel.csv

run 0 regress 'y ~ x' --data $panel --vcov HC1 --json
json "$dir/out"
for key in schema formula method vcov type factors df nobs dropped missing zero_weight singletons separated collinear tidy \
    term estimate std_error statistic p_value conf_low conf_high glance r_squared adj_r_squared within_r_squared sigma \
    df_residual log_lik aic bic diagnostics certificate condition_number digits solver refinements kernel threads; do
    out_has "\"$key\":"
done
out_has '"schema": "pgdp.regression/1"'
[ "$(head -c 1 "$dir/out")" = "[" ] || die "an array"
# ordinary least squares of seven rows by the textbook's sums, and White's variance times N / (N - K)
awk -F, 'NR > 1 && $3 != "" { n++; x[n] = $4; y[n] = $3; sx += $4; sy += $3 }
    END {
        for (i = 1; i <= n; i++) { sxx += (x[i] - sx / n) ^ 2; sxy += (x[i] - sx / n) * (y[i] - sy / n) }
        b = sxy / sxx; a = sy / n - b * sx / n
        for (i = 1; i <= n; i++) { m += ((x[i] - sx / n) * (y[i] - a - b * x[i])) ^ 2 }
        printf "%.15g %.15g %.15g %d\n", a, b, sqrt(m * n / (n - 2)) / sxx, n }' $panel >"$dir/want"
read -r a b se n <"$dir/want"
close "$(number estimate "$dir/out")" "$a" 1e-12 "the constant"
close "$(sed -n '/"term": "x"/,$p' "$dir/out" | number estimate /dev/stdin)" "$b" 1e-13 "the slope"
close "$(sed -n '/"term": "x"/,$p' "$dir/out" | number std_error /dev/stdin)" "$se" 1e-13 "its standard error"
close "$(number nobs "$dir/out")" "$n" 0 "nobs"
close "$(number missing "$dir/out")" 1 0 "rows dropped for a missing value"

run 0 regress 'y ~ x' --data $panel
out_has "7 observations of 8 rows"
out_has "covariance: iid"
run 0 regress 'y ~ x' --data - --vcov 'cluster(g)' <$panel
out_has "cluster(g), t(3)"
run 0 regress 'y ~ x + I(2*x)' --data $panel --json
out_has '"term": "I(2 * x)"'
out_has '"because":'
run 0 regress 'y ~ x + i(g, ref=u)' --data $panel --weights aw:w --subset 'year != 2003'
out_has "6 observations"
run 0 regress 'y ~ x' --data $panel --vcov 'nw(lag=2)' --panel year
out_has "lag 2"
run 0 regress 'I(y > 4) ~ x' --data $panel --method logit --lambda 2.5 --json
out_has '"method": "logit"'
run 0 regress 'y ~ x' --data $panel --conf-level 0.5 --json
close "$(number conf_level "$dir/out")" 0.5 0 "conf_level"

# usage: 2
refuse 2 "which formula?" regress --data $panel
refuse 2 "which data?" regress 'y ~ x'
refuse 2 'formula:1:5: found "xs"' regress 'y ~ xs' --data $panel
refuse 2 'formula:1:8: found the end' regress 'y ~ x +' --data $panel
refuse 2 'there is no covariance "HC9"' regress 'y ~ x' --data $panel --vcov HC9
refuse 2 'there is no method "olss"; did you mean "ols"?' regress 'y ~ x' --data $panel --method olss
refuse 2 'option "lambda"' regress 'y ~ x' --data $panel --lambda 3
refuse 2 '--conf-level takes a share' regress 'y ~ x' --data $panel --conf-level 95
refuse 2 'expected aw:COLUMN' regress 'y ~ x' --data $panel --weights w
refuse 2 'vcov:1:9: found "h"' regress 'y ~ x' --data $panel --vcov 'cluster(h)'
refuse 2 'no table "two"' regress 'y ~ x' --data $panel --sheet two
refuse 2 '2 models and no covariance: state one' regress 'y ~ sw(x, year)' --data $panel
refuse 2 'one form at a time' regress 'y ~ x' --data $panel --json --tex
# input data: 3
sed 's/,5,v/,"5,0",v/' $panel >"$dir/comma.csv"
refuse 3 'comma.csv:5:4: found "5,0", expected a number' regress 'y ~ x' --data "$dir/comma.csv"
refuse 3 'comma.csv:5:4: found "5,0"' regress 'y ~ log(x)' --data "$dir/comma.csv"
refuse 3 'comma.csv:5:4: found "5,0"' regress 'x ~ y' --data "$dir/comma.csv"
printf 'y,x\n1,"2\n' >"$dir/quote.csv"
refuse 3 'quote.csv:2: the quote' regress 'y ~ x' --data "$dir/quote.csv"
# numerical: 4
refuse 4 'expected more rows than terms' regress 'y ~ x + i(id)' --data $panel
refuse 4 'found no row to fit' regress 'y ~ x' --data $panel --subset 'year > 2050'
refuse 4 'separate the categories' regress 'I(y > 5) ~ x' --data $panel --method logit
# files: 5
refuse 5 'nowhere.csv: opening failed' regress 'y ~ x' --data "$dir/nowhere.csv"

# forms of output
run 0 regress 'y ~ sw(x, year)' --data $panel --vcov HC1 --tex
out_has '\begin{threeparttable}'
out_has '\item HC1: Heteroskedasticity-consistent covariance times N/(N-K).'
run 0 regress 'y ~ sw(x, year)' --data $panel --vcov HC1 --md --stars
out_has '| outcome | y | y |'
out_has '\* p \< 0.1'
run 0 regress 'y ~ sw(x, year)' --data $panel --vcov HC1 --md
! grep -q 'p \\< 0.1' "$dir/out" || die "no legend of stars unless they are asked for"
run 0 regress 'y ~ sw(x, year)' --data $panel --vcov HC1 --csv
[ "$(wc -l <"$dir/out")" = 5 ] || die "a header and four terms"
out_has '2,,y ~ year,,ols,HC1,year,'

# several values of a setting, a split, one model of several that fails
run 0 regress 'y ~ x' --data $panel --method quantile --tau 0.25,0.5,0.75 --vcov nid --csv
[ "$(grep -c ',x,' "$dir/out")" = 3 ] || die "a model for each tau"
run 1 regress 'y ~ 1' --data $panel --vcov HC1 --split g
grep -q 'model 4 of 4, y ~ 1, `g` == "x": ' "$dir/err" || die "the model that failed by its number, formula and subset"
out_has "(3)"
run 1 regress 'y ~ sw(xs, xt)' --data $panel --vcov HC1
[ ! -s "$dir/out" ] || die "nothing on standard output when every model failed"
[ "$(wc -l <"$dir/err")" = 2 ] || die "a sentence a model"

# fitted values to a file: fitted + residual = y, leverages sum to the number of terms
run 0 regress 'y ~ x' --data $panel --rows "$dir/rows.csv"
awk -F, 'NR == FNR { y[FNR - 1] = $3; next }
    FNR == 1 { if ($1 != "row" || $2 != "fitted" || $6 != "residual" || $7 != "leverage") exit 1; next }
    { d = $2 + $6 - y[$1]; if (d * d > 1e-24) exit 1; h += $7 }
    END { if ((h - 2) ^ 2 > 1e-24) exit 1 }' $panel "$dir/rows.csv" || die "rows that add up in $dir/rows.csv"
refuse 2 'has no residual for each row' regress 'I(y > 4) ~ x' --data $panel --method logit --lambda 2.5 \
    --rows "$dir/none.csv"
[ ! -e "$dir/none.csv" ] || die "no file of a model that failed"
run 5 regress 'y ~ x' --data $panel --rows "$dir/no/such/folder.csv"

# --seed is everyone's: what has no seed of its own takes it, and the same seed gives the same bytes
run 0 regress 'y ~ x' --data $panel --vcov 'bootstrap(B=99)' --seed 7 --json
cp "$dir/out" "$dir/seven"
run 0 regress 'y ~ x' --data $panel --vcov 'bootstrap(B=99)' --seed 7 --json
same "$dir/out" "$dir/seven"
close "$(number seed "$dir/out")" 7 0 "the seed in the factors"
run 0 regress 'y ~ x' --data $panel --vcov 'bootstrap(B=99)' --seed 8 --json
! cmp -s "$dir/out" "$dir/seven" || die "other draws from another seed"
run 0 regress 'y ~ x' --data $panel --seed 7

# the BLAS kernel that is chosen after the start is the one that the environment would have chosen before it
if (unset OPENBLAS_CORETYPE; "$PGDP" version) | grep -q 'BLAS kernel Haswell'; then
    (unset OPENBLAS_CORETYPE; run 0 regress 'y ~ x' --data $panel --vcov HC1 --json; cp "$dir/out" "$dir/own")
    OPENBLAS_CORETYPE=Haswell run 0 regress 'y ~ x' --data $panel --vcov HC1 --json
    same "$dir/own" "$dir/out"
    grep -q '"kernel": "Haswell"' "$dir/own" || die "the kernel in the certificate"
fi
# a split over threads
run 1 regress 'y ~ sw(x, year)' --data $panel --vcov iid --split g --csv --threads 1
cp "$dir/out" "$dir/one"
run 1 regress 'y ~ sw(x, year)' --data $panel --vcov iid --split g --csv --threads 4
same "$dir/one" "$dir/out"
