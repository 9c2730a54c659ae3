/* report.h  What a store has of a plan's questions, as frames. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRADE_REPORT_H
#define PG_GRADE_REPORT_H

#include "grade/plan.h"

typedef struct pg_grade_report {
    pgdp_frame *grades, *summary, *cost, *shares, *failures;
    size_t n_left; /**< questions never asked */
} pg_grade_report;
/** From the store alone: a replay is the run's own report. @return MISMATCH (an accepted answer that does not pass the
 * rubric), IO, NO_MEMORY; the frames are the caller's whatever happened */
pgdp_status pg_grade_report_make(pgdp_ctx *ctx, const pg_grade_plan *plan, pg_grade_report *out);

#endif
