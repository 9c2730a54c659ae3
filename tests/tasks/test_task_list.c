/* test_task_list.c  Joining tasks with activities, occupations and wages; amounts that add up exactly.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "tests/support/frame_text.h"

#include "tasks/columns.h"

#include <math.h>
#include <string.h>

#include "core/frame.h"
#include "tasks/list.h"
#include "tests/support/world.h"

enum { N_OCCUPATIONS = 13, N_TASKS = 19 };

typedef struct fixture {
    pgt_world world;
    pgdp_task_list *list;
} fixture;

static void with_weights(fixture *f, pgdp_task_weights weights)
{
    pgdp_task_list_free(f->list);
    f->list = NULL;
    assert_ok(f->world.ctx, pgdp_task_list_new(f->world.ctx, &f->world.inputs, weights, &f->list));
}

static int set_up(void **state)
{
    static fixture f;
    f.list = NULL;
    pgt_world_new(pgdp_ctx_new(NULL), N_OCCUPATIONS, N_TASKS, false, &f.world);
    with_weights(&f, PGDP_WEIGHT_IMPORTANCE_FREQUENCY);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    pgdp_task_list_free(f->list);
    pgt_world_free(&f->world);
    pgdp_ctx_free(ctx);
    return 0;
}

/* Sum over the tasks of one OEWS occupation. */
static double sum_of_wage(const pgdp_task_list *list, size_t wage, const double *x)
{
    double sum = 0;
    for (size_t i = list->n_tasks; i-- > 0;)
        if (list->occupations[list->occupation[i]].wage == wage) sum += x[i];
    return sum;
}

static void C01_tasks_add_up_to_their_occupation_exactly(void **state)
{
    fixture *f = *state;
    for (size_t w = 0; pgdp_task_weights_names()[w] != NULL; w++) {
        with_weights(f, (pgdp_task_weights)w);
        for (size_t k = 0; k < f->list->n_wages; k++) {
            const pg_wage *wage = &f->list->wages[k];
            if (wage->n_members == 0) continue;
            assert_true(sum_of_wage(f->list, k, pgdp_task_list_wage_bill(f->list)) == wage->wage_bill);
            assert_true(sum_of_wage(f->list, k, pgdp_task_list_employment(f->list)) == wage->employment);
            assert_true(sum_of_wage(f->list, k, pgdp_task_list_hours(f->list)) == 2080 * wage->employment);
        }
    }
}

static void links_add_up_to_their_tasks_exactly(void **state)
{
    const fixture *f = *state;
    const pgdp_task_list *list = f->list;
    for (size_t i = 0; i < list->n_tasks; i++) {
        double usd = 0, heads = 0;
        for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
            usd += list->link_wage_bill[l];
            heads += list->link_employment[l];
        }
        assert_true(list->first_link[i + 1] > list->first_link[i]);
        assert_true(usd == list->wage_bill[i] && heads == list->employment[i]);
    }
}

/* Identity 13 of the model: classes of activities add up to the total, tasks without an activity included. */
static void activities_and_residual_add_up_to_all_wages_exactly(void **state)
{
    const fixture *f = *state;
    const pgdp_task_list *list = f->list;
    double by_activity[64] = { 0 }, total = 0, matched = 0;
    for (size_t l = 0; l < list->n_links; l++)
        by_activity[list->activity[l]] += list->link_wage_bill[l];
    for (size_t a = 0; a <= list->n_activities; a++)
        total += by_activity[a];
    for (size_t k = 0; k < list->n_wages; k++)
        if (list->wages[k].n_members > 0) matched += list->wages[k].wage_bill;
    assert_true(by_activity[list->n_activities] > 0);
    assert_true(total == matched);
}

static void shares_of_an_occupation_sum_to_one(void **state)
{
    fixture *f = *state;
    for (size_t w = 0; w < 3; w++) {
        with_weights(f, (pgdp_task_weights)w);
        for (size_t o = 0; o < f->list->n_occupations; o++) {
            const pg_occupation *p = &f->list->occupations[o];
            double sum = 0;
            for (size_t i = p->first; i < p->end; i++)
                sum += pgdp_task_list_share(f->list)[i];
            assert_close(sum, 1, 1e-14, 0);
        }
    }
}

