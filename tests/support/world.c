/* world.c  A small world of tasks for tests, and the shipped one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/frame.h"
#include "core/random.h"
#include "pgdp/ingest.h"
#include "tests/support/support.h"

enum { N_ACTIVITIES = 12 };

static pgdp_frame *new_frame(pgdp_ctx *ctx, const char *texts, const char *reals)
{
    pgdp_frame *frame;
    char names[256];
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (int kind = 0; kind < 2; kind++) {
        assert_true((size_t)snprintf(names, sizeof names, "%s", kind == 0 ? texts : reals) < sizeof names);
        char *rest = names;
        for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;) {
            const pgdp_column column = { .name = name, .type = kind == 0 ? PGDP_TEXT : PGDP_REAL };
            assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &column, NULL));
        }
    }
    return frame;
}

static void set_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text)
{
    assert_ok(ctx, pgdp_frame_set_text(ctx, frame, column, text, PGDP_NONE));
}

/* "11-1001" for occupation 0; 2 and 3 share one code. */
static void soc_of(size_t occupation, char *out, size_t size)
{
    const size_t group = occupation / 4;
    const size_t code = occupation == 3 ? 2 : occupation;
    (void)snprintf(out, size, "%02zu-%zu%03zu", 11 + 2 * group, 1 + code % 2, 10 * (code % 4) + code);
}

static void onet_of(size_t occupation, char *out, size_t size)
{
    char soc[72];
    soc_of(occupation, soc, sizeof soc);
    (void)snprintf(out, size, "%s.0%d", soc, occupation == 3 ? 1 : 0);
}

static void add_occupation(pgdp_ctx *ctx, pgt_world *w, size_t o)
{
    char onet[80], soc[72];
    onet_of(o, onet, sizeof onet);
    soc_of(o, soc, sizeof soc);
    pg_random random = pg_random_stream(11, "occupation", (uint32_t)o);
    assert_ok(ctx, pgdp_frame_add_row(ctx, w->occupations));
    set_text(ctx, w->occupations, 0, onet);
    set_text(ctx, w->occupations, 1, onet);
    set_text(ctx, w->occupations, 2, soc);
    pgdp_frame_set_real(w->occupations, 3, (double)(1 + o % 5));
    pgdp_frame_set_real(w->occupations, 4, 1 + 3.7 * pg_random_uniform(&random));
    if (o % 6 != 4) pgdp_frame_set_real(w->occupations, 5, pg_random_normal(&random));
}

static void add_links(pgdp_ctx *ctx, pgt_world *w, const char *onet, double id, size_t task, size_t activity)
{
    char dwa[64];
    for (size_t l = 0; l < (task % 8 == 1 ? 3U : task % 4 == 1 ? 2U : 1U); l++) {
        (void)snprintf(dwa, sizeof dwa, "D%02zu", l == 0 ? activity : (activity + 5 * l) % (N_ACTIVITIES - 1));
        assert_ok(ctx, pgdp_frame_add_row(ctx, w->links));
        set_text(ctx, w->links, 0, onet);
        set_text(ctx, w->links, 1, dwa);
        pgdp_frame_set_real(w->links, 2, id);
    }
}

static void add_task(pgdp_ctx *ctx, pgt_world *w, size_t o, size_t t)
{
    static const char *const grades[] = { "a", "b", "c", "d" }, *const types[] = { "Core", "Supplemental", NULL };
    char onet[80];
    onet_of(o, onet, sizeof onet);
    pg_random random = pg_random_stream(12, onet, (uint32_t)t);
    const size_t activity = pg_random_index(&random, N_ACTIVITIES);
    const double clear = activity == N_ACTIVITIES - 1 ? 4 : 0; /* one activity that all labels call done */
    const double latent =
        clear + 0.45 * (double)activity - 2.4 + 0.5 * (double)(o % 5) - 1 + 1.3 * pg_random_normal(&random);
    const size_t grade = latent < -1.1 ? 0 : latent < 0.2 ? 1 : latent < 1.7 ? 2 : 3;
    const double id = 1000 + 17 * (double)t + (double)o;
    assert_ok(ctx, pgdp_frame_add_row(ctx, w->tasks));
    set_text(ctx, w->tasks, 0, onet);
    set_text(ctx, w->tasks, 1, types[(o + t) % 3]);
    if (pg_random_index(&random, 10) > 0) set_text(ctx, w->tasks, 2, grades[grade]);
    set_text(ctx, w->tasks, 3, grade > 1 ? "E1" : grade == 1 && t % 2 == 0 ? "E2" : "E0");
    set_text(ctx, w->tasks, 4, t % 3 == 0 ? "E0" : "E2");
    pgdp_frame_set_real(w->tasks, 5, id);
    if (t % 7 == 3) return;
    pgdp_frame_set_real(w->tasks, 6, 2.1 + 2.6 * pg_random_uniform(&random));
    pgdp_frame_set_real(w->tasks, 7, 40 + 57 * pg_random_uniform(&random));
    pgdp_frame_set_real(w->tasks, 8, exp(2 * pg_random_normal(&random)));
}

