/* check_rule.c  {rule: EXPRESSION}: true in every row where it is known. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/input_checks.h"

static pgdp_status run(pgdp_ctx *ctx, pg_check_job *job)
{
    bool *wrong, *asked;
    PG_TRY(pg_check_rows(ctx, job, "rule", true, &wrong));
    PG_TRY(pg_check_rows(ctx, job, "where", false, &asked));
    for (size_t i = 0; i < pgdp_frame_n_rows(job->table->frame); i++) {
        job->n_checked += asked[i];
        if (asked[i] && wrong[i]) pg_check_found(job, i, "expected %s", pg_yaml_find(job->node, "rule")->text);
    }
    return PGDP_OK;
}

static const char *const keys[] = { "rule", "where", NULL };
const pg_check_kind pg_check_rule = { .name = "rule", .keys = keys, .run = run };
