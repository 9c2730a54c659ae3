/* test_rows.c  Rows of work: the equations by the C library, the same bits on every vector unit, sums of many blocks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

#include "gap/model.h"
#include "gap/rows.h"
#include "tests/gap/economy.h"

enum { N_ECONOMIES = 2000 };

/* The area under min(p^-e, q_max) from the price to 1. */
static double surplus_of(const pgdp_gap_cell *c, double price)
{
    const double binding = c->e > 0 && !isinf(c->q_max) ? pow(c->q_max, -1 / c->e) : 0;
    const double from = fmax(price, binding), rest = 1 - c->e;
    const double area = fabs(rest) > 0 ? -expm1(rest * log(from)) / rest : -log(from);
    return area + (price < binding ? c->q_max * (binding - price) : 0);
}

/* Methodology 5.1 as it is written there, for a cell with a price above 0. */
static pg_outcome outcome_of(const pgdp_gap_cell *c)
{
    const double price = ((1 - c->rho) + c->rho * c->r) / c->k, quantity = fmin(pow(price, -c->e), c->q_max);
    const double deflator = pow(price, c->lam), q_h = (1 - c->u) * c->v0, q_s = c->u * c->v0;
    const double q_e = q_s * (quantity - 1), spent = c->priced ? price : c->theta * c->r / c->k;
    return (pg_outcome){
        .price = price,
        .q_h = q_h,
        .q_s = q_s,
        .q_e = q_e,
        .f = c->p_h * q_h + price * (q_s + q_e),
        .n = c->p_h * q_h + spent * (q_s + q_e),
        .m = c->p_h / c->d_h * q_h + spent / deflator * (q_s + q_e),
        .defl_s = q_s * (1 - price / deflator),
        .defl_e = q_e * (1 - price / deflator),
        .bound_s = q_s * (price - spent) / deflator,
        .bound_e = q_e * (price - spent) / deflator,
        .cs = q_s * surplus_of(c, price),
    };
}

/* What it subtracts from each other bounds what rounding can do to the difference. */
static void assert_same_outcome(const pg_outcome *got, const pg_outcome *want)
{
    const double size = want->q_h + want->q_s + fabs(want->q_e) + want->f + want->m + fabs(want->bound_s) +
                        fabs(want->bound_e) + fabs(want->cs);
    const size_t n = offsetof(pg_outcome, regime) / sizeof(double);
    const double *x = &got->price, *y = &want->price;
    for (size_t i = 0; i < n; i++)
        assert_close(x[i], y[i], 1e-13, 1e-13 * size);
}

static void cells_follow_the_equations_of_the_methodology(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        const pgt_economy g = pgt_random_economy(i);
        for (size_t c = 0; c < g.n_cells; c++) {
            const pg_outcome want = outcome_of(&g.cells[c]);
            pg_outcome got;
            pg_cell_outcome(&g.cells[c], PGDP_GAP_ACCOUNTS, &got);
            assert_same_outcome(&got, &want);
        }
    }
}

/* r = 0 and everything passed on: the limits of the equations. */
static void work_for_nothing_is_the_limit_of_cheap_work(void **state)
{
    (void)state;
    pgdp_gap_cell cell = pgt_cell("free", 200, .25, 0, .5, 0);
    pg_outcome o;
    cell.q_max = 4;
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &o); /* binds at 1/16 */
    assert_true(o.price == 0 && o.q_e == 150 && o.n == 150 && o.m == 150 && o.bound_s == 0);
    assert_close(o.cs, 50 * (2 * (1 - .25) + 4 / 16.), 1e-15, 0);
    cell.lam = 1; /* perfect deflators: real spending is quantity */
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &o);
    assert_true(o.m == 350 && o.defl_s == 0 && o.defl_e == 0);
    cell.priced = false; /* in house, a third of the tokens recorded */
    cell.theta = .5;
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &o);
    assert_true(o.m == 250 && o.bound_s == 25 && o.bound_e == 75 && o.n == 150);
    cell.e = 0; /* buyers do not answer */
    cell.lam = .5;
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &o);
    assert_true(o.q_e == 0 && o.f == 150 && o.m == 150 && o.cs == 50);
    cell.u = 0; /* nobody asks: without cap the quantity would be infinite */
    cell.e = 2;
    cell.q_max = (double)INFINITY;
    pg_cell_outcome(&cell, PGDP_GAP_ACCOUNTS, &o);
    assert_true(o.q_h == 200 && o.q_e == 0 && o.f == 200 && o.m == 200 && o.cs == 0);
    assert_int_equal(o.regime, PGDP_REGIME_NONE);
}

