/* store_postgres.h  What PostgreSQL calls things: tables, values, rows, failures.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_POSTGRES_H
#define PG_STORE_POSTGRES_H

#include "core/number.h"
#include "ingest/store_door.h"

/** A script of tables in SQLite's words, put into PostgreSQL's, in ctx->scratch; NULL: memory is out. */
char *pg_postgres_tables(pgdp_ctx *ctx, const char *sql);
#define PG_POSTGRES_LOST "the connection to the server was lost; try again: what is in the store is not put in twice"
/** What the user can do about a code (SQLSTATE); NULL: the server's own words are to be told. */
const char *pg_postgres_sentence(const char *code, pgdp_status *status);
/** A value of a statement as text, or as bytes where *format is 1; NULL: missing. */
const char *pg_postgres_parameter(const pg_sql_value *value, char text[PG_NUMBER_SIZE], int *length, int *format);

/** postgresql://user@host:port/database of these parts; "" when port or database is none: an address with a bare / or @
 * in its password makes such. NULL: memory is out. */
const char *pg_postgres_shown(pg_arena *arena, const char *const parts[4]);
/** The server's words in one line, in ctx->scratch. */
const char *pg_postgres_line(pgdp_ctx *ctx, const char *text);
/** A cell that is a whole number of two, four or eight bytes, or a truth value of one; n 0: 0. */
int64_t pg_postgres_integer(const char *bytes, size_t n);

enum { PG_COPY_BYTES = 1 << 20, PG_COPY_HEADER = 19 };
/** Begins every COPY in binary. */
extern const char pg_copy_header[PG_COPY_HEADER];
/** Rows of COPY in binary that wait to be sent. */
typedef struct pg_copy_rows {
    char *bytes; /**< [PG_COPY_BYTES] */
    size_t n;
} pg_copy_rows;
/** @return false: there is no room, nothing was changed */
bool pg_copy_add(pg_copy_rows *rows, const pg_sql_value *values, size_t n);

#endif
