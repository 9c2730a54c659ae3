/* store_keys.c  Keys of rows: the series they name, or all their texts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store_keys.h"

#include <stdlib.h>

#include "core/text.h"

enum { FEW = 4096, FAR_APART = 64 }; /* a span of more than so many periods a row is looked at another way */

static bool is_key(const pg_rows *t, size_t j)
{
    const pg_roles *r = &t->roles;
    if (pgdp_frame_column(t->frame, j)->type != PGDP_TEXT) return false;
    if (r->series != PGDP_NONE) return j == r->series;
    const bool told =
        j == r->flag || j == r->vintage || j == r->title || j == r->unit || j == r->price_basis || j == r->adjustment;
    return !told && !pg_ends_with(pgdp_frame_column(t->frame, j)->name, "_flag");
}

static int by_ordinal(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Of periods far apart, where a mark for each between them would be memory without end. */
static bool repeats_when_sorted(int32_t *periods, size_t n)
{
    qsort(periods, n, sizeof *periods, by_ordinal);
    for (size_t i = 1; i < n; i++)
        if (periods[i] == periods[i - 1]) return true;
    return false;
}

bool pg_repeats_periods(pgdp_ctx *ctx, const pg_rows *t, bool *repeats)
{
    const size_t n_rows = pgdp_frame_n_rows(t->frame);
    int64_t least = INT32_MAX, most = INT32_MIN;
    size_t n = 0;
    int32_t *periods = pg_arena_alloc(&ctx->scratch, n_rows, sizeof *periods);
    for (size_t i = 0; periods != NULL && i < n_rows; i++) {
        const int32_t period = t->roles.periods[i];
        if (period == PGDP_MISSING_PERIOD) continue;
        least = period < least ? period : least;
        most = period > most ? period : most;
        periods[n++] = period;
    }
    *repeats = false;
    if (least > most) return periods != NULL;
    const size_t span = (size_t)(most - least) + 1;
    if (span > FEW + FAR_APART * n) {
        *repeats = repeats_when_sorted(periods, n);
        return true;
    }
    unsigned char *seen = pg_arena_alloc(&ctx->scratch, span, 1);
    for (size_t i = 0; seen != NULL && i < n && !*repeats; i++) {
        unsigned char *mark = &seen[periods[i] - least];
        *repeats = *mark != 0;
        *mark = 1;
    }
    return seen != NULL;
}

/* The texts of a row's key columns, parted by " / ". */
static void key_text(const pg_rows *t, size_t row, pg_text *text)
{
    pg_text_clear(text);
    if (t->roles.series == PGDP_NONE) pg_text_add(text, t->within);
    for (size_t j = 0; j < pgdp_frame_n_columns(t->frame); j++) {
        const char *cell = is_key(t, j) ? pgdp_frame_text(t->frame, j, row) : NULL;
        if (cell == NULL || cell[0] == '\0') continue;
        if (text->n > 0) pg_text_add(text, " / ");
        pg_text_add(text, cell);
    }
}

/* As many keys as different texts of key columns; one column is already coded so. */
pgdp_status pg_make_keys(pgdp_ctx *ctx, pg_rows *t)
{
    const size_t n = pgdp_frame_n_rows(t->frame);
    uint32_t *keys;
    pg_map map;
    pg_text text;
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n, sizeof *keys));
    PG_TRY_ALLOC(ctx, t->names, (const char **)pg_arena_alloc(&ctx->scratch, n, sizeof *t->names));
    PG_TRY_ALLOC(ctx, t->first_rows, pg_arena_alloc(&ctx->scratch, n, sizeof *t->first_rows));
    pg_map_init(&map, &ctx->scratch);
    pg_text_init(&text, &ctx->scratch);
    const uint32_t *codes = t->roles.series == PGDP_NONE ? NULL : pgdp_frame_codes(t->frame, t->roles.series);
    for (size_t i = 0; i < n; i++) {
        if (codes != NULL && i > 0 && codes[i] == codes[i - 1]) { /* rows of a series mostly follow each other */
            keys[i] = keys[i - 1];
            continue;
        }
        key_text(t, i, &text);
        if (text.failed) return pg_no_memory(ctx);
        if (text.n == 0 && codes != NULL)
            return pg_fail(ctx, PGDP_PARSE, "row %zu below the header has no %s, expected one in every row", i + 1,
                           pgdp_frame_column(t->frame, t->roles.series)->name);
        const size_t found = pg_map_find(&map, text.data, text.n);
        keys[i] = (uint32_t)(found == PGDP_NONE ? t->n_keys : found);
        if (found != PGDP_NONE) continue;
        PG_TRY_ALLOC(ctx, t->names[t->n_keys], pg_arena_strndup(&ctx->scratch, text.data, text.n));
        if (!pg_map_put(&map, t->names[t->n_keys], text.n, t->n_keys)) return pg_no_memory(ctx);
        t->first_rows[t->n_keys++] = i;
    }
    t->keys = keys;
    return PGDP_OK;
}
