# lib.sh  What the tests of the program share; `. tests/cli/lib.sh` from the repository's root, PGDP naming the program.
# SPDX-License-Identifier: GPL-3.0-or-later
: "${PGDP:=build/pgdp}"
[ -x "$PGDP" ] || { echo "no program at $PGDP: run make first" >&2; exit 1; }
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
export LC_ALL=C

die() { echo "expected $*" >&2; exit 1; }

# run CODE ARGUMENT...: the program must end with CODE; its words are in $dir/out and $dir/err
run() {
    run_want=$1 run_code=0; shift
    "$PGDP" "$@" >"$dir/out" 2>"$dir/err" || run_code=$?
    [ "$run_code" = "$run_want" ] && return 0
    cat "$dir/out" "$dir/err" >&2
    die "exit code $run_want, found $run_code: pgdp $*"
}

# refuse CODE WORDS ARGUMENT...: nothing on standard output, and one sentence on standard error that holds WORDS
refuse() {
    refuse_code=$1 refuse_words=$2; shift 2
    run "$refuse_code" "$@"
    [ ! -s "$dir/out" ] || die "nothing on standard output: pgdp $*"
    [ "$(grep -vc "^try 'pgdp" "$dir/err")" = 1 ] || { cat "$dir/err" >&2; die "one sentence: pgdp $*"; }
    grep -qF -- "$refuse_words" "$dir/err" || { cat "$dir/err" >&2; die "the words \"$refuse_words\": pgdp $*"; }
}

# out_has WORDS: standard output of the last run holds them
out_has() { grep -qF -- "$1" "$dir/out" || { cat "$dir/out" >&2; die "\"$1\" on standard output"; }; }

# err_has WORDS: standard error of the last run holds them
err_has() { grep -qF -- "$1" "$dir/err" || { cat "$dir/err" >&2; die "\"$1\" on standard error"; }; }

# same FILE FILE: byte by byte
same() { cmp "$1" "$2" >&2 || die "the same bytes in $1 and $2"; }

# json FILE: it must be valid JSON, where python3 is here to judge
json() {
    if command -v python3 >/dev/null; then python3 -m json.tool "$1" >/dev/null || die "valid JSON in $1"; fi
}

# number KEY FILE: value of the first "KEY": in a JSON file
number() { sed -n "s/^ *\"$1\": \([^,]*\),\{0,1\}\$/\1/p" "$2" | head -n 1; }

# close VALUE WANT TOLERANCE WHAT
close() {
    awk -v x="$1" -v y="$2" -v t="$3" 'BEGIN { d = x - y; exit !(x != "" && (d < 0 ? -d : d) <= t) }' ||
        die "$4 = $2 within $3, found \"$1\""
}

# comma_locale: work in a locale whose decimal mark is a comma, made in $dir when none is installed; false: there is none
comma_locale() {
    if ! locale -a 2>/dev/null | grep -qi '^de_DE.utf-\{0,1\}8$'; then
        localedef -i de_DE -f UTF-8 "$dir/de_DE.UTF-8" >/dev/null 2>&1 || [ -d "$dir/de_DE.UTF-8" ] || return 1
        export LOCPATH="$dir"
    fi
    export LC_ALL=de_DE.UTF-8
}
