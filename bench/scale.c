/* scale.c  How time grows: scale quick|full prints curve, size and seconds (the least of three) for rows, columns,
 * levels, models and threads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/columns.h"
#include "pgdp/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 3, NAME_BYTES = 24, FORMULA_BYTES = 8192, MOST_TERMS = 240 };

static double uniform(uint64_t i, uint64_t j)
{
    uint64_t z = (i * 1024 + j + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* y x1 ... xk, and g and h of so many levels. */
static pgdp_frame *make_frame(pgdp_ctx *ctx, size_t n, size_t k, size_t n_levels)
{
    pgdp_frame *frame;
    size_t index;
    if (pgdp_frame_new(ctx, &frame) != PGDP_OK) exit(5);
    for (size_t j = 0; j < k + 3; j++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "x%zu", j);
        const char *own = j == 0 ? "y" : j == k + 1 ? "g" : j == k + 2 ? "h" : name;
        if (pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = own, .type = PGDP_REAL }, &index) != PGDP_OK)
            exit(5);
    }
    for (size_t i = 0; i < n; i++) {
        double y = uniform(i, 900);
        if (pgdp_frame_add_row(ctx, frame) != PGDP_OK) exit(5);
        for (size_t j = 1; j <= k; j++) {
            const double x = uniform(i, j);
            y += x / (double)j;
            pgdp_frame_set_real(frame, j, x);
        }
        pgdp_frame_set_real(frame, k + 1, floor(uniform(i, 901) * (double)n_levels));
        pgdp_frame_set_real(frame, k + 2, floor(uniform(i, 902) * 1000));
        pgdp_frame_set_real(frame, 0, y);
    }
    return frame;
}

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
        pgdp_frame *frame = make_frame(ctx, n, 10, 100);
        print_best(ctx, "rows (OLS x 10, HC1)", n, frame,
                   &(pgdp_regression_spec){ .formula = formula, .vcov = "HC1", .diagnostics = "none" });
        pgdp_frame_free(frame);
    }
}

static void by_columns(pgdp_ctx *ctx, size_t unit)
{
    char formula[FORMULA_BYTES];
    pgdp_frame *frame = make_frame(ctx, unit / 10, MOST_TERMS, 100);
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
        pgdp_frame *frame = make_frame(ctx, unit, 2, levels);
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
    pgdp_frame *frame = make_frame(ctx, unit, 40, 100);
    for (size_t t = 1; t <= cores; t = t < cores && 2 * t > cores ? cores : 2 * t) {
        pgdp_ctx_set_threads(ctx, t);
        print_best(ctx, "threads (OLS x 40, HC1)", t, frame,
                   &(pgdp_regression_spec){ .formula = formula, .vcov = "HC1", .diagnostics = "none" });
    }
    pgdp_frame_free(frame);
}

/* A batch of n models: all but the bits of their numbers are the same terms. */
static double batch_seconds(pgdp_ctx *ctx, const pgdp_frame *frame, size_t n, const char *errors)
{
    enum { BITS = 14, TEXT_BYTES = 128 };
    char(*texts)[TEXT_BYTES] = calloc(n, sizeof *texts);
    pgdp_batch_option *controls = calloc(n, sizeof *controls);
    pgdp_batch *batch = NULL;
    if (texts == NULL || controls == NULL) exit(5);
    for (size_t m = 0; m < n; m++) {
        size_t at = 0;
        for (size_t j = 0; j < BITS; j++)
            if ((m >> j & 1) != 0)
                at += (size_t)snprintf(texts[m] + at, TEXT_BYTES - at, "%sx%zu", at > 0 ? " + " : "", j + 2);
        controls[m] = (pgdp_batch_option){ .text = m > 0 ? texts[m] : NULL };
    }
    const pgdp_batch_option outcome = { .text = "y" }, focal = { .text = "x1" }, vcov = { .text = errors };
    pgdp_batch_request request = { .choices[PGDP_BATCH_OUTCOME] = { &outcome, 1 },
                                   .choices[PGDP_BATCH_FOCAL] = { &focal, 1 },
                                   .choices[PGDP_BATCH_CONTROLS] = { controls, n },
                                   .choices[PGDP_BATCH_VCOV] = { &vcov, 1 } };
    const double start = bench_seconds();
    if (pgdp_batch_new(ctx, frame, &request, &batch) != PGDP_OK || pgdp_batch_run(ctx, batch) != PGDP_OK) {
        fprintf(stderr, "scale: %zu models: %s\n", n, pgdp_ctx_error(ctx));
        exit(4);
    }
    const double seconds = bench_seconds() - start;
    pgdp_batch_free(batch);
    free(controls);
    free(texts);
    return seconds;
}

static void by_models(pgdp_ctx *ctx, size_t unit)
{
    static const char *const errors[] = { "cluster(g)", "HC1" };
    pgdp_frame *frame = make_frame(ctx, unit / 10, 15, 1000);
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
