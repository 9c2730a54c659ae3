/* simulate.c  Monte Carlo of the aggregates: draw i is Philox stream (seed, "gap", i). Source: methodology 5.6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/random.h"
#include "core/spread.h"
#include "gap/request.h"
#include "gap/summary.h"

#include <math.h>

enum {
    DRAWS_A_BLOCK = 32,
    CAPABILITY = PGDP_N_PARAMETERS, /* after the parameters: the normal deviate common to all capabilities */
    N_INPUTS
};
typedef struct run {
    const pgdp_gap_request *request;
    pg_crowd crowd;       /* its workloads */
    bool uncertain;       /* some workload's capability is */
    double *inputs;       /* [n_draws x N_INPUTS], an input a column */
    double *results;      /* [n_draws x PG_N_GAP_ITEMS], an aggregate a column */
    unsigned char *state; /* [n_draws] */
} run;

/* The draws of a block, as they travel between processes. */
typedef struct draw {
    double inputs[N_INPUTS], results[PG_N_GAP_ITEMS];
    uint64_t state;
} draw;

static pgdp_status run_block(pgdp_ctx *ctx, void *user, size_t block, void *out)
{
    (void)ctx;
    const run *r = user;
    draw *d = out;
    const pgdp_gap_request *request = r->request;
    const pg_range range = pg_block_range(request->n_draws, DRAWS_A_BLOCK, block);
    for (size_t i = range.first; i < range.end; i++, d++) {
        pg_random random = pg_random_stream(request->seed, "gap", (uint32_t)i);
        double values[PGDP_N_PARAMETERS];
        for (size_t j = 0; j < PGDP_N_PARAMETERS; j++) {
            values[j] = pg_parameter_draw(&request->parameters[j], j, pg_random_uniform(&random));
            d->inputs[j] = values[j];
        }
        const double z = pg_random_normal(&random);
        d->inputs[CAPABILITY] = r->uncertain ? z : 0;
        /* one error common to all rows, on the logit: errors do not average out over occupations, so bands are
         * conservative */
        pgdp_gap gap;
        pg_crowd_evaluate(&r->crowd, values, z, &gap);
        for (size_t j = 0; j < PG_N_GAP_ITEMS; j++)
            d->results[j] = pg_gap_value(&gap, j);
        d->state = (uint64_t)gap.state;
    }
    return PGDP_OK;
}

/* Draws, one after another, to an input or aggregate a column. */
static void unpack(const draw *d, run *r)
{
    const size_t n = r->request->n_draws;
    for (size_t i = 0; i < n; i++, d++) {
        for (size_t j = 0; j < N_INPUTS; j++)
            r->inputs[i + j * n] = d->inputs[j];
        for (size_t j = 0; j < PG_N_GAP_ITEMS; j++)
            r->results[i + j * n] = d->results[j];
        r->state[i] = (unsigned char)d->state;
    }
}

static pgdp_status draw_all(pgdp_ctx *ctx, const pgdp_gap_request *request, run *r)
{
    const size_t n = request->n_draws, n_blocks = pg_n_blocks(n, DRAWS_A_BLOCK);
    draw *draws;
    *r = (run){ .request = request };
    PG_TRY(pg_crowd_new(ctx, request, &r->crowd));
    PG_TRY_ALLOC(ctx, r->inputs, pg_arena_alloc(&ctx->scratch, n, N_INPUTS * sizeof(double)));
    PG_TRY_ALLOC(ctx, r->results, pg_arena_alloc(&ctx->scratch, n, PG_N_GAP_ITEMS * sizeof(double)));
    PG_TRY_ALLOC(ctx, r->state, pg_arena_alloc(&ctx->scratch, n, 1));
    for (size_t w = 0; w < request->n_work; w++)
        r->uncertain = r->uncertain || request->work[w].capability_se > 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, draws, pg_arena_alloc(&ctx->scratch, n_blocks, DRAWS_A_BLOCK * sizeof *draws));
    PG_TRY(pg_spread(ctx, "gap draws", n_blocks, DRAWS_A_BLOCK * sizeof *draws, run_block, r, draws));
    unpack(draws, r);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static bool all_numbers(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i])) return false;
    return n > 0;
}

static const double percentiles[] = { 0.05, 0.25, 0.5, 0.75, 0.95 };
enum { N_PERCENTILES = sizeof percentiles / sizeof *percentiles };

/* x: draws of one aggregate, overwritten; work: as much room. Missing where an index is not defined. */
static void fill_band(pgdp_frame *bands, double central, double *x, double *work, size_t n)
{
    enum { CENTRAL = 2, MEAN, SD, PERCENTILE };
    pgdp_frame_set_real(bands, CENTRAL, central);
    if (!all_numbers(x, n)) return;
    double mean, sd;
    pg_mean_sd(x, n, work, &mean, &sd);
    pgdp_frame_set_real(bands, MEAN, mean);
    pgdp_frame_set_real(bands, SD, sd);
    pg_sort(x, n);
    for (size_t p = 0; p < N_PERCENTILES; p++)
        pgdp_frame_set_real(bands, PERCENTILE + p, pg_quantile_sorted(x, n, percentiles[p]));
}

