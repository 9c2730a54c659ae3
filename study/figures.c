/* figures.c  What a reader wants first: key figures with their bands, checks, notes, provenance.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/checks.h"
#include "core/frame.h"
#include "core/text.h"
#include "gap/identities.h"
#include "study/releases.h"
#include "study/run.h"
#include "tasks/identities.h"

enum { FIGURE, VALUE, CONF_LOW, CONF_HIGH, UNIT, DEFINITION, SOURCE };

/** One key figure. */
typedef struct figure {
    const char *name;
    double value, conf_low, conf_high;
    const char *unit, *definition, *source;
} figure;

static pgdp_status text_frame(pgdp_ctx *ctx, const char *const *columns, size_t n, size_t first_text, pgdp_frame **out)
{
    size_t index;
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < n; j++) {
        const pgdp_column column = { .name = columns[j], .type = j >= 1 && j < first_text ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, *out, &column, &index));
    }
    return PGDP_OK;
}

static pgdp_status add_figure(pgdp_ctx *ctx, pgdp_frame *out, const figure *f)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pgdp_frame_set_text(ctx, out, FIGURE, f->name, PGDP_NONE));
    pgdp_frame_set_real(out, VALUE, f->value);
    pgdp_frame_set_real(out, CONF_LOW, f->conf_low);
    pgdp_frame_set_real(out, CONF_HIGH, f->conf_high);
    PG_TRY(pgdp_frame_set_text(ctx, out, UNIT, f->unit, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, out, DEFINITION, f->definition, PGDP_NONE));
    return pgdp_frame_set_text(ctx, out, SOURCE, f->source, PGDP_NONE);
}

/** Cells of a result frame by column name; NaN and "" where there is no such column. */
static double real_at(const pgdp_frame *frame, const char *column, size_t row)
{
    const size_t j = pgdp_frame_find(frame, column);
    const double *x = j != PGDP_NONE ? pgdp_frame_reals(frame, j) : NULL;
    return x != NULL ? x[row] : (double)NAN;
}
static const char *text_at(const pgdp_frame *frame, const char *column, size_t row)
{
    const size_t j = pgdp_frame_find(frame, column);
    const char *text = j != PGDP_NONE ? pgdp_frame_text(frame, j, row) : NULL;
    return text != NULL ? text : "";
}

/** The headline shares by model and by labels, or the published ones; other thresholds stay on their sheet. */
static pgdp_status add_headline(pgdp_ctx *ctx, const pg_run *run, bool published, pgdp_frame *out)
{
    const pgdp_frame *h = pgdp_scoring_headline(run->scoring);
    for (size_t i = 0; i < pgdp_frame_n_rows(h); i++) {
        const char *definition = text_at(h, "definition", i), *weighting = text_at(h, "weighting", i);
        if (published != pg_streq(weighting, "published")) continue;
        if (!published && !pg_streq(definition, "model") && !pg_streq(definition, "labels")) continue;
        char *name;
        PG_TRY_ALLOC(ctx, name,
                     pg_arena_printf(&ctx->scratch,
                                     published ? "Published: %s%s" : "AI can do end to end now, by %s, %s",
                                     published ? text_at(h, "words", i) : definition,
                                     published                          ? ""
                                     : pg_streq(weighting, "wage_bill") ? "wage bill"
                                                                        : weighting));
        const figure f = { .name = name,
                           .value = real_at(h, "share", i),
                           .conf_low = real_at(h, "conf_low", i),
                           .conf_high = real_at(h, "conf_high", i),
                           .unit = "share",
                           .definition = published ? "a figure of others, by their definition" : text_at(h, "words", i),
                           .source = text_at(h, "source", i) };
        PG_TRY(add_figure(ctx, out, &f));
    }
    return PGDP_OK;
}

