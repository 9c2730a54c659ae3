/* store_sqlite.c  The only file that knows SQLite. Source: sqlite.org/c3ref, sqlite.org/rescode.html.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_door.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "core/file.h"
#include "core/text.h"

/* Rows of one table that wait to go in together: a statement costs as much as the insertion of a row. */
typedef struct bulk {
    sqlite3_stmt *many, *one;
    pg_sql_value *values; /* [at_once x n_columns] */
    size_t n;
} bulk;

typedef struct sqlite_db {
    pg_db base;
    sqlite3 *sqlite;
    sqlite3_stmt **statements; /* [n] NULL: not yet used */
    bulk *bulks;               /* [n_tables] */
} sqlite_db;

static sqlite3 *handle(const pg_db *db)
{
    return ((const sqlite_db *)db)->sqlite;
}

static sqlite3_stmt **statement_at(const pg_db *db, size_t statement)
{
    return &((const sqlite_db *)db)->statements[statement];
}

/* What the user can do about a code, by its first byte; others are told in SQLite's words. */
static const struct {
    int code;
    pgdp_status status;
    const char *sentence;
} sentences[] = {
    { SQLITE_FULL, PGDP_IO, "the disk is full; nothing was changed; make room and try again" },
    { SQLITE_BUSY, PGDP_IO,
      "another program is writing to the store; nothing was changed; try again when it has ended" },
    { SQLITE_LOCKED, PGDP_IO, "another program holds the store; nothing was changed; try again when it has ended" },
    { SQLITE_NOTADB, PGDP_PARSE, "found another kind of file, expected a series store; name a store or a new file" },
    { SQLITE_CORRUPT, PGDP_PARSE, "the store is damaged; see 'pgdp data verify' and take its last copy" },
    { SQLITE_READONLY, PGDP_IO, "the store may not be written; look at the permissions of the file and its directory" },
    { SQLITE_PERM, PGDP_IO, "the store may not be written; look at the permissions of the file and its directory" },
    { SQLITE_IOERR, PGDP_IO,
      "reading or writing the store failed; nothing was changed; look at the disk and its room" },
    { SQLITE_TOOBIG, PGDP_IO,
      "a text or table is larger than the 1 GB that one cell of a store holds; split the file" },
};

/* The one place that turns SQLite's codes into a sentence. */
static pgdp_status fail(pgdp_ctx *ctx, const pg_db *db, int code)
{
    const int first = code & 0xff;
    if (first == SQLITE_NOMEM) return pg_no_memory(ctx);
    if (first == SQLITE_CANTOPEN) {
        const int reason = sqlite3_system_errno(handle(db));
        return pg_fail_io(ctx, db->path, "opening", reason != 0 ? reason : ENOENT);
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].code == first)
            return pg_fail(ctx, sentences[i].status, "%s: %s", db->path, sentences[i].sentence);
    return pg_fail(ctx, PGDP_IO, "%s: the store's database failed: %s", db->path, sqlite3_errmsg(handle(db)));
}

static pgdp_status check(pgdp_ctx *ctx, const pg_db *db, int code)
{
    return code == SQLITE_OK ? PGDP_OK : fail(ctx, db, code);
}

static pgdp_status script(pgdp_ctx *ctx, pg_db *db, const char *sql)
{
    return check(ctx, db, sqlite3_exec(handle(db), sql, NULL, NULL, NULL));
}

static pgdp_status open_file(pgdp_ctx *ctx, pg_db *db, const char *place, bool write)
{
    sqlite_db *own = (sqlite_db *)db;
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    PG_TRY_ALLOC(ctx, db->path, pg_arena_strdup(&db->arena, place));
    PG_TRY_ALLOC(ctx, own->statements, (sqlite3_stmt **)pg_arena_alloc(&db->arena, db->n, sizeof(sqlite3_stmt *)));
    PG_TRY(check(ctx, db, sqlite3_open_v2(db->path, &own->sqlite, flags, NULL)));
    return script(ctx, db,
                  "PRAGMA busy_timeout = " PG_DB_WAIT "; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;"
                  " PRAGMA trusted_schema = OFF");
}

