/* vcov_ri.c  Randomisation inference for one treatment: its column is assigned anew among rows or clusters. Source:
 * Fisher (1935), The Design of Experiments, ch. 2; Young (2019), Q. J. Econ. 134(2), section II (randomisation-t).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The null is sharp: no unit's outcome depends on the treatment. p = (1 + #{|T*| >= |T|}) / (B + 1), valid at any B;
 * its Monte Carlo standard error is a factor. The other terms have their t test by HC1, or cluster where a clustering
 * is named. Columns made from the treatment (interactions) stay as they are. */
#include "core/option.h"
#include "stats/refit.h"
#include "stats/resample.h"
#include "stats/vcovs.h"

#include <math.h>
#include <string.h>

enum { MOST_AT_ONCE = 16, ROWS_AT_ONCE = 1 << 20 };
static const double rounding = 1e-9; /* an assignment that comes again gives the same statistic but for rounding */

typedef struct options {
    double n_draws, seed;
    int statistic, groups;
} options;

static const char *const statistics[] = { "t", "estimate", NULL };
static const char *const groupings[] = { "cluster", "strata", NULL };
static const char *const columns[] = { "treatment", NULL };
static const pgdp_option rows[] = {
    { "B", PGDP_OPTION_REAL, offsetof(options, n_draws), 9999, 19, PG_MOST_REPLICATES, NULL, "assignments drawn" },
    { "seed", PGDP_OPTION_REAL, offsetof(options, seed), 1, 0, 9007199254740992.0, NULL, "of the random draws" },
    { "statistic", PGDP_OPTION_CHOICE, offsetof(options, statistic), 0, 0, 0, statistics,
      "compared across assignments: robust t, or the estimate itself (any method)" },
    { "groups", PGDP_OPTION_CHOICE, offsetof(options, groups), 0, 0, 0, groupings,
      "what one column named means: treated together, or treated among themselves; of two, a + b, the second is "
      "strata" },
    { .name = NULL },
};

/* Who is assigned together and among whom. */
typedef struct assigning {
    const pgdp_fit *fit;
    const options *o;
    size_t term;
    const double *treatment; /* [n_rows] */
    pg_row_groups units;     /* clusters */
    bool by_cluster;         /* else rows are the units */
    size_t n_units;
    const double *of_unit;    /* [n_units] treatment */
    pg_row_groups strata;     /* groups of units */
    size_t at_once, n_blocks; /* draws in a block */
    pg_matrix q;              /* orthonormal regressors; x NULL: refits */
    const double *residual;   /* under the null, weighted */
    double *rho;              /* [k]: Q rho is what the other terms leave of the treatment, of norm 1 */
    double *statistic;        /* [1 + n_draws] and what the last block has no draws for; the sample's own first */
} assigning;

static pgdp_status find_term(pgdp_ctx *ctx, assigning *s)
{
    const pgdp_design *d = s->fit->design;
    if (d->n_columns == 0 || d->columns == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance ri needs the treatment's column: ri(treatment=treated)");
    s->treatment = d->columns[0];
    for (s->term = 0; s->term < d->x.n_cols; s->term++)
        if (memcmp(d->x.x + s->term * d->y.n, s->treatment, d->y.n * sizeof(double)) == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "covariance ri: the treatment is none of the terms; name a column that is a term by itself");
}

/* Units with their treatment. */
static pgdp_status find_units(pgdp_ctx *ctx, const size_t *cluster, assigning *s)
{
    const size_t n = s->fit->design->y.n;
    double *of_unit;
    s->n_units = n;
    s->of_unit = s->treatment;
    if (cluster == NULL) return PGDP_OK;
    PG_TRY(pg_row_groups_new(ctx, cluster, n, &s->units));
    s->by_cluster = true;
    s->n_units = s->units.n;
    PG_TRY_ALLOC(ctx, of_unit, pg_arena_alloc(&ctx->scratch, s->n_units, sizeof *of_unit));
    for (size_t i = n; i-- > 0;)
        of_unit[s->units.group[i]] = s->treatment[i];
    for (size_t i = 0; i < n; i++) {
        const double own = s->treatment[i], first = of_unit[s->units.group[i]];
        if (own < first || own > first)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "covariance ri: row %zu has another treatment than the first row of its cluster; clusters must "
                "be treated as one",
                i + 1);
    }
    s->of_unit = of_unit;
    return PGDP_OK;
}

