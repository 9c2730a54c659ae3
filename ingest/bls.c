/* bls.c  Observations of the Bureau of Labor Statistics as a long table. Source: formats.md 6 and 7.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/bls.h"

#include "core/text.h"

enum { EPOCH = 1970, NAMED_CODES = 20 };

bool pg_bls_period(const char *code, int year, pgdp_period *out)
{
    if (code[0] == '\0' || code[1] < '0' || code[1] > '9' || code[2] < '0' || code[2] > '9' || code[3] != '\0')
        return false;
    const int number = 10 * (code[1] - '0') + (code[2] - '0'), since = year - EPOCH;
    const bool month = code[0] == 'M' && number >= 1 && number <= 12;
    const bool quarter = code[0] == 'Q' && number >= 1 && number <= 4;
    const bool half = code[0] == 'S' && (number == 1 || number == 2);
    if (half) *out = (pgdp_period){ PGDP_SEMIANNUAL, 2 * since + number - 1 };
    if (month) *out = (pgdp_period){ PGDP_MONTHLY, 12 * since + number - 1 };
    if (quarter) *out = (pgdp_period){ PGDP_QUARTERLY, 4 * since + number - 1 };
    if (code[0] == 'A' && number == 1) *out = (pgdp_period){ PGDP_ANNUAL, since };
    return month || quarter || half || (code[0] == 'A' && number == 1);
}

/* Why a code is no period of a column of another frequency. */
static const char *meaning_of(const char *code)
{
    pgdp_period period;
    if (pg_bls_period(code, EPOCH, &period)) return pgdp_frequency_name(period.frequency);
    const bool average = pg_streq(code, "M13") || pg_streq(code, "Q05") || pg_streq(code, "S03");
    return average ? "average of the year" : "no known period";
}

/* How many rows without a period have each code. */
static size_t count_codes(const pgdp_frame *frame, size_t code, size_t period, size_t *counts)
{
    const uint32_t *codes = pgdp_frame_codes(frame, code);
    const int32_t *periods = pgdp_frame_periods(frame, period);
    size_t n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        if (periods[i] != PGDP_MISSING_PERIOD || codes[i] == PGDP_NO_CODE) continue;
        counts[codes[i]]++;
        n++;
    }
    return n;
}

pgdp_status pg_bls_note_periods(pgdp_ctx *ctx, pgdp_frame *frame)
{
    const size_t period = pgdp_frame_find(frame, "period"), code = pgdp_frame_find(frame, "period_code");
    size_t *counts, named = 0;
    PG_TRY_ALLOC(ctx, counts, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_levels(frame, code), sizeof *counts));
    const size_t n = count_codes(frame, code, period, counts);
    if (n == 0) return PGDP_OK;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text,
                 "%zu of %zu rows have no period, for the column period is %s; their code stands in period_code:", n,
                 pgdp_frame_n_rows(frame), pgdp_frequency_name(pgdp_frame_column(frame, period)->frequency));
    for (uint32_t k = 0; k < pgdp_frame_n_levels(frame, code) && named <= NAMED_CODES; k++) {
        if (counts[k] == 0) continue;
        const char *level = pgdp_frame_level(frame, code, k);
        if (named < NAMED_CODES)
            pg_text_addf(&text, "%s %.40s (%s) %zu", named == 0 ? "" : ",", level, meaning_of(level), counts[k]);
        named++;
    }
    pg_text_add(&text, named > NAMED_CODES ? ", and others" : "");
    return text.failed ? pg_no_memory(ctx) : pgdp_frame_set_note(ctx, frame, "no_period", text.data);
}

pgdp_status pg_observations_begin(pgdp_ctx *ctx, pgdp_frame *frame, pgdp_frequency frequency, pg_observations *out)
{
    *out = (pg_observations){ .frame = frame, .frequency = frequency };
    const struct {
        const char *name;
        pgdp_type type;
        size_t *index;
    } columns[] = {
        { "series_id", PGDP_TEXT, &out->series }, { "period", PGDP_PERIOD, &out->period },
        { "period_code", PGDP_TEXT, &out->code }, { "year", PGDP_REAL, &out->year },
        { "value", PGDP_REAL, &out->value },      { "footnote_codes", PGDP_TEXT, &out->footnotes },
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        pgdp_column about = { .name = columns[i].name, .type = columns[i].type };
        if (about.type == PGDP_PERIOD) about.frequency = frequency;
        PG_TRY(pgdp_frame_add_column(ctx, frame, &about, columns[i].index));
    }
    return PGDP_OK;
}

pgdp_status pg_observations_add(pgdp_ctx *ctx, pg_observations *to, const pg_observation *row)
{
    pgdp_period period;
    PG_TRY(pgdp_frame_add_row(ctx, to->frame));
    if (pg_bls_period(row->code, row->year, &period) && period.frequency == to->frequency)
        pgdp_frame_set_period(to->frame, to->period, period.ordinal);
    pgdp_frame_set_real(to->frame, to->year, row->year);
    pgdp_frame_set_real(to->frame, to->value, row->value);
    PG_TRY(pgdp_frame_set_text(ctx, to->frame, to->series, row->series, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, to->frame, to->code, row->code, PGDP_NONE));
    if (row->footnotes == NULL || row->footnotes[0] == '\0') return PGDP_OK;
    return pgdp_frame_set_text(ctx, to->frame, to->footnotes, row->footnotes, PGDP_NONE);
}
