/** @file study.h  One study file to a run directory, and back to verify it; compiling the shipped data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_STUDY_H
#define PGDP_STUDY_H

#include "pgdp/fetch.h"
#include "pgdp/reports.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Run a study: read its file and data, plan, compute, write report.xlsx, results.json, log.txt and, last,
 * manifest.json.
 * @param out_dir   made when missing; the four files appear whole, or none of them is touched
 * @param seed      NULL: the study file's
 * @param dry_run   print the plan to `sink`, compute and write nothing
 * @param sink      gets the key figures and where the workbook lies, in words; or as JSON (schema pgdp.run/1)
 * @return PARSE (study.yaml:line:column with a suggestion for an unknown key), and all of the modules' statuses
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_run(pgdp_ctx *ctx, const char *study_path, const char *out_dir,
                                                  const uint64_t *seed, bool dry_run, bool as_json,
                                                  const pgdp_sink *sink);
/** Re-run a run directory into memory beside it and compare every output byte for byte. @return MISMATCH names the
 * first difference (file, sheet, cell or line, both values), PARSE for a directory without a whole manifest */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_verify(pgdp_ctx *ctx, const char *run_dir, bool as_json,
                                                     const pgdp_sink *sink);
/** Measures and pairs of a study's task list: schema pgdp.tasks.compare/1, or tables. @param with  NULL, or a table of
 * measures by SOC or O*NET-SOC (pgdp_measures_compare()) to set beside them by occupation */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_compare(pgdp_ctx *ctx, const char *study_path, const char *with,
                                                      bool as_json, const pgdp_sink *sink);
/** What a study's scoring is asked for in place of what its file says; NULL: the file's. */
typedef struct pgdp_score_choice {
    const char *model;         /**< one of pgdp_scoring_models() */
    const char *const *rivals; /**< NULL-ended */
    const uint64_t *seed;
} pgdp_score_choice;
/** The scoring model of a study (tasks.h) by itself: schema pgdp.tasks.score/1, or tables. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_score(pgdp_ctx *ctx, const char *study_path,
                                                    const pgdp_score_choice *choice, bool as_json,
                                                    const pgdp_sink *sink);
/** The evidence ladder over a study's task list (monitor.h), evidence from a file: schema pgdp.tasks.monitor/1, or
 * tables. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_monitor(pgdp_ctx *ctx, const char *study_path, const char *evidence_path,
                                                      size_t tier, bool as_json, const pgdp_sink *sink);
/** Look tables over by what a YAML file says of them under `data` (docs/checks.md; a study file will do): check,
 * looked_at, faults, the first one; schema pgdp.data.check/1, or a table. @return PARSE when there are faults */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_data_check(pgdp_ctx *ctx, const char *rules_path, bool as_json,
                                                   const pgdp_sink *sink);
/** Fetch the series that a study's inputs name (`store` and `series`) into their store: as known on the study's day
 * where the provider keeps vintages and the request names none, else as known now. @param request  its items are not
 * looked at  @return PARSE, NOT_FOUND (no such input), as pgdp_fetch() */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_fetch(pgdp_ctx *ctx, const char *study_path,
                                                    const pgdp_fetch_request *request, pgdp_frame **out);
/** Compile data/ from the official files below from_dir (laid out as docs/data.md lists); byte-identical each time. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_data_compile(pgdp_ctx *ctx, const char *from_dir, const char *into_dir,
                                                     const pgdp_sink *sink);
/** Self-test of BLAS, libm, distributions and writers, a line each; NUMERICAL when one fails. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_doctor(pgdp_ctx *ctx, bool as_json, const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