static void core_tasks_weigh_twice_the_others(void **state)
{
    fixture *f = *state;
    with_weights(f, PGDP_WEIGHT_CORE);
    const double *share = pgdp_task_list_share(f->list);
    double core = 0, other = 0;
    for (size_t i = f->list->occupations[0].first; i < f->list->occupations[0].end; i++)
        *(f->list->core[i] ? &core : &other) = share[i];
    assert_true(other > 0);
    assert_close(core, 2 * other, 1e-14, 0);
}

static void unrated_task_weighs_as_the_mean_of_the_rated(void **state)
{
    const fixture *f = *state;
    const pg_occupation *p = &f->list->occupations[0];
    size_t row;
    for (size_t i = p->first; i < p->end; i++) {
        row = f->list->row[i];
        if (isnan(pgt_real_at(f->world.tasks, "importance", row)))
            assert_close(pgdp_task_list_share(f->list)[i], 1 / (double)N_TASKS, 1e-13, 0);
    }
}

static void onet_codes_of_one_oews_occupation_share_it_equally(void **state)
{
    const fixture *f = *state;
    double heads[2] = { 0, 0 };
    size_t wage = PGDP_NONE, n = 0;
    for (size_t o = 0; o < f->list->n_occupations; o++) {
        const pg_occupation *p = &f->list->occupations[o];
        if (p->wage == PGDP_NONE || f->list->wages[p->wage].n_members != 2) continue;
        assert_true(wage == PGDP_NONE || wage == p->wage);
        wage = p->wage;
        for (size_t i = p->first; i < p->end; i++)
            heads[n] += f->list->employment[i];
        n++;
    }
    assert_int_equal(n, 2);
    assert_true(heads[0] == heads[1] && heads[0] > 0);
}

static void combined_code_pays_its_member(void **state)
{
    const fixture *f = *state;
    for (size_t k = 0; k < f->list->n_wages; k++)
        if (strcmp(f->list->wages[k].soc, "77-7770") == 0) {
            assert_int_equal(f->list->wages[k].n_members, 1);
            return;
        }
    fail_msg("the combined code is not among the wages");
}

/* The agency's rule: annual = 2,080 x hourly, where one of them is not published. */
static void mean_that_is_not_published_comes_from_the_other(void **state)
{
    const fixture *f = *state;
    size_t n_hourly_only = 0, n_annual_only = 0;
    for (size_t k = 0; k < f->list->n_wages; k++) {
        const pg_wage *w = &f->list->wages[k];
        const size_t row = pgt_row_with(f->world.wages, "soc", w->soc);
        const double annual = pgt_real_at(f->world.wages, "annual_mean", row);
        const double hourly = pgt_real_at(f->world.wages, "hourly_mean", row);
        if (isnan(annual)) assert_close(w->annual, hourly * 2080, 1e-15, 0);
        if (isnan(hourly)) assert_close(w->hourly, annual / 2080, 1e-15, 0);
        n_hourly_only += isnan(annual) ? 1 : 0;
        n_annual_only += isnan(hourly) ? 1 : 0;
        assert_close(w->wage_bill, w->employment * w->annual, 0, 1.0 / 512);
    }
    assert_true(n_hourly_only > 0 && n_annual_only > 0);
}

static void what_finds_no_partner_is_listed(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *unmatched = pgdp_task_list_unmatched(f->list);
    assert_int_equal(pgdp_frame_n_rows(unmatched), 2);
    const size_t tasks = pgt_row_with(unmatched, "side", "tasks without wages");
    const size_t wages = pgt_row_with(unmatched, "side", "wages without tasks");
    assert_true(pgt_real_at(unmatched, "n_tasks", tasks) == N_TASKS);
    assert_string_equal(pgt_text_at(unmatched, "code", wages), "99-9999");
    assert_true(pgt_real_at(unmatched, "employment", wages) == 41660);
}