static void add_links_of_task(pgdp_ctx *ctx, pgt_world *w, size_t o, size_t t)
{
    char onet[80];
    onet_of(o, onet, sizeof onet);
    pg_random random = pg_random_stream(12, onet, (uint32_t)t);
    const size_t activity = pg_random_index(&random, N_ACTIVITIES);
    if (t % 9 != 5) add_links(ctx, w, onet, 1000 + 17 * (double)t + (double)o, t, activity);
}

static void add_activity(pgdp_ctx *ctx, pgt_world *w, size_t a)
{
    char id[64], title[96];
    const size_t numbers[] = { a, a / 3, a / 6 };
    assert_ok(ctx, pgdp_frame_add_row(ctx, w->activities));
    for (size_t level = 0; level < 3; level++) {
        (void)snprintf(id, sizeof id, "%c%02zu", "DIG"[level], numbers[level]);
        (void)snprintf(title, sizeof title, "Title of %s", id);
        set_text(ctx, w->activities, 2 * level, id);
        set_text(ctx, w->activities, 2 * level + 1, title);
    }
}

static void add_wage(pgdp_ctx *ctx, pgt_world *w, const char *soc, const char *level, double number)
{
    assert_ok(ctx, pgdp_frame_add_row(ctx, w->wages));
    set_text(ctx, w->wages, 0, soc);
    set_text(ctx, w->wages, 1, soc);
    set_text(ctx, w->wages, 2, level);
    pgdp_frame_set_real(w->wages, 3, 2024);
    pgdp_frame_set_real(w->wages, 4, 10 * floor(1234.7 + 977.3 * number));
    if ((int)number % 4 != 1) pgdp_frame_set_real(w->wages, 5, 10 * floor(3111.3 + 471.9 * number));
    if ((int)number % 4 != 2) pgdp_frame_set_real(w->wages, 6, floor(100 * (14.57 + 2.83 * number)) / 100);
}

static void add_wages_of(pgdp_ctx *ctx, pgt_world *w, size_t o)
{
    char soc[72];
    soc_of(o, soc, sizeof soc);
    if (o == 3 || o == 7) return;
    if (o == 5) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, w->combined));
        set_text(ctx, w->combined, 0, "77-7770");
        set_text(ctx, w->combined, 1, soc);
        add_wage(ctx, w, "77-7770", "detailed", 5);
        add_wage(ctx, w, "77-7770", "broad", 5);
        return;
    }
    add_wage(ctx, w, soc, "detailed", (double)o);
}

static size_t at(size_t i, size_t n, bool reversed)
{
    return reversed ? n - 1 - i : i;
}

void pgt_world_new(pgdp_ctx *ctx, size_t n_occupations, size_t n_tasks, bool reversed, pgt_world *w)
{
    *w = (pgt_world){ .ctx = ctx };
    w->tasks = new_frame(ctx, "onet_soc task_type grade gpt4_exposure human_exposure",
                         "task_id importance relevance frequency");
    w->links = new_frame(ctx, "onet_soc dwa_id", "task_id");
    w->activities = new_frame(ctx, "dwa_id dwa_title iwa_id iwa_title gwa_id gwa_title", "");
    w->occupations = new_frame(ctx, "onet_soc title soc", "job_zone skill_writing_level style_innovation_importance");
    w->wages = new_frame(ctx, "soc title level", "year employment annual_mean hourly_mean");
    w->combined = new_frame(ctx, "combined member", "");
    for (size_t a = 0; a < N_ACTIVITIES; a++)
        add_activity(ctx, w, at(a, N_ACTIVITIES, reversed));
    for (size_t i = 0; i < n_occupations; i++) {
        const size_t o = at(i, n_occupations, reversed);
        add_occupation(ctx, w, o);
        add_wages_of(ctx, w, o);
        for (size_t j = 0; j < n_tasks; j++) {
            add_task(ctx, w, o, at(j, n_tasks, reversed));
            add_links_of_task(ctx, w, o, at(j, n_tasks, reversed));
        }
    }
    add_wage(ctx, w, "99-9999", "detailed", 3);
    add_wage(ctx, w, "11-0000", "major", 4);
    w->inputs = (pgdp_task_inputs){ .tasks = w->tasks,
                                    .task_dwas = w->links,
                                    .activities = w->activities,
                                    .occupations = w->occupations,
                                    .wages = w->wages,
                                    .combined = w->combined };
}

