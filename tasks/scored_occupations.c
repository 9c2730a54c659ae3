/* scored_occupations.c  Each OEWS occupation's capability: how much of its paid work AI can do end to end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/map.h"
#include "core/text.h"
#include "tasks/scoring.h"

enum {
    SOC,
    TITLE,
    MAJOR_GROUP,
    MAJOR_TITLE,
    EMPLOYMENT,
    HOURLY,
    WAGE_BILL,
    CAPABILITY,
    CAPABILITY_SE,
    DONE_SHARE,
    N_TASKS,
    N_COLUMNS
};
static const pgdp_column columns[N_COLUMNS] = {
    [SOC] = PG_TEXT_COLUMN("soc"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [MAJOR_GROUP] = PG_TEXT_COLUMN("major_group"),
    [MAJOR_TITLE] = PG_TEXT_COLUMN("major_title"),
    [EMPLOYMENT] = PG_REAL_COLUMN("employment", "heads"),
    [HOURLY] = PG_REAL_COLUMN("hourly_wage", "usd"),
    [WAGE_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd"),
    [CAPABILITY] = PG_REAL_COLUMN("capability", "share"),
    [CAPABILITY_SE] = PG_REAL_COLUMN("capability_se", "logit"),
    [DONE_SHARE] = PG_REAL_COLUMN("done_share", "share"),
    [N_TASKS] = PG_REAL_COLUMN("n_tasks", "tasks"),
};

/* Titles of the major groups of the wages table, by the first two digits of their code. */
static pgdp_status map_majors(pgdp_ctx *ctx, const pgdp_task_list *list, pg_map *rows)
{
    const pg_table table = { list->inputs.wages, "oews" };
    size_t soc, level;
    PG_TRY(pg_table_texts(ctx, table, "soc", &soc));
    PG_TRY(pg_table_texts(ctx, table, "level", &level));
    pg_map_init(rows, &ctx->scratch);
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        const char *is = pgdp_frame_text(table.frame, level, i), *code = pgdp_frame_text(table.frame, soc, i);
        if (is == NULL || code == NULL || !pg_streq(is, "major")) continue;
        if (!pg_map_put(rows, code, strnlen(code, 2), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/* Tasks of the occupation with their wage bills (with their time where no mean wage is published). */
static void gather(const pgdp_scoring *s, size_t wage, pg_group *group, double *done_usd)
{
    const pgdp_task_list *list = s->list;
    const bool paid = list->wages[wage].wage_bill > 0;
    group->n = 0;
    *done_usd = 0;
    for (size_t o = 0; o < list->n_occupations; o++) {
        const pg_occupation *p = &list->occupations[o];
        for (size_t i = p->first; p->wage == wage && i < p->end; i++) {
            group->tasks[group->n] = i;
            group->weights[group->n++] = paid ? list->wage_bill[i] : list->share[i];
            for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++)
                if (s->activity[list->activity[l]].done) *done_usd += list->link_wage_bill[l];
        }
    }
}

static pgdp_status add_occupation(pgdp_ctx *ctx, pgdp_scoring *s, size_t wage, pg_group *group, const pg_map *majors)
{
    const pg_wage *w = &s->list->wages[wage];
    pg_probability capability;
    double done_usd;
    pgdp_frame *out = s->occupations;
    gather(s, wage, group, &done_usd);
    PG_TRY(pg_group_probability(ctx, s, group, &capability));
    PG_TRY(pgdp_frame_add_row(ctx, out));
    const size_t length = strnlen(w->soc, 2), major = pg_map_find(majors, w->soc, length);
    const size_t title = pgdp_frame_find(s->list->inputs.wages, "title");
    PG_TRY(pg_set_text(ctx, out, SOC, w->soc));
    PG_TRY(pg_set_text(ctx, out, TITLE, w->title));
    PG_TRY(pgdp_frame_set_text(ctx, out, MAJOR_GROUP, w->soc, length));
    if (major != PGDP_NONE)
        PG_TRY(pg_set_text(ctx, out, MAJOR_TITLE, pgdp_frame_text(s->list->inputs.wages, title, major)));
    pgdp_frame_set_real(out, EMPLOYMENT, w->employment);
    pgdp_frame_set_real(out, HOURLY, w->hourly);
    if (!isnan(w->annual)) pgdp_frame_set_real(out, WAGE_BILL, w->wage_bill);
    pgdp_frame_set_real(out, CAPABILITY, capability.mean);
    pgdp_frame_set_real(out, CAPABILITY_SE, capability.logit_se);
    if (w->wage_bill > 0) pgdp_frame_set_real(out, DONE_SHARE, done_usd / w->wage_bill);
    pgdp_frame_set_real(out, N_TASKS, (double)w->n_tasks);
    return PGDP_OK;
}

pgdp_status pg_write_occupations(pgdp_ctx *ctx, pgdp_scoring *s)
{
    pg_map majors;
    pg_group group = { .n = 0 };
    PG_TRY(map_majors(ctx, s->list, &majors));
    PG_TRY_ALLOC(ctx, group.tasks, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *group.tasks));
    PG_TRY_ALLOC(ctx, group.weights, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *group.weights));
    PG_TRY(pg_frame_of(ctx, columns, N_COLUMNS, s->list->n_wages, &s->occupations));
    for (size_t k = 0; k < s->list->n_wages; k++)
        if (s->list->wages[k].n_members > 0) PG_TRY(add_occupation(ctx, s, k, &group, &majors));
    return PGDP_OK;
}
