# report.awk  The table of ratios from each row's about, agreement and times. SPDX-License-Identifier: GPL-3.0-or-later
function sort(list, n, i, j, t) {
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
}
function short(s) { return s >= 100 ? sprintf("%.0f", s) : s >= 10 ? sprintf("%.1f", s) : s >= 0.1 ? sprintf("%.2f", s) : sprintf("%.4f", s) }
# Median, spread and memory of a side as a cell; the median also in `middle`.
function cell(side, list, i) {
    for (i = 1; i <= count[side]; i++) list[i] = seconds[side, i]
    sort(list, count[side])
    middle = (list[int((count[side] + 1) / 2)] + list[int(count[side] / 2) + 1]) / 2
    return short(middle) " s" (count[side] > 1 ? " [" short(list[1]) " to " short(list[count[side]]) "]" : "") \
        (factor[side] > 1 ? " ×" factor[side] : "") ", " sprintf("%.0f MB", memory[side] / 1024)
}
function close_row(i, own, pgdp, peer, side, ratio, parts, pair) {
    if (!started) return
    own = count["pgdp"] ? cell("pgdp") : (verdict["pgdp"] ~ /^answers/ ? "not measured" : verdict["pgdp"])
    pgdp = middle
    split(targets, parts, " ")
    for (i = 1; i in parts; i++) {
        split(parts[i], pair, ":")
        side = pair[1]
        if (!count[side] || !count["pgdp"]) {
            printf "| %s | %s | %s | %s | | %s | | |\n", work, own, side, (verdict[side] && verdict[side] !~ /^answers/ ? verdict[side] : "not measured"), pair[2]
            continue
        }
        peer = cell(side)
        ratio = middle / pgdp
        printf "| %s | %s | %s | %s | %.3g | %s | %s | %s |\n", work, own, side, peer, ratio, pair[2], \
            (pair[2] == "-" ? "" : ratio >= pair[2] ? "yes" : "**no**"), answers[side]
        if (pair[2] != "-" && ratio < pair[2] && note != "") shortfall = shortfall "- " work ", beside " side ": " note "\n"
        work = own = "″"
    }
}
BEGIN {
    FS = "\t"
    print "| work | pgdp | peer | its time | ratio | at least | held | answers agree to |\n|---|---|---|---|---|---|---|---|"
}
FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }
FNR == 1 && file == "about" { close_row(); started = 1; delete count; delete seconds; delete memory; delete factor; delete verdict; delete answers }
file == "about" { if ($1 == "work") work = $2; if ($1 == "targets") targets = $2; if ($1 == "measure") measure = $2; if ($1 == "note") note = $2 }
file == "agreement" {
    verdict[$1] = $2
    split($2, v, " ")
    answers[$1] = v[2] > 0 ? v[3] " of " v[2] " (limit " $3 ")" : "not compared"
}
file == "times" && $7 == 0 {
    seconds[$1, ++count[$1]] = (measure == "work" ? $8 : $3) * $9
    factor[$1] = $9
    if ($6 > memory[$1]) memory[$1] = $6
}
END {
    close_row()
    if (shortfall != "") printf "\n## Where a row falls short\n\n%s", shortfall
    print ""
}
