/* store_db.h  The store's database, whichever it is: statements by number, values by kind, many rows at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_DB_H
#define PG_STORE_DB_H

#include "core/ctx.h"

/** An open database with its statements, each prepared when first used. */
typedef struct pg_db pg_db;
/** A table that takes many rows at once. */
typedef struct pg_bulk_table {
    const char *name, *columns;
    size_t n_columns, at_once; /**< rows that go into SQLite by one statement; 1 where a column is a text */
} pg_bulk_table;

/** Is the place a server's (postgresql://...), not a file? */
bool pg_db_is_server(const char *place);
/** @param place  a file, or postgresql://user@host/database  @param write  else read-only; a file that is not there is
 * made  @param texts  [n] the statements, which outlive it: values are ?1, ?2, ...
 * @return IO, NETWORK, PARSE (another kind of file, a damaged one), NO_MEMORY */
pgdp_status pg_db_open(pgdp_ctx *ctx, const char *place, bool write, const char *const *texts, size_t n, pg_db **out);
void pg_db_close(pg_db *db); /**< NULL is fine; what was not committed is undone */
/** Statements without values and rows: tables in SQLite's words, put into PostgreSQL's where they differ. */
pgdp_status pg_db_script(pgdp_ctx *ctx, pg_db *db, const char *sql);
/** Begin to read what is committed now, or to write: then others that would write wait ten seconds and fail. */
pgdp_status pg_db_begin(pgdp_ctx *ctx, pg_db *db, bool write);
pgdp_status pg_db_commit(pgdp_ctx *ctx, pg_db *db);
/** End a transaction that changed nothing, or take back what it did; in a transaction or not. Keeps the last error. */
pgdp_status pg_db_undo(pgdp_ctx *ctx, pg_db *db, bool failed);
const char *pg_db_path(const pg_db *db); /**< for messages: without a password */
/** Key of the row inserted last; not of those of pg_bulk_add(). */
int64_t pg_db_last_key(pg_db *db);

typedef enum pg_sql_kind { PG_SQL_NULL, PG_SQL_INTEGER, PG_SQL_REAL, PG_SQL_TEXT, PG_SQL_BLOB } pg_sql_kind;
/** One value of a statement; bytes are borrowed until its last row. A text ends with NUL. */
typedef struct pg_sql_value {
    pg_sql_kind kind;
    int64_t integer;
    double real;
    const void *bytes;
    size_t n;
} pg_sql_value;
pg_sql_value pg_sql_int(int64_t value);
pg_sql_value pg_sql_real(double value);      /**< NaN: NULL */
pg_sql_value pg_sql_text(const char *value); /**< NULL: NULL */
pg_sql_value pg_sql_blob(const void *bytes, size_t n);

/** Give a statement its values, from ?1 on; then ask for rows until there is none. */
pgdp_status pg_sql_begin(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n);
pgdp_status pg_sql_next(pgdp_ctx *ctx, pg_db *db, size_t statement, bool *row);
/** A statement whose rows, if any, do not matter. */
pgdp_status pg_sql_run(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n);
/** A statement of one row at most and one whole number; untouched when there is no row. */
pgdp_status pg_sql_one(pgdp_ctx *ctx, pg_db *db, size_t statement, const pg_sql_value *values, size_t n, int64_t *out);
void pg_sql_end(pg_db *db, size_t statement); /**< give up its other rows */

/** Cells of the row, from 0; texts and blobs live until the next row. */
int64_t pg_sql_cell_int(const pg_db *db, size_t statement, int column);      /**< NULL: 0 */
double pg_sql_cell_real(const pg_db *db, size_t statement, int column);      /**< NULL: NaN */
const char *pg_sql_cell_text(const pg_db *db, size_t statement, int column); /**< NULL: NULL */
const void *pg_sql_cell_blob(const pg_db *db, size_t statement, int column, size_t *n);

/** Which tables take many rows at once, [n]; they outlive the database. */
pgdp_status pg_bulk_tables(pgdp_ctx *ctx, pg_db *db, const pg_bulk_table *tables, size_t n);
/** Put a row into one of them, by its place; it may wait for others, unseen by statements, until pg_bulk_end().
 * @param values  [n_columns] */
pgdp_status pg_bulk_add(pgdp_ctx *ctx, pg_db *db, size_t table, const pg_sql_value *values);
pgdp_status pg_bulk_end(pgdp_ctx *ctx, pg_db *db);

#endif
