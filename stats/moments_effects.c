/* moments_effects.c  Effects that moments have absorbed: kept, added up, and told to a fit: moments_labels.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/moments_labels.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void *copy(pgdp_moments *h, const void *from, size_t n, size_t size)
{
    void *to = pg_arena_alloc(&h->arena, n, size);
    if (to != NULL && n > 0) memcpy(to, from, n * size);
    return to;
}

pgdp_status pg_labelled_absorb(pgdp_ctx *ctx, const pg_moments_effects *from, pgdp_moments *h)
{
    const size_t n = from->n, k = h->m->n_cols;
    pg_moments_effects *to;
    const char **names;
    const uint64_t **level;
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&h->arena, 1, sizeof *to));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&h->arena, n, sizeof *names));
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&h->arena, n, sizeof *level));
    *to = *from;
    PG_TRY_ALLOC(ctx, to->solver, pg_arena_strdup(&h->arena, from->solver));
    for (size_t i = 0; i < n; i++) {
        PG_TRY_ALLOC(ctx, names[i], pg_arena_strdup(&h->arena, from->names[i]));
        PG_TRY_ALLOC(ctx, level[i], copy(h, from->level[i], from->n_levels[i], sizeof **level));
    }
    PG_TRY_ALLOC(ctx, to->n_levels, copy(h, from->n_levels, n, sizeof *from->n_levels));
    PG_TRY_ALLOC(ctx, to->slope, copy(h, from->slope, n, sizeof *from->slope));
    PG_TRY_ALLOC(ctx, to->nested, copy(h, from->nested, n * h->m->cells.n_dims, sizeof *from->nested));
    PG_TRY_ALLOC(ctx, to->mean, copy(h, from->mean, k, sizeof *from->mean));
    PG_TRY_ALLOC(ctx, to->total, copy(h, from->total, k, sizeof *from->total));
    to->names = names;
    to->level = level;
    h->effects = to;
    return PGDP_OK;
}

static pgdp_status join(pgdp_ctx *ctx, const char *const *names, size_t n, const char **out)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < n; i++)
        pg_text_addf(&text, "%s%s", i == 0 ? "" : " + ", names[i]);
    if (text.failed) return pg_no_memory(ctx);
    *out = n == 0 ? "none" : text.data;
    return PGDP_OK;
}

/* The levels of both, ascending; none may be in both. */
static pgdp_status merge_levels(pgdp_ctx *ctx, const pg_moments_effects *a, const pg_moments_effects *b, size_t effect,
                                const uint64_t **out)
{
    const uint64_t *x = a->level[effect], *y = b->level[effect];
    const size_t n = a->n_levels[effect], m = b->n_levels[effect];
    uint64_t *all;
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, n + m, sizeof *all));
    for (size_t i = 0, j = 0; i + j < n + m;) {
        if (i < n && j < m && x[i] == y[j])
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "found levels of %s that both sets of rows have, so that what it takes from both is not the "
                           "sum of what it takes from each; split the rows so that no level is in two parts, or make "
                           "the moments of all rows",
                           a->names[effect]);
        if (j == m || (i < n && x[i] < y[j])) {
            all[i + j] = x[i];
            i++;
        } else {
            all[i + j] = y[j];
            j++;
        }
    }
    *out = all;
    return PGDP_OK;
}

/* Means and squares about them: Chan, Golub & LeVeque (1983). */
static pgdp_status merge_totals(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b, pg_moments_effects *out)
{
    const double u = a->m->sum_weights, v = b->m->sum_weights;
    double *mean, *total;
    PG_TRY_ALLOC(ctx, mean, pg_arena_alloc(&ctx->scratch, a->m->n_cols, sizeof *mean));
    PG_TRY_ALLOC(ctx, total, pg_arena_alloc(&ctx->scratch, a->m->n_cols, sizeof *total));
    for (size_t j = 0; j < a->m->n_cols; j++) {
        const double apart = b->effects->mean[j] - a->effects->mean[j];
        mean[j] = a->effects->mean[j] + apart * (v / (u + v));
        total[j] = a->effects->total[j] + b->effects->total[j] + apart * apart * (u * (v / (u + v)));
    }
    out->mean = mean;
    out->total = total;
    return PGDP_OK;
}

static bool are_same(const pg_moments_effects *a, const pg_moments_effects *b)
{
    bool same = a != NULL && b != NULL && a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = pg_streq(a->names[i], b->names[i]);
    return same;
}

