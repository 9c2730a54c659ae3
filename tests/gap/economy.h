/* economy.h  Economies that several tests share: the golden one of the methodology, and random ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_ECONOMY_H
#define PGT_ECONOMY_H

#include <math.h>

#include "core/random.h"
#include "pgdp/gap.h"

enum { PGT_MAX_CELLS = 12, PGT_MAX_NEWS = 4 };
typedef struct pgt_economy {
    pgdp_gap_cell cells[PGT_MAX_CELLS];
    pgdp_gap_new_task news[PGT_MAX_NEWS];
    size_t n_cells, n_news;
} pgt_economy;

/** A cell that is sold, passes everything on, faces no cap and a right human deflator. */
static inline pgdp_gap_cell pgt_cell(const char *name, double v0, double u, double r, double e, double lam)
{
    return (pgdp_gap_cell){ .name = name,
                            .v0 = v0,
                            .u = u,
                            .r = r,
                            .k = 1,
                            .e = e,
                            .rho = 1,
                            .priced = true,
                            .lam = lam,
                            .p_h = 1,
                            .d_h = 1,
                            .q_max = INFINITY };
}

/** Methodology 5.4. */
static inline pgt_economy pgt_golden(void)
{
    pgt_economy g = { .n_cells = 5, .n_news = 1 };
    g.cells[0] = pgt_cell("A", 100, .4, .25, .5, 0);
    g.cells[0].p_h = 1.05;
    g.cells[0].d_h = 1.10;
    g.cells[1] = pgt_cell("B", 200, .25, .10, .3, .5);
    g.cells[1].k = .9;
    g.cells[1].rho = .8;
    g.cells[1].p_h = g.cells[1].d_h = 1.02;
    g.cells[2] = pgt_cell("C", 50, .6, .2, 1.2, 0);
    g.cells[2].k = 1.1;
    g.cells[2].priced = false;
    g.cells[3] = pgt_cell("D", 80, .5, .05, .5, 0);
    g.cells[3].rho = 0;
    g.cells[4] = pgt_cell("E", 70, 0, 1, 1, 0);
    g.news[0] = (pgdp_gap_new_task){ .name = "new", .p_star = .4, .p1 = .002, .q = 30, .theta = 1, .d = 1 };
    return g;
}

static inline double pgt_between(pg_random *random, double lo, double hi)
{
    return lo + (hi - lo) * pg_random_uniform(random);
}

/** Between lo and hi, and in a fifth of the draws each exactly lo or hi. */
static inline double pgt_corner(pg_random *random, double lo, double hi)
{
    const double where = pg_random_uniform(random), inside = pgt_between(random, lo, hi);
    return where < .2 ? lo : where > .8 ? hi : inside;
}

/** Anything that is allowed: sold and in house, captured, capped, badly deflated, worse than people, new tasks. */
static inline pgt_economy pgt_random_economy(uint32_t replicate)
{
    pg_random random = pg_random_stream(2718281828u, "economy", replicate);
    pgt_economy g = { .n_cells = 1 + pg_random_index(&random, PGT_MAX_CELLS),
                      .n_news = pg_random_index(&random, PGT_MAX_NEWS + 1) };
    for (size_t i = 0; i < g.n_cells; i++)
        g.cells[i] = (pgdp_gap_cell){
            .name = "random",
            .v0 = pgt_between(&random, 7.3, 913.7),
            .u = pgt_corner(&random, 0, 1),
            .r = exp(pgt_between(&random, -7, .2)),
            .k = exp(pgt_between(&random, -1, .5)),
            .e = pgt_corner(&random, 0, 2.2),
            .rho = pgt_corner(&random, 0, 1),
            .priced = pg_random_uniform(&random) < .6,
            .lam = pgt_corner(&random, -.4, 1),
            .p_h = pgt_between(&random, .9, 1.2),
            .d_h = pgt_between(&random, .9, 1.3),
            .theta = pgt_corner(&random, 0, 1),
            .q_max = pg_random_uniform(&random) < .3 ? pgt_between(&random, 1, 20) : (double)INFINITY,
        };
    for (size_t j = 0; j < g.n_news; j++) {
        const double p_star = pgt_between(&random, .1, 40);
        g.news[j] = (pgdp_gap_new_task){
            .name = "random",
            .p_star = p_star,
            .p1 = p_star * pgt_between(&random, .001, 1),
            .q = pgt_between(&random, 0, 33),
            .theta = pgt_corner(&random, 0, 1),
            .d = exp(pgt_between(&random, -3, .2)),
        };
    }
    return g;
}

#endif
