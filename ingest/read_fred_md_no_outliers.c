/* read_fred_md_no_outliers.c  FRED-MD and FRED-QD transformed, outliers missing; asked for by name, never found by
 * content. Source: McCracken & Ng (2016), JBES 34(4), section 3. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "ingest/fill.h"
#include "ingest/fred_md.h"
#include "ingest/readers.h"

enum { RANGES = 10 }; /* interquartile ranges from the median */

static int sniff(const pgdp_bytes *head)
{
    (void)head;
    return PG_NOT_OURS;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Hyndman and Fan's definition 5, that of the authors' program. */
static double quantile(const double *sorted, size_t n, double p)
{
    const double at = (double)n * p + 0.5, below = floor(at);
    if (at < 1) return sorted[0];
    if (at >= (double)n) return sorted[n - 1];
    const size_t i = (size_t)below;
    return sorted[i - 1] + (at - below) * (sorted[i] - sorted[i - 1]);
}

static pgdp_status clean(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, double *sorted)
{
    double *x = pg_frame_edit_reals(frame, column);
    const size_t n_rows = pgdp_frame_n_rows(frame);
    size_t n = 0, n_out = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (!isnan(x[i])) sorted[n++] = x[i];
    if (n == 0) return PGDP_OK;
    qsort(sorted, n, sizeof *sorted, compare);
    const double median = quantile(sorted, n, 0.5),
                 far = RANGES * (quantile(sorted, n, 0.75) - quantile(sorted, n, 0.25));
    for (size_t i = 0; i < n_rows; i++) {
        if (!(fabs(x[i] - median) > far)) continue;
        x[i] = (double)NAN;
        n_out++;
    }
    if (n_out == 0) return PGDP_OK;
    const char *note;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu values are more than %d interquartile ranges from the median",
                                 n_out, (int)RANGES));
    return pg_note_of(ctx, frame, "outliers", pgdp_frame_column(frame, column)->name, note);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    double *sorted;
    PG_TRY(pg_fred_md_read_stationary(ctx, in, out));
    pgdp_frame *frame = out->tables[0].frame;
    PG_TRY_ALLOC(ctx, sorted, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(frame), sizeof *sorted));
    for (size_t j = 1; j < pgdp_frame_n_columns(frame); j++)
        PG_TRY(clean(ctx, frame, j, sorted));
    return PGDP_OK;
}

const pgdp_reader pg_read_fred_md_no_outliers = {
    .name = "fred_md_no_outliers",
    .title = "FRED-MD and FRED-QD, transformed, outliers missing",
    .spec = "McCracken & Ng (2016), FRED-MD: A Monthly Database for Macroeconomic Research, section 3",
    .sniff = sniff,
    .read = read,
};
