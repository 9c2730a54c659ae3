/* test_agreement.c  Graders compared: published numbers, definitions, recovery of known error rates, bad tables.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ctx.h"
#include "core/random.h"
#include "pgdp/agreement.h"
#include "tasks/association.h"
#include "tests/support/dataset.h"

/* Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: four observers, twelve units. */
static const char *const krippendorff[4] = { "1 2 3 3 2 1 4 1 2 * * *", "1 2 3 3 2 2 4 1 2 5 * 3",
                                             "* 3 3 3 2 3 4 2 2 5 1 *", "1 2 3 3 2 4 4 1 2 5 1 *" };

typedef struct world {
    pgdp_ctx *ctx;
    pgdp_frame *grades;
    pgdp_agreement *agreement;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    w->ctx = pgdp_ctx_new(NULL);
    *state = w;
    return w->ctx == NULL;
}

static int tear_down(void **state)
{
    world *w = *state;
    pgdp_agreement_free(w->agreement);
    pgdp_frame_free(w->grades);
    pgdp_ctx_free(w->ctx);
    free(w);
    return 0;
}

static pgdp_status new_grades(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const char *const names[3] = { "task", "grader", "grade" };
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t c = 0; c < 3; c++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &(pgdp_column){ .name = names[c], .type = PGDP_TEXT }, NULL));
    return PGDP_OK;
}

static pgdp_status add_grade(pgdp_ctx *ctx, pgdp_frame *f, size_t task, size_t grader, const char *grade)
{
    char name[32];
    PG_TRY(pgdp_frame_add_row(ctx, f));
    (void)snprintf(name, sizeof name, "t%zu", task);
    PG_TRY(pgdp_frame_set_text(ctx, f, 0, name, PGDP_NONE));
    (void)snprintf(name, sizeof name, "g%zu", grader);
    PG_TRY(pgdp_frame_set_text(ctx, f, 1, name, PGDP_NONE));
    return pgdp_frame_set_text(ctx, f, 2, grade, PGDP_NONE);
}

/* Rows of one character a task; '*': not graded. */
static pgdp_status fill_grades(pgdp_ctx *ctx, pgdp_frame *f, const char *const *rows, size_t n_graders)
{
    for (size_t g = 0; g < n_graders; g++)
        for (size_t i = 0; rows[g][2 * i] != '\0'; i++) {
            const char grade[2] = { rows[g][2 * i], '\0' };
            if (grade[0] != '*') PG_TRY(add_grade(ctx, f, i, g, grade));
            if (rows[g][2 * i + 1] == '\0') break;
        }
    return PGDP_OK;
}

static void use(world *w, const char *const *rows, size_t n_graders)
{
    pgdp_frame_free(w->grades);
    assert_ok(w->ctx, new_grades(w->ctx, &w->grades));
    assert_ok(w->ctx, fill_grades(w->ctx, w->grades, rows, n_graders));
}

static pgdp_agreement_request request_of(pgdp_scale scale, size_t n_draws)
{
    return (pgdp_agreement_request){
        .task = "task", .grader = "grader", .grade = "grade", .scale = scale, .n_draws = n_draws, .seed = 7
    };
}

static void compare(world *w, const pgdp_agreement_request *request)
{
    pgdp_agreement_free(w->agreement);
    w->agreement = NULL;
    assert_ok(w->ctx, pgdp_agreement_new(w->ctx, w->grades, request, &w->agreement));
}

static double measure(const world *w, const char *name, const char *column)
{
    const pgdp_frame *f = pgdp_agreement_measures(w->agreement);
    for (size_t i = 0; i < pgdp_frame_n_rows(f); i++)
        if (strcmp(pgt_cell(f, "measure", i), name) == 0) return pgt_real(f, column, i);
    fail_msg("no measure %s", name);
    return 0;
}

