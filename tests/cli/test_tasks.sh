#!/bin/sh
# test_tasks.sh  pgdp tasks agree and monitor through the program: published numbers, files, refusals.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
grades=tests/fixtures/tasks/krippendorff.csv study=data/studies/baseline.yaml

# Krippendorff (2011), section C: alpha .743 nominal, .815 ordinal, .849 interval
for pair in nominal:0.743 ordinal:0.815 interval:0.849; do
    run 0 tasks agree $grades --task unit --grader observer --grade value --scale "${pair%%:*}" --draws 0 --json
    json "$dir/out"
    out_has '"schema": "pgdp.tasks.agree/1"'
    awk '/"krippendorff_alpha"/ { at = 1 } at && /"estimate"/' "$dir/out" | head -n 1 >"$dir/alpha"
    close "$(number estimate "$dir/alpha")" "${pair#*:}" 0.0005 "alpha of ${pair%%:*}"
done

# the labels as a file, whole or not at all
run 0 tasks agree $grades --task unit --grader observer --grade value --levels 1,2,3,4,5 --draws 50 --labels "$dir/labels.csv"
out_has gwet_ac
[ "$(head -n 1 "$dir/labels.csv")" = task,n,majority,label,p_1,p_2,p_3,p_4,p_5 ] || die "the header of labels.csv"
[ "$(wc -l <"$dir/labels.csv")" = 13 ] || die "twelve tasks in labels.csv"
run 5 tasks agree $grades --task unit --grader observer --grade value --labels "$dir/none/labels.csv"

refuse 2 "which table of grades" tasks agree
refuse 2 "--scale takes nominal" tasks agree $grades --scale ratio
refuse 2 "--draws takes" tasks agree $grades --draws many
refuse 2 "found no column task_id" tasks agree $grades
refuse 3 'column value: found "5", expected a level' tasks agree $grades --task unit --grader observer --grade value --levels 1,2,3,4

refuse 2 "which study file" tasks score
refuse 2 'did you mean "hierarchical"' tasks score $study --model heirarchical
refuse 2 'did you mean "fractional"' tasks score $study --rivals fracional

# one activity of tier 4, one of tier 2
cat >"$dir/evidence.csv" <<'END'
dwa_id,tier,class,url,date
4.A.1.a.1.I03.D01,4,mixed,https://example.org/1,2026-05-29
4.A.2.a.4.I10.D02,2,augmentation,https://example.org/2,2026-05-30
END
run 0 tasks monitor $study --evidence "$dir/evidence.csv" --json
json "$dir/out"
out_has '"schema": "pgdp.tasks.monitor/1"'
close "$(number of "$dir/out")" 2087 0 "activities of the release"
close "$(number n "$dir/out")" 1 0 "activities of tier 4 and above"
run 0 tasks monitor $study --evidence "$dir/evidence.csv" --tier 2
out_has "tier 2 (adversarial AI evaluation) or above"
refuse 2 "which table of evidence" tasks monitor $study
refuse 2 "--tier takes a number from 0 to 6" tasks monitor $study --evidence "$dir/evidence.csv" --tier 7
sed 's/I03.D01/I99.D01/' "$dir/evidence.csv" >"$dir/unknown.csv"
refuse 3 'row 1, column dwa_id: found "4.A.1.a.1.I99.D01"' tasks monitor $study --evidence "$dir/unknown.csv"

# crosswalks: SOC 2010 to 2018 by employment and back, no head lost; releases are not mixed
printf 'soc,heads,score\n11-2031,100,0.4\n13-2051,70,0.1\n99-0000,3,1\n' >"$dir/jobs.csv"
run 0 tasks crosswalk "$dir/jobs.csv" --by data/soc_2010_2018.csv --amounts heads --employment data/oews.csv --csv "$dir/moved.csv" --json
json "$dir/out"
out_has '"schema": "pgdp.tasks.measure/1"'
close "$(number before "$dir/out")" 173 0 "heads before"
close "$(number after "$dir/out")" 170 0 "heads after"
close "$(number unmatched "$dir/out")" 3 0 "heads of codes without a partner"
out_has '"99-0000"'
[ "$(head -n 1 "$dir/moved.csv")" = code,title,n_from,heads,score ] || die "the header of moved.csv"
grep -q '^11-2033,Fundraising Managers,1,[0-9.]*,0.4$' "$dir/moved.csv" || die "Fundraising Managers in moved.csv"
run 0 tasks crosswalk "$dir/moved.csv" --by data/soc_2010_2018.csv --from soc_2018_code --amounts heads --json
close "$(number after "$dir/out")" 170 0 "heads back again"
printf '11-2033,5,0.2\n' >>"$dir/jobs.csv"
refuse 3 'row 4, column soc: found 11-2033, a code of "soc_2018_code" among codes of "soc_2010_code"' tasks crosswalk "$dir/jobs.csv" --by data/soc_2010_2018.csv
refuse 2 "which crosswalk" tasks crosswalk "$dir/jobs.csv"
refuse 2 "not both" tasks crosswalk "$dir/jobs.csv" --by data/soc_2010_2018.csv --shares x --employment data/oews.csv
refuse 2 'found no column "jobs"' tasks crosswalk "$dir/jobs.csv" --by data/soc_2010_2018.csv --amounts jobs

# a column a grader: agreement of GPT-4 and people as published (.6564, Pearson .5908)
run 0 tasks agree data/tasks.csv --graders human_exposure,gpt4_exposure --levels E0,E2,E1 --draws 0 --json
awk '/"agreement": /' "$dir/out" | head -n 1 >"$dir/pair"
close "$(number agreement "$dir/pair")" 0.6564 0.00005 "agreement of people and GPT-4"
