/* stream_frames.h  A table of several blocks with everything a formula by blocks may name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_STREAM_FRAMES_H
#define PGT_STREAM_FRAMES_H

#include "core/frame.h"
#include "core/random.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

/** Normal, to four decimals as data are. */
static inline double pgt_stream_normal(pg_random *random)
{
    return round(1e4 * pg_random_normal(random)) / 1e4;
}

/** n rows: y, x1 (mean 1000), x2, x3 (exp(x3) may be asked for), p endogenous with instruments z1, z2; f a text factor
 * whose last level first appears in the last row, h and year numeric ones; g clusters; w weights with zeros, k counts;
 * some cells missing. */
static inline pgdp_frame *pgt_stream_frame(pgdp_ctx *ctx, size_t n)
{
    static const char *const reals[] = { "y", "x1", "x2", "x3", "p", "z1", "z2", "h", "year", "g", "w", "k" };
    enum { Y, X1, X2, X3, P, Z1, Z2, H, YEAR, G, W, K, N_REALS };
    pg_random random = pg_random_stream(4, "stream", 0);
    pgdp_frame *frame;
    double *c[N_REALS];
    size_t index, text;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < N_REALS; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = reals[j] }, &index));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "f", .type = PGDP_TEXT }, &text));
    assert_ok(ctx, pg_frame_add_rows(ctx, frame, n));
    for (size_t j = 0; j < N_REALS; j++)
        c[j] = pg_frame_edit_reals(frame, j);
    uint32_t *codes = pg_frame_edit_codes(frame, text);
    for (size_t i = 0; i < n; i++) {
        char level[16];
        const double u = pgt_stream_normal(&random);
        c[X1][i] = 1000 + pgt_stream_normal(&random);
        c[X2][i] = pgt_stream_normal(&random) + 0.4 * (c[X1][i] - 1000);
        c[X3][i] = 2.385 + pgt_stream_normal(&random);
        c[Z1][i] = pgt_stream_normal(&random);
        c[Z2][i] = 50 + pgt_stream_normal(&random);
        c[P][i] = 0.5 * c[Z1][i] + 0.3 * c[Z2][i] + 0.6 * u + pgt_stream_normal(&random);
        c[H][i] = floor(7 * pow(pg_random_uniform(&random), 2)) - 3;
        c[YEAR][i] = 2000 + floor(12 * pg_random_uniform(&random));
        c[G][i] = 17 * floor(40 * pg_random_uniform(&random));
        c[W][i] = i % 97 == 5 ? 0 : 0.5 + round(200 * pg_random_uniform(&random)) / 100;
        c[K][i] = 1 + floor(3 * pg_random_uniform(&random));
        c[Y][i] = 0.7 * c[X1][i] - 0.2 * c[X2][i] + 0.1 * c[H][i] * c[X3][i] + 0.3 * c[P][i] +
                  u * (1 + 0.3 * fabs(c[X2][i])) + 0.1 * cos(c[G][i]);
        (void)snprintf(level, sizeof level, "l%d", i + 1 == n ? 0 : (int)(1 + 4 * pg_random_uniform(&random)));
        assert_ok(ctx, pg_frame_intern(ctx, frame, text, level, PGDP_NONE, &codes[i]));
        if (i % 101 == 7) c[X2][i] = (double)NAN;
        if (i % 211 == 9) codes[i] = PGDP_NO_CODE;
    }
    return frame;
}

/** Terms, estimates, standard errors and degrees of freedom of one fit are those of another. */
static inline void pgt_check_lines(const pgdp_fit *got, const pgdp_fit *want, double rel)
{
    assert_int_equal(pgdp_fit_n_terms(got), pgdp_fit_n_terms(want));
    for (size_t j = 0; j < pgdp_fit_n_terms(want); j++) {
        const pgdp_tidy a = pgdp_fit_tidy(got, j, 0.95), b = pgdp_fit_tidy(want, j, 0.95);
        assert_string_equal(a.term, b.term);
        assert_close(a.estimate, b.estimate, rel, rel * b.std_error);
        assert_close(a.std_error, b.std_error, rel, 0);
        assert_close(a.df, b.df, 0, 0);
    }
}

#endif
