/* iv_set.c  Confidence sets by inverting the Anderson-Rubin test: instruments.h. Source: Anderson & Rubin (1949), Ann.
 * Math. Stat. 20(1); Mikusheva (2010), J. Econometrics 157(2), section 3. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AR(b) = g'W^-1 g / L with g = Q2'(y - x b) and W its covariance from the residuals v_y - v_x b, quadratic in b. In
 * b = b0 + s tan t, (g, W) are polynomials in (cos t, sin t) of degree 1 and 2, so that AR is smooth on the circle
 * whose point pi/2 is b = infinity. The set is found by its boundary: signs of AR - critical value on a fine grid,
 * minima and maxima between grid points by golden section, boundaries by bisection. */
#include "core/number.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

enum { GRID = 2048, BISECTIONS = 60, SECTIONS = 40 };
static const double pi = 3.14159265358979323846;

typedef struct inversion {
    size_t l;
    double *gy, *gx, *g; /* Q2'y and Q2'x, of y less x b0 and x in units of s */
    pg_matrix wyy, wxx, wxy, w;
    double centre, scale, critical;
    double roots[2 * GRID + 2];
    size_t n_roots;
    bool undefined;
} inversion;

/* AR less the critical value at t. */
static double excess(inversion *v, double t)
{
    const double c = cos(t), s = sin(t);
    for (size_t i = 0; i < v->l; i++)
        v->g[i] = c * v->gy[i] - s * v->gx[i];
    for (size_t i = 0; i < v->l * v->l; i++)
        v->w.x[i] = c * c * v->wyy.x[i] - c * s * v->wxy.x[i] + s * s * v->wxx.x[i];
    const double value = pg_iv_wald(v->g, v->w) / (double)v->l - v->critical;
    if (isnan(value)) v->undefined = true;
    return value;
}

static void add_root(inversion *v, double low, double high, double at_low)
{
    for (int i = 0; i < BISECTIONS; i++) {
        const double middle = (low + high) / 2;
        if ((excess(v, middle) > 0) == (at_low > 0))
            low = middle;
        else
            high = middle;
    }
    v->roots[v->n_roots++] = (low + high) / 2;
}

/* The extreme of the sign opposite to that at the middle, between low and high; *at: where. */
static double extreme(inversion *v, double low, double high, bool minimum, double *at)
{
    const double ratio = 0.6180339887498949, sign = minimum ? 1 : -1;
    double a = high - ratio * (high - low), b = low + ratio * (high - low);
    double fa = sign * excess(v, a), fb = sign * excess(v, b);
    for (int i = 0; i < SECTIONS; i++) {
        if (fa < fb) {
            high = b;
            b = a;
            fb = fa;
            a = high - ratio * (high - low);
            fa = sign * excess(v, a);
        } else {
            low = a;
            a = b;
            fa = fb;
            b = low + ratio * (high - low);
            fb = sign * excess(v, b);
        }
    }
    *at = (low + high) / 2;
    return excess(v, *at);
}

static double grid_point(size_t i)
{
    return pi * ((double)i / GRID - 0.5);
}

/* Boundaries in ascending order. A local extreme of the grid that stands on one side of 0 may reach the other. */
static void find_roots(inversion *v, const double *h)
{
    for (size_t i = 0; i < GRID; i++) {
        const double before = h[i == 0 ? GRID - 1 : i - 1], after = h[i + 1], t = grid_point(i);
        const bool minimum = h[i] > 0 && h[i] < before && h[i] <= after;
        const bool maximum = h[i] < 0 && h[i] > before && h[i] >= after;
        const double step = pi / GRID;
        double at = t;
        if (i > 0 && (minimum || maximum) && (extreme(v, t - step, t + step, minimum, &at) > 0) != (h[i] > 0)) {
            if ((h[i - 1] > 0) == (h[i] > 0)) add_root(v, t - step, at, h[i]);
            if ((after > 0) == (h[i] > 0)) add_root(v, at, t + step, -h[i]);
        }
        if ((h[i] > 0) != (after > 0)) add_root(v, t, t + step, h[i]);
    }
}

