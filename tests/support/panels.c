/* panels.c  Panels for tests of estimators: panels.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/panels.h"

#include "core/random.h"

#include <stdlib.h>
#include <string.h>

void pgt_panel_close(pgt_panel *p, size_t k, bool constant)
{
    static const char *const terms[] = { "(Intercept)", "x1", "x2", "x3", "x4", "x5" };
    static double packed[PGT_PANEL_ROWS * PGT_PANEL_COLUMNS];
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < p->n; i++)
            packed[i + j * p->n] = p->x[i + (j + !constant) * PGT_PANEL_ROWS];
    memcpy(p->x, packed, p->n * k * sizeof *packed);
    p->d = (pgdp_design){ .y = { p->y, p->n },
                          .x = { p->x, p->n, k },
                          .terms = terms + !constant,
                          .constant = constant ? 0 : PGDP_NONE,
                          .entity = p->entity,
                          .period = p->period };
}

pgt_panel *pgt_panel_new(size_t n_entities, int32_t most, double share, uint32_t seed)
{
    pgt_panel *p = calloc(1, sizeof *p);
    pg_random r = pg_random_stream(seed, "panel", 0);
    for (size_t g = 0; g < n_entities; g++) {
        const double effect = 2 * pg_random_normal(&r);
        for (int32_t t = 0; t < most; t++) {
            const double x1 = 3.5 + pg_random_normal(&r) + 0.4 * effect, x2 = pg_random_uniform(&r) * (1 + 0.1 * t);
            const double e = pg_random_normal(&r);
            if (pg_random_uniform(&r) > share) continue;
            const size_t i = p->n++;
            p->x[i] = 1;
            p->x[i + PGT_PANEL_ROWS] = x1;
            p->x[i + 2 * PGT_PANEL_ROWS] = x2;
            p->y[i] = 1 + 2 * x1 - 3 * x2 + effect + 0.2 * t + e;
            p->entity[i] = g;
            p->period[i] = 1990 + t;
        }
    }
    return p;
}
