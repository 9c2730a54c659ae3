/* likelihood.c  Newton's method for likelihood.h: analytic gradient and observed information, halved steps.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Works on standardised regressors z_j = (x_j - mean_j) / sd_j (not centred when the model has neither constant nor
 * cuts), so that steps and penalties have no units. Rows are summed in chunks that depend on the sizes alone; the
 * chunks run in parallel and are added in their order. */
#include "stats/likelihood.h"

#include "core/parallel.h"
#include "stats/collinear.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { TILE = 512, MAX_ITERATIONS = 100, MAX_HALVINGS = 30, FIRST_SEPARATION_CHECK = 8 };
static const double smallest_step = 1e-9, separation_tolerance = 1e-6;

typedef struct newton {
    const pg_likelihood *problem;
    size_t n_rows, n_slopes, n_cuts, n_terms;
    double *z, *mean, *scale; /* z = (x - mean) / scale */
    double *theta, *trial, *step;
    size_t n_chunks;
    double *chunks; /* of a chunk: value, gradient [n_terms], information [n_terms^2] (upper triangle) */
    double value;   /* log likelihood at theta */
    double *gradient, *information;
    double *factor; /* Cholesky factor of the scaled information, and the scales */
    double *diagonal;
    double last_step;
    size_t iterations;
} newton;

static size_t chunk_size(const newton *s)
{
    return 1 + s->n_terms + s->n_terms * s->n_terms;
}

static bool is_constant(const newton *s, size_t j)
{
    return j == s->problem->design->constant;
}

static double weight_of(const newton *s, size_t row)
{
    return pg_design_weight(s->problem->design, row);
}

/* Mean and standard deviation with weights; a column without variation becomes zeros. */
static pgdp_status standardise(pgdp_ctx *ctx, newton *s)
{
    const pgdp_design *d = s->problem->design;
    const size_t n = s->n_rows;
    const bool centred = d->constant != PGDP_NONE || s->n_cuts > 0;
    double *w, *a;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&ctx->scratch, n, sizeof *w));
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, n, sizeof *a));
    for (size_t i = 0; i < n; i++)
        w[i] = weight_of(s, i);
    const double total = pg_sum(w, n);
    for (size_t j = 0; j < s->n_slopes; j++) {
        const double *x = d->x.x + j * n;
        double *z = s->z + j * n;
        s->scale[j] = 1;
        memcpy(z, x, n * sizeof *z);
        if (is_constant(s, j)) continue;
        const double mean = pg_dot(w, x, n) / total;
        for (size_t i = 0; i < n; i++) {
            z[i] = x[i] - mean;
            a[i] = w[i] * z[i];
        }
        const double sd = sqrt(pg_dot(a, z, n) / total);
        s->mean[j] = centred ? mean : 0;
        if (sd > 1e-13 * fabs(mean)) s->scale[j] = sd;
        for (size_t i = 0; i < n; i++)
            z[i] = sd > 1e-13 * fabs(mean) || !centred ? (x[i] - s->mean[j]) / s->scale[j] : 0;
    }
    return PGDP_OK;
}

/* A row's derivatives by the cuts, into the chunk's sums and the row's part of the cross derivatives. */
static void add_cuts(const newton *s, size_t category, double w, const pg_row *row, double *sums)
{
    const size_t p = s->n_terms, above = s->n_slopes + category, below = above - 1;
    double *gradient = sums + 1, *information = gradient + p;
    if (category < s->n_cuts) {
        gradient[above] += w * row->above;
        information[above + above * p] -= w * row->above2;
    }
    if (category == 0) return;
    gradient[below] += w * row->below;
    information[below + below * p] -= w * row->below2;
    if (category < s->n_cuts) information[below + above * p] -= w * row->above_below;
}

/* What a tile of rows needs: eta, l and dl/d eta of every row, its regressors times sqrt(w), its cross derivatives. */
typedef struct tile {
    double eta[TILE], value[TILE], score[TILE], root[TILE];
    pg_matrix weighted, cross;
} tile;

