/* check_agrees.c  {agrees: COLUMN, with: INPUT.COLUMN, by: [COLUMNS], tolerance: T}: the same number in another table
 * where both have the key, within T of it. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

#include "core/number.h"

#include <math.h>
#include <string.h>

/* The other table's rows by key: columns of the same names there. */
static pgdp_status index_other(pgdp_ctx *ctx, const pg_check_job *job, const pg_named_table *other,
                               const size_t *columns, size_t n, pg_map *out)
{
    size_t *there;
    PG_TRY_ALLOC(ctx, there, pg_arena_alloc(&ctx->scratch, n, sizeof *there));
    for (size_t k = 0; k < n; k++) {
        const char *name = pgdp_frame_column(job->table->frame, columns[k])->name;
        there[k] = pgdp_frame_find(other->frame, name);
        if (there[k] == PGDP_NONE)
            return pg_yaml_fail(ctx, pg_yaml_find(job->node, "by"), "%s has no column \"%s\"", other->path, name);
    }
    pg_map_init(out, &ctx->scratch);
    for (size_t i = 0; i < pgdp_frame_n_rows(other->frame); i++) {
        const char *key;
        PG_TRY(pg_check_key(ctx, other->frame, there, n, i, &key));
        if (key[0] != '\0' && !pg_map_put(out, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    const pgdp_frame *frame = job->table->frame;
    const pg_named_table *other;
    const pg_yaml *need;
    const double *mine, *theirs;
    size_t column, *columns, n;
    double tolerance = 0;
    bool *asked;
    pg_map rows;
    PG_TRY(pg_yaml_need(ctx, job->node, "by", &need));
    PG_TRY(pg_yaml_real(ctx, job->node, "tolerance", 0, 1, &tolerance));
    PG_TRY(pg_check_reals(ctx, job, "agrees", &mine));
    PG_TRY(pg_check_other(ctx, job, "with", &other, &column));
    theirs = pgdp_frame_reals(other->frame, column);
    if (theirs == NULL) return pg_yaml_fail(ctx, pg_yaml_find(job->node, "with"), "this column holds no numbers");
    PG_TRY(pg_check_columns_of(ctx, job, "by", &columns, &n));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    PG_TRY(index_other(ctx, job, other, columns, n, &rows));
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *key;
        char found[PG_NUMBER_SIZE], expected[PG_NUMBER_SIZE];
        PG_TRY(pg_check_key(ctx, frame, columns, n, i, &key));
        const size_t at = key[0] == '\0' ? PGDP_NONE : pg_map_find(&rows, key, strlen(key));
        if (!asked[i] || at == PGDP_NONE || isnan(mine[i]) || isnan(theirs[at])) continue;
        job->n_checked++;
        if (fabs(mine[i] - theirs[at]) <= tolerance * fabs(theirs[at])) continue;
        pg_number_format(mine[i], found);
        pg_number_format(theirs[at], expected);
        pg_check_found(job, i, "%s: found %s, expected %s as in data row %zu of %s", key, found, expected, at + 1,
                       other->path);
    }
    if (job->n_checked == 0) pg_check_found(job, PGDP_NONE, "no row has a key that %s has too", other->path);
    return PGDP_OK;
}

static const char *const keys[] = { "agrees", "with", "by", "where", "tolerance", NULL };
const pg_check_kind pg_check_agrees = { .name = "agrees", .keys = keys, .run = run };
