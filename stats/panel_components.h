/* panel_components.h  Variances of the error of a panel: of entities, and of rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PANEL_COMPONENTS_H
#define PG_PANEL_COMPONENTS_H

#include "stats/panel_groups.h"

/** Which residuals the quadratic forms are of. */
typedef enum pg_component_method { PG_SWAR, PG_AMEMIYA, PG_WALHUS, PG_NERLOVE } pg_component_method;
typedef struct pg_components {
    double idiosyncratic, individual; /**< in squares of the outcome's unit */
    bool negative;                    /**< the individual one came out below zero and was set to 0 */
} pg_components;
/**
 * Balanced panels: Baltagi (2021), section 2.3, with Amemiya's and Wallace & Hussain's own divisors n (T - 1) and n.
 * Unbalanced ones: quadratic forms of expectation zero, Baltagi & Chang (1994), J. Econometrics 62, section 3.
 * @param arena  not the scratch @return TOO_FEW_OBS
 */
pgdp_status pg_panel_components(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *d, const pg_groups *groups,
                                pg_component_method method, pg_components *out);

#endif
