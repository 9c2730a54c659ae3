/* stream_glm.c  Iterated weighted least squares with absorbed intercepts, nothing stored by row but a weight:
 * stream_glm.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A step needs the cross-products of what the effects leave of the terms and of r. An evaluation adds up those of
 * columns less the coefficients of the step before, and their sums s by level; what projecting these changes, c, leaves
 * E'WE - c's. Coefficients change little from step to step, so that little is lost to the difference; at first, and at
 * the end, where sums carry twice the precision, the evaluation is repeated. */
#include "stats/stream_glm.h"

#include "core/parallel.h"
#include "core/text.h"
#include "stats/least_squares.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 100, MAX_HALVINGS = 30, MAX_ROUNDS = 8, MOST_PARTS = 32, TILE = PG_GLM_TILE };
static const double small_step = 1e-7; /* of eta, weighted root mean square; what is left is its square */
static const double near_end = 1e-4;   /* a step after which the next may be the last */
static const double first_tol = 1e-8;  /* of the first projection, which is repeated */
static const double rough_tol = 1e-4;  /* of the others, as those of glm.c */
static const double of_move = 1e-2;
static const double least_tol = 1e-10;
static const double receding = 0.1;    /* a row's eta that still moves so far goes to infinity */
static const double certain = 1e-14;   /* of a level's sum: what is aimed at, */
static const double accepted = 1e-12;  /* and what is accepted where rounding keeps it from falling further */
static const double least_size = 1e-3; /* of a level's values, in root mean squares of the column */
static const double much = 1e-2;       /* of a term's square: what is left of it has its digits */
static const double least_left = 1e-6; /* of a column beside the effects, and of that beside the columns before it */

const pg_glm_family *pg_glm_family_of(const char *method)
{
    return pg_streq(method, "poisson") ? &pg_poisson_family : pg_streq(method, "logit") ? &pg_logit_family : NULL;
}

static pgdp_status tables_new(pgdp_ctx *ctx, pg_level_glm *s)
{
    const size_t k = s->k, lanes = s->lanes, small = s->n_effects > 1 ? s->n_levels[1] * lanes : 0;
    struct {
        double **array;
        size_t n;
    } const of_all[] = {
        { &s->w, s->n },
        { &s->b, k },
        { &s->db, k },
        { &s->from, k },
        { &s->gram, lanes * lanes },
        { &s->r, small },
        { &s->z, small },
        { &s->p, small },
        { &s->q, small },
        { &s->t, s->n_levels[0] * lanes },
        { &s->total, s->n_levels[0] * lanes },
    };
    for (size_t i = 0; i < sizeof of_all / sizeof *of_all; i++)
        PG_TRY_ALLOC(ctx, *of_all[i].array, pg_arena_alloc(&ctx->scratch, of_all[i].n, sizeof(double)));
    for (size_t f = 0; f < s->n_effects; f++) {
        const size_t n = s->n_levels[f];
        PG_TRY_ALLOC(ctx, s->coef[f], pg_arena_alloc(&ctx->scratch, n, (lanes + PG_GLM_BESIDE) * sizeof(double)));
        PG_TRY_ALLOC(ctx, s->origin[f], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
        PG_TRY_ALLOC(ctx, s->sum[f], pg_arena_alloc(&ctx->scratch, n, 3 * lanes * sizeof(double)));
        PG_TRY_ALLOC(ctx, s->weight[f], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
        PG_TRY_ALLOC(ctx, s->change[f], pg_arena_alloc(&ctx->scratch, n, lanes * sizeof(double)));
    }
    return PGDP_OK;
}

/* As many parts as take little memory beside the rows, by powers of two. */
static pgdp_status parts_new(pgdp_ctx *ctx, pg_level_glm *s)
{
    size_t of_one = s->lanes * s->lanes;
    for (size_t f = 0; f < s->n_effects; f++)
        of_one += s->n_levels[f] * (3 * s->lanes + 1);
    const size_t most = s->n * (s->k + 1 + s->n_effects) / 5;
    for (s->n_parts = 2; s->n_parts < MOST_PARTS && 2 * s->n_parts * of_one <= most;)
        s->n_parts *= 2;
    PG_TRY_ALLOC(ctx, s->parts, pg_arena_alloc(&ctx->scratch, s->n_parts, sizeof *s->parts));
    for (size_t part = 0; part < s->n_parts; part++) {
        pg_glm_part *p = &s->parts[part];
        PG_TRY_ALLOC(ctx, p->gram, pg_arena_alloc(&ctx->scratch, s->lanes * s->lanes, sizeof(double)));
        for (size_t f = 0; f < s->n_effects; f++) {
            PG_TRY_ALLOC(ctx, p->weight[f], pg_arena_alloc(&ctx->scratch, s->n_levels[f], sizeof(double)));
            PG_TRY_ALLOC(ctx, p->sum[f],
                         pg_arena_uncleared(&ctx->scratch, s->n_levels[f], 3 * s->lanes * sizeof(double)));
        }
    }
    return PGDP_OK;
}

/* Levels and outcomes as they are read. */
typedef struct reading {
    const pg_glm_frame *frame;
    pg_level_glm *s;
    double *sums; /* [3] a block: weights, these times outcomes, how many are not allowed */
} reading;

static pgdp_status read_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const reading *q = user;
    const pg_level_glm *s = q->s;
    const pg_level_source *levels = q->frame->levels;
    const pg_range rows = pg_block_range(s->n, PGDP_BLOCK_ROWS, block);
    double *sums = q->sums + 3 * block;
    uint32_t level[TILE];
    (void)ctx;
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        for (size_t f = 0; f < s->n_effects; f++) {
            levels->read(levels->user, s->which[f], first, n, level);
            for (size_t i = 0; i < n && s->narrow[f] != NULL; i++)
                s->narrow[f][first + i] = (uint16_t)level[i];
            if (s->wide[f] != NULL) memcpy(s->wide[f] + first, level, n * sizeof *level);
        }
        for (size_t i = first; i < first + n; i++) {
            const size_t at = s->rows == NULL ? i : s->rows[i];
            const double w = s->prior == NULL ? 1 : s->prior[at];
            sums[0] += w;
            sums[1] += w * s->y[at];
            sums[2] += !s->family->allowed(s->y[at]);
        }
    }
    return PGDP_OK;
}

