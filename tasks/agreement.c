/* agreement.c  Graders compared: point estimates, a bootstrap over tasks, latent classes, as frames. Source:
 * agreement.h; percentile intervals: Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/agreement.h"

#include "core/frame_out.h"
#include "core/parallel.h"
#include "core/random.h"
#include "tasks/frames.h"
#include "tasks/percentile.h"

#include <math.h>

struct pgdp_agreement {
    pgdp_allocator allocator;
    pg_arena arena;
    pg_grades grades;
    pgdp_frame *measures, *pairs, *confusion, *labels;
};

/** Statistics of one sample of tasks: the measures, then those of each pair. */
typedef struct sample {
    double chance[PG_N_MEASURES];
    double *value; /**< [n] */
    size_t n;
} sample;

static const char *const scale_names[] = { "nominal", "ordinal", "interval", NULL };

const char *const *pgdp_scale_names(void)
{
    return scale_names;
}

static size_t n_pairs(const pg_grades *g)
{
    return g->n_graders * (g->n_graders - 1) / 2;
}

static void statistics(const pg_grades *g, const pg_agreement_sums *s, double *value, double *chance)
{
    pg_agreement_measures_of(g, s, value, chance);
    for (size_t p = 0; p < n_pairs(g); p++)
        pg_pair_statistics_of(g, s->pair + p * g->n_levels * g->n_levels,
                              value + PG_N_MEASURES + p * PG_N_PAIR_STATISTICS);
}

typedef struct bootstrap {
    const pg_grades *g;
    uint64_t seed;
    double *draws; /**< [n_draws][n] */
    size_t n;
} bootstrap;

/** Tasks drawn with replacement. */
static pgdp_status draw(pgdp_ctx *ctx, void *user, size_t block)
{
    const bootstrap *b = user;
    pg_agreement_sums sums;
    double chance[PG_N_MEASURES];
    pg_random random = pg_random_stream(b->seed, "agreement", (uint32_t)block);
    PG_TRY(pg_agreement_sums_new(ctx, b->g, &sums));
    for (size_t i = 0; i < b->g->n_tasks; i++)
        pg_agreement_sums_add(b->g, pg_random_index(&random, b->g->n_tasks), &sums);
    statistics(b->g, &sums, b->draws + block * b->n, chance);
    return PGDP_OK;
}

/** Interval and spread of one statistic over the draws in which it is defined. */
typedef struct spread {
    double std_error, low, high;
} spread;

