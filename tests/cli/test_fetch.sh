#!/bin/sh
# test_fetch.sh  pgdp data fetch without any server: mistakes are told before a request, offline is the store alone.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh
db="$dir/facts.db"
unset FRED_API_KEY BLS_API_KEY BEA_API_KEY CENSUS_API_KEY ONET_API_KEY 2>/dev/null || :

refuse 2 'what of which provider? such as fred:GDP' data fetch --store "$db"
refuse 2 'which store?' data fetch fred:GDP
refuse 2 'into which folder?' data fetch --baseline
refuse 2 '--baseline is a list of its own; leave out "fred:GDP"' data fetch fred:GDP --baseline --into "$dir/down"
refuse 2 'answers nobody without a key' data fetch fred:GDP --store "$db"
refuse 2 'there is no provider "ferd"; did you mean fred' data fetch ferd:GDP --store "$db"
refuse 2 'expected all, or a day such as 2031-02-28' data fetch fred:GDP --store "$db" --vintages soon
refuse 2 'keeps no vintages' data fetch bls:CES0000000001 --store "$db" --from 2020 --vintages all
refuse 2 'a key does not belong here' data fetch 'census:2022/acs/acs1?get=NAME&for=us:*&key=secret' --store "$db"
refuse 2 'has not come yet' data fetch bls:CES0000000001 --store "$db" --from 2030 --retrieved 2026-01-01
[ ! -e "$db" ] || die "no store after a mistake"

# a key that others can read, and one that is none
printf 'key\n' >"$dir/key"
chmod 644 "$dir/key"
refuse 3 'every user of this machine can read' data fetch fred:GDP --store "$db" --key-file "$dir/key"
chmod 600 "$dir/key"
printf 'two words\n' >"$dir/key"
refuse 3 'expected a key alone' data fetch fred:GDP --store "$db" --key-file "$dir/key"

# offline: what was imported by hand is as good
refuse 5 'opening failed' data fetch fred:GDP --store "$db" --offline
printf 'observation_date,GDP\n2025-01-01,10\n2025-04-01,11\n' >"$dir/GDP.csv"
run 0 data import "$dir/GDP.csv" --store "$db" --retrieved 2025-07-30
run 0 data fetch fred:GDP --store "$db" --offline --from 2025Q1 --json
json "$dir/out"
out_has '"remark": "the store has 2025Q1 to 2025Q2"'
refuse 2 'fred:GDP: the store has 2025Q1 to 2025Q2; fetch it without --offline' \
    data fetch fred:GDP --store "$db" --offline --from 2024
refuse 2 'fred:CPIAUCSL: the store does not have it' data fetch fred:CPIAUCSL --store "$db" --offline
refuse 2 'bea:NIPA/T10105: the store has no answer to that' data fetch bea:NIPA/T10105 --store "$db" --offline
run 2 data fetch --baseline --into "$dir/down" --offline
n=$(tail -n +2 data/catalogue.csv | cut -d, -f2 | grep -c .)
grep -q "$n files could not be had" "$dir/err" || die "every file of the catalogue"

# an input of a store: what was imported is checked as a file would be
cat >"$dir/rules.yaml" <<'END'
data:
  gdp: {store: facts.db, series: [fred:GDP], rows: 2, checks: [{rule: value >= 10}]}
END
run 0 data check "$dir/rules.yaml"
refuse_rules() { printf 'data:\n  gdp: {%s}\n' "$1" >"$dir/rules.yaml"; shift; refuse "$1" "$2" data check "$dir/rules.yaml"; }
refuse_rules 'store: facts.db, series: [fred:GDI]' 2 'rules.yaml:2:9: input gdp'
refuse_rules 'store: facts.db' 3 'series'
refuse_rules 'series: [fred:GDP], file: GDP.csv' 3 '"series" are of a "store"; name one'
refuse_rules 'store: facts.db, series: [fred:GDP], file: GDP.csv' 3 'has no "file" or "format" beside it'

# a study's own series
refuse 2 'no input is of a store' data fetch --study data/studies/baseline.yaml
refuse 2 '--study is a list of its own; leave out "fred:GDP"' data fetch fred:GDP --study data/studies/baseline.yaml
refuse 2 'the study names its store; leave out --store' data fetch --study data/studies/baseline.yaml --store "$db"
sed "s|\.\./series.csv|none|; s|series: {file: none}|series: {store: $db, series: [fred:GDP]}|; s|\.\./|$PWD/data/|" \
    data/studies/baseline.yaml >"$dir/study.yaml"
run 0 data fetch --study "$dir/study.yaml" --offline
out_has 'the store has 2025Q1 to 2025Q2'
refuse 2 'answers nobody without a key' data fetch --study "$dir/study.yaml"
