/* glm.c  Iterated weighted least squares with absorbed effects: glm.h. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With m = mean(eta): weights W = w m'^2 / V, working residual r = (y - m) / m'. The step of b is the least-squares fit
 * of M r on M x in the weights W, M the projection off the effects in the same weights; that of eta is r less its
 * residual. M x of one step serves as x of the next: they differ by effects alone, which the next M takes away.
 *
 * All steps work on rows sorted by the largest effect, as the absorber does: gathering them anew in each takes as long
 * as a walk. Only the first step, which tells collinear terms, and the last one, which is reported, carry all digits.
 */
#include "stats/glm.h"

#include "core/parallel.h"
#include "stats/absorb_system.h"
#include "stats/fit_absorb.h"
#include "stats/least_squares.h"
#include "stats/stream_glm.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 200, MAX_HALVINGS = 30, TILE = 256, BLOCK_ROWS = 16384 };
static const double small_step = 1e-8; /* of eta, weighted root mean square; the step after it is at rounding */
static const double near_end = 1e-6;   /* a step after which the next, with all digits, is small */
static const double rough_tol = 1e-4;  /* of the projection at most, while steps are large */
static const double of_move = 1e-2;    /* and beside the square of a move, which the next step is as small as */
static const double least_tol = 1e-10; /* but no better: below it sums in twice the precision would be needed */
static const double tame = 1e5;        /* condition of terms whose normal equations give a step enough digits */
static const double receding = 0.1;    /* a row's eta that still moves so far goes to infinity */

typedef struct glm {
    const pg_glm_family *family;
    const pgdp_design *d;
    pg_absorber *absorber; /* takes its rows sorted until the end */
    const uint32_t *order; /* [n] sorted row -> row */
    pg_absorption absorption;
    size_t n, k, n_blocks;
    double *y, *weight, *offset; /* [n] sorted, as all below; weight and offset may be NULL */
    double *eta, *step, *trial;  /* [n] */
    double part;                 /* of the step that trial goes */
    double *w, *r, *r_left;      /* [n] weights, working residual, what the effects leave of it */
    double *x;                   /* [n x k] what they leave of the regressors */
    double **columns;            /* r_left and the columns of x */
    double *b, *db;              /* [k] */
    double *sums[3];             /* [n_blocks] parts of sums over the rows */
    double *grams;               /* [(k + 1)^2] a block: cross-products of the terms and r_left */
    double *before;              /* [k] sizes of the terms as given */
    pg_least_squares ls;
    double deviance, move, largest;
    size_t iterations;
} glm;

static double weight_of(const glm *s, size_t i)
{
    return s->weight == NULL ? 1 : s->weight[i];
}

static double offset_of(const glm *s, size_t i)
{
    return s->offset == NULL ? 0 : s->offset[i];
}

/* A column in the order of the sorted rows. */
static pgdp_status sort_column(pgdp_ctx *ctx, const glm *s, pgdp_vec column, double **out)
{
    if (column.n == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, s->n, sizeof **out));
    for (size_t i = 0; i < s->n; i++)
        (*out)[i] = column.x[s->order[i]];
    return PGDP_OK;
}

static pgdp_status glm_new(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, glm *s)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    s->n = n;
    s->k = k;
    s->n_blocks = pg_n_blocks(n, BLOCK_ROWS);
    struct {
        double **array;
        size_t n;
    } const parts[] = {
        { &s->eta, n },
        { &s->step, n },
        { &s->trial, n },
        { &s->w, n },
        { &s->r, n },
        { &s->r_left, n },
        { &s->b, k },
        { &s->db, k },
        { &s->before, k },
        { &s->x, n * k },
        { &s->sums[0], s->n_blocks },
        { &s->sums[1], s->n_blocks },
        { &s->sums[2], s->n_blocks },
        { &s->grams, s->n_blocks * (k + 1) * (k + 1) },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        PG_TRY_ALLOC(ctx, *parts[i].array, pg_arena_alloc(&ctx->scratch, parts[i].n, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->columns, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *s->columns));
    PG_TRY(pg_absorber_copy(ctx, fit->absorber, &s->absorber));
    s->order = fit->absorber->order;
    s->absorber->sorted = true;
    PG_TRY(sort_column(ctx, s, d->y, &s->y));
    PG_TRY(sort_column(ctx, s, d->weights, &s->weight));
    PG_TRY(sort_column(ctx, s, d->offset, &s->offset));
    s->columns[0] = s->r_left;
    for (size_t j = 0; j < k; j++) {
        s->columns[j + 1] = s->x + j * n;
        for (size_t i = 0; i < n; i++)
            s->columns[j + 1][i] = d->x.x[s->order[i] + j * n];
    }
    pg_fit_term_sizes(d, d->x.x, s->before);
    return PGDP_OK;
}

