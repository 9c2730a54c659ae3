/* list_wages.c  Employment and wages by OEWS occupation, matched to O*NET-SOC and spread over tasks and activities.
 * Source: BLS, Occupational Employment and Wage Statistics, technical notes: annual = 2,080 x hourly mean wage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/frame.h"
#include "core/map.h"
#include "core/text.h"
#include "tasks/list.h"

typedef struct wage_columns {
    size_t soc, title, level;
    const double *year, *employment, *annual, *hourly;
} wage_columns;

static pgdp_status find_columns(pgdp_ctx *ctx, pg_table table, wage_columns *out)
{
    PG_TRY(pg_table_given(ctx, table));
    PG_TRY(pg_table_texts(ctx, table, "soc", &out->soc));
    PG_TRY(pg_table_texts(ctx, table, "title", &out->title));
    PG_TRY(pg_table_texts(ctx, table, "level", &out->level));
    PG_TRY(pg_table_reals(ctx, table, "year", &out->year));
    PG_TRY(pg_table_reals(ctx, table, "employment", &out->employment));
    PG_TRY(pg_table_reals(ctx, table, "annual_mean", &out->annual));
    return pg_table_reals(ctx, table, "hourly_mean", &out->hourly);
}

/* The year asked for, or the newest. */
double pg_list_year(const pgdp_task_list *list, const double *year, size_t n)
{
    double newest = 0;
    for (size_t i = 0; i < n; i++)
        if (year[i] > newest) newest = year[i];
    return list->inputs.wages_year > 0 ? list->inputs.wages_year : newest;
}

/* An annual mean that is not published is the hourly one times 2,080, and the reverse (the agency's own rule). */
static pg_wage wage_of(const wage_columns *c, size_t row)
{
    pg_wage w = { .annual = c->annual[row], .hourly = c->hourly[row] };
    w.employment = isnan(c->employment[row]) ? 0 : pg_round_to_unit(c->employment[row], PG_HEADS_UNIT);
    if (isnan(w.annual)) w.annual = w.hourly * PG_HOURS_A_YEAR;
    if (isnan(w.hourly)) w.hourly = w.annual / PG_HOURS_A_YEAR;
    w.wage_bill = isnan(w.annual) ? 0 : pg_round_to_unit(w.employment * w.annual, PG_USD_UNIT);
    return w;
}

static int by_soc(const void *a, const void *b)
{
    const pg_wage *p = a, *q = b;
    return strcmp(p->soc, q->soc);
}

pgdp_status pg_list_read_wages(pgdp_ctx *ctx, pgdp_task_list *list)
{
    const pg_table table = { list->inputs.wages, "oews" };
    wage_columns c;
    PG_TRY(find_columns(ctx, table, &c));
    const size_t n = pgdp_frame_n_rows(table.frame);
    const double year = pg_list_year(list, c.year, n);
    PG_TRY_ALLOC(ctx, list->wages, pg_arena_alloc(&list->arena, n, sizeof *list->wages));
    for (size_t i = 0; i < n; i++) {
        const char *level = pgdp_frame_text(table.frame, c.level, i);
        if (level == NULL || !pg_streq(level, "detailed") || fabs(c.year[i] - year) > 0.5) continue;
        pg_wage *w = &list->wages[list->n_wages];
        *w = wage_of(&c, i);
        w->row = i;
        PG_TRY(pg_table_key(ctx, table, c.soc, i, &w->soc));
        PG_TRY(pg_table_key(ctx, table, c.title, i, &w->title));
        if (w->employment < 0 || w->annual < 0)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "oews: data row %zu, column %s: found a negative number for %s, expected heads and usd",
                           i + 1, w->employment < 0 ? "employment" : "annual_mean or hourly_mean", w->soc);
        list->n_wages++;
    }
    if (list->n_wages == 0)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "oews: found no row of level \"detailed\" for year %.0f; set wages_year to a year of the table",
                       year);
    qsort(list->wages, list->n_wages, sizeof *list->wages, by_soc);
    for (size_t k = 1; k < list->n_wages; k++)
        if (by_soc(&list->wages[k - 1], &list->wages[k]) == 0)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "oews: data row %zu, column soc: found detailed \"%s\" twice in a year, expected once",
                           pg_later(list->wages[k - 1].row, list->wages[k].row) + 1, list->wages[k].soc);
    return PGDP_OK;
}