void pgt_world_free(pgt_world *w)
{
    pgdp_frame *const frames[] = { w->tasks, w->links, w->activities, w->occupations, w->wages, w->combined };
    for (size_t f = 0; f < sizeof frames / sizeof frames[0]; f++)
        pgdp_frame_free(frames[f]);
}

const pgdp_scoring_request *pgt_world_request(void)
{
    static const char *const levels[] = { "a", "b", "c", "d", NULL };
    static const double lambdas[] = { 2.5, 40 };
    static const pgdp_scoring_request request = { .grade = "grade",
                                                  .levels = levels,
                                                  .threshold = "c",
                                                  .majority = 0.6,
                                                  .lambdas = lambdas,
                                                  .n_lambdas = 2,
                                                  .n_folds = 3,
                                                  .conf_level = 0.9,
                                                  .n_draws = 50,
                                                  .seed = 4711 };
    return &request;
}

double pgt_real_at(const pgdp_frame *frame, const char *column, size_t row)
{
    const size_t j = pgdp_frame_find(frame, column);
    if (j == PGDP_NONE) fail_msg("no column %s", column);
    assert_true(row < pgdp_frame_n_rows(frame));
    return pgdp_frame_reals(frame, j)[row];
}

const char *pgt_text_at(const pgdp_frame *frame, const char *column, size_t row)
{
    const size_t j = pgdp_frame_find(frame, column);
    if (j == PGDP_NONE) fail_msg("no column %s", column);
    assert_true(row < pgdp_frame_n_rows(frame));
    return pgdp_frame_text(frame, j, row);
}

size_t pgt_row_with(const pgdp_frame *frame, const char *column, const char *text)
{
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const char *cell = pgt_text_at(frame, column, i);
        if (cell != NULL && strcmp(cell, text) == 0) return i;
    }
    fail_msg("no row with %s in %s", text, column);
    return 0;
}

double pgt_sum(const pgdp_frame *frame, const char *column)
{
    double sum = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const double x = pgt_real_at(frame, column, i);
        sum += isnan(x) ? 0 : x;
    }
    return sum;
}

void pgt_shipped_open(pgdp_ctx *ctx, double wages_year, pgt_shipped *out)
{
    static const char *const files[] = { "data/tasks.csv",       "data/task_dwas.csv", "data/activities.csv",
                                         "data/occupations.csv", "data/oews.csv",      "data/soc_combined.csv",
                                         "data/published.csv" };
    const pgdp_frame *frames[7];
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < 7; i++) {
        assert_ok(ctx, pgdp_ingest_file(ctx, NULL, files[i], &out->data[i]));
        frames[i] = pgdp_dataset_table(out->data[i], 0);
    }
    out->inputs = (pgdp_task_inputs){ .tasks = frames[0],
                                      .task_dwas = frames[1],
                                      .activities = frames[2],
                                      .occupations = frames[3],
                                      .wages = frames[4],
                                      .combined = frames[5],
                                      .published = frames[6],
                                      .wages_year = wages_year };
}

void pgt_shipped_close(pgt_shipped *shipped)
{
    for (size_t i = 0; i < 7; i++)
        pgdp_dataset_free(shipped->data[i]);
}

typedef const pgdp_frame *(*frame_of)(const pgdp_scoring *scoring);
static const frame_of frames[] = { pgdp_scoring_tasks,      pgdp_scoring_activities,  pgdp_scoring_occupations,
                                   pgdp_scoring_comparison, pgdp_scoring_calibration, pgdp_scoring_headline,
                                   pgdp_scoring_path,       pgdp_scoring_differences, pgdp_scoring_importance,
                                   pgdp_scoring_conformal };

/* Every cell the same, to the bit. */
static void assert_same_frames(const pgdp_frame *got, const pgdp_frame *want)
{
    assert_int_equal(pgdp_frame_n_rows(got), pgdp_frame_n_rows(want));
    assert_int_equal(pgdp_frame_n_columns(got), pgdp_frame_n_columns(want));
    for (size_t j = 0; j < pgdp_frame_n_columns(want); j++) {
        const double *a = pgdp_frame_reals(got, j), *b = pgdp_frame_reals(want, j);
        for (size_t i = 0; i < pgdp_frame_n_rows(want); i++) {
            if (a != NULL) {
                assert_true(memcmp(&a[i], &b[i], sizeof *a) == 0 || (isnan(a[i]) && isnan(b[i])));
                continue;
            }
            const char *x = pgdp_frame_text(got, j, i), *y = pgdp_frame_text(want, j, i);
            assert_true(x == y || strcmp(x, y) == 0);
        }
    }
}

void pgt_assert_same_scoring(const pgdp_scoring *got, const pgdp_scoring *want)
{
    for (size_t k = 0; k < sizeof frames / sizeof frames[0]; k++)
        assert_same_frames(frames[k](got), frames[k](want));
}
