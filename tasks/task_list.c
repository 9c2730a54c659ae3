/* task_list.c  A task list from its tables: time shares of tasks, and the public face of the list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/text.h"
#include "tasks/list.h"

static const char *const weights_names[] = { "equal", "importance_frequency", "core", NULL };

const char *const *pgdp_task_weights_names(void)
{
    return weights_names;
}

static double importance_times_frequency(double importance, double frequency)
{
    return importance > 0 && frequency >= 0 ? importance * frequency : (double)NAN;
}

static pgdp_status check_ratings(pgdp_ctx *ctx, const pgdp_task_list *list, const char *column, const double *rating)
{
    for (size_t i = 0; i < list->n_tasks; i++)
        if (rating[list->row[i]] < 0)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "tasks: data row %zu, column %s: found %g, expected a rating that is not negative",
                           list->row[i] + 1, column, rating[list->row[i]]);
    return PGDP_OK;
}

/* Unnormalised weights of all tasks; NaN: not rated. */
static pgdp_status raw_weights(pgdp_ctx *ctx, const pgdp_task_list *list, double *weight)
{
    const double *importance = NULL, *frequency = NULL;
    if (list->weights == PGDP_WEIGHT_IMPORTANCE_FREQUENCY) {
        PG_TRY(pg_table_reals(ctx, pg_list_tasks(list), "importance", &importance));
        PG_TRY(pg_table_reals(ctx, pg_list_tasks(list), "frequency", &frequency));
        PG_TRY(check_ratings(ctx, list, "importance", importance));
        PG_TRY(check_ratings(ctx, list, "frequency", frequency));
    }
    for (size_t i = 0; i < list->n_tasks; i++) {
        const size_t row = list->row[i];
        weight[i] = 1;
        if (list->weights == PGDP_WEIGHT_CORE) weight[i] = list->core[i] ? 1 : 0.5;
        if (importance != NULL) weight[i] = importance_times_frequency(importance[row], frequency[row]);
    }
    return PGDP_OK;
}

/* What is not rated counts like the mean of the occupation's rated tasks; then shares that sum to one. */
static void normalise(double *weight, size_t n)
{
    double sum = 0;
    size_t n_rated = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(weight[i])) continue;
        sum += weight[i];
        n_rated++;
    }
    const bool usable = sum > 0;
    const double mean = usable ? sum / (double)n_rated : 1;
    for (size_t i = 0; i < n; i++) {
        if (!usable || isnan(weight[i])) weight[i] = mean;
        weight[i] /= mean * (double)n;
    }
}

pgdp_status pg_list_weigh(pgdp_ctx *ctx, pgdp_task_list *list)
{
    PG_TRY_ALLOC(ctx, list->share, pg_arena_alloc(&list->arena, list->n_tasks, sizeof *list->share));
    PG_TRY(raw_weights(ctx, list, list->share));
    for (size_t o = 0; o < list->n_occupations; o++) {
        const pg_occupation *p = &list->occupations[o];
        normalise(list->share + p->first, p->end - p->first);
    }
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, pgdp_task_list *list)
{
    PG_TRY(pg_list_read_activities(ctx, list));
    PG_TRY(pg_list_read_tasks(ctx, list));
    PG_TRY(pg_list_read_links(ctx, list));
    PG_TRY(pg_list_weigh(ctx, list));
    PG_TRY(pg_list_read_wages(ctx, list));
    PG_TRY(pg_list_match_wages(ctx, list));
    PG_TRY(pg_list_spread(ctx, list));
    return pg_list_report_unmatched(ctx, list);
}

pgdp_status pgdp_task_list_new(pgdp_ctx *ctx, const pgdp_task_inputs *inputs, pgdp_task_weights weights,
                               pgdp_task_list **out)
{
    if ((size_t)weights >= sizeof weights_names / sizeof *weights_names - 1)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "task list: found weights %d, expected one of pgdp_task_weights",
                       (int)weights);
    pgdp_task_list *list;
    PG_TRY_ALLOC(ctx, list, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *list));
    *list = (pgdp_task_list){ .allocator = ctx->allocator, .inputs = *inputs, .weights = weights };
    pg_arena_init(&list->arena, &ctx->allocator);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = build(ctx, list);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) {
        pgdp_task_list_free(list);
        return status;
    }
    *out = list;
    return PGDP_OK;
}

void pgdp_task_list_free(pgdp_task_list *list)
{
    if (list == NULL) return;
    pgdp_frame_free(list->unmatched);
    pg_arena_free(&list->arena);
    const pgdp_allocator allocator = list->allocator;
    (void)allocator.realloc(allocator.user, list, 0);
}

size_t pgdp_task_list_n_tasks(const pgdp_task_list *list)
{
    return list->n_tasks;
}

size_t pgdp_task_list_n_activities(const pgdp_task_list *list)
{
    return list->n_activities;
}

size_t pgdp_task_list_n_occupations(const pgdp_task_list *list)
{
    return list->n_occupations;
}

const double *pgdp_task_list_share(const pgdp_task_list *list)
{
    return list->share;
}

const double *pgdp_task_list_employment(const pgdp_task_list *list)
{
    return list->employment;
}

const double *pgdp_task_list_hours(const pgdp_task_list *list)
{
    return list->hours;
}

const double *pgdp_task_list_wage_bill(const pgdp_task_list *list)
{
    return list->wage_bill;
}

const pgdp_frame *pgdp_task_list_unmatched(const pgdp_task_list *list)
{
    return list->unmatched;
}

size_t pg_n_levels(const char *const *levels)
{
    size_t n = 0;
    while (levels[n] != NULL)
        n++;
    return n;
}

static int level_of(const char *label, const char *const *levels)
{
    for (int k = 0; levels[k] != NULL; k++)
        if (pg_streq(label, levels[k])) return k;
    return -1;
}

pgdp_status pg_list_grades(pgdp_ctx *ctx, const pgdp_task_list *list, const char *column, const char *const *levels,
                           int *grades)
{
    const pg_table table = pg_list_tasks(list);
    size_t j;
    PG_TRY(pg_table_texts(ctx, table, column, &j));
    const size_t n_labels = pgdp_frame_n_levels(table.frame, j);
    int *grade_of;
    PG_TRY_ALLOC(ctx, grade_of, pg_arena_alloc(&ctx->scratch, n_labels, sizeof *grade_of));
    for (size_t l = 0; l < n_labels; l++) {
        const char *label = pgdp_frame_level(table.frame, j, (uint32_t)l);
        grade_of[l] = level_of(label, levels);
        if (grade_of[l] < 0)
            return pg_fail(ctx, PGDP_PARSE, "tasks: found \"%s\" in column \"%s\", expected %s to %s or an empty cell",
                           label, column, levels[0], levels[pg_n_levels(levels) - 1]);
    }
    const uint32_t *codes = pgdp_frame_codes(table.frame, j);
    for (size_t i = 0; i < list->n_tasks; i++) {
        const uint32_t code = codes[list->row[i]];
        grades[i] = code == PGDP_NO_CODE ? -1 : grade_of[code];
    }
    return PGDP_OK;
}
