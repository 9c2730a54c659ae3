# sides.sh  What run.sh's rows may call: sizes, data, names of terms; and how one side of a row is run.
# SPDX-License-Identifier: GPL-3.0-or-later
size() { if [ "$phase" = full ]; then echo "$2"; else echo "$1"; fi; } # QUICK FULL
names() { seq -s ' ' "$1" "$2" | sed 's/[0-9]\{1,\}/x&/g'; }           # 1 3: x1 x2 x3
terms() { names "$@" | sed 's/ / + /g'; }                              # 1 3: x1 + x2 + x3
data() { # KIND ROWS TERMS GROUPS raw|csv: the path; made when it is not there
    path=$PWD/build/bench-data/$1-$2-$3-$4.$5
    if [ ! -e "$path.done" ]; then
        mkdir -p "$PWD/build/bench-data"
        [ "$5" = csv ] || mkdir -p "$path"
        "$B/bench/generate" "$1" "$2" "$3" "$4" "$5" "$path"
        touch "$path.done"
    fi
    echo "$path"
}
# ROW SIDE RUN DIRECTORY: once. Its output goes to DIRECTORY/SIDE; prints side, run, wall, user and system seconds, KiB,
# status, seconds of the work alone (or -), and how many times the sampled work the whole is.
run_side() {
    side=$2 run=$3 directory=$4 file=
    [ "$side" = pgdp ] || file=$(ls bench/rows/"${script:-$1}.$side".* 2>/dev/null || true)
    case $side:$file in
    pgdp:*) eval "set -- $pgdp" ;;
    *.R) set -- Rscript bench/peer.R "$file" ;;
    *.py) set -- /usr/bin/python3 "$file" ;;
    *.inp) set -- gretlcli -b -t "$PWD/$file" ;;
    *) echo "no bench/rows/${script:-$1}.$side.*" >&2 && return 1 ;;
    esac
    line=$("$B/bench/timed" "$directory/$side" "$@" 2>"$directory/$side.err")
    printf '%s\t%s\t%s\t' "$side" "$run" "$line"
    awk -F'\t' '$1 == "time" { t = $2 } $1 == "sampled" { f = $3 / $2 }
        END { print (t == "" ? "-" : t) "\t" (f ? f : 1) }' "$directory/$side"
}
