#!/bin/sh
# test_check.sh  pgdp data check: what is said of tables holds, or its first fault is told with file and line.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

printf 'year,area,kind,x\n2031,A,part,1\n2031,A,part,2\n2031,A,total,3\n2032,A,part,4\n2032,A,total,4\n' >"$dir/t.csv"
printf 'area,year,x\nA,2031,3\nA,2032,4.0004\nB,2031,7\n' >"$dir/o.csv"

# rules CHECKS: of t.csv, with o.csv beside it
rules() {
    printf 'data:\n  t:\n    file: t.csv\n    checks:\n' >"$dir/rules.yaml"
    for check in "$@"; do printf '      - %s\n' "$check" >>"$dir/rules.yaml"; done
    printf '  o: {file: o.csv}\n' >>"$dir/rules.yaml"
}
holds() { rules "$1"; run 0 data check "$dir/rules.yaml"; }
# fault COUNT WORDS CHECK
fault() {
    rules "$3"
    run 3 data check "$dir/rules.yaml"
    out_has "$2"
    err_has "1 of 1 checks found faults"
    awk -v n="$1" 'NR == 2 { for (i = 1; i < NF; i++) if ($i == n && $(i + 1) ~ /t\.csv/) found = 1 } END { exit !found }' "$dir/out" ||
        { cat "$dir/out" >&2; die "$1 faults: $3"; }
}

holds '{rule: x > 0}'
fault 2 't.csv:5: expected x < 4' '{rule: x < 4}'
fault 1 't.csv:5: expected x < 4' '{rule: x < 4, where: kind == "part"}'
holds '{unique: [year, kind, x]}'
fault 1 't.csv:3: found 2031, part a second time, first in data row 1' '{unique: [year, kind]}'
holds '{complete: [year, x]}'
printf 'year,area,kind,x\n2031,A,part,\n2031,,total,3\n' >"$dir/missing.csv"
sed 's/file: t.csv/file: missing.csv/' "$dir/rules.yaml" >"$dir/missing.yaml"
run 3 data check "$dir/missing.yaml"
out_has 'missing.csv:2: found no x'
holds '{column: kind, one_of: [part, total]}'
fault 2 't.csv:4: found kind "total", which is not among those listed' '{column: kind, one_of: [part]}'
holds '{column: area, known: o.area}'
fault 2 't.csv:2: found x "1", which is not in x of' '{column: x, known: o.x, where: year == 2031 & kind == "part"}'
holds '{no_gaps: year, by: [area], where: kind == "total"}'
fault 3 'a second time' '{no_gaps: year, by: area}'
holds '{adds_up: x, parts: kind == "part", total: kind == "total", by: [year, area]}'
fault 1 't.csv:4: parts of 2031, A add up to 2, expected 3' '{adds_up: x, parts: kind == "part" & x != 1, total: kind == "total", by: [year, area]}'
fault 2 'parts without a total' '{adds_up: x, parts: kind == "part", total: kind == "sum", by: year}'
holds '{agrees: x, with: o.x, by: [area, year], tolerance: 0.001, where: kind == "total"}'
fault 1 't.csv:6: A, 2032: found 4, expected 4.0004' '{agrees: x, with: o.x, by: [area, year], where: kind == "total"}'

# several checks, as JSON
rules '{rule: x > 0}' '{rule: x > 1}'
run 3 data check "$dir/rules.yaml" --json
json "$dir/out"
out_has '"schema": "pgdp.data.check/1"'

# rules that are wrong themselves: where, found, expected
rules '{rul: x > 0}'; refuse 3 'expected one of rule, unique' data check "$dir/rules.yaml"
rules '{rule: x > 0, unique: x}'; refuse 3 'write two checks' data check "$dir/rules.yaml"
rules '{rule: x > 0, wher: y}'; refuse 3 'where' data check "$dir/rules.yaml"
rules '{rule: z > 0}'; refuse 3 'rules.yaml:5:10: rule' data check "$dir/rules.yaml"
rules '{unique: [yaer]}'; refuse 3 'meant year' data check "$dir/rules.yaml"
rules '{column: area, known: p.area}'; refuse 3 'no input "p"' data check "$dir/rules.yaml"
rules '{column: area, known: area}'; refuse 3 'INPUT.COLUMN' data check "$dir/rules.yaml"

# a study stops before it computes
sed -e "s#\.\./#$PWD/data/#g" -e 's/rule: employment >= 0/rule: employment > 1000/' data/studies/baseline.yaml >"$dir/study.yaml"
refuse 3 'expected employment > 1000' run "$dir/study.yaml" --out "$dir/run"
[ ! -e "$dir/run" ] || die "no run directory"
