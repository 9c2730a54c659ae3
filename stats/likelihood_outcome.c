/* likelihood_outcome.c  What the outcome and eta of all rows add up to: likelihood.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood.h"

#include "stats/stream_fit.h"

#include <math.h>

/* What a pass looks for: outcomes that are not allowed, then the one of a row. */
typedef struct search {
    bool (*allowed)(double y);
    size_t row;
} search;

static const double above_all_rows = 0x1p53;

/* That less the first row that is not allowed, then the largest of y and of 1 - y: maxima above 0. */
static void look(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const search *s = user;
    (void)work;
    for (size_t i = 0; i < rows->n; i++) {
        const double y = rows->y[i];
        if (s->allowed(y)) {
            sums[1] = fmax(sums[1], y);
            sums[2] = fmax(sums[2], 1 - y);
        } else {
            sums[0] = fmax(sums[0], above_all_rows - (double)(rows->first + i));
        }
    }
}

static void fetch(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const search *s = user;
    (void)work;
    if (s->row >= rows->first && s->row - rows->first < rows->n) sums[0] += rows->y[s->row - rows->first];
}

pgdp_status pg_likelihood_outcomes(pgdp_ctx *ctx, const pg_likelihood *q, bool (*allowed)(double y), pg_outcomes *out)
{
    pg_row_source source;
    search s = { allowed, PGDP_NONE };
    double found[3];
    PG_TRY(pg_row_source_new(ctx, q->design, q->behind, &source));
    PG_TRY(pg_row_sums_of(ctx, (pg_row_sums){ .source = &source, .size = 3, .n_most = 3, .add = look, .user = &s },
                          found));
    *out = (pg_outcomes){ .row = PGDP_NONE, .highest = found[1], .lowest = 1 - found[2] };
    if (!(found[0] > 0)) return PGDP_OK;
    out->row = s.row = (size_t)(above_all_rows - found[0]);
    return pg_row_sums_of(ctx, (pg_row_sums){ .source = &source, .size = 1, .add = fetch, .user = &s }, &out->found);
}

static bool is_binary(double y)
{
    return !(y > 0 || y < 0) || !(y > 1 || y < 1);
}

/* Weights of rows with 0 and with 1. */
static void add_shares(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    (void)user, (void)eta;
    for (size_t i = 0; i < rows->n; i++)
        sums[rows->y[i] > 0] += pg_tile_weight(rows, i);
}

pgdp_status pg_likelihood_check_binary(pgdp_ctx *ctx, const pg_likelihood *q, const char *method, double shares[2],
                                       double *log_lik)
{
    pg_outcomes o;
    PG_TRY(pg_likelihood_outcomes(ctx, q, is_binary, &o));
    if (o.row != PGDP_NONE)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "row %zu of the outcome is neither 0 nor 1, as %s needs", o.row + 1,
                       method);
    if (!(o.highest > 0) || o.lowest > 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome is %d in every row; %s needs both 0 and 1", o.highest > 0,
                       method);
    PG_TRY(pg_likelihood_add_up(ctx, q, NULL, &(pg_likelihood_sum){ add_shares, NULL, 2 }, shares));
    const double total = shares[0] + shares[1];
    *log_lik = 0;
    for (size_t j = 0; j < 2; j++) {
        const double n = shares[j];
        shares[j] = n / total;
        *log_lik += n * log(shares[j]);
    }
    return PGDP_OK;
}

bool pg_likelihood_has_offset(const pg_likelihood *q)
{
    return q->behind == NULL ? q->design->offset.n > 0
                             : q->behind->absorbed == NULL && q->behind->stream.request.spec->offset != NULL;
}

bool pg_likelihood_has_effects(const pg_likelihood *q)
{
    return q->behind == NULL ? q->design->n_effects > 0 : q->behind->absorbed != NULL;
}

typedef struct adding {
    const pg_likelihood_sum *of;
    const double *b;
    size_t n_cols;
} adding;

static void add_tile(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const adding *a = user;
    double eta[PG_TILE];
    (void)work;
    pg_tile_eta(rows, a->b, a->b == NULL ? 0 : a->n_cols, eta);
    a->of->add(a->of->user, rows, eta, sums);
}

pgdp_status pg_likelihood_add_up(pgdp_ctx *ctx, const pg_likelihood *q, const double *b, const pg_likelihood_sum *of,
                                 double *sums)
{
    pg_row_source source;
    const adding a = { of, b, q->design->x.n_cols };
    PG_TRY(pg_row_source_new(ctx, q->design, q->behind, &source));
    return pg_row_sums_of(ctx, (pg_row_sums){ .source = &source, .size = of->size, .add = add_tile, .user = &a }, sums);
}
