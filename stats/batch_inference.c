/* batch_inference.c  Joint inference on a specification curve. Source: Simonsohn, Simmons & Nelson (2020), Nature Human
 * Behaviour 4, "inferential specification curve", the case of data that were not assigned at random.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The null is imposed on each model by y* = y - b x, b its own estimate; then rows are drawn with replacement, whole
 * clusters at a time and the same ones for every model. Regressing y* on the same terms only takes b from the
 * coefficient of x and leaves the residuals, so that a draw's estimate is b* - b and its standard error that of b*:
 * nothing but the cells' cross-products, each counted as often as its cluster was drawn, is needed of the data. */
#include "stats/batch_inference.h"
#include "core/random.h"
#include "core/spread.h"
#include "stats/fit.h"

#include <math.h>
#include <stdlib.h>

enum { TILE = PG_BATCH_DRAW_TILE };
static const double most_z = 37; /* beyond it a p-value is no double */

double pg_batch_z(double t, double df)
{
    return copysign(fmin(pgdp_normal_upper_quantile(pgdp_t_upper(fabs(t), df)), most_z), t);
}

size_t pg_batch_slot_of(const pg_batch_sample *s, const pg_batch_solution *x, const char *term)
{
    size_t slot = 0;
    while (slot < x->n_slots && !pg_streq(s->names[x->column[slot]], term))
        slot++; /* a level may be absent from the draw */
    return slot;
}

static pgdp_status count_draws(pgdp_ctx *ctx, const pg_batch_drawing *d, size_t draw, double **count)
{
    const pg_batch_sample *s = d->s;
    double *of_level;
    pg_random r = pg_random_stream((uint64_t)fmax(s->batch->request.seed, 0), "specification curve", (uint32_t)draw);
    PG_TRY_ALLOC(ctx, of_level, pg_arena_alloc(&ctx->scratch, d->n_levels, sizeof *of_level));
    PG_TRY_ALLOC(ctx, *count, pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof **count));
    for (uint32_t i = 0; i < d->n_levels; i++)
        of_level[pg_random_index(&r, d->n_levels)]++;
    for (size_t c = 0; c < s->cells.n_cells; c++)
        (*count)[c] = of_level[d->level[c]];
    return PGDP_OK;
}

static pgdp_status add_cells(pgdp_ctx *ctx, const pg_moments *m, const double *count, double **total)
{
    const size_t square = m->n_cols * m->n_cols;
    PG_TRY_ALLOC(ctx, *total, pg_arena_alloc(&ctx->scratch, square, sizeof **total));
    for (size_t c = 0; c < m->cells.n_cells; c++)
        for (size_t i = 0; i < square && count[c] > 0; i++)
            (*total)[i] += count[c] * m->cross[c * square + i];
    return PGDP_OK;
}

/* Observations and clusters of a draw. */
typedef struct drawn {
    const double *count;
    double nobs, clusters;
} drawn;

static drawn measure(const pg_batch_sample *s, const double *count)
{
    drawn out = { .count = count };
    for (size_t c = 0; c < s->cells.n_cells; c++) {
        const bool frequency = s->batch->weight_kind == PGDP_FREQUENCY;
        const size_t square = s->moments->n_cols * s->moments->n_cols;
        out.nobs += count[c] * (frequency ? s->moments->cross[c * square] : (double)s->moments->cell_rows[c]);
        out.clusters += count[c];
    }
    return out;
}

/* The corrections of cluster() for the draw's own numbers. */
static double find_factor(const pg_batch_sample *s, uint32_t vcov, const drawn *at, const pg_batch_solution *x,
                          double *df)
{
    pgdp_fit fit = { .ssc = s->batch->vcovs[vcov].ssc, .nobs = at->nobs };
    const pg_ssc_rule rule = {
        .k_adj = true, .g_adj = true, .clustered = true, .t_df = PG_T_CLUSTERS, .g = at->clusters, .g_factor = "G/(G-1)"
    };
    fit.n_terms = x->n_terms + (size_t)pg_batch_counted(s, vcov, x);
    fit.vcov_df = at->nobs - (double)fit.n_terms;
    const double factor = pg_ssc_apply(&fit, &rule);
    *df = fit.vcov_df;
    return factor;
}

