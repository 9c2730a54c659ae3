/* batch_solve.c  Least squares, 2SLS and LIML of one model from cross-products: batch_solve.h. Source: Greene (2018),
 * Econometric Analysis, sections 3.2 and 8.3. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns come as x - s, s their shift. With a constant they are centred by its column, so that no digit is lost to
 * means; without one the shift is added back. All is solved with columns of norm 1. */
#include "stats/batch_solve.h"

#include "stats/batch_collinear.h"
#include "stats/batch_solved.h"

#include <float.h>
#include <math.h>

typedef pg_batch_solved solved;

/* Some columns of the model's list. */
typedef struct places {
    size_t *at, n;
} places;

/* R^-1 of a symmetric matrix of unit diagonal in its place; false: the rank is not clear. */
static bool invert_root(pg_matrix a, double *least)
{
    if (a.n_cols == 0) return true;
    if (!pg_cholesky(a)) return false;
    for (size_t j = 0; j < a.n_cols; j++) {
        const double pivot = a.x[j + j * a.stride];
        *least = fmin(*least, pivot * pivot);
        for (size_t i = j + 1; i < a.n_cols; i++)
            a.x[i + j * a.stride] = 0;
    }
    if (!(*least >= PG_BATCH_UNCLEAR) || !pg_invert_upper(a)) return false;
    for (size_t j = 0; j < a.n_cols; j++) { /* coefficients on those before are -a_ij / a_jj, the pivot 1 / a_jj */
        double sum = 0;
        for (size_t i = 0; i <= j; i++)
            sum += fabs(a.x[i + j * a.stride]);
        if (!(PG_BATCH_UNCLEAR_OF_SUM(sum) <= 1)) return false;
    }
    return true;
}

static double scaled(const pg_batch_terms *m, const solved *v, size_t i, size_t j)
{
    return pg_batch_product(m, m->columns[i], m->columns[j]) * v->scale[i] * v->scale[j];
}

static pgdp_status new_matrix(pgdp_ctx *ctx, size_t n_rows, size_t n_cols, pg_matrix *out)
{
    *out = pg_matrix_new(&ctx->scratch, n_rows, n_cols);
    return out->x == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

/* b = B g, and once more with what is left. */
static pgdp_status solve_terms(pgdp_ctx *ctx, pg_matrix gram, const double *g, solved *v)
{
    const size_t k = gram.n_cols;
    double *rest, *step;
    PG_TRY_ALLOC(ctx, rest, pg_arena_alloc(&ctx->scratch, k, sizeof *rest));
    PG_TRY_ALLOC(ctx, step, pg_arena_alloc(&ctx->scratch, k, sizeof *step));
    for (size_t pass = 0; pass < 2; pass++) {
        pg_times_vector(gram, v->b, rest);
        for (size_t j = 0; j < k; j++)
            rest[j] = g[j] - rest[j];
        pg_times_vector(v->bread, rest, step);
        for (size_t j = 0; j < k; j++)
            v->b[j] += step[j];
    }
    return PGDP_OK;
}

/* Places in the model's list: of the terms, or of the exogenous terms and instruments; those that fell are left out. */
static pgdp_status list_places(pgdp_ctx *ctx, const pg_batch_terms *m, bool first_stage, const bool *falls, places *out)
{
    PG_TRY_ALLOC(ctx, out->at, pg_arena_alloc(&ctx->scratch, m->n_all, sizeof *out->at));
    out->n = 0;
    for (size_t i = 0; i < m->n_all; i++) {
        const bool listed = i < m->n_exogenous || (i >= m->n_terms) == first_stage;
        if (listed && !(falls != NULL && falls[i])) out->at[out->n++] = i;
    }
    return PGDP_OK;
}

static pgdp_status new_gram(pgdp_ctx *ctx, const pg_batch_terms *m, const solved *v, const places *of, pg_matrix *out)
{
    PG_TRY(new_matrix(ctx, of->n, of->n, out));
    for (size_t j = 0; j < of->n; j++)
        for (size_t i = 0; i < of->n; i++)
            out->x[i + j * of->n] = scaled(m, v, of->at[i], of->at[j]);
    return PGDP_OK;
}

/* Which columns of a list are known to be collinear; what is not known is asked. */
static pgdp_status settle(pgdp_ctx *ctx, const pg_batch_terms *m, const solved *v, bool first_stage, bool *falls,
                          pg_batch_solution *out)
{
    places of;
    uint32_t *columns;
    pg_batch_doubt doubt = { .findings = m->s->findings, .constant = m->constant, .question = out->question };
    PG_TRY(list_places(ctx, m, first_stage, falls, &of));
    PG_TRY(new_gram(ctx, m, v, &of, &doubt.gram));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, of.n, sizeof *columns));
    PG_TRY_ALLOC(ctx, doubt.falls, pg_arena_alloc(&ctx->scratch, of.n, sizeof *doubt.falls));
    for (size_t i = 0; i < of.n; i++)
        columns[i] = m->columns[of.at[i]];
    doubt.columns = columns;
    PG_TRY(pg_batch_settle(ctx, &doubt));
    for (size_t i = 0; i < of.n; i++)
        falls[of.at[i]] = doubt.falls[i];
    out->n_question = doubt.n_question;
    return PGDP_OK;
}