/* At trial = eta + part step: weights, working residual, and the loss of the block's rows. */
static pgdp_status evaluate_block(pgdp_ctx *ctx, void *user, size_t block)
{
    (void)ctx;
    glm *s = user;
    const pg_range rows = pg_block_range(s->n, BLOCK_ROWS, block);
    double mean[TILE], slope[TILE], variance[TILE], loss[TILE], sum = 0;
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        for (size_t i = first; i < first + n; i++)
            s->trial[i] = s->eta[i] + s->part * s->step[i];
        s->family->at(s->trial + first, n, mean, slope, variance);
        s->family->loss(s->y + first, s->trial + first, mean, n, loss);
        for (size_t i = 0; i < n; i++) {
            const double w = weight_of(s, first + i), y = s->y[first + i];
            s->w[first + i] = w * slope[i] * (slope[i] / variance[i]);
            s->r[first + i] = (y - mean[i]) / slope[i];
            loss[i] *= w;
        }
        sum += pg_sum(loss, n);
    }
    s->sums[0][block] = sum;
    return PGDP_OK;
}

static pgdp_status evaluate(pgdp_ctx *ctx, glm *s, double part, double *deviance)
{
    s->part = part;
    PG_TRY(pg_parallel(ctx, NULL, s->n_blocks, evaluate_block, s));
    *deviance = pg_sum(s->sums[0], s->n_blocks);
    return PGDP_OK;
}

/* eta near the outcome; it need not be x b + effects, which the first step makes it. */
static pgdp_status start(pgdp_ctx *ctx, glm *s)
{
    double deviance;
    for (size_t i = 0; i < s->n; i++) {
        s->w[i] = weight_of(s, i);
        s->r[i] = s->w[i] * s->y[i];
    }
    const double average = pg_sum(s->r, s->n) / pg_sum(s->w, s->n);
    for (size_t i = 0; i < s->n; i++)
        s->eta[i] = s->family->start(s->y[i], average);
    s->move = HUGE_VAL;
    PG_TRY(evaluate(ctx, s, 0, &deviance));
    for (size_t i = 0; i < s->n; i++) { /* the first step is of all of eta */
        s->r[i] += s->eta[i] - offset_of(s, i);
        s->eta[i] = offset_of(s, i);
    }
    return PGDP_OK;
}

/* How well the effects are to be taken out: a step that others follow need not be exact, since what an effect keeps of
 * a column is an effect still. */
static double tol_of(const glm *s, bool last)
{
    if (last || s->iterations == 0) return 0;
    return fmax(fmin(rough_tol, of_move * s->move * s->move), least_tol);
}

/* Cross-products of the terms and r_left over a block. */
static pgdp_status gram_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const glm *s = user;
    const size_t m = s->k + 1;
    const pg_range rows = pg_block_range(s->n, BLOCK_ROWS, block);
    const pg_matrix tile = pg_matrix_new(&ctx->scratch, TILE, m), gram = pg_matrix_of(s->grams + block * m * m, m, m);
    if (tile.x == NULL) return pg_no_memory(ctx);
    memset(gram.x, 0, m * m * sizeof *gram.x);
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        double root[TILE];
        for (size_t i = 0; i < n; i++)
            root[i] = sqrt(s->w[first + i]);
        for (size_t j = 0; j < m; j++)
            for (size_t i = 0; i < n; i++)
                tile.x[i + j * TILE] = root[i] * s->columns[(j + 1) % m][first + i];
        pg_add_gram(pg_matrix_view(tile.x, n, m, TILE), gram);
    }
    return PGDP_OK;
}

