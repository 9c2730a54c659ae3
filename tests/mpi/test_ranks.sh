#!/bin/sh
# test_ranks.sh  One, two, three and four ranks give the bytes of one process; one that fails or dies ends all, and
# nothing is half-written. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/mpi/lib.sh
program=${PGDP%/pgdp}/tests/mpi/test_ranks
[ -x "$program" ] || die "the program $program, which make check-mpi builds"
for n in 1 2 3 4; do
    timeout 60 mpirun -q -n $n "$program" >"$dir/out" 2>&1 || { cat "$dir/out" >&2; die "$program to pass on $n ranks"; }
done

# covariances: the same bytes, printed once
table 400 >"$dir/t.csv"
n=2
for vcov in 'bootstrap(B=150)' 'bootstrap(g, B=99)' 'bootstrap(B=70, kind=residual)' 'wild(g, B=999)' 'jackknife(g)' \
    'ri(treatment=w, B=199)' HC1; do
    run 0 regress 'y ~ x + z + w' --data "$dir/t.csv" --vcov "$vcov" --json --threads 1
    mv "$dir/out" "$dir/one"
    ranks $n 0 regress 'y ~ x + z + w' --data "$dir/t.csv" --vcov "$vcov" --json
    same "$dir/one" "$dir/out"
    [ ! -s "$dir/err" ] || { cat "$dir/err" >&2; die "nothing on standard error"; }
    n=$((n % 4 + 1)) # 2, 3, 4, 1, 2, 3, 4
done
run 0 regress 'w ~ x + z' --method logit --data "$dir/t.csv" --vcov 'bootstrap(B=59)' --json # refits
mv "$dir/out" "$dir/one"
ranks 4 0 regress 'w ~ x + z' --method logit --data "$dir/t.csv" --vcov 'bootstrap(B=59)' --json
same "$dir/one" "$dir/out"

# many models: lists, settings, a split, some that fail: numbers, sentences and codes are those of one process
table 3000 | awk -F, 'BEGIN { OFS = "," } { print $0, NR == 1 ? "c" : substr("abc", NR % 3 + 1, 1), NR == 1 ? "m" : NR % 9 ? NR % 5 : "" }' \
    >"$dir/many.csv"
# models CODE ARGUMENT...
models() {
    want=$1; shift
    run "$want" regress "$@" --data "$dir/many.csv" --threads 1
    mv "$dir/out" "$dir/one"; mv "$dir/err" "$dir/one.err"
    ranks $n "$want" regress "$@" --data "$dir/many.csv"
    same "$dir/one" "$dir/out"
    same "$dir/one.err" "$dir/err"
    n=$((n % 4 + 1))
}
n=2
models 1 'c(y, w) ~ x + sw0(z, nope, i(c), z + m + I(2 * z))' --vcov HC2 --json
models 0 'y ~ x + z' --fsplit c --vcov 'cluster(g)' --diagnostics all
models 0 'y ~ x + csw(z, m)' --method quantile --tau 0.2,0.5,0.8 --vcov HC1 --tex
models 0 'w ~ x + z' --method logit --split m --vcov iid --margins average --csv
models 0 'y ~ x + csw(z, m, w)' --vcov 'bootstrap(g, B=99)' --json
models 2 'y ~ x' --split nope --vcov HC1
run 0 regress 'y ~ x + sw(z, m)' --data "$dir/many.csv" --vcov HC1 --rows "$dir/one.csv"
ranks 2 0 regress 'y ~ x + sw(z, m)' --data "$dir/many.csv" --vcov HC1 --rows "$dir/two.csv"
same "$dir/one.csv" "$dir/two.csv"
sed 's/,a,/,d,/;2s/,[a-d],/,a,/' "$dir/many.csv" >"$dir/other.csv" # a level more
DIR=$dir timeout 60 mpirun -q -n 3 -x DIR sh -c '[ $OMPI_COMM_WORLD_RANK = 2 ] && f=other || f=many
    exec "$0" regress "y ~ x" --split c --vcov HC1 --data $DIR/$f.csv' "$PGDP" >"$dir/out" 2>"$dir/err" &&
    die "failure when a rank sees other models"
grep -q 'rank 0 came to deal out work (3 items.*they do not see the same inputs' "$dir/err" || { cat "$dir/err" >&2; die "what ranks came to"; }
[ ! -s "$dir/out" ] || die "nothing on standard output"

