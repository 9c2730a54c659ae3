#!/bin/sh
# lint-docs.sh HEADER...: every public function, and every type, has a doc comment before it or at its line's end.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
awk '
FNR == 1 { documented = 0; open = 0 }
/\*\// { documented = 1; next_ok = FNR + 1; }
/^PGDP_API|^typedef (struct|enum)/ {
    start = FNR; text = $0
    if (!(documented && next_ok >= FNR) && $0 !~ /\/\*\*/ && prev !~ /^PGDP_API.*;|\/\*\*/) {
        print FILENAME ":" FNR ": without a doc comment: " $0; bad = 1 }
}
/^(PGDP_API|typedef)/ && /;/ { documented = 1; next_ok = FNR + 1 }
{ prev = $0 }
END { exit bad }' "$@"
echo "lint-docs: clean"
