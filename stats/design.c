/* design.c  A formula over a frame to outcome, regressors, instruments, effects, weights, clusters and panel of the
 * complete cases. Source: Wilkinson & Rogers (1973), Applied Statistics 22(3); which level is left out: Chambers &
 * Hastie (1992), Statistical Models in S, section 2.4; singletons: Correia (2015), "Singletons, cluster-robust standard
 * errors and fixed effects". SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design.h"

#include "stats/absorb.h"
#include "stats/cluster.h"
#include "stats/design_find.h"
#include "stats/panel_history.h"
#include "stats/separation.h"

#include <math.h>
#include <string.h>

enum { MOST_CATEGORIES = 200 };

static pgdp_status gather(pgdp_ctx *ctx, const double *values, const pg_rows *rows, pgdp_vec *out)
{
    double *x;
    if (values == NULL) return PGDP_OK;
    if (pg_rows_are_all(rows)) {
        *out = (pgdp_vec){ values, rows->n };
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *x));
    for (size_t i = 0; i < rows->n; i++)
        x[i] = values[rows->kept[i]];
    *out = (pgdp_vec){ x, rows->n };
    return PGDP_OK;
}

/** The outcome's numbers: as they are, or 0, 1, ... for its sorted categories. */
static pgdp_status fill_outcome(pgdp_ctx *ctx, const pg_found *f, const pgdp_estimator *method, const pg_rows *rows,
                                pg_design_result *out)
{
    const bool many = method->outcome == PGDP_OUTCOME_ORDERED || method->outcome == PGDP_OUTCOME_CATEGORY;
    const bool text = f->outcome_column != PGDP_NONE;
    if (!many && !text) return gather(ctx, f->outcome, rows, &out->design.y);
    pg_levels levels;
    double *y;
    if (text)
        PG_TRY(pg_levels_of_column(ctx, f->scope.frame, f->outcome_column, rows->kept, rows->n, &levels));
    else
        PG_TRY(pg_levels_of_numbers(ctx, f->outcome, rows->kept, rows->n, &levels));
    if (levels.n < 2 || levels.n > (many ? (size_t)MOST_CATEGORIES : 2))
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "formula:1: found an outcome of %zu categories in the %zu rows used, expected %s for %s; check the column "
            "or choose another method",
            levels.n, rows->n, many ? "2 to 200" : "exactly 2", method->name);
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *y));
    for (size_t i = 0; i < rows->n; i++)
        y[i] = (double)levels.index[i];
    out->design.y = (pgdp_vec){ y, rows->n };
    out->outcome_levels = levels.names;
    out->n_outcome_levels = levels.n;
    return PGDP_OK;
}

/** Groups of the combinations of an effect's columns over the rows kept. */
static pgdp_status fill_groups(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_found_effect *e, const pg_rows *rows,
                               const size_t **level, size_t *n_levels)
{
    for (size_t c = 0; c < e->n_columns; c++) {
        pg_levels levels;
        pg_grouping pairs;
        PG_TRY(pg_levels_of_column(ctx, frame, e->columns[c], rows->kept, rows->n, &levels));
        if (c > 0) PG_TRY(pg_grouping_new(ctx, *level, levels.index, rows->n, &pairs));
        *level = c > 0 ? pairs.group : levels.index;
        *n_levels = c > 0 ? pairs.n_groups : levels.n;
    }
    return PGDP_OK;
}

static pgdp_status fill_effects(pgdp_ctx *ctx, const pg_found *f, const pg_rows *rows, pgdp_design *out)
{
    pgdp_effect *effects;
    if (f->n_effects == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, f->n_effects, sizeof *effects));
    for (size_t i = 0; i < f->n_effects; i++) {
        pgdp_vec slope = { NULL, 0 };
        effects[i].name = f->effects[i].name;
        PG_TRY(fill_groups(ctx, f->scope.frame, &f->effects[i], rows, &effects[i].level, &effects[i].n_levels));
        PG_TRY(gather(ctx, f->effects[i].slope, rows, &slope));
        effects[i].slope = slope.x;
    }
    out->effects = effects;
    out->n_effects = f->n_effects;
    return PGDP_OK;
}