static size_t find_wage(const pgdp_task_list *list, const char *soc)
{
    const pg_wage wanted = { .soc = soc };
    const pg_wage *found = bsearch(&wanted, list->wages, list->n_wages, sizeof wanted, by_soc);
    return found == NULL ? PGDP_NONE : (size_t)(found - list->wages);
}

/* Codes of SOC 2018 that OEWS publishes only in combination, each to the combined one's wages. */
static pgdp_status map_combined(pgdp_ctx *ctx, const pgdp_task_list *list, pg_map *wages_by_member)
{
    const pg_table table = { list->inputs.combined, "soc_combined" };
    PG_TRY(pg_table_given(ctx, table));
    size_t combined, member;
    PG_TRY(pg_table_texts(ctx, table, "combined", &combined));
    PG_TRY(pg_table_texts(ctx, table, "member", &member));
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        const char *to, *from;
        PG_TRY(pg_table_key(ctx, table, combined, i, &to));
        PG_TRY(pg_table_key(ctx, table, member, i, &from));
        const size_t wage = find_wage(list, to);
        if (wage != PGDP_NONE && !pg_map_put(wages_by_member, from, strlen(from), wage)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_list_match_wages(pgdp_ctx *ctx, pgdp_task_list *list)
{
    pg_map combined;
    pg_map_init(&combined, &ctx->scratch);
    PG_TRY(map_combined(ctx, list, &combined));
    for (size_t o = 0; o < list->n_occupations; o++) {
        pg_occupation *occupation = &list->occupations[o];
        occupation->wage = find_wage(list, occupation->soc);
        if (occupation->wage == PGDP_NONE)
            occupation->wage = pg_map_find(&combined, occupation->soc, strlen(occupation->soc));
        if (occupation->wage == PGDP_NONE) continue;
        list->wages[occupation->wage].n_members++;
        list->wages[occupation->wage].n_tasks += occupation->end - occupation->first;
    }
    return PGDP_OK;
}

/* One amount of one occupation over its tasks, and each task's part equally over its links. */
static pgdp_status spread_amount(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_occupation *o, double amount,
                                 bool is_wage)
{
    const double unit = is_wage ? PG_USD_UNIT : PG_HEADS_UNIT;
    double *by_task = is_wage ? list->wage_bill : list->employment;
    double *by_link = is_wage ? list->link_wage_bill : list->link_employment;
    PG_TRY(pg_allocate(ctx, amount, unit, list->share + o->first, o->end - o->first, by_task + o->first));
    for (size_t i = o->first; i < o->end; i++) {
        const size_t first = list->first_link[i];
        PG_TRY(pg_allocate(ctx, by_task[i], unit, NULL, list->first_link[i + 1] - first, by_link + first));
    }
    return PGDP_OK;
}

/* The members of one OEWS occupation share its employment and wage bill equally: O*NET has no counts for them. */
static pgdp_status spread_wage(pgdp_ctx *ctx, const pgdp_task_list *list, size_t wage, size_t *members)
{
    const pg_wage *w = &list->wages[wage];
    size_t n = 0;
    for (size_t o = 0; o < list->n_occupations; o++)
        if (list->occupations[o].wage == wage) members[n++] = o;
    double *heads, *usd;
    PG_TRY_ALLOC(ctx, heads, pg_arena_alloc(&ctx->scratch, n, sizeof *heads));
    PG_TRY_ALLOC(ctx, usd, pg_arena_alloc(&ctx->scratch, n, sizeof *usd));
    PG_TRY(pg_allocate(ctx, w->employment, PG_HEADS_UNIT, NULL, n, heads));
    PG_TRY(pg_allocate(ctx, w->wage_bill, PG_USD_UNIT, NULL, n, usd));
    for (size_t k = 0; k < n; k++) {
        pg_occupation *o = &list->occupations[members[k]];
        o->share = 1 / (double)n;
        PG_TRY(spread_amount(ctx, list, o, heads[k], false));
        PG_TRY(spread_amount(ctx, list, o, usd[k], true));
    }
    return PGDP_OK;
}

static pgdp_status new_amounts(pgdp_ctx *ctx, pgdp_task_list *list)
{
    const size_t n = list->n_tasks, n_links = list->n_links;
    PG_TRY_ALLOC(ctx, list->employment, pg_arena_alloc(&list->arena, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, list->hours, pg_arena_alloc(&list->arena, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, list->wage_bill, pg_arena_alloc(&list->arena, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, list->link_employment, pg_arena_alloc(&list->arena, n_links, sizeof(double)));
    PG_TRY_ALLOC(ctx, list->link_wage_bill, pg_arena_alloc(&list->arena, n_links, sizeof(double)));
    return PGDP_OK;
}

pgdp_status pg_list_spread(pgdp_ctx *ctx, pgdp_task_list *list)
{
    PG_TRY(new_amounts(ctx, list));
    size_t *members;
    PG_TRY_ALLOC(ctx, members, pg_arena_alloc(&ctx->scratch, list->n_occupations, sizeof *members));
    for (size_t k = 0; k < list->n_wages; k++)
        if (list->wages[k].n_members > 0) PG_TRY(spread_wage(ctx, list, k, members));
    for (size_t i = 0; i < list->n_tasks; i++)
        list->hours[i] = PG_HOURS_A_YEAR * list->employment[i];
    return PGDP_OK;
}

enum { SIDE, CODE, TITLE, N_TASKS, EMPLOYMENT, WAGE_BILL, N_COLUMNS };

static pgdp_status add_unmatched(pgdp_ctx *ctx, pgdp_frame *out, const char *side, const char *code, const char *title,
                                 double n_tasks)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pgdp_frame_set_text(ctx, out, SIDE, side, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, out, CODE, code, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, out, TITLE, title, PGDP_NONE));
    pgdp_frame_set_real(out, N_TASKS, n_tasks);
    return PGDP_OK;
}

static pgdp_status fill_unmatched(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *out)
{
    for (size_t o = 0; o < list->n_occupations; o++) {
        const pg_occupation *p = &list->occupations[o];
        if (p->wage == PGDP_NONE)
            PG_TRY(add_unmatched(ctx, out, "tasks without wages", p->onet_soc, p->title, (double)(p->end - p->first)));
    }
    for (size_t k = 0; k < list->n_wages; k++) {
        const pg_wage *w = &list->wages[k];
        if (w->n_members > 0 && !isnan(w->annual)) continue;
        PG_TRY(add_unmatched(ctx, out, w->n_members == 0 ? "wages without tasks" : "mean wage not published", w->soc,
                             w->title, (double)w->n_tasks));
        pgdp_frame_set_real(out, EMPLOYMENT, w->employment);
        pgdp_frame_set_real(out, WAGE_BILL, isnan(w->annual) ? (double)NAN : w->wage_bill);
    }
    return PGDP_OK;
}

pgdp_status pg_list_report_unmatched(pgdp_ctx *ctx, pgdp_task_list *list)
{
    static const pgdp_column columns[N_COLUMNS] = {
        [SIDE] = { .name = "side", .type = PGDP_TEXT },
        [CODE] = { .name = "code", .type = PGDP_TEXT },
        [TITLE] = { .name = "title", .type = PGDP_TEXT },
        [N_TASKS] = { .name = "n_tasks", .type = PGDP_REAL, .unit = "tasks" },
        [EMPLOYMENT] = { .name = "employment", .type = PGDP_REAL, .unit = "heads" },
        [WAGE_BILL] = { .name = "wage_bill_usd", .type = PGDP_REAL, .unit = "usd", .price_basis = "current_prices" },
    };
    PG_TRY(pgdp_frame_new(ctx, &list->unmatched));
    for (size_t j = 0; j < N_COLUMNS; j++)
        PG_TRY(pgdp_frame_add_column(ctx, list->unmatched, &columns[j], NULL));
    return fill_unmatched(ctx, list, list->unmatched);
}
