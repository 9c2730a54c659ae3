/* vcovs.h  The list of covariances: one line each, its constant in vcov_NAME.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_VCOVS_H
#define PG_VCOVS_H

#include "pgdp/stats.h"

/* clang-format off */
#define PG_VCOVS(X) \
    X(iid) X(hc0) X(hc1) X(hc2) X(hc3) X(hc4) X(cluster) X(cr2) X(cr3) X(nw) X(dk) X(conley) X(opg) \
    X(none) X(wild) X(bootstrap) X(jackknife) X(ri) X(nid) X(kernel) X(arellano)
/* clang-format on */

#define PG_ENTRY(name) extern const pgdp_vcov pg_vcov_##name;
PG_VCOVS(PG_ENTRY)
#undef PG_ENTRY

#endif
