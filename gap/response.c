/* response.c  What buyers and statisticians answer to a price of AI work. Source: methodology 3.5, 5.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/model.h"

#include <math.h>

/* integral of p^-e from x to 1, by expm1 so that e = 1 and prices near 1 lose no digits */
static double isoelastic_surplus(double x, double e)
{
    const double a = 1 - e;
    if (a == 0) return -log(x);
    return -expm1(a * log(x)) / a;
}

double pg_surplus_capped(double price, double e, double q_max)
{
    if (e <= 0 || isinf(q_max)) return isoelastic_surplus(price, e);
    const double binding = pow(q_max, -1 / e); /* the price at which the cap binds */
    if (price >= binding) return isoelastic_surplus(price, e);
    return isoelastic_surplus(binding, e) + q_max * (binding - price);
}

double pgdp_consumer_surplus(double v0, double x, double elasticity)
{
    return v0 * isoelastic_surplus(x, elasticity);
}

void pg_response_at(pg_response *memo, double price, double e, double lam, double q_max)
{
    /* bitwise the same question has bitwise the same answer */
    if (memo->known && memo->price == price && memo->e == e && memo->lam == lam && memo->q_max == q_max) return;
    const double unbounded = pow(price, -e);
    memo->quantity = unbounded < q_max ? unbounded : q_max;
    memo->deflator = lam == 0 ? 1 : pow(price, lam);
    memo->real = price > 0 ? price / memo->deflator : pow(price, 1 - lam);
    memo->surplus = unbounded > q_max ? pg_surplus_capped(price, e, q_max) : isoelastic_surplus(price, e);
    memo->price = price;
    memo->e = e;
    memo->lam = lam;
    memo->q_max = q_max;
    memo->known = true;
}

/* What one unit of AI work leaves in the accounts, nominal and real. */
typedef struct record {
    double nominal, real;
} record;

static record record_of(const pgdp_gap_cell *cell, pgdp_gap_mode mode, const pg_response *response)
{
    if (cell->priced) return (record){ response->price, response->real };
    /* in house only tokens and review are bought; gross counts intermediate receipts too, so whatever theta */
    const double theta = mode == PGDP_GAP_GROSS ? 1 : cell->theta;
    const double nominal = theta * (cell->r / cell->k);
    /* price 0 happens only at r = 0, where (r/k) / price^lam tends to price^(1 - lam) */
    return (record){ nominal, response->deflator > 0 ? nominal / response->deflator : theta * response->real };
}

/* The regime theorem (methodology 5.2-9) read off the recorded ratios, so that it also holds under a cap and in house.
 */
static pgdp_regime regime_of(const pgdp_gap_cell *cell, const pg_response *response, record recorded)
{
    if (cell->rho <= 0 && cell->r < 1) return PGDP_REGIME_CAPTURED;
    if (response->price >= 1) return PGDP_REGIME_NONE;
    if (recorded.real * response->quantity < 1 - PG_GAP_SLACK) return PGDP_REGIME_MEASURED_SHRINKS;
    if (recorded.nominal * response->quantity < 1 - PG_GAP_SLACK) return PGDP_REGIME_NOMINAL_SHRINKS;
    return PGDP_REGIME_GROWTH;
}

void pg_cell_outcome(const pgdp_gap_cell *cell, pgdp_gap_mode mode, pg_response *memo, pg_outcome *out)
{
    const double adopted = cell->u * cell->v0;
    /* (1 - rho) + rho r is 1 - rho (1 - r) without its rounding at rho = 1 */
    *out = (pg_outcome){ .price = ((1 - cell->rho) + cell->rho * cell->r) / cell->k, .q_h = cell->v0 - adopted };
    const double f_h = cell->p_h * out->q_h;
    const double m_h = f_h / cell->d_h;
    out->defl_h = out->q_h - m_h;
    out->f = out->n = f_h;
    out->m = m_h;
    if (adopted <= 0) return;

    pg_response_at(memo, out->price, cell->e, mode == PGDP_GAP_GROSS ? 0 : cell->lam, cell->q_max);
    const record recorded = record_of(cell, mode, memo);
    const double growth = memo->quantity - 1, q_ai = adopted * memo->quantity;
    out->q_s = adopted;
    out->q_e = adopted * growth;
    out->f += memo->price * q_ai;
    out->n += recorded.nominal * q_ai;
    out->m += recorded.real * q_ai;
    out->defl_s = out->q_s * (1 - memo->real);
    out->defl_e = out->q_e * (1 - memo->real);
    out->bound_s = out->q_s * (memo->real - recorded.real);
    out->bound_e = out->q_e * (memo->real - recorded.real);
    out->cs = adopted * memo->surplus;
    out->regime = regime_of(cell, memo, recorded);
}