static void add_number(pg_text *text, const inversion *v, double t)
{
    char number[PG_NUMBER_SIZE];
    pg_number_significant(v->centre + v->scale * tan(t), 8, number);
    pg_text_add(text, number);
}

/* The set in words, from whether b = infinity is in it and its boundaries. */
static void tell(const inversion *v, bool unbounded, pg_text *text)
{
    bool inside = unbounded;
    if (v->n_roots == 0) {
        pg_text_add(text, unbounded ? "the whole line" : "empty");
        return;
    }
    if (inside) pg_text_add(text, "(-inf, ");
    for (size_t i = 0; i < v->n_roots; i++) {
        if (!inside) pg_text_add(text, i == 0 ? "[" : " or [");
        add_number(text, v, v->roots[i]);
        pg_text_add(text, inside ? "]" : ", ");
        inside = !inside;
    }
    if (inside) pg_text_add(text, "inf)");
}

static double f_quantile(double p, double df1, double df2)
{
    double low = 0, high = 4;
    while (pgdp_f_upper(high, df1, df2) > p)
        high *= 2;
    for (int i = 0; i < 80; i++) {
        const double middle = (low + high) / 2;
        if (pgdp_f_upper(middle, df1, df2) > p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* W from residuals a v_y + b v_x. */
static pgdp_status covariance_at(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const double mix[2],
                                 pg_matrix w, double *df)
{
    const size_t n = in->n_rows;
    double *e;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, n, sizeof *e));
    for (size_t i = 0; i < n; i++)
        e[i] = mix[0] * in->rest.x[i] + mix[1] * in->rest.x[i + n];
    PG_TRY(pg_iv_first_vcov(ctx, fit, in, e, w, df));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status inversion_new(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, inversion *v)
{
    const size_t l = v->l = in->n_instruments;
    const double *y = in->head.x + in->n_exogenous, *x = y + in->head.stride;
    pg_matrix *const matrices[] = { &v->wyy, &v->wxx, &v->wxy, &v->w };
    double **const vectors[] = { &v->gy, &v->gx, &v->g };
    double df = 0;
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        *matrices[i] = pg_matrix_new(&ctx->scratch, l, l);
        if (matrices[i]->x == NULL) return pg_no_memory(ctx);
    }
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        PG_TRY_ALLOC(ctx, *vectors[i], pg_arena_alloc(&ctx->scratch, l, sizeof(double)));
    const size_t j = in->design->endogenous[0];
    v->centre = fit->estimate[j];
    v->scale = sqrt(fit->vcov[j + j * fit->n_terms]);
    for (size_t i = 0; i < l; i++) {
        v->gy[i] = y[i] - v->centre * x[i];
        v->gx[i] = v->scale * x[i];
    }
    const double of_y[2] = { 1, -v->centre }, of_x[2] = { 0, v->scale }, of_both[2] = { 1, v->scale - v->centre };
    PG_TRY(covariance_at(ctx, fit, in, of_y, v->wyy, &df));
    PG_TRY(covariance_at(ctx, fit, in, of_x, v->wxx, &df));
    PG_TRY(covariance_at(ctx, fit, in, of_both, v->wxy, &df));
    for (size_t i = 0; i < l * l; i++)
        v->wxy.x[i] -= v->wyy.x[i] + v->wxx.x[i];
    v->critical = f_quantile(1 - fit->conf_level, (double)l, df);
    return PGDP_OK;
}

pgdp_status pg_iv_anderson_rubin_set(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const char **out)
{
    inversion *v;
    double *h;
    pg_text text;
    *out = NULL;
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, 1, sizeof *v));
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, GRID + 1, sizeof *h));
    PG_TRY(inversion_new(ctx, fit, in, v));
    if (!(v->scale > 0) || !isfinite(v->scale)) return PGDP_OK;
    for (size_t i = 0; i <= GRID; i++)
        h[i] = excess(v, grid_point(i == GRID ? 0 : i));
    if (v->undefined) return PGDP_OK;
    find_roots(v, h);
    pg_text_init(&text, &ctx->scratch);
    tell(v, h[0] <= 0, &text);
    if (text.failed) return pg_no_memory(ctx);
    *out = text.data;
    return PGDP_OK;
}