static void close_file(pg_db *db)
{
    const sqlite_db *own = (const sqlite_db *)db;
    for (size_t i = 0; own->statements != NULL && i < db->n; i++)
        (void)sqlite3_finalize(own->statements[i]); /* repeats what its last step answered */
    for (size_t i = 0; own->bulks != NULL && i < db->n_tables; i++) {
        (void)sqlite3_finalize(own->bulks[i].many);
        (void)sqlite3_finalize(own->bulks[i].one);
    }
    (void)sqlite3_close(own->sqlite); /* nothing is open in it that could refuse */
}

static pgdp_status begin(pgdp_ctx *ctx, pg_db *db, bool write)
{
    return script(ctx, db, write ? "BEGIN IMMEDIATE" : "BEGIN");
}

static pgdp_status undo(pgdp_ctx *ctx, pg_db *db, bool failed)
{
    const sqlite_db *own = (const sqlite_db *)db;
    for (size_t i = 0; i < db->n; i++)
        if (own->statements[i] != NULL) (void)sqlite3_reset(own->statements[i]); /* open readings would hold it back */
    for (size_t i = 0; i < db->n_tables; i++)
        own->bulks[i].n = 0;
    if (sqlite3_get_autocommit(own->sqlite) != 0) return PGDP_OK;
    const int code = sqlite3_exec(own->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return failed ? PGDP_OK : check(ctx, db, code); /* the first failure is the one to tell */
}

static int64_t last_key(pg_db *db)
{
    return sqlite3_last_insert_rowid(handle(db));
}

static int bind_value(sqlite3_stmt *statement, int place, const pg_sql_value *value)
{
    static const char nothing[] = ""; /* a NULL pointer would bind NULL */
    switch (value->kind) {
    case PG_SQL_INTEGER:
        return sqlite3_bind_int64(statement, place, value->integer);
    case PG_SQL_REAL:
        return sqlite3_bind_double(statement, place, value->real);
    case PG_SQL_TEXT:
        return sqlite3_bind_text64(statement, place, value->bytes, value->n, SQLITE_STATIC, SQLITE_UTF8);
    case PG_SQL_BLOB:
        return sqlite3_bind_blob64(statement, place, value->n == 0 ? nothing : value->bytes, value->n, SQLITE_STATIC);
    case PG_SQL_NULL:
        break;
    }
    return sqlite3_bind_null(statement, place);
}

static pgdp_status prepare(pgdp_ctx *ctx, pg_db *db, const char *text, sqlite3_stmt **at)
{
    return check(ctx, db, sqlite3_prepare_v3(handle(db), text, -1, SQLITE_PREPARE_PERSISTENT, at, NULL));
}

static pgdp_status bind_all(pgdp_ctx *ctx, pg_db *db, sqlite3_stmt *at, const pg_sql_value *values, size_t n)
{
    (void)sqlite3_reset(at); /* repeats what its last step answered */
    for (size_t i = 0; i < n; i++)
        PG_TRY(check(ctx, db, bind_value(at, (int)i + 1, &values[i])));
    return PGDP_OK;
}

static pgdp_status bind(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n)
{
    sqlite3_stmt **at = statement_at(db, statement);
    if (*at == NULL) PG_TRY(prepare(ctx, db, db->texts[statement], at));
    return bind_all(ctx, db, *at, values, n);
}

static void end(pg_db *db, size_t statement)
{
    (void)sqlite3_reset(*statement_at(db, statement)); /* repeats what its last step answered */
}

static pgdp_status next(pgdp_ctx *ctx, pg_db *db, size_t statement, bool *row)
{
    const int code = sqlite3_step(*statement_at(db, statement));
    *row = code == SQLITE_ROW;
    if (*row) return PGDP_OK;
    const pgdp_status status = code == SQLITE_DONE ? PGDP_OK : fail(ctx, db, code);
    end(db, statement);
    return status;
}

static int64_t cell_int(const pg_db *db, size_t statement, int column)
{
    return sqlite3_column_int64(*statement_at(db, statement), column);
}

static double cell_real(const pg_db *db, size_t statement, int column)
{
    sqlite3_stmt *at = *statement_at(db, statement);
    return sqlite3_column_type(at, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(at, column);
}

static const char *cell_text(const pg_db *db, size_t statement, int column)
{
    return (const char *)sqlite3_column_text(*statement_at(db, statement), column);
}

static const void *cell_blob(const pg_db *db, size_t statement, int column, size_t *n)
{
    sqlite3_stmt *at = *statement_at(db, statement);
    const void *bytes = sqlite3_column_blob(at, column);
    *n = (size_t)sqlite3_column_bytes(at, column);
    return bytes;
}

/* ---- many rows ---- */

/* INSERT INTO table (columns) VALUES (?, ?), (?, ?), ... */
static pgdp_status prepare_rows(pgdp_ctx *ctx, pg_db *db, const pg_bulk_table *table, size_t n_rows, sqlite3_stmt **at)
{
    pg_text text;
    if (*at != NULL) return PGDP_OK;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "INSERT INTO %s (%s) VALUES ", table->name, table->columns);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < table->n_columns; j++)
            pg_text_addf(&text, "%s?%s", j > 0 ? ", " : i > 0 ? ", (" : "(", j + 1 == table->n_columns ? ")" : "");
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : prepare(ctx, db, text.data, at);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status step_rows(pgdp_ctx *ctx, pg_db *db, sqlite3_stmt *at, const pg_sql_value *values, size_t n)
{
    PG_TRY(bind_all(ctx, db, at, values, n));
    const int code = sqlite3_step(at);
    return code == SQLITE_DONE ? PGDP_OK : fail(ctx, db, code);
}

static pgdp_status bulk_tables(pgdp_ctx *ctx, pg_db *db)
{
    PG_TRY_ALLOC(ctx, ((sqlite_db *)db)->bulks, pg_arena_alloc(&db->arena, db->n_tables, sizeof(bulk)));
    return PGDP_OK;
}

static pgdp_status bulk_add(pgdp_ctx *ctx, pg_db *db, size_t table, const pg_sql_value *values)
{
    const pg_bulk_table *about = &db->tables[table];
    const size_t width = about->n_columns;
    bulk *b = &((sqlite_db *)db)->bulks[table];
    PG_TRY(prepare_rows(ctx, db, about, about->at_once, &b->many));
    if (about->at_once == 1) return step_rows(ctx, db, b->many, values, width);
    if (b->values == NULL)
        PG_TRY_ALLOC(ctx, b->values, pg_arena_alloc(&db->arena, about->at_once * width, sizeof *b->values));
    memcpy(b->values + b->n++ * width, values, width * sizeof *values);
    if (b->n < about->at_once) return PGDP_OK;
    b->n = 0;
    return step_rows(ctx, db, b->many, b->values, about->at_once * width);
}

static pgdp_status bulk_end(pgdp_ctx *ctx, pg_db *db)
{
    for (size_t t = 0; t < db->n_tables; t++) {
        bulk *b = &((sqlite_db *)db)->bulks[t];
        const size_t n = b->n, width = db->tables[t].n_columns;
        b->n = 0;
        if (n > 0) PG_TRY(prepare_rows(ctx, db, &db->tables[t], 1, &b->one));
        for (size_t i = 0; i < n; i++)
            PG_TRY(step_rows(ctx, db, b->one, b->values + i * width, width));
    }
    return PGDP_OK;
}

const pg_door pg_door_sqlite = {
    .size = sizeof(sqlite_db),
    .open = open_file,
    .close = close_file,
    .script = script,
    .begin = begin,
    .undo = undo,
    .last_key = last_key,
    .bind = bind,
    .next = next,
    .end = end,
    .cell_int = cell_int,
    .cell_real = cell_real,
    .cell_text = cell_text,
    .cell_blob = cell_blob,
    .bulk_tables = bulk_tables,
    .bulk_add = bulk_add,
    .bulk_end = bulk_end,
};
