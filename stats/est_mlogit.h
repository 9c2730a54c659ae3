/* est_mlogit.h  What the terms of a multinomial logit belong to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EST_MLOGIT_H
#define PG_EST_MLOGIT_H

#include "stats/fit.h"

/** The category that the others are compared with, during the call that fits. */
size_t pg_mlogit_base(const pgdp_fit *fit);

#endif
