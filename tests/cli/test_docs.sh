#!/bin/sh
# test_docs.sh  The manual and docs/ know every key, parameter, format, method and covariance that the program knows.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

# entries MACRO FILE: names in an X-macro list
entries() { awk -v m="define $1(X)" 'index($0, m) { on = 1 } on { print } on && !/\\$/ { exit }' "$2" | grep -o 'X([a-z_0-9]*' | sed 's/X(//; /^$/d'; }

# the study file: keys are the strings of the arrays called known, of the distributions' shapes and of the inputs
for key in $(awk '/known\[\] = {|shapes\[\] = {|keys\[\] = {/ { on = 1 } on { print } on && /};/ { on = 0 }' study/spec.c study/spec_gap.c |
    grep -o '"[a-z_0-9]*"' | tr -d '"' | sort -u) $(entries PG_INPUT_LIST study/spec.h); do
    grep -q "\`$key\`" docs/study.md || die "the key $key in docs/study.md"
done
sed -n '/define PGDP_PARAMETER_LIST/,/[^\\]$/s/.*X(\([a-z_]*\), \([^,]*\), .*/\1 \2/p' include/pgdp/gap.h >"$dir/parameters"
[ "$(wc -l <"$dir/parameters")" -ge 14 ] || die "14 parameters or more"
while read -r name default; do
    grep -q "^| \`$name\` | $default | " docs/study.md || die "the parameter $name with its default $default in docs/study.md"
done <"$dir/parameters"

for format in $(entries PG_READERS ingest/readers.h); do
    grep -qE "(^|[ ,.])$format( |,|\$)" docs/man/pgdp.1 || die "the format $format in docs/man/pgdp.1"
done
for method in $(entries PG_ESTIMATORS stats/estimators.h); do
    grep -qE "^\.Cm $method( |\$)" docs/man/pgdp.1 || die "the method $method in docs/man/pgdp.1"
done
for list in PG_ESTIMATORS:stats/estimators.h PG_VCOVS:stats/vcovs.h PG_READERS:ingest/readers.h PG_SCORES:tasks/scores.h \
    PG_SHEETS:reports/sheets.h PG_WRITERS:reports/writers.h PG_PRODUCTS:compile/products.h; do
    [ -n "$(entries "${list%%:*}" "${list#*:}")" ] || die "the list ${list%%:*} in ${list#*:}"
    grep -qF "\`${list%%:*}\` in \`${list#*:}\`" docs/adding.md || die "the list ${list%%:*} in docs/adding.md"
done
# libraries: every door of the lint is told, with its library's package in the Makefile
for door in $(grep -o 'door\["[a-z.]*"\] = "[a-z_/]*\.c"' tools/lint-layers.sh | cut -d'"' -f4); do
    grep -qF "\`$door\`" docs/dependencies.md || die "the door $door in docs/dependencies.md"
done
for package in $(awk '/^BUILD_PACKAGES/ { on = 1 } on { gsub(/BUILD_PACKAGES :=|\\/, ""); print } /-dev$/ && on { exit }' Makefile); do
    grep -qF "\`$package\`" docs/dependencies.md || die "the package $package in docs/dependencies.md"
done