/** The absorbed intercept of the same columns as a clustering: its levels are numbered already. */
static const pgdp_effect *same_effect(const pg_found *f, const pg_found_effect *cluster, const pgdp_design *d)
{
    for (size_t e = 0; e < d->n_effects; e++) {
        const pg_found_effect *effect = &f->effects[e];
        if (effect->n_columns == cluster->n_columns &&
            memcmp(effect->columns, cluster->columns, cluster->n_columns * sizeof *cluster->columns) == 0)
            return &d->effects[e];
    }
    return NULL;
}

/** Clusters, and the columns that the covariance names. */
static pgdp_status fill_vcov(pgdp_ctx *ctx, const pg_found *f, const pg_rows *rows, pgdp_design *out)
{
    const size_t **cluster;
    const double **columns;
    size_t n_levels = 0;
    PG_TRY_ALLOC(ctx, cluster, pg_arena_alloc(&ctx->scratch, f->n_clusters, sizeof *cluster));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, f->n_vcov_columns, sizeof *columns));
    for (size_t i = 0; i < f->n_clusters; i++) {
        const pgdp_effect *same = same_effect(f, &f->clusters[i], out);
        if (same != NULL)
            cluster[i] = same->level;
        else
            PG_TRY(fill_groups(ctx, f->scope.frame, &f->clusters[i], rows, &cluster[i], &n_levels));
    }
    for (size_t i = 0; i < f->n_vcov_columns; i++) {
        pgdp_vec column = { NULL, 0 };
        PG_TRY(gather(ctx, f->vcov_columns[i], rows, &column));
        columns[i] = column.x;
    }
    if (f->n_clusters > 0) out->cluster = cluster;
    out->n_clusterings = f->n_clusters;
    out->columns = columns;
    out->n_columns = f->n_vcov_columns;
    return PGDP_OK;
}

/** x: the constant, the exogenous terms, the endogenous ones; z: the instruments. */
static pgdp_status fill_regressors(pgdp_ctx *ctx, const pg_found *f, const pgdp_estimator *method, const pg_rows *rows,
                                   pgdp_design *out)
{
    pg_filled exogenous, endogenous, instruments;
    double *x;
    const char **terms;
    size_t *indices;
    PG_TRY(pg_columns_fill(ctx, &f->exogenous, rows, &exogenous));
    PG_TRY(pg_columns_fill(ctx, &f->endogenous, rows, &endogenous));
    PG_TRY(pg_columns_fill(ctx, &f->instruments, rows, &instruments));
    out->constant = f->exogenous.constant ? 0 : PGDP_NONE;
    out->x = exogenous.x;
    if (method->extended) out->x_low = exogenous.low; /* such methods have no endogenous terms */
    out->terms = exogenous.names;
    out->z = instruments.x;
    out->instruments = instruments.names;
    const size_t n = rows->n, first = exogenous.x.n_cols, k = first + endogenous.x.n_cols;
    if (endogenous.x.n_cols == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * k, sizeof *x));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, k, sizeof *terms));
    PG_TRY_ALLOC(ctx, indices, pg_arena_alloc(&ctx->scratch, k - first, sizeof *indices));
    if (first > 0) memcpy(x, exogenous.x.x, n * first * sizeof *x);
    memcpy(x + n * first, endogenous.x.x, n * (k - first) * sizeof *x);
    for (size_t j = 0; j < k; j++) {
        terms[j] = j < first ? exogenous.names[j] : endogenous.names[j - first];
        if (j >= first) indices[j - first] = j;
    }
    out->x = (pgdp_mat){ x, n, k };
    out->terms = terms;
    out->endogenous = indices;
    out->n_endogenous = k - first;
    return PGDP_OK;
}

