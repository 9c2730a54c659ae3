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

#endif
