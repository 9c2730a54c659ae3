/* write_table.c  A regression for people: what was fitted, on what, with which covariance; decimals aligned.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "stats/grid.h"
#include "stats/regression.h"
#include "stats/writers.h"

#include <math.h>
#include <string.h>

enum { N_NUMBERS = 6, SURE_DIGITS = 9 };
static const char *const headers[N_NUMBERS] = {
    "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"
};

/** Cells of the table as text, row by row. */
typedef struct cells {
    const char **terms; /**< [n] */
    const char **texts; /**< [n x N_NUMBERS] */
    size_t n;
} cells;

/** Four decimals; below 0.0001 two digits with an exponent, never zero. */
static pgdp_status p_text(pgdp_ctx *ctx, double p, const char **out)
{
    char buffer[PG_NUMBER_SIZE];
    if (!(p < 1e-4) || !(p > 0)) return pg_number_cell(ctx, p, 4, out);
    pg_number_significant(p, 2, buffer);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, buffer));
    return PGDP_OK;
}

/** The coefficients' lines, or those of the marginal effects. */
static pgdp_status fill_cells(pgdp_ctx *ctx, const pgdp_regression *r, bool margins, cells *c)
{
    c->n = margins ? r->fit->n_margins : pgdp_fit_n_terms(r->fit);
    PG_TRY_ALLOC(ctx, c->terms, pg_arena_alloc(&ctx->scratch, c->n, sizeof *c->terms));
    PG_TRY_ALLOC(ctx, c->texts, pg_arena_alloc(&ctx->scratch, c->n, N_NUMBERS * sizeof *c->texts));
    for (size_t i = 0; i < c->n; i++) {
        const pgdp_tidy t = margins ? r->fit->margins[i] : pgdp_fit_tidy(r->fit, i, r->conf_level);
        const int decimals = pg_decimals_for(t.std_error);
        const char **row = c->texts + i * N_NUMBERS;
        c->terms[i] = t.term;
        PG_TRY(pg_number_cell(ctx, t.estimate, decimals, &row[0]));
        PG_TRY(pg_number_cell(ctx, t.std_error, decimals, &row[1]));
        PG_TRY(pg_number_cell(ctx, t.statistic, 3, &row[2]));
        PG_TRY(p_text(ctx, t.p_value, &row[3]));
        PG_TRY(pg_number_cell(ctx, t.conf_low, decimals, &row[4]));
        PG_TRY(pg_number_cell(ctx, t.conf_high, decimals, &row[5]));
    }
    return PGDP_OK;
}

/** Bytes before the decimal point. */
static size_t whole_length(const char *number)
{
    return strcspn(number, ".e");
}

