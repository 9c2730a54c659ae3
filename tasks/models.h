/* models.h  The list of scoring models: one line each, its constant in model_NAME.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MODELS_H
#define PG_MODELS_H

#include "tasks/model.h"

#define PG_TASK_MODELS(X)                                                                                              \
    X(ordered)                                                                                                         \
    X(fractional)                                                                                                      \
    X(multinomial)                                                                                                     \
    X(elastic_net)                                                                                                     \
    X(hierarchical)

#define PG_ENTRY(name) extern const pg_task_model pg_model_##name;
PG_TASK_MODELS(PG_ENTRY)
#undef PG_ENTRY

#endif
