/* gap_write.c  The aggregates as JSON, schema pgdp.gap/1, or as a table for people.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "gap/model.h"

#include <math.h>

enum { FIXED_SIZE = 352, INDEX_DECIMALS = 6 };

static const char *mode_name(pgdp_gap_mode mode)
{
    return mode == PGDP_GAP_GROSS ? "gross" : "accounts";
}

static pgdp_status write_json(pgdp_ctx *ctx, const pgdp_gap *gap, pgdp_gap_mode mode, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.gap/1");
    pg_json_key_string(&json, "mode", mode_name(mode));
    for (size_t i = 0; i < PG_N_GAP_ITEMS; i++)
        pg_json_key_real(&json, pg_gap_items[i].name, pg_gap_value(gap, i));
    pg_json_key_string(&json, "state", pgdp_gap_state_name(gap->state));
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

/* Decimals that show about nine digits of the base value, cents at least. */
static int value_decimals(const pgdp_gap *gap)
{
    const double digits = gap->q0 > 0 ? floor(log10(gap->q0)) : 0;
    return digits > 6 ? 2 : digits < 0 ? 8 : 8 - (int)digits;
}

static void add_padded(pg_text *text, const char *word, size_t width, bool right)
{
    const size_t n = pg_utf8_width(word);
    if (!right) pg_text_add(text, word);
    for (size_t i = n; i < width; i++)
        pg_text_add_char(text, ' ');
    if (right) pg_text_add(text, word);
}

static void format_item(const pgdp_gap *gap, size_t i, int decimals, char buffer[FIXED_SIZE])
{
    const bool index = pg_streq(pg_gap_items[i].unit, "index");
    (void)pg_number_fixed(pg_gap_value(gap, i), index ? INDEX_DECIMALS : decimals, buffer);
}

static void add_table(pg_text *text, const pgdp_gap *gap, pgdp_gap_mode mode)
{
    const int decimals = value_decimals(gap);
    char buffer[FIXED_SIZE];
    size_t width = 0, name_width = 0;
    for (size_t i = 0; i < PG_N_GAP_ITEMS; i++) {
        format_item(gap, i, decimals, buffer);
        const size_t n = pg_utf8_width(buffer), m = pg_utf8_width(pg_gap_items[i].name);
        width = n > width ? n : width;
        name_width = m > name_width ? m : name_width;
    }
    pg_text_addf(text, "Phantom GDP, %s mode; values in the currency of v0\n\n", mode_name(mode));
    for (size_t i = 0; i < PG_N_GAP_ITEMS; i++) {
        format_item(gap, i, decimals, buffer);
        add_padded(text, pg_gap_items[i].name, name_width + 2, false);
        add_padded(text, buffer, width, true);
        pg_text_addf(text, "  %-5s  %s\n", pg_gap_items[i].unit, pg_gap_items[i].text);
    }
    add_padded(text, "state", name_width + 2, false);
    add_padded(text, pgdp_gap_state_name(gap->state), width, true);
    pg_text_add(text, "         phantom: true output above its base while nominal falls; strong: measured real too\n");
}

static pgdp_status write_table(pgdp_ctx *ctx, const pgdp_gap *gap, pgdp_gap_mode mode, const pgdp_sink *sink)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    add_table(&text, gap, mode);
    if (text.failed) return pg_no_memory(ctx);
    const pgdp_status status = sink->write(sink->user, text.data, text.n);
    return status == PGDP_OK ? PGDP_OK : pg_fail(ctx, status, "writing the table of phantom GDP failed");
}

pgdp_status pgdp_gap_write(pgdp_ctx *ctx, const pgdp_gap *gap, pgdp_gap_mode mode, bool as_json, const pgdp_sink *sink)
{
    if (as_json) return write_json(ctx, gap, mode, sink);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = write_table(ctx, gap, mode, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
