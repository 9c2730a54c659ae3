/* test_abond.c  Dynamic panels in differences: plm's and gretl's numbers, and what must hold whatever the data.
 * Source: the shared golden numbers; Arellano & Bond (1991), table 4, columns b and c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/ingest.h"
#include "pgdp/stats.h"
#include "tests/support/context.h"
#include "tests/support/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 2000, MOST_TERMS = 6 };

/** A panel by rows, and the design of those whose terms are all there. */
typedef struct panel {
    pgdp_design d;
    double y_all[MOST], y[MOST], x[MOST * MOST_TERMS], raw[MOST * MOST_TERMS];
    size_t entity_all[MOST], entity[MOST];
    int32_t period_all[MOST], period[MOST];
    size_t n_all, n;
} panel;

/** The design of rows that have all of `k` raw columns. */
static void close_panel(panel *p, const char *const *terms, size_t k)
{
    p->n = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (size_t i = 0; i < p->n_all; i++) {
            bool complete = isfinite(p->y_all[i]);
            for (size_t j = 0; j < k; j++)
                complete = complete && isfinite(p->raw[i + j * MOST]);
            if (!complete) continue;
            for (size_t j = 0; j < k && pass == 1; j++)
                p->x[n + j * p->n] = p->raw[i + j * MOST];
            p->y[n] = p->y_all[i];
            p->entity[n] = p->entity_all[i];
            p->period[n++] = p->period_all[i];
        }
        p->n = n;
    }
    p->d = (pgdp_design){ .y = { p->y, p->n },
                          .x = { p->x, p->n, k },
                          .terms = terms,
                          .constant = PGDP_NONE,
                          .entity = p->entity,
                          .period = p->period,
                          .outcome = "lemp",
                          .y_all = p->y_all,
                          .entity_all = p->entity_all,
                          .period_all = p->period_all,
                          .n_all = p->n_all };
}

/** lemp on lwage, its lag, lcapital, loutput, its lag. NULL: the data are absent. */
static panel *employment(void)
{
    static const char *const terms[] = { "lwage", "L1.lwage", "lcapital", "loutput", "L1.loutput" };
    static const char *const columns[] = { "lwage", "lwage", "lcapital", "loutput", "loutput" };
    pgdp_dataset *data = pgt_ingest_shared(ctx, "csv", "golden/data/EmplUK.csv");
    if (data == NULL) return NULL;
    const pgdp_frame *f = pgdp_dataset_table(data, 0);
    panel *p = calloc(1, sizeof *p);
    const size_t year = pgdp_frame_find(f, "year");
    p->n_all = pgdp_frame_n_rows(f);
    for (size_t i = 0; i < p->n_all; i++) {
        p->y_all[i] = pgt_real(f, "lemp", i);
        p->entity_all[i] = (size_t)pgt_real(f, "firm", i) - 1;
        p->period_all[i] =
            pgdp_frame_periods(f, year) != NULL ? pgdp_frame_periods(f, year)[i] : (int32_t)pgt_real(f, "year", i);
        const bool follows = i > 0 && p->entity_all[i] == p->entity_all[i - 1];
        for (size_t j = 0; j < 5; j++) {
            const bool lag = j == 1 || j == 4;
            p->raw[i + j * MOST] = !lag      ? pgt_real(f, columns[j], i)
                                   : follows ? pgt_real(f, columns[j], i - 1)
                                             : (double)NAN;
        }
    }
    pgdp_dataset_free(data);
    close_panel(p, terms, 5);
    return p;
}

/** y_it = 0.5 y_it-1 + x_it + f_i + e_it, uneven, with gaps. */
static panel *simulated(size_t n_entities, uint32_t seed)
{
    static const char *const terms[] = { "x1", "x2" };
    panel *p = calloc(1, sizeof *p);
    pg_random r = pg_random_stream(seed, "abond", 0);
    for (size_t g = 0; g < n_entities; g++) {
        const double effect = pg_random_normal(&r);
        double y = 2 * effect + pg_random_normal(&r);
        for (int32_t t = 0; t < 8; t++) {
            const double x = pg_random_normal(&r) + 0.3 * effect, z = pg_random_uniform(&r);
            y = 0.5 * y + x + effect + 0.5 * pg_random_normal(&r);
            if (pg_random_uniform(&r) < 0.06) continue;
            p->y_all[p->n_all] = y;
            p->raw[p->n_all] = x;
            p->raw[p->n_all + MOST] = z;
            p->entity_all[p->n_all] = g;
            p->period_all[p->n_all++] = 2001 + t;
        }
    }
    close_panel(p, terms, 2);
    return p;
}