static pgdp_status find_strata(pgdp_ctx *ctx, const size_t *stratum, assigning *s)
{
    size_t *of_unit;
    PG_TRY_ALLOC(ctx, of_unit, pg_arena_alloc(&ctx->scratch, s->n_units, sizeof *of_unit));
    const size_t n = s->fit->design->y.n;
    for (size_t i = n; stratum != NULL && i-- > 0;)
        of_unit[s->by_cluster ? s->units.group[i] : i] = stratum[i];
    for (size_t i = 0; stratum != NULL && s->by_cluster && i < n; i++)
        if (of_unit[s->units.group[i]] != stratum[i])
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance ri: the cluster of row %zu lies in two strata", i + 1);
    return pg_row_groups_new(ctx, of_unit, s->n_units, &s->strata);
}

/* The treatment of every row under draw `draw`; draw 0 is the sample's. */
static pgdp_status assign(pgdp_ctx *ctx, const assigning *s, size_t draw, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_random random = pg_random_stream((uint64_t)s->o->seed, "ri", (uint32_t)draw);
    double *assigned;
    size_t *order;
    PG_TRY_ALLOC(ctx, assigned, pg_arena_alloc(&ctx->scratch, s->n_units, sizeof *assigned));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, s->n_units, sizeof *order));
    for (size_t g = 0; g < s->strata.n; g++) {
        const size_t *members = s->strata.rows + s->strata.start[g], n = s->strata.start[g + 1] - s->strata.start[g];
        if (draw > 0) pg_draw_permutation(&random, n, order);
        for (size_t i = 0; i < n; i++)
            assigned[members[i]] = s->of_unit[members[draw > 0 ? order[i] : i]];
    }
    for (size_t i = 0; i < s->fit->design->y.n; i++)
        out[i] = assigned[s->by_cluster ? s->units.group[i] : i];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Sum of squared scores r_i e_i by row or cluster. */
static pgdp_status sum_of_squares(pgdp_ctx *ctx, const assigning *s, const double *r, double b, double *out)
{
    double *score;
    const size_t n = s->q.n_rows;
    PG_TRY_ALLOC(ctx, score, pg_arena_alloc(&ctx->scratch, s->n_units, sizeof *score));
    for (size_t i = 0; i < n; i++)
        score[s->by_cluster ? s->units.group[i] : i] += r[i] * (s->residual[i] - b * r[i]);
    *out = pg_dot(score, score, s->n_units);
    return PGDP_OK;
}

/* Frisch, Waugh & Lovell: r is what the other terms leave of the assigned treatment v; b = r'e / r'r, e restricted. */
static pgdp_status statistics_of(pgdp_ctx *ctx, const assigning *s, pg_matrix v, double *out)
{
    const size_t n = s->q.n_rows, k = s->q.n_cols;
    const pg_matrix a = pg_matrix_new(&ctx->scratch, k, v.n_cols), f = pg_matrix_new(&ctx->scratch, n, v.n_cols);
    if (a.x == NULL || f.x == NULL) return pg_no_memory(ctx);
    pg_add_cross(s->q, v, a);
    for (size_t c = 0; c < v.n_cols; c++) {
        const double along = pg_dot(a.x + c * k, s->rho, k);
        for (size_t j = 0; j < k; j++)
            a.x[j + c * k] -= along * s->rho[j];
    }
    pg_times(s->q, a, f);
    for (size_t c = 0; c < v.n_cols; c++) {
        double *r = v.x + c * v.stride, squares = 0;
        const double before = pg_dot(r, r, n);
        for (size_t i = 0; i < n; i++)
            r[i] -= f.x[i + c * n];
        const double rr = pg_dot(r, r, n), b = pg_dot(r, s->residual, n) / rr;
        PG_TRY(sum_of_squares(ctx, s, r, b, &squares));
        out[c] = s->o->statistic == 1 ? fabs(b) : fabs(b) * rr / sqrt(squares);
        if (!(rr > 1e-20 * before)) out[c] = HUGE_VAL; /* collinear by chance: counts against the treatment */
    }
    return PGDP_OK;
}

