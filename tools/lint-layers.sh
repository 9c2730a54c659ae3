#!/bin/sh
# lint-layers.sh MODULE...: fail on an #include against the floors, or of a library outside its door.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
for m in "$@"; do find "$m" -name '*.[ch]'; done | sort | xargs awk '
BEGIN {
    may["core"] = "core"; may["net"] = "core net"; may["ingest"] = "core ingest"; may["fetch"] = "core net ingest fetch";
    may["grade"] = "core net ingest tasks grade"; may["stats"] = "core stats"; may["tasks"] = "core stats tasks"
    may["gap"] = "core stats tasks gap"; may["reports"] = "core ingest stats tasks gap reports"
    may["compile"] = "core ingest compile"; may["study"] = "core net ingest fetch stats tasks grade gap reports compile study"; may["cli"] = "cli"
    door["jansson.h"] = "core/json.c"; door["openssl"] = "core/hash.c"; door["pthread.h"] = "core/parallel.c"
    door["csv.h"] = "ingest/csv.c"; door["zip.h"] = "ingest/zip.c"; door["expat.h"] = "ingest/xml.c"; door["gsl"] = "stats/dist.c"
    door["cblas.h"] = "nowhere"; door["lapacke.h"] = "nowhere"; door["xlsxwriter.h"] = "reports/write_xlsx.c"
    door["libfyaml.h"] = "study/yaml.c"
    door["readstat.h"] = "ingest/statistics_file.c"; door["zlib.h"] = "ingest/unpack.c net/gunzip.c reports/zip_out.c"; door["zstd.h"] = "ingest/unpack.c"
    door["curl"] = "net/curl.h"; door["postgresql"] = "ingest/store_postgres.c"
    door["sqlite3.h"] = "ingest/store_sqlite.c"; door["suitesparse"] = "stats/sparse.c"; door["mpi.h"] = "core/ranks.c"; door["utf8proc.h"] = "tasks/text_words.c"
}
/^#include "/ {
    split($0, q, "\""); n = split(q[2], part, "/"); split(FILENAME, own, "/")
    if (part[1] == "pgdp" || n == 1) next
    if (index(" " may[own[1]] " ", " " part[1] " ") == 0) {
        print FILENAME ":" FNR ": " own[1] " may not include " q[2] " (floors: docs/architecture.md)"; bad = 1
    }
}
/^#include </ {
    match($0, /<[^>]*>/); name = substr($0, RSTART + 1, RLENGTH - 2); split(name, part, "/")
    key = (name in door) ? name : part[1]
    if ((key in door) && index(" " door[key] " ", " " FILENAME " ") == 0) { print FILENAME ":" FNR ": " name " belongs in " door[key] " alone"; bad = 1 }
}
END { exit bad }'
echo "lint-layers: clean"