static pgdp_fit *fit_of(const panel *p, const char *vcov, const pgdp_setting *settings)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "abond", vcov, &p->d, settings, &fit));
    return fit;
}

static pgdp_diagnostic line_of(const pgdp_fit *fit, const char *name)
{
    for (size_t i = 0; pgdp_fit_diagnostic(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_diagnostic(fit, i).name, name)) return pgdp_fit_diagnostic(fit, i);
    fail_msg("no diagnostic \"%s\"", name);
    return (pgdp_diagnostic){ .name = NULL };
}

static double number(const pg_json_value *object, const char *key)
{
    double value = 0;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\" in the golden file", key);
    return value;
}

static void check_line(const pgdp_diagnostic *line, const pg_json_value *want)
{
    assert_close(line->statistic, number(want, "stat"), 1e-8, 0);
    assert_close(line->p_value, number(want, "p"), 1e-7, 0);
}

static void employment_agrees_with_plm_and_gretl(void **state)
{
    (void)state;
    const char *path = pgt_shared_path("golden/abond_empluk.json");
    if (path == NULL) skip();
    pg_json_document *document;
    size_t n = 0;
    char *bytes = pgt_read_file(path, &n);
    assert_ok(ctx, pg_json_parse(ctx, "abond_empluk", bytes, n, &document));
    free(bytes);
    panel *p = employment();
    assert_non_null(p);
    static const char *const blocks[] = { "onestep", "twosteps" };
    for (size_t s = 0; s < 2; s++) {
        const pgdp_setting settings[] = {
            { "lags", "2" }, { "time_dummies", "yes" }, { "steps", s == 0 ? "1" : "2" }, { NULL, NULL }
        };
        const pg_json_value *want = pg_json_member(pg_json_member(pg_json_root(document), "results"), blocks[s]);
        pgdp_fit *fit = fit_of(p, "arellano", settings);
        assert_int_equal(pgdp_fit_n_terms(fit), 7 + 6);
        assert_string_equal(pgdp_fit_term(fit, 1), "l(lemp, 2)");
        for (size_t j = 0; j < 7; j++) {
            const char *name = j == 0 ? "L1.lemp" : j == 1 ? "L2.lemp" : pgdp_fit_term(fit, j);
            const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
            assert_close(t.estimate, number(pg_json_member(want, "coef"), name), 1e-8, 0);
            assert_close(t.std_error, number(pg_json_member(want, "se_robust"), name), 1e-8, 0);
        }
        const pgdp_diagnostic hansen = line_of(fit, "hansen_j"), ar1 = line_of(fit, "ar1"), ar2 = line_of(fit, "ar2");
        check_line(&ar1, pg_json_member(want, "ar1"));
        check_line(&ar2, pg_json_member(want, "ar2"));
        assert_close(hansen.df, 25, 0, 0);
        const pgdp_diagnostic first = line_of(fit, "hansen_j_first");
        check_line(s == 0 ? &first : &hansen, pg_json_member(want, "sargan"));
        assert_close(pgdp_fit_glance(fit).nobs, 611, 0, 0);
        pgdp_fit_free(fit);
    }
    free(p);
    pg_json_document_free(document);
}

static double estimate(const pgdp_fit *fit, size_t j)
{
    return pgdp_fit_estimate(fit).x[j];
}

