/* store_door.h  What a kind of database gives to store_db.c: the functions of store_db.h, of its own.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_DOOR_H
#define PG_STORE_DOOR_H

#include "ingest/store_db.h"

#define PG_DB_WAIT "10000" /* milliseconds of a writer for the one before it */

typedef struct pg_door {
    size_t size; /**< of its own pg_db, which begins with ours */
    /** db is zeroed but for what store_db.c fills; it is closed when this fails. */
    pgdp_status (*open)(pgdp_ctx *ctx, pg_db *db, const char *place, bool write);
    void (*close)(pg_db *db);
    pgdp_status (*script)(pgdp_ctx *ctx, pg_db *db, const char *sql);
    pgdp_status (*begin)(pgdp_ctx *ctx, pg_db *db, bool write);
    pgdp_status (*undo)(pgdp_ctx *ctx, pg_db *db, bool failed);
    int64_t (*last_key)(pg_db *db);
    pgdp_status (*bind)(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n);
    pgdp_status (*next)(pgdp_ctx *ctx, pg_db *db, size_t statement, bool *row);
    void (*end)(pg_db *db, size_t statement);
    int64_t (*cell_int)(const pg_db *db, size_t statement, int column);
    double (*cell_real)(const pg_db *db, size_t statement, int column);
    const char *(*cell_text)(const pg_db *db, size_t statement, int column);
    const void *(*cell_blob)(const pg_db *db, size_t statement, int column, size_t *n);
    pgdp_status (*bulk_tables)(pgdp_ctx *ctx, pg_db *db); /**< memory for them */
    pgdp_status (*bulk_add)(pgdp_ctx *ctx, pg_db *db, size_t table, const pg_sql_value *values);
    pgdp_status (*bulk_end)(pgdp_ctx *ctx, pg_db *db);
} pg_door;
extern const pg_door pg_door_sqlite, pg_door_postgres;

/** What all doors keep. */
struct pg_db {
    const pg_door *door;
    pg_arena arena; /**< holds this too */
    const char *path;
    const char *const *texts; /**< [n] */
    size_t n;
    const pg_bulk_table *tables; /**< [n_tables] */
    size_t n_tables;
};

#endif