static pgdp_status squares_block(pgdp_ctx *ctx, void *user, size_t block, void *out)
{
    const assigning *s = user;
    const size_t n = s->q.n_rows;
    const pg_range range = pg_block_range(1 + (size_t)s->o->n_draws, s->at_once, block);
    const pg_matrix v = pg_matrix_new(&ctx->scratch, n, range.end - range.first);
    if (v.x == NULL) return pg_no_memory(ctx);
    for (size_t c = 0; c < v.n_cols; c++) {
        double *column = v.x + c * n;
        PG_TRY(assign(ctx, s, range.first + c, column));
        if (s->fit->absorber != NULL) PG_TRY(pg_absorb(ctx, s->fit->absorber, &column, 1, 0, NULL));
        for (size_t i = 0; i < n; i++)
            column[i] *= sqrt(pg_design_weight(s->fit->working, i));
    }
    return statistics_of(ctx, s, v, out);
}

/* Any method: the estimate with the column replaced. */
static pgdp_status refit_draw(pgdp_ctx *ctx, void *user, size_t draw, void *out)
{
    const assigning *s = user;
    double *statistic = out;
    pgdp_design d = *s->fit->design;
    const size_t n = d.y.n, n_x = n * d.x.n_cols;
    double *x, *estimate;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n_x, sizeof *x));
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, s->fit->n_terms, sizeof *estimate));
    memcpy(x, d.x.x, n_x * sizeof *x);
    PG_TRY(assign(ctx, s, draw, x + s->term * n));
    d.x.x = x;
    d.x_low = (pgdp_mat){ NULL, 0, 0 };
    const pgdp_status status = pg_refit_design(ctx, s->fit, &d, estimate);
    if (status != PGDP_OK && !pg_refit_is_of_data(status)) return status;
    *statistic = status == PGDP_OK ? fabs(estimate[s->term]) : HUGE_VAL;
    return PGDP_OK;
}

/* Q, and the residuals with the treatment's coefficient at 0. */
static pgdp_status restrict_model(pgdp_ctx *ctx, assigning *s)
{
    const pgdp_fit *fit = s->fit;
    const size_t n = fit->n_rows, k = fit->n_terms;
    double *residual, norm = sqrt(fit->bread[s->term * (k + 1)]);
    s->q = pg_matrix_new(&ctx->scratch, n, k);
    if (s->q.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, residual, pg_arena_alloc(&ctx->scratch, n, sizeof *residual));
    PG_TRY_ALLOC(ctx, s->rho, pg_arena_alloc(&ctx->scratch, k, sizeof *s->rho));
    pg_orthonormal_rows(fit, 0, n, s->q.x, residual);
    for (size_t j = 0; j < k; j++)
        s->rho[j] = fit->root[s->term + j * k] / norm;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            residual[i] += fit->estimate[s->term] / norm * s->rho[j] * s->q.x[i + j * n];
    s->residual = residual;
    return PGDP_OK;
}

/* Assignments in a block, by the number of rows alone. */
static size_t at_once(size_t n_rows)
{
    const size_t fitting = ROWS_AT_ONCE / n_rows;
    return fitting > MOST_AT_ONCE ? MOST_AT_ONCE : fitting < 1 ? 1 : fitting;
}

