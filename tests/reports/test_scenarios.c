/* test_scenarios.c  The live scenario: rows add up to the program's gap, and the formulas give what the program gives,
 * also for assumptions that are typed in. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/evaluate.h"
#include "tests/reports/sample.h"

#include "gap/model.h"
#include "gap/scenario.h"
#include "reports/scenario_values.h"

static void rows_at(const pgt_sample *s, pgdp_gap_mode mode, pg_scenario_row *rows)
{
    double values[PGDP_N_PARAMETERS];
    pgt_central(s, values);
    pg_scenario_rows(s->work, PGT_WORK, values, mode, rows);
}

static void rows_add_up_to_the_gap_without_new_tasks(void **state)
{
    (void)state;
    pgt_sample s;
    pgt_sample_new(&s);
    s.results.n_news = 0;
    for (int m = 0; m < 2; m++) {
        const pgdp_gap_mode mode = m == 0 ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS;
        pg_scenario_row rows[PGT_WORK], sum = { 0 };
        double values[PGDP_N_PARAMETERS];
        rows_at(&s, mode, rows);
        for (size_t i = 0; i < PGT_WORK; i++) {
            sum.v0 += rows[i].v0;
            sum.f += rows[i].f;
            sum.n += rows[i].n;
            sum.m += rows[i].m;
            sum.p1q0 += rows[i].p1q0;
            sum.defl_s += rows[i].defl_s;
            sum.defl_e += rows[i].defl_e;
            sum.bound_s += rows[i].bound_s;
            sum.bound_e += rows[i].bound_e;
            assert_close(rows[i].own_v0 + rows[i].market_v0, rows[i].v0, 1e-15, 0);
        }
        pgt_central(&s, values);
        const pgdp_gap gap = pgt_gap_at(&s, values, mode, NULL);
        assert_close(sum.v0, gap.q0, 1e-14, 0);
        assert_close(sum.f, gap.f1, 1e-14, 0);
        assert_close(sum.n, gap.n1, 1e-14, 0);
        assert_close(sum.m, gap.m1, 1e-14, 0);
        assert_close(sum.f / sum.p1q0, gap.qp, 1e-14, 0);
        assert_close(sum.defl_s, gap.defl_s, 1e-13, 0);
        assert_close(sum.defl_e, gap.defl_e, 1e-13, 0);
        assert_close(sum.bound_s, gap.bound_s, 1e-13, 0);
        assert_close(sum.bound_e, gap.bound_e, 1e-13, 0);
    }
    pgt_sample_free(&s);
}

static void groups_and_regimes_add_up_to_the_upper_bound(void **state)
{
    (void)state;
    pgt_sample s;
    pgt_sample_new(&s);
    pg_scenario_row rows[PGT_WORK];
    pg_contribution *groups, *regimes;
    size_t n, n_regimes, cells = 0;
    double wages = 0, phi = 0, by_regime = 0;
    rows_at(&s, PGDP_GAP_ACCOUNTS, rows);
    assert_ok(s.ctx, pg_scenario_groups(s.ctx, s.work, rows, PGT_WORK, &groups, &n));
    assert_int_equal(n, 4);
    assert_string_equal(groups[3].name, "53");
    assert_int_equal(groups[3].n, 2);
    for (size_t i = 0; i < n; i++) {
        wages += groups[i].wage_bill;
        phi += groups[i].phi_l;
        assert_close(groups[i].exposed_wage_bill + groups[i].other_wage_bill, groups[i].wage_bill, 1e-15, 0);
    }
    assert_ok(s.ctx, pg_regime_contributions(s.ctx, s.results.gap_detail, &regimes, &n_regimes));
    for (size_t i = 0; i < n_regimes; i++) {
        by_regime += regimes[i].phi_l;
        cells += regimes[i].n;
    }
    assert_close(wages, 336.241e9, 1e-15, 0);
    assert_close(phi, s.gap.phi_l - s.gap.defl_n - s.gap.bound_n, 1e-12, 0);
    assert_close(by_regime, phi, 1e-12, 0);
    assert_int_equal(cells, 2 * PGT_WORK);
    pgt_sample_free(&s);
}

/* Every formula of the book gives its cached value. Sums of numbers as large as `scale` cancel to its rounding. */
static void assert_all_formulas(const pg_book *book, double scale)
{
    size_t n = 0;
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        for (const pg_table *t = page->tables; t != NULL; t = t->next)
            for (size_t i = 0; i < t->n_rows * t->n_columns; i++) {
                const pg_value *v = &t->values[i];
                if (v->kind != PG_VALUE_FORMULA) continue;
                const pgt_value got = pgt_evaluate(book, page, v->extra);
                n++;
                if (v->text != NULL) {
                    assert_string_equal(got.text, v->text);
                } else {
                    const bool money = fabs(v->number) > 1e4 || !(fabs(v->number) > 0);
                    assert_close(got.x[0], v->number, 1e-12, money ? 1e-15 * scale : 0);
                }
            }
    assert_true(n > 100);
}

