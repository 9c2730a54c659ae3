/** @file grading.h  Rubrics, and language models asked over HTTPS to grade tasks by them, every answer kept in a store.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_GRADING_H
#define PGDP_GRADING_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What graders are asked: one item or several, each with labels from lowest to highest. docs/grading.md has the file.
 */
typedef struct pgdp_rubric pgdp_rubric;
/** @return IO, PARSE (names file, line and column, or item and level), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_rubric_read(pgdp_ctx *ctx, const char *path, pgdp_rubric **out);
PGDP_API void pgdp_rubric_free(pgdp_rubric *rubric);                        /**< NULL is fine */
PGDP_API const char *pgdp_rubric_item(const pgdp_rubric *rubric, size_t i); /**< its name; NULL: past the end */
/** Labels of an item, NULL-ended; item NULL: the only one. NULL: no such item, or several and none is named. */
PGDP_API const char *const *pgdp_rubric_labels(const pgdp_rubric *rubric, const char *item);
/** Values of these labels, in their order; NULL also where a label has none. */
PGDP_API const double *pgdp_rubric_values(const pgdp_rubric *rubric, const char *item);
/** SHA-256 of the rubric in canonical form: comments and layout of its file do not count. */
PGDP_API const char *pgdp_rubric_sha256(const pgdp_rubric *rubric);

/** Ask what the store lacks; only tell what that would cost; only tell what the store has. */
typedef enum pgdp_grading_mode { PGDP_GRADING_ASK, PGDP_GRADING_DRY_RUN, PGDP_GRADING_REPLAY } pgdp_grading_mode;
/** What to ask of whom. Everything is borrowed; members marked * are needed. Counts of 0 take the default. */
typedef struct pgdp_grading_request {
    pgdp_grading_mode mode;
    const char *model;                  /**< * as the provider spells it */
    const char *endpoint;               /**< * the whole address: https://api.openai.com/v1/chat/completions */
    const char *format;                 /**< anthropic, openai, compatible; NULL: by the address */
    const char *store;                  /**< * a series store, made when missing; a dry run can do without */
    const char *key_file;               /**< file with the key alone; NULL: from the environment */
    const char *key_variable;           /**< NULL: the provider's usual one, at the provider's own address only */
    const char *authority;              /**< PEM file trusted instead of the system's certificates */
    const char *id, *text, *occupation; /**< columns of the tasks; NULL: by their usual names */
    const char *date;                   /**< day of the prices, and of answers whose server tells none */
    const pgdp_frame *prices;           /**< list of token prices; NULL: none */
    double price_in, price_out;         /**< usd per million tokens, before the list; NaN: the list's */
    double temperature;                 /**< NaN: the provider's */
    double requests_per_second;         /**< 0: as fast as they come */
    double budget_usd;                  /**< for this rubric and model in this store, earlier runs included; 0: none */
    size_t n_passes;                    /**< grades a task by the same model; 1 */
    size_t max_tokens;                  /**< of one answer; 1024 */
    size_t max_attempts;                /**< for an answer that passes the rubric; 3 */
    size_t concurrency;                 /**< requests in flight; 4 */
    size_t limit;                       /**< the first tasks; 0: all */
    size_t sample;                      /**< tasks drawn by `seed`; larger samples hold smaller ones; 0: all */
    uint64_t seed;
} pgdp_grading_request;
PGDP_API pgdp_grading_request pgdp_grading_defaults(void); /**< NaN and 0 throughout */
/** The names of the formats, NULL-ended. */
PGDP_API const char *const *pgdp_grading_formats(void);

typedef struct pgdp_grading pgdp_grading; /**< what the store has after the run; frames owned by it */
/**
 * Grade each task n_passes times. A request that has an accepted answer in the store is not sent again; each answer is
 * committed before the next one is taken. What is answered depends on the store alone, not on concurrency or order.
 * @param tasks  a row a task: an identifier (told once), its text, the occupation where known
 * @return NOT_FOUND (a column, a model, no key), PARSE (names row and column), BAD_ARGUMENT, NETWORK (refused for good:
 *         key, address, model; nobody answers), MISMATCH (the store's answers are damaged), IO, STOPPED, NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_grading_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                                                    const pgdp_grading_request *request, pgdp_grading **out);
PGDP_API void pgdp_grading_free(pgdp_grading *grading);
/** A row a task, pass and item: task_id, grader (model#pass), item, grade, value (missing where the rubric has none),
 * date, model, answered_by (as the server names it), rubric (sha256). Those without an accepted answer are not in it.
 */
PGDP_API const pgdp_frame *pgdp_grading_grades(const pgdp_grading *grading);
/** measure, value, meaning: tasks, passes, questions, graded, failed, left, requests, a row an outcome, tokens; of a
 * dry run what is to be sent, with tokens estimated. */
PGDP_API const pgdp_frame *pgdp_grading_summary(const pgdp_grading *grading);
/** The same in usd: cost_usd; of a dry run also cost_usd_most, if each answer takes all tokens allowed. */
PGDP_API const pgdp_frame *pgdp_grading_cost(const pgdp_grading *grading);
/** item, grade, n, share. */
PGDP_API const pgdp_frame *pgdp_grading_shares(const pgdp_grading *grading);
/** Questions asked without an accepted answer: task_id, pass, attempts, outcome, detail (of the last one). */
PGDP_API const pgdp_frame *pgdp_grading_failures(const pgdp_grading *grading);
PGDP_API size_t pgdp_grading_left(const pgdp_grading *grading); /**< questions never asked: the budget, a replay */
/** The text sent for the first task: system message, empty line, user message. */
PGDP_API const char *pgdp_grading_prompt(const pgdp_grading *grading);
/** All of it: schema pgdp.tasks.grade/1, or tables without grades. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_grading_write(pgdp_ctx *ctx, const pgdp_grading *grading, bool as_json,
                                                      const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
