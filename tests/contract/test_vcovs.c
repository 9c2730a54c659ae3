/* test_vcovs.c  What every covariance of the list must do with every estimator.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "stats/estimators.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/** Covariances, as they are called in the list, that refuse a method; with an absorbed effect, those beside them. */
typedef struct refusals {
    const char *estimator, *vcovs, *absorbed;
} refusals;
#define LEVERAGE  "HC2 HC3 HC4 cr2 cr3 " /* of linear models */
#define QUANTILE  " nid kernel"          /* of quantile regression */
#define EFFECTS   "cr2 cr3"              /* an effect that lies across clusters */
#define SCORES    "opg"                  /* scores of the absorbed levels belong to its outer product */
#define PENALISED "iid HC0 HC1 cluster nw dk conley bootstrap jackknife arellano " /* estimates that are not normal */
static const refusals expected[] = {
    { "ols", "opg" QUANTILE, EFFECTS },
    { "iv", "opg wild ri" QUANTILE, EFFECTS },
    { "liml", LEVERAGE "opg wild ri" QUANTILE, "" },
    { "gmm", LEVERAGE "opg wild ri" QUANTILE, "" },
    { "logit", LEVERAGE "wild ri" QUANTILE, SCORES },
    { "ologit", LEVERAGE "wild ri" QUANTILE, "" },
    { "within", "opg wild ri" QUANTILE, "" },
    { "between", "dk opg wild ri" QUANTILE, "" }, /* its rows have no time */
    { "random", "opg wild ri" QUANTILE, "" },
    { "fd", "opg wild ri" QUANTILE, "" },
    { "abond", LEVERAGE "opg wild ri" QUANTILE, "" },
    { "quantile", LEVERAGE "opg wild ri", "" },
    { "poisson", LEVERAGE "wild ri" QUANTILE, SCORES },
    { "probit", LEVERAGE "wild ri" QUANTILE, "" },
    { "oprobit", LEVERAGE "wild ri" QUANTILE, "" },
    { "mlogit", LEVERAGE "wild ri" QUANTILE, "" },
    { "negbin", LEVERAGE "wild ri" QUANTILE, "" },
    { "fraclogit", LEVERAGE "wild ri" QUANTILE, "" },
    { "nls", "opg wild ri" QUANTILE, "" },
    { "ridge", LEVERAGE "opg wild ri" QUANTILE, "" },
    { "lasso", PENALISED LEVERAGE "opg wild ri" QUANTILE, "" },
    { "enet", PENALISED LEVERAGE "opg wild ri" QUANTILE, "" },
    { NULL, NULL, NULL },
};

static bool holds(const char *list, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = list == NULL ? NULL : strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

static const refusals *refusals_of(const char *estimator)
{
    const refusals *r = expected;
    while (r->estimator != NULL && !pg_streq(r->estimator, estimator))
        r++;
    return r;
}

static bool is_sound(const pgdp_fit *fit)
{
    const pgdp_mat v = pgdp_fit_vcov(fit);
    bool sound = pgdp_fit_vcov_df(fit) > 0;
    for (size_t a = 0; a < v.n_cols; a++) {
        sound = sound && isfinite(v.x[a + a * v.n_rows]) && v.x[a + a * v.n_rows] > 0;
        for (size_t b = 0; b < a; b++)
            sound = sound && memcmp(&v.x[a + b * v.n_rows], &v.x[b + a * v.n_rows], sizeof(double)) == 0;
    }
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
        sound = sound && t.p_value >= 0 && t.p_value <= 1 && t.conf_low < t.estimate && t.estimate < t.conf_high;
    }
    return sound;
}

/* Every number is NaN where there is no covariance. */
static bool is_empty(const pgdp_fit *fit)
{
    bool empty = true;
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++)
        empty = empty && isfinite(pgdp_fit_estimate(fit).x[j]) && isnan(pgdp_fit_tidy(fit, j, 0.95).std_error);
    return empty;
}

