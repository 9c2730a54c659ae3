/* welfare.c  Netting of intermediate goods and the composition of mean wages. Source: methodology 3.4, 4.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/gap.h"

/* Base prices are 1, the quantity bought stays, final sales are deflated rightly: then the deflator of the intermediate
 * good moves value added between the two industries and cancels in the aggregate. */
pgdp_netting pgdp_net_intermediate(double final_sales, double purchases, double price1, double deflator,
                                   double pass_through)
{
    const double outlay = purchases * price1, real_outlay = outlay / deflator;
    return (pgdp_netting){
        .nominal_gdp = final_sales - pass_through * (purchases - outlay),
        .real_va_buyer = final_sales - real_outlay,
        .real_va_supplier = real_outlay,
        .real_gdp = (final_sales - real_outlay) + real_outlay,
    };
}

void pgdp_bennet(const double *w0, const double *s0, const double *w1, const double *s1, size_t n, double *within,
                 double *composition)
{
    double inside = 0, between = 0;
    for (size_t i = 0; i < n; i++) {
        inside += 0.5 * (s0[i] + s1[i]) * (w1[i] - w0[i]);
        between += 0.5 * (w0[i] + w1[i]) * (s1[i] - s0[i]);
    }
    *within = inside;
    *composition = between;
}
