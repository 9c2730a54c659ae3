/* answer.c  Frames as one answer. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/answer.h"

#include "core/frame_out.h"

static pgdp_status write_json(pgdp_ctx *ctx, const pg_answer *answer, const pgdp_sink *sink)
{
    pg_json json;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", answer->schema);
    for (size_t i = 0; i < PG_MOST_PARTS && answer->part[i].frame != NULL; i++)
        pg_frame_put_json(&json, answer->part[i].key, answer->part[i].frame);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

pgdp_status pg_answer_write(pgdp_ctx *ctx, const pg_answer *answer, bool as_json, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_text text;
    if (as_json) return write_json(ctx, answer, sink);
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < PG_MOST_PARTS && answer->part[i].frame != NULL; i++) {
        if (!answer->part[i].shown || pgdp_frame_n_rows(answer->part[i].frame) == 0) continue;
        if (text.n > 0) pg_text_add(&text, "\n");
        pg_frame_put_text(&text, answer->part[i].frame);
    }
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