/* 1 and a line when the pair is neither sound nor refused in words, or refused otherwise than expected. */
static size_t check_pair(const pgdp_estimator *e, const pgdp_vcov *v, bool absorbed)
{
    const refusals *r = refusals_of(e->name);
    const bool refused = holds(r->vcovs, v->name) || (absorbed && holds(r->absorbed, v->name));
    pgt_design t = pgt_design_for(e, 400);
    pgdp_fit *fit = NULL;
    if (absorbed) pgt_use_effect(&t);
    const char *words = pgt_use_vcov(&t, v), *problem = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, e->name, words, &t.d, NULL, &fit);
    const char *said = status == PGDP_OK ? "" : pgdp_ctx_error(ctx);
    if (status == PGDP_OK) {
        const bool sound = pg_streq(v->name, "none") ? is_empty(fit) : is_sound(fit);
        problem = refused ? "works, expected a refusal" : sound ? NULL : "is not sound";
        pgdp_fit_free(fit);
    } else if (!refused) {
        problem = "refuses, expected a covariance";
    } else if (status != PGDP_BAD_ARGUMENT && status != PGDP_NUMERICAL && status != PGDP_TOO_FEW_OBS) {
        problem = "fails otherwise than by a documented status";
    } else if (strstr(said, v->name) == NULL && strstr(said, e->name) == NULL) {
        problem = "names neither covariance nor method";
    }
    if (problem != NULL)
        print_error("%s, %s%s %s: %s\n", e->name, v->name, absorbed ? ", absorbed," : "", problem, said);
    pgt_design_free(&t);
    return problem != NULL;
}

static void every_pair_works_or_says_why_not(void **state)
{
    (void)state;
    size_t n_problems = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++)
            for (int absorbed = 0; absorbed <= (e->absorb != PGDP_ABSORB_NEVER); absorbed++)
                n_problems += check_pair(e, pgdp_vcov_at(j), absorbed);
    }
    assert_int_equal(n_problems, 0);
}

/* The words with one more setting. */
static const char *with_choice(const char *words, const char *option, const char *choice)
{
    const char *end = strchr(words, ')');
    const size_t n = end == NULL ? strlen(words) : (size_t)(end - words);
    return pg_arena_printf(&ctx->scratch, "%.*s%s%s=%s)", (int)n, words, end == NULL ? "(" : ", ", option, choice);
}

static size_t check_choice(const pgdp_estimator *e, const pgdp_vcov *v, const char *option, const char *choice)
{
    pgt_design t = pgt_design_for(e, 400);
    pgdp_fit *fit = NULL;
    const char *words = with_choice(pgt_use_vcov(&t, v), option, choice), *problem = NULL, *said = "";
    if (pgdp_fit_new(ctx, e->name, words, &t.d, NULL, &fit) == PGDP_OK) {
        problem = is_sound(fit) ? NULL : "is not sound";
    } else {
        said = pgdp_ctx_error(ctx);
        problem = strstr(said, v->name) != NULL || strstr(said, e->name) != NULL ? NULL : "names neither";
    }
    if (problem != NULL) print_error("%s, %s: %s %s\n", e->name, words, problem, said);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
    return problem != NULL;
}

static void every_choice_of_every_covariance_works_or_says_why_not(void **state)
{
    (void)state;
    size_t n = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++)
            for (const pgdp_option *o = pgdp_vcov_at(j)->options; o != NULL && o->name != NULL; o++)
                for (size_t c = 0; o->kind == PGDP_OPTION_CHOICE && o->choices[c] != NULL; c++)
                    n += check_choice(pgdp_estimator_at(i), pgdp_vcov_at(j), o->name, o->choices[c]);
    assert_int_equal(n, 0);
}

