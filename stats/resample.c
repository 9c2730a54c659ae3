/* resample.c  What resampling covariances share: resample.h. Source: Efron & Tibshirani (1993), An Introduction to the
 * Bootstrap, ch. 6. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/resample.h"

#include "core/text.h"
#include "stats/cluster.h"
#include "stats/refit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 512 };
static const double most_failures = 0.05;

/* A group's index as given, and its number by first appearance. */
typedef struct numbered {
    size_t index, number;
} numbered;

static int compare_numbered(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Numbers by first appearance to numbers by index, so that the order of rows draws nothing else. */
static pgdp_status rank_groups(pgdp_ctx *ctx, const size_t *index, size_t n_rows, pg_grouping *g)
{
    numbered *list;
    size_t *rank;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, g->n_groups, sizeof *list));
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, g->n_groups, sizeof *rank));
    for (size_t i = 0; i < n_rows; i++)
        list[g->group[i]] = (numbered){ index[i], g->group[i] };
    qsort(list, g->n_groups, sizeof *list, compare_numbered);
    for (size_t r = 0; r < g->n_groups; r++)
        rank[list[r].number] = r;
    for (size_t i = 0; i < n_rows; i++)
        g->group[i] = rank[g->group[i]];
    return PGDP_OK;
}

pgdp_status pg_row_groups_new(pgdp_ctx *ctx, const size_t *index, size_t n_rows, pg_row_groups *out)
{
    pg_grouping g;
    size_t *start, *rows, *next;
    PG_TRY(pg_grouping_new(ctx, index, NULL, n_rows, &g));
    PG_TRY(rank_groups(ctx, index, n_rows, &g));
    PG_TRY_ALLOC(ctx, start, pg_arena_alloc(&ctx->scratch, g.n_groups + 1, sizeof *start));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, g.n_groups, sizeof *next));
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *rows));
    for (size_t i = 0; i < n_rows; i++)
        start[g.group[i] + 1]++;
    for (size_t j = 0; j < g.n_groups; j++) {
        start[j + 1] += start[j];
        next[j] = start[j];
    }
    for (size_t i = 0; i < n_rows; i++)
        rows[next[g.group[i]]++] = i;
    *out = (pg_row_groups){ g.n_groups, g.group, start, rows };
    return PGDP_OK;
}

pgdp_status pg_row_groups_of(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, pg_row_groups *out)
{
    const char *name = fit->covariance->name;
    if (d->cluster == NULL || d->n_clusterings != 1)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance %s was given %zu variables to cluster on, expected one: %s(firm)", name,
                       d->cluster == NULL ? 0 : d->n_clusterings, name);
    PG_TRY(pg_row_groups_new(ctx, d->cluster[0], d->y.n, out));
    if (out->n < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "covariance %s needs at least two clusters; the sample has %zu; choose HC1", name, out->n);
    return PGDP_OK;
}

bool pg_is_least_squares(const pgdp_fit *fit)
{
    return fit->root != NULL && fit->scores == NULL && pg_streq(fit->estimator->name, "ols");
}

pgdp_status pg_effects_are_nested(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, bool *out)
{
    const pgdp_design *d = fit->design;
    *out = true;
    for (size_t e = 0; e < d->n_effects && *out; e++)
        PG_TRY(pg_effect_is_nested(ctx, &d->effects[e], groups->group, d->y.n, out));
    return PGDP_OK;
}

void pg_orthonormal_rows(const pgdp_fit *fit, size_t first, size_t n, double *q, double *e)
{
    const pgdp_design *d = fit->working;
    const size_t k = fit->n_terms;
    const pg_matrix x = pg_matrix_view(d->x.x + first, n, k, fit->n_rows);
    pg_times(x, pg_matrix_view(fit->root, k, k, k), pg_matrix_of(q, n, k));
    for (size_t i = 0; i < n; i++)
        e[i] = fit->score[first + i];
    if (d->weights.n == 0) return;
    for (size_t i = 0; i < n; i++) {
        const double root_weight = sqrt(d->weights.x[first + i]);
        e[i] /= root_weight; /* the score is weight times residual */
        for (size_t j = 0; j < k; j++)
            q[i + j * n] *= root_weight;
    }
}

