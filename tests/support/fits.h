/* fits.h  What tests ask of a fit: a line or a factor by its name, and that memory may fail.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_FITS_H
#define PGT_FITS_H

#include "pgdp/stats.h"

/** A line beside the coefficients that must be there. */
pgdp_diagnostic pgt_fit_line(const pgdp_fit *fit, const char *name);
/** A small-sample factor that must be there. */
double pgt_fit_factor(const pgdp_fit *fit, const char *name);

/** A fit to be tried while memory fails. */
typedef struct pgt_fit_request {
    const char *method, *vcov;
    const pgdp_design *design;
} pgt_fit_request;
/** A pgt_action of a pgt_fit_request. */
pgdp_status pgt_fit_once(pgdp_ctx *ctx, void *request);

#endif