static spread spread_of(const bootstrap *b, size_t n_draws, size_t statistic, double conf_level, double *room)
{
    double mean = 0, squares = 0;
    for (size_t d = 0; d < n_draws; d++)
        room[d] = b->draws[d * b->n + statistic];
    const size_t n = pg_known_first(room, n_draws);
    if (n < 2) return (spread){ (double)NAN, (double)NAN, (double)NAN };
    for (size_t i = 0; i < n; i++)
        mean += room[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (room[i] - mean) * (room[i] - mean);
    return (spread){ sqrt(squares / (double)(n - 1)), pg_percentile(room, n, (1 - conf_level) / 2),
                     pg_percentile(room, n, (1 + conf_level) / 2) };
}

enum { MEASURE, TITLE, ESTIMATE, STD_ERROR, LOW, HIGH, CHANCE, N_TASKS, N_MEASURE_COLUMNS };
static const pgdp_column measure_columns[N_MEASURE_COLUMNS] = {
    [MEASURE] = PG_TEXT_COLUMN("measure"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [ESTIMATE] = PG_REAL_COLUMN("estimate", "share"),
    [STD_ERROR] = PG_REAL_COLUMN("std_error", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [CHANCE] = PG_REAL_COLUMN("chance", "share"),
    [N_TASKS] = PG_REAL_COLUMN("n_tasks", "tasks"),
};
static const char *const measure_words[PG_N_MEASURES][2] = {
    [PG_AGREEMENT] = { "agreement", "Agreement of two graders of a task, by the scale's weights" },
    [PG_FLEISS] = { "fleiss_kappa", "Fleiss' kappa, generalised to missing grades (Gwet 2014)" },
    [PG_KRIPPENDORFF] = { "krippendorff_alpha", "Krippendorff's alpha" },
    [PG_GWET] = { "gwet_ac", "Gwet's AC1 (nominal), AC2 (weighted)" },
    [PG_LIGHT] = { "light_kappa", "Mean of Cohen's kappa over pairs of graders (Light 1971)" },
};

static pgdp_status fill_measures(pgdp_ctx *ctx, pgdp_agreement *a, const sample *all, const spread *spreads,
                                 double n_multiple)
{
    PG_TRY(pg_frame_of(ctx, measure_columns, N_MEASURE_COLUMNS, PG_N_MEASURES, &a->measures));
    for (size_t m = 0; m < PG_N_MEASURES; m++) {
        PG_TRY(pgdp_frame_add_row(ctx, a->measures));
        PG_TRY(pg_set_text(ctx, a->measures, MEASURE, measure_words[m][0]));
        PG_TRY(pg_set_text(ctx, a->measures, TITLE, measure_words[m][1]));
        pgdp_frame_set_real(a->measures, ESTIMATE, all->value[m]);
        pgdp_frame_set_real(a->measures, STD_ERROR, spreads[m].std_error);
        pgdp_frame_set_real(a->measures, LOW, spreads[m].low);
        pgdp_frame_set_real(a->measures, HIGH, spreads[m].high);
        pgdp_frame_set_real(a->measures, CHANCE, all->chance[m]);
        pgdp_frame_set_real(a->measures, N_TASKS, n_multiple);
    }
    return PGDP_OK;
}

enum { A, B, N, FIRST_STATISTIC, N_PAIR_COLUMNS = FIRST_STATISTIC + 3 * PG_N_PAIR_STATISTICS };
static const pgdp_column pair_columns[N_PAIR_COLUMNS] = {
    PG_TEXT_COLUMN("a"),
    PG_TEXT_COLUMN("b"),
    PG_REAL_COLUMN("n", "tasks"),
    PG_REAL_COLUMN("agreement", "share"),
    PG_REAL_COLUMN("agreement_low", "share"),
    PG_REAL_COLUMN("agreement_high", "share"),
    PG_REAL_COLUMN("kappa", "share"),
    PG_REAL_COLUMN("kappa_low", "share"),
    PG_REAL_COLUMN("kappa_high", "share"),
    PG_REAL_COLUMN("pearson", "correlation"),
    PG_REAL_COLUMN("pearson_low", "correlation"),
    PG_REAL_COLUMN("pearson_high", "correlation"),
    PG_REAL_COLUMN("spearman", "correlation"),
    PG_REAL_COLUMN("spearman_low", "correlation"),
    PG_REAL_COLUMN("spearman_high", "correlation"),
    PG_REAL_COLUMN("kendall", "correlation"),
    PG_REAL_COLUMN("kendall_low", "correlation"),
    PG_REAL_COLUMN("kendall_high", "correlation"),
};

static pgdp_status add_pair(pgdp_ctx *ctx, pgdp_agreement *a, const char *const names[2], const double *table)
{
    double n = 0;
    for (size_t i = 0; i < a->grades.n_levels * a->grades.n_levels; i++)
        n += table[i];
    PG_TRY(pgdp_frame_add_row(ctx, a->pairs));
    PG_TRY(pg_set_text(ctx, a->pairs, A, names[0]));
    PG_TRY(pg_set_text(ctx, a->pairs, B, names[1]));
    pgdp_frame_set_real(a->pairs, N, n);
    return PGDP_OK;
}

static pgdp_status fill_pairs(pgdp_ctx *ctx, pgdp_agreement *a, const sample *all, const spread *spreads,
                              const double *tables)
{
    const pg_grades *g = &a->grades;
    size_t at = PG_N_MEASURES;
    PG_TRY(pg_frame_of(ctx, pair_columns, N_PAIR_COLUMNS, n_pairs(g), &a->pairs));
    for (size_t i = 0; i < g->n_graders; i++)
        for (size_t j = i + 1; j < g->n_graders; j++, tables += g->n_levels * g->n_levels) {
            PG_TRY(add_pair(ctx, a, (const char *const[2]){ g->graders[i], g->graders[j] }, tables));
            for (size_t m = 0; m < PG_N_PAIR_STATISTICS; m++, at++) {
                pgdp_frame_set_real(a->pairs, FIRST_STATISTIC + 3 * m, all->value[at]);
                pgdp_frame_set_real(a->pairs, FIRST_STATISTIC + 3 * m + 1, spreads[at].low);
                pgdp_frame_set_real(a->pairs, FIRST_STATISTIC + 3 * m + 2, spreads[at].high);
            }
        }
    return PGDP_OK;
}

enum { GRADER, TRUTH, GIVEN, PROBABILITY, ACCURACY, N_CONFUSION_COLUMNS };
static const pgdp_column confusion_columns[N_CONFUSION_COLUMNS] = {
    [GRADER] = PG_TEXT_COLUMN("grader"),
    [TRUTH] = PG_TEXT_COLUMN("truth"),
    [GIVEN] = PG_TEXT_COLUMN("given"),
    [PROBABILITY] = PG_REAL_COLUMN("probability", "share"),
    [ACCURACY] = PG_REAL_COLUMN("accuracy", "share"),
};

static pgdp_status fill_confusion(pgdp_ctx *ctx, pgdp_agreement *a, const pg_latent *latent)
{
    const pg_grades *g = &a->grades;
    const size_t q = g->n_levels;
    PG_TRY(pg_frame_of(ctx, confusion_columns, N_CONFUSION_COLUMNS, g->n_graders * q * q, &a->confusion));
    for (size_t j = 0; j < g->n_graders; j++) {
        const double *of = latent->confusion + j * q * q;
        double accuracy = 0;
        for (size_t k = 0; k < q; k++)
            accuracy += latent->prior[k] * of[k + k * q];
        for (size_t i = 0; i < q * q; i++) {
            PG_TRY(pgdp_frame_add_row(ctx, a->confusion));
            PG_TRY(pg_set_text(ctx, a->confusion, GRADER, g->graders[j]));
            PG_TRY(pg_set_text(ctx, a->confusion, TRUTH, g->levels[i / q]));
            PG_TRY(pg_set_text(ctx, a->confusion, GIVEN, g->levels[i % q]));
            pgdp_frame_set_real(a->confusion, PROBABILITY, of[i / q + i % q * q]);
            pgdp_frame_set_real(a->confusion, ACCURACY, accuracy);
        }
    }
    return PGDP_OK;
}

enum { TASK, COUNT, MAJORITY, LABEL, FIRST_LEVEL };

static pgdp_status label_columns(pgdp_ctx *ctx, pgdp_agreement *a)
{
    static const pgdp_column columns[FIRST_LEVEL] = { [TASK] = PG_TEXT_COLUMN("task"),
                                                      [COUNT] = PG_REAL_COLUMN("n", "grades"),
                                                      [MAJORITY] = PG_TEXT_COLUMN("majority"),
                                                      [LABEL] = PG_TEXT_COLUMN("label") };
    PG_TRY(pg_frame_of(ctx, columns, FIRST_LEVEL, a->grades.n_tasks, &a->labels));
    for (size_t k = 0; k < a->grades.n_levels; k++) {
        pgdp_column column = PG_REAL_COLUMN(NULL, "share");
        PG_TRY_ALLOC(ctx, column.name, pg_arena_printf(&ctx->scratch, "p_%s", a->grades.levels[k]));
        PG_TRY(pgdp_frame_add_column(ctx, a->labels, &column, NULL));
    }
    return PGDP_OK;
}

/** The level of the largest number; q when two share the first place. */
static size_t first_place(const double *x, size_t q)
{
    size_t best = 0;
    bool tied = false;
    for (size_t k = 1; k < q; k++) {
        tied = x[k] > x[best] ? false : tied || !(x[k] < x[best]);
        best = x[k] > x[best] ? k : best;
    }
    return tied ? q : best;
}

static pgdp_status fill_labels(pgdp_ctx *ctx, pgdp_agreement *a, const pg_latent *latent)
{
    const pg_grades *g = &a->grades;
    const size_t q = g->n_levels;
    PG_TRY(label_columns(ctx, a));
    for (size_t i = 0; i < g->n_tasks; i++) {
        const double *p = latent->posterior + i * q;
        double count[PG_MOST_LEVELS] = { 0 }, n = 0;
        for (size_t j = 0; j < g->n_graders; j++) {
            const unsigned char given = g->grade[i * g->n_graders + j];
            if (given == PG_UNGRADED) continue;
            count[given] += 1;
            n += 1;
        }
        const size_t most = first_place(count, q), label = first_place(p, q);
        PG_TRY(pgdp_frame_add_row(ctx, a->labels));
        PG_TRY(pg_set_text(ctx, a->labels, TASK, g->tasks[i]));
        pgdp_frame_set_real(a->labels, COUNT, n);
        if (most < q) PG_TRY(pg_set_text(ctx, a->labels, MAJORITY, g->levels[most]));
        if (label < q) PG_TRY(pg_set_text(ctx, a->labels, LABEL, g->levels[label]));
        for (size_t k = 0; k < q; k++)
            pgdp_frame_set_real(a->labels, FIRST_LEVEL + k, p[k]);
    }
    return PGDP_OK;
}

static pgdp_status fill_tables(pgdp_ctx *ctx, const pgdp_agreement_request *q, pgdp_agreement *a)
{
    const pg_grades *g = &a->grades;
    const double conf_level = q->conf_level > 0 ? q->conf_level : 0.95;
    sample all = { .n = PG_N_MEASURES + n_pairs(g) * PG_N_PAIR_STATISTICS };
    bootstrap b = { .g = g, .seed = q->seed, .n = all.n };
    pg_agreement_sums sums;
    spread *spreads;
    double *room;
    PG_TRY_ALLOC(ctx, all.value, pg_arena_alloc(&ctx->scratch, all.n, sizeof(double)));
    PG_TRY_ALLOC(ctx, spreads, pg_arena_alloc(&ctx->scratch, all.n, sizeof *spreads));
    PG_TRY_ALLOC(ctx, room, pg_arena_alloc(&ctx->scratch, q->n_draws, sizeof *room));
    PG_TRY_ALLOC(ctx, b.draws, pg_arena_alloc(&ctx->scratch, q->n_draws * all.n, sizeof(double)));
    PG_TRY(pg_agreement_sums_new(ctx, g, &sums));
    for (size_t i = 0; i < g->n_tasks; i++)
        pg_agreement_sums_add(g, i, &sums);
    statistics(g, &sums, all.value, all.chance);
    PG_TRY(pg_parallel(ctx, "bootstrap of graders", q->n_draws, draw, &b));
    for (size_t m = 0; m < all.n; m++)
        spreads[m] = spread_of(&b, q->n_draws, m, conf_level, room);
    PG_TRY(fill_measures(ctx, a, &all, spreads, sums.n_multiple));
    return fill_pairs(ctx, a, &all, spreads, sums.pair);
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *grades, const pgdp_agreement_request *q, pgdp_agreement *a)
{
    pg_latent latent;
    if (q->conf_level < 0 || q->conf_level >= 1 || isnan(q->conf_level))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a confidence level outside (0, 1), expected one such as 0.95");
    PG_TRY(pg_grades_read(ctx, &a->arena, grades, q, &a->grades));
    PG_TRY(fill_tables(ctx, q, a));
    PG_TRY(pg_dawid_skene(ctx, &ctx->scratch, &a->grades, &latent));
    PG_TRY(fill_confusion(ctx, a, &latent));
    return fill_labels(ctx, a, &latent);
}

pgdp_status pgdp_agreement_new(pgdp_ctx *ctx, const pgdp_frame *grades, const pgdp_agreement_request *request,
                               pgdp_agreement **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_agreement *a;
    PG_TRY_ALLOC(ctx, a, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *a));
    *a = (pgdp_agreement){ .allocator = ctx->allocator };
    pg_arena_init(&a->arena, &ctx->allocator);
    const pgdp_status status = run(ctx, grades, request, a);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = a;
    else
        pgdp_agreement_free(a);
    return status;
}

void pgdp_agreement_free(pgdp_agreement *agreement)
{
    if (agreement == NULL) return;
    const pgdp_allocator allocator = agreement->allocator;
    pgdp_frame_free(agreement->measures);
    pgdp_frame_free(agreement->pairs);
    pgdp_frame_free(agreement->confusion);
    pgdp_frame_free(agreement->labels);
    pg_arena_free(&agreement->arena);
    allocator.realloc(allocator.user, agreement, 0);
}

const pgdp_frame *pgdp_agreement_measures(const pgdp_agreement *agreement)
{
    return agreement->measures;
}

const pgdp_frame *pgdp_agreement_pairs(const pgdp_agreement *agreement)
{
    return agreement->pairs;
}

const pgdp_frame *pgdp_agreement_confusion(const pgdp_agreement *agreement)
{
    return agreement->confusion;
}

const pgdp_frame *pgdp_agreement_labels(const pgdp_agreement *agreement)
{
    return agreement->labels;
}

pgdp_status pgdp_agreement_write(pgdp_ctx *ctx, const pgdp_agreement *a, bool as_json, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_json json;
    pg_text text;
    if (as_json) {
        pg_json_init(&json, sink, true);
        pg_json_object(&json);
        pg_json_key_string(&json, "schema", "pgdp.tasks.agree/1");
        pg_json_key_string(&json, "scale", scale_names[a->grades.scale]);
        pg_frame_put_json(&json, "measures", a->measures);
        pg_frame_put_json(&json, "pairs", a->pairs);
        pg_frame_put_json(&json, "confusion", a->confusion);
        pg_frame_put_json(&json, "labels", a->labels);
        pg_json_object_end(&json);
        return pg_json_end(ctx, &json);
    }
    pg_text_init(&text, &ctx->scratch);
    pg_frame_put_text(&text, a->measures);
    pg_text_add(&text, "\n");
    pg_frame_put_text(&text, a->pairs);
    pg_text_add(&text, "\n");
    pg_frame_put_text(&text, a->confusion);
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