static void every_option_refuses_what_is_outside_its_range(void **state)
{
    (void)state;
    pgt_design t = pgt_design_for(&pg_est_ols, 400);
    for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++) {
        const pgdp_vcov *v = pgdp_vcov_at(j);
        const char *words = pgt_use_vcov(&t, v);
        for (const pgdp_option *o = v->options; o != NULL && o->name != NULL; o++) {
            char below[64], above[64];
            pgdp_fit *fit = NULL;
            snprintf(below, sizeof below, "%.17g", o->lo - 1 - fabs(o->lo));
            snprintf(above, sizeof above, "%.17g", o->hi + 1 + fabs(o->hi));
            const char *const outside[] = { below, above, "nonsense" };
            for (size_t k = o->kind == PGDP_OPTION_CHOICE ? 2 : 0; k < 3; k++) {
                const char *text = with_choice(words, o->name, outside[k]);
                assert_status(ctx, pgdp_fit_new(ctx, "ols", text, &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
                assert_contains(pgdp_ctx_error(ctx), o->name);
            }
        }
    }
    pgt_design_free(&t);
}

/* The first method that takes the covariance. */
static const pgdp_estimator *host_of(const pgdp_vcov *v)
{
    size_t i = 0;
    while (holds(expected[i].vcovs, v->name))
        i++;
    return pgdp_estimator_at(i);
}

static void every_covariance_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++) {
        const pgdp_estimator *e = host_of(pgdp_vcov_at(j));
        pgt_design t = pgt_design_for(e, 2500);
        const char *words = pgt_use_vcov(&t, pgdp_vcov_at(j));
        pgdp_fit *fits[3];
        for (size_t i = 0; i < 3; i++) {
            pgdp_ctx_set_threads(ctx, (size_t)1 << i);
            assert_ok(ctx, pgdp_fit_new(ctx, e->name, words, &t.d, NULL, &fits[i]));
        }
        for (size_t i = 1; i < 3; i++) {
            const size_t k = pgdp_fit_n_terms(fits[0]);
            assert_memory_equal(pgdp_fit_vcov(fits[i]).x, pgdp_fit_vcov(fits[0]).x, k * k * sizeof(double));
            for (size_t m = 0; m < k; m++) {
                const pgdp_tidy a = pgdp_fit_tidy(fits[0], m, 0.95), b = pgdp_fit_tidy(fits[i], m, 0.95);
                assert_memory_equal(&a.p_value, &b.p_value, sizeof(double));
                assert_memory_equal(&a.conf_low, &b.conf_low, sizeof(double));
            }
        }
        for (size_t i = 0; i < 3; i++)
            pgdp_fit_free(fits[i]);
        pgt_design_free(&t);
    }
    pgdp_ctx_set_threads(ctx, 1);
}

typedef struct pair {
    const char *estimator, *vcov;
    const pgdp_design *design;
} pair;

static pgdp_status fit_pair(pgdp_ctx *own, void *user)
{
    const pair *p = user;
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, p->estimator, p->vcov, p->design, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_of_every_covariance_may_fail(void **state)
{
    (void)state;
    for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++) {
        const pgdp_estimator *e = host_of(pgdp_vcov_at(j));
        pgt_design t = pgt_design_for(e, 1000);
        pair p = { e->name, pgt_use_vcov(&t, pgdp_vcov_at(j)), &t.d };
        assert_true(pgt_fail_every_allocation(fit_pair, &p) > 3);
        if (e->absorb != PGDP_ABSORB_NEVER && !holds(refusals_of(e->name)->absorbed, pgdp_vcov_at(j)->name)) {
            pgt_use_effect(&t);
            assert_true(pgt_fail_every_allocation(fit_pair, &p) > 3);
        }
        pgt_design_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_works_or_says_why_not),
        cmocka_unit_test(every_choice_of_every_covariance_works_or_says_why_not),
        cmocka_unit_test(every_option_refuses_what_is_outside_its_range),
        cmocka_unit_test(every_covariance_has_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(every_allocation_of_every_covariance_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
