/* schema_apply.c  A description put on the table that was read by it. Source: docs/roundtrip.md; W3C XML Schema part 2,
 * 3.2.5 (INF). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readers know numbers, text and periods by their looks; here years become periods, infinite numbers numbers, and what
 * looked like the wrong type for want of cells is the right one. */
#include "core/schema.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"

enum { CYCLE = 400, SOME_CYCLE = 2000, MOST_DIGITS = 10, EPOCH = 1970, REST_SIZE = 16 };

typedef struct applying {
    const char *label;
    const pg_schema_column *column;
    pgdp_frame *frame;
    size_t index;
} applying;

static pgdp_status fail_cell(pgdp_ctx *ctx, const applying *a, const char *found)
{
    const pgdp_column *about = &a->column->about;
    return pg_fail(ctx, PGDP_PARSE, "%s: column \"%.60s\" holds \"%.40s\", expected %s%s, as its description says",
                   a->label, about->name, found,
                   about->type == PGDP_REAL     ? "a number"
                   : about->type == PGDP_PERIOD ? "a period, "
                                                : "text",
                   about->type == PGDP_PERIOD ? pgdp_frequency_name(about->frequency) : "");
}

/* A period of any year as pgdp_period_format() writes it. The calendar repeats after 400 years, and years of four
 * digits are those that pgdp_period_parse() reads. */
static bool parse_period(const char *text, pgdp_frequency frequency, int32_t *out)
{
    const bool before = text[0] == '-';
    const char *rest = text + before;
    int64_t year = 0;
    while (*rest >= '0' && *rest <= '9' && rest - text <= MOST_DIGITS)
        year = 10 * year + (*rest++ - '0');
    if (rest - text - before < 3 || strlen(rest) >= REST_SIZE) return false;
    if (before) year = -year;
    const int64_t near = SOME_CYCLE + ((year % CYCLE) + CYCLE) % CYCLE;
    char buffer[8 + REST_SIZE];
    pgdp_period first, second;
    (void)snprintf(buffer, sizeof buffer, "%04d%s", (int)near, rest);
    if (!pgdp_period_parse(buffer, &first) || first.frequency != frequency) return false;
    (void)snprintf(buffer, sizeof buffer, "%04d%s", (int)near + CYCLE, rest);
    if (!pgdp_period_parse(buffer, &second)) return false;
    const int64_t ordinal = first.ordinal + (year - near) / CYCLE * ((int64_t)second.ordinal - (int64_t)first.ordinal);
    if (ordinal <= INT32_MIN || ordinal > INT32_MAX) return false;
    *out = (int32_t)ordinal;
    return true;
}

static bool parse_number(const char *text, double *out)
{
    const bool negative = text[0] == '-';
    if (!pg_streq(text + negative, "INF")) return pg_number_parse(text, strlen(text), out);
    *out = negative ? -(double)INFINITY : (double)INFINITY;
    return true;
}

/* What each level stands for, as a number or a period. */
static pgdp_status parse_levels(pgdp_ctx *ctx, const applying *a, double *reals, int32_t *periods)
{
    const pg_schema_column *c = a->column;
    for (uint32_t k = 0; k < pgdp_frame_n_levels(a->frame, a->index); k++) {
        const char *level = pgdp_frame_level(a->frame, a->index, k);
        reals[k] = (double)NAN;
        periods[k] = PGDP_MISSING_PERIOD;
        if (c->missing[0] != '\0' && pg_streq(level, c->missing)) continue;
        const bool known = c->about.type == PGDP_REAL ? parse_number(level, &reals[k])
                                                      : parse_period(level, c->about.frequency, &periods[k]);
        if (!known) return fail_cell(ctx, a, level);
    }
    return PGDP_OK;
}

/* Text to numbers or periods, level by level. */
static pgdp_status convert_text(pgdp_ctx *ctx, const applying *a)
{
    const size_t n = pgdp_frame_n_rows(a->frame), n_levels = pgdp_frame_n_levels(a->frame, a->index);
    uint32_t *codes;
    double *reals;
    int32_t *periods;
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, n, sizeof *codes));
    PG_TRY_ALLOC(ctx, reals, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *reals));
    PG_TRY_ALLOC(ctx, periods, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *periods));
    PG_TRY(parse_levels(ctx, a, reals, periods));
    if (n > 0) memcpy(codes, pgdp_frame_codes(a->frame, a->index), n * sizeof *codes);
    PG_TRY(pg_frame_retype(ctx, a->frame, a->index, a->column->about.type));
    double *to_reals = pg_frame_edit_reals(a->frame, a->index);
    int32_t *to_periods = pg_frame_edit_periods(a->frame, a->index);
    for (size_t i = 0; i < n; i++) {
        const bool missing = codes[i] == PGDP_NO_CODE;
        if (to_reals != NULL)
            to_reals[i] = missing ? (double)NAN : reals[codes[i]];
        else
            to_periods[i] = missing ? PGDP_MISSING_PERIOD : periods[codes[i]];
    }
    return PGDP_OK;
}

