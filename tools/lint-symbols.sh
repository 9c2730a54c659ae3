#!/bin/sh
# lint-symbols.sh BUILD MODULE...: global names begin pgdp_ or pg_; the library does not print, exit or open files itself.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
b=$1; shift
bad=$(for m in "$@"; do
    for o in "$b/$m"/*.o; do
        [ -e "$o" ] || continue
        nm -g --defined-only "$o" | awk -v o="$o" '$3 !~ /^(pgdp_|pg_)/ && $3 !~ /^__/ { print o ": global name " $3 " is neither pgdp_ nor pg_" }'
        nm -u "$o" | awk -v o="$o" -v key="$b/net/key.o" -v file="$b/core/file.o $b/core/directory.o" '
            $2 == "getenv" && o == key { next } # keys of providers
            $2 ~ /^(printf|puts|putchar|vprintf|exit|_exit|abort|getenv|setlocale|rand|srand|time|__printf_chk|__assert_fail)$/ {
                print o ": the library may not call " $2 }
            $2 ~ /^(fopen|fopen64|open|open64|rename|mkstemp|unlink)$/ && index(file, o) == 0 { print o ": " $2 " belongs in core/file.c or core/directory.c" }'
        objdump -h "$o" | awk -v o="$o" '$2 ~ /^\.(data|bss|tdata|tbss)$/ && $3 !~ /^0+$/ { print o ": writable memory in section " $2 }'
    done
done)
twice=$(for m in "$@"; do nm -g --defined-only "$b/$m"/*.o; done | awk 'NF == 3 { print $3 }' | sort | uniq -d)
[ -z "$twice" ] || bad="$bad
defined in two modules: $twice"
[ -z "$bad" ] || { echo "$bad"; exit 1; }
echo "lint-symbols: clean"
