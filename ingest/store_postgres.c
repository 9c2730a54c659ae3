/* store_postgres.c  The only file that knows PostgreSQL. Source: postgresql.org/docs/15: libpq, COPY (binary format),
 * appendix A (codes of errors). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values go as text, whose type the server finds; rows come back in binary, every bit of a double as it was. Rows of
 * many go by COPY, which stays open until something else is asked: the server works while we make the next ones. */
#include "ingest/store_postgres.h"

#include <dlfcn.h>
#include <math.h>
#include <postgresql/libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

enum { MAX_VALUES = 32, FLOAT8 = 701 }; /* the latter in pg_type.dat */

/* clang-format off */
#define FUNCTIONS(X) \
    X(PQconninfoParse) X(PQconninfoFree) X(PQconnectdbParams) X(PQfinish) X(PQstatus) X(PQparameterStatus) \
    X(PQtransactionStatus) X(PQerrorMessage) X(PQexec) X(PQprepare) \
    X(PQexecPrepared) X(PQexecParams) X(PQresultStatus) X(PQresultErrorField) X(PQclear) X(PQntuples) X(PQftype) \
    X(PQgetisnull) X(PQgetlength) X(PQgetvalue) X(PQputCopyData) X(PQputCopyEnd) X(PQgetResult)
/* clang-format on */
typedef struct functions {
#define MEMBER(name) __typeof__(name) *(name);
    FUNCTIONS(MEMBER)
#undef MEMBER
} functions;

typedef struct statement {
    bool prepared;
    PGresult *result; /* NULL: not running */
    int row;          /* -1: before the first */
} statement;
typedef struct postgres_db {
    pg_db base;
    functions f;
    PGconn *connection;
    statement *statements; /* [n] */
    pg_copy_rows *bulks;   /* [n_tables] that wait to be sent */
    size_t copying;        /* the table whose COPY is open; PGDP_NONE: none */
} postgres_db;

static postgres_db *own(pg_db *db)
{
    return (postgres_db *)db;
}

static const postgres_db *look(const pg_db *db)
{
    return (const postgres_db *)db;
}

/* The one place that turns the server's codes into a sentence. */
static pgdp_status fail(pgdp_ctx *ctx, const pg_db *db, const PGresult *result)
{
    const functions *f = &look(db)->f;
    const char *code = result == NULL ? NULL : f->PQresultErrorField(result, PG_DIAG_SQLSTATE);
    pgdp_status status;
    const char *sentence = code == NULL ? NULL : pg_postgres_sentence(code, &status);
    if (sentence != NULL) return pg_fail(ctx, status, "%s: %s", db->path, sentence);
    if (f->PQstatus(look(db)->connection) == CONNECTION_BAD)
        return pg_fail(ctx, PGDP_NETWORK, "%s: " PG_POSTGRES_LOST, db->path);
    const char *text = result == NULL ? NULL : f->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (text == NULL) text = f->PQerrorMessage(look(db)->connection);
    return pg_fail(ctx, PGDP_IO, "%s: the store's database failed: %s", db->path, pg_postgres_line(ctx, text));
}

/* Is the result as it should be? It is freed. */
static pgdp_status check(pgdp_ctx *ctx, const pg_db *db, PGresult *result, ExecStatusType want)
{
    const functions *f = &look(db)->f;
    const pgdp_status status = result != NULL && f->PQresultStatus(result) == want ? PGDP_OK : fail(ctx, db, result);
    f->PQclear(result);
    return status;
}

/* The end of the open COPY; `why` gives it up, whatever the server says to that. */
static pgdp_status end_copy(pgdp_ctx *ctx, pg_db *db, const char *why)
{
    const functions *f = &own(db)->f;
    PGconn *to = own(db)->connection;
    if (own(db)->copying == PGDP_NONE) return PGDP_OK;
    own(db)->copying = PGDP_NONE;
    const bool sent =
        (why != NULL || f->PQputCopyData(to, "\377\377", 2) == 1) && f->PQputCopyEnd(to, why) == 1; /* -1: no row */
    pgdp_status status = sent ? PGDP_OK : fail(ctx, db, NULL);
    for (PGresult *result; (result = f->PQgetResult(to)) != NULL;) {
        const bool bad = f->PQresultStatus(result) != PGRES_COMMAND_OK;
        if (bad && why == NULL && status == PGDP_OK) status = fail(ctx, db, result);
        f->PQclear(result);
    }
    return status;
}

