/* store_db.c  One way to a database, by the door of its kind. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_door.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

bool pg_db_is_server(const char *place)
{
    return pg_starts_with(place, "postgresql://") || pg_starts_with(place, "postgres://");
}

pgdp_status pg_db_open(pgdp_ctx *ctx, const char *place, bool write, const char *const *texts, size_t n, pg_db **out)
{
    const pg_door *door = pg_db_is_server(place) ? &pg_door_postgres : &pg_door_sqlite;
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pg_db *db = pg_arena_alloc(&arena, 1, door->size);
    if (db == NULL) return pg_no_memory(ctx);
    db->door = door;
    db->texts = texts;
    db->n = n;
    db->arena = arena;
    const pgdp_status status = door->open(ctx, db, place, write);
    if (status == PGDP_OK)
        *out = db;
    else
        pg_db_close(db);
    return status;
}

void pg_db_close(pg_db *db)
{
    if (db == NULL) return;
    db->door->close(db);
    pg_arena arena = db->arena;
    pg_arena_free(&arena);
}

pgdp_status pg_db_script(pgdp_ctx *ctx, pg_db *db, const char *sql)
{
    return db->door->script(ctx, db, sql);
}

pgdp_status pg_db_begin(pgdp_ctx *ctx, pg_db *db, bool write)
{
    const pgdp_status status = db->door->begin(ctx, db, write);
    if (status != PGDP_OK) (void)pg_db_undo(ctx, db, true); /* the server has begun, and waited in vain */
    return status;
}

pgdp_status pg_db_commit(pgdp_ctx *ctx, pg_db *db)
{
    return db->door->script(ctx, db, "COMMIT");
}

pgdp_status pg_db_undo(pgdp_ctx *ctx, pg_db *db, bool failed)
{
    return db->door->undo(ctx, db, failed);
}

const char *pg_db_path(const pg_db *db)
{
    return db->path;
}

int64_t pg_db_last_key(pg_db *db)
{
    return db->door->last_key(db);
}

/* ---- values ---- */

pg_sql_value pg_sql_int(int64_t value)
{
    return (pg_sql_value){ .kind = PG_SQL_INTEGER, .integer = value };
}

pg_sql_value pg_sql_real(double value)
{
    return (pg_sql_value){ .kind = isnan(value) ? PG_SQL_NULL : PG_SQL_REAL, .real = value };
}

pg_sql_value pg_sql_text(const char *value)
{
    if (value == NULL) return (pg_sql_value){ .kind = PG_SQL_NULL };
    return (pg_sql_value){ .kind = PG_SQL_TEXT, .bytes = value, .n = strlen(value) };
}

pg_sql_value pg_sql_blob(const void *bytes, size_t n)
{
    return (pg_sql_value){ .kind = PG_SQL_BLOB, .bytes = bytes, .n = n };
}

/* ---- statements ---- */

pgdp_status pg_sql_begin(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n)
{
    return db->door->bind(ctx, db, statement, values, n);
}

pgdp_status pg_sql_next(pgdp_ctx *ctx, pg_db *db, size_t statement, bool *row)
{
    return db->door->next(ctx, db, statement, row);
}

pgdp_status pg_sql_run(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n)
{
    bool row = true;
    PG_TRY(pg_sql_begin(ctx, db, statement, values, n));
    while (row)
        PG_TRY(pg_sql_next(ctx, db, statement, &row));
    return PGDP_OK;
}

pgdp_status pg_sql_one(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n, int64_t *out)
{
    bool row;
    PG_TRY(pg_sql_begin(ctx, db, statement, values, n));
    PG_TRY(pg_sql_next(ctx, db, statement, &row));
    if (row) *out = pg_sql_cell_int(db, statement, 0);
    pg_sql_end(db, statement);
    return PGDP_OK;
}

void pg_sql_end(pg_db *db, size_t statement)
{
    db->door->end(db, statement);
}

int64_t pg_sql_cell_int(const pg_db *db, size_t statement, int column)
{
    return db->door->cell_int(db, statement, column);
}

double pg_sql_cell_real(const pg_db *db, size_t statement, int column)
{
    return db->door->cell_real(db, statement, column);
}

const char *pg_sql_cell_text(const pg_db *db, size_t statement, int column)
{
    return db->door->cell_text(db, statement, column);
}

const void *pg_sql_cell_blob(const pg_db *db, size_t statement, int column, size_t *n)
{
    return db->door->cell_blob(db, statement, column, n);
}

pgdp_status pg_bulk_tables(pgdp_ctx *ctx, pg_db *db, const pg_bulk_table *tables, size_t n)
{
    db->tables = tables;
    db->n_tables = n;
    return db->door->bulk_tables(ctx, db);
}

pgdp_status pg_bulk_add(pgdp_ctx *ctx, pg_db *db, size_t table, const pg_sql_value *values)
{
    return db->door->bulk_add(ctx, db, table, values);
}

pgdp_status pg_bulk_end(pgdp_ctx *ctx, pg_db *db)
{
    return db->door->bulk_end(ctx, db);
}
