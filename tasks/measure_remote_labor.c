/* measure_remote_labor.c  Automation rate and autoflation of agents on paid projects. Source: Mazeika et al. (2025),
 * "Remote Labor Index", arXiv 2510.26787; interval: Brown, Cai & DasGupta (2001), Statistical Science 16, 101-133.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct labor_options {
    double conf_level;
} labor_options;
static const pgdp_option options[] = {
    { "conf_level", PGDP_OPTION_REAL, offsetof(labor_options, conf_level), 0.95, 0.01, 0.9999, NULL,
      "of the intervals" },
    { .name = NULL },
};

/** One agent over its projects. */
typedef struct agent {
    const char *name;
    double n, done, human, least, earned;
} agent;

enum { AGENT, PROJECTS, DONE, RATE, LOW, HIGH, HUMAN, EARNED, AUTOFLATION, N_COLUMNS };
static const pgdp_column columns[N_COLUMNS] = {
    [AGENT] = PG_TEXT_COLUMN("agent"),
    [PROJECTS] = PG_REAL_COLUMN("projects", "projects"),
    [DONE] = PG_REAL_COLUMN("done", "projects"),
    [RATE] = PG_REAL_COLUMN("automation_rate", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [HUMAN] = PG_REAL_COLUMN("human_usd", "usd"),
    [EARNED] = PG_REAL_COLUMN("earned_usd", "usd"),
    [AUTOFLATION] = PG_REAL_COLUMN("autoflation", "share"),
};

static pgdp_status add_agent(pgdp_ctx *ctx, const agent *a, double conf_level, pgdp_frame *out)
{
    const double tail = (1 - conf_level) / 2;
    const double cells[] = { a->n,
                             a->done,
                             a->done / a->n,
                             a->done > 0 ? pg_quantile_beta(tail, a->done + 0.5, a->n - a->done + 0.5) : 0,
                             a->done < a->n ? pg_quantile_beta(1 - tail, a->done + 0.5, a->n - a->done + 0.5) : 1,
                             a->human,
                             a->earned,
                             1 - a->least / a->human };
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, AGENT, a->name));
    for (size_t k = PROJECTS; k < N_COLUMNS; k++)
        pgdp_frame_set_real(out, k, cells[k - PROJECTS]);
    return PGDP_OK;
}

/** Each project of an agent once. */
static pgdp_status check_once(pgdp_ctx *ctx, const char *const *agent_of, const char *const *project, size_t n)
{
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        const char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%s\t%s", agent_of[i], project[i]));
        const size_t before = pg_map_find(&seen, key, strlen(key));
        if (before != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "projects: row %zu, column project: found \"%.60s\" again, as in row %zu",
                           i + 1, project[i], before + 1);
        if (!pg_map_put(&seen, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *settings, pgdp_measurement *out)
{
    static const double unit[2] = { 0, 1 }, usd[2] = { 0, 1e12 };
    const labor_options *o = settings;
    const pg_table table = { inputs[0], "projects" };
    const size_t n = pgdp_frame_n_rows(inputs[0]);
    const char **name, **project;
    const double *success, *human, *ai;
    size_t *index;
    pg_map map;
    agent *agents;
    pgdp_frame *scores;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "agent", NULL }, &name));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "project", NULL }, &project));
    PG_TRY(pg_numbers(ctx, table, "success", unit, &success));
    PG_TRY(pg_numbers(ctx, table, "human_usd", usd, &human));
    PG_TRY(pg_numbers_known(ctx, table, "ai_usd", usd, &ai));
    PG_TRY(check_once(ctx, name, project, n));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, name, n, index, &map));
    PG_TRY_ALLOC(ctx, agents, pg_arena_alloc(&ctx->scratch, map.n, sizeof *agents));
    for (size_t i = 0; i < n; i++) {
        agent *a = &agents[index[i]];
        if (success[i] > 0 && success[i] < 1)
            return pg_fail(ctx, PGDP_PARSE, "projects: row %zu, column success: found a share, expected 0 or 1", i + 1);
        const bool done = success[i] > 0;
        a->name = name[i];
        a->n += 1;
        a->done += success[i];
        a->human += human[i];
        a->earned += done ? human[i] : 0;
        /* a plain minimum would pass over a missing price of AI */
        a->least += !done ? human[i] : ai == NULL || isnan(ai[i]) ? (double)NAN : fmin(human[i], ai[i]);
    }
    PG_TRY(pg_measurement_add(ctx, out, "scores", columns, N_COLUMNS, &scores));
    for (size_t k = 0; k < map.n; k++)
        PG_TRY(add_agent(ctx, &agents[k], o->conf_level, scores));
    return PGDP_OK;
}

const pgdp_measure pg_measure_remote_labor = {
    .name = "remote_labor",
    .title = "Automation rate and autoflation",
    .source = "Mazeika et al. (2025), Remote Labor Index, arXiv 2510.26787",
    .inputs = { { "projects", "agent, project, success (0, 1), human_usd; for autoflation ai_usd", false },
                { NULL, NULL, false } },
    .options = options,
    .options_size = sizeof(labor_options),
    .answer = "scores by agent",
    .compute = compute,
};