/* Leave out the terms that are known to be collinear with those before them, by name, and the instruments that are
 * given the exogenous terms, without, as pgdp_regress() does. */
static pgdp_status leave_out(pgdp_ctx *ctx, pg_batch_terms *m, solved *v, pg_batch_solution *out)
{
    bool *falls;
    size_t kept = 0, n_exogenous = 0, n_terms = 0;
    PG_TRY_ALLOC(ctx, falls, pg_arena_alloc(&ctx->scratch, m->n_all, sizeof *falls));
    PG_TRY(settle(ctx, m, v, false, falls, out));
    if (m->n_all > m->n_terms && out->n_question == 0) PG_TRY(settle(ctx, m, v, true, falls, out));
    for (size_t j = 0; j < m->n_all; j++) {
        const bool term = j < m->n_terms;
        if (falls[j] && term) pg_batch_drop(m, m->columns[j], m->place[j], out);
        if (falls[j]) continue;
        m->columns[kept] = m->columns[j];
        m->reported[kept] = m->reported[j];
        m->place[kept] = m->place[j];
        v->scale[kept++] = v->scale[j];
        n_exogenous += j < m->n_exogenous;
        n_terms += term;
    }
    m->n_exogenous = n_exogenous;
    m->n_terms = n_terms;
    m->n_all = kept;
    out->n_terms = n_terms + m->constant;
    return PGDP_OK;
}

static pgdp_status solve_ols(pgdp_ctx *ctx, const pg_batch_terms *m, solved *v, pg_batch_solution *out)
{
    places terms;
    pg_matrix gram, root;
    double *g, least = 1;
    PG_TRY(list_places(ctx, m, false, NULL, &terms));
    PG_TRY(new_gram(ctx, m, v, &terms, &root));
    out->by_row = !invert_root(root, &least);
    if (out->by_row) return PGDP_OK;
    PG_TRY(new_gram(ctx, m, v, &terms, &gram));
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, m->n_terms, sizeof *g));
    for (size_t j = 0; j < m->n_terms; j++)
        g[j] = pg_batch_product(m, m->columns[j], m->outcome) * v->scale[j];
    PG_TRY(new_matrix(ctx, m->n_terms, m->n_terms, &v->bread));
    pg_times_transposed(root, root, v->bread);
    v->influence = v->bread;
    return solve_terms(ctx, gram, g, v);
}

