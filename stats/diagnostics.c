/* diagnostics.c  The runner of diagnostics: diagnostics.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/diagnostics.h"

#include "core/option.h"
#include "core/parallel.h"
#include "core/text.h"
#include "stats/collinear.h"
#include "stats/expr.h"
#include "stats/extras.h"
#include "stats/least_squares.h"

#include <math.h>
#include <string.h>

#define PG_ENTRY(name) &pg_diag_##name,
static const pg_diagnostic_kind *const kinds[] = { PG_DIAGNOSTICS(PG_ENTRY) };
#undef PG_ENTRY
#define PG_ENTRY(name) ENTRY_##name,
enum { PG_DIAGNOSTICS(PG_ENTRY) N_KINDS };
#undef PG_ENTRY

const pg_diagnostic_kind *pg_diagnostic_kind_at(size_t i)
{
    return i < N_KINDS ? kinds[i] : NULL;
}

/* what:line:column: there is no such diagnostic; which may have been meant, or all. */
static pgdp_status find(pgdp_ctx *ctx, const pg_expr *e, const pg_diagnostic_kind **out)
{
    const char *names[N_KINDS], *nearest, *sentence;
    pg_text list;
    pg_text_init(&list, &ctx->scratch);
    for (size_t i = 0; i < N_KINDS; i++) {
        names[i] = kinds[i]->name;
        if (pg_streq(e->text, names[i])) {
            *out = kinds[i];
            return PGDP_OK;
        }
        pg_text_addf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    if (list.failed) return pg_no_memory(ctx);
    nearest = pgdp_nearest(e->text, names, N_KINDS);
    PG_TRY_ALLOC(ctx, sentence,
                 nearest != NULL
                     ? pg_arena_printf(&ctx->scratch, "expected a diagnostic; did you mean \"%s\"?", nearest)
                     : pg_arena_printf(&ctx->scratch, "expected all, none, or diagnostics among %s", list.data));
    return pg_expr_fail(ctx, PGDP_NOT_FOUND, e, sentence);
}

/* The defaults, changed by the arguments of a call: reset(powers = 2). */
static pgdp_status read_options(pgdp_ctx *ctx, const pg_diagnostic_kind *kind, const pg_expr *call, void **out)
{
    static const pgdp_option none = { .name = NULL };
    const pg_expr *const first = call != NULL && call->kind == PG_EXPR_CALL ? call->left : NULL;
    pgdp_setting *settings;
    const char *what;
    size_t n = 0;
    for (const pg_expr *a = first; a != NULL; a = a->next)
        n++;
    PG_TRY_ALLOC(ctx, settings, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *settings));
    n = 0;
    for (const pg_expr *a = first; a != NULL; a = a->next, n++) {
        if (a->label == NULL)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a, "expected settings by name such as powers=2");
        settings[n].name = a->label;
        PG_TRY_ALLOC(ctx, settings[n].value, pg_expr_text(&ctx->scratch, a));
    }
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "diagnostic %s", kind->name));
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, kind->options_size));
    return pg_options_read(ctx, what, kind->options == NULL ? &none : kind->options, settings, *out);
}

