/* rows.c  The model over rows of work: no branches, so that the compiler makes vector instructions of it.
 * Source: methodology 3.5, 5.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/rows.h"

void pg_rows_put(pg_rows *rows, size_t i, const pgdp_gap_cell *cell, pgdp_gap_mode mode)
{
    rows->v0[i] = cell->v0;
    rows->u[i] = cell->u;
    rows->r[i] = cell->r;
    rows->in_house[i] = cell->priced ? 0 : 1;
    rows->k[i] = cell->k;
    rows->e[i] = cell->e;
    rows->rho[i] = cell->rho;
    rows->lam[i] = mode == PGDP_GAP_GROSS ? 0 : cell->lam;
    rows->p_h[i] = cell->p_h;
    rows->d_h[i] = cell->d_h;
    rows->theta[i] = mode == PGDP_GAP_GROSS ? 1 : cell->theta;
    rows->q_max[i] = cell->q_max;
}

void pg_rows_put_nothing(pg_rows *rows, size_t i)
{
    const pgdp_gap_cell nothing = { .r = 1, .k = 1, .p_h = 1, .d_h = 1, .q_max = 1, .priced = true };
    pg_rows_put(rows, i, &nothing, PGDP_GAP_ACCOUNTS);
}

PG_INLINE void draw(pg_rows *x, size_t n)
{
    const pg_draw d = x->draw;
    for (size_t i = 0; i < n; i++) {
        const double off = x->work.capability_se[i] * d.z;
        const double drawn = 1 / (1 + pg_exp(-(x->work.logit[i] + off)));
        const double capability = pg_pick(off != 0, drawn, x->work.capability[i]);
        x->v0[i] = x->work.v0[i];
        x->u[i] = capability * d.adoption;
        x->r[i] = pg_unit_cost(d.review_share, d.usd_per_hour, x->work.inverse_wage[i], x->work.inverse_multiplier[i]);
    }
}

PG_INLINE void prepare(pg_rows *x, size_t n)
{
    const double none = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double rest = 1 - x->e[i];
        /* the price at which the cap binds is q_max^(-1/e); without cap, and at e = 0, there is none */
        const double capped = pg_pick(x->q_max[i] < (double)INFINITY, -pg_log(x->q_max[i]) / x->e[i], none);
        const double log_binding = pg_pick(x->e[i] > 0, capped, none);
        x->inverse_k[i] = 1 / x->k[i];
        x->real_h[i] = x->p_h[i] / x->d_h[i];
        x->rest[i] = rest;
        x->inverse_rest[i] = pg_pick(rest == 0, 0, 1 / rest);
        x->log_binding[i] = log_binding;
        x->binding[i] = pg_exp(log_binding);
    }
}

PG_INLINE void price_row(pg_rows *x, size_t i)
{
    /* (1 - rho) + rho r is 1 - rho (1 - r) without its rounding at rho = 1 */
    const double paid = (1 - x->rho[i]) + x->rho[i] * x->r[i], price = paid * x->inverse_k[i];
    /* where AI does nothing its price is nobody's business, and may be 0 */
    const double asked = pg_pick(x->u[i] * x->v0[i] > 0, price, 1);
    /* in house only tokens and review are bought: (r / k) / price; 0 / 0 happens at r = 0 and rho = 1 and tends to 1 */
    const double outlay = pg_pick(paid > 0, x->r[i] / paid, 1), final = x->theta[i] * outlay;
    x->price[i] = price;
    x->asked[i] = asked;
    /* a price of 0 has a huge logarithm, not an infinite one: 0 times it, at e = 0 or lam = 1, is 0 */
    x->log_price[i] = pg_larger(pg_log(asked), -DBL_MAX);
    x->seen[i] = (1 - x->in_house[i]) + x->in_house[i] * final;
    x->unseen[i] = x->in_house[i] * (1 - final);
}

/* What buyers and statisticians answer to the price. */
PG_INLINE void answer_row(pg_rows *x, size_t i)
{
    const double price = x->asked[i], log_price = x->log_price[i], short_of = x->binding[i] - price;
    const double real = pg_exp((1 - x->lam[i]) * log_price);
    const double surplus = pg_surplus(pg_larger(log_price, x->log_binding[i]), x->rest[i], x->inverse_rest[i]);
    x->quantity[i] = pg_smaller(pg_exp(-x->e[i] * log_price), x->q_max[i]);
    x->real[i] = pg_pick(x->lam[i] == 0, price, real); /* blind deflators leave nominal and real the same to the bit */
    x->surplus[i] = surplus + pg_pick(short_of > 0, x->q_max[i] * short_of, 0);
}

