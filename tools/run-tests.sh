#!/bin/sh
# run-tests.sh TEST...: run cmocka programs and shell tests (exit 77: skipped) and count; the last lines are the result.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
export LC_ALL=C.UTF-8 ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 skipped=0 failed=0 programs=0 broken=
for t in "$@"; do
    programs=$((programs + 1))
    case $t in
    *.sh) sh "$t" >"$log" 2>&1; code=$?; ran=1 ;;
    *) "$t" >"$log" 2>&1; code=$?; ran=$(grep -c '^\[ RUN ' "$log") ;;
    esac
    s=$(grep -c '^\[  SKIPPED \] .*$' "$log")
    [ "$code" = 77 ] && { s=1; code=0; }
    grep '^skip:' "$log" | sort -u
    if [ "$code" = 0 ]; then
        passed=$((passed + ran - s)); skipped=$((skipped + s))
        [ -n "${V:-}" ] && cat "$log"
        echo "ok    $t ($((ran - s)) passed$([ "$s" = 0 ] || echo ", $s skipped"))"
    else
        failed=$((failed + 1)); broken="$broken $t"
        cat "$log"; echo "FAIL  $t (exit $code)"
    fi
done
echo "tests: $programs programs, $passed passed, $skipped skipped, $failed programs failed"
[ "$failed" = 0 ] || { echo "failed:$broken"; exit 1; }
echo "all tests passed"
