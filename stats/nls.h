/* nls.h  Nonlinear least squares. Source: More (1978), in Watson (ed.), Numerical Analysis, Lecture Notes in
 * Mathematics 630 (Levenberg-Marquardt); Bates & Watts (1981), Technometrics 23(2) (when to stop).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_NLS_H
#define PG_NLS_H

#include "core/ctx.h"
#include "pgdp/stats.h"
#include "stats/linalg.h"

/** min sum w (y - m(b))^2; arrays in the context's scratch. */
typedef struct pg_nls {
    double *estimate; /**< [n_parameters] */
    double *residual; /**< [n_rows] y - m(b), unweighted */
    double *jacobian; /**< [n_rows x n_parameters] dm/db, unweighted */
    double offset;    /**< relative offset: what of the residuals the tangent plane still explains, to the rest */
    double last_step; /**< largest relative change of a parameter in the last step */
    size_t iterations;
} pg_nls;
typedef struct pg_nls_settings {
    double tol; /**< of the relative offset */
    size_t max_iter;
} pg_nls_settings;

/** @return BAD_ARGUMENT (no value at the start), NO_CONVERGENCE (with what to do), NO_MEMORY */
pgdp_status pg_nls_solve(pgdp_ctx *ctx, const pgdp_design *design, const pg_nls_settings *settings, pg_nls *out);

/** The problem at one point, in the context's scratch: rows times sqrt(w). */
typedef struct pg_nls_point {
    double *b;   /**< [p] */
    double *r;   /**< [n] sqrt(w) (y - m) */
    pg_matrix j; /**< [n x p] sqrt(w) dm/db */
    double ssr;
} pg_nls_point;
pgdp_status pg_nls_point_new(pgdp_ctx *ctx, const pgdp_design *design, pg_nls_point *out);
/** Fill r, j and ssr from b; ssr is not finite where the mean or its derivatives are not. The same bits for every
 * number of threads. */
pgdp_status pg_nls_evaluate(pgdp_ctx *ctx, const pgdp_design *design, pg_nls_point *point);

#endif