static void lags_are_found_where_they_were_put(void **state)
{
    (void)state;
    panel *p = simulated(240, 5);
    static const pgdp_setting one[] = { { "steps", "1" }, { NULL, NULL } },
                              two[] = { { "steps", "2" }, { NULL, NULL } };
    for (size_t s = 0; s < 2; s++) {
        pgdp_fit *fit = fit_of(p, "arellano", s == 0 ? one : two);
        const double want[] = { 0.5, 1, 0 };
        for (size_t j = 0; j < 3; j++) {
            const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
            assert_true(fabs(t.estimate - want[j]) < 4 * t.std_error && t.std_error < 0.2);
        }
        assert_true(line_of(fit, "ar1").p_value < 0.01 && line_of(fit, "ar2").p_value > 0.001);
        assert_true(isinf(pgdp_fit_vcov_df(fit)));
        pgdp_fit_free(fit);
    }
    free(p);
}

/** The formula's constant leaves with the differences, and takes its name along. */
static void the_constant_gives_way_to_the_lag(void **state)
{
    (void)state;
    static const char *const terms[] = { "(Intercept)", "x1", "x2" };
    panel *p = simulated(60, 12);
    pgdp_fit *without = fit_of(p, "arellano", NULL);
    memmove(p->raw + MOST, p->raw, 2 * MOST * sizeof *p->raw);
    for (size_t i = 0; i < MOST; i++)
        p->raw[i] = 1;
    close_panel(p, terms, 3);
    p->d.constant = 0;
    pgdp_fit *with = fit_of(p, "arellano", NULL);
    assert_int_equal(pgdp_fit_n_terms(with), 3);
    assert_string_equal(pgdp_fit_term(with, 0), "l(lemp, 1)");
    for (size_t j = 0; j < 3; j++) {
        assert_string_equal(pgdp_fit_term(with, j), pgdp_fit_term(without, j));
        assert_close(estimate(with, j), estimate(without, j), 0, 0);
    }
    pgdp_fit_free(with);
    pgdp_fit_free(without);
    free(p);
}

/** As many instruments as terms: the estimate solves its moments exactly, whatever the weights. */
static void without_spare_instruments_the_steps_agree(void **state)
{
    (void)state;
    static const pgdp_setting one[] = { { "collapse", "yes" }, { "gmm_max", "2" }, { NULL, NULL } };
    static const pgdp_setting two[] = { { "collapse", "yes" }, { "gmm_max", "2" }, { "steps", "2" }, { NULL, NULL } };
    panel *p = simulated(80, 6);
    pgdp_fit *a = fit_of(p, "arellano", one), *b = fit_of(p, "arellano", two);
    for (size_t j = 0; j < 3; j++) {
        assert_close(estimate(b, j), estimate(a, j), 1e-10, 0);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, 1e-9, 0);
    }
    assert_close(line_of(a, "sargan").statistic, 0, 0, 1e-18);
    assert_close(line_of(a, "hansen_j").df, 0, 0, 0);
    assert_true(isnan(line_of(a, "hansen_j").p_value));
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    free(p);
}

/** In units of y and of a term by powers of two nothing changes but the units. */
static void units_scale_the_lines_and_no_test(void **state)
{
    (void)state;
    static const pgdp_setting two[] = { { "steps", "2" }, { "time_dummies", "yes" }, { NULL, NULL } };
    panel *p = simulated(80, 7);
    pgdp_fit *before = fit_of(p, "arellano", two);
    for (size_t i = 0; i < p->n_all; i++) {
        p->y_all[i] *= 1e8;
        p->raw[i + MOST] *= 1e-8;
    }
    close_panel(p, p->d.terms, 2);
    pgdp_fit *after = fit_of(p, "arellano", two);
    for (size_t j = 0; j < 3; j++) {
        const double scale = j == 0 ? 1 : j == 1 ? 1e8 : 1e16;
        assert_close(estimate(after, j), scale * estimate(before, j), 1e-9, 0);
        assert_close(pgdp_fit_tidy(after, j, 0.95).statistic, pgdp_fit_tidy(before, j, 0.95).statistic, 1e-9, 0);
    }
    assert_close(line_of(after, "hansen_j").statistic, line_of(before, "hansen_j").statistic, 1e-9, 0);
    assert_close(line_of(after, "ar2").statistic, line_of(before, "ar2").statistic, 1e-9, 0);
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    free(p);
}

