/* identities.h  Sums of a task list, checked against what they must add up to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TASK_IDENTITIES_H
#define PG_TASK_IDENTITIES_H

#include "core/ctx.h"
#include "pgdp/tasks.h"

/** Add a line for each sum over tasks and activities that must equal the occupations', exactly. Source:
 * methodology 5.2-13. */
pgdp_status pg_task_identities(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *checks);

#endif
