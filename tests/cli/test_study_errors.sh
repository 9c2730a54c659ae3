#!/bin/sh
# test_study_errors.sh  A wrong study or input: one sentence with file, line and column, its exit code, and no output.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
study=$dir/s.yaml
sed "s|\.\./\.\./\.\./data/|$PWD/data/|" tests/fixtures/cli/small.yaml >"$dir/good.yaml"

# no_run CODE WORDS: running $study fails so and leaves nothing behind
no_run() {
    refuse "$1" "$2" run "$study" --out "$dir/made/run"
    [ ! -e "$dir/made" ] || { find "$dir/made" >&2; die "no output left behind: $2"; }
}
# wrong SED CODE WORDS: so changed, the study is refused
wrong() {
    sed "$1" "$dir/good.yaml" >"$study"
    ! cmp -s "$study" "$dir/good.yaml" || die "a change by $1"
    no_run "$2" "$3"
}

# the study file
refuse 5 'nowhere.yaml: opening failed' run "$dir/nowhere.yaml" --out "$dir/made/run"
wrong 's/^tasks:/task:/' 3 's.yaml:18:1: unknown key "task"; did you mean "tasks"?'
wrong 's/folds: 2/fold: 2/' 3 's.yaml:26:5: unknown key "fold"; did you mean "folds"?'
wrong 's/folds: 2/folds: two/' 3 's.yaml:26:5: "folds" must be a number, found "two"'
wrong 's/value: 0.18/value: 1.8/' 3 '"value" must lie in [0, 1], found 1.8'
wrong 's/mode: 0.6, high/mode: 6, high/' 3 'triangular needs low <= mode <= high'
wrong 's/capture_rate: 0.25/capture_rates: 0.25/' 3 'unknown key "capture_rates"; did you mean "capture_rate"?'
wrong 's/as_of: 2026-08-18/as_of: today/' 3 's.yaml:2:'
wrong 's/draws: 200$/draws: -5/' 3 '"draws" must lie in'
wrong '/^  catalogue/d' 3 'data lacks the key "catalogue"; add it'
wrong 's/^data:/data: [/' 3 'not valid YAML'
wrong 's/threshold: T3/threshold: T9/' 3 '"threshold" must be one of the levels'
wrong 's/seed: 20260818/seed: 1.5/' 3 's.yaml:2:89: "seed" must be a whole number, found "1.5"'
wrong 's/wages_year: 2024/wages_year: 2024.4/' 3 's.yaml:20:3: "wages_year" must be a whole number'
wrong 's/name: small/name: ""/' 3 's.yaml:2:9: "name" is empty'
wrong 's/folds: 2/majority: 0/' 3 's.yaml:26:5: "majority" must be above 0'
wrong 's/\[0.29, 1.1\]/[0.29, x]/' 3 's.yaml:39:24: an item of the list must be a number, found "x"'
wrong 's/, vcov: cluster(major_group)//' 3 's.yaml:30:6: this item lacks the key "vcov"; add it'
wrong 's/^  - \({id: gradient.*\)/  - \1\n  - \1/' 3 's.yaml:31:6: two regressions have the id "gradient"'
# its regressions, of which the plan is refused as well: no data are needed to see it
unplanned() {
    wrong "$@"
    refuse "$2" "$3" run "$study" --out "$dir/made/run" --dry-run
}
unplanned 's/table: soc_measures/table: soc_measure/' 3 's.yaml:30:57: found no table "soc_measure"'
unplanned 's/gpt4_beta ~ log(annual_mean)/(a+/' 2 's.yaml:30:78: regression gradient: formula:1:4: found the end'
unplanned 's/cluster(major_group)/HC9/' 2 's.yaml:30:117: regression gradient: there is no covariance "HC9"'
unplanned 's/cluster(major_group)/&, method: olss/' 2 's.yaml:30:145: regression gradient: there is no method "olss"'
unplanned 's/cluster(major_group)/&, preset: foo/' 2 's.yaml:30:145: regression gradient: there is no preset "foo"'
unplanned 's/cluster(major_group)/HC1, settings: {tau: [0.1, 0.5]}/' 2 's.yaml:30:139: regression gradient: method ols has no option "tau"'
unplanned 's/cluster(major_group)/&, split: a, fsplit: a/' 3 'found split and fsplit'
# its inputs
wrong 's|/oews.csv|/oews2.csv|' 5 's.yaml:9:'
grep -q 'input wages: .*oews2.csv: opening failed: No such file' "$dir/err" || die "the file that is not there"
wrong 's/rows: 2087/rows: 2086/' 3 'input activities: found 2087 rows in'
wrong 's|wages: {file:|wages: {format: xslx, file:|' 2 'there is no input format "xslx"; did you mean "xlsx"?'
# changed FILE SED CODE WORDS: an input so changed is refused
changed() {
    sed "$2" "data/$1" >"$dir/$1"
    ! cmp -s "$dir/$1" "data/$1" || die "a change by $2"
    sed "s|$PWD/data/$1|$1|" "$dir/good.yaml" >"$study"
    no_run "$3" "$4"
}
changed tasks.csv '1s/gpt4_automation,/gpt4_automaton,/' 3 '/tasks.csv:1:11: found column "gpt4_automaton", expected "gpt4_automation"; rename it'
changed oews.csv '1s/employment,/jobs,/' 3 '/oews.csv:1: found no column "employment"; add it'
changed oews.csv '9s/,[0-9.]*,[0-9]*$/,12;40,5/' 3 '/oews.csv:9:11: found "12;40", expected a number'
changed tasks.csv '20s/Core,[0-9.]*/Core,high/' 3 '/tasks.csv:20:4: found "high", expected a number'
changed tasks.csv '22s/,T[0-4],T/,T7,T/' 3 'T7'
changed series.csv '5s/,[0-9.]*$/,ten/' 3 '/series.csv:5:4: found "ten", expected a number'
changed occupations.csv '3s/,5,/,five,/' 3 '/occupations.csv:3:'
changed task_dwas.csv '2s/,[0-9]*,/,1,/' 3 'task 1 of 11-1011.00 is not in table tasks'
# doubled FILE LINE WORDS: an input with this line twice, or (LINE 1) with no row, is refused
doubled() {
    if [ "$2" = 1 ]; then sed -n 1p "data/$1" >"$dir/$1"; else sed "$2p" "data/$1" >"$dir/$1"; fi
    sed -e "s|$PWD/data/$1|$1|" -e 's/, rows: [0-9]*//' "$dir/good.yaml" >"$study"
    no_run 3 "$3"
}
for file in tasks task_dwas activities occupations oews soc_combined industry_accounts oews_sector series series_list \
    published catalogue; do
    doubled $file.csv 3 "/$file.csv:4: found "
    grep -q 'twice, first in line 3, expected one row each; remove one' "$dir/err" || die "both lines of $file.csv"
    doubled $file.csv 1 "/$file.csv: found a header and no row below it"
    : >"$dir/$file.csv"
    no_run 3 "/$file.csv: the file is empty"
