/* agreement.h  Grades of many graders as counts, and what is computed from them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_AGREEMENT_H
#define PG_AGREEMENT_H

#include "core/ctx.h"
#include "pgdp/agreement.h"

enum { PG_MOST_LEVELS = 64, PG_MOST_GRADERS = 64, PG_UNGRADED = 255 };
/** Measures of all graders together. */
enum { PG_AGREEMENT, PG_FLEISS, PG_KRIPPENDORFF, PG_GWET, PG_LIGHT, PG_N_MEASURES };
/** Statistics of two graders. */
enum { PG_PAIR_AGREEMENT, PG_PAIR_KAPPA, PG_PAIR_PEARSON, PG_PAIR_SPEARMAN, PG_PAIR_KENDALL, PG_N_PAIR_STATISTICS };

/** Grades by task and grader; all of it in one arena. */
typedef struct pg_grades {
    size_t n_tasks, n_graders, n_levels;
    const char **tasks, **graders, **levels; /**< names, in order of appearance; levels from lowest to highest */
    const double *value;                     /**< [n_levels] number of a level */
    const double *weight;                    /**< [n_levels x n_levels] closeness of two levels, 1 on the diagonal */
    pgdp_scale scale;
    unsigned char *grade; /**< [n_tasks x n_graders], by task: level, or PG_UNGRADED */
} pg_grades;

/** Read the long form. @return NOT_FOUND, PARSE, TOO_FEW_OBS, NO_MEMORY */
pgdp_status pg_grades_read(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const pgdp_agreement_request *q,
                           pg_grades *g);

/** Sums over tasks from which every measure follows: they add. */
typedef struct pg_agreement_sums {
    double n_tasks, n_multiple; /**< tasks with a grade; with two or more */
    double agreement;           /**< weighted agreement of the tasks with two or more */
    double *share;              /**< [n_levels] mean share of each level among a task's grades, summed */
    double *coincidence;        /**< [n_levels^2] Krippendorff's */
    double *pair;               /**< [n_pairs][n_levels^2] tables of two graders, a < b */
} pg_agreement_sums;
pgdp_status pg_agreement_sums_new(pgdp_ctx *ctx, const pg_grades *g, pg_agreement_sums *out);
void pg_agreement_sums_clear(const pg_grades *g, pg_agreement_sums *s);
/** Add one task. */
void pg_agreement_sums_add(const pg_grades *g, size_t task, pg_agreement_sums *s);
/** Measures, and the agreement expected by chance in each; NaN where one is not defined. */
void pg_agreement_measures_of(const pg_grades *g, const pg_agreement_sums *s, double measure[PG_N_MEASURES],
                              double chance[PG_N_MEASURES]);
/** Statistics of one table of two graders. */
void pg_pair_statistics_of(const pg_grades *g, const double *table, double out[PG_N_PAIR_STATISTICS]);

/** Dawid & Skene's model. */
typedef struct pg_latent {
    double *posterior; /**< [n_tasks x n_levels], by task */
    double *prior;     /**< [n_levels] */
    double *confusion; /**< [n_graders][n_levels x n_levels]: [truth + given * n_levels] */
    double log_lik;
    size_t iterations;
} pg_latent;
pgdp_status pg_dawid_skene(pgdp_ctx *ctx, pg_arena *arena, const pg_grades *g, pg_latent *m);

#endif
