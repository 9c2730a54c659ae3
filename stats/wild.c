/* wild.c  The wild cluster bootstrap-t from sums by cluster: wild.h. Source: Cameron, Gelbach & Miller (2008), Rev.
 * Econ. Stat. 90(3), section III.B; Roodman, MacKinnon, Nielsen & Webb (2019), Stata J. 19(1), section 5; weights: Webb
 * (2023), Can. J. Econ. 56(3). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of Q = sqrt(W) X root are orthonormal, e = sqrt(W) residual. The coefficient is b = |rho| z'y + ..., with rho
 * the term's row of root, z = Q rho / |rho| of norm 1: what the other terms leave of the regressor. Under b = b_0 the
 * restricted residuals are e + d z, d = (b - b_0) / |rho|. With cluster weights v the draw's y* is restricted fit plus
 * v_g (e + d z)_g, and
 *   numerator   sum_g v_g (s0_g + d s1_g),                      s0_g = z_g'e_g, s1_g = z_g'z_g;
 *   scores      v_g (s0_g + d s1_g) - c_g'(sum_h v_h (q_h + d c_h)),  q_h = Q_h'e_h, c_h = Q_h'z_h.
 * Factors of CR1 stand on both sides of |t*| > |t| and are left out. */
#include "stats/wild.h"

#include "core/parallel.h"

#include <math.h>

enum { MOST_BLOCK_DRAWS = 256, FEWEST_BLOCK_DRAWS = 8, BLOCK_WEIGHTS = 1 << 18 };
/* Draws that are the sample itself (all weights 1, all -1) differ from it by rounding: equal within this much. */
static const double rounding = 1e-9;

/* What draws need; matrices [n_groups x n_terms] but where said. */
typedef struct drawing {
    const pg_wild_plan *plan;
    size_t n_groups, n_terms, block_size;
    double *rho; /* [n_terms x n_terms], column j: the unit row j of root */
    pg_matrix q, s0, s1;
    pg_matrix *c;       /* of each term */
    pg_matrix *k0, *k1; /* of each term, [n_groups x n_groups]: scores by weights; NULL: effects lie within clusters */
    double **results;   /* [n_terms]: n0, n1, s00, s01, s11, each [n_draws] */
} drawing;

enum { N0, N1, S00, S01, S11, N_RESULTS };

static double weight_of(double u, bool webb)
{
    static const double size[] = { 1.2247448713915890, 1, 0.70710678118654752 }; /* roots of 3/2, 1, 1/2 */
    if (!webb) return u < 0.5 ? -1 : 1;
    const size_t point = (size_t)(6 * u);
    return point < 3 ? -size[point] : size[point - 3];
}

/* Weights of draws first, first + 1, ...: v [n x n_groups]. */
static pgdp_status fill_weights(pgdp_ctx *ctx, const drawing *s, size_t first, pg_matrix v)
{
    double *u;
    PG_TRY_ALLOC(ctx, u, pg_arena_alloc(&ctx->scratch, s->n_groups, sizeof *u));
    for (size_t i = 0; i < v.n_rows; i++) {
        if (s->plan->every_draw) {
            for (size_t g = 0; g < s->n_groups; g++)
                v.x[i + g * v.stride] = (first + i) >> g & 1 ? -1 : 1;
            continue;
        }
        pg_random random = pg_random_stream(s->plan->seed, "wild", (uint32_t)(first + i));
        pg_random_uniforms(&random, u, s->n_groups);
        for (size_t g = 0; g < s->n_groups; g++)
            v.x[i + g * v.stride] = weight_of(u[g], s->plan->webb);
    }
    return PGDP_OK;
}

/* a = v with column g times s_g, less a: the scores. */
static void scores_of(pg_matrix v, const double *s, pg_matrix a)
{
    for (size_t g = 0; g < v.n_cols; g++)
        for (size_t i = 0; i < v.n_rows; i++)
            a.x[i + g * a.stride] = v.x[i + g * v.stride] * s[g] - a.x[i + g * a.stride];
}

static void add_products(pg_matrix a, pg_matrix b, double *out)
{
    for (size_t g = 0; g < a.n_cols; g++)
        for (size_t i = 0; i < a.n_rows; i++)
            out[i] += a.x[i + g * a.stride] * b.x[i + g * b.stride];
}

