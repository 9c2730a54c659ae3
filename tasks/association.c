/* association.c  Agreement and correlation of two measures, from the categories that their values fall into.
 * Source: Knight (1966), JASA 61, 436-439 (tau-b); Cohen (1960), Educ. Psychol. Meas. 20, 37-46 (kappa).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/association.h"

#include <math.h>
#include <string.h>

/* Complete rows of two measures; categories are the distinct values of both together, from the lowest. */
typedef struct rows_of_two {
    size_t n, n_categories;
    double *x[2];
    size_t *category[2];
    double *count[2]; /* [n_categories] rows of each measure in each category */
} rows_of_two;

/* Values that differ by rounding alone are one: scores are averages of a few quarters. */
static int order_of(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1, fabs(a)) ? 0 : a < b ? -1 : 1;
}

/* Position of value among the sorted distinct ones, or where it would stand. */
static size_t position(const double *distinct, size_t n, double value)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (order_of(distinct[middle], value) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Measures take few values, so inserting each new one costs little. distinct: room for 2 n. */
static void categorise(rows_of_two *r, double *distinct)
{
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < r->n; i++) {
            const size_t at = position(distinct, r->n_categories, r->x[m][i]);
            if (at < r->n_categories && order_of(distinct[at], r->x[m][i]) == 0) continue;
            memmove(distinct + at + 1, distinct + at, (r->n_categories - at) * sizeof *distinct);
            distinct[at] = r->x[m][i];
            r->n_categories++;
        }
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < r->n; i++)
            r->category[m][i] = position(distinct, r->n_categories, r->x[m][i]);
}

static pgdp_status complete_rows(pgdp_ctx *ctx, const double *a, const double *b, size_t n, rows_of_two *r)
{
    double *distinct;
    PG_TRY_ALLOC(ctx, distinct, pg_arena_alloc(&ctx->scratch, 2 * n, sizeof *distinct));
    for (size_t m = 0; m < 2; m++) {
        PG_TRY_ALLOC(ctx, r->x[m], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
        PG_TRY_ALLOC(ctx, r->category[m], pg_arena_alloc(&ctx->scratch, n, sizeof(size_t)));
    }
    for (size_t i = 0; i < n; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        r->x[0][r->n] = a[i];
        r->x[1][r->n++] = b[i];
    }
    categorise(r, distinct);
    for (size_t m = 0; m < 2; m++) {
        PG_TRY_ALLOC(ctx, r->count[m], pg_arena_alloc(&ctx->scratch, r->n_categories, sizeof(double)));
        for (size_t i = 0; i < r->n; i++)
            r->count[m][r->category[m][i]] += 1;
    }
    return PGDP_OK;
}

static double pearson(const double *x, const double *y, size_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += x[i] / (double)n;
        mean_y += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        const double u = x[i] - mean_x, v = y[i] - mean_y;
        xx += u * u;
        yy += v * v;
        xy += u * v;
    }
    return xx > 0 && yy > 0 ? xy / (sqrt(xx) * sqrt(yy)) : (double)NAN;
}

/* Mid-ranks: a category's rows share the mean of the ranks they take up. */
static pgdp_status spearman(pgdp_ctx *ctx, const rows_of_two *r, double *out)
{
    double *rank[2], *middle;
    PG_TRY_ALLOC(ctx, middle, pg_arena_alloc(&ctx->scratch, r->n_categories, sizeof *middle));
    for (size_t m = 0; m < 2; m++) {
        PG_TRY_ALLOC(ctx, rank[m], pg_arena_alloc(&ctx->scratch, r->n, sizeof(double)));
        double below = 0;
        for (size_t k = 0; k < r->n_categories; k++) {
            middle[k] = below + (r->count[m][k] + 1) / 2;
            below += r->count[m][k];
        }
        for (size_t i = 0; i < r->n; i++)
            rank[m][i] = middle[r->category[m][i]];
    }
    *out = pearson(rank[0], rank[1], r->n);
    return PGDP_OK;
}

/* Chance agreement is the sum over values of the product of the two measures' shares of it. */
static double kappa(const rows_of_two *r, double agreement)
{
    const double n = (double)r->n;
    double chance = 0;
    for (size_t k = 0; k < r->n_categories; k++)
        chance += r->count[0][k] / n * (r->count[1][k] / n);
    return chance < 1 ? (agreement - chance) / (1 - chance) : (double)NAN;
}

