/* test_text.c  What statements forecast: TF-IDF and ridge by hand, nothing learnt from what is held out, what it is
 * worth. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/random.h"
#include "tasks/statements.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgt_world world;
    pgdp_frame *statements;
    pgdp_task_list *list; /* with the statements */
} fixture;

/* What a task of some grade says: the fold is the one it is forecast in. */
typedef void (*says)(size_t task, int grade, size_t fold, char *out, size_t size);

static const char *const text[] = { "statement", NULL };

static pgdp_scoring_request request_with_text(void)
{
    pgdp_scoring_request request = *pgt_world_request();
    request.text = text;
    return request;
}

/* A word of eight letters, another one for every number. */
static void word_of(size_t number, char *out)
{
    pg_random random = pg_random_stream(3, "word", (uint32_t)number);
    for (size_t i = 0; i < 8; i++)
        out[i] = (char)('a' + (int)pg_random_index(&random, 26));
    out[8] = '\0';
}

/* Two in three statements name the grade; all have three words that mean nothing. */
static void say_grade(size_t task, int grade, size_t fold, char *out, size_t size)
{
    pg_random random = pg_random_stream(5, "say", (uint32_t)task);
    char words[4][9];
    (void)fold;
    for (size_t w = 0; w < 3; w++)
        word_of(100 + pg_random_index(&random, 40), words[w]);
    word_of(pg_random_index(&random, 3) > 0 && grade >= 0 ? (size_t)grade : 99, words[3]);
    (void)snprintf(out, size, "%s %s, %s %s.", words[0], words[3], words[1], words[2]);
}

/* A word for every grade, but in every fold another one. */
static void say_grade_of_fold(size_t task, int grade, size_t fold, char *out, size_t size)
{
    char word[9];
    (void)task;
    word_of(1000 + 10 * fold + (size_t)(grade + 1), word);
    (void)snprintf(out, size, "%s", word);
}

static void add_statements(fixture *f, says say)
{
    static const pgdp_column columns[] = { { .name = "Task ID", .type = PGDP_REAL },
                                           { .name = "Task", .type = PGDP_TEXT } };
    pgdp_ctx *ctx = f->world.ctx;
    pgdp_task_list *bare;
    assert_ok(ctx, pgdp_task_list_new(ctx, &f->world.inputs, PGDP_WEIGHT_EQUAL, &bare));
    const size_t n = pgdp_task_list_n_tasks(bare);
    int *grades = pg_arena_alloc(&ctx->scratch, n, sizeof *grades);
    pgdp_scoring scoring = { .list = bare, .request = *pgt_world_request() };
    pg_validation folds = { .s = &scoring, .n_folds = scoring.request.n_folds };
    assert_ok(ctx, pg_list_grades(ctx, bare, "grade", scoring.request.levels, grades));
    assert_ok(ctx, pg_folds_assign(ctx, &ctx->scratch, scoring.request.seed, &folds));
    assert_ok(ctx, pgdp_frame_new(ctx, &f->statements));
    for (size_t j = 0; j < 2; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, f->statements, &columns[j], NULL));
    for (size_t i = n; i-- > 0;) {
        char words[64];
        if (i % 31 == 7) continue; /* without a statement */
        say(i, grades[i], folds.fold[i], words, sizeof words);
        assert_ok(ctx, pgdp_frame_add_row(ctx, f->statements));
        pgdp_frame_set_real(f->statements, 0, bare->task_id[i]);
        assert_ok(ctx, pgdp_frame_set_text(ctx, f->statements, 1, words, PGDP_NONE));
    }
    pgdp_task_list_free(bare);
}

static void open_world(fixture *f, says say)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_world_new(ctx, 13, 19, false, &f->world);
    add_statements(f, say);
    f->world.inputs.statements = f->statements;
    assert_ok(ctx, pgdp_task_list_new(ctx, &f->world.inputs, PGDP_WEIGHT_EQUAL, &f->list));
}

