/* batch_collinear.c  Which terms of a model are collinear, by what is known and by looking at the rows:
 * batch_collinear.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cross-products have half the digits that tell a collinear term from one that is nearly so. They do tell what it would
 * depend on; whether it does is asked of these few columns on the rows, once for all models. */
#include "stats/batch_collinear.h"

#include "stats/batch_terms.h"
#include "stats/collinear.h"
#include "stats/fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double negligible = 1e-6; /* coefficients of columns of norm 1, relative to the largest */

static bool contains(const uint32_t *list, size_t n, uint32_t column)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == column) return true;
    return false;
}

/* Cholesky factor of the columns kept so far; the newest one's coefficients on them. */
typedef struct walk {
    const pg_batch_doubt *doubt;
    pg_matrix root;
    double *c;
    uint32_t *kept; /* [n_kept] of the moments; 0 first where there is a constant */
    size_t *at;     /* [n] place in the model's list */
    size_t n, n_kept;
} walk;

static pgdp_status walk_new(pgdp_ctx *ctx, const pg_batch_doubt *d, walk *w)
{
    const size_t k = d->gram.n_cols;
    *w = (walk){ .doubt = d, .root = pg_matrix_new(&ctx->scratch, k, k) };
    if (w->root.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, w->c, pg_arena_alloc(&ctx->scratch, k, sizeof *w->c));
    PG_TRY_ALLOC(ctx, w->kept, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *w->kept));
    PG_TRY_ALLOC(ctx, w->at, pg_arena_alloc(&ctx->scratch, k, sizeof *w->at));
    if (d->constant) w->kept[w->n_kept++] = 0;
    return PGDP_OK;
}

/* What the kept columns leave of the square of column j, its part of the factor, its coefficients in c; is it clear
 * that this is more than nothing? */
static bool project(walk *w, size_t j)
{
    const size_t k = w->root.n_cols;
    const pg_matrix root = { w->root.x, w->n, w->n, k };
    double *part = w->root.x + w->n * k, left = 1, sum = 1;
    for (size_t i = 0; i < w->n; i++)
        part[i] = w->doubt->gram.x[w->at[i] + j * k];
    pg_solve_upper(root, true, part);
    for (size_t i = 0; i < w->n; i++)
        left -= part[i] * part[i];
    memcpy(w->c, part, w->n * sizeof *part);
    pg_solve_upper(root, false, w->c);
    for (size_t i = 0; i < w->n; i++)
        sum += fabs(w->c[i]);
    part[w->n] = sqrt(fmax(left, 0));
    return left >= PG_BATCH_UNCLEAR && left >= PG_BATCH_UNCLEAR_OF_SUM(sum);
}

static void keep(walk *w, size_t j)
{
    w->at[w->n++] = j;
    w->kept[w->n_kept++] = w->doubt->columns[j];
}

/* The columns that j seems to depend on, then j. */
static size_t ask(const walk *w, size_t j, uint32_t *question)
{
    const size_t first = w->n_kept - w->n; /* the constant, whose coefficient centring took */
    double largest = 0;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        largest = fmax(largest, fabs(w->c[i]));
    for (size_t i = 0; i < w->n_kept; i++)
        if (i < first || fabs(w->c[i - first]) > negligible * largest) question[n++] = w->kept[i];
    question[n++] = w->doubt->columns[j];
    return n;
}

static bool is_known(const walk *w, uint32_t column)
{
    const pg_batch_findings *all = w->doubt->findings;
    for (size_t f = 0; f < all->n; f++) {
        const pg_batch_finding *known = &all->items[f];
        bool holds = known->dependent && known->columns[known->n_before] == column;
        for (size_t i = 0; i < known->n_before && holds; i++)
            holds = contains(w->kept, w->n_kept, known->columns[i]);
        if (holds) return true;
    }
    return false;
}

static bool was_asked(const pg_batch_findings *all, const uint32_t *question, size_t n)
{
    for (size_t f = 0; f < all->n; f++)
        if (all->items[f].n_before + 1 == n && memcmp(all->items[f].columns, question, n * sizeof *question) == 0)
            return true;
    return false;
}

pgdp_status pg_batch_settle(pgdp_ctx *ctx, pg_batch_doubt *d)
{
    walk w;
    PG_TRY(walk_new(ctx, d, &w));
    d->n_question = 0;
    for (size_t j = 0; j < d->gram.n_cols; j++) {
        const bool stands = project(&w, j);
        d->falls[j] = !stands && is_known(&w, d->columns[j]);
        if (stands) keep(&w, j);
        if (stands || d->falls[j]) continue;
        d->n_question = ask(&w, j, d->question);
        if (was_asked(d->findings, d->question, d->n_question)) d->n_question = 0;
        return PGDP_OK;
    }
    return PGDP_OK;
}

/* A column as it was before effects were absorbed. */
static void gather(const pg_batch_sample *s, uint32_t column, double *out)
{
    const pg_batch_column *c = &s->columns[column];
    const double *own = c->before != NULL ? c->before : c->own;
    for (size_t i = 0; i < s->rows.n; i++)
        out[i] = column == 0 ? 1 : c->of_frame != NULL ? c->of_frame[s->rows.kept[i]] : own[i];
}

static pgdp_status test(pgdp_ctx *ctx, const pg_batch_sample *s, const uint32_t *columns, size_t n, bool *dependent)
{
    const size_t n_rows = s->rows.n;
    const char **terms;
    double *x;
    pg_collinear_list list;
    const pgdp_estimator *ols;
    PG_TRY(pg_estimator_find(ctx, "ols", &ols));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * n_rows, sizeof *x));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, n, sizeof *terms));
    for (size_t j = 0; j < n; j++) {
        gather(s, columns[j], x + j * n_rows);
        terms[j] = s->names[columns[j]];
    }
    pgdp_design design = s->design;
    design.y = (pgdp_vec){ x, n_rows }; /* of which nothing is asked */
    design.x = (pgdp_mat){ x, n_rows, n };
    design.terms = terms;
    design.weights = (pgdp_vec){ s->weight, s->weight == NULL ? 0 : n_rows };
    design.weight_kind = s->batch->weight_kind;
    if (columns[0] == 0) design.constant = 0;
    PG_TRY(pg_fit_collinear(ctx, &s->moments->arena, ols, &design, &list));
    *dependent = list.n == 1 && list.items[0].term == n - 1;
    return PGDP_OK;
}

pgdp_status pg_batch_look(pgdp_ctx *ctx, const pg_batch_sample *s, const uint32_t *question, size_t n)
{
    pg_batch_findings *all = s->findings;
    uint32_t *columns;
    bool dependent = false;
    pg_arena *arena = &s->moments->arena; /* lives as long as the findings are of use */
    if ((all->n & (all->n - 1)) == 0) {
        const size_t room = all->n == 0 ? 1 : 2 * all->n;
        PG_TRY_ALLOC(ctx, all->items, pg_arena_grow(arena, all->items, all->n, room, sizeof *all->items));
    }
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(arena, n, sizeof *columns));
    memcpy(columns, question, n * sizeof *columns);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = test(ctx, s, columns, n, &dependent);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_NO_MEMORY) return status;
    all->items[all->n++] = (pg_batch_finding){ columns, n - 1, dependent };
    return PGDP_OK;
}
