/* check_complete.c  {complete: [COLUMNS]}: no cell is missing. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    const pgdp_frame *frame = job->table->frame;
    size_t *columns, n;
    bool *asked;
    PG_TRY(pg_check_columns_of(ctx, job, "complete", &columns, &n));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        size_t n_missing = 0, missing = 0;
        if (!asked[i]) continue;
        job->n_checked++;
        for (size_t k = 0; k < n; k++) {
            const char *key;
            PG_TRY(pg_check_key(ctx, frame, &columns[k], 1, i, &key));
            if (key[0] != '\0') continue;
            n_missing++;
            missing = columns[k];
        }
        pg_arena_rewind(&ctx->scratch, mark);
        if (n_missing > 0)
            pg_check_found(job, i, "found no %s; expected a value in every row",
                           pgdp_frame_column(frame, missing)->name);
    }
    return PGDP_OK;
}

static const char *const keys[] = { "complete", "where", NULL };
const pg_check_kind pg_check_complete = { .name = "complete", .keys = keys, .run = run };
