/* features.h  What the scoring model sees of a task: O*NET's numbers and its place in two hierarchies; never the grades
 * of its own occupation. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FEATURES_H
#define PG_FEATURES_H

#include "tasks/list.h"

/** Hierarchies that tasks hang in: activities (GWA, IWA, DWA); groups of occupations (SOC major, minor, broad); and
 * the same with the occupation itself (SOC minor, broad, O*NET-SOC). */
enum { PG_CHAIN_ACTIVITIES, PG_CHAIN_GROUPS, PG_CHAIN_OCCUPATIONS, PG_N_CHAINS };
enum { PG_CHAIN_LEVELS = 3, PG_N_ENCODED = 2 * PG_CHAIN_LEVELS }; /* of the two chains that a regime learns from */

/** What is new to the model when it forecasts, and so never learnt from: an occupation, or an activity. A task then
 * shows what its like have among the units that are known: activities among other occupations, or its own occupation
 * among other activities. */
typedef enum pg_regime { PG_NEW_OCCUPATION, PG_NEW_ACTIVITY, PG_N_REGIMES } pg_regime;

typedef struct pg_chain {
    size_t n_nodes[PG_CHAIN_LEVELS]; /**< coarse to fine */
    const size_t *first;             /**< [n_tasks + 1] links of a task; none for a task outside the hierarchy */
    const size_t *node[PG_CHAIN_LEVELS];
} pg_chain;

/** Groups of columns whose importance is told. */
enum {
    PG_GROUP_DESCRIPTORS,
    PG_GROUP_RATINGS,
    PG_GROUP_GWA,
    PG_GROUP_ACTIVITIES,
    PG_GROUP_OCCUPATIONS,
    PG_GROUP_TEXT,
    PG_N_GROUPS
};

/** Columns of all tasks. Encoded ones depend on the training tasks and are filled by pg_encode(). */
typedef struct pg_features {
    size_t n_tasks, n_plain, n_columns; /**< n_columns = n_plain + PG_N_ENCODED */
    const char **names;                 /**< [n_columns] */
    const unsigned char *group;         /**< [n_columns] PG_GROUP_... */
    const double *plain;                /**< [n_tasks x n_plain] in O*NET's units; NaN: missing */
    pg_chain chains[PG_N_CHAINS];
} pg_features;

/** Build the plain columns and the chains in an arena. */
pgdp_status pg_features_new(pgdp_ctx *ctx, pg_arena *arena, const pgdp_task_list *list, pg_features *out);

enum { PG_MAX_GRADES = 8 };
/** Grades to learn from: those of graded tasks that are not held out. */
typedef struct pg_lesson {
    const int *grades;    /**< [n_tasks], -1: not graded */
    size_t n_levels;      /**< 2 to PG_MAX_GRADES */
    const bool *held_out; /**< [n_tasks]; NULL: none */
    pg_regime regime;
} pg_lesson;

/**
 * Grades of the same node among other occupations (or, for a new activity, among tasks that share no activity with this
 * one), pooled towards the node above (and that one to the next, the coarsest to all):
 * share = (count + k above) / (n + k), k = within / between variance of the mean grade by moments. A task so never sees
 * the grades of its own unit, as a task of a new one would not. Source: Gelman & Hill (2007), section 12.2 (partial
 * pooling); Searle, Casella & McCulloch (1992), section 3.6 (moments).
 *
 * @param out  [n_tasks x PG_N_ENCODED]: mean grade at each level of each chain, mean over a task's links
 */
pgdp_status pg_encode(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_features *features, const pg_lesson *lesson,
                      double *out);
/** The same for the whole distribution at the finest level of the chain whose units are known: activities when the
 * occupation is new, occupations when the activity is. @param out [n_tasks x n_levels] */
pgdp_status pg_encode_shares(pgdp_ctx *ctx, const pgdp_task_list *list, const pg_features *features,
                             const pg_lesson *lesson, double *out);

/** Grades counted in one node. */
typedef struct pg_tally {
    double n, count[PG_MAX_GRADES];
} pg_tally;
void pg_tally_add(pg_tally *tally, int grade, double sign);
double pg_tally_mean(const pg_tally *tally); /**< mean grade; n > 0 */
/** Within and between variance of the mean grade over nodes, one-way random effects by moments. all: their sum. */
void pg_tally_variances(const pg_tally *nodes, size_t n_nodes, const pg_tally *all, double *within, double *between);
/** k = within / between, in [1e-6, 1e6]. */
double pg_pooling(double within, double between);

#endif