static void pad(pg_text *out, size_t n)
{
    while (n-- > 0)
        pg_text_add_char(out, ' ');
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void write_cells(pg_text *out, const cells *c)
{
    size_t before[N_NUMBERS] = { 0 }, after[N_NUMBERS] = { 0 }, width = strlen("term");
    for (size_t i = 0; i < c->n * N_NUMBERS; i++) {
        const size_t whole = whole_length(c->texts[i]);
        before[i % N_NUMBERS] = larger(before[i % N_NUMBERS], whole);
        after[i % N_NUMBERS] = larger(after[i % N_NUMBERS], strlen(c->texts[i]) - whole);
    }
    for (size_t i = 0; i < c->n; i++)
        width = larger(width, pg_utf8_width(c->terms[i]));
    pg_text_add(out, "term");
    pad(out, width - strlen("term"));
    for (size_t k = 0; k < N_NUMBERS; k++) {
        before[k] =
            larger(before[k], strlen(headers[k]) - (after[k] < strlen(headers[k]) ? after[k] : strlen(headers[k])));
        pad(out, 2 + before[k] + after[k] - strlen(headers[k]));
        pg_text_add(out, headers[k]);
    }
    for (size_t i = 0; i < c->n; i++) {
        pg_text_addf(out, "\n%s", c->terms[i]);
        pad(out, width - pg_utf8_width(c->terms[i]));
        for (size_t k = 0; k < N_NUMBERS; k++) {
            const char *text = c->texts[i * N_NUMBERS + k];
            const size_t whole = whole_length(text), fraction = strlen(text) - whole;
            pad(out, 2 + before[k] - whole);
            pg_text_add(out, text);
            if (k + 1 < N_NUMBERS) pad(out, after[k] - fraction);
        }
    }
    pg_text_add_char(out, '\n');
}

static void write_significant(pg_text *out, const char *before, double value, int digits)
{
    char number[PG_NUMBER_SIZE];
    if (isnan(value)) return;
    pg_number_significant(value, digits, number);
    pg_text_addf(out, "%s%s", before, number);
}

static void write_count(pg_text *out, size_t n, const char *what, bool *first)
{
    if (n == 0) return;
    pg_text_addf(out, "%s%zu %s", *first ? "; left out: " : ", ", n, what);
    *first = false;
}

/** Model, rows, what was left out and why, the covariance with its factors. */
static void write_head(pg_text *out, const pgdp_regression *r)
{
    const pgdp_fit *fit = r->fit;
    const double df = pgdp_fit_vcov_df(fit);
    const char *term, *because;
    bool first = true;
    pg_text_addf(out, "%s\n%s (%s)", r->spec.formula, r->spec.method, fit->estimator->title);
    write_significant(out, ", ", pgdp_fit_glance(fit).nobs, 15);
    pg_text_addf(out, " observations of %zu rows", r->n_rows);
    write_count(out, r->dropped.missing, "with a missing value", &first);
    write_count(out, r->dropped.zero_weight, "of weight 0", &first);
    write_count(out, r->dropped.subset, "outside the subset", &first);
    write_count(out, r->dropped.singletons, "alone in a level of an absorbed effect", &first);
    write_count(out, r->dropped.separated, "predicted perfectly (separated)", &first);
    for (size_t i = 0; i < r->n_effects; i++)
        pg_text_addf(out, "%s%s", i == 0 ? "\nabsorbed: " : " + ", r->effects[i]);
    if (r->n_effects > 0)
        pg_text_addf(out, ", %s%zu parameters", fit->absorbed_is_bound ? "at most " : "", fit->n_absorbed);
    if (r->spec.subset != NULL) pg_text_addf(out, "\nsubset: %s", r->spec.subset);
    if (r->spec.weights != NULL) pg_text_addf(out, "\nweights: %s", r->spec.weights);
    if (r->spec.offset != NULL) pg_text_addf(out, "\noffset: %s", r->spec.offset);
    for (const pgdp_setting *s = r->spec.settings; s != NULL && s->name != NULL; s++)
        pg_text_addf(out, "%s%s = %s", s == r->spec.settings ? "\nsettings: " : ", ", s->name, s->value);
    pg_text_addf(out, "\ncovariance: %s, ", r->spec.vcov);
    if (r->spec.preset != NULL) pg_text_addf(out, "preset %s, ", r->spec.preset);
    if (fit->term_df != NULL)
        pg_text_add(out, "t with each term's own degrees of freedom");
    else if (isfinite(df))
        write_significant(out, "t(", df, 15);
    if (fit->term_df == NULL) pg_text_add(out, isfinite(df) ? ")" : "normal");
    pgdp_factor factor;
    for (size_t i = 0; (factor = pgdp_fit_factor(fit, i)).name != NULL; i++) {
        pg_text_addf(out, ", %s", factor.name);
        write_significant(out, " ", factor.value, 6);
    }
    for (size_t i = 0; i < r->n_outcome_levels; i++)
        pg_text_addf(out, "%s%zu = %s", i == 0 ? "\noutcome: " : ", ", i, r->outcome_levels[i]);
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++)
        pg_text_addf(out, "\nleft out: %s %s", term, because);
    pg_text_add(out, "\n\n");
}

/** The model's own summary, and a warning when the numbers deserve one. */
static void write_foot(pg_text *out, const pgdp_regression *r)
{
    const pgdp_glance g = pgdp_fit_glance(r->fit);
    const pgdp_certificate c = pgdp_fit_certificate(r->fit);
    const size_t start = out->n;
    write_significant(out, "\nr_squared ", g.r_squared, 6);
    write_significant(out, ", adj_r_squared ", g.adj_r_squared, 6);
    write_significant(out, out->n == start ? "\nsigma " : ", sigma ", g.sigma, 6);
    write_significant(out, out->n == start ? "\nlog_lik " : ", log_lik ", g.log_lik, 7);
    write_significant(out, ", aic ", g.aic, 7);
    write_significant(out, ", bic ", g.bic, 7);
    const bool is_f = g.test != NULL && pg_streq(g.test, "F");
    const bool is_ratio = g.test != NULL && pg_streq(g.test, "likelihood_ratio");
    write_significant(out,
                      is_f       ? "\nall terms zero: F "
                      : is_ratio ? "\nall terms zero: likelihood ratio "
                                 : "\nall terms zero: Wald's chi-square ",
                      g.statistic, 6);
    if (!isnan(g.statistic)) {
        write_significant(out, ", df ", g.df, 15);
        if (is_f) write_significant(out, " and ", pgdp_fit_vcov_df(r->fit), 15);
        write_significant(out, ", p_value ", g.p_value, 4);
    }
    if (c.digits < SURE_DIGITS) {
        write_significant(out, "\ncertificate: about ", c.digits, 2);
        pg_text_add(out, " correct digits in the worst estimate");
        write_significant(out, " (condition number ", c.condition_number, 2);
        pg_text_add(out, "); centre or rescale the terms for more");
    }
    pg_text_add_char(out, '\n');
}