static void add_tile(const newton *s, size_t first, size_t n, tile *t, double *sums)
{
    const size_t k = s->n_slopes, p = s->n_terms;
    const pgdp_design *d = s->problem->design;
    const pg_matrix z = { s->z + first, n, k, s->n_rows };
    const pg_matrix weighted = { t->weighted.x, n, k, TILE }, cross = { t->cross.x, n, s->n_cuts, TILE };
    memset(cross.x, 0, TILE * s->n_cuts * sizeof *cross.x);
    pg_times_vector(z, s->trial, t->eta);
    for (size_t i = 0; i < n; i++) {
        pg_row row = { 0 };
        const double w = weight_of(s, first + i), y = d->y.x[first + i];
        s->problem->model->row(y, t->eta[i], s->trial + k, s->n_cuts, &row);
        t->value[i] = w * row.value;
        t->score[i] = w * row.eta;
        t->root[i] = sqrt(w * row.information);
        if (s->n_cuts == 0) continue;
        add_cuts(s, (size_t)y, w, &row, sums);
        if ((size_t)y < s->n_cuts) cross.x[i + (size_t)y * TILE] = -w * row.eta_above;
        if (y > 0) cross.x[i + ((size_t)y - 1) * TILE] = -w * row.eta_below;
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            weighted.x[i + j * TILE] = t->root[i] * z.x[i + j * z.stride];
    sums[0] += pg_sum(t->value, n);
    pg_add_cross_vector(z, t->score, sums + 1);
    pg_add_gram(weighted, (pg_matrix){ sums + 1 + p, k, k, p });
    if (s->n_cuts > 0) pg_add_cross(z, cross, (pg_matrix){ sums + 1 + p + k * p, k, s->n_cuts, p });
}

static pgdp_status run_chunk(pgdp_ctx *ctx, void *user, size_t chunk)
{
    const newton *s = user;
    double *sums = s->chunks + chunk * chunk_size(s);
    const size_t n_tiles = (s->n_rows + TILE - 1) / TILE;
    const size_t begin = chunk * n_tiles / s->n_chunks, end = (chunk + 1) * n_tiles / s->n_chunks;
    tile *t;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    PG_TRY_ALLOC(ctx, t->weighted.x, pg_matrix_new(&ctx->scratch, TILE, s->n_slopes).x);
    PG_TRY_ALLOC(ctx, t->cross.x, pg_matrix_new(&ctx->scratch, TILE, s->n_cuts).x);
    memset(sums, 0, chunk_size(s) * sizeof *sums);
    for (size_t i = begin; i < end; i++) {
        const size_t first = i * TILE;
        add_tile(s, first, s->n_rows - first < TILE ? s->n_rows - first : TILE, t, sums);
    }
    return PGDP_OK;
}

/* Everything at `trial`. Cuts that do not increase have likelihood zero. */
static pgdp_status evaluate(pgdp_ctx *ctx, newton *s, double *objective)
{
    const size_t p = s->n_terms, size = chunk_size(s);
    *objective = -HUGE_VAL;
    for (size_t j = s->n_slopes + 1; j < p; j++)
        if (!(s->trial[j] > s->trial[j - 1])) return PGDP_OK;
    PG_TRY(pg_parallel(ctx, NULL, s->n_chunks, run_chunk, s));
    for (size_t chunk = 1; chunk < s->n_chunks; chunk++)
        for (size_t i = 0; i < size; i++)
            s->chunks[i] += s->chunks[i + chunk * size];
    s->value = s->chunks[0];
    memcpy(s->gradient, s->chunks + 1, p * sizeof *s->gradient);
    memcpy(s->information, s->chunks + 1 + p, p * p * sizeof *s->information);
    *objective = s->value;
    for (size_t j = 0; j < s->n_slopes; j++) {
        if (is_constant(s, j)) continue;
        *objective -= s->problem->lambda / 2 * s->trial[j] * s->trial[j];
        s->gradient[j] -= s->problem->lambda * s->trial[j];
        s->information[j + j * p] += s->problem->lambda;
    }
    if (!isfinite(*objective)) *objective = -HUGE_VAL;
    return PGDP_OK;
}

/* Factor the information, scaled to a unit diagonal. @return false when it is singular */
static bool factorise(newton *s)
{
    const size_t p = s->n_terms;
    for (size_t j = 0; j < p; j++) {
        const double square = s->information[j + j * p];
        if (!(square > 0)) return false;
        s->diagonal[j] = sqrt(square);
    }
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i <= j; i++)
            s->factor[i + j * p] = s->information[i + j * p] / s->diagonal[i] / s->diagonal[j];
    return pg_cholesky(pg_matrix_of(s->factor, p, p));
}

