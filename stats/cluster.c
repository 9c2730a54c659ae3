/* cluster.c  Sums of scores by cluster, as they are and adjusted for leverage: cluster.h. Source: Bell & McCaffrey
 * (2002), Survey Methodology 28(2); Pustejovsky & Tipton (2018), J. Bus. Econ. Stat. 36(4), equations 6 and 11.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cluster.h"

#include "core/map.h"
#include "stats/linalg.h"

#include <math.h>
#include <string.h>

enum { ROWS = 1024, MOST_TERMS = 300 };
static const double no_room = 1e-10; /* of 1 - s: the cluster decides a combination of terms alone */

static size_t largest(const size_t *x, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; x != NULL && i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* By a table of all pairs that there could be: levels are small numbers, and hashing costs ten times as much. */
static pgdp_status group_by_table(pgdp_ctx *ctx, const size_t *a, const size_t *b, size_t n_rows, size_t width,
                                  pg_grouping *out)
{
    const size_t stride = largest(a, n_rows) + 1;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    size_t *number; /* 1 + the group; 0: not seen */
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, width, sizeof *number));
    for (size_t i = 0; i < n_rows; i++) {
        size_t *at = &number[a[i] + (b == NULL ? 0 : stride * b[i])];
        if (*at == 0) *at = ++out->n_groups;
        out->group[i] = *at - 1;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_grouping_new(pgdp_ctx *ctx, const size_t *a, const size_t *b, size_t n_rows, pg_grouping *out)
{
    const size_t n_a = largest(a, n_rows), n_b = largest(b, n_rows), most = 4 * n_rows + 1024;
    size_t(*keys)[2];
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    *out = (pg_grouping){ 0 };
    PG_TRY_ALLOC(ctx, out->group, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *out->group));
    if (n_a < most && n_b < most && n_a + 1 <= most / (n_b + 1))
        return group_by_table(ctx, a, b, n_rows, (n_a + 1) * (n_b + 1), out);
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *keys));
    for (size_t i = 0; i < n_rows; i++) {
        keys[i][0] = a[i];
        keys[i][1] = b == NULL ? 0 : b[i];
        out->group[i] = pg_map_find(&map, (const char *)keys[i], sizeof keys[i]);
        if (out->group[i] != PGDP_NONE) continue;
        out->group[i] = out->n_groups++;
        if (!pg_map_put(&map, (const char *)keys[i], sizeof keys[i], out->group[i])) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_cluster_sums(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *sums)
{
    const size_t k = fit->n_terms;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        pg_fit_score_rows(fit, first, n, work);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n; i++)
                sums[grouping->group[first + i] + j * grouping->n_groups] += work[i + j * n];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_cluster_meat(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *meat)
{
    const size_t k = fit->n_terms;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix sums = pg_matrix_new(&ctx->scratch, grouping->n_groups, k);
    if (sums.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_cluster_sums(ctx, fit, grouping, sums.x));
    pg_add_gram(sums, pg_matrix_of(meat, k, k));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Work of the adjustment, group by group, in the basis where X'WX is the unit matrix: Q = sqrt(W) X root, H = Q Q'.
 * With Q_g'Q_g = U S U' the adjusted scores are Q_g'(I - H_gg)^-p e_g = U (I - S)^-p U' Q_g'e_g, so that no matrix of a
 * cluster's size is formed. Effects nested in the clusters change nothing here: their part of H_gg takes Q_g and e_g to
 * zero. */
typedef struct adjusting {
    const pgdp_fit *fit;
    const pg_grouping *grouping;
    pg_adjustment how;
    pg_matrix q;           /**< [n_rows x k] */
    size_t *order, *start; /**< rows by group; start [n_groups + 1] */
    pg_matrix sums;        /**< [n_groups x k] scores, adjusted in place */
    double *values;        /**< [k] S of the group at hand */
    double *weights;       /**< [k] (1 - S)^-p */
    double *outer;         /**< [k x k x k] sum over groups of q_g q_g' of each term */
    double *trace;         /**< [k] sum of p_g'p_g */
    double *square;        /**< [k] sum of (p_g'p_g)^2 - (q_g'q_g)^2 */
} adjusting;

static pgdp_status prepare(pgdp_ctx *ctx, const pgdp_design *d, adjusting *a)
{
    const pgdp_fit *fit = a->fit;
    const size_t n = fit->n_rows, k = fit->n_terms, g = a->grouping->n_groups;
    a->q = pg_matrix_new(&ctx->scratch, n, k);
    a->sums = pg_matrix_new(&ctx->scratch, g, k);
    if (a->q.x == NULL || a->sums.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, a->order, pg_arena_alloc(&ctx->scratch, n, sizeof *a->order));
    PG_TRY_ALLOC(ctx, a->start, pg_arena_alloc(&ctx->scratch, g + 2, sizeof *a->start));
    PG_TRY_ALLOC(ctx, a->values, pg_arena_alloc(&ctx->scratch, k, sizeof *a->values));
    PG_TRY_ALLOC(ctx, a->weights, pg_arena_alloc(&ctx->scratch, k, sizeof *a->weights));
    if (a->how.satterthwaite) {
        PG_TRY_ALLOC(ctx, a->outer, pg_arena_alloc(&ctx->scratch, k * k * k, sizeof *a->outer));
        PG_TRY_ALLOC(ctx, a->trace, pg_arena_alloc(&ctx->scratch, k, sizeof *a->trace));
        PG_TRY_ALLOC(ctx, a->square, pg_arena_alloc(&ctx->scratch, k, sizeof *a->square));
    }
    pg_times(pg_matrix_view(d->x.x, n, k, n), pg_matrix_view(fit->root, k, k, k), a->q);
    for (size_t j = 0; j < k && d->weights.n > 0; j++)
        for (size_t i = 0; i < n; i++)
            a->q.x[i + j * n] *= sqrt(d->weights.x[i]);
    for (size_t i = 0; i < n; i++)
        a->start[a->grouping->group[i] + 2]++;
    for (size_t i = 2; i < g + 2; i++) /* shifted by one, so that filling leaves start[g] at the group's first row */
        a->start[i] += a->start[i - 1];
    for (size_t i = 0; i < n; i++)
        a->order[a->start[a->grouping->group[i] + 1]++] = i;
    return pg_cluster_sums(ctx, fit, a->grouping, a->sums.x);
}

/* U and S of Q_g'Q_g. */
static pgdp_status decompose(pgdp_ctx *ctx, const adjusting *a, size_t g, pg_matrix u)
{
    const size_t n = a->start[g + 1] - a->start[g], k = u.n_rows;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix rows = pg_matrix_new(&ctx->scratch, n, k);
    if (rows.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            rows.x[i + j * n] = a->q.x[a->order[a->start[g] + i] + j * a->q.stride];
    memset(u.x, 0, k * k * sizeof *u.x);
    pg_add_gram(rows, u);
    pg_copy_upper(u);
    const pgdp_status status = pg_eigen(ctx, u, a->values);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* (1 - S)^-p; at p = 1/2 nothing where the cluster decides a combination alone: its residuals are zero there. */
static pgdp_status set_weights(pgdp_ctx *ctx, const adjusting *a, size_t g, size_t k)
{
    for (size_t m = 0; m < k; m++) {
        const double room = 1 - a->values[m];
        if (room < no_room && a->how.power > 0.5)
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "covariance %s leaves out each cluster in turn, and without that of row %zu of the sample a "
                           "term has no estimate; choose cr2 or cluster",
                           a->fit->covariance->name, a->order[a->start[g]] + 1);
        a->weights[m] = room < no_room ? 0 : pow(room, -a->how.power);
    }
    return PGDP_OK;
}

/* The group's scores become U (1 - S)^-p U' scores. */
static void adjust_sums(const adjusting *a, size_t g, pg_matrix u, double *turned)
{
    const size_t k = u.n_rows;
    double *scores = a->sums.x + g;
    for (size_t m = 0; m < k; m++) {
        turned[m] = 0;
        for (size_t j = 0; j < k; j++)
            turned[m] += u.x[j + m * k] * scores[j * a->sums.stride];
        turned[m] *= a->weights[m];
    }
    for (size_t j = 0; j < k; j++) {
        double sum = 0;
        for (size_t m = 0; m < k; m++)
            sum += u.x[j + m * k] * turned[m];
        scores[j * a->sums.stride] = sum;
    }
}

/* The group's part of each term's degrees of freedom under errors of variance 1/w: with c the term's row of root,
 * p_g'p_g = c' U S (1 - S)^(1-2p) U' c, and p_g'p_h = -q_g'q_h of q_g = U S (1 - S)^-p U' c. */
static void add_moments(const adjusting *a, pg_matrix u, double *turned, double *q)
{
    const size_t k = u.n_rows;
    for (size_t term = 0; term < k; term++) {
        double own = 0, length = 0;
        for (size_t m = 0; m < k; m++) {
            const double s = a->values[m], w = a->weights[m];
            double along = 0;
            for (size_t j = term; j < k; j++) /* root is upper triangular */
                along += u.x[j + m * k] * a->fit->root[term + j * k];
            own += s * (1 - s) * w * w * along * along;
            turned[m] = s * w * along;
        }
        for (size_t j = 0; j < k; j++) {
            q[j] = 0;
            for (size_t m = 0; m < k; m++)
                q[j] += u.x[j + m * k] * turned[m];
            length += q[j] * q[j];
        }
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < k; i++)
                a->outer[i + (j + term * k) * k] += q[i] * q[j];
        a->trace[term] += own;
        a->square[term] += own * own - length * length;
    }
}

/* (sum of p_g'p_g)^2 over the sum of all (p_g'p_h)^2. */
static pgdp_status set_term_df(pgdp_ctx *ctx, const adjusting *a, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    PG_TRY_ALLOC(ctx, fit->term_df, pg_arena_alloc(&fit->arena, k, sizeof *fit->term_df));
    for (size_t term = 0; term < k; term++) {
        double sum = a->square[term];
        for (size_t i = 0; i < k * k; i++)
            sum += a->outer[i + term * k * k] * a->outer[i + term * k * k];
        fit->term_df[term] = a->trace[term] * a->trace[term] / sum;
    }
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, pg_adjustment how)
{
    const char *name = fit->covariance->name;
    if (d->cluster == NULL || d->n_clusterings != 1)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s was given %zu variables, expected one: %s(firm)", name,
                       d->cluster == NULL ? 0 : d->n_clusterings, name);
    if (fit->root == NULL || fit->penalised)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s is defined for linear models; choose cluster", name);
    if (how.satterthwaite && fit->n_terms > MOST_TERMS)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "covariance %s works out degrees of freedom of at most %d terms, found %zu; absorb effects or add "
            "; ssc(t_df=clusters)",
            name, MOST_TERMS, fit->n_terms);
    for (size_t e = 0; e < fit->design->n_effects; e++) {
        bool nested;
        PG_TRY(pg_effect_is_nested(ctx, &fit->design->effects[e], d->cluster[0], d->y.n, &nested));
        if (nested) continue;
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance %s with absorbed effects needs each of their levels within one cluster, found %s "
                       "across clusters; write i(%s) among the terms or choose cluster",
                       name, fit->design->effects[e].name, fit->design->effects[e].name);
    }
    return PGDP_OK;
}