/* Levels of the rows in as few bytes as hold them, and the mean outcome. *good: outcomes are what the method takes */
static pgdp_status read_rows(pgdp_ctx *ctx, const pg_glm_frame *frame, pg_level_glm *s, bool *good)
{
    const size_t n_blocks = pg_n_blocks(s->n, PGDP_BLOCK_ROWS);
    reading q = { frame, s, NULL };
    double mass = 0, sum = 0, wrong = 0;
    for (size_t f = 0; f < s->n_effects; f++) {
        if (s->n_levels[f] <= UINT16_MAX + 1)
            PG_TRY_ALLOC(ctx, s->narrow[f], pg_arena_uncleared(&ctx->scratch, s->n, sizeof *s->narrow[f]));
        else
            PG_TRY_ALLOC(ctx, s->wide[f], pg_arena_uncleared(&ctx->scratch, s->n, sizeof *s->wide[f]));
    }
    PG_TRY_ALLOC(ctx, q.sums, pg_arena_alloc(&ctx->scratch, n_blocks, 3 * sizeof *q.sums));
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, read_block, &q));
    for (size_t block = 0; block < n_blocks; block++) {
        mass += q.sums[3 * block];
        sum += q.sums[3 * block + 1];
        wrong += q.sums[3 * block + 2];
    }
    s->average = sum / mass;
    *good = !(wrong > 0);
    return PGDP_OK;
}

/* Cross-products of what the effects leave after the last projection, by their halves: [(k + 1) x (k + 1)]. */
static void cross_products(const pg_level_glm *s, pg_matrix out)
{
    const size_t lanes = s->lanes;
    for (size_t j = 0; j <= s->k; j++)
        for (size_t i = 0; i <= j; i++) {
            double sum = s->gram[i * lanes + j];
            for (size_t f = 0; f < s->n_effects; f++)
                for (size_t l = 0; l < s->n_levels[f]; l++) {
                    const double *c = s->change[f] + l * lanes, *of = s->sum[f] + l * 3 * lanes;
                    sum -= (c[i] * of[j] + c[j] * of[i]) / 2;
                }
            out.x[i + j * out.stride] = sum;
        }
}

