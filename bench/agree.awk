# agree.awk  awk -v tolerance=T -f agree.awk PGDP PEER: the largest difference of the answers that both give, in their own
# scale (a standard error, mostly). Understands "answer" lines and pgdp's --csv. SPDX-License-Identifier: GPL-3.0-or-later
function keep(name, value, scale) {
    if (FILENAME == ARGV[1]) { first[name] = value; scales[name] = scale; return }
    if (!(name in first)) return
    n++
    difference = value - first[name]
    if (difference < 0) difference = -difference
    difference = scales[name] > 0 ? difference / scales[name] : (difference > 0 ? 1e300 : 0)
    if (!(difference <= largest)) { largest = difference; worst = name }
}
BEGIN { largest = 0; worst = "-" }
/^answer\t/ { split($0, f, "\t"); keep(f[2], f[3] + 0, f[4] + 0) }
/^[0-9]+,/ { split($0, f, ","); keep(f[1] ":" f[7], f[8] + 0, f[9] + 0); keep(f[1] ":se:" f[7], f[9] + 0, f[9] + 0) }
END {
    # a side that has no answers, the writer of a workbook say, cannot be compared, and the table says so
    verdict = n == 0 || largest <= tolerance ? "answers" : "disagrees"
    printf "%s %d %.1e %s\n", verdict, n, largest, worst
}
