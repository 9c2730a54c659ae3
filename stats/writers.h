/* writers.h  The list of forms in which regressions are written: one line each, its constant in write_NAME.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_WRITERS_H
#define PG_WRITERS_H

#include "pgdp/regression.h"

#define PG_REGRESSION_WRITERS(X) X(table) X(json) X(tex) X(md) X(csv)

#define PG_ENTRY(name)           extern const pgdp_regression_writer pg_regression_writer_##name;
PG_REGRESSION_WRITERS(PG_ENTRY)
#undef PG_ENTRY

#endif
