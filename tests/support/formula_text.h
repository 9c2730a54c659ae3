/* formula_text.h  What a formula means as one line of text, for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_FORMULA_TEXT_H
#define PGT_FORMULA_TEXT_H

#include "stats/formula.h"

/** "outcome ~ constant + term + term:part | effect + effect | endogenous ~ instruments", or the error. A part of levels
 * ends with "::", its reference with "!", its levels kept with "&", its bins with "%"; a basis with its degree in
 * braces. In ctx->scratch. */
const char *pgt_formula_text(pgdp_ctx *ctx, const char *text);
/** Each formula has this text or error. */
void pgt_check_formulas(const char *const (*cases)[2], size_t n);
/** The models of a text joined by "; ", or the error. @param frame  may be NULL */
const char *pgt_expanded_text(pgdp_ctx *ctx, const pgdp_frame *frame, const char *text);

#endif
