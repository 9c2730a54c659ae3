/* moments_data.h  Data with clusters of two kinds, weights and instruments, and comparing two regressions to the last
 * digits. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_MOMENTS_DATA_H
#define PGT_MOMENTS_DATA_H

#include "core/random.h"
#include "pgdp/moments.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rows [first, end) of n: y, x1, x2, d (endogenous), z1, z2, w > 0, n whole, year, state and f in words; every 97th x2
 * is missing. */
static inline pgdp_frame *pgt_moments_frame(pgdp_ctx *ctx, size_t n, size_t first, size_t end)
{
    static const char *const names[] = { "y", "x1", "x2", "d", "z1", "z2", "w", "n", "year", "state", "f" };
    enum { N_COLUMNS = sizeof names / sizeof *names, N_REALS = 9 };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(11, "moments", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < N_COLUMNS; j++) {
        const pgdp_column c = { .name = names[j], .type = j < N_REALS ? PGDP_REAL : PGDP_TEXT };
        size_t at;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &c, &at));
    }
    for (size_t i = 0; i < n; i++) {
        double u[10];
        char text[16];
        pg_random_uniforms(&random, u, 10);
        const size_t state = (size_t)(23 * u[0] * u[0]), year = (size_t)(9 * u[1]);
        const double x1 = 2.5 + u[2] + 0.1 * (double)state, z1 = u[3] - 0.5 + 0.02 * (double)year, z2 = 3 * u[4];
        const double hidden = u[5] - 0.5, d = 1 + z1 + 0.4 * z2 + 0.5 * x1 + hidden, x2 = 5 * u[6] + 0.3 * x1;
        const double y = 0.7 + 1.3 * x1 - 0.4 * x2 + 0.9 * d + 2 * hidden + (u[7] - 0.5) * x1 + 0.05 * (double)state;
        const double row[N_REALS] = {
            y, x1, i % 97 == 5 ? (double)NAN : x2, d, z1, z2, 0.5 + 2 * u[8], 1 + floor(4 * u[9]), 2000 + (double)year
        };
        if (i < first || i >= end) continue;
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < N_REALS; j++)
            pgdp_frame_set_real(frame, j, row[j]);
        (void)snprintf(text, sizeof text, "s%zu", state);
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 9, text, PGDP_NONE));
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 10, (const char *const[]){ "b", "a", "c" }[i % 3], PGDP_NONE));
    }
    return frame;
}

static inline pgdp_status pgt_moments_of_frame(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_moments_spec *spec,
                                               pgdp_moments **out)
{
    pgdp_table *table = NULL;
    pgdp_status status = pgdp_table_of_frame(ctx, frame, &table);
    if (status == PGDP_OK) status = pgdp_moments_new(ctx, table, spec, out);
    pgdp_table_free(table);
    return status;
}

/* Every number of two fits. Estimates to rel of the larger of itself and its standard error. */
static inline void pgt_assert_same_regressions(const pgdp_regression *got, const pgdp_regression *want, double rel)
{
    const pgdp_fit *a = pgdp_regression_fit(got), *b = pgdp_regression_fit(want);
    const pgdp_glance g = pgdp_fit_glance(a), w = pgdp_fit_glance(b);
    assert_int_equal(pgdp_fit_n_terms(a), pgdp_fit_n_terms(b));
    for (size_t j = 0; j < pgdp_fit_n_terms(a); j++) {
        const pgdp_tidy s = pgdp_fit_tidy(a, j, 0.95), t = pgdp_fit_tidy(b, j, 0.95);
        const double size = isnan(t.std_error) ? fabs(t.estimate) : fmax(t.std_error, fabs(t.estimate));
        assert_string_equal(s.term, t.term);
        assert_close(s.estimate, t.estimate, rel, rel * size);
        assert_close(s.std_error, t.std_error, rel, 0);
        assert_close(s.p_value, t.p_value, 100 * rel, 1e-300);
        assert_close(s.conf_low, t.conf_low, rel, rel * size);
        assert_close(s.conf_high, t.conf_high, rel, rel * size);
        assert_close(s.df, t.df, 10 * rel, 0);
    }
    const double got_all[] = { g.r_squared, g.adj_r_squared, g.sigma,       g.log_lik, g.aic,
                               g.bic,       g.nobs,          g.df_residual, g.deviance };
    const double want_all[] = { w.r_squared, w.adj_r_squared, w.sigma,       w.log_lik, w.aic,
                                w.bic,       w.nobs,          w.df_residual, w.deviance };
    for (size_t i = 0; i < sizeof got_all / sizeof *got_all; i++)
        assert_close(got_all[i], want_all[i], rel, i < 2 ? 1e-15 : 0); /* 1 less a ratio: r_squared may be 0 */
    assert_close(g.statistic, w.statistic, 10 * rel, 0);
    for (size_t i = 0, at = 0;; i++, at++) {
        const pgdp_diagnostic s = pgdp_regression_diagnostic(got, i);
        pgdp_diagnostic t = pgdp_regression_diagnostic(want, at);
        if (t.name != NULL && strcmp(t.name, "wooldridge_score") == 0) /* of squares of rows' scores */
            t = pgdp_regression_diagnostic(want, ++at);
        if (s.name == NULL || t.name == NULL) {
            assert_true(s.name == NULL && t.name == NULL);
            return;
        }
        assert_string_equal(s.name, t.name);
        assert_close(s.statistic, t.statistic, 100 * rel, 1e-12);
        assert_close(s.df, t.df, 10 * rel, 0);
        assert_close(s.df2, t.df2, 10 * rel, 0);
    }
}

#endif
