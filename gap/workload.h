/* workload.h  Scored occupations and the industry accounts to rows of work: value per dollar of labour, final share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_WORKLOAD_H
#define PG_WORKLOAD_H

#include "core/ctx.h"
#include "pgdp/gap.h"

/** What a workload is made of; columns as docs/data.md and tasks.h. */
typedef struct pg_workload_inputs {
    const pgdp_frame
        *occupations; /**< of a scoring: soc, title, major_group, hourly_wage, wage_bill_usd, capability, ... */
    const pgdp_frame *accounts;    /**< industry_accounts.csv; NULL in gross mode */
    const pgdp_frame *sector_jobs; /**< oews_sector.csv; NULL in gross mode */
    bool end_to_end;               /**< AI does only activities that it can do end to end; else all it is expected to */
} pg_workload_inputs;

/**
 * One row an occupation with a wage. In accounts mode each occupation's multiplier (value added over compensation) and
 * final share (final uses over commodity output) are means over the sectors that employ it, weighted by their wage
 * bills. Arrays and texts live in `arena` or borrow from the frames. Source: methodology 5.1 (m_i, f_i), 3.4 (netting).
 * @return NOT_FOUND (a column), NO_MEMORY
 */
pgdp_status pg_workload(pgdp_ctx *ctx, const pg_workload_inputs *in, pgdp_gap_mode mode, pg_arena *arena,
                        pgdp_workload **out, size_t *n);

#endif