static pgdp_status note_share(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const run *r, pgdp_gap_state at_least)
{
    size_t count = 0;
    const size_t n = r->request->n_draws;
    if (n == 0) return PGDP_OK;
    for (size_t i = 0; i < n; i++)
        count += r->state[i] >= (unsigned char)at_least;
    const char *text;
    PG_TRY_ALLOC(ctx, text, pg_arena_printf(&ctx->scratch, "%zu of %zu", count, n));
    return pgdp_frame_set_note(ctx, frame, key, text);
}

static pgdp_status fill_bands(pgdp_ctx *ctx, const run *r, pgdp_frame *bands)
{
    static const pgdp_column columns[] = {
        { .name = "name", .type = PGDP_TEXT },    { .name = "unit", .type = PGDP_TEXT },
        { .name = "central", .type = PGDP_REAL }, { .name = "mean", .type = PGDP_REAL },
        { .name = "sd", .type = PGDP_REAL },      { .name = "p05", .type = PGDP_REAL },
        { .name = "p25", .type = PGDP_REAL },     { .name = "p50", .type = PGDP_REAL },
        { .name = "p75", .type = PGDP_REAL },     { .name = "p95", .type = PGDP_REAL },
    };
    size_t index;
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, bands, &columns[j], &index));
    const pgdp_gap_request *request = r->request;
    double values[PGDP_N_PARAMETERS], *work;
    pgdp_gap central;
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, request->n_draws, sizeof *work));
    pg_central_values(request, values);
    pg_crowd_evaluate(&r->crowd, values, 0, &central);
    for (size_t j = 0; j < PG_N_GAP_ITEMS; j++) {
        PG_TRY(pgdp_frame_add_row(ctx, bands));
        PG_TRY(pgdp_frame_set_text(ctx, bands, 0, pg_gap_items[j].name, PGDP_NONE));
        PG_TRY(pgdp_frame_set_text(ctx, bands, 1, pg_gap_items[j].unit, PGDP_NONE));
        fill_band(bands, pg_gap_value(&central, j), r->results + j * request->n_draws, work, request->n_draws);
    }
    PG_TRY(note_share(ctx, bands, "phantom or strong", r, PGDP_STATE_PHANTOM));
    return note_share(ctx, bands, "strong", r, PGDP_STATE_STRONG);
}

/* Squared rank correlations, scaled to add up to 1: exact shares only where effects are monotone and do not interact.
 */
static pgdp_status fill_shares(pgdp_ctx *ctx, const run *r, pgdp_frame *shares)
{
    static const pgdp_column columns[] = {
        { .name = "name", .type = PGDP_TEXT },
        { .name = "rank_correlation_squared", .type = PGDP_REAL, .unit = "share" },
        { .name = "variance_share", .type = PGDP_REAL, .unit = "share" },
    };
    size_t index;
    for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, shares, &columns[j], &index));
    const size_t n = r->request->n_draws;
    double *outcome, *input, squared[N_INPUTS], sum = 0;
    PG_TRY_ALLOC(ctx, outcome, pg_arena_alloc(&ctx->scratch, n, sizeof *outcome));
    PG_TRY_ALLOC(ctx, input, pg_arena_alloc(&ctx->scratch, n, sizeof *input));
    const double *phi_f = r->results + PG_GAP_phi_f * n;
    PG_TRY(pg_ranks(ctx, phi_f, n, outcome));
    for (size_t j = 0; j < N_INPUTS; j++) {
        PG_TRY(pg_ranks(ctx, r->inputs + j * n, n, input));
        const double rho = all_numbers(phi_f, n) ? pg_rank_correlation(input, outcome, n) : (double)NAN;
        squared[j] = rho * rho;
        if (!isnan(rho)) sum += squared[j];
    }
    for (size_t j = 0; j < N_INPUTS; j++) {
        const char *name = j == CAPABILITY ? "capability" : pgdp_parameters_default()[j].name;
        PG_TRY(pgdp_frame_add_row(ctx, shares));
        PG_TRY(pgdp_frame_set_text(ctx, shares, 0, name, PGDP_NONE));
        pgdp_frame_set_real(shares, 1, squared[j]);
        if (sum > 0) pgdp_frame_set_real(shares, 2, isnan(squared[j]) ? 0 : squared[j] / sum);
    }
    return PGDP_OK;
}

/* Shares first: filling the bands sorts the draws. */
static pgdp_status simulate(pgdp_ctx *ctx, const pgdp_gap_request *request, pgdp_frame *bands, pgdp_frame *shares)
{
    run r;
    PG_TRY(pg_check_request(ctx, request));
    if (request->n_draws > UINT32_MAX)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %zu draws, expected at most %u", request->n_draws, UINT32_MAX);
    PG_TRY(draw_all(ctx, request, &r));
    PG_TRY(fill_shares(ctx, &r, shares));
    return fill_bands(ctx, &r, bands);
}

pgdp_status pgdp_gap_simulate(pgdp_ctx *ctx, const pgdp_gap_request *request, pgdp_frame **bands, pgdp_frame **shares)
{
    pgdp_frame *b = NULL, *s = NULL;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = pgdp_frame_new(ctx, &b);
    if (status == PGDP_OK) status = pgdp_frame_new(ctx, &s);
    if (status == PGDP_OK) status = simulate(ctx, request, b, s);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) {
        *bands = b;
        *shares = s;
    } else {
        pgdp_frame_free(b);
        pgdp_frame_free(s);
    }
    return status;
}
