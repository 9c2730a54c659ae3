/* make_series.c  series.csv: the observations of every macro series and vintage. Sources: FRED, FRED-QD, BLS LABSTAT.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"
#include "compile/series_rows.h"
#include "core/frame.h"

#include <math.h>

static const char *const header[] = { "series", "vintage", "period", "value", NULL };

/* One series within a table: its rows in order, and the columns that matter. */
typedef struct observations {
    const pgdp_frame *frame;
    size_t period, value, n;
    size_t *rows;
} observations;

/* Wide tables have a column called as the series; LABSTAT has its rows, annual averages among them without a period. */
static pgdp_status find(pgdp_ctx *ctx, const pg_series_row *about, observations *o)
{
    const size_t ids = pgdp_frame_find(o->frame, "series_id"), n = pgdp_frame_n_rows(o->frame);
    const char *const names[] = { "period", ids == PGDP_NONE ? about->series : "value" };
    size_t columns[2];
    PG_TRY(pg_input_columns(ctx, about->source, o->frame, names, 2, columns));
    o->period = columns[0];
    o->value = columns[1];
    const int32_t *periods = pgdp_frame_periods(o->frame, o->period);
    if (periods == NULL || pgdp_frame_reals(o->frame, o->value) == NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s: series %s: periods or values are text, expected dates and numbers",
                       about->source, about->series);
    const uint32_t *codes = ids == PGDP_NONE ? NULL : pgdp_frame_codes(o->frame, ids);
    const uint32_t wanted = codes == NULL ? 0 : pg_frame_find_level(o->frame, ids, about->series, PGDP_NONE);
    PG_TRY_ALLOC(ctx, o->rows, pg_arena_alloc(&ctx->scratch, n, sizeof *o->rows));
    for (size_t row = 0; row < n; row++)
        if (periods[row] != PGDP_MISSING_PERIOD && (codes == NULL || codes[row] == wanted)) o->rows[o->n++] = row;
    return PGDP_OK;
}

/* What is missing at either end was not yet, or no longer, observed; what is missing between is a fact of the series.
 */
static void trim(observations *o)
{
    const double *values = pgdp_frame_reals(o->frame, o->value);
    while (o->n > 0 && isnan(values[o->rows[o->n - 1]]))
        o->n--;
    while (o->n > 0 && isnan(values[o->rows[0]])) {
        o->rows++;
        o->n--;
    }
}

static pgdp_status write(pgdp_ctx *ctx, pg_inputs *inputs, const pg_series_row *about, pg_csv_out *out)
{
    observations o = { .n = 0 };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_inputs_table(ctx, inputs, about->source, NULL, &o.frame));
    PG_TRY(find(ctx, about, &o));
    trim(&o);
    const char *frequency = pgdp_frequency_name(pgdp_frame_column(o.frame, o.period)->frequency);
    if (o.n == 0 || !pg_streq(frequency, about->frequency))
        return pg_fail(ctx, PGDP_PARSE, "%s: series %s has %zu %s observations, expected %s ones", about->source,
                       about->series, o.n, frequency, about->frequency);
    for (size_t i = 0; i < o.n; i++) {
        pg_csv_put_text(out, about->series);
        pg_csv_put_text(out, pg_source_at(pg_source_find(about->source))->vintage);
        pg_put_cell(out, o.frame, o.period, o.rows[i]);
        pg_put_cell(out, o.frame, o.value, o.rows[i]);
        pg_put_row_end(out);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    pg_put_row(out, header);
    for (size_t i = 0; pg_series_at(i) != NULL; i++)
        PG_TRY(write(ctx, inputs, pg_series_at(i), out));
    return PGDP_OK;
}

const pg_product pg_product_series = { .file = "series.csv", .make = make };