pgdp_status pg_effects_add(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b, pgdp_moments *sum)
{
    const pg_moments_effects *x = a->effects, *y = b->effects;
    const size_t dims = a->m->cells.n_dims;
    pg_moments_effects e;
    size_t *n_levels;
    bool *nested;
    const uint64_t **level;
    if (x == NULL && y == NULL) return PGDP_OK;
    if (!are_same(x, y))
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "found moments of other effects, expected the same in both");
    e = *x;
    PG_TRY_ALLOC(ctx, n_levels, pg_arena_alloc(&ctx->scratch, e.n, sizeof *n_levels));
    PG_TRY_ALLOC(ctx, nested, pg_arena_alloc(&ctx->scratch, e.n * dims, sizeof *nested));
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, e.n, sizeof *level));
    for (size_t i = 0; i < e.n; i++) {
        PG_TRY(merge_levels(ctx, x, y, i, &level[i]));
        n_levels[i] = x->n_levels[i] + y->n_levels[i];
        for (size_t d = 0; d < dims; d++)
            nested[i * dims + d] = x->nested[i * dims + d] && y->nested[i * dims + d];
    }
    PG_TRY(merge_totals(ctx, a, b, &e));
    e.n_levels = n_levels;
    e.nested = nested;
    e.level = level;
    e.rank = x->rank + y->rank;
    e.rank_is_bound = x->rank_is_bound || y->rank_is_bound;
    e.residual = fmax(x->residual, y->residual);
    return pg_labelled_absorb(ctx, &e, sum);
}

pgdp_status pg_effects_check(pgdp_ctx *ctx, const pgdp_moments *h, const pg_formula *formula)
{
    const size_t n = h->effects == NULL ? 0 : h->effects->n;
    const char **asked, *found, *expected;
    bool same = n == formula->n_effects;
    PG_TRY_ALLOC(ctx, asked, pg_arena_alloc(&ctx->scratch, formula->n_effects, sizeof *asked));
    for (size_t i = 0; i < formula->n_effects; i++) {
        bool is_one = false;
        asked[i] = formula->effects[i].name;
        for (size_t j = 0; j < n; j++)
            is_one = is_one || pg_streq(asked[i], h->effects->names[j]);
        same = same && is_one;
    }
    if (same) return PGDP_OK;
    PG_TRY(join(ctx, asked, formula->n_effects, &found));
    PG_TRY(join(ctx, n == 0 ? NULL : h->effects->names, n, &expected));
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "found the effects %s, but those that the moments were made with are %s: absorbing others needs the "
                   "rows; name these behind the bar, or make the moments with the others",
                   found, expected);
}

/* Digits of what the effects leave of a column, which rounding of the column itself blurs; of nothing: all, since it is
 * collinear. */
static double digits_left(const pgdp_moments *h, size_t column)
{
    const pg_moments_effects *e = h->effects;
    const double before = e->total[column] + h->m->sum_weights * e->mean[column] * e->mean[column];
    const double after = h->m->total[column * (h->m->n_cols + 1)];
    return after > 0 ? -log10(16 * DBL_EPSILON * sqrt(before / after)) : 16;
}

pgdp_status pg_effects_of_model(pgdp_ctx *ctx, const pgdp_moments *h, const pg_moments_model *model,
                                const pg_behind_effects **out, double *digits)
{
    static const double fewest = 4, some_slope = 1;
    const pg_moments_effects *e = h->effects;
    const size_t dims = h->m->cells.n_dims, n = model->n_terms + model->n_instruments + 1;
    pg_behind_effects *to;
    pgdp_effect *effects;
    bool *nested;
    *digits = 16;
    for (size_t j = 0; j < n; j++) {
        const size_t column = j < model->n_terms ? model->terms[j]
                              : j + 1 < n        ? model->instruments[j - model->n_terms]
                                                 : model->outcome;
        *digits = fmin(*digits, digits_left(h, column));
        if (*digits < fewest)
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "the absorbed effects leave no more than rounding of %s: fewer than 4 trustworthy digits; "
                           "leave it out",
                           h->m->names[column]);
    }
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&ctx->scratch, 1, sizeof *to));
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, e->n, sizeof *effects));
    PG_TRY_ALLOC(ctx, nested, pg_arena_alloc(&ctx->scratch, e->n, sizeof *nested));
    for (size_t i = 0; i < e->n; i++) {
        effects[i] = (pgdp_effect){ .name = e->names[i], .n_levels = e->n_levels[i] };
        if (e->slope[i]) effects[i].slope = &some_slope;
        for (size_t d = 0; d < model->n_dims; d++)
            nested[i] = nested[i] || e->nested[i * dims + model->dims[d]];
    }
    *to = (pg_behind_effects){ .effects = effects,
                               .nested = nested,
                               .n = e->n,
                               .rank = e->rank,
                               .rank_is_bound = e->rank_is_bound,
                               .how = { .solver = e->solver, .residual = e->residual },
                               .total = e->total[model->outcome] };
    *out = to;
    return PGDP_OK;
}
