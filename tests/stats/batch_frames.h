/* batch_frames.h  A table for tests of batches: outcomes, controls with holes, factors, clusters, weights.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_BATCH_FRAMES_H
#define PGT_BATCH_FRAMES_H

#include "core/random.h"
#include "pgdp/batch.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

/* y, y2 (y with holes), x1 ... x6 (x5, x6 with holes), dup = x1 + x2, z1, z2, p endogenous, fw, aw (some 0), year,
 * firm (some alone), g and h clusters; f a text of four levels, s one with holes and a level of few rows; few: 0 but in
 * three rows. */
enum { PGT_BATCH_REALS = 19 };
static const char *const pgt_batch_reals[PGT_BATCH_REALS] = { "y",    "y2",   "x1", "x2", "x3",  "x4", "x5",
                                                              "x6",   "dup",  "z1", "z2", "p",   "fw", "aw",
                                                              "year", "firm", "g",  "h",  "many" };

static inline void pgt_batch_row_of(pg_random *r, size_t i, size_t n, double *v)
{
    double x[6];
    for (size_t j = 0; j < 6; j++)
        x[j] = 2.385 * (double)j + pg_random_normal(r) * (1 + (double)j / 3);
    x[2] += x[0] / 2;
    const double z1 = pg_random_normal(r), z2 = pg_random_normal(r), u = pg_random_normal(r);
    const double firm = (double)pg_random_index(r, n / 12 + 1), year = 2001 + (double)pg_random_index(r, 6);
    const double g = (double)pg_random_index(r, 17), h = (double)pg_random_index(r, 11);
    const double p = z1 + z2 / 2 + u + x[1] / 4;
    const double e = u + pg_random_normal(r) * (1 + fabs(x[0])) + sin(3 * g) + cos(5 * h) + firm / 30;
    const double y = 1.7 + x[0] / 3 - x[1] / 5 + p / 2 + (year - 2003) / 3 + e;
    const double hole = pg_random_uniform(r),
                 values[PGT_BATCH_REALS] = { y,
                                             hole < 0.04 ? (double)NAN : y * y / 10,
                                             x[0],
                                             x[1],
                                             x[2],
                                             x[3],
                                             hole > 0.9 ? (double)NAN : x[4],
                                             hole > 0.85 && hole < 0.93 ? (double)NAN : x[5],
                                             x[0] + x[1],
                                             z1,
                                             z2,
                                             p,
                                             1 + (double)pg_random_index(r, 4),
                                             i % 29 == 0 ? 0 : 0.5 + 2 * pg_random_uniform(r),
                                             year,
                                             firm,
                                             g,
                                             h,
                                             (double)pg_random_index(r, n / 2) };
    for (size_t j = 0; j < PGT_BATCH_REALS; j++)
        v[j] = values[j];
}

/* n rows, freed by pgdp_frame_free(). */
static inline pgdp_frame *pgt_batch_frame(pgdp_ctx *ctx, size_t n, uint32_t seed)
{
    static const char *const levels[] = { "north", "south", "east", "west" };
    pgdp_frame *frame;
    static const char *const holes[] = { "a", "b", NULL, "c", "a", "b", "b" };
    size_t at[PGT_BATCH_REALS], f, s, few;
    double v[PGT_BATCH_REALS];
    pg_random r = pg_random_stream(seed, "batch", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < PGT_BATCH_REALS; j++) {
        const pgdp_column c = { .name = pgt_batch_reals[j], .type = PGDP_REAL };
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &c, &at[j]));
    }
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "f", .type = PGDP_TEXT }, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "s", .type = PGDP_TEXT }, &s));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "few", .type = PGDP_REAL }, &few));
    for (size_t i = 0; i < n; i++) {
        pgt_batch_row_of(&r, i, n, v);
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < PGT_BATCH_REALS; j++)
            pgdp_frame_set_real(frame, at[j], v[j]);
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, f, levels[pg_random_index(&r, 4)], PGDP_NONE));
        const char *level = i % 97 == 0 ? "d" : holes[i * 3 % 7];
        if (level != NULL) assert_ok(ctx, pgdp_frame_set_text(ctx, frame, s, level, PGDP_NONE));
        pgdp_frame_set_real(frame, few, i % (n / 3 + 1) == 0 ? 1.5 + (double)i : 0);
    }
    return frame;
}

/* Options from texts, each its own name. */
static inline pgdp_batch_options pgt_batch_options(pgdp_batch_option *items, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        items[i] = (pgdp_batch_option){ .text = texts[i] };
    return (pgdp_batch_options){ items, n };
}

#endif
