/* unit_cost_draws.c  Unit costs of all tasks, at their values and over draws of what is uncertain. Source: triangular
 * draws by inversion, Philox streams; percentile intervals. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/unit_cost.h"

#include "core/parallel.h"
#include "core/random.h"
#include "tasks/percentile.h"

#include <math.h>
#include <string.h>

enum { TASKS = 128 }; /* of one block */

typedef struct job {
    const pg_cost_inputs *in;
    pg_cost_results *out;
    double conf_level;
    const double *uniforms; /* [n_draws x PG_N_COST_PARAMETERS], by draw */
    double *block_sums;     /* [n_blocks][1 + n_draws][PG_N_COST_SUMS]: at the values, then by draw */
} job;

double pg_cost_feasible(const pg_task_cost *cost)
{
    if (isnan(cost->saved)) return (double)NAN;
    return cost->saved > cost->fixed + cost->run ? 1 : 0;
}

static void add_to_sums(const pg_task_cost *c, bool weighted, double sums[PG_N_COST_SUMS])
{
    const double w = weighted ? c->wage_bill : 1, feasible = pg_cost_feasible(c);
    if (isnan(w)) return;
    sums[PG_SUM_WAGE_BILL] += w;
    sums[PG_SUM_COST] += w * c->ratio_expected;
    sums[PG_SUM_TOKENS] += w * c->tokens / c->labour;
    sums[PG_SUM_RATIO] += w * c->ratio;
    sums[PG_SUM_LN_TIME] += w * c->ln_time_ratio;
    sums[PG_SUM_CHEAPER] += c->cost < c->labour ? w : 0;
    if (isnan(feasible)) return;
    sums[PG_SUM_KNOWN] += w;
    sums[PG_SUM_FEASIBLE] += w * feasible;
    sums[PG_SUM_SAVED] += feasible > 0 ? c->saved - c->fixed - c->run : 0;
}

static void note_draw(const pg_task_cost *c, size_t n_draws, size_t d, double *values)
{
    const double of[PG_N_SPREADS] = { c->cost, c->ratio, c->ratio_expected, c->ln_time_ratio, c->years };
    for (size_t s = 0; s < PG_N_SPREADS; s++)
        values[s * n_draws + d] = of[s];
}

/** A task of which nothing is uncertain counts alike in every draw. */
static bool is_certain(const pg_cost_inputs *in, size_t task)
{
    const size_t first = task * PG_N_COST_PARAMETERS;
    for (size_t p = 0; p < PG_N_COST_PARAMETERS; p++)
        if (in->x[PG_COST_LOW][first + p] < in->x[PG_COST_HIGH][first + p]) return false;
    return true;
}

static void draw_parameters(const job *j, size_t task, size_t d, double x[PG_N_COST_PARAMETERS])
{
    const size_t first = task * PG_N_COST_PARAMETERS;
    const double *mode = j->in->x[PG_COST_VALUE] + first, *u = j->uniforms + d * PG_N_COST_PARAMETERS;
    const double *low = j->in->x[PG_COST_LOW] + first, *high = j->in->x[PG_COST_HIGH] + first;
    for (size_t p = 0; p < PG_N_COST_PARAMETERS; p++)
        x[p] = low[p] < high[p] ? pg_quantile_triangular(u[p], low[p], mode[p], high[p]) : mode[p];
}

/** values: room for [PG_N_SPREADS x n_draws]. sums: [1 + n_draws][PG_N_COST_SUMS] */
static void run_task(const job *j, size_t task, double *values, double *sums)
{
    pg_cost_results *out = j->out;
    const bool certain = out->n_draws == 0 || is_certain(j->in, task);
    double x[PG_N_COST_PARAMETERS], feasible = 0;
    out->cost[task] = pg_task_cost_of(j->in->x[PG_COST_VALUE] + task * PG_N_COST_PARAMETERS);
    add_to_sums(&out->cost[task], out->weighted, sums);
    for (size_t d = 0; d < out->n_draws; d++) {
        pg_task_cost drawn = out->cost[task];
        if (!certain) {
            draw_parameters(j, task, d, x);
            drawn = pg_task_cost_of(x);
            note_draw(&drawn, out->n_draws, d, values);
        }
        feasible += pg_cost_feasible(&drawn);
        add_to_sums(&drawn, out->weighted, sums + (1 + d) * PG_N_COST_SUMS);
    }
    out->feasible_share[task] = certain ? (double)NAN : feasible / (double)out->n_draws;
    for (size_t s = 0; s < PG_N_SPREADS; s++) {
        double *of = values + s * out->n_draws;
        const size_t n = certain ? 0 : pg_known_first(of, out->n_draws);
        out->low[task * PG_N_SPREADS + s] = pg_percentile(of, n, (1 - j->conf_level) / 2);
        out->high[task * PG_N_SPREADS + s] = pg_percentile(of, n, (1 + j->conf_level) / 2);
    }
}