/** One aggregate of the gap with its Monte Carlo band, in billion usd when it is a value. */
static pgdp_status add_aggregate(pgdp_ctx *ctx, const pg_run *run, const char *aggregate, const char *name,
                                 const char *definition, pgdp_frame *out)
{
    const pgdp_frame *bands = run->bands;
    for (size_t i = 0; i < pgdp_frame_n_rows(bands); i++) {
        if (!pg_streq(text_at(bands, "name", i), aggregate)) continue;
        const bool is_value = pg_streq(text_at(bands, "unit", i), "value");
        const double scale = is_value ? 1e9 : 1;
        const figure f = { .name = name,
                           .value = real_at(bands, "central", i) / scale,
                           .conf_low = real_at(bands, "p05", i) / scale,
                           .conf_high = real_at(bands, "p95", i) / scale,
                           .unit = is_value ? "usd_bn" : "index",
                           .definition = definition,
                           .source = "this study; band: 5th to 95th percentile of the draws" };
        return add_figure(ctx, out, &f);
    }
    return pg_fail(ctx, PGDP_NOT_FOUND, "gap: found no band of %s", aggregate);
}

static pgdp_status add_gap(pgdp_ctx *ctx, const pg_run *run, pgdp_frame *out)
{
    PG_TRY(add_aggregate(ctx, run, "phi_f", "Phantom GDP (Fisher)",
                         "true output at the Fisher quantity index less measured real output", out));
    PG_TRY(add_aggregate(ctx, run, "phi_l", "Phantom GDP, upper bound (Laspeyres)", "the same at base prices", out));
    PG_TRY(add_aggregate(ctx, run, "phi_p", "Phantom GDP, lower bound (Paasche)", "the same at the new prices", out));
    PG_TRY(add_aggregate(ctx, run, "shrinkage", "Nominal shrinkage",
                         "base value less what is recorded in nominal terms", out));
    PG_TRY(add_aggregate(ctx, run, "qf", "True quantity index (Fisher, base 1)", "volume of the covered work after AI",
                         out));
    PG_TRY(add_aggregate(ctx, run, "cs", "Consumer surplus of continuing work",
                         "what buyers gain from the lower price, isoelastic demand", out));
    return add_aggregate(ctx, run, "q0", "Base value covered",
                         "value of the work of all occupations covered, before AI", out);
}

/** The newest quarter of the top-down estimate that has a value in dollars. */
static pgdp_status add_top_down(pgdp_ctx *ctx, const pg_run *run, pgdp_frame *out)
{
    const pgdp_frame *t = run->top_down;
    size_t row = t != NULL ? pgdp_frame_n_rows(t) : 0;
    while (row > 0 && isnan(real_at(t, "gap_usd_bn", row - 1)))
        row--;
    if (row == 0) return PGDP_OK;
    char period[16];
    char *name;
    const size_t column = pgdp_frame_find(t, "period");
    pgdp_period_format((pgdp_period){ pgdp_frame_column(t, column)->frequency, pgdp_frame_periods(t, column)[row - 1] },
                       period);
    PG_TRY_ALLOC(ctx, name, pg_arena_printf(&ctx->scratch, "Top-down: measured less implied output, %s", period));
    const figure f = {
        .name = name,
        .value = real_at(t, "gap_usd_bn", row - 1),
        .conf_low = real_at(t, "gap_low_usd_bn", row - 1),
        .conf_high = real_at(t, "gap_high_usd_bn", row - 1),
        .unit = "usd_bn",
        .definition = "measured output less what hours and the earlier productivity trend imply, in per cent of "
                      "the output series, taken of the whole of GDP; annual rate; missing output would be negative",
        .source = "this study; band: prediction interval"
    };
    return add_figure(ctx, out, &f);
}

static pgdp_status make_key_figures(pgdp_ctx *ctx, pg_run *run)
{
    static const char *const columns[] = { "figure", "value", "conf_low", "conf_high", "unit", "definition", "source" };
    PG_TRY(text_frame(ctx, columns, sizeof columns / sizeof columns[0], UNIT, &run->key_figures));
    PG_TRY(add_headline(ctx, run, false, run->key_figures));
    PG_TRY(add_gap(ctx, run, run->key_figures));
    PG_TRY(add_top_down(ctx, run, run->key_figures));
    return add_headline(ctx, run, true, run->key_figures);
}

/** What the run's parts must add up to. */
static pgdp_status make_checks(pgdp_ctx *ctx, pg_run *run)
{
    const pg_study *study = &run->study;
    const pgdp_gap_request request = { .work = run->work,
                                       .n_work = run->n_work,
                                       .news = study->news,
                                       .n_news = study->n_news,
                                       .parameters = study->parameters,
                                       .mode = study->mode };
    PG_TRY(pg_task_identities(ctx, run->list, run->checks));
    return pg_gap_identities(ctx, &request, &run->gap, run->checks);
}