/* The three alphas are Krippendorff's own; the rest is what irrCAC gives for the same table (Gwet 2014, table 2.10). */
static void published_table_gives_published_numbers(void **state)
{
    world *w = *state;
    pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    use(w, krippendorff, 4);
    compare(w, &q);
    assert_close(measure(w, "krippendorff_alpha", "estimate"), 0.743, 0, 0.0005);
    assert_close(measure(w, "agreement", "estimate"), 0.8181818, 0, 5e-8);
    assert_close(measure(w, "fleiss_kappa", "estimate"), 0.76117, 0, 5e-6);
    assert_close(measure(w, "gwet_ac", "estimate"), 0.77544, 0, 5e-6);
    assert_true(isnan(measure(w, "gwet_ac", "conf_low")));
    q.scale = PGDP_ORDINAL;
    compare(w, &q);
    assert_close(measure(w, "krippendorff_alpha", "estimate"), 0.815, 0, 0.0005);
    q.scale = PGDP_INTERVAL;
    compare(w, &q);
    assert_close(measure(w, "krippendorff_alpha", "estimate"), 0.849, 0, 0.0005);
}

/* 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement .70, chance .50, kappa .40. */
static void kappa_of_two_graders_is_cohens(void **state)
{
    world *w = *state;
    static const char *const grade[2] = { "no", "yes" };
    static const size_t counts[4] = { 15, 5, 10, 20 }; /* by a + 2 b */
    assert_ok(w->ctx, new_grades(w->ctx, &w->grades));
    for (size_t cell = 0, task = 0; cell < 4; cell++)
        for (size_t i = 0; i < counts[cell]; i++, task++) {
            assert_ok(w->ctx, add_grade(w->ctx, w->grades, task, 0, grade[cell % 2]));
            assert_ok(w->ctx, add_grade(w->ctx, w->grades, task, 1, grade[cell / 2]));
        }
    const pgdp_agreement_request q = request_of(PGDP_NOMINAL, 200);
    compare(w, &q);
    const pgdp_frame *pairs = pgdp_agreement_pairs(w->agreement);
    assert_close(pgt_real(pairs, "agreement", 0), 0.7, 1e-14, 0);
    assert_close(pgt_real(pairs, "kappa", 0), 0.4, 1e-14, 0);
    assert_true(pgt_real(pairs, "kappa_low", 0) < 0.4 && pgt_real(pairs, "kappa_high", 0) > 0.4);
    assert_close(measure(w, "light_kappa", "estimate"), 0.4, 1e-14, 0);
}

/* The other code for two measures gives the same. */
static void pairs_equal_the_measures_of_two_columns(void **state)
{
    world *w = *state;
    enum { N = 60 };
    double a[N], b[N];
    pg_association want;
    pg_random random = pg_random_stream(3, "pairs", 0);
    assert_ok(w->ctx, new_grades(w->ctx, &w->grades));
    for (size_t i = 0; i < N; i++) {
        a[i] = (double)pg_random_index(&random, 5);
        b[i] = pg_random_index(&random, 2) == 0 ? a[i] : (double)pg_random_index(&random, 5);
        assert_ok(w->ctx, add_grade(w->ctx, w->grades, i, 0, (const char[2]){ (char)('0' + (int)a[i]), '\0' }));
        assert_ok(w->ctx, add_grade(w->ctx, w->grades, i, 1, (const char[2]){ (char)('0' + (int)b[i]), '\0' }));
    }
    const pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    compare(w, &q);
    assert_ok(w->ctx, pg_associate(w->ctx, a, b, N, &want));
    const pgdp_frame *pairs = pgdp_agreement_pairs(w->agreement);
    assert_close(pgt_real(pairs, "agreement", 0), want.agreement, 1e-14, 0);
    assert_close(pgt_real(pairs, "kappa", 0), want.kappa, 1e-13, 0);
    assert_close(pgt_real(pairs, "pearson", 0), want.pearson, 1e-13, 0);
    assert_close(pgt_real(pairs, "spearman", 0), want.spearman, 1e-13, 0);
    assert_close(pgt_real(pairs, "kendall", 0), want.kendall, 1e-13, 0);
}

enum { N_TASKS = 3000, N_GRADERS = 5, N_LEVELS = 3 };
static const double prior[N_LEVELS] = { 0.6, 0.3, 0.1 };