/* db by the normal equations. *good: they are positive definite, with something left of each term */
static pgdp_status find_step(pgdp_ctx *ctx, pg_level_glm *s, bool *good)
{
    const size_t k = s->k, m = k + 1, stride = s->lanes + PG_GLM_BESIDE;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix gram = pg_matrix_new(&ctx->scratch, m, m);
    if (gram.x == NULL) return pg_no_memory(ctx);
    cross_products(s, gram);
    memcpy(s->db, gram.x + k * m, k * sizeof *s->db);
    double *square = gram.x + k * m; /* room that is free now */
    for (size_t j = 0; j < k; j++)
        square[j] = gram.x[j + j * m];
    *good = pg_cholesky(pg_matrix_view(gram.x, k, k, m));
    for (size_t j = 0; j < k && *good; j++)
        *good = gram.x[j + j * m] > least_left * sqrt(square[j]);
    if (*good) pg_cholesky_solve(pg_matrix_view(gram.x, k, k, m), s->db);
    for (size_t j = 0; j < k; j++)
        *good = *good && isfinite(s->db[j]);
    pg_arena_rewind(&ctx->scratch, mark);
    for (size_t f = 0; f < s->n_effects; f++)
        for (size_t l = 0; l < s->n_levels[f]; l++) {
            double *c = s->coef[f] + l * stride, *beside = c + s->lanes;
            beside[PG_GLM_STEP] = c[k];
            for (size_t j = 0; j < k; j++)
                beside[PG_GLM_STEP] -= s->db[j] * c[j];
        }
    return PGDP_OK;
}

/* Where the step begins; r will be another. */
static void leave_origin(pg_level_glm *s)
{
    const size_t stride = s->lanes + PG_GLM_BESIDE;
    memcpy(s->from, s->b, s->k * sizeof *s->b);
    for (size_t f = 0; f < s->n_effects; f++)
        for (size_t l = 0; l < s->n_levels[f]; l++) {
            double *c = s->coef[f] + l * stride;
            s->origin[f][l] = c[s->lanes + PG_GLM_ETA];
            c[s->k] = 0;
        }
}

/* b and eta's tables go a part of the step, halved until the loss does not rise beyond rounding. */
static pgdp_status move(pgdp_ctx *ctx, pg_level_glm *s, bool *good)
{
    const size_t stride = s->lanes + PG_GLM_BESIDE;
    const double before = s->loss;
    leave_origin(s);
    s->first = false;
    for (int halving = 0; halving <= MAX_HALVINGS; halving++) {
        const double part = ldexp(1, -halving);
        for (size_t j = 0; j < s->k; j++)
            s->b[j] = s->from[j] + part * s->db[j];
        for (size_t f = 0; f < s->n_effects; f++)
            for (size_t l = 0; l < s->n_levels[f]; l++) {
                double *beside = s->coef[f] + l * stride + s->lanes;
                beside[PG_GLM_ETA] = s->origin[f][l] + part * beside[PG_GLM_STEP];
            }
        PG_TRY(pg_glm_evaluate(ctx, s, good));
        *good = *good && (s->iterations == 0 || s->loss <= before + 1e-12 * (1 + fabs(before)));
        if (!*good) continue;
        s->move = sqrt(s->square / s->mass);
        return PGDP_OK;
    }
    return PGDP_OK;
}

/* The first projection, and again where it leaves so little of a term that the difference has lost digits: whether
 * there is enough decides whether the rest is worth it. */
static pgdp_status begin(pgdp_ctx *ctx, pg_level_glm *s, bool *good)
{
    const size_t k = s->k, lanes = s->lanes;
    double least = 1;
    const pg_matrix left = pg_matrix_new(&ctx->scratch, k + 1, k + 1);
    if (left.x == NULL) return pg_no_memory(ctx);
    s->first = true;
    PG_TRY(pg_glm_evaluate(ctx, s, good));
    if (*good) PG_TRY(pg_glm_project(ctx, s, first_tol, good));
    if (*good) cross_products(s, left);
    for (size_t j = 0; j < k; j++)
        least = fmin(least, left.x[j * (k + 2)] / s->gram[j * (lanes + 1)]);
    *good = *good && least > least_left * least_left; /* not a number is not */
    if (!*good || least > much) return PGDP_OK;
    PG_TRY(pg_glm_evaluate(ctx, s, good));
    return *good ? pg_glm_project(ctx, s, first_tol, good) : PGDP_OK;
}

static pgdp_status iterate(pgdp_ctx *ctx, pg_level_glm *s, bool *good)
{
    PG_TRY(begin(ctx, s, good));
    s->move = HUGE_VAL;
    for (s->iterations = 0; *good && s->iterations < MAX_ITERATIONS; s->iterations++) {
        const double rough = fmax(fmin(rough_tol, of_move * s->move * s->move), least_tol);
        if (s->iterations > 0) PG_TRY(pg_glm_project(ctx, s, rough, good));
        if (*good) PG_TRY(find_step(ctx, s, good));
        s->exact = s->move <= near_end;
        if (*good) PG_TRY(move(ctx, s, good));
        if (*good && s->move <= small_step) break;
    }
    *good = *good && s->move <= small_step && s->largest <= receding;
    return PGDP_OK;
}

