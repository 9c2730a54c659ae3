/* check_one_of.c  {column: X, one_of: [VALUES]}, {column: X, known: INPUT.COLUMN}: codes from a list, or from another
 * table. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

#include <string.h>

/* Cells of the column that are not among the allowed ones; missing cells are for `complete`. */
static pgdp_status look(pgdp_ctx *ctx, pg_check_job *job, const pg_map *allowed, const char *of)
{
    const pgdp_frame *frame = job->table->frame;
    const pg_yaml *need;
    size_t *columns, n;
    bool *asked;
    PG_TRY(pg_yaml_need(ctx, job->node, "column", &need));
    PG_TRY(pg_check_columns_of(ctx, job, "column", &columns, &n));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const char *key;
        if (!asked[i]) continue;
        PG_TRY(pg_check_key(ctx, frame, columns, n, i, &key));
        job->n_checked++;
        if (key[0] != '\0' && pg_map_find(allowed, key, strlen(key)) == PGDP_NONE)
            pg_check_found(job, i, "found %s \"%s\", which is not %s", need->text, key, of);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

static pgdp_status run_one_of(pgdp_ctx *ctx, pg_check_job *job)
{
    const pg_yaml *list = pg_yaml_find(job->node, "one_of");
    pg_map allowed;
    pg_map_init(&allowed, &ctx->scratch);
    if (list->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(ctx, list, "\"one_of\" takes a list of values");
    for (const pg_yaml *value = list->children; value != NULL; value = value->next)
        if (!pg_map_put(&allowed, value->text, strlen(value->text), 0)) return pg_no_memory(ctx);
    return look(ctx, job, &allowed, "among those listed");
}

static pgdp_status run_known(pgdp_ctx *ctx, pg_check_job *job)
{
    const pg_named_table *other;
    const char *of;
    size_t column;
    pg_map allowed;
    pg_map_init(&allowed, &ctx->scratch);
    PG_TRY(pg_check_other(ctx, job, "known", &other, &column));
    for (size_t i = 0; i < pgdp_frame_n_rows(other->frame); i++) {
        const char *key;
        PG_TRY(pg_check_key(ctx, other->frame, &column, 1, i, &key));
        if (!pg_map_put(&allowed, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    PG_TRY_ALLOC(
        ctx, of,
        pg_arena_printf(&ctx->scratch, "in %s of %s", pgdp_frame_column(other->frame, column)->name, other->path));
    return look(ctx, job, &allowed, of);
}

static const char *const keys_one_of[] = { "one_of", "column", "where", NULL };
static const char *const keys_known[] = { "known", "column", "where", NULL };
const pg_check_kind pg_check_one_of = { .name = "one_of", .keys = keys_one_of, .run = run_one_of };
const pg_check_kind pg_check_known = { .name = "known", .keys = keys_known, .run = run_known };