static void order_of_rows_changes_no_bit(void **state)
{
    const fixture *f = *state;
    pgt_world reversed;
    pgdp_task_list *other;
    pgt_world_new(f->world.ctx, N_OCCUPATIONS, N_TASKS, true, &reversed);
    assert_ok(f->world.ctx,
              pgdp_task_list_new(f->world.ctx, &reversed.inputs, PGDP_WEIGHT_IMPORTANCE_FREQUENCY, &other));
    const size_t size = f->list->n_tasks * sizeof(double);
    assert_int_equal(other->n_tasks, f->list->n_tasks);
    assert_memory_equal(other->task_id, f->list->task_id, size);
    assert_memory_equal(other->share, f->list->share, size);
    assert_memory_equal(other->wage_bill, f->list->wage_bill, size);
    assert_memory_equal(other->link_wage_bill, f->list->link_wage_bill, f->list->n_links * sizeof(double));
    pgdp_task_list_free(other);
    pgt_world_free(&reversed);
}

static pgdp_status build(pgdp_ctx *ctx, void *user)
{
    pgdp_task_list *list = NULL;
    const pgdp_status status = pgdp_task_list_new(ctx, user, PGDP_WEIGHT_IMPORTANCE_FREQUENCY, &list);
    pgdp_task_list_free(list);
    return status;
}

/* A copy of a table without one column. */
static pgdp_frame *without(pgdp_ctx *ctx, const pgdp_frame *frame, const char *column)
{
    size_t columns[16], n = 0;
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++)
        if (strcmp(pgdp_frame_column(frame, j)->name, column) != 0) columns[n++] = j;
    pgdp_frame *out;
    assert_ok(ctx, pg_frame_select(ctx, frame, &(pg_selection){ .columns = columns, .n_columns = n }, &out));
    return out;
}

static void missing_column_is_named_with_its_table(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    struct {
        const pgdp_frame **table;
        const char *column, *name;
    } const cases[] = {
        { &f->world.inputs.tasks, "frequency", "tasks" },       { &f->world.inputs.wages, "annual_mean", "oews" },
        { &f->world.inputs.task_dwas, "dwa_id", "task_dwas" },  { &f->world.inputs.activities, "iwa_id", "activities" },
        { &f->world.inputs.occupations, "soc", "occupations" }, { &f->world.inputs.combined, "member", "soc_combined" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const pgdp_frame *kept = *cases[i].table;
        pgdp_frame *less = without(ctx, kept, cases[i].column);
        *cases[i].table = less;
        assert_status(ctx, build(ctx, &f->world.inputs), PGDP_NOT_FOUND);
        assert_contains(pgdp_ctx_error(ctx), cases[i].column);
        assert_contains(pgdp_ctx_error(ctx), cases[i].name);
        *cases[i].table = kept;
        pgdp_frame_free(less);
    }
}

static void missing_table_is_named(void **state)
{
    fixture *f = *state;
    pgdp_task_inputs inputs = f->world.inputs;
    inputs.combined = NULL;
    assert_status(f->world.ctx, build(f->world.ctx, &inputs), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->world.ctx), "soc_combined");
}

/* Overwrites one code of a text column in one row and expects the list to be refused. */
static void refuse_code(fixture *f, pgdp_frame *frame, const char *column, const char *code, const char *says)
{
    const size_t j = pgdp_frame_find(frame, column);
    uint32_t other;
    assert_ok(f->world.ctx, pg_frame_intern(f->world.ctx, frame, j, code, PGDP_NONE, &other));
    const uint32_t kept = pgdp_frame_codes(frame, j)[1];
    pg_frame_edit_codes(frame, j)[1] = other;
    assert_status(f->world.ctx, build(f->world.ctx, &f->world.inputs), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(f->world.ctx), says);
    pg_frame_edit_codes(frame, j)[1] = kept;
}

static void key_that_does_not_resolve_is_named(void **state)
{
    fixture *f = *state;
    refuse_code(f, f->world.tasks, "onet_soc", "88-8888.00", "88-8888.00");
    refuse_code(f, f->world.links, "dwa_id", "D99", "task_dwas: data row 2, column dwa_id: found \"D99\"");
    refuse_code(f, f->world.links, "onet_soc", "88-8888.00", "task_dwas: data row 2, columns onet_soc and");
    refuse_code(f, f->world.activities, "dwa_id", "D00", "activities: data row 2, column dwa_id: found \"D00\" twice");
    refuse_code(f, f->world.occupations, "onet_soc", pgt_text_at(f->world.occupations, "onet_soc", 0), "twice");
    refuse_code(f, f->world.wages, "soc", pgt_text_at(f->world.wages, "soc", 0), "twice");
}