static void blind_deflators_leave_real_what_nominal_is(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < N_ECONOMIES; i++) {
        pgt_economy g = pgt_random_economy(i);
        for (size_t c = 0; c < g.n_cells; c++) {
            pg_outcome o;
            g.cells[c].p_h = g.cells[c].d_h = 1;
            pg_cell_outcome(&g.cells[c], PGDP_GAP_GROSS, &o);
            assert_close(o.m, o.n, 4e-16, 0); /* quantity times price, in another order */
            assert_true(o.defl_s == o.q_s * (1 - o.price) || o.q_s <= 0);
        }
    }
}

static void put_random(pg_rows *rows, uint32_t replicate)
{
    const pgt_economy g = pgt_random_economy(replicate);
    memset(rows, 0, sizeof *rows);
    for (size_t i = 0; i < PG_ROWS; i++)
        if (i % 16 < g.n_cells)
            pg_rows_put(rows, i, &g.cells[i % 16], replicate % 2 == 0 ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS);
        else
            pg_rows_put_nothing(rows, i);
}

static void every_vector_unit_and_one_row_alone_give_the_same_bits(void **state)
{
    (void)state;
    for (uint32_t replicate = 0; replicate < 200; replicate++) {
        pg_rows start, want;
        put_random(&start, replicate);
        want = start;
        pg_rows_prepare(&want, PG_UNIT_PLAIN);
        pg_rows_evaluate(&want, PG_UNIT_PLAIN);
        for (int unit = PG_UNIT_AVX2; unit <= (int)pg_vector_unit_here(); unit++) {
            pg_rows got = start;
            pg_rows_prepare(&got, (pg_vector_unit)unit);
            pg_rows_evaluate(&got, (pg_vector_unit)unit);
            assert_memory_equal(&got, &want, sizeof want);
        }
        pg_rows one = want; /* row 0 computed anew, from sums of nothing */
        pg_rows_evaluate_first(&one);
        assert_memory_equal(&one, &want, sizeof want);
    }
}

static void draws_have_the_same_bits_on_every_vector_unit(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(88, "rows", 0);
    for (int k = 0; k < 100; k++) {
        pg_rows start, want;
        put_random(&start, 0);
        start.draw = (pg_draw){ .1, pgt_between(&random, 0, 5), .18, pgt_between(&random, -3, 3) };
        for (size_t i = 0; i < PG_ROWS; i++) {
            const double capability = pgt_corner(&random, 0, 1);
            start.work.v0[i] = pgt_between(&random, 0, 400);
            start.work.inverse_wage[i] = 1 / pgt_between(&random, 9, 90);
            start.work.inverse_multiplier[i] = 1 / pgt_between(&random, 1, 3);
            start.work.capability[i] = capability;
            start.work.capability_se[i] = pgt_corner(&random, 0, .4);
            start.work.logit[i] = log(capability / (1 - capability));
        }
        want = start;
        pg_rows_draw(&want, PG_UNIT_PLAIN);
        for (size_t i = 0; i < PG_ROWS; i++) /* what is certain stays as it is, to the bit */
            if (start.work.capability_se[i] <= 0) assert_true(want.u[i] == start.work.capability[i] * .18);
        for (int unit = PG_UNIT_AVX2; unit <= (int)pg_vector_unit_here(); unit++) {
            pg_rows got = start;
            pg_rows_draw(&got, (pg_vector_unit)unit);
            assert_memory_equal(&got, &want, sizeof want);
        }
    }
}

/* Around the length of a block and of 64 blocks, large and small cells mixed; against sums in long double. */
static void sums_of_many_blocks_lose_nothing(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 63, 64, 65, 4096, 4097, 100003 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        const size_t n = lengths[l];
        pgdp_gap_cell *cells = calloc(n + 1, sizeof *cells);
        assert_non_null(cells);
        long double f = 0, cs = 0;
        for (size_t i = 0; i < n; i++) {
            pg_outcome o;
            cells[i] = pgt_cell("x", i % 3 == 0 ? 1e6 / 7 : .1, .37, .2 + .0001 * (double)(i % 1000), .7, .3);
            pg_cell_outcome(&cells[i], PGDP_GAP_ACCOUNTS, &o);
            f += (long double)o.f;
            cs += (long double)o.cs;
        }
        pgdp_gap gap;
        assert_ok(ctx, pgdp_gap_compute(ctx, cells, n, NULL, 0, PGDP_GAP_ACCOUNTS, &gap, NULL));
        assert_close(gap.f1, (double)f, 2e-15, 0);
        assert_close(gap.cs, (double)cs, 2e-15, 0);
        free(cells);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_follow_the_equations_of_the_methodology),
        cmocka_unit_test(work_for_nothing_is_the_limit_of_cheap_work),
        cmocka_unit_test(blind_deflators_leave_real_what_nominal_is),
        cmocka_unit_test(every_vector_unit_and_one_row_alone_give_the_same_bits),
        cmocka_unit_test(draws_have_the_same_bits_on_every_vector_unit),
        cmocka_unit_test(sums_of_many_blocks_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
