/* summary.c  What a run came to, for the terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/checks.h"
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "study/run.h"

/** Columns of the key figures. */
typedef struct columns {
    size_t figure, value, low, high, unit;
} columns;

static columns find_columns(const pgdp_frame *f)
{
    return (columns){ pgdp_frame_find(f, "figure"), pgdp_frame_find(f, "value"), pgdp_frame_find(f, "conf_low"),
                      pgdp_frame_find(f, "conf_high"), pgdp_frame_find(f, "unit") };
}

/** A value as its unit is read: shares in percent, billions with one decimal. */
static void format_value(double value, const char *unit, char *buffer)
{
    const bool share = pg_streq(unit, "share");
    if (isnan(value)) {
        buffer[0] = '\0';
        return;
    }
    const size_t n = pg_number_fixed(share ? 100 * value : value, pg_streq(unit, "index") ? 4 : share ? 2 : 1, buffer);
    buffer[n] = share ? '%' : '\0';
    buffer[n + 1] = '\0';
}

static void put_figure(pg_text *text, const pgdp_frame *f, const columns *c, size_t i)
{
    char value[400], low[400], high[400];
    const char *unit = pgdp_frame_text(f, c->unit, i), *name = pgdp_frame_text(f, c->figure, i);
    unit = unit != NULL ? unit : "";
    format_value(pgdp_frame_reals(f, c->value)[i], unit, value);
    format_value(pgdp_frame_reals(f, c->low)[i], unit, low);
    format_value(pgdp_frame_reals(f, c->high)[i], unit, high);
    const size_t width = pg_utf8_width(name);
    pg_text_addf(text, "  %s%*s %10s %-7s", name, width < 72 ? (int)(72 - width) : 0, "", value,
                 pg_streq(unit, "share") ? "" : unit);
    if (low[0] != '\0') pg_text_addf(text, " [%s, %s]", low, high);
    pg_text_add(text, "\n");
}

static pgdp_status summary_text(pgdp_ctx *ctx, const pg_run *run, const char *directory, const pgdp_sink *sink)
{
    pg_text text;
    const columns c = find_columns(run->key_figures);
    const size_t n = pgdp_frame_n_rows(run->checks), failed = pg_checks_failed(run->checks);
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "%s (as of %s)\n\n", run->study.title, run->study.as_of);
    for (size_t i = 0; i < pgdp_frame_n_rows(run->key_figures); i++)
        put_figure(&text, run->key_figures, &c, i);
    pg_text_add(
        &text,
        "\n  [ ]: confidence interval of a share; 5th to 95th percentile of the draws of a gap; prediction interval, "
        "top-down\n");
    pg_text_addf(&text, "  state: %s; checks: %zu of %zu passed\n\n", pgdp_gap_state_name(run->gap.state), n - failed,
                 n);
    pg_text_addf(&text, "workbook: %s/report.xlsx\nits exact twin: %s/results.json\n", directory, directory);
    if (text.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, text.data, text.n);
}

static pgdp_status summary_json(pgdp_ctx *ctx, const pg_run *run, const char *directory, const pgdp_sink *sink)
{
    pg_json json;
    const columns c = find_columns(run->key_figures);
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.run/1");
    pg_json_key_string(&json, "study", run->study.name);
    pg_json_key_string(&json, "directory", directory);
    pg_json_key_string(&json, "state", pgdp_gap_state_name(run->gap.state));
    pg_json_key_integer(&json, "checks_failed", (int64_t)pg_checks_failed(run->checks));
    pg_json_key(&json, "key_figures");
    pg_json_array(&json);
    for (size_t i = 0; i < pgdp_frame_n_rows(run->key_figures); i++) {
        pg_json_object(&json);
        pg_json_key_string(&json, "figure", pgdp_frame_text(run->key_figures, c.figure, i));
        pg_json_key_real(&json, "value", pgdp_frame_reals(run->key_figures, c.value)[i]);
        pg_json_key_real(&json, "conf_low", pgdp_frame_reals(run->key_figures, c.low)[i]);
        pg_json_key_real(&json, "conf_high", pgdp_frame_reals(run->key_figures, c.high)[i]);
        pg_json_key_string(&json, "unit", pgdp_frame_text(run->key_figures, c.unit, i));
        pg_json_object_end(&json);
    }
    pg_json_array_end(&json);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

pgdp_status pg_run_summary(pgdp_ctx *ctx, const pg_run *run, const char *directory, bool as_json, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status =
        as_json ? summary_json(ctx, run, directory, sink) : summary_text(ctx, run, directory, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
