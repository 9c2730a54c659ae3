/* check.c  What cells, new tasks and workloads may be: ranges field by field, and what no single field shows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "gap/model.h"

#include <math.h>

#define CELL(field) #field, offsetof(pgdp_gap_cell, field)
const pg_field pg_cell_fields[] = {
    { CELL(v0), 0, INFINITY, false, false },
    { CELL(u), 0, 1, false, false },
    { CELL(r), 0, INFINITY, false, false },
    { CELL(k), 0, INFINITY, true, false },
    { CELL(e), 0, INFINITY, false, false },
    { CELL(rho), 0, 1, false, false },
    { CELL(lam), -10, 10, false, false },
    { CELL(p_h), 0, INFINITY, true, false },
    { CELL(d_h), 0, INFINITY, true, false },
    { CELL(theta), 0, 1, false, false },
    { "qmax", offsetof(pgdp_gap_cell, q_max), 1, INFINITY, false, true },
    { .name = NULL },
};
#define NEW(field) #field, offsetof(pgdp_gap_new_task, field)
const pg_field pg_new_fields[] = {
    { NEW(p_star), 0, INFINITY, true, false }, { NEW(p1), 0, INFINITY, true, false },
    { NEW(q), 0, INFINITY, false, false },     { NEW(theta), 0, 1, false, false },
    { NEW(d), 0, INFINITY, true, false },      { .name = NULL },
};
#define WORKLOAD(field) #field, offsetof(pgdp_workload, field)
const pg_field pg_workload_fields[] = {
    { WORKLOAD(wage_bill), 0, INFINITY, false, false },
    { WORKLOAD(hourly_wage), 0, INFINITY, true, false },
    { WORKLOAD(capability), 0, 1, false, false },
    { WORKLOAD(capability_se), 0, INFINITY, false, false },
    { WORKLOAD(multiplier), 0, INFINITY, true, false },
    { WORKLOAD(final_share), 0, 1, false, false },
    { .name = NULL },
};

static pgdp_status fail_range(pgdp_ctx *ctx, const pg_field *field, double found)
{
    char value[PG_NUMBER_SIZE], lo[PG_NUMBER_SIZE], hi[PG_NUMBER_SIZE];
    pg_number_format(found, value);
    pg_number_format(field->lo, lo);
    pg_number_format(field->hi, hi);
    if (!isinf(field->hi))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %s = %s, expected a number from %s to %s", field->name, value, lo,
                       hi);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %s = %s, expected a %snumber %s %s", field->name, value,
                   field->optional ? "" : "finite ", field->open ? "above" : "of at least", lo);
}

pgdp_status pg_check_number(pgdp_ctx *ctx, const pg_field *f, double x)
{
    const bool above = f->open ? x > f->lo : x >= f->lo;
    const bool below = isinf(f->hi) ? isfinite(x) || f->optional : x <= f->hi; /* no cap is a cap at infinity */
    return above && below ? PGDP_OK : fail_range(ctx, f, x);
}

pgdp_status pg_check_fields(pgdp_ctx *ctx, const pg_field *fields, const void *object)
{
    for (const pg_field *f = fields; f->name != NULL; f++)
        PG_TRY(pg_check_number(ctx, f, *(const double *)(const void *)((const char *)object + f->offset)));
    return PGDP_OK;
}

pgdp_status pg_check_cell(pgdp_ctx *ctx, const pgdp_gap_cell *cell)
{
    PG_TRY(pg_check_fields(ctx, pg_cell_fields, cell));
    pg_outcome o;
    pg_cell_outcome(cell, PGDP_GAP_ACCOUNTS, &o);
    if (isfinite(o.q_e) && isfinite(o.f) && isfinite(o.n) && isfinite(o.m) && isfinite(o.cs)) return PGDP_OK;
    char price[PG_NUMBER_SIZE], e[PG_NUMBER_SIZE];
    pg_number_format(o.price, price);
    pg_number_format(cell->e, e);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "a buyer price of %s and e = %s give quantities beyond all numbers; give r above 0 or a qmax", price,
                   e);
}

pgdp_status pg_check_new(pgdp_ctx *ctx, const pgdp_gap_new_task *task)
{
    PG_TRY(pg_check_fields(ctx, pg_new_fields, task));
    if (task->p1 <= task->p_star || task->q <= 0) return PGDP_OK;
    char p1[PG_NUMBER_SIZE], p_star[PG_NUMBER_SIZE];
    pg_number_format(task->p1, p1);
    pg_number_format(task->p_star, p_star);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "found p1 = %s, expected at most p_star = %s: above the reservation price nothing is bought", p1,
                   p_star);
}

pgdp_status pg_gap_fail_at(pgdp_ctx *ctx, pgdp_status status, const char *what, size_t i, const char *name)
{
    if (name == NULL) return pg_fail_within(ctx, status, "%s %zu: ", what, i + 1);
    return pg_fail_within(ctx, status, "%s %zu (%s): ", what, i + 1, name);
}

pgdp_status pg_check_economy(pgdp_ctx *ctx, const pg_economy *economy)
{
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; i < economy->n_cells; i++) {
        status = pg_check_cell(ctx, &economy->cells[i]);
        if (status != PGDP_OK) return pg_gap_fail_at(ctx, status, "cell", i, economy->cells[i].name);
    }
    for (size_t j = 0; j < economy->n_news; j++) {
        status = pg_check_new(ctx, &economy->news[j]);
        if (status != PGDP_OK) return pg_gap_fail_at(ctx, status, "new task", j, economy->news[j].name);
    }
    return PGDP_OK;
}
