/* extended.c  Least squares in double-double arithmetic: extended.h. Source: Golub & Van Loan (2013), Matrix
 * Computations, section 5.3. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extended_ways.h"

static const double enough = 0x1p-60; /* of x: not a hundredth of what a double rounds away */

static pg_two exact(double x)
{
    return (pg_two){ x, 0 };
}

/* One of the columns, or y for j == k. */
static void fill(const pg_scaled *s, double y_scale, size_t j, pg_extended_columns *out)
{
    const pgdp_design *d = s->design;
    const bool is_y = j == out->k;
    const size_t n = out->n_rows;
    const double scale = is_y ? y_scale : s->scale[j], *x = is_y ? d->y.x : d->x.x + j * n;
    const double *low = !is_y && d->x_low.n_cols > 0 ? d->x_low.x + j * n : is_y && d->y_low.n > 0 ? d->y_low.x : NULL;
    double *hi = (double *)(out->hi + j * out->n_packs),
           *lo = out->lo == NULL ? NULL : (double *)(out->lo + j * out->n_packs);
    for (size_t i = 0; i < n; i++)
        hi[i] = x[i] * scale;
    for (size_t i = 0; out->lo != NULL && i < n; i++) {
        pg_two value = exact(hi[i]);
        if (low != NULL) value = pg_two_plus(value, exact(low[i] * scale));
        if (d->weights.n > 0) value = pg_two_times(pg_two_root(exact(d->weights.x[i])), value);
        hi[i] = value.hi;
        lo[i] = value.lo;
    }
}

static pgdp_status fill_all(pgdp_ctx *ctx, const pg_scaled *s, double y_scale, pg_extended_columns *out)
{
    const pgdp_design *d = s->design;
    const size_t n_packs = (s->n_rows + PG_LANES - 1) / PG_LANES, n = n_packs * (s->n_cols + 1);
    *out = (pg_extended_columns){ .n_rows = s->n_rows, .n_packs = n_packs, .k = s->n_cols };
    PG_TRY_ALLOC(ctx, out->hi, pg_arena_alloc(&ctx->scratch, n, sizeof *out->hi));
    if (d->weights.n > 0 || d->x_low.n_cols > 0 || d->y_low.n > 0)
        PG_TRY_ALLOC(ctx, out->lo, pg_arena_alloc(&ctx->scratch, n, sizeof *out->lo));
    for (size_t j = 0; j <= out->k; j++)
        fill(s, y_scale, j, out);
    return PGDP_OK;
}

/* x = R^-1 (Q'y), and R^-1 itself. */
static void substitute(const pg_two *r, size_t k, pg_extended *out)
{
    for (size_t j = k; j-- > 0;) {
        pg_two sum = r[j + k * k];
        for (size_t l = j + 1; l < k; l++)
            sum = pg_two_minus(sum, pg_two_times(r[j + l * k], out->x[l]));
        out->x[j] = pg_two_over(sum, r[j + j * k]);
    }
    for (size_t c = 0; c < k; c++) {
        out->root[c + c * k] = pg_two_over(exact(1), r[c + c * k]);
        for (size_t j = c; j-- > 0;) {
            pg_two sum = exact(0);
            for (size_t l = j + 1; l <= c; l++)
                sum = pg_two_minus(sum, pg_two_times(r[j + l * k], out->root[l + c * k]));
            out->root[j + c * k] = pg_two_times(sum, out->root[j + j * k]);
        }
    }
}

/* y - A x. */
PG_INLINE void residual(const pg_extended_columns *c, pg_extended *out, bool fused)
{
    const pg_pack zeros = { 0 };
    for (size_t p = 0; p < c->n_packs; p++) {
        pg_lanes r = { c->hi[p + c->k * c->n_packs], c->lo == NULL ? zeros : c->lo[p + c->k * c->n_packs] };
        for (size_t j = 0; j < c->k; j++) {
            const size_t at = p + j * c->n_packs;
            const pg_lanes a = { c->hi[at], c->lo == NULL ? zeros : c->lo[at] };
            pg_lanes x, product;
            pg_lanes_set_all(&x, (pg_two){ -out->x[j].hi, -out->x[j].lo });
            pg_lanes_times(&a, &x, fused, &product);
            pg_lanes_plus(&r, &product, &r);
        }
        const size_t first = p * PG_LANES, n = c->n_rows - first < PG_LANES ? c->n_rows - first : PG_LANES;
        for (size_t l = 0; l < n; l++)
            out->r[first + l] = r.hi[l] + r.lo[l];
    }
}

PG_FUSED static void residual_fused(const pg_extended_columns *c, pg_extended *out)
{
    residual(c, out, true);
}

static void residual_plain(const pg_extended_columns *c, pg_extended *out)
{
    residual(c, out, false);
}

pgdp_status pg_extended_solve(pgdp_ctx *ctx, const pg_scaled *scaled, double y_scale, double condition,
                              pg_extended *out)
{
    const size_t n = scaled->n_rows, k = scaled->n_cols;
    pg_extended_columns columns;
    pg_two *triangle;
    PG_TRY_ALLOC(ctx, triangle, pg_arena_alloc(&ctx->scratch, k * (k + 1), sizeof *triangle));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, k, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->r, pg_arena_alloc(&ctx->scratch, n, sizeof *out->r));
    PG_TRY_ALLOC(ctx, out->root, pg_arena_alloc(&ctx->scratch, k * k, sizeof *out->root));
    PG_TRY_ALLOC(ctx, out->norm, pg_arena_alloc(&ctx->scratch, k, sizeof *out->norm));
    PG_TRY(fill_all(ctx, scaled, y_scale, &columns));
    const double error = pg_extended_products_error(n, condition);
    out->by_products = error < enough;
    out->error = out->by_products ? error : condition * ldexp(1, -100);
    if (out->by_products)
        pg_extended_multiply(&columns, triangle, out->norm);
    else
        PG_TRY(pg_extended_reflect(ctx, &columns, triangle, out->norm));
    substitute(triangle, k, out);
    if (pg_has_fused())
        residual_fused(&columns, out);
    else
        residual_plain(&columns, out);
    return PGDP_OK;
}
