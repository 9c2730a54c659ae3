/* explain_se.c  Standard errors as arithmetic: the numbers from which each follows by hand. Source: Zeileis (2006), J.
 * Stat. Softw. 16(9): bread, meat and factors. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * V = factor * B M B' with B the bread (X'WX)^-1 (or the inverse information) and M the meat, in the units of the
 * terms; without a meat V = factor * B. Where terms are so nearly collinear that doubles in these units would not give
 * the standard error back, B is the triangle with B B' = bread and M the meat of the terms made orthonormal by it;
 * where negative eigenvalues were set to zero, B has the eigenvectors of V and M their eigenvalues. */
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "stats/linalg.h"
#include "stats/regression.h"

#include <math.h>
#include <string.h>

static const double agreement = 2e-13; /* of variances: their roots then agree to 1e-13 */
enum { DIGITS = 10 };

/* What is written: sides [k x k] by rows j of B, and M; NULL members: not there. */
typedef struct arithmetic {
    const pgdp_regression *regression;
    const pgdp_fit *fit;
    const char *basis, *formula, *note;
    const double *side, *meat;
    double factor;
} arithmetic;

/* factor b'Mb of row j of B; of B itself without a meat. */
static double variance_of(const arithmetic *a, size_t j)
{
    const size_t k = a->fit->n_terms;
    double sum = 0;
    if (a->side == NULL) return (double)NAN;
    if (a->meat == NULL) return a->factor * a->side[j + j * k];
    for (size_t m = 0; m < k; m++) {
        double row = 0;
        for (size_t i = 0; i < k; i++)
            row += a->side[j + i * k] * a->meat[i + m * k];
        sum += row * a->side[j + m * k];
    }
    return a->factor * sum;
}

static bool gives_back(const arithmetic *a)
{
    const size_t k = a->fit->n_terms;
    for (size_t j = 0; j < k; j++) {
        const double want = a->fit->vcov[j + j * k];
        if (!(fabs(variance_of(a, j) - want) <= agreement * want)) return false;
    }
    return true;
}