static double newton_step(newton *s)
{
    const size_t p = s->n_terms;
    double largest = 0;
    for (size_t j = 0; j < p; j++)
        s->step[j] = s->gradient[j] / s->diagonal[j];
    pg_cholesky_solve(pg_matrix_of(s->factor, p, p), s->step);
    for (size_t j = 0; j < p; j++) {
        s->step[j] /= s->diagonal[j];
        largest = fmax(largest, fabs(s->step[j]) / (1 + fabs(s->theta[j])));
    }
    return largest;
}

/* Does no row's likelihood fall along the step? Then the estimates go to infinity: the rows are separated. */
static pgdp_status is_separated(pgdp_ctx *ctx, const newton *s, bool *out)
{
    const size_t n = s->n_rows, k = s->n_slopes;
    double *eta, largest = 0;
    PG_TRY_ALLOC(ctx, eta, pg_arena_alloc(&ctx->scratch, n, sizeof *eta));
    pg_times_vector((pg_matrix){ s->z, n, k, n }, s->step, eta);
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(eta[i]));
    for (size_t j = k; j < s->n_terms; j++)
        largest = fmax(largest, fabs(s->step[j]));
    *out = largest > 0.1; /* along a direction without end, steps keep a length near 1 */
    for (size_t i = 0; i < n && *out; i++)
        *out = s->problem->model->recedes(s->problem->design->y.x[i], eta[i], s->step + k,
                                          separation_tolerance * largest, s->n_cuts);
    return PGDP_OK;
}

static pgdp_status refuse(pgdp_ctx *ctx, const newton *s, bool separated)
{
    size_t worst = 0;
    for (size_t j = 0; j < s->n_slopes; j++)
        if (fabs(s->step[j]) > fabs(s->step[worst])) worst = j;
    const char *term = s->problem->design->terms[worst];
    if (separated)
        return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                       "the terms separate the categories of the outcome perfectly, %s foremost, so the estimates are "
                       "infinite; leave the term out or set lambda above 0",
                       term);
    return pg_fail(
        ctx, PGDP_NO_CONVERGENCE,
        "the likelihood has no maximum within %zu iterations, %s moves most; leave the term out or set lambda "
        "above 0",
        s->iterations, term);
}

/* trial = theta + step, halved until the objective does not fall beyond rounding. */
static pgdp_status line_search(pgdp_ctx *ctx, newton *s, double *objective, bool *moved)
{
    const double before = *objective, slack = 1e-12 * (1 + fabs(before));
    *moved = false;
    for (int halving = 0; halving <= MAX_HALVINGS && !*moved; halving++) {
        for (size_t j = 0; j < s->n_terms; j++)
            s->trial[j] = s->theta[j] + ldexp(s->step[j], -halving);
        PG_TRY(evaluate(ctx, s, objective));
        *moved = *objective >= before - slack;
    }
    if (*moved) memcpy(s->theta, s->trial, s->n_terms * sizeof *s->theta);
    return PGDP_OK;
}

static pgdp_status iterate(pgdp_ctx *ctx, newton *s)
{
    double objective;
    memcpy(s->trial, s->theta, s->n_terms * sizeof *s->trial);
    PG_TRY(evaluate(ctx, s, &objective));
    bool regular = factorise(s), moved = true;
    for (s->iterations = 0; s->iterations < MAX_ITERATIONS && regular && moved; s->iterations++) {
        bool separated = false;
        s->last_step = newton_step(s);
        if (s->iterations >= FIRST_SEPARATION_CHECK && s->problem->lambda <= 0)
            PG_TRY(is_separated(ctx, s, &separated));
        if (separated) return refuse(ctx, s, true);
        PG_TRY(line_search(ctx, s, &objective, &moved));
        regular = factorise(s);
        if (s->last_step <= smallest_step && regular) return PGDP_OK;
    }
    bool separated = false;
    if (s->problem->lambda <= 0) PG_TRY(is_separated(ctx, s, &separated));
    return refuse(ctx, s, separated);
}

