#!/bin/sh
# test_docs.sh  The manual and docs/ know every key, parameter, format, method with its settings, covariance, diagnostic
# and preset that the program knows; the commands of the README work.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

# entries MACRO FILE: names in an X-macro list
entries() { awk -v m="define $1(X)" 'index($0, m) { on = 1 } on { print } on && !/\\$/ { exit }' "$2" | grep -o 'X([a-z_0-9]*' | sed 's/X(//; /^$/d'; }

# the study file: keys are the strings of the arrays called known, of the distributions' shapes and of the inputs
for key in $(awk '/known\[\] = {|shapes\[\] = {|keys\[\] = {/ { on = 1 } on { print } on && /};/ { on = 0 }' study/spec.c study/spec_gap.c study/spec_grades.c |
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
for kind in $(entries PG_CHECK_KINDS study/input_checks.h); do
    grep -qE "^\| \`\{.*$kind: " docs/checks.md || die "the check $kind in docs/checks.md"
    grep -qE "(^|[ ,.])$kind( |,|\$)" docs/man/pgdp.1 || die "the check $kind in docs/man/pgdp.1"
done
for method in $(entries PG_ESTIMATORS stats/estimators.h); do
    grep -qE "^\.Cm $method( |\$)" docs/man/pgdp.1 || die "the method $method in docs/man/pgdp.1"
    grep -q "^## .*\`$method\`" docs/estimators.md || die "a section of the method $method in docs/estimators.md"
    grep -q "^|.*\`$method\`.*|" docs/estimators.md || die "a row of the method $method in docs/estimators.md"
done
run 0 explain methods
for setting in $(grep -o '^    --[a-z_]*' "$dir/out" | sort -u); do
    grep -q "Fl -${setting#--}" docs/man/pgdp.1 || die "the setting $setting in docs/man/pgdp.1"
    grep -qF -- "$setting" docs/estimators.md || die "the setting $setting in docs/estimators.md"
done
for vcov in $(sed -n '/^covariances/,$s/^  \([A-Za-z0-9]*\) .*/\1/p' "$dir/out"); do
    grep -qE "^\.It Cm (.* , )?$vcov( |\$)" docs/man/pgdp.1 || die "the covariance $vcov in docs/man/pgdp.1"
    cat docs/standard_errors.md docs/estimators.md | grep -q "^| .*\`$vcov[\`(]" ||
        die "the covariance $vcov in docs/standard_errors.md or docs/estimators.md"
done
for kind in $(entries PG_DIAGNOSTICS stats/diagnostics.h); do
    grep -q "^| \`$kind\` |" docs/diagnostics.md || die "the diagnostic $kind in docs/diagnostics.md"
    grep -qE "^\.Cm (.* )?$kind( |\$)" docs/man/pgdp.1 || die "the diagnostic $kind in docs/man/pgdp.1"
done
sed -n 's/^    { "\([a-z0-9.-]*\)",.*/\1/p' stats/presets.c | sort -u >"$dir/presets"
[ "$(wc -l <"$dir/presets")" -ge 8 ] || die "eight presets or more in stats/presets.c"
while read -r preset; do
    grep -qE "^\|.*\`$preset\`" docs/standard_errors.md || die "the preset $preset in docs/standard_errors.md"
    grep -qE "^\.Cm (.* )?$preset( |\$)" docs/man/pgdp.1 || die "the preset $preset in docs/man/pgdp.1"
done <"$dir/presets"

for format in $(entries PG_GRADE_FORMATS grade/formats.h); do
    grep -q "^| \`$format\` |" docs/grading.md || die "the format $format in docs/grading.md"
done
for outcome in $(entries PG_OUTCOMES grade/answer.h); do
    grep -q "^|.*\`$outcome\`" docs/grading.md || die "the outcome $outcome in docs/grading.md"
done

# what the README has typed about regressions works as it stands
sed -n 's/^    build\/pgdp \(regress\|explain\) /\1 /p' README.md >"$dir/commands"
[ "$(wc -l <"$dir/commands")" -ge 4 ] || die "four commands about regressions or more in README.md"
while read -r command; do
    eval "run 0 $command" </dev/null
done <"$dir/commands"

for list in PG_ESTIMATORS:stats/estimators.h PG_VCOVS:stats/vcovs.h PG_DIAGNOSTICS:stats/diagnostics.h \
    PG_REGRESSION_WRITERS:stats/writers.h PG_READERS:ingest/readers.h PG_SCORES:tasks/scores.h \
    PG_GRADE_FORMATS:grade/formats.h PG_SHEETS:reports/sheets.h PG_WRITERS:reports/writers.h PG_PRODUCTS:compile/products.h; do
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
