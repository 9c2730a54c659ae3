/* write_md.c  Regressions side by side as a Markdown table. Source: GitHub Flavored Markdown, section 4.10.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/grid.h"
#include "stats/writers.h"

#include <string.h>

/** What Markdown would take for markup is escaped: section 2.4 allows it for every mark. */
static void add_escaped(pg_text *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\|*_`<>[]^~&$#", *text) != NULL) pg_text_add_char(out, '\\');
        pg_text_add_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
}

static pgdp_status write_md(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                            const pgdp_table_style *style, const pgdp_sink *sink)
{
    pg_text out;
    pg_grid g;
    const char *const *lines;
    size_t n_lines;
    pg_text_init(&out, &ctx->scratch);
    PG_TRY(pg_grid_build(ctx, regressions, n, style, &g));
    PG_TRY(pg_grid_notes(ctx, regressions, n, style, &lines, &n_lines));
    for (size_t i = 0; i < g.n_rows; i++) {
        for (size_t j = 0; j < g.n_columns; j++) {
            pg_text_add(&out, "| ");
            add_escaped(&out, g.texts[i * g.n_columns + j]);
            pg_text_add_char(&out, ' ');
        }
        pg_text_add(&out, "|\n");
        for (size_t j = 0; i == 0 && j < g.n_columns; j++)
            pg_text_add(&out, j == 0 ? "|:--" : "|--:");
        if (i == 0) pg_text_add(&out, "|\n");
    }
    for (size_t i = 0; i < n_lines; i++) {
        pg_text_add(&out, i == 0 ? "\n" : "");
        add_escaped(&out, lines[i]);
        pg_text_add(&out, "  \n");
    }
    if (out.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, out.data, out.n);
}

const pgdp_regression_writer pg_regression_writer_md = {
    .name = "md",
    .title = "a Markdown table, models side by side",
    .write = write_md,
};
