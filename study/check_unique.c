/* check_unique.c  {unique: [COLUMNS]}: no two rows have the same cells there. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "study/input_checks.h"

#include <string.h>

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    const pgdp_frame *frame = job->table->frame;
    size_t *columns, n;
    bool *asked;
    pg_map rows;
    PG_TRY(pg_check_columns_of(ctx, job, "unique", &columns, &n));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    pg_map_init(&rows, &ctx->scratch);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *key;
        if (!asked[i]) continue;
        PG_TRY(pg_check_key(ctx, frame, columns, n, i, &key));
        if (key[0] == '\0') continue; /* a missing cell is for `complete` to find */
        const size_t first = pg_map_find(&rows, key, strlen(key));
        job->n_checked++;
        if (first != PGDP_NONE)
            pg_check_found(job, i, "found %s a second time, first in data row %zu; expected one row each", key,
                           first + 1);
        else if (!pg_map_put(&rows, key, strlen(key), i))
            return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static const char *const keys[] = { "unique", "where", NULL };
const pg_check_kind pg_check_unique = { .name = "unique", .keys = keys, .run = run };
