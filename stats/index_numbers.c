/* index_numbers.c  Bilateral price and quantity indexes. Source: ILO et al. (2004), Consumer Price Index Manual: Theory
 * and Practice, chapters 15 (Laspeyres, Paasche, Fisher, Walsh) and 16 (Tornqvist). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "pgdp/stats.h"
#include "stats/two_double.h"

#include <math.h>

static double total(pg_two sum)
{
    return sum.hi + sum.lo;
}

pgdp_index_numbers pgdp_price_indexes(const double *p0, const double *p1, const double *q0, const double *q1, size_t n)
{
    pg_two v00 = { 0, 0 }, v01 = v00, v10 = v00, v11 = v00, walsh0 = v00, walsh1 = v00, logs = v00;
    for (size_t i = 0; i < n; i++) { /* v_ab: prices of period a, quantities of period b */
        const double root = sqrt(q0[i]) * sqrt(q1[i]);
        pg_two_add(&v00, pg_two_product(p0[i], q0[i]));
        pg_two_add(&v01, pg_two_product(p0[i], q1[i]));
        pg_two_add(&v10, pg_two_product(p1[i], q0[i]));
        pg_two_add(&v11, pg_two_product(p1[i], q1[i]));
        pg_two_add(&walsh0, pg_two_product(p0[i], root));
        pg_two_add(&walsh1, pg_two_product(p1[i], root));
    }
    for (size_t i = 0; i < n; i++) {
        const double share0 = p0[i] * q0[i] / total(v00), share1 = p1[i] * q1[i] / total(v11);
        pg_two_add(&logs, pg_two_product((share0 + share1) / 2, log(p1[i] / p0[i])));
    }
    pgdp_index_numbers out = { .laspeyres = total(v10) / total(v00), .paasche = total(v11) / total(v01) };
    out.fisher = sqrt(out.laspeyres * out.paasche);
    out.tornqvist = exp(total(logs));
    out.walsh = total(walsh1) / total(walsh0);
    return out;
}
