/* task_models.c  The list of scoring models. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "tasks/models.h"

static const pg_task_model *const list[] = {
#define PG_ENTRY(name) &pg_model_##name,
    PG_TASK_MODELS(PG_ENTRY)
#undef PG_ENTRY
};
static const char *const names[] = {
#define PG_ENTRY(name) #name,
    PG_TASK_MODELS(PG_ENTRY)
#undef PG_ENTRY
        NULL,
};
enum { N_MODELS = sizeof list / sizeof *list };

const char *const *pgdp_scoring_models(void)
{
    return names;
}

const pg_task_model *pg_task_model_at(size_t i)
{
    return i < N_MODELS ? list[i] : NULL;
}

pgdp_status pg_task_model_find(pgdp_ctx *ctx, const char *name, const pg_task_model **out)
{
    for (size_t i = 0; i < N_MODELS; i++)
        if (pg_streq(names[i], name)) {
            *out = list[i];
            return PGDP_OK;
        }
    const char *nearest = pgdp_nearest(name, names, N_MODELS);
    return pg_fail(ctx, PGDP_NOT_FOUND, "scoring: found no model \"%s\"; %s%s%s", name,
                   nearest == NULL ? "expected one of pgdp_scoring_models()" : "did you mean \"",
                   nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?");
}
