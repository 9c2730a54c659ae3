/* read_fred_md_stationary.c  FRED-MD and FRED-QD with their transformation codes applied; asked for by name, never
 * found by content. Source: McCracken & Ng (2016), JBES 34(4), appendix; formats.md 4. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <math.h>

#include "ingest/fill.h"
#include "ingest/fred_md.h"
#include "ingest/readers.h"

static int sniff(const pgdp_bytes *head)
{
    (void)head;
    return PG_NOT_OURS;
}

/* Code - 1: logarithms or not, how often differenced, and what the result is. */
static const struct {
    bool log, growth;
    int differences;
    const char *unit;
} codes[] = {
    { false, false, 0, "level" },
    { false, false, 1, "difference" },
    { false, false, 2, "second_difference" },
    { true, false, 0, "log" },
    { true, false, 1, "dlog" },
    { true, false, 2, "second_dlog" },
    { false, true, 1, "difference_of_growth" },
};
enum { N_CODES = sizeof codes / sizeof *codes };

/* A difference needs the period before, wherever its row is: the one above, or missing. */
static void difference(double *x, const int32_t *periods, size_t n)
{
    for (size_t i = n; i > 0; i--)
        x[i - 1] = i > 1 && periods[i - 1] == periods[i - 2] + 1 ? x[i - 1] - x[i - 2] : (double)NAN;
}

static void grow(double *x, const int32_t *periods, size_t n)
{
    for (size_t i = n; i > 0; i--)
        x[i - 1] =
            i > 1 && periods[i - 1] == periods[i - 2] + 1 && fabs(x[i - 2]) > 0 ? x[i - 1] / x[i - 2] - 1 : (double)NAN;
}

/* A logarithm of what is not above zero is missing, and counted. */
static pgdp_status take_log(pgdp_ctx *ctx, pgdp_frame *frame, size_t column)
{
    double *x = pg_frame_edit_reals(frame, column);
    size_t n_lost = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        n_lost += x[i] <= 0;
        x[i] = x[i] > 0 ? log(x[i]) : (double)NAN;
    }
    if (n_lost == 0) return PGDP_OK;
    const char *note;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu values are not above zero and have no logarithm", n_lost));
    return pg_note_of(ctx, frame, "lost", pgdp_frame_column(frame, column)->name, note);
}

static pgdp_status transform(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_frame *frame, size_t column)
{
    pgdp_column about = *pgdp_frame_column(frame, column);
    const char *key, *text;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "transform:%s", about.name));
    text = pgdp_frame_note(frame, key);
    const int code = text != NULL && text[0] >= '1' && text[0] <= '0' + N_CODES && text[1] == '\0' ? text[0] - '1' : -1;
    if (code < 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: series %.80s has the transformation \"%.20s\", expected a code of 1 to %d",
                       in->label, about.name, text == NULL ? "" : text, (int)N_CODES);
    double *x = pg_frame_edit_reals(frame, column);
    const int32_t *periods = pgdp_frame_periods(frame, 0);
    if (codes[code].log) PG_TRY(take_log(ctx, frame, column));
    if (codes[code].growth) grow(x, periods, pgdp_frame_n_rows(frame));
    for (int d = 0; d < codes[code].differences; d++)
        difference(x, periods, pgdp_frame_n_rows(frame));
    about.unit = codes[code].unit;
    return pg_frame_describe(ctx, frame, column, &about);
}

pgdp_status pg_fred_md_read_stationary(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    PG_TRY(pg_fred_md_read(ctx, in, out));
    pgdp_frame *frame = out->tables[0].frame;
    for (size_t j = 1; j < pgdp_frame_n_columns(frame); j++)
        PG_TRY(transform(ctx, in, frame, j));
    return PGDP_OK;
}

const pgdp_reader pg_read_fred_md_stationary = {
    .name = "fred_md_stationary",
    .title = "FRED-MD and FRED-QD, transformation codes applied",
    .spec = "McCracken & Ng (2016), FRED-MD: A Monthly Database for Macroeconomic Research, appendix",
    .sniff = sniff,
    .read = pg_fred_md_read_stationary,
};
