#!/bin/sh
# test_help.sh  Every command explains itself, and what is misspelt is answered with what is near.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

run 0 --help
cp "$dir/out" "$dir/help"
# X(data_show) of the list is the command "data show"
commands=$(tr -d '\\\n' <cli/cli.h | grep -o ' X([a-z_]*)' | sed -n 's/^ X(\(.*\))$/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 9 ] || die "nine commands or more in cli/cli.h, found: $commands"
[ "$(sed -n '/^commands/,/^$/p' "$dir/help" | grep -c '^  [a-z]')" = "$(echo "$commands" | wc -w)" ] ||
    die "in --help a line for every command of cli/cli.h and no other: $commands"
for c in $commands; do
    grep -q "^  $(echo "$c" | tr _ ' ') " "$dir/help" || die "pgdp $(echo "$c" | tr _ ' ') in --help"
done

for c in $commands; do
    words=$(echo "$c" | tr _ ' ')
    # shellcheck disable=SC2086
    run 0 $words --help
    [ ! -s "$dir/err" ] || die "nothing on standard error: pgdp $words --help"
    head -n 1 "$dir/out" | grep -q "^pgdp $words" || die "an example first: pgdp $words --help"
    awk 'length > 120 { exit 1 }' "$dir/out" || die "lines of 120 characters at most: pgdp $words --help"
    cp "$dir/out" "$dir/long"
    # shellcheck disable=SC2086
    run 0 $words -h
    same "$dir/out" "$dir/long"
    for flag in $(grep -o '^  --[a-z-]*' "$dir/long"); do
        grep -q "Fl -${flag#--}" docs/man/pgdp.1 || die "$flag of pgdp $words in docs/man/pgdp.1"
    done
    grep -qx ".Ss pgdp $words" docs/man/pgdp.1 || die "pgdp $words in docs/man/pgdp.1"
    # shellcheck disable=SC2086
    refuse 2 "no flag \"--jsn\"; did you mean --json?" $words --jsn
    # shellcheck disable=SC2086
    refuse 2 "--threads takes a whole number from 1 to 1024, found \"0\"" $words --threads 0
    # shellcheck disable=SC2086
    refuse 2 "--seed takes a whole number" $words --seed 1.5
    # shellcheck disable=SC2086
    refuse 2 "--threads needs a value" $words --threads
    # shellcheck disable=SC2086
    refuse 2 "--json takes no value" $words --json=yes
    # shellcheck disable=SC2086
    case $c in data_import | data_fetch | data_search | data_series | data_diff | data_freeze) ;; # any number of names
    *) refuse 2 "one argument too many" $words a b c ;; esac
done

run 0 help
same "$dir/out" "$dir/help"
run 2
same "$dir/out" "$dir/help"
refuse_command() {
    run 2 "$@"
    [ ! -s "$dir/out" ] || die "nothing on standard output: pgdp $*"
}
refuse_command regres 'y ~ x'
grep -q 'no command "regres"; did you mean "regress"?' "$dir/err" || die "regress suggested"
refuse_command gap rum
grep -q 'no command "gap rum"; did you mean "gap run"?' "$dir/err" || die "gap run suggested"
refuse_command frobnicate
grep -q "'pgdp --help' lists the commands" "$dir/err" || die "a way to the list of commands"
run 0 data --help
out_has "pgdp data show"
out_has "pgdp data compile"

run 0 --version
version=$(cat "$dir/out")
run 0 version
head -n 1 "$dir/out" | grep -qxF "$version" || die "the same version from --version and version"
grep -q OpenBLAS "$dir/out" || die "OpenBLAS among the libraries"
run 0 version --json
json "$dir/out"
out_has '"schema":"pgdp.version/1"'
run 0 doctor
[ "$(grep -c '^ok ' "$dir/out")" -ge 5 ] || die "five self-tests or more that pass"
run 0 doctor --json
json "$dir/out"
out_has '"schema": "pgdp.doctor/1"'

if [ -c /dev/full ]; then
    for words in --help version 'run --help' --version 'data show data/oews.csv' 'doctor --json'; do
        code=0
        # shellcheck disable=SC2086
        "$PGDP" $words >/dev/full 2>"$dir/err" || code=$?
        [ "$code" = 5 ] || die "exit code 5 when standard output is full, found $code: pgdp $words"
        [ -s "$dir/err" ] || die "a sentence when standard output is full: pgdp $words"
    done
fi