static pgdp_status exec(pgdp_ctx *ctx, pg_db *db, const char *sql)
{
    PG_TRY(end_copy(ctx, db, NULL));
    PGresult *result = own(db)->f.PQexec(own(db)->connection, sql);
    const ExecStatusType status = own(db)->f.PQresultStatus(result); /* of the last statement */
    return check(ctx, db, result, status == PGRES_TUPLES_OK ? PGRES_TUPLES_OK : PGRES_COMMAND_OK);
}

/* ---- opening ---- */

static pgdp_status load(pgdp_ctx *ctx, functions *f)
{
    static const char *const names[] = {
#define NAME(name) #name,
        FUNCTIONS(NAME)
#undef NAME
    };
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL); /* stays: what it began must not go away */
    if (library == NULL)
        return pg_fail(
            ctx, PGDP_IO,
            "a store on a PostgreSQL server needs the library libpq.so.5, which cannot be loaded; install the "
            "package libpq5");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *symbol = dlsym(library, names[i]);
        if (symbol == NULL)
            return pg_fail(ctx, PGDP_IO, "libpq.so.5 has no %s; install the package libpq5 anew", names[i]);
        memcpy((char *)f + i * sizeof symbol, &symbol, sizeof symbol);
    }
    return PGDP_OK;
}

/* What is shown is made of what libpq understands, so that it holds no password, wherever that stands. */
static pgdp_status name_place(pgdp_ctx *ctx, postgres_db *to, const char *place)
{
    enum { N = 4 };
    static const char *const keys[N] = { "user", "host", "port", "dbname" };
    const char *parts[N] = { "", "", "", "" };
    PQconninfoOption *options = to->f.PQconninfoParse(place, NULL);
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        for (size_t i = 0; i < N; i++)
            if (pg_streq(o->keyword, keys[i]) && o->val != NULL) parts[i] = o->val;
    to->base.path = pg_postgres_shown(&to->base.arena, parts);
    to->f.PQconninfoFree(options);
    if (to->base.path == NULL) return pg_no_memory(ctx);
    if (options != NULL && to->base.path[0] != '\0') return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "the store's address is not one of a database, expected postgresql://user@host:port/database with "
                   "other characters than letters and digits written as %%XX");
}

/* Before the server has counted a fresh table it takes one series for a two-hundredth of all, and compiling or starting
 * workers for that took 7 of an as-of query's 7 ms. */
#define SETTINGS                                                                                                       \
    "SET client_min_messages = error; SET search_path = pgdp; SET jit = off; SET max_parallel_workers_per_gather = 0;" \
    " SET lock_timeout = " PG_DB_WAIT "; SET default_transaction_read_only = "

static pgdp_status connect_to(pgdp_ctx *ctx, postgres_db *to, const char *place, bool write)
{
    static const char *const keys[] = { "connect_timeout", "fallback_application_name", "dbname", "client_encoding",
                                        NULL };
    const char *const values[] = { "10", "pgdp", place, "UTF8", NULL }; /* the address may tell the first two */
    const functions *f = &to->f;
    to->connection = f->PQconnectdbParams(keys, values, 1);
    if (to->connection == NULL) return pg_no_memory(ctx);
    if (f->PQstatus(to->connection) != CONNECTION_OK)
        return pg_fail(ctx, PGDP_NETWORK, "%s: connecting failed: %s", to->base.path,
                       pg_postgres_line(ctx, f->PQerrorMessage(to->connection)));
    const char *encoding = f->PQparameterStatus(to->connection, "server_encoding");
    if (encoding == NULL || !pg_streq(encoding, "UTF8"))
        return pg_fail(ctx, PGDP_PARSE, "%s: this database has the encoding %s, expected UTF8; create one with it",
                       to->base.path, encoding == NULL ? "?" : encoding);
    /* the usual compression took a quarter of an import; a server without this one keeps to the usual */
    f->PQclear(f->PQexec(to->connection, "SET default_toast_compression = lz4"));
    return exec(ctx, &to->base, write ? SETTINGS "off" : SETTINGS "on");
}

static pgdp_status open_server(pgdp_ctx *ctx, pg_db *db, const char *place, bool write)
{
    postgres_db *to = own(db);
    to->copying = PGDP_NONE;
    PG_TRY_ALLOC(ctx, to->statements, pg_arena_alloc(&db->arena, db->n, sizeof *to->statements));
    PG_TRY(load(ctx, &to->f));
    PG_TRY(name_place(ctx, to, place));
    return connect_to(ctx, to, place, write);
}

