/* measure_usage.c  Observed use: which of an occupation's tasks people are seen to do with AI. Source: Handa et al.
 * (2025), "Which economic tasks are performed with AI?", Anthropic; Massenkoff & McCrory (2026) for observed exposure.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct usage_options {
    double min_amount, min_automated;
} usage_options;
static const pgdp_option options[] = {
    { "min_amount", PGDP_OPTION_REAL, offsetof(usage_options, min_amount), 0, 0, 1e12, NULL,
      "a task is seen when its amount is above it" },
    { "min_automated", PGDP_OPTION_REAL, offsetof(usage_options, min_automated), 0, 0, 1, NULL,
      "and, where the share of automated use is known, when that is above it" },
    { .name = NULL },
};

typedef struct work {
    const char **wording;             /* [n_used] folded */
    const double *amount, *automated; /* [n_used]; automated NULL: not told */
    double *n_tasks;                  /* [n_used] tasks of that wording */
    size_t n_used;
    const char **text, **code; /* [n] of the tasks */
    const double *beta;        /* [n]; NULL: not told */
    size_t n, *occupation, n_occupations;
    pg_map used;
} work;

/* Wordings differ in case and blanks at the ends between releases. */
static pgdp_status fold(pgdp_ctx *ctx, const char *text, const char **out)
{
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    while (n > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        n--;
    }
    char *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_strndup(&ctx->scratch, text, n));
    for (char *c = copy; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    *out = copy;
    return PGDP_OK;
}

static pgdp_status read_used(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const char *const amounts[] = { "pct", "api_count", "count", "value" };
    static const double range[2] = { 0, 1e15 }, unit[2] = { 0, 1 };
    const pg_table table = { frame, "usage" };
    const char *amount = amounts[0];
    w->n_used = pgdp_frame_n_rows(frame);
    for (size_t k = 0; k < 4 && pgdp_frame_find(frame, amount) == PGDP_NONE; k++)
        amount = amounts[k];
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "task_name", "task_description", "cluster_name", "task", NULL },
                   &w->wording));
    PG_TRY(pg_numbers(ctx, table, amount, range, &w->amount));
    PG_TRY(pg_numbers_known(ctx, table, "automated", unit, &w->automated));
    PG_TRY_ALLOC(ctx, w->n_tasks, pg_arena_alloc(&ctx->scratch, w->n_used, sizeof *w->n_tasks));
    pg_map_init(&w->used, &ctx->scratch);
    for (size_t i = 0; i < w->n_used; i++) {
        PG_TRY(fold(ctx, w->wording[i], &w->wording[i]));
        const size_t before = pg_map_find(&w->used, w->wording[i], strlen(w->wording[i]));
        if (before != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "usage: row %zu: found task \"%.60s\" again, it is in row %zu", i + 1,
                           w->wording[i], before + 1);
        if (!pg_map_put(&w->used, w->wording[i], strlen(w->wording[i]), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status read_tasks(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double unit[2] = { 0, 1 };
    const pg_table table = { frame, "tasks" };
    pg_map map;
    w->n = pgdp_frame_n_rows(frame);
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "O*NET-SOC Code", "onet_soc", "soc", NULL }, &w->code));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "Task", "task", NULL }, &w->text));
    PG_TRY(pg_numbers_known(ctx, table, "beta", unit, &w->beta));
    PG_TRY_ALLOC(ctx, w->occupation, pg_arena_alloc(&ctx->scratch, w->n, sizeof *w->occupation));
    PG_TRY(pg_index_keys(ctx, w->code, w->n, w->occupation, &map));
    w->n_occupations = map.n;
    for (size_t i = 0; i < w->n; i++) {
        PG_TRY(fold(ctx, w->text[i], &w->text[i]));
        const size_t u = pg_map_find(&w->used, w->text[i], strlen(w->text[i]));
        if (u != PGDP_NONE) w->n_tasks[u] += 1;
    }
    return PGDP_OK;
}

enum { CODE, TASKS, SEEN, SEEN_SHARE, AMOUNT, AMOUNT_SHARE, N_SCORE_COLUMNS };
static const pgdp_column score_columns[N_SCORE_COLUMNS] = {
    [CODE] = PG_TEXT_COLUMN("onet_soc"),
    [TASKS] = PG_REAL_COLUMN("tasks", "tasks"),
    [SEEN] = PG_REAL_COLUMN("seen", "tasks"),
    [SEEN_SHARE] = PG_REAL_COLUMN("seen_share", "share"),
    [AMOUNT] = PG_REAL_COLUMN("amount", "as given"),
    [AMOUNT_SHARE] = PG_REAL_COLUMN("amount_share", "share"),
};

