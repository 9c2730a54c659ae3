/* world.h  A small world of tasks for tests: every table of a task list, made up, and its rows in any order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_WORLD_H
#define PGT_WORLD_H

#include "pgdp/tasks.h"

typedef struct pgt_world {
    pgdp_ctx *ctx;
    pgdp_frame *tasks, *links, *activities, *occupations, *wages, *combined;
    pgdp_task_inputs inputs;
} pgt_world;

/**
 * A world of n_occupations with n_tasks each. Grades a (0) to d (3) of column "grade" rise with the activity and with a
 * descriptor of the occupation, with noise; a tenth are missing. Occupation 3 shares its OEWS code with occupation 2,
 * occupation 5 is in a combined code, occupation 7 has no wages, and one OEWS occupation has no tasks.
 * @param reversed  rows of all tables stand in reverse order
 */
void pgt_world_new(pgdp_ctx *ctx, size_t n_occupations, size_t n_tasks, bool reversed, pgt_world *out);
void pgt_world_free(pgt_world *world);
/** A request that suits it: 3 folds, 2 penalties, 50 draws, threshold c. Static. */
const pgdp_scoring_request *pgt_world_request(void);

/** Every frame of two scorings the same, to the bit. */
void pgt_assert_same_scoring(const pgdp_scoring *got, const pgdp_scoring *want);

double pgt_real_at(const pgdp_frame *frame, const char *column, size_t row);
const char *pgt_text_at(const pgdp_frame *frame, const char *column, size_t row);
/** The row whose text column has this text; the test fails without. */
size_t pgt_row_with(const pgdp_frame *frame, const char *column, const char *text);
/** Sum of a column's numbers that are there. */
double pgt_sum(const pgdp_frame *frame, const char *column);

/** The shipped tables as inputs of a list; the files stay open until freed. */
typedef struct pgt_shipped {
    struct pgdp_dataset *data[7];
    pgdp_task_inputs inputs;
} pgt_shipped;
void pgt_shipped_open(pgdp_ctx *ctx, double wages_year, pgt_shipped *out);
void pgt_shipped_close(pgt_shipped *shipped);

#endif
