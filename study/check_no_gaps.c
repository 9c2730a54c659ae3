/* check_no_gaps.c  {no_gaps: PERIOD, by: [COLUMNS]}: between its first and its last period a series has every one,
 * once. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct dated {
    size_t series, row;
    int64_t period;
} dated;

static int by_series_and_period(const void *a, const void *b)
{
    const dated *x = a, *y = b;
    if (x->series != y->series) return x->series < y->series ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The rows that have a period, with the number of their series. */
static pgdp_status list(pgdp_ctx *ctx, const pg_check_job *job, size_t column, dated *out, size_t *n)
{
    const pgdp_frame *frame = job->table->frame;
    const int32_t *period = pgdp_frame_periods(frame, column);
    const double *year = pgdp_frame_reals(frame, column);
    size_t *columns, n_columns, n_series = 0;
    bool *asked;
    pg_map series;
    PG_TRY(pg_check_columns_of(ctx, job, "by", &columns, &n_columns));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    pg_map_init(&series, &ctx->scratch);
    *n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *key;
        if (!asked[i] || (period == NULL ? isnan(year[i]) : period[i] == PGDP_MISSING_PERIOD)) continue;
        PG_TRY(pg_check_key(ctx, frame, columns, n_columns, i, &key));
        size_t at = pg_map_find(&series, key, strlen(key));
        if (at == PGDP_NONE && !pg_map_put(&series, key, strlen(key), at = n_series++)) return pg_no_memory(ctx);
        out[(*n)++] = (dated){ at, i, period == NULL ? (int64_t)year[i] - 1970 : period[i] };
    }
    qsort(out, *n, sizeof *out, by_series_and_period);
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    const pgdp_frame *frame = job->table->frame;
    size_t *columns, n;
    dated *rows;
    PG_TRY(pg_check_columns_of(ctx, job, "no_gaps", &columns, &n));
    const pgdp_column *about = pgdp_frame_column(frame, columns[0]);
    if (n != 1 || about->type == PGDP_TEXT)
        return pg_yaml_fail(ctx, pg_yaml_find(job->node, "no_gaps"),
                            "\"no_gaps\" takes one column of periods or years");
    const pgdp_frequency frequency = about->type == PGDP_PERIOD ? about->frequency : PGDP_ANNUAL;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(frame), sizeof *rows));
    PG_TRY(list(ctx, job, columns[0], rows, &n));
    job->n_checked = n;
    for (size_t i = 1; i < n; i++) {
        char before[16], missing[16];
        if (rows[i].series != rows[i - 1].series || rows[i].period == rows[i - 1].period + 1) continue;
        pgdp_period_format((pgdp_period){ frequency, (int32_t)rows[i - 1].period }, before);
        pgdp_period_format((pgdp_period){ frequency, (int32_t)rows[i - 1].period + 1 }, missing);
        if (rows[i].period == rows[i - 1].period)
            pg_check_found(job, rows[i].row, "found %s a second time, first in data row %zu", before,
                           rows[i - 1].row + 1);
        else
            pg_check_found(job, rows[i - 1].row, "after %s found no %s; expected every period", before, missing);
    }
    return PGDP_OK;
}

static const char *const keys[] = { "no_gaps", "by", "where", NULL };
const pg_check_kind pg_check_no_gaps = { .name = "no_gaps", .keys = keys, .run = run };