# standard input is the first rank's and reaches all; files are written once
run 0 regress 'y ~ x' --data "$dir/t.csv" --vcov HC1
mv "$dir/out" "$dir/one"
timeout 60 mpirun -q -n 3 "$PGDP" regress 'y ~ x' --data - --vcov HC1 <"$dir/t.csv" >"$dir/out"
same "$dir/one" "$dir/out"

run 0 regress 'y ~ x' --data "$dir/t.csv" --vcov HC1 --rows "$dir/one.csv" --xlsx "$dir/one.xlsx"
mkdir "$dir/written"
ranks 3 0 regress 'y ~ x' --data "$dir/t.csv" --vcov HC1 --rows "$dir/written/f.csv" --xlsx "$dir/written/f.xlsx"
same "$dir/one.csv" "$dir/written/f.csv"
same "$dir/one.xlsx" "$dir/written/f.xlsx"
[ "$(ls -A "$dir/written" | wc -l)" = 2 ] || die "two files, found $(ls -A "$dir/written")"

# failures: one sentence, the code of one process, no file
for n in 1 3; do
    ranks $n 2 regress 'y ~ nope' --data "$dir/t.csv" --vcov HC1
    [ "$(grep -c 'found "nope", expected a column' "$dir/err")" = 1 ] || die "one sentence on $n ranks"
    [ ! -s "$dir/out" ] || die "nothing on standard output"
    ranks $n 5 regress 'y ~ x' --data "$dir/nowhere.csv" --vcov HC1
    [ "$(grep -c 'nowhere.csv: opening failed' "$dir/err")" = 1 ] || die "one sentence on $n ranks"
done

# a study: four files, the same bytes
study=$dir/s.yaml files='log.txt manifest.json report.xlsx results.json'
sed -e "s|\.\./\.\./\.\./data/|$PWD/data/|" tests/fixtures/cli/small.yaml >"$study"
run 0 run "$study" --out "$dir/a"
sed "s|$dir/a|$dir/b|g" "$dir/out" >"$dir/one"
ranks 4 0 run "$study" --out "$dir/b"
same "$dir/one" "$dir/out"
for f in $files; do same "$dir/a/$f" "$dir/b/$f"; done
[ "$(ls -A "$dir/b" | tr '\n' ' ')" = "$files " ] || die "the four files and no other, found $(ls -A "$dir/b")"
rm -rf "$dir/b"

# a batch, and blocks of a columnar file
table 3000 >"$dir/panel.csv"
cat >"$dir/spec.yaml" <<END
name: ranks
data: {file: panel.csv}
outcomes: [y, log(y + 9)]
focal: x
controls: {subsets: {of: [z, w]}}
vcov: [cluster(g)]
inference: {draws: 19, cluster: g}
END
run 0 batch "$dir/spec.yaml" --out "$dir/one.d" --json
mv "$dir/out" "$dir/one"
ranks 3 0 batch "$dir/spec.yaml" --out "$dir/three.d" --json
same "$dir/one" "$dir/out"
for f in results.pgdp curve.csv summary.json; do same "$dir/one.d/$f" "$dir/three.d/$f"; done
# models by rows, each with a row of results or a reason; draws of rows
sed -i 's/^focal: x/focal: [x, w]/; /^inference/d; s/^vcov.*/vcov: [HC2, "bootstrap(B=19)", cluster(m), arellano]/; s/panel.csv/many.csv/; s/\[z, w\]/[z, m, "i(c)"]/' "$dir/spec.yaml"
sed '/^inference/d; s/^vcov.*/vcov: [HC1, iid]\ninference: {draws: 19}/' "$dir/spec.yaml" >"$dir/draws.yaml"
for of in 'spec 1 2' 'spec 1 4' 'draws 0 3' 'draws 0 4'; do
    set -- $of
    rm -rf "$dir/one.d" "$dir/many.d"
    run $2 batch "$dir/$1.yaml" --out "$dir/one.d" --json --threads 2
    mv "$dir/out" "$dir/one"
    ranks $3 $2 batch "$dir/$1.yaml" --out "$dir/many.d" --json
    same "$dir/one" "$dir/out"
    for f in results.pgdp curve.csv summary.json; do same "$dir/one.d/$f" "$dir/many.d/$f"; done
    [ ! -e "$dir/many.d.groups" ] && [ ! -e "$dir/many.d.partial" ] || die "no directory of the run left"
