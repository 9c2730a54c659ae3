/* frame_text.h  Small tables written down in a test.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_FRAME_TEXT_H
#define PGT_FRAME_TEXT_H

#include "pgdp/frame.h"

/**
 * A table from words: the first line names the columns, NAME for numbers, NAME:t for text, NAME:p for periods; then a
 * line a row, cells parted by one blank, "." missing. The test fails when it is anything else.
 */
pgdp_frame *pgt_frame(pgdp_ctx *ctx, const char *text);
/** Columns period and x (unit usd), a row a period from the first on. */
pgdp_frame *pgt_series(pgdp_ctx *ctx, pgdp_frequency frequency, int32_t first, const double *x, size_t n);
/** A number column by name; the test fails when there is none. */
const double *pgt_reals(const pgdp_frame *frame, const char *name);

#endif
