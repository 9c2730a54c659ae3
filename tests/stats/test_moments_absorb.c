/* test_moments_absorb.c  Moments of what absorbed effects leave give the models of the rows, add where no level is
 * shared, and refuse the rest. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/moments.h"
#include "tests/stats/moments_data.h"

static pgdp_ctx *ctx;
static pgdp_frame *frame;

static int open_frame(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    frame = pgt_moments_frame(ctx, 3000, 0, 3000);
    return 0;
}

static int close_frame(void **state)
{
    (void)state;
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return 0;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))
static const char *const effects[] = { "state", "year + state", "state^year", "year[n] + f" };
static const char *const vcovs[] = { "iid", "cluster(state)", "cluster(year)", "cluster(state + year)",
                                     "cluster(state^year)" };

static pgdp_moments *make(const char *absorbed, const char *weights, const char *subset)
{
    char formula[100];
    pgdp_moments *m;
    const pgdp_moments_spec spec = {
        .formula = formula, .cells = "state + year + state^year", .weights = weights, .subset = subset
    };
    snprintf(formula, sizeof formula, "y ~ x1 + x2 + i(f) + x1:x2 | %s | d ~ z1 + z2", absorbed);
    assert_ok(ctx, pgt_moments_of_frame(ctx, frame, &spec, &m));
    return m;
}

/* Of rows that lack none of the columns of the moments. */
static void agree(const pgdp_moments *m, const char *before, const char *absorbed, const char *after,
                  const pgdp_regression_spec *like)
{
    char formula[100];
    pgdp_regression *sums, *rows;
    pgdp_regression_spec by_moments = *like, by_rows = *like;
    snprintf(formula, sizeof formula, "%s | %s%s", before, absorbed, after);
    by_moments.formula = by_rows.formula = formula;
    by_moments.weights = NULL;
    by_rows.subset = "x2 > -1000";
    assert_ok(ctx, pgdp_regress(ctx, frame, &by_rows, &rows));
    assert_ok(ctx, pgdp_moments_regress(ctx, m, &by_moments, &sums));
    pgt_assert_same_regressions(sums, rows, 1e-12);
    assert_true(pgdp_fit_certificate(pgdp_regression_fit(sums)).digits > 11);
    pgdp_regression_free(sums);
    pgdp_regression_free(rows);
}

static void check_models(const pgdp_moments *m, const char *absorbed, const char *weights)
{
    static const char *const before[] = { "y ~ x1 + x2", "y ~ x1 + i(f)", "x2 ~ y + x1:x2", "y ~ x1", "y ~ x1 + x2" };
    static const char *const after[] = { "", "", "", " | d ~ z1 + z2", " | d ~ z1 + z2" };
    static const char *const methods[] = { NULL, NULL, NULL, NULL, "liml" };
    for (size_t i = 0; i < COUNT(before); i++) {
        if (i == 1 && strstr(absorbed, "f") != NULL) continue;
        for (size_t v = weights != NULL && weights[0] == 'p'; v < COUNT(vcovs); v++) {
            const pgdp_regression_spec spec = {
                .vcov = vcovs[v], .method = methods[i], .weights = weights, .diagnostics = "none"
            };
            if (strchr(vcovs[v], '+') != NULL && i != 0 && i != 3)
                continue; /* may be singular: a test of all is noise */
            agree(m, before[i], absorbed, after[i], &spec);
        }
    }
}

static void models_with_effects_are_those_of_the_rows(void **state)
{
    static const char *const weights[] = { NULL, "aw:w", "fw:n", "pw:w" };
    (void)state;
    for (size_t w = 0; w < COUNT(weights); w++)
        for (size_t e = 0; e < COUNT(effects); e++) {
            pgdp_moments *m = make(effects[e], weights[w], NULL);
            check_models(m, effects[e], weights[w]);
            pgdp_moments_free(m);
        }
}

