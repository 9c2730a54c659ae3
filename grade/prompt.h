/* prompt.h  The text that is sent, the same for the same rubric and task. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PROMPT_H
#define PG_PROMPT_H

#include "core/json.h"
#include "core/text.h"
#include "grade/rubric.h"

/** One task as it is asked about; occupation NULL: not told. */
typedef struct pg_graded_task {
    const char *id, *text, *occupation;
} pg_graded_task;

/** The rubric in words and how to answer: the system message. */
void pg_prompt_system(pg_text *text, const pgdp_rubric *rubric);
/** The task as a JSON object, so that nothing in its text can be taken for ours: the user message. */
pgdp_status pg_prompt_task(pgdp_ctx *ctx, pg_text *text, const pg_graded_task *task);
/** The JSON schema of an answer: "task", which repeats the identifier, and one label an item. */
void pg_prompt_schema(pg_json *json, const pgdp_rubric *rubric);

#endif
