/* columns.h  The columns that a study's inputs must have, and the rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_COLUMNS_H
#define PG_COLUMNS_H

#include "study/spec.h"

/** Are the columns of an input there, and numbers where numbers are due? @return PARSE path:line:column, NO_MEMORY */
pgdp_status pg_check_columns(pgdp_ctx *ctx, pg_input_index input, const char *path, const char *format,
                             const pgdp_frame *frame);
/** Has an input rows, and none twice? @return PARSE path:line, NO_MEMORY */
pgdp_status pg_check_keys(pgdp_ctx *ctx, pg_input_index input, const char *path, const char *format,
                          const pgdp_frame *frame);

#endif
