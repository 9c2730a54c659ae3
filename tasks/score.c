/* score.c  Every measure of the list by task and occupation, and how every two of them agree.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/parallel.h"
#include "tasks/association.h"
#include "tasks/frames.h"
#include "tasks/list.h"
#include "tasks/scores.h"

static const pgdp_score *const scores[] = {
#define PG_ENTRY(name) &pg_score_##name,
    PG_SCORES(PG_ENTRY)
#undef PG_ENTRY
};
enum { N_SCORES = sizeof scores / sizeof *scores, N_PAIRS = N_SCORES * (N_SCORES - 1) / 2, N_LEVELS = 2 };

const pgdp_score *pgdp_score_at(size_t i)
{
    return i < N_SCORES ? scores[i] : NULL;
}

/* One level's values: tasks, then occupations. */
typedef struct level_values {
    const char *name;
    size_t n;
    double *x; /* [n x N_SCORES], NaN: not graded */
} level_values;

typedef struct pair_of {
    const level_values *level;
    size_t a, b;
    pg_association result;
} pair_of;

static pgdp_status new_level(pgdp_ctx *ctx, const char *name, size_t n, level_values *out)
{
    *out = (level_values){ .name = name, .n = n };
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, n * N_SCORES, sizeof *out->x));
    return PGDP_OK;
}

static pgdp_status score_tasks(pgdp_ctx *ctx, const pgdp_task_list *list, const level_values *tasks)
{
    int *grades;
    PG_TRY_ALLOC(ctx, grades, pg_arena_alloc(&ctx->scratch, list->n_tasks, sizeof *grades));
    for (size_t s = 0; s < N_SCORES; s++) {
        PG_TRY(pg_list_grades(ctx, list, scores[s]->grade, scores[s]->levels, grades));
        double *x = tasks->x + s * tasks->n;
        for (size_t i = 0; i < tasks->n; i++)
            x[i] = grades[i] < 0 ? (double)NAN : scores[s]->values[grades[i]];
    }
    return PGDP_OK;
}

/* An occupation's score is the mean over its graded tasks, weighted by their time shares. */
static double mean_of_tasks(const pgdp_task_list *list, const pg_occupation *o, const double *x)
{
    double sum = 0, weight = 0;
    for (size_t i = o->first; i < o->end; i++) {
        if (isnan(x[i])) continue;
        sum += list->share[i] * x[i];
        weight += list->share[i];
    }
    return weight > 0 ? sum / weight : (double)NAN;
}

static void score_occupations(const pgdp_task_list *list, const level_values *tasks, const level_values *occupations)
{
    for (size_t s = 0; s < N_SCORES; s++)
        for (size_t o = 0; o < occupations->n; o++)
            occupations->x[o + s * occupations->n] =
                mean_of_tasks(list, &list->occupations[o], tasks->x + s * tasks->n);
}

static pgdp_status write_occupations(pgdp_ctx *ctx, const pgdp_task_list *list, const level_values *occupations,
                                     pgdp_frame *out)
{
    for (size_t o = 0; o < occupations->n; o++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, list->occupations[o].onet_soc));
        PG_TRY(pg_set_text(ctx, out, 1, list->occupations[o].title));
        for (size_t s = 0; s < N_SCORES; s++)
            pgdp_frame_set_real(out, 2 + s, occupations->x[o + s * occupations->n]);
    }
    return PGDP_OK;
}

enum { NAME, LEVEL, COUNT, MEAN, SD, TITLE, N_SUMMARY };
static const pgdp_column summary_columns[N_SUMMARY] = {
    [NAME] = PG_TEXT_COLUMN("name"),       [LEVEL] = PG_TEXT_COLUMN("level"),
    [COUNT] = PG_REAL_COLUMN("n", "rows"), [MEAN] = PG_REAL_COLUMN("mean", "share"),
    [SD] = PG_REAL_COLUMN("sd", "share"),  [TITLE] = PG_TEXT_COLUMN("title"),
};

/* Mean and standard deviation (divisor n - 1) of what is there. */
static void describe(const double *x, size_t n, double *count, double *mean, double *sd)
{
    double sum = 0, squares = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) continue;
        *count += 1;
        sum += x[i];
    }
    *mean = *count > 0 ? sum / *count : (double)NAN;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) squares += (x[i] - *mean) * (x[i] - *mean);
    *sd = *count > 1 ? sqrt(squares / (*count - 1)) : (double)NAN;
}

static pgdp_status write_summary(pgdp_ctx *ctx, const level_values *level, pgdp_frame *out)
{
    for (size_t s = 0; s < N_SCORES; s++) {
        double count, mean, sd;
        describe(level->x + s * level->n, level->n, &count, &mean, &sd);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, NAME, scores[s]->name));
        PG_TRY(pg_set_text(ctx, out, LEVEL, level->name));
        PG_TRY(pg_set_text(ctx, out, TITLE, scores[s]->title));
        pgdp_frame_set_real(out, COUNT, count);
        pgdp_frame_set_real(out, MEAN, mean);
        pgdp_frame_set_real(out, SD, sd);
    }
    return PGDP_OK;
}