/* db by the normal equations: of a step that others follow. @return false in *found: they are not positive definite */
static pgdp_status solve_roughly(pgdp_ctx *ctx, glm *s, bool *found)
{
    const size_t k = s->k, m = k + 1;
    const pg_matrix gram = pg_matrix_of(s->grams, m, m);
    PG_TRY(pg_parallel(ctx, NULL, s->n_blocks, gram_block, s));
    for (size_t block = 1; block < s->n_blocks; block++)
        for (size_t i = 0; i < m * m; i++)
            gram.x[i] += s->grams[i + block * m * m];
    memcpy(s->db, gram.x + k * m, k * sizeof *s->db);
    *found = pg_cholesky(pg_matrix_view(gram.x, k, k, m));
    if (*found) pg_cholesky_solve(pg_matrix_view(gram.x, k, k, m), s->db);
    for (size_t j = 0; j < k; j++)
        *found = *found && isfinite(s->db[j]);
    return PGDP_OK;
}

static pgdp_status solve_exactly(pgdp_ctx *ctx, glm *s)
{
    const pgdp_design linear = { .y = { s->r_left, s->n },
                                 .x = { s->x, s->n, s->k },
                                 .terms = s->d->terms,
                                 .constant = PGDP_NONE,
                                 .weights = { s->w, s->n },
                                 .weight_kind = PGDP_ANALYTIC };
    PG_TRY(pg_least_squares_solve(ctx, &linear, &s->ls));
    for (size_t j = 0; j < s->k; j++)
        s->db[j] = s->ls.estimate[j];
    return PGDP_OK;
}

/* Projection and least squares in the weights at eta. */
static pgdp_status solve(pgdp_ctx *ctx, glm *s, double tol)
{
    bool found = false;
    for (size_t i = 0; i < s->n; i++) {
        s->r_left[i] = s->r[i];
        if (!isfinite(s->w[i]) || !isfinite(s->r[i]))
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "the mean of row %zu is beyond the range of double precision after %zu steps; change the "
                           "unit of the outcome or leave rows with extreme values out",
                           (size_t)s->order[i] + 1, s->iterations);
    }
    PG_TRY(pg_absorber_reweight(ctx, s->absorber, s->w));
    PG_TRY(pg_absorb(ctx, s->absorber, s->columns, s->k + 1, tol, &s->absorption));
    if (s->iterations == 0) {
        pgdp_design sorted = *s->d;
        if (s->weight != NULL) sorted.weights.x = s->weight;
        PG_TRY(pg_fit_settle_terms(ctx, &sorted, s->before, s->x));
    }
    if (tol > 0 && s->ls.condition <= tame) PG_TRY(solve_roughly(ctx, s, &found));
    return found ? PGDP_OK : solve_exactly(ctx, s);
}

/* step = the fit of r by x and effects; how far it moves. */
static pgdp_status step_block(pgdp_ctx *ctx, void *user, size_t block)
{
    (void)ctx;
    glm *s = user;
    const pg_range rows = pg_block_range(s->n, BLOCK_ROWS, block);
    double square = 0, mass = 0, largest = 0;
    for (size_t i = rows.first; i < rows.end; i++)
        s->step[i] = s->r[i] - s->r_left[i];
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = rows.first; i < rows.end; i++)
            s->step[i] += s->columns[j + 1][i] * s->db[j];
    for (size_t i = rows.first; i < rows.end; i++) {
        const double size = fabs(s->step[i]);
        square += s->w[i] * size * size;
        mass += s->w[i];
        largest = size > largest ? size : largest;
    }
    s->sums[0][block] = square;
    s->sums[1][block] = mass;
    s->sums[2][block] = largest;
    return PGDP_OK;
}

static pgdp_status find_step(pgdp_ctx *ctx, glm *s)
{
    PG_TRY(pg_parallel(ctx, NULL, s->n_blocks, step_block, s));
    s->move = sqrt(pg_sum(s->sums[0], s->n_blocks) / pg_sum(s->sums[1], s->n_blocks));
    s->largest = 0;
    for (size_t block = 0; block < s->n_blocks; block++)
        s->largest = fmax(s->largest, s->sums[2][block]);
    return PGDP_OK;
}

/* eta and b move by the step, halved until the deviance does not rise beyond rounding. */
static pgdp_status move(pgdp_ctx *ctx, glm *s)
{
    const double before = s->deviance;
    for (int halving = 0; halving <= MAX_HALVINGS; halving++) {
        const double part = ldexp(1, -halving);
        double deviance, *eta = s->eta;
        PG_TRY(evaluate(ctx, s, part, &deviance));
        if (!isfinite(deviance) || (s->iterations > 0 && deviance > before + 1e-12 * (1 + fabs(before)))) continue;
        s->eta = s->trial;
        s->trial = eta;
        for (size_t j = 0; j < s->k; j++)
            s->b[j] += part * s->db[j];
        s->deviance = deviance;
        return PGDP_OK;
    }
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the likelihood did not rise along the step of iteration %zu; bring the regressors to comparable "
                   "sizes or leave terms out",
                   s->iterations + 1);
}