static void close_world(fixture *f)
{
    pgdp_ctx *ctx = f->world.ctx;
    pgdp_task_list_free(f->list);
    pgdp_frame_free(f->statements);
    pgt_world_free(&f->world);
    pgdp_ctx_free(ctx);
}

static const char *const corpus[] = { "plan the work", "plan work, plan rest", "lift the load", "the rest",
                                      "rest",          "load the plan" };
enum { LEARNT = 5, CORPUS = 6 };

/* Rows of TF-IDF of length 1, dense, by the definition. tf: [CORPUS x PG_HASHED] by rows. */
static void dense_rows(const pg_hashed *cells, double *tf)
{
    for (size_t i = 0; i < CORPUS; i++)
        for (size_t k = cells->first[i]; k < cells->first[i + 1]; k++)
            tf[i * PG_HASHED + cells->column[k]] = (double)cells->value[k];
    for (size_t j = 0; j < PG_HASHED; j++) {
        double rows = 0;
        for (size_t i = 0; i < CORPUS; i++) {
            bool here = false;
            for (size_t k = cells->first[i]; k < cells->first[i + 1]; k++)
                here = here || cells->column[k] == j;
            rows += here && i < LEARNT ? 1 : 0;
        }
        for (size_t i = 0; i < CORPUS; i++)
            tf[i * PG_HASHED + j] *= log((1 + (double)LEARNT) / (1 + rows)) + 1;
    }
    for (size_t i = 0; i < CORPUS; i++) {
        double squares = 0;
        for (size_t j = 0; j < PG_HASHED; j++)
            squares += tf[i * PG_HASHED + j] * tf[i * PG_HASHED + j];
        for (size_t j = 0; j < PG_HASHED; j++)
            tf[i * PG_HASHED + j] /= sqrt(squares);
    }
}

static double product(const double *tf, size_t a, size_t b)
{
    double sum = 0;
    for (size_t j = 0; j < PG_HASHED; j++)
        sum += tf[a * PG_HASHED + j] * tf[b * PG_HASHED + j];
    return sum;
}

/* The dual: forecast = mean + k' (K + I)^-1 (y - mean), by elimination. */
static void ridge_is_that_of_the_dense_dual(void **state)
{
    static const size_t rows[LEARNT] = { 0, 1, 2, 3, 4 };
    static const double y[LEARNT] = { 3.25, 2.5, 0.125, 1.75, 4.5 }, mean = 2.425;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    double *tf = pg_arena_alloc(&ctx->scratch, (size_t)CORPUS * PG_HASHED, sizeof *tf), m[LEARNT][LEARNT + 1];
    pg_hashed cells;
    pg_text_ridge ridge;
    (void)state;
    assert_ok(ctx, pg_hash_texts(ctx, &ctx->scratch, corpus, CORPUS, &cells));
    assert_ok(ctx, pg_text_ridge_learn(ctx, &cells, rows, y, LEARNT, &ridge));
    dense_rows(&cells, tf);
    for (size_t i = 0; i < LEARNT; i++) {
        for (size_t k = 0; k < LEARNT; k++)
            m[i][k] = product(tf, i, k) + (i == k ? 1 : 0);
        m[i][LEARNT] = y[i] - mean;
    }
    for (size_t c = 0; c < LEARNT; c++)
        for (size_t i = 0; i < LEARNT; i++) {
            const double times = i == c ? 0 : m[i][c] / m[c][c];
            for (size_t k = 0; k <= LEARNT; k++)
                m[i][k] -= times * m[c][k];
        }
    for (size_t i = 0; i < CORPUS; i++) {
        double want = mean;
        for (size_t k = 0; k < LEARNT; k++)
            want += product(tf, i, k) * m[k][LEARNT] / m[k][k];
        assert_close(pg_text_ridge_forecast(&ridge, &cells, i), want, 1e-4, 0); /* TOLERANCE of the solution */
    }
    pgdp_ctx_free(ctx);
}

