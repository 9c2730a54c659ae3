/* store_verify.c  The whole store looked over: the file, what refers to what, hashes of what is kept, intervals.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/hash.h"
#include "core/text.h"
#include "ingest/store.h"

/* What one check found. */
typedef struct finding {
    size_t looked_at, faults;
    const char *first; /* in ctx->scratch; NULL: none */
} finding;
typedef pgdp_status (*check)(pgdp_ctx *ctx, pgdp_store *store, finding *out);

static pgdp_status fault(pgdp_ctx *ctx, finding *out, const char *what)
{
    if (out->faults++ > 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, out->first, pg_arena_strdup(&ctx->scratch, what == NULL ? "" : what));
    return PGDP_OK;
}

/* Every row of the statement is a fault, told by its first cell. */
static pgdp_status rows_are_faults(pgdp_ctx *ctx, pgdp_store *store, size_t s, finding *out)
{
    bool row;
    PG_TRY(pg_sql_begin(ctx, store->db, s, NULL, 0));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, s, &row));
        if (!row) return PGDP_OK;
        PG_TRY(fault(ctx, out, pg_sql_cell_text(store->db, s, 0)));
    }
}

static pgdp_status number_of(pgdp_ctx *ctx, pgdp_store *store, size_t s, finding *out)
{
    int64_t n = 0;
    PG_TRY(pg_sql_one(ctx, store->db, s, NULL, 0, &n));
    out->looked_at = (size_t)n;
    return PGDP_OK;
}

static pgdp_status check_file(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    bool row;
    out->looked_at = 1;
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_INTEGRITY, NULL, 0));
    PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_INTEGRITY, &row));
    const char *text = row ? pg_sql_cell_text(store->db, PG_SQL_INTEGRITY, 0) : NULL;
    if (text == NULL || !pg_streq(text, "ok")) PG_TRY(fault(ctx, out, text));
    pg_sql_end(store->db, PG_SQL_INTEGRITY);
    return PGDP_OK;
}

static pgdp_status check_references(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    PG_TRY(number_of(ctx, store, PG_SQL_N_OBSERVATIONS, out));
    return rows_are_faults(ctx, store, PG_SQL_FOREIGN_KEYS, out);
}

/* Is a sha256 that of the one blob of a statement? */
static pgdp_status hash_is(pgdp_ctx *ctx, pgdp_store *store, size_t s, const pg_sql_value key[2], const char *want,
                           bool *same)
{
    char sha256[PG_SHA256_HEX] = "";
    bool row;
    size_t n;
    PG_TRY(pg_sql_begin(ctx, store->db, s, key, s == PG_SQL_BYTES ? 1 : 2));
    PG_TRY(pg_sql_next(ctx, store->db, s, &row));
    const void *bytes = row ? pg_sql_cell_blob(store->db, s, 0, &n) : NULL;
    if (row) PG_TRY(pg_sha256(ctx, bytes, n, sha256));
    pg_sql_end(store->db, s);
    *same = want != NULL && pg_streq(want, sha256);
    return PGDP_OK;
}

/* Rows of name, sha256 and the key by which `one` gives what was hashed: one at a time, whatever their number. */
static pgdp_status check_hashes(pgdp_ctx *ctx, pgdp_store *store, const size_t list, const size_t one, finding *out)
{
    bool row, same;
    PG_TRY(pg_sql_begin(ctx, store->db, list, NULL, 0));
    for (;; out->looked_at++) {
        PG_TRY(pg_sql_next(ctx, store->db, list, &row));
        if (!row) return PGDP_OK;
        const pg_sql_value key[] = { pg_sql_int(pg_sql_cell_int(store->db, list, 2)),
                                     pg_sql_int(pg_sql_cell_int(store->db, list, 3)) };
        PG_TRY(hash_is(ctx, store, one, key, pg_sql_cell_text(store->db, list, 1), &same));
        if (!same) PG_TRY(fault(ctx, out, pg_sql_cell_text(store->db, list, 0)));
        PG_TRY(pg_check_stop(ctx));
    }
}

static pgdp_status check_bytes(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    return check_hashes(ctx, store, PG_SQL_KEPT_BYTES, PG_SQL_BYTES, out);
}

static pgdp_status check_tables(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    return check_hashes(ctx, store, PG_SQL_KEPT_COLUMNS, PG_SQL_CELLS, out);
}

/* An interval ends where the next one begins, so none overlap by construction; one that repeats the value of the one
 * before it is not maximal. */
static pgdp_status check_intervals(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    PG_TRY(number_of(ctx, store, PG_SQL_N_OBSERVATIONS, out));
    return rows_are_faults(ctx, store, PG_SQL_INTERVALS, out);
}

/* Every series and every vintage of it comes from a document. */
static pgdp_status check_catalogue(pgdp_ctx *ctx, pgdp_store *store, finding *out)
{
    PG_TRY(number_of(ctx, store, PG_SQL_N_SERIES, out));
    return rows_are_faults(ctx, store, PG_SQL_UNCOVERED, out);
}

static const struct {
    const char *name;
    check run;
} checks[] = {
    { "file", check_file },          { "references", check_references }, { "kept files", check_bytes },
    { "kept tables", check_tables }, { "intervals", check_intervals },   { "catalogue", check_catalogue },
};

static pgdp_status verify(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    static const char *const names[] = { "check", "#looked_at", "#faults", "first", NULL };
    size_t *faults = user;
    PG_TRY(pg_answer_columns(ctx, frame, names));
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        finding f = { .first = NULL };
        const pgdp_status status = checks[i].run(ctx, store, &f);
        if (status == PGDP_PARSE) PG_TRY(fault(ctx, &f, pgdp_ctx_error(ctx))); /* too damaged to be read */
        if (status != PGDP_OK && status != PGDP_PARSE) return status;
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        PG_TRY(pg_answer_text(ctx, frame, 0, checks[i].name));
        pgdp_frame_set_real(frame, 1, (double)f.looked_at);
        pgdp_frame_set_real(frame, 2, (double)f.faults);
        PG_TRY(pg_answer_text(ctx, frame, 3, f.first));
        *faults += f.faults;
    }
    return PGDP_OK;
}

pgdp_status pgdp_store_verify(pgdp_ctx *ctx, pgdp_store *store, pgdp_frame **out)
{
    size_t faults = 0;
    PG_TRY(pg_answer_make(ctx, store, verify, &faults, out));
    if (faults == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_MISMATCH, "%s: found %zu fault%s; take the last copy of the store, or import anew",
                   pg_db_path(store->db), faults, faults == 1 ? "" : "s");
}
