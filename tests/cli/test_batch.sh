#!/bin/sh
# test_batch.sh  A batch file from the shell: plan, files, threads, models that fail, refusals; docs know every key.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

awk 'BEGIN {
    print "y,x,z1,z2,firm,year"
    for (i = 0; i < 600; i++) {
        x = ((i * 37) % 101) / 17; z = ((i * 53) % 89) / 13
        printf "%.6f,%.6f,%.6f,%.6f,%d,%d\n", x / 4 - z / 5 + ((i * 71) % 97) / 50, x, z, ((i * 29) % 83) / 11, i % 31, 2000 + i % 5
    }
}' >"$dir/panel.csv"
cat >"$dir/spec.yaml" <<END
name: from the shell
data: {file: panel.csv}
outcomes: [y, log(y + 9)]
focal: x
controls: {subsets: {of: [z1, z2]}}
samples: [{name: all}, {name: late, text: year > 2001}]
vcov: [cluster(firm)]
inference: {draws: 19, cluster: firm}
END
run 0 batch "$dir/spec.yaml" --plan
out_has "16 models in 2 groups"
out_has "19 draws"
out_has "s of one core"
run 0 batch "$dir/spec.yaml" --plan --json
json "$dir/out"
out_has '"pgdp.batch.plan/1"'
run 0 batch "$dir/spec.yaml" --out "$dir/one"
out_has "variance_share"
out_has "Stouffer's Z"
run 0 batch "$dir/spec.yaml" --out "$dir/two" --threads 2 --json
json "$dir/out"
for file in results.pgdp curve.csv summary.json; do
    same "$dir/one/$file" "$dir/two/$file"
done
same "$dir/out" "$dir/one/summary.json"
[ "$(wc -l <"$dir/one/curve.csv")" = 17 ] || die "16 results and a header in curve.csv"
run 0 batch "$dir/spec.yaml" --seed 5 --json
if cmp -s "$dir/out" "$dir/one/summary.json"; then die "another seed, other draws"; fi

# without a cluster rows are drawn, for covariances that take them to be independent
sed 's/cluster(firm)\]/HC1, iid]/; s/, cluster: firm//' "$dir/spec.yaml" >"$dir/rows.yaml"
run 0 batch "$dir/rows.yaml" --json
out_has '"p_stouffer_z"'
cp "$dir/out" "$dir/rows.json"
run 0 batch "$dir/rows.yaml" --json --threads 2
same "$dir/out" "$dir/rows.json"
sed 's/, cluster: firm//' "$dir/spec.yaml" >"$dir/mixed.yaml"
run 2 batch "$dir/mixed.yaml"
err_has "cluster(firm)"

# one line of the curve is what pgdp regress says
run 0 regress 'y ~ x + z1' --data "$dir/panel.csv" --vcov 'cluster(firm)' --subset 'year > 2001' --json
estimate=$(sed -n '/"term": "x"/,$p' "$dir/out" | number estimate /dev/stdin)
line=$(grep '^4,' "$dir/one/curve.csv" | cut -d, -f15)
close "$line" "$estimate" 1e-12 "the fourth model's estimate"

# a model that cannot be fitted is named, and the others are there
sed 's/\[{name: all}/[{name: nobody, text: year > 2100}, {name: all}/; /inference/d' "$dir/spec.yaml" >"$dir/fails.yaml"
run 1 batch "$dir/fails.yaml"
out_has "8 models failed"
out_has "nobody"

# a cache changes nothing but the time; an empty text is all rows
sed 's/file: panel.csv/file: panel.csv, cache: kept/; s/{name: all}, /"", /' "$dir/spec.yaml" >"$dir/cached.yaml"
for time in first second; do
    run 0 batch "$dir/cached.yaml" --out "$dir/$time"
    same "$dir/one/curve.csv" "$dir/$time/curve.csv"
done
[ -n "$(ls "$dir/kept")" ] || die "a table kept in the cache"

refuse 2 'which batch file' batch
refuse 5 'No such file' batch "$dir/none.yaml"
sed 's/focal: x/focal: xx/' "$dir/spec.yaml" >"$dir/bad.yaml"
refuse 2 'bad.yaml:4:1: focal' batch "$dir/bad.yaml"
sed 's/outcomes:/outcome:/' "$dir/spec.yaml" >"$dir/bad.yaml"
refuse 3 'did you mean "outcomes"' batch "$dir/bad.yaml"

run 0 batch data/studies/batch-example.yaml --plan
for key in $(awk '/known\[\] = {|of_data\[\] = {|focal\[\] = {/ { on = 1 } on { print } on && /};/ { on = 0 }' study/batch_spec.c |
    grep -o '"[a-z_]*"' | tr -d '"' | sort -u); do
    grep -q "\`$key\`\|\`$key:" docs/batch.md || [ "$key" = text ] || [ "$key" = file ] || die "the key $key in docs/batch.md"
done