static pgdp_status learn_corpus(pgdp_ctx *ctx, void *user)
{
    static const size_t rows[] = { 0, 1, 3 };
    static const double y[] = { 1, 2.5, 0.25 };
    pg_hashed cells;
    pg_text_ridge ridge;
    (void)user;
    PG_TRY(pg_hash_texts(ctx, &ctx->scratch, corpus, CORPUS, &cells));
    return pg_text_ridge_learn(ctx, &cells, rows, y, 3, &ridge);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(learn_corpus, NULL) >= 5);
}

/* Texts of all tasks; those held out say something else. Rows of statements run from the last task to the first. */
static void texts_of(const fixture *f, const bool *held, const char **out)
{
    for (size_t i = 0, row = pgdp_frame_n_rows(f->statements); i < f->list->n_tasks; i++) {
        if (i % 31 == 7) continue;
        out[i] = held[i] ? "unheard-of words, everywhere" : pgdp_frame_text(f->statements, 1, row - 1);
        row--;
    }
}

static void compare_held_out(const fixture *f, pgdp_scoring *s, pg_regime regime)
{
    pgdp_ctx *ctx = f->world.ctx;
    const size_t n = f->list->n_tasks;
    pg_arena *a = &s->arena;
    int *grades = pg_arena_alloc(a, n, sizeof *grades), *flipped = pg_arena_alloc(a, n, sizeof *flipped);
    bool *held = pg_arena_alloc(a, n, sizeof *held);
    double *was = pg_arena_alloc(a, n, sizeof *was), *now = pg_arena_alloc(a, n, sizeof *now);
    const char **texts = pg_arena_alloc(a, n, sizeof *texts);
    assert_ok(ctx, pg_list_grades(ctx, f->list, "grade", s->request.levels, grades));
    for (size_t i = 0; i < n; i++) {
        held[i] = f->list->occupation[i] % 3 == 1;
        flipped[i] = held[i] && grades[i] >= 0 ? 3 - grades[i] : grades[i];
    }
    assert_ok(ctx, pg_text_forecast(ctx, s, &(pg_lesson){ grades, 4, held, regime }, was));
    assert_ok(ctx, pg_text_forecast(ctx, s, &(pg_lesson){ flipped, 4, held, regime }, now));
    assert_memory_equal(was, now, n * sizeof *was);
    texts_of(f, held, texts);
    assert_ok(ctx, pg_hash_texts(ctx, a, texts, n, &s->statements->cells));
    assert_ok(ctx, pg_text_forecast(ctx, s, &(pg_lesson){ grades, 4, held, regime }, now));
    for (size_t i = 0; i < n; i++)
        assert_true(held[i] || (isnan(was[i]) && isnan(now[i])) || was[i] == now[i]);
}

/* Other grades of the tasks held out change no forecast; other statements of theirs none of any other task. */
static void held_out_tasks_teach_nothing(void **state)
{
    fixture f;
    (void)state;
    open_world(&f, say_grade);
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        pgdp_scoring s = { .list = f.list, .request = request_with_text() };
        pg_arena_init(&s.arena, &f.world.ctx->allocator);
        assert_ok(f.world.ctx, pg_statements_read(f.world.ctx, &s));
        compare_held_out(&f, &s, (pg_regime)r);
        pg_arena_free(&s.arena);
    }
    close_world(&f);
}

typedef struct measured {
    double log_loss, auc;
} measured;

static measured measure(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_scoring_request *request)
{
    pgdp_scoring *scoring;
    assert_ok(ctx, pgdp_scoring_new(ctx, list, request, &scoring));
    const pgdp_frame *c = pgdp_scoring_comparison(scoring);
    const size_t row = pgt_row_with(c, "model", "regression");
    const measured out = { pgt_real_at(c, "log_loss", row), pgt_real_at(c, "auc", row) };
    if (request->text != NULL)
        assert_true(pgt_real_at(pgdp_scoring_importance(scoring), "log_loss_added",
                                pgt_row_with(pgdp_scoring_importance(scoring), "group", "text")) > -1);
    pgdp_scoring_free(scoring);
    return out;
}

