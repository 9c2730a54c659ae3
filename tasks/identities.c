/* identities.c  Sums of a task list, checked against what they must add up to. Source: methodology 5.2-13.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/identities.h"

#include "core/checks.h"
#include "tasks/list.h"

/** Sums over the OEWS occupations that have tasks. */
typedef struct totals {
    double wage_bill, employment;
} totals;

static totals of_occupations(const pgdp_task_list *list)
{
    totals t = { 0, 0 };
    for (size_t k = 0; k < list->n_wages; k++) {
        if (list->wages[k].n_members == 0) continue;
        t.wage_bill += list->wages[k].wage_bill;
        t.employment += list->wages[k].employment;
    }
    return t;
}

static double sum(const double *x, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += x[i];
    return s;
}

pgdp_status pg_task_identities(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *checks)
{
    /* amounts are whole multiples of a binary fraction, so sums are exact and the tolerance is nothing */
    const totals t = of_occupations(list);
    PG_TRY(pg_checks_add(ctx, checks, "Wage bills of tasks add up to those of OEWS, usd",
                         sum(list->wage_bill, list->n_tasks), t.wage_bill, 0));
    PG_TRY(pg_checks_add(ctx, checks, "Wage bills of activities add up to those of OEWS, usd",
                         sum(list->link_wage_bill, list->n_links), t.wage_bill, 0));
    PG_TRY(pg_checks_add(ctx, checks, "Employment of tasks adds up to that of OEWS, heads",
                         sum(list->employment, list->n_tasks), t.employment, 0));
    return pg_checks_add(ctx, checks, "Employment of activities adds up to that of OEWS, heads",
                         sum(list->link_employment, list->n_links), t.employment, 0);
}