static pgdp_status newton_new(pgdp_ctx *ctx, const pg_likelihood *problem, newton *s)
{
    enum { MOST_SUMS = 1 << 22 };
    const size_t n = problem->design->x.n_rows, k = problem->design->x.n_cols, p = k + problem->n_cuts;
    *s = (newton){ .problem = problem, .n_rows = n, .n_slopes = k, .n_cuts = problem->n_cuts, .n_terms = p };
    const size_t n_tiles = (n + TILE - 1) / TILE, most = MOST_SUMS / chunk_size(s) + 1;
    s->n_chunks = (n_tiles + 1) / 2 < most ? (n_tiles + 1) / 2 : most;
    struct {
        double **array;
        size_t n;
    } const parts[] = {
        { &s->z, n * k },
        { &s->mean, k },
        { &s->scale, k },
        { &s->theta, p },
        { &s->trial, p },
        { &s->step, p },
        { &s->gradient, p },
        { &s->diagonal, p },
        { &s->information, p * p },
        { &s->factor, p * p },
        { &s->chunks, s->n_chunks * chunk_size(s) },
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        PG_TRY_ALLOC(ctx, *parts[i].array, pg_arena_alloc(&ctx->scratch, parts[i].n, sizeof(double)));
    return standardise(ctx, s);
}

/* eta = c + sum_j b_j x_j = (c + sum_j b_j mean_j) + sum_j (b_j scale_j) z_j; a cut moves against the constant. */
static void standardise_start(newton *s)
{
    const pg_likelihood *q = s->problem;
    double shift = 0;
    for (size_t j = 0; j < s->n_slopes; j++) {
        const double b = q->start != NULL ? q->start[j] : is_constant(s, j) ? q->start_constant : 0;
        s->theta[j] = b * s->scale[j];
        if (q->start != NULL) shift += b * s->mean[j];
    }
    if (q->design->constant != PGDP_NONE) s->theta[q->design->constant] += shift;
    for (size_t j = 0; j < s->n_cuts; j++)
        s->theta[s->n_slopes + j] = q->start != NULL ? q->start[s->n_slopes + j] - shift : q->start_cuts[j];
}

/* theta = T standardised theta; bread = T (information)^-1 T'. */
static pgdp_status unstandardise(pgdp_ctx *ctx, newton *s, pg_maximum *out)
{
    const size_t p = s->n_terms, k = s->n_slopes;
    const pg_matrix t = pg_matrix_new(&ctx->scratch, p, p), half = pg_matrix_new(&ctx->scratch, p, p);
    const pg_matrix root = pg_matrix_new(&ctx->scratch, p, p);
    if (t.x == NULL || half.x == NULL || root.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, out->bread, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, out->estimate, pg_arena_alloc(&ctx->scratch, p, sizeof *out->estimate));
    for (size_t j = 0; j < p; j++) {
        t.x[j + j * p] = j < k ? 1 / s->scale[j] : 1;
        for (size_t cut = k; cut < p && j < k; cut++)
            t.x[cut + j * p] = s->mean[j] / s->scale[j];
        if (s->problem->design->constant != PGDP_NONE && j < k && !is_constant(s, j))
            t.x[s->problem->design->constant + j * p] = -s->mean[j] / s->scale[j];
        for (size_t i = 0; i <= j; i++)
            root.x[i + j * p] = s->factor[i + j * p];
    }
    pg_times_vector(t, s->theta, out->estimate);
    if (!pg_invert_upper(root)) return refuse(ctx, s, false);
    PG_TRY(pg_condition(ctx, pg_matrix_of(s->factor, p, p), root, &out->condition));
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i <= j; i++)
            root.x[i + j * p] /= s->diagonal[i];
    pg_times(t, root, half);
    pg_times_transposed(half, half, pg_matrix_of(out->bread, p, p));
    pg_copy_upper(pg_matrix_of(out->bread, p, p));
    return PGDP_OK;
}

pgdp_status pg_likelihood_maximise(pgdp_ctx *ctx, const pg_likelihood *problem, pg_maximum *out)
{
    newton s;
    if (problem->lambda <= 0) PG_TRY(pg_collinear_check(ctx, problem->design, problem->n_cuts > 0));
    PG_TRY(newton_new(ctx, problem, &s));
    standardise_start(&s);
    PG_TRY(iterate(ctx, &s));
    PG_TRY(unstandardise(ctx, &s, out));
    out->log_lik = s.value;
    out->iterations = s.iterations + 1;
    /* Rounding of the gradient moves the solution by about u times the condition of the information. */
    const double error = fmax(s.last_step * s.last_step, DBL_EPSILON / 2 * out->condition * out->condition);
    out->digits = fmax(0, -log10(error));
    return PGDP_OK;
}
