/* headline.c  The share of activities that AI can do end to end now: by the model, by the labels, and as others put it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/headline.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

static const char *const weighting_names[PG_N_WEIGHTINGS] = { "count", "hours", "wage_bill" };
static const char *const weighting_units[PG_N_WEIGHTINGS] = { "activities", "hours", "usd" };

enum { DEFINITION, WEIGHTING, SHARE, LOW, HIGH, PART, OF, UNIT, WORDS, SOURCE, N_HEADLINE };
static const pgdp_column columns[N_HEADLINE] = {
    [DEFINITION] = PG_TEXT_COLUMN("definition"),
    [WEIGHTING] = PG_TEXT_COLUMN("weighting"),
    [SHARE] = PG_REAL_COLUMN("share", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [PART] = PG_REAL_COLUMN("n", ""),
    [OF] = PG_REAL_COLUMN("of", ""),
    [UNIT] = PG_TEXT_COLUMN("unit"),
    [WORDS] = PG_TEXT_COLUMN("words"),
    [SOURCE] = PG_TEXT_COLUMN("source"),
};

/* Activities with a graded task; all hours and wages of the list, those without an activity too. */
void pg_headline_totals(const pgdp_scoring *s, double *total)
{
    const size_t n = s->list->n_activities;
    for (size_t w = 0; w < PG_N_WEIGHTINGS; w++)
        total[w] = 0;
    for (size_t a = 0; a <= n; a++) {
        total[PG_BY_COUNT] += a < n && s->activity[a].n_graded > 0.5 ? 1 : 0;
        total[PG_BY_HOURS] += s->activity[a].employment * PG_HOURS_A_YEAR;
        total[PG_BY_WAGES] += s->activity[a].wage_bill;
    }
}

void pg_headline_add(const pgdp_scoring *s, size_t activity, double *part)
{
    part[PG_BY_COUNT] += 1;
    part[PG_BY_HOURS] += s->activity[activity].employment * PG_HOURS_A_YEAR;
    part[PG_BY_WAGES] += s->activity[activity].wage_bill;
}

typedef struct definition {
    const char *name, *words, *source;
    double part[PG_N_WEIGHTINGS], total[PG_N_WEIGHTINGS], low[PG_N_WEIGHTINGS], high[PG_N_WEIGHTINGS];
} definition;

static pgdp_status add_definition(pgdp_ctx *ctx, pgdp_frame *out, const definition *d)
{
    for (size_t w = 0; w < PG_N_WEIGHTINGS; w++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, DEFINITION, d->name));
        PG_TRY(pg_set_text(ctx, out, WEIGHTING, weighting_names[w]));
        PG_TRY(pg_set_text(ctx, out, UNIT, weighting_units[w]));
        PG_TRY(pg_set_text(ctx, out, WORDS, d->words));
        PG_TRY(pg_set_text(ctx, out, SOURCE, d->source));
        pgdp_frame_set_real(out, SHARE, d->total[w] > 0 ? d->part[w] / d->total[w] : (double)NAN);
        pgdp_frame_set_real(out, LOW, d->low[w]);
        pgdp_frame_set_real(out, HIGH, d->high[w]);
        pgdp_frame_set_real(out, PART, d->part[w]);
        pgdp_frame_set_real(out, OF, d->total[w]);
    }
    return PGDP_OK;
}

static pgdp_status model_words(pgdp_ctx *ctx, const pgdp_scoring_request *r, double bar, const char **out)
{
    pg_text words;
    pg_text_init(&words, &ctx->scratch);
    pg_text_addf(
        &words,
        "An activity counts when the mean calibrated probability that its tasks are graded %s or above, weighted by "
        "the hours spent on them, is ",
        r->threshold);
    pg_text_add_number(&words, bar);
    pg_text_addf(
        &words,
        " or more. Grades: %s, from %s to %s; they grade how much of a task a model could do by itself and are not "
        "the evidence tiers of a production record. Interval: percentiles of ",
        r->grade, r->levels[0], r->levels[pg_n_levels(r->levels) - 1]);
    pg_text_add_number(&words, (double)r->n_draws);
    pg_text_add(&words, " draws of the coefficients and of the calibration, errors clustered by occupation.");
    if (words.failed) return pg_no_memory(ctx);
    *out = words.data;
    return PGDP_OK;
}

static pgdp_status add_bar(pgdp_ctx *ctx, pgdp_scoring *s, size_t b, double bar, definition *d)
{
    char number[PG_NUMBER_SIZE];
    pg_number_format(bar, number);
    PG_TRY_ALLOC(ctx, d->name, b == 0 ? "model" : pg_arena_printf(&ctx->scratch, "model_at_%s", number));
    PG_TRY(model_words(ctx, &s->request, bar, &d->words));
    for (size_t a = 0; a < s->list->n_activities; a++)
        if (s->activity[a].probability.mean >= bar) pg_headline_add(s, a, d->part);
    return add_definition(ctx, s->headline, d);
}