done

# --stream: each rank reads its share of the file's bytes, once a pass
{ echo y,x,z,w,g; awk 'BEGIN { for (i = 0; i < 70000; i++) print "1,2,,0,1" }'; table 400000 | sed 1d; } >"$dir/d.csv"
run 0 data convert "$dir/d.csv" "$dir/d.pgdp"
cat >"$dir/reads" <<'END'
#!/bin/sh
"$@" && awk '$1 == "rchar:" { printf "%.0f\n", $2 / 1e5 }' /proc/$$/io >&2
END
chmod +x "$dir/reads"
for of in 'iid 2' 'HC1 3' 'cluster(g) 4'; do
    set -- $of
    run 0 regress 'y ~ x + z + w' --data "$dir/d.pgdp" --vcov "$1" --stream --json --threads 1
    mv "$dir/out" "$dir/one"
    timeout 60 mpirun -q -n "$2" "$dir/reads" "$PGDP" regress 'y ~ x + z + w' --data "$dir/d.pgdp" --vcov "$1" --stream --json \
        >"$dir/out" 2>"$dir/ranks"
    same "$dir/one" "$dir/out"
    [ -r /proc/self/io ] || continue
    "$dir/reads" "$PGDP" regress 'y ~ x + z + w' --data "$dir/d.pgdp" --vcov "$1" --stream --json >"$dir/out" 2>"$dir/err"
    awk -v n="$2" 'NR == FNR { all = $1; next } $1 > 1.25 * all / n + 30 { exit 1 }' "$dir/err" "$dir/ranks" ||
        die "a share of $(cat "$dir/err") read by each rank, found $(tr '\n' ' ' <"$dir/ranks")(100 kB)"
done
ranks 2 4 regress 'y ~ x + z' --data "$dir/d.pgdp" --vcov HC1 --stream --subset 'x > 5'

# kill_one SIGNAL COMMAND...: start three ranks, kill the last of them; all must end, with a word and no success
kill_one() {
    signal=$1; shift
    timeout 60 mpirun -n 3 "$PGDP" "$@" >"$dir/out" 2>"$dir/err" &
    starter=$! last=
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        last=$(ps -e -o pid= -o args= | awk -v p="$PGDP" -v d="$dir" '$2 == p && index($0, d) { pid[++n] = $1 } END { if (n == 3) print pid[3] }')
        [ -z "$last" ] || break
        sleep 0.2
    done
    [ -n "$last" ] || die "three ranks to start"
    sleep 1
    kill -"$signal" "$last" || { cat "$dir/err"; die "rank $last to be at work still"; }
    code=0
    wait $starter || code=$?
    [ "$code" != 0 ] && [ "$code" != 124 ] || die "all ranks to end without success, found $code"
    [ -s "$dir/err" ] || die "a sentence on standard error"
}
table 20000 >"$dir/long.csv"
mkdir "$dir/outputs"
for signal in KILL TERM; do
    kill_one $signal regress 'y ~ x + z + w' --data "$dir/long.csv" --vcov 'bootstrap(B=1000000)' \
        --rows "$dir/outputs/rows.csv" --xlsx "$dir/outputs/book.xlsx"
    [ -z "$(ls -A "$dir/outputs")" ] || die "no file left, found $(ls -A "$dir/outputs")"
    [ ! -s "$dir/out" ] || die "nothing on standard output"
done
grep -q 'stopped before the end' "$dir/err" || { cat "$dir/err" >&2; die "the sentence of a stop"; }
sed -i '/bootstrap/s/B=19/B=1000000/' "$dir/spec.yaml"
rm -rf "$dir/many.d"
kill_one KILL batch "$dir/spec.yaml" --out "$dir/many.d"
[ ! -e "$dir/many.d" ] && [ ! -e "$dir/many.d.partial" ] || die "no results, whole or half"
sed -i '/id: gradient/a\
  - {id: drawn, table: soc_measures, formula: human_beta ~ log(annual_mean), vcov: bootstrap(B=1000000)}' "$study"
kill_one KILL run "$study" --out "$dir/b"
[ ! -e "$dir/b" ] && [ ! -e "$dir/b.partial" ] || die "no run directory, whole or half"