static pgdp_status add_pair(pgdp_ctx *ctx, pgdp_frame *out, const char *key, const char *value)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pgdp_frame_set_text(ctx, out, 0, key, PGDP_NONE));
    return pgdp_frame_set_text(ctx, out, 1, value, PGDP_NONE);
}

static pgdp_status make_provenance(pgdp_ctx *ctx, pg_run *run)
{
    static const char *const columns[] = { "key", "value" };
    char *seed;
    PG_TRY(text_frame(ctx, columns, 2, 0, &run->provenance));
    PG_TRY_ALLOC(ctx, seed, pg_arena_printf(&ctx->scratch, "%llu", (unsigned long long)run->study.seed));
    PG_TRY(add_pair(ctx, run->provenance, "program", "pgdp"));
    PG_TRY(add_pair(ctx, run->provenance, "version", pgdp_version()));
    PG_TRY(add_pair(ctx, run->provenance, "build", pgdp_build_info(ctx)));
    PG_TRY(add_pair(ctx, run->provenance, "study file", run->study.path));
    PG_TRY(add_pair(ctx, run->provenance, "study sha256", run->study.sha256));
    PG_TRY(add_pair(ctx, run->provenance, "seed", seed));
    if (run->rubric_sha256[0] != '\0') PG_TRY(add_pair(ctx, run->provenance, "rubric sha256", run->rubric_sha256));
    for (size_t i = 0; i < PG_N_FILES; i++) {
        char *key;
        const char *release;
        if (run->study.inputs[i].given == NULL) continue;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%s sha256", run->study.inputs[i].given));
        PG_TRY(add_pair(ctx, run->provenance, key, run->loaded.sha256[i]));
        PG_TRY(pg_release_words(ctx, &run->study, &run->loaded, (pg_input_index)i, &release));
        if (release == NULL) continue;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%s release", run->study.inputs[i].given));
        PG_TRY(add_pair(ctx, run->provenance, key, release));
    }
    return PGDP_OK;
}

static pgdp_status make_notes(pgdp_ctx *ctx, pg_run *run)
{
    static const char *const columns[] = { "note", "text" };
    static const char *const notes[] = {
        "Phantom GDP is output that measured GDP leaves out. (A 2007 use of the phrase meant GDP overstated by "
        "offshoring.)",
        "The automation grades T0 to T4 are the rubric of GPTs are GPTs (Eloundou et al.), given by GPT-4; they are "
        "not the "
        "evidence tiers T0 to T6 of the Dark Output monitor, whose activities are not published.",
        "Wages and employment: OEWS, which leaves out the self-employed. Hours are 2,080 a year for each job.",
        "Gross mode counts every receipt and takes deflators as blind; accounts mode weights by final demand, because "
        "an "
        "error in an intermediate good's deflator cancels in aggregate GDP.",
        "Bands are the 5th and 95th percentiles of the Monte Carlo draws unless a line says otherwise; parameters and "
        "their "
        "sources stand on the sheet Scenarios.",
        "The top-down estimate compares measured output with hours times a productivity trend; it cannot tell hidden "
        "output from no output. Its dollars apply the percentage of the output series (in the baseline nonfarm "
        "business, "
        "about three quarters of GDP) to all of GDP, and its interval is too narrow as residuals are serially "
        "correlated.",
        "This workbook includes information from O*NET databases by the U.S. Department of Labor, Employment and "
        "Training "
        "Administration (USDOL/ETA), used under the CC BY 4.0 licence and modified as the sheet Sources says.",
    };
    PG_TRY(text_frame(ctx, columns, 2, 0, &run->notes));
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "note %zu", i + 1));
        PG_TRY(add_pair(ctx, run->notes, key, notes[i]));
    }
    return PGDP_OK;
}

pgdp_status pg_run_figures(pgdp_ctx *ctx, pg_run *run)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = make_key_figures(ctx, run);
    if (status == PGDP_OK) status = make_checks(ctx, run);
    if (status == PGDP_OK) status = make_provenance(ctx, run);
    if (status == PGDP_OK) status = make_notes(ctx, run);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
