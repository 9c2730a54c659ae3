/* panels.h  Panels for tests of estimators: uneven, with gaps, effects of entities that go with a regressor.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_PANELS_H
#define PGT_PANELS_H

#include "pgdp/stats.h"

enum { PGT_PANEL_ROWS = 1200, PGT_PANEL_COLUMNS = 6 };
/** Rows by entity and period; x: the constant, x1, x2, and room for more, column j at x + j * PGT_PANEL_ROWS until the
 * panel is closed. Freed with free(). */
typedef struct pgt_panel {
    pgdp_design d;
    double y[PGT_PANEL_ROWS], x[PGT_PANEL_ROWS * PGT_PANEL_COLUMNS];
    size_t entity[PGT_PANEL_ROWS];
    int32_t period[PGT_PANEL_ROWS];
    size_t n;
} pgt_panel;

/** Entities of at most `most` periods from 1990 on, each row there with chance `share` (above 1: all). */
pgt_panel *pgt_panel_new(size_t n_entities, int32_t most, double share, uint32_t seed);
/** The design of k columns, which then lie close to each other; without constant: those from x1 on. */
void pgt_panel_close(pgt_panel *panel, size_t k, bool constant);

#endif