/* X'(I - kM)X = X^'X^ for 2SLS: its inverse is the bread; false: the rank is not clear. */
static bool invert_bread(pg_matrix gram, pg_matrix inner, double *size, solved *v)
{
    const size_t k = gram.n_cols;
    double least = 1;
    for (size_t j = 0; j < k; j++)
        size[j] = sqrt(gram.x[j + j * k]);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            inner.x[i + j * k] = gram.x[i + j * k] / (size[i] * size[j]);
    if (!invert_root(inner, &least)) return false;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            inner.x[i + j * k] /= size[i];
    pg_times_transposed(inner, inner, v->bread);
    return true;
}

/* Of x - kMx = k W P - (k - 1) x, which is W P for 2SLS and x for the exogenous terms of any k. */
static pgdp_status set_iv_influence(pgdp_ctx *ctx, const pg_batch_terms *m, const places *of, pg_matrix p,
                                    double excess, solved *v)
{
    pg_matrix working;
    PG_TRY(new_matrix(ctx, m->n_all, m->n_terms, &working));
    PG_TRY(new_matrix(ctx, m->n_all, m->n_terms, &v->influence));
    for (size_t j = 0; j < m->n_terms; j++) {
        const double beyond = j < m->n_exogenous ? 0 : excess;
        for (size_t i = 0; i < of->n; i++)
            working.x[of->at[i] + j * m->n_all] = (1 + beyond) * p.x[i + j * of->n];
        working.x[j + j * m->n_all] -= beyond;
    }
    pg_times(working, v->bread, v->influence);
    return PGDP_OK;
}

/* First stage: P = (W'W)^-1 W'X with W the exogenous terms and instruments; X^ = W P. */
static pgdp_status solve_iv(pgdp_ctx *ctx, const pg_batch_terms *m, solved *v, pg_batch_solution *out)
{
    const size_t k = m->n_terms, n_w = m->n_exogenous + m->n_all - m->n_terms;
    pg_matrix root, wx, p, inner;
    pg_batch_first_stage stage = { .excess = 0 };
    places of;
    double *wy, *size, least = 1;
    out->by_row =
        m->n_all - m->n_terms < m->n_endogenous || m->n_terms == m->n_exogenous; /* not identified: an error */
    if (out->by_row) return PGDP_OK;
    PG_TRY(list_places(ctx, m, true, NULL, &of));
    PG_TRY(new_gram(ctx, m, v, &of, &root));
    PG_TRY(new_matrix(ctx, k, k, &v->bread));
    PG_TRY(new_matrix(ctx, n_w, k, &wx));
    PG_TRY(new_matrix(ctx, n_w, k, &stage.half));
    PG_TRY(new_matrix(ctx, n_w, k, &p));
    PG_TRY(new_matrix(ctx, k, k, &stage.gram));
    PG_TRY(new_matrix(ctx, k, k, &inner));
    PG_TRY_ALLOC(ctx, wy, pg_arena_alloc(&ctx->scratch, n_w, sizeof *wy));
    PG_TRY_ALLOC(ctx, stage.half_y, pg_arena_alloc(&ctx->scratch, n_w, sizeof *stage.half_y));
    PG_TRY_ALLOC(ctx, stage.g, pg_arena_alloc(&ctx->scratch, k, sizeof *stage.g));
    PG_TRY_ALLOC(ctx, size, pg_arena_alloc(&ctx->scratch, k, sizeof *size));
    for (size_t i = 0; i < n_w; i++) {
        const size_t w = of.at[i];
        wy[i] = pg_batch_product(m, m->columns[w], m->outcome) * v->scale[w];
        for (size_t j = 0; j < k; j++)
            wx.x[i + j * n_w] = scaled(m, v, w, j);
    }
    out->by_row = !invert_root(root, &least);
    if (out->by_row) return PGDP_OK;
    pg_add_cross(root, wx, stage.half);
    pg_times(root, stage.half, p);
    pg_add_cross(stage.half, stage.half, stage.gram);
    pg_add_cross_vector(p, wy, stage.g);
    v->amplified = 1 / least;
    pg_add_cross_vector(root, wy, stage.half_y);
    if (m->liml) PG_TRY(pg_batch_kclass(ctx, m, v, &stage, &out->by_row));
    out->by_row = out->by_row || !invert_bread(stage.gram, inner, size, v);
    if (out->by_row) return PGDP_OK;
    PG_TRY(set_iv_influence(ctx, m, &of, p, stage.excess, v));
    return solve_terms(ctx, stage.gram, stage.g, v);
}

