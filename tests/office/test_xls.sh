#!/bin/sh
# test_xls.sh  Publishers' workbooks that LibreOffice saved as .xls read as their .xlsx do, table by table, cell by cell.
# SPDX-License-Identifier: GPL-3.0-or-later
# Exit 77: LibreOffice or the shared sources are not here. PGDP: the program.
set -eu
command -v soffice >/dev/null && command -v python3 >/dev/null || exit 77
from=${PGDP_SHARED:-../shared}/data
[ -d "$from" ] || exit 77
. tests/cli/lib.sh
mkdir "$dir/new" "$dir/old"
n=0
for book in bls/oews/national_M2022_dl bls/ep/occupation_2023_final bls/laus/laucnty24 bea/gdp-by-industry-2022/ValueAdded \
    bea/input-output-2022/UseMatrices census/btos/State ai-measures/aioe/AIOE_DataAppendix \
    census/crosswalks/2018-occupation-code-list-and-crosswalk; do
    cp "$from/$book.xlsx" "$dir/new/"
done
HOME=$dir/home soffice --headless --convert-to 'xls:MS Excel 97' --outdir "$dir/old" "$dir"/new/*.xlsx >/dev/null 2>&1
for book in "$dir"/new/*.xlsx; do
    name=$(basename "$book" .xlsx)
    run 0 data show "$book" --json
    mv "$dir/out" "$dir/show.json"
    run 0 data show "$dir/old/$name.xls" --json
    same "$dir/show.json" "$dir/out"
    python3 -c 'import json, sys
for table in json.load(open(sys.argv[1])).get("tables", []): print(table["name"])' "$dir/show.json" >"$dir/tables"
    while IFS= read -r table; do
        run 0 data convert "$book" "$dir/new.csv" --sheet "$table"
        run 0 data convert "$dir/old/$name.xls" "$dir/old.csv" --sheet "$table"
        same "$dir/new.csv" "$dir/old.csv"
        n=$((n + 1))
    done <"$dir/tables"
done
[ "$n" -ge 49 ] || die "49 tables compared, found $n"
