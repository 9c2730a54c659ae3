/* store_sqlite.c  The only file that knows SQLite. Source: sqlite.org/c3ref, sqlite.org/rescode.html.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_sqlite.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "core/file.h"

enum { BUSY_MILLISECONDS = 10000 };

struct pg_db {
    pg_arena arena; /* holds this too */
    sqlite3 *sqlite;
    const char *path;
    const char *const *texts;
    sqlite3_stmt **statements; /* [n] NULL: not yet used */
    size_t n;
};

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
        const int reason = sqlite3_system_errno(db->sqlite);
        return pg_fail_io(ctx, db->path, "opening", reason != 0 ? reason : ENOENT);
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].code == first)
            return pg_fail(ctx, sentences[i].status, "%s: %s", db->path, sentences[i].sentence);
    return pg_fail(ctx, PGDP_IO, "%s: the store's database failed: %s", db->path, sqlite3_errmsg(db->sqlite));
}

static pgdp_status check(pgdp_ctx *ctx, const pg_db *db, int code)
{
    return code == SQLITE_OK ? PGDP_OK : fail(ctx, db, code);
}

static pgdp_status open_inside(pgdp_ctx *ctx, pg_db *db, bool write)
{
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    PG_TRY(check(ctx, db, sqlite3_open_v2(db->path, &db->sqlite, flags, NULL)));
    PG_TRY(check(ctx, db, sqlite3_busy_timeout(db->sqlite, BUSY_MILLISECONDS)));
    return pg_db_script(ctx, db, "PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA trusted_schema = OFF");
}

pgdp_status pg_db_open(pgdp_ctx *ctx, const char *path, bool write, const char *const *texts, size_t n, pg_db **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pg_db *db = pg_arena_alloc(&arena, 1, sizeof *db);
    if (db == NULL) return pg_no_memory(ctx);
    db->path = pg_arena_strdup(&arena, path);
    db->statements = (sqlite3_stmt **)pg_arena_alloc(&arena, n, sizeof(sqlite3_stmt *));
    db->texts = texts;
    db->n = n;
    db->arena = arena;
    const pgdp_status status =
        db->path == NULL || db->statements == NULL ? pg_no_memory(ctx) : open_inside(ctx, db, write);
    if (status == PGDP_OK)
        *out = db;
    else
        pg_db_close(db);
    return status;
}

void pg_db_close(pg_db *db)
{
    if (db == NULL) return;
    for (size_t i = 0; db->statements != NULL && i < db->n; i++)
        (void)sqlite3_finalize(db->statements[i]); /* repeats what its last step answered */
    (void)sqlite3_close(db->sqlite);               /* nothing is open in it that could refuse */
    pg_arena arena = db->arena;
    pg_arena_free(&arena);
}

pgdp_status pg_db_script(pgdp_ctx *ctx, pg_db *db, const char *sql)
{
    return check(ctx, db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

pgdp_status pg_db_undo(pgdp_ctx *ctx, pg_db *db, bool failed)
{
    for (size_t i = 0; i < db->n; i++)
        if (db->statements[i] != NULL) (void)sqlite3_reset(db->statements[i]); /* an open reading would hold it back */
    if (sqlite3_get_autocommit(db->sqlite) != 0) return PGDP_OK;
    const int code = sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return failed ? PGDP_OK : check(ctx, db, code); /* the first failure is the one to tell */
}

const char *pg_db_path(const pg_db *db)
{
    return db->path;
}

int64_t pg_db_last_key(const pg_db *db)
{
    return sqlite3_last_insert_rowid(db->sqlite);
}

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

static int bind(sqlite3_stmt *statement, int place, const pg_sql_value *value)
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

pgdp_status pg_sql_begin(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n)
{
    sqlite3_stmt **at = &db->statements[statement];
    if (*at == NULL)
        PG_TRY(check(ctx, db,
                     sqlite3_prepare_v3(db->sqlite, db->texts[statement], -1, SQLITE_PREPARE_PERSISTENT, at, NULL)));
    (void)sqlite3_reset(*at); /* repeats what its last step answered */
    for (size_t i = 0; i < n; i++)
        PG_TRY(check(ctx, db, bind(*at, (int)i + 1, &values[i])));
    return PGDP_OK;
}

pgdp_status pg_sql_next(pgdp_ctx *ctx, pg_db *db, size_t statement, bool *row)
{
    const int code = sqlite3_step(db->statements[statement]);
    *row = code == SQLITE_ROW;
    if (*row) return PGDP_OK;
    const pgdp_status status = code == SQLITE_DONE ? PGDP_OK : fail(ctx, db, code);
    pg_sql_end(db, statement);
    return status;
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
    (void)sqlite3_reset(db->statements[statement]); /* repeats what its last step answered */
}

int64_t pg_sql_cell_int(const pg_db *db, size_t statement, int column)
{
    return sqlite3_column_int64(db->statements[statement], column);
}

double pg_sql_cell_real(const pg_db *db, size_t statement, int column)
{
    sqlite3_stmt *at = db->statements[statement];
    return sqlite3_column_type(at, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(at, column);
}

const char *pg_sql_cell_text(const pg_db *db, size_t statement, int column)
{
    return (const char *)sqlite3_column_text(db->statements[statement], column);
}

const void *pg_sql_cell_blob(const pg_db *db, size_t statement, int column, size_t *n)
{
    sqlite3_stmt *at = db->statements[statement];
    const void *bytes = sqlite3_column_blob(at, column);
    *n = (size_t)sqlite3_column_bytes(at, column);
    return bytes;
}
