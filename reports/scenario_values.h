/* scenario_values.h  The parameters' central values in the order of their list.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCENARIO_VALUES_H
#define PG_SCENARIO_VALUES_H

#include "pgdp/reports.h"

static inline void pg_central_of(const pgdp_results *results, double values[PGDP_N_PARAMETERS])
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = results->parameters[i].value;
}

#endif