PG_INLINE void add_row(pg_rows *x, size_t i)
{
    const double v0 = x->v0[i], adopted = x->u[i] * v0, q_h = v0 - adopted;
    const double f_h = x->p_h[i] * q_h, m_h = x->real_h[i] * q_h;
    const double q_ai = adopted * x->quantity[i], q_e = adopted * (x->quantity[i] - 1);
    const double f_ai = x->asked[i] * q_ai, f = f_h + f_ai, q1 = q_h + adopted + q_e;
    const double hidden = x->unseen[i] * x->real[i];
    x->q_h[i] = q_h;
    x->q_s[i] = adopted;
    x->q_e[i] = q_e;
    x->sum[PG_Q0][i] += v0;
    x->sum[PG_Q1][i] += q1;
    x->sum[PG_F1][i] += f;
    x->sum[PG_N1][i] += f_h + x->seen[i] * f_ai;
    x->sum[PG_M1][i] += m_h + x->seen[i] * (x->real[i] * q_ai);
    x->sum[PG_P1Q0][i] += pg_pick(v0 > 0, f / q1 * v0, 0);
    x->sum[PG_DEFL_H][i] += q_h - m_h;
    x->sum[PG_DEFL_S][i] += adopted * (1 - x->real[i]);
    x->sum[PG_DEFL_E][i] += q_e * (1 - x->real[i]);
    x->sum[PG_BOUND_S][i] += adopted * hidden;
    x->sum[PG_BOUND_E][i] += q_e * hidden;
    x->sum[PG_CS][i] += adopted * x->surplus[i];
}

/* In three loops, whose values fit the registers: in one, AVX2 takes a sixth longer. */
PG_INLINE void evaluate(pg_rows *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        price_row(x, i);
    for (size_t i = 0; i < n; i++)
        answer_row(x, i);
    for (size_t i = 0; i < n; i++)
        add_row(x, i);
}

PG_VECTOR_VERSIONS(draw, pg_rows, PG_ROWS)
PG_VECTOR_VERSIONS(prepare, pg_rows, PG_ROWS)
PG_VECTOR_VERSIONS(evaluate, pg_rows, PG_ROWS)

void pg_rows_draw(pg_rows *rows, pg_vector_unit unit)
{
    draw_on(unit, rows);
}

void pg_rows_prepare(pg_rows *rows, pg_vector_unit unit)
{
    prepare_on(unit, rows);
}

void pg_rows_evaluate(pg_rows *rows, pg_vector_unit unit)
{
    evaluate_on(unit, rows);
}

void pg_rows_evaluate_first(pg_rows *rows)
{
    for (size_t j = 0; j < PG_N_SUMS; j++)
        rows->sum[j][0] = 0;
    prepare(rows, 1);
    evaluate(rows, 1);
}

/* The places of a block by a tree of halves, then onto the total; leaves zeros. */
static void add_places(pg_tally *tally, pg_rows *rows)
{
    for (size_t j = 0; j < PG_N_SUMS; j++) {
        double *place = rows->sum[j];
        for (size_t half = PG_ROWS / 2; half > 0; half /= 2)
            for (size_t i = 0; i < half; i++)
                place[i] += place[i + half];
        const double x = place[0], t = tally->total[j] + x;
        tally->lost[j] += fabs(tally->total[j]) >= fabs(x) ? (tally->total[j] - t) + x : (x - t) + tally->total[j];
        tally->total[j] = t;
        for (size_t i = 0; i < PG_ROWS; i++)
            place[i] = 0;
    }
}

void pg_tally_block(pg_tally *tally, pg_rows *rows)
{
    enum { BLOCKS = 64 };
    if (++tally->n_blocks % BLOCKS == 0) add_places(tally, rows);
}

void pg_tally_end(pg_tally *tally, pg_rows *rows)
{
    add_places(tally, rows);
    for (size_t j = 0; j < PG_N_SUMS; j++)
        tally->total[j] += tally->lost[j];
}
