/* designs.c  Designs for tests of estimators: designs.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/designs.h"

#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[PGT_MAX_TERMS] = { "(Intercept)", "x1", "x2", "x3", "x4",  "x5",
                                                  "x6",          "x7", "x8", "x9", "x10", "x11" };

pgt_design pgt_design_new(size_t n, size_t n_terms, uint32_t seed)
{
    pg_random random = pg_random_stream(seed, "design", 0);
    pgt_design t = { .y = calloc(n + 1, sizeof *t.y), .x = calloc(n * n_terms + 1, sizeof *t.x) };
    t.w = calloc(n + 1, sizeof *t.w);
    t.cluster = calloc(n + 1, sizeof *t.cluster);
    t.other = calloc(n + 1, sizeof *t.other);
    t.clusters = calloc(2, sizeof *t.clusters);
    t.clusters[0] = t.cluster;
    t.clusters[1] = t.other;
    for (size_t i = 0; i < n; i++) {
        double mean = 0;
        for (size_t j = 0; j < n_terms; j++) {
            const double z = pg_random_normal(&random);
            t.x[i + j * n] = j == 0 ? 1 : 2.385 * (double)j + (1 + (double)j / 3) * z;
            mean += t.x[i + j * n] * (0.75 - 0.3 * (double)j);
        }
        const double spread = n_terms > 1 ? 0.5 + 0.25 * fabs(t.x[i + n]) : 1;
        t.y[i] = mean + spread * pg_random_normal(&random);
        t.w[i] = 0.5 + 2 * pg_random_uniform(&random);
        t.cluster[i] = pg_random_index(&random, 17);
        t.other[i] = pg_random_index(&random, 11);
    }
    t.d = (pgdp_design){
        .y = { t.y, n }, .x = { t.x, n, n_terms }, .terms = names, .constant = 0, .cluster = t.clusters
    };
    return t;
}

void pgt_design_free(pgt_design *t)
{
    free(t->y);
    free(t->x);
    free(t->w);
    free(t->cluster);
    free(t->other);
    free(t->clusters);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void pgt_make_categories(pgt_design *t, size_t n_categories)
{
    const size_t n = t->d.y.n;
    double *sorted = calloc(n, sizeof *sorted);
    memcpy(sorted, t->y, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0; i < n; i++) {
        double category = 0;
        for (size_t c = 1; c < n_categories; c++)
            category += t->y[i] > sorted[c * c * n / (n_categories * n_categories)]; /* uneven shares */
        t->y[i] = category;
    }
    free(sorted);
}

void pgt_drop_constant(pgt_design *t)
{
    t->d.x = (pgdp_mat){ t->x + t->d.y.n, t->d.y.n, t->d.x.n_cols - 1 };
    t->d.terms++;
    t->d.constant = PGDP_NONE;
}

void pgt_use_weights(pgt_design *t, pgdp_weights kind)
{
    t->d.weights = (pgdp_vec){ t->w, t->d.y.n };
    t->d.weight_kind = kind;
    for (size_t i = 0; i < t->d.y.n && kind == PGDP_FREQUENCY; i++)
        t->w[i] = ceil(t->w[i]);
}

static void permute(double *x, size_t n)
{
    double *copy = calloc(n, sizeof *copy);
    memcpy(copy, x, n * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        x[i] = copy[(7 * i + 3) % n];
    free(copy);
}

void pgt_permute(pgt_design *t)
{
    const size_t n = t->d.y.n;
    const size_t n_columns = t->d.x.n_cols + (t->d.constant == PGDP_NONE);
    permute(t->y, n);
    permute(t->w, n);
    for (size_t j = 0; j < n_columns; j++)
        permute(t->x + j * n, n);
}