static void their_bytes_come_back_to_the_bit(void **state)
{
    (void)state;
    pgt_buffer first = { 0 }, second = { 0 };
    pgdp_sink to_first = pgt_sink(&first), to_second = pgt_sink(&second);
    pgdp_moments *m = make("year + state", "aw:w", NULL), *again;
    assert_ok(ctx, pgdp_moments_write(ctx, m, &to_first));
    assert_ok(ctx, pgdp_moments_read(ctx, "bytes", (const unsigned char *)first.data, first.n, &again));
    assert_ok(ctx, pgdp_moments_write(ctx, again, &to_second));
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.data, second.data, first.n);
    check_models(again, "year + state", "aw:w");
    for (size_t n = 0; n < first.n; n += 131) {
        pgdp_moments *none;
        assert_status(ctx, pgdp_moments_read(ctx, "cut", (const unsigned char *)first.data, n, &none), PGDP_PARSE);
    }
    pgdp_moments_free(m);
    pgdp_moments_free(again);
    pgt_buffer_free(&first);
    pgt_buffer_free(&second);
}

static void parts_without_a_common_level_add_up(void **state)
{
    (void)state;
    static const char *const apart[] = { "state^year", "year", "year[n]" };
    for (size_t e = 0; e < COUNT(apart); e++) {
        pgdp_moments *early = make(apart[e], "aw:w", "year < 2003"), *late = make(apart[e], "aw:w", "year >= 2003"),
                     *sum;
        assert_ok(ctx, pgdp_moments_add(ctx, early, late, &sum));
        check_models(sum, apart[e], "aw:w");
        pgdp_moments_free(early);
        pgdp_moments_free(late);
        pgdp_moments_free(sum);
    }
}

static void parts_with_a_common_level_or_other_effects_do_not(void **state)
{
    (void)state;
    pgdp_moments *early = make("year + state", NULL, "year < 2003"), *late = make("year + state", NULL, "year >= 2003"),
                 *other = make("year", NULL, "year >= 2003"), *sum;
    assert_status(ctx, pgdp_moments_add(ctx, early, late, &sum), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "found levels of state that both sets of rows have");
    assert_status(ctx, pgdp_moments_add(ctx, early, other, &sum), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "other effects");
    pgdp_moments_free(early);
    pgdp_moments_free(late);
    pgdp_moments_free(other);
}

static void refuse(const pgdp_moments *m, const pgdp_regression_spec *spec, const char *because)
{
    pgdp_regression *r;
    assert_int_not_equal(pgdp_moments_regress(ctx, m, spec, &r), PGDP_OK);
    assert_contains(pgdp_ctx_error(ctx), because);
}

static void what_needs_other_rows_or_effects_is_refused(void **state)
{
    (void)state;
    pgdp_moments *m = make("state", NULL, NULL), *none;
    const pgdp_moments_spec slopes = { .formula = "y ~ x1 | state[[x2]]" },
                            basis = { .formula = "y ~ poly(x1, 2) | f" };
    refuse(m, &(pgdp_regression_spec){ .formula = "y ~ x1", .vcov = "iid" },
           "found the effects none, but those that the moments were made with are state");
    refuse(m, &(pgdp_regression_spec){ .formula = "y ~ x1 | year", .vcov = "iid" }, "found the effects year");
    refuse(m, &(pgdp_regression_spec){ .formula = "y ~ x1 | state", .vcov = "iid", .subset = "year > 2003" },
           "a subset of rows of which effects were absorbed needs the rows");
    refuse(m, &(pgdp_regression_spec){ .formula = "y ~ x1 | state", .vcov = "cr2(state)" },
           "covariance cr2 with absorbed effects needs the rows");
    refuse(m, &(pgdp_regression_spec){ .formula = "y ~ x1 | state", .vcov = "HC1" }, "needs the rows");
    refuse(m,
           &(pgdp_regression_spec){ .formula = "y ~ x1 + x2 | state",
                                    .vcov = "none",
                                    .method = "gmm",
                                    .settings = (const pgdp_setting[]){ { "weight", "iid" }, { NULL, NULL } } },
           "needs the rows");
    assert_status(ctx, pgt_moments_of_frame(ctx, frame, &slopes, &none), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "slopes alone");
    assert_status(ctx, pgt_moments_of_frame(ctx, frame, &basis, &none), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "poly()");
    pgdp_moments_free(m);
}

