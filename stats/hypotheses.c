/* hypotheses.c  Joint hypotheses about coefficients, linear or not: extras.h. Source: Wald (1943), Trans. Am. Math.
 * Soc. 54; delta method: Greene (2018), Econometric Analysis, section 5.6 and theorem D.22. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * Each hypothesis is equations g(b) = 0 joined by commas; W = g' (G V G')^-1 g with G = dg/db at the estimate. Linear
 * models: F = W/q with (q, df of the covariance); others: chi-square of q. */
#include "stats/expr.h"
#include "stats/extras.h"
#include "stats/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST_EQUATIONS = 200 };

/* A value with its gradient by all coefficients. */
typedef struct dual {
    double value, *gradient; /* [n_terms] */
} dual;

typedef struct reading {
    pgdp_ctx *ctx;
    const pgdp_fit *fit;
} reading;

static pgdp_status evaluate(const reading *r, const pg_expr *e, dual *out);

/* A whole expression may be a term's name: log(x), or a name in back-ticks. (Intercept) = 0 reads as a name in
 * parentheses. */
static size_t find_term(const reading *r, const char *name)
{
    for (size_t j = 0; j < r->fit->n_terms; j++)
        if (pg_streq(r->fit->terms[j], name)) return j;
    return pg_streq(name, "Intercept") ? find_term(r, "(Intercept)") : PGDP_NONE;
}

static pgdp_status no_term(const reading *r, const pg_expr *e)
{
    const char *nearest = pgdp_nearest(e->text, r->fit->terms, r->fit->n_terms);
    return pg_fail(r->ctx, PGDP_NOT_FOUND, "%s:%zu:%zu: found \"%.60s\", expected a term of the model; %s \"%.60s\"",
                   e->what, e->line, e->column, e->text, nearest != NULL ? "did you mean" : "the first one is",
                   nearest != NULL ? nearest : r->fit->terms[0]);
}

/* The derivatives by left and right of a binary operation, and its value. */
static pgdp_status combine(const reading *r, const pg_expr *e, const dual *a, const dual *b, dual *out)
{
    double da = 1, db = 1;
    switch (e->op) {
    case PG_OP_ADD:
        out->value = a->value + b->value;
        break;
    case PG_OP_SUB:
        out->value = a->value - b->value;
        db = -1;
        break;
    case PG_OP_MUL:
        out->value = a->value * b->value;
        da = b->value;
        db = a->value;
        break;
    case PG_OP_DIV:
        out->value = a->value / b->value;
        da = 1 / b->value;
        db = -out->value / b->value;
        break;
    case PG_OP_POW:
        out->value = pow(a->value, b->value);
        da = b->value * pow(a->value, b->value - 1);
        db = a->value > 0 ? out->value * log(a->value) : 0;
        break;
    default:
        return pg_expr_fail(r->ctx, PGDP_BAD_ARGUMENT, e, "expected arithmetic: + - * / ^");
    }
    for (size_t j = 0; j < r->fit->n_terms; j++)
        out->gradient[j] = da * a->gradient[j] + db * b->gradient[j];
    return PGDP_OK;
}

static pgdp_status evaluate_call(const reading *r, const pg_expr *e, dual *out)
{
    dual a;
    double slope;
    if (e->left == NULL || e->left->next != NULL) return no_term(r, e);
    PG_TRY(evaluate(r, e->left, &a));
    if (pg_streq(e->text, "log")) {
        out->value = log(a.value);
        slope = 1 / a.value;
    } else if (pg_streq(e->text, "exp")) {
        slope = out->value = exp(a.value);
    } else if (pg_streq(e->text, "sqrt")) {
        out->value = sqrt(a.value);
        slope = 0.5 / out->value;
    } else {
        return no_term(r, e);
    }
    for (size_t j = 0; j < r->fit->n_terms; j++)
        out->gradient[j] = slope * a.gradient[j];
    return PGDP_OK;
}

static pgdp_status evaluate(const reading *r, const pg_expr *e, dual *out)
{
    const char *name = e->text;
    dual a, b;
    *out = (dual){ 0 };
    PG_TRY_ALLOC(r->ctx, out->gradient, pg_arena_alloc(&r->ctx->scratch, r->fit->n_terms, sizeof *out->gradient));
    if (e->kind == PG_EXPR_NUMBER) {
        out->value = e->number;
        return PGDP_OK;
    }
    if (e->kind != PG_EXPR_NAME && e->kind != PG_EXPR_STRING)
        PG_TRY_ALLOC(r->ctx, name, pg_expr_text(&r->ctx->scratch, e));
    const size_t term = find_term(r, name);
    if (term != PGDP_NONE) {
        out->value = r->fit->estimate[term];
        out->gradient[term] = 1;
        return PGDP_OK;
    }
    if (e->kind == PG_EXPR_CALL) return evaluate_call(r, e, out);
    if (e->kind != PG_EXPR_UNARY && e->kind != PG_EXPR_BINARY) return no_term(r, e);
    PG_TRY(evaluate(r, e->left, &a));
    if (e->kind == PG_EXPR_BINARY) {
        PG_TRY(evaluate(r, e->right, &b));
        return combine(r, e, &a, &b, out);
    }
    const double sign = e->op == PG_OP_SUB ? -1 : 1;
    if (e->op != PG_OP_SUB && e->op != PG_OP_ADD)
        return pg_expr_fail(r->ctx, PGDP_BAD_ARGUMENT, e, "expected arithmetic: + - * / ^");
    out->value = sign * a.value;
    for (size_t j = 0; j < r->fit->n_terms; j++)
        out->gradient[j] = sign * a.gradient[j];
    return PGDP_OK;
}