/* Years that were read as numbers, or periods of which there is none. */
static pgdp_status convert_years(pgdp_ctx *ctx, const applying *a)
{
    const size_t n = pgdp_frame_n_rows(a->frame);
    const double *reals = pgdp_frame_reals(a->frame, a->index);
    int32_t *ordinals;
    PG_TRY_ALLOC(ctx, ordinals, pg_arena_alloc(&ctx->scratch, n, sizeof *ordinals));
    for (size_t i = 0; i < n; i++) {
        const double ordinal = reals[i] - EPOCH;
        ordinals[i] = PGDP_MISSING_PERIOD;
        if (isnan(ordinal)) continue;
        const bool is_year = ordinal > INT32_MIN && ordinal <= INT32_MAX && !(floor(ordinal) < ordinal);
        char text[PG_NUMBER_SIZE];
        pg_number_format(reals[i], text);
        if (a->column->about.frequency != PGDP_ANNUAL || !is_year) return fail_cell(ctx, a, text);
        ordinals[i] = (int32_t)ordinal;
    }
    PG_TRY(pg_frame_retype(ctx, a->frame, a->index, PGDP_PERIOD));
    if (n > 0) memcpy(pg_frame_edit_periods(a->frame, a->index), ordinals, n * sizeof *ordinals);
    return PGDP_OK;
}

/* Where missing texts are marked, an empty cell is an empty text. */
static pgdp_status unmark(pgdp_ctx *ctx, const applying *a)
{
    const size_t n = pgdp_frame_n_rows(a->frame), n_levels = pgdp_frame_n_levels(a->frame, a->index);
    const char **levels;
    uint32_t *codes;
    PG_TRY_ALLOC(ctx, levels, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *levels));
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, n, sizeof *codes));
    if (n > 0) memcpy(codes, pgdp_frame_codes(a->frame, a->index), n * sizeof *codes);
    for (uint32_t k = 0; k < n_levels; k++)
        levels[k] = pgdp_frame_level(a->frame, a->index, k); /* they outlive the column's type */
    PG_TRY(pg_frame_retype(ctx, a->frame, a->index, PGDP_TEXT));
    uint32_t *to = pg_frame_edit_codes(a->frame, a->index);
    for (size_t i = 0; i < n; i++) {
        const char *text = codes[i] == PGDP_NO_CODE ? "" : levels[codes[i]];
        if (pg_streq(text, a->column->missing)) text = NULL;
        PG_TRY(pg_frame_intern(ctx, a->frame, a->index, text, PGDP_NONE, &to[i]));
    }
    return PGDP_OK;
}

static pgdp_status convert(pgdp_ctx *ctx, const applying *a)
{
    const pgdp_column *found = pgdp_frame_column(a->frame, a->index), *wanted = &a->column->about;
    if (found->type == PGDP_TEXT && wanted->type == PGDP_TEXT)
        return a->column->missing[0] == '\0' ? PGDP_OK : unmark(ctx, a);
    if (found->type == PGDP_TEXT) return convert_text(ctx, a);
    if (found->type == PGDP_REAL && wanted->type == PGDP_PERIOD) return convert_years(ctx, a);
    const bool same = found->type != PGDP_PERIOD || found->frequency == wanted->frequency;
    return same && found->type == wanted->type
               ? PGDP_OK
               : fail_cell(ctx, a, found->type == PGDP_PERIOD ? "periods of another kind" : "numbers");
}

pgdp_status pg_schema_apply(pgdp_ctx *ctx, const char *label, const pg_schema *schema, pgdp_frame *frame)
{
    applying a = { .label = label, .column = schema->columns, .frame = frame };
    for (; a.index < pgdp_frame_n_columns(frame); a.index++, a.column++) {
        while (!pg_streq(a.column->about.name, pgdp_frame_column(frame, a.index)->name))
            a.column++; /* the reader had the names from the description, and passed over some of them */
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(convert(ctx, &a));
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(pg_frame_describe(ctx, frame, a.index, &a.column->about));
    }
    pg_frame_drop_notes(frame);
    for (size_t i = 0; i < schema->n_notes; i++)
        PG_TRY(pgdp_frame_set_note(ctx, frame, schema->notes[i][0], schema->notes[i][1]));
    return PGDP_OK;
}
