/* nist.h  The files of NIST's Statistical Reference Datasets: data and certified values of one set.
 * Source: www.itl.nist.gov/div898/strd, header of each file: data from line 61 on, certified values before.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_NIST_H
#define PGT_NIST_H

#include "pgdp/frame.h"

enum { PGT_NIST_TERMS = 12, PGT_NIST_STARTS = 2 };
/** NaN: the file does not certify it. */
typedef struct pgt_nist {
    pgdp_frame *data;                  /**< freed with pgdp_frame_free() */
    size_t n_terms;                    /**< coefficients or parameters */
    char starts[PGT_NIST_STARTS][400]; /**< of nonlinear sets: "b1 = 500, b2 = 0.0001" */
    double estimate[PGT_NIST_TERMS], std_error[PGT_NIST_TERMS];
    double sigma, ssr, r_squared, f; /**< residual standard deviation, sum of squares */
    double mean, deviation, autocorrelation;
} pgt_nist;

/** Read one, "linear/Filip"; columns names them: "y x". @return false: the file is not there */
bool pgt_nist_read(pgdp_ctx *ctx, const char *name, const char *columns, pgt_nist *out);
/** Digits that agree, at most the `most` that are certified; a certified 0 counts the digits of the difference itself.
 */
double pgt_digits(double got, double want, int most);

/** A nonlinear set: its mean in our grammar, and its columns. Ends with a NULL name. */
typedef struct pgt_nist_model {
    const char *name, *formula, *columns;
} pgt_nist_model;
extern const pgt_nist_model pgt_nist_nonlinear[];

#endif
