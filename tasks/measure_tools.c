/* measure_tools.c  What rival measures share: checked columns, keys, z-scores, ranks. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/number.h"
#include "tasks/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_status out_of_range(pgdp_ctx *ctx, pg_table table, size_t row, const char *column, const double range[2],
                                double found)
{
    char low[PG_NUMBER_SIZE], high[PG_NUMBER_SIZE], text[PG_NUMBER_SIZE] = "nothing";
    pg_number_format(range[0], low);
    pg_number_format(range[1], high);
    if (!isnan(found)) pg_number_format(found, text);
    return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found %s, expected a number from %s to %s", table.name,
                   row + 1, column, text, low, high);
}

static pgdp_status check(pgdp_ctx *ctx, pg_table table, const char *column, const double range[2], bool missing,
                         const double *x)
{
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++)
        if (!(x[i] >= range[0] && x[i] <= range[1]) && !(missing && isnan(x[i])))
            return out_of_range(ctx, table, i, column, range, x[i]);
    return PGDP_OK;
}

pgdp_status pg_numbers(pgdp_ctx *ctx, pg_table table, const char *column, const double range[2], const double **out)
{
    PG_TRY(pg_table_reals(ctx, table, column, out));
    return check(ctx, table, column, range, false, *out);
}

pgdp_status pg_numbers_known(pgdp_ctx *ctx, pg_table table, const char *column, const double range[2],
                             const double **out)
{
    *out = NULL;
    if (pgdp_frame_find(table.frame, column) == PGDP_NONE) return PGDP_OK;
    PG_TRY(pg_table_reals(ctx, table, column, out));
    return check(ctx, table, column, range, true, *out);
}

static pgdp_status key_at(pgdp_ctx *ctx, pg_table table, size_t column, size_t row, const char **out)
{
    const pgdp_column *about = pgdp_frame_column(table.frame, column);
    char text[PG_NUMBER_SIZE] = "";
    *out = about->type == PGDP_TEXT ? pgdp_frame_text(table.frame, column, row) : NULL;
    if (about->type == PGDP_REAL && !isnan(pgdp_frame_reals(table.frame, column)[row])) {
        pg_number_format(pgdp_frame_reals(table.frame, column)[row], text);
        PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    }
    if (*out != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found nothing, expected a code", table.name, row + 1,
                   about->name);
}

pgdp_status pg_keys(pgdp_ctx *ctx, pg_table table, const char *const *names, const char ***out)
{
    size_t column = PGDP_NONE;
    for (size_t i = 0; names[i] != NULL && column == PGDP_NONE; i++)
        column = pgdp_frame_find(table.frame, names[i]);
    if (column == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column \"%s\", expected one", table.name, names[0]);
    const size_t n = pgdp_frame_n_rows(table.frame);
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    for (size_t i = 0; i < n; i++)
        PG_TRY(key_at(ctx, table, column, i, &(*out)[i]));
    return PGDP_OK;
}

pgdp_status pg_index_keys(pgdp_ctx *ctx, const char *const *keys, size_t n, size_t *index, pg_map *map)
{
    pg_map_init(map, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(keys[i]);
        index[i] = pg_map_find(map, keys[i], length);
        if (index[i] != PGDP_NONE) continue;
        index[i] = map->n;
        if (!pg_map_put(map, keys[i], length, index[i])) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_number_columns(pgdp_ctx *ctx, const pgdp_frame *frame, size_t **columns, size_t *n)
{
    const size_t n_columns = pgdp_frame_n_columns(frame);
    *n = 0;
    PG_TRY_ALLOC(ctx, *columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof **columns));
    for (size_t j = 0; j < n_columns; j++)
        if (pgdp_frame_column(frame, j)->type == PGDP_REAL) (*columns)[(*n)++] = j;
    return PGDP_OK;
}

void pg_z_scores(const double *x, size_t n, double *z)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    const double sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    for (size_t i = 0; i < n; i++)
        z[i] = sd > 0 ? (x[i] - mean) / sd : (double)NAN;
}

pgdp_status pg_soc_of(pgdp_ctx *ctx, const char *code, const char **out)
{
    enum { SOC = 7 };
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, code, strlen(code) < SOC ? strlen(code) : SOC));
    return PGDP_OK;
}

typedef struct ranked {
    double x;
    size_t row;
} ranked;

static int by_value(const void *a, const void *b)
{
    const ranked *p = a, *q = b;
    return (p->x > q->x) - (p->x < q->x);
}

pgdp_status pg_rank_shares(pgdp_ctx *ctx, const double *x, size_t n, double *rank)
{
    ranked *r;
    size_t known = 0;
    PG_TRY_ALLOC(ctx, r, pg_arena_alloc(&ctx->scratch, n, sizeof *r));
    for (size_t i = 0; i < n; i++) {
        rank[i] = (double)NAN;
        if (!isnan(x[i])) r[known++] = (ranked){ x[i], i };
    }
    qsort(r, known, sizeof *r, by_value);
    for (size_t i = 0; i < known;) {
        size_t end = i + 1;
        while (end < known && !(r[end].x > r[i].x))
            end++;
        for (size_t k = i; k < end; k++)
            rank[r[k].row] = known > 1 ? (double)(i + end - 1) / 2 / (double)(known - 1) : 0.5;
        i = end;
    }
    return PGDP_OK;
}
