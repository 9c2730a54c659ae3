/* identities.h  Identities of the model, checked on the numbers of a run.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_IDENTITIES_H
#define PG_IDENTITIES_H

#include "core/ctx.h"
#include "pgdp/gap.h"

/** Add a line for each identity of methodology 5.2 that a run of any size can show. @return NO_MEMORY */
pgdp_status pg_gap_identities(pgdp_ctx *ctx, const pgdp_gap_request *request, const pgdp_gap *gap, pgdp_frame *checks);

#endif
