#!/bin/sh
# test_same_bytes.sh  Threads, locale and time zone change no byte of what a command prints; `run` is in test_run.sh.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
panel=tests/fixtures/cli/panel.csv gap=tests/fixtures/gap
printf 'day,x\n2024-03-30,1.5\n2024-03-31,2.25\n2024-04-01,0.125\n' >"$dir/days.csv"

# one command a line
cat >"$dir/commands" <<END
regress|gpt4_beta ~ gpt4_alpha + human_beta|--data|data/occupation_levels.csv|--vcov|HC3|--json
regress|y ~ x + i(g)|--data|$panel|--vcov|nw(lag=2)|--panel|year|--json
regress|gpt4_beta ~ human_beta|--data|data/occupation_levels.csv|--vcov|HC1
regress|I(gpt4_beta > 0.4) ~ human_alpha + human_zeta|--data|data/occupation_levels.csv|--method|logit|--lambda|0.5|--json
gap|run|--cells|$gap/golden_cells.csv|--new|$gap/golden_new.csv|--json
gap|run|--cells|$gap/golden_cells.csv|--new|$gap/golden_new.csv
data|show|$dir/days.csv|--json
data|show|data/series.csv|--json
data|show|data/occupations.csv
END
# all RESULT ARGUMENT...: what every command prints, one after the other
all() {
    result=$1; shift
    : >"$result"
    while IFS= read -r command; do
        (
            IFS='|'
            # shellcheck disable=SC2086
            set -- $command "$@"
            unset IFS
            run 0 "$@"
            cat "$dir/out" >>"$result"
        )
    done <"$dir/commands"
}
all "$dir/one" --threads 1
[ "$(grep -c '"schema"' "$dir/one")" = 6 ] || die "six answers in JSON"
all "$dir/again" --threads 1
same "$dir/one" "$dir/again"
export TZ=Asia/Kathmandu
all "$dir/two" --threads 2
same "$dir/one" "$dir/two"
export TZ=America/St_Johns LANG=tr_TR.UTF-8
comma_locale || echo "skip: no locale with a decimal comma here"
all "$dir/four" --threads 4
same "$dir/one" "$dir/four"

# --portable: one kernel and one set of functions, whatever the environment asks for
for kernel in Haswell Nehalem ""; do
    OPENBLAS_CORETYPE=$kernel run 0 regress 'gpt4_beta ~ exp(gpt4_alpha) + log(1 + human_zeta)' --data data/occupation_levels.csv \
        --vcov HC1 --json --portable
    out_has '"kernel": "Prescott"'
    [ -e "$dir/portable" ] || cp "$dir/out" "$dir/portable"
    same "$dir/out" "$dir/portable"
done