/* Estimates less those of the data, and their z, of one solved model; NaN where the draw has none. */
static size_t keep(const pg_batch_drawing *d, uint32_t model, const pg_batch_solution *x, const double *sums,
                   const drawn *at, double *out)
{
    const size_t n_cells = d->s->cells.n_cells;
    const uint32_t vcov = d->s->batch->models[model].vcov;
    const pg_batch_results *r = &d->s->batch->results[model];
    double df = 0, factor = 0;
    if (!x->by_row) factor = find_factor(d->s, vcov, at, x, &df);
    for (size_t i = 0; i < r->n; i++) {
        double square = 0;
        const size_t slot = pg_batch_slot_of(d->s, x, r->rows[i].term);
        out[i] = out[i + d->n_rows] = (double)NAN;
        if (x->by_row || slot >= x->n_slots || !(at->clusters > 1)) continue;
        for (size_t c = 0; c < n_cells; c++)
            square += at->count[c] * sums[c + slot * n_cells] * sums[c + slot * n_cells];
        const double estimate = x->estimate[slot] - r->rows[i].estimate, error = sqrt(factor * square);
        out[i] = estimate;
        if (error > 0) out[i + d->n_rows] = pg_batch_z(estimate / error, df);
    }
    return r->n;
}

/* Models [first, first + n) in one draw. @return through *at_row how many result rows they are */
static pgdp_status run_tile(pgdp_ctx *ctx, const pg_batch_drawing *d, size_t first, size_t n, const double *total,
                            const drawn *at, double *out, size_t *at_row)
{
    pg_batch_solution *solutions, *list[TILE];
    double *sums;
    pg_batch_meats meats = { .sample = d->s, .models = list, .n = n };
    PG_TRY(pg_batch_solutions_new(ctx, d->s, d->models + first, n, &solutions));
    for (size_t i = 0; i < n; i++) {
        const pg_batch_model *m = &d->s->batch->models[d->models[first + i]];
        list[i] = &solutions[i];
        PG_TRY(pg_batch_solve_with(ctx, d->s, &d->s->batch->formulas[m->formula], total, list[i]));
        if (list[i]->by_row) list[i]->n_slots = 0;
        if (list[i]->n_slots > meats.n_slots) meats.n_slots = list[i]->n_slots;
    }
    const size_t length = d->s->cells.n_cells * meats.n_slots;
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, length * n, sizeof *sums));
    if (meats.n_slots > 0) PG_TRY(pg_batch_cell_sums(ctx, &meats, 0, n, sums));
    for (size_t i = 0; i < n; i++)
        *at_row += keep(d, d->models[first + i], list[i], sums + i * length, at, out + *at_row);
    return PGDP_OK;
}

