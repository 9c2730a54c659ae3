/* scale.c  How time grows: scale quick|full prints curve, size and seconds (the least of three) for rows, columns,
 * levels, models and threads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "bench/made.h"

#include <string.h>
#include <unistd.h>

enum { RUNS = 3, FORMULA_BYTES = 8192, MOST_TERMS = 240, MODEL_TERMS = 15 };

static void write_terms(char *text, size_t k)
{
    size_t n = (size_t)snprintf(text, FORMULA_BYTES, "y ~ x1");
    for (size_t j = 2; j <= k; j++)
        n += (size_t)snprintf(text + n, FORMULA_BYTES - n, " + x%zu", j);
}

static void print_best(pgdp_ctx *ctx, const char *curve, size_t size, const pgdp_frame *frame,
                       const pgdp_regression_spec *spec)
{
    double best = INFINITY;
    for (int r = 0; r < RUNS; r++) {
        pgdp_regression *fit = NULL;
        const double start = bench_seconds();
        if (pgdp_regress(ctx, frame, spec, &fit) != PGDP_OK) {
            fprintf(stderr, "scale: %s %zu: %s\n", curve, size, pgdp_ctx_error(ctx));
            exit(4);
        }
        best = fmin(best, bench_seconds() - start);
        pgdp_regression_free(fit);
    }
    printf("%s\t%zu\t%.6f\n", curve, size, best);
    fflush(stdout);
}

static void by_rows(pgdp_ctx *ctx, size_t unit)
{
    char formula[FORMULA_BYTES];
    write_terms(formula, 10);
    for (size_t n = unit / 64; n <= unit * 4; n *= 4) {
        pgdp_frame *frame = made_frame(ctx, &(made){ .n = n, .k = 10, .n_levels = 100 });
        print_best(ctx, "rows (OLS x 10, HC1)", n, frame,
                   &(pgdp_regression_spec){ .formula = formula, .vcov = "HC1", .diagnostics = "none" });
        pgdp_frame_free(frame);
    }
}

static void by_columns(pgdp_ctx *ctx, size_t unit)
{
    char formula[FORMULA_BYTES];
    pgdp_frame *frame = made_frame(ctx, &(made){ .n = unit / 10, .k = MOST_TERMS, .n_levels = 100 });
    for (size_t k = MOST_TERMS / 16; k <= MOST_TERMS; k *= 2) {
        write_terms(formula, k);
        print_best(ctx, "columns (OLS, HC1)", k, frame,
                   &(pgdp_regression_spec){ .formula = formula, .vcov = "HC1", .diagnostics = "none" });
    }
    pgdp_frame_free(frame);
}

static void by_levels(pgdp_ctx *ctx, size_t unit)
{
    for (size_t levels = unit / 10000; levels <= unit / 10; levels *= 10) {
        pgdp_frame *frame = made_frame(ctx, &(made){ .n = unit, .k = 2, .n_levels = levels });
        print_best(
            ctx, "levels (two-way effects, clustered)", levels, frame,
            &(pgdp_regression_spec){ .formula = "y ~ x1 + x2 | g + h", .vcov = "cluster(g)", .diagnostics = "none" });
        pgdp_frame_free(frame);
    }
}

static void by_threads(pgdp_ctx *ctx, size_t unit, size_t cores)
{
    char formula[FORMULA_BYTES];
    write_terms(formula, 40);
    pgdp_frame *frame = made_frame(ctx, &(made){ .n = unit, .k = 40, .n_levels = 100 });
    for (size_t t = 1; t <= cores; t = t < cores && 2 * t > cores ? cores : 2 * t) {
        pgdp_ctx_set_threads(ctx, t);
        print_best(ctx, "threads (OLS x 40, HC1)", t, frame,
                   &(pgdp_regression_spec){ .formula = formula, .vcov = "HC1", .diagnostics = "none" });
    }
    pgdp_frame_free(frame);
}

/* By the bits of its number. */
static bool has_bit(size_t model, size_t j)
{
    return (model >> (j - 2) & 1) != 0;
}

static double batch_seconds(pgdp_ctx *ctx, const pgdp_frame *frame, size_t n, const char *errors)
{
    pgdp_batch *batch = NULL;
    const double start = bench_seconds();
    if (made_batch(ctx, frame, &(made_models){ n, MODEL_TERMS, has_bit, errors, NULL }, &batch) != PGDP_OK ||
        pgdp_batch_run(ctx, batch) != PGDP_OK) {
        fprintf(stderr, "scale: %zu models: %s\n", n, pgdp_ctx_error(ctx));
        exit(4);
    }
    const double seconds = bench_seconds() - start;
    pgdp_batch_free(batch);
    return seconds;
}

static void by_models(pgdp_ctx *ctx, size_t unit)
{
    static const char *const errors[] = { "cluster(g)", "HC1" };
    pgdp_frame *frame = made_frame(ctx, &(made){ .n = unit / 10, .k = MODEL_TERMS, .n_levels = 1000 });
    for (size_t e = 0; e < 2; e++)
        for (size_t n = 16; n <= 4096; n *= 4)
            printf("models (batch of 15 columns, %s)\t%zu\t%.6f\n", errors[e], n,
                   batch_seconds(ctx, frame, n, errors[e]));
    pgdp_frame_free(frame);
}

int main(int argc, char **argv)
{
    const size_t unit = argc > 1 && strcmp(argv[1], "full") == 0 ? 1000000 : 100000;
    const size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 5;
    pgdp_ctx_set_threads(ctx, cores);
    by_rows(ctx, unit);
    by_columns(ctx, unit);
    by_levels(ctx, unit);
    by_models(ctx, unit);
    by_threads(ctx, unit, cores);
    pgdp_ctx_free(ctx);
    return 0;
}