/* Solve; where the rank is not clear, without the columns that are known to be collinear. */
static pgdp_status solve_clearly(pgdp_ctx *ctx, pg_batch_terms *m, solved *v, pg_batch_solution *out)
{
    const bool iv = m->n_endogenous > 0;
    const size_t n_all = m->n_all;
    PG_TRY(iv ? solve_iv(ctx, m, v, out) : solve_ols(ctx, m, v, out));
    if (!out->by_row) return PGDP_OK;
    PG_TRY(leave_out(ctx, m, v, out));
    if (m->n_all == n_all) return PGDP_OK;
    return iv ? solve_iv(ctx, m, v, out) : solve_ols(ctx, m, v, out);
}

/* y - X b as a vector over the moments' columns, and its square. */
static void set_residual(const pg_batch_terms *m, const solved *v, pg_batch_solution *out)
{
    const size_t p = m->s->n_columns, k = m->n_terms;
    const double *shift = m->s->moments->shift;
    double *c = out->residual;
    for (size_t j = 0; j < p; j++)
        c[j] = 0;
    c[m->outcome] = 1;
    for (size_t j = 0; j < k; j++)
        c[m->columns[j]] -= v->b[j] * v->scale[j]; /* the outcome may be a term too */
    for (size_t j = 1; j < p; j++) {
        if (m->constant) c[0] -= c[j] * m->total[j * p] / m->total[0];
        if (m->raw) c[0] += c[j] * shift[j];
    }
    out->ssr = 0;
    for (size_t i = 0; i <= k; i++) {
        const size_t at = i < k ? m->columns[i] : m->outcome;
        const double b = i < k ? -v->b[i] * v->scale[i] : 1;
        double sum = pg_batch_product(m, at, m->outcome);
        for (size_t j = 0; j < k; j++)
            sum -= pg_batch_product(m, at, m->columns[j]) * v->b[j] * v->scale[j];
        out->ssr += b * sum;
    }
}

/* What the residual of a row adds to term k's estimate: over the columns that span the projection. */
static void set_influence(const pg_batch_terms *m, const solved *v, const double *of, double scale, double *a)
{
    const size_t p = m->s->n_columns;
    const double *shift = m->s->moments->shift;
    for (size_t j = 0; j < p; j++)
        a[j] = 0;
    for (size_t i = 0; i < m->n_all; i++)
        a[m->columns[i]] += of[i] * v->scale[i] * scale; /* an instrument may be an endogenous term too */
    for (size_t j = 1; j < p; j++) {
        if (m->constant) a[0] -= a[j] * m->total[j * p] / m->total[0];
        if (m->raw) a[0] += a[j] * shift[j];
    }
}

static double mean_of(const pg_batch_terms *m, size_t column)
{
    return m->s->moments->shift[column] + m->total[column * m->s->n_columns] / m->total[0];
}

