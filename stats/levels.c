/* levels.c  Distinct values of a column, sorted, and the level of every row. Source: R's factor().
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "stats/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** The values of rows as numbers: where they stand, so that no copy is made. One of the three arrays. */
typedef struct key_list {
    const double *reals;
    const uint32_t *codes;
    const int32_t *periods;
    const size_t *rows; /* [n], or NULL: all */
    size_t n;
} key_list;

static double key_at(const key_list *k, size_t i)
{
    const size_t row = k->rows == NULL ? i : k->rows[i];
    if (k->reals != NULL) return k->reals[row] + 0.0; /* -0 and 0 are one level */
    return k->codes != NULL ? (double)k->codes[row] : (double)k->periods[row];
}

/** Distinct values while they are found. */
typedef struct finding {
    double *values; /* a number, an ordinal or a code, in order of first appearance */
    size_t n;
} finding;

static pgdp_status add_level(pgdp_ctx *ctx, double value, finding *f)
{
    if ((f->n & (f->n - 1)) == 0) {
        const size_t room = f->n == 0 ? 1 : 2 * f->n;
        PG_TRY_ALLOC(ctx, f->values, pg_arena_grow(&ctx->scratch, f->values, f->n, room, sizeof *f->values));
    }
    f->values[f->n++] = value;
    return PGDP_OK;
}

/** Are the keys whole numbers of a range that a table can hold? Codes, periods, years and most identifiers are. */
static bool are_dense(const key_list *k, double *lo, size_t *width)
{
    double hi = k->n > 0 ? key_at(k, 0) : 0;
    *lo = hi;
    for (size_t i = 0; i < k->n; i++) {
        const double key = key_at(k, i);
        if (!(fabs(key) < 9e15) || key > floor(key)) return false;
        if (key < *lo) *lo = key;
        if (key > hi) hi = key;
    }
    if (!(hi - *lo <= 2.0 * (double)k->n + 1024)) return false;
    *width = (size_t)(hi - *lo) + 1;
    return true;
}

/** Distinct keys in order of first appearance by a table; index receives their numbers. */
static pgdp_status find_dense(pgdp_ctx *ctx, const key_list *k, size_t *index, finding *out)
{
    double lo;
    size_t width, *number; /* 1 + the number of a key less lo; 0: not seen */
    if (!are_dense(k, &lo, &width)) return PGDP_NOT_FOUND;
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, width, sizeof *number));
    for (size_t i = 0; i < k->n; i++) {
        const double key = key_at(k, i);
        size_t *at = &number[(size_t)(key - lo)];
        if (*at == 0) {
            PG_TRY(add_level(ctx, key, out));
            *at = out->n;
        }
        index[i] = *at - 1;
    }
    return PGDP_OK;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/** A table of 1 + the number of each value, open addressing, at most half full; a power of two of slots. */
typedef struct table {
    size_t *slots, n_slots;
} table;

/** The slot of a value, or the empty one where it would go. Mixed as in MurmurHash3's finaliser. */
static size_t *slot_of(const table *t, const double *values, double value)
{
    const uint64_t bits = bits_of(value);
    uint64_t h = (bits ^ bits >> 33) * 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    for (size_t i = (size_t)h & (t->n_slots - 1);; i = (i + 1) & (t->n_slots - 1)) {
        const size_t number = t->slots[i];
        if (number == 0 || bits_of(values[number - 1]) == bits) return &t->slots[i];
    }
}

static pgdp_status enlarge(pgdp_ctx *ctx, table *t, const finding *f)
{
    t->n_slots = t->n_slots == 0 ? 1024 : 4 * t->n_slots;
    PG_TRY_ALLOC(ctx, t->slots, pg_arena_alloc(&ctx->scratch, t->n_slots, sizeof *t->slots));
    for (size_t k = 0; k < f->n; k++)
        *slot_of(t, f->values, f->values[k]) = k + 1;
    return PGDP_OK;
}

