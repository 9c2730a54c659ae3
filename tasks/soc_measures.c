/* soc_measures.c  Measures at the level of OEWS occupations, beside employment and wages. Source: methodology 2.1, 4.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/soc_measures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/list.h"

enum { SOC, TITLE, MAJOR_GROUP, EMPLOYMENT, ANNUAL_MEAN, WAGE_BILL, N_FIXED, SOC_CODE = 7, MAX_YEARS = 32 };

static const pgdp_column fixed_columns[] = {
    PG_TEXT_COLUMN("soc"),
    PG_TEXT_COLUMN("title"),
    PG_TEXT_COLUMN("major_group"),
    PG_REAL_COLUMN("employment", "heads"),
    PG_REAL_COLUMN("annual_mean", "usd"),
    PG_REAL_COLUMN("wage_bill_usd", "usd"),
};

/** The O*NET occupations of each six-digit code, as sums of their measures. */
typedef struct group {
    double *sum; /**< [n_measures] */
    size_t n;
} group;
/** What a build works on. */
typedef struct builder {
    const pgdp_task_list *list;
    const pgdp_frame *measures;
    size_t code, *columns, n_measures; /**< of by_occupation */
    pg_map by_soc;
    group *groups;
    size_t n_groups;
    double years[MAX_YEARS];
    size_t n_years;
} builder;

/** The numeric columns of by_occupation, and its code. */
static pgdp_status find_measures(pgdp_ctx *ctx, builder *b)
{
    const pg_table table = { b->measures, "measures by occupation" };
    const size_t n = pgdp_frame_n_columns(b->measures);
    PG_TRY(pg_table_texts(ctx, table, "onet_soc", &b->code));
    PG_TRY_ALLOC(ctx, b->columns, pg_arena_alloc(&ctx->scratch, n, sizeof *b->columns));
    for (size_t j = 0; j < n; j++)
        if (pgdp_frame_column(b->measures, j)->type == PGDP_REAL) b->columns[b->n_measures++] = j;
    return PGDP_OK;
}

static pgdp_status sum_groups(pgdp_ctx *ctx, builder *b)
{
    const size_t n = pgdp_frame_n_rows(b->measures);
    pg_map_init(&b->by_soc, &ctx->scratch);
    PG_TRY_ALLOC(ctx, b->groups, pg_arena_alloc(&ctx->scratch, n, sizeof *b->groups));
    for (size_t i = 0; i < n; i++) {
        const char *code = pgdp_frame_text(b->measures, b->code, i);
        if (code == NULL || strlen(code) < SOC_CODE) continue;
        size_t at = pg_map_find(&b->by_soc, code, SOC_CODE);
        if (at == PGDP_NONE) {
            at = b->n_groups++;
            if (!pg_map_put(&b->by_soc, code, SOC_CODE, at)) return pg_no_memory(ctx);
            PG_TRY_ALLOC(ctx, b->groups[at].sum, pg_arena_alloc(&ctx->scratch, b->n_measures, sizeof(double)));
        }
        for (size_t j = 0; j < b->n_measures; j++)
            b->groups[at].sum[j] += pgdp_frame_reals(b->measures, b->columns[j])[i];
        b->groups[at].n++;
    }
    return PGDP_OK;
}

