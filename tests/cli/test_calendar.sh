#!/bin/sh
# test_calendar.sh  pgdp data aggregate, disaggregate, splice, chain: series between frequencies.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

printf 'period,x\n2031-01,1\n2031-02,2\n2031-03,3\n2031-04,4\n' >"$dir/m.csv"
run 0 data aggregate "$dir/m.csv" --to quarterly --how mean
[ "$(cat "$dir/out")" = "period,x
2031Q1,2
2031Q2," ] || die "means of whole quarters"
refuse 2 "sum, mean, first, last" data aggregate "$dir/m.csv" --to quarterly --how median
refuse 2 "annual, quarterly, monthly, weekly, daily" data aggregate "$dir/m.csv" --to fortnightly --how mean
refuse 2 "no lower frequency; disaggregate" data aggregate "$dir/m.csv" --to daily --how mean

# there and back: the means are those given
printf 'year,x\n2031,10\n2032,12\n2033,11\n' >"$dir/a.csv"
for method in denton denton_additive chow_lin fernandez; do
    run 0 data disaggregate "$dir/a.csv" --column x --to monthly --how mean --method $method --out "$dir/$method.csv"
    run 0 data aggregate "$dir/$method.csv" --to annual --how mean --out "$dir/back.csv"
    cut -d, -f2 "$dir/back.csv" | sed 1d | awk '{ printf "%.9g ", $1 }' | grep -q '^10 12 11 $' || die "$method adds up"
done
run 0 data disaggregate "$dir/a.csv" --column x --to quarterly --how sum --method chow_lin --rho 0.5
err_has "rho 0.5; (Intercept) "
refuse 2 'no number column "y"' data disaggregate "$dir/a.csv" --column y --to quarterly --how sum

printf 'year,x\n2033,22\n2034,24\n' >"$dir/n.csv"
run 0 data splice "$dir/a.csv" "$dir/n.csv" --column x
err_has "factor 2"
grep -q '^2031,20$' "$dir/out" || die "the older series at the newer's level"
refuse 2 "2012Q1..2014Q4" data splice "$dir/a.csv" "$dir/n.csv" --column x --overlap never
refuse 3 "no period in which both" data splice "$dir/a.csv" "$dir/n.csv" --column x --overlap 2031

printf 'year,v,p\n2031,10,10\n2032,12,11\n2033,15,13\n' >"$dir/c.csv"
run 0 data chain "$dir/c.csv" --current v --previous p --reference 2031
grep -q '^2032,11,' "$dir/out" || die "the first link"
refuse 2 "not among the years" data chain "$dir/c.csv" --current v --previous p --reference 1999