static void year_without_wages_is_refused(void **state)
{
    fixture *f = *state;
    pgdp_task_inputs inputs = f->world.inputs;
    inputs.wages_year = 1999;
    assert_status(f->world.ctx, build(f->world.ctx, &inputs), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->world.ctx), "1999");
}

static void word_among_numbers_is_told_with_its_place(void **state)
{
    pgdp_ctx *ctx = ((fixture *)*state)->world.ctx;
    pgdp_frame *frame = pgt_frame(ctx, "soc:t employment:t\n15-1252 many");
    const pg_table table = { frame, "oews" };
    const double *cells = NULL;
    assert_status(ctx, pg_table_reals(ctx, table, "employment", &cells), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "oews: found \"many\" in column \"employment\", expected numbers");
    assert_ok(ctx, pgdp_frame_set_note(ctx, frame, "not_number:employment", "oews.csv:2:2: found \"many\""));
    assert_status(ctx, pg_table_reals(ctx, table, "employment", &cells), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(ctx), "oews.csv:2:2: found \"many\"; correct the cell of column \"employment\"");
    pgdp_frame_free(frame);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    fixture *f = *state;
    assert_true(pgt_fail_every_allocation(build, &f->world.inputs) >= 10);
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

/* Dollars, heads and hours to the last bit, over tasks and over links to activities; shares to one an occupation. */
static void shipped_amounts_add_up_exactly_for_every_weight(void **state)
{
    pgdp_ctx *ctx = ((fixture *)*state)->world.ctx;
    pgt_shipped shipped;
    pgt_shipped_open(ctx, 2024, &shipped);
    for (size_t weights = 0; pgdp_task_weights_names()[weights] != NULL; weights++) {
        pgdp_task_list *list;
        double usd = 0, heads = 0;
        assert_ok(ctx, pgdp_task_list_new(ctx, &shipped.inputs, (pgdp_task_weights)weights, &list));
        for (size_t k = 0; k < list->n_wages; k++) {
            if (list->wages[k].n_members == 0) continue;
            usd += list->wages[k].wage_bill;
            heads += list->wages[k].employment;
        }
        assert_int_equal(list->n_tasks, 19265);
        assert_int_equal(list->n_occupations, 923);
        assert_true(usd > 1e13); /* 10.3 of 10.5 trillion: fewer than 2 % of jobs find no tasks */
        assert_close(sum_of(list->wage_bill, list->n_tasks), usd, 0, 0);
        assert_close(sum_of(list->link_wage_bill, list->n_links), usd, 0, 0);
        assert_close(sum_of(list->employment, list->n_tasks), heads, 0, 0);
        assert_close(sum_of(list->link_employment, list->n_links), heads, 0, 0);
        assert_close(sum_of(list->hours, list->n_tasks), PG_HOURS_A_YEAR * heads, 0, 0);
        for (size_t o = 0; o < list->n_occupations; o++) {
            const pg_occupation *p = &list->occupations[o];
            assert_close(sum_of(list->share + p->first, p->end - p->first), 1, 1e-14, 0);
        }
        pgdp_task_list_free(list);
    }
    pgt_shipped_close(&shipped);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(C01_tasks_add_up_to_their_occupation_exactly),
        TEST(links_add_up_to_their_tasks_exactly),
        TEST(activities_and_residual_add_up_to_all_wages_exactly),
        TEST(shares_of_an_occupation_sum_to_one),
        TEST(core_tasks_weigh_twice_the_others),
        TEST(unrated_task_weighs_as_the_mean_of_the_rated),
        TEST(onet_codes_of_one_oews_occupation_share_it_equally),
        TEST(combined_code_pays_its_member),
        TEST(mean_that_is_not_published_comes_from_the_other),
        TEST(what_finds_no_partner_is_listed),
        TEST(order_of_rows_changes_no_bit),
        TEST(missing_column_is_named_with_its_table),
        TEST(missing_table_is_named),
        TEST(key_that_does_not_resolve_is_named),
        TEST(year_without_wages_is_refused),
        TEST(word_among_numbers_is_told_with_its_place),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
        TEST(shipped_amounts_add_up_exactly_for_every_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
