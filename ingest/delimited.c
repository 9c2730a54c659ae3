/* delimited.c  A delimited table by the fast reader, or by the careful one where the fast one may not answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/build.h"
#include "ingest/fast_csv.h"

enum { LARGE = 1 << 16 }; /* bytes from which the fast reader is worth its start */

static pgdp_status fail_no_header(pgdp_ctx *ctx, const char *label)
{
    return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected the names of the columns", label);
}

pgdp_status pg_delimited_header(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, pg_grid *out)
{
    pgdp_bytes head = *in;
    const size_t n = pg_csv_header_length(in, dialect);
    if (n > 0) head.n = n; /* else a header alone, without a line end */
    PG_TRY(pg_csv_read(ctx, &head, dialect, out));
    return out->n_rows == 0 || out->rows[0].n == 0 ? fail_no_header(ctx, in->label) : PGDP_OK;
}

/* Rows into the table, some at a time. */
typedef struct filling {
    const pg_rules *rules;
    pgdp_frame *frame;
    pg_build build;
    size_t n_rows; /* of this pass, with the header */
} filling;

static pgdp_status take_rows(pgdp_ctx *ctx, void *user, const pg_grid *rows)
{
    filling *f = user;
    for (size_t i = 0; i < rows->n_rows; i++, f->n_rows++) {
        if (f->n_rows > 0) PG_TRY(pg_build_row(ctx, &f->build, &rows->rows[i]));
        if (f->n_rows > 0 || f->build.second) continue;
        if (rows->rows[i].n == 0) return fail_no_header(ctx, rows->label);
        PG_TRY(pg_build_begin(ctx, rows->label, &rows->rows[i], f->rules, f->frame, &f->build));
        PG_TRY(pg_build_look(ctx, &f->build, rows, 1, rows->n_rows));
    }
    return PGDP_OK;
}

static pgdp_status take_one(pgdp_ctx *ctx, void *user, size_t line, const pg_cell *cell)
{
    filling *f = user;
    return pg_build_cell(ctx, &f->build, line, cell);
}

static pgdp_status end_row(pgdp_ctx *ctx, void *user)
{
    filling *f = user;
    return pg_build_end_row(ctx, &f->build);
}

pgdp_status pg_build_rows(pgdp_ctx *ctx, const pg_row_source *rows, const pg_rules *rules, pgdp_frame *frame)
{
    filling f = { .rules = rules, .frame = frame };
    const pg_taker taker = { take_rows, &f, take_one, end_row };
    for (bool again = true; again;) {
        f.n_rows = 0;
        PG_TRY(rows->pass(ctx, rows->user, &taker));
        if (f.n_rows == 0) return fail_no_header(ctx, rows->label);
        PG_TRY(pg_build_settle(ctx, &f.build, &again));
    }
    return pg_build_end(ctx, &f.build);
}

/* The careful way: rows from libcsv. */
static pgdp_status pass(pgdp_ctx *ctx, void *user, const pg_taker *rows)
{
    const pg_fast_csv *how = user;
    return pg_csv_stream(ctx, how->in, &how->dialect, how->mapping, rows);
}

pgdp_status pg_delimited_read(pgdp_ctx *ctx, const pg_fast_csv *how, pgdp_frame **out)
{
    pgdp_frame *frame = NULL;
    if (how->in->n >= LARGE) PG_TRY(pg_fast_csv_read(ctx, how, &frame));
    if (frame == NULL) {
        PG_TRY(pgdp_frame_new(ctx, &frame));
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_fast_csv copy = *how;
        const pg_row_source rows = { how->in->label, pass, &copy };
        const pgdp_status status = pg_build_rows(ctx, &rows, how->rules, frame);
        pg_arena_rewind(&ctx->scratch, mark);
        if (status != PGDP_OK) {
            pgdp_frame_free(frame);
            return status;
        }
    }
    *out = frame;
    return PGDP_OK;
}
