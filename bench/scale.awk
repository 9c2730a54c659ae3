# scale.awk  Roofline and scaling curves as Markdown, with log-log slopes. SPDX-License-Identifier: GPL-3.0-or-later
function slope(first, last, i, n, sx, sy, sxx, sxy) {
    for (i = first; i <= last; i++) {
        n++; sx += log(x[i]); sy += log(y[i]); sxx += log(x[i]) ^ 2; sxy += log(x[i]) * log(y[i])
    }
    return n > 1 ? (sxy - sx * sy / n) / (sxx - sx * sx / n) : 0
}
function close_curve(i, line) {
    if (!n) return
    line = "| " curve " |"
    for (i = 1; i <= n; i++) line = line (i > 1 ? ", " : " ") x[i] ": " sprintf("%.4g", y[i])
    printf "%s | %.2f | %.2f |\n", line, slope(1, n), slope(n - 1, n)
    if (curve ~ /^rows/)
        bound = sprintf("\nOLS of %d rows x 10 reads %.2f GB/s of columns and does %.2f GFlop/s of cross-products.\n", \
            x[n], 11 * 8 * x[n] / y[n] * 1e-9, 11 * 11 * x[n] / y[n] * 1e-9)
    n = 0
}
BEGIN { FS = "\t" }
FILENAME == ARGV[1] {
    if (FNR == 1) { printf "## Roofline\n\nOpenBLAS kernel %s.\n\n| what | threads | best of five |\n|---|---|---|\n", $2; next }
    printf "| %s | %s | %s %s |\n", $1, $2, $3, $4
    next
}
FNR == 1 {
    print "\n## Scaling\n\nSeconds by size; slopes of log seconds on log size over the whole curve and of its last two sizes (1: linear, 2: quadratic).\n"
    print "| curve | size: seconds | slope | at the end |\n|---|---|---|---|"
}
$1 != curve { close_curve(); curve = $1 }
{ x[++n] = $2; y[n] = $3 }
END { close_curve(); print bound }