static bool is_seen(const work *w, const usage_options *o, size_t task, size_t used)
{
    if (!(w->amount[used] > o->min_amount)) return false;
    if (w->beta != NULL && !(w->beta[task] > 0)) return false;
    return w->automated == NULL || isnan(w->automated[used]) || w->automated[used] > o->min_automated;
}

/* An amount is split over the tasks of its wording in equal parts. */
static pgdp_status fill_scores(pgdp_ctx *ctx, const work *w, const usage_options *o, pgdp_frame *out)
{
    double total = 0;
    double *cells;
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&ctx->scratch, w->n_occupations, 3 * sizeof *cells));
    for (size_t u = 0; u < w->n_used; u++)
        total += w->amount[u];
    for (size_t k = 0; k < w->n_occupations; k++)
        PG_TRY(pgdp_frame_add_row(ctx, out));
    for (size_t i = 0; i < w->n; i++) {
        double *of = cells + 3 * w->occupation[i];
        const size_t u = pg_map_find(&w->used, w->text[i], strlen(w->text[i]));
        uint32_t code;
        PG_TRY(pg_frame_intern(ctx, out, CODE, w->code[i], PGDP_NONE, &code));
        pg_frame_edit_codes(out, CODE)[w->occupation[i]] = code;
        of[0] += 1;
        if (u == PGDP_NONE) continue;
        of[1] += is_seen(w, o, i, u) ? 1 : 0;
        of[2] += w->amount[u] / w->n_tasks[u];
    }
    for (size_t k = 0; k < w->n_occupations; k++) {
        const double *of = cells + 3 * k;
        const double row[] = { of[0], of[1], of[1] / of[0], of[2], of[2] / total };
        for (size_t c = TASKS; c < N_SCORE_COLUMNS; c++)
            pg_frame_edit_reals(out, c)[k] = row[c - TASKS];
    }
    return PGDP_OK;
}

static const pgdp_column share_columns[] = { PG_REAL_COLUMN("at_least", "share of tasks"),
                                             PG_REAL_COLUMN("occupations", "occupations"),
                                             PG_REAL_COLUMN("share", "share") };

static pgdp_status fill_shares(pgdp_ctx *ctx, const pgdp_frame *scores, pgdp_frame *out)
{
    static const double steps[] = { 0.1, 0.25, 0.5, 0.75 };
    const double *seen = pgdp_frame_reals(scores, SEEN_SHARE);
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        double n = 0;
        for (size_t i = 0; i < pgdp_frame_n_rows(scores); i++)
            n += seen[i] >= steps[k] ? 1 : 0;
        PG_TRY(pgdp_frame_add_row(ctx, out));
        pgdp_frame_set_real(out, 0, steps[k]);
        pgdp_frame_set_real(out, 1, n);
        pgdp_frame_set_real(out, 2, n / (double)pgdp_frame_n_rows(scores));
    }
    return PGDP_OK;
}

static const pgdp_column unmatched_columns[] = { PG_TEXT_COLUMN("task"), PG_REAL_COLUMN("amount", "as given") };

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *settings, pgdp_measurement *out)
{
    work w = { .n = 0 };
    pgdp_frame *scores, *shares, *unmatched;
    PG_TRY(read_used(ctx, inputs[0], &w));
    PG_TRY(read_tasks(ctx, inputs[1], &w));
    PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, N_SCORE_COLUMNS, &scores));
    PG_TRY(pg_measurement_add(ctx, out, "shares", share_columns, 3, &shares));
    PG_TRY(pg_measurement_add(ctx, out, "unmatched", unmatched_columns, 2, &unmatched));
    PG_TRY(fill_scores(ctx, &w, settings, scores));
    PG_TRY(fill_shares(ctx, scores, shares));
    for (size_t u = 0; u < w.n_used; u++) {
        if (w.n_tasks[u] > 0) continue;
        PG_TRY(pgdp_frame_add_row(ctx, unmatched));
        PG_TRY(pg_set_text(ctx, unmatched, 0, w.wording[u]));
        pgdp_frame_set_real(unmatched, 1, w.amount[u]);
    }
    return PGDP_OK;
}

const pgdp_measure pg_measure_usage = {
    .name = "usage",
    .title = "Observed use",
    .source = "Handa et al. (2025), Which economic tasks are performed with AI?, Anthropic",
    .inputs = { { "usage",
                  "task_name (or task_description, cluster_name, task), pct (or api_count, count, value); where known "
                  "automated, the share of use that is",
                  false },
                { "tasks", "O*NET-SOC Code, Task; where known beta, above 0 for tasks AI could do", false },
                { NULL, NULL, false } },
    .options = options,
    .options_size = sizeof(usage_options),
    .answer = "scores by occupation, shares of occupations by tasks seen, unmatched wordings",
    .compute = compute,
};