static void end(pg_db *db, size_t s)
{
    statement *at = &own(db)->statements[s];
    if (at->result != NULL) own(db)->f.PQclear(at->result);
    at->result = NULL;
}

static void close_server(pg_db *db)
{
    if (own(db)->connection == NULL) return;
    for (size_t i = 0; i < db->n; i++)
        end(db, i);
    own(db)->f.PQfinish(own(db)->connection);
}

/* ---- COPY ---- */

/* What waits of a table goes to the server. */
static pgdp_status send_one(pgdp_ctx *ctx, pg_db *db, size_t table)
{
    const functions *f = &own(db)->f;
    PGconn *to = own(db)->connection;
    pg_copy_rows *b = &own(db)->bulks[table];
    const size_t n = b->n;
    b->n = 0;
    if (own(db)->copying != table) {
        const char *sql;
        PG_TRY(end_copy(ctx, db, NULL));
        PG_TRY_ALLOC(ctx, sql,
                     pg_arena_printf(&ctx->scratch, "COPY %s (%s) FROM STDIN BINARY", db->tables[table].name,
                                     db->tables[table].columns));
        PG_TRY(check(ctx, db, f->PQexec(to, sql), PGRES_COPY_IN));
        own(db)->copying = table;
        if (f->PQputCopyData(to, pg_copy_header, PG_COPY_HEADER) != 1) return fail(ctx, db, NULL);
    }
    return f->PQputCopyData(to, b->bytes, (int)n) == 1 ? PGDP_OK : fail(ctx, db, NULL);
}

/* And before it what its rows may refer to. */
static pgdp_status send(pgdp_ctx *ctx, pg_db *db, size_t table)
{
    for (size_t t = 0; t <= table; t++)
        if (own(db)->bulks[t].n > 0) PG_TRY(send_one(ctx, db, t));
    return PGDP_OK;
}

static pgdp_status bulk_tables(pgdp_ctx *ctx, pg_db *db)
{
    PG_TRY_ALLOC(ctx, own(db)->bulks, pg_arena_alloc(&db->arena, db->n_tables, sizeof *own(db)->bulks));
    return PGDP_OK;
}

static pgdp_status bulk_add(pgdp_ctx *ctx, pg_db *db, size_t table, const pg_sql_value *values)
{
    const pg_bulk_table *about = &db->tables[table];
    pg_copy_rows *b = &own(db)->bulks[table];
    if (b->bytes == NULL) PG_TRY_ALLOC(ctx, b->bytes, pg_arena_alloc(&db->arena, PG_COPY_BYTES, 1));
    if (pg_copy_add(b, values, about->n_columns)) return PGDP_OK;
    PG_TRY(send(ctx, db, table));
    if (pg_copy_add(b, values, about->n_columns)) return PGDP_OK;
    return pg_fail(ctx, PGDP_IO, "%s: a name or title of 1 MB is too long for the store", db->path);
}

static pgdp_status bulk_end(pgdp_ctx *ctx, pg_db *db)
{
    PG_TRY(send(ctx, db, db->n_tables - 1));
    return end_copy(ctx, db, NULL);
}

/* ---- statements ---- */

static pgdp_status script(pgdp_ctx *ctx, pg_db *db, const char *sql)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    char *text = pg_postgres_tables(ctx, sql);
    const pgdp_status status = text == NULL ? pg_no_memory(ctx) : exec(ctx, db, text);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* One writer: those that come later wait for the lock, and see what it has written once they have it. */