/* One asked for by name: what keeps it from being computed is an error. */
static pgdp_status compute_named(pgdp_ctx *ctx, const pg_expr *e, pgdp_fit *fit)
{
    const pg_diagnostic_kind *kind = NULL;
    void *options;
    if (e->kind != PG_EXPR_NAME && e->kind != PG_EXPR_CALL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected diagnostics by name such as breusch_pagan, reset(powers=2)");
    PG_TRY(find(ctx, e, &kind));
    PG_TRY(read_options(ctx, kind, e, &options));
    const char *why = kind->refuses == NULL ? NULL : kind->refuses(fit);
    if (why != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "diagnostic %s does not apply: %s; leave it out", kind->name, why);
    const pgdp_status status = kind->compute(ctx, options, fit);
    return status == PGDP_OK || status == PGDP_NO_MEMORY ? status
                                                         : pg_fail_within(ctx, status, "diagnostic %s: ", kind->name);
}

/* The reason why one that nobody named has no number stands in its line. */
static pgdp_status add_failure(pgdp_ctx *ctx, const pg_diagnostic_kind *kind, pgdp_fit *fit)
{
    const double nan = (double)NAN;
    pgdp_diagnostic line = {
        .name = kind->name, .title = kind->title, .statistic = nan, .df = nan, .df2 = nan, .p_value = nan
    };
    PG_TRY_ALLOC(ctx, line.note, pg_arena_printf(&fit->arena, "not computed: %s", pgdp_ctx_error(ctx)));
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

/* Those that apply: all, or the method's own. */
static pgdp_status compute_applicable(pgdp_ctx *ctx, bool all, pgdp_fit *fit)
{
    for (size_t i = 0; i < N_KINDS; i++) {
        void *options;
        if ((!all && !kinds[i]->own) || (kinds[i]->refuses != NULL && kinds[i]->refuses(fit) != NULL)) continue;
        PG_TRY(read_options(ctx, kinds[i], NULL, &options));
        const pgdp_status status = kinds[i]->compute(ctx, options, fit);
        if (status == PGDP_NO_MEMORY) return status;
        if (status != PGDP_OK) PG_TRY(add_failure(ctx, kinds[i], fit));
    }
    return PGDP_OK;
}

pgdp_status pg_diagnostics_compute(pgdp_ctx *ctx, const char *names, pgdp_fit *fit)
{
    pg_lexer lexer;
    const pg_expr *e;
    if (names != NULL && pg_streq(names, "none")) return PGDP_OK;
    if (names == NULL || pg_streq(names, "all")) return compute_applicable(ctx, names != NULL, fit);
    PG_TRY(pg_lexer_init(&lexer, ctx, &ctx->scratch, "diagnostics", names));
    for (;;) {
        PG_TRY(pg_expr_read(&lexer, true, &e));
        PG_TRY(compute_named(ctx, e, fit));
        if (lexer.token.kind == PG_TOKEN_END) return PGDP_OK;
        if (lexer.token.op != PG_OP_COMMA) return pg_lexer_fail(&lexer, "`,` between diagnostics");
        PG_TRY(pg_lexer_next(&lexer));
    }
}

/* Columns that do not depend on earlier ones. */
static pgdp_status keep_independent(pgdp_ctx *ctx, pg_arena *arena, pgdp_design *d)
{
    const pg_collinear *list;
    size_t n_list, n = d->y.n, kept = 0;
    double *x;
    PG_TRY(pg_collinear_terms(ctx, arena, d, false, &list, &n_list));
    PG_TRY_ALLOC(ctx, x, pg_matrix_new(&ctx->scratch, n, d->x.n_cols).x);
    for (size_t j = 0, next = 0; j < d->x.n_cols; j++) {
        if (next < n_list && list[next].term == j)
            next++;
        else
            memcpy(x + kept++ * n, d->x.x + j * n, n * sizeof *x);
    }
    d->x = (pgdp_mat){ x, n, kept };
    return PGDP_OK;
}

/* The list of dependent ones does not stand in the scratch. */
static pgdp_status independent(pgdp_ctx *ctx, pgdp_design *d)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = keep_independent(ctx, &arena, d);
    pg_arena_free(&arena);
    return status;
}

static pgdp_status auxiliary_design(pgdp_ctx *ctx, const double *y, pgdp_mat x, const double *weights, pgdp_design *d)
{
    const char **terms;
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, x.n_cols, sizeof *terms));
    for (size_t j = 0; j < x.n_cols; j++)
        terms[j] = "a column of the auxiliary regression";
    *d = (pgdp_design){ .y = { y, x.n_rows }, .x = x, .terms = terms, .constant = PGDP_NONE };
    if (weights != NULL) {
        d->weights = (pgdp_vec){ weights, x.n_rows };
        d->weight_kind = PGDP_ANALYTIC;
    }
    return PGDP_OK;
}

/* Weighted sum of squares of y about its mean. */
static pgdp_status about_mean(pgdp_ctx *ctx, const pgdp_design *d, double *out)
{
    const size_t n = d->y.n;
    double *w, *v;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&ctx->scratch, n, sizeof *w));
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, n, sizeof *v));
    for (size_t i = 0; i < n; i++)
        w[i] = pg_design_weight(d, i);
    const double mean = pg_dot(w, d->y.x, n) / pg_sum(w, n);
    for (size_t i = 0; i < n; i++) {
        v[i] = d->y.x[i] - mean;
        w[i] *= v[i];
    }
    *out = pg_dot(w, v, n);
    return PGDP_OK;
}

static pgdp_status auxiliary(pgdp_ctx *ctx, pgdp_design *d, double *residual, pg_auxiliary *out)
{
    const size_t n = d->y.n;
    pg_least_squares ls = { 0 };
    pgdp_status status = d->x.n_cols > 0 ? pg_least_squares_solve(ctx, d, &ls) : PGDP_OK;
    for (size_t before = d->x.n_cols + 1; status == PGDP_RANK_DEFICIENT && d->x.n_cols < before;) {
        before = d->x.n_cols; /* at the border of rank what is left may be dependent anew, by other rounding */
        PG_TRY(independent(ctx, d));
        status = d->x.n_cols > 0 ? pg_least_squares_solve(ctx, d, &ls) : PGDP_OK;
    }
    PG_TRY(status);
    if (d->x.n_cols == 0) {
        PG_TRY_ALLOC(ctx, ls.residual, pg_arena_alloc(&ctx->scratch, n, sizeof *ls.residual));
        for (size_t i = 0; i < n; i++)
            ls.residual[i] = d->y.x[i] * sqrt(pg_design_weight(d, i));
    }
    out->rank = d->x.n_cols;
    out->ssr = pg_dot(ls.residual, ls.residual, n);
    for (size_t i = 0; i < n && residual != NULL; i++)
        residual[i] = ls.residual[i] / sqrt(pg_design_weight(d, i));
    return about_mean(ctx, d, &out->tss);
}

pgdp_status pg_auxiliary_fit(pgdp_ctx *ctx, const double *y, const double *columns, size_t n_rows, size_t n_cols,
                             const double *weights, double *residual, pg_auxiliary *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_design d;
    if (n_rows < n_cols)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows are too few for the %zu columns of an auxiliary regression",
                       n_rows, n_cols);
    PG_TRY(auxiliary_design(ctx, y, (pgdp_mat){ columns, n_rows, n_cols }, weights, &d));
    PG_TRY(auxiliary(ctx, &d, residual, out));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
