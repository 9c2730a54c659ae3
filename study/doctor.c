/* doctor.c  Is this machine fit to compute? Exact and certified problems through the libraries in use.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/number.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/study.h"

#include <math.h>
#include <string.h>

/** One test: what it is, and how far the answer is from the known one. */
typedef struct self_test {
    const char *name;
    double tolerance;
    pgdp_status (*error_of)(pgdp_ctx *ctx, double *error); /**< 0 when exact */
} self_test;

/** NIST StRD Longley: certified coefficients, condition about 1e10; data and values: public domain. */
static pgdp_status longley_error(pgdp_ctx *ctx, double *error)
{
    enum { N = 16, K = 7 };
    static const double y[N] = { 60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761,
                                 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551 };
    static const double x[K * N] = {
        1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,
        1,      1,      83.0,   88.5,   88.2,   89.5,   96.2,   98.1,   99.0,   100.0,  101.2,  104.6,  108.4,  110.8,
        112.6,  114.2,  115.7,  116.9,  234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180,
        442769, 444546, 482704, 502601, 518173, 554894, 2356,   2325,   3682,   3351,   2099,   1932,   1870,   3578,
        2904,   2822,   2936,   4681,   3813,   3931,   4806,   4007,   1590,   1456,   1616,   1650,   3099,   3594,
        3547,   3350,   3048,   2857,   2798,   2637,   2552,   2514,   2572,   2827,   107608, 108632, 109773, 110929,
        112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081, 1947,   1948,
        1949,   1950,   1951,   1952,   1953,   1954,   1955,   1956,   1957,   1958,   1959,   1960,   1961,   1962,
    };
    static const double certified[K] = { -3482258.63459582, 15.0618722713733,  -0.358191792925910E-01,
                                         -2.02022980381683, -1.03322686717359, -0.511041056535807E-01,
                                         1829.15146461355 };
    static const char *const terms[K] = {
        "(Intercept)", "deflator", "gnp", "unemployed", "forces", "population", "year"
    };
    const pgdp_design design = { .y = { y, N }, .x = { x, N, K }, .terms = terms, .constant = 0 };
    pgdp_fit *fit = NULL;
    PG_TRY(pgdp_fit_new(ctx, "ols", "iid", &design, NULL, &fit));
    const pgdp_vec b = pgdp_fit_estimate(fit);
    *error = 0;
    for (size_t j = 0; j < K; j++)
        *error = fmax(*error, fabs(b.x[j] / certified[j] - 1));
    pgdp_fit_free(fit);
    return PGDP_OK;
}

/** A regression of integers whose answer is exact: y = 3 + 2 x - 5 z without error. */
static pgdp_status exact_error(pgdp_ctx *ctx, double *error)
{
    enum { N = 257, K = 3 };
    double x[K * N], y[N];
    static const double truth[K] = { 3, 2, -5 };
    static const char *const terms[K] = { "(Intercept)", "x", "z" };
    for (size_t i = 0; i < N; i++) {
        x[i] = 1;
        x[N + i] = (double)(i % 17);
        x[2 * N + i] = (double)(i * i % 23);
        y[i] = truth[0] + truth[1] * x[N + i] + truth[2] * x[2 * N + i];
    }
    const pgdp_design design = { .y = { y, N }, .x = { x, N, K }, .terms = terms, .constant = 0 };
    pgdp_fit *fit = NULL;
    PG_TRY(pgdp_fit_new(ctx, "ols", "iid", &design, NULL, &fit));
    *error = 0;
    for (size_t j = 0; j < K; j++)
        *error = fmax(*error, fabs(pgdp_fit_estimate(fit).x[j] / truth[j] - 1));
    pgdp_fit_free(fit);
    return PGDP_OK;
}

/** Tails that common libraries lose: t with one degree of freedom is exact; F with many against chi-square's limit. */
static pgdp_status tails_error(pgdp_ctx *ctx, double *error)
{
    (void)ctx;
    const double cauchy = 0.25;                  /* P(t1 > 1) */
    const double normal = 7.619853024160526e-24; /* P(Z > 10); Abramowitz & Stegun 26.2 with more digits */
    const double exponential = exp(-300);        /* P(chi-square with 2 df > 600) */
    *error = fabs(pgdp_t_upper(1, 1) / cauchy - 1);
    *error = fmax(*error, fabs(pgdp_normal_upper(10) / normal - 1));
    *error = fmax(*error, fabs(pgdp_chisq_upper(600, 2) / exponential - 1));
    return PGDP_OK;
}

