/* batch_write.h  What a batch came to, as files and for the terminal. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_WRITE_H
#define PG_BATCH_WRITE_H

#include "core/hash.h"
#include "study/batch_spec.h"

typedef struct pg_batch_report {
    const pg_batch_file *file;
    char spec_sha256[PG_SHA256_HEX], data_sha256[PG_SHA256_HEX];
    pgdp_batch *batch;
    pgdp_frame *summary;
    pgdp_batch_inference inference; /**< n_draws 0: not asked for */
    size_t n_failed;
} pg_batch_report;

void pg_batch_count_failed(pg_batch_report *report);
/** results.pgdp, curve.csv, summary.json into a directory that is there. */
pgdp_status pg_batch_write_files(pgdp_ctx *ctx, const pg_batch_report *report, const char *directory);
pgdp_status pg_batch_write_plan(pgdp_ctx *ctx, const pg_batch_report *report, bool as_json, const pgdp_sink *sink);
/** Summary, joint inference, failures; JSON: schema pgdp.batch/1. */
pgdp_status pg_batch_write_summary(pgdp_ctx *ctx, const pg_batch_report *report, bool as_json, const pgdp_sink *sink);

#endif