/* The request's bar, then three others: how much hangs on it. */
static pgdp_status add_model(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const double bars[PG_N_BARS] = { s->request.majority, 0.5, 0.75, 0.9 };
    double low[PG_N_WEIGHTINGS * PG_N_BARS], high[PG_N_WEIGHTINGS * PG_N_BARS];
    PG_TRY(pg_headline_draws(ctx, s, bars, low, high));
    for (size_t b = 0; b < PG_N_BARS; b++) {
        if (b > 0 && fabs(bars[b] - bars[0]) < 1e-12) continue;
        definition d = { .source = "This model" };
        pg_headline_totals(s, d.total);
        memcpy(d.low, low + b * PG_N_WEIGHTINGS, sizeof d.low);
        memcpy(d.high, high + b * PG_N_WEIGHTINGS, sizeof d.high);
        PG_TRY(add_bar(ctx, s, b, bars[b], &d));
    }
    return PGDP_OK;
}

static pgdp_status add_labels(pgdp_ctx *ctx, pgdp_scoring *s)
{
    pg_text words;
    pg_text_init(&words, &ctx->scratch);
    pg_text_addf(&words,
                 "An activity counts when every graded task of it is graded %s or above. Grades: %s, taken as they "
                 "are. Interval: jackknife, leaving out one occupation at a time.",
                 s->request.threshold, s->request.grade);
    if (words.failed) return pg_no_memory(ctx);
    definition d = { .name = "labels", .words = words.data, .source = "The labels themselves" };
    pg_headline_totals(s, d.total);
    for (size_t a = 0; a < s->list->n_activities; a++)
        if (s->activity[a].done_by_labels) pg_headline_add(s, a, d.part);
    PG_TRY(pg_headline_jackknife(ctx, s, d.low, d.high));
    return add_definition(ctx, s->headline, &d);
}

/* Figures of others that answer the same question; `of` where their count is of a number they state. */
typedef struct published_row {
    const char *id;
    bool prefix;
    double of;
} published_row;
static const published_row published_rows[] = {
    { "podcast_tasks_share", false, (double)NAN },
    { "dark_output_dwas_t4", false, 2087 }, /* the monitor's count of detailed work activities: its figure's words */
    { "rli_", true, (double)NAN },
};

static const published_row *row_of(const char *id)
{
    for (size_t i = 0; i < sizeof published_rows / sizeof *published_rows; i++) {
        const published_row *row = &published_rows[i];
        if (row->prefix ? pg_starts_with(id, row->id) : pg_streq(id, row->id)) return row;
    }
    return NULL;
}

typedef struct published_columns {
    size_t id, figure, source, date;
    const double *value, *low, *high;
} published_columns;

static pgdp_status add_published_row(pgdp_ctx *ctx, pgdp_scoring *s, const published_columns *c, size_t i)
{
    const pgdp_frame *table = s->list->inputs.published;
    const char *id = pgdp_frame_text(table, c->id, i), *date = pgdp_frame_text(table, c->date, i);
    const char *source = pgdp_frame_text(table, c->source, i);
    const published_row *row = id == NULL ? NULL : row_of(id);
    if (row == NULL) return PGDP_OK;
    const double of = isnan(row->of) ? 100 : row->of; /* percent, or a count */
    char *words;
    PG_TRY_ALLOC(ctx, words,
                 pg_arena_printf(&ctx->scratch, "%s%s%s", source == NULL ? "" : source, date == NULL ? "" : ", ",
                                 date == NULL ? "" : date));
    pgdp_frame *out = s->headline;
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, DEFINITION, id));
    PG_TRY(pg_set_text(ctx, out, WEIGHTING, "published"));
    PG_TRY(pg_set_text(ctx, out, WORDS, pgdp_frame_text(table, c->figure, i)));
    PG_TRY(pg_set_text(ctx, out, SOURCE, words));
    pgdp_frame_set_real(out, SHARE, c->value[i] / of);
    pgdp_frame_set_real(out, LOW, c->low[i] / of);
    pgdp_frame_set_real(out, HIGH, c->high[i] / of);
    if (isnan(row->of)) return PGDP_OK;
    PG_TRY(pg_set_text(ctx, out, UNIT, "activities"));
    pgdp_frame_set_real(out, PART, c->value[i]);
    pgdp_frame_set_real(out, OF, of);
    return PGDP_OK;
}

static pgdp_status add_published(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pg_table table = { s->list->inputs.published, "published" };
    published_columns c;
    PG_TRY(pg_table_texts(ctx, table, "id", &c.id));
    PG_TRY(pg_table_texts(ctx, table, "figure", &c.figure));
    PG_TRY(pg_table_texts(ctx, table, "source", &c.source));
    PG_TRY(pg_table_texts(ctx, table, "date", &c.date));
    PG_TRY(pg_table_reals(ctx, table, "value", &c.value));
    PG_TRY(pg_table_reals(ctx, table, "low", &c.low));
    PG_TRY(pg_table_reals(ctx, table, "high", &c.high));
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++)
        PG_TRY(add_published_row(ctx, s, &c, i));
    return PGDP_OK;
}

pgdp_status pg_write_headline(pgdp_ctx *ctx, pgdp_scoring *s)
{
    PG_TRY(pg_frame_of(ctx, columns, N_HEADLINE, 24, &s->headline));
    PG_TRY(add_model(ctx, s));
    PG_TRY(add_labels(ctx, s));
    return s->list->inputs.published == NULL ? PGDP_OK : add_published(ctx, s);
}