/* The largest of a level's sums, relative to the sum of sizes. */
static double residual_of(const pg_level_glm *s)
{
    const size_t lanes = s->lanes;
    double worst = 0;
    for (size_t f = 0; f < s->n_effects; f++)
        for (size_t l = 0; l < s->n_levels[f]; l++) {
            const double *sum = s->sum[f] + l * 3 * lanes;
            for (size_t v = 0; v <= s->k; v++) {
                const double usual = sqrt(s->gram[v * (lanes + 1)] / s->mass) * s->weight[f][l];
                const double size = fmax(sum[2 * lanes + v], least_size * usual);
                if (size > 0) worst = fmax(worst, fabs(sum[v] + sum[lanes + v]) / size);
            }
        }
    return worst;
}

/* What the effects leave at the maximum, to the last digit. */
static pgdp_status finish(pgdp_ctx *ctx, pg_level_glm *s, bool *good)
{
    double before = HUGE_VAL;
    for (int round = 0; *good; round++) {
        if (!s->exact || round > 0) {
            s->exact = true;
            PG_TRY(pg_glm_evaluate(ctx, s, good));
        }
        s->how.residual = residual_of(s);
        if (s->how.residual <= certain || round == MAX_ROUNDS || (round > 2 && s->how.residual > before / 2)) break;
        before = s->how.residual;
        if (*good) PG_TRY(pg_glm_project(ctx, s, 0, good));
    }
    *good = *good && s->how.residual <= accepted;
    s->how.solver = s->n_effects > 1 ? "conjugate_gradient" : "group_means";
    s->how.iterations = s->most_steps;
    return PGDP_OK;
}

pgdp_status pg_glm_of_levels(pgdp_ctx *ctx, const pg_glm_frame *frame, pg_level_glm **out)
{
    pg_level_glm *s;
    const bool second = frame->n_effects > 1 && frame->effects[1].n_levels > frame->effects[0].n_levels;
    *out = NULL;
    PG_TRY_ALLOC(ctx, s, pg_arena_alloc(&ctx->scratch, 1, sizeof *s));
    *s = (pg_level_glm){ .family = pg_glm_family_of(frame->method),
                         .n = frame->n,
                         .k = frame->k,
                         .lanes = (frame->k + 4) / 4 * 4,
                         .n_effects = frame->n_effects,
                         .rows = frame->levels->rows,
                         .x = frame->x,
                         .y = frame->y,
                         .prior = frame->prior,
                         .offset = frame->offset };
    for (size_t f = 0; f < s->n_effects; f++) {
        s->which[f] = second ? 1 - f : f;
        s->n_levels[f] = frame->effects[s->which[f]].n_levels;
    }
    bool good = s->k > 0;
    pg_blas_single_thread();
    if (good) PG_TRY(read_rows(ctx, frame, s, &good));
    if (!good) return PGDP_OK;
    PG_TRY(tables_new(ctx, s));
    PG_TRY(parts_new(ctx, s));
    PG_TRY(iterate(ctx, s, &good));
    if (good) PG_TRY(finish(ctx, s, &good));
    if (good) *out = s;
    return PGDP_OK;
}

pgdp_status pg_glm_fit_behind(pgdp_ctx *ctx, const pg_level_glm *found, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    pg_least_squares ls;
    PG_TRY(pg_least_squares_solve(ctx, d, &ls));
    for (size_t j = 0; j < k; j++)
        fit->estimate[j] = found->b[j] + ls.estimate[j];
    memcpy(fit->score, ls.residual, fit->n_rows * sizeof *fit->score);
    pg_times_transposed(ls.root, ls.root, pg_matrix_of(fit->bread, k, k));
    pg_copy_upper(pg_matrix_of(fit->bread, k, k));
    fit->glance.deviance = found->loss;
    const double error = fmax(found->move * found->move, DBL_EPSILON / 2 * ls.condition);
    fit->certificate = (pgdp_certificate){ .condition_number = ls.condition,
                                           .digits = fmin(ls.digits, fmax(0, -log10(error))),
                                           .solver = "irls",
                                           .refinements = found->iterations + 1 };
    return PGDP_OK;
}
