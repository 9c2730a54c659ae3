/* encode.c  Grades of the nodes of a hierarchy among other occupations, pooled towards the node above.
 * Source: Gelman & Hill (2007), section 12.2; Searle, Casella & McCulloch (1992), section 3.6, for the variances.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tasks/links.h"

typedef struct encoder {
    const pgdp_task_list *list;
    const pg_chain *chain;
    const pg_lesson *lesson;
    pg_tally all, *nodes[PG_CHAIN_LEVELS];
    double pooling[PG_CHAIN_LEVELS]; /* k: how many observations the node above is worth */
} encoder;

/* Counts are whole numbers, so taking an occupation out and putting it back changes no bit. */
void pg_tally_add(pg_tally *tally, int grade, double sign)
{
    tally->n += sign;
    tally->count[grade] += sign;
}

static double sum_of(const pg_tally *tally)
{
    double sum = 0;
    for (size_t k = 1; k < PG_MAX_GRADES; k++)
        sum += (double)k * tally->count[k];
    return sum;
}

double pg_tally_mean(const pg_tally *tally)
{
    return sum_of(tally) / tally->n;
}

static double squares_about(const pg_tally *tally, double mean)
{
    double sum = 0;
    for (size_t k = 0; k < PG_MAX_GRADES; k++)
        sum += tally->count[k] * ((double)k - mean) * ((double)k - mean);
    return sum;
}

void pg_tally_variances(const pg_tally *nodes, size_t n_nodes, const pg_tally *all, double *within, double *between)
{
    const double mean = pg_tally_mean(all);
    double n_used = 0, squared_n = 0, squares_between = 0;
    for (size_t v = 0; v < n_nodes; v++) {
        if (nodes[v].n < 0.5) continue;
        const double deviation = pg_tally_mean(&nodes[v]) - mean;
        n_used += 1;
        squared_n += nodes[v].n * nodes[v].n;
        squares_between += nodes[v].n * deviation * deviation;
    }
    const double df_within = all->n - n_used, n0 = n_used > 1 ? (all->n - squared_n / all->n) / (n_used - 1) : 0;
    *within = df_within > 0 ? (squares_about(all, mean) - squares_between) / df_within : 0;
    *between = n0 > 0 ? fmax(0, (squares_between / (n_used - 1) - *within) / n0) : 0;
}

double pg_pooling(double within, double between)
{
    return between > 1e-6 * within ? fmax(within / between, 1e-6) : 1e6;
}

static void add_task(encoder *e, size_t task, double sign)
{
    const int grade = e->lesson->grades[task];
    if (grade < 0 || (e->lesson->held_out != NULL && e->lesson->held_out[task])) return;
    for (size_t l = e->chain->first[task]; l < e->chain->first[task + 1]; l++) {
        pg_tally_add(&e->all, grade, sign);
        for (size_t level = 0; level < PG_CHAIN_LEVELS; level++)
            pg_tally_add(&e->nodes[level][e->chain->node[level][l]], grade, sign);
    }
}

/* What a level adds over the one above is the difference of their between variances. */
static void set_pooling(encoder *e)
{
    double above = 0;
    for (size_t level = 0; level < PG_CHAIN_LEVELS; level++) {
        double within, between;
        pg_tally_variances(e->nodes[level], e->chain->n_nodes[level], &e->all, &within, &between);
        e->pooling[level] = pg_pooling(within, between - above);
        above = fmax(above, between);
    }
}

static pgdp_status encoder_learn(pgdp_ctx *ctx, encoder *e)
{
    for (size_t level = 0; level < PG_CHAIN_LEVELS; level++)
        PG_TRY_ALLOC(ctx, e->nodes[level],
                     pg_arena_alloc(&ctx->scratch, e->chain->n_nodes[level], sizeof *e->nodes[level]));
    for (size_t i = 0; i < e->list->n_tasks; i++)
        add_task(e, i, 1);
    if (e->all.n < 1) return pg_fail(ctx, PGDP_TOO_FEW_OBS, "scoring: found no graded task to learn from");
    set_pooling(e);
    return PGDP_OK;
}

/* Shares of all grades, and the mean grade, of a tally pooled with what is above it. */
static void pool(const encoder *e, const pg_tally *node, double k, double *share)
{
    for (size_t g = 0; g < e->lesson->n_levels; g++)
        share[g] = (node->count[g] + k * share[g]) / (node->n + k);
}

/* One half of an observation a grade (Jeffreys' prior), so that no grade has share 0. */
static void overall_shares(const encoder *e, double *share)
{
    const double n_levels = (double)e->lesson->n_levels;
    for (size_t g = 0; g < e->lesson->n_levels; g++)
        share[g] = (e->all.count[g] + 0.5) / (e->all.n + 0.5 * n_levels);
}

static double mean_grade(const encoder *e, const double *share)
{
    double mean = 0;
    for (size_t g = 1; g < e->lesson->n_levels; g++)
        mean += (double)g * share[g];
    return mean;
}

