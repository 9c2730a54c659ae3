/* evidence_grid.c  The scenario grid by tier of evidence: activities shown at the tier or above count as done, whatever
 * their class. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/map.h"
#include "gap/workload.h"
#include "study/run.h"
#include "tasks/list.h"

#include <string.h>

/** Share of the pay of each occupation of OEWS in activities with evidence, [n_wages]. */
static pgdp_status exposed_shares(pgdp_ctx *ctx, const pg_run *run, size_t tier, double *share)
{
    const pgdp_task_list *list = run->list;
    pgdp_monitor *monitor;
    double *all;
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, list->n_wages, sizeof *all));
    PG_TRY(pgdp_monitor_new(ctx, list, pg_loaded_table(&run->loaded, PG_INPUT_evidence), tier, &monitor));
    const pgdp_frame *occupations = pgdp_monitor_occupations(monitor);
    const double *usd = pgdp_frame_reals(occupations, pgdp_frame_find(occupations, "wage_bill_usd"));
    const double *exposed = pgdp_frame_reals(occupations, pgdp_frame_find(occupations, "exposed_usd"));
    for (size_t o = 0; o < list->n_occupations; o++) {
        const size_t wage = list->occupations[o].wage;
        if (wage == PGDP_NONE) continue;
        all[wage] += usd[o];
        share[wage] += exposed[o];
    }
    for (size_t k = 0; k < list->n_wages; k++)
        share[k] = all[k] > 0 ? share[k] / all[k] : 0;
    pgdp_monitor_free(monitor);
    return PGDP_OK;
}

/** The scored occupations with these shares in place of what the model forecasts, known without error. */
static pgdp_status put_shares(pgdp_ctx *ctx, const pgdp_task_list *list, const double *share, pgdp_frame *occupations)
{
    const size_t soc = pgdp_frame_find(occupations, "soc");
    double *done = pg_frame_edit_reals(occupations, pgdp_frame_find(occupations, "done_share"));
    double *error = pg_frame_edit_reals(occupations, pgdp_frame_find(occupations, "capability_se"));
    pg_map wages;
    pg_map_init(&wages, &ctx->scratch);
    for (size_t k = 0; k < list->n_wages; k++)
        if (!pg_map_put(&wages, list->wages[k].soc, strlen(list->wages[k].soc), k)) return pg_no_memory(ctx);
    for (size_t i = 0; i < pgdp_frame_n_rows(occupations); i++) {
        const char *code = pgdp_frame_text(occupations, soc, i);
        const size_t wage = pg_map_find(&wages, code, strlen(code));
        done[i] = wage == PGDP_NONE ? 0 : share[wage];
        error[i] = 0;
    }
    return PGDP_OK;
}

/** The grid of one tier, from a copy of the occupations that lives as long. */
static pgdp_status grid_of(pgdp_ctx *ctx, const pg_run *run, size_t tier, pgdp_frame *occupations, pgdp_frame **out)
{
    const pg_study *study = &run->study;
    const pg_workload_inputs in = { .occupations = occupations,
                                    .accounts = pg_loaded_table(&run->loaded, PG_INPUT_accounts),
                                    .sector_jobs = pg_loaded_table(&run->loaded, PG_INPUT_sector_jobs),
                                    .end_to_end = true };
    pgdp_gap_request request = { .news = study->news,
                                 .n_news = study->n_news,
                                 .parameters = study->parameters,
                                 .mode = study->mode,
                                 .n_draws = study->n_draws,
                                 .seed = study->seed };
    pgdp_workload *work;
    double *share;
    PG_TRY_ALLOC(ctx, share, pg_arena_alloc(&ctx->scratch, run->list->n_wages, sizeof *share));
    PG_TRY(exposed_shares(ctx, run, tier, share));
    PG_TRY(put_shares(ctx, run->list, share, occupations));
    PG_TRY(pg_workload(ctx, &in, study->mode, &ctx->scratch, &work, &request.n_work));
    request.work = work;
    return pgdp_gap_grid(ctx, &request, study->axes, study->n_axes, out);
}

/** One tier's rows below those of the others. */
static pgdp_status add_tier(pgdp_ctx *ctx, const pg_run *run, double tier, pgdp_frame *out)
{
    pgdp_frame *occupations = NULL, *grid = NULL;
    const size_t first = pgdp_frame_n_rows(out);
    PG_TRY(pg_frame_select(ctx, pgdp_scoring_occupations(run->scoring), &(pg_selection){ .rows = NULL }, &occupations));
    pgdp_status status = grid_of(ctx, run, (size_t)tier, occupations, &grid);
    if (status == PGDP_OK) status = pg_frame_append(ctx, out, grid);
    pgdp_frame_free(grid);
    pgdp_frame_free(occupations);
    for (size_t i = first; status == PGDP_OK && i < pgdp_frame_n_rows(out); i++)
        pg_frame_edit_reals(out, 0)[i] = tier;
    return status;
}

pgdp_status pg_run_evidence_grid(pgdp_ctx *ctx, const pg_run *run, pgdp_frame **out)
{
    const pgdp_column about = { .name = "evidence_tier", .type = PGDP_REAL, .unit = "at least" };
    PG_TRY(pgdp_frame_new(ctx, out));
    PG_TRY(pgdp_frame_add_column(ctx, *out, &about, NULL));
    for (size_t t = 0; t < run->study.n_evidence_tiers; t++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(add_tier(ctx, run, run->study.evidence_tiers[t], *out));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