/** The same of any numbers by hashing. */
static pgdp_status find_distinct(pgdp_ctx *ctx, const key_list *k, size_t *index, finding *out)
{
    table t = { NULL, 0 };
    const pgdp_status dense = find_dense(ctx, k, index, out);
    if (dense != PGDP_NOT_FOUND) return dense;
    for (size_t i = 0; i < k->n; i++) {
        const double key = key_at(k, i);
        if (2 * out->n >= t.n_slots) PG_TRY(enlarge(ctx, &t, out));
        size_t *slot = slot_of(&t, out->values, key);
        if (*slot == 0) {
            PG_TRY(add_level(ctx, key, out));
            *slot = out->n;
        }
        index[i] = *slot - 1;
    }
    return PGDP_OK;
}

/** A level on its way to its place: `order` sorts as the value does, or as the first eight bytes of its text do. */
typedef struct level {
    uint64_t order;
    const char *text; /* NULL: a number */
    size_t seen;      /* order of first appearance */
} level;

/** The order of doubles as one of whole numbers: the sign's bit flipped, or all of a negative number. */
static uint64_t order_of_number(double x)
{
    const uint64_t bits = bits_of(x), sign = (uint64_t)1 << 63;
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

static uint64_t order_of_text(const char *text)
{
    uint64_t order = 0;
    size_t i = 0;
    for (; i < sizeof order && text[i] != 0; i++)
        order = order << 8 | (unsigned char)text[i];
    return i == 0 ? 0 : order << 8 * (sizeof order - i);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(((const level *)a)->text, ((const level *)b)->text);
}

/** Levels by order, a byte at a time from the lowest; bytes that all have in common cost nothing. 1e6 distinct numbers
 * take a tenth of qsort()'s time. */
static pgdp_status sort_by_order(pgdp_ctx *ctx, level **levels, size_t n)
{
    level *from = *levels, *to;
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&ctx->scratch, n, sizeof *to));
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t next[257] = { 0 };
        for (size_t k = 0; k < n; k++)
            next[(from[k].order >> shift & 255) + 1]++;
        if (next[(from[0].order >> shift & 255) + 1] == n) continue;
        for (size_t b = 0; b < 256; b++)
            next[b + 1] += next[b];
        for (size_t k = 0; k < n; k++)
            to[next[from[k].order >> shift & 255]++] = from[k];
        level *swap = from;
        from = to;
        to = swap;
    }
    *levels = from;
    return PGDP_OK;
}

/** Levels in their order; frame NULL: numbers. */
static pgdp_status sort_levels(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const finding *f,
                               level **out_levels)
{
    level *levels;
    PG_TRY_ALLOC(ctx, levels, pg_arena_alloc(&ctx->scratch, f->n, sizeof *levels));
    for (size_t k = 0; k < f->n; k++) {
        const char *text = frame == NULL ? NULL : pgdp_frame_level(frame, column, (uint32_t)f->values[k]);
        levels[k] = (level){ text == NULL ? order_of_number(f->values[k]) : order_of_text(text), text, k };
    }
    if (f->n > 0) PG_TRY(sort_by_order(ctx, &levels, f->n));
    for (size_t k = 0, end; k < f->n && frame != NULL; k = end) { /* texts alike in their first eight bytes */
        for (end = k + 1; end < f->n && levels[end].order == levels[k].order; end++) {
        }
        if (end - k > 1) qsort(levels + k, end - k, sizeof *levels, compare_texts);
    }
    *out_levels = levels;
    return PGDP_OK;
}

static pgdp_status name_level(pgdp_ctx *ctx, const pgdp_column *column, const char *text, double value,
                              const char **out)
{
    char buffer[PG_NUMBER_SIZE]; /* holds a period too: 16 bytes */
    if (column != NULL && column->type == PGDP_PERIOD)
        pgdp_period_format((pgdp_period){ column->frequency, (int32_t)value }, buffer);
    else
        pg_number_format(value, buffer);
    *out = text;
    if (*out == NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, buffer));
    return PGDP_OK;
}

