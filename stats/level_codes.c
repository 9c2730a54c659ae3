/* level_codes.c  Levels looked up by value: level_codes.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/level_codes.h"

#include "core/parallel.h"

#include <math.h>

static const double largest = 9007199254740992.0; /* 2^53: from there on whole numbers share doubles */

/* Cell of row `row` of those used; *whole: a whole number, and there. */
static inline int64_t value_of(const pg_level_codes *c, size_t row, bool *whole)
{
    const size_t at = c->rows == NULL ? row : c->rows[row];
    if (c->codes != NULL) return c->codes[at];
    if (c->periods != NULL) return c->periods[at];
    const double x = c->reals[at];
    *whole = *whole && fabs(x) < largest;
    if (!*whole) return 0;
    const int64_t value = (int64_t)x;
    *whole = !(x > (double)value || x < (double)value);
    return value;
}

/* The range of a column's values. */
static pgdp_status scan(pgdp_ctx *ctx, void *user, size_t column)
{
    pg_level_codes *c = (pg_level_codes *)user + column;
    bool whole = true;
    int64_t lowest = value_of(c, 0, &whole), highest = lowest;
    (void)ctx;
    for (size_t i = 0; i < c->n_rows && whole; i++) {
        const int64_t value = value_of(c, i, &whole);
        lowest = value < lowest ? value : lowest;
        highest = value > highest ? value : highest;
    }
    c->lowest = lowest;
    c->narrow = whole && (double)highest - (double)lowest <= 2.0 * (double)c->n_rows + 1024;
    if (c->narrow) c->width = (size_t)(highest - lowest) + 1;
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
    PG_TRY(pg_parallel(ctx, NULL, n, scan, out));
    for (size_t j = 0; j < n; j++)
        PG_TRY_ALLOC(ctx, out[j].level, pg_arena_alloc(&ctx->scratch, out[j].width, sizeof *out[j].level));
    return pg_parallel(ctx, NULL, n, number, out);
}

uint32_t pg_level_codes_at(const pg_level_codes *c, size_t row)
{
    bool whole = true;
    return c->level[value_of(c, row, &whole) - c->lowest];
}

void pg_level_codes_read(const pg_level_codes *c, size_t first, size_t n, uint32_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = pg_level_codes_at(c, first + i);
}