/* The constant is the outcome's mean less that of the terms. */
static pgdp_status add_constant(pgdp_ctx *ctx, const pg_batch_terms *m, const solved *v, pg_batch_solution *out)
{
    const size_t k = m->n_terms, n = m->n_all;
    double *of, mean = mean_of(m, m->outcome), bread = 1 / m->total[0];
    PG_TRY_ALLOC(ctx, of, pg_arena_alloc(&ctx->scratch, n, sizeof *of));
    for (size_t j = 0; j < k; j++) {
        const double mj = mean_of(m, m->columns[j]) * v->scale[j];
        mean -= mj * v->b[j];
        for (size_t i = 0; i < n; i++)
            of[i] -= mj * v->influence.x[i + j * n];
        for (size_t i = 0; i < k; i++)
            bread += mj * v->bread.x[i + j * k] * mean_of(m, m->columns[i]) * v->scale[i];
    }
    const size_t slot = out->n_slots++;
    out->column[slot] = 0;
    out->estimate[slot] = mean;
    out->bread[slot] = bread;
    out->reported[slot] = out->all_reported;
    set_influence(m, v, of, 1, out->influence + slot * m->s->n_columns);
    out->influence[slot * m->s->n_columns] += 1 / m->total[0];
    return PGDP_OK;
}

static void add_term(const pg_batch_terms *m, const solved *v, size_t j, pg_batch_solution *out)
{
    const size_t slot = out->n_slots++;
    out->column[slot] = m->columns[j];
    out->estimate[slot] = v->b[j] * v->scale[j];
    out->bread[slot] = v->bread.x[j + j * m->n_terms] * v->scale[j] * v->scale[j];
    out->reported[slot] = m->reported[j];
    set_influence(m, v, v->influence.x + j * m->n_all, v->scale[j], out->influence + slot * m->s->n_columns);
}

/* Is a constant among the terms, or in what the effects absorb? */
static bool has_constant(const pg_batch_sample *s, const pg_batch_formula *f)
{
    bool has = f->constant || f->ones;
    for (size_t e = 0; e < s->design.n_effects; e++)
        has = has || s->design.effects[e].slope == NULL;
    return has;
}

pgdp_status pg_batch_solve_with(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f, const double *total,
                                pg_batch_solution *out)
{
    pg_batch_terms m = { .s = s, .total = total };
    solved v = { .amplified = 1 };
    out->n_slots = out->n_dropped = out->n_question = 0;
    out->ones = f->ones;
    PG_TRY(pg_batch_terms_new(ctx, f, out, &m));
    if (out->by_row) return PGDP_OK;
    PG_TRY_ALLOC(ctx, v.scale, pg_arena_alloc(&ctx->scratch, m.n_all, sizeof *v.scale));
    PG_TRY_ALLOC(ctx, v.b, pg_arena_alloc(&ctx->scratch, m.n_terms, sizeof *v.b));
    for (size_t j = 0; j < m.n_all; j++)
        v.scale[j] = 1 / sqrt(pg_batch_product(&m, m.columns[j], m.columns[j]));
    PG_TRY(solve_clearly(ctx, &m, &v, out));
    if (out->by_row) return PGDP_OK;
    set_residual(&m, &v, out);
    out->yy = out->tss = m.yy;
    if (s->design.n_effects > 0)
        out->tss = has_constant(s, f) ? s->columns[m.outcome].total : s->columns[m.outcome].raw;
    if (m.constant && (out->all || out->all_reported)) PG_TRY(add_constant(ctx, &m, &v, out));
    for (size_t j = 0; j < m.n_terms; j++)
        if (out->all || m.reported[j]) add_term(&m, &v, j, out);
    out->digits = pg_batch_digits(&m, &v, out);
    return PGDP_OK;
}

pgdp_status pg_batch_solve(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f, pg_batch_solution *out)
{
    PG_TRY(pg_batch_solve_with(ctx, s, f, s->moments->total, out));
    out->by_row = out->by_row || !(out->digits >= PG_BATCH_DIGITS);
    return PGDP_OK;
}

pgdp_status pg_batch_solve_surely(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_formula *f,
                                  pg_batch_solution *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    for (;;) { /* every look settles one term, and another model's may have settled it already */
        PG_TRY(pg_batch_solve(ctx, s, f, out));
        pg_arena_rewind(&ctx->scratch, mark);
        if (out->n_question == 0) return PGDP_OK;
        PG_TRY(pg_batch_look(ctx, s, out->question, out->n_question));
    }
}
