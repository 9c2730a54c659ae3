/* store_answer.c  Answers of the store: small frames, made while it holds still, shown to people or as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/frame.h"
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/store.h"

enum { WIDEST = 64, FEW_ROWS = 256 };

pgdp_status pg_answer_make(pgdp_ctx *ctx, pgdp_store *store, pg_answer_fn fill, void *user, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_frame *frame = NULL;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    pgdp_status status = pg_store_begin(ctx, store);
    if (status == PGDP_OK) status = pg_store_end(ctx, store, fill(ctx, store, user, frame));
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

pgdp_status pg_answer_columns(pgdp_ctx *ctx, pgdp_frame *frame, const char *const *names)
{
    for (; *names != NULL; names++) {
        const bool real = (*names)[0] == '#';
        const pgdp_column about = { .name = *names + real, .type = real ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, frame, &about, NULL));
    }
    return PGDP_OK;
}

pgdp_status pg_answer_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text)
{
    return text == NULL || text[0] == '\0' ? PGDP_OK : pgdp_frame_set_text(ctx, frame, column, text, PGDP_NONE);
}

pgdp_status pg_answer_period(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, pgdp_frequency frequency, int64_t ordinal)
{
    char text[16];
    pgdp_period_format((pgdp_period){ frequency, (int32_t)ordinal }, text);
    return pg_answer_text(ctx, frame, column, text);
}

/* ---- shown ---- */

/* The text of a cell; NULL: missing. */
static const char *cell_text(const pgdp_frame *frame, size_t column, size_t row, char buffer[PG_NUMBER_SIZE])
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    if (about->type == PGDP_TEXT) return pgdp_frame_text(frame, column, row);
    if (about->type == PGDP_PERIOD) {
        const int32_t ordinal = pgdp_frame_periods(frame, column)[row];
        if (ordinal == PGDP_MISSING_PERIOD) return NULL;
        pgdp_period_format((pgdp_period){ about->frequency, ordinal }, buffer);
        return buffer;
    }
    const double value = pgdp_frame_reals(frame, column)[row];
    if (isnan(value)) return NULL;
    pg_number_format(value, buffer);
    return buffer;
}

static void json_rows(pg_json *json, const pgdp_frame *frame)
{
    char buffer[PG_NUMBER_SIZE];
    pg_json_key(json, "rows");
    pg_json_array(json);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        pg_json_object(json);
        for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
            const pgdp_column *about = pgdp_frame_column(frame, j);
            pg_json_key(json, about->name);
            if (about->type == PGDP_REAL)
                pg_json_real(json, pgdp_frame_reals(frame, j)[i]);
            else
                pg_json_string(json, cell_text(frame, j, i, buffer));
        }
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

static pgdp_status show_json(pgdp_ctx *ctx, const char *name, const pgdp_frame *frame, const pgdp_sink *sink)
{
    pg_json json;
    const char *schema;
    PG_TRY_ALLOC(ctx, schema, pg_arena_printf(&ctx->scratch, "pgdp.data.%s/1", name));
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", schema);
    json_rows(&json, frame);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

/* One cell with blanks around, numbers to the right; a long text is cut but in the last column. */
static void put_cell(pg_text *text, const char *cell, size_t width, bool right, bool last)
{
    const size_t w = pg_utf8_width(cell);
    if (right) pg_text_addf(text, "%*s%s", (int)(w < width ? width - w : 0), "", cell);
    if (right) return;
    if (!last && w > WIDEST) {
        size_t n = WIDEST - 3;
        while (n > 0 && ((unsigned char)cell[n] & 0xc0) == 0x80) /* not within a character */
            n--;
        pg_text_add_bytes(text, cell, n);
        pg_text_add(text, "...");
        return;
    }
    pg_text_add(text, cell);
    if (!last) pg_text_addf(text, "%*s", (int)(w < width ? width - w : 0), "");
}

static size_t width_of(const pgdp_frame *frame, size_t column)
{
    char buffer[PG_NUMBER_SIZE];
    size_t width = strlen(pgdp_frame_column(frame, column)->name);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *cell = cell_text(frame, column, i, buffer);
        const size_t w = cell == NULL ? 1 : pg_utf8_width(cell);
        if (w > width) width = w;
    }
    return width < WIDEST ? width : WIDEST;
}

static pgdp_status show_text(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_sink *sink)
{
    const size_t n_columns = pgdp_frame_n_columns(frame), n_rows = pgdp_frame_n_rows(frame);
    char buffer[PG_NUMBER_SIZE];
    size_t *widths;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    PG_TRY_ALLOC(ctx, widths, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *widths));
    for (size_t j = 0; j < n_columns; j++)
        widths[j] = width_of(frame, j);
    for (size_t i = 0; i <= n_rows; i++) { /* row 0 is the header */
        for (size_t j = 0; j < n_columns; j++) {
            const pgdp_column *about = pgdp_frame_column(frame, j);
            const char *cell = i == 0 ? about->name : cell_text(frame, j, i - 1, buffer);
            pg_text_add(&text, j == 0 ? "" : "  ");
            put_cell(&text, cell == NULL ? "-" : cell, widths[j], about->type == PGDP_REAL, j + 1 == n_columns);
        }
        pg_text_add_char(&text, '\n');
        if (i % FEW_ROWS != FEW_ROWS - 1 && i < n_rows) continue;
        if (text.failed) return pg_no_memory(ctx);
        PG_TRY(sink->write(sink->user, text.data, text.n));
        pg_text_clear(&text);
    }
    return PGDP_OK;
}

pgdp_status pgdp_store_answer(pgdp_ctx *ctx, const char *name, const pgdp_frame *frame, bool as_json,
                              const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = as_json ? show_json(ctx, name, frame, sink) : show_text(ctx, frame, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
