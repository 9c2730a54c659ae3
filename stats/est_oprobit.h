/* est_oprobit.h  The ordered probit as a likelihood.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EST_OPROBIT_H
#define PG_EST_OPROBIT_H

#include "stats/likelihood.h"

extern const pg_model pg_oprobit_model;

#endif