/* Stable counting sort of rows by one measure. next: room for n_categories. */
static void sort_by(const rows_of_two *r, size_t m, const size_t *from, size_t *next, size_t *to)
{
    size_t start = 0;
    for (size_t k = 0; k < r->n_categories; k++) {
        next[k] = start;
        start += (size_t)r->count[m][k];
    }
    for (size_t i = 0; i < r->n; i++)
        to[next[r->category[m][from[i]]]++] = from[i];
}

/* Merge sort, counting the exchanges: discordant pairs. */
static double exchanges(size_t *b, size_t *spare, size_t n)
{
    if (n < 2) return 0;
    const size_t half = n / 2;
    double count = exchanges(b, spare, half) + exchanges(b + half, spare, n - half);
    size_t i = 0, j = half, k = 0;
    while (i < half && j < n) {
        if (b[j] < b[i]) {
            count += (double)(half - i);
            spare[k++] = b[j++];
        } else {
            spare[k++] = b[i++];
        }
    }
    memcpy(spare + k, b + i, (half - i) * sizeof *b);
    memcpy(b, spare, (k + half - i) * sizeof *b);
    return count;
}

static double half_pairs(double n)
{
    return n * (n - 1) / 2;
}

static double ties(const rows_of_two *r, size_t m)
{
    double sum = 0;
    for (size_t k = 0; k < r->n_categories; k++)
        sum += half_pairs(r->count[m][k]);
    return sum;
}

/* Pairs tied in both, of rows sorted by both. */
static double joint_ties(const rows_of_two *r, const size_t *order)
{
    double sum = 0, run = 1;
    for (size_t i = 1; i <= r->n; i++) {
        const bool tied = i < r->n && r->category[0][order[i]] == r->category[0][order[i - 1]] &&
                          r->category[1][order[i]] == r->category[1][order[i - 1]];
        sum += tied ? 0 : half_pairs(run);
        run = tied ? run + 1 : 1;
    }
    return sum;
}

/* tau-b = (concordant - discordant) / sqrt((all - ties of a)(all - ties of b)). */
static pgdp_status kendall(pgdp_ctx *ctx, const rows_of_two *r, double *out)
{
    size_t *order, *spare, *next;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, r->n, sizeof *order));
    PG_TRY_ALLOC(ctx, spare, pg_arena_alloc(&ctx->scratch, r->n, sizeof *spare));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, r->n_categories, sizeof *next));
    for (size_t i = 0; i < r->n; i++)
        order[i] = i;
    sort_by(r, 1, order, next, spare);
    sort_by(r, 0, spare, next, order);
    const double both = joint_ties(r, order);
    for (size_t i = 0; i < r->n; i++)
        order[i] = r->category[1][order[i]];
    const double all = half_pairs((double)r->n), a = ties(r, 0), b = ties(r, 1);
    const double discordant = exchanges(order, spare, r->n);
    const double concordant = all - a - b + both - discordant, scale = sqrt(all - a) * sqrt(all - b);
    *out = scale > 0 ? (concordant - discordant) / scale : (double)NAN;
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const double *a, const double *b, size_t n, pg_association *out)
{
    rows_of_two r = { .n = 0 };
    PG_TRY(complete_rows(ctx, a, b, n, &r));
    const double none = (double)NAN;
    *out = (pg_association){ (double)r.n, none, none, none, none, none };
    if (r.n == 0) return PGDP_OK;
    double equal = 0;
    for (size_t i = 0; i < r.n; i++)
        equal += r.category[0][i] == r.category[1][i] ? 1 : 0;
    out->agreement = equal / (double)r.n;
    out->kappa = kappa(&r, out->agreement);
    out->pearson = pearson(r.x[0], r.x[1], r.n);
    PG_TRY(spearman(ctx, &r, &out->spearman));
    return kendall(ctx, &r, &out->kendall);
}

pgdp_status pg_associate(pgdp_ctx *ctx, const double *a, const double *b, size_t n, pg_association *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = compute(ctx, a, b, n, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