/* Some rows' means go to the end of their range: which term goes with them? */
static pgdp_status refuse(pgdp_ctx *ctx, const glm *s)
{
    size_t worst = 0;
    double most = 0;
    for (size_t j = 0; j < s->k; j++) {
        const double size = fabs(s->db[j]) / (fabs(s->b[j]) + DBL_MIN);
        if (size > most) {
            most = size;
            worst = j;
        }
    }
    if (s->largest > receding)
        return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                       "terms or effects predict rows of the outcome perfectly, so that their estimates are infinite "
                       "(%s moves most); leave these rows out",
                       s->d->terms[worst]);
    return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                   "the likelihood has no maximum within %d steps, %s moves most; leave the term out", MAX_ITERATIONS,
                   s->d->terms[worst]);
}

/* Until a step with all digits is small. */
static pgdp_status iterate(pgdp_ctx *ctx, glm *s)
{
    bool last = false;
    PG_TRY(start(ctx, s));
    for (s->iterations = 0; s->iterations < MAX_ITERATIONS; s->iterations++) {
        if (s->absorption.fell_back) /* what one step had to factor the others factor at once */
            PG_TRY(pg_absorber_choose(ctx, s->absorber, PG_ABSORB_SPARSE));
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(solve(ctx, s, tol_of(s, last)));
        PG_TRY(find_step(ctx, s));
        PG_TRY(move(ctx, s));
        if (last && s->move <= small_step) return s->largest > receding ? refuse(ctx, s) : PGDP_OK;
        last = s->move <= near_end; /* the last one's ls stays in the scratch */
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return refuse(ctx, s);
}

/* Rows as they were given. */
static void give_back_order(glm *s)
{
    for (size_t j = 0; j < s->k; j++) {
        memcpy(s->trial, s->columns[j + 1], s->n * sizeof *s->trial);
        for (size_t i = 0; i < s->n; i++)
            s->columns[j + 1][s->order[i]] = s->trial[i];
    }
    for (size_t i = 0; i < s->n; i++) { /* w r = w (y - m) m' / V */
        s->trial[s->order[i]] = s->w[i] * s->r[i];
    }
    s->absorber->sorted = false;
}

static pgdp_status fill(pgdp_ctx *ctx, glm *s, pgdp_fit *fit)
{
    pgdp_design *working;
    PG_TRY_ALLOC(ctx, working, pg_arena_alloc(&ctx->scratch, 1, sizeof *working));
    give_back_order(s);
    *working = *s->d;
    working->x.x = s->x;
    working->x_low = (pgdp_mat){ NULL, 0, 0 };
    working->effects = NULL;
    working->n_effects = 0;
    fit->working = working;
    fit->absorber = s->absorber;
    memcpy(fit->estimate, s->b, s->k * sizeof *s->b);
    memcpy(fit->score, s->trial, s->n * sizeof *s->trial);
    pg_times_transposed(s->ls.root, s->ls.root, pg_matrix_of(fit->bread, s->k, s->k));
    pg_copy_upper(pg_matrix_of(fit->bread, s->k, s->k));
    fit->glance.deviance = s->deviance;
    const double error = fmax(s->move * s->move, DBL_EPSILON / 2 * s->ls.condition);
    fit->certificate = (pgdp_certificate){ .condition_number = s->ls.condition,
                                           .digits = fmin(s->ls.digits, fmax(0, -log10(error))),
                                           .solver = "irls",
                                           .refinements = s->iterations + 1 };
    pg_fit_add_absorption(fit, &s->absorption);
    return PGDP_OK;
}

pgdp_status pg_glm_fit(pgdp_ctx *ctx, const pg_glm_family *family, const pgdp_design *d, pgdp_fit *fit)
{
    glm s = { .family = family, .d = d };
    if (fit->behind != NULL) return pg_glm_fit_behind(ctx, fit->behind->absorbed->steps, d, fit);
    PG_TRY(glm_new(ctx, d, fit, &s));
    PG_TRY(iterate(ctx, &s));
    return fill(ctx, &s, fit);
}
