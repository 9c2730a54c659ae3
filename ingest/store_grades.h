/* store_grades.h  Requests to language models and their answers, kept in tables of their own beside the series.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_GRADES_H
#define PG_STORE_GRADES_H

#include "ingest/store_db.h"

/** One request with what came of it; texts and bytes are borrowed, of a row until the next one. */
typedef struct pg_kept_request {
    const char *request; /**< sha256 of address and body */
    const char *rubric;  /**< sha256 of its canonical form */
    const char *model, *task, *format, *address;
    int64_t pass, attempt;
    int64_t status;      /**< of HTTP; 0: no answer */
    const char *outcome; /**< "accepted", or why it is not: grade/answer.h */
    const char *detail;  /**< one sentence about it, or NULL */
    const char *day;     /**< 2026-05-29, or NULL */
    const char *answered_by;
    double tokens_in, tokens_out, tokens_cached, cost; /**< NaN: not told */
    const char *body;
    const void *answer;
    size_t n_answer;
} pg_kept_request;

/** @param write  make the store and the tables when missing @return IO, PARSE, NOT_FOUND (no grades in it), NO_MEMORY
 */
pgdp_status pg_grades_open(pgdp_ctx *ctx, const char *path, bool write, pg_db **out);
/** Commit a request with its answer; its attempt is the next one of the request and pass. */
pgdp_status pg_grades_add(pgdp_ctx *ctx, pg_db *db, const pg_kept_request *kept);
/** Keep what a rubric's hash stands for. */
pgdp_status pg_grades_add_rubric(pgdp_ctx *ctx, pg_db *db, const char *sha256, const char *text);
/** Is there an accepted answer to a request and pass? */
pgdp_status pg_grades_accepted(pgdp_ctx *ctx, pg_db *db, const char *request, size_t pass, bool *out);
/** What a rubric and model have cost so far, usd. */
pgdp_status pg_grades_spent(pgdp_ctx *ctx, pg_db *db, const char *rubric, const char *model, double *usd);
/** Attempts of a request and pass, in order: begin, then next until *row is false.
 * @return MISMATCH (an answer that was changed) */
pgdp_status pg_grades_begin(pgdp_ctx *ctx, pg_db *db, const char *request, size_t pass);
pgdp_status pg_grades_next(pgdp_ctx *ctx, pg_db *db, bool *row, pg_kept_request *out);

#endif
