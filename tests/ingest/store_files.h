/* store_files.h  Stores in new folders, and documents made of text. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_STORE_FILES_H
#define PGT_STORE_FILES_H

#include <stdio.h>

#include "ingest/store_db.h"
#include "pgdp/store.h"
#include "tests/ingest/same_frame.h"
#include "tests/support/postgres.h"

/* Where stores are made: in files, or as databases of a server. */
static pgt_server *server;

/* The address of a database. */
static inline const char *address_of(const char *database)
{
    static char addresses[4][128];
    static size_t turn;
    char *address = addresses[turn++ % 4];
    (void)snprintf(address, sizeof addresses[0], "postgresql://pgdp@/%s?host=%s", database, server->folder);
    return address;
}

/* Statements of no rows, outside of any store. */
static inline void run_sql(pgdp_ctx *ctx, const char *place, const char *sql)
{
    pg_db *db = NULL;
    assert_ok(ctx, pg_db_open(ctx, place, true, NULL, 0, &db));
    assert_ok(ctx, pg_db_script(ctx, db, sql));
    pg_db_close(db);
}

/* A place for a new store: folder/s.db, or a new database. Valid until the fourth call from here. */
static inline const char *new_place(pgdp_ctx *ctx, const char *folder, const char *name)
{
    static int n_databases;
    char database[32], sql[64];
    if (server == NULL) return pgt_path(folder, name);
    (void)snprintf(database, sizeof database, "d%d", n_databases++);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s", database);
    run_sql(ctx, address_of("postgres"), sql);
    return address_of(database);
}

/* The tests on files, and again on a server where there is one. */
#define run_on_both(on_files, on_server)                                                                               \
    do {                                                                                                               \
        pgt_server own;                                                                                                \
        int failed = cmocka_run_group_tests_name("sqlite", on_files, NULL, NULL);                                      \
        if (!pgt_server_start(&own)) return failed;                                                                    \
        server = &own;                                                                                                 \
        failed += cmocka_run_group_tests_name("postgresql", on_server, NULL, NULL);                                    \
        pgt_server_stop(&own);                                                                                         \
        return failed;                                                                                                 \
    } while (0)

static inline pgdp_store *open_store(pgdp_ctx *ctx, const char *path, pgdp_store_mode mode)
{
    pgdp_store *store = NULL;
    assert_ok(ctx, pgdp_store_open(ctx, path, mode, &store));
    return store;
}

/* Text as a file that was published on a day. */
static inline pgdp_status put(pgdp_ctx *ctx, pgdp_store *store, const char *label, const char *text, const char *day,
                              pgdp_imported *done)
{
    const pgdp_bytes bytes = { label, (const unsigned char *)text, strlen(text) };
    const pgdp_document about = { .source = "test", .vintage = day, .keep = PGDP_KEEP_BYTES };
    pgdp_dataset *dataset = NULL;
    pgdp_imported ignored;
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &bytes, &dataset));
    const pgdp_status status = pgdp_store_import(ctx, store, &bytes, dataset, &about, done == NULL ? &ignored : done);
    pgdp_dataset_free(dataset);
    return status;
}

static inline pgdp_frame *observed(pgdp_ctx *ctx, pgdp_store *store, const char *name, const char *as_of)
{
    const pgdp_store_query query = { .series = &name, .n_series = 1, .as_of = as_of };
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_store_observations(ctx, store, &query, &frame));
    return frame;
}

/* Period, value pairs of a frame from pgdp_store_observations(), as text. */
static inline void assert_observed(pgdp_ctx *ctx, pgdp_store *store, const char *name, const char *as_of,
                                   const char *want)
{
    pgdp_frame *frame = observed(ctx, store, name, as_of);
    char text[1024] = "";
    const int32_t *periods = pgdp_frame_periods(frame, 1);
    const double *values = pgdp_frame_reals(frame, 2);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        char period[16];
        const size_t n = strlen(text);
        pgdp_period_format((pgdp_period){ pgdp_frame_column(frame, 1)->frequency, periods[i] }, period);
        (void)snprintf(text + n, sizeof text - n, "%s%s %g", i == 0 ? "" : ", ", period, values[i]);
    }
    pgdp_frame_free(frame);
    assert_string_equal(text, want);
}

static inline void assert_sound(pgdp_ctx *ctx, pgdp_store *store)
{
    pgdp_frame *frame = NULL;
    assert_ok(ctx, pgdp_store_verify(ctx, store, &frame));
    pgdp_frame_free(frame);
}

#endif
