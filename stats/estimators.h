/* estimators.h  The list of estimators: one line each, its constant in est_NAME.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ESTIMATORS_H
#define PG_ESTIMATORS_H

#include "pgdp/stats.h"

/* clang-format off */
#define PG_ESTIMATORS(X) \
    X(ols) X(iv) X(liml) X(gmm) X(logit) X(ologit) X(within) X(between) X(random) X(fd) X(abond) \
    X(quantile) X(poisson) X(probit) X(oprobit) X(mlogit) X(negbin) X(fraclogit) X(nls) X(ridge) \
    X(lasso) X(enet)
/* clang-format on */

#define PG_ENTRY(name) extern const pgdp_estimator pg_est_##name;
PG_ESTIMATORS(PG_ENTRY)
#undef PG_ENTRY

#endif
