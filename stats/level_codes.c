/* level_codes.c  Levels looked up by value: level_codes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/level_codes.h"

#include "core/parallel.h"

#include <math.h>

enum { BLOCK_ROWS = 1 << 18 };
static const double largest = 9007199254740992.0; /* 2^53: from there on whole numbers share doubles */

/* Row `row` of those used among all of the frame. */
static inline size_t place_of(const pg_level_codes *c, size_t row)
{
    return c->rows == NULL ? row : c->rows[row];
}

/* Cell of row `row` of those used; *whole: a whole number, and there. */
static inline int64_t value_of(const pg_level_codes *c, size_t row, bool *whole)
{
    const size_t at = place_of(c, row);
    if (c->codes != NULL) return c->codes[at];
    if (c->periods != NULL) return c->periods[at];
    const double x = c->reals[at];
    *whole = *whole && fabs(x) < largest;
    if (!*whole) return 0;
    const int64_t value = (int64_t)x;
    *whole = !(x > (double)value || x < (double)value);
    return value;
}

/* The range of a block of a column's values; blocks of all columns in turn. */
typedef struct range {
    int64_t lowest, highest;
    bool whole;
} range;
typedef struct scanning {
    pg_level_codes *columns;
    size_t n_columns;
    range *ranges; /* [blocks x columns] */
} scanning;

static pgdp_status scan(pgdp_ctx *ctx, void *user, size_t task)
{
    const scanning *s = user;
    const pg_level_codes *c = &s->columns[task % s->n_columns];
    const pg_range rows = pg_block_range(c->n_rows, BLOCK_ROWS, task / s->n_columns);
    range r = { .lowest = INT64_MAX, .highest = INT64_MIN, .whole = true };
    (void)ctx;
    for (size_t i = rows.first; i < rows.end && r.whole; i++) {
        const int64_t value = value_of(c, i, &r.whole);
        r.lowest = value < r.lowest ? value : r.lowest;
        r.highest = value > r.highest ? value : r.highest;
    }
    s->ranges[task] = r;
    return PGDP_OK;
}

static pgdp_status find_ranges(pgdp_ctx *ctx, pg_level_codes *columns, size_t n)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const size_t n_rows = columns[0].n_rows, n_tasks = n * pg_n_blocks(n_rows, BLOCK_ROWS);
    scanning s = { .columns = columns, .n_columns = n };
    PG_TRY_ALLOC(ctx, s.ranges, pg_arena_alloc(&ctx->scratch, n_tasks, sizeof *s.ranges));
    PG_TRY(pg_parallel(ctx, NULL, n_tasks, scan, &s));
    for (size_t j = 0; j < n; j++) {
        range all = s.ranges[j];
        for (size_t task = j; task < n_tasks; task += n) {
            const range *r = &s.ranges[task];
            all.lowest = r->lowest < all.lowest ? r->lowest : all.lowest;
            all.highest = r->highest > all.highest ? r->highest : all.highest;
            all.whole = all.whole && r->whole;
        }
        pg_level_codes *c = &columns[j];
        const double width = (double)all.highest - (double)all.lowest + 1;
        c->lowest = all.lowest;
        c->narrow = all.whole && width <= 2.0 * (double)n_rows + 1024 && width < INT32_MAX;
        if (c->narrow) c->width = (size_t)width;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Rows of each value, then levels in their place. */
static pgdp_status number(pgdp_ctx *ctx, void *user, size_t column)
{
    pg_level_codes *c = (pg_level_codes *)user + column;
    bool whole = true;
    (void)ctx;
    for (size_t i = 0; i < c->n_rows && c->narrow; i++)
        c->level[value_of(c, i, &whole) - c->lowest]++;
    for (size_t v = 0; v < c->width; v++) {
        const uint32_t n = c->level[v];
        c->alone = c->alone || n == 1;
        c->level[v] = (uint32_t)c->n_levels;
        c->n_levels += n > 0;
    }
    return PGDP_OK;
}

pgdp_status pg_level_codes_new(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t *columns, size_t n,
                               const uint32_t *rows, size_t n_rows, pg_level_codes *out)
{
    for (size_t j = 0; j < n; j++)
        out[j] = (pg_level_codes){ .reals = pgdp_frame_reals(frame, columns[j]),
                                   .codes = pgdp_frame_codes(frame, columns[j]),
                                   .periods = pgdp_frame_periods(frame, columns[j]),
                                   .rows = rows,
                                   .n_rows = n_rows };
    if (n == 0 || n_rows == 0) return PGDP_OK;
    PG_TRY(find_ranges(ctx, out, n));
    for (size_t j = 0; j < n; j++)
        PG_TRY_ALLOC(ctx, out[j].level, pg_arena_alloc(&ctx->scratch, out[j].width, sizeof *out[j].level));
    return pg_parallel(ctx, NULL, n, number, out);
}

void pg_level_codes_read(const pg_level_codes *c, size_t first, size_t n, uint32_t *out)
{
    const double base = (double)c->lowest;
    if (c->reals != NULL && c->rows == NULL)
        for (size_t i = 0; i < n; i++)
            out[i] = (uint32_t)(int32_t)(c->reals[first + i] - base);
    else if (c->reals != NULL)
        for (size_t i = 0; i < n; i++)
            out[i] = (uint32_t)(int32_t)(c->reals[c->rows[first + i]] - base);
    else if (c->codes != NULL)
        for (size_t i = 0; i < n; i++)
            out[i] = c->codes[place_of(c, first + i)] - (uint32_t)c->lowest;
    else
        for (size_t i = 0; i < n; i++)
            out[i] = (uint32_t)(c->periods[place_of(c, first + i)] - c->lowest);
    for (size_t i = 0; i < n && c->n_levels < c->width; i++)
        out[i] = c->level[out[i]];
}