/** arellano of one step is the sandwich of its scores by entity, found by another path. */
static void robust_errors_are_the_sandwich_by_entity(void **state)
{
    (void)state;
    panel *p = simulated(90, 8);
    const size_t *const clusters[] = { p->entity };
    p->d.cluster = clusters;
    p->d.n_clusterings = 1;
    pgdp_fit *a = fit_of(p, "arellano", NULL), *b = fit_of(p, "cluster", NULL);
    const double ratio = pgdp_fit_vcov(b).x[0] / pgdp_fit_vcov(a).x[0];
    assert_true(ratio > 0.99 && ratio < 1.05); /* small-sample factors alone */
    for (size_t j = 0; j < 9; j++)
        assert_close(pgdp_fit_vcov(b).x[j], ratio * pgdp_fit_vcov(a).x[j], 1e-10, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    free(p);
}

/** Levels of rows that the terms' missing values take away are still instruments; without them the answer is another.
 */
static void levels_of_rows_left_out_are_instruments(void **state)
{
    (void)state;
    panel *p = simulated(100, 9);
    for (size_t i = 0; i < p->n_all; i++)
        if (p->period_all[i] == 2001) p->raw[i] = (double)NAN;
    close_panel(p, p->d.terms, 2);
    pgdp_fit *all = fit_of(p, "arellano", NULL);
    pgdp_design rows_alone = p->d;
    rows_alone.y_all = NULL;
    pgdp_fit *fewer = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "abond", "arellano", &rows_alone, NULL, &fewer));
    assert_true(pgdp_fit_glance(all).nobs > pgdp_fit_glance(fewer).nobs);
    assert_true(line_of(all, "instruments").statistic > line_of(fewer, "instruments").statistic);
    pgdp_fit_free(all);
    pgdp_fit_free(fewer);
    free(p);
}

static void check_refusal(const pgdp_design *d, const pgdp_setting *settings, pgdp_status status, const char *part)
{
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "abond", "arellano", d, settings, &fit), status);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    (void)state;
    static const pgdp_setting half[] = { { "lags", "1.5" }, { NULL, NULL } };
    static const pgdp_setting deep[] = { { "lags", "12" }, { NULL, NULL } };
    static const pgdp_setting none[] = { { "gmm_min", "5" }, { "gmm_max", "3" }, { NULL, NULL } };
    panel *p = simulated(40, 10);
    check_refusal(&p->d, half, PGDP_BAD_ARGUMENT, "lags");
    check_refusal(&p->d, none, PGDP_BAD_ARGUMENT, "gmm_min");
    check_refusal(&p->d, deep, PGDP_TOO_FEW_OBS, "consecutive periods");
    pgdp_design d = p->d;
    d.y_all = p->raw; /* not the outcome's */
    check_refusal(&d, NULL, PGDP_BAD_ARGUMENT, "history");
    d = p->d;
    d.entity = NULL;
    check_refusal(&d, NULL, PGDP_BAD_ARGUMENT, "--panel");
    for (size_t i = 0; i < p->n; i++)
        p->x[i + p->n] = 2 * p->x[i] + (double)p->entity[i];
    check_refusal(&p->d, NULL, PGDP_RANK_DEFICIENT, "x2 equals 2 * x1");
    free(p);
}

static pgdp_status fit_two_steps(pgdp_ctx *own, void *user)
{
    static const pgdp_setting two[] = { { "steps", "2" }, { "time_dummies", "yes" }, { NULL, NULL } };
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, "abond", "arellano", user, two, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void no_allocation_is_unchecked(void **state)
{
    (void)state;
    panel *p = simulated(30, 11);
    assert_true(pgt_fail_every_allocation(fit_two_steps, &p->d) > 3);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(employment_agrees_with_plm_and_gretl),
        cmocka_unit_test(lags_are_found_where_they_were_put),
        cmocka_unit_test(the_constant_gives_way_to_the_lag),
        cmocka_unit_test(without_spare_instruments_the_steps_agree),
        cmocka_unit_test(units_scale_the_lines_and_no_test),
        cmocka_unit_test(robust_errors_are_the_sandwich_by_entity),
        cmocka_unit_test(levels_of_rows_left_out_are_instruments),
        cmocka_unit_test(what_cannot_be_is_refused_by_name),
        cmocka_unit_test(no_allocation_is_unchecked),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