done
# what is only found while it computes
wrong 's/log(annual_mean)/log(anual_mean)/' 2 'found "anual_mean", expected a column of the data; did you mean annual_mean?'
grep -q 's.yaml:30:6: regression gradient: ' "$dir/err" || die "the regression's id"
wrong 's/cluster(major_group)/&, split: major_gruop/' 2 's.yaml:30:6: regression gradient: '
wrong 's/series: \[GDP, UNRATE\]/series: [GDP, UNRAET]/' 2 'found no series "UNRAET"; did you mean "UNRATE"?'

wrong 's/table: soc_measures/table: series/; /^report:/,$d' 3 's.yaml:30:57: found no table "series"'
wrong 's/grade: gpt4_auto/grade: gpt5_auto/' 2 's.yaml:21:3: tasks.scoring: tasks: found no column "gpt5_automation"'
wrong 's/wages_year: 2024/wages_year: 2019/' 2 'for year 2019; set wages_year to a year of the table'
wrong 's/gdp: GDP/gdp: GDPX/' 2 's.yaml:41:3: gap.top_down: series list: found no series "GDPX"; did you mean "GDP"?'
wrong 's/gdp: GDP/gdp: UNRATE/' 3 's.yaml:41:3: gap.top_down: found the unit "pct" of series UNRATE as "gdp", expected usd_bn'
wrong 's/2005Q1, 2022Q3/1805Q1, 1822Q3/' 2 'output and hours run from 1995Q1 to'
wrong 's/2005Q1, 2022Q3/2005Q1, 2035Q3/' 2 's.yaml:41:3: gap.top_down: top-down: output and hours run from'

# a limit on file sizes, as a full disk, ends the run with its sentence and nothing left
code=0
(ulimit -f 100 && exec "$PGDP" run "$dir/good.yaml" --out "$dir/made/run" >"$dir/out" 2>"$dir/err") || code=$?
[ "$code" = 5 ] || die "exit code 5 at a limit on file sizes, found $code"
[ ! -e "$dir/made/run" ] && [ ! -e "$dir/made/run.partial" ] || die "no output left behind at a limit on file sizes"

# a place that cannot be written: a file where the directory should be
printf 'mine' >"$dir/taken"
refuse 5 'taken' run "$dir/good.yaml" --out "$dir/taken/run"
[ "$(cat "$dir/taken")" = mine ] || die "the file in the way left alone"
