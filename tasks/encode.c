/* encode.c  Grades of the nodes of a hierarchy among other occupations, pooled towards the node above.
 * Source: Gelman & Hill (2007), section 12.2; Searle, Casella & McCulloch (1992), section 3.6, for the variances.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tasks/features.h"

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

static bool learns_from(const encoder *e, size_t occupation)
{
    return e->lesson->held_out == NULL || !e->lesson->held_out[occupation];
}

static void add_occupation(encoder *e, size_t occupation, double sign)
{
    const pg_occupation *o = &e->list->occupations[occupation];
    for (size_t i = o->first; i < o->end; i++) {
        const int grade = e->lesson->grades[i];
        for (size_t l = e->chain->first[i]; grade >= 0 && l < e->chain->first[i + 1]; l++) {
            pg_tally_add(&e->all, grade, sign);
            for (size_t level = 0; level < PG_CHAIN_LEVELS; level++)
                pg_tally_add(&e->nodes[level][e->chain->node[level][l]], grade, sign);
        }
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
    for (size_t o = 0; o < e->list->n_occupations; o++)
        if (learns_from(e, o)) add_occupation(e, o, 1);
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

/* means: [n_tasks x PG_CHAIN_LEVELS] or NULL; shares: [n_tasks x n_levels] or NULL. */
static void encode_all(encoder *e, double *means, double *shares)
{
    const size_t n = e->list->n_tasks;
    double mean[PG_CHAIN_LEVELS] = { 0 }, share[PG_MAX_GRADES] = { 0 };
    for (size_t o = 0; o < e->list->n_occupations; o++) {
        if (learns_from(e, o)) add_occupation(e, o, -1);
        for (size_t i = e->list->occupations[o].first; i < e->list->occupations[o].end; i++) {
            encode_task(e, i, mean, share);
            for (size_t level = 0; means != NULL && level < PG_CHAIN_LEVELS; level++)
                means[i + level * n] = mean[level];
            for (size_t g = 0; shares != NULL && g < e->lesson->n_levels; g++)
                shares[i + g * n] = share[g];
        }
        if (learns_from(e, o)) add_occupation(e, o, 1);
    }
}

static pgdp_status encode_chain(pgdp_ctx *ctx, encoder *e, double *means, double *shares)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(encoder_learn(ctx, e));
    encode_all(e, means, shares);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_encode(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_features *features, const pg_lesson *lesson,
                      double *out)
{
    for (size_t c = 0; c < PG_N_CHAINS; c++) {
        encoder e = { .list = list, .chain = &features->chains[c], .lesson = lesson };
        PG_TRY(encode_chain(ctx, &e, out + c * PG_CHAIN_LEVELS * list->n_tasks, NULL));
    }
    return PGDP_OK;
}

pgdp_status pg_encode_shares(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_chain *chain, const pg_lesson *lesson,
                             double *out)
{
    encoder e = { .list = list, .chain = chain, .lesson = lesson };
    return encode_chain(ctx, &e, NULL, out);
}
