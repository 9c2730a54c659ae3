#!/bin/sh
# test_run.sh  A study end to end: four files, the same bytes however it is run, verified, and never half of them.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
study=$dir/s.yaml files='log.txt manifest.json report.xlsx results.json'
sed -e "s|\.\./\.\./\.\./data/published.csv|published.csv|" -e "s|\.\./\.\./\.\./data/|$PWD/data/|" \
    tests/fixtures/cli/small.yaml >"$study"
cp data/published.csv "$dir/published.csv"
# beside the one of the fixture: a model for each value of a list, tests, and draws by the study's seed
sed -i '/id: gradient/a\
  - {id: bands, table: soc_measures, formula: gpt4_beta ~ human_beta, vcov: iid, method: quantile, settings: {tau: [0.25, 0.75]}, tests: human_beta = 0, margins: average}\
  - {id: drawn, table: soc_measures, formula: human_beta ~ log(annual_mean), vcov: bootstrap(B=60)}' "$study"
same_run() { for f in $files; do same "$1/$f" "$2/$f"; done; }

# the plan: nothing is computed or written
run 0 run "$study" --out "$dir/a" --dry-run
out_has "read     published      $dir/published.csv"
out_has "score    grade gpt4_automation, 1 penalties x 2 folds, 200 draws"
out_has "regress  gradient: ols, vcov cluster(major_group), gpt4_beta ~ log(annual_mean)"
out_has "regress  bands: quantile, vcov iid, gpt4_beta ~ human_beta, 2 models"
out_has "gap      200 draws, 4 scenarios, top-down"
out_has "write    $dir/a/manifest.json"
[ ! -e "$dir/a" ] || die "nothing written by --dry-run"

# one thread; then two and four, in other time zones and locales, one of them over an older run
run 0 run "$study" --out "$dir/a" --threads 1
out_has "workbook: $dir/a/report.xlsx"
[ ! -s "$dir/err" ] || die "nothing on standard error where no terminal is"
[ "$(ls "$dir/a" | tr '\n' ' ')" = "$files " ] || die "the four files and no other, found $(ls "$dir/a")"
[ ! -e "$dir/a.partial" ] || die "no staging directory left"
json "$dir/a/results.json"
json "$dir/a/manifest.json"
for words in '"table": "diagnostics"' '"table": "margins"' '"table": "side_by_side"' '"tau = 0.25"' '"tau = 0.75"' \
    '"bands (2)"' '"(4) drawn"'; do
    grep -qF -- "$words" "$dir/a/results.json" || die "$words in results.json"
done
case $(head -c 2 "$dir/a/report.xlsx") in PK) ;; *) die "a zip archive in report.xlsx" ;; esac
grep -q '^check FAILED' "$dir/a/log.txt" && die "every check passed in log.txt"
mkdir "$dir/b"
for f in $files 'my notes'; do echo old >"$dir/b/$f"; done
(
    comma_locale || echo "skip: no locale with a decimal comma here"
    export TZ=Asia/Tokyo
    run 0 run "$study" --out "$dir/b" --threads 2
)
same_run "$dir/a" "$dir/b"
[ "$(cat "$dir/b/my notes")" = old ] || die "the user's own file left alone"
export TZ=America/New_York
run 0 run "$study" --out "$dir/c/" --threads 4 --json
unset TZ
same_run "$dir/a" "$dir/c"
json "$dir/out"
out_has '"schema": "pgdp.run/1"'
out_has '"checks_failed": 0'
phi=$(number value "$dir/out")
grep -qF -- "$phi" "$dir/a/results.json" || die "the headline $phi in results.json"
run 0 run "$study" --out "$dir/d" --seed 7
cmp -s "$dir/a/results.json" "$dir/d/results.json" && die "other results with another seed"
for made in "a 20260818" "d 7"; do
    tr -d ' \n' <"$dir/${made% *}/results.json" | grep -qF "[\"drawn\",\"seed\",${made#* }]" || die "the bootstrap drawn by seed ${made#* }"
done
grep -q '"seed": 7$' "$dir/d/manifest.json" || die "the seed of the command in the manifest"