/* One side; g::b, the name of a level's term, is told to need back-ticks. */
static pgdp_status read_side(const reading *r, pg_lexer *lexer, const pg_expr **out)
{
    const char *error;
    const pgdp_status status = pg_expr_read(lexer, false, out);
    if (status != PGDP_BAD_ARGUMENT || lexer->token.op != PG_OP_COLON) return status;
    PG_TRY_ALLOC(r->ctx, error, pg_arena_strdup(&r->ctx->scratch, r->ctx->error));
    return pg_fail(r->ctx, status, "%s; put the name of a level's term in back-ticks: `g::b`", error);
}

/* left = right, or left == right, as left - right. */
static pgdp_status read_equation(const reading *r, pg_lexer *lexer, dual *out)
{
    const pg_expr *left, *right;
    dual a, b;
    PG_TRY(read_side(r, lexer, &left));
    if (left->kind == PG_EXPR_BINARY && left->op == PG_OP_EQ) {
        right = left->right;
        left = left->left;
    } else {
        if (lexer->token.op != PG_OP_ASSIGN)
            return pg_lexer_fail(lexer,
                                 "`=`: a hypothesis such as x1 = 0 or x1 = x2; put names of terms in back-ticks");
        PG_TRY(pg_lexer_next(lexer));
        PG_TRY(read_side(r, lexer, &right));
    }
    PG_TRY(evaluate(r, left, &a));
    PG_TRY(evaluate(r, right, &b));
    for (size_t j = 0; j < r->fit->n_terms; j++)
        a.gradient[j] -= b.gradient[j];
    a.value -= b.value;
    *out = a;
    return PGDP_OK;
}

/* W of q equations, whose gradients are the columns of g. */
static pgdp_status wald(pgdp_ctx *ctx, const pgdp_fit *fit, pg_matrix g, double *value, double *out)
{
    const size_t k = fit->n_terms, q = g.n_cols;
    const pg_matrix v = pg_matrix_view(fit->vcov, k, k, k), vg = pg_matrix_new(&ctx->scratch, k, q);
    const pg_matrix middle = pg_matrix_new(&ctx->scratch, q, q);
    if (vg.x == NULL || middle.x == NULL) return pg_no_memory(ctx);
    pg_times(v, g, vg);
    pg_add_cross(g, vg, middle);
    for (size_t j = 0; j < q; j++)
        if (!(middle.x[j + j * q] > 0) || !isfinite(middle.x[j + j * q]))
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "tests: an equation does not depend on any coefficient with a variance; leave it out");
    *out = pg_inverse_form(middle, value);
    if (isnan(*out))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "tests: the equations of one hypothesis depend on each other; leave one out");
    return PGDP_OK;
}

/* One hypothesis, up to the semicolon. */
static pgdp_status compute(pgdp_ctx *ctx, const char *text, pgdp_fit *fit)
{
    const reading r = { ctx, fit };
    pg_lexer lexer;
    const size_t k = fit->n_terms;
    const pg_matrix g = pg_matrix_new(&ctx->scratch, k, MOST_EQUATIONS);
    double value[MOST_EQUATIONS], statistic = 0;
    size_t q = 0;
    if (g.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_lexer_init(&lexer, ctx, &ctx->scratch, "tests", text));
    do {
        dual d;
        if (q == MOST_EQUATIONS) return pg_lexer_fail(&lexer, "at most 200 equations");
        if (q > 0) PG_TRY(pg_lexer_next(&lexer));
        PG_TRY(read_equation(&r, &lexer, &d));
        memcpy(g.x + q * k, d.gradient, k * sizeof *d.gradient);
        value[q++] = d.value;
    } while (lexer.token.op == PG_OP_COMMA);
    if (lexer.token.kind != PG_TOKEN_END) return pg_lexer_fail(&lexer, "`,` or the end");
    PG_TRY(wald(ctx, fit, pg_matrix_view(g.x, k, q, k), value, &statistic));
    const bool normal = isinf(fit->vcov_df);
    pgdp_diagnostic line = { .title = "Wald test of the hypothesis",
                             .statistic = normal ? statistic : statistic / (double)q,
                             .df = (double)q,
                             .df2 = normal ? (double)NAN : fit->vcov_df };
    PG_TRY_ALLOC(ctx, line.name, pg_arena_strdup(&fit->arena, text));
    line.p_value = normal ? pgdp_chisq_upper(line.statistic, line.df) : pgdp_f_upper(line.statistic, line.df, line.df2);
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

pgdp_status pg_hypotheses_compute(pgdp_ctx *ctx, const char *text, pgdp_fit *fit)
{
    while (*text != '\0') {
        const char *end = strchr(text, ';'), *one;
        size_t n = end == NULL ? strlen(text) : (size_t)(end - text);
        const char *start = text;
        pg_trim(&start, &n);
        PG_TRY_ALLOC(ctx, one, pg_arena_strndup(&ctx->scratch, start, n));
        if (n > 0) PG_TRY(compute(ctx, one, fit));
        if (end == NULL) return PGDP_OK;
        text = end + 1;
    }
    return PGDP_OK;
}
