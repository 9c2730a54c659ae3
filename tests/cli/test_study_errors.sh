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
# what is only found while it computes
wrong 's/log(annual_mean)/log(anual_mean)/' 2 'found "anual_mean", expected a column of the data; did you mean annual_mean?'
grep -q 's.yaml: regression gradient: ' "$dir/err" || die "the regression's id"
wrong 's/series: \[GDP, UNRATE\]/series: [GDP, UNRAET]/' 2 'found no series "UNRAET"; did you mean "UNRATE"?'

# a place that cannot be written: a file where the directory should be
printf 'mine' >"$dir/taken"
refuse 5 'taken' run "$dir/good.yaml" --out "$dir/taken/run"
[ "$(cat "$dir/taken")" = mine ] || die "the file in the way left alone"
