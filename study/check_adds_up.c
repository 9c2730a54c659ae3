/* check_adds_up.c  {adds_up: COLUMN, parts: EXPRESSION, total: EXPRESSION, by: [COLUMNS], tolerance: T}: the parts of a
 * group sum to its total, within T of the total. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

#include "core/number.h"

#include <math.h>
#include <string.h>

typedef struct group {
    double parts, total;
    size_t row, n_parts, n_totals; /* row: of the total, else of the first part */
} group;

static void compare(pg_check_job *job, const group *g, const char *name, double tolerance)
{
    char parts[PG_NUMBER_SIZE], total[PG_NUMBER_SIZE];
    if (g->n_totals == 0 || g->n_parts == 0) {
        pg_check_found(job, g->row, "found %s%s%s; expected both",
                       g->n_totals == 0 ? "parts without a total" : "a total without parts",
                       name[0] == '\0' ? "" : " of ", name);
        return;
    }
    if (fabs(g->parts - g->total) <= tolerance * fabs(g->total)) return;
    pg_number_format(g->parts, parts);
    pg_number_format(g->total, total);
    pg_check_found(job, g->row, "parts%s%s add up to %s, expected %s", name[0] == '\0' ? "" : " of ", name, parts,
                   total);
}

/* Sums by group; missing values count in neither. */
static pgdp_status add_up(pgdp_ctx *ctx, const pg_check_job *job, const double *values, group *groups,
                          const char **names, size_t *n)
{
    const pgdp_frame *frame = job->table->frame;
    size_t *columns, n_columns;
    bool *is_part, *is_total;
    pg_map map;
    PG_TRY(pg_check_rows(ctx, job, "parts", false, &is_part));
    PG_TRY(pg_check_rows(ctx, job, "total", false, &is_total));
    PG_TRY(pg_check_columns_of(ctx, job, "by", &columns, &n_columns));
    pg_map_init(&map, &ctx->scratch);
    *n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *key;
        if ((!is_part[i] && !is_total[i]) || isnan(values[i])) continue;
        PG_TRY(pg_check_key(ctx, frame, columns, n_columns, i, &key));
        size_t at = pg_map_find(&map, key, strlen(key));
        if (at == PGDP_NONE) {
            if (!pg_map_put(&map, key, strlen(key), at = (*n)++)) return pg_no_memory(ctx);
            names[at] = key;
            groups[at].row = i;
        }
        group *g = &groups[at];
        if (is_part[i]) g->parts += values[i];
        if (is_total[i]) g->total += values[i];
        g->n_parts += is_part[i];
        g->n_totals += is_total[i];
        if (is_total[i]) g->row = i;
    }
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    const size_t n_rows = pgdp_frame_n_rows(job->table->frame);
    const pg_yaml *need;
    const double *values;
    const char **names;
    double tolerance = 0;
    group *groups;
    size_t n;
    PG_TRY(pg_yaml_need(ctx, job->node, "parts", &need));
    PG_TRY(pg_yaml_need(ctx, job->node, "total", &need));
    PG_TRY(pg_yaml_real(ctx, job->node, "tolerance", 0, 1, &tolerance));
    PG_TRY(pg_check_reals(ctx, job, "adds_up", &values));
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *groups));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *names));
    PG_TRY(add_up(ctx, job, values, groups, names, &n));
    job->n_checked = n;
    for (size_t i = 0; i < n; i++)
        compare(job, &groups[i], names[i], tolerance);
    return PGDP_OK;
}

static const char *const keys[] = { "adds_up", "parts", "total", "by", "tolerance", NULL };
const pg_check_kind pg_check_adds_up = { .name = "adds_up", .keys = keys, .run = run };
