#!/bin/sh
# lint-docs.sh HEADER...: every public function, type and macro has a doc comment, before it (also before the lines that
# stand right above it) or at its end.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
awk '
function complain() { print FILENAME ":" start ": without a doc comment: " text; bad = 1 }
FNR == 1 {
    covered = inside = comment = 0
    if ($0 !~ /^\/\*\* @file /) { print FILENAME ":1: expected /** @file NAME  what it is"; bad = 1 }
}
inside == "decl" {                               # a declaration over several lines
    if (/\/\*\*/) has = 1
    if (/;[ \t]*(\/\*.*)?$/ && (kind != "block" || /^}/)) { inside = 0; if (!has && !covered) complain(); covered = covered || has }
    next
}
comment { if (/\*\//) { comment = 0; covered = 1 } next }
/^[ \t]*$/ { covered = 0; next }                 # a blank line ends what a comment covers
/^\/\*\*/ { if (/\*\//) covered = 1; else comment = 1; next }
/^PGDP_API|^typedef|^#define PGDP_[A-Z_]+/ {
    text = $0; start = FNR; has = /\/\*\*/
    if (/^#define/) {
        if (!has && !covered && !/_H$/ && !/PGDP_ENTRY/) complain()
    } else if (/;[ \t]*(\/\*.*)?$/) {
        if (!has && !covered) complain()
        covered = covered || has
    } else {
        inside = "decl"; kind = /\{$/ ? "block" : "line"
        if (kind == "block") has = 0             # comments of members do not tell what the type is
        if (kind == "block" && !covered) { complain(); covered = 1 }
    }
}
END { exit bad }' "$@"
echo "lint-docs: clean"
