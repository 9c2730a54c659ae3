/* fred_md.h  FRED-MD and FRED-QD as published, for readers that go on from there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRED_MD_H
#define PG_FRED_MD_H

#include "ingest/dataset.h"

/** Levels as published in one table, the period first; codes in the notes "transform:NAME". */
pgdp_status pg_fred_md_read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out);
/** The same with the codes applied. */
pgdp_status pg_fred_md_read_stationary(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out);

#endif