static pgdp_status draw_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const drawing *s = user;
    const size_t k = s->n_terms, n_draws = s->plan->n_draws;
    const pg_range range = pg_block_range(n_draws, s->block_size, block);
    const size_t n = range.end - range.first;
    pg_arena *a = &ctx->scratch;
    const pg_matrix v = pg_matrix_new(a, n, s->n_groups), vq = pg_matrix_new(a, n, k), vc = pg_matrix_new(a, n, k);
    const pg_matrix n0 = pg_matrix_new(a, n, k), n1 = pg_matrix_new(a, n, k);
    const pg_matrix e = pg_matrix_new(a, n, s->n_groups), z = pg_matrix_new(a, n, s->n_groups);
    const pg_matrix *const all[] = { &v, &vq, &vc, &n0, &n1, &e, &z };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->x == NULL) return pg_no_memory(ctx);
    PG_TRY(fill_weights(ctx, s, range.first, v));
    pg_times(v, s->q, vq);
    pg_times(v, s->s0, n0);
    pg_times(v, s->s1, n1);
    for (size_t j = 0; j < k; j++) {
        double *const out = s->results[j] + range.first;
        if (s->k0 != NULL) {
            pg_times_transposed(v, s->k0[j], e);
            pg_times_transposed(v, s->k1[j], z);
        } else {
            pg_times(v, s->c[j], vc);
            pg_times_transposed(vq, s->c[j], e);
            pg_times_transposed(vc, s->c[j], z);
            scores_of(v, s->s0.x + j * s->s0.stride, e);
            scores_of(v, s->s1.x + j * s->s1.stride, z);
        }
        add_products(e, e, out + S00 * n_draws);
        add_products(e, z, out + S01 * n_draws);
        add_products(z, z, out + S11 * n_draws);
        for (size_t i = 0; i < n; i++) {
            out[i + N0 * n_draws] = n0.x[i + j * n];
            out[i + N1 * n_draws] = n1.x[i + j * n];
        }
    }
    return PGDP_OK;
}

/* s0, s1, c of all terms and q from the products of each cluster. */
static pgdp_status reduce(pgdp_ctx *ctx, pg_matrix sums, drawing *s)
{
    const size_t k = s->n_terms;
    const double *rho = s->rho;
    double *square, *h;
    PG_TRY_ALLOC(ctx, square, pg_matrix_new(&ctx->scratch, k, k).x);
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, k, sizeof *h));
    for (size_t g = 0; g < s->n_groups; g++) {
        pg_unpack_products(sums, g, k, square, h);
        for (size_t j = 0; j < k; j++) {
            const double *r = rho + j * k;
            s->q.x[g + j * s->q.stride] = h[j];
            s->s0.x[g + j * s->s0.stride] = pg_dot(h, r, k);
            for (size_t a = 0; a < k; a++)
                s->c[j].x[g + a * s->c[j].stride] = pg_dot(square + a * k, r, k);
            for (size_t a = 0; a < k; a++)
                s->s1.x[g + j * s->s1.stride] += s->c[j].x[g + a * s->c[j].stride] * r[a];
        }
    }
    return PGDP_OK;
}

static pgdp_status drawing_new(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, drawing *s)
{
    const size_t k = fit->n_terms, n = groups->n, fitting = BLOCK_WEIGHTS / n;
    s->n_groups = n;
    s->n_terms = k;
    s->block_size = fitting > MOST_BLOCK_DRAWS     ? MOST_BLOCK_DRAWS
                    : fitting < FEWEST_BLOCK_DRAWS ? FEWEST_BLOCK_DRAWS
                                                   : fitting;
    s->q = pg_matrix_new(&ctx->scratch, n, k);
    s->s0 = pg_matrix_new(&ctx->scratch, n, k);
    s->s1 = pg_matrix_new(&ctx->scratch, n, k);
    if (s->q.x == NULL || s->s0.x == NULL || s->s1.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, s->rho, pg_matrix_new(&ctx->scratch, k, k).x);
    PG_TRY_ALLOC(ctx, s->c, pg_arena_alloc(&ctx->scratch, k, sizeof *s->c));
    PG_TRY_ALLOC(ctx, s->results, pg_arena_alloc(&ctx->scratch, k, sizeof *s->results));
    for (size_t j = 0; j < k; j++) {
        for (size_t a = 0; a < k; a++)
            s->rho[a + j * k] = fit->root[j + a * k] / sqrt(fit->bread[j + j * k]);
        s->c[j] = pg_matrix_new(&ctx->scratch, n, k);
        if (s->c[j].x == NULL) return pg_no_memory(ctx);
        PG_TRY_ALLOC(ctx, s->results[j], pg_matrix_new(&ctx->scratch, s->plan->n_draws, N_RESULTS).x);
    }
    return PGDP_OK;
}

