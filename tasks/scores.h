/* scores.h  The list of measures: one line each, its constant in score_RUBRIC.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCORES_H
#define PG_SCORES_H

#include "pgdp/tasks.h"

#define PG_SCORES(X)                                                                                                   \
    X(gpt4_alpha)                                                                                                      \
    X(gpt4_beta)                                                                                                       \
    X(gpt4_zeta)                                                                                                       \
    X(gpt4_alt_alpha)                                                                                                  \
    X(gpt4_alt_beta)                                                                                                   \
    X(gpt4_alt_zeta)                                                                                                   \
    X(human_alpha)                                                                                                     \
    X(human_beta)                                                                                                      \
    X(human_zeta)                                                                                                      \
    X(gpt3_relevant)                                                                                                   \
    X(gpt4_automation)                                                                                                 \
    X(gpt4_automation_rerun)                                                                                           \
    X(human_automation)

#define PG_ENTRY(name) extern const pgdp_score pg_score_##name;
PG_SCORES(PG_ENTRY)
#undef PG_ENTRY

#endif