static pgdp_status run_draw(pgdp_ctx *ctx, void *user, size_t draw, void *out)
{
    const pg_batch_drawing *d = user;
    double *count, *total;
    size_t at_row = 0;
    PG_TRY(count_draws(ctx, d, draw, &count));
    PG_TRY(add_cells(ctx, d->s->moments, count, &total));
    const drawn at = measure(d->s, count);
    for (size_t first = 0; first < d->n_models; first += TILE) {
        const size_t n = d->n_models - first < TILE ? d->n_models - first : TILE;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(run_tile(ctx, d, first, n, total, &at, out, &at_row));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Models that a draw can solve: from the cells of the moments, or, where rows are drawn, from any moments. */
static pgdp_status list_models(pgdp_ctx *ctx, const pgdp_batch *b, const pg_batch_group *g, pg_batch_drawing *d)
{
    uint32_t *models;
    PG_TRY_ALLOC(ctx, models, pg_arena_alloc(&ctx->scratch, g->n_models, sizeof *models));
    for (size_t i = 0; i < g->n_models; i++) {
        const pg_batch_results *r = &b->results[g->models[i]];
        const bool by_rows = d->of_rows && r->n > 0 && pg_streq(r->rows[0].solver, "row_pass");
        if (r->n == 0 || (!by_rows && !pg_streq(r->rows[0].solver, "moments"))) continue;
        models[d->n_models++] = g->models[i];
        d->n_rows += r->n;
    }
    d->models = models;
    return PGDP_OK;
}

/* What the data say of collinear terms holds in every draw. */
static pgdp_status find_collinear(pgdp_ctx *ctx, const pg_batch_drawing *d)
{
    const pgdp_batch *b = d->s->batch;
    for (size_t i = 0; i < d->n_models; i++) {
        pg_batch_solution *x;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        if (b->results[d->models[i]].rows[0].collinear[0] == '\0') continue;
        PG_TRY(pg_batch_solutions_new(ctx, d->s, d->models + i, 1, &x));
        PG_TRY(pg_batch_solve_surely(ctx, d->s, &b->formulas[b->models[d->models[i]].formula], x));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Effects across clusters would have to be taken out again in every draw. */
static pgdp_status check_effects(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t cluster)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t *group;
    size_t n_groups;
    if (s->design.n_effects == 0) return PGDP_OK;
    PG_TRY(pg_batch_levels(ctx, s, cluster, &group, &n_groups));
    for (size_t e = 0; e < s->design.n_effects; e++) {
        bool nested;
        PG_TRY(pg_effect_is_nested(ctx, &s->design.effects[e], group, s->rows.n, &nested));
        if (!nested)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "joint inference draws whole clusters, and needs the levels of absorbed effects within "
                           "them, found %s across them; write i(%s) among the terms or leave inference out",
                           s->design.effects[e].name, s->design.effects[e].name);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status draw_sample(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t cluster, size_t n_draws,
                               pg_batch_drawing *d)
{
    uint32_t *level;
    d->s = s;
    PG_TRY(find_collinear(ctx, d));
    if (d->of_rows) return pg_batch_draw_rows(ctx, d, n_draws);
    PG_TRY(check_effects(ctx, s, cluster));
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof *level));
    for (size_t i = 0; i < s->rows.n && s->cell != NULL; i++)
        level[s->cell[i]] = s->batch->sources[cluster].level[s->rows.kept[i]];
    d->level = level;
    d->n_levels = s->batch->sources[cluster].n_levels;
    return pg_spread(ctx, "draws", n_draws, 2 * d->n_rows * sizeof(double), run_draw, d, d->draws);
}

static pgdp_status draw_group(pgdp_ctx *ctx, const pgdp_batch *b, size_t group, uint32_t cluster, size_t n_draws,
                              pg_batch_drawing *d)
{
    pg_batch_sample s;
    d->of_rows = cluster == UINT32_MAX;
    PG_TRY(list_models(ctx, b, &b->groups[group], d));
    if (d->n_models == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, d->draws, pg_arena_alloc(&ctx->scratch, n_draws * 2 * d->n_rows, sizeof *d->draws));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_batch_sample_new(ctx, b, group, &s));
    const pgdp_status status = draw_sample(ctx, &s, cluster, n_draws, d);
    pg_moments_free(s.moments);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

/* The three statistics of a curve; two-sided, so that no direction need be predicted. */
typedef struct statistics {
    double median, share, stouffer;
} statistics;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static statistics describe(double *estimate, const double *z, size_t n, double critical)
{
    double up = 0, down = 0, sum = 0, n_z = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(estimate[i])) estimate[kept++] = estimate[i];
        if (!isfinite(z[i])) continue;
        up += z[i] > critical;
        down += z[i] < -critical;
        sum += z[i];
        n_z++;
    }
    qsort(estimate, kept, sizeof *estimate, compare);
    if (kept == 0 || !(n_z > 0)) return (statistics){ 0, 0, 0 };
    return (statistics){ (estimate[(kept - 1) / 2] + estimate[kept / 2]) / 2, fmax(up, down) / n_z, sum / sqrt(n_z) };
}

