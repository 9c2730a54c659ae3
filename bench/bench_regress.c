/* bench_regress.c  Times of least squares by size: name, rows x columns, milliseconds (median of five).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 5, MAX_TERMS = 32 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/** Uniform numbers in [-1, 1) of a fixed sequence. */
static double next_number(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 4503599627370496.0 - 1;
}

static bool time_fit(pgdp_ctx *ctx, const char *vcov, size_t n, size_t k)
{
    static const char *const terms[MAX_TERMS] = { "(Intercept)", "x1", "x2", "x3",  "x4",  "x5",  "x6",
                                                  "x7",          "x8", "x9", "x10", "x11", "x12", "x13" };
    double *x = malloc(n * k * sizeof *x), *y = malloc(n * sizeof *y), ms[RUNS];
    uint64_t state = 2385;
    bool ok = x != NULL && y != NULL;
    for (size_t i = 0; ok && i < n * k; i++)
        x[i] = i < n ? 1 : next_number(&state);
    for (size_t i = 0; ok && i < n; i++)
        y[i] = 2.385 + x[(k - 1) * n + i] + next_number(&state);
    const pgdp_design design = { .y = { y, n }, .x = { x, n, k }, .terms = terms, .constant = 0 };
    for (size_t r = 0; ok && r < RUNS; r++) {
        pgdp_fit *fit = NULL;
        const double start = now_ms();
        ok = pgdp_fit_new(ctx, "ols", vcov, &design, NULL, &fit) == PGDP_OK;
        ms[r] = now_ms() - start;
        pgdp_fit_free(fit);
    }
    if (ok) {
        qsort(ms, RUNS, sizeof *ms, compare);
        printf("ols %-4s %8zu x %-3zu %10.3f ms\n", vcov, n, k, ms[RUNS / 2]);
    } else {
        fprintf(stderr, "ols %s %zu x %zu: %s\n", vcov, n, k, pgdp_ctx_error(ctx));
    }
    free(x);
    free(y);
    return ok;
}

int main(void)
{
    static const size_t rows[] = { 100, 10000, 1000000 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    bool ok = ctx != NULL;
    for (size_t i = 0; ok && i < sizeof rows / sizeof rows[0]; i++)
        ok = time_fit(ctx, "iid", rows[i], 10) && time_fit(ctx, "HC1", rows[i], 10);
    pgdp_ctx_free(ctx);
    return ok ? 0 : 1;
}
