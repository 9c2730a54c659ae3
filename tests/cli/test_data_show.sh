#!/bin/sh
# test_data_show.sh  What a file holds, told the same for every file and refused with its place when it cannot be read.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
. tests/cli/lib.sh

# every shipped table: no cell of theirs holds a line end, so rows are lines less the header
for file in data/*.csv; do
    run 0 data show "$file" --json
    json "$dir/out"
    out_has '"schema": "pgdp.data/1"'
    case $file in data/*soc_2010_20*) format=crosswalk ;; *) format=csv ;; esac
    out_has "\"format\": \"$format\""
    close "$(number rows "$dir/out")" "$(awk 'END { print NR - 1 }' "$file")" 0 "rows of $file"
    name=$(head -n 1 "$file" | cut -d, -f1)
    out_has "\"name\": \"$name\""
    run 0 data show "$file"
    head -n 1 "$dir/out" | grep -qx "format $format" || die "the format first: $file"
done

printf 'quarter,gdp,note\n2019Q4,21694.5,\n2020Q1,21481.375,"a, b"\n2020Q3,NA,"say ""x"""\n' >"$dir/q.csv"
run 0 data show "$dir/q.csv" --json
json "$dir/out"
cp "$dir/out" "$dir/q.json"
close "$(number rows "$dir/out")" 3 0 rows
close "$(number missing "$dir/out")" 0 0 "missing quarters"
out_has '"frequency": "quarterly"'
out_has '"2019Q4"'
out_has '"2020Q3"'
out_has '"say \"x\""'
grep -q '"gdp": null' "$dir/out" || die "a missing number as null"
run 0 data show "$dir/q.csv" --json --format csv
same "$dir/out" "$dir/q.json"
run 0 data show - --json <"$dir/q.csv"
same "$dir/out" "$dir/q.json"
# a byte order mark, CRLF and another delimiter change nothing
{ printf '\357\273\277'; sed 's/$/\r/' "$dir/q.csv"; } >"$dir/crlf.csv"
run 0 data show "$dir/crlf.csv" --json
same "$dir/out" "$dir/q.json"
gzip -c "$dir/q.csv" >"$dir/q.csv.gz"
run 0 data show "$dir/q.csv.gz" --json
same "$dir/out" "$dir/q.json"

bad() {
    printf "$1" >"$dir/bad.csv"
    refuse 3 "$2" data show "$dir/bad.csv"
}
bad '' 'bad.csv: the file is empty'
bad 'y,x\n1,"2\n3,4\n' 'bad.csv:2: the quote that opens here is never closed'
bad 'y,x\n1,2,3\n' 'bad.csv:2:3: found "3" beyond the header'
bad 'y,y\n1,2\n' 'bad.csv:1:2: the header names "y" twice'
bad 'y,x\n1,"2"3\n' 'bad.csv:2'
bad 'y,x\n1,\000\n' 'bad.csv:2'
bad '<!DOCTYPE html><html><body>403</body></html>\n' 'bad.csv'
bad '\001\002\003' 'bad.csv'
refuse 5 'nowhere.csv: opening failed: No such file or directory' data show "$dir/nowhere.csv"
refuse 5 'found a directory, expected a file' data show "$dir"
refuse 2 'there is no input format "cvs"; did you mean "csv"?' data show --format cvs "$dir/q.csv"
refuse 2 'which file?' data show
