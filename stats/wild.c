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

#include "core/spread.h"

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
} drawing;

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

/* sums: [n_terms][PG_WILD_N_SUMS][block_size]. */
static pgdp_status draw_block(pgdp_ctx *ctx, void *user, size_t block, void *sums)
{
    const drawing *s = user;
    const size_t k = s->n_terms, size = s->block_size;
    const pg_range range = pg_block_range(s->plan->n_draws, size, block);
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
        double *const out = (double *)sums + j * PG_WILD_N_SUMS * size;
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
        add_products(e, e, out + PG_WILD_S00 * size);
        add_products(e, z, out + PG_WILD_S01 * size);
        add_products(z, z, out + PG_WILD_S11 * size);
        for (size_t i = 0; i < n; i++) {
            out[i + PG_WILD_N0 * size] = n0.x[i + j * n];
            out[i + PG_WILD_N1 * size] = n1.x[i + j * n];
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
    for (size_t j = 0; j < k; j++) {
        for (size_t a = 0; a < k; a++)
            s->rho[a + j * k] = fit->root[j + a * k] / sqrt(fit->bread[j + j * k]);
        s->c[j] = pg_matrix_new(&ctx->scratch, n, k);
        if (s->c[j].x == NULL) return pg_no_memory(ctx);
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
    const size_t k = fit->n_terms;
    drawing s = { .plan = plan };
    pg_matrix sums;
    double *draws;
    bool nested;
    PG_TRY_ALLOC(ctx, *terms, pg_arena_alloc(&ctx->scratch, k, sizeof **terms));
    PG_TRY(drawing_new(ctx, fit, groups, &s));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_group_products(ctx, fit, groups, &sums));
    PG_TRY(reduce(ctx, sums, &s));
    pg_arena_rewind(&ctx->scratch, mark);
    PG_TRY(pg_effects_are_nested(ctx, fit, groups, &nested));
    if (!nested) PG_TRY(add_effects(ctx, fit, groups, &s));
    const size_t n_blocks = pg_n_blocks(plan->n_draws, s.block_size), stride = k * PG_WILD_N_SUMS * s.block_size;
    PG_TRY_ALLOC(ctx, draws, pg_arena_alloc(&ctx->scratch, n_blocks, stride * sizeof *draws));
    PG_TRY(pg_spread(ctx, "wild bootstrap", n_blocks, stride * sizeof *draws, draw_block, &s, draws));
    for (size_t j = 0; j < k; j++) {
        const double *s0 = s.s0.x + j * s.s0.stride;
        (*terms)[j] = (pg_wild_term){ .unit = sqrt(fit->bread[j + j * k]),
                                      .squares = pg_dot(s0, s0, groups->n),
                                      .sums = draws + j * PG_WILD_N_SUMS * s.block_size,
                                      .block_size = s.block_size,
                                      .stride = stride };
    }
    return PGDP_OK;
}

/* The sign of x times its square: of a ratio's numerator, comparable after cross-multiplying squares. */
static double signed_square(double x)
{
    return x * fabs(x);
}

/* Draws whose t is beyond the sample's, on either side, above and below. */
typedef struct tally {
    double at, sample, slack; /* distance from the null; square of the sample's t with t's sign; of equality */
    size_t beyond, above, below;
} tally;

/* n draws whose sums begin at x. */
static void count_block(const pg_wild_term *t, const double *x, size_t n, tally *out)
{
    const double at = out->at, sample = out->sample, slack = out->slack;
    const size_t size = t->block_size;
    const double *n0 = x + PG_WILD_N0 * size, *n1 = x + PG_WILD_N1 * size, *s00 = x + PG_WILD_S00 * size;
    const double *s01 = x + PG_WILD_S01 * size, *s11 = x + PG_WILD_S11 * size, width = fabs(sample);
    for (size_t i = 0; i < n; i++) {
        const double numerator = signed_square(n0[i] + at * n1[i]) * t->squares;
        const double s = fmax(s00[i] + 2 * at * s01[i] + at * at * s11[i], 0);
        out->beyond += fabs(numerator) > width * s * (1 + slack);
        out->above += numerator > s * (sample + slack * width);
        out->below += numerator < s * (sample - slack * width);
    }
}

double pg_wild_p(const pg_wild_term *t, const pg_wild_plan *plan, double d)
{
    tally n = { .at = plan->unrestricted ? 0 : d,
                .sample = signed_square(d),
                .slack = plan->ties ? -rounding : rounding };
    if (!(t->squares > 0)) return (double)NAN; /* a perfect fit has no t */
    for (size_t b = 0; b < pg_n_blocks(plan->n_draws, t->block_size); b++) {
        const pg_range range = pg_block_range(plan->n_draws, t->block_size, b);
        count_block(t, t->sums + b * t->stride, range.end - range.first, &n);
    }
    const double least = n.above < n.below ? (double)n.above : (double)n.below, draws = (double)plan->n_draws;
    const double one = plan->every_draw ? 0 : 1; /* of random draws the sample is one more, so that p is never 0 */
    if (plan->equal_tail) return fmin(1, 2 * (least + one) / (draws + one));
    return ((double)n.beyond + one) / (draws + one);
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
