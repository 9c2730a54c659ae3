/* make_ai_use_rate.c  ai_use_rate.csv: share of firms that use AI, by state and fortnight. Source: Census BTOS, state
 * workbook, read as plain sheets so that "3.6%" stays 3.6 to the digit.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"
#include "core/number.h"

#include <string.h>

enum { STATE, QUESTION, ANSWER, N_KEYS, CYCLE_DIGITS = 6 };
static const char *const names[N_KEYS] = { "State", "Question", "Answer" };
static const char *const date_names[] = { "Smpdt", "Ref Start" };
static const char *const header[] = { "state",   "cycle",        "period", "question", "wording",
                                      "yes_pct", "std_error_pp", "flag",   NULL };

/* Estimates and standard errors have the same rows and columns; dates tell what a cycle's code means. */
typedef struct survey {
    const pgdp_frame *estimates, *errors, *dates;
    size_t keys[N_KEYS], error_keys[N_KEYS], date[2];
    pg_groups by_question, by_cycle;
} survey;

static pgdp_status read(pgdp_ctx *ctx, pg_inputs *inputs, survey *s)
{
    PG_TRY(pg_inputs_table(ctx, inputs, "btos_state", "Response Estimates", &s->estimates));
    PG_TRY(pg_inputs_table(ctx, inputs, "btos_state", "Response Standard Errors", &s->errors));
    PG_TRY(pg_inputs_table(ctx, inputs, "btos_state", "Collection and Reference Dates", &s->dates));
    PG_TRY(pg_input_columns(ctx, "btos_state", s->estimates, names, N_KEYS, s->keys));
    PG_TRY(pg_input_columns(ctx, "btos_state", s->errors, names, N_KEYS, s->error_keys));
    PG_TRY(pg_input_columns(ctx, "btos_state", s->dates, date_names, 2, s->date));
    PG_TRY(pg_groups_of(ctx, s->errors, s->error_keys, &s->by_question));
    return pg_groups_of(ctx, s->dates, (const size_t[2]){ s->date[0], PGDP_NONE }, &s->by_cycle);
}

static bool is_yes(const pgdp_frame *frame, size_t answer, size_t row)
{
    const char *text = pgdp_frame_text(frame, answer, row);
    return text != NULL && pg_streq(text, "Yes");
}

/* "3.6%" as a number; anything else (S, ".") is a flag. */
static bool put_percent(pg_csv_out *out, const char *cell)
{
    double value;
    const size_t n = cell == NULL ? 0 : strlen(cell);
    const bool percent = n > 1 && cell[n - 1] == '%' && pg_number_parse(cell, n - 1, &value);
    if (percent)
        pg_csv_put_number(out, value);
    else
        pg_csv_put_text(out, NULL);
    return percent;
}

static void put_date(pg_csv_out *out, const survey *s, size_t row)
{
    const int32_t *days = pgdp_frame_periods(s->dates, s->date[1]);
    char buffer[16] = "";
    if (row != PGDP_NONE && days != NULL) pgdp_period_format((pgdp_period){ PGDP_DAILY, days[row] }, buffer);
    pg_csv_put_text(out, buffer);
}

static const char *text_at(const pgdp_frame *frame, size_t column, size_t row)
{
    return column == PGDP_NONE || row == PGDP_NONE ? NULL : pgdp_frame_text(frame, column, row);
}

/* One state and question over all cycles, the earliest first: the workbook has the newest first. */
static void write_cycles(survey *s, size_t row, pg_csv_out *out)
{
    const char *question = pgdp_frame_text(s->estimates, s->keys[QUESTION], row);
    size_t error = pg_groups_match(&s->by_question, s->estimates, s->keys, row);
    while (error != PGDP_NONE && !is_yes(s->errors, s->error_keys[ANSWER], error))
        error = s->by_question.next[error];
    for (size_t j = pgdp_frame_n_columns(s->estimates); j-- > 0;) {
        const char *cycle = pgdp_frame_column(s->estimates, j)->name;
        if (strlen(cycle) != CYCLE_DIGITS || strspn(cycle, "0123456789") != CYCLE_DIGITS) continue;
        const char *estimate = text_at(s->estimates, j, row);
        pg_put_cell(out, s->estimates, s->keys[STATE], row);
        pg_csv_put_text(out, cycle);
        put_date(out, s, pg_groups_find(&s->by_cycle, cycle, NULL));
        pg_csv_put_text(out, pg_starts_with(question, "During the next six months") ? "next_six_months" : "now");
        pg_csv_put_text(out,
                        strstr(question, "business functions") == NULL ? "goods_or_services" : "any_business_function");
        const bool known = put_percent(out, estimate);
        put_percent(out, text_at(s->errors, pgdp_frame_find(s->errors, cycle), error));
        pg_csv_put_text(out, known ? NULL : estimate);
        pg_put_row_end(out);
    }
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    survey s;
    PG_TRY(read(ctx, inputs, &s));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(s.estimates); row++) {
        const char *question = pgdp_frame_text(s.estimates, s.keys[QUESTION], row);
        if (question == NULL || strstr(question, "Artificial Intelligence") == NULL) continue;
        if (is_yes(s.estimates, s.keys[ANSWER], row)) write_cycles(&s, row, out);
    }
    return PGDP_OK;
}

const pg_product pg_product_ai_use_rate = { .file = "ai_use_rate.csv", .make = make };
