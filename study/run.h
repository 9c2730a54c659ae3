/* run.h  One run of a study: everything that was computed, and how it becomes files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RUN_H
#define PG_RUN_H

#include "pgdp/monitor.h"
#include "study/load.h"

/** All that a run computes; freed with pg_run_free(). The study and the inputs are borrowed by the results. */
typedef struct pg_run {
    pg_arena arena;
    pg_study study;
    pg_loaded loaded;
    pgdp_frame *tasks; /**< those of the input with the study's own grades; NULL: it has none */
    char rubric_sha256[PG_SHA256_HEX];
    pgdp_task_list *list;
    pgdp_monitor *monitor; /**< NULL: the study has no evidence */
    pgdp_frame *by_occupation, *measures, *pairs, *soc_measures;
    pgdp_scoring *scoring;
    pgdp_models **models;                /**< [n_models], one a regression of the study */
    size_t n_models;                     /**< made so far */
    const pgdp_regression **regressions; /**< [n_regressions] of all models in order, then the trend */
    size_t n_regressions;
    pgdp_workload *work;
    size_t n_work;
    pgdp_gap gap, gap_other;
    pgdp_frame *gap_detail, *bands, *shares, *grid, *top_down, *series;
    pgdp_regression *trend;
    pgdp_frame *key_figures, *checks, *notes, *provenance;
    pgdp_frame *sources;  /**< the catalogue with documents of stores; NULL: no input is from a store */
    pgdp_results results; /**< views of the above, for the reports */
} pg_run;

void pg_run_init(pgdp_ctx *ctx, pg_run *run);
void pg_run_free(pg_run *run);
/** Read the study and its inputs. seed: NULL or in place of the study's. */
pgdp_status pg_run_load(pgdp_ctx *ctx, const char *study_path, const uint64_t *seed, pg_run *run);
/** The study's own grades as a column of its tasks, where it has some. @return PARSE (names row and column) */
pgdp_status pg_run_grades(pgdp_ctx *ctx, pg_run *run);
/** The scenario grid for each tier of evidence that the study asks for; *out is the run's, also when it fails. */
pgdp_status pg_run_evidence_grid(pgdp_ctx *ctx, const pg_run *run, pgdp_frame **out);
/** The task list alone. */
pgdp_status pg_run_list(pgdp_ctx *ctx, pg_run *run);
/** The task list and its measures. */
pgdp_status pg_run_tasks(pgdp_ctx *ctx, pg_run *run);
/** Everything; results are filled. */
pgdp_status pg_run_compute(pgdp_ctx *ctx, pg_run *run);
/** Key figures, checks, notes and provenance out of what was computed. */
pgdp_status pg_run_figures(pgdp_ctx *ctx, pg_run *run);

/** Write report.xlsx, results.json, log.txt and manifest.json into a directory that is there. */
pgdp_status pg_run_write(pgdp_ctx *ctx, const pg_run *run, const char *directory);
/** Names of the files of a run directory in the order they are written; NULL-ended. The last is the manifest. */
const char *const *pg_run_files(void);
/** What a run came to, for the terminal. */
pgdp_status pg_run_summary(pgdp_ctx *ctx, const pg_run *run, const char *directory, bool as_json,
                           const pgdp_sink *sink);

#endif
