/* links.h  The links of a task list by activity. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LINKS_H
#define PG_LINKS_H

#include "tasks/features.h"

/** Links by activity: links [first[a], first[a + 1]) of `link`, with the task of each. */
typedef struct pg_by_activity {
    size_t *first, *link, *task;
} pg_by_activity;
pgdp_status pg_group_links(pgdp_ctx *ctx, const pgdp_task_list *list, pg_by_activity *out);

#endif
