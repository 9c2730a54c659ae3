/* store_changes.c  How observations changed: one through all vintages, many between two days.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "ingest/store.h"
#include "ingest/store_merge.h"

typedef struct asked {
    const pgdp_store_query *query;
    const char *text; /* a period, or the second day */
} asked;

/* A day is taken as the period of the series that holds it. */
static pgdp_status read_period(pgdp_ctx *ctx, const pg_stored_series *series, const char *text, pgdp_period *out)
{
    if (pgdp_period_parse(text, out)) {
        if (out->frequency == PGDP_DAILY) *out = pgdp_period_convert(*out, series->frequency);
        if (out->frequency == series->frequency) return PGDP_OK;
    }
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found \"%.40s\", expected a period of \"%.80s\", which is %s", text,
                   series->name, pgdp_frequency_name(series->frequency));
}

static pgdp_status add_history(pgdp_ctx *ctx, const pgdp_store *store, pgdp_frame *frame)
{
    enum { FROM, UNTIL, VALUE, FLAG, DOCUMENT, SHA256 };
    const size_t s = PG_SQL_HISTORY;
    const pg_db *db = store->db;
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pg_answer_period(ctx, frame, FROM, PGDP_DAILY, pg_sql_cell_int(db, s, FROM)));
    if (!isnan(pg_sql_cell_real(db, s, UNTIL)))
        PG_TRY(pg_answer_period(ctx, frame, UNTIL, PGDP_DAILY, pg_sql_cell_int(db, s, UNTIL)));
    pgdp_frame_set_real(frame, VALUE, pg_sql_cell_real(db, s, VALUE));
    for (int k = FLAG; k <= SHA256; k++)
        PG_TRY(pg_answer_text(ctx, frame, (size_t)k, pg_sql_cell_text(db, s, k)));
    return PGDP_OK;
}

static pgdp_status history(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    static const char *const names[] = { "from", "until", "#value", "flag", "document", "sha256", NULL };
    const asked *a = user;
    pg_stored_series *series;
    pgdp_period period;
    size_t n;
    bool row;
    PG_TRY(pg_answer_columns(ctx, frame, names));
    PG_TRY(pg_store_find(ctx, store, a->query, &series, &n));
    if (n != 1) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %zu series, expected the name of one", n);
    PG_TRY(read_period(ctx, series, a->text, &period));
    const pg_sql_value values[] = { pg_sql_int(series->id), pg_sql_int(period.ordinal) };
    PG_TRY(pg_sql_begin(ctx, store->db, PG_SQL_HISTORY, values, 2));
    for (;;) {
        PG_TRY(pg_sql_next(ctx, store->db, PG_SQL_HISTORY, &row));
        if (!row) break;
        PG_TRY(add_history(ctx, store, frame));
    }
    if (pgdp_frame_n_rows(frame) > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "series \"%.80s\" has no observation of \"%.40s\"", series->name, a->text);
}

pgdp_status pgdp_store_history(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, const char *period,
                               pgdp_frame **out)
{
    asked a = { query, period };
    return pg_answer_make(ctx, store, history, &a, out);
}

/* ---- between two days ---- */

static pgdp_status add_change(pgdp_ctx *ctx, const pg_stored_series *series, const pg_known *before,
                              const pg_known *after, pgdp_frame *frame)
{
    const double was = before == NULL ? (double)NAN : before->value, is = after == NULL ? (double)NAN : after->value;
    const int32_t period = after != NULL ? after->period : before->period;
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pg_answer_text(ctx, frame, 0, series->name));
    PG_TRY(pg_answer_period(ctx, frame, 1, series->frequency, period));
    pgdp_frame_set_real(frame, 2, was);
    pgdp_frame_set_real(frame, 3, is);
    pgdp_frame_set_real(frame, 4, is - was);
    return PGDP_OK;
}

static bool differs(const pg_known *a, const pg_known *b)
{
    const pg_known x = { .value = a == NULL ? (double)NAN : a->value },
                   y = { .value = b == NULL ? (double)NAN : b->value };
    return !pg_same_known(&x, &y);
}

static pgdp_status diff_series(pgdp_ctx *ctx, pgdp_store *store, const pg_stored_series *series, const int32_t day[2],
                               pgdp_frame *frame)
{
    pg_known_list list[2] = { { .known = NULL }, { .known = NULL } };
    size_t at[2] = { 0, 0 };
    for (size_t k = 0; k < 2; k++) {
        PG_TRY(pg_store_known(ctx, store, series->id, &list[k]));
        list[k].n = pg_known_as_of(list[k].known, list[k].n, day[k]);
    }
    while (at[0] < list[0].n || at[1] < list[1].n) {
        const pg_known *a = at[0] < list[0].n ? &list[0].known[at[0]] : NULL;
        const pg_known *b = at[1] < list[1].n ? &list[1].known[at[1]] : NULL;
        if (a != NULL && b != NULL && a->period < b->period) b = NULL;
        if (a != NULL && b != NULL && b->period < a->period) a = NULL;
        at[0] += a != NULL;
        at[1] += b != NULL;
        if (differs(a, b)) PG_TRY(add_change(ctx, series, a, b, frame));
    }
    return PGDP_OK;
}

static pgdp_status diff(pgdp_ctx *ctx, pgdp_store *store, void *user, pgdp_frame *frame)
{
    static const char *const names[] = { "series_id", "period", "#before", "#after", "#change", NULL };
    const asked *a = user;
    pg_stored_series *series;
    size_t n;
    int32_t day[2];
    PG_TRY(pg_answer_columns(ctx, frame, names));
    PG_TRY(pg_store_as_of(ctx, a->query->as_of, &day[0]));
    PG_TRY(pg_store_as_of(ctx, a->text, &day[1]));
    PG_TRY(pg_store_find(ctx, store, a->query, &series, &n));
    for (size_t k = 0; k < n; k++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(diff_series(ctx, store, &series[k], day, frame));
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(pg_check_stop(ctx));
    }
    return PGDP_OK;
}

pgdp_status pgdp_store_diff(pgdp_ctx *ctx, pgdp_store *store, const pgdp_store_query *query, const char *until,
                            pgdp_frame **out)
{
    asked a = { query, until };
    return pg_answer_make(ctx, store, diff, &a, out);
}
