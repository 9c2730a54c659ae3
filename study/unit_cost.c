/* unit_cost.c  Unit costs of a study's task list, parameters of some tasks from a file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/unit_cost.h"
#include "pgdp/ingest.h"
#include "study/run.h"

pgdp_status pgdp_study_unit_cost(pgdp_ctx *ctx, const char *study_path, const char *more_path,
                                 const pgdp_unit_cost_request *request, pgdp_unit_cost **out)
{
    pg_run run;
    pgdp_dataset *more = NULL;
    pgdp_frame *tasks = NULL;
    pg_run_init(ctx, &run);
    pgdp_status status = more_path == NULL ? PGDP_OK : pgdp_ingest_file(ctx, NULL, more_path, &more);
    if (status == PGDP_OK) status = pg_run_load(ctx, study_path, NULL, &run);
    if (status == PGDP_OK) status = pg_run_list(ctx, &run);
    if (status == PGDP_OK)
        status = pgdp_unit_cost_of_list(ctx, run.list, more == NULL ? NULL : pgdp_dataset_table(more, 0), &tasks);
    if (status == PGDP_OK) status = pgdp_unit_cost_new(ctx, tasks, request, out);
    pgdp_frame_free(tasks);
    pgdp_dataset_free(more);
    pg_run_free(&run);
    return status;
}