void pg_unroot(const pgdp_fit *fit, const double *c, double *out)
{
    const size_t k = fit->n_terms;
    for (size_t j = 0; j < k; j++) {
        out[j] = 0;
        for (size_t a = j; a < k; a++)
            out[j] += fit->root[j + a * k] * c[a];
    }
}

void pg_row_products(const pgdp_fit *fit, size_t first, size_t n, double *work, pg_matrix out)
{
    const size_t k = fit->n_terms;
    double *e = work + n * k, *to = out.x;
    pg_orthonormal_rows(fit, first, n, work, e);
    for (size_t b = 0; b <= k; b++) /* the column after the last of Q is e, against all of Q */
        for (size_t a = 0; a <= b && a < k; a++, to += out.stride)
            for (size_t i = 0; i < n; i++)
                to[i] = work[i + a * n] * work[i + b * n];
}

pgdp_status pg_group_products(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, pg_matrix *out)
{
    const size_t k = fit->n_terms, m = pg_n_products(k);
    *out = pg_matrix_new(&ctx->scratch, groups->n, m);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix part = pg_matrix_new(&ctx->scratch, ROWS, m);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, k + 1).x);
    if (out->x == NULL || part.x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        pg_row_products(fit, first, n, work, part);
        for (size_t j = 0; j < m; j++)
            for (size_t i = 0; i < n; i++)
                out->x[groups->group[first + i] + j * groups->n] += part.x[i + j * ROWS];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

void pg_unpack_products(pg_matrix sums, size_t row, size_t k, double *h_square, double *h)
{
    const double *from = sums.x + row;
    for (size_t b = 0; b < k; b++)
        for (size_t a = 0; a <= b; a++, from += sums.stride)
            h_square[a + b * k] = h_square[b + a * k] = *from;
    for (size_t a = 0; a < k; a++, from += sums.stride)
        h[a] = *from;
}

/* n_draws words times range, high halves, rejecting the low ones below 2^32 mod range; to counts or in a row. */
static void draw(pg_random *random, uint32_t range, size_t n_draws, int32_t *counts, uint32_t *indices)
{
    const uint32_t reject = (0u - range) % range;
    uint32_t words[PG_WORDS], kept[PG_WORDS];
    for (size_t n_done = 0; n_done < n_draws;) {
        size_t n = 0;
        pg_random_words(random, words);
        for (size_t i = 0; i < PG_WORDS; i++) {
            const uint64_t product = (uint64_t)words[i] * range;
            kept[n] = (uint32_t)(product >> 32);
            n += (uint32_t)product >= reject;
        }
        n = n < n_draws - n_done ? n : n_draws - n_done;
        for (size_t i = 0; i < n && counts != NULL; i++)
            counts[kept[i]]++;
        if (indices != NULL) memcpy(indices + n_done, kept, n * sizeof *kept);
        n_done += n;
    }
}

void pg_draw_counts(pg_random *random, size_t n, int32_t *counts)
{
    memset(counts, 0, n * sizeof *counts);
    draw(random, (uint32_t)n, n, counts, NULL);
}

void pg_draw_indices(pg_random *random, size_t n, size_t n_draws, uint32_t *out)
{
    draw(random, (uint32_t)n, n_draws, NULL, out);
}

void pg_draw_permutation(pg_random *random, size_t n, size_t *out)
{
    for (size_t i = 0; i < n; i++) {
        const size_t j = pg_random_index(random, i + 1);
        out[i] = out[j];
        out[j] = i;
    }
}

pgdp_status pg_replicates_new(pgdp_ctx *ctx, const pgdp_fit *fit, size_t n, pg_replicates *out)
{
    *out = (pg_replicates){ .n = n, .n_terms = fit->n_terms };
    PG_TRY_ALLOC(ctx, out->deviation, pg_matrix_new(&ctx->scratch, fit->n_terms, n).x);
    PG_TRY_ALLOC(ctx, out->failed, pg_arena_alloc(&ctx->scratch, n, sizeof *out->failed));
    return PGDP_OK;
}

/* The bytes of a block: deviations, then flags, in whole doubles. */
static size_t block_size(size_t n_terms, size_t at_once)
{
    return at_once * n_terms + pg_n_blocks(at_once, sizeof(double));
}

typedef struct spreading {
    const pg_replicate_plan *plan;
    size_t n_terms;
} spreading;

static pgdp_status run_replicates(pgdp_ctx *ctx, void *user, size_t block, void *out)
{
    const spreading *s = user;
    double *deviation = out;
    void *flags = deviation + s->plan->at_once * s->n_terms;
    const pg_replicate_block b = { .range = pg_block_range(s->plan->n, s->plan->at_once, block),
                                   .deviation = deviation,
                                   .failed = flags };
    return s->plan->run(ctx, s->plan->user, &b);
}

/* A block's replicates move to the front over flags that were read: blocks stay in order, nothing is needed twice. */
static void unpack_blocks(const pg_replicate_plan *plan, pg_replicates *r)
{
    const size_t k = r->n_terms, size = block_size(k, plan->at_once);
    for (size_t b = 0; b < pg_n_blocks(plan->n, plan->at_once); b++) {
        const pg_range range = pg_block_range(plan->n, plan->at_once, b);
        const size_t n = range.end - range.first;
        const double *from = r->deviation + b * size;
        memcpy(r->failed + range.first, from + plan->at_once * k, n * sizeof *r->failed);
        memmove(r->deviation + range.first * k, from, n * k * sizeof *from);
    }
}

pgdp_status pg_replicates_spread(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_replicate_plan *plan, pg_replicates *out)
{
    const size_t n_blocks = pg_n_blocks(plan->n, plan->at_once), size = block_size(fit->n_terms, plan->at_once);
    spreading s = { plan, fit->n_terms };
    *out = (pg_replicates){ .n = plan->n, .n_terms = fit->n_terms };
    PG_TRY_ALLOC(ctx, out->deviation, pg_arena_alloc(&ctx->scratch, n_blocks, size * sizeof *out->deviation));
    PG_TRY_ALLOC(ctx, out->failed, pg_arena_alloc(&ctx->scratch, plan->n, sizeof *out->failed));
    PG_TRY(pg_spread(ctx, plan->what, n_blocks, size * sizeof *out->deviation, run_replicates, &s, out->deviation));
    unpack_blocks(plan, out);
    return PGDP_OK;
}

pgdp_status pg_replicates_keep(const pgdp_fit *fit, pgdp_status status, const double *estimate, size_t i,
                               const pg_replicate_block *block)
{
    const size_t k = fit->n_terms;
    block->failed[i] = pg_refit_is_of_data(status);
    if (status != PGDP_OK) return block->failed[i] ? PGDP_OK : status;
    for (size_t j = 0; j < k; j++)
        block->deviation[j + i * k] = estimate[j] - fit->estimate[j];
    return PGDP_OK;
}

pgdp_status pg_replicates_close(pgdp_ctx *ctx, pgdp_fit *fit, pg_replicates *r)
{
    const size_t k = r->n_terms, drawn = r->n;
    size_t kept = 0;
    for (size_t i = 0; i < drawn; i++) {
        if (r->failed[i]) continue;
        memmove(r->deviation + kept * k, r->deviation + i * k, k * sizeof *r->deviation);
        kept++;
    }
    r->n = kept;
    r->n_failed = drawn - kept;
    pg_fit_add_factor(fit, "failed replicates", (double)r->n_failed);
    if ((double)r->n_failed <= most_failures * (double)drawn && kept > 1) return PGDP_OK;
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "covariance %s: %zu of %zu replicates have no estimate (a term or a category was not drawn, or the "
                   "maximum did not exist), at most 5 %% may; leave rare levels out or choose HC1",
                   fit->covariance->name, r->n_failed, drawn);
}

pgdp_status pg_replicates_vcov(pgdp_ctx *ctx, const pg_replicates *r, double factor, pgdp_fit *fit)
{
    const size_t k = r->n_terms;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix about_mean = pg_matrix_new(&ctx->scratch, r->n, k), v = pg_matrix_of(fit->vcov, k, k);
    if (about_mean.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++) {
        double *column = about_mean.x + j * r->n;
        for (size_t i = 0; i < r->n; i++)
            column[i] = r->deviation[j + i * k];
        const double mean = pg_sum(column, r->n) / (double)r->n;
        for (size_t i = 0; i < r->n; i++)
            column[i] -= mean;
    }
    for (size_t i = 0; i < k * k; i++)
        v.x[i] = 0;
    pg_add_gram(about_mean, v);
    for (size_t i = 0; i < k * k; i++)
        v.x[i] *= factor;
    pg_copy_upper(v);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