/** Effects stand in the design if their levels are those of the rows already. */
static pgdp_status fill(pgdp_ctx *ctx, const pg_found *f, const pgdp_estimator *method, const pg_rows *rows,
                        pg_design_result *out)
{
    pgdp_design *d = &out->design;
    *d = (pgdp_design){
        .constant = PGDP_NONE, .weight_kind = f->weight_kind, .effects = d->effects, .n_effects = d->n_effects
    };
    PG_TRY(fill_outcome(ctx, f, method, rows, out));
    if (method->extended) PG_TRY(gather(ctx, f->outcome_low, rows, &d->y_low));
    if (f->mean != NULL)
        PG_TRY(pg_mean_fill(ctx, f->mean, rows, &d->mean));
    else
        PG_TRY(fill_regressors(ctx, f, method, rows, d));
    d->x.n_rows = rows->n;
    PG_TRY(gather(ctx, f->weights, rows, &d->weights));
    PG_TRY(gather(ctx, f->offset, rows, &d->offset));
    d->period = rows->period;
    d->entity = rows->entity;
    if (method->panel && f->outcome != NULL && d->entity != NULL)
        PG_TRY(
            pg_panel_history(ctx, f->scope.frame, (const size_t[2]){ f->entity, f->time }, f->outcome, rows->kept, d));
    if (d->n_effects == 0) PG_TRY(fill_effects(ctx, f, rows, d));
    return fill_vcov(ctx, f, rows, d);
}

/** Leave out singletons until there is none; effects of which none was left out stay in the design. */
static pgdp_status drop_singletons(pgdp_ctx *ctx, const pg_found *f, pg_rows *rows, pgdp_dropped *dropped,
                                   pgdp_design *out)
{
    pgdp_design d = { .constant = PGDP_NONE };
    bool *drop;
    out->n_effects = 0;
    size_t n_dropped = 0;
    if (f->n_effects == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, drop, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *drop));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(fill_effects(ctx, f, rows, &d));
    PG_TRY(pg_singletons(ctx, d.effects, d.n_effects, rows->n, drop, &n_dropped));
    if (n_dropped == 0) {
        out->effects = d.effects;
        out->n_effects = d.n_effects;
        return PGDP_OK;
    }
    pg_rows_drop(rows, drop, PG_ROW_SINGLETON, dropped);
    pg_arena_rewind(&ctx->scratch, mark);
    if (rows->n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "found every row alone in a level of an absorbed effect, expected levels of several rows; absorb "
                   "coarser effects or keep singletons");
}

pgdp_status pg_design_build(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                            const pg_design_request *request, pg_design_result *out)
{
    const pgdp_regression_spec *spec = request->spec;
    const pgdp_estimator *method = request->estimator;
    pg_found f;
    pg_rows rows;
    memset(out, 0, sizeof *out);
    PG_TRY(pg_design_find(ctx, frame, formula, request, &f));
    PG_TRY(pg_rows_init(ctx, &f.scope, spec->subset, &rows));
    PG_TRY(pg_design_need(ctx, &f, &rows));
    PG_TRY(pg_rows_close(ctx, &rows, &out->dropped));
    if (f.time != PGDP_NONE) PG_TRY(pg_rows_sort(ctx, frame, f.entity, f.time, &rows));
    for (;;) {
        bool *drop;
        if (!spec->keep_singletons) PG_TRY(drop_singletons(ctx, &f, &rows, &out->dropped, &out->design));
        PG_TRY(fill(ctx, &f, method, &rows, out));
        out->row_numbers = rows.kept;
        PG_TRY_ALLOC(ctx, out->design.outcome, pg_expr_text(&ctx->scratch, formula->outcome));
        if (method->separated == NULL) return PGDP_OK;
        PG_TRY_ALLOC(ctx, drop, pg_arena_alloc(&ctx->scratch, rows.n, sizeof *drop));
        out->unsure = request->quick && method->separated == pg_separated_zeros && out->design.n_effects > 0;
        if (out->unsure)
            PG_TRY(pg_separated_levels(ctx, &out->design, 0, HUGE_VAL, drop));
        else
            PG_TRY(method->separated(ctx, &out->design, drop));
        const size_t before = rows.n;
        pg_rows_drop(&rows, drop, PG_ROW_SEPARATED, &out->dropped);
        if (rows.n == before) return PGDP_OK;
        out->design.n_effects = 0;
        if (rows.n == 0)
            return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                           "every row is predicted perfectly by the terms and effects; the model has no estimate");
    }
}
