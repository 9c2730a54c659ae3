/* keys.c  The rows of a study's inputs: some are there, and what names a row names one only. Spec: docs/data.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/columns.h"

#include "core/map.h"
#include "core/text.h"
#include "study/input_checks.h"

#include <string.h>

/* The columns that together name a row; a table without one of them is not checked. */
static const char *const keys[PG_N_INPUTS][4] = {
    [PG_INPUT_tasks] = { "onet_soc", "task_id" },
    [PG_INPUT_task_dwas] = { "onet_soc", "task_id", "dwa_id" },
    [PG_INPUT_activities] = { "dwa_id" },
    [PG_INPUT_occupations] = { "onet_soc" },
    [PG_INPUT_wages] = { "year", "level", "soc" },
    [PG_INPUT_combined] = { "combined", "member" },
    [PG_INPUT_accounts] = { "industry" },
    [PG_INPUT_sector_jobs] = { "naics", "soc" },
    [PG_INPUT_series] = { "series", "vintage", "period" },
    [PG_INPUT_series_list] = { "series", "vintage" },
    [PG_INPUT_published] = { "id" },
    [PG_INPUT_catalogue] = { "id" },
};

static pgdp_status fail_twice(pgdp_ctx *ctx, const char *path, bool lines, const char *key, size_t first, size_t row)
{
    if (!lines)
        return pg_fail(ctx, PGDP_PARSE, "%s: found %s in data rows %zu and %zu, expected one row each; remove one",
                       path, key, first + 1, row + 1);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu: found %s twice, first in line %zu, expected one row each; remove one",
                   path, row + 2, key, first + 2);
}

static pgdp_status check(pgdp_ctx *ctx, const char *const *names, const char *path, bool lines, const pgdp_frame *frame)
{
    size_t column[4], n = 0;
    pg_map rows;
    pg_map_init(&rows, &ctx->scratch);
    for (; names[n] != NULL; n++) {
        column[n] = pgdp_frame_find(frame, names[n]);
        if (column[n] == PGDP_NONE) return PGDP_OK;
    }
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *key;
        PG_TRY(pg_check_key(ctx, frame, column, n, i, &key));
        if (key[0] == '\0') continue; /* for the reader of the table to judge */
        const size_t first = pg_map_find(&rows, key, strlen(key));
        if (first != PGDP_NONE) return fail_twice(ctx, path, lines, key, first, i);
        if (!pg_map_put(&rows, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_check_keys(pgdp_ctx *ctx, pg_input_index input, const char *path, const char *format,
                          const pgdp_frame *frame)
{
    if (pgdp_frame_n_rows(frame) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: found a header and no row below it; is the file whole?", path);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = check(ctx, keys[input], path, pg_streq(format, "csv"), frame);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