static pgdp_status prepare(pgdp_ctx *ctx, assigning *s)
{
    const pgdp_design *d = s->fit->design;
    const bool two = d->n_clusterings == 2, strata_alone = d->n_clusterings == 1 && s->o->groups == 1;
    if (s->o->n_draws > floor(s->o->n_draws) || s->o->seed > floor(s->o->seed))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance ri: B and seed must be whole numbers");
    if (d->n_clusterings > 2)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance ri takes a cluster and strata, ri(a + b, ...), found %zu columns", d->n_clusterings);
    if (d->weight_kind == PGDP_FREQUENCY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance ri assigns rows, and under frequency weights a row is many; repeat the rows");
    PG_TRY(find_term(ctx, s));
    PG_TRY(find_units(ctx, d->n_clusterings == 0 || strata_alone ? NULL : d->cluster[0], s));
    PG_TRY(find_strata(ctx, two ? d->cluster[1] : strata_alone ? d->cluster[0] : NULL, s));
    s->at_once = pg_is_least_squares(s->fit) ? at_once(s->fit->n_rows) : 1;
    s->n_blocks = pg_n_blocks(1 + (size_t)s->o->n_draws, s->at_once);
    PG_TRY_ALLOC(ctx, s->statistic, pg_arena_alloc(&ctx->scratch, s->n_blocks, s->at_once * sizeof *s->statistic));
    if (pg_is_least_squares(s->fit)) return restrict_model(ctx, s);
    if (s->o->statistic == 1) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "covariance ri: the t of an assignment is had for least squares alone, found method %s; choose "
                   "statistic=estimate",
                   s->fit->estimator->name);
}

/* The covariance beside it, by its own entry of the list. */
static pgdp_status other_terms(pgdp_ctx *ctx, const assigning *s, const pgdp_design *design, pgdp_fit *fit)
{
    const pgdp_vcov *v = s->by_cluster ? &pg_vcov_cluster : &pg_vcov_hc1;
    pgdp_design of_clusters = *design;
    void *defaults;
    of_clusters.n_clusterings = s->by_cluster;
    PG_TRY_ALLOC(ctx, defaults, pg_arena_alloc(&ctx->scratch, 1, v->options_size + 1));
    PG_TRY(pg_options_read(ctx, v->name, v->options, NULL, defaults));
    PG_TRY(v->compute(ctx, &of_clusters, defaults, fit));
    PG_TRY_ALLOC(ctx, fit->p_value, pg_arena_alloc(&fit->arena, fit->n_terms, sizeof *fit->p_value));
    for (size_t j = 0; j < fit->n_terms; j++) {
        const double t = fit->estimate[j] / sqrt(fit->vcov[j * (fit->n_terms + 1)]);
        fit->p_value[j] = 2 * pgdp_t_upper(fabs(t), fit->vcov_df);
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    assigning s = { .fit = fit, .o = settings };
    const size_t n_draws = (size_t)s.o->n_draws;
    size_t beyond = 0;
    PG_TRY(prepare(ctx, &s));
    PG_TRY(other_terms(ctx, &s, design, fit));
    PG_TRY(pg_spread(ctx, "ri", s.n_blocks, s.at_once * sizeof *s.statistic, s.q.x != NULL ? squares_block : refit_draw,
                     &s, s.statistic));
    for (size_t r = 1; r <= n_draws; r++)
        beyond += s.statistic[r] >= s.statistic[0] * (1 - rounding);
    const double p = (1 + (double)beyond) / (1 + (double)n_draws);
    fit->p_value[s.term] = p;
    pg_fit_add_factor(fit, "draws", (double)n_draws);
    pg_fit_add_factor(fit, "seed", s.o->seed);
    pg_fit_add_factor(fit, "units assigned", (double)s.n_units);
    pg_fit_add_factor(fit, "Monte Carlo std_error of p", sqrt(p * (1 - p) / (double)n_draws));
    return PGDP_OK;
}

const pgdp_vcov pg_vcov_ri = {
    .name = "ri",
    .title = "Randomisation inference for one treatment, standard errors by HC1 or CR1",
    .source = "Fisher (1935), The Design of Experiments, ch. 2; Young (2019), Q. J. Econ. 134(2), section II",
    .options = rows,
    .options_size = sizeof(options),
    .clusters = true,
    .columns = columns,
    .compute = compute,
};
