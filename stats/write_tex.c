/* write_tex.c  Regressions side by side as a LaTeX table (booktabs, threeparttable). Source: booktabs 1.6 manual.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/grid.h"
#include "stats/writers.h"

#include <string.h>

/** Every character that LaTeX takes for a command is escaped, so that no name breaks the table or runs anything. */
static void add_escaped(pg_text *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("#$%&_{}", *text) != NULL)
            pg_text_addf(out, "\\%c", *text);
        else if (*text == '\\')
            pg_text_add(out, "\\textbackslash{}");
        else if (*text == '^')
            pg_text_add(out, "\\textasciicircum{}");
        else if (*text == '~')
            pg_text_add(out, "\\textasciitilde{}");
        else if (*text == '<' || *text == '>' || *text == '|')
            pg_text_addf(out, "$%s$", *text == '|' ? "\\mid" : *text == '<' ? "<" : ">");
        else
            pg_text_add_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
}

/** A number keeps its minus sign, its stars are raised. */
static void add_number(pg_text *out, const char *text)
{
    const size_t n = strcspn(text, "*");
    const char *open = text[0] == '(' ? "(" : "";
    const char *digits = text + strlen(open);
    if (*digits == '-' && digits[1] != '\0' && strchr("0123456789", digits[1]) != NULL) {
        pg_text_addf(out, "%s$-$", open);
        pg_text_add_bytes(out, digits + 1, n - strlen(open) - 1);
    } else {
        pg_text_add_bytes(out, text, n);
    }
    if (text[n] != '\0') pg_text_addf(out, "$^{%s}$", text + n);
}

static void add_row(pg_text *out, const pg_grid *g, size_t i)
{
    const char *const *row = g->texts + i * g->n_columns;
    const bool numbers = g->kinds[i] == PG_GRID_ESTIMATE || g->kinds[i] == PG_GRID_ERROR;
    if (i > 0 && g->kinds[i] != g->kinds[i - 1] && g->kinds[i] != PG_GRID_ERROR && g->kinds[i] != PG_GRID_HEAD &&
        !(g->kinds[i] == PG_GRID_ESTIMATE && g->kinds[i - 1] == PG_GRID_ERROR))
        pg_text_add(out, "\\midrule\n");
    if (row[0][0] == '[' || row[0][0] == '*')
        pg_text_add(out, "{}"); /* not what ends the row before takes for its own */
    add_escaped(out, row[0]);
    for (size_t j = 1; j < g->n_columns; j++) {
        pg_text_add(out, " & ");
        if (numbers || (g->kinds[i] == PG_GRID_SUMMARY && strspn(row[j], "-+.e0123456789") == strlen(row[j])))
            add_number(out, row[j]);
        else
            add_escaped(out, row[j]);
    }
    pg_text_add(out, " \\\\\n");
}

static pgdp_status write_tex(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                             const pgdp_table_style *style, const pgdp_sink *sink)
{
    pg_text out;
    pg_grid g;
    const char *const *lines;
    size_t n_lines;
    pg_text_init(&out, &ctx->scratch);
    PG_TRY(pg_grid_build(ctx, regressions, n, style, &g));
    PG_TRY(pg_grid_notes(ctx, regressions, n, style, &lines, &n_lines));
    pg_text_add(&out, "% needs \\usepackage{booktabs,threeparttable}\n\\begin{threeparttable}\n\\begin{tabular}{l");
    for (size_t j = 1; j < g.n_columns; j++)
        pg_text_add_char(&out, 'r');
    pg_text_add(&out, "}\n\\toprule\n");
    for (size_t i = 0; i < g.n_rows; i++)
        add_row(&out, &g, i);
    pg_text_add(&out, "\\bottomrule\n\\end{tabular}\n\\begin{tablenotes}\n");
    for (size_t i = 0; i < n_lines; i++) {
        pg_text_add(&out, "\\item ");
        add_escaped(&out, lines[i]);
        pg_text_add_char(&out, '\n');
    }
    pg_text_add(&out, "\\end{tablenotes}\n\\end{threeparttable}\n");
    if (out.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, out.data, out.n);
}

const pgdp_regression_writer pg_regression_writer_tex = {
    .name = "tex",
    .title = "a LaTeX table, models side by side",
    .write = write_tex,
};