static void text_that_names_the_grade_raises_auc(void **state)
{
    fixture f;
    (void)state;
    open_world(&f, say_grade);
    const pgdp_scoring_request request = request_with_text();
    const measured without = measure(f.world.ctx, f.list, pgt_world_request());
    const measured with = measure(f.world.ctx, f.list, &request);
    print_message("log loss %.3f without, %.3f with; AUC %.3f, %.3f\n", without.log_loss, with.log_loss, without.auc,
                  with.auc);
    assert_true(with.auc > without.auc + 0.05);
    assert_true(with.log_loss < without.log_loss - 0.1);
    close_world(&f);
}

/* Each fold says its grades in words of its own: within the training folds they tell all, in the one held out nothing.
 * A forecast that had seen the fold's words beside its grades would be perfect. */
static void words_of_one_fold_do_not_help_to_forecast_it(void **state)
{
    fixture f;
    (void)state;
    open_world(&f, say_grade_of_fold);
    const pgdp_scoring_request request = request_with_text();
    const measured without = measure(f.world.ctx, f.list, pgt_world_request());
    const measured with = measure(f.world.ctx, f.list, &request);
    print_message("log loss %.3f without, %.3f with; AUC %.3f, %.3f\n", without.log_loss, with.log_loss, without.auc,
                  with.auc);
    assert_true(with.auc <= without.auc + 0.01);
    assert_true(with.log_loss >= without.log_loss - 0.01);
    close_world(&f);
}

static void threads_change_no_bit(void **state)
{
    fixture f;
    pgdp_scoring *one, *three;
    (void)state;
    open_world(&f, say_grade);
    const pgdp_scoring_request request = request_with_text();
    assert_ok(f.world.ctx, pgdp_scoring_new(f.world.ctx, f.list, &request, &one));
    pgdp_ctx_set_threads(f.world.ctx, 3);
    assert_ok(f.world.ctx, pgdp_scoring_new(f.world.ctx, f.list, &request, &three));
    pgt_assert_same_scoring(three, one);
    pgdp_scoring_free(one);
    pgdp_scoring_free(three);
    close_world(&f);
}

static void refuse(fixture *f, const char *column, pgdp_status want, const char *words)
{
    const char *const columns[] = { column, NULL };
    pgdp_scoring_request request = *pgt_world_request();
    pgdp_scoring *scoring = NULL;
    request.text = columns;
    assert_status(f->world.ctx, pgdp_scoring_new(f->world.ctx, f->list, &request, &scoring), want);
    assert_contains(pgdp_ctx_error(f->world.ctx), words);
}

static void texts_that_cannot_be_found_are_told(void **state)
{
    fixture f;
    (void)state;
    open_world(&f, say_grade);
    pgdp_ctx *ctx = f.world.ctx;
    const pgdp_frame *given = f.list->inputs.statements;
    refuse(&f, "remark", PGDP_NOT_FOUND, "statements: found no column \"remark\"");
    f.list->inputs.statements = NULL;
    refuse(&f, "statement", PGDP_NOT_FOUND, "no table of statements");
    f.list->inputs.statements = given;
    assert_ok(ctx, pgdp_frame_add_row(ctx, f.statements));
    refuse(&f, "statement", PGDP_SHAPE_MISMATCH, "found no task_id in data row");
    pgdp_frame_set_real(f.statements, 0, f.list->task_id[4]);
    refuse(&f, "statement", PGDP_SHAPE_MISMATCH, "twice");
    close_world(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ridge_is_that_of_the_dense_dual),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
        cmocka_unit_test(held_out_tasks_teach_nothing),
        cmocka_unit_test(text_that_names_the_grade_raises_auc),
        cmocka_unit_test(words_of_one_fold_do_not_help_to_forecast_it),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(texts_that_cannot_be_found_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
