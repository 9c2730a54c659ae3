#!/bin/sh
# postgres.sh new: a PostgreSQL of Debian's package in a new folder, whose name is printed; it listens on a socket there.
# postgres.sh run FOLDER: become its server, which ends with the program that started it; FSYNC=on: as one should be.
# postgres.sh wait FOLDER: until it answers. Its databases are the user pgdp's. Exit code 77: it is not installed.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -x "$bin/initdb" ] || { echo "skip: no PostgreSQL server here (Debian package postgresql)"; exit 77; }
export LC_ALL=C.UTF-8
unprivileged() { # the server refuses root
    if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else exec "$@"; fi
}
case $1 in
new)
    folder=$(mktemp -d /tmp/pgdp-server.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    cd "$folder"
    (unprivileged "$bin/initdb" -D "$folder/data" -U pgdp -A trust -E UTF8 --no-sync >"$folder.log" 2>&1) || {
        cat "$folder.log" >&2
        rm -rf "$folder" "$folder.log"
        exit 1
    }
    rm -f "$folder.log"
    echo "$folder"
    ;;
run)
    cd "$2"
    unprivileged setpriv --pdeathsig=QUIT "$bin/postgres" -D "$2/data" -k "$2" -c listen_addresses= \
        -c "fsync=${FSYNC:-off}" -c "full_page_writes=${FSYNC:-off}" -c logging_collector=off >"$2/data/log" 2>&1
    ;;
wait)
    for i in $(seq 100); do
        "$bin/pg_isready" -q -h "$2" && exit 0
        sleep 0.05
    done
    cat "$2/data/log" >&2
    exit 1
    ;;
esac