static pgdp_status begin(pgdp_ctx *ctx, pg_db *db, bool write)
{
    return exec(ctx, db,
                write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT pg_advisory_xact_lock(1885824112)"
                      : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static pgdp_status undo(pgdp_ctx *ctx, pg_db *db, bool failed)
{
    const functions *f = &own(db)->f;
    PGconn *to = own(db)->connection;
    for (size_t i = 0; i < db->n; i++)
        end(db, i);
    for (size_t t = 0; t < db->n_tables; t++)
        own(db)->bulks[t].n = 0;
    (void)end_copy(ctx, db, "given up");
    if (f->PQtransactionStatus(to) == PQTRANS_IDLE) return PGDP_OK;
    PGresult *result = f->PQexec(to, "ROLLBACK");
    if (!failed) return check(ctx, db, result, PGRES_COMMAND_OK);
    f->PQclear(result); /* the first failure is the one to tell */
    return PGDP_OK;
}

/* ?1 is $1 here. */
static pgdp_status prepare(pgdp_ctx *ctx, pg_db *db, size_t s, const char *name)
{
    const functions *f = &own(db)->f;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    char *text = pg_arena_strdup(&ctx->scratch, db->texts[s]);
    if (text == NULL) return pg_no_memory(ctx);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '?') *c = '$';
    const pgdp_status status = check(ctx, db, f->PQprepare(own(db)->connection, name, text, 0, NULL), PGRES_COMMAND_OK);
    own(db)->statements[s].prepared = status == PGDP_OK;
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status bind(pgdp_ctx *ctx, pg_db *db, size_t s, const pg_sql_value *values, size_t n)
{
    const functions *f = &own(db)->f;
    statement *at = &own(db)->statements[s];
    char name[PG_NUMBER_SIZE], texts[MAX_VALUES][PG_NUMBER_SIZE];
    const char *given[MAX_VALUES];
    int lengths[MAX_VALUES], formats[MAX_VALUES];
    end(db, s);
    (void)snprintf(name, sizeof name, "s%zu", s);
    PG_TRY(end_copy(ctx, db, NULL));
    if (!at->prepared) PG_TRY(prepare(ctx, db, s, name));
    for (size_t i = 0; i < n; i++) {
        if (values[i].n > INT32_MAX / 2)
            return pg_fail(ctx, PGDP_IO, "%s: a text or table is larger than one cell of a store, 1 GB; split the file",
                           db->path);
        given[i] = pg_postgres_parameter(&values[i], texts[i], &lengths[i], &formats[i]);
    }
    PGresult *result = f->PQexecPrepared(own(db)->connection, name, (int)n, given, lengths, formats, 1);
    const ExecStatusType status = f->PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return check(ctx, db, result, PGRES_COMMAND_OK);
    at->result = result;
    at->row = -1;
    return PGDP_OK;
}

static pgdp_status next(pgdp_ctx *ctx, pg_db *db, size_t s, bool *row)
{
    statement *at = &own(db)->statements[s];
    (void)ctx;
    *row = at->result != NULL && ++at->row < own(db)->f.PQntuples(at->result);
    if (!*row) end(db, s);
    return PGDP_OK;
}

/* Bytes of a cell; NULL: it is missing. */
static const void *cell(const pg_db *db, size_t s, int column, size_t *n)
{
    const functions *f = &look(db)->f;
    const statement *at = &look(db)->statements[s];
    *n = 0;
    if (f->PQgetisnull(at->result, at->row, column) != 0) return NULL;
    *n = (size_t)f->PQgetlength(at->result, at->row, column);
    return f->PQgetvalue(at->result, at->row, column);
}

static int64_t cell_int(const pg_db *db, size_t s, int column)
{
    size_t n;
    const char *bytes = cell(db, s, column, &n);
    return pg_postgres_integer(bytes, n);
}

static double cell_real(const pg_db *db, size_t s, int column)
{
    size_t n;
    if (cell(db, s, column, &n) == NULL) return (double)NAN;
    const int64_t bits = cell_int(db, s, column);
    double real;
    memcpy(&real, &bits, sizeof real);
    return look(db)->f.PQftype(look(db)->statements[s].result, column) == FLOAT8 ? real : (double)bits;
}

static const char *cell_text(const pg_db *db, size_t s, int column)
{
    size_t n;
    return cell(db, s, column, &n); /* libpq puts a NUL behind */
}

static int64_t last_key(pg_db *db)
{
    const functions *f = &own(db)->f;
    PGresult *result = f->PQexecParams(own(db)->connection, "SELECT lastval()", 0, NULL, NULL, NULL, NULL, 1);
    const bool told = f->PQresultStatus(result) == PGRES_TUPLES_OK;
    const int64_t key = told ? pg_postgres_integer(f->PQgetvalue(result, 0, 0), sizeof key) : 0;
    f->PQclear(result);
    return key;
}

const pg_door pg_door_postgres = {
    .size = sizeof(postgres_db),
    .open = open_server,
    .close = close_server,
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
    .cell_blob = cell,
    .bulk_tables = bulk_tables,
    .bulk_add = bulk_add,
    .bulk_end = bulk_end,
};