static pgdp_status run_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const job *j = user;
    const pg_range tasks = pg_block_range(j->in->n, TASKS, block);
    double *values, *sums = j->block_sums + block * (1 + j->out->n_draws) * PG_N_COST_SUMS;
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, j->out->n_draws, PG_N_SPREADS * sizeof *values));
    for (size_t i = tasks.first; i < tasks.end; i++)
        run_task(j, i, values, sums);
    return PGDP_OK;
}

/** Has any task a wage bill, or what makes one? */
static bool has_weights(const pg_cost_inputs *in)
{
    for (size_t i = 0; i < in->n; i++) {
        const double *x = in->x[PG_COST_VALUE] + i * PG_N_COST_PARAMETERS;
        if (!isnan(x[PG_COST_wage_bill_usd]) || !isnan(x[PG_COST_runs_year]) || !isnan(x[PG_COST_hours_year]))
            return true;
    }
    return false;
}

static pgdp_status draw_uniforms(pgdp_ctx *ctx, uint64_t seed, size_t n, const double **out)
{
    double *u;
    PG_TRY_ALLOC(ctx, u, pg_arena_alloc(&ctx->scratch, n, PG_N_COST_PARAMETERS * sizeof *u));
    for (size_t d = 0; d < n; d++) {
        pg_random stream = pg_random_stream(seed, "unit cost", (uint32_t)d);
        pg_random_uniforms(&stream, u + d * PG_N_COST_PARAMETERS, PG_N_COST_PARAMETERS);
    }
    *out = u;
    return PGDP_OK;
}

pgdp_status pg_cost_results_of(pgdp_ctx *ctx, const pg_cost_inputs *in, const pgdp_unit_cost_request *request,
                               pg_cost_results *out)
{
    const size_t n_blocks = pg_n_blocks(in->n, TASKS);
    job j = { .in = in, .out = out, .conf_level = request->conf_level > 0 ? request->conf_level : 0.95 };
    *out = (pg_cost_results){ .n_draws = !in->uncertain ? 0 : request->n_draws > 0 ? request->n_draws : 1000 };
    out->weighted = has_weights(in);
    const size_t n_sums = (1 + out->n_draws) * PG_N_COST_SUMS;
    double *sums;
    PG_TRY_ALLOC(ctx, out->cost, pg_arena_alloc(&ctx->scratch, in->n, sizeof *out->cost));
    PG_TRY_ALLOC(ctx, out->low, pg_arena_alloc(&ctx->scratch, in->n, PG_N_SPREADS * sizeof *out->low));
    PG_TRY_ALLOC(ctx, out->high, pg_arena_alloc(&ctx->scratch, in->n, PG_N_SPREADS * sizeof *out->high));
    PG_TRY_ALLOC(ctx, out->feasible_share, pg_arena_alloc(&ctx->scratch, in->n, sizeof *out->feasible_share));
    PG_TRY_ALLOC(ctx, j.block_sums, pg_arena_alloc(&ctx->scratch, n_blocks, n_sums * sizeof *j.block_sums));
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, n_sums, sizeof *sums));
    PG_TRY(draw_uniforms(ctx, request->seed, out->n_draws, &j.uniforms));
    PG_TRY(pg_parallel(ctx, "unit costs", n_blocks, run_block, &j));
    for (size_t b = 0; b < n_blocks; b++)
        for (size_t k = 0; k < n_sums; k++)
            sums[k] += j.block_sums[b * n_sums + k];
    memcpy(out->sums, sums, sizeof out->sums);
    out->drawn = sums + PG_N_COST_SUMS;
    return PGDP_OK;
}
