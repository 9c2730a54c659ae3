/* monitor.h  The monitor's inside: evidence tied to activities.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MONITOR_H
#define PG_MONITOR_H

#include "pgdp/monitor.h"
#include "tasks/list.h"

/** What is known of one activity. */
typedef struct pg_evidence {
    size_t n_pieces, row; /**< row: of the strongest piece */
    size_t tier, class;   /**< of it */
    const char *url, *date;
    double token_cost; /**< usd a year; NaN: not known */
    size_t n_tasks, n_occupations;
    double fte, wage_bill; /**< heads, usd a year */
} pg_evidence;

/** Read the evidence into items [n_activities], with n_pieces 0 where there is none. */
pgdp_status pg_evidence_read(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *frame, pg_evidence *items);

#endif