static pgdp_status compare_draws(pgdp_ctx *ctx, const pgdp_batch *b, const pg_batch_drawing *groups, double level,
                                 pgdp_batch_inference *out)
{
    const double critical = pgdp_normal_upper_quantile(level / 2);
    double *estimate, *z;
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, out->n_rows, sizeof *estimate));
    PG_TRY_ALLOC(ctx, z, pg_arena_alloc(&ctx->scratch, out->n_rows, sizeof *z));
    size_t n = 0;
    for (size_t g = 0; g < b->n_groups; g++)
        for (size_t m = 0; m < groups[g].n_models; m++)
            for (size_t i = 0; i < b->results[groups[g].models[m]].n; i++) {
                const pgdp_batch_row *row = &b->results[groups[g].models[m]].rows[i];
                estimate[n] = row->estimate;
                z[n++] = pg_batch_z(row->statistic, row->df);
            }
    const statistics of_data = describe(estimate, z, n, critical);
    double extreme[3] = { 0 };
    for (size_t draw = 0; draw < out->n_draws; draw++) {
        n = 0;
        for (size_t g = 0; g < b->n_groups; g++)
            for (size_t i = 0; i < groups[g].n_rows; i++) {
                estimate[n] = groups[g].draws[draw * 2 * groups[g].n_rows + i];
                z[n++] = groups[g].draws[(draw * 2 + 1) * groups[g].n_rows + i];
            }
        const statistics s = describe(estimate, z, n, critical);
        extreme[0] += fabs(s.median) >= fabs(of_data.median);
        extreme[1] += s.share >= of_data.share;
        extreme[2] += fabs(s.stouffer) >= fabs(of_data.stouffer);
    }
    const double all = (double)out->n_draws + 1;
    out->median = of_data.median;
    out->share = of_data.share;
    out->stouffer = of_data.stouffer;
    out->p_median = (1 + extreme[0]) / all;
    out->p_share = (1 + extreme[1]) / all;
    out->p_stouffer = (1 + extreme[2]) / all;
    return PGDP_OK;
}

/* Rows are drawn where every covariance takes them to be independent. */
static pgdp_status check_rows(pgdp_ctx *ctx, const pgdp_batch *b)
{
    for (size_t i = 0; i < b->request.choices[PGDP_BATCH_VCOV].n; i++)
        if (b->vcovs[i].kind != PG_BATCH_IID && b->vcovs[i].kind != PG_BATCH_HC)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "joint inference without a cluster draws rows, found the covariance %s, expected iid, HC0 "
                           "or HC1 alone; name the cluster to draw, change vcov or leave inference out",
                           b->request.choices[PGDP_BATCH_VCOV].items[i].text);
    if (b->weight_kind == PGDP_FREQUENCY && b->weights != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "joint inference draws rows, found frequency weights, by which a row is several observations; "
                       "write one row for each or leave inference out");
    return PGDP_OK;
}

pgdp_status pg_batch_find_cluster(pgdp_ctx *ctx, const pgdp_batch *b, const char *name, uint32_t *out)
{
    *out = UINT32_MAX;
    if (name == NULL) return check_rows(ctx, b);
    const pg_expr column = { .kind = PG_EXPR_NAME, .text = name, .what = "inference", .line = 1, .column = 1 };
    size_t at;
    PG_TRY(pg_eval_column(ctx, b->frame, &column, &at));
    for (size_t i = 0; i < b->request.choices[PGDP_BATCH_VCOV].n; i++) {
        const pg_batch_vcov *v = &b->vcovs[i];
        const bool one = v->kind == PG_BATCH_CLUSTER && v->n_clusters == 1;
        if (one && pg_batch_is_column(b, v->cluster[0], at)) {
            *out = v->cluster[0];
            continue;
        }
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "joint inference draws clusters of %s, found the covariance %s, expected cluster(%s) alone; "
                       "change vcov or leave inference out",
                       name, b->request.choices[PGDP_BATCH_VCOV].items[i].text, name);
    }
    return PGDP_OK;
}

static pgdp_status infer(pgdp_ctx *ctx, const pgdp_batch *b, const char *name, double level, pgdp_batch_inference *out)
{
    pg_batch_drawing *groups;
    uint32_t cluster = 0;
    PG_TRY(pg_batch_find_cluster(ctx, b, name, &cluster));
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, b->n_groups, sizeof *groups));
    for (size_t g = 0; g < b->n_groups; g++) {
        PG_TRY(draw_group(ctx, b, g, cluster, out->n_draws, &groups[g]));
        out->n_rows += groups[g].n_rows;
    }
    if (out->n_rows == 0)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "joint inference: found no model that was solved from moments");
    return compare_draws(ctx, b, groups, level, out);
}

pgdp_status pgdp_batch_infer(pgdp_ctx *ctx, const pgdp_batch *batch, const char *cluster, size_t n_draws, double level,
                             pgdp_batch_inference *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_batch_inference made = { .n_draws = n_draws };
    if (n_draws == 0 || !(level > 0 && level < 1))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "joint inference needs draws, and a level of significance in (0, 1)");
    const pgdp_status status = infer(ctx, batch, cluster, level, &made);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) *out = made;
    return status;
}
