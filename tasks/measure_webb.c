/* measure_webb.c  Overlap of patents and tasks by verb-noun pairs, which are given: their extraction from text is not
 * done here. Source: Webb (2020), "The impact of artificial intelligence on the labor market", section 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <string.h>

enum { PATENTS, TASKS, EMPLOYMENT };

typedef struct work {
    double *share; /* [n_pairs] of the patents' pairs */
    pg_map pairs;
    const char **soc; /* [n_socs] */
    double *weight, *sum, *percentile, *employment;
    size_t n_socs;
    pg_map by_soc;
} work;

/* verb TAB noun of each row. */
static pgdp_status read_pairs(pgdp_ctx *ctx, pg_table table, const char ***out)
{
    const char **verb, **noun;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "verb", NULL }, &verb));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "noun", NULL }, &noun));
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++)
        PG_TRY_ALLOC(ctx, verb[i], pg_arena_printf(&ctx->scratch, "%s\t%s", verb[i], noun[i]));
    *out = verb;
    return PGDP_OK;
}

static pgdp_status read_patents(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double range[2] = { 0, 1e15 };
    const pg_table table = { frame, "patents" };
    const size_t n = pgdp_frame_n_rows(frame);
    const char **pair;
    const double *count;
    size_t *index;
    double total = 0;
    PG_TRY(read_pairs(ctx, table, &pair));
    PG_TRY(pg_numbers(ctx, table, "count", range, &count));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, pair, n, index, &w->pairs));
    PG_TRY_ALLOC(ctx, w->share, pg_arena_alloc(&ctx->scratch, w->pairs.n, sizeof *w->share));
    for (size_t i = 0; i < n; i++) {
        if (index[i] != i)
            return pg_fail(ctx, PGDP_PARSE, "patents: row %zu: found a pair of verb and noun again, expected each once",
                           i + 1);
        total += count[i];
    }
    if (!(total > 0)) return pg_fail(ctx, PGDP_PARSE, "patents: column count: found no count above 0");
    for (size_t i = 0; i < n; i++)
        w->share[i] = count[i] / total;
    return PGDP_OK;
}

/* An occupation's score: the mean over its pairs of their share among the patents' pairs, by the tasks' weights. */
static pgdp_status score(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double range[2] = { 0, 1e9 };
    const pg_table table = { frame, "tasks" };
    const size_t n = pgdp_frame_n_rows(frame);
    const char **pair, **code;
    const double *weight;
    size_t *index;
    PG_TRY(read_pairs(ctx, table, &pair));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "soc", "onet_soc", "O*NET-SOC Code", NULL }, &code));
    PG_TRY(pg_numbers_known(ctx, table, "weight", range, &weight));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, code, n, index, &w->by_soc));
    w->n_socs = w->by_soc.n;
    PG_TRY_ALLOC(ctx, w->soc, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->soc));
    PG_TRY_ALLOC(ctx, w->weight, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->weight));
    PG_TRY_ALLOC(ctx, w->sum, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->sum));
    for (size_t i = 0; i < n; i++) {
        const size_t at = pg_map_find(&w->pairs, pair[i], strlen(pair[i]));
        const double by = weight == NULL ? 1 : isnan(weight[i]) ? 0 : weight[i];
        w->soc[index[i]] = code[i];
        w->weight[index[i]] += by;
        w->sum[index[i]] += at == PGDP_NONE ? 0 : by * w->share[at];
    }
    for (size_t k = 0; k < w->n_socs; k++)
        w->sum[k] /= w->weight[k];
    return PGDP_OK;
}

static pgdp_status read_employment(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double range[2] = { 0, 1e12 };
    const pg_table table = { frame, "employment" };
    const char **code;
    const double *heads;
    PG_TRY_ALLOC(ctx, w->employment, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->employment));
    for (size_t k = 0; k < w->n_socs; k++)
        w->employment[k] = frame == NULL ? 1 : 0;
    if (frame == NULL) return PGDP_OK;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "soc", "onet_soc", NULL }, &code));
    PG_TRY(pg_numbers(ctx, table, "employment", range, &heads));
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const size_t k = pg_map_find(&w->by_soc, code[i], strlen(code[i]));
        if (k != PGDP_NONE) w->employment[k] += heads[i];
    }
    return PGDP_OK;
}

/* Share of employment in occupations that score lower, and half of that in those that score the same. */
static pgdp_status rank(pgdp_ctx *ctx, work *w)
{
    double total = 0;
    PG_TRY_ALLOC(ctx, w->percentile, pg_arena_alloc(&ctx->scratch, w->n_socs, sizeof *w->percentile));
    for (size_t k = 0; k < w->n_socs; k++)
        total += w->employment[k];
    for (size_t k = 0; k < w->n_socs; k++) {
        double below = 0;
        for (size_t o = 0; o < w->n_socs; o++)
            below += w->sum[o] < w->sum[k] ? w->employment[o] : w->sum[o] > w->sum[k] ? 0 : w->employment[o] / 2;
        w->percentile[k] = 100 * below / total;
    }
    return PGDP_OK;
}

static const pgdp_column columns[] = { PG_TEXT_COLUMN("soc"), PG_REAL_COLUMN("exposure", "share of patents' pairs"),
                                       PG_REAL_COLUMN("percentile", "percent") };

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *options, pgdp_measurement *out)
{
    work w = { .n_socs = 0 };
    pgdp_frame *scores;
    (void)options;
    PG_TRY(read_patents(ctx, inputs[PATENTS], &w));
    PG_TRY(score(ctx, inputs[TASKS], &w));
    PG_TRY(read_employment(ctx, inputs[EMPLOYMENT], &w));
    PG_TRY(rank(ctx, &w));
    PG_TRY(pg_measurement_add(ctx, out, "scores", columns, 3, &scores));
    for (size_t k = 0; k < w.n_socs; k++) {
        PG_TRY(pgdp_frame_add_row(ctx, scores));
        PG_TRY(pg_set_text(ctx, scores, 0, w.soc[k]));
        pgdp_frame_set_real(scores, 1, w.sum[k]);
        pgdp_frame_set_real(scores, 2, w.percentile[k]);
    }
    return PGDP_OK;
}

const pgdp_measure pg_measure_webb = {
    .name = "webb",
    .title = "Overlap with patents",
    .source = "Webb (2020), The impact of artificial intelligence on the labor market, section 3",
    .inputs = { { "patents", "verb, noun, count: pairs in titles of patents of one class", false },
                { "tasks", "soc, verb, noun: a row a pair of a task; where known weight of the task", false },
                { "employment", "soc, employment, for percentiles; equal without", true },
                { NULL, NULL, false } },
    .answer = "scores by occupation with percentiles by employment",
    .compute = compute,
};