/* Probability that grader g gives l when the truth is k: better graders come later, the first leans to level 0. */
static double error_rate(size_t g, size_t k, size_t l)
{
    const double right = g == 0 ? 0.55 : 0.6 + 0.08 * (double)g;
    if (k == l) return right;
    const size_t lower = k == 0 ? 1 : 0;
    const double share = g == 0 ? 0.9 : 0.5;
    return (1 - right) * (l == lower ? share : 1 - share);
}

static size_t draw_level(pg_random *random, const double *p)
{
    double u = pg_random_uniform(random);
    for (size_t k = 0; k + 1 < N_LEVELS; k++) {
        if (u < p[k]) return k;
        u -= p[k];
    }
    return N_LEVELS - 1;
}

/* A fifth of the grades is missing. */
static void draw_grades(world *w, size_t *truth)
{
    pg_random random = pg_random_stream(11, "latent", 0);
    assert_ok(w->ctx, new_grades(w->ctx, &w->grades));
    for (size_t i = 0; i < N_TASKS; i++) {
        truth[i] = draw_level(&random, prior);
        for (size_t g = 0; g < N_GRADERS; g++) {
            double p[N_LEVELS];
            for (size_t l = 0; l < N_LEVELS; l++)
                p[l] = error_rate(g, truth[i], l);
            const size_t given = draw_level(&random, p);
            if (pg_random_index(&random, 5) == 0) continue;
            assert_ok(w->ctx, add_grade(w->ctx, w->grades, i, g, (const char[2]){ (char)('0' + (int)given), '\0' }));
        }
    }
}

/* Three standard errors of a share of 240 tasks (the rarest level, a fifth missing) are .1. */
static void known_error_rates_are_recovered(void **state)
{
    world *w = *state;
    static size_t truth[N_TASKS];
    draw_grades(w, truth);
    const pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    compare(w, &q);
    const pgdp_frame *confusion = pgdp_agreement_confusion(w->agreement);
    assert_int_equal(pgdp_frame_n_rows(confusion), N_GRADERS * N_LEVELS * N_LEVELS);
    for (size_t i = 0; i < pgdp_frame_n_rows(confusion); i++) {
        const size_t g = (size_t)(pgt_cell(confusion, "grader", i)[1] - '0');
        const size_t k = (size_t)(pgt_cell(confusion, "truth", i)[0] - '0');
        const size_t l = (size_t)(pgt_cell(confusion, "given", i)[0] - '0');
        assert_close(pgt_real(confusion, "probability", i), error_rate(g, k, l), 0, 0.1);
    }
}

/* Posterior probabilities are right as often as they say, and their label beats the majority vote. */
static void labels_are_right_as_often_as_they_say(void **state)
{
    world *w = *state;
    static size_t truth[N_TASKS];
    double said = 0, right = 0, majority = 0;
    draw_grades(w, truth);
    const pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    compare(w, &q);
    const pgdp_frame *labels = pgdp_agreement_labels(w->agreement);
    for (size_t i = 0; i < pgdp_frame_n_rows(labels); i++) {
        const size_t task = (size_t)strtoul(pgt_cell(labels, "task", i) + 1, NULL, 10);
        const char *label = pgt_cell(labels, "label", i), *most = pgt_cell(labels, "majority", i);
        const double p[N_LEVELS] = { pgt_real(labels, "p_0", i), pgt_real(labels, "p_1", i),
                                     pgt_real(labels, "p_2", i) };
        assert_close(p[0] + p[1] + p[2], 1, 1e-12, 0);
        said += p[label[0] - '0'];
        right += (size_t)(label[0] - '0') == truth[task] ? 1 : 0;
        majority += (size_t)(most[0] - '0') == truth[task] ? 1 : 0;
    }
    const double n = (double)pgdp_frame_n_rows(labels);
    assert_close(right / n, said / n, 0, 3 * sqrt(0.1 * 0.9 / n));
    assert_true(right > majority + 0.02 * n);
}

