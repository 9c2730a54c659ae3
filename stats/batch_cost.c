/* batch_cost.c  What a plan comes to, by constants: memory, operations, seconds. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * The seconds are no measurement of this machine, so that a plan is the same wherever and whenever it is made. */
#include "stats/batch.h"
#include "stats/fourth.h"

#include <math.h>

/* One core of the machine of bench/RESULTS.md: bench/holes, 1e6 rows, columns without holes, 1 to 2,000 models. */
static const double second_a_product = 4e-11; /* of two columns in a row, both halves of the square counted */
static const double second_a_cell = 2e-9;     /* of the table read */
static const double second_a_row = 3e-8;      /* chosen */
static const double second_a_cluster_row = 8e-8;
static const double second_a_sum = 1.1e-10; /* of a model's scores by cluster, for each product of the moments */
static const double second_a_term = 1.6e-9; /* of solving, for each square of the terms and column */
static const double second_a_model = 2e-6;
static const double second_a_score = 1.7e-10; /* of a pass over rows: columns x 2 a row and model */
static const double second_absorbed = 2.5e-8; /* of a cell, for each effect */
static const double second_alone = 1.3e-9;    /* of a model one by one: for each square of the terms and row */
/* A formula and a result row, and the text of both while results are written: docs/batch.md, 131,072 models. */
static const double bytes_a_model = 1500;
static const double shared = 0.2; /* of its pass that a group has left where a family shares one */

double pg_batch_fourth_work(double n_rows, size_t n_columns, double n_models)
{
    const double relative = 0.75; /* 0.14 ns each, against 0.18 of a pass over rows (1e6 rows x 40 columns, one core) */
    return relative * n_rows * pg_fourth_work(n_columns) + n_models * pg_fourth_model_work(n_columns);
}

static double terms_of(const pgdp_batch *b, size_t model)
{
    const pg_batch_formula *f = &b->formulas[b->models[model].formula];
    return (double)(f->n_exogenous + f->n_endogenous + f->n_instruments + f->constant);
}

/* What the models of a group ask for. */
typedef struct asked {
    double p, models, robust, clustered, cells, squares; /* squares: of each model's terms, added up */
} asked;

static asked count(const pgdp_batch *b, const pg_batch_group *g)
{
    asked a = { .p = (double)g->n_columns + 1, .models = (double)g->n_models, .cells = 1 };
    for (size_t m = 0; m < g->n_models; m++) {
        const pg_batch_vcov *v = &b->vcovs[b->models[g->models[m]].vcov];
        const double k = terms_of(b, g->models[m]);
        a.squares += k * k;
        a.robust += v->kind == PG_BATCH_HC;
        a.clustered += v->kind == PG_BATCH_CLUSTER;
        for (size_t c = 0; c < v->n_clusters && !g->by_row; c++)
            a.cells = fmax(a.cells, (double)b->sources[v->cluster[c]].n_levels);
    }
    return a;
}

static double flops_of(double n, size_t n_columns, const asked *a)
{
    const double p = a->p, fourth = 2 * n * pg_fourth_work(n_columns) + 2 * a->robust * pg_fourth_model_work(n_columns);
    return n * p * p + fmin(a->robust * 4 * n * p, fourth) +
           (a->models - a->robust) * (2 * a->cells * p * p + p * p * p);
}

static double seconds_of(const pgdp_batch *b, size_t group, double n, const asked *a)
{
    const pg_batch_group *g = &b->groups[group];
    const double p = a->p, n_effects = (double)b->effects[g->effects].n;
    double seconds = n * (second_a_row + p * (second_a_cell + p * second_a_product));
    if (g->by_row) return second_alone * n * a->squares;
    if (a->clustered > 0) seconds += n * second_a_cluster_row;
    if (g->family != group) seconds *= shared;
    seconds += n * p * n_effects * second_absorbed;
    seconds += a->squares * p * second_a_term + a->models * second_a_model;
    seconds += a->clustered * a->cells * p * p * second_a_sum;
    return seconds + second_a_score * fmin(2 * n * p * a->robust, pg_batch_fourth_work(n, g->n_columns + 1, a->robust));
}

/* To one digit: an estimate has no more. */
static double round_to_one(double x)
{
    if (!(x > 0)) return 0;
    const double unit = pow(10, floor(log10(x)));
    return unit >= 1 ? round(x / unit) * unit : round(x / unit) / round(1 / unit);
}

pgdp_batch_plan pgdp_batch_plan_of(const pgdp_batch *batch)
{
    return batch->plan;
}

void pg_batch_foresee(pgdp_batch *batch)
{
    const double n = (double)pgdp_frame_n_rows(batch->frame);
    pgdp_batch_plan plan = { .n_models = batch->n_models, .n_groups = batch->n_groups };
    for (size_t i = 0; i < batch->n_groups; i++) {
        const pg_batch_group *g = &batch->groups[i];
        const asked a = count(batch, g);
        const double absorbed = batch->effects[g->effects].n > 0 && !g->by_row ? a.p : 0;
        const double bytes = 8 * (n * (2 + absorbed) + 2 * a.cells * a.p * a.p + 65536 * a.p);
        plan.seconds += seconds_of(batch, i, n, &a);
        plan.bytes = fmax(plan.bytes, bytes);
        if (g->by_row) {
            plan.n_by_row += g->n_models;
            continue;
        }
        plan.flops += flops_of(n, g->n_columns + 1, &a);
        if (g->n_columns + 1 > plan.n_columns) plan.n_columns = g->n_columns + 1;
    }
    plan.seconds = round_to_one(plan.seconds);
    plan.bytes += (double)batch->n_models * bytes_a_model;
    batch->plan = plan;
}
