# agree.awk  awk -v tolerance=T -f agree.awk PGDP PEER: the largest difference of the answers that both give, in their own
# scale (a standard error, mostly). Understands "answer" lines and pgdp's --csv. SPDX-License-Identifier: GPL-3.0-or-later
function keep(name, value, scale) {
    is_number = value ~ /^-?[0-9]/
    value += 0
    scale += 0
    if (FILENAME == ARGV[1]) { first[name] = value; scales[name] = scale; number[name] = is_number; return }
    if (!(name in first)) return
    n++
    difference = value - first[name]
    if (difference < 0) difference = -difference
    difference = scales[name] > 0 ? difference / scales[name] : (difference > 0 ? 1e300 : 0)
    if (number[name] == 0 || !is_number) difference = 1e300
    if (difference > largest) { largest = difference; worst = name }
}
BEGIN { largest = 0; worst = "-" }
/^answer\t/ { split($0, f, "\t"); keep(f[2], f[3], f[4]) }
/^[0-9]+,/ { split($0, f, ","); keep(f[1] ":" f[7], f[8], f[9]); keep(f[1] ":se:" f[7], f[9], f[9]) }
END {
    if (n == 0) print "gives no answers"
    else printf "%s %d %.1e %s\n", (largest <= tolerance ? "answers" : "disagrees"), n, largest, worst
}