/* Means over a task's links: mean grade by level, and shares at the finest level. */
static void encode_task(const encoder *e, size_t task, double *means, double *shares)
{
    const size_t first = e->chain->first[task], end = e->chain->first[task + 1];
    double overall[PG_MAX_GRADES] = { 0 }, share[PG_MAX_GRADES] = { 0 };
    overall_shares(e, overall);
    for (size_t level = 0; level < PG_CHAIN_LEVELS; level++)
        means[level] = first == end ? mean_grade(e, overall) : 0;
    for (size_t g = 0; g < e->lesson->n_levels; g++)
        shares[g] = first == end ? overall[g] : 0;
    for (size_t l = first; l < end; l++) {
        memcpy(share, overall, sizeof share);
        for (size_t level = 0; level < PG_CHAIN_LEVELS; level++) {
            pool(e, &e->nodes[level][e->chain->node[level][l]], e->pooling[level], share);
            means[level] += mean_grade(e, share) / (double)(end - first);
        }
        for (size_t g = 0; g < e->lesson->n_levels; g++)
            shares[g] += share[g] / (double)(end - first);
    }
}

/* Where the answers go: [n_tasks x PG_CHAIN_LEVELS] and [n_tasks x n_levels], either may be NULL. */
typedef struct encoded {
    double *means, *shares;
} encoded;

static void encode_into(const encoder *e, size_t task, const encoded *out)
{
    const size_t n = e->list->n_tasks;
    double mean[PG_CHAIN_LEVELS] = { 0 }, share[PG_MAX_GRADES] = { 0 };
    encode_task(e, task, mean, share);
    for (size_t level = 0; out->means != NULL && level < PG_CHAIN_LEVELS; level++)
        out->means[task + level * n] = mean[level];
    for (size_t g = 0; out->shares != NULL && g < e->lesson->n_levels; g++)
        out->shares[task + g * n] = share[g];
}

static void without_occupation(encoder *e, const encoded *out)
{
    for (size_t o = 0; o < e->list->n_occupations; o++) {
        const pg_occupation *p = &e->list->occupations[o];
        for (size_t i = p->first; i < p->end; i++)
            add_task(e, i, -1);
        for (size_t i = p->first; i < p->end; i++)
            encode_into(e, i, out);
        for (size_t i = p->first; i < p->end; i++)
            add_task(e, i, 1);
    }
}

/* Tasks that share an activity with this one, each once, itself first. seen: [n_tasks], the task that saw it last. */
static size_t fellows_of(const encoder *e, const pg_by_activity *links, size_t task, size_t *seen, size_t *fellows)
{
    const pgdp_task_list *list = e->list;
    size_t n = 0;
    seen[task] = task;
    fellows[n++] = task;
    for (size_t l = list->first_link[task]; l < list->first_link[task + 1]; l++) {
        const size_t a = list->activity[l];
        for (size_t k = links->first[a]; a < list->n_activities && k < links->first[a + 1]; k++) {
            if (seen[links->task[k]] == task) continue;
            seen[links->task[k]] = task;
            fellows[n++] = links->task[k];
        }
    }
    return n;
}

static pgdp_status without_activities(pgdp_ctx *ctx, encoder *e, const encoded *out)
{
    const size_t n = e->list->n_tasks;
    pg_by_activity links;
    size_t *seen, *fellows;
    PG_TRY(pg_group_links(ctx, e->list, &links));
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, n, sizeof *seen));
    PG_TRY_ALLOC(ctx, fellows, pg_arena_alloc(&ctx->scratch, n, sizeof *fellows));
    for (size_t i = 0; i < n; i++)
        seen[i] = PGDP_NONE;
    for (size_t i = 0; i < n; i++) {
        const size_t n_fellows = fellows_of(e, &links, i, seen, fellows);
        for (size_t k = 0; k < n_fellows; k++)
            add_task(e, fellows[k], -1);
        encode_into(e, i, out);
        for (size_t k = 0; k < n_fellows; k++)
            add_task(e, fellows[k], 1);
    }
    return PGDP_OK;
}

static pgdp_status encode_chain(pgdp_ctx *ctx, encoder *e, double *means, double *shares)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const encoded out = { means, shares };
    PG_TRY(encoder_learn(ctx, e));
    if (e->lesson->regime == PG_NEW_ACTIVITY)
        PG_TRY(without_activities(ctx, e, &out));
    else
        without_occupation(e, &out);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_encode(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_features *features, const pg_lesson *lesson,
                      double *out)
{
    const size_t of_occupations = lesson->regime == PG_NEW_ACTIVITY ? PG_CHAIN_OCCUPATIONS : PG_CHAIN_GROUPS;
    const size_t chains[] = { PG_CHAIN_ACTIVITIES, of_occupations };
    for (size_t c = 0; c < 2; c++) {
        encoder e = { .list = list, .chain = &features->chains[chains[c]], .lesson = lesson };
        PG_TRY(encode_chain(ctx, &e, out + c * PG_CHAIN_LEVELS * list->n_tasks, NULL));
    }
    return PGDP_OK;
}

pgdp_status pg_encode_shares(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_features *features,
                             const pg_lesson *lesson, double *out)
{
    const size_t known = lesson->regime == PG_NEW_ACTIVITY ? PG_CHAIN_OCCUPATIONS : PG_CHAIN_ACTIVITIES;
    encoder e = { .list = list, .chain = &features->chains[known], .lesson = lesson };
    return encode_chain(ctx, &e, NULL, out);
}
