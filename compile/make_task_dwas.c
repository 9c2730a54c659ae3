/* make_task_dwas.c  task_dwas.csv: the detailed work activities of every labelled task. Source: O*NET 29.1, and 30.1
 * for tasks that 29.1 does not link, as far as 29.1 knows the activity. SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static const char *const task_names[] = { "O*NET-SOC Code", "Task ID" };
static const char *const link_names[] = { "O*NET-SOC Code", "Task ID", "DWA ID" };
static const char *const dwa_names[] = { "DWA ID" };
static const char *const header[] = { "onet_soc", "task_id", "dwa_id", NULL };

/* One release's links. */
typedef struct links {
    const pgdp_frame *frame;
    size_t columns[3];
    pg_groups groups;
} links;

static pgdp_status read_links(pgdp_ctx *ctx, pg_inputs *inputs, const char *id, links *out)
{
    PG_TRY(pg_inputs_table(ctx, inputs, id, NULL, &out->frame));
    PG_TRY(pg_input_columns(ctx, id, out->frame, link_names, 3, out->columns));
    return pg_groups_of(ctx, out->frame, out->columns, &out->groups);
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *tasks, *dwas;
    links now, later;
    size_t task[2], dwa[2] = { 0, PGDP_NONE };
    pg_groups known;
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_labels", NULL, &tasks));
    PG_TRY(pg_input_columns(ctx, "gpts_labels", tasks, task_names, 2, task));
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_dwas_29_1", NULL, &dwas));
    PG_TRY(pg_input_columns(ctx, "onet_dwas_29_1", dwas, dwa_names, 1, dwa));
    PG_TRY(pg_groups_of(ctx, dwas, dwa, &known));
    PG_TRY(read_links(ctx, inputs, "onet_task_dwas_29_1", &now));
    PG_TRY(read_links(ctx, inputs, "onet_task_dwas_30_1", &later));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(tasks); row++) {
        links *use = &now;
        size_t link = pg_groups_match(&now.groups, tasks, task, row);
        if (link == PGDP_NONE) {
            use = &later;
            link = pg_groups_match(&later.groups, tasks, task, row);
        }
        for (; link != PGDP_NONE; link = use->groups.next[link]) {
            const char *activity = pgdp_frame_text(use->frame, use->columns[2], link);
            if (activity == NULL || pg_groups_find(&known, activity, NULL) == PGDP_NONE) continue;
            pg_put_cell(out, tasks, task[0], row);
            pg_put_number_cell(out, tasks, task[1], row);
            pg_csv_put_text(out, activity);
            pg_put_row_end(out);
        }
    }
    return PGDP_OK;
}

const pg_product pg_product_task_dwas = { .file = "task_dwas.csv", .make = make };