/** name = value [df] p: tests and statistics beside the coefficients. */
static void write_diagnostics(pg_text *out, const pgdp_regression *r)
{
    pgdp_diagnostic d;
    size_t width = 0;
    for (size_t i = 0; (d = pgdp_regression_diagnostic(r, i)).name != NULL; i++)
        width = larger(width, pg_utf8_width(d.name));
    for (size_t i = 0; (d = pgdp_regression_diagnostic(r, i)).name != NULL; i++) {
        pg_text_addf(out, "%s%s", i == 0 ? "\n" : "", d.name);
        pad(out, width - pg_utf8_width(d.name));
        write_significant(out, "  ", d.statistic, 7);
        write_significant(out, isnan(d.df2) ? "  chi2(" : "  F(", d.df, 15);
        write_significant(out, ", ", d.df2, 15);
        if (!isnan(d.df)) pg_text_add_char(out, ')');
        write_significant(out, "  p ", d.p_value, 4);
        pg_text_addf(out, "  %s%s%s\n", d.title, d.note == NULL ? "" : "; ", d.note == NULL ? "" : d.note);
    }
}

static pgdp_status write_one(pgdp_ctx *ctx, const pgdp_regression *r, pg_text *out)
{
    cells c = { NULL, NULL, 0 };
    PG_TRY(fill_cells(ctx, r, false, &c));
    write_head(out, r);
    write_cells(out, &c);
    write_foot(out, r);
    if (r->fit->n_margins > 0) {
        PG_TRY(fill_cells(ctx, r, true, &c));
        pg_text_addf(out, "\nmarginal effects (%s)\n", r->spec.margins);
        write_cells(out, &c);
    }
    write_diagnostics(out, r);
    return PGDP_OK;
}

/** Below several models: what was asked for beside the coefficients of one of them. */
static pgdp_status write_beside(pgdp_ctx *ctx, const pgdp_regression *r, size_t model, pg_text *out)
{
    cells c = { NULL, NULL, 0 };
    if (r->spec.tests == NULL && r->spec.diagnostics == NULL && r->spec.margins == NULL) return PGDP_OK;
    pg_text_addf(out, "\n(%zu) %s\n", model, r->spec.formula);
    if (r->fit->n_margins > 0) {
        PG_TRY(fill_cells(ctx, r, true, &c));
        pg_text_addf(out, "marginal effects (%s)\n", r->spec.margins);
        write_cells(out, &c);
    }
    write_diagnostics(out, r);
    return PGDP_OK;
}

/** Several models side by side: columns as wide as their widest text. */
static pgdp_status write_grid(pgdp_ctx *ctx, const pgdp_regression *const *list, size_t n,
                              const pgdp_table_style *style, pg_text *out)
{
    pg_grid g;
    size_t *width, n_lines;
    const char *const *lines;
    PG_TRY(pg_grid_build(ctx, list, n, style, &g));
    PG_TRY(pg_grid_notes(ctx, list, n, style, &lines, &n_lines));
    PG_TRY_ALLOC(ctx, width, pg_arena_alloc(&ctx->scratch, g.n_columns, sizeof *width));
    for (size_t i = 0; i < g.n_rows * g.n_columns; i++)
        width[i % g.n_columns] = larger(width[i % g.n_columns], pg_utf8_width(g.texts[i]));
    for (size_t i = 0; i < g.n_rows; i++) {
        const char *const *row = g.texts + i * g.n_columns;
        if (i > 0 && g.kinds[i] != g.kinds[i - 1] && g.kinds[i] != PG_GRID_ERROR && g.kinds[i - 1] != PG_GRID_ERROR)
            pg_text_add_char(out, '\n');
        if (i > 0 && g.kinds[i] > PG_GRID_ERROR && g.kinds[i - 1] == PG_GRID_ERROR) pg_text_add_char(out, '\n');
        pg_text_add(out, row[0]);
        pad(out, width[0] - pg_utf8_width(row[0]));
        for (size_t j = 1; j < g.n_columns; j++) {
            pad(out, 2 + width[j] - pg_utf8_width(row[j]));
            pg_text_add(out, row[j]);
        }
        pg_text_add_char(out, '\n');
    }
    for (size_t i = 0; i < n_lines; i++)
        pg_text_addf(out, "%s%s\n", i == 0 ? "\n" : "", lines[i]);
    return PGDP_OK;
}

static pgdp_status write_table(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                               const pgdp_table_style *style, const pgdp_sink *sink)
{
    pg_text out;
    pg_text_init(&out, &ctx->scratch);
    if (n == 1 && !style->stars)
        PG_TRY(write_one(ctx, regressions[0], &out));
    else
        PG_TRY(write_grid(ctx, regressions, n, style, &out));
    for (size_t i = 0; (n > 1 || style->stars) && i < n; i++)
        PG_TRY(write_beside(ctx, regressions[i], i + 1, &out));
    if (out.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, out.data, out.n);
}

const pgdp_regression_writer pg_regression_writer_table = {
    .name = "table",
    .title = "a table for people: one model in full, several side by side",
    .write = write_table,
};
