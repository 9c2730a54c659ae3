/* diagnostics.h  The list of tests of a fitted model: one line each, its constant in diag_NAME.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DIAGNOSTICS_H
#define PG_DIAGNOSTICS_H

#include "stats/fit.h"

/** One diagnostic. It may leave several lines (pg_fit_add_diagnostic): the VIF of each term. */
typedef struct pg_diagnostic_kind {
    const char *name, *title, *source; /**< "breusch_pagan", ... the paper with its equation */
    const pgdp_option *options;        /**< ends with a NULL name; NULL: none */
    size_t options_size;
    bool own; /**< computed without being asked for, where it applies: first-stage F of an instrumental method */
    /** Is it defined for this method, covariance and design? A sentence why not, or NULL. */
    const char *(*refuses)(const pgdp_fit *fit);
    pgdp_status (*compute)(pgdp_ctx *ctx, const void *options, pgdp_fit *fit);
} pg_diagnostic_kind;

/* clang-format off */
#define PG_DIAGNOSTICS(X) \
    X(hausman) X(panel_f) X(bp_lm) X(pesaran_cd) X(breusch_pagan) X(white) X(breusch_godfrey) \
    X(durbin_watson) X(jarque_bera) X(reset) X(vif) X(influence) X(ljung_box) X(arch) X(first_stage) \
    X(effective_f) X(kleibergen_paap) X(anderson_rubin) X(overidentification) X(endogeneity)
/* clang-format on */

#define PG_ENTRY(name) extern const pg_diagnostic_kind pg_diag_##name;
PG_DIAGNOSTICS(PG_ENTRY)
#undef PG_ENTRY

const pg_diagnostic_kind *pg_diagnostic_kind_at(size_t i); /**< of the list; NULL: past its end */

/** An auxiliary regression by least squares, of y on columns: residuals (may be NULL), their sum of squares, and the
 * sum of squares of y about its mean. Rows and weights as the design of the fit. */
typedef struct pg_auxiliary {
    double ssr, tss;
    size_t rank; /**< of the columns, collinear ones left out */
} pg_auxiliary;
pgdp_status pg_auxiliary_fit(pgdp_ctx *ctx, const double *y, const double *columns, size_t n_rows, size_t n_cols,
                             const double *weights, double *residual, pg_auxiliary *out);

#endif