/* Samples of 80 tasks from a known model: alpha of many tasks lies in 95 % of the intervals, within sampling error. */
static void intervals_hold_the_truth_as_often_as_they_claim(void **state)
{
    world *w = *state;
    enum { SAMPLES = 200, TASKS = 80 };
    static size_t truth[N_TASKS];
    double held = 0;
    draw_grades(w, truth);
    pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    compare(w, &q);
    const double want = measure(w, "gwet_ac", "estimate");
    q.n_draws = 200;
    for (size_t s = 0; s < SAMPLES; s++) {
        pg_random random = pg_random_stream(13, "coverage", (uint32_t)s);
        pgdp_frame_free(w->grades);
        assert_ok(w->ctx, new_grades(w->ctx, &w->grades));
        for (size_t i = 0; i < TASKS; i++) {
            const size_t is = draw_level(&random, prior);
            for (size_t g = 0; g < N_GRADERS; g++) {
                double p[N_LEVELS];
                for (size_t l = 0; l < N_LEVELS; l++)
                    p[l] = error_rate(g, is, l);
                const char grade[2] = { (char)('0' + (int)draw_level(&random, p)), '\0' };
                assert_ok(w->ctx, add_grade(w->ctx, w->grades, i, g, grade));
            }
        }
        compare(w, &q);
        held += measure(w, "gwet_ac", "conf_low") <= want && want <= measure(w, "gwet_ac", "conf_high") ? 1 : 0;
    }
    assert_true(held / SAMPLES > 0.89 && held / SAMPLES <= 0.99);
}

static void threads_do_not_change_a_bit(void **state)
{
    world *w = *state;
    double low[3];
    use(w, krippendorff, 4);
    const pgdp_agreement_request q = request_of(PGDP_ORDINAL, 64);
    for (size_t t = 0; t < 3; t++) {
        pgdp_ctx_set_threads(w->ctx, (size_t)1 << t);
        compare(w, &q);
        low[t] = measure(w, "krippendorff_alpha", "conf_low");
    }
    assert_true(low[0] == low[1] && low[0] == low[2]);
}

static void refuse(world *w, const pgdp_agreement_request *q, pgdp_status status, const char *part)
{
    assert_status(w->ctx, pgdp_agreement_new(w->ctx, w->grades, q, &w->agreement), status);
    assert_contains(pgdp_ctx_error(w->ctx), part);
    assert_null(w->agreement);
}

static void bad_tables_are_refused_by_row_and_column(void **state)
{
    world *w = *state;
    static const char *const rubric[] = { "1", "2", "3", "4", NULL };
    pgdp_agreement_request q = request_of(PGDP_NOMINAL, 0);
    use(w, krippendorff, 4);
    q.levels = rubric;
    refuse(w, &q, PGDP_PARSE, "row 19, column grade: found \"5\", expected a level of the rubric");
    q.levels = NULL;
    q.grade = "mark";
    refuse(w, &q, PGDP_NOT_FOUND, "found no column mark");
    q.grade = "grade";
    assert_ok(w->ctx, add_grade(w->ctx, w->grades, 3, 2, "1"));
    refuse(w, &q, PGDP_PARSE, "found a second grade of g2 for task t3");
    use(w, krippendorff, 1);
    refuse(w, &q, PGDP_TOO_FEW_OBS, "no task with grades of two graders");
    q.conf_level = 1;
    refuse(w, &q, PGDP_BAD_ARGUMENT, "confidence level");
}

static pgdp_status without_memory(pgdp_ctx *ctx, void *user)
{
    pgdp_frame *grades = NULL;
    pgdp_agreement *agreement = NULL;
    const pgdp_agreement_request *q = user;
    pgdp_status status = new_grades(ctx, &grades);
    if (status == PGDP_OK) status = fill_grades(ctx, grades, krippendorff, 4);
    if (status == PGDP_OK) status = pgdp_agreement_new(ctx, grades, q, &agreement);
    pgdp_agreement_free(agreement);
    pgdp_frame_free(grades);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    pgdp_agreement_request q = request_of(PGDP_INTERVAL, 2);
    (void)pgt_fail_every_allocation(without_memory, &q);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(published_table_gives_published_numbers),
        TEST(kappa_of_two_graders_is_cohens),
        TEST(pairs_equal_the_measures_of_two_columns),
        TEST(known_error_rates_are_recovered),
        TEST(labels_are_right_as_often_as_they_say),
        TEST(intervals_hold_the_truth_as_often_as_they_claim),
        TEST(threads_do_not_change_a_bit),
        TEST(bad_tables_are_refused_by_row_and_column),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
