#!/bin/sh
# ranks.sh  What each of several ranks pays, one thread a rank: user seconds and MB read, least of three runs of each work
# and number of ranks, and whether the bytes are those of one process. `PGDP=build/release-mpi/pgdp sh bench/ranks.sh`
# prints the table of docs/mpi.md. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/mpi/lib.sh
table() { # ROWS REGRESSORS
    awk -v n="$1" -v k="$2" 'BEGIN { srand(7); printf "y"; for (j = 0; j < k; j++) printf ",x%d", j; print ""
        for (i = 0; i < n; i++) { s = rand(); line = ""
            for (j = 0; j < k; j++) { x = rand(); s += x / (j + 1); line = line sprintf(",%.6f", x) } print s line } }'
}
batch() { # NAME, more of the file on standard input
    { printf 'name: %s\ndata: {file: m.csv}\noutcomes: [y]\nfocal: [x0, x1]\n' "$1"; cat; } >"$dir/$1.yaml"
}
table 20000 12 >"$dir/m.csv"
table 2000000 4 >"$dir/d.csv"
run 0 data convert "$dir/d.csv" "$dir/d.pgdp"
batch by_row <<'END'
controls: {subsets: {of: [x2, x3, x4, x5, x6, x7, x8, x9], min: 0, max: 4}}
samples: ["", "x11 > 0.5"]
vcov: [HC2]
END
batch row_draws <<'END'
controls: {subsets: {of: [x2, x3, x4, x5, x6], min: 0, max: 5}}
vcov: [HC1]
inference: {draws: 200}
END
cat >"$dir/rank" <<'END'
#!/bin/sh
"$@" || exit
awk -v t="$(awk '{ print ($16 + 0) }' /proc/$$/stat)" -v hz="$(getconf CLK_TCK)" -v r="$OMPI_COMM_WORLD_RANK" \
    '$1 == "rchar:" { printf "%d %.2f %.0f\n", r, t / hz, $2 / 1e6 }' /proc/$$/io >&2
END
chmod +x "$dir/rank"

# work NAME ARGUMENT...: output of one process, then ranks
work() {
    name=$1; shift
    run 0 "$@" --threads 1; mv "$dir/out" "$dir/one"
    for n in 1 2 4; do
        for try in 1 2 3; do
            mpirun -q -n $n "$dir/rank" "$PGDP" "$@" --threads 1 >"$dir/out" 2>>"$dir/ranks"
            same "$dir/one" "$dir/out"
        done
        sort -k1,1n -k2,2n "$dir/ranks" | awk -v name="$name" -v n=$n 'BEGIN { last = "none" }
            $1 != last { last = $1; s = s sep $2; b = b sep $3; sep = ", " }
            END { printf "| %s | %d | %s | %s |\n", name, n, s, b }'
        rm "$dir/ranks"
    done
}
echo "| work | ranks | user s of each | MB read of each |"
echo "|---|---|---|---|"
work '652 HC2 models by rows' batch "$dir/by_row.yaml" --json
work '200 row draws of 64 HC1 models' batch "$dir/row_draws.yaml" --json
work '110 quantile regressions' regress 'y ~ x0 + csw(x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11)' --data "$dir/m.csv" \
    --method quantile --tau 0.05,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9 --vcov HC1 --csv
work '2e6 rows, --stream, HC1' regress 'y ~ x0 + x1 + x2 + x3' --data "$dir/d.pgdp" --vcov HC1 --stream --json
