/* coverage.h  How often a covariance's interval holds the true slope, over seeded data sets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_COVERAGE_H
#define PGT_COVERAGE_H

#include "core/random.h"
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { PGT_DATA_SETS = 2000, PGT_MOST_ROWS = 1024, PGT_COVERAGE_TERMS = 3 };
static const double pgt_slope = 0.75;

/** One data set: a constant, x1 (whose slope is watched) and x2. */
typedef struct pgt_sample {
    size_t n;
    double y[PGT_MOST_ROWS], x[PGT_COVERAGE_TERMS * PGT_MOST_ROWS];
    size_t a[PGT_MOST_ROWS], b[PGT_MOST_ROWS]; /**< clusterings */
    int32_t period[PGT_MOST_ROWS];
    double lat[PGT_MOST_ROWS], lon[PGT_MOST_ROWS];
} pgt_sample;

/** A design and a covariance. A valid one covers 0.95 but for the noise of R data sets: sd sqrt(0.95 0.05 / R) =
 * 0.0049, taken 3.5 times. One that is known not to has a stored band about what was once measured, as wide. */
typedef struct pgt_cell {
    const char *vcov;
    void (*draw)(pg_random *random, pgt_sample *s);
    size_t n_clusterings;
    bool panel;      /**< entities are clustering a, periods are periods */
    double expected; /**< 0.95 where the method is valid in the design; else as measured, and the comment says why */
} pgt_cell;

/* Rows of a sample as a design; three columns of n rows. */
static inline pgdp_design pgt_sample_design(const pgt_sample *s, const pgt_cell *cell, const size_t **clusters,
                                            const double **columns)
{
    static const char *const terms[] = { "(Intercept)", "x1", "x2" };
    clusters[0] = s->a;
    clusters[1] = s->b;
    columns[0] = s->lat;
    columns[1] = s->lon;
    return (pgdp_design){ .y = { s->y, s->n },
                          .x = { s->x, s->n, PGT_COVERAGE_TERMS },
                          .terms = terms,
                          .constant = 0,
                          .cluster = clusters,
                          .n_clusterings = cell->n_clusterings,
                          .entity = cell->panel ? s->a : NULL,
                          .period = cell->panel ? s->period : NULL,
                          .columns = columns,
                          .n_columns = 2 };
}

/* Does the interval of x1 hold its slope? */
static inline bool pgt_covers(pgdp_ctx *ctx, const pgt_sample *s, const pgt_cell *cell)
{
    const size_t *clusters[2];
    const double *columns[2];
    const pgdp_design d = pgt_sample_design(s, cell, clusters, columns);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", cell->vcov, &d, NULL, &fit));
    const double b = fit->estimate[1], se = sqrt(fit->vcov[1 + PGT_COVERAGE_TERMS]);
    const double width = se * pgdp_t_upper_quantile(0.025, fit->term_df != NULL ? fit->term_df[1] : fit->vcov_df);
    const double low = fit->conf_low != NULL ? fit->conf_low[1] : b - width;
    const double high = fit->conf_high != NULL ? fit->conf_high[1] : b + width;
    pgdp_fit_free(fit);
    return low <= pgt_slope && pgt_slope <= high;
}

/** Data set r of a design is the same for every covariance. */
static inline void pgt_check_coverage(const pgt_cell *cell, const char *job)
{
    static pgt_sample s;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t n_covered = 0;
    for (uint32_t r = 0; r < PGT_DATA_SETS; r++) {
        pg_random random = pg_random_stream(20260101, job, r);
        cell->draw(&random, &s);
        n_covered += pgt_covers(ctx, &s, cell);
    }
    pgdp_ctx_free(ctx);
    const double share = (double)n_covered / PGT_DATA_SETS;
    const double sd = sqrt(cell->expected * (1 - cell->expected) / PGT_DATA_SETS);
    print_message("%-28s %-12s covers %.4f, expected %.3f +- %.4f\n", cell->vcov, job, share, cell->expected, 3.5 * sd);
    assert_close(share, cell->expected, 0, 3.5 * sd);
}

static inline void pgt_check_cells(const pgt_cell *cells, size_t n, const char *job)
{
    for (size_t i = 0; i < n; i++)
        pgt_check_coverage(&cells[i], job);
}

/** Fill the columns of row i and its outcome. */
static inline void pgt_put(pgt_sample *s, size_t i, double x1, double x2, double error)
{
    s->x[i] = 1;
    s->x[i + s->n] = x1;
    s->x[i + 2 * s->n] = x2;
    s->y[i] = 2 + pgt_slope * x1 - 0.3 * x2 + error;
}

#endif