/** Philox4x32-10 known answer: counter and key all ones (Random123's published vectors). */
static pgdp_status random_error(pgdp_ctx *ctx, double *error)
{
    (void)ctx;
    static const uint32_t counter[4] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX };
    static const uint32_t key[2] = { UINT32_MAX, UINT32_MAX };
    static const uint32_t answer[4] = { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd };
    uint32_t out[4];
    pg_philox4x32_10(counter, key, out);
    *error = memcmp(out, answer, sizeof answer) == 0 ? 0 : 1;
    return PGDP_OK;
}

/** Numbers must survive the way to text and back, whatever the locale. */
static pgdp_status text_error(pgdp_ctx *ctx, double *error)
{
    (void)ctx;
    static const double numbers[] = { 0.1, 1.0 / 3, 2.5e-324, 1.7976931348623157e308, -1234.5678, 1e23 };
    char text[PG_NUMBER_SIZE];
    *error = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        double back = 0;
        pg_number_format(numbers[i], text);
        if (!pg_number_parse(text, strlen(text), &back) || back < numbers[i] || back > numbers[i]) *error = 1;
    }
    return PGDP_OK;
}

static const self_test tests[] = {
    { "least squares, exact integers", 1e-14, exact_error },
    { "least squares, NIST Longley (certified)", 1e-11, longley_error },
    { "tails of t, normal and chi-square", 1e-13, tails_error },
    { "Philox4x32-10, known answer", 0, random_error },
    { "numbers to text and back", 0, text_error },
};
enum { N_TESTS = sizeof tests / sizeof tests[0] };

/** What each test gave. */
typedef struct outcome {
    double error[N_TESTS];
    bool passed[N_TESTS];
    size_t n_failed;
} outcome;

static void run_tests(pgdp_ctx *ctx, outcome *out)
{
    out->n_failed = 0;
    for (size_t i = 0; i < N_TESTS; i++) {
        out->error[i] = INFINITY;
        const pgdp_status status = tests[i].error_of(ctx, &out->error[i]);
        out->passed[i] = status == PGDP_OK && out->error[i] <= tests[i].tolerance;
        out->n_failed += out->passed[i] ? 0 : 1;
    }
}

static pgdp_status say(pgdp_ctx *ctx, const outcome *o, const pgdp_sink *sink)
{
    pg_text text;
    char error[PG_NUMBER_SIZE];
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "pgdp %s\n%s\n", pgdp_version(), pgdp_build_info(ctx));
    for (size_t i = 0; i < N_TESTS; i++) {
        pg_number_significant(o->error[i], 2, error);
        pg_text_addf(&text, "%s  %-42s relative error %s\n", o->passed[i] ? "ok  " : "FAIL", tests[i].name, error);
    }
    return text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
}

static pgdp_status say_json(pgdp_ctx *ctx, const outcome *o, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.doctor/1");
    pg_json_key_string(&json, "version", pgdp_version());
    pg_json_key_string(&json, "build", pgdp_build_info(ctx));
    pg_json_key(&json, "tests");
    pg_json_array(&json);
    for (size_t i = 0; i < N_TESTS; i++) {
        pg_json_object(&json);
        pg_json_key_string(&json, "name", tests[i].name);
        pg_json_key_real(&json, "error", o->error[i]);
        pg_json_key_real(&json, "tolerance", tests[i].tolerance);
        pg_json_key_bool(&json, "passed", o->passed[i]);
        pg_json_object_end(&json);
    }
    pg_json_array_end(&json);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

pgdp_status pgdp_doctor(pgdp_ctx *ctx, bool as_json, const pgdp_sink *sink)
{
    outcome o;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    run_tests(ctx, &o);
    pgdp_status status = as_json ? say_json(ctx, &o, sink) : say(ctx, &o, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK && o.n_failed > 0)
        status = pg_fail(ctx, PGDP_NUMERICAL, "%zu of %d self-tests failed: do not trust results of this machine",
                         o.n_failed, (int)N_TESTS);
    return status;
}