/* k0 and k1 where effects lie across clusters: what they leave of each cluster's part, less what the terms take. */
static pgdp_status add_effects(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, drawing *s)
{
    const size_t k = s->n_terms, n = s->n_groups;
    const pg_matrix taken = pg_matrix_new(&ctx->scratch, n, n);
    if (taken.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, s->k0, pg_arena_alloc(&ctx->scratch, k, sizeof *s->k0));
    PG_TRY_ALLOC(ctx, s->k1, pg_arena_alloc(&ctx->scratch, k, sizeof *s->k1));
    for (size_t j = 0; j < k; j++) {
        s->k0[j] = pg_matrix_new(&ctx->scratch, n, n);
        s->k1[j] = pg_matrix_new(&ctx->scratch, n, n);
        if (s->k0[j].x == NULL || s->k1[j].x == NULL) return pg_no_memory(ctx);
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_wild_across(ctx, fit, groups, s->rho, s->k0, s->k1));
    pg_arena_rewind(&ctx->scratch, mark);
    for (size_t j = 0; j < k; j++) {
        pg_times_transposed(s->c[j], s->q, taken);
        for (size_t i = 0; i < n * n; i++)
            s->k0[j].x[i] -= taken.x[i];
        pg_times_transposed(s->c[j], s->c[j], taken);
        for (size_t i = 0; i < n * n; i++)
            s->k1[j].x[i] -= taken.x[i];
    }
    return PGDP_OK;
}

pgdp_status pg_wild_draw(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, const pg_wild_plan *plan,
                         pg_wild_term **terms)
{
    const size_t k = fit->n_terms, b = plan->n_draws;
    drawing s = { .plan = plan };
    pg_matrix sums;
    PG_TRY_ALLOC(ctx, *terms, pg_arena_alloc(&ctx->scratch, k, sizeof **terms));
    PG_TRY(drawing_new(ctx, fit, groups, &s));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_group_products(ctx, fit, groups, &sums));
    PG_TRY(reduce(ctx, sums, &s));
    pg_arena_rewind(&ctx->scratch, mark);
    if (!pg_effects_are_nested(fit, groups)) PG_TRY(add_effects(ctx, fit, groups, &s));
    PG_TRY(pg_parallel(ctx, "wild bootstrap", pg_n_blocks(b, s.block_size), draw_block, &s));
    for (size_t j = 0; j < k; j++) {
        const double *r = s.results[j], *s0 = s.s0.x + j * s.s0.stride;
        (*terms)[j] = (pg_wild_term){ .unit = sqrt(fit->bread[j + j * k]),
                                      .squares = pg_dot(s0, s0, groups->n),
                                      .n0 = r + N0 * b,
                                      .n1 = r + N1 * b,
                                      .s00 = r + S00 * b,
                                      .s01 = r + S01 * b,
                                      .s11 = r + S11 * b };
    }
    return PGDP_OK;
}

/* The sign of x times its square: of a ratio's numerator, comparable after cross-multiplying squares. */
static double signed_square(double x)
{
    return x * fabs(x);
}

double pg_wild_p(const pg_wild_term *t, const pg_wild_plan *plan, double d)
{
    const double at = plan->unrestricted ? 0 : d, slack = plan->ties ? -rounding : rounding;
    const double sample = signed_square(d), size = fabs(sample);
    size_t beyond = 0, above = 0, below = 0;
    if (!(t->squares > 0)) return (double)NAN; /* a perfect fit has no t */
    for (size_t i = 0; i < plan->n_draws; i++) {
        const double n = signed_square(t->n0[i] + at * t->n1[i]) * t->squares;
        const double s = fmax(t->s00[i] + 2 * at * t->s01[i] + at * at * t->s11[i], 0);
        beyond += fabs(n) > size * s * (1 + slack);
        above += n > s * (sample + slack * size);
        below += n < s * (sample - slack * size);
    }
    const double least = above < below ? (double)above : (double)below, draws = (double)plan->n_draws;
    const double one = plan->every_draw ? 0 : 1; /* of random draws the sample is one more, so that p is never 0 */
    if (plan->equal_tail) return fmin(1, 2 * (least + one) / (draws + one));
    return ((double)beyond + one) / (draws + one);
}

double pg_wild_edge(const pg_wild_term *t, const pg_wild_plan *plan, double sign, double level)
{
    enum { DOUBLINGS = 60, HALVINGS = 80 };
    double kept = 0, rejected = 2 * sqrt(t->squares);
    int i = 0;
    for (; i < DOUBLINGS && pg_wild_p(t, plan, sign * rejected) > level; i++) {
        kept = rejected;
        rejected *= 2;
    }
    if (i == DOUBLINGS) return (double)INFINITY;
    for (i = 0; i < HALVINGS; i++) {
        const double middle = kept + (rejected - kept) / 2;
        if (!(middle > kept && middle < rejected)) break;
        if (pg_wild_p(t, plan, sign * middle) > level)
            kept = middle;
        else
            rejected = middle;
    }
    return rejected;
}
