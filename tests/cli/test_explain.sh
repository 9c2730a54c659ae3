#!/bin/sh
# test_explain.sh  What a formula stands for, how a standard error comes about, what methods there are: from the shell.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
panel=tests/fixtures/cli/panel.csv

# the plan says what the regression does
run 0 explain formula 'y ~ x + i(g, ref=u)' --data $panel --subset 'year != 2003' --vcov HC1 --json
json "$dir/out"
out_has '"schema": "pgdp.formula/1"'
cp "$dir/out" "$dir/plan"
run 0 regress 'y ~ x + i(g, ref=u)' --data $panel --subset 'year != 2003' --vcov HC1 --json
for key in nobs missing subset singletons; do
    close "$(number $key "$dir/plan")" "$(number $key "$dir/out")" 0 "$key of the plan"
done
for term in '(Intercept)' x 'g::v' 'g::w' 'g::x'; do
    grep -qF "\"$term\"" "$dir/plan" || die "the column $term in the plan"
done
run 0 explain formula 'c(y, w) ~ csw0(x, year)' --data $panel
out_has "model 1 of 6: y ~ 1"
out_has "model 6 of 6: w ~ x + year"
out_has "  covariance   iid"
run 0 explain formula 'y ~ x' --data $panel --fsplit g
out_has "model 1 of 5: y ~ x"
out_has '  subset       `g` == "u"'
# a model that cannot be built is told, and the others with it
run 0 explain formula 'y ~ sw(x, xs)' --data $panel
out_has "model 2 of 2: y ~ xs"
out_has 'cannot be fitted: formula:1:5: found "xs"'
# nothing is estimated: a separated logit has a plan and no fit
refuse 4 'separate the categories' regress 'I(y > 5) ~ x' --data $panel --method logit
run 0 explain formula 'I(y > 5) ~ x' --data $panel --method logit
out_has "  method       logit"
refuse 2 'which formula?' explain formula --data $panel
refuse 2 'which data?' explain formula 'y ~ x'
refuse 2 'formula:1:8: found the end' explain formula 'y ~ x +' --data $panel
refuse 5 'nowhere.csv: opening failed' explain formula 'y ~ x' --data "$dir/nowhere.csv"

# the standard errors of the explanation are those of the regression
run 0 regress 'y ~ x' --data $panel --vcov 'cluster(g)' --json
se=$(sed -n '/"term": "x"/,$p' "$dir/out" | number std_error /dev/stdin)
run 0 explain se 'y ~ x' --data $panel --vcov 'cluster(g)' --json
json "$dir/out"
out_has '"schema": "pgdp.se/1"'
out_has "$se"
run 0 explain se 'y ~ x' --data $panel --vcov 'cluster(g)'
out_has "G/(G-1)"
refuse 2 'there is no covariance "HC9"' explain se 'y ~ x' --data $panel --vcov HC9

# every method and covariance that the program takes is in the list, and each of the list is taken
run 0 explain methods
cp "$dir/out" "$dir/methods"
for name in ols iv logit poisson quantile within nls; do
    grep -q "^  $name  *[A-Z].*\. Source: " "$dir/methods" || die "method $name with its source"
done
grep -q '^    --tau (0.5, from ' "$dir/methods" || die "tau with its default"
for method in $(sed -n '/^methods/,/^$/s/^  \([a-z0-9]*\)  .*/\1/p' "$dir/methods"); do
    run_code=0
    "$PGDP" regress 'y ~ x' --data $panel --method "$method" >"$dir/out" 2>"$dir/err" || run_code=$?
    ! grep -q 'there is no method' "$dir/err" || die "the method $method to be known"
done
for vcov in $(sed -n '/^covariances/,$s/^  \([A-Za-z0-9]*\)  .*/\1/p' "$dir/methods"); do
    run_code=0
    "$PGDP" regress 'y ~ x' --data $panel --vcov "$vcov" >"$dir/out" 2>"$dir/err" || run_code=$?
    ! grep -q 'there is no covariance' "$dir/err" || die "the covariance $vcov to be known"
done
refuse 2 'one argument too many' explain methods ols