static void every_formula_gives_its_cached_value(void **state)
{
    (void)state;
    for (int m = 0; m < 2; m++) {
        pgt_sample s;
        pg_book book;
        pgt_sample_new(&s);
        if (m == 1) {
            s.results.mode = PGDP_GAP_GROSS;
            s.results.gap = &s.gap_other;
            s.results.gap_other = &s.gap;
        }
        pg_book_init(&book, &s.ctx->scratch);
        assert_ok(s.ctx, pg_book_fill(s.ctx, &s.results, &book));
        assert_all_formulas(&book, s.gap.q0 + s.gap.q1);
        pgt_sample_free(&s);
    }
}

/* Type a number into a row of the assumptions. */
static void type_in(const pg_book *book, size_t row, double value)
{
    const pg_table *t = pg_book_table(book, "assumptions");
    t->values[row * t->n_columns + PG_ASSUMPTION_VALUE].number = value;
}

static double live(const pg_book *book, const char *aggregate)
{
    const pg_table *t = pg_book_table(book, "live_totals");
    for (size_t i = 0; i < t->n_rows; i++)
        for (size_t j = 0; j < t->n_columns; j++) {
            const pg_value *v = &t->values[i * t->n_columns + j];
            if (v->kind == PG_VALUE_TEXT && strcmp(v->text, aggregate) == 0)
                return pgt_evaluate_cell(book, t->page, t->header_row + 1 + i, 1).x[0];
        }
    fail();
    return NAN;
}

static void assumptions_typed_in_give_what_the_program_gives(void **state)
{
    (void)state;
    static const struct {
        size_t parameter;
        double value;
    } typed[] = {
        { PGDP_PARAMETER_adoption, .531 },      { PGDP_PARAMETER_review_share, 0 },
        { PGDP_PARAMETER_token_price, 0 },      { PGDP_PARAMETER_elasticity, 0 },
        { PGDP_PARAMETER_elasticity, 2.3 },     { PGDP_PARAMETER_expansion_cap, 1.7 },
        { PGDP_PARAMETER_capture_rate, 1 },     { PGDP_PARAMETER_capture_rate, -.4 },
        { PGDP_PARAMETER_in_house_share, 1 },   { PGDP_PARAMETER_in_house_share, 0 },
        { PGDP_PARAMETER_pass_through, 0 },     { PGDP_PARAMETER_pass_through, 1 },
        { PGDP_PARAMETER_survival, .23 },       { PGDP_PARAMETER_quality, 1.9 },
        { PGDP_PARAMETER_human_deflator, 1.2 }, { PGDP_PARAMETER_final_outlay_share, 1 },
    };
    pgt_sample s;
    pg_book book;
    double values[PGDP_N_PARAMETERS];
    pgt_sample_new(&s);
    pg_book_init(&book, &s.ctx->scratch);
    assert_ok(s.ctx, pg_book_fill(s.ctx, &s.results, &book));
    pgt_central(&s, values);
    for (size_t k = 0; k < sizeof typed / sizeof *typed; k++) { /* one change upon the other */
        for (int gross = 0; gross < 2; gross++) {
            values[typed[k].parameter] = typed[k].value;
            type_in(&book, typed[k].parameter, typed[k].value);
            type_in(&book, PGDP_N_PARAMETERS, gross);
            const pgdp_gap_mode mode = gross != 0 ? PGDP_GAP_GROSS : PGDP_GAP_ACCOUNTS;
            const pgdp_gap gap = pgt_gap_at(&s, values, mode, NULL);
            for (size_t i = 0; i < PG_N_GAP_ITEMS; i++) {
                if (i == PG_GAP_cs || i == PG_GAP_cs_new) continue; /* not live */
                assert_close(live(&book, pg_gap_items[i].name), pg_gap_value(&gap, i), 1e-10,
                             1e-14 * (gap.q0 + gap.q1));
            }
        }
    }
    pgt_sample_free(&s);
}

static void checks_hold_while_assumptions_are_changed(void **state)
{
    (void)state;
    pgt_sample s;
    pg_book book;
    pgt_sample_new(&s);
    pg_book_init(&book, &s.ctx->scratch);
    assert_ok(s.ctx, pg_book_fill(s.ctx, &s.results, &book));
    const pg_table *checks = pg_book_table(&book, "live_checks");
    assert_close(pgt_evaluate_cell(&book, checks->page, checks->header_row + 1, 3).x[0], 0, 0, 0);
    type_in(&book, PGDP_PARAMETER_adoption, .777);
    assert_close(pgt_evaluate_cell(&book, checks->page, checks->header_row + 1, 3).x[0], 0, 0, 0);
    assert_true(fabs(live(&book, "phi_f") - s.gap.phi_f) > 1e6);
    pgt_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_add_up_to_the_gap_without_new_tasks),
        cmocka_unit_test(groups_and_regimes_add_up_to_the_upper_bound),
        cmocka_unit_test(every_formula_gives_its_cached_value),
        cmocka_unit_test(assumptions_typed_in_give_what_the_program_gives),
        cmocka_unit_test(checks_hold_while_assumptions_are_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