static pgdp_status adjust_all(pgdp_ctx *ctx, const adjusting *a)
{
    const size_t k = a->fit->n_terms;
    const pg_matrix u = pg_matrix_new(&ctx->scratch, k, k);
    double *one, *two;
    if (u.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, one, pg_arena_alloc(&ctx->scratch, k, sizeof *one));
    PG_TRY_ALLOC(ctx, two, pg_arena_alloc(&ctx->scratch, k, sizeof *two));
    for (size_t g = 0; g < a->grouping->n_groups; g++) {
        PG_TRY(decompose(ctx, a, g, u));
        PG_TRY(set_weights(ctx, a, g, k));
        adjust_sums(a, g, u, one);
        if (a->how.satterthwaite) add_moments(a, u, one, two);
    }
    return PGDP_OK;
}

pgdp_status pg_cluster_adjusted(pgdp_ctx *ctx, const pgdp_design *d, pg_adjustment how, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    pg_grouping grouping;
    how.satterthwaite = how.satterthwaite && fit->ssc.t_df == PG_T_DEFAULT;
    adjusting a = { .fit = fit, .grouping = &grouping, .how = how };
    if (meat.x == NULL) return pg_no_memory(ctx);
    PG_TRY(check(ctx, d, fit, how));
    PG_TRY(pg_grouping_new(ctx, d->cluster[0], NULL, d->y.n, &grouping));
    if (grouping.n_groups < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "covariance %s needs at least two clusters; the sample has 1",
                       fit->covariance->name);
    PG_TRY(prepare(ctx, d, &a));
    PG_TRY(adjust_all(ctx, &a));
    if (how.satterthwaite) PG_TRY(set_term_df(ctx, &a, fit));
    pg_add_gram(a.sums, meat);
    pg_copy_upper(meat);
    const double g = (double)grouping.n_groups;
    pg_fit_add_factor(fit, "G", g);
    pg_ssc_rule rule = { .clustered = true, .t_df = PG_T_CLUSTERS, .g = g, .g_factor = "G/(G-1)" };
    PG_TRY(pg_ssc_nested(ctx, fit, d->cluster, 1, &rule.nested));
    return pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule));
}
