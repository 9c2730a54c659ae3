/* answer.h  Frames as one answer: a JSON object with a schema, or tables for people.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ANSWER_H
#define PG_ANSWER_H

#include "core/ctx.h"
#include "pgdp/frame.h"

enum { PG_MOST_PARTS = 12 };
/** Its parts; a frame NULL: past the end. */
typedef struct pg_answer {
    const char *schema;
    struct {
        const char *key;
        const pgdp_frame *frame;
        bool shown; /**< as a table too, where it has rows; else in JSON alone */
    } part[PG_MOST_PARTS];
} pg_answer;
pgdp_status pg_answer_write(pgdp_ctx *ctx, const pg_answer *answer, bool as_json, const pgdp_sink *sink);

#endif
