/* dist.h  What dist.c tells beside the tails and quantiles of pgdp/stats.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DIST_H
#define PG_DIST_H

/** Version of the GSL in use. */
const char *pg_gsl_version(void);

#endif
