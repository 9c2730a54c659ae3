/* fuzz_answer.c  Any bytes as a provider's answer, in every format: a verdict with its reason, in
 * bounded time and memory; never a grade outside the rubric. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "grade/answer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const pg_rubric_level levels[] = { { "a", "the first", 0 }, { "b", "the second", 1 } };

static void judge(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_bytes *body)
{
    static const pg_grade_format *const formats[] = { &pg_format_openai, &pg_format_compatible, &pg_format_anthropic };
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        pg_verdict v;
        if (pg_answer_judge(ctx, formats[f], rubric, "1", body, &ctx->scratch, &v) != PGDP_OK) abort();
        if (v.outcome != PG_OUTCOME_accepted && (v.detail == NULL || v.detail[0] == '\0')) abort();
        for (size_t i = 0; v.outcome == PG_OUTCOME_accepted && i < rubric->n_items; i++)
            if (v.grade[i] >= rubric->items[i].n_levels) abort();
    }
    pg_verdict v;
    if (pg_answer_rejected(ctx, 400, body, &ctx->scratch, &v) != PGDP_OK || v.detail == NULL) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pg_rubric_item items[] = { { "x", "X?", levels, 2, NULL }, { "y", "Y?", levels, 2, NULL } };
    const pgdp_rubric rubric = { .name = "r", .title = "R", .source = "-", .items = items, .n_items = 2 };
    const pgdp_bytes body = { "answer", data, size };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 0;
    judge(ctx, &rubric, &body);
    pgdp_ctx_free(ctx);
    return 0;
}
