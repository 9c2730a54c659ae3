/* read_nipa_flat.c  NIPA flat files of the BEA: NipaDataA, Q, M, SeriesRegister, TablesRegister. Source: formats.md 12.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { CODE, PERIOD, VALUE, FLAG, SHOWN = 48 };
static const char *const marks[] = { "(NA)", "(D)", "(L)", "---", ".....", "....", "n.s.", NULL };
static const char *const none[] = { NULL };

static int sniff(const pgdp_bytes *head)
{
    const bool series = pg_bytes_start(head, "%SeriesCode,") || pg_bytes_start(head, "\"%SeriesCode\",");
    return series || pg_bytes_start(head, "TableId,TableTitle") || pg_bytes_start(head, "%TableId,TableTitle")
               ? PG_SURE
               : PG_NOT_OURS;
}

/* The first name begins with a per cent sign that is no part of it. */
static pgdp_status drop_sign(pgdp_ctx *ctx, pgdp_frame *frame)
{
    const size_t n = pgdp_frame_n_columns(frame);
    const char **names;
    size_t *order;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n, sizeof *order));
    for (size_t j = 0; j < n; j++) {
        PG_TRY_ALLOC(ctx, names[j], pg_arena_strdup(&ctx->scratch, pgdp_frame_column(frame, j)->name));
        names[j] += names[j][0] == '%';
        order[j] = j;
    }
    return pg_frame_arrange(ctx, frame, order, names, n);
}

/* The period that a cell of the column Period is; years were taken for numbers. */
static bool period_at(const pgdp_frame *frame, size_t row, char *shown, pgdp_period *out)
{
    const pgdp_column *about = pgdp_frame_column(frame, PERIOD);
    shown[0] = '\0';
    if (about->type == PGDP_PERIOD) {
        *out = (pgdp_period){ about->frequency, pgdp_frame_periods(frame, PERIOD)[row] };
        return out->ordinal != PGDP_MISSING_PERIOD;
    }
    if (about->type == PGDP_REAL) {
        const double year = pgdp_frame_reals(frame, PERIOD)[row];
        if (!isnan(year)) pg_number_format(year, shown);
    } else {
        const char *text = pgdp_frame_text(frame, PERIOD, row);
        (void)snprintf(shown, SHOWN, "%s", text == NULL ? "" : text);
    }
    return pgdp_period_parse(shown, out);
}

/* Every row has a code and a period of the frequency that the first one has. */
static pgdp_status check_rows(pgdp_ctx *ctx, const char *label, const pgdp_frame *frame, int32_t *ordinals,
                              pgdp_frequency *frequency)
{
    const size_t n = pgdp_frame_n_rows(frame);
    char shown[SHOWN];
    pgdp_period period;
    for (size_t i = 0; i < n || n == 0; i++) {
        if (n == 0 || !period_at(frame, i, shown, &period) || (i > 0 && period.frequency != *frequency))
            return pg_fail(
                ctx, PGDP_PARSE,
                "%s:%zu:%d: found \"%.40s\", expected a period such as 2031Q1, of the same frequency as above", label,
                i + 2, PERIOD + 1, n == 0 ? "" : shown);
        if (pgdp_frame_text(frame, CODE, i) == NULL)
            return pg_fail(ctx, PGDP_PARSE, "%s:%zu:1: found no series code, expected one a row", label, i + 2);
        *frequency = period.frequency;
        ordinals[i] = period.ordinal;
    }
    return PGDP_OK;
}

/* Columns SeriesCode, period, Value and Value_flag. */
static pgdp_status finish_data(pgdp_ctx *ctx, const char *label, const pg_rules *rules, pgdp_frame *frame)
{
    const size_t n = pgdp_frame_n_rows(frame);
    pgdp_column about = { .name = "period", .type = PGDP_PERIOD };
    int32_t *ordinals;
    size_t period, order[] = { CODE, 0, VALUE, FLAG };
    PG_TRY_ALLOC(ctx, ordinals, pg_arena_alloc(&ctx->scratch, n, sizeof *ordinals));
    PG_TRY(check_rows(ctx, label, frame, ordinals, &about.frequency));
    PG_TRY(pg_table_add_flags(ctx, frame, rules));
    order[FLAG] = pgdp_frame_find(frame, "Value_flag");
    if (order[FLAG] == PGDP_NONE)
        PG_TRY(
            pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "Value_flag", .type = PGDP_TEXT }, &order[FLAG]));
    PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &period));
    memcpy(pg_frame_edit_periods(frame, period), ordinals, n * sizeof *ordinals);
    order[PERIOD] = period;
    return pg_frame_arrange(ctx, frame, order, NULL, sizeof order / sizeof *order);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    static const char *const codes[] = { "%SeriesCode",    "SeriesCode",        "%TableId", "TableId",
                                         "TableId:LineNo", "SeriesCodeParents", NULL };
    static const char *const numbers[] = { "Value", NULL };
    pg_rules rules = { .missing = marks, .codes = codes, .text_holds_numbers = true };
    pg_fast_csv how = {
        .in = in, .dialect = { .delimiter = ',', .quote = '"' }, .rules = &rules, .mapping = out->mapping
    };
    pg_grid first;
    pgdp_frame *frame;
    PG_TRY(pg_delimited_header(ctx, in, &how.dialect, &first));
    const char *name = pg_grid_text(&first, 0, CODE);
    const bool data = pg_streq(name + (name[0] == '%'), "SeriesCode") && pg_row_width(&first.rows[0]) == VALUE + 1;
    if (data &&
        (!pg_cell_is(pg_grid_at(&first, 0, PERIOD), "Period") || !pg_cell_is(pg_grid_at(&first, 0, VALUE), "Value")))
        return pg_fail_at(ctx, &first, 0, PERIOD, "found \"%.40s\", expected the header %%SeriesCode,Period,Value",
                          pg_grid_text(&first, 0, PERIOD));
    if (data)
        rules = (pg_rules){ .missing = none,
                            .codes = codes,
                            .numbers = numbers,
                            .flags = marks,
                            .text_holds_numbers = true,
                            .grouped = true,
                            .days_stay = true };
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    PG_TRY(pg_dataset_put(ctx, out, frame));
    PG_TRY(drop_sign(ctx, frame));
    return data ? finish_data(ctx, in->label, &rules, frame) : PGDP_OK;
}

const pgdp_reader pg_read_nipa_flat = {
    .name = "nipa_flat",
    .title = "BEA, NIPA flat files",
    .spec = "https://apps.bea.gov/national/Release/TXT/, NipaDataA, NipaDataQ, NipaDataM and their registers",
    .sniff = sniff,
    .read = read,
};