# verify: the same again, whoever asks
run 0 verify "$dir/d" --json
json "$dir/out"
out_has '"identical": true'
[ ! -e "$dir/d.verify" ] || die "no second run left behind"
# with a slash at the end, and moved away from where it was made
run 0 verify "$dir/d///"
[ "$(ls "$dir/d" | tr '\n' ' ')" = "$files " ] || die "nothing added by a verification"
mkdir "$dir/elsewhere"
mv "$dir/d" "$dir/elsewhere/e"
run 0 verify "$dir/elsewhere/e"
rm "$dir/elsewhere/e/log.txt"
refuse 5 "e/log.txt: opening failed: No such file" verify "$dir/elsewhere/e"
# the manifest names the study as it was given
program=$(realpath "$PGDP")
(cd "$dir" && "$program" run s.yaml --out f --quiet >/dev/null)
refuse 5 "$dir/f: its study is s.yaml, seen from the folder where it was run; verify it there" verify "$dir/f"
# one digit of one number, a byte of the workbook, the log
for f in results.json report.xlsx log.txt; do
    cp "$dir/a/$f" "$dir/kept"
    case $f in
    results.json) awk -v x="$phi" 'n == 0 && index($0, x) { n = sub(/[1-9]/, "0") } { print }' "$dir/kept" >"$dir/a/$f" ;;
    *) printf x >>"$dir/a/$f" ;;
    esac
    cmp -s "$dir/kept" "$dir/a/$f" && die "a change in $f"
    refuse 7 "$dir/a/$f was changed after the run" verify "$dir/a"
    cp "$dir/kept" "$dir/a/$f"
done
# even when the manifest's hash was made to fit
hash() { sha256sum "$1" | cut -d' ' -f1; }
cp "$dir/a/log.txt" "$dir/kept"
sed 's/923 occupations/932 occupations/' "$dir/kept" >"$dir/a/log.txt"
sed -i "s/$(hash "$dir/kept")/$(hash "$dir/a/log.txt")/" "$dir/a/manifest.json"
refuse 7 "$dir/a/log.txt:14: the run holds tasks: 19265 tasks, 2087 activities, 932 occupations, running it again gives" verify "$dir/a"
cp "$dir/b/log.txt" "$dir/b/manifest.json" "$dir/a"
# an input, the study, the manifest
sed '2s/,3,/,4,/' data/published.csv >"$dir/published.csv"
refuse 7 "input published ($dir/published.csv) has changed since the run" verify "$dir/a"
cp data/published.csv "$dir/published.csv"
echo "# a remark" >>"$study"
refuse 7 "s.yaml has changed since the run" verify "$dir/a"
sed -i '$d' "$study"
head -c 1000 "$dir/b/manifest.json" >"$dir/a/manifest.json"
refuse 3 "manifest.json:" verify "$dir/a"
echo '{"schema": "pgdp.run/1"}' >"$dir/a/manifest.json"
refuse 3 "found no whole manifest of schema pgdp.manifest/1" verify "$dir/a"
rm "$dir/a/manifest.json"
refuse 3 "$dir/a is no finished run" verify "$dir/a"
refuse 3 "$dir/nowhere is no finished run" verify "$dir/nowhere"

# a run that is killed at any moment leaves the older run whole, or no manifest; the next run clears up after it
for moment in 0.4 2; do
    "$PGDP" run "$study" --out "$dir/b" --seed 99 >/dev/null 2>&1 &
    sleep $moment
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    if [ -e "$dir/b/manifest.json" ]; then
        for f in log.txt report.xlsx results.json; do
            grep -qF "$(hash "$dir/b/$f")" "$dir/b/manifest.json" || die "a manifest that fits $f after a kill"
        done
    fi
done
"$PGDP" run "$study" --out "$dir/b" --seed 99 >/dev/null 2>&1 &
sleep 0.4
kill -TERM $!
code=0
wait $! || code=$?
[ "$code" = 143 ] || die "exit code 143 after SIGTERM, found $code"
run 0 run "$study" --out "$dir/b"
same_run "$dir/b" "$dir/c"
[ ! -e "$dir/b.partial" ] || die "the killed run's staging directory cleared up"