static void a_column_that_the_effects_explain_is_left_out_by_name(void **state)
{
    (void)state;
    const pgdp_moments_spec spec = { .formula = "y ~ x1 + I(year / 3) | year + state", .cells = "state" };
    const pgdp_regression_spec model = { .formula = "y ~ x1 + I(year / 3) | state + year", .vcov = "cluster(state)" };
    const char *term, *because;
    pgdp_moments *m;
    pgdp_regression *r;
    assert_ok(ctx, pgt_moments_of_frame(ctx, frame, &spec, &m));
    assert_ok(ctx, pgdp_moments_regress(ctx, m, &model, &r));
    assert_true(pgdp_regression_collinear(r, 0, &term, &because));
    assert_string_equal(term, "I(year/3)");
    assert_string_equal(because, "is zero in every row");
    assert_false(pgdp_regression_collinear(r, 1, &term, &because));
    pgdp_regression_free(r);
    pgdp_moments_free(m);
}

static pgdp_status all_steps(pgdp_ctx *own, void *user)
{
    pgt_buffer bytes = { 0 };
    pgdp_sink sink = pgt_sink(&bytes);
    pgdp_moments *m = NULL, *again = NULL, *sum = NULL;
    pgdp_regression *r = NULL;
    pgdp_frame *small = user;
    const pgdp_moments_spec early = { .formula = "y ~ x1 | state^year", .cells = "year", .subset = "year < 2003" },
                            late = { .formula = "y ~ x1 | state^year", .cells = "year", .subset = "year >= 2003" };
    const pgdp_regression_spec model = { .formula = "y ~ x1 | state^year", .vcov = "cluster(year)" };
    pgdp_status status = pgt_moments_of_frame(own, small, &early, &m);
    if (status == PGDP_OK) status = pgdp_moments_write(own, m, &sink);
    pgdp_moments_free(m);
    if (status == PGDP_OK) status = pgdp_moments_read(own, "bytes", (const unsigned char *)bytes.data, bytes.n, &again);
    m = NULL;
    if (status == PGDP_OK) status = pgt_moments_of_frame(own, small, &late, &m);
    if (status == PGDP_OK) status = pgdp_moments_add(own, again, m, &sum);
    if (status == PGDP_OK) status = pgdp_moments_regress(own, sum, &model, &r);
    pgdp_regression_free(r);
    pgdp_moments_free(again);
    pgdp_moments_free(m);
    pgdp_moments_free(sum);
    pgt_buffer_free(&bytes);
    return status;
}

static void memory_that_fails_is_told_and_none_leaks(void **state)
{
    (void)state;
    pgdp_frame *small = pgt_moments_frame(ctx, 120, 0, 120);
    assert_true(pgt_fail_every_allocation(all_steps, small) > 20);
    pgdp_frame_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_with_effects_are_those_of_the_rows),
        cmocka_unit_test(their_bytes_come_back_to_the_bit),
        cmocka_unit_test(parts_without_a_common_level_add_up),
        cmocka_unit_test(parts_with_a_common_level_or_other_effects_do_not),
        cmocka_unit_test(what_needs_other_rows_or_effects_is_refused),
        cmocka_unit_test(a_column_that_the_effects_explain_is_left_out_by_name),
        cmocka_unit_test(memory_that_fails_is_told_and_none_leaks),
    };
    return cmocka_run_group_tests(tests, open_frame, close_frame);
}