static int compare_years(const void *a, const void *b)
{
    const double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/** Years of the wages table other than the list's own, oldest first. */
static void find_years(builder *b, const double *year, size_t n, double own)
{
    for (size_t i = 0; i < n; i++) {
        bool known = fabs(year[i] - own) < 0.5;
        for (size_t k = 0; k < b->n_years && !known; k++)
            known = fabs(b->years[k] - year[i]) < 0.5;
        if (!known && b->n_years < MAX_YEARS) b->years[b->n_years++] = year[i];
    }
    qsort(b->years, b->n_years, sizeof *b->years, compare_years);
}

static pgdp_status add_columns(pgdp_ctx *ctx, const builder *b, pgdp_frame *out)
{
    size_t index;
    char name[48];
    for (size_t k = 0; k < b->n_years; k++) {
        snprintf(name, sizeof name, "employment_%.0f", b->years[k]);
        PG_TRY(pgdp_frame_add_column(ctx, out, &(pgdp_column)PG_REAL_COLUMN(name, "heads"), &index));
    }
    for (size_t j = 0; j < b->n_measures; j++)
        PG_TRY(pgdp_frame_add_column(ctx, out, pgdp_frame_column(b->measures, b->columns[j]), &index));
    return PGDP_OK;
}

static pgdp_status add_rows(pgdp_ctx *ctx, const builder *b, pg_map *rows, pgdp_frame *out)
{
    char group_code[3] = "";
    for (size_t k = 0; k < b->list->n_wages; k++) {
        const pg_wage *w = &b->list->wages[k];
        const size_t at = pg_map_find(&b->by_soc, w->soc, strlen(w->soc));
        if (at == PGDP_NONE || !(w->employment > 0)) continue;
        if (!pg_map_put(rows, w->soc, strlen(w->soc), pgdp_frame_n_rows(out))) return pg_no_memory(ctx);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        memcpy(group_code, w->soc, 2);
        PG_TRY(pg_set_text(ctx, out, SOC, w->soc));
        PG_TRY(pg_set_text(ctx, out, TITLE, w->title));
        PG_TRY(pg_set_text(ctx, out, MAJOR_GROUP, group_code));
        pgdp_frame_set_real(out, EMPLOYMENT, w->employment);
        pgdp_frame_set_real(out, ANNUAL_MEAN, w->annual);
        if (!isnan(w->annual)) pgdp_frame_set_real(out, WAGE_BILL, w->wage_bill);
        for (size_t j = 0; j < b->n_measures; j++)
            pgdp_frame_set_real(out, N_FIXED + b->n_years + j, b->groups[at].sum[j] / (double)b->groups[at].n);
    }
    return PGDP_OK;
}

/** Employment of the other years into its columns. */
static pgdp_status add_other_years(pgdp_ctx *ctx, const builder *b, const pg_map *rows, pgdp_frame *out)
{
    const pg_table table = { b->list->inputs.wages, "oews" };
    const double *year, *employment;
    size_t soc, level;
    PG_TRY(pg_table_reals(ctx, table, "year", &year));
    PG_TRY(pg_table_reals(ctx, table, "employment", &employment));
    PG_TRY(pg_table_texts(ctx, table, "soc", &soc));
    PG_TRY(pg_table_texts(ctx, table, "level", &level));
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        const char *code = pgdp_frame_text(table.frame, soc, i), *is = pgdp_frame_text(table.frame, level, i);
        if (code == NULL || is == NULL || !pg_streq(is, "detailed")) continue;
        const size_t row = pg_map_find(rows, code, strlen(code));
        for (size_t k = 0; k < b->n_years && row != PGDP_NONE; k++)
            if (fabs(b->years[k] - year[i]) < 0.5) pg_frame_edit_reals(out, N_FIXED + k)[row] = employment[i];
    }
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, builder *b, pgdp_frame *out)
{
    const pg_table table = { b->list->inputs.wages, "oews" };
    const double *year;
    pg_map rows;
    pg_map_init(&rows, &ctx->scratch);
    PG_TRY(pg_table_reals(ctx, table, "year", &year));
    find_years(b, year, pgdp_frame_n_rows(table.frame), pg_list_year(b->list, year, pgdp_frame_n_rows(table.frame)));
    PG_TRY(find_measures(ctx, b));
    PG_TRY(sum_groups(ctx, b));
    PG_TRY(add_columns(ctx, b, out));
    PG_TRY(add_rows(ctx, b, &rows, out));
    return add_other_years(ctx, b, &rows, out);
}

pgdp_status pg_soc_measures(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *by_occupation,
                            pgdp_frame **out)
{
    builder b = { .list = list, .measures = by_occupation };
    pgdp_frame *frame = NULL;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_frame_of(ctx, fixed_columns, N_FIXED, list->n_wages, &frame));
    const pgdp_status status = build(ctx, &b, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) {
        pgdp_frame_free(frame);
        return status;
    }
    *out = frame;
    return PGDP_OK;
}
