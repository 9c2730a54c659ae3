#!/bin/sh
# test_run_evidence.sh  A study with grades and evidence of its own: sheet, grid by tier, inputs sealed, refusals.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
study=$dir/s.yaml
sed -e "s|\.\./\.\./\.\./data/|$PWD/data/|" -e 's/^tasks:$/tasks:\n  evidence: evidence.csv\n  grades: {file: grades.csv, grader: gpt4, column: mine}/' \
    -e 's/grade: gpt4_automation/grade: mine/' -e 's/^  scenarios:.*$/&\n    evidence_tier: [2, 4, 6]/' tests/fixtures/cli/small.yaml >"$study"
cat >"$dir/evidence.csv" <<'END'
dwa_id,tier,class,url,date
4.A.1.a.1.I03.D01,4,mixed,https://example.org/1,2026-05-29
4.A.2.a.4.I10.D02,2,augmentation,https://example.org/2,2026-05-30
END
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "task_id,grader,grade"; next }
    $at["gpt4_automation"] != "" { print $at["task_id"] ",gpt4," $at["gpt4_automation"] }' data/tasks.csv >"$dir/grades.csv"

run 0 run "$study" --out "$dir/a" --dry-run
out_has "read     evidence       $dir/evidence.csv"
out_has "read     grades         $dir/grades.csv"
out_has "score    grade mine"
out_has "gap      200 draws, 12 scenarios"

run 0 run "$study" --out "$dir/a"
json "$dir/a/results.json"
for words in '"table": "evidence_headline"' '"table": "evidence_tiers"' '"table": "evidence"' '"name": "Evidence tier"' \
    '"https://example.org/2"'; do
    grep -qF -- "$words" "$dir/a/results.json" || die "$words in results.json"
done
grep -q '^check FAILED' "$dir/a/log.txt" && die "every check passed in log.txt"
grep -q '^check passed: exposed pay of the classes adds up to all' "$dir/a/log.txt" || die "the check of the classes in log.txt"
grep -q '^gap: .* 12 scenarios' "$dir/a/log.txt" || die "twelve scenarios in log.txt"
[ "$(grep -c '"name": "evidence",\|"name": "grades",' "$dir/a/manifest.json")" = 2 ] || die "both files in the manifest"
run 0 verify "$dir/a"

# the same grades out of the shipped column: what the model says is the same
sed -e '/^  grades:/d' -e 's/grade: mine/grade: gpt4_automation/' "$study" >"$dir/built_in.yaml"
run 0 run "$dir/built_in.yaml" --out "$dir/b"
for run in a b; do
    awk '/"table": "/ { on = /"table": "calibration"/ } on' "$dir/$run/results.json" >"$dir/$run.txt"
done
[ "$(wc -l <"$dir/a.txt")" -ge 10 ] || die "a table of calibration"
same "$dir/a.txt" "$dir/b.txt"

# a file that has changed is told; what is wrong stops the study, with row and column
echo '1,gpt4,T1' >>"$dir/grades.csv"
run 7 verify "$dir/a"
err_has "input grades"
refuse 3 'column task_id: found a second grade of the task' run "$study" --out "$dir/c"
sed 's/,T[0-4]$/,E1/' "$dir/grades.csv" >"$dir/other.csv" && mv "$dir/other.csv" "$dir/grades.csv"
refuse 3 'row 1, column grade: found "E1", expected a level' run "$study" --out "$dir/c"
[ ! -e "$dir/c" ] || die "nothing written by a study that stops"
sed '/^  evidence:/d' "$study" >"$dir/none.yaml"
refuse 3 '"evidence_tier" needs evidence' run "$dir/none.yaml" --out "$dir/c"