/* With V = root m root' and B = root root', M = root^-1' m root^-1. */
static pgdp_status to_terms(pgdp_ctx *ctx, arithmetic *a)
{
    const size_t k = a->fit->n_terms;
    const arithmetic before = *a;
    const pg_matrix inverse = pg_matrix_new(&ctx->scratch, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    if (inverse.x == NULL || half.x == NULL || meat.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < k; j++)
        memcpy(inverse.x + j * k, a->side + j * k, (j + 1) * sizeof *inverse.x);
    if (!pg_invert_upper(inverse)) return PGDP_OK;
    pg_times(pg_matrix_view(a->meat, k, k, k), inverse, half);
    pg_add_cross(inverse, half, meat);
    pg_copy_upper(meat);
    a->side = a->fit->bread;
    a->meat = meat.x;
    a->basis = "terms";
    a->note = NULL;
    if (!gives_back(a)) *a = before;
    return PGDP_OK;
}

static const struct basis {
    const char *name, *note;
} bases[] = {
    [PG_BASIS_NONE] = { NULL, "this covariance is no product of bread and meat: it comes from refits, draws or another "
                              "formula" },
    [PG_BASIS_TERMS] = { "terms", NULL },
    [PG_BASIS_ORTHONORMAL] = { "orthonormal",
                               "the terms are nearly collinear: each bread_row is that of the triangle B with B B' = "
                               "(X'WX)^-1, and the meat is of the terms times B, so that no digits cancel" },
    [PG_BASIS_EIGENVECTORS] = { "eigenvectors",
                                "negative eigenvalues of the covariance were set to 0: each bread_row is "
                                "of its eigenvectors, the meat has the eigenvalues, which hold all "
                                "factors" },
};

static pgdp_status find_arithmetic(pgdp_ctx *ctx, const pgdp_regression *r, arithmetic *out)
{
    const pg_sandwich *s = &r->fit->ssc.sandwich;
    *out = (arithmetic){ .regression = r,
                         .fit = r->fit,
                         .basis = bases[s->basis].name,
                         .note = bases[s->basis].note,
                         .side = s->side,
                         .meat = s->meat,
                         .factor = s->basis == PG_BASIS_NONE ? (double)NAN : s->factor };
    if (s->basis != PG_BASIS_NONE)
        out->formula = s->meat == NULL ? "std_error = sqrt(factor * bread_row[term])"
                                       : "std_error = sqrt(factor * bread_row * meat * bread_row')";
    return s->basis == PG_BASIS_ORTHONORMAL ? to_terms(ctx, out) : PGDP_OK;
}

static double df_of(const pgdp_fit *fit, size_t j)
{
    return fit->term_df != NULL ? fit->term_df[j] : fit->vcov_df;
}

static void write_row(pg_json *j, const double *x, size_t stride, size_t n)
{
    pg_json_array(j);
    for (size_t i = 0; i < n; i++)
        pg_json_real(j, x[i * stride]);
    pg_json_array_end(j);
}

static void write_term(pg_json *j, const arithmetic *a, size_t i)
{
    const size_t k = a->fit->n_terms;
    const pgdp_tidy t = pgdp_fit_tidy(a->fit, i, a->regression->conf_level);
    pg_json_object(j);
    pg_json_key_string(j, "term", t.term);
    pg_json_key_real(j, "estimate", t.estimate);
    pg_json_key(j, "bread_row");
    if (a->side != NULL)
        write_row(j, a->side + i, k, k);
    else
        pg_json_null(j);
    pg_json_key_real(j, "variance", variance_of(a, i));
    pg_json_key_real(j, "std_error", t.std_error);
    pg_json_key_real(j, "statistic", t.statistic);
    pg_json_key_real(j, "df", df_of(a->fit, i));
    pg_json_key_real(j, "p_value", t.p_value);
    pg_json_object_end(j);
}

static void write_model(pg_json *j, const arithmetic *a)
{
    const pgdp_regression_spec *spec = &a->regression->spec;
    pg_json_key(j, "model");
    pg_json_object(j);
    pg_json_key_string(j, "formula", spec->formula);
    pg_json_key_string(j, "method", spec->method);
    if (spec->weights != NULL) pg_json_key_string(j, "weights", spec->weights);
    if (spec->panel != NULL) pg_json_key_string(j, "panel", spec->panel);
    if (spec->subset != NULL) pg_json_key_string(j, "subset", spec->subset);
    pg_json_key_real(j, "nobs", a->fit->nobs);
    pg_json_key_integer(j, "n_terms", (int64_t)a->fit->n_terms);
    pg_json_key_integer(j, "n_absorbed", (int64_t)a->fit->n_absorbed);
    pg_json_object_end(j);
    pg_json_key(j, "vcov");
    pg_json_object(j);
    pg_json_key_string(j, "type", a->fit->covariance->name);
    pg_json_key_string(j, "title", a->fit->covariance->title);
    pg_json_key_string(j, "spec", spec->vcov);
    if (spec->preset != NULL) pg_json_key_string(j, "preset", spec->preset);
    pg_json_key_real(j, "df", a->fit->vcov_df);
    pg_json_object_end(j);
}

static void write_factors(pg_json *j, const arithmetic *a)
{
    pg_json_key(j, "factors");
    pg_json_array(j);
    for (size_t i = 0; i < a->fit->n_factors; i++) {
        pg_json_object(j);
        pg_json_key_string(j, "name", a->fit->factors[i].name);
        pg_json_key_real(j, "value", a->fit->factors[i].value);
        pg_json_object_end(j);
    }
    pg_json_array_end(j);
    pg_json_key_real(j, "factor", a->factor);
}

static pgdp_status write_json(pgdp_ctx *ctx, const arithmetic *a, const pgdp_sink *sink)
{
    const size_t k = a->fit->n_terms;
    pg_json j;
    pg_json_init(&j, sink, true);
    pg_json_object(&j);
    pg_json_key_string(&j, "schema", "pgdp.se/1");
    write_model(&j, a);
    write_factors(&j, a);
    pg_json_key_string(&j, "formula", a->formula);
    pg_json_key_string(&j, "basis", a->basis);
    pg_json_key_string(&j, "note", a->note);
    pg_json_key(&j, "meat");
    if (a->meat != NULL) {
        pg_json_array(&j);
        for (size_t i = 0; i < k; i++)
            write_row(&j, a->meat + i * k, 1, k);
        pg_json_array_end(&j);
    } else {
        pg_json_null(&j);
    }
    pg_json_key(&j, "terms");
    pg_json_array(&j);
    for (size_t i = 0; i < k; i++)
        write_term(&j, a, i);
    pg_json_array_end(&j);
    pg_json_object_end(&j);
    return pg_json_end(ctx, &j);
}

static void add_number(pg_text *out, double value)
{
    char text[PG_NUMBER_SIZE];
    pg_number_significant(value, DIGITS, text);
    pg_text_add(out, text);
}

static void add_row(pg_text *out, const double *x, size_t stride, size_t n)
{
    pg_text_add(out, "(");
    for (size_t i = 0; i < n; i++) {
        if (i > 0) pg_text_add(out, ", ");
        add_number(out, x[i * stride]);
    }
    pg_text_add(out, ")");
}

static void add_term(pg_text *out, const arithmetic *a, size_t i)
{
    const size_t k = a->fit->n_terms;
    const pgdp_tidy t = pgdp_fit_tidy(a->fit, i, a->regression->conf_level);
    const double variance = variance_of(a, i), df = df_of(a->fit, i);
    pg_text_addf(out, "\n%s: estimate ", t.term);
    add_number(out, t.estimate);
    if (a->side != NULL && a->meat != NULL) {
        pg_text_add(out, "\n  b = ");
        add_row(out, a->side + i, k, k);
    }
    if (a->side != NULL) {
        pg_text_add(out, "\n  variance = ");
        add_number(out, a->factor);
        pg_text_add(out, a->meat != NULL ? " * b M b' = " : " * ");
        add_number(out, a->meat != NULL ? a->factor : a->side[i + i * k]);
        pg_text_add(out, a->meat != NULL ? " * " : " = ");
        if (a->meat != NULL) {
            add_number(out, variance / a->factor);
            pg_text_add(out, " = ");
        }
        add_number(out, variance);
    }
    pg_text_add(out, "\n  std_error = ");
    if (a->side != NULL) pg_text_add(out, "sqrt(variance) = ");
    add_number(out, t.std_error);
    pg_text_add(out, "\n  statistic = estimate / std_error = ");
    add_number(out, t.statistic);
    pg_text_add(out, ", p = ");
    add_number(out, t.p_value);
    if (isfinite(df)) {
        pg_text_add(out, " by t with ");
        add_number(out, df);
        pg_text_add(out, " degrees of freedom\n");
    } else {
        pg_text_add(out, " by the normal distribution\n");
    }
}

static pgdp_status write_text(pgdp_ctx *ctx, const arithmetic *a, const pgdp_sink *sink)
{
    const size_t k = a->fit->n_terms;
    const pgdp_regression_spec *spec = &a->regression->spec;
    pg_text out;
    pg_text_init(&out, &ctx->scratch);
    pg_text_addf(&out, "%s\nmethod %s, covariance %s", spec->formula, spec->method, spec->vcov);
    if (spec->preset != NULL) pg_text_addf(&out, ", preset %s", spec->preset);
    pg_text_addf(&out, "\n%s\n", a->fit->covariance->title);
    if (a->formula != NULL) pg_text_addf(&out, "%s\n", a->formula);
    if (a->note != NULL) pg_text_addf(&out, "%s\n", a->note);
    pg_text_add(&out, "\nfactors\n");
    for (size_t i = 0; i < a->fit->n_factors; i++) {
        pg_text_addf(&out, "  %s = ", a->fit->factors[i].name);
        add_number(&out, a->fit->factors[i].value);
        pg_text_add(&out, "\n");
    }
    pg_text_add(&out, "  factor of the covariance = ");
    add_number(&out, a->factor);
    if (a->meat != NULL) pg_text_add(&out, "\n\nmeat M\n");
    for (size_t i = 0; i < k && a->meat != NULL; i++) {
        pg_text_add(&out, "  ");
        add_row(&out, a->meat + i * k, 1, k);
        pg_text_add(&out, "\n");
    }
    if (a->meat == NULL) pg_text_add(&out, "\n");
    for (size_t i = 0; i < k; i++)
        add_term(&out, a, i);
    if (out.failed) return pg_no_memory(ctx);
    return sink->write(sink->user, out.data, out.n);
}

pgdp_status pgdp_explain_se(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, bool as_json,
                            const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_regression *r = NULL;
    arithmetic a;
    PG_TRY(pgdp_regress(ctx, data, spec, &r));
    pgdp_status status = find_arithmetic(ctx, r, &a);
    if (status == PGDP_OK) status = as_json ? write_json(ctx, &a, sink) : write_text(ctx, &a, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_regression_free(r);
    return status;
}
