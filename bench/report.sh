#!/bin/sh
# report.sh DIRECTORY: the results of run.sh in it as Markdown. SPDX-License-Identifier: GPL-3.0-or-later
set -eu
out=$1
version() { "$@" 2>/dev/null | head -1; }
package() { Rscript -e "cat('$1', as.character(packageVersion('$1')))" 2>/dev/null || echo "no $1"; }
module() { /usr/bin/python3 -c "import $1; print('$1', $1.__version__)" 2>/dev/null || echo "no $1"; }
joined() { paste -sd, - | sed 's/,/, /g'; }
cat <<END
# Benchmarks

Written by \`make bench BENCH=$BENCH\` on $(date -u +%Y-%m-%d); docs/benchmarks.md tells how to read it.

- machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(getconf _NPROCESSORS_ONLN) cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo) of memory, $(uname -sm)
- pgdp: $("$B/pgdp" version | tr '\n' ';' | sed 's/;$//; s/;/; /')
- peers: $(version R --version), $(for p in data.table fixest sandwich openxlsx; do package $p; echo; done | grep . | joined); $(version /usr/bin/python3 --version), $(for m in numpy pandas statsmodels xlsxwriter; do module $m; done | joined); $(version gretlcli --version || echo "no gretl")
- OpenBLAS kernel of every side: ${OPENBLAS_CORETYPE:-its own choice}; threads: all cores, where a side has them

Medians of seconds, [least to most], over runs in turns; MB: peak memory of the process. "Held" compares the ratio with
design.md's table. Peers fit a sample of a curve's models, and make a sample of the slow draws, one by one; their time is
extrapolated (marked ×). Answers were compared before they were timed: the largest difference of all estimates and standard
errors, in standard errors (in shares of a mean's standard deviation or of 1 where there is none).

END
awk -f bench/report.awk $(for name in $(sed 's/#.*//' bench/rows/order); do
    [ ! -s "$out/$name/about" ] || echo "$out/$name/about" "$out/$name/agreement" "$out/$name/times"; done)
[ ! -s "$out/scale.tsv" ] || awk -f bench/scale.awk "$out/roofline.tsv" "$out/scale.tsv"
[ ! -s "$out/store.md" ] || cat "$out/store.md"
