/* fred.h  Names of FRED series in headers and file names.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRED_H
#define PG_FRED_H

#include "core/ctx.h"

/** "dir/UNRATE.json" -> "UNRATE", in ctx->scratch. */
pgdp_status pg_fred_series_of_label(pgdp_ctx *ctx, const char *label, const char **out);
/** The vintage in a column's name, "GDP_20310528" -> "2031-05-28", in ctx->scratch; NULL when there is none. */
pgdp_status pg_fred_vintage(pgdp_ctx *ctx, const char *name, const char **out);
/** The transformation in a column's name, "CPIAUCSL_PC1" -> "PC1"; NULL when there is none. */
const char *pg_fred_transformation(const char *name);

#endif
