/* list.h  A task list's inside: tasks, their links to activities, occupations and wages, all in canonical order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TASKS_LIST_H
#define PG_TASKS_LIST_H

#include "core/ctx.h"
#include "pgdp/tasks.h"
#include "tasks/allocate.h"
#include "tasks/columns.h"

/** Levels of the activity hierarchy. */
enum { PG_DWA, PG_IWA, PG_GWA, PG_N_LEVELS };

/** One O*NET-SOC occupation that has tasks. */
typedef struct pg_occupation {
    const char *onet_soc, *title, *soc;
    size_t row;        /**< of the occupations table */
    size_t first, end; /**< its tasks */
    size_t wage;       /**< its OEWS occupation; PGDP_NONE: in none */
    double share;      /**< of that one's employment, by allocation */
} pg_occupation;

/** One detailed occupation of OEWS. */
typedef struct pg_wage {
    const char *soc, *title;
    double employment; /**< heads; 0 when not published */
    double annual;     /**< mean, usd; NaN: neither mean is published */
    double hourly;     /**< mean, usd */
    double wage_bill;  /**< usd a year: employment x annual mean, a whole multiple of PG_USD_UNIT; 0 when unknown */
    size_t n_members;  /**< O*NET-SOC occupations with tasks that it stands for */
    size_t n_tasks;
    size_t row; /**< of the wages table */
} pg_wage;

/** One detailed work activity; node: its index at each level of the hierarchy. */
typedef struct pg_activity {
    const char *id[PG_N_LEVELS], *title[PG_N_LEVELS];
    size_t node[PG_N_LEVELS];
    size_t row; /**< of the activities table; of the residual 0 */
} pg_activity;

/**
 * Tasks stand in order of onet_soc and task_id, activities of dwa_id, wages of soc: so no result depends on the order
 * of rows in a file. A task's links go to its activities, or the one link of a task without any to
 * activities[n_activities], the residual, so that links always add up to tasks.
 */
struct pgdp_task_list {
    pgdp_allocator allocator;
    pg_arena arena;
    pgdp_task_inputs inputs;
    pgdp_task_weights weights;
    size_t n_tasks, n_links, n_occupations, n_activities, n_wages;
    size_t n_nodes[PG_N_LEVELS];

    size_t *row;                                    /**< [n_tasks] of the tasks table */
    size_t *occupation;                             /**< [n_tasks] */
    double *task_id;                                /**< [n_tasks] */
    bool *core, *untyped;                           /**< [n_tasks] task type Core; type missing */
    double *share, *employment, *hours, *wage_bill; /**< [n_tasks]; amounts 0 without wages */
    size_t *first_link;                             /**< [n_tasks + 1] */

    size_t *activity;                         /**< [n_links] */
    double *link_employment, *link_wage_bill; /**< [n_links] */

    pg_occupation *occupations; /**< [n_occupations] */
    pg_activity *activities;    /**< [n_activities + 1] */
    pg_wage *wages;             /**< [n_wages] */
    pgdp_frame *unmatched;
};

/** The later of two rows, for messages about what is there twice. */
static inline size_t pg_later(size_t a, size_t b)
{
    return a > b ? a : b;
}

/** The steps of building a list, in this order. */
pgdp_status pg_list_read_activities(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_read_tasks(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_read_links(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_weigh(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_read_wages(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_match_wages(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_spread(pgdp_ctx *ctx, pgdp_task_list *list);
pgdp_status pg_list_report_unmatched(pgdp_ctx *ctx, pgdp_task_list *list);
/** The year of the wages table that the list uses. */
double pg_list_year(const pgdp_task_list *list, const double *year, size_t n);

/** The tables by their names in data/. */
static inline pg_table pg_list_tasks(const pgdp_task_list *list)
{
    return (pg_table){ list->inputs.tasks, "tasks" };
}
static inline pg_table pg_list_occupations(const pgdp_task_list *list)
{
    return (pg_table){ list->inputs.occupations, "occupations" };
}

/**
 * The grades of a column of the tasks table in the list's order: index into levels, or -1 where missing.
 *
 * @param grades  [n_tasks]
 * @return NOT_FOUND (no such column), PARSE (a label that is no level)
 */
pgdp_status pg_list_grades(pgdp_ctx *ctx, const pgdp_task_list *list, const char *column, const char *const *levels,
                           int *grades);
/** Number of levels in a NULL-ended list. */
size_t pg_n_levels(const char *const *levels);

#endif