static pgdp_status associate_pair(pgdp_ctx *ctx, void *user, size_t block)
{
    pair_of *p = &((pair_of *)user)[block];
    const level_values *l = p->level;
    return pg_associate(ctx, l->x + p->a * l->n, l->x + p->b * l->n, l->n, &p->result);
}

enum { PAIR_LEVEL, A, B, PAIR_COUNT, AGREEMENT, KAPPA, PEARSON, SPEARMAN, KENDALL, N_PAIR_COLUMNS };
static const pgdp_column pair_columns[N_PAIR_COLUMNS] = {
    [PAIR_LEVEL] = PG_TEXT_COLUMN("level"),
    [A] = PG_TEXT_COLUMN("a"),
    [B] = PG_TEXT_COLUMN("b"),
    [PAIR_COUNT] = PG_REAL_COLUMN("n", "rows"),
    [AGREEMENT] = PG_REAL_COLUMN("agreement", "share"),
    [KAPPA] = PG_REAL_COLUMN("kappa", "correlation"),
    [PEARSON] = PG_REAL_COLUMN("pearson", "correlation"),
    [SPEARMAN] = PG_REAL_COLUMN("spearman", "correlation"),
    [KENDALL] = PG_REAL_COLUMN("kendall", "correlation"),
};

static pgdp_status write_pairs(pgdp_ctx *ctx, const pair_of *pairs, pgdp_frame *out)
{
    for (size_t p = 0; p < N_LEVELS * (size_t)N_PAIRS; p++) {
        const pg_association *r = &pairs[p].result;
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, PAIR_LEVEL, pairs[p].level->name));
        PG_TRY(pg_set_text(ctx, out, A, scores[pairs[p].a]->name));
        PG_TRY(pg_set_text(ctx, out, B, scores[pairs[p].b]->name));
        pgdp_frame_set_real(out, PAIR_COUNT, r->n);
        pgdp_frame_set_real(out, AGREEMENT, r->agreement);
        pgdp_frame_set_real(out, KAPPA, r->kappa);
        pgdp_frame_set_real(out, PEARSON, r->pearson);
        pgdp_frame_set_real(out, SPEARMAN, r->spearman);
        pgdp_frame_set_real(out, KENDALL, r->kendall);
    }
    return PGDP_OK;
}

static pgdp_status compare_pairs(pgdp_ctx *ctx, const level_values *levels, pgdp_frame *out)
{
    pair_of *pairs;
    PG_TRY_ALLOC(ctx, pairs, pg_arena_alloc(&ctx->scratch, N_LEVELS * (size_t)N_PAIRS, sizeof *pairs));
    size_t n = 0;
    for (size_t l = 0; l < N_LEVELS; l++)
        for (size_t a = 0; a < N_SCORES; a++)
            for (size_t b = a + 1; b < N_SCORES; b++)
                pairs[n++] = (pair_of){ .level = &levels[l], .a = a, .b = b };
    PG_TRY(pg_parallel(ctx, "measures compared", n, associate_pair, pairs));
    return write_pairs(ctx, pairs, out);
}

static pgdp_status new_frames(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *out[3])
{
    pgdp_column columns[2 + N_SCORES] = { PG_TEXT_COLUMN("onet_soc"), PG_TEXT_COLUMN("title") };
    for (size_t s = 0; s < N_SCORES; s++)
        columns[2 + s] = (pgdp_column)PG_REAL_COLUMN(scores[s]->name, "share");
    PG_TRY(pg_frame_of(ctx, columns, 2 + N_SCORES, list->n_occupations, &out[0]));
    PG_TRY(pg_frame_of(ctx, summary_columns, N_SUMMARY, N_LEVELS * (size_t)N_SCORES, &out[1]));
    return pg_frame_of(ctx, pair_columns, N_PAIR_COLUMNS, N_LEVELS * (size_t)N_PAIRS, &out[2]);
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *out[3])
{
    level_values levels[N_LEVELS];
    PG_TRY(new_level(ctx, "task", list->n_tasks, &levels[0]));
    PG_TRY(new_level(ctx, "occupation", list->n_occupations, &levels[1]));
    PG_TRY(score_tasks(ctx, list, &levels[0]));
    score_occupations(list, &levels[0], &levels[1]);
    PG_TRY(new_frames(ctx, list, out));
    PG_TRY(write_occupations(ctx, list, &levels[1], out[0]));
    for (size_t l = 0; l < N_LEVELS; l++)
        PG_TRY(write_summary(ctx, &levels[l], out[1]));
    return compare_pairs(ctx, levels, out[2]);
}

pgdp_status pgdp_scores_compute(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame **by_occupation,
                                pgdp_frame **summary, pgdp_frame **pairs)
{
    pgdp_frame *out[3] = { NULL, NULL, NULL };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = compute(ctx, list, out);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) {
        for (size_t f = 0; f < 3; f++)
            pgdp_frame_free(out[f]);
        return status;
    }
    *by_occupation = out[0];
    *summary = out[1];
    *pairs = out[2];
    return PGDP_OK;
}
