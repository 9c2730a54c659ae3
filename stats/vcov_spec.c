/* vcov_spec.c  The words of a covariance: vcov_spec.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/vcov_spec.h"

#include "stats/fit.h"

#include <string.h>

/** a + b: each a column, or columns combined by ^. */
static pgdp_status gather_clusters(pgdp_ctx *ctx, const pg_expr *e, pg_vcov_spec *out)
{
    if (e->kind == PG_EXPR_BINARY && e->op == PG_OP_ADD) {
        PG_TRY(gather_clusters(ctx, e->left, out));
        return gather_clusters(ctx, e->right, out);
    }
    const pg_expr *name = e;
    while (name->kind == PG_EXPR_BINARY && name->op == PG_OP_POW && name->left->kind == PG_EXPR_NAME)
        name = name->right;
    if (name->kind != PG_EXPR_NAME)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected the columns to cluster on: cluster(a), cluster(a + b) or cluster(a^b)");
    if (out->n_clusters == PG_MOST_CLUSTERINGS)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected at most 8 columns to cluster on");
    out->clusters[out->n_clusters++] = e;
    return PGDP_OK;
}

/** Index of a setting that names a column; PGDP_NONE: it is another setting. */
static size_t column_role(const pgdp_vcov *vcov, const char *label)
{
    for (size_t i = 0; vcov->columns != NULL && vcov->columns[i] != NULL; i++)
        if (pg_streq(vcov->columns[i], label)) return i;
    return PGDP_NONE;
}

/** key = value pairs of a call as settings. */
static pgdp_status add_setting(pgdp_ctx *ctx, const pg_expr *a, pgdp_setting *out)
{
    out->name = a->label;
    PG_TRY_ALLOC(ctx, out->value, pg_expr_text(&ctx->scratch, a));
    return PGDP_OK;
}

static size_t count_arguments(const pg_expr *call)
{
    size_t n = 0;
    for (const pg_expr *a = call->kind == PG_EXPR_CALL ? call->left : NULL; a != NULL; a = a->next)
        n++;
    return n;
}

static pgdp_status read_call(pgdp_ctx *ctx, const pg_expr *e, pg_vcov_spec *out)
{
    pgdp_setting *settings;
    const pg_expr **columns;
    size_t n = 0;
    while (out->vcov->columns != NULL && out->vcov->columns[out->n_columns] != NULL)
        out->n_columns++;
    PG_TRY_ALLOC(ctx, settings, pg_arena_alloc(&ctx->scratch, count_arguments(e) + 1, sizeof *settings));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, out->n_columns + 1, sizeof *columns));
    for (const pg_expr *a = e->kind == PG_EXPR_CALL ? e->left : NULL; a != NULL; a = a->next) {
        const size_t role = a->label == NULL ? PGDP_NONE : column_role(out->vcov, a->label);
        if (a->label == NULL && !out->vcov->clusters)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                                "expected settings by name such as lag=4; to cluster write cluster(a)");
        if (a->label == NULL)
            PG_TRY(gather_clusters(ctx, a, out));
        else if (role != PGDP_NONE)
            columns[role] = a;
        else
            PG_TRY(add_setting(ctx, a, &settings[n++]));
    }
    out->settings = settings;
    out->columns = columns;
    return PGDP_OK;
}

/** ssc(key = value, ...) */
static pgdp_status read_ssc(pgdp_ctx *ctx, const char *text, pg_vcov_spec *out)
{
    const pg_expr *e;
    pgdp_setting *settings;
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "vcov", text, &e));
    if (e->kind != PG_EXPR_CALL || !pg_streq(e->text, "ssc"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected ssc(key=value) after the covariance and `;`");
    PG_TRY_ALLOC(ctx, settings, pg_arena_alloc(&ctx->scratch, count_arguments(e) + 1, sizeof *settings));
    size_t n = 0;
    for (const pg_expr *a = e->left; a != NULL; a = a->next) {
        if (a->label == NULL)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a, "expected switches by name such as k_effects=none");
        PG_TRY(add_setting(ctx, a, &settings[n++]));
    }
    out->ssc = settings;
    return PGDP_OK;
}

pgdp_status pg_vcov_spec_parse(pgdp_ctx *ctx, const char *text, pg_vcov_spec *out)
{
    static const pgdp_setting none = { NULL, NULL };
    const char *end = strchr(text, ';'), *first;
    const pg_expr *e;
    *out = (pg_vcov_spec){ .ssc = &none };
    PG_TRY_ALLOC(ctx, first, pg_arena_strndup(&ctx->scratch, text, end == NULL ? strlen(text) : (size_t)(end - text)));
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "vcov", first, &e));
    if (e->kind != PG_EXPR_NAME && e->kind != PG_EXPR_CALL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a covariance such as iid, HC1, cluster(a) or nw(lag=4)");
    PG_TRY(pg_vcov_find(ctx, e->text, &out->vcov));
    PG_TRY(read_call(ctx, e, out));
    return end == NULL ? PGDP_OK : read_ssc(ctx, end + 1, out);
}
