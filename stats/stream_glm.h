/* stream_glm.h  Iterated weighted least squares over the rows of a frame with one or two absorbed intercepts: what its
 * parts share. Source: Correia, Guimaraes & Zylkin (2020), Stata J. 20(1), section 3; Guimaraes & Portugal (2010),
 * Stata J. 10(4). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of a row its weight and the codes of its levels are kept, and nothing else: eta, the working residual r and what the
 * effects leave of the terms are made anew from tables by level in every pass, in the order of the rows. Lanes are the
 * terms, then r, then zeros up to a multiple of four; tables are [levels x ...], lanes innermost. */
#ifndef PG_STREAM_GLM_H
#define PG_STREAM_GLM_H

#include "core/parallel.h"
#include "stats/absorb_system.h"
#include "stats/glm.h"
#include "stats/stream_fit.h"

enum { PG_GLM_TILE = 512, PG_GLM_EFFECTS = 2 };
/** Columns of a table of coefficients beside those of the lanes: eta's and its step's; a multiple of four. */
enum { PG_GLM_ETA, PG_GLM_STEP, PG_GLM_BESIDE = 4 };

/** What a part of the rows adds up, the part of one thread. */
typedef struct pg_glm_part {
    double *sum[PG_GLM_EFFECTS];    /**< [levels x lanes] w e; exact: then its rounding and w |e|, [levels x 3 lanes] */
    double *weight[PG_GLM_EFFECTS]; /**< [levels] */
    double *gram;                   /**< [lanes x lanes] w e e' */
    double loss, mass, square, largest;
    bool finite;
} pg_glm_part;

typedef struct pg_level_glm {
    const pg_glm_family *family;
    size_t n, k, lanes, n_effects;
    size_t n_levels[PG_GLM_EFFECTS]; /**< of the larger effect first, which is eliminated */
    size_t which[PG_GLM_EFFECTS];    /**< the formula's number of each */
    const uint32_t *rows;            /**< [n] where a row's columns stand; NULL: in turn */
    const double *const *x;          /**< [k] */
    const double *y, *prior, *offset;
    uint16_t *narrow[PG_GLM_EFFECTS]; /**< [n] levels, where two bytes hold them; else NULL and */
    uint32_t *wide[PG_GLM_EFFECTS];
    double *w; /**< [n] */
    double average;
    bool first;                     /**< eta is a beginning from the outcome, and the lane of r holds all of it */
    bool exact;                     /**< sums of the next evaluation carry their rounding */
    double *b, *db, *from;          /**< [k] coefficients at which is evaluated, their step, and where it began */
    double *coef[PG_GLM_EFFECTS];   /**< [levels x (lanes + PG_GLM_BESIDE)] */
    double *origin[PG_GLM_EFFECTS]; /**< [levels] eta's, where the step began */
    double *sum[PG_GLM_EFFECTS];    /**< [levels x 3 lanes] of all parts */
    double *weight[PG_GLM_EFFECTS]; /**< [levels] */
    double *change[PG_GLM_EFFECTS]; /**< [levels x lanes] of coefficients, by the last solve */
    double *r, *z, *p, *q;          /**< [levels of the smaller x lanes] of conjugate gradients */
    double *t, *total;              /**< [levels of the larger x lanes] */
    double *gram;                   /**< [lanes x lanes] */
    double loss, mass, square, largest, move;
    size_t n_parts, iterations, most_steps;
    pg_glm_part *parts;
    pg_absorption how;
} pg_level_glm;

/** stream_glm_pass.c: weights, sums by level, cross-products, loss at b and the tables. *finite false: some mean is out
 * of range. */
pgdp_status pg_glm_evaluate(pgdp_ctx *ctx, pg_level_glm *s, bool *finite);
/** out [levels of the other effect x lanes] = sums by level of w times p [levels of effect f x lanes] */
pgdp_status pg_glm_cross(pgdp_ctx *ctx, pg_level_glm *s, size_t f, const double *p, double *out);
/** What the effects leave of the terms and of r, [rows x (k + 1)]. */
pgdp_status pg_glm_rows(pgdp_ctx *ctx, const pg_level_glm *s, pg_range rows, double *out);

/** stream_glm_solve.c: coefficients and change so that sums by level vanish to tol of each column; 0: to all digits
 * that one solve gives. *good false: conjugate gradients ran out of steps. */
pgdp_status pg_glm_project(pgdp_ctx *ctx, pg_level_glm *s, double tol, bool *good);

/** What of a frame such a fit is over. */
typedef struct pg_glm_frame {
    const char *method;
    size_t n, k, n_effects;
    const double *const *x; /**< of all rows, as the outcome and the rest; the levels say which are used */
    const double *y, *prior, *offset;
    const pg_level_source *levels;
    const pgdp_effect *effects;
} pg_glm_frame;
/** stream_glm.c: *out NULL: it is left to the design of the rows, as are outcomes that the method refuses, terms of
 * which the effects leave too little, and models without a maximum. */
pgdp_status pg_glm_of_levels(pgdp_ctx *ctx, const pg_glm_frame *frame, pg_level_glm **out);
/** The family of a method; NULL: none. */
const pg_glm_family *pg_glm_family_of(const char *method);
/** glm.h's fit of rows behind that were fitted so: the last step, from their triangle. */
pgdp_status pg_glm_fit_behind(pgdp_ctx *ctx, const pg_level_glm *found, const pgdp_design *design, pgdp_fit *fit);

#endif