static pgdp_status levels_of(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const key_list *keys,
                             pg_levels *out)
{
    const pgdp_column *about = frame == NULL ? NULL : pgdp_frame_column(frame, column);
    const bool is_text = about != NULL && about->type == PGDP_TEXT;
    size_t *index, *rank;
    finding found = { NULL, 0 };
    level *levels;
    const char **names;
    PG_TRY_ALLOC(ctx, index, pg_arena_uncleared(&ctx->scratch, keys->n, sizeof *index));
    PG_TRY(find_distinct(ctx, keys, index, &found));
    PG_TRY(sort_levels(ctx, is_text ? frame : NULL, column, &found, &levels));
    PG_TRY_ALLOC(ctx, rank, pg_arena_alloc(&ctx->scratch, found.n, sizeof *rank));
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, found.n, sizeof *names));
    for (size_t k = 0; k < found.n; k++) {
        rank[levels[k].seen] = k;
        PG_TRY(name_level(ctx, about, levels[k].text, found.values[levels[k].seen], &names[k]));
    }
    for (size_t i = 0; i < keys->n; i++)
        index[i] = rank[index[i]];
    *out = (pg_levels){ .n = found.n, .names = names, .index = index };
    return PGDP_OK;
}

pgdp_status pg_levels_of_keys(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const double *keys, size_t n,
                              pg_levels *out)
{
    const key_list list = { .reals = keys, .n = n };
    return levels_of(ctx, frame, column, &list, out);
}

pgdp_status pg_levels_of_numbers(pgdp_ctx *ctx, const double *values, const size_t *rows, size_t n_rows, pg_levels *out)
{
    const key_list keys = { .reals = values, .rows = rows, .n = n_rows };
    return levels_of(ctx, NULL, 0, &keys, out);
}

/** Whole numbers from 2^53 on share doubles: two identifiers may have become one. */
static pgdp_status check_identifiers(pgdp_ctx *ctx, const char *name, const double *values, const size_t *rows,
                                     size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        if (fabs(values[rows[i]]) >= 0x1p53 && fabs(values[rows[i]]) < 0x1p64)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "column \"%.60s\": found the level %.17g, expected numbers below 9007199254740992 (2^53), from "
                "which on different ones are read as one; write its levels with a letter before the digits",
                name, values[rows[i]]);
    return PGDP_OK;
}

pgdp_status pg_levels_of_column(pgdp_ctx *ctx, const pgdp_frame *frame, size_t column, const size_t *rows,
                                size_t n_rows, pg_levels *out)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const key_list keys = {
        .codes = pgdp_frame_codes(frame, column),
        .periods = pgdp_frame_periods(frame, column),
        .rows = rows,
        .n = n_rows,
    };
    if (reals == NULL) return levels_of(ctx, frame, column, &keys, out);
    PG_TRY(check_identifiers(ctx, pgdp_frame_column(frame, column)->name, reals, rows, n_rows));
    return pg_levels_of_numbers(ctx, reals, rows, n_rows, out);
}

size_t pg_levels_find(const pg_levels *levels, const pg_expr *literal)
{
    const bool negative = literal->kind == PG_EXPR_UNARY;
    const pg_expr *value = negative ? literal->left : literal;
    char number[PG_NUMBER_SIZE];
    double parsed = 0;
    const bool is_number = pg_number_parse(value->text, strlen(value->text), &parsed);
    pg_number_format(negative ? -parsed : parsed, number);
    for (size_t k = 0; k < levels->n; k++) {
        if (!negative && pg_streq(levels->names[k], value->text)) return k;
        if (is_number && pg_streq(levels->names[k], number)) return k;
    }
    return PGDP_NONE;
}
