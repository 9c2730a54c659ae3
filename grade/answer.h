/* answer.h  What came of one request: an answer held to the rubric, or why there is none.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRADE_ANSWER_H
#define PG_GRADE_ANSWER_H

#include "grade/formats.h"
#include "pgdp/ingest.h"

/** Every request ends in one of these; the names stand in the store and must not change. */
#define PG_OUTCOMES(X)                                                                                                 \
    X(accepted, "answers that pass the rubric")                                                                        \
    X(refused, "the model or a filter refused")                                                                        \
    X(truncated, "cut off by the limit of tokens")                                                                     \
    X(no_answer, "an answer without text or tool call, or with several")                                               \
    X(not_json, "not one JSON object and nothing else")                                                                \
    X(too_long, "more text than any grade needs")                                                                      \
    X(wrong_task, "graded another task")                                                                               \
    X(missing_item, "an item without a grade")                                                                         \
    X(unknown_item, "a key that the rubric has not")                                                                   \
    X(unknown_label, "a grade that the rubric has not")                                                                \
    X(rejected, "the provider did not take the request")                                                               \
    X(network, "no answer from the provider")
#define PG_ENTRY(name, meaning) PG_OUTCOME_##name,
typedef enum pg_outcome { PG_OUTCOMES(PG_ENTRY) PG_N_OUTCOMES } pg_outcome;
#undef PG_ENTRY
const char *pg_outcome_name(pg_outcome outcome);
const char *pg_outcome_meaning(pg_outcome outcome);
/** By its name; PG_N_OUTCOMES: no such. */
pg_outcome pg_outcome_find(const char *name);

typedef struct pg_verdict {
    pg_outcome outcome;
    const char *detail;      /**< one sentence without control characters; NULL: accepted */
    const char *answered_by; /**< as the provider names the model, or NULL */
    size_t *grade;           /**< [n_items] index of each label, where accepted */
    double tokens_in, tokens_out, tokens_cached;
} pg_verdict;

/** Bytes of an answer that are read at all; a grade takes some hundred. */
enum { PG_MOST_ANSWER = 65536 };

/** Judge the body of an answer with status 200; all of the verdict lies in the arena. @return NO_MEMORY */
pgdp_status pg_answer_judge(pgdp_ctx *ctx, const pg_grade_format *format, const pgdp_rubric *rubric, const char *task,
                            const pgdp_bytes *body, pg_arena *arena, pg_verdict *out);
/** What a provider says of a request that it did not take: "HTTP 401: " and its message. */
pgdp_status pg_answer_rejected(pgdp_ctx *ctx, long status, const pgdp_bytes *body, pg_arena *arena, pg_verdict *out);
/** Text of others for one line of ours: at most `most` bytes, blanks for control characters, never half a character. */
char *pg_one_line(pg_arena *arena, const char *text, size_t most);

#endif
